import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  constantKernel,
  dotProduct,
  GaussianProcessClassifier,
  type GpKernel,
  matern,
  productKernel,
  rbf,
  sumKernel,
} from "./index.ts";
import { averagedSigmoid } from "./laplace.ts";

const golden = JSON.parse(
  readFileSync(new URL("../../../../reference/values/gaussian-process/gpc.json", import.meta.url), "utf8"),
) as {
  X: number[][];
  y2: number[];
  y3: number[];
  new: number[][];
  cases: {
    name: "rbf" | "matern" | "dot";
    classes: number;
    tasks: { value: number; gradient: number[]; mean: number[]; variance: number[] }[];
    proba: number[][];
    theirs: number[][];
    best: number | null;
  }[];
};
const { X, y2, y3 } = golden;
const KERNELS: Record<string, GpKernel> = {
  rbf: productKernel(constantKernel(4), rbf([0.8, 1.7])),
  matern: productKernel(constantKernel(2), matern(1.2, 1.5)),
  dot: sumKernel(productKernel(dotProduct(0.8), rbf(1.5)), dotProduct(1.1)),
};

function close(a: ArrayLike<number>, b: ArrayLike<number>, tolerance: number): void {
  expect(a.length).toBe(b.length);
  for (let i = 0; i < a.length; i++)
    expect(Math.abs(a[i]! - b[i]!), `entry ${i}: ${a[i]} against ${b[i]}`).toBeLessThanOrEqual(
      tolerance * Math.max(1, Math.abs(b[i]!)),
    );
}

describe.each(golden.cases)("GaussianProcessClassifier, $name, $classes classes", (g) => {
  const y = g.classes === 2 ? y2 : y3;
  const kernel = KERNELS[g.name]!;
  const model = new GaussianProcessClassifier({ kernel, optimizer: "none" }).fit(X, y);

  test("equals scikit-learn: evidence, gradient, latent values", () => {
    const { mean, variance } = model.latent(golden.new);
    g.tasks.forEach((task, t) => {
      const { value, gradient } = model.logMarginalLikelihood(t);
      close([value], [task.value], 1e-8);
      // scikit-learn stops Newton where the evidence no longer rises by 1e-10: the mode is good to about 1e-5.
      close(gradient, task.gradient, 1e-5);
      close(mean.col(t), task.mean, 1e-5);
      close(variance.col(t), task.variance, 1e-5);
    });
  });
  test("probabilities are those of quadrature, and scikit-learn's up to its error functions", () => {
    const P = model.predictProba(golden.new);
    close(P.data, g.proba.flat(), 1e-5);
    close(P.data, g.theirs.flat(), 1e-3);
  });
  test("the gradient is that of the evidence, by differences", () => {
    const theta = [0.3, -0.2, 0.1].slice(0, model.logMarginalLikelihood().gradient.length);
    const { gradient } = model.logMarginalLikelihood(0, theta);
    const numeric = theta.map((_, j) => {
      const at = (h: number) => {
        const moved = theta.map((v, q) => (q === j ? v + h : v));
        return model.logMarginalLikelihood(0, moved).value;
      };
      return (at(1e-4) - at(-1e-4)) / 2e-4;
    });
    close(gradient, numeric, 1e-5);
  });
  test("fits hyperparameters as well as scikit-learn does", () => {
    if (g.best === null) return;
    const fitted = new GaussianProcessClassifier({ kernel, nRestartsOptimizer: 4 }).fit(X, y);
    expect(fitted.logMarginalLikelihood().value).toBeGreaterThan(g.best - 1e-3);
  });
});

test("the averaged sigmoid is its integral, for narrow and wide spreads", () => {
  const sigmoid = (f: number) => 1 / (1 + Math.exp(-f));
  for (const sd of [1e-3, 0.3, 0.999, 1.001, 3, 25, 400])
    for (const mean of [-30, -4, -0.2, 0, 1, 7, 60]) {
      // A fine sum over 12 standard deviations, split where the sigmoid bends.
      let sum = 0;
      const steps = 400_000;
      const h = (24 * sd) / steps;
      for (let i = 0; i < steps; i++) {
        const f = mean - 12 * sd + (i + 0.5) * h;
        sum += (h * sigmoid(f) * Math.exp(-0.5 * ((f - mean) / sd) ** 2)) / (sd * Math.sqrt(2 * Math.PI));
      }
      expect(Math.abs(averagedSigmoid(mean, sd * sd) - sum)).toBeLessThan(1e-8);
    }
});

test("far from all rows the odds are even, near them they follow the rows", () => {
  const model = new GaussianProcessClassifier({ kernel: productKernel(constantKernel(9), rbf(0.5)) }).fit(
    [[0], [0.2], [3], [3.2]],
    [true, true, false, false],
  );
  const [far, near] = model.predictProba([[100], [0.1]]).toArray();
  expect(far![0]).toBeCloseTo(0.5, 6);
  expect(near![model.classes.indexOf(true)]).toBeGreaterThan(0.8);
  expect(() => new GaussianProcessClassifier({ kernel: rbf([1, 1, 1]) }).fit(X, y2)).toThrow(
    /GaussianProcessClassifier.fit: kernel/,
  );
});
