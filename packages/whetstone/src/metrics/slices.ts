import type { Label } from "../contract/input.ts";
import { argumentError, shapeError, WhetstoneError } from "../errors.ts";
import type { Matrix } from "../math/matrix.ts";
import { randomStream, type Seed } from "../math/random/index.ts";
import { normalQuantile } from "../math/special/index.ts";
import { distinctLabels, requireArray, sortLabels } from "./input.ts";
import { getMetric, type Metric, type MetricInput } from "./registry.ts";

/** How sure the intervals of slices are. */
export interface SliceOptions {
  /** Coverage of the intervals. Default 0.95. */
  confidence?: number;
  /** Bootstrap resamples of each slice. Default 1000. */
  resamples?: number;
  /** Seed of the resamples. Default 0. */
  seed?: Seed;
}

/** A metric on one group of rows, with its bootstrap interval. */
export interface Slice {
  /** The group, or `"all"` rows together. */
  readonly group: Label;
  /** Rows. */
  readonly size: number;
  /** The metric on the slice; NaN where it is undefined, e.g. ROC AUC of a single class. */
  readonly value: number;
  /** Ends of the interval: Wilson's for accuracy, else percentiles over resampled rows. */
  readonly lower: number;
  readonly upper: number;
  /** Value minus that of all rows. */
  readonly difference: number;
  /** The interval does not contain the value of all rows, and lies on the worse side of it. */
  readonly worse: boolean;
}

/** A metric on every group of rows, compared with all rows together. */
export interface SliceReport {
  /** Its name. */
  readonly metric: string;
  /** All rows together. */
  readonly overall: Slice;
  /** From worst to best value; undefined ones last. */
  readonly slices: readonly Slice[];
  /** The slice with the worst value. */
  readonly worst: Slice | undefined;
}

/**
 * A metric per group with confidence intervals, to surface the segment that the overall number hides.
 * Intervals: Wilson's for accuracy (exact enough for small or flawless groups), percentile bootstrap otherwise.
 *
 * @param metric Name of the registry, see {@link getMetric}.
 * @param input Predictions of all rows.
 * @param groups The group of each row.
 * @example
 * sliceEvaluation("accuracy", { yTrue: [1, 0, 1, 1], yPred: [1, 0, 0, 0] }, ["a", "a", "b", "b"]).worst?.group; // "b"
 */
export function sliceEvaluation<G extends Label>(
  metric: string,
  input: MetricInput,
  groups: ArrayLike<G>,
  options: SliceOptions = {},
): SliceReport {
  const where = "sliceEvaluation";
  const { confidence = 0.95, resamples = 1000, seed = 0 } = options;
  if (!(confidence > 0 && confidence < 1))
    throw argumentError(where, "confidence", confidence, "a number in (0, 1)");
  if (!(Number.isInteger(resamples) && resamples >= 2)) {
    throw argumentError(where, "resamples", resamples, "an integer >= 2");
  }
  const m = getMetric(metric);
  const n = requireArray(where, "yTrue", input.yTrue);
  if (requireArray(where, "groups", groups) !== n) {
    throw shapeError(where, "groups", `has ${groups.length} entries`, `${n} (length of yTrue)`);
  }
  const all = withClasses(input, m);
  const members = new Map<G, number[]>();
  for (let i = 0; i < n; i++) {
    const g = groups[i]!;
    const rows = members.get(g);
    if (rows === undefined) members.set(g, [i]);
    else rows.push(i);
  }
  const stream = randomStream(seed);
  const wilson = m.name === "accuracy" && input.sampleWeight === undefined;
  const metricOn = (rows: ArrayLike<number>): number => {
    try {
      return m.evaluate(subset(all, rows));
    } catch (error) {
      // A slice may lack what the metric needs, a class say; what is wrong with all rows is still thrown.
      if (rows.length < n && isValueError(error)) return Number.NaN;
      throw error;
    }
  };
  const interval = (rows: readonly number[], value: number, key: string): [number, number] => {
    if (wilson) return wilsonInterval(value, rows.length, confidence);
    const draw = stream.split(key);
    const values: number[] = [];
    const sample = new Int32Array(rows.length);
    for (let b = 0; b < resamples; b++) {
      for (let i = 0; i < rows.length; i++) sample[i] = rows[draw.int(rows.length)]!;
      try {
        const v = m.evaluate(subset(all, sample));
        if (!Number.isNaN(v)) values.push(v);
      } catch (error) {
        // A resample that lost a class says nothing about the spread.
        if (!isValueError(error)) throw error;
      }
    }
    const sorted = Float64Array.from(values).sort();
    return [quantile(sorted, (1 - confidence) / 2), quantile(sorted, (1 + confidence) / 2)];
  };
  const everyone = Array.from({ length: n }, (_, i) => i);
  const total = metricOn(everyone);
  const make = (group: Label, rows: readonly number[], key: string): Slice => {
    const value = rows === everyone ? total : metricOn(rows);
    const [lower, upper] = Number.isNaN(value) ? [Number.NaN, Number.NaN] : interval(rows, value, key);
    const worse = m.greaterIsBetter ? upper < total : lower > total;
    return { group, size: rows.length, value, lower, upper, difference: value - total, worse };
  };
  const overall = make("all", everyone, "all rows");
  const slices = [...members].map(([group, rows]) => make(group, rows, `${typeof group} ${group}`));
  const sign = m.greaterIsBetter ? 1 : -1;
  slices.sort((a, b) =>
    Number.isNaN(a.value)
      ? Number.isNaN(b.value)
        ? 0
        : 1
      : Number.isNaN(b.value)
        ? -1
        : sign * (a.value - b.value),
  );
  const worst = slices[0] !== undefined && !Number.isNaN(slices[0].value) ? slices[0] : undefined;
  return { metric: m.name, overall, slices, worst };
}

function isValueError(error: unknown): boolean {
  return error instanceof WhetstoneError && error.code === "value";
}

/**
 * Wilson's score interval of a proportion.
 *
 * @param share Observed proportion.
 * @param n Number of trials.
 * @example
 * wilsonInterval(1, 10); // [0.722..., 1]
 */
export function wilsonInterval(share: number, n: number, confidence = 0.95): [number, number] {
  const where = "wilsonInterval";
  if (!(share >= 0 && share <= 1)) throw argumentError(where, "share", share, "a number in [0, 1]");
  if (!(n > 0)) throw argumentError(where, "n", n, "a number > 0");
  if (!(confidence > 0 && confidence < 1))
    throw argumentError(where, "confidence", confidence, "a number in (0, 1)");
  const z = normalQuantile((1 + confidence) / 2);
  const z2 = (z * z) / n;
  const centre = (share + z2 / 2) / (1 + z2);
  const half = (z * Math.sqrt((share * (1 - share)) / n + z2 / (4 * n))) / (1 + z2);
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}

/** A slice may lack a class: the classes of all rows say which label is positive and how many there are. */
function withClasses(input: MetricInput, m: Metric): MetricInput {
  if (input.classes !== undefined || m.kind === "regression") return input;
  const present = distinctLabels("sliceEvaluation", "yTrue", input.yTrue);
  if (m.kind === "probability") return { ...input, classes: present };
  const predicted = input.yPred === undefined ? [] : distinctLabels("sliceEvaluation", "yPred", input.yPred);
  return { ...input, classes: sortLabels(new Set([...present, ...predicted])) };
}

function subset(input: MetricInput, rows: ArrayLike<number>): MetricInput {
  const pick = <T>(values: ArrayLike<T>): T[] => Array.from(rows, (i) => values[i]!);
  const { yTrue, yPred, proba, classes, sampleWeight } = input;
  const classList: { classes?: readonly Label[] } = classes === undefined ? {} : { classes };
  const out: { yTrue: Label[]; yPred?: Label[]; proba?: Matrix; sampleWeight?: number[] } = {
    yTrue: pick(yTrue),
  };
  if (yPred !== undefined) out.yPred = pick(yPred);
  if (proba !== undefined) out.proba = proba.selectRows(rows);
  if (sampleWeight !== undefined) out.sampleWeight = pick(sampleWeight);
  return { ...classList, ...out };
}

function quantile(sorted: Float64Array, p: number): number {
  if (sorted.length === 0) return Number.NaN;
  const at = p * (sorted.length - 1);
  const low = Math.floor(at);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low]! + (at - low) * (sorted[high]! - sorted[low]!);
}
