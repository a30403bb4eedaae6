import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { TransformerModel } from "../../contract/index.ts";
import { Pipeline } from "../../data/index.ts";
import { loadBreastCancer, loadDiabetes, loadWine } from "../../datasets/index.ts";
import { Lasso, LinearRegression, LogisticRegression, Ridge } from "../../linear/index.ts";
import { Matrix, randomStream, SparseMatrix } from "../../math/index.ts";
import { KNeighborsClassifier } from "../../neighbors/index.ts";
import {
  chi2,
  crossValidate,
  fClassif,
  fRegression,
  mutualInfoClassif,
  mutualInfoRegression,
  RFE,
  RFECV,
  SelectFdr,
  SelectFpr,
  SelectFromModel,
  SelectFwe,
  SelectKBest,
  type SelectorModel,
  SelectPercentile,
  SequentialFeatureSelector,
  VarianceThreshold,
} from "../index.ts";

interface Scores {
  readonly scores: number[];
  readonly pValues: number[];
}
const golden = JSON.parse(
  readFileSync(new URL("../../../../../reference/values/selection/features.json", import.meta.url), "utf8"),
) as {
  counts: number[][];
  topic: number[];
  smooth: number[][];
  target: number[];
  levels: number[][];
  fClassif: Scores;
  fRegression: Scores;
  chi2: Scores;
  mutualInfoClassif: number[];
  mutualInfoRegression: number[];
  mutualInfoRegression7: number[];
  mutualInfoDiscreteClassif: number[];
  mutualInfoDiscreteRegression: number[];
  selected: Record<string, number[]>;
  rfe: { ranking: number[] };
  rfecv: { ranking: number[]; mean: number[]; sd: number[] };
};
const wine = loadWine();
const cancer = loadBreastCancer();
const diabetes = loadDiabetes();
const standard = (X: Matrix) => {
  const means = X.columnMeans();
  const columns = Array.from({ length: X.cols }, (_, j) => {
    const c = X.col(j).map((v) => v - means[j]!);
    const sd = Math.sqrt(c.reduce((s, v) => s + v * v, 0) / X.rows);
    return Matrix.column(c.map((v) => v / sd));
  });
  return Matrix.hstack(columns);
};
const D = standard(diabetes.X);
const folds = Array.from({ length: 4 }, (_, f) => {
  const rows = Array.from({ length: D.rows }, (_, i) => i);
  return { train: rows.filter((i) => i % 4 !== f), test: rows.filter((i) => i % 4 === f) };
});

function near(got: ArrayLike<number>, want: readonly number[], relative: number): void {
  expect(got.length).toBe(want.length);
  want.forEach((v, i) => {
    expect(Math.abs(got[i]! - v), `${got[i]} against ${v} at ${i}`).toBeLessThanOrEqual(
      relative * Math.abs(v) + 1e-300,
    );
  });
}

describe("scores against scikit-learn", () => {
  test("analysis of variance, regression and chi-squared, p-values far into the tail", () => {
    const a = fClassif(wine.X, wine.y);
    near(a.scores, golden.fClassif.scores, 1e-10);
    near(a.pValues!, golden.fClassif.pValues, 1e-8);
    const r = fRegression(diabetes.X, diabetes.y);
    near(r.scores, golden.fRegression.scores, 1e-9);
    near(r.pValues!, golden.fRegression.pValues, 1e-8);
    const c = chi2(golden.counts, golden.topic);
    near(c.scores, golden.chi2.scores, 1e-12);
    near(c.pValues!, golden.chi2.pValues, 1e-10);
    expect(chi2(SparseMatrix.fromDense(Matrix.from(golden.counts)), golden.topic)).toEqual(c);
  });

  test("mutual information", () => {
    const classes = golden.target.map((v) => (v > 0.7 ? 1 : 0));
    near(mutualInfoClassif(golden.smooth, classes), golden.mutualInfoClassif, 1e-9);
    near(mutualInfoRegression(golden.smooth, golden.target), golden.mutualInfoRegression, 1e-9);
    near(
      mutualInfoRegression(golden.smooth, golden.target, { nNeighbors: 7 }),
      golden.mutualInfoRegression7,
      1e-9,
    );
    const high = golden.levels.map((row) => (row[0]! > 1 ? 1 : 0));
    near(
      mutualInfoClassif(golden.levels, high, { discreteFeatures: true }),
      golden.mutualInfoDiscreteClassif,
      1e-9,
    );
    near(
      mutualInfoRegression(
        golden.levels,
        golden.target.map((v, i) => v + golden.levels[i]![1]!),
        { discreteFeatures: true },
      ),
      golden.mutualInfoDiscreteRegression,
      1e-9,
    );
  });
});

describe("what scikit-learn keeps", () => {
  const Z = standard(wine.X);
  const kept = (model: SelectorModel) => Array.from(model.support);
  const cases: [string, () => SelectorModel][] = [
    ["kBest", () => new SelectKBest({ k: 4 }).fit(wine.X, wine.y)],
    ["kBestTies", () => new SelectKBest({ k: 2 }).fit(wine.X.selectCols([0, 0, 1, 1]), wine.y)],
    ["percentile", () => new SelectPercentile({ percentile: 30 }).fit(wine.X, wine.y)],
    [
      "percentileRegression",
      () => new SelectPercentile({ scoreFunc: "fRegression", percentile: 25 }).fit(diabetes.X, diabetes.y),
    ],
    ["fpr", () => new SelectFpr({ scoreFunc: "fRegression", alpha: 1e-3 }).fit(diabetes.X, diabetes.y)],
    ["fdr", () => new SelectFdr({ alpha: 1e-4 }).fit(cancer.X, cancer.y)],
    ["fwe", () => new SelectFwe({ alpha: 1e-6 }).fit(cancer.X, cancer.y)],
    ["chi2", () => new SelectKBest({ scoreFunc: "chi2", k: 3 }).fit(golden.counts, golden.topic)],
    ["variance", () => new VarianceThreshold({ threshold: 0.5 }).fit(wine.X)],
    ["lasso", () => new SelectFromModel({ estimator: new Lasso({ alpha: 2 }) }).fit(D, diabetes.y)],
    [
      "ridgeMedian",
      () => new SelectFromModel({ estimator: new Ridge(), threshold: "1.5*median" }).fit(D, diabetes.y),
    ],
    ["logistic", () => new SelectFromModel({ estimator: new LogisticRegression({ C: 0.5 }) }).fit(Z, wine.y)],
    [
      "maxFeatures",
      () =>
        new SelectFromModel({
          estimator: new Ridge(),
          threshold: Number.NEGATIVE_INFINITY,
          maxFeatures: 2,
        }).fit(D, diabetes.y),
    ],
    ...(
      [
        ["forward", { nFeaturesToSelect: 4 }],
        ["backward", { nFeaturesToSelect: 4, direction: "backward" }],
        ["tol", { tol: 0.005 }],
      ] as const
    ).map(([name, params]): [string, () => SelectorModel] => [
      name,
      () =>
        new SequentialFeatureSelector({ estimator: new LinearRegression(), cv: folds, ...params }).fit(
          D,
          diabetes.y,
        ),
    ]),
  ];
  test.each(cases)("%s", (name, fit) => {
    expect(kept(fit())).toEqual(golden.selected[name]);
  });

  test("recursive elimination", () => {
    const rfe = new RFE({ estimator: new Ridge(), nFeaturesToSelect: 3, step: 2 }).fit(D, diabetes.y);
    expect(Array.from(rfe.ranking)).toEqual(golden.rfe.ranking);
    const cv = new RFECV({ estimator: new LinearRegression(), cv: folds }).fit(D, diabetes.y);
    expect(Array.from(cv.ranking)).toEqual(golden.rfecv.ranking);
    near(cv.meanTestScore, golden.rfecv.mean, 1e-9);
    near(cv.sdTestScore, golden.rfecv.sd, 1e-8);
    expect(cv.model.nFeatures).toBe(cv.support.length);
  });
});

test("choosing columns inside the folds is honest, choosing them before is not (Hastie et al., section 7.10)", () => {
  const random = randomStream(3);
  const X = Matrix.from(
    Array.from({ length: 50 }, () => Array.from({ length: 1000 }, () => random.normal())),
  );
  const y = Array.from({ length: 50 }, (_, i) => (i % 2 === 0 ? "a" : "b"));
  const select = new SelectKBest({ k: 20 });
  const nearest = new KNeighborsClassifier({ nNeighbors: 1 });
  const outside = select.fit(X, y).transform(X);
  const wrong = crossValidate(nearest, outside, y).mean.accuracy!;
  const steps = [
    ["select", select],
    ["model", nearest],
  ] as const;
  const right = crossValidate(new Pipeline({ steps }), X, y).mean.accuracy!;
  expect(wrong).toBeGreaterThan(0.8);
  expect(right).toBeLessThan(0.7);
});

describe("hostile columns", () => {
  const y = Array.from({ length: 40 }, (_, i) => i % 2);
  const X = y.map((c, i) => [3, c + (i % 5), 7, c + (i % 5)]);
  const quiet = { onWarning: () => {} };

  test("constant columns come last and are never significant; copies of a column score the same", () => {
    const model = new SelectKBest({ k: 2 }).fit(X, y, quiet);
    expect(Array.from(model.support)).toEqual([1, 3]);
    expect(model.scores[1]).toBe(model.scores[3]);
    expect(Array.from(new SelectFdr({ alpha: 0.99 }).fit(X, y, quiet).support)).toEqual([1, 3]);
    expect(Array.from(mutualInfoClassif(X, y)).map((v) => v > 0)).toEqual([false, true, false, true]);
    expect(fRegression(X, y).pValues![0]).toBe(1);
  });

  test("a column equal to the target scores without bound", () => {
    expect(fClassif([[1], [1], [2], [2]], ["a", "a", "b", "b"])).toEqual({
      scores: Float64Array.of(Number.POSITIVE_INFINITY),
      pValues: Float64Array.of(0),
    });
    expect(fRegression([[1], [2], [3], [4]], [2, 4, 6, 8]).pValues![0]).toBe(0);
  });

  test("sentences", () => {
    expect(() => new SelectKBest({ k: 9 }).fit(X, y)).toThrow("SelectKBest.fit: k is 9, expected at most 4");
    expect(() => new SelectKBest().fit(X)).toThrow("SelectKBest.fit: y is undefined");
    expect(() =>
      fClassif(
        X,
        y.map(() => 1),
      ),
    ).toThrow("fClassif: y holds one class");
    expect(() => chi2([[-1], [2]], [0, 1])).toThrow("chi2: X holds -1");
    expect(() => new VarianceThreshold().fit([[1], [1]])).toThrow("no column whose variance is above 0");
    expect(() => new SelectFromModel({ estimator: new KNeighborsClassifier() }).fit(X, y)).toThrow(
      "neither featureImportances nor coef",
    );
    expect(() => new SelectFpr({ scoreFunc: "mutualInfoClassif" }).fit(X, y, quiet)).toThrow(
      "others have no p-values",
    );
    expect(() => new RFE({ estimator: new Ridge(), nFeaturesToSelect: 5 }).fit(X, y)).toThrow("at most 4");
    expect(() => mutualInfoClassif([[Number.NaN], [1]], [0, 1])).toThrow("holds NaN at row 0");
    expect(() => new SelectKBest({ k: 1 }).fit(X, y, { sampleWeight: y.map(() => 1) })).toThrow(
      "sampleWeight",
    );
  });

  test("10,000 columns of a sparse matrix stay sparse", () => {
    const n = 200;
    const rows = Int32Array.from({ length: 4000 }, (_, k) => k % n);
    const cols = Int32Array.from({ length: 4000 }, (_, k) => (k * 7919) % 10000);
    const S = SparseMatrix.fromTriplets(
      n,
      10000,
      rows,
      cols,
      rows.map(() => 1),
    );
    const labels = Array.from({ length: n }, (_, i) => (i < 100 ? "a" : "b"));
    const model: TransformerModel = new SelectKBest({ scoreFunc: "chi2", k: 50 }).fit(S, labels, quiet);
    const out = model.transform(S);
    expect(out).toBeInstanceOf(SparseMatrix);
    expect((out as SparseMatrix).cols).toBe(50);
  });
});
