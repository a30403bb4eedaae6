import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { Matrix, randomStream } from "../math/index.ts";
import { multivariateNormal } from "../stats/index.ts";
import { GaussianMixture, type GaussianMixtureModel } from "./index.ts";

const golden = JSON.parse(
  readFileSync(new URL("../../../../reference/values/mixture/mixture.json", import.meta.url), "utf8"),
) as {
  X: number[][];
  new: number[][];
  cases: {
    kind: "full";
    weights: number[];
    means: number[][];
    bound: number;
    bic: number;
    aic: number;
    logs: number[];
    shares: number[][];
  }[];
};
const { X } = golden;
const sharp = { nComponents: 3, tol: 1e-12, maxIter: 5000, nInit: 3 } as const;

function close(a: ArrayLike<number>, b: ArrayLike<number>, tolerance: number): void {
  expect(a.length).toBe(b.length);
  for (let i = 0; i < a.length; i++)
    expect(Math.abs(a[i]! - b[i]!), `entry ${i}: ${a[i]} against ${b[i]}`).toBeLessThanOrEqual(
      tolerance * Math.max(1, Math.abs(b[i]!)),
    );
}
/** Components by the first entry of their mean. */
const order = (m: GaussianMixtureModel) =>
  Array.from(m.weights, (_, c) => c).sort((a, b) => m.means.at(a, 0) - m.means.at(b, 0));

describe.each(golden.cases)("GaussianMixture, $kind", (g) => {
  const model = new GaussianMixture({ ...sharp, covarianceType: g.kind }).fit(X);
  const by = order(model);
  test("equals scikit-learn", () => {
    close(
      by.map((c) => model.weights[c]!),
      g.weights,
      1e-5,
    );
    close(model.means.selectRows(by).data, g.means.flat(), 1e-4);
    close([model.lowerBounds.at(-1)!, model.bic(X), model.aic(X)], [g.bound, g.bic, g.aic], 1e-8);
    close(model.scoreSamples(golden.new), g.logs, 1e-4);
    close(model.predictProba(golden.new).selectCols(by).data, g.shares.flat(), 1e-4);
  });
  test("density and responsibilities are those of the formula", () => {
    const shares = model.predictProba(golden.new);
    const logs = model.scoreSamples(golden.new);
    golden.new.forEach((x, i) => {
      const parts = Array.from(
        model.weights,
        (w, c) => w * Math.exp(multivariateNormal(model.means.row(c), model.covariance(c)).logPdf(x)),
      );
      const total = parts.reduce((s, v) => s + v, 0);
      close([logs[i]!], [Math.log(total)], 1e-11);
      close(
        shares.row(i),
        parts.map((p) => p / total),
        1e-11,
      );
    });
    expect(model.predict(golden.new)).toEqual(
      Int32Array.from({ length: 5 }, (_, i) => shares.row(i).indexOf(Math.max(...shares.row(i)))),
    );
  });
  test("the likelihood never falls", () => {
    model.lowerBounds.forEach((v, i) => {
      // regCovar is no part of the likelihood: it may cost a little.
      if (i > 0) expect(v).toBeGreaterThanOrEqual(model.lowerBounds[i - 1]! - 1e-7);
    });
  });
});

test("one component is mean and covariance", () => {
  const model = new GaussianMixture({ regCovar: 0 }).fit(X);
  const rows = Matrix.from(X);
  const mean = rows.columnMeans();
  close(model.means.row(0), mean, 1e-12);
  const centred = rows.addRow(mean.map((v) => -v));
  close(
    model.covariance(0).data,
    centred
      .transpose()
      .matmul(centred)
      .scale(1 / X.length).data,
    1e-12,
  );
});

test("a weight of k is k copies, from the same random start", () => {
  const weights = X.map((_, i) => i % 3);
  const copies = X.flatMap((row, i) => Array.from({ length: i % 3 }, () => row));
  for (const { kind } of golden.cases) {
    const spec = new GaussianMixture({ ...sharp, covarianceType: kind, nInit: 6 });
    const [a, b] = [spec.fit(X, null, { sampleWeight: weights }), spec.fit(copies)];
    close([a.lowerBounds.at(-1)!], [b.lowerBounds.at(-1)!], 1e-6);
    close(a.means.selectRows(order(a)).data, b.means.selectRows(order(b)).data, 1e-3);
  }
});

test("draws have the moments of the mixture", () => {
  const model = new GaussianMixture({ nComponents: 3 }).fit(X);
  const { X: drawn, labels } = model.sample(40_000, 5);
  close(drawn.columnMeans(), Matrix.from(X).columnMeans(), 0.05);
  const share = labels.reduce((s, c) => s + (c === 0 ? 1 : 0), 0) / labels.length;
  expect(Math.abs(share - model.weights[0]!)).toBeLessThan(0.01);
});

test("BIC finds the number of components that made the data", () => {
  let right = 0;
  for (let seed = 0; seed < 16; seed++) {
    const random = randomStream(seed);
    const rows = Array.from({ length: 300 }, (_, i) => [
      6 * (i % 3) + random.normal(),
      random.normal() - 6 * (i % 2),
    ]);
    const bics = [1, 2, 3, 4, 5, 6, 7].map((k) =>
      new GaussianMixture({ nComponents: k, covarianceType: "spherical", nInit: 4 }).fit(rows).bic(rows),
    );
    right += bics.indexOf(Math.min(...bics)) + 1 === 6 ? 1 : 0;
  }
  // Measured: 16 of 16.
  expect(right).toBeGreaterThanOrEqual(14);
});

test("says what is wrong", () => {
  expect(() => new GaussianMixture({ nComponents: 3 }).fit([[1], [2]])).toThrow(
    "nComponents is 3, expected at most 2",
  );
  expect(() => new GaussianMixture({ nComponents: 1, regCovar: 0 }).fit([[1], [1]])).toThrow(
    "raise regCovar",
  );
  expect(() => new GaussianMixture().fit(X).covariance(1)).toThrow("c is 1");
});
