import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Lasso, lassoPath } from "./index.ts";

const golden = JSON.parse(
  readFileSync(new URL("../../../../reference/values/linear/lasso.json", import.meta.url), "utf8"),
) as {
  X: number[][];
  y: number[];
  w: number[];
  cases: {
    alpha: number;
    fitIntercept: boolean;
    weighted: boolean;
    positive: boolean;
    coef: number[];
    intercept: number;
  }[];
  net: { alpha: number; coef: number[] }[];
};
const { X, y, w } = golden;

function close(a: ArrayLike<number>, b: ArrayLike<number>, tolerance: number): void {
  expect(a.length).toBe(b.length);
  for (let i = 0; i < a.length; i++) {
    expect(Math.abs(a[i]! - b[i]!), `entry ${i}: ${a[i]} against ${b[i]}`).toBeLessThanOrEqual(tolerance);
  }
}

describe("Lasso", () => {
  for (const c of golden.cases) {
    const { coef, intercept, weighted, ...given } = c;
    it(`equals scikit-learn, zeros included: ${JSON.stringify({ ...given, weighted })}`, () => {
      const model = new Lasso({ ...given, tol: 1e-13, maxIter: 100_000 }).fit(
        X,
        y,
        weighted ? { sampleWeight: w } : {},
      );
      close(model.coef, coef, 1e-5);
      close([model.intercept], [intercept], 1e-5);
      expect([...model.coef].map((v) => v === 0)).toEqual(coef.map((v) => v === 0));
    });
  }

  it("meets the optimality conditions that define it", () => {
    const alpha = 3;
    const model = new Lasso({ alpha, tol: 1e-14, maxIter: 100_000 }).fit(X, y);
    const r = model.predict(X).map((p, i) => y[i]! - p);
    model.coef.forEach((v, j) => {
      const pull = r.reduce((sum, e, i) => sum + e * X[i]![j]!, 0) / y.length;
      if (v === 0) expect(Math.abs(pull)).toBeLessThanOrEqual(alpha);
      else expect(Math.abs(pull - alpha * Math.sign(v))).toBeLessThan(1e-5);
    });
    expect(model.dualityGap).toBeGreaterThanOrEqual(-1e-9);
    expect(model.dualityGap).toBeLessThan(1e-8);
  });

  it("bounds its distance to the optimum by the gap, at any tolerance", () => {
    const objective = (m: { coef: Float64Array; predict(x: number[][]): Float64Array }) =>
      m.predict(X).reduce((s, p, i) => s + (p - y[i]!) ** 2, 0) / (2 * y.length) +
      2 * m.coef.reduce((s, v) => s + Math.abs(v), 0);
    const best = objective(new Lasso({ alpha: 2, tol: 1e-14, maxIter: 100_000 }).fit(X, y));
    for (const tol of [1e-1, 1e-3, 1e-5]) {
      const model = new Lasso({ alpha: 2, tol }).fit(X, y);
      expect(objective(model) - best).toBeLessThanOrEqual(model.dualityGap + 1e-9);
    }
  });

  it("warns at maxIter, and leaves a constant column out", () => {
    const said: string[] = [];
    new Lasso({ alpha: 0.01, maxIter: 1, tol: 1e-12 }).fit(X, y, { onWarning: (s) => said.push(s) });
    expect(said[0]).toMatch(/Lasso.fit: did not converge in 1 sweeps/);
    const flat = new Lasso({ alpha: 0.01 }).fit(
      [
        [1, 5],
        [2, 5],
        [4, 5],
      ],
      [1, 2, 3],
    );
    expect(flat.coef[1]).toBe(0);
  });
});

describe("lassoPath", () => {
  it("starts with all zeros, ends near least squares, and agrees with Lasso on the way", () => {
    const path = lassoPath(X, y, { tol: 1e-10 });
    expect(path.alphas.length).toBe(100);
    expect(path.coefs.row(0).every((v) => Math.abs(v) < 1e-9)).toBe(true);
    expect(path.coefs.row(99).filter((v) => v !== 0).length).toBeGreaterThan(8);
    const model = new Lasso({ alpha: path.alphas[50]!, tol: 1e-12, maxIter: 100_000 }).fit(X, y);
    close(path.coefs.row(50), model.coef, 1e-2);
    close([path.intercepts[50]!], [model.intercept], 1e-2);
  });

  it("equals scikit-learn's elastic net", () => {
    const path = lassoPath(X, y, { alphas: golden.net.map((c) => c.alpha), l1Ratio: 0.3, tol: 1e-15 });
    golden.net.forEach((c, a) => {
      close(path.coefs.row(a), c.coef, 1e-5);
    });
  });
});
