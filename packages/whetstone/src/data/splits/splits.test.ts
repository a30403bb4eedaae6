import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Matrix } from "../../math/index.ts";
import { Table } from "../table/index.ts";
import {
  GroupKFold,
  KFold,
  LeaveOneGroupOut,
  LeaveOneOut,
  RepeatedKFold,
  ShuffleSplit,
  type Split,
  type Splitter,
  StratifiedGroupKFold,
  StratifiedKFold,
  TimeSeriesSplit,
  trainTestSplit,
} from "./index.ts";

const golden = JSON.parse(
  readFileSync(new URL("../../../../../reference/values/data/splits.json", import.meta.url), "utf8"),
);
const { n, y, groups } = golden as { n: number; y: string[]; groups: number[] };
const plain = (splits: Split[]) => splits.map((s) => [Array.from(s.train), Array.from(s.test)]);

describe("against scikit-learn", () => {
  test.each<[string, Splitter]>([
    ["kfold", new KFold({ nSplits: 5 })],
    ["stratified", new StratifiedKFold({ nSplits: 4 })],
    ["group", new GroupKFold({ nSplits: 3 })],
    ["stratifiedGroup", new StratifiedGroupKFold({ nSplits: 3 })],
    ["time", new TimeSeriesSplit({ nSplits: 4 })],
    ["timeGap", new TimeSeriesSplit({ nSplits: 3, testSize: 5, gap: 2, maxTrainSize: 12 })],
  ])("%s", (key, splitter) => {
    expect(plain(splitter.split(n, y, groups))).toEqual(golden[key]);
  });
});

const sorted = (a: Iterable<number>) => [...a].sort((u, v) => u - v);

function isPartition({ train, test }: Split, rows: number): void {
  expect(sorted([...train, ...test])).toEqual(Array.from({ length: rows }, (_, i) => i));
}

describe("folds", () => {
  test("every row is tested once, whatever the splitter", () => {
    const labels = fc.array(fc.constantFrom("u", "v", "w"), { minLength: 12, maxLength: 60 });
    fc.assert(
      fc.property(
        labels,
        fc.integer({ min: 2, max: 4 }),
        fc.boolean(),
        fc.nat(),
        (list, nSplits, shuffle, seed) => {
          const rows = list.length;
          const groupOf = list.map((_, i) => (i * 7) % 6);
          for (const splitter of [
            new KFold({ nSplits, shuffle, seed }),
            new StratifiedKFold({ nSplits, shuffle, seed }),
            new GroupKFold({ nSplits }),
            new StratifiedGroupKFold({ nSplits, shuffle, seed }),
            new LeaveOneOut(),
            new LeaveOneGroupOut(),
          ] as Splitter[]) {
            const splits = splitter.split(rows, list, groupOf);
            for (const s of splits) isPartition(s, rows);
            expect(sorted(splits.flatMap((s) => [...s.test]))).toEqual(
              Array.from({ length: rows }, (_, i) => i),
            );
          }
        },
      ),
    );
  });

  test("stratified folds differ by at most one row of each class", () => {
    for (const shuffle of [false, true]) {
      const splits = new StratifiedKFold({ nSplits: 4, shuffle, seed: 5 }).split(n, y);
      for (const label of ["a", "b", "c"]) {
        const counts = splits.map((s) => s.test.filter((i) => y[i] === label).length);
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
      }
    }
  });

  test("a numeric target is balanced over its quantiles", () => {
    const target = Array.from({ length: 100 }, (_, i) => ((i * 37) % 100) ** 2);
    const splits = new StratifiedKFold({ nSplits: 5, bins: 10, shuffle: true }).split(100, target);
    for (const s of splits)
      for (let b = 0; b < 10; b++)
        expect(s.test.filter((i) => Math.floor(Math.sqrt(target[i]!) / 10) === b)).toHaveLength(2);
  });

  test("groups are never cut", () => {
    for (const splitter of [
      new GroupKFold({ nSplits: 3 }),
      new StratifiedGroupKFold({ nSplits: 3, shuffle: true }),
      new ShuffleSplit({ byGroup: true, testSize: 0.3, nSplits: 5 }),
    ] as Splitter[])
      for (const s of splitter.split(n, y, groups)) {
        const inTest = new Set([...s.test].map((i) => groups[i]));
        expect([...s.train].some((i) => inTest.has(groups[i]))).toBe(false);
      }
  });

  test("a seed repeats, another differs", () => {
    const split = (seed: number) => plain(new KFold({ shuffle: true, seed }).split(n));
    expect(split(1)).toEqual(split(1));
    expect(split(1)).not.toEqual(split(2));
    const repeated = new RepeatedKFold({ nSplits: 3, nRepeats: 2, stratify: true }).split(n, y);
    expect(repeated).toHaveLength(6);
    expect(plain(repeated.slice(0, 3))).not.toEqual(plain(repeated.slice(3)));
  });

  test("what cannot be split is refused", () => {
    expect(() => new KFold({ nSplits: 5 }).split(4)).toThrow(
      "KFold.split: nSplits is 5, expected at most 4 (rows)",
    );
    expect(() => new KFold({ nSplits: 1 })).toThrow("KFold: nSplits is 1, expected an integer >= 2");
    expect(() => new StratifiedKFold().split(10)).toThrow("StratifiedKFold.split: y is undefined");
    expect(() => new StratifiedKFold().split(3, ["a", "b"])).toThrow("StratifiedKFold.split");
    expect(() => new GroupKFold().split(10, null, [1, 2])).toThrow("groups has 2 entries, expected 10");
    expect(() => new TimeSeriesSplit({ nSplits: 3, testSize: 5 }).split(15)).toThrow("too few");
    expect(() => new KFold().split(2.5)).toThrow("n is 2.5");
  });
});

describe("trainTestSplit", () => {
  test("numbers of rows as scikit-learn rounds them", () => {
    const { train, test } = trainTestSplit(10, { testSize: 0.25 });
    expect([train.length, test.length]).toEqual([7, 3]);
    isPartition({ train, test }, 10);
    expect(trainTestSplit(10, { trainSize: 4 }).test).toHaveLength(6);
    expect(trainTestSplit(10, { trainSize: 4, testSize: 2 }).test).toHaveLength(2);
    expect(Array.from(trainTestSplit(5, { shuffle: false, testSize: 2 }).test)).toEqual([3, 4]);
  });

  test("splits matrices, tables and arrays alike, rows staying together", () => {
    const X = Matrix.from(Array.from({ length: 20 }, (_, i) => [i, -i]));
    const t = Table.fromColumns({ i: Array.from({ length: 20 }, (_, i) => i) });
    const weights = Float64Array.from({ length: 20 }, (_, i) => i);
    const { train, test, rows } = trainTestSplit(
      { X, t, weights, y: Array.from(weights, String) },
      { seed: 4 },
    );
    for (const side of [train, test]) {
      expect(side.weights).toEqual(side.X.col(0));
      expect(side.t.numbers("i")).toEqual(side.weights);
      expect(side.y).toEqual(Array.from(side.weights, String));
    }
    expect(Array.from(test.weights)).toEqual(Array.from(rows.test));
  });

  test("stratified: exact totals, shares within one row", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 30 }),
        fc.integer({ min: 2, max: 30 }),
        fc.nat(),
        (a, b, seed) => {
          const labels = [...Array<string>(a).fill("a"), ...Array<string>(b).fill("b")];
          const { train, test } = trainTestSplit(a + b, { testSize: 0.5, stratify: labels, seed });
          expect(test.length).toBe(Math.ceil((a + b) / 2));
          isPartition({ train, test }, a + b);
          const inTest = test.filter((i) => i < a).length;
          expect(Math.abs(inTest - (a * test.length) / (a + b))).toBeLessThanOrEqual(1);
        },
      ),
    );
  });

  test("refusals name what to do", () => {
    expect(() => trainTestSplit(3, { testSize: 1, stratify: ["a", "a", "b"] })).toThrow(
      'has the class "b" once',
    );
    expect(() => trainTestSplit(1)).toThrow("trainTestSplit: testSize is 0.25");
    expect(() => trainTestSplit({ X: Matrix.zeros(3, 1), y: [1] })).toThrow(
      "y has 1 rows, expected 3 (as X)",
    );
    expect(() => trainTestSplit(9, { testSize: 1.5 })).toThrow("testSize is 1.5");
    expect(() => trainTestSplit(9, { groups: [], stratify: [] })).toThrow("StratifiedGroupKFold");
  });
});
