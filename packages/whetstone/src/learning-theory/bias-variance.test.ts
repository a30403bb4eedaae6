import { describe, expect, it } from "vitest";
import { DummyRegressor } from "../dummy/index.ts";
import { LinearRegression, Ridge } from "../linear/index.ts";
import { Matrix } from "../math/matrix.ts";
import type { RandomStream } from "../math/random/index.ts";
import { biasVarianceDecomposition, legendreFeatures, polynomialDegreeSweep } from "./index.ts";

const line = (slope: number, noise: number) => ({
  features: (random: RandomStream, n: number) =>
    Matrix.column(Array.from({ length: n }, () => random.normal())),
  truth: (X: Matrix) => X.col(0).map((x) => slope * x),
  noise,
});

describe("biasVarianceDecomposition", () => {
  it("adds up for every learner: the error is bias^2 + variance + noise", () => {
    const world = {
      features: (random: RandomStream, n: number) =>
        Matrix.column(Array.from({ length: n }, () => random.uniform())),
      truth: (X: Matrix) => X.col(0).map((x) => Math.sin(6 * x)),
      noise: 0.3,
    };
    for (const spec of [new LinearRegression(), new Ridge({ alpha: 5 }), new DummyRegressor()]) {
      for (const seed of [1, 2, 3]) {
        const parts = biasVarianceDecomposition(spec, world, { repetitions: 500, trainRows: 30, seed });
        expect(parts.standardError).toBeLessThan(0.01);
        expect(Math.abs(parts.error - parts.sum)).toBeLessThan(5 * parts.standardError);
        expect(parts.noise).toBeCloseTo(0.09, 14);
      }
    }
  });

  it("equals what is known in closed form", () => {
    // The mean of n targets predicted everywhere: bias^2 = slope^2 E x^2 over the test points (about a mean of 0),
    // variance = (slope^2 + noise^2) / n.
    const n = 25;
    const mean = biasVarianceDecomposition(new DummyRegressor(), line(2, 1), {
      repetitions: 4000,
      trainRows: n,
      testRows: 400,
      seed: 7,
    });
    const x = mean.points.X.col(0);
    const square = x.reduce((a, v) => a + v * v, 0) / x.length;
    // Relative standard deviation of a variance from 4000 draws: sqrt(2 / 4000) = 0.022.
    expect(mean.variance / (5 / n)).toBeGreaterThan(0.9);
    expect(mean.variance / (5 / n)).toBeLessThan(1.1);
    expect(Math.abs(mean.biasSquared - 4 * square)).toBeLessThan(0.1);
    // Least squares on a line: unbiased, variance noise^2 (1/n) (1 + ...) at the order of 2 / n.
    const ols = biasVarianceDecomposition(new LinearRegression(), line(2, 1), {
      repetitions: 2000,
      trainRows: n,
      seed: 7,
    });
    expect(ols.biasSquared).toBeLessThan(0.002);
    expect(ols.variance * n).toBeGreaterThan(1.7);
    expect(ols.variance * n).toBeLessThan(2.8);
    // Training error of least squares with p = 2: noise^2 (1 - p / n).
    expect(Math.abs(ols.trainError - (1 - 2 / n))).toBeLessThan(0.03);
  });

  it("is exact without noise, repeats with the seed, and reports progress", () => {
    let last = 0;
    const options = { repetitions: 20, seed: "a", onProgress: (p: { done: number }) => (last = p.done) };
    const a = biasVarianceDecomposition(new LinearRegression(), line(1, 0), options);
    expect(a.error).toBeCloseTo(a.sum, 14);
    expect(last).toBe(20);
    const b = biasVarianceDecomposition(new LinearRegression(), line(1, 0), { repetitions: 20, seed: "a" });
    expect(b).toEqual(a);
  });

  it("stops when aborted, and refuses nonsense", () => {
    const controller = new AbortController();
    const run = () =>
      biasVarianceDecomposition(new LinearRegression(), line(1, 1), {
        signal: controller.signal,
        onProgress: ({ done }) => done === 3 && controller.abort(),
      });
    expect(run).toThrow(/biasVarianceDecomposition: aborted/);
    expect(() => biasVarianceDecomposition(new LinearRegression(), line(1, -1))).toThrow(
      /generator.noise is -1/,
    );
    expect(() => biasVarianceDecomposition(new LinearRegression(), line(1, 1), { repetitions: 1 })).toThrow(
      /repetitions is 1, expected an integer >= 2/,
    );
  });
});

describe("polynomialDegreeSweep", () => {
  const world = {
    features: (random: RandomStream, n: number) =>
      Matrix.column(Array.from({ length: n }, () => random.uniform())),
    truth: (X: Matrix) => X.col(0).map((x) => Math.sin(2 * Math.PI * x)),
    noise: 0.3,
  };

  it("shows bias falling, variance rising, and the best degree between", () => {
    const sweep = polynomialDegreeSweep(world, { degrees: [0, 1, 3, 5, 9], trainRows: 30, seed: 3 });
    const bias = sweep.map((p) => p.biasSquared);
    const variance = sweep.map((p) => p.variance);
    expect(bias[0]!).toBeGreaterThan(bias[1]!);
    expect(bias[1]!).toBeGreaterThan(bias[2]!);
    // From the degree that can follow the truth on; below, the misfit itself varies with the rows drawn.
    for (let k = 3; k < sweep.length; k++) expect(variance[k]!).toBeGreaterThan(variance[k - 1]!);
    const best = sweep.reduce((a, b) => (b.error < a.error ? b : a));
    expect([3, 5]).toContain(best.degree);
    for (let k = 1; k < sweep.length; k++)
      expect(sweep[k]!.trainError).toBeLessThan(sweep[k - 1]!.trainError);
  });

  it("trades variance for bias when regularised", () => {
    const plain = polynomialDegreeSweep(world, { degrees: [9], trainRows: 15, seed: 3 })[0]!;
    const ridge = polynomialDegreeSweep(world, { degrees: [9], trainRows: 15, seed: 3, alpha: 0.01 })[0]!;
    expect(ridge.variance).toBeLessThan(plain.variance);
    expect(ridge.error).toBeLessThan(plain.error);
  });

  it("uses polynomials that are orthogonal", () => {
    const n = 2001;
    const L = legendreFeatures(
      Array.from({ length: n }, (_, i) => [i / (n - 1)]),
      6,
      [0, 1],
    );
    const G = L.transpose().matmul(L);
    for (let i = 0; i < 6; i++) {
      for (let j = 0; j < 6; j++) {
        const expected = i === j ? n / (2 * (i + 1) + 1) : 0;
        expect(Math.abs(G.at(i, j) - expected)).toBeLessThan(2);
      }
    }
    expect(() => legendreFeatures([[1, 2]], 2)).toThrow(/legendreFeatures: X has 2 columns/);
  });
});
