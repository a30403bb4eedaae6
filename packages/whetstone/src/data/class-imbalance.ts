import { type Label, readLabels } from "../contract/index.ts";
import { argumentError, requireList, shapeError, show } from "../errors.ts";

/** What skewed labels do to a metric. */
export interface ClassImbalance<L extends Label = Label> {
  /** Sorted labels; the lists below are in their order. */
  readonly classes: readonly L[];
  readonly counts: Int32Array;
  readonly shares: Float64Array;
  /** Accuracy of always saying the most frequent label: what accuracy must be compared with. */
  readonly baselineAccuracy: number;
  /** Largest count over smallest. */
  readonly ratio: number;
  /** Entropy of the shares over its maximum: 1 for equal shares. */
  readonly evenness: number;
  /** n / (k n_c): weights that make every class count the same in a loss. */
  readonly balancedWeights: Float64Array;
  /** Whether the rarest class has less than `threshold` of its equal share. */
  readonly skewed: boolean;
  /** Sentences; empty where nothing is wrong. */
  readonly warnings: readonly string[];
}

/** The metric to be warned of, and where skew begins. */
export interface ClassImbalanceOptions {
  /** Metric that is to be used, by name; `"accuracy"` on skewed labels is warned of. */
  readonly scoring?: string;
  /** Labels are skewed where the rarest class has less than this part of 1/k; 0.4 by default (20 % of two classes). */
  readonly threshold?: number;
}

/**
 * How evenly labels are spread, and whether accuracy can be trusted on them: a model that always says the most
 * frequent label has that label's share as its accuracy.
 *
 * @param y at least one label
 * @example
 * const y = Array.from({ length: 100 }, (_, i) => (i < 95 ? "ok" : "fraud"));
 * const report = classImbalanceReport(y, { scoring: "accuracy" });
 * report.baselineAccuracy; // 0.95
 * report.warnings.length; // 1
 */
export function classImbalanceReport<L extends Label>(
  y: ArrayLike<L>,
  options: ClassImbalanceOptions = {},
): ClassImbalance<L> {
  const where = "classImbalanceReport";
  requireList(where, "y", y, "an array of labels");
  if (y.length === 0) throw shapeError(where, "y", "is empty", "at least one label");
  const { scoring = "accuracy", threshold = 0.4 } = options;
  if (typeof scoring !== "string") throw argumentError(where, "scoring", scoring, "the name of a metric");
  if (!(typeof threshold === "number" && threshold > 0 && threshold <= 1))
    throw argumentError(where, "threshold", threshold, "a number > 0 and <= 1");
  const { classes, codes } = readLabels(y, y.length, where);
  const k = classes.length;
  const counts = new Int32Array(k);
  for (const c of codes) counts[c]!++;
  const n = y.length;
  const shares = Float64Array.from(counts, (c) => c / n);
  let [most, least, entropy] = [0, 0, 0];
  for (let c = 0; c < k; c++) {
    if (counts[c]! > counts[most]!) most = c;
    if (counts[c]! < counts[least]!) least = c;
    entropy -= shares[c]! * Math.log(shares[c]!);
  }
  const skewed = k > 1 && shares[least]! < threshold / k;
  const warnings: string[] = [];
  const percent = (share: number) => `${Math.round(share * 1000) / 10} %`;
  if (k === 1) warnings.push(`every label is ${show(classes[0])}: there is nothing to learn`);
  if (skewed && scoring === "accuracy")
    warnings.push(
      `accuracy on these labels says little: always saying ${show(classes[most])} scores ${percent(shares[most]!)}, and ${show(classes[least])} has ${percent(shares[least]!)} of the rows; use balanced accuracy, F1, average precision or a cost`,
    );
  return {
    classes,
    counts,
    shares,
    baselineAccuracy: shares[most]!,
    ratio: counts[most]! / counts[least]!,
    evenness: k === 1 ? 1 : entropy / Math.log(k),
    balancedWeights: Float64Array.from(counts, (c) => n / (k * c)),
    skewed,
    warnings,
  };
}
