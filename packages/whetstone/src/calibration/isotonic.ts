import type { Label } from "../contract/input.ts";
import { shapeError, valueError } from "../errors.ts";
import { type Calibration, type CalibrationOptions, readBinary, readScores } from "./input.ts";

/**
 * Isotonic regression: the non-decreasing sequence nearest to y in weighted squares, by pooling adjacent violators.
 *
 * @param y Values in the order of x.
 * @param weights Weights > 0. Default: all 1.
 * @returns Fitted values, as many as y.
 * Source: Barlow et al. (1972); O(n).
 * @example
 * isotonicRegression([1, 3, 2, 4]); // [1, 2.5, 2.5, 4]
 */
export function isotonicRegression(y: ArrayLike<number>, weights?: ArrayLike<number>): Float64Array {
  const where = "isotonicRegression";
  const values = readScores(where, "y", y);
  const n = values.length;
  const w = weights === undefined ? new Float64Array(n).fill(1) : readScores(where, "weights", weights);
  if (w.length !== n) throw shapeError(where, "weights", `has ${w.length} entries`, `${n} (length of y)`);
  const bad = w.findIndex((v) => !(v > 0));
  if (bad >= 0) throw valueError(where, "weights", `holds ${w[bad]} at index ${bad}, expected numbers > 0`);
  return poolAdjacentViolators(values, w);
}

/** Blocks of equal fit, kept as a stack: mean, weight, length. */
function poolAdjacentViolators(y: Float64Array, w: Float64Array): Float64Array {
  const n = y.length;
  const mean = new Float64Array(n);
  const mass = new Float64Array(n);
  const end = new Uint32Array(n);
  let top = -1;
  for (let i = 0; i < n; i++) {
    top++;
    mean[top] = y[i]!;
    mass[top] = w[i]!;
    end[top] = i + 1;
    while (top > 0 && mean[top - 1]! >= mean[top]!) {
      const total = mass[top - 1]! + mass[top]!;
      // Equal means stay bit for bit what they are.
      if (mean[top - 1]! !== mean[top]!) {
        mean[top - 1] = (mean[top - 1]! * mass[top - 1]! + mean[top]! * mass[top]!) / total;
      }
      mass[top - 1] = total;
      end[top - 1] = end[top]!;
      top--;
    }
  }
  const out = new Float64Array(n);
  for (let b = 0, from = 0; b <= top; b++) {
    out.fill(mean[b]!, from, end[b]!);
    from = end[b]!;
  }
  return out;
}

/** Monotone map through knots, linear between them, constant outside; made by {@link isotonicCalibration}. */
export class IsotonicCalibration implements Calibration {
  static readonly typeName = "IsotonicCalibration";
  /** Scores of the knots, ascending, and the probabilities there, non-decreasing. */
  readonly x: Float64Array;
  readonly y: Float64Array;

  constructor(x: Float64Array, y: Float64Array) {
    this.x = x;
    this.y = y;
  }

  transform(scores: ArrayLike<number>): Float64Array {
    const s = readScores("IsotonicCalibration.transform", "scores", scores);
    return s.map((v) => interpolate(this.x, this.y, v));
  }

  toState(): unknown {
    return { x: this.x, y: this.y };
  }

  static fromState(state: unknown): IsotonicCalibration {
    const { x, y } = state as { x: Float64Array; y: Float64Array };
    return new IsotonicCalibration(x, y);
  }
}

function interpolate(x: Float64Array, y: Float64Array, v: number): number {
  let low = 0;
  let high = x.length - 1;
  if (v <= x[0]!) return y[0]!;
  if (v >= x[high]!) return y[high]!;
  while (high - low > 1) {
    const mid = (low + high) >> 1;
    if (x[mid]! <= v) low = mid;
    else high = mid;
  }
  return y[low]! + ((v - x[low]!) / (x[high]! - x[low]!)) * (y[high]! - y[low]!);
}

/**
 * Isotonic calibration: the best non-decreasing map from score to probability, of any shape, on held-out data. Ties in
 * the score are averaged first; between knots the map is linear. Needs on the order of a thousand rows; with few it
 * follows the noise.
 *
 * Source: Zadrozny and Elkan (KDD 2002).
 * @example
 * isotonicCalibration([0.1, 0.4, 0.6, 0.9], [0, 1, 0, 1]).transform([0.5]); // [0.5]
 */
export function isotonicCalibration<L extends Label>(
  scores: ArrayLike<number>,
  yTrue: ArrayLike<L>,
  options: CalibrationOptions<L> = {},
): IsotonicCalibration {
  const where = "isotonicCalibration";
  const data = readBinary(where, readScores(where, "scores", scores), yTrue, options);
  const order = Uint32Array.from({ length: data.scores.length }, (_, i) => i)
    .filter((i) => data.weight[i]! > 0)
    .sort((a, b) => data.scores[a]! - data.scores[b]!);
  const x: number[] = [];
  const sum: number[] = [];
  const mass: number[] = [];
  for (const i of order) {
    const s = data.scores[i]!;
    if (x.length === 0 || s !== x.at(-1)) {
      x.push(s);
      sum.push(0);
      mass.push(0);
    }
    sum[x.length - 1]! += data.weight[i]! * data.truth[i]!;
    mass[x.length - 1]! += data.weight[i]!;
  }
  const fitted = poolAdjacentViolators(
    Float64Array.from(sum, (v, k) => v / mass[k]!),
    Float64Array.from(mass),
  );
  // Only the ends of each flat stretch matter.
  const keep = x
    .map((_, k) => k)
    .filter(
      (k) => k === 0 || k === x.length - 1 || fitted[k] !== fitted[k - 1] || fitted[k] !== fitted[k + 1],
    );
  return new IsotonicCalibration(
    Float64Array.from(keep, (k) => x[k]!),
    Float64Array.from(keep, (k) => fitted[k]!),
  );
}
