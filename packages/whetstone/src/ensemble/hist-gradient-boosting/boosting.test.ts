import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Design, DesignSource } from "../../contract/index.ts";
import { getThreads, setThreads } from "../../kernels/index.ts";
import { Matrix, type RandomStream, randomStream } from "../../math/index.ts";
import { load } from "../../registry/index.ts";
import { stalled } from "./boost.ts";
import {
  HistGradientBoostingClassifier,
  type HistGradientBoostingClassifierModel,
  HistGradientBoostingRegressor,
  TreeEnsemble,
} from "./index.ts";

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

const table = (columns: Record<string, { values: number[]; categories?: string[] }>): DesignSource => ({
  toDesign(): Design {
    const names = Object.keys(columns);
    const rows = columns[names[0]!]!.values.length;
    const data = Float64Array.from(
      { length: rows * names.length },
      (_, i) => columns[names[i % names.length]!]!.values[Math.floor(i / names.length)]!,
    );
    const categories = names.map((name) => columns[name]!.categories ?? null);
    return { matrix: new Matrix(data, rows, names.length), names, categories };
  },
});

describe("boosting from residuals", () => {
  const random = randomStream(1);
  const X = normal(500, 3, random);
  const y = curved(X, random);

  it("starts at the mean, and every tree adds learningRate times the mean residual of its leaves", () => {
    const rate = 0.3;
    const model = new HistGradientBoostingRegressor({ maxIter: 5, learningRate: rate }).fit(X, y);
    expect(model.baseline).toBeCloseTo(y.reduce((a, b) => a + b, 0) / y.length, 12);
    let before: Float64Array = new Float64Array(y.length).fill(model.baseline);
    for (const after of model.stagedPredict(X)) {
      const leaves = new Map<number, number[]>();
      after.forEach((p, i) => {
        const key = Math.round((p - before[i]!) * 1e12);
        leaves.set(key, [...(leaves.get(key) ?? []), y[i]! - before[i]!]);
      });
      expect(leaves.size).toBeGreaterThan(5);
      for (const [key, residuals] of leaves) {
        const mean = residuals.reduce((a, b) => a + b, 0) / residuals.length;
        expect(Math.abs(key / 1e12 - rate * mean)).toBeLessThan(1e-9);
      }
      before = after;
    }
    expect(Array.from(model.predict(X))).toEqual(Array.from(before));
  });

  it("learns what a mean cannot", () => {
    const held = normal(500, 3, random);
    const truth = curved(held, random, 0);
    const model = new HistGradientBoostingRegressor().fit(X, y);
    const spread = meanSquare(truth, new Float64Array(500).fill(model.baseline));
    expect(meanSquare(model.predict(held), truth)).toBeLessThan(0.15 * spread);
  });

  it("one row, fewer rows than two leaves, or a constant target give the baseline", () => {
    expect(Array.from(new HistGradientBoostingRegressor().fit([[1]], [3]).predict([[9]]))).toEqual([3]);
    const few = new HistGradientBoostingRegressor().fit([[1], [2], [3]], [1, 2, 6]);
    expect(few.predict([[1]])[0]).toBeCloseTo(3, 12);
    const constant = new HistGradientBoostingRegressor().fit(X, new Float64Array(500).fill(0.1));
    expect(constant.trees.feature.every((f) => f === -1)).toBe(true);
    expect(Math.abs(constant.predict(X)[0]! - 0.1)).toBeLessThan(1e-15);
  });
});

describe("losses", () => {
  const random = randomStream(2);
  const X = normal(2000, 2, random);
  const mu = Float64Array.from({ length: 2000 }, (_, i) => Math.exp(0.5 * X.at(i, 0) - 0.3 * X.at(i, 1)));

  it("gamma: baseline, first leaves and predictions follow from their definitions", () => {
    const y = mu.map((m) => random.gamma(3, m / 3));
    const model = new HistGradientBoostingRegressor({
      ...{ loss: "gamma", maxIter: 1, maxLeafNodes: 2, learningRate: 1 },
    }).fit(X, y);
    const mean = y.reduce((a, b) => a + b, 0) / y.length;
    expect(model.baseline).toBeCloseTo(Math.log(mean), 12);
    const { feature, threshold, value } = model.trees;
    for (const side of [0, 1]) {
      let g = 0;
      let h = 0;
      y.forEach((v, i) => {
        if (Number(X.at(i, feature[0]!) > threshold[0]!) !== side) return;
        g += 1 - v / mean;
        h += v / mean;
      });
      expect(value[1 + side]!).toBeCloseTo(-g / h, 6);
    }
    const full = new HistGradientBoostingRegressor({ loss: "gamma" }).fit(X, y);
    const error = meanSquare(full.predict(X).map(Math.log), mu.map(Math.log));
    expect(error).toBeLessThan(0.05);
    expect(full.predict(X)[7]).toBe(Math.exp(full.rawPredict(X)[7]!));
  });

  it("quantiles cover their share of the rows", () => {
    const y = Float64Array.from(
      { length: 2000 },
      (_, i) => X.at(i, 0) + (1 + Math.abs(X.at(i, 1))) * random.normal(),
    );
    for (const quantile of [0.1, 0.5, 0.9]) {
      const model = new HistGradientBoostingRegressor({ loss: "quantile", quantile, maxIter: 50 }).fit(X, y);
      const under = model.predict(X).reduce((count, p, i) => count + Number(y[i]! <= p), 0) / 2000;
      expect(Math.abs(under - quantile)).toBeLessThan(0.03);
    }
  });

  it("absolute error is not moved by outliers", () => {
    const y = mu.map((m, i) => (i % 20 === 0 ? 1e6 : m));
    const model = new HistGradientBoostingRegressor({ loss: "absoluteError" }).fit(X, y);
    const error = model.predict(X).reduce((sum, p, i) => sum + Math.abs(p - mu[i]!), 0) / 2000;
    expect(error).toBeLessThan(0.1);
  });
});

describe("classes", () => {
  const random = randomStream(3);
  const X = normal(1500, 3, random);
  const labels = Array.from({ length: 1500 }, (_, i) => {
    const r = Math.hypot(X.at(i, 0), X.at(i, 1));
    return r < 0.8 ? "inner" : r < 1.5 ? "middle" : "outer";
  });

  it("three rings are told apart; stages end at the prediction", () => {
    const model = new HistGradientBoostingClassifier({ maxIter: 40 }).fit(X, labels);
    expect(model.classes).toEqual(["inner", "middle", "outer"]);
    expect(model.nIter).toBe(40);
    expect(model.trees.nTrees).toBe(120);
    const held = normal(1000, 3, random);
    const right = model.predict(held).filter((label, i) => {
      const r = Math.hypot(held.at(i, 0), held.at(i, 1));
      return label === (r < 0.8 ? "inner" : r < 1.5 ? "middle" : "outer");
    });
    expect(right.length).toBeGreaterThan(930);
    const last = <T>(all: Iterable<T>): T => [...all].pop()!;
    expect(last(model.stagedPredictProba(held)).data).toEqual(model.predictProba(held).data);
    expect(last(model.stagedPredict(held))).toEqual(model.predict(held));
    expect(last(model.stagedDecisionFunction(held)).data).toEqual(model.decisionFunction(held).data);
  });

  it("class weights move the decision, an object as the matching sample weights move gradients", () => {
    const y = labels.map((label) => label === "inner");
    const share = (model: HistGradientBoostingClassifierModel<boolean>) =>
      model.predictProba(X).data.reduce((sum, p, i) => sum + (i % 2) * p, 0) / X.rows;
    const plain = new HistGradientBoostingClassifier({ maxIter: 5 }).fit(X, y);
    const balanced = new HistGradientBoostingClassifier({ maxIter: 5, classWeight: "balanced" }).fit(X, y);
    const given = new HistGradientBoostingClassifier({ maxIter: 5, classWeight: { true: 4 } }).fit(X, y);
    expect(share(balanced)).toBeGreaterThan(share(plain) + 0.05);
    // Equal to sample weights where no limit on rows is in the way.
    const free = { maxIter: 5, maxLeafNodes: 4, maxBins: 16, minSamplesLeaf: 1 };
    const bins = X.data.map((v) => Math.round(2 * v) / 2);
    const coarse = new Matrix(bins, X.rows, X.cols);
    const a = new HistGradientBoostingClassifier({ ...free, classWeight: { true: 4 } }).fit(coarse, y);
    const b = new HistGradientBoostingClassifier(free).fit(coarse, y, {
      sampleWeight: y.map((v) => (v ? 4 : 1)),
    });
    expect(meanSquare(a.predictProba(coarse).data, b.predictProba(coarse).data)).toBeLessThan(1e-18);
    expect(share(given)).toBeGreaterThan(share(plain));
    expect(() => new HistGradientBoostingClassifier({ classWeight: { maybe: 2 } }).fit(X, y)).toThrow(
      'classWeight is given for "maybe", expected labels of y only (false, true)',
    );
  });
});

describe("missing values and categories", () => {
  it("a value missing only at prediction follows the majority", () => {
    const X = Array.from({ length: 100 }, (_, i) => [i]);
    const y = X.map(([v]) => (v! < 30 ? 0 : 1));
    const spec = new HistGradientBoostingRegressor({ maxIter: 1, maxLeafNodes: 2, learningRate: 1 });
    expect(spec.fit(X, y).predict([[Number.NaN]])[0]).toBeCloseTo(1, 9);
    const mirrored = y.map((_, i) => (i < 70 ? 0 : 1));
    expect(spec.fit(X, mirrored).predict([[Number.NaN]])[0]).toBeCloseTo(0, 9);
  });

  it("learns from the missingness itself", () => {
    const random = randomStream(4);
    const X = Array.from({ length: 400 }, () => [random.bernoulli(0.3) ? Number.NaN : random.normal()]);
    const y = X.map(([v]) => (Number.isNaN(v) ? 5 : 0));
    const model = new HistGradientBoostingRegressor({ maxIter: 1, maxLeafNodes: 2, learningRate: 1 }).fit(
      X,
      y,
    );
    expect(model.trees.threshold[0]).toBe(Number.POSITIVE_INFINITY);
    const [missing, near, far] = model.predict([[Number.NaN], [0], [1e9]]);
    expect(missing).toBeCloseTo(5, 9);
    expect(near).toBeCloseTo(0, 9);
    expect(far).toBe(near);
  });

  it("splits a table's categories, keeps names, treats unknown categories as missing", () => {
    const random = randomStream(5);
    const cities = ["a", "b", "c", "d"];
    const city = Array.from({ length: 600 }, () => random.int(4));
    const size = city.map(() => random.normal());
    const y = city.map((c, i) => [3, -2, 3, -2][c]! + 0.1 * size[i]!);
    const X = table({ city: { values: city, categories: cities }, size: { values: size } });
    const model = new HistGradientBoostingRegressor({ maxIter: 80 }).fit(X, y);
    expect(model.featureNames).toEqual(["city", "size"]);
    expect(model.trees.flags[0]! & 2).toBe(2);
    // The first split puts like with like, in one cut that no threshold on codes could make.
    const left = model.trees.bitsets[0]! & 15;
    expect([0b0101, 0b1010]).toContain(left);
    const ask = (categories: string[], code: number) =>
      model.predict(table({ city: { values: [code], categories }, size: { values: [0] } }))[0]!;
    expect(ask(["c", "b"], 0)).toBeCloseTo(3, 1);
    expect(ask(["c", "b"], 1)).toBeCloseTo(-2, 1);
    expect(ask(["zz"], 0)).toBe(ask(cities, Number.NaN));
    const again = load(model.save()) as typeof model;
    expect(again.predict(X)).toEqual(model.predict(X));
  });

  it("more categories than bins: the frequent ones are kept, with a warning", () => {
    const X = Array.from({ length: 900 }, (_, i) => [i < 300 ? i : 300 + (i % 3)]);
    const y = X.map(([v]) => (v === 300 ? 10 : 0));
    const warnings: string[] = [];
    const model = new HistGradientBoostingRegressor({ categoricalFeatures: [0], maxIter: 60 }).fit(X, y, {
      onWarning: (sentence) => warnings.push(sentence),
    });
    expect(warnings).toEqual([
      "HistGradientBoostingRegressor.fit: column 0 has 303 categories: the 255 most frequent are kept, the others count as missing",
    ]);
    expect(model.categories[0]!.length).toBe(255);
    expect(model.predict([[300], [301]])[0]).toBeCloseTo(10, 0);
    expect(model.predict([[300], [301]])[1]).toBeCloseTo(0, 0);
  });
});

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

describe("what the model tells", () => {
  const random = randomStream(12);
  const X = normal(600, 4, random);
  const y = Float64Array.from({ length: 600 }, (_, i) => 3 * X.at(i, 2) + X.at(i, 0) + 0.1 * random.normal());
  const model = new HistGradientBoostingRegressor({ maxIter: 30 }).fit(X, y);

  it("importances rank the features", () => {
    const gain = model.featureImportances;
    expect(gain.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
    expect(gain[2]!).toBeGreaterThan(0.7);
    expect(gain[0]!).toBeGreaterThan(gain[1]! + gain[3]!);
    const splits = model.importances("splits");
    expect(splits.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
    expect(model.importances("meanGain")[2]!).toBeGreaterThan(model.importances("meanGain")[0]!);
    expect(() => model.importances("weight" as never)).toThrow("importances: kind is weight");
  });

  it("progress counts iterations, and an abort in between stops", () => {
    const seen: number[] = [];
    const controller = new AbortController();
    const spec = new HistGradientBoostingRegressor({ maxIter: 30 });
    expect(() =>
      spec.fit(X, y, {
        signal: controller.signal,
        onProgress({ done, total, phase }) {
          expect([total, phase]).toEqual([30, "iterations"]);
          seen.push(done);
          if (done === 4) controller.abort(new Error("seen enough"));
        },
      }),
    ).toThrow("seen enough");
    expect(seen).toEqual([0, 1, 2, 3, 4]);
    expect(spec.fit(X, y).nIter).toBe(30);
  });

  it("a file with damaged trees is refused", () => {
    const state = model.trees.toState() as Record<string, never>;
    const damaged = (change: (left: Int32Array) => void) => {
      const left = model.trees.left.slice();
      change(left);
      return () => TreeEnsemble.fromState({ ...state, left });
    };
    expect(damaged(() => {})).not.toThrow();
    expect(damaged((left) => left.fill(0))).toThrow("has no children");
    expect(damaged((left) => left.fill(1 << 20, 0, 1))).toThrow("has no children");
  });
});

describe("refusals are sentences", () => {
  const X = [[1], [2], [3]];
  it.each([
    [
      () => new HistGradientBoostingRegressor({ loss: "quantile" }),
      'quantile is null, expected a number for loss "quantile"',
    ],
    [
      () => new HistGradientBoostingRegressor({ maxBins: 256 }),
      "maxBins is 256, expected an integer >= 2 and <= 255",
    ],
    [
      () => new HistGradientBoostingRegressor({ loss: "poisson" }).fit(X, [1, -1, 2]),
      "y holds -1 at row 1, expected numbers >= 0",
    ],
    [
      () => new HistGradientBoostingRegressor({ loss: "gamma" }).fit(X, [1, 0, 2]),
      "y holds 0 at row 1, expected numbers > 0",
    ],
    [
      () => new HistGradientBoostingRegressor({ monotonicCst: [1, 0] }).fit(X, [1, 2, 3]),
      "monotonicCst has 2 entries, expected 1 (columns of X)",
    ],
    [
      () => new HistGradientBoostingRegressor({ categoricalFeatures: ["a"] }).fit(X, [1, 2, 3]),
      'categoricalFeatures names column "a", but X has no column names',
    ],
    [
      () => new HistGradientBoostingRegressor({ interactionCst: [[0, 4]] }).fit(X, [1, 2, 3]),
      "interactionCst names column 4, expected columns 0 to 0",
    ],
    [
      () =>
        new HistGradientBoostingRegressor({ monotonicCst: [1], categoricalFeatures: [0] }).fit(X, [1, 2, 3]),
      "monotonicCst constrains column 0, which holds categories",
    ],
    [
      () => new HistGradientBoostingClassifier({ monotonicCst: [1] }).fit(X, ["a", "b", "c"]),
      "monotonicCst is given with 3 classes, expected two",
    ],
    [
      () => new HistGradientBoostingClassifier().fit(X, ["a", "a", "a"]),
      'y holds one class ("a"), expected at least two',
    ],
  ])("%s", (call, sentence) => {
    expect(call).toThrow(sentence);
  });
});
