import type { Label } from "../contract/input.ts";
import { argumentError } from "../errors.ts";
import { Matrix } from "../math/matrix.ts";
import {
  type PositiveOption,
  positiveLabel,
  readLabelPair,
  readSampleWeight,
  sameLength,
  type WeightOption,
} from "./input.ts";

/** Which labels are counted, and whether counts become shares. */
export interface ConfusionOptions<L extends Label> extends WeightOption {
  /** Labels to count, in this order; rows with another label are left out. Default: all that occur, sorted. */
  labels?: readonly L[];
  /** Divide by row sums (`"true"`), column sums (`"pred"`) or the total (`"all"`). Empty rows stay 0. Default: counts. */
  normalize?: "true" | "pred" | "all";
}

/** Counts of true against predicted labels. With `normalize` they are shares, with `sampleWeight` weights. */
export interface ConfusionMatrix<L extends Label> {
  /** Entry (i, j): weight of rows whose true label is `labels[i]` and predicted label `labels[j]`. */
  readonly matrix: Matrix;
  readonly labels: readonly L[];
}

/**
 * Confusion matrix, true labels in rows, predicted labels in columns.
 *
 * @example
 * confusionMatrix(["a", "b", "b"], ["a", "a", "b"]).matrix.toArray(); // [[1, 0], [1, 1]]
 */
export function confusionMatrix<L extends Label>(
  yTrue: ArrayLike<L>,
  yPred: ArrayLike<L>,
  options: ConfusionOptions<L> = {},
): ConfusionMatrix<L> {
  const where = "confusionMatrix";
  const { normalize } = options;
  if (normalize !== undefined && normalize !== "true" && normalize !== "pred" && normalize !== "all") {
    throw argumentError(where, "normalize", normalize, '"true", "pred" or "all"');
  }
  const { labels, matrix } = count(where, yTrue, yPred, options);
  const k = labels.length;
  if (normalize !== undefined) {
    const rows = matrix.rowSums();
    const cols = matrix.columnSums();
    const total = rows.reduce((a, b) => a + b, 0);
    for (let i = 0; i < k; i++) {
      for (let j = 0; j < k; j++) {
        const by = normalize === "true" ? rows[i]! : normalize === "pred" ? cols[j]! : total;
        if (by > 0) matrix.data[i * k + j]! /= by;
      }
    }
  }
  return { matrix, labels };
}

function count<L extends Label>(
  where: string,
  yTrue: ArrayLike<L>,
  yPred: ArrayLike<L>,
  options: ConfusionOptions<L>,
): ConfusionMatrix<L> {
  const { labels, truth, predicted } = readLabelPair(where, yTrue, yPred, options.labels);
  const weight = readSampleWeight(where, options.sampleWeight, truth.length);
  const k = labels.length;
  const matrix = Matrix.zeros(k, k);
  for (let i = 0; i < truth.length; i++) {
    const t = truth[i]!;
    const p = predicted[i]!;
    if (t >= 0 && p >= 0) matrix.data[t * k + p]! += weight === null ? 1 : weight[i]!;
  }
  return { matrix, labels };
}

/** The four cells of a 2 x 2 confusion matrix, as weights of rows where `sampleWeight` is given. */
export interface BinaryCounts {
  /** Positive and called positive; `fp`: negative and called positive. */
  readonly tp: number;
  readonly fp: number;
  /** Negative and called negative; `fn`: positive and called negative. */
  readonly tn: number;
  readonly fn: number;
}

/**
 * The four cells of a two-class confusion matrix, behind every ratio of the field.
 *
 * @example
 * binaryCounts([1, 0, 1, 1], [1, 1, 0, 1]); // { tp: 2, fp: 1, tn: 0, fn: 1 }
 */
export function binaryCounts<L extends Label>(
  yTrue: ArrayLike<L>,
  yPred: ArrayLike<L>,
  options: WeightOption & PositiveOption<L> = {},
): BinaryCounts {
  const where = "binaryCounts";
  const { labels } = readLabelPair(where, yTrue, yPred);
  const positive = positiveLabel(where, labels, options.positive);
  const weight = readSampleWeight(where, options.sampleWeight, yTrue.length);
  let tp = 0;
  let fp = 0;
  let tn = 0;
  let fn = 0;
  for (let i = 0; i < yTrue.length; i++) {
    const w = weight === null ? 1 : weight[i]!;
    const p = yPred[i] === positive;
    if (yTrue[i] === positive) {
      if (p) tp += w;
      else fn += w;
    } else if (p) fp += w;
    else tn += w;
  }
  return { tp, fp, tn, fn };
}

/**
 * Share of rows whose label is predicted right: (TP + TN) / total. Misleading when classes are unequal: predicting
 * the common class alone scores its share.
 *
 * @example
 * accuracy([1, 0, 1, 1], [1, 1, 1, 1]); // 0.75
 */
export function accuracy<L extends Label>(
  yTrue: ArrayLike<L>,
  yPred: ArrayLike<L>,
  options: WeightOption = {},
): number {
  const where = "accuracy";
  readLabelPair(where, yTrue, yPred);
  const n = sameLength(where, "yTrue", yTrue, "yPred", yPred);
  const weight = readSampleWeight(where, options.sampleWeight, n);
  let right = 0;
  let total = 0;
  for (let i = 0; i < n; i++) {
    const w = weight === null ? 1 : weight[i]!;
    total += w;
    if (yTrue[i] === yPred[i]) right += w;
  }
  return right / total;
}

/**
 * Mean recall over the classes that occur in yTrue: accuracy as if all classes were equally common.
 *
 * @param options.adjusted Rescale so that chance gives 0 and perfection 1. Default false.
 * @example
 * balancedAccuracy([0, 0, 0, 1], [0, 0, 0, 0]); // 0.5
 */
export function balancedAccuracy<L extends Label>(
  yTrue: ArrayLike<L>,
  yPred: ArrayLike<L>,
  options: WeightOption & { adjusted?: boolean } = {},
): number {
  const { matrix } = count("balancedAccuracy", yTrue, yPred, options);
  const k = matrix.rows;
  const rows = matrix.rowSums();
  let sum = 0;
  let classes = 0;
  for (let i = 0; i < k; i++) {
    if (rows[i]! === 0) continue;
    sum += matrix.at(i, i) / rows[i]!;
    classes++;
  }
  const score = sum / classes;
  return options.adjusted === true && classes > 1 ? (score - 1 / classes) / (1 - 1 / classes) : score;
}

/**
 * Matthews correlation coefficient, for any number of classes (Gorodkin 2004): 1 perfect, 0 no better than chance.
 * 0 where yTrue or yPred holds a single class.
 *
 * @example
 * matthews([1, 1, 1, 0], [1, 0, 1, 1]); // -0.333...
 */
export function matthews<L extends Label>(
  yTrue: ArrayLike<L>,
  yPred: ArrayLike<L>,
  options: WeightOption = {},
): number {
  const { matrix } = count("matthews", yTrue, yPred, options);
  const t = matrix.rowSums();
  const p = matrix.columnSums();
  const n = t.reduce((a, b) => a + b, 0);
  const dot = (a: Float64Array, b: Float64Array): number => a.reduce((s, v, i) => s + v * b[i]!, 0);
  const covariance = matrix.trace() * n - dot(t, p);
  const product = (n * n - dot(p, p)) * (n * n - dot(t, t));
  return product > 0 ? covariance / Math.sqrt(product) : 0;
}

/**
 * Cohen's kappa: agreement of two raters beyond what their label frequencies give by chance,
 * (p_observed - p_expected) / (1 - p_expected). NaN when chance agreement is already complete.
 *
 * @param options.weights `"linear"` or `"quadratic"` penalty by distance, for ordered labels. Default: all errors equal.
 * @param options.labels Order of the labels; matters for the weighted forms. Default: sorted.
 * @example
 * cohenKappa(["y", "y", "n", "n"], ["y", "n", "n", "n"]); // 0.5
 */
export function cohenKappa<L extends Label>(
  first: ArrayLike<L>,
  second: ArrayLike<L>,
  options: WeightOption & { weights?: "linear" | "quadratic"; labels?: readonly L[] } = {},
): number {
  const where = "cohenKappa";
  const { weights } = options;
  if (weights !== undefined && weights !== "linear" && weights !== "quadratic") {
    throw argumentError(where, "weights", weights, '"linear" or "quadratic"');
  }
  const { matrix } = count(where, first, second, options);
  const k = matrix.rows;
  const rows = matrix.rowSums();
  const cols = matrix.columnSums();
  const n = rows.reduce((a, b) => a + b, 0);
  let observed = 0;
  let expected = 0;
  for (let i = 0; i < k; i++) {
    for (let j = 0; j < k; j++) {
      const far = Math.abs(i - j);
      const penalty = weights === undefined ? (far > 0 ? 1 : 0) : weights === "linear" ? far : far * far;
      observed += penalty * matrix.at(i, j);
      expected += (penalty * rows[i]! * cols[j]!) / n;
    }
  }
  return 1 - observed / expected;
}
