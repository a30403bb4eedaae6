import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { DummyClassifier } from "../../dummy/index.ts";
import { LinearRegression, LogisticRegression } from "../../linear/index.ts";
import { randomStream } from "../../math/index.ts";
import {
  associationDistance,
  marginDistances,
  recordDiscrepancy,
  recordDistances,
  syntheticQuality,
  Table,
  trainOnSynthetic,
} from "../index.ts";

interface Columns {
  readonly a: number[];
  readonly b: number[];
  readonly c: string[];
  readonly d: string[];
}
const golden = JSON.parse(
  readFileSync(
    new URL("../../../../../reference/values/data/synthetic-quality.json", import.meta.url),
    "utf8",
  ),
) as {
  real: Columns;
  fake: Columns;
  holdout: Columns;
  margins: Record<string, number>;
  associations: { real: Record<string, number>; fake: Record<string, number> };
  mmd: { unbiased: number; width: number };
  toTrain: number[];
  toHoldout: number[];
  r2: { fake: number; real: number };
  auc: { fake: number; real: number };
};
const tableOf = ({ a, b, c, d }: Columns) => Table.fromColumns({ a, b, c, d });
const [real, fake, holdout] = [golden.real, golden.fake, golden.holdout].map(tableOf) as [
  Table,
  Table,
  Table,
];

describe("against SciPy and scikit-learn", () => {
  test("margins", () => {
    for (const m of marginDistances(real, fake))
      expect(m.distance).toBeCloseTo(golden.margins[m.column]!, 12);
  });

  test("associations", () => {
    const gaps = Object.entries(golden.associations.real).map(([pair, r]) => [
      pair,
      Math.abs(r - golden.associations.fake[pair]!),
    ]) as [string, number][];
    const found = associationDistance(real, fake);
    expect(found.distance).toBeCloseTo(
      gaps.reduce((s, g) => s + g[1] / gaps.length, 0),
      12,
    );
    const [pair] = gaps.sort((a, b) => b[1] - a[1])[0]!;
    expect(found.worst!.columns.join(" ")).toBe(pair);
    expect(found.worst!.real).toBeCloseTo(golden.associations.real[pair]!, 12);
    expect(found.worst!.synthetic).toBeCloseTo(golden.associations.fake[pair]!, 12);
    for (const names of ["a b", "a c", "b d", "c d"]) {
      const two = associationDistance(real.select(names.split(" ")), fake.select(names.split(" ")));
      expect(two.worst!.real).toBeCloseTo(golden.associations.real[names]!, 12);
    }
  });

  test("discrepancy", () => {
    const found = recordDiscrepancy(real, fake);
    expect(found.bandwidth).toBeCloseTo(golden.mmd.width, 10);
    expect(found.unbiased).toBeCloseTo(golden.mmd.unbiased, 12);
  });

  test("nearest records", () => {
    const found = recordDistances(real, fake, holdout);
    // Rows are not drawn, since both tables are small and equally large.
    golden.toTrain.forEach((v, i) => {
      expect(found.toTrain[i]).toBeCloseTo(v, 10);
    });
    golden.toHoldout.forEach((v, i) => {
      expect(found.toHoldout[i]).toBeCloseTo(v, 10);
    });
    const nearer = golden.toTrain.filter((v, i) => v < golden.toHoldout[i]!).length / golden.toTrain.length;
    expect(found.nearerToTrain).toBeCloseTo(nearer, 12);
  });

  test("train on synthetic, test on real", () => {
    const numeric = (t: Table) =>
      t.select(["a", "b"]).withColumn(
        "yes",
        t.strings("d").map((v) => v === "yes"),
      );
    const found = trainOnSynthetic(new LinearRegression(), numeric(fake), numeric(holdout), "b", {
      realTrain: numeric(real),
    });
    expect(found.scoring).toBe("r2");
    expect(found.synthetic).toBeCloseTo(golden.r2.fake, 10);
    expect(found.real).toBeCloseTo(golden.r2.real, 10);
    expect(found.gap).toBeCloseTo(golden.r2.real - golden.r2.fake, 10);
    const keep = (t: Table) => t.select(["a", "b", "d"]);
    const auc = trainOnSynthetic(new LogisticRegression(), keep(fake), keep(holdout), "d", {
      realTrain: keep(real),
      scoring: "rocAuc",
    });
    expect(auc.synthetic).toBeCloseTo(golden.auc.fake, 3);
    expect(auc.real).toBeCloseTo(golden.auc.real, 3);
  });
});

test("gaps, booleans and unknown categories have their place", () => {
  const a = Table.fromColumns({ x: [1, null, 3, 4], f: [true, false, null, true], c: ["u", "v", "u", null] });
  const b = Table.fromColumns({ x: [1, 2, 3, 4], f: [true, true, true, true], c: ["u", "u", "w", "u"] });
  const [x, f, c] = marginDistances(a, b);
  expect(x!.missing).toBe(-0.25);
  expect(f!.distance).toBeCloseTo(0.5, 12);
  // Shares u 1/2, v 1/4, missing 1/4 against u 3/4, w 1/4.
  expect(c!.distance).toBeCloseTo(0.5, 12);
  const self = recordDistances(a, a, b);
  expect([...self.toTrain]).toEqual([0, 0, 0, 0]);
  expect(self.toHoldout.every((v) => v > 0.5 || v === 0)).toBe(true);
});

test("copies are told from new rows, whatever the sizes of the tables", () => {
  const random = randomStream(3);
  const draw = (n: number) =>
    Table.fromColumns({
      a: Float64Array.from({ length: n }, () => random.normal()),
      b: Float64Array.from({ length: n }, () => random.normal()),
      c: Float64Array.from({ length: n }, () => random.normal()),
    });
  const train = draw(600);
  const test_ = draw(200);
  const fresh = recordDistances(train, draw(500), test_, { seed: 1 });
  expect(fresh.interval[0]).toBeLessThan(0.5);
  expect(fresh.interval[1]).toBeGreaterThan(0.5);
  expect(fresh.copies).toBe(0);
  expect(fresh.ratio).toBeCloseTo(1, 0);
  const copied = recordDistances(
    train.selectRows(Int32Array.from({ length: 200 }, (_, i) => i)),
    train,
    test_,
  );
  expect(copied.copies).toBeCloseTo(1 / 3, 1);
  expect(copied.nearerToTrain).toBeGreaterThan(0.6);
});

test("the report holds the parts, and wrong arguments are named", () => {
  const spec = new LinearRegression();
  const numeric = (t: Table) => t.select(["a", "b"]);
  const quality = syntheticQuality(numeric(real), numeric(fake), numeric(holdout), {
    task: { spec, target: "b" },
    seed: 2,
  });
  expect(quality.marginDistance).toBeCloseTo(
    (quality.margins[0]!.distance + quality.margins[1]!.distance) / 2,
    12,
  );
  expect(quality.task!.scoring).toBe("r2");
  expect(quality.privacy.copies).toBe(0);
  expect(quality.baseline.margins).toBeCloseTo(
    marginDistances(numeric(holdout), numeric(real)).reduce((s, m) => s + m.distance / 2, 0),
    12,
  );
  expect(() => marginDistances(real, fake.drop("a"))).toThrow(
    'marginDistances: synthetic lacks the column "a"',
  );
  expect(() => marginDistances(real, fake.withColumn("a", fake.strings("c")))).toThrow(
    'has "a" as a category column',
  );
  expect(() => trainOnSynthetic(spec, fake, holdout, "z")).toThrow('target is "z"');
  expect(() => trainOnSynthetic(spec, numeric(fake), numeric(holdout), "b", { scoring: "rocAuc" })).toThrow(
    "scoring is",
  );
  const classes = (t: Table) => t.select(["a", "d"]);
  const one = classes(fake).filter((row) => row.d === "yes");
  expect(() =>
    trainOnSynthetic(new DummyClassifier(), one, classes(holdout), "d", { scoring: "logLoss" }),
  ).toThrow('synthetic has no row with "d" "no"');
});
