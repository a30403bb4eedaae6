import { describe, expect, test } from "vitest";
import { Matrix, randomStream } from "../../math/index.ts";
import {
  dateColumn,
  leakageReport,
  MinMaxScaler,
  OneHotEncoder,
  preprocessingLeak,
  RobustScaler,
  SimpleImputer,
  StandardScaler,
  Table,
  trainTestSplit,
} from "../index.ts";

const random = randomStream(8);
const n = 200;
const split = trainTestSplit(n, { seed: 3 });
const normals = () => Float64Array.from({ length: n }, () => random.normal(5, 2));
const label = Array.from({ length: n }, () => (random.bernoulli() ? "yes" : "no"));
const a = normals();
a[split.test[0]!] = 20; // the largest value is a test row's
const raw = Table.fromColumns({ a, b: normals(), label });
const kinds = (...args: Parameters<typeof leakageReport>) =>
  leakageReport(...args).map((f) => `${f.kind} ${f.column}`);

describe("times", () => {
  const day = 86_400_000;
  const at = Float64Array.from({ length: n }, (_, i) => i * day);
  const table = raw
    .withColumn("decided", dateColumn(at))
    .withColumn("opened", dateColumn(at.map((t) => t - 5 * day)))
    .withColumn(
      "closed",
      dateColumn(at.map((t, i) => (i % 4 === 0 ? t + day : i % 4 === 1 ? Number.NaN : t))),
    )
    .withColumn("aTime", dateColumn(at.map((t) => t - 1)))
    .withColumn("bTime", dateColumn(at.map((t, i) => (i < 7 ? t + 1 : t))));

  test("dates after the label's time, and columns recorded after it", () => {
    const found = leakageReport(table, "label", {
      labelTime: "decided",
      recordedAt: { a: "aTime", b: "bTime" },
    });
    expect(found.map((f) => [f.kind, f.column, f.advice])).toEqual([
      ["late", "b", "drop"],
      ["late", "closed", "drop"],
    ]);
    expect(found[0]!.strength).toBe(7 / n);
    // A quarter of the rows has no closing date and does not count.
    expect(found[1]!.strength).toBeCloseTo(1 / 3, 12);
    expect(found[0]!.message).toBe(
      `column "b" was recorded later ("bTime") than the label ("decided") in 7 of 200 rows: it is not there when the prediction is made`,
    );
  });

  test("training rows from after the test", () => {
    const rows = Int32Array.from({ length: n }, (_, i) => i);
    const past = { train: rows.slice(0, 150), test: rows.slice(150) };
    expect(kinds(table, "label", { order: "decided", split: past })).toEqual([]);
    const mixed = { train: rows.filter((i) => i !== 40 && i !== 199), test: Int32Array.of(40, 199) };
    const [finding] = leakageReport(table, "label", { order: "decided", split: mixed });
    expect(finding).toMatchObject({ kind: "future", column: null, strength: 0.5 });
  });

  test("wrong arguments are named", () => {
    expect(() => leakageReport(table, "label", { labelTime: "when" })).toThrow('labelTime is "when"');
    expect(() => leakageReport(table, "label", { labelTime: "label" })).toThrow(
      'leakageReport: labelTime is "label", which holds neither dates nor numbers',
    );
    expect(() => leakageReport(table, "label", { recordedAt: { a: "aTime" } })).toThrow(
      "labelTime is undefined",
    );
    expect(() => leakageReport(table, "label", { order: "decided" })).toThrow("split is undefined");
    expect(() => leakageReport(table, "label", { labelTime: "decided", recordedAt: { c: "aTime" } })).toThrow(
      'recordedAt is "c"',
    );
  });
});

describe("preprocessing on all rows", () => {
  const features = raw.select(["a", "b"]);
  const gaps = Matrix.from(features.toMatrix().toArray());
  for (let i = 0; i < n; i += 9) gaps.set(i, 0, Number.NaN);
  const train = <T extends { selectRows(rows: ArrayLike<number>): Table | Matrix }>(X: T) =>
    X.selectRows(split.train);
  const withLabel = (X: unknown) => Table.fromMatrix(X as Matrix, ["a", "b"]).withColumn("label", label);
  const steps = { StandardScaler, MinMaxScaler, RobustScaler } as const;

  test.each(Object.keys(steps) as (keyof typeof steps)[])("%s leaves its marks", (name) => {
    const spec = new steps[name]();
    const leaky = spec.fit(features).transform(features);
    const safe = spec.fit(train(features)).transform(features);
    // Extremes of a random split lie in the training rows at times: then nothing has leaked.
    const told = kinds(withLabel(leaky), "label", { split });
    const expected = ["a", "b"].filter((_, j) => {
      if (name !== "MinMaxScaler") return true;
      const column = features.toMatrix().col(j);
      const own = Array.from(split.train, (i) => column[i]!);
      return Math.max(...own) < Math.max(...column) || Math.min(...own) > Math.min(...column);
    });
    expect(expected.length).toBeGreaterThan(0);
    expect(told).toEqual(expected.map((c) => `preprocessed ${c}`));
    expect(kinds(withLabel(safe), "label", { split })).toEqual([]);
    expect(kinds(raw, "label", { split })).toEqual([]);

    const change = preprocessingLeak((t) => spec.fit(t).transform(t), features, split);
    expect(change).toMatchObject({ leaks: true, columns: ["a", "b"] });
    expect(change.change).toBeGreaterThan(0.1);
    expect(preprocessingLeak((t) => spec.fit(train(t)).transform(t), features, split)).toEqual({
      leaks: false,
      change: 0,
      columns: [],
    });
  });

  test("gaps filled with the mean of all rows", () => {
    const spec = new SimpleImputer();
    const leaky = spec.fit(gaps).transform(gaps);
    const safe = spec.fit(train(gaps)).transform(gaps);
    expect(kinds(withLabel(leaky), "label", { split })).toEqual(["preprocessed a"]);
    expect(kinds(withLabel(safe), "label", { split })).toEqual([]);
  });

  test("a category that only test rows have changes the columns", () => {
    const names = Array.from({ length: n }, (_, i) => (split.test.includes(i) ? "new" : `c${i % 2}`));
    const t = Table.fromColumns({ names });
    const prepare = (rows: Table) => new OneHotEncoder({ handleUnknown: "ignore" }).fit(rows).transform(rows);
    const result = preprocessingLeak(prepare, t, split);
    expect(result.leaks).toBe(true);
    const safe = (rows: Table) =>
      new OneHotEncoder({ handleUnknown: "ignore" }).fit(train(rows)).transform(rows);
    expect(preprocessingLeak(safe, t, split).leaks).toBe(false);
  });
});

test("a model's AUC near 1 is reported", () => {
  expect(kinds(raw, "label", { modelAuc: 0.97 })).toEqual([]);
  const [finding] = leakageReport(raw, "label", { modelAuc: 0.998 });
  expect(finding).toMatchObject({ kind: "score", column: null, strength: 0.998, advice: "check" });
  expect(() => leakageReport(raw, "label", { modelAuc: 2 })).toThrow("leakageReport: modelAuc is 2");
});
