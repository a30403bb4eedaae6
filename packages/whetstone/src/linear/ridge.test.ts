import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Matrix } from "../math/matrix.ts";
import { randomStream } from "../math/random/index.ts";
import { LinearRegression, Ridge, ridgePath } from "./index.ts";

const golden = JSON.parse(
  readFileSync(new URL("../../../../reference/values/linear/linear.json", import.meta.url), "utf8"),
) as {
  diabetes: {
    X: number[][];
    y: number[];
    w: number[];
    ridge: { alpha: number; fitIntercept: boolean; weighted: boolean; coef: number[]; intercept: number }[];
  };
  wide: { X: number[][]; y: number[]; ridge: number[] };
  dependent: { X: number[][]; y: number[]; coef: number[] };
};

function close(a: ArrayLike<number>, b: ArrayLike<number>, relative: number, absolute = 0): void {
  expect(a.length).toBe(b.length);
  for (let i = 0; i < a.length; i++) {
    expect(Math.abs(a[i]! - b[i]!), `entry ${i}: ${a[i]} against ${b[i]}`).toBeLessThanOrEqual(
      absolute + relative * Math.abs(b[i]!),
    );
  }
}

describe("Ridge", () => {
  const { X, y, w } = golden.diabetes;
  for (const c of golden.diabetes.ridge) {
    for (const solver of ["auto", "cholesky", "svd"] as const) {
      it(`equals scikit-learn: ${JSON.stringify({ ...c, coef: undefined, intercept: undefined })}, ${solver}`, () => {
        const model = new Ridge({ alpha: c.alpha, fitIntercept: c.fitIntercept, solver }).fit(
          X,
          y,
          c.weighted ? { sampleWeight: w } : {},
        );
        close([...model.coef, model.intercept], [...c.coef, c.intercept], 1e-9);
      });
    }
  }

  it("equals scikit-learn with fewer rows than columns", () => {
    for (const solver of ["cholesky", "svd"] as const) {
      const model = new Ridge({ alpha: 0.7, solver }).fit(golden.wide.X, golden.wide.y);
      close(model.coef, golden.wide.ridge, 1e-10, 1e-13);
    }
  });

  it("refuses to solve by Cholesky what has no Cholesky factor, where auto goes on by SVD", () => {
    const twice = X.map((row) => [...row, row[0]!]);
    expect(() => new Ridge({ alpha: 0, solver: "cholesky" }).fit(twice, y)).toThrow(
      "Ridge.fit: the normal equations are singular",
    );
    close(
      new Ridge({ alpha: 0 }).fit(twice, y).coef,
      new Ridge({ alpha: 0, solver: "svd" }).fit(twice, y).coef,
      1e-12,
    );
  });

  it("is least squares at alpha 0, the shortest one where columns depend", () => {
    const { X: D, y: t, coef } = golden.dependent;
    close(new Ridge({ alpha: 0 }).fit(D, t).coef, coef, 1e-9, 1e-12);
    close(new Ridge({ alpha: 0 }).fit(X, y).coef, new LinearRegression().fit(X, y).coef, 1e-12);
    close(new Ridge({ alpha: 1e-11 }).fit(D, t).coef, coef, 1e-6, 1e-8);
  });

  it("does not penalise the intercept, and shrinks without reaching zero", () => {
    const shifted = y.map((v) => v + 1e6);
    const a = new Ridge({ alpha: 50 }).fit(X, y);
    const b = new Ridge({ alpha: 50 }).fit(X, shifted);
    close(b.coef, a.coef, 1e-7);
    close([b.intercept - 1e6], [a.intercept], 1e-9);
    const strong = new Ridge({ alpha: 1e8 }).fit(X, y);
    expect(strong.coef.every((v) => v !== 0 && Math.abs(v) < 1e-3)).toBe(true);
  });

  it("gives twin columns the same coefficient", () => {
    const random = randomStream(1);
    const twins = Array.from({ length: 30 }, () => {
      const v = random.normal();
      return [v, v];
    });
    const t = twins.map(([v]) => 3 * v! + random.normal());
    const model = new Ridge({ alpha: 1 }).fit(twins, t);
    close([model.coef[0]!], [model.coef[1]!], 1e-12);
  });

  it("takes a weight of k as k copies", () => {
    const rows = w.flatMap((k, i) => new Array<number>(k).fill(i));
    const spec = new Ridge({ alpha: 0.3 });
    const weighted = spec.fit(X, y, { sampleWeight: w });
    const copied = spec.fit(
      Matrix.from(X).selectRows(rows),
      rows.map((i) => y[i]!),
    );
    close([...weighted.coef, weighted.intercept], [...copied.coef, copied.intercept], 1e-11);
  });

  it("keeps every smallest eigenvalue of its system at alpha or above: coefficients obey |coef| <= |y| / (2 sqrt(alpha))", () => {
    for (const alpha of [1e-6, 1e-3, 1, 100]) {
      const model = new Ridge({ alpha }).fit(X, y);
      const mean = y.reduce((a, b) => a + b, 0) / y.length;
      const length = Math.sqrt(y.reduce((a, v) => a + (v - mean) ** 2, 0));
      expect(Math.hypot(...model.coef)).toBeLessThanOrEqual(length / (2 * Math.sqrt(alpha)) + 1e-9);
    }
  });

  it("refuses an infinite alpha", () => {
    expect(() => new Ridge({ alpha: Number.POSITIVE_INFINITY })).toThrow(
      "alpha is Infinity, expected a finite number",
    );
    expect(() => new Ridge({ alpha: -1 })).toThrow("Ridge: alpha is -1, expected a number >= 0");
  });
});

describe("ridgePath", () => {
  const { X, y, w } = golden.diabetes;
  it("gives at each alpha what Ridge gives, with falling degrees of freedom", () => {
    const alphas = [0, 0.01, 1, 100];
    const path = ridgePath(X, y, alphas, { sampleWeight: w });
    alphas.forEach((alpha, a) => {
      const model = new Ridge({ alpha }).fit(X, y, { sampleWeight: w });
      close([...path.coefs.row(a), path.intercepts[a]!], [...model.coef, model.intercept], 1e-9);
    });
    close([path.degreesOfFreedom[0]!], [10], 1e-12);
    for (let a = 1; a < 4; a++) expect(path.degreesOfFreedom[a]!).toBeLessThan(path.degreesOfFreedom[a - 1]!);
  });
});
