import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { Matrix } from "../../math/matrix.ts";
import { randomStream } from "../../math/random/index.ts";
import { categorical, dirichlet, multinomial, multivariateNormal, normal } from "./index.ts";

/** Densities and entropies against scipy.stats (reference/stats/make_statistics.py); the algebra by identities. */
const golden = JSON.parse(
  readFileSync(new URL("../../../../../reference/values/stats/statistics.json", import.meta.url), "utf8"),
) as {
  mvn: { points: number[][]; logPdf: number[]; entropy: number };
  multinomial: number[];
  dirichlet: { alpha: number[]; points: number[][]; logPdf: number[]; entropy: number; variance: number[] };
};

const mean = [1, -2, 0.5];
const cov = [
  [2, 0.6, -0.4],
  [0.6, 1, 0.1],
  [-0.4, 0.1, 0.5],
];
const d = multivariateNormal(mean, cov);

describe("MultivariateNormal", () => {
  test("log density and entropy as in SciPy", () => {
    const logs = d.logPdf(Matrix.from(golden.mvn.points));
    golden.mvn.logPdf.forEach((v, i) => {
      expect(logs[i]).toBeCloseTo(v, 11);
    });
    expect(d.entropy).toBeCloseTo(golden.mvn.entropy, 12);
    expect(multivariateNormal([3], [[4]]).logPdf([2])).toBeCloseTo(normal(3, 2).logPdf(2), 14);
  });

  test("the chain rule: joint = marginal + conditional, for every split", () => {
    const x = [0.3, -1.1, 1.4];
    for (const given of [[0], [1], [2], [0, 2], [2, 1]]) {
      const free = [0, 1, 2].filter((i) => !given.includes(i));
      const values = given.map((i) => x[i]!);
      const sum =
        d.marginal(given).logPdf(values) + d.conditional(given, values).logPdf(free.map((i) => x[i]!));
      expect(sum).toBeCloseTo(d.logPdf(x), 12);
    }
  });

  test("an invertible map changes the density by its determinant", () => {
    const A = [
      [1, 2, 0],
      [0, 1, -1],
      [3, 0, 1],
    ];
    const b = [1, 0, -2];
    const determinant = 1 * (1 * 1 - -1 * 0) - 2 * (0 * 1 - -1 * 3) + 0;
    const x = [0.3, -1.1, 1.4];
    const y = A.map((row, i) => row.reduce((s, a, j) => s + a * x[j]!, b[i]!));
    expect(d.linearMap(A, b).logPdf(y)).toBeCloseTo(d.logPdf(x) - Math.log(Math.abs(determinant)), 11);
    // A singular image has no density, and says so; it can still be sampled.
    const flat = d.linearMap([
      [1, 0, 0],
      [2, 0, 0],
    ]);
    expect(() => flat.logPdf([0, 0])).toThrow(/the covariance is singular at row 1/);
    const drawn = flat.sample(randomStream(1), 3);
    expect(drawn.at(2, 1)).toBeCloseTo(2 * drawn.at(2, 0), 10);
  });

  test("samples regress as the conditional says", () => {
    const X = d.sample(randomStream(5), 40_000);
    // E(X0 | X1) has slope C01 / C11 = 0.6; standard error about 0.0065
    let sxy = 0;
    let sxx = 0;
    for (let i = 0; i < X.rows; i++) {
      sxy += (X.at(i, 0) - 1) * (X.at(i, 1) + 2);
      sxx += (X.at(i, 1) + 2) ** 2;
    }
    const slope = d.conditional([1], [1]).mean[0]! - d.conditional([1], [0]).mean[0]!;
    expect(slope).toBeCloseTo(0.6, 12);
    expect(Math.abs(sxy / sxx - slope)).toBeLessThan(0.03);
  });

  test("errors name the argument", () => {
    expect(() => multivariateNormal([0, 0], [[1]])).toThrow(
      /MultivariateNormal: covariance is 1 x 1, expected 2 x 2/,
    );
    expect(() => d.marginal([0, 0])).toThrow(/keep is .* expected different coordinates from 0 to 2/);
    expect(() => d.conditional([0, 1, 2], [1, 2, 3])).toThrow(/at least one coordinate left free/);
    expect(() => d.linearMap([[1, 2]])).toThrow(/A has 2 columns, expected 3/);
  });
});

describe("on the simplex", () => {
  test("multinomial log mass as in SciPy; masses sum to one; moments", () => {
    const m = multinomial(7, [2, 5, 3]);
    const counts = [
      [1, 4, 2],
      [0, 7, 0],
      [3, 2, 2],
    ];
    counts.forEach((k, i) => {
      expect(m.logPdf(k)).toBeCloseTo(golden.multinomial[i]!, 11);
    });
    let sum = 0;
    let cross = 0;
    for (let a = 0; a <= 7; a++) {
      for (let b = 0; a + b <= 7; b++) {
        const p = m.pdf([a, b, 7 - a - b]);
        sum += p;
        cross += p * a * b;
      }
    }
    expect(sum).toBeCloseTo(1, 13);
    expect(cross - m.mean[0]! * m.mean[1]!).toBeCloseTo(m.covariance.at(0, 1), 12);
    expect(m.pdf([1, 1, 1])).toBe(0);
    const drawn = m.sample(randomStream(1), 50);
    for (let i = 0; i < 50; i++) expect(drawn.at(i, 0) + drawn.at(i, 1) + drawn.at(i, 2)).toBe(7);
  });

  test("Dirichlet density, entropy and variances as in SciPy", () => {
    const g = golden.dirichlet;
    const dir = dirichlet(g.alpha);
    g.points.forEach((x, i) => {
      expect(dir.logPdf(x)).toBeCloseTo(g.logPdf[i]!, 10);
    });
    expect(dir.entropy).toBeCloseTo(g.entropy, 11);
    g.variance.forEach((v, i) => {
      expect(dir.covariance.at(i, i)).toBeCloseTo(v, 14);
    });
    expect(dir.pdf([0.5, 0.6, 0.1])).toBe(0);
    expect(() => dirichlet([1, 0])).toThrow("dirichlet: alpha[1] is 0, expected a finite number > 0");
  });

  test("categorical: quantiles skip empty categories, draws follow the weights", () => {
    const c = categorical([0, 1, 0, 3, 0]);
    expect(c.support).toEqual([1, 3]);
    expect([c.pdf(1), c.pdf(2), c.pdf(3), c.pdf(4)]).toEqual([0.25, 0, 0.75, 0]);
    expect([c.quantile(0.25), c.quantile(0.26), c.cdf(2), c.sf(2)]).toEqual([1, 3, 0.25, 0.75]);
    const draws = c.sample(randomStream(1), 10_000);
    const share = draws.filter((v) => v === 1).length / 10_000;
    expect(Math.abs(share - 0.25)).toBeLessThan(4.5 * Math.sqrt((0.25 * 0.75) / 10_000));
    expect(c.entropy).toBeCloseTo(-0.25 * Math.log(0.25) - 0.75 * Math.log(0.75), 14);
  });
});
