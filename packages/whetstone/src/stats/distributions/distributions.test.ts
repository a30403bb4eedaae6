import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { randomStream } from "../../math/random/index.ts";
import type { Distribution } from "./index.ts";
import * as families from "./index.ts";

/**
 * Wiring of every family against scipy.stats 1.10 (the special functions below are held to mpmath elsewhere).
 * SciPy's own cdf and quantiles of the beta and gamma families err by up to 1e-10 in far tails (see the
 * measurements of reference/math/make_special.py), hence 1e-10 here; closed forms agree far closer.
 */
interface Row {
  name: string;
  parameters: number[];
  x: number[];
  pdf: (number | null)[];
  logPdf: (number | null)[];
  cdf: (number | null)[];
  sf: (number | null)[];
  p: number[];
  quantile: (number | null)[];
  q: number[];
  upperQuantile: (number | null)[];
  mean: number | null;
  variance: number | null;
  entropy: number | null;
}
const golden = JSON.parse(
  readFileSync(new URL("../../../../../reference/values/stats/distributions.json", import.meta.url), "utf8"),
) as { rows: Row[] };
const make = families as unknown as Record<string, (...p: number[]) => Distribution>;

function close(got: number, truth: number | null, relative: number, what: string): void {
  if (truth === null || Math.abs(truth) < 1e-290) return;
  const error = Math.abs(got - truth) / Math.max(Math.abs(truth), 1e-300);
  if (process.env.SPECIAL_REPORT && !(error < 1e-12))
    console.log("DIST", what, error.toExponential(1), got, truth);
  expect(error, `${what}: ${got} against ${truth}`).toBeLessThan(relative);
}

const logOf = (p: number, complement: number): number => (p < 0.5 ? Math.log(p) : Math.log1p(-complement));

describe("families against scipy.stats", () => {
  for (const row of golden.rows) {
    test(`${row.name}(${row.parameters})`, () => {
      const d = make[row.name]!(...row.parameters);
      row.x.forEach((x, i) => {
        close(d.pdf(x), row.pdf[i]!, 1e-11, `pdf(${x})`);
        if (Math.abs(row.logPdf[i] ?? 0) > 1e-3) close(d.logPdf(x), row.logPdf[i]!, 1e-11, `logPdf(${x})`);
        close(d.cdf(x), row.cdf[i]!, 1e-10, `cdf(${x})`);
        // SciPy's uniform.sf is 1 - cdf, and loses what the subtraction loses.
        if (row.name === "uniform") expect(Math.abs(d.sf(x) - row.sf[i]!)).toBeLessThan(3e-16);
        else close(d.sf(x), row.sf[i]!, 1e-10, `sf(${x})`);
        expect(d.cdf(x) + d.sf(x)).toBeCloseTo(1, 14);
        if (d.cdf(x) > 0 && d.cdf(x) < 1) close(d.logCdf(x), logOf(d.cdf(x), d.sf(x)), 1e-12, `logCdf(${x})`);
        if (d.sf(x) > 0 && d.sf(x) < 1) close(d.logSf(x), logOf(d.sf(x), d.cdf(x)), 1e-12, `logSf(${x})`);
      });
      // SciPy 1.10 takes most upper quantiles as ppf(1 - q) and those of t to 1e-9 only, so SciPy is asked
      // loosely and in the bulk; everywhere the tail at our quantile must give the probability back.
      row.p.forEach((p, i) => {
        const x = d.quantile(p);
        if (p >= 1e-6 && Math.abs(x) > 1e-9) close(x, row.quantile[i]!, 1e-8, `quantile(${p})`);
        // A sum like loc + scale z cannot hold a tail that is thinner than its own rounding.
        if (d.kind === "continuous" && x !== 0 && d.pdf(x) * Math.abs(x) < 1e3 * p)
          close(d.cdf(x), p, 1e-12, `cdf(quantile(${p}))`);
      });
      row.q.forEach((q, i) => {
        const x = d.upperQuantile(q);
        if (q >= 1e-3) close(x, row.upperQuantile[i]!, 1e-8, `upperQuantile(${q})`);
        if (d.kind === "continuous") {
          if (d.pdf(x) * Math.abs(x) < 1e3 * q) close(d.sf(x), q, 1e-12, `sf(upperQuantile(${q}))`);
        } else expect(d.sf(x) <= q && d.sf(x - 1) > q).toBe(true);
      });
      close(d.mean, row.mean, 1e-12, "mean");
      close(d.variance, row.variance, 1e-12, "variance");
      close(d.entropy, row.entropy, 1e-9, "entropy");
    });
  }
});

describe("every family", () => {
  const all = golden.rows.map((r) => make[r.name]!(...r.parameters));

  test("quantile undoes cdf", () => {
    for (const d of all) {
      fc.assert(
        fc.property(fc.double({ min: 1e-9, max: 1 - 1e-9, noNaN: true }), (p) => {
          const x = d.quantile(p);
          if (d.kind === "continuous") {
            expect(Math.abs(d.cdf(x) - p)).toBeLessThan(1e-12);
          } else {
            expect(d.cdf(x)).toBeGreaterThanOrEqual(p);
            expect(d.cdf(x - 1)).toBeLessThan(p);
            expect(d.quantile(d.cdf(x))).toBe(x);
          }
          const y = d.upperQuantile(p);
          if (d.kind === "continuous") expect(Math.abs(d.sf(y) - p)).toBeLessThan(1e-12);
          else expect(d.sf(y) <= p && d.sf(y - 1) > p).toBe(true);
        }),
        { numRuns: 60 },
      );
    }
  });

  test("the density is the slope of the cdf; masses sum to their cdf", () => {
    for (const d of all) {
      for (const p of [0.05, 0.3, 0.6, 0.95]) {
        const x = d.quantile(p);
        if (d.kind === "continuous") {
          const h = 1e-5 * Math.sqrt(Math.abs(x) + 0.01);
          if (x - h < d.support[0] || x + h > d.support[1]) continue;
          const slope = (d.cdf(x + h) - d.cdf(x - h)) / (2 * h);
          expect(slope / d.pdf(x)).toBeCloseTo(1, 4);
        } else {
          let sum = 0;
          for (let k = d.support[0]; k <= x; k++) sum += d.pdf(k);
          expect(sum).toBeCloseTo(d.cdf(x), 12);
          expect(d.pdf(x + 0.5)).toBe(0);
        }
      }
    }
  });

  test("draws fall where the cdf says: their cdf values average 1/2 with variance 1/12 (mid-p for masses)", () => {
    for (const d of all) {
      const n = 20_000;
      const draws = d.sample(randomStream(12), n);
      let sum = 0;
      for (const x of draws) sum += d.cdf(x) - (d.kind === "discrete" ? 0.5 * d.pdf(x) : 0);
      // 30 families, standard error at most 1 / sqrt(12 n): 4.5 standard errors.
      expect(Math.abs(sum / n - 0.5) * Math.sqrt(12 * n), d.name).toBeLessThan(4.5);
    }
  });

  test("outside the support there is nothing", () => {
    for (const d of all) {
      const [low, high] = d.support;
      if (Number.isFinite(low)) {
        expect([d.pdf(low - 1), d.cdf(low - 1), d.sf(low - 1)]).toEqual([0, 0, 1]);
        expect(d.logCdf(low - 1)).toBe(Number.NEGATIVE_INFINITY);
      }
      if (Number.isFinite(high))
        expect([d.pdf(high + 1), d.cdf(high + 1), d.sf(high + 1)]).toEqual([0, 1, 0]);
      expect(d.cdf(Number.POSITIVE_INFINITY)).toBe(1);
      expect(d.sf(Number.NEGATIVE_INFINITY)).toBe(1);
      expect(d.cdf(Number.NaN)).toBeNaN();
      expect(d.pdf(Number.NaN)).toBeNaN();
    }
  });

  test("errors name the family and the argument", () => {
    expect(() => families.normal(0, 0)).toThrow("normal: sd is 0, expected a finite number > 0");
    expect(() => families.binomial(2.5, 0.5)).toThrow("binomial: n is 2.5, expected an integer >= 0");
    expect(() => families.hypergeometric(5, 6, 1)).toThrow(
      "hypergeometric: successes is 6, expected at most population = 5",
    );
    expect(() => families.normal().quantile(1.5)).toThrow(
      "normal.quantile: p is 1.5, expected a probability in [0, 1]",
    );
    expect(() => families.poisson(2).sample(randomStream(1), -1)).toThrow("poisson.sample: n is -1");
  });

  test("log tails go on where the tails underflow", () => {
    expect(families.normal().logSf(100)).toBeCloseTo(-5005.5242086942, 6);
    expect(families.exponential(2).logSf(1e4)).toBe(-2e4);
    expect(families.geometric(0.5).logSf(5000)).toBeCloseTo(-5000 * Math.LN2, 8);
    expect(families.laplace().logCdf(-1e4)).toBeCloseTo(-1e4 - Math.LN2, 8);
  });
});
