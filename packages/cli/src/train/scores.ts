import { expectedCalibrationError } from "whetstone/calibration";
import type { Label } from "whetstone/contract";
import type { Table } from "whetstone/data";
import { Matrix } from "whetstone/math";
import { getMetric, type Metric, metricNames } from "whetstone/metrics";
import { usage } from "../failure.ts";
import type { Target } from "./target.ts";
import { suggestion } from "./words.ts";

/** What a fitted pipeline can be asked. */
export interface Predictor {
  readonly classes: readonly Label[];
  predict(X: Table): ArrayLike<Label>;
  predictProba(X: Table): Matrix;
}

/** Predictions of one model for some rows. */
export interface Predictions {
  readonly yTrue: readonly Label[] | Float64Array;
  readonly yPred: ArrayLike<Label>;
  /** One column per class of the target; null for regression. */
  readonly proba: Matrix | null;
}

/** The metric that ranks: the one asked for, or ROC AUC (two classes), log loss (more), R² (numbers). */
export function rankingMetric(name: string | undefined, target: Target): Metric {
  const classes = target.classes.length;
  if (name === undefined) {
    return getMetric(target.task === "regression" ? "r2" : classes === 2 ? "rocAuc" : "logLoss");
  }
  const kinds = target.task === "regression" ? ["regression"] : ["classification", "probability"];
  const known = metricNames().filter((other) => {
    const { kind, binaryOnly } = getMetric(other);
    return kinds.includes(kind) && !(binaryOnly && classes !== 2);
  });
  let found: Metric | null = null;
  try {
    found = getMetric(name);
  } catch {
    // Told below, with the names that fit the task.
  }
  if (found !== null && known.includes(found.name)) return found;
  const task = target.task === "regression" ? "regression" : `${classes} classes`;
  if (found !== null) {
    throw usage(`--metric ${name} does not fit the task (${task}); choose among ${known.join(", ")}.`);
  }
  throw usage(
    `there is no metric ${JSON.stringify(name)}; ${suggestion(name, known, `metrics for ${task}`)}`,
  );
}

/** Predicts rows once; columns of the probabilities follow the classes of the whole target. */
export function predictRows(
  model: Predictor,
  X: Table,
  target: Target,
  rows: ArrayLike<number>,
): Predictions {
  if (target.task === "regression") {
    const y = target.y as Float64Array;
    return { yTrue: Float64Array.from(rows, (i) => y[i]!), yPred: model.predict(X), proba: null };
  }
  const yTrue = Array.from(rows, (i) => target.y[i]!);
  const proba = inAllClasses(
    model.predictProba(X),
    model.classes,
    target.classes.map(({ label }) => label),
  );
  return { yTrue, yPred: model.predict(X), proba };
}

/** A model fitted without some class gives it probability 0. */
function inAllClasses(proba: Matrix, given: readonly Label[], all: readonly Label[]): Matrix {
  if (given.length === all.length) return proba;
  const out = Matrix.zeros(proba.rows, all.length);
  given.forEach((label, k) => {
    const to = all.indexOf(label);
    for (let i = 0; i < proba.rows; i++) out.set(i, to, proba.at(i, k));
  });
  return out;
}

export function evaluate(metric: Metric, { yTrue, yPred, proba }: Predictions, target: Target): number {
  return metric.evaluate({
    yTrue,
    yPred,
    ...(proba && { proba }),
    ...(target.task === "classification" && { classes: target.classes.map(({ label }) => label) }),
  });
}

/** Scores shown beside the ranking one. */
export function sideScores(predictions: Predictions, target: Target): Record<string, number> {
  const value = (name: string) => evaluate(getMetric(name), predictions, target);
  if (target.task === "regression") return { r2: value("r2"), rmse: value("rmse"), mae: value("mae") };
  return {
    logLoss: value("logLoss"),
    calibrationError: calibrationError(predictions, target),
    accuracy: value("accuracy"),
    balancedAccuracy: value("balancedAccuracy"),
  };
}

function calibrationError({ yTrue, proba }: Predictions, target: Target): number {
  const labels = target.classes.map(({ label }) => label);
  if (proba === null) return Number.NaN;
  return expectedCalibrationError(yTrue as readonly Label[], proba, {
    labels,
    ...(labels.length === 2 && { positive: labels[1]! }),
  });
}

/** Whether score a is better than score b; a missing score never is. */
export function isBetter(metric: Metric, a: number, b: number): boolean {
  if (Number.isNaN(a)) return false;
  if (Number.isNaN(b)) return true;
  return metric.greaterIsBetter ? a > b : a < b;
}
