import { describe, expect, test } from "vitest";
import { Matrix } from "../math/matrix.ts";
import { randomStream } from "../math/random/index.ts";
import { correlation, distanceCorrelation, hsicTest, ksTest, mmdTest } from "./index.ts";

/** Statistics against their definitions written out as expectations; p-values by their behaviour over seeds. */
const rows = (seed: number, n: number, d: number): Matrix =>
  new Matrix(randomStream(seed).fillNormal(new Float64Array(n * d)), n, d);

describe("dependence without correlation", () => {
  test("X uniform, Y = X²: correlation sees nothing, the dependence tests do", () => {
    const x = randomStream(1).fillUniform(new Float64Array(150), -1, 1);
    const y = x.map((v) => v * v);
    expect(Math.abs(correlation(x, y))).toBeLessThan(0.2);
    const options = { seed: 1, permutations: 200 };
    expect(distanceCorrelation(x, y, options).pValue).toBeLessThan(0.01);
    expect(hsicTest(x, y, options).pValue).toBeLessThan(0.01);
  });

  test("distance correlation is 1 for a similarity and follows its definition", () => {
    const x = rows(2, 12, 2);
    const turned = Matrix.from(x.toArray().map(([a, b]) => [3 * b! + 1, -3 * a!]));
    expect(distanceCorrelation(x, turned, { permutations: 20 }).statistic).toBeCloseTo(1, 12);
    // Covariance of distances: E|x-x'||y-y'| + E|x-x'| E|y-y'| - 2 E|x-x'||y-y''|, by plain loops.
    const u = [1, 4, 2, 8, 5];
    const v = [2, 7, 1, 9, 3];
    const covariance = (a: number[], b: number[]): number => {
      let both = 0;
      let first = 0;
      let second = 0;
      let chain = 0;
      for (let i = 0; i < 5; i++) {
        for (let j = 0; j < 5; j++) {
          both += Math.abs(a[i]! - a[j]!) * Math.abs(b[i]! - b[j]!);
          first += Math.abs(a[i]! - a[j]!);
          second += Math.abs(b[i]! - b[j]!);
          for (let k = 0; k < 5; k++) chain += Math.abs(a[i]! - a[j]!) * Math.abs(b[i]! - b[k]!);
        }
      }
      return both / 25 + (first / 25) * (second / 25) - (2 * chain) / 125;
    };
    const expected = Math.sqrt(covariance(u, v) / Math.sqrt(covariance(u, u) * covariance(v, v)));
    expect(distanceCorrelation(u, v, { permutations: 1 }).statistic).toBeCloseTo(expected, 12);
  });

  test("independent samples give p-values that are not small too often", () => {
    let small = 0;
    for (let seed = 0; seed < 60; seed++) {
      const options = { seed, permutations: 99 };
      if (distanceCorrelation(rows(seed, 25, 1), rows(seed + 1000, 25, 1), options).pValue <= 0.1) small++;
      if (hsicTest(rows(seed, 25, 1), rows(seed + 1000, 25, 1), options).pValue <= 0.1) small++;
    }
    // 120 trials at 10 %: 12 expected, correlated in pairs; 26 lies beyond four standard deviations even so.
    expect(small).toBeLessThan(27);
    expect(small).toBeGreaterThan(1);
  });
});

describe("maximum mean discrepancy", () => {
  test("both estimates follow their definition", () => {
    const X = [0, 1, 3];
    const Y = [2, 5];
    const k = (a: number, b: number): number => Math.exp(-((a - b) ** 2) / (2 * 1.5 ** 2));
    const all = (A: number[], B: number[], skip: boolean): number =>
      A.reduce((s, a, i) => s + B.reduce((t, b, j) => t + (skip && i === j ? 0 : k(a, b)), 0), 0);
    const r = mmdTest(X, Y, { bandwidth: 1.5, permutations: 10 });
    expect(r.unbiased).toBeCloseTo(
      all(X, X, true) / 6 + all(Y, Y, true) / 2 - (2 * all(X, Y, false)) / 6,
      14,
    );
    expect(r.biased).toBeCloseTo(
      all(X, X, false) / 9 + all(Y, Y, false) / 4 - (2 * all(X, Y, false)) / 6,
      14,
    );
  });

  test("a changed correlation with unchanged columns: seen by MMD, invisible to per-column KS", () => {
    const s = randomStream(3);
    const X = s.multivariateNormal(
      [0, 0],
      [
        [1, 0.9],
        [0.9, 1],
      ],
      120,
    );
    const Y = s.multivariateNormal(
      [0, 0],
      [
        [1, -0.9],
        [-0.9, 1],
      ],
      120,
    );
    expect(mmdTest(X, Y, { seed: 1, permutations: 200 }).pValue).toBeLessThan(0.01);
    for (const j of [0, 1]) expect(ksTest(X.col(j), Y.col(j)).pValue).toBeGreaterThan(0.05);
  });

  test("one distribution: p-values are not small too often; same seed, same p", () => {
    let small = 0;
    for (let seed = 0; seed < 80; seed++) {
      if (mmdTest(rows(seed, 20, 2), rows(seed + 500, 15, 2), { seed, permutations: 99 }).pValue <= 0.1)
        small++;
    }
    expect(small).toBeLessThan(20); // 8 expected, standard deviation 2.7
    const again = () => mmdTest(rows(1, 20, 2), rows(2, 15, 2), { seed: 5 });
    expect(again()).toEqual(again());
    expect(() =>
      mmdTest(
        [1, 2],
        [
          [1, 2],
          [3, 4],
        ],
      ),
    ).toThrow("mmdTest: Y has 2 columns, expected 1 (as X)");
    expect(() => mmdTest([1], [2, 3])).toThrow("mmdTest: X has 1 rows, expected 2 or more");
  });
});
