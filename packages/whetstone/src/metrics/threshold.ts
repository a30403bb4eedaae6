import type { Label } from "../contract/input.ts";
import { argumentError, show, valueError } from "../errors.ts";
import type { Matrix } from "../math/matrix.ts";
import { type ScoreOptions, type ScoreSteps, scoreSteps } from "./curves.ts";
import { readBinaryScores } from "./input.ts";

/** What calling positive every score >= threshold gives. */
export interface ThresholdRow {
  readonly threshold: number;
  readonly tp: number;
  readonly fp: number;
  readonly tn: number;
  readonly fn: number;
  /** 0 when nothing is called positive. */
  readonly precision: number;
  readonly recall: number;
  readonly specificity: number;
  readonly f1: number;
  readonly accuracy: number;
  /** Share called positive. */
  readonly positiveRate: number;
}

function rowAt(threshold: number, tp: number, fp: number, steps: ScoreSteps): ThresholdRow {
  const { positives, negatives } = steps;
  const fn = positives - tp;
  const tn = negatives - fp;
  const ratio = (a: number, b: number): number => (b > 0 ? a / b : 0);
  return {
    threshold,
    tp,
    fp,
    tn,
    fn,
    precision: ratio(tp, tp + fp),
    recall: ratio(tp, positives),
    specificity: ratio(tn, negatives),
    f1: ratio(2 * tp, 2 * tp + fp + fn),
    accuracy: (tp + tn) / (positives + negatives),
    positiveRate: (tp + fp) / (positives + negatives),
  };
}

/**
 * Counts and ratios at given thresholds. Recall can only fall as the threshold rises; precision may do either.
 *
 * @param thresholds Default 0.1, 0.2, ..., 0.9.
 * @example
 * thresholdSweep([0, 0, 1, 1], [0.1, 0.6, 0.4, 0.8], [0.3, 0.5, 0.7]).map((r) => r.recall); // [1, 0.5, 0.5]
 */
export function thresholdSweep<L extends Label>(
  yTrue: ArrayLike<L>,
  yScore: ArrayLike<number> | Matrix,
  thresholds: ArrayLike<number> = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9],
  options: ScoreOptions<L> = {},
): ThresholdRow[] {
  const where = "thresholdSweep";
  const steps = scoreSteps(readBinaryScores(where, yTrue, yScore, options));
  return Array.from(thresholds, (t, k) => {
    if (typeof t !== "number" || Number.isNaN(t))
      throw argumentError(where, `thresholds[${k}]`, t, "a number");
    // Last step whose score is still >= t.
    let low = 0;
    let high = steps.thresholds.length;
    while (low < high) {
      const mid = (low + high) >> 1;
      if (steps.thresholds[mid]! >= t) low = mid + 1;
      else high = mid;
    }
    return low === 0 ? rowAt(t, 0, 0, steps) : rowAt(t, steps.tp[low - 1]!, steps.fp[low - 1]!, steps);
  });
}

/** How {@link selectThreshold} judges a threshold. */
export type ThresholdCriterion =
  /** Largest F-beta. */
  | { by: "fbeta"; beta?: number }
  /** Largest recall + specificity - 1. */
  | { by: "youden" }
  /** Largest accuracy. */
  | { by: "accuracy" }
  /** Least cost of the mistakes. */
  | { by: "cost"; falsePositive: number; falseNegative: number }
  /** Largest precision among thresholds with recall >= floor. */
  | { by: "recallFloor"; floor: number }
  /** Largest recall among thresholds with precision >= floor. */
  | { by: "precisionFloor"; floor: number };

/** The threshold that a criterion prefers, with the rates that it gives. */
export interface SelectedThreshold extends ThresholdRow {
  /** Value of the criterion there (mean cost per row for `"cost"`). */
  readonly value: number;
}

/**
 * Chooses the decision threshold that is best on (validation) data, instead of 0.5. Thresholds lie midway between
 * neighbouring scores; ties go to the higher threshold. Choose on validation data, report on test data.
 *
 * @throws WhetstoneError when no threshold reaches the floor asked for.
 * @example
 * selectThreshold([0, 0, 1, 1], [0.1, 0.2, 0.3, 0.8], { by: "youden" }).threshold; // 0.25
 */
export function selectThreshold<L extends Label>(
  yTrue: ArrayLike<L>,
  yScore: ArrayLike<number> | Matrix,
  criterion: ThresholdCriterion,
  options: ScoreOptions<L> = {},
): SelectedThreshold {
  const where = "selectThreshold";
  const input = readBinaryScores(where, yTrue, yScore, options);
  const steps = scoreSteps(input);
  if (!(steps.positives > 0 && steps.negatives > 0)) {
    throw valueError(
      where,
      "yTrue",
      `holds one class only (positive is ${show(input.positive)}), expected both`,
    );
  }
  const judge = judgeOf(where, criterion);
  const m = steps.thresholds.length;
  let best: SelectedThreshold | undefined;
  let bestGoodness = Number.NEGATIVE_INFINITY;
  for (let i = -1; i < m; i++) {
    // Row i calls positive the scores down to step i; i = -1 calls none.
    const own = i < 0 ? Number.POSITIVE_INFINITY : steps.thresholds[i]!;
    const below = i + 1 < m ? steps.thresholds[i + 1]! : Number.NEGATIVE_INFINITY;
    const threshold = i < 0 ? Number.POSITIVE_INFINITY : i + 1 < m ? midway(own, below) : own;
    const row = i < 0 ? rowAt(threshold, 0, 0, steps) : rowAt(threshold, steps.tp[i]!, steps.fp[i]!, steps);
    const { goodness, value } = judge(row);
    if (goodness > bestGoodness) {
      bestGoodness = goodness;
      best = { ...row, value };
    }
  }
  if (best === undefined) {
    const floor = "floor" in criterion ? criterion.floor : "";
    throw valueError(where, "criterion", `asks for ${criterion.by} ${floor}, which no threshold reaches`);
  }
  return best;
}

/** A number in (low, high], so that >= it separates the two also when they are neighbouring floats. */
function midway(high: number, low: number): number {
  const mid = low + (high - low) / 2;
  return mid > low ? mid : high;
}

function judgeOf(
  where: string,
  c: ThresholdCriterion,
): (row: ThresholdRow) => { goodness: number; value: number } {
  const same = (value: number) => ({ goodness: value, value });
  switch (c.by) {
    case "fbeta": {
      const { beta = 1 } = c;
      if (!(beta > 0)) throw argumentError(where, "criterion.beta", beta, "a number > 0");
      const b2 = beta * beta;
      return (r) => {
        const denominator = (1 + b2) * r.tp + b2 * r.fn + r.fp;
        return same(denominator > 0 ? ((1 + b2) * r.tp) / denominator : 0);
      };
    }
    case "youden":
      return (r) => same(r.recall + r.specificity - 1);
    case "accuracy":
      return (r) => same(r.accuracy);
    case "cost": {
      for (const name of ["falsePositive", "falseNegative"] as const) {
        if (!(c[name] >= 0)) throw argumentError(where, `criterion.${name}`, c[name], "a number >= 0");
      }
      return (r) => {
        const value = (c.falsePositive * r.fp + c.falseNegative * r.fn) / (r.tp + r.fp + r.tn + r.fn);
        return { goodness: -value, value };
      };
    }
    case "recallFloor":
      return (r) => ({
        goodness: r.recall >= c.floor ? r.precision : Number.NEGATIVE_INFINITY,
        value: r.precision,
      });
    case "precisionFloor":
      // Calling nothing has no precision to speak of.
      return (r) => ({
        goodness: r.tp + r.fp > 0 && r.precision >= c.floor ? r.recall : Number.NEGATIVE_INFINITY,
        value: r.recall,
      });
    default:
      throw argumentError(
        where,
        "criterion.by",
        (c as { by: unknown }).by,
        '"fbeta", "youden", "accuracy", "cost", "recallFloor" or "precisionFloor"',
      );
  }
}
