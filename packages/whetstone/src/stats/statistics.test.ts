import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Matrix } from "../math/matrix.ts";
import { randomStream } from "../math/random/index.ts";
import * as stats from "./index.ts";
import { benjaminiHochberg, benjaminiYekutieli, bonferroni, holm } from "./index.ts";

/** Against NumPy, SciPy and statsmodels (reference/stats/make_statistics.py), 1e-10 relative or better. */
interface TCase {
  alternative: "two-sided" | "less" | "greater";
  one: number[];
  oneInterval: (number | null)[];
  welch: number[];
  welchDf: number;
  welchInterval: (number | null)[];
  pooled: number[];
  paired: number[];
}
const g = JSON.parse(
  readFileSync(new URL("../../../../reference/values/stats/statistics.json", import.meta.url), "utf8"),
) as {
  x: number[];
  y: number[];
  z: number[];
  A: number[][];
  mean: number;
  variance: number;
  populationVariance: number;
  covariance: number;
  correlation: number;
  covarianceMatrix: number[][];
  correlationMatrix: number[][];
  median: number;
  columnVariance: number[];
  rowMedian: number[];
  probs: number[];
  quantiles: Record<string, number[]>;
  t: TCase[];
  zTest: number[];
  gof: number[];
  weighted: number[];
  table: number[][];
  independence: number[];
  two: number[][];
  yates: number[];
  plain: number[];
  ks: { a: number[]; b: number[]; statistic: number; exact: number; asymptotic: number }[];
  p: number[];
  multiple: Record<"bonferroni" | "holm" | "benjaminiHochberg" | "benjaminiYekutieli", [number[], boolean[]]>;
};

function near(got: number, truth: number | null, relative = 1e-10): void {
  if (truth === null) expect(Number.isFinite(got)).toBe(false);
  else
    expect(Math.abs(got - truth), `${got} against ${truth}`).toBeLessThanOrEqual(
      relative * Math.abs(truth) + 1e-300,
    );
}

describe("descriptive statistics", () => {
  test("mean, variance, covariance, correlation, median as in NumPy", () => {
    near(stats.mean(g.x), g.mean, 1e-14);
    near(stats.variance(g.x), g.variance, 1e-14);
    near(stats.variance(g.x, { ddof: 0 }), g.populationVariance, 1e-14);
    near(stats.standardDeviation(g.x), Math.sqrt(g.variance), 1e-14);
    near(stats.covariance(g.y, g.z), g.covariance, 1e-13);
    near(stats.correlation(g.y, g.z), g.correlation, 1e-13);
    near(stats.median(g.x), g.median, 1e-15);
    const A = Matrix.from(g.A);
    g.covarianceMatrix.flat().forEach((v, i) => {
      near(stats.covariance(A).data[i]!, v, 1e-12);
    });
    g.correlationMatrix.flat().forEach((v, i) => {
      near(stats.correlation(A).data[i]!, v, 1e-12);
    });
    stats.variance(A, { axis: 0 }).forEach((v, j) => {
      near(v, g.columnVariance[j]!, 1e-13);
    });
    stats.median(A, { axis: 1 }).forEach((v, i) => {
      near(v, g.rowMedian[i]!, 1e-13);
    });
  });

  test("all nine-but-one quantile rules as in NumPy", () => {
    for (const [type, values] of Object.entries(g.quantiles)) {
      const got = stats.quantile(g.x, g.probs, Number(type) as stats.QuantileType);
      values.forEach((v, i) => {
        near(got[i]!, v, 1e-13);
      });
    }
    expect(stats.quantile([3], 0.2)).toBe(3);
    expect(stats.quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
  });

  test("a large offset costs nothing: two passes, Welford, merged shards", () => {
    for (const offset of [0, 1e9, 1e12]) {
      const x = [4, 7, 13, 16].map((v) => v + offset);
      expect(stats.variance(x)).toBe(30);
      const whole = new stats.RunningMoments();
      const left = new stats.RunningMoments();
      const right = new stats.RunningMoments();
      x.forEach((v, i) => {
        whole.push(v);
        (i < 1 ? left : right).push(v);
      });
      left.merge(right);
      expect(whole.variance()).toBeCloseTo(30, 3);
      expect(left.variance()).toBeCloseTo(30, 3);
      expect(left.mean).toBe(10 + offset);
    }
    // The textbook formula, for contrast.
    const x = [4, 7, 13, 16].map((v) => v + 1e9);
    const naive = (x.reduce((s, v) => s + v * v, 0) / 4 - (x.reduce((s, v) => s + v, 0) / 4) ** 2) * (4 / 3);
    expect(Math.abs(naive - 30)).toBeGreaterThan(1);
  });

  test("Welford agrees with two passes, and merging is associative", () => {
    const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 2, maxLength: 40 });
    fc.assert(
      fc.property(values, fc.nat(40), (x, cut) => {
        const a = new stats.RunningMoments();
        const b = new stats.RunningMoments();
        x.forEach((v, i) => {
          (i < cut ? a : b).push(v);
        });
        a.merge(b);
        const scale = stats.variance(x) + 1e-6 * x.reduce((m, v) => Math.max(m, v * v), 0) + 1e-300;
        expect(Math.abs(a.variance() - stats.variance(x)) / scale).toBeLessThan(1e-9);
        expect(a.count).toBe(x.length);
      }),
    );
  });

  test("mode takes the most frequent, then the smallest; ecdf counts", () => {
    expect(stats.mode([3, 1, 3, 1, 2])).toBe(1);
    expect(stats.mode(["b", "a", "b"])).toBe("b");
    const f = stats.ecdf([5, 2, 2, 1]);
    expect([0.9, 1, 2, 4.9, 5, 9].map(f)).toEqual([0, 0.25, 0.75, 0.75, 1, 1]);
  });

  test("errors name function, argument and place", () => {
    expect(() => stats.mean([])).toThrow("mean: x has 0 entries, expected 1 or more");
    expect(() => stats.mean([1, Number.NaN])).toThrow("mean: x holds NaN at index 1");
    expect(() => stats.variance([1])).toThrow("variance: x has 1 entries, expected 2 or more");
    expect(() => stats.covariance([1, 2], [1, 2, 3])).toThrow(/covariance: y has 3 entries, expected 2/);
    expect(() => stats.quantile([1], 2)).toThrow("quantile: p is 2, expected a probability in [0, 1]");
    expect(stats.correlation([1, 1], [1, 2])).toBeNaN();
  });
});

describe("tests on means", () => {
  test("t-tests as in SciPy, three alternatives", () => {
    for (const c of g.t) {
      const options = { alternative: c.alternative, level: 0.9 };
      const one = stats.tTestOneSample(g.x, { ...options, mu: 1 });
      near(one.statistic, c.one[0]!, 1e-12);
      near(one.pValue, c.one[1]!);
      c.oneInterval.forEach((v, i) => {
        near(one.interval[i]!, v, 1e-9);
      });
      const welch = stats.tTest(g.x, g.y, options);
      near(welch.statistic, c.welch[0]!, 1e-12);
      near(welch.pValue, c.welch[1]!);
      near(welch.df, c.welchDf, 1e-12);
      c.welchInterval.forEach((v, i) => {
        near(welch.interval[i]!, v, 1e-8);
      });
      const pooled = stats.tTest(g.x, g.y, { ...options, equalVariance: true });
      near(pooled.statistic, c.pooled[0]!, 1e-12);
      near(pooled.pValue, c.pooled[1]!);
      const paired = stats.tTestPaired(g.x.slice(0, 17), g.y, options);
      near(paired.statistic, c.paired[0]!, 1e-12);
      near(paired.pValue, c.paired[1]!);
    }
  });

  test("z-test, intervals and the choice between them", () => {
    const z = stats.zTest(g.x, { mu: 1, sigma: 2 });
    near(z.statistic, g.zTest[0]!, 1e-13);
    near(z.pValue, g.zTest[1]!, 1e-12);
    const ci = stats.confidenceInterval(g.x, { level: 0.9 });
    near(ci.lower, g.t[0]!.oneInterval[0]!, 1e-9);
    expect(ci.mean).toBeCloseTo((ci.lower + ci.upper) / 2, 14);
    expect(stats.confidenceInterval(g.x, { sigma: 2 }).margin).toBeCloseTo(
      (1.959963984540054 * 2) / Math.sqrt(23),
      13,
    );
    expect(stats.chooseMeanTest({ n: 5, sigmaKnown: true }).test).toBe("z");
    expect(stats.chooseMeanTest({ n: 500, sigmaKnown: false }).test).toBe("t");
    expect(stats.chooseMeanTest({ n: 10, sigmaKnown: false }).reason).toContain("15.4 % wider");
  });

  test("95 % intervals cover 95 % of the time, and p-values are uniform under the null", () => {
    let covered = 0;
    let small = 0;
    const repetitions = 4000;
    for (let r = 0; r < repetitions; r++) {
      const x = randomStream(r).fillNormal(new Float64Array(6), 3, 2);
      const ci = stats.confidenceInterval(x);
      if (ci.lower <= 3 && 3 <= ci.upper) covered++;
      if (stats.tTestOneSample(x, { mu: 3 }).pValue <= 0.05) small++;
    }
    expect(covered + small).toBe(repetitions); // interval and test are the same statement
    // standard error 0.0034
    expect(Math.abs(covered / repetitions - 0.95)).toBeLessThan(0.015);
  });

  test("degenerate and wrong input", () => {
    expect(stats.tTestOneSample([2, 2, 2], { mu: 1 }).pValue).toBe(0);
    expect(stats.tTestOneSample([2, 2, 2], { mu: 2 }).pValue).toBeNaN();
    expect(() => stats.tTestOneSample([1])).toThrow("tTestOneSample: x has 1 entries, expected 2 or more");
    expect(() => stats.zTest([1], { sigma: 0 })).toThrow(/zTest: sigma is 0/);
    expect(() => stats.tTest([1, 2], [1, 2], { level: 95 })).toThrow(
      "tTest: level is 95, expected a number in (0, 1)",
    );
    expect(() => stats.tTest([1, 2], [1, 2], { alternative: "larger" as "less" })).toThrow(
      /alternative is "larger"/,
    );
  });
});

describe("chi-square and Kolmogorov-Smirnov", () => {
  test("chi-square as in SciPy", () => {
    const equal = stats.chiSquareTest([18, 25, 30, 12, 15]);
    near(equal.statistic, g.gof[0]!, 1e-13);
    near(equal.pValue, g.gof[1]!, 1e-12);
    const weighted = stats.chiSquareTest([18, 25, 30, 27], { expected: [1, 2, 3, 4], ddof: 1 });
    near(weighted.statistic, g.weighted[0]!, 1e-13);
    near(weighted.pValue, g.weighted[1]!, 1e-12);
    const table = stats.chiSquareIndependence(g.table);
    near(table.statistic, g.independence[0]!, 1e-13);
    near(table.pValue, g.independence[1]!, 1e-12);
    near(stats.chiSquareIndependence(g.two).pValue, g.yates[1]!, 1e-12);
    near(stats.chiSquareIndependence(g.two, { correction: false }).pValue, g.plain[1]!, 1e-12);
    expect(() => stats.chiSquareTest([1, 2], { expected: [0, 3] })).toThrow(/expected\[0\] is 0/);
    expect(() =>
      stats.chiSquareIndependence([
        [0, 0],
        [1, 2],
      ]),
    ).toThrow(/empty row or column/);
  });

  test("two-sample KS: statistic, exact and asymptotic p as in SciPy", () => {
    for (const c of g.ks) {
      const exact = stats.ksTest(c.a, c.b, { method: "exact" });
      near(exact.statistic, c.statistic, 1e-13);
      near(exact.pValue, c.exact, 1e-9);
      near(stats.ksTest(c.a, c.b, { method: "asymptotic" }).pValue, c.asymptotic, 1e-9);
      const gap = Math.abs(stats.ecdf(c.a)(exact.location) - stats.ecdf(c.b)(exact.location));
      expect(gap).toBeCloseTo(exact.statistic, 13);
    }
    expect(stats.ksTest([1, 2], [1, 2]).pValue).toBe(1);
    // disjoint samples: 2 of the C(8, 4) interleavings
    expect(stats.ksTest([1, 2, 3, 4], [5, 6, 7, 8]).pValue).toBeCloseTo(2 / 70, 15);
  });
});

describe("many tests", () => {
  test("corrections as in statsmodels", () => {
    const corrections = { bonferroni, holm, benjaminiHochberg, benjaminiYekutieli };
    for (const name of ["bonferroni", "holm", "benjaminiHochberg", "benjaminiYekutieli"] as const) {
      const r = corrections[name](g.p);
      g.multiple[name][0].forEach((v, i) => {
        near(r.adjusted[i]!, v, 1e-13);
      });
      expect(r.rejected).toEqual(g.multiple[name][1]);
    }
  });

  test("twenty tests at 5 % give 64.2 %, not 63 %", () => {
    expect(stats.familyWiseError(0.05, 20)).toBeCloseTo(0.6415140775914581, 14);
    expect(stats.familyWiseError(1e-18, 3)).toBeCloseTo(3e-18, 30);
    expect(() => stats.bonferroni([0.5, 1.2])).toThrow(/p\[1\] is 1.2/);
  });

  test("p-value of a discrete statistic includes the observed value", () => {
    near(stats.pValue(8, stats.binomial(10, 0.5), "greater"), 56 / 1024, 1e-13);
    near(stats.pValue(1.959963984540054, stats.normal()), 0.05, 1e-13);
  });
});

describe("simulation", () => {
  test("the mean's bootstrap standard error is sigma / sqrt n; same seed, same interval", () => {
    const x = randomStream(2).fillNormal(new Float64Array(60), 5, 2);
    const f = (s: Float64Array): number => stats.mean(s);
    const r = stats.bootstrap(x, f, { seed: 1, repetitions: 4000 });
    const plugIn = stats.standardDeviation(x, { ddof: 0 }) / Math.sqrt(60);
    expect(Math.abs(r.standardError / plugIn - 1)).toBeLessThan(0.05); // its own error is 1.1 %
    expect(Math.abs(r.bias)).toBeLessThan(0.02);
    expect(stats.bootstrap(x, f, { seed: 1, repetitions: 4000 }).interval).toEqual(r.interval);
    expect(stats.bootstrap(x, f, { seed: 2, repetitions: 4000 }).interval).not.toEqual(r.interval);
    const percentile = stats.bootstrap(x, f, { seed: 1, method: "percentile" });
    const basic = stats.bootstrap(x, f, { seed: 1, method: "basic" });
    expect(percentile.interval[0] + basic.interval[1]).toBeCloseTo(2 * r.estimate, 12);
    const rows = stats.bootstrapRows(60, (i) => stats.mean(Array.from(i, (k) => x[k]!)), {
      seed: 1,
      repetitions: 4000,
    });
    expect(rows.interval).toEqual(r.interval);
  });

  test("BCa covers a skewed variance better than the percentile interval", () => {
    // 300 exponential samples of 40; nominal 90 %. Observed coverage 0.78 (BCa) and 0.75 (percentile).
    let bca = 0;
    let percentile = 0;
    for (let r = 0; r < 300; r++) {
      const s = randomStream(r);
      const x = Float64Array.from({ length: 40 }, () => s.exponential());
      for (const method of ["bca", "percentile"] as const) {
        const [low, high] = stats.bootstrap(x, (v) => stats.variance(v), {
          method,
          level: 0.9,
          repetitions: 400,
          seed: r,
        }).interval;
        if (low <= 1 && 1 <= high) method === "bca" ? bca++ : percentile++;
      }
    }
    expect(bca).toBeGreaterThan(percentile);
    expect(bca / 300).toBeGreaterThan(0.7);
  });

  test("a bag holds about 63.2 % of the rows", () => {
    const share = new Set(stats.bootstrapIndices(randomStream(3), 10_000)).size / 10_000;
    expect(Math.abs(share - (1 - 1 / Math.E))).toBeLessThan(0.015);
  });

  test("the 1/n variance is biased by -sigma²/n, the 1/(n-1) one is not", () => {
    const sampler = (s: ReturnType<typeof randomStream>, n: number) => s.fillNormal(new Float64Array(n));
    const options = { truth: 1, n: [5, 50], repetitions: 20_000, seed: 4, epsilon: 0.5 };
    const biased = stats.estimatorProperties((x) => stats.variance(x, { ddof: 0 }), sampler, options);
    const unbiased = stats.estimatorProperties((x) => stats.variance(x), sampler, options);
    biased.forEach((r) => {
      expect(Math.abs(r.bias + 1 / r.n)).toBeLessThan(4.5 * r.biasStandardError);
      expect(r.mse).toBeCloseTo(r.bias ** 2 + (r.variance * 19_999) / 20_000, 12);
    });
    unbiased.forEach((r) => {
      expect(Math.abs(r.bias)).toBeLessThan(4.5 * r.biasStandardError);
      expect(Math.abs(r.variance / (2 / (r.n - 1)) - 1)).toBeLessThan(0.1);
    });
    // The biased one wins on mean squared error, and both are consistent.
    expect(biased[0]!.mse).toBeLessThan(unbiased[0]!.mse);
    expect(unbiased[1]!.exceedance).toBeLessThan(unbiased[0]!.exceedance / 5);
  });

  test("averaging correlated members has a floor", () => {
    const cov = [
      [1, 0.3, 0.3],
      [0.3, 1, 0.3],
      [0.3, 0.3, 1],
    ];
    expect(stats.varianceOfSum(cov, [1 / 3, 1 / 3, 1 / 3])).toBeCloseTo(
      stats.ensembleVariance(1, 0.3, 3),
      15,
    );
    expect(stats.varianceOfSum(cov)).toBeCloseTo(3 + 6 * 0.3, 15);
    expect(stats.ensembleVariance(4, 0, 8)).toBe(0.5);
    expect(() => stats.ensembleVariance(1, -0.9, 3)).toThrow(/correlation is -0.9/);
  });
});
