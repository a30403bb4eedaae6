import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { withScratch } from "../kernels/index.ts";
import { Matrix } from "../math/matrix.ts";
import { randomStream } from "../math/random/index.ts";
import { gramWithOnes, moments } from "./gram.ts";
import { loadRows } from "./logistic-loss.ts";
import type { LogisticProblem } from "./logistic-problem.ts";

function near(a: ArrayLike<number>, b: ArrayLike<number>, tolerance: number): void {
  expect(a.length).toBe(b.length);
  for (let i = 0; i < a.length; i++) {
    expect(Math.abs(a[i]! - b[i]!), `entry ${i}: ${a[i]} against ${b[i]}`).toBeLessThanOrEqual(
      tolerance * Math.max(1, Math.abs(b[i]!)),
    );
  }
}

function matrix(n: number, d: number, seed: number, mean = 0, sd = 1): Matrix {
  const random = randomStream(seed);
  const X = Matrix.zeros(n, d);
  for (let at = 0; at < n * d; at++) X.data[at] = random.normal(mean, sd);
  return X;
}

/** Loss and gradient by their definition: w (logsumexp(z) - z_y) + penalty. */
function naive(
  X: Matrix,
  codes: Int32Array,
  w: Float64Array,
  K: number,
  u: Float64Array,
  penalty: Float64Array,
) {
  const d = X.cols;
  const outputs = K === 2 ? 1 : K;
  const gradient = new Float64Array(u.length);
  let loss = 0;
  for (let i = 0; i < X.rows; i++) {
    let z = Array.from({ length: outputs }, (_, k) => {
      let s = u[k * (d + 1) + d]!;
      for (let j = 0; j < d; j++) s += X.at(i, j) * u[k * (d + 1) + j]!;
      return s;
    });
    if (K === 2) z = [0, z[0]!];
    const top = Math.max(...z);
    const sum = z.reduce((s, v) => s + Math.exp(v - top), 0);
    const own = z[codes[i]!]! - top;
    // -log p exactly also where p is nearly 1.
    const others = z.reduce((s, v, k) => (k === codes[i] ? s : s + Math.exp(v - top - own)), 0);
    loss += w[i]! * (own > -30 ? Math.log1p(others) : Math.log(sum) - own);
    z.forEach((v, k) => {
      const out = K === 2 ? k - 1 : k;
      if (out < 0) return;
      const r = w[i]! * (Math.exp(v - top) / sum - (k === codes[i] ? 1 : 0));
      for (let j = 0; j < d; j++) gradient[out * (d + 1) + j]! += r * X.at(i, j);
      gradient[out * (d + 1) + d]! += r;
    });
  }
  for (let k = 0; k < outputs; k++) {
    for (let j = 0; j < d; j++) {
      const at = k * (d + 1) + j;
      loss += 0.5 * penalty[j]! * u[at]! ** 2;
      gradient[at]! += penalty[j]! * u[at]!;
    }
  }
  return { loss, gradient };
}

describe("logistic kernels", () => {
  it("give the loss and gradient of the definition, for any remainder of rows and columns and any size of logit", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(1, 2, 3, 4, 5, 6, 7, 2047, 2048, 2049, 2051),
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 2, max: 5 }),
        fc.integer({ min: 0, max: 1e6 }),
        fc.constantFrom(0, 1, 30, 900),
        (n, d, K, seed, size) => {
          const X = matrix(n, d, seed);
          const random = randomStream(seed + 1);
          const codes = Int32Array.from({ length: n }, () => random.int(K));
          const raw = Float64Array.from({ length: n }, () => random.uniform());
          const total = raw.reduce((a, b) => a + b, 0);
          const weights = raw.map((v) => v / total);
          const outputs = K === 2 ? 1 : K;
          const u = Float64Array.from({ length: outputs * (d + 1) }, () => size * random.normal());
          const problem: LogisticProblem = {
            cols: d,
            codes,
            weights,
            outputs,
            centre: new Float64Array(d),
            scale: new Float64Array(d).fill(1),
            penalty: Float64Array.from({ length: d }, () => random.uniform()),
            curvature: 0.25,
            interceptScale: 1,
          };
          const expected = naive(X, codes, weights, K, u, problem.penalty);
          const gradient = new Float64Array(u.length);
          const loss = withScratch((s) => loadRows(problem, X, s).evaluate(u, gradient));
          near([loss], [expected.loss], 1e-12);
          near(gradient, expected.gradient, 1e-12);
        },
      ),
      { numRuns: 150 },
    );
  });

  it("keep the relative accuracy of tiny losses", () => {
    // One row with logit m and label 1: the loss is log(1 + exp(-m)).
    for (const m of [0, 0.5, 3, 20, 40, 100, 300, 700]) {
      const problem: LogisticProblem = {
        cols: 1,
        codes: Int32Array.of(1),
        weights: Float64Array.of(1),
        outputs: 1,
        centre: Float64Array.of(0),
        scale: Float64Array.of(1),
        penalty: Float64Array.of(0),
        curvature: 0.25,
        interceptScale: 1,
      };
      const g = new Float64Array(2);
      const loss = withScratch((s) =>
        loadRows(problem, Matrix.from([[0]]), s).evaluate(Float64Array.of(0, m), g),
      );
      const expected = Math.log1p(Math.exp(-m));
      expect(Math.abs(loss - expected)).toBeLessThanOrEqual(4e-16 * expected);
      const q = Math.exp(-m) / (1 + Math.exp(-m));
      expect(Math.abs(-g[1]! - q)).toBeLessThanOrEqual(6e-16 * q);
    }
  });
});

describe("gram kernel", () => {
  it("gives the moments of the definition, for any remainder of rows and columns", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(1, 2, 127, 128, 129, 300, 16_384, 16_385),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 0, max: 1e6 }),
        fc.boolean(),
        fc.boolean(),
        (n, d, seed, weighted, centred) => {
          const X = matrix(n, d, seed, 2);
          const random = randomStream(seed + 1);
          const y = Float64Array.from({ length: n }, () => random.normal(1));
          const weights = weighted ? Float64Array.from({ length: n }, () => random.uniform(0.5, 2)) : null;
          const w = (i: number) => weights?.[i] ?? 1;
          const found = moments(X, y, weights, centred, "test");
          let total = 0;
          for (let i = 0; i < n; i++) total += w(i);
          const meanOf = (v: (i: number) => number) => {
            let s = 0;
            for (let i = 0; i < n; i++) s += w(i) * v(i);
            return centred ? s / total : 0;
          };
          const means = Array.from({ length: d }, (_, j) => meanOf((i) => X.at(i, j)));
          const yMean = meanOf((i) => y[i]!);
          const product = (a: (i: number) => number, b: (i: number) => number) => {
            let s = 0;
            for (let i = 0; i < n; i++) s += w(i) * a(i) * b(i);
            return s;
          };
          const x = (j: number) => (i: number) => X.at(i, j) - means[j]!;
          const t = (i: number) => y[i]! - yMean;
          const scale = 1e-12 * total;
          near([found.total], [total], 1e-13);
          near(found.xMean, means, 1e-12);
          expect(Math.abs(found.yy - product(t, t))).toBeLessThan(scale);
          for (let j = 0; j < d; j++) {
            expect(Math.abs(found.xy[j]! - product(x(j), t))).toBeLessThan(scale * 4);
            for (let k = 0; k < d; k++) {
              expect(Math.abs(found.xx[j * d + k]! - product(x(j), x(k)))).toBeLessThan(scale * 8);
            }
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it("loses no digits to a large mean", () => {
    const X = matrix(5000, 3, 5, 0, 1);
    const far = new Matrix(
      X.data.map((v) => v + 2 ** 30),
      5000,
      3,
    );
    const near0 = new Matrix(
      far.data.map((v) => v - 2 ** 30),
      5000,
      3,
    ); // the same rounding of the entries
    const y = X.col(0);
    const a = moments(far, y, null, true, "test");
    const b = moments(near0, y, null, true, "test");
    near(a.xx, b.xx, 1e-13);
    near(a.xy, b.xy, 1e-13);
  });

  it("appends ones", () => {
    const X = matrix(50, 2, 3);
    const w = Float64Array.from({ length: 50 }, (_, i) => i / 50);
    const G = withScratch((s) => gramWithOnes(s, s.f64(X.data).ptr, s.f64(w).ptr, 50, 2)());
    const Z = Matrix.hstack([X, Matrix.column(new Float64Array(50).fill(1))]);
    const expected = Z.transpose().matmul(
      new Matrix(
        Z.data.map((v, at) => v * w[Math.floor(at / 3)]!),
        50,
        3,
      ),
    );
    near(G, expected.data, 1e-13);
  });
});
