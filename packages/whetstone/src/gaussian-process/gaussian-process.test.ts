import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { randomStream } from "../math/index.ts";
import {
  constantKernel as constant,
  dotProduct,
  expectedImprovement,
  GaussianProcessRegressor,
  type GpKernel,
  matern,
  periodicKernel,
  sumKernel as plus,
  rationalQuadratic,
  rbf,
  productKernel as times,
  whiteKernel as white,
} from "./index.ts";

const golden = JSON.parse(
  readFileSync(new URL("../../../../reference/values/gaussian-process/gp.json", import.meta.url), "utf8"),
) as {
  X: number[][];
  y: number[];
  new: number[][];
  cases: {
    name: string;
    value: number;
    gradient: number[];
    mean: number[];
    std: number[];
    cov: number[][];
    best: number;
  }[];
};
const KERNELS: Readonly<Record<string, GpKernel>> = {
  rbf: plus(times(constant(1.3), rbf([0.8, 1.7])), white(0.05)),
  matern05: plus(matern(1.2, 0.5), white(0.05)),
  matern15: plus(matern([1.2, 0.7], 1.5), white(0.05)),
  matern25: plus(matern(0.9, 2.5), white(0.05)),
  rq: plus(rationalQuadratic(0.9, 0.6), white(0.05)),
  periodic: plus(times(constant(0.7), periodicKernel(1.1, 2.3)), white(0.1)),
  dot: plus(times(dotProduct(0.8), rbf(1.5)), dotProduct(1.1), white(0.1)),
};
function close(a: ArrayLike<number>, b: ArrayLike<number>, tolerance: number): void {
  expect(a.length).toBe(b.length);
  for (let i = 0; i < a.length; i++)
    expect(Math.abs(a[i]! - b[i]!), `entry ${i}: ${a[i]} against ${b[i]}`).toBeLessThanOrEqual(
      tolerance * Math.max(1, Math.abs(b[i]!)),
    );
}

describe.each(golden.cases)("$name", (g) => {
  // Periodic in the distance: positive definite in one dimension only.
  const columns = (rows: number[][]) => (g.name === "periodic" ? rows.map((r) => r.slice(0, 1)) : rows);
  const [X, fresh] = [columns(golden.X), columns(golden.new)];
  const spec = new GaussianProcessRegressor({
    kernel: KERNELS[g.name]!,
    alpha: 1e-6,
    normalizeY: g.name === "rbf",
  });
  const model = spec.with({ optimizer: "none" }).fit(X, golden.y);
  test("evidence, gradient and predictions equal scikit-learn's", () => {
    const { value, gradient } = model.logMarginalLikelihood();
    close([value], [g.value], 1e-10);
    close(gradient, g.gradient, 1e-8);
    close(model.predict(fresh), g.mean, 1e-9);
    const { mean, std } = model.predictDistribution(fresh);
    close(mean, g.mean, 1e-9);
    close(std, g.std, 1e-9);
    close(model.posterior(fresh).covariance.data, g.cov.flat(), 1e-9);
  });
  test("the gradient is that of the evidence", () => {
    const { gradient } = model.logMarginalLikelihood();
    gradient.forEach((v, j) => {
      const at = (h: number) =>
        model.logMarginalLikelihood(model.theta.map((t, i) => (i === j ? t + h : t))).value;
      expect((at(1e-5) - at(-1e-5)) / 2e-5).toBeCloseTo(v, 5);
    });
  });
  test("the optimum is at least scikit-learn's", () => {
    const best = spec.with({ nRestartsOptimizer: 8, seed: 1 }).fit(X, golden.y);
    expect(best.logMarginalLikelihood().value).toBeGreaterThan(g.best - 1e-4);
  });
});

test("draws have the posterior's moments", () => {
  const model = new GaussianProcessRegressor({ kernel: KERNELS.rbf!, optimizer: "none" }).fit(
    golden.X,
    golden.y,
  );
  const { mean, covariance } = model.posterior(golden.new);
  const draws = model.sampleY(golden.new, 20_000, 1);
  close(draws.columnMeans(), mean, 0.03);
  const variance = draws.col(0).reduce((s, v) => s + (v - mean[0]!) ** 2, 0) / 20_000;
  expect(Math.abs(variance / covariance.at(0, 0) - 1)).toBeLessThan(0.05);
});

test("without noise it passes through the rows, and the prior returns far away", () => {
  const model = new GaussianProcessRegressor().fit([[0], [1], [2]], [3, 1, 2]);
  close(model.predict([[0], [1], [2]]), [3, 1, 2], 1e-6);
  const far = model.predictDistribution([[50]]);
  close([far.mean[0]!, far.std[0]!], [0, 1], 1e-9);
});

test("expected improvement is the mean of the gain", () => {
  const random = randomStream(1);
  let sum = 0;
  for (let i = 0; i < 200_000; i++) sum += Math.max(0, 0.3 - random.normal(0.5, 0.8));
  expect(expectedImprovement(0.5, 0.8, 0.3)).toBeCloseTo(sum / 200_000, 2);
  expect(expectedImprovement(1, 0, 3)).toBe(2);
});

test("says what is wrong", () => {
  const twins = [[1], [1]];
  expect(() => new GaussianProcessRegressor({ alpha: 0 }).fit(twins, [1, 2])).toThrow("raise alpha");
  expect(() => new GaussianProcessRegressor({ kernel: rbf([1, 2]) }).fit(twins, [1, 2])).toThrow(
    "2 length scales",
  );
  expect(() => rbf(-1)).toThrow("rbf: lengthScale is -1");
});
