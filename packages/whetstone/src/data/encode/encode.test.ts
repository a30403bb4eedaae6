import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { TransformerSpec } from "../../contract/index.ts";
import type { Matrix } from "../../math/index.ts";
import * as data from "../index.ts";
import {
  categoryColumn,
  FrequencyEncoder,
  OneHotEncoder,
  OrdinalEncoder,
  StratifiedKFold,
  Table,
  TargetEncoder,
  textColumn,
} from "../index.ts";

const golden: {
  words: [string, string][];
  encoders: {
    name: string;
    params: Record<string, unknown>;
    new: [string, string][];
    out: number[][];
    names: string[];
  }[];
} = JSON.parse(
  readFileSync(new URL("../../../../../reference/values/data/preprocessing.json", import.meta.url), "utf8"),
);
const frame = (rows: readonly (readonly [string, string])[]) =>
  new Table(
    ["u", "v"],
    [0, 1].map((j) => textColumn(rows.map((r) => r[j]!))),
  );

describe("against scikit-learn", () => {
  test.each(golden.encoders.map((c) => [`${c.name} ${JSON.stringify(c.params)}`, c] as const))(
    "%s",
    (_, c) => {
      type Make = new (params: Record<string, unknown>) => TransformerSpec<never>;
      const spec = new (data as unknown as Record<string, Make>)[c.name]!(c.params);
      const model = spec.fit(frame(golden.words));
      expect((model.transform(frame(c.new)) as Matrix).toArray()).toEqual(c.out);
      expect(model.outputNames()).toEqual(c.names.map((n) => n.replace("infrequent_sklearn", "infrequent")));
    },
  );
});

describe("encoders", () => {
  const t = new Table(
    ["size", "n"],
    [
      categoryColumn(["M", "S", null, "L", "S"], ["S", "M", "L", "XL"]),
      { kind: "number", values: Float64Array.of(3, 1, 3, Number.NaN, 1) },
    ],
  );

  test("category columns keep their order, missing comes last, unused categories make no column", () => {
    const model = new OneHotEncoder().fit(t);
    expect(model.outputNames()).toEqual([
      "size_S",
      "size_M",
      "size_L",
      "size_missing",
      "n_1",
      "n_3",
      "n_missing",
    ]);
    expect(Array.from(model.transform(t).row(2))).toEqual([0, 0, 0, 1, 0, 1, 0]);
    const codes = new OrdinalEncoder().fit(t).transform(t);
    expect(Array.from(codes.col(0))).toEqual([1, 0, Number.NaN, 2, 0]);
  });

  test("inverseTransform gives the values again", () => {
    for (const spec of [new OneHotEncoder(), new OneHotEncoder({ drop: "first" }), new OrdinalEncoder()]) {
      const model = spec.fit(t);
      const back = model.inverseTransform(model.transform(t));
      expect(back.strings("size")).toEqual(t.strings("size"));
      expect(back.numbers("n")).toEqual(t.numbers("n"));
    }
  });

  test("an unknown value is an error that says where, or what was asked for", () => {
    const other = Table.fromColumns({ size: ["S", "XXL"], n: [1, 3] });
    expect(() => new OneHotEncoder().fit(t).transform(other)).toThrow(
      'OneHotEncoder.transform: X holds "XXL" at row 1, column "size", which training did not: pass handleUnknown',
    );
    const ignored = new OneHotEncoder({ handleUnknown: "ignore" }).fit(t).transform(other);
    expect(Array.from(ignored.row(1)).slice(0, 4)).toEqual([0, 0, 0, 0]);
    expect(() => new OrdinalEncoder().fit(t).transform(other)).toThrow("OrdinalEncoder.transform");
    expect(() =>
      new OneHotEncoder().fit(t).transform(Table.fromColumns({ size: [1, 2], n: [1, 3] })),
    ).toThrow('holds number values in column "size", which held category values in training');
    const empty = Table.fromColumns({ size: [null], n: [3] });
    expect(Array.from(new OneHotEncoder().fit(t).transform(empty).row(0))).toEqual([0, 0, 0, 1, 0, 1, 0]);
  });

  test("frequencies are shares of the training rows", () => {
    const model = new FrequencyEncoder().fit(t);
    expect(Array.from(model.transform(t).col(0))).toEqual([0.2, 0.4, 0.2, 0.2, 0.4]);
    expect(model.transform(Table.fromColumns({ size: ["XXL"], n: [1] })).at(0, 0)).toBe(0);
    expect(new FrequencyEncoder({ normalize: false }).fit(t).transform(t).at(1, 0)).toBe(2);
  });

  test("dates are sent to DateFeatures", () => {
    expect(() => new OneHotEncoder().fit(Table.fromColumns({ d: [new Date(0)] }))).toThrow(
      "use DateFeatures",
    );
  });
});

describe("TargetEncoder, by brute force", () => {
  const n = 200;
  const city = Array.from({ length: n }, (_, i) => `c${(i * i + 3 * i) % 11}`);
  const y = city.map((c, i) => Number(c.slice(1)) + ((i * 7919) % 13) / 4);
  const t = Table.fromColumns({ city });
  const mean = (v: number[]) => v.reduce((a, b) => a + b, 0) / v.length;

  /** The encoding as its definition reads. */
  function byDefinition(rows: number[], value: string, target: number[], smooth: "auto" | number): number {
    const all = rows.map((i) => target[i]!);
    const own = rows.filter((i) => city[i] === value).map((i) => target[i]!);
    const overall = mean(all);
    if (own.length === 0) return overall;
    if (smooth !== "auto") return (own.reduce((a, b) => a + b, 0) + smooth * overall) / (own.length + smooth);
    const variance = mean(all.map((v) => (v - overall) ** 2));
    const within = mean(own.map((v) => (v - mean(own)) ** 2));
    const share = (variance * own.length) / (variance * own.length + within);
    return share * mean(own) + (1 - share) * overall;
  }
  const everyone = Array.from({ length: n }, (_, i) => i);

  test.each(["auto", 0, 10] as const)("smooth %s", (smooth) => {
    const out = new TargetEncoder({ smooth, target: "continuous" }).fit(t, y).transform(t);
    city.forEach((c, i) => {
      expect(out.at(i, 0)).toBeCloseTo(byDefinition(everyone, c, y, smooth), 12);
    });
  });

  test("fitTransform encodes each fold with the others only", () => {
    const labels = y.map((v) => (v > 6 ? "high" : "low"));
    const target = labels.map((l) => (l === "low" ? 1 : 0));
    const spec = new TargetEncoder({ cv: 4, seed: 3 });
    const { model, transformed } = spec.fitTransform(t, labels);
    // Codes of the sorted classes, as the encoder gives them to its splitter.
    const folds = new StratifiedKFold({ nSplits: 4, shuffle: true, seed: 3 }).split(n, target);
    for (const { train, test: held } of folds)
      for (const i of held)
        expect(transformed.at(i, 0)).toBeCloseTo(byDefinition([...train], city[i]!, target, "auto"), 12);
    const plain = model.transform(t);
    expect(plain.data.some((v, i) => Math.abs(v - transformed.data[i]!) > 1e-3)).toBe(true);
    expect(plain.at(0, 0)).toBeCloseTo(byDefinition(everyone, city[0]!, target, "auto"), 12);
  });

  test("noise does not leak: cross-fitted encodings of ids say nothing", () => {
    const ids = Table.fromColumns({ id: textColumn(Array.from({ length: n }, (_, i) => `row ${i >> 1}`)) });
    const noise = Array.from({ length: n }, (_, i) => ((i * 2654435761) % 1000) / 1000);
    const correlation = (a: ArrayLike<number>) => {
      const x = Array.from(a);
      const mx = mean(x);
      const my = mean(noise);
      const cov = mean(x.map((v, i) => (v - mx) * (noise[i]! - my)));
      return cov / Math.sqrt(mean(x.map((v) => (v - mx) ** 2)) * mean(noise.map((v) => (v - my) ** 2)));
    };
    const spec = new TargetEncoder({ smooth: 0 });
    const { model, transformed } = spec.fitTransform(ids, noise);
    expect(correlation(model.transform(ids).data)).toBeGreaterThan(0.6);
    expect(correlation(transformed.data)).toBeLessThan(0.2);
  });

  test("several classes give a column each; unknown values the shares of the classes", () => {
    const labels = y.map((v) => (v > 8 ? "c" : v > 4 ? "b" : "a"));
    const model = new TargetEncoder({ smooth: 0 }).fit(t, labels);
    expect(model.outputNames()).toEqual(["city_a", "city_b", "city_c"]);
    const out = model.transform(Table.fromColumns({ city: ["elsewhere"] }));
    ["a", "b", "c"].forEach((l, k) => {
      expect(out.at(0, k)).toBeCloseTo(labels.filter((v) => v === l).length / n, 12);
    });
    expect(() => new TargetEncoder().fit(t)).toThrow(
      "TargetEncoder.fit: y is undefined, expected the target of every row",
    );
  });
});
