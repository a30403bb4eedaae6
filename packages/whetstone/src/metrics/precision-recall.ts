import type { Label } from "../contract/input.ts";
import { argumentError } from "../errors.ts";
import { positiveLabel, readLabelPair, readSampleWeight, type WeightOption } from "./input.ts";

/** How the scores of classes become one; see {@link PrecisionRecallOptions}. */
export type Average = "binary" | "macro" | "micro" | "weighted";

/** Over which classes precision, recall and F are averaged, and what 0 / 0 is. */
export interface PrecisionRecallOptions<L extends Label> extends WeightOption {
  /**
   * `"binary"` (default): of the positive label, for two classes. `"macro"`: mean over classes; `"weighted"`: mean
   * weighted by true counts; `"micro"`: from counts summed over classes.
   */
  average?: Average;
  /** Positive label of the binary form. Default as in {@link PositiveOption}. */
  positive?: L;
  /** Classes to average over, e.g. to leave out a background class. Default: all that occur. */
  labels?: readonly L[];
  /** What 0 / 0 is: precision of a class never predicted, recall of a class that does not occur. Default 0. */
  zeroDivision?: number;
}

/** Precision, recall and F of one class against all others. */
export interface ClassScores<L extends Label> {
  readonly label: L;
  readonly precision: number;
  readonly recall: number;
  /** F with recall weighing beta times as much as precision; F1 by default. */
  readonly fbeta: number;
  /** Weight of the rows that truly have this label. */
  readonly support: number;
}

interface Counts<L extends Label> {
  labels: readonly L[];
  tp: Float64Array;
  predicted: Float64Array;
  actual: Float64Array;
}

function countClasses<L extends Label>(
  where: string,
  yTrue: ArrayLike<L>,
  yPred: ArrayLike<L>,
  options: PrecisionRecallOptions<L>,
): Counts<L> {
  const pair = readLabelPair(where, yTrue, yPred, options.labels);
  const k = pair.labels.length;
  const weight = readSampleWeight(where, options.sampleWeight, yTrue.length);
  const tp = new Float64Array(k);
  const predicted = new Float64Array(k);
  const actual = new Float64Array(k);
  for (let i = 0; i < yTrue.length; i++) {
    const w = weight === null ? 1 : weight[i]!;
    const t = pair.truth[i]!;
    const p = pair.predicted[i]!;
    if (t >= 0) actual[t]! += w;
    if (p >= 0) predicted[p]! += w;
    if (t >= 0 && t === p) tp[t]! += w;
  }
  return { labels: pair.labels, tp, predicted, actual };
}

interface Triple {
  precision: number;
  recall: number;
  fbeta: number;
}

function ratios(tp: number, predicted: number, actual: number, beta: number, zero: number): Triple {
  const b2 = beta * beta;
  const precision = predicted > 0 ? tp / predicted : zero;
  const recall = actual > 0 ? tp / actual : zero;
  // From counts: (1 + b2) TP / ((1 + b2) TP + b2 FN + FP), defined whenever anything is true or predicted.
  const denominator = b2 * actual + predicted;
  const fbeta = denominator > 0 ? ((1 + b2) * tp) / denominator : zero;
  return { precision, recall, fbeta };
}

function averaged<L extends Label>(
  where: string,
  yTrue: ArrayLike<L>,
  yPred: ArrayLike<L>,
  beta: number,
  options: PrecisionRecallOptions<L>,
): Triple {
  const { average = "binary", zeroDivision = 0 } = options;
  if (typeof zeroDivision !== "number") {
    throw argumentError(where, "zeroDivision", zeroDivision, "a number (0, 1 or NaN)");
  }
  if (!(beta >= 0 && Number.isFinite(beta))) throw argumentError(where, "beta", beta, "a finite number >= 0");
  if (average === "binary") {
    if (options.labels !== undefined) {
      throw argumentError(where, "labels", options.labels, 'absent with average "binary" (see positive)');
    }
    const all = countClasses(where, yTrue, yPred, options);
    if (all.labels.length > 2) {
      throw argumentError(
        where,
        "average",
        average,
        `"macro", "micro" or "weighted", because there are ${all.labels.length} classes`,
      );
    }
    const positive = positiveLabel(where, all.labels, options.positive);
    const k = all.labels.indexOf(positive);
    return k < 0
      ? ratios(0, 0, 0, beta, zeroDivision)
      : ratios(all.tp[k]!, all.predicted[k]!, all.actual[k]!, beta, zeroDivision);
  }
  if (average !== "macro" && average !== "micro" && average !== "weighted") {
    throw argumentError(where, "average", average, '"binary", "macro", "micro" or "weighted"');
  }
  if (options.positive !== undefined) {
    throw argumentError(where, "positive", options.positive, `absent with average "${average}"`);
  }
  const { tp, predicted, actual } = countClasses(where, yTrue, yPred, options);
  const sum = (v: Float64Array): number => v.reduce((a, b) => a + b, 0);
  if (average === "micro") return ratios(sum(tp), sum(predicted), sum(actual), beta, zeroDivision);
  const total: Triple = { precision: 0, recall: 0, fbeta: 0 };
  const weights = average === "macro" ? actual.map(() => 1) : actual;
  const norm = sum(weights);
  if (norm === 0) return { precision: zeroDivision, recall: zeroDivision, fbeta: zeroDivision };
  for (let k = 0; k < tp.length; k++) {
    const r = ratios(tp[k]!, predicted[k]!, actual[k]!, beta, zeroDivision);
    const w = weights[k]! / norm;
    if (w === 0) continue;
    total.precision += w * r.precision;
    total.recall += w * r.recall;
    total.fbeta += w * r.fbeta;
  }
  return total;
}

/**
 * Precision TP / (TP + FP): of the rows called positive, the share that is.
 *
 * @example
 * precision([1, 0, 1, 1], [1, 1, 0, 1]); // 0.666...
 */
export function precision<L extends Label>(
  yTrue: ArrayLike<L>,
  yPred: ArrayLike<L>,
  options: PrecisionRecallOptions<L> = {},
): number {
  return averaged("precision", yTrue, yPred, 1, options).precision;
}

/**
 * Recall TP / (TP + FN): of the rows that are positive, the share found.
 *
 * @example
 * recall([1, 0, 1, 1], [1, 1, 0, 1]); // 0.666...
 */
export function recall<L extends Label>(
  yTrue: ArrayLike<L>,
  yPred: ArrayLike<L>,
  options: PrecisionRecallOptions<L> = {},
): number {
  return averaged("recall", yTrue, yPred, 1, options).recall;
}

/**
 * F1, the harmonic mean of precision and recall: 2 P R / (P + R).
 *
 * @example
 * f1(["cat", "dog", "cat"], ["cat", "cat", "cat"], { average: "macro" }); // 0.4
 */
export function f1<L extends Label>(
  yTrue: ArrayLike<L>,
  yPred: ArrayLike<L>,
  options: PrecisionRecallOptions<L> = {},
): number {
  return averaged("f1", yTrue, yPred, 1, options).fbeta;
}

/**
 * F-beta: (1 + beta^2) P R / (beta^2 P + R). Recall counts beta times as much as precision: 2 favours recall, 0.5
 * precision.
 *
 * @example
 * fbeta([1, 1, 1, 0], [1, 0, 0, 0], 2); // 0.384...
 */
export function fbeta<L extends Label>(
  yTrue: ArrayLike<L>,
  yPred: ArrayLike<L>,
  beta: number,
  options: PrecisionRecallOptions<L> = {},
): number {
  return averaged("fbeta", yTrue, yPred, beta, options).fbeta;
}

/**
 * Precision, recall and F-beta of every class.
 *
 * @param options.beta Default 1.
 * @example
 * precisionRecallByClass([0, 0, 1], [0, 1, 1])[0].recall; // 0.5
 */
export function precisionRecallByClass<L extends Label>(
  yTrue: ArrayLike<L>,
  yPred: ArrayLike<L>,
  options: WeightOption & { labels?: readonly L[]; zeroDivision?: number; beta?: number } = {},
): ClassScores<L>[] {
  const { beta = 1, zeroDivision = 0 } = options;
  const c = countClasses("precisionRecallByClass", yTrue, yPred, options);
  return c.labels.map((label, k) => ({
    label,
    ...ratios(c.tp[k]!, c.predicted[k]!, c.actual[k]!, beta, zeroDivision),
    support: c.actual[k]!,
  }));
}

/** Scores of every class and their means, as numbers and as a table. */
export interface ClassificationReport<L extends Label> {
  /** In the order of the labels. */
  readonly classes: readonly ClassScores<L>[];
  readonly accuracy: number;
  /** Plain means over the classes. */
  readonly macro: { readonly precision: number; readonly recall: number; readonly f1: number };
  /** Means over the classes weighted by their support. */
  readonly weighted: { readonly precision: number; readonly recall: number; readonly f1: number };
  /** Sum of weights. */
  readonly support: number;
  /** The report as an aligned text table. */
  readonly text: string;
}

/**
 * Precision, recall, F1 and support per class, with accuracy and averages.
 *
 * @example
 * classificationReport(["a", "b", "b"], ["a", "b", "a"]).accuracy; // 0.666...
 */
export function classificationReport<L extends Label>(
  yTrue: ArrayLike<L>,
  yPred: ArrayLike<L>,
  options: WeightOption & { zeroDivision?: number; digits?: number } = {},
): ClassificationReport<L> {
  const where = "classificationReport";
  const { digits = 3, ...rest } = options;
  const classes = precisionRecallByClass(yTrue, yPred, rest);
  const c = countClasses(where, yTrue, yPred, rest);
  const support = c.actual.reduce((a, b) => a + b, 0);
  const accuracy = c.tp.reduce((a, b) => a + b, 0) / support;
  const mean = (average: "macro" | "weighted") => {
    const t = averaged(where, yTrue, yPred, 1, { ...rest, average });
    return { precision: t.precision, recall: t.recall, f1: t.fbeta };
  };
  const macro = mean("macro");
  const weighted = mean("weighted");
  const cell = (v: number | string): string => (typeof v === "number" ? v.toFixed(digits) : v);
  const size = (v: number): string => String(Math.round(v * 1000) / 1000);
  const rows: (readonly (number | string)[])[] = [
    ["", "precision", "recall", "f1", "support"],
    ...classes.map((s) => [String(s.label), s.precision, s.recall, s.fbeta, size(s.support)]),
    ["accuracy", "", "", accuracy, size(support)],
    ["macro average", macro.precision, macro.recall, macro.f1, size(support)],
    ["weighted average", weighted.precision, weighted.recall, weighted.f1, size(support)],
  ];
  const widths = rows[0]!.map((_, j) => Math.max(...rows.map((r) => cell(r[j]!).length)));
  const text = rows.map((r) => r.map((v, j) => cell(v).padStart(widths[j]!)).join("  ")).join("\n");
  return { classes, accuracy, macro, weighted, support, text };
}
