/** Saved models with flipped bytes: a `format` error or an equal model, nothing else. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Model, type ParamTable, type Spec, WhetstoneError } from "../contract/index.ts";
import {
  ColumnTransformer,
  KBinsDiscretizer,
  KNNImputer,
  OneHotEncoder,
  OrdinalEncoder,
  Pipeline,
  PolynomialFeatures,
  PowerTransformer,
  QuantileTransformer,
  SimpleImputer,
  StandardScaler,
  Table,
  TargetEncoder,
} from "../data/index.ts";
import { DummyClassifier } from "../dummy/index.ts";
import { HistGradientBoostingClassifier, HistGradientBoostingRegressor } from "../ensemble/index.ts";
import { Lasso, LinearRegression, LogisticRegression, Ridge } from "../linear/index.ts";
import { Matrix, randomStream } from "../math/index.ts";
import { load } from "./index.ts";

const random = randomStream(3);
const n = 60;
const X = Matrix.zeros(n, 3).map(() => random.normal());
const y = Array.from({ length: n }, (_, i) => Math.round(X.at(i, 0) + random.normal()));
const words = Array.from({ length: n }, (_, i) => ["no", "yes", "maybe"][i % 3]!);
const table = Table.fromColumns({ a: X.col(0), b: words, c: X.col(1) });

const column = (spec: unknown, X: unknown): [unknown, unknown] => [spec, X];
const SAVED: readonly [name: string, spec: unknown, X: unknown][] = [
  new DummyClassifier(),
  new LinearRegression(),
  new Ridge(),
  new Lasso({ alpha: 0.1 }),
  new LogisticRegression(),
  new HistGradientBoostingRegressor({ maxIter: 3, minSamplesLeaf: 5 }),
  new HistGradientBoostingClassifier({ maxIter: 3, minSamplesLeaf: 5 }),
  new KNNImputer(),
  new SimpleImputer(),
  new KBinsDiscretizer(),
  new PolynomialFeatures(),
  new PowerTransformer(),
  new QuantileTransformer({ nQuantiles: 9 }),
  column(new OneHotEncoder({ handleUnknown: "ignore" }), table.select(["b"])),
  column(new OrdinalEncoder(), table.select(["b"])),
  column(new TargetEncoder(), table.select(["b"])),
  column(
    new Pipeline({
      steps: [
        [
          "columns",
          new ColumnTransformer({
            transformers: [
              ["numbers", new StandardScaler(), ["a", "c"]],
              ["words", new OneHotEncoder(), ["b"]],
            ],
          }),
        ],
        ["model", new Ridge()],
      ],
    }),
    table,
  ),
].map((item) => {
  const [spec, rows] = Array.isArray(item) ? item : [item, X];
  return [(spec as { constructor: { typeName: string } }).constructor.typeName, spec, rows];
});

function use(model: unknown, rows: unknown): string {
  const m = model as { predict?(X: unknown): unknown; transform?(X: unknown): Matrix };
  return JSON.stringify(m.predict ? m.predict(rows) : Array.from(m.transform!(rows).data));
}

describe.each(SAVED)("%s", (_, spec, rows) => {
  const model = (spec as { fit(X: unknown, y: unknown, o: unknown): Model } & Spec<ParamTable>).fit(rows, y, {
    onWarning: () => {},
  });
  const bytes = model.save();
  const headerEnd = 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true));

  function survives(damaged: Uint8Array): void {
    let again: unknown;
    try {
      again = load(damaged);
    } catch (error) {
      expect(error, String((error as Error).stack)).toBeInstanceOf(WhetstoneError);
      expect((error as WhetstoneError).code).toBe("format");
      return;
    }
    // Only what does not matter (white space, a name of a newer format) may differ and still be read.
    expect((again as Model).save()).toEqual(bytes);
    expect(use(again, rows)).toEqual(use(model, rows));
  }

  test("flipped bytes in the header", () => {
    fc.assert(
      fc.property(fc.nat(headerEnd - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        survives(bytes.map((b, i) => (i === at ? b ^ flip : b)));
      }),
      { numRuns: 500, seed: 1 },
    );
  });

  test("two flipped low bits of the header, which leave its JSON whole", () => {
    const at = fc.integer({ min: 8, max: headerEnd - 1 });
    fc.assert(
      fc.property(at, fc.nat(2), at, fc.nat(2), (first, bit, second, other) => {
        const damaged = bytes.slice();
        damaged[first]! ^= 1 << bit;
        damaged[second]! ^= 1 << other;
        survives(damaged);
      }),
      { numRuns: 500, seed: 2 },
    );
  });

  test("flipped bytes in the arrays", () => {
    if (headerEnd === bytes.length) return;
    fc.assert(
      fc.property(
        fc.integer({ min: headerEnd, max: bytes.length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        (at, flip) => {
          survives(bytes.map((b, i) => (i === at ? b ^ flip : b)));
        },
      ),
      { numRuns: 300, seed: 3 },
    );
  });
});
