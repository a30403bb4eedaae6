import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { getThreads, setThreads } from "../../kernels/index.ts";
import { Matrix, type RandomStream, randomStream } from "../../math/index.ts";
import { stalled } from "./boost.ts";
import { HistGradientBoostingClassifier, HistGradientBoostingRegressor, type TreeEnsemble } from "./index.ts";

function normal(rows: number, cols: number, random: RandomStream): Matrix {
  return new Matrix(
    Float64Array.from({ length: rows * cols }, () => random.normal()),
    rows,
    cols,
  );
}

/** A curved target of the first columns, with noise. */
function curved(X: Matrix, random: RandomStream, noise = 0.1): Float64Array {
  return Float64Array.from({ length: X.rows }, (_, i) => {
    const a = X.at(i, 0);
    const b = X.at(i, 1);
    return a * b + Math.sin(2 * a) + noise * random.normal();
  });
}

const meanSquare = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((sum, v, i) => sum + (v - b[i]!) ** 2, 0) / a.length;

/** Features on every path from the root to a leaf of every tree. */
function paths(trees: TreeEnsemble): Set<number>[] {
  const out: Set<number>[] = [];
  for (let t = 0; t < trees.nTrees; t++) {
    const walk = (node: number, seen: Set<number>): void => {
      const at = trees.starts[t]! + node;
      const feature = trees.feature[at]!;
      if (feature < 0) {
        out.push(seen);
        return;
      }
      walk(trees.left[at]!, new Set([...seen, feature]));
      walk(trees.left[at]! + 1, new Set([...seen, feature]));
    };
    walk(0, new Set());
  }
  return out;
}

describe("constraints", () => {
  it("monotone directions hold on random data, for every kind of leaf value", () => {
    const loss = fc.constantFrom("squaredError", "absoluteError", "quantile", "poisson");
    fc.assert(
      fc.property(loss, fc.integer({ min: 0, max: 1e6 }), fc.boolean(), (name, seed, names) => {
        const random = randomStream(seed);
        const X = normal(200, 3, random);
        const y = Array.from({ length: 200 }, (_, i) => {
          const v = Math.sin(3 * X.at(i, 0)) + X.at(i, 1) ** 2 + random.normal();
          return name === "poisson" ? Math.abs(v) : v;
        });
        const spec = new HistGradientBoostingRegressor({
          ...{ loss: name, quantile: 0.7, maxIter: 15, minSamplesLeaf: 5, learningRate: 0.5 },
          monotonicCst: names ? { a: 1, b: -1 } : [1, -1, 0],
        });
        const design = names
          ? { toDesign: () => ({ matrix: X, names: ["a", "b", "c"], categories: null }) }
          : X;
        const model = spec.fit(design, y);
        expect(model.trees.feature.some((f) => f >= 0)).toBe(true);
        for (let trial = 0; trial < 10; trial++) {
          const [a, b, c] = [random.normal(), random.normal(), random.normal()];
          const line = Array.from({ length: 60 }, (_, i) => (i - 30) / 10);
          const rising = model.rawPredict(line.map((v) => [v, b!, c!]));
          const falling = model.rawPredict(line.map((v) => [a!, v, c!]));
          for (let i = 1; i < 60; i++) {
            expect(rising[i]!).toBeGreaterThanOrEqual(rising[i - 1]! - 1e-12);
            expect(falling[i]!).toBeLessThanOrEqual(falling[i - 1]! + 1e-12);
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  it("interaction sets bound what meets on a path", () => {
    const random = randomStream(6);
    const X = normal(800, 5, random);
    const y = Array.from(
      { length: 800 },
      (_, i) => X.at(i, 0) * X.at(i, 2) + X.at(i, 1) * X.at(i, 3) + X.at(i, 4),
    );
    const fit = (interactionCst: "pairwise" | "noInteractions" | number[][]) =>
      new HistGradientBoostingRegressor({ interactionCst, maxIter: 20 }).fit(X, y);
    for (const path of paths(fit("noInteractions").trees)) expect(path.size).toBeLessThanOrEqual(1);
    const pairs = paths(fit("pairwise").trees);
    for (const path of pairs) expect(path.size).toBeLessThanOrEqual(2);
    expect(pairs.some((path) => path.size === 2)).toBe(true);
    for (const path of paths(fit([[0, 2]]).trees)) {
      expect([...path].every((f) => f === 0 || f === 2) || [...path].every((f) => f !== 0 && f !== 2)).toBe(
        true,
      );
    }
  });

  it("limits of size and gain hold", () => {
    const random = randomStream(7);
    const X = normal(1000, 4, random);
    const y = curved(X, random);
    const depth = new HistGradientBoostingRegressor({ maxLeafNodes: null, maxDepth: 3, maxIter: 10 }).fit(
      X,
      y,
    );
    const sizes = Array.from({ length: 10 }, (_, t) => depth.trees.starts[t + 1]! - depth.trees.starts[t]!);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(15);
    const leafy = new HistGradientBoostingRegressor({
      minSamplesLeaf: 100,
      maxLeafNodes: 7,
      maxIter: 10,
    }).fit(X, y);
    leafy.trees.feature.forEach((f, i) => {
      if (f < 0) expect(leafy.trees.count[i]!).toBeGreaterThanOrEqual(100);
    });
    const { gain, feature } = new HistGradientBoostingRegressor({ minGainToSplit: 5, maxIter: 30 }).fit(
      X,
      y,
    ).trees;
    feature.forEach((f, i) => {
      if (f >= 0) expect(gain[i]!).toBeGreaterThan(5);
    });
    const heavy = new HistGradientBoostingRegressor({ minHessianToSplit: 150, maxIter: 5 }).fit(X, y).trees;
    heavy.feature.forEach((f, i) => {
      if (f < 0) expect(heavy.count[i]!).toBeGreaterThanOrEqual(150);
    });
  });
});

describe("weights", () => {
  it("a weight of k is k copies, in quantile bins, leaf sizes and losses", () => {
    const random = randomStream(8);
    const X = normal(900, 2, random);
    const y = curved(X, random);
    const copies = Array.from({ length: 900 }, () => random.int(4));
    const rows = copies.flatMap((k, i) => new Array<number>(k).fill(i));
    for (const loss of ["squaredError", "absoluteError", "quantile"] as const) {
      const spec = new HistGradientBoostingRegressor({ loss, quantile: 0.3, maxIter: 20, maxBins: 60 });
      const weighted = spec.fit(X, y, { sampleWeight: copies });
      const copied = spec.fit(
        X.selectRows(rows),
        rows.map((i) => y[i]!),
      );
      expect(weighted.trees.threshold).toEqual(copied.trees.threshold);
      expect(weighted.trees.count).toEqual(copied.trees.count);
      expect(meanSquare(weighted.predict(X), copied.predict(X))).toBeLessThan(1e-18);
    }
  });

  it("weights that add up to 1 grow the same trees as weights that add up to the rows", () => {
    const random = randomStream(9);
    const X = normal(600, 2, random);
    const y = curved(X, random);
    const weights = Float64Array.from({ length: 600 }, () => random.uniform(0.5, 1.5));
    const total = weights.reduce((a, b) => a + b, 0);
    const spec = new HistGradientBoostingRegressor({ maxIter: 10, minHessianToSplit: 0 });
    const a = spec.fit(X, y, { sampleWeight: weights.map((w) => w / total) });
    const b = spec.fit(X, y, { sampleWeight: weights.map((w) => (w * 600) / total) });
    expect(a.trees.feature).toEqual(b.trees.feature);
    expect(meanSquare(a.predict(X), b.predict(X))).toBeLessThan(1e-16);
  });
});

describe("randomness and threads", () => {
  const random = randomStream(10);
  const X = normal(30_000, 5, random);
  const y = curved(X, random);

  it("the model does not depend on the number of threads", () => {
    const before = getThreads();
    try {
      const spec = new HistGradientBoostingRegressor({ maxIter: 5, subsample: 0.7, maxFeatures: 0.6 });
      const models = [1, 2, 3].map((n) => {
        setThreads(n);
        return spec.fit(X, y).save();
      });
      expect(models[1]).toEqual(models[0]);
      expect(models[2]).toEqual(models[0]);
    } finally {
      setThreads(before);
    }
  });

  it("subsampled rows and features still learn, by their seed", () => {
    const some = X.selectRows(Int32Array.from({ length: 2000 }, (_, i) => i));
    const target = y.slice(0, 2000);
    const spec = new HistGradientBoostingRegressor({ subsample: 0.5, maxFeatures: 0.5, seed: 3 });
    const first = spec.fit(some, target);
    expect(spec.fit(some, target).save()).toEqual(first.save());
    expect(spec.with({ seed: 4 }).fit(some, target).predict(some)).not.toEqual(first.predict(some));
    expect(meanSquare(first.predict(some), target)).toBeLessThan(
      0.3 * meanSquare(target, new Float64Array(2000)),
    );
    // Half of the rows, whole numbers of them, are counted in every root.
    for (let t = 0; t < 5; t++) expect(first.trees.count[first.trees.starts[t]!]!).toBe(1000);
  });
});

describe("early stopping", () => {
  it("compares with the loss of patience iterations ago", () => {
    expect(stalled([5, 4, 3], 3, 0)).toBe(false); // too few
    expect(stalled([5, 4, 3, 2], 3, 0)).toBe(false);
    expect(stalled([5, 6, 6, 5], 3, 0)).toBe(true);
    expect(stalled([5, 6, 4.95, 6], 3, 0.1)).toBe(true); // an improvement within tol is none
    expect(stalled([5, 6, 4.85, 6], 3, 0.1)).toBe(false);
  });

  it("stops on held-out rows, in proportion of the classes, and keeps both curves", () => {
    const random = randomStream(11);
    const X = normal(1000, 4, random);
    const y = Array.from({ length: 1000 }, (_, i) => X.at(i, 0) + 2 * random.normal() > 1.5);
    const model = new HistGradientBoostingClassifier({ earlyStopping: true, maxIter: 500 }).fit(X, y);
    expect(model.nIter).toBeLessThan(100);
    expect(model.trainScore.length).toBe(model.nIter + 1);
    expect(model.validationScore.length).toBe(model.nIter + 1);
    expect(model.trainScore[model.nIter]!).toBeLessThan(model.trainScore[0]!);
    // 900 rows were learned from, a share of each class that differs by less than a row.
    expect(model.trees.count[0]).toBe(900);
    const p = y.filter(Boolean).length / 1000;
    expect(Math.abs(1 / (1 + Math.exp(-model.baseline[0]!)) - p)).toBeLessThan(1 / 900);
    expect(new HistGradientBoostingClassifier({ maxIter: 3 }).fit(X, y).trainScore.length).toBe(0);
  });

  it("auto begins above ten thousand rows", () => {
    const X = Matrix.zeros(10_001, 1);
    const y = new Float64Array(10_001).map((_, i) => i % 2);
    expect(new HistGradientBoostingRegressor({ maxIter: 2 }).fit(X, y).trainScore.length).toBe(3);
    const fewer = X.selectRows(Int32Array.from({ length: 10_000 }, (_, i) => i));
    expect(new HistGradientBoostingRegressor({ maxIter: 2 }).fit(fewer, y.slice(1)).trainScore.length).toBe(
      0,
    );
  });
});
