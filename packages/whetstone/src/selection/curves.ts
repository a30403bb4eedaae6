import {
  argumentError,
  type EstimatorKind,
  type MatrixLike,
  type Progress,
  step,
} from "../contract/index.ts";
import type { Split } from "../data/index.ts";
import { randomStream } from "../math/random/index.ts";
import {
  type AnySpec,
  type CrossValidateOptions,
  type CrossValidationResult,
  runFolds,
} from "./cross-validate.ts";
import { foldsOf } from "./folds.ts";
import { checkRows, checkSpec } from "./rows.ts";
import { scorersOf } from "./scoring.ts";

/** Training sizes of a learning curve, and how each is scored. */
export interface LearningCurveOptions extends CrossValidateOptions {
  /** Training rows: shares (<= 1) of a fold's training rows, or counts; default 0.1, 0.325, 0.55, 0.775, 1. */
  readonly trainSizes?: readonly number[];
}

/** Scores of a model fitted to so many rows. */
export interface LearningCurvePoint {
  /** Training rows used (of the smallest fold). */
  readonly trainRows: number;
  /** Training and test scores of this size. */
  readonly result: CrossValidationResult;
}

/**
 * Scores against the number of training rows. Larger training sets contain the smaller ones, and classes keep their
 * shares in each.
 *
 * @example
 * const X = Array.from({ length: 60 }, (_, i) => [i % 7]);
 * const curve = learningCurve(new LinearRegression(), X, X.map(([v]) => 2 * v), { trainSizes: [0.5, 1], cv: 3 });
 * curve.map((p) => p.trainRows); // [20, 40]
 */
export function learningCurve(
  spec: AnySpec,
  X: MatrixLike,
  y: ArrayLike<unknown>,
  options: LearningCurveOptions = {},
): LearningCurvePoint[] {
  const where = "learningCurve";
  const { trainSizes = [0.1, 0.325, 0.55, 0.775, 1], seed = 0 } = options;
  checkSpec(spec, where);
  const n = checkRows(X, y, where);
  const scorers = scorersOf(options.scoring, spec.kind, where);
  const folds = foldsOf(options, spec.kind, n, y, where);
  const smallest = Math.min(...folds.map((f) => f.train.length));
  const counts = trainSizes.map((size) => {
    const count = size <= 1 ? Math.floor(size * smallest + 1e-9) : size;
    if (!(Number.isInteger(count) && count >= 1 && count <= smallest)) {
      throw argumentError(
        where,
        "trainSizes",
        size,
        `shares <= 1 or counts that give 1 to ${smallest} training rows`,
      );
    }
    return count;
  });
  const random = randomStream(seed).split("learning curve");
  const ordered = folds.map((split, f) => ({
    ...split,
    train: shuffled(split, y, spec.kind, random.split(f)),
  }));
  return counts.map((count, c) => {
    const cut = ordered.map((split): Split => ({ train: split.train.slice(0, count), test: split.test }));
    const inner = { ...options, returnTrainScore: true, ...within(options, c, counts.length) };
    return { trainRows: count, result: runFolds(spec, X, y, cut, scorers, inner, where) };
  });
}

/** Training rows in random order, every prefix with about the class shares of all. */
function shuffled(
  split: Split,
  y: ArrayLike<unknown>,
  kind: EstimatorKind,
  random: { permutation(n: number): Int32Array; uniform(): number },
): Int32Array {
  const order = random.permutation(split.train.length);
  const rows = Int32Array.from(order, (i) => split.train[i]!);
  if (kind !== "classifier") return rows;
  const seen = new Map<unknown, number>();
  for (const i of rows) seen.set(y[i], (seen.get(y[i]) ?? 0) + 1);
  // The k-th row of a class of size m goes to place (k + u) / m: each class is spread evenly.
  const offset = new Map([...seen.keys()].map((label) => [label, random.uniform()]));
  const dealt = new Map<unknown, number>();
  const place = Array.from(rows, (i) => {
    const k = dealt.get(y[i]) ?? 0;
    dealt.set(y[i], k + 1);
    return (k + offset.get(y[i])!) / seen.get(y[i])!;
  });
  return Int32Array.from(
    Array.from(rows.keys()).sort((a, b) => place[a]! - place[b]!),
    (a) => rows[a]!,
  );
}

/** The parameter that is varied, and how each value is scored. */
export interface ValidationCurveOptions<V> extends CrossValidateOptions {
  /** Values to try. */
  readonly values: readonly V[];
  /** The parameter to change, or a function that gives the specification for a value. */
  readonly param: string | ((spec: AnySpec, value: V) => AnySpec);
}

/** Scores of a model with one value of the parameter. */
export interface ValidationCurvePoint<V> {
  readonly value: V;
  /** Training and test scores with it. */
  readonly result: CrossValidationResult;
}

/**
 * Training and test scores against one parameter, on the same folds for every value.
 *
 * @example
 * const X = Array.from({ length: 30 }, (_, i) => [i, (i * 7) % 5]);
 * const y = X.map(([a, b]) => a - b);
 * const curve = validationCurve(new Ridge(), X, y, { param: "alpha", values: [0.1, 1e4], cv: 3 });
 * curve[0].result.mean.r2 > curve[1].result.mean.r2; // true
 */
export function validationCurve<V>(
  spec: AnySpec,
  X: MatrixLike,
  y: ArrayLike<unknown>,
  options: ValidationCurveOptions<V>,
): ValidationCurvePoint<V>[] {
  const where = "validationCurve";
  if (options === null || typeof options !== "object")
    throw argumentError(where, "options", options, "an object with param and values");
  const { values, param } = options;
  if (!Array.isArray(values) || values.length === 0) {
    throw argumentError(where, "values", values, "at least one value");
  }
  checkSpec(spec, where);
  const n = checkRows(X, y, where);
  const scorers = scorersOf(options.scoring, spec.kind, where);
  const folds = foldsOf(options, spec.kind, n, y, where);
  if (typeof param !== "string" && typeof param !== "function")
    throw argumentError(where, "param", param, "a parameter's name or a function (spec, value) => spec");
  // All specifications first: a value that is not accepted is refused before anything is fitted.
  const specs = values.map((value) =>
    typeof param === "function" ? param(spec, value) : spec.with({ [param]: value }),
  );
  for (const made of specs) checkSpec(made, `${where} (param)`);
  return specs.map((candidate, v) => {
    const inner = { ...options, returnTrainScore: true, ...within(options, v, specs.length) };
    return { value: values[v]!, result: runFolds(candidate, X, y, folds, scorers, inner, where) };
  });
}

/** Progress of one part of several, told as progress of the whole. */
export function within(
  options: Pick<CrossValidateOptions, "onProgress" | "signal">,
  part: number,
  parts: number,
): Pick<CrossValidateOptions, "onProgress"> {
  const { onProgress } = options;
  if (!onProgress) return {};
  return {
    onProgress: ({ done, total, phase }: Progress) => {
      const whole = { done: part * total + done, total: parts * total, phase };
      step(
        "selection",
        { onProgress, ...(options.signal && { signal: options.signal }) },
        whole.done,
        whole.total,
        phase,
      );
    },
  };
}
