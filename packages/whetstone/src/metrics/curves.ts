import type { Label } from "../contract/input.ts";
import { argumentError, shapeError, show, valueError } from "../errors.ts";
import { Matrix } from "../math/matrix.ts";
import {
  type BinaryScores,
  codesOf,
  distinctLabels,
  type PositiveOption,
  readBinaryScores,
  readNumbers,
  readSampleWeight,
  type WeightOption,
} from "./input.ts";

/** Options of metrics of scores of two classes: which label is positive, and what each row weighs. */
export type ScoreOptions<L extends Label> = WeightOption & PositiveOption<L>;

/** Cumulative true and false positives at each distinct score, from the highest down. */
export interface ScoreSteps {
  readonly thresholds: Float64Array;
  readonly tp: Float64Array;
  readonly fp: Float64Array;
  readonly positives: number;
  readonly negatives: number;
}

export function scoreSteps({ truth, scores, weight, n }: BinaryScores<Label>): ScoreSteps {
  const order = descending(scores);
  const thresholds = new Float64Array(n);
  const tp = new Float64Array(n);
  const fp = new Float64Array(n);
  let size = 0;
  let t = 0;
  let f = 0;
  for (let k = 0; k < n; k++) {
    const i = order[k]!;
    const w = weight === null ? 1 : weight[i]!;
    if (truth[i] === 1) t += w;
    else f += w;
    // Tied scores are one step: no order among them may help or hurt.
    if (k + 1 < n && scores[order[k + 1]!]! === scores[i]!) continue;
    thresholds[size] = scores[i]!;
    tp[size] = t;
    fp[size] = f;
    size++;
  }
  return {
    thresholds: thresholds.subarray(0, size),
    tp: tp.subarray(0, size),
    fp: fp.subarray(0, size),
    positives: t,
    negatives: f,
  };
}

/** Indices that sort the scores from high to low. */
export function descending(scores: Float64Array): Uint32Array {
  const n = scores.length;
  const order = new Uint32Array(n);
  for (let i = 0; i < n; i++) order[i] = i;
  return order.sort((a, b) => scores[b]! - scores[a]!);
}

function requireBoth(where: string, positives: number, negatives: number, positive: Label): void {
  if (positives > 0 && negatives > 0) return;
  throw valueError(
    where,
    "yTrue",
    positives > 0
      ? `holds only the positive class ${show(positive)}, expected both classes`
      : `does not hold the positive class ${show(positive)}, expected both classes`,
  );
}

/** Rates at every threshold that changes them; entry i of the three lists belongs together. */
export interface RocCurve {
  /** False and true positive rates, from (0, 0) to (1, 1). */
  readonly fpr: Float64Array;
  readonly tpr: Float64Array;
  /** Row i calls positive what scores >= thresholds[i]; the first is Infinity. Descending. */
  readonly thresholds: Float64Array;
}

/**
 * Receiver operating characteristic: true positive rate against false positive rate over all thresholds.
 *
 * @param yScore Higher means more positive: scores, or probabilities (a two-column matrix is allowed).
 * @param options.dropIntermediate Leave out points on the straight line between their neighbours. Default true.
 * @throws WhetstoneError when yTrue holds one class only.
 * @example
 * rocCurve([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]).tpr; // [0, 0.5, 0.5, 1, 1]
 */
export function rocCurve<L extends Label>(
  yTrue: ArrayLike<L>,
  yScore: ArrayLike<number> | Matrix,
  options: ScoreOptions<L> & { dropIntermediate?: boolean } = {},
): RocCurve {
  const where = "rocCurve";
  const input = readBinaryScores(where, yTrue, yScore, options);
  const { thresholds, tp, fp, positives, negatives } = scoreSteps(input);
  requireBoth(where, positives, negatives, input.positive);
  const { dropIntermediate = true } = options;
  const keep: number[] = [];
  const m = thresholds.length;
  for (let i = 0; i < m; i++) {
    if (dropIntermediate && i > 0 && i + 1 < m) {
      const straight =
        fp[i + 1]! - fp[i]! === fp[i]! - fp[i - 1]! && tp[i + 1]! - tp[i]! === tp[i]! - tp[i - 1]!;
      if (straight) continue;
    }
    keep.push(i);
  }
  return {
    fpr: Float64Array.from([0, ...keep.map((i) => fp[i]! / negatives)]),
    tpr: Float64Array.from([0, ...keep.map((i) => tp[i]! / positives)]),
    thresholds: Float64Array.from([Number.POSITIVE_INFINITY, ...keep.map((i) => thresholds[i]!)]),
  };
}

/** How more than two classes become one area. */
export interface RocAucOptions<L extends Label> extends ScoreOptions<L> {
  /** For more than two classes: `"ovr"` each class against the rest (default), or `"ovo"` the mean over pairs. */
  multiClass?: "ovr" | "ovo";
  /** Mean over classes or pairs: plain (default), or weighted by their true counts. */
  average?: "macro" | "weighted";
  /** Classes of the columns of yScore. Default: those in yTrue, sorted. */
  labels?: readonly L[];
}

/**
 * Area under the ROC curve = probability that a random positive outscores a random negative, ties counting half
 * (Mann-Whitney). Does not depend on how common the classes are.
 *
 * @param yScore One score per row; a matrix with a column per class for three or more classes.
 * @throws WhetstoneError when yTrue holds one class only.
 * @example
 * rocAuc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]); // 0.75
 */
export function rocAuc<L extends Label>(
  yTrue: ArrayLike<L>,
  yScore: ArrayLike<number> | Matrix,
  options: RocAucOptions<L> = {},
): number {
  const where = "rocAuc";
  const classes =
    options.labels ??
    (yScore instanceof Matrix && yScore.cols > 2 ? distinctLabels(where, "yTrue", yTrue) : undefined);
  if (classes !== undefined && yScore instanceof Matrix && yScore.cols !== 2) {
    return multiClassAuc(where, yTrue, yScore, classes, options);
  }
  // Two classes; labels then say which of them is column 1.
  const positive = options.positive ?? (classes?.length === 2 ? classes[1] : undefined);
  const column =
    yScore instanceof Matrix && classes?.length === 2 && positive !== undefined
      ? classes.indexOf(positive)
      : -1;
  const scores = yScore instanceof Matrix && yScore.cols === 2 && column >= 0 ? yScore.col(column) : yScore;
  const input = readBinaryScores(where, yTrue, scores, {
    ...options,
    ...(positive === undefined ? {} : { positive }),
  });
  const steps = scoreSteps(input);
  requireBoth(where, steps.positives, steps.negatives, input.positive);
  return areaOf(steps);
}

function areaOf({ tp, fp, positives, negatives }: ScoreSteps): number {
  let area = 0;
  let t0 = 0;
  let f0 = 0;
  for (let i = 0; i < tp.length; i++) {
    area += ((fp[i]! - f0) * (tp[i]! + t0)) / 2;
    t0 = tp[i]!;
    f0 = fp[i]!;
  }
  return area / positives / negatives;
}

function multiClassAuc<L extends Label>(
  where: string,
  yTrue: ArrayLike<L>,
  yScore: Matrix,
  classes: readonly L[],
  options: RocAucOptions<L>,
): number {
  const { multiClass = "ovr", average = "macro" } = options;
  if (multiClass !== "ovr" && multiClass !== "ovo")
    throw argumentError(where, "multiClass", multiClass, '"ovr" or "ovo"');
  if (average !== "macro" && average !== "weighted") {
    throw argumentError(where, "average", average, '"macro" or "weighted"');
  }
  const k = classes.length;
  const n = yTrue.length;
  if (yScore.rows !== n)
    throw shapeError(where, "yScore", `has ${yScore.rows} rows`, `${n} (length of yTrue)`);
  if (yScore.cols !== k)
    throw shapeError(where, "yScore", `has ${yScore.cols} columns`, `${k} (one per class)`);
  const codes = codesOf(yTrue, classes);
  const weight = readSampleWeight(where, options.sampleWeight, n);
  if (multiClass === "ovo" && weight !== null) {
    throw argumentError(where, "sampleWeight", options.sampleWeight, 'absent with multiClass "ovo"');
  }
  const mass = new Float64Array(k);
  for (let i = 0; i < n; i++) {
    if (codes[i]! < 0)
      throw valueError(where, "yTrue", `holds ${show(yTrue[i])} at row ${i}, which is not in labels`);
    mass[codes[i]!]! += weight === null ? 1 : weight[i]!;
  }
  for (let c = 0; c < k; c++) {
    if (mass[c] === 0) throw valueError(where, "yTrue", `does not hold the class ${show(classes[c])}`);
  }
  const area = (rows: number[], positive: number): number => {
    const input = {
      truth: Uint8Array.from(rows, (i) => (codes[i] === positive ? 1 : 0)),
      scores: Float64Array.from(rows, (i) => yScore.data[i * k + positive]!),
      weight: weight === null ? null : Float64Array.from(rows, (i) => weight[i]!),
      positive: classes[positive]!,
      n: rows.length,
    };
    return areaOf(scoreSteps(input));
  };
  const everyone = Array.from({ length: n }, (_, i) => i);
  let sum = 0;
  let total = 0;
  for (let a = 0; a < k; a++) {
    if (multiClass === "ovr") {
      const w = average === "macro" ? 1 : mass[a]!;
      sum += w * area(everyone, a);
      total += w;
      continue;
    }
    for (let b = a + 1; b < k; b++) {
      const rows = everyone.filter((i) => codes[i] === a || codes[i] === b);
      const w = average === "macro" ? 1 : rows.length;
      sum += (w * (area(rows, a) + area(rows, b))) / 2;
      total += w;
    }
  }
  return sum / total;
}

/** Precision and recall at every threshold that changes them, from all rows called positive to none. */
export interface PrecisionRecallCurve {
  /** One entry more than `thresholds`: the curve ends at recall 0 with precision 1. */
  readonly precision: Float64Array;
  readonly recall: Float64Array;
  /** Ascending; entry i calls positive what scores >= thresholds[i]. */
  readonly thresholds: Float64Array;
}

/**
 * Precision against recall over all thresholds. A random scorer's precision is the positive rate at every recall,
 * which is why this curve says more than ROC when positives are rare.
 *
 * @throws WhetstoneError when yTrue holds no positive row.
 * @example
 * precisionRecallCurve([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]).recall; // [1, 1, 0.5, 0.5, 0]
 */
export function precisionRecallCurve<L extends Label>(
  yTrue: ArrayLike<L>,
  yScore: ArrayLike<number> | Matrix,
  options: ScoreOptions<L> = {},
): PrecisionRecallCurve {
  const where = "precisionRecallCurve";
  const { thresholds, tp, fp, positives } = positiveSteps(where, yTrue, yScore, options);
  const m = thresholds.length;
  const precision = new Float64Array(m + 1);
  const recall = new Float64Array(m + 1);
  for (let i = 0; i < m; i++) {
    const called = tp[i]! + fp[i]!;
    precision[m - 1 - i] = called > 0 ? tp[i]! / called : 0;
    recall[m - 1 - i] = tp[i]! / positives;
  }
  precision[m] = 1;
  return { precision, recall, thresholds: thresholds.slice().reverse() };
}

function positiveSteps<L extends Label>(
  where: string,
  yTrue: ArrayLike<L>,
  yScore: ArrayLike<number> | Matrix,
  options: ScoreOptions<L>,
): ScoreSteps {
  const input = readBinaryScores(where, yTrue, yScore, options);
  const steps = scoreSteps(input);
  if (!(steps.positives > 0))
    throw valueError(where, "yTrue", `does not hold the positive class ${show(input.positive)}`);
  return steps;
}

/**
 * Average precision: sum over thresholds of (R_i - R_(i-1)) P_i, the area under the precision-recall steps without
 * optimistic interpolation. Its random baseline is the positive rate.
 *
 * @throws WhetstoneError when yTrue holds no positive row.
 * @example
 * averagePrecision([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]); // 0.8333...
 */
export function averagePrecision<L extends Label>(
  yTrue: ArrayLike<L>,
  yScore: ArrayLike<number> | Matrix,
  options: ScoreOptions<L> = {},
): number {
  const { tp, fp, positives } = positiveSteps("averagePrecision", yTrue, yScore, options);
  let sum = 0;
  let before = 0;
  for (let i = 0; i < tp.length; i++) {
    const gain = tp[i]! - before;
    if (gain > 0) sum += (gain * tp[i]!) / (tp[i]! + fp[i]!);
    before = tp[i]!;
  }
  return sum / positives;
}

/**
 * Area under a curve by the trapezoid rule; x must not change direction.
 *
 * @example
 * trapezoidArea([0, 1, 2], [0, 1, 0]); // 1
 */
export function trapezoidArea(x: ArrayLike<number>, y: ArrayLike<number>): number {
  const where = "trapezoidArea";
  readNumbers(where, "x", x);
  readNumbers(where, "y", y);
  if (x.length !== y.length)
    throw shapeError(where, "y", `has ${y.length} entries`, `${x.length} (length of x)`);
  if (x.length < 2) throw shapeError(where, "x", `has ${x.length} entries`, "at least 2");
  let area = 0;
  let direction = 0;
  for (let i = 1; i < x.length; i++) {
    const step = x[i]! - x[i - 1]!;
    if (step * direction < 0) throw valueError(where, "x", `changes direction at index ${i}`);
    if (step !== 0) direction = Math.sign(step);
    area += (step * (y[i]! + y[i - 1]!)) / 2;
  }
  return direction < 0 ? -area : area;
}
