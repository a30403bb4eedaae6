import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Matrix, randomStream } from "../math/index.ts";
import {
  basisPursuit,
  coefAt,
  ElasticNet,
  ElasticNetCV,
  GroupLasso,
  Lasso,
  LassoCV,
  larsPath,
  lassoPath,
  RidgeCV,
} from "./index.ts";

const read = (name: string) =>
  JSON.parse(
    readFileSync(new URL(`../../../../reference/values/linear/${name}.json`, import.meta.url), "utf8"),
  );
const { X, y, w } = read("lasso") as { X: number[][]; y: number[]; w: number[] };
const golden = read("sparse") as {
  net: { l1Ratio: number; positive: boolean; weighted: boolean; coef: number[]; intercept: number }[];
  lassoCv: { alpha: number; coef: number[]; mse: number[] };
  netCv: { alpha: number; l1Ratio: number; coef: number[] };
  grid: number[];
  ridge: { weighted: boolean; alpha: number; coef: number[]; intercept: number; errors: number[] }[];
  lars: { method: "lasso" | "lar"; alphas: number[]; active: number[]; coefs: number[][] }[];
};

function close(a: ArrayLike<number>, b: ArrayLike<number>, tolerance: number): void {
  expect(a.length).toBe(b.length);
  for (let i = 0; i < a.length; i++) {
    const gap = Math.abs(a[i]! - b[i]!) / Math.max(1, Math.abs(b[i]!));
    expect(gap, `entry ${i}: ${a[i]} against ${b[i]}`).toBeLessThanOrEqual(tolerance);
  }
}

describe("ElasticNet", () => {
  it.each(golden.net)("equals scikit-learn, zeros included: $l1Ratio $positive $weighted", (c) => {
    const { l1Ratio, positive, weighted } = c;
    const spec = new ElasticNet({ alpha: 2, l1Ratio, positive, tol: 1e-15, maxIter: 100_000 });
    const model = spec.fit(X, y, weighted ? { sampleWeight: w } : {});
    close(model.coef, c.coef, 1e-6);
    close([model.intercept], [c.intercept], 1e-6);
    expect([...model.coef].map((v) => v === 0)).toEqual(c.coef.map((v) => v === 0));
  });

  it("is ridge at l1Ratio 0, with a gap that closes", () => {
    const model = new ElasticNet({ alpha: 0.5, l1Ratio: 0, tol: 1e-12, maxIter: 100_000 }).fit(X, y);
    expect(model.dualityGap).toBeLessThan(1e-8);
    const r = model.predict(X).map((p, i) => y[i]! - p);
    model.coef.forEach((v, j) => {
      expect(r.reduce((s, e, i) => s + e * X[i]![j]!, 0) / y.length - 0.5 * v).toBeCloseTo(0, 3);
    });
  });

  it("finds the same from rows (wide data) as from inner products (tall)", () => {
    const random = randomStream(3);
    const rows = Array.from({ length: 12 }, () => Array.from({ length: 8 }, () => random.normal()));
    const target = rows.map((r) => r[0]! - 2 * r[1]! + 0.1 * random.normal());
    const twice = { alpha: 0.1, l1Ratio: 0.6, tol: 1e-14, maxIter: 100_000 };
    const wide = new ElasticNet(twice).fit(rows, target);
    const tall = new ElasticNet(twice).fit([...rows, ...rows], [...target, ...target]);
    close(wide.coef, tall.coef, 1e-6);
  });
});

describe("strengths by cross-validation", () => {
  it("LassoCV chooses as scikit-learn does", () => {
    const model = new LassoCV({ tol: 1e-8, maxIter: 100_000 }).fit(X, y);
    close([model.alpha], [golden.lassoCv.alpha], 1e-9);
    close(model.coef, golden.lassoCv.coef, 1e-3);
    close(
      model.msePath.toArray().map((row) => row.reduce((a, b) => a + b, 0) / row.length),
      golden.lassoCv.mse,
      1e-4,
    );
  });
  it("ElasticNetCV chooses as scikit-learn does", () => {
    const spec = new ElasticNetCV({
      cv: 4,
      l1Ratio: [0.2, 0.7, 1],
      nAlphas: 30,
      tol: 1e-13,
      maxIter: 100_000,
    });
    const model = spec.fit(X, y);
    expect(model.l1Ratio).toBe(golden.netCv.l1Ratio);
    close([model.alpha], [golden.netCv.alpha], 1e-9);
    close(model.coef, golden.netCv.coef, 1e-3);
  });
  it.each(golden.ridge)("RidgeCV, weighted $weighted, is scikit-learn's leave-one-out", (c) => {
    const model = new RidgeCV({ alphas: golden.grid }).fit(X, y, c.weighted ? { sampleWeight: w } : {});
    expect(model.alpha).toBe(c.alpha);
    close(model.coef, c.coef, 1e-8);
    close([model.intercept], [c.intercept], 1e-8);
    if (!c.weighted) close(model.errors, c.errors, 1e-8);
  });
  it("RidgeCV's leave-one-out is that of refits; generalised differs and is near", () => {
    const rows = X.slice(0, 25);
    const target = y.slice(0, 25);
    const one = new RidgeCV({ alphas: [3] }).fit(rows, target);
    let sum = 0;
    rows.forEach((row, i) => {
      const rest = new RidgeCV({ alphas: [3] }).fit(
        rows.filter((_, k) => k !== i),
        target.filter((_, k) => k !== i),
      );
      sum += (rest.predict([row])[0]! - target[i]!) ** 2;
    });
    close(one.errors, [sum / 25], 1e-9);
    const gcv = new RidgeCV({ alphas: [3], criterion: "generalised" }).fit(rows, target);
    expect(gcv.errors[0]).not.toBe(one.errors[0]);
    expect(Math.abs(gcv.errors[0]! / one.errors[0]! - 1)).toBeLessThan(0.3);
  });
});

describe("larsPath", () => {
  it.each(golden.lars)("has scikit-learn's knots, order and coefficients: $method", (c) => {
    const path = larsPath(X, y, { method: c.method });
    close(path.alphas, c.alphas, 1e-9);
    c.coefs.forEach((row, k) => {
      close(path.coefs.row(k), row, 1e-8);
    });
    expect(path.active).toEqual(c.active);
  });

  it("meets the lasso's optimality conditions between the knots, drops included", () => {
    const random = randomStream(5);
    let leaves = 0;
    for (let round = 0; round < 20; round++) {
      const mix = random.normal();
      const rows = Array.from({ length: 15 }, () => {
        const z = random.normal();
        return Array.from({ length: 10 }, () => random.normal() + mix * z);
      });
      const target = rows.map((r) => r[0]! - r[1]! + r[2]! + random.normal());
      const path = larsPath(rows, target);
      leaves += path.events.filter((e) => e.kind === "leave").length;
      for (const share of [0.7, 0.3, 0.05, 0.01]) {
        const alpha = share * path.alphas[0]!;
        const best = new Lasso({ alpha, tol: 1e-15, maxIter: 100_000 }).fit(rows, target);
        close(coefAt(path, alpha), best.coef, 1e-4);
      }
    }
    expect(leaves).toBeGreaterThan(3);
  });

  it("leaves dependent columns out and stops at alphaMin", () => {
    const rows = X.map((r) => [r[0]!, r[0]!, r[2]!]);
    const path = larsPath(rows, y, { alphaMin: 1 });
    expect(path.alphas.at(-1)).toBe(1);
    expect(path.active.length).toBe(2);
    close(
      path.coefs.row(path.alphas.length - 1).slice(2),
      lassoPath(rows, y, { alphas: [1], tol: 1e-12 })
        .coefs.row(0)
        .slice(2),
      1e-5,
    );
  });
});

describe("basisPursuit", () => {
  it("recovers a sparse vector and certifies it", () => {
    const random = randomStream(9);
    const A = new Matrix(random.fillNormal(new Float64Array(40 * 100)), 40, 100);
    const truth = new Float64Array(100);
    for (const j of random.choice(100, 8)) truth[j] = random.normal();
    const found = basisPursuit(A, A.matVec(truth));
    close(found.x, truth, 1e-8);
    expect(found.residual).toBeLessThan(1e-8);
    expect(Math.abs(found.dualityGap)).toBeLessThan(1e-7);
  });
});

describe("GroupLasso", () => {
  it("meets its optimality conditions, removes whole groups, and is the lasso for groups of one", () => {
    const groups = [0, 0, 1, 1, 2, 2, 3, 3, 4, 4];
    const alpha = 10;
    const model = new GroupLasso({ alpha, groups, tol: 1e-13, maxIter: 100_000 }).fit(X, y);
    const r = model.predict(X).map((p, i) => y[i]! - p);
    const pull = groups.map((_, j) => r.reduce((s, e, i) => s + e * X[i]![j]!, 0) / y.length);
    let gone = 0;
    for (let g = 0; g < 5; g++) {
      const at = [2 * g, 2 * g + 1];
      const length = Math.hypot(...at.map((j) => model.coef[j]!));
      const bound = alpha * Math.SQRT2;
      if (length === 0) {
        gone++;
        expect(Math.hypot(...at.map((j) => pull[j]!))).toBeLessThanOrEqual(bound);
      } else for (const j of at) expect(pull[j]! - (bound * model.coef[j]!) / length).toBeCloseTo(0, 3);
    }
    expect(gone).toBeGreaterThan(0);
    expect(model.dualityGap).toBeLessThan(1e-8);
    const alone = new GroupLasso({ alpha: 3, tol: 1e-13, maxIter: 100_000 }).fit(X, y);
    close(alone.coef, new Lasso({ alpha: 3, tol: 1e-14, maxIter: 100_000 }).fit(X, y).coef, 1e-4);
  });
});
