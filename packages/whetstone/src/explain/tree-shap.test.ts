/** Shapley values against their definition: the sum over all subsets of the columns. */
import { describe, expect, test } from "vitest";
import { IsolationForest } from "../anomaly/index.ts";
import {
  ExtraTreesClassifier,
  ExtraTreesRegressor,
  HistGradientBoostingClassifier,
  HistGradientBoostingRegressor,
  RandomForestClassifier,
  RandomForestRegressor,
} from "../ensemble/index.ts";
import {
  codeBit,
  encodeColumns,
  outputOf,
  type PlainTrees,
  plainTreesOf,
  type TreeModel,
} from "../interchange/index.ts";
import { getThreads, setThreads } from "../kernels/index.ts";
import { Ridge } from "../linear/index.ts";
import { Matrix, randomStream } from "../math/index.ts";
import { DecisionTreeClassifier, DecisionTreeRegressor } from "../tree/index.ts";
import { treeShap } from "./index.ts";

/** Output o where only the columns in `known` are known: other splits send shares both ways. */
function expectation(trees: PlainTrees, row: ArrayLike<number>, known: number, o: number): number {
  const { starts, feature, threshold, left, flags, set, bitsets, cover, value, width, outputs } = trees;
  let total = 0;
  for (let t = 0; t + 1 < starts.length; t++) {
    if (width === 1 && t % outputs !== o) continue;
    const root = starts[t]!;
    const walk = (i: number): number => {
      const f = feature[i]!;
      if (f < 0) return value[i * width + (width === 1 ? 0 : o)]!;
      const l = root + left[i]!;
      if ((known >> f) & 1) {
        const v = row[f]!;
        const goes = Number.isNaN(v)
          ? (flags[i]! & 1) === 1
          : flags[i]! & 2
            ? codeBit(bitsets, set[i]!, v)
            : v <= threshold[i]!;
        return walk(goes ? l : l + 1);
      }
      return (cover[l]! * walk(l) + cover[l + 1]! * walk(l + 1)) / (cover[l]! + cover[l + 1]!);
    };
    total += walk(root);
  }
  return trees.baseline[o]! + trees.scale * total;
}

const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1));

/** Output o where columns that are not known take the values of the background rows in turn: the mean over these. */
function intervention(
  trees: PlainTrees,
  row: ArrayLike<number>,
  known: number,
  o: number,
  others: Matrix,
): number {
  let sum = 0;
  for (let b = 0; b < others.rows; b++) {
    const mixed = Array.from(others.row(b), (v, j) => ((known >> j) & 1 ? row[j]! : v));
    sum += outputOf(trees, mixed)[o]!;
  }
  return sum / others.rows;
}

/** phi_i = sum over S without i of |S|! (M - |S| - 1)! / M! (f(S + i) - f(S)). */
function bruteForce(M: number, game: (known: number) => number): { base: number; phi: number[] } {
  const f = Array.from({ length: 1 << M }, (_, S) => game(S));
  const size = (S: number) => [...S.toString(2)].filter((b) => b === "1").length;
  const phi = Array.from({ length: M }, (_, i) => {
    let sum = 0;
    for (let S = 0; S < 1 << M; S++) {
      if ((S >> i) & 1) continue;
      sum += ((factorial(size(S)) * factorial(M - size(S) - 1)) / factorial(M)) * (f[S | (1 << i)]! - f[S]!);
    }
    return sum;
  });
  return { base: f[0]!, phi };
}

const rows = 120;
const random = randomStream(3);
const X = Array.from({ length: rows }, () =>
  Array.from({ length: 6 }, () => Math.round(6 * random.normal()) / 6),
);
const holes = X.map((row) => row.map((v) => (random.uniform() < 0.15 ? Number.NaN : v)));
const number = X.map(([a, b, c, d]) => a! * b! + Math.max(c!, d!) + 0.1 * random.normal());
const label = X.map(([a, b, c]) => (a! + b! > 0.3 ? "up" : c! > 0 ? "side" : "down"));
const two = label.map((l) => l === "up");
const weight = X.map(() => random.int(3));
const codes = X.map((row) => [Math.floor(7 * Math.abs(row[0]!)) % 9, ...row.slice(1)]);

const models: Record<string, () => [model: TreeModel, rows: number[][]]> = {
  "a tree for numbers": () => [new DecisionTreeRegressor({ maxDepth: 4 }).fit(X, number), X],
  "a full tree with weights": () => [new DecisionTreeRegressor().fit(X, number, { sampleWeight: weight }), X],
  "a tree for labels, with missing values": () => [new DecisionTreeClassifier().fit(holes, label), holes],
  "a forest for labels": () => [new RandomForestClassifier({ nEstimators: 5, seed: 1 }).fit(X, label), X],
  "a forest for numbers": () => [
    new RandomForestRegressor({ nEstimators: 5, seed: 1 }).fit(holes, number),
    holes,
  ],
  "extra trees for labels": () => [new ExtraTreesClassifier({ nEstimators: 5, seed: 1 }).fit(X, two), X],
  "extra trees for numbers": () => [new ExtraTreesRegressor({ nEstimators: 5, seed: 1 }).fit(X, number), X],
  "boosting for numbers": () => [
    new HistGradientBoostingRegressor({ maxIter: 10 }).fit(holes, number),
    holes,
  ],
  "boosting for three labels": () => [
    new HistGradientBoostingClassifier({ maxIter: 4, minSamplesLeaf: 5 }).fit(X, label),
    X,
  ],
  "boosting with categories": () => [
    new HistGradientBoostingClassifier({ maxIter: 8, minSamplesLeaf: 5, categoricalFeatures: [0] }).fit(
      codes,
      two,
    ),
    [...codes, [40, 0, 0, 0, 0, 0], [Number.NaN, 0, 0, 0, 0, 0]],
  ],
  "boosting with categories as target statistics": () => [
    new HistGradientBoostingRegressor({
      ...{ maxIter: 8, minSamplesLeaf: 5, categoricalFeatures: [0], categoryEncoding: "ordered" },
    }).fit(codes, number),
    [...codes, [40, 0, 0, 0, 0, 0], [Number.NaN, 0, 0, 0, 0, 0]],
  ],
  "an isolation forest": () => [new IsolationForest({ nEstimators: 10, maxSamples: 40 }).fit(X), X],
};

describe.each(Object.entries(models))("of %s", (_, make) => {
  const [model, given] = make();
  const trees = plainTreesOf(model, "test");
  const { values, baseValues } = treeShap(model, given);

  test("the values are the definition's", () => {
    const encoded = encodeColumns(Matrix.from(given), trees.columns);
    for (const i of [0, 1, 2, 17, 40, given.length - 2, given.length - 1]) {
      for (let o = 0; o < trees.outputs; o++) {
        const { base, phi } = bruteForce(6, (S) => expectation(trees, encoded.row(i), S, o));
        expect(Math.abs(base - baseValues[o]!)).toBeLessThan(1e-12);
        phi.forEach((v, j) => void expect(Math.abs(v - values[o]!.at(i, j))).toBeLessThan(1e-12));
      }
    }
  });

  test("the values against background rows are the definition's", () => {
    const others = Matrix.from([...given.slice(20, 27), given.at(-1)!]);
    const encoded = encodeColumns(Matrix.from(given), trees.columns);
    const background = encodeColumns(others, trees.columns);
    const found = treeShap(model, given, { background: others });
    for (const i of [0, 17, given.length - 2]) {
      for (let o = 0; o < trees.outputs; o++) {
        const { base, phi } = bruteForce(6, (S) => intervention(trees, encoded.row(i), S, o, background));
        expect(Math.abs(base - found.baseValues[o]!)).toBeLessThan(1e-12);
        phi.forEach((v, j) => void expect(Math.abs(v - found.values[o]!.at(i, j))).toBeLessThan(1e-12));
      }
    }
  });

  test("base value and values add up to the output", () => {
    const outputs: (x: number[][]) => ArrayLike<number>[] = (x) => {
      if ("pathLengths" in model) return [model.pathLengths(x)];
      if ("decisionFunction" in model) return columns(model.decisionFunction(x) as Matrix);
      if ("rawPredict" in model) return [model.rawPredict(x)];
      if ("predictProba" in model) return columns(model.predictProba(x));
      return [(model as { predict(x: number[][]): Float64Array }).predict(x)];
    };
    const columns = (m: Matrix) => Array.from({ length: m.cols }, (_, k) => m.col(k));
    outputs(given).forEach((output, o) => {
      for (let i = 0; i < given.length; i++) {
        const sum = values[o]!.row(i).reduce((a, b) => a + b, baseValues[o]!);
        expect(Math.abs(sum - output[i]!)).toBeLessThan(1e-12 * Math.max(1, Math.abs(output[i]!)));
      }
    });
  });
});

test("one thread and many give the same, whatever rows stand beside", () => {
  const [model, given] = models["a forest for numbers"]!();
  const all = treeShap(model, given);
  const before = getThreads();
  try {
    setThreads(1);
    expect(treeShap(model, given)).toEqual(all);
  } finally {
    setThreads(before);
  }
  const part = treeShap(model, given.slice(5, 9)).values[0]!;
  expect([...part.data]).toEqual([...all.values[0]!.data.subarray(5 * 6, 9 * 6)]);
});

test("deep paths stay exact: 40 columns on one path", () => {
  // A staircase so steep that a tree cuts off one row after another: column j is asked at depth d - 1 - j.
  const d = 40;
  const stairs = Array.from({ length: d + 1 }, (_, i) =>
    Array.from({ length: d }, (_, j) => (j < i ? 1 : 0)),
  );
  const model = new DecisionTreeRegressor().fit(
    stairs,
    stairs.map((_, i) => 3 ** (i - d)),
  );
  expect(model.tree.depth).toBe(d);
  const { values, baseValues } = treeShap(model, stairs);
  stairs.forEach((row, i) => {
    const sum = values[0]!.row(i).reduce((a, b) => a + b, baseValues[0]!);
    expect(Math.abs(sum - model.predict([row])[0]!)).toBeLessThan(1e-13);
  });
});

test("what does not fit is refused in a sentence", () => {
  const model = new DecisionTreeRegressor().fit(X, number);
  expect(() => treeShap(new Ridge().fit(X, number) as never, X)).toThrow(
    "treeShap: model is a RidgeModel, expected a fitted tree",
  );
  expect(() => treeShap(model, [[1, 2]])).toThrow("treeShap: X has 2 columns, expected 6 (as in training)");
  expect(() => treeShap(model, X, { background: Matrix.zeros(0, 6) })).toThrow(
    "treeShap: background has 0 rows, expected at least 1",
  );
});
