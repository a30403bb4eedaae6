import { describe, expect, it } from "vitest";
import type { Design, DesignSource } from "../../contract/index.ts";
import { Matrix, type RandomStream, randomStream } from "../../math/index.ts";
import { load } from "../../registry/index.ts";
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
