import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { randomStream } from "../math/index.ts";
import {
  BayesianRidge,
  HuberRegressor,
  LinearRegression,
  QuantileRegressor,
  RANSACRegressor,
  Ridge,
  TheilSenRegressor,
} from "./index.ts";

interface Line {
  coef: number[];
  intercept: number;
}
const golden = JSON.parse(
  readFileSync(new URL("../../../../reference/values/linear/robust.json", import.meta.url), "utf8"),
) as {
  X: number[][];
  y: number[];
  w: number[];
  quantile: { quantile: number; alpha: number; weighted: boolean; loss: number }[];
  huber: (Line & {
    epsilon: number;
    fitIntercept: boolean;
    weighted: boolean;
    scale: number;
    outliers: number[];
  })[];
  theil: Line;
  bayes: (Line & {
    weighted: boolean;
    fitIntercept: boolean;
    alpha: number;
    lambda_: number;
    std: number[];
  })[];
};
const { X, y, w } = golden;

function close(a: ArrayLike<number>, b: ArrayLike<number>, tolerance: number): void {
  expect(a.length).toBe(b.length);
  for (let i = 0; i < a.length; i++) {
    const gap = Math.abs(a[i]! - b[i]!) / Math.max(1, Math.abs(b[i]!));
    expect(gap, `entry ${i}: ${a[i]} against ${b[i]}`).toBeLessThanOrEqual(tolerance);
  }
}

describe("QuantileRegressor", () => {
  it.each(golden.quantile)("reaches scikit-learn's loss: $quantile $alpha weighted $weighted", (c) => {
    const { quantile: q, alpha, weighted } = c;
    const v = weighted ? w : w.map(() => 1);
    const model = new QuantileRegressor({ quantile: q, alpha }).fit(
      X,
      y,
      weighted ? { sampleWeight: w } : {},
    );
    const total = v.reduce((a, b) => a + b, 0);
    const r = model.predict(X).map((p, i) => y[i]! - p);
    const loss =
      r.reduce((s, e, i) => s + v[i]! * Math.max(q * e, (q - 1) * e), 0) / total +
      alpha * model.coef.reduce((s, b) => s + Math.abs(b), 0);
    expect(loss).toBeLessThanOrEqual(c.loss * (1 + 1e-9));
    expect(loss).toBeGreaterThanOrEqual(c.loss * (1 - 1e-9));
    expect(model.dualityGap).toBeLessThan(1e-7);
    // A vertex: as many rows (or zero coefficients) are met exactly as there are coefficients.
    const met =
      r.filter((e) => Math.abs(e) < 1e-9).length + model.coef.filter((b) => Math.abs(b) < 1e-12).length;
    expect(met).toBeGreaterThanOrEqual(4);
  });

  it("is a subgradient optimum: rows below and above balance against every column", () => {
    const random = randomStream(1);
    const rows = Array.from({ length: 400 }, () => [random.normal(), random.uniform()]);
    const target = rows.map((r) => r[0]! + (1 + r[1]!) * random.normal());
    const model = new QuantileRegressor({ quantile: 0.8, alpha: 0 }).fit(rows, target);
    const r = model.predict(rows).map((p, i) => target[i]! - p);
    const below = r.filter((e) => e < -1e-9).length;
    const above = r.filter((e) => e > 1e-9).length;
    expect(below).toBeLessThanOrEqual(320);
    expect(above).toBeLessThanOrEqual(80);
    expect(400 - below - above).toBe(3);
  });
});

describe("HuberRegressor", () => {
  it.each(golden.huber)("is scikit-learn's: $epsilon intercept $fitIntercept weighted $weighted", (c) => {
    const { epsilon, fitIntercept, weighted } = c;
    const spec = new HuberRegressor({ epsilon, fitIntercept, alpha: 0.5, tol: 1e-10 });
    const model = spec.fit(X, y, weighted ? { sampleWeight: w } : {});
    // scikit-learn's optimiser stops early: its loss is no lower, and near.
    close([...model.coef, model.intercept, model.scale], [...c.coef, c.intercept, c.scale], 1e-4);
    const loss = (m: { coef: ArrayLike<number>; intercept: number; scale: number }) =>
      X.reduce(
        (sum, row, i) => {
          const r = Math.abs(y[i]! - m.intercept - row.reduce((s, v, j) => s + v * m.coef[j]!, 0)) / m.scale;
          const h = r <= epsilon ? r * r : 2 * epsilon * r - epsilon ** 2;
          return sum + (weighted ? w[i]! : 1) * m.scale * (1 + h);
        },
        0.5 * Array.from(m.coef).reduce((s, v) => s + v * v, 0),
      );
    expect(loss(model)).toBeLessThanOrEqual(loss(c) * (1 + 1e-12));
    expect([...model.outliers]).toEqual(c.outliers);
  });
});

describe("TheilSenRegressor", () => {
  it("is scikit-learn's where all subsets are used", () => {
    const rows = X.slice(0, 25).map((r) => r.slice(0, 2));
    const spec = new TheilSenRegressor({ maxSubpopulation: 1_000_000, tol: 1e-10, maxIter: 100_000 });
    const model = spec.fit(rows, y.slice(0, 25));
    close([...model.coef, model.intercept], [...golden.theil.coef, golden.theil.intercept], 1e-6);
  });
  it("stands a quarter of wrong rows", () => {
    const rows = X.map((r) => [r[0]!]);
    const target = rows.map((r, i) => (i % 4 === 0 ? -80 : 3 * r[0]! + 1));
    const model = new TheilSenRegressor({ maxSubpopulation: 500 }).fit(rows, target);
    expect(Math.abs(model.coef[0]! - 3)).toBeLessThan(0.5);
    expect(Math.abs(new LinearRegression().fit(rows, target).intercept - 1)).toBeGreaterThan(10);
    expect(() => new TheilSenRegressor().fit(rows, target, { sampleWeight: rows.map(() => 1) })).toThrow(
      "sampleWeight",
    );
  });
});

describe("RANSACRegressor", () => {
  it("finds the line that most rows share, exactly, at every seed", () => {
    const rows = X.map((r) => [r[0]!, r[1]!]);
    const target = rows.map((r, i) => (i % 5 < 2 ? 40 * r[1]! : 3 * r[0]! - r[1]! + 1));
    for (let seed = 0; seed < 16; seed++) {
      const model = new RANSACRegressor({ residualThreshold: 0.01, seed }).fit(rows, target);
      close(
        model.predict([
          [1, 1],
          [0, 0],
        ]),
        [3, 1],
        1e-9,
      );
      expect(model.inliers.filter((v, i) => v === Number(i % 5 >= 2)).length).toBeGreaterThanOrEqual(59);
      expect(model.nTrials).toBeLessThan(101);
    }
  });
  it("takes another estimator and says when nothing agrees", () => {
    const model = new RANSACRegressor({ estimator: new Ridge({ alpha: 1 }), minSamples: 10 }).fit(X, y);
    expect(model.predict(X).length).toBe(60);
    expect(() => new RANSACRegressor({ residualThreshold: 0, estimator: new Ridge() }).fit(X, y)).toThrow(
      "residualThreshold 0",
    );
  });
});

describe("BayesianRidge", () => {
  it.each(golden.bayes)("is scikit-learn's, weighted $weighted intercept $fitIntercept", (c) => {
    const spec = new BayesianRidge({ tol: 1e-12, maxIter: 3000, fitIntercept: c.fitIntercept });
    const model = spec.fit(X, y, c.weighted ? { sampleWeight: w } : {});
    if (c.weighted) {
      // scikit-learn counts rows, not weights, as degrees of freedom.
      close(model.coef, c.coef, 0.05);
      return;
    }
    close([...model.coef, model.intercept], [...c.coef, c.intercept], 1e-8);
    close([model.alpha, model.lambda], [c.alpha, c.lambda_], 1e-8);
    // With an intercept scikit-learn 1.2 leaves out its uncertainty, and does not centre.
    if (!c.fitIntercept) close(model.predictWithStd(X.slice(0, 10)).std, c.std, 1e-8);
    else {
      const far = X.map((r) => r.map((v) => v + 100));
      const moved = spec.fit(far, y);
      close(moved.predictWithStd(far).std, model.predictWithStd(X).std, 1e-8);
    }
  });
});
