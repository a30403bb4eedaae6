import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { LinearDiscriminantAnalysis, QuadraticDiscriminantAnalysis } from "./index.ts";

const { X, y, lda, qda } = JSON.parse(
  readFileSync(new URL("../../../../reference/values/linear/discriminant.json", import.meta.url), "utf8"),
) as {
  X: number[][];
  y: number[];
  lda: Record<"proba" | "transformed" | "priors" | "dependent", number[][]>;
  qda: Record<"proba" | "priors" | "regularised", number[][]>;
};
const rows = X.slice(0, 12);
const priors = [0.2, 0.3, 0.5];

function close(a: ArrayLike<number>, b: ArrayLike<number>, tolerance: number): void {
  expect(a.length).toBe(b.length);
  for (let i = 0; i < a.length; i++) {
    expect(Math.abs(a[i]! - b[i]!), `entry ${i}: ${a[i]} against ${b[i]}`).toBeLessThanOrEqual(tolerance);
  }
}

describe("LinearDiscriminantAnalysis", () => {
  it("is scikit-learn's, with priors, and with a column twice", () => {
    const model = new LinearDiscriminantAnalysis().fit(X, y);
    close(model.predictProba(rows).data, lda.proba.flat(), 1e-9);
    close(
      new LinearDiscriminantAnalysis({ priors }).fit(X, y).predictProba(rows).data,
      lda.priors.flat(),
      1e-9,
    );
    const twice = X.map((r) => [...r, r[0]!]);
    close(
      new LinearDiscriminantAnalysis().fit(twice, y).predictProba(twice.slice(0, 12)).data,
      lda.dependent.flat(),
      1e-7,
    );
  });
  it("projects as scikit-learn does, up to sign", () => {
    const Z = new LinearDiscriminantAnalysis().fit(X, y).transform(rows);
    for (const k of [0, 1]) {
      const sign = Math.sign(Z.at(0, k) * lda.transformed[0]![k]!);
      close(
        Z.col(k),
        lda.transformed.map((r) => sign * r[k]!),
        1e-8,
      );
    }
  });
  it("shrunk to the identity it is the nearest mean, up to priors", () => {
    const model = new LinearDiscriminantAnalysis({ shrinkage: 1, priors: [1 / 3, 1 / 3, 1 / 3] }).fit(X, y);
    const nearest = rows.map((r) => {
      const d = model.classes.map((_, k) => r.reduce((s, v, j) => s + (v - model.means.at(k, j)) ** 2, 0));
      return model.classes[d.indexOf(Math.min(...d))];
    });
    expect(model.predict(rows)).toEqual(nearest);
  });
});

describe("QuadraticDiscriminantAnalysis", () => {
  it("is scikit-learn's, with priors and regularised", () => {
    const proba = (given: object) =>
      new QuadraticDiscriminantAnalysis(given).fit(X, y).predictProba(rows).data;
    close(proba({}), qda.proba.flat(), 1e-9);
    close(proba({ priors }), qda.priors.flat(), 1e-9);
    close(proba({ regParam: 0.3 }), qda.regularised.flat(), 1e-9);
    expect(() =>
      new QuadraticDiscriminantAnalysis().fit(
        [
          [1, 1],
          [2, 2],
          [3, 4],
          [5, 6],
        ],
        [0, 0, 1, 1],
      ),
    ).toThrow("the covariance of class 0 is singular");
  });
});
