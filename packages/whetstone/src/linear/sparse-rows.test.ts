import { describe, expect, it } from "vitest";
import { randomStream, SparseMatrix } from "../math/index.ts";
import { r2 } from "../metrics/index.ts";
import {
  ElasticNet,
  Lasso,
  LinearRegression,
  LogisticRegression,
  lassoPath,
  Perceptron,
  Ridge,
  SGDClassifier,
  SGDRegressor,
} from "./index.ts";

/** Rows that store a tenth of their numbers, with a target, labels of three classes, and weights. */
function sample(n: number, d: number, share = 0.1) {
  const random = randomStream(`sparse ${n} ${d}`);
  const [rows, cols, values] = [[], [], []] as [number[], number[], number[]];
  const truth = Float64Array.from({ length: d }, (_, j) => (j % 5 === 0 ? random.normal() : 0));
  const y = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    y[i] = 3 + 0.1 * random.normal();
    for (let j = 0; j < d; j++) {
      if (random.uniform() >= share) continue;
      const v = random.uniform(0.5, 2);
      rows.push(i);
      cols.push(j);
      values.push(v);
      y[i] = y[i]! + v * truth[j]!;
    }
  }
  const X = SparseMatrix.fromTriplets(n, d, rows, cols, values);
  const weights = Float64Array.from({ length: n }, () => random.uniform(0.5, 2));
  const noisy = y.map((v) => v + random.normal());
  const [three, two] = [noisy.map((v) => (v < 2 ? 0 : v < 4 ? 1 : 2)), noisy.map((v) => (v < 3 ? 0 : 1))];
  return { X, dense: X.toDense(), y, three, two, weights };
}

function gap(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < b.length; i++) most = Math.max(most, Math.abs(a[i]! - b[i]!));
  return most;
}

describe("linear models on sparse rows give what they give on dense ones", () => {
  const tall = sample(300, 40);
  const wide = sample(120, 300);
  const quiet = { onWarning() {} };

  for (const [name, spec, data, tolerance] of [
    ["least squares", new LinearRegression(), tall, 1e-9],
    ["least squares without intercept", new LinearRegression({ fitIntercept: false }), tall, 1e-9],
    ["least squares, more columns than rows", new LinearRegression(), wide, 1e-6],
    ["coefficients >= 0", new LinearRegression({ positive: true }), tall, 1e-9],
    ["ridge", new Ridge({ alpha: 2 }), tall, 1e-9],
    ["ridge, more columns than rows", new Ridge({ alpha: 0.5 }), wide, 1e-8],
    ["lasso from inner products", new Lasso({ alpha: 0.01, tol: 1e-12 }), tall, 1e-6],
    ["lasso from columns", new Lasso({ alpha: 0.01, tol: 1e-10, maxIter: 20_000 }), wide, 1e-4],
    [
      "lasso without intercept",
      new Lasso({ alpha: 0.01, tol: 1e-10, maxIter: 20_000, fitIntercept: false }),
      wide,
      1e-4,
    ],
    ["elastic net", new ElasticNet({ alpha: 0.02, tol: 1e-12, maxIter: 20_000 }), wide, 1e-5],
  ] as const) {
    it(name, () => {
      const options = { sampleWeight: data.weights, ...quiet };
      const sparse = spec.fit(data.X, data.y, options);
      const dense = spec.fit(data.dense, data.y, options);
      expect(gap(sparse.coef, dense.coef)).toBeLessThan(tolerance);
      expect(Math.abs(sparse.intercept - dense.intercept)).toBeLessThan(10 * tolerance);
      expect(gap(sparse.predict(data.X), sparse.predict(data.dense))).toBeLessThan(1e-12);
    });
  }

  it("conjugate gradients: the gradient of ridge with 2,000 columns is zero, and least squares has the least length", () => {
    const data = sample(150, 2000, 0.02);
    const model = new Ridge({ alpha: 0.3 }).fit(data.X, data.y);
    const r = model.predict(data.X).map((p, i) => data.y[i]! - p);
    const pull = data.X.transposedMatVec(r);
    expect(
      gap(
        pull,
        model.coef.map((c) => 0.3 * c),
      ),
    ).toBeLessThan(1e-7);
    expect(Math.abs(r.reduce((a, b) => a + b, 0))).toBeLessThan(1e-7);
    const [sparse, dense] = [data.X, data.dense].map((X) => new LinearRegression().fit(X, data.y));
    const length = (c: Float64Array): number => Math.hypot(...c);
    expect(length(sparse!.coef)).toBeCloseTo(length(dense!.coef), 6);
    expect(gap(sparse!.predict(data.X), data.y)).toBeLessThan(1e-6);
  });

  for (const labels of ["two", "three"] as const) {
    for (const fitIntercept of [true, false]) {
      it(`logistic regression of ${labels} classes, intercept ${fitIntercept}`, () => {
        const spec = new LogisticRegression({ C: 0.5, fitIntercept, tol: 1e-10 });
        const options = { sampleWeight: tall.weights, ...quiet };
        const sparse = spec.fit(tall.X, tall[labels], options);
        const dense = spec.fit(tall.dense, tall[labels], options);
        expect(gap(sparse.coef.data, dense.coef.data)).toBeLessThan(1e-6);
        expect(gap(sparse.intercept, dense.intercept)).toBeLessThan(1e-6);
        expect(gap(sparse.predictProba(tall.X).data, dense.predictProba(tall.dense).data)).toBeLessThan(1e-6);
      });
    }
  }

  for (const labels of ["two", "three"] as const) {
    for (const [penalty, fitIntercept] of [
      ["l1", true],
      ["elasticnet", true],
      ["l1", false],
    ] as const) {
      it(`logistic regression of ${labels} classes, ${penalty}, intercept ${fitIntercept}`, () => {
        const spec = new LogisticRegression({ penalty, C: 0.5, fitIntercept, tol: 1e-9 });
        const options = { sampleWeight: tall.weights, ...quiet };
        const sparse = spec.fit(tall.X, tall[labels], options);
        const dense = spec.fit(tall.dense, tall[labels], options);
        expect(sparse.converged).toBe(true);
        expect(gap(sparse.coef.data, dense.coef.data)).toBeLessThan(1e-5);
        expect(gap(sparse.intercept, dense.intercept)).toBeLessThan(1e-5);
        expect(sparse.coef.data.some((v) => v === 0)).toBe(true);
      });
    }
  }

  it("stochastic gradient descent takes the same steps; L1 is taken off a column when a row holds it", () => {
    // Small steps: large ones make of rounding error another path.
    const calm = { alpha: 0.01, learningRate: "constant", eta0: 0.01, maxIter: 20, tol: null } as const;
    for (const penalty of ["l2", null] as const) {
      const [sparse, dense] = [tall.X, tall.dense].map((X) =>
        new SGDClassifier({ ...calm, penalty, loss: "logLoss" }).fit(X, tall.three, quiet),
      );
      expect(gap(sparse!.coef.data, dense!.coef.data)).toBeLessThan(1e-9);
      expect(sparse!.predict(tall.X)).toEqual(dense!.predict(tall.dense));
    }
    const [sparse, dense] = [tall.X, tall.dense].map((X) =>
      new SGDRegressor({ maxIter: 50, tol: null }).fit(X, tall.y),
    );
    expect(gap(sparse!.coef, dense!.coef)).toBeLessThan(1e-9);
    const [a, b] = [tall.X, tall.dense].map((X) => new Perceptron().fit(X, tall.two, quiet));
    expect(gap(a!.coef.data, b!.coef.data)).toBeLessThan(1e-9);

    const l1 = new SGDRegressor({
      penalty: "l1",
      alpha: 0.02,
      learningRate: "constant",
      eta0: 0.01,
      maxIter: 300,
      tol: null,
    });
    const [lazy, eager] = [tall.X, tall.dense].map((X) => l1.fit(X, tall.y));
    const zeros = (c: Float64Array): number => c.reduce((count, v) => count + (v === 0 ? 1 : 0), 0);
    expect(zeros(lazy!.coef)).toBeGreaterThan(10);
    expect(gap(lazy!.coef, eager!.coef)).toBeLessThan(0.05);
  });

  it("paths, and what is wrong with a stored number", () => {
    const [sparse, dense] = [wide.X, wide.dense].map((X) =>
      lassoPath(X, wide.y, { alphas: [0.5, 0.1], tol: 1e-10 }),
    );
    expect(gap(sparse!.coefs.data, dense!.coefs.data)).toBeLessThan(1e-5);
    const bad = new SparseMatrix(
      Float64Array.of(1, Number.NaN),
      Int32Array.of(0, 2),
      Int32Array.of(0, 1, 2),
      2,
      3,
    );
    expect(() => new Ridge().fit(bad, [1, 2])).toThrow(
      "Ridge.fit: X holds NaN at row 1, column 2: fill it first, e.g. with SimpleImputer",
    );
  });

  it("memory grows with what rows store: 20,000 rows of 50,000 columns, which as dense rows would take 8 GB", () => {
    const random = randomStream("large");
    const [n, d, each] = [20_000, 50_000, 10];
    const indices = new Int32Array(n * each);
    const values = random.fillNormal(new Float64Array(n * each));
    const y = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      const row = indices.subarray(i * each, (i + 1) * each);
      for (let k = 0; k < each; k++) row[k] = k * 5000 + random.int(5000);
      for (let k = 0; k < each; k++) y[i] = y[i]! + (row[k]! % 2 ? 1 : -1) * values[i * each + k]!;
    }
    const X = new SparseMatrix(
      values,
      indices,
      Int32Array.from({ length: n + 1 }, (_, i) => i * each),
      n,
      d,
    );
    const labels = y.map((v) => (v > 0 ? 1 : 0));
    const accuracy = (p: ArrayLike<unknown>): number =>
      labels.reduce((sum, v, i) => sum + (v === p[i] ? 1 : 0), 0) / n;
    expect(accuracy(new LogisticRegression().fit(X, labels, quiet).predict(X))).toBeGreaterThan(0.9);
    expect(
      accuracy(new SGDClassifier({ maxIter: 5, tol: null }).fit(X, labels, quiet).predict(X)),
    ).toBeGreaterThan(0.9);
    const l1 = new LogisticRegression({ penalty: "l1", maxIter: 5 }).fit(X, labels, quiet);
    expect(accuracy(l1.predict(X))).toBeGreaterThan(0.9);
    expect(r2(y, new Ridge().fit(X, y, quiet).predict(X))).toBeGreaterThan(0.8);
    expect(r2(y, new Lasso({ alpha: 1e-4, maxIter: 20 }).fit(X, y, quiet).predict(X))).toBeGreaterThan(0.2);
  });
});
