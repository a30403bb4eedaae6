import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { randomStream } from "../math/index.ts";
import { LinearRegression, LogisticRegression, Perceptron, SGDClassifier, SGDRegressor } from "./index.ts";

const golden = JSON.parse(
  readFileSync(new URL("../../../../reference/values/linear/sgd.json", import.meta.url), "utf8"),
) as {
  X: number[][];
  y: number[];
  three: number[];
  w: number[];
  cases: {
    loss:
      | "logLoss"
      | "hinge"
      | "modifiedHuber"
      | "perceptron"
      | "squaredError"
      | "huber"
      | "epsilonInsensitive";
    penalty: "l2" | "l1" | "elasticnet" | null;
    learningRate: "constant" | "optimal" | "invscaling";
    coef: number[][];
    intercept: number[];
  }[];
  perceptron: { coef: number[][]; intercept: number[] };
};
const { X, y, three, w } = golden;

function close(a: ArrayLike<number>, b: ArrayLike<number>, tolerance: number): void {
  expect(a.length).toBe(b.length);
  for (let i = 0; i < a.length; i++) {
    const gap = Math.abs(a[i]! - b[i]!) / Math.max(1, Math.abs(b[i]!));
    expect(gap, `entry ${i}: ${a[i]} against ${b[i]}`).toBeLessThanOrEqual(tolerance);
  }
}

describe("stochastic gradient descent", () => {
  it.each(golden.cases)("takes scikit-learn's steps: $loss $penalty $learningRate", (c) => {
    const { loss, penalty, learningRate } = c;
    const given = {
      penalty,
      learningRate,
      alpha: 0.01,
      eta0: 0.05,
      shuffle: false,
      tol: null,
      maxIter: 7,
      l1Ratio: 0.4,
    };
    const options = penalty === "elasticnet" ? { sampleWeight: w } : {};
    if (loss === "squaredError" || loss === "huber" || loss === "epsilonInsensitive") {
      const model = new SGDRegressor({ ...given, loss }).fit(X, y, options);
      close([...model.coef, model.intercept], [...c.coef[0]!, c.intercept[0]!], 1e-9);
      return;
    }
    const powerT = { powerT: 0.5 }; // scikit-learn's default for classifiers
    const labels = penalty === "l2" ? three : y.map((v) => Number(v > 0));
    const model = new SGDClassifier({ ...given, ...powerT, loss }).fit(X, labels, options);
    close(model.coef.data, c.coef.flat(), 1e-9);
    close(model.intercept, c.intercept, 1e-9);
  });

  it("is scikit-learn's perceptron", () => {
    const model = new Perceptron({ shuffle: false, tol: null, maxIter: 5 }).fit(X, three);
    close(model.coef.data, golden.perceptron.coef.flat(), 1e-12);
    close(model.intercept, golden.perceptron.intercept, 1e-12);
  });

  it("partialFit over a stream equals one pass in that order, and leaves the first model alone", () => {
    const spec = new SGDClassifier({
      loss: "logLoss",
      learningRate: "constant",
      eta0: 0.05,
      shuffle: false,
      tol: null,
      maxIter: 1,
    });
    const whole = spec.fit(X, three);
    let model = spec.start<number>(4, [0, 1, 2]);
    const first = model;
    const losses: number[] = [];
    for (let i = 0; i < X.length; i += 5) {
      const next = model.partialFit(X.slice(i, i + 5), three.slice(i, i + 5));
      losses.push(next.loss);
      model = next.model;
    }
    expect(model.coef.data).toEqual(whole.coef.data);
    expect(first.coef.data.every((v) => v === 0)).toBe(true);
    expect(losses[0]).toBeGreaterThan(losses.at(-1)!);
    expect(() =>
      model.partialFit(
        X,
        X.map(() => 9),
      ),
    ).toThrow("y holds 9, a label not announced");
  });

  it("approaches the batch optimum: over 16 seeds the log loss is within 0.01 (seen: at most 0.0053)", () => {
    const random = randomStream(4);
    const rows = Array.from({ length: 2000 }, () => [random.normal(), random.normal()]);
    const labels: number[] = rows.map((r) =>
      random.uniform() < 1 / (1 + Math.exp(-2 * r[0]! + r[1]!)) ? 1 : 0,
    );
    const loss = (p: { at(i: number, k: number): number }) =>
      labels.reduce<number>((s, l, i) => s - Math.log(p.at(i, l)), 0) / labels.length;
    const best = loss(new LogisticRegression({ penalty: null }).fit(rows, labels).predictProba(rows));
    for (let seed = 0; seed < 16; seed++) {
      const model = new SGDClassifier({ loss: "logLoss", alpha: 1e-3, seed }).fit(rows, labels);
      expect(loss(model.predictProba(rows)) - best).toBeLessThan(0.01);
    }
  });

  it("regresses, L1 reaches exact zeros, and a wild learning rate is refused in a sentence", () => {
    const target = X.map((r) => 3 * r[0]! - r[1]!);
    const given = { tol: null, maxIter: 300, alpha: 1e-6 };
    const model = new SGDRegressor(given).fit(X, target);
    close(model.coef, new LinearRegression().fit(X, target).coef, 0.01);
    const sparse = new SGDRegressor({ ...given, penalty: "l1", alpha: 0.3 }).fit(X, target);
    expect(sparse.coef[2]).toBe(0);
    expect(sparse.coef[3]).toBe(0);
    const huge = X.map((r) => r.map((v) => v * 1e300));
    const wild = new SGDRegressor({ learningRate: "constant", eta0: 1, tol: null });
    expect(() => wild.fit(huge, target)).toThrow("SGDRegressor.fit: the coefficients grew without bound");
  });
});

describe("Perceptron", () => {
  it("separates what can be separated, within Novikoff's number of mistakes", () => {
    const random = randomStream(8);
    const rows: number[][] = [];
    while (rows.length < 200) {
      const r = [random.normal(), random.normal()];
      if (Math.abs(r[0]! + r[1]!) > 0.5) rows.push(r);
    }
    const labels = rows.map((r) => r[0]! + r[1]! > 0);
    const model = new Perceptron({ tol: null, maxIter: 50 }).fit(rows, labels);
    expect(model.predict(rows)).toEqual(labels);
  });
});
