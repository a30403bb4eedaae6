import {
  AbortError,
  argumentError,
  ClassifierModel,
  type FitOptions,
  type Label,
  type MatrixLike,
  type Model,
  type ParamTable,
  readWeights,
  type Spec,
  shapeError,
  step,
  throwIfAborted,
  WhetstoneError,
  warn,
} from "../contract/index.ts";
import type { Split } from "../data/index.ts";
import { Matrix } from "../math/matrix.ts";
import { Evaluation } from "./evaluation.ts";
import { type FoldOptions, foldsOf } from "./folds.ts";
import { checkRows, checkSpec, takeEntries, takeRows } from "./rows.ts";
import { type Scorer, type Scoring, scorersOf } from "./scoring.ts";

/** How a model is scored in cross-validation, and what is kept of each fold. */
export interface CrossValidateOptions
  extends FoldOptions,
    Pick<FitOptions, "onProgress" | "signal" | "onWarning"> {
  /** Metrics; by default accuracy for classifiers and R2 for regressors. */
  readonly scoring?: Scoring;
  /** One weight per row, used in fitting and in scoring. */
  readonly sampleWeight?: ArrayLike<number>;
  /** Also score the training rows; default false. */
  readonly returnTrainScore?: boolean;
  /** Keep the fitted models; default false. */
  readonly returnModels?: boolean;
}

/** What one fold gave. */
export interface FoldResult {
  readonly trainRows: number;
  readonly testRows: number;
  /** By metric; NaN where the fold failed. */
  readonly scores: Readonly<Record<string, number>>;
  readonly trainScores?: Readonly<Record<string, number>>;
  readonly fitSeconds: number;
  /** Time of the predictions that the metrics needed, on the test rows. */
  readonly predictSeconds: number;
  /** Why the fold failed, as a sentence; null where it did not. */
  readonly error: string | null;
  readonly model?: Model;
}

/** Scores of every fold, and what they say together. */
export interface CrossValidationResult {
  /** In the order of the splits; failed ones have their sentence. */
  readonly folds: readonly FoldResult[];
  /** By metric: mean over the folds that did not fail. */
  readonly mean: Readonly<Record<string, number>>;
  /** By metric: standard deviation over the folds (n - 1); NaN with fewer than two. */
  readonly sd: Readonly<Record<string, number>>;
  /** By metric: mean on the training rows, where `returnTrainScore` asked for it. */
  readonly trainMean?: Readonly<Record<string, number>>;
  /** By metric: whether larger is better. */
  readonly greaterIsBetter: Readonly<Record<string, boolean>>;
  /** Number of folds that failed. */
  readonly failures: number;
}

/** Any spec of a classifier or regressor, pipelines included. */
export type AnySpec = Spec<ParamTable>;
type Fits = { fit(X: MatrixLike, y: ArrayLike<unknown>, options: FitOptions): Model };

/**
 * Scores a specification on rows it was not fitted to, fold by fold. Everything the specification learns, a pipeline's
 * preprocessing included, is learned from the training rows of the fold alone.
 *
 * A fold that fails is reported with its sentence and a NaN score; if all fail, the first sentence is thrown.
 *
 * @param X features; a Table stays a Table inside the folds
 * @throws AbortError when `signal` is aborted
 * @example
 * const X = Array.from({ length: 40 }, (_, i) => [i]);
 * const y = X.map(([v]) => 3 * v + 1);
 * crossValidate(new LinearRegression(), X, y, { cv: 4 }).mean.r2; // 1
 */
export function crossValidate(
  spec: AnySpec,
  X: MatrixLike,
  y: ArrayLike<unknown>,
  options: CrossValidateOptions = {},
): CrossValidationResult {
  const where = "crossValidate";
  checkSpec(spec, where);
  const n = checkRows(X, y, where);
  const scorers = scorersOf(options.scoring, spec.kind, where);
  const folds = foldsOf(options, spec.kind, n, y, where);
  return runFolds(spec, X, y, folds, scorers, options, where);
}

/** As {@link crossValidate}, on folds that are already cut. */
export function runFolds(
  spec: AnySpec,
  X: MatrixLike,
  y: ArrayLike<unknown>,
  folds: readonly Split[],
  scorers: readonly Scorer[],
  options: CrossValidateOptions,
  where: string,
): CrossValidationResult {
  const weights = readWeights(options.sampleWeight, y.length, where);
  const results: FoldResult[] = [];
  let firstError: unknown = null;
  for (const [f, split] of folds.entries()) {
    throwIfAborted(options.signal, where);
    try {
      results.push(runFold(spec, X, y, weights, split, scorers, options));
    } catch (error) {
      // Only sentences are results; anything else is a defect that must be seen.
      if (error instanceof AbortError || !(error instanceof WhetstoneError)) throw error;
      firstError ??= error;
      results.push(failedFold(split, scorers, error.message, options));
      warn(where, options, `fold ${f} failed: ${error.message}`);
    }
    step(where, options, f + 1, folds.length, "folds");
  }
  const failures = results.filter((r) => r.error !== null).length;
  if (failures === folds.length && firstError !== null) throw firstError;
  return summarise(results, scorers, failures, options);
}

function runFold(
  spec: AnySpec,
  X: MatrixLike,
  y: ArrayLike<unknown>,
  weights: Float64Array | null,
  split: Split,
  scorers: readonly Scorer[],
  options: CrossValidateOptions,
): FoldResult {
  const fitX = takeRows(X, split.train);
  const fitY = takeEntries(y, split.train);
  const fitWeights = weights && (takeEntries(weights, split.train) as Float64Array);
  const started = performance.now();
  const model = (spec as unknown as Fits).fit(fitX, fitY, {
    ...(fitWeights && { sampleWeight: fitWeights }),
    ...(options.signal && { signal: options.signal }),
    ...(options.onWarning && { onWarning: options.onWarning }),
  });
  const fitted = performance.now();
  const test = new Evaluation(
    model,
    takeRows(X, split.test),
    takeEntries(y, split.test),
    weights && (takeEntries(weights, split.test) as Float64Array),
  );
  const scores = scoresOf(test, scorers);
  const train = options.returnTrainScore && new Evaluation(model, fitX, fitY, fitWeights);
  return {
    trainRows: split.train.length,
    testRows: split.test.length,
    scores,
    ...(train && { trainScores: scoresOf(train, scorers) }),
    fitSeconds: (fitted - started) / 1000,
    predictSeconds: test.seconds,
    error: null,
    ...(options.returnModels && { model }),
  };
}

function scoresOf(evaluation: Evaluation, scorers: readonly Scorer[]): Record<string, number> {
  return Object.fromEntries(scorers.map((s) => [s.name, s.score(evaluation)]));
}

function failedFold(
  split: Split,
  scorers: readonly Scorer[],
  error: string,
  options: CrossValidateOptions,
): FoldResult {
  const scores = Object.fromEntries(scorers.map((s) => [s.name, Number.NaN]));
  return {
    trainRows: split.train.length,
    testRows: split.test.length,
    scores,
    ...(options.returnTrainScore && { trainScores: scores }),
    fitSeconds: Number.NaN,
    predictSeconds: Number.NaN,
    error,
  };
}

function summarise(
  folds: readonly FoldResult[],
  scorers: readonly Scorer[],
  failures: number,
  options: CrossValidateOptions,
): CrossValidationResult {
  const good = folds.filter((f) => f.error === null);
  const over = (of: (f: FoldResult, name: string) => number, use: (v: number[]) => number) =>
    Object.fromEntries(scorers.map(({ name }) => [name, use(good.map((f) => of(f, name)))]));
  return {
    folds,
    mean: over((f, name) => f.scores[name]!, meanOf),
    sd: over((f, name) => f.scores[name]!, sdOf),
    ...(options.returnTrainScore && { trainMean: over((f, name) => f.trainScores![name]!, meanOf) }),
    greaterIsBetter: Object.fromEntries(scorers.map((s) => [s.name, s.greaterIsBetter])),
    failures,
  };
}

export function meanOf(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

export function sdOf(values: readonly number[]): number {
  if (values.length < 2) return Number.NaN;
  const mean = meanOf(values);
  return Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / (values.length - 1));
}

/** How rows are divided, and what each fit is told. */
export interface CrossValPredictOptions
  extends FoldOptions,
    Pick<FitOptions, "onProgress" | "signal" | "onWarning" | "sampleWeight"> {}

/**
 * A prediction for every row, made by a model that was not fitted to it: for stacking, calibration and plots.
 * Every row must be in exactly one test set. A fold that fails throws its sentence.
 *
 * @param options `method`: `"predict"` (default) gives labels or numbers, `"predictProba"` a matrix with columns in the
 * order of the sorted labels of y, 0 for labels that a fold's training rows lack
 * @example
 * const X = [[0], [1], [2], [3]];
 * crossValPredict(new LinearRegression(), X, [1, 3, 5, 7], { cv: 2 }); // [1, 3, 5, 7]
 */
export function crossValPredict(
  spec: AnySpec,
  X: MatrixLike,
  y: ArrayLike<unknown>,
  options: CrossValPredictOptions & { readonly method: "predictProba" },
): Matrix;
export function crossValPredict<V>(
  spec: AnySpec,
  X: MatrixLike,
  y: ArrayLike<V>,
  options?: CrossValPredictOptions & { readonly method?: "predict" },
): V[];
export function crossValPredict(
  spec: AnySpec,
  X: MatrixLike,
  y: ArrayLike<unknown>,
  options: CrossValPredictOptions & { readonly method?: "predict" | "predictProba" } = {},
): unknown[] | Matrix {
  const where = "crossValPredict";
  const { method = "predict" } = options;
  if (method !== "predict" && method !== "predictProba") {
    throw argumentError(where, "method", method, '"predict" or "predictProba"');
  }
  checkSpec(spec, where);
  const n = checkRows(X, y, where);
  const folds = foldsOf(options, spec.kind, n, y, where);
  checkPartition(folds, n, where);
  const weights = readWeights(options.sampleWeight, n, where);
  const labels = method === "predictProba" ? sortedLabels(y as ArrayLike<Label>) : [];
  const values = new Array<unknown>(n);
  const proba = Matrix.zeros(method === "predictProba" ? n : 0, labels.length);
  for (const [f, split] of folds.entries()) {
    const model = (spec as unknown as Fits).fit(takeRows(X, split.train), takeEntries(y, split.train), {
      ...(weights && { sampleWeight: takeEntries(weights, split.train) as Float64Array }),
      ...(options.signal && { signal: options.signal }),
      ...(options.onWarning && { onWarning: options.onWarning }),
    });
    const testX = takeRows(X, split.test);
    if (method === "predict") {
      const out = (model as unknown as { predict(X: MatrixLike): ArrayLike<unknown> }).predict(testX);
      split.test.forEach((row, i) => {
        values[row] = out[i];
      });
    } else {
      if (!(model instanceof ClassifierModel)) {
        throw argumentError(where, "method", method, '"predict": this model has no probabilities');
      }
      const P = model.predictProba(testX);
      const column = model.classes.map((c) => labels.indexOf(c));
      split.test.forEach((row, i) => {
        column.forEach((to, k) => {
          proba.set(row, to, P.at(i, k));
        });
      });
    }
    step(where, options, f + 1, folds.length, "folds");
  }
  return method === "predict" ? values : proba;
}

function checkPartition(folds: readonly Split[], n: number, where: string): void {
  const seen = new Uint8Array(n);
  for (const { test } of folds) {
    for (const i of test) {
      if (seen[i]) throw shapeError(where, "cv", `tests row ${i} twice`, "every row in exactly one test set");
      seen[i] = 1;
    }
  }
  const missed = seen.indexOf(0);
  if (missed >= 0)
    throw shapeError(where, "cv", `never tests row ${missed}`, "every row in exactly one test set");
}

function sortedLabels(y: ArrayLike<Label>): Label[] {
  return [...new Set(Array.from(y))].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}
