import { describe, expect, expectTypeOf, test } from "vitest";
import type { NamedMatrix } from "../../contract/index.ts";
import { decode, encode, type WhetstoneError } from "../../contract/index.ts";
import { DummyClassifier } from "../../dummy/index.ts";
import { LogisticRegression, Ridge } from "../../linear/index.ts";
import { Matrix } from "../../math/index.ts";
import { load, typeByName } from "../../registry/index.ts";
import {
  ColumnTransformer,
  OneHotEncoder,
  Pipeline,
  SimpleImputer,
  StandardScaler,
  Table,
  TargetEncoder,
} from "../index.ts";

const table = Table.fromColumns({
  age: [20, 40, Number.NaN, 30, 50, 10],
  city: ["Rome", "Oslo", "Rome", null, "Oslo", "Rome"],
  height: [1.6, 1.8, 1.7, 1.75, 1.9, 1.4],
});
const y = ["no", "yes", "no", "yes", "yes", "no"];

const numbers = new Pipeline({
  steps: [
    ["impute", new SimpleImputer()],
    ["scale", new StandardScaler()],
  ],
});
const columns = new ColumnTransformer({
  transformers: [
    ["numbers", numbers, { kind: "number" }],
    ["categories", new OneHotEncoder({ handleUnknown: "ignore" }), ["city"]],
  ],
});

describe("Pipeline", () => {
  test("fits every step on the rows given, and nothing else", () => {
    const scaler = new Pipeline({
      steps: [
        ["scale", new StandardScaler()],
        ["model", new Ridge()],
      ],
    });
    const X = Matrix.from([[1], [2], [3], [1000]]);
    const all = scaler.fit(X, [1, 2, 3, 4]).features(X) as Matrix;
    const train = scaler.fit(X.selectRows([0, 1, 2]), [1, 2, 3]).features(X) as Matrix;
    expect(
      train
        .col(0)
        .slice(0, 3)
        .reduce((a, b) => a + b, 0),
    ).toBeCloseTo(0, 12);
    expect(all.at(0, 0)).not.toBeCloseTo(train.at(0, 0), 3);
  });

  test("keeps the type and the order of labels, and the model of the last step", () => {
    const model = new Pipeline({
      steps: [
        ["columns", columns],
        ["model", new LogisticRegression()],
      ],
    }).fit(table, y as ("no" | "yes")[]);
    expectTypeOf(model.predict(table)).toEqualTypeOf<("no" | "yes")[]>();
    expect(model.predict(table)).toEqual(y);
    expect(model.classes).toEqual(["no", "yes"]);
    expect(model.predictProba(table).cols).toBe(2);
    expect(model.last.coef.cols).toBe(5); // age, height, Oslo, Rome, missing
    expect((load(model.save()) as typeof model).predict(table)).toEqual(y);
  });

  test("nested parameters change by step__parameter", () => {
    const spec = new Pipeline({
      steps: [
        ["scale", new StandardScaler()],
        ["model", new Ridge({ alpha: 1 })],
      ],
    });
    const other = spec.with({ model__alpha: 10, scale__withMean: false });
    expect(other.step("model").params.alpha).toBe(10);
    expect(other.step("scale").params.withMean).toBe(false);
    expect(spec.step("model").params.alpha).toBe(1);
    expect(() => spec.with({ nothing__alpha: 1 })).toThrow(
      'Pipeline: params is "nothing__alpha", expected steps or one of scale__..., model__...',
    );
    expect(() => spec.with({ model__alfa: 1 })).toThrow(/Ridge: params is "alfa", expected one of alpha/);
    expect(() => spec.step("none")).toThrow('Pipeline.step: name is "none", expected one of scale, model');
  });

  test.each([
    ["no steps", []],
    [
      "a predictor before the end",
      [
        ["a", new Ridge()],
        ["b", new Ridge()],
      ],
    ],
    [
      "the same name twice",
      [
        ["a", new StandardScaler()],
        ["a", new Ridge()],
      ],
    ],
    [
      "a name with two underscores",
      [
        ["a__b", new StandardScaler()],
        ["c", new Ridge()],
      ],
    ],
    ["no estimator", [["a", "scale"]]],
  ])("refuses %s", (_, steps) => {
    expect(() => new Pipeline({ steps: steps as never })).toThrow(
      /^Pipeline: steps is .*expected a list of \[name, estimator\]/,
    );
  });

  test("an error names the pipeline, then the step that failed", () => {
    const spec = new Pipeline({
      steps: [
        ["scale", new StandardScaler()],
        ["model", new LogisticRegression()],
      ],
    });
    const error = (() => {
      try {
        spec.fit(
          [
            [1, Number.NaN],
            [2, 3],
          ],
          ["a", "b"],
        );
      } catch (e) {
        return e as WhetstoneError;
      }
      return null;
    })();
    expect(error?.message).toMatch(/^Pipeline\.fit: LogisticRegression\.fit: X holds NaN at row 0/);
    expect(error?.fields).toMatchObject({ where: "Pipeline.fit", step: "LogisticRegression.fit" });
    const scaled = new Pipeline({ steps: [["scale", new StandardScaler()]] }).fit([[1], [2]]);
    expect(() => scaled.predict([[1]])).toThrow(
      "PipelineModel.predict: the last step (scale) has no predict",
    );
  });

  test("a transformer that learns from y gives training rows values learned without them", () => {
    const cities = Table.fromColumns({ city: Array.from({ length: 40 }, (_, i) => `c${i % 20}`) });
    const target = Array.from({ length: 40 }, (_, i) => i % 2);
    const spec = new Pipeline({
      steps: [
        ["encode", new TargetEncoder({ target: "continuous" })],
        ["keep", new StandardScaler({ withMean: false, withStd: false })],
      ],
    });
    const { model, transformed } = spec.fitTransform(cities, target);
    expect(transformed).not.toEqual(model.transform(cities));
  });

  test("a pipeline of transformers is a transformer", () => {
    const { model, transformed } = numbers.fitTransform(table.select(["age", "height"]));
    expect(numbers.kind).toBe("transformer");
    expect(model.outputNames()).toEqual(["age", "height"]);
    expect((transformed as Matrix).data).toEqual(
      (model.transform(table.select(["age", "height"])) as Matrix).data,
    );
    const predictor = new Pipeline({ steps: [["model", new DummyClassifier()]] });
    expect(() => predictor.fitTransform(table, y)).toThrow(
      "the last step is a classifier, expected a transformer",
    );
  });

  test("a specification survives encoding, nested steps included", () => {
    const spec = new Pipeline({
      steps: [
        ["columns", columns],
        ["model", new LogisticRegression({ C: 3 })],
      ],
    });
    const again = decode(encode(spec), typeByName) as Pipeline;
    expect(encode(again)).toEqual(encode(spec));
    expect(again.step("model").params.C).toBe(3);
  });
});

describe("ColumnTransformer", () => {
  test("joins the outputs in order, names columns, and keeps the rest when asked", () => {
    const model = columns.fit(table);
    expect(model.outputNames().slice(0, 2)).toEqual(["age", "height"]);
    expect(model.outputNames()).toHaveLength(5);
    const kept = new ColumnTransformer({
      transformers: [["age", "drop", ["age"]]],
      remainder: "passthrough",
    }).fit(table);
    expect(kept.outputNames()).toEqual(["city", "height"]);
    expect((kept.transform(table) as NamedMatrix).categories?.[0]).toEqual(["Oslo", "Rome"]);
  });

  test("columns are matched by name at prediction", () => {
    const model = columns.fit(table);
    const shuffled = table.select(["height", "city", "age"]).withColumn("extra", [1, 2, 3, 4, 5, 6]);
    expect(model.transform(shuffled)).toEqual(model.transform(table));
    expect(() => model.transform(table.drop("city"))).toThrow(
      /ColumnTransformer\.transform: X lacks the column "city" seen in training/,
    );
  });

  test("groups lead names only where columns would be confused", () => {
    const twice = new ColumnTransformer({
      transformers: [
        ["raw", "passthrough", ["age"]],
        ["scaled", new StandardScaler(), ["age"]],
      ],
    }).fit(table);
    expect(twice.outputNames()).toEqual(["raw__age", "scaled__age"]);
  });

  test("unknown columns and empty results are sentences", () => {
    const of = (column: string | number) =>
      new ColumnTransformer({ transformers: [["a", new StandardScaler(), [column] as never]] });
    expect(() => of("weight").fit(table)).toThrow(
      'ColumnTransformer.fit: transformers is "weight", expected one of age, city, height',
    );
    expect(() => of(7).fit([[1, 2]])).toThrow("expected a column position below 2");
    expect(() => new ColumnTransformer().fit(table)).toThrow("has no column that a transformer takes");
  });
});
