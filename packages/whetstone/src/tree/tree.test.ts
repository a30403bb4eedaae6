import { describe, expect, test } from "vitest";
import { Matrix, randomStream } from "../math/index.ts";
import {
  DecisionTreeClassifier,
  DecisionTreeRegressor,
  entropyImpurity,
  exportDot,
  exportText,
  giniImpurity,
  growTrees,
  splitGain,
  type TreeSet,
} from "./index.ts";

const random = randomStream("trees");
const median = (rows: number[], w: number[]): number => {
  const order = rows.map((_, i) => i).sort((a, b) => rows[a]! - rows[b]!);
  const half = w.reduce((a, b) => a + b, 0) / 2;
  let sum = 0;
  for (const i of order) if ((sum += w[i]!) >= half) return rows[i]!;
  return Number.NaN;
};
const impurities = {
  squaredError(y: number[], w: number[]) {
    const W = w.reduce((a, b) => a + b, 0);
    const mean = y.reduce((a, v, i) => a + v * w[i]!, 0) / W;
    return y.reduce((a, v, i) => a + w[i]! * (v - mean) ** 2, 0);
  },
  absoluteError(y: number[], w: number[]) {
    const middle = median(y, w);
    return y.reduce((a, v, i) => a + w[i]! * Math.abs(v - middle), 0);
  },
  poisson(y: number[], w: number[]) {
    const W = w.reduce((a, b) => a + b, 0);
    const mean = y.reduce((a, v, i) => a + v * w[i]!, 0) / W;
    if (mean === 0) return Number.POSITIVE_INFINITY;
    return y.reduce((a, v, i) => a + (v > 0 ? w[i]! * v * Math.log(v / mean) : 0), 0);
  },
  gini(y: number[], w: number[]) {
    const counts = [0, 1, 2].map((k) => y.reduce((a, v, i) => a + (v === k ? w[i]! : 0), 0));
    return counts.reduce((a, b) => a + b, 0) * giniImpurity(counts);
  },
  entropy(y: number[], w: number[]) {
    const counts = [0, 1, 2].map((k) => y.reduce((a, v, i) => a + (v === k ? w[i]! : 0), 0));
    return counts.reduce((a, b) => a + b, 0) * entropyImpurity(counts);
  },
};
type Criterion = keyof typeof impurities;

/** Least summed impurity over every column, threshold and side of the missing values, by trying all. */
function bestByForce(X: Matrix, y: number[], w: number[], criterion: Criterion, minLeaf: number): number {
  let best = Number.POSITIVE_INFINITY;
  for (let f = 0; f < X.cols; f++) {
    const cuts = [...new Set(X.col(f))].filter((v) => !Number.isNaN(v));
    for (const cut of cuts) {
      for (const missingLeft of [false, true]) {
        const sides: [number[], number[]] = [[], []];
        for (let i = 0; i < X.rows; i++) {
          const v = X.at(i, f);
          sides[(Number.isNaN(v) ? missingLeft : v <= cut) ? 0 : 1].push(i);
        }
        if (sides.some((s) => s.length < minLeaf || s.length === 0)) continue;
        const sum = sides.reduce(
          (a, s) =>
            a +
            impurities[criterion](
              s.map((i) => y[i]!),
              s.map((i) => w[i]!),
            ),
          0,
        );
        best = Math.min(best, sum);
      }
    }
  }
  return best;
}

describe("the root's split is the best of all", () => {
  for (const criterion of Object.keys(impurities) as Criterion[]) {
    for (const missing of [0, 0.25]) {
      test(`${criterion}, ${missing * 100} % missing`, () => {
        for (let round = 0; round < 12; round++) {
          const n = 14 + random.int(60);
          const X = Matrix.zeros(n, 3).map(() =>
            random.uniform() < missing ? Number.NaN : round % 2 === 0 ? random.int(6) : random.normal(),
          );
          const isClass = criterion === "gini" || criterion === "entropy";
          const y = Array.from({ length: n }, (_, i) => {
            const signal = (Number.isNaN(X.at(i, 1)) ? 2 : X.at(i, 1)) + random.normal();
            return isClass ? (signal < 0 ? 0 : signal < 2 ? 1 : 2) : Math.max(0, Math.round(3 * signal));
          });
          const w = y.map(() => (round % 3 === 0 ? 1 : 0.5 + random.uniform()));
          const minSamplesLeaf = 1 + random.int(4);
          const params = { criterion, maxDepth: 1, minSamplesLeaf } as never;
          const options = { sampleWeight: w };
          const tree: TreeSet = isClass
            ? new DecisionTreeClassifier(params).fit(X, y, options).tree
            : new DecisionTreeRegressor(params).fit(X, y, options).tree;
          const best = bestByForce(X, y, w, criterion, minSamplesLeaf);
          const ours = tree.weight[1]! * tree.impurity[1]! + tree.weight[2]! * tree.impurity[2]!;
          expect(Math.abs(ours - best)).toBeLessThan(1e-9 * (1 + best));
        }
      });
    }
  }
});

test("leaves hold the rows that the walk brings there, and their shares", () => {
  const X = Matrix.zeros(300, 4).map(() => (random.uniform() < 0.2 ? Number.NaN : random.normal()));
  const y = Array.from({ length: 300 }, (_, i) => (X.at(i, 0) > 0 ? "p" : X.at(i, 1) > 0 ? "q" : "r"));
  const model = new DecisionTreeClassifier({ minSamplesLeaf: 3 }).fit(X, y);
  const leaves = model.apply(X);
  const rows = new Map<number, number[]>();
  leaves.forEach((leaf, i) => void rows.set(leaf, [...(rows.get(leaf) ?? []), i]));
  expect(rows.size).toBe(model.tree.nLeaves);
  for (const [leaf, members] of rows) {
    expect(members.length).toBe(model.tree.count[leaf]);
    model.classes.forEach((c, k) => {
      const share = members.filter((i) => y[i] === c).length / members.length;
      expect(model.tree.value[leaf * 3 + k]).toBeCloseTo(share, 12);
    });
  }
});

test("a fully grown tree knows its training rows, in any order of growth", () => {
  const X = Matrix.zeros(500, 5).map(() => random.normal());
  const y = Float64Array.from({ length: 500 }, () => random.normal());
  for (const params of [{}, { maxLeafNodes: 500 }, { splitter: "random" as const }, { maxFeatures: 1 }]) {
    const model = new DecisionTreeRegressor(params).fit(X, y);
    model.predict(X).forEach((v, i) => void expect(v).toBeCloseTo(y[i]!, 12));
  }
});

test("XOR is learned although its first split gains nothing", () => {
  const X = [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ];
  const model = new DecisionTreeClassifier().fit(X, [0, 1, 1, 0]);
  expect(model.predict(X)).toEqual([0, 1, 1, 0]);
  expect(model.tree.impurity[0]).toBe(0.5);
});

test("missing values without example in training follow the majority", () => {
  const model = new DecisionTreeClassifier().fit([[1], [2], [3], [10]], ["a", "a", "a", "b"]);
  expect(model.predict([[Number.NaN]])).toEqual(["a"]);
  const other = new DecisionTreeClassifier().fit([[1], [8], [9], [10]], ["a", "b", "b", "b"]);
  expect(other.predict([[Number.NaN]])).toEqual(["b"]);
});

test("random thresholds lie between the extremes and draw evenly", () => {
  const X = Matrix.from(Array.from({ length: 11 }, (_, i) => [i / 10]));
  const thresholds = Array.from(
    { length: 400 },
    (_, seed) =>
      new DecisionTreeRegressor({ splitter: "random", maxDepth: 1, seed }).fit(X, X.col(0)).tree
        .threshold[0]!,
  );
  expect(Math.min(...thresholds)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...thresholds)).toBeLessThan(1);
  // The mean of 400 uniforms has a standard deviation of 0.0144; five of them.
  expect(Math.abs(thresholds.reduce((a, b) => a + b, 0) / 400 - 0.5)).toBeLessThan(0.072);
});

test("bootstrap draws are those of the random stream", () => {
  const n = 50;
  const X = Matrix.zeros(n, 1).map((_, i) => i);
  const trees = growTrees(
    {
      where: "test",
      X,
      targets: Float64Array.from({ length: n }, (_, i) => i),
      outputs: 1,
      criterion: "squaredError",
      weights: new Float64Array(n).fill(1),
      maxDepth: null,
      minSamplesSplit: 2,
      minSamplesLeaf: 1,
      maxLeafNodes: null,
      minImpurityDecrease: 0,
      minWeightFractionLeaf: 0,
      maxFeatures: 1,
      randomSplits: false,
      trees: 3,
      draws: n,
      random: (t) => randomStream(4).split(t),
    },
    {},
  );
  for (let t = 0; t < 3; t++) {
    const stream = randomStream(4).split(t);
    const counts = new Float64Array(n);
    for (let i = 0; i < n; i++) counts[stream.int(n)]!++;
    const tree = trees.tree(t);
    const leaves = [...tree.feature.keys()].filter((i) => tree.feature[i]! < 0);
    const seen = new Map(leaves.map((i) => [tree.value[i]!, tree.weight[i]!]));
    expect(seen).toEqual(new Map([...counts.entries()].filter(([, c]) => c > 0)));
  }
});

test("gains of splits, by hand", () => {
  // Quinlan's weather data: 9 yes, 5 no; outlook divides into (2,3), (4,0), (3,2).
  expect(
    splitGain([
      [2, 3],
      [4, 0],
      [3, 2],
    ]),
  ).toBeCloseTo(0.24674982, 8);
  expect(
    splitGain(
      [
        [3, 1],
        [1, 3],
      ],
      "gini",
    ),
  ).toBeCloseTo(0.125, 15);
  expect(giniImpurity([1, 1, 1, 1])).toBeCloseTo(0.75, 15);
  expect(entropyImpurity([1, 1, 1, 1])).toBe(2);
  expect(() => giniImpurity([0, 0])).toThrow("giniImpurity: counts");
  expect(() => splitGain([[1, 2], [1]])).toThrow("splitGain: children[1]");
});

test("a tree as text and as a graph", () => {
  const X = [
    [1, 5],
    [2, 1],
    [8, 2],
    [9, 9],
  ];
  const model = new DecisionTreeClassifier().fit(X, ["a", "a", "b", "c"]);
  expect(exportText(model, { decimals: 1 })).toBe(
    [
      "|--- x0 <= 5.0",
      "|   |--- class: a",
      "|--- x0 > 5.0",
      "|   |--- x0 <= 8.5",
      "|   |   |--- class: b",
      "|   |--- x0 > 8.5",
      "|   |   |--- class: c",
      "",
    ].join("\n"),
  );
  const dot = exportDot(model);
  expect(dot).toContain('0 [label="x0 <= 5.00, impurity 0.63, 4 rows"];');
  expect(dot.match(/->/g)?.length).toBe(4);
  expect(() => exportText(model, { decimals: -1 })).toThrow("exportText: decimals");
});
