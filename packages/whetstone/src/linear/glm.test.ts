import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { randomStream } from "../math/index.ts";
import { GeneralizedLinearRegressor } from "./index.ts";

interface Case {
  family: "gaussian" | "binomial" | "poisson" | "gamma" | "inverseGaussian" | "tweedie" | "negativeBinomial";
  link: "identity" | "log" | "logit" | "probit" | "cloglog" | "inverse" | "sqrt";
  offset: boolean;
  weighted: boolean;
  y: number[];
  params: number[];
  errors: number[];
  interval: [number, number][];
  deviance: number;
  nullDeviance: number;
  pearson: number;
  dispersion: number;
  logLikelihood: number | null;
}
const golden = JSON.parse(
  readFileSync(new URL("../../../../reference/values/linear/glm.json", import.meta.url), "utf8"),
) as {
  X: number[][];
  exposure: number[];
  w: number[];
  cases: Case[];
  negativeBinomial: { y: number[]; params: number[]; alpha: number; logLikelihood: number };
  penalised: { y: number[]; coef: number[]; intercept: number };
};
const { X, w } = golden;
const offset = golden.exposure.map(Math.log);

function close(a: ArrayLike<number>, b: ArrayLike<number>, tolerance: number): void {
  expect(a.length).toBe(b.length);
  for (let i = 0; i < a.length; i++) {
    const gap = Math.abs(a[i]! - b[i]!) / Math.max(1, Math.abs(b[i]!));
    expect(gap, `entry ${i}: ${a[i]} against ${b[i]}`).toBeLessThanOrEqual(tolerance);
  }
}

describe("GeneralizedLinearRegressor", () => {
  it.each(golden.cases)("is statsmodels': $family $link offset $offset weighted $weighted", (c) => {
    const given = { ...(c.offset && { offset }), ...(c.weighted && { sampleWeight: w }) };
    const spec = new GeneralizedLinearRegressor({
      family: c.family,
      link: c.link,
      overdispersion: 0.7,
      tol: 1e-15,
    });
    const model = spec.fit(X, c.y, given);
    close([model.intercept, ...model.coef], c.params, 1e-7);
    const found = model.inference(X, c.y, given);
    close(
      found.coefficients.map((r) => r.standardError),
      c.errors,
      1e-6,
    );
    close(
      found.coefficients.flatMap((r) => [r.lower, r.upper]),
      c.interval.flat(),
      1e-6,
    );
    close(
      [found.deviance, found.nullDeviance, found.pearsonChiSquare, found.dispersion],
      [c.deviance, c.nullDeviance, c.pearson, c.dispersion],
      1e-6,
    );
    if (c.logLikelihood !== null) close([found.logLikelihood!], [c.logLikelihood], 1e-7);
    expect(String(found)).toContain("intercept");
  });

  it("estimates the negative binomial's dispersion as statsmodels does", () => {
    const c = golden.negativeBinomial;
    const model = new GeneralizedLinearRegressor({ family: "negativeBinomial" }).fit(X, c.y, { offset });
    close([model.intercept, ...model.coef], c.params, 1e-5);
    close([model.overdispersion], [c.alpha], 1e-5);
    close([model.inference(X, c.y, { offset }).logLikelihood!], [c.logLikelihood], 1e-8);
  });

  it("finds no overdispersion where counts vary less than Poisson's", () => {
    const y = X.map((_, i) => 5 + (i % 2));
    const model = new GeneralizedLinearRegressor({ family: "negativeBinomial" }).fit(X, y);
    expect(model.overdispersion).toBe(0);
    const poisson = new GeneralizedLinearRegressor({ family: "poisson" }).fit(X, y);
    close(model.coef, poisson.coef, 1e-9);
  });

  it("penalises as scikit-learn's TweedieRegressor", () => {
    const c = golden.penalised;
    const model = new GeneralizedLinearRegressor({ family: "poisson", alpha: 0.3 }).fit(X, c.y);
    close([model.intercept, ...model.coef], [c.intercept, ...c.coef], 1e-6);
  });

  it("solves the score equations of the canonical link, offset included", () => {
    const random = randomStream(2);
    const rows = Array.from({ length: 300 }, () => [random.normal(), random.uniform()]);
    const log = rows.map(() => random.normal(0, 0.3));
    const y = rows.map((r, i) => random.poisson(Math.exp(0.5 * r[0]! + log[i]!)));
    const model = new GeneralizedLinearRegressor({ family: "poisson", tol: 1e-15 }).fit(rows, y, {
      offset: log,
    });
    const mu = model.predict(rows, { offset: log });
    for (const j of [0, 1])
      expect(rows.reduce((s, r, i) => s + r[j]! * (y[i]! - mu[i]!), 0)).toBeCloseTo(0, 7);
    expect(y.reduce((s, v, i) => s + v - mu[i]!, 0)).toBeCloseTo(0, 7);
  });

  it("refuses targets that the family cannot have", () => {
    expect(() => new GeneralizedLinearRegressor({ family: "gamma" }).fit([[1], [2]], [1, 0])).toThrow(
      "GeneralizedLinearRegressor.fit: y holds 0 at row 1, expected numbers > 0",
    );
    expect(() =>
      new GeneralizedLinearRegressor({ family: "poisson" }).fit([[1], [2]], [1, 2], { offset: [1] }),
    ).toThrow("offset");
  });
});
