import { shapeError, valueError } from "../contract/index.ts";
import type { Evaluation } from "./evaluation.ts";
import type { Scorer } from "./scoring.ts";

/** A metric over pairs of what was observed and what was predicted. */
const TABLE: Readonly<Record<string, { greaterIsBetter: boolean; score(e: Evaluation): number }>> = {
  accuracy: {
    greaterIsBetter: true,
    score: (e) => weightedMean(e, (i) => (e.y[i] === e.predictions[i] ? 1 : 0)),
  },
  logLoss: {
    greaterIsBetter: false,
    score: (e) => weightedMean(e, (i) => -Math.log(probabilityOfTruth(e, i))),
  },
  r2: { greaterIsBetter: true, score: rSquared },
  mse: { greaterIsBetter: false, score: (e) => weightedMean(e, (i) => errorAt(e, i) ** 2) },
  rmse: { greaterIsBetter: false, score: (e) => Math.sqrt(weightedMean(e, (i) => errorAt(e, i) ** 2)) },
  mae: { greaterIsBetter: false, score: (e) => weightedMean(e, (i) => Math.abs(errorAt(e, i))) },
};

export function scorerNames(): string[] {
  return Object.keys(TABLE);
}

export function namedScorer(name: string): Scorer | undefined {
  return Object.hasOwn(TABLE, name) ? { name, ...TABLE[name]! } : undefined;
}

function weightedMean(e: Evaluation, at: (i: number) => number): number {
  let sum = 0;
  let total = 0;
  for (let i = 0; i < e.y.length; i++) {
    const w = e.sampleWeight ? e.sampleWeight[i]! : 1;
    if (w === 0) continue;
    sum += w * at(i);
    total += w;
  }
  if (total === 0) throw valueError("score", "sampleWeight", "leaves no row with a weight > 0");
  return sum / total;
}

function errorAt(e: Evaluation, i: number): number {
  const predicted = e.predictions;
  if (predicted.length !== e.y.length) {
    throw shapeError("score", "predict(X)", `has ${predicted.length} entries`, `${e.y.length} (rows of X)`);
  }
  return (predicted[i] as number) - (e.y[i] as number);
}

function rSquared(e: Evaluation): number {
  const mean = weightedMean(e, (i) => e.y[i] as number);
  const spread = weightedMean(e, (i) => ((e.y[i] as number) - mean) ** 2);
  const error = weightedMean(e, (i) => errorAt(e, i) ** 2);
  // A constant target: perfect or worthless, as there is nothing to explain.
  if (spread === 0) return error === 0 ? 1 : 0;
  return 1 - error / spread;
}

/** Probability given to the observed label, at least one unit of rounding, so that the logarithm stays finite. */
function probabilityOfTruth(e: Evaluation, i: number): number {
  const k = e.classes.indexOf(e.y[i] as never);
  const p = k < 0 ? 0 : e.probabilities.at(i, k);
  return Math.max(p, Number.EPSILON);
}
