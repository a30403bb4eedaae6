import type { Label } from "../contract/input.ts";
import { argumentError, requireList, shapeError, show, valueError } from "../errors.ts";
import type { PositiveOption, WeightOption } from "../metrics/index.ts";

/** Options of the two-class calibration maps. */
export type CalibrationOptions<L extends Label> = WeightOption & PositiveOption<L>;

/** A fitted map from scores to probabilities. */
export interface Calibration {
  /** Probability of the positive class for each score. */
  transform(scores: ArrayLike<number>): Float64Array;
}

export interface BinaryData {
  readonly scores: Float64Array;
  /** 1 for the positive label, else 0. */
  readonly truth: Uint8Array;
  readonly weight: Float64Array;
}

export function readScores(where: string, argument: string, values: ArrayLike<number>): Float64Array {
  if (values === null || typeof values !== "object" || typeof values.length !== "number") {
    throw argumentError(where, argument, values, "an array of numbers");
  }
  const out = Float64Array.from(values);
  const bad = out.findIndex((v) => !Number.isFinite(v));
  if (bad >= 0)
    throw valueError(where, argument, `holds ${values[bad]} at row ${bad}, expected a finite number`);
  return out;
}

/** Scores that are probabilities. */
export function readUnit(where: string, argument: string, values: ArrayLike<number>): Float64Array {
  const out = readScores(where, argument, values);
  const bad = out.findIndex((v) => !(v >= 0 && v <= 1));
  if (bad >= 0)
    throw valueError(where, argument, `holds ${out[bad]} at row ${bad}, expected probabilities in [0, 1]`);
  return out;
}

export function readBinary<L extends Label>(
  where: string,
  scores: Float64Array,
  yTrue: ArrayLike<L>,
  options: CalibrationOptions<L>,
): BinaryData {
  const n = scores.length;
  requireList(where, "yTrue", yTrue, "an array of labels");
  if (yTrue.length !== n)
    throw shapeError(where, "yTrue", `has ${yTrue.length} entries`, `${n} (length of scores)`);
  if (n === 0) throw shapeError(where, "scores", "is empty", "at least one entry");
  const labels = [...new Set(Array.from(yTrue))].sort((a, b) => (a < b ? -1 : 1));
  if (labels.length !== 2) {
    throw valueError(
      where,
      "yTrue",
      `holds ${labels.length === 1 ? `only ${show(labels[0])}` : `${labels.length} classes`}, expected two classes`,
    );
  }
  const positive = options.positive ?? labels[1]!;
  if (!labels.includes(positive))
    throw argumentError(where, "positive", positive, `one of ${labels.map(show).join(", ")}`);
  const weight = new Float64Array(n).fill(1);
  if (options.sampleWeight !== undefined) {
    const given = readScores(where, "sampleWeight", options.sampleWeight);
    if (given.length !== n)
      throw shapeError(where, "sampleWeight", `has ${given.length} entries`, `${n} (length of scores)`);
    const bad = given.findIndex((v) => v < 0);
    if (bad >= 0)
      throw valueError(where, "sampleWeight", `holds ${given[bad]} at row ${bad}, expected numbers >= 0`);
    weight.set(given);
  }
  const truth = Uint8Array.from({ length: n }, (_, i) => (yTrue[i] === positive ? 1 : 0));
  let ones = 0;
  let zeros = 0;
  for (let i = 0; i < n; i++) {
    if (truth[i] === 1) ones += weight[i]!;
    else zeros += weight[i]!;
  }
  if (!(ones > 0 && zeros > 0))
    throw valueError(where, "sampleWeight", "leaves only one class with weight above 0");
  return { scores, truth, weight };
}

/** 1 / (1 + e^-z) without overflow. */
export function sigmoid(z: number): number {
  if (z >= 0) return 1 / (1 + Math.exp(-z));
  const e = Math.exp(z);
  return e / (1 + e);
}

/** log(1 + e^z) without overflow. */
export function softplus(z: number): number {
  return z > 0 ? z + Math.log1p(Math.exp(-z)) : Math.log1p(Math.exp(z));
}
