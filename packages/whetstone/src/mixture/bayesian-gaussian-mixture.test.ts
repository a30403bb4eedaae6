import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { Matrix, randomStream } from "../math/index.ts";
import type { CovarianceType } from "./components.ts";
import { withMixtureData } from "./expectation-maximisation.ts";
import { BayesianGaussianMixture } from "./index.ts";
import { ascend } from "./variational.ts";

const read = (name: string): unknown =>
  JSON.parse(
    readFileSync(new URL(`../../../../reference/values/mixture/${name}.json`, import.meta.url), "utf8"),
  );
const { X, new: fresh } = read("mixture") as { X: number[][]; new: number[][] };
const golden = read("bayesian") as {
  owner: number[];
  rounds: number;
  cases: {
    kind: CovarianceType;
    process: boolean;
    priors: {
      weight_concentration_prior?: number;
      mean_precision_prior?: number;
      mean_prior?: number[];
      degrees_of_freedom_prior?: number;
      covariance_prior?: number | number[] | number[][];
    };
    weights: number[];
    means: number[][];
    covariances: number[];
    bounds: number[];
    meanPrecision: number[];
    degreesOfFreedom: number[];
    logs: number[];
    shares: number[][];
  }[];
};

function close(a: ArrayLike<number>, b: ArrayLike<number>, tolerance: number): void {
  expect(a.length).toBe(b.length);
  for (let i = 0; i < a.length; i++)
    expect(Math.abs(a[i]! - b[i]!), `entry ${i}: ${a[i]} against ${b[i]}`).toBeLessThanOrEqual(
      tolerance * Math.max(1, Math.abs(b[i]!)),
    );
}

function specOf(g: (typeof golden.cases)[number]): BayesianGaussianMixture {
  const { priors } = g;
  return new BayesianGaussianMixture({
    nComponents: 5,
    covarianceType: g.kind,
    weightConcentrationPriorType: g.process ? "dirichletProcess" : "dirichletDistribution",
    weightConcentrationPrior: priors.weight_concentration_prior ?? null,
    meanPrecisionPrior: priors.mean_precision_prior ?? null,
    meanPrior: priors.mean_prior ?? null,
    degreesOfFreedomPrior: priors.degrees_of_freedom_prior ?? null,
    covariancePrior: priors.covariance_prior ?? null,
  });
}

describe.each(golden.cases)("BayesianGaussianMixture, $kind, process $process, $priors", (g) => {
  test("equals scikit-learn round by round", () => {
    const matrix = Matrix.from(X);
    const n = X.length;
    const spec = specOf(g);
    withMixtureData(matrix, 5, null, (data) => {
      data.shares.fill(0);
      golden.owner.forEach((c, i) => {
        data.shares[c * n + i] = 1;
      });
      const { posterior, lowerBounds } = ascend(data, spec.prior(matrix, null, "test"), {
        type: g.kind,
        tol: 0,
        regCovar: 1e-6,
        maxIter: golden.rounds,
        where: "test",
        progress: () => {},
      });
      close(lowerBounds, g.bounds, 1e-9);
      close(posterior.components.weights, g.weights, 1e-8);
      close(posterior.components.means.data, g.means.flat(), 1e-8);
      close(posterior.components.covariances, g.covariances, 1e-8);
      close(posterior.meanPrecision, g.meanPrecision, 1e-8);
      close(posterior.degreesOfFreedom, g.degreesOfFreedom, 1e-8);
    });
  });

  test("the lower bound does not fall, and the model says what it holds: 16 seeds", () => {
    for (let seed = 0; seed < 16; seed++) {
      const spec = specOf(g).with({ seed, regCovar: 0, tol: 1e-6, maxIter: 2000, initParams: "random" });
      const model = spec.fit(X);
      const { lowerBounds } = model;
      expect(model.converged).toBe(true);
      lowerBounds.forEach((v, i) => {
        if (i > 0) expect(v - lowerBounds[i - 1]!).toBeGreaterThan(-1e-9 * Math.abs(v));
      });
      close([model.weights.reduce((a, b) => a + b, 0)], [1], 1e-12);
      for (const row of model.predictProba(fresh).toArray())
        close([row.reduce((a, b) => a + b, 0)], [1], 1e-12);
      expect([...model.predict(X)]).toEqual([...model.labels]);
    }
  });
});

test("keeps as many components as there are groups, where EM uses all it is given: 16 seeds", () => {
  for (let seed = 0; seed < 16; seed++) {
    const random = randomStream(seed);
    const rows = Array.from({ length: 300 }, (_, i) => [
      random.normal([0, 6, 12][i % 3], 1),
      random.normal([0, 6, 0][i % 3], 0.5),
    ]);
    const model = new BayesianGaussianMixture({
      nComponents: 8,
      weightConcentrationPrior: 1e-3,
      maxIter: 1000,
      seed,
    }).fit(rows);
    const kept = model.weights.filter((w) => w > 0.02);
    expect(kept.length).toBe(3);
    for (const w of kept) expect(Math.abs(w - 1 / 3)).toBeLessThan(0.02);
  }
});

test("without rows to speak of, the posterior is the prior; with many it is EM's", () => {
  const strong = new BayesianGaussianMixture({
    meanPrior: [9, 9, 9],
    meanPrecisionPrior: 1e9,
    degreesOfFreedomPrior: 1e9,
    covariancePrior: Matrix.identity(3).scale(2e9),
  }).fit(X);
  close(strong.means.data, [9, 9, 9], 1e-5);
  close(strong.covariance(0).data, Matrix.identity(3).scale(2).data, 1e-4);
  const weak = new BayesianGaussianMixture({ meanPrecisionPrior: 1e-9, regCovar: 0 }).fit(X);
  close(weak.means.data, Matrix.from(X).columnMeans(), 1e-9);
  expect(weak.weightConcentration).toHaveLength(2);
});

test("refuses priors that are none", () => {
  const fit = (params: object) => () => new BayesianGaussianMixture(params).fit(X);
  expect(fit({ degreesOfFreedomPrior: 2 })).toThrow(/degreesOfFreedomPrior/);
  expect(fit({ meanPrior: [1] })).toThrow(/meanPrior/);
  expect(fit({ covariancePrior: 1 })).toThrow(/covariancePrior/);
  expect(
    fit({
      covariancePrior: [
        [1, 2, 0],
        [2, 1, 0],
        [0, 0, 1],
      ],
    }),
  ).toThrow(/positive definite/);
  expect(fit({ covariancePrior: [1, 2], covarianceType: "diag" })).toThrow(/3 positive/);
  expect(fit({ covariancePrior: [1, 2, 3], covarianceType: "spherical" })).toThrow(/spherical/);
});
