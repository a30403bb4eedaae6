import type { Label } from "../contract/input.ts";
import { Matrix } from "../math/matrix.ts";
import { newton } from "../math/optimize/index.ts";
import {
  type Calibration,
  type CalibrationOptions,
  readBinary,
  readScores,
  sigmoid,
  softplus,
} from "./input.ts";

/** p = sigmoid(slope * score + intercept); made by {@link plattScaling}. */
export class PlattCalibration implements Calibration {
  static readonly typeName = "PlattCalibration";
  readonly slope: number;
  readonly intercept: number;

  constructor(slope: number, intercept: number) {
    this.slope = slope;
    this.intercept = intercept;
  }

  transform(scores: ArrayLike<number>): Float64Array {
    const s = readScores("PlattCalibration.transform", "scores", scores);
    return s.map((v) => sigmoid(this.slope * v + this.intercept));
  }

  toState(): unknown {
    return { slope: this.slope, intercept: this.intercept };
  }

  static fromState(state: unknown): PlattCalibration {
    const { slope, intercept } = state as { slope: number; intercept: number };
    return new PlattCalibration(slope, intercept);
  }
}

/**
 * Platt scaling: a sigmoid of two parameters from scores (any real numbers, margins or logits) to probabilities,
 * fitted by maximum likelihood on held-out data with Platt's smoothed targets (N+ + 1) / (N+ + 2) and 1 / (N- + 2),
 * which keep it finite on separable data. Two parameters: good from few rows on, but only for sigmoid-shaped errors.
 *
 * Source: Platt (1999); Lin, Lin and Weng (Machine Learning 68, 2007).
 * @example
 * plattScaling([-2, -1, 1, 2], [0, 0, 1, 1]).transform([0]); // [0.5]
 */
export function plattScaling<L extends Label>(
  scores: ArrayLike<number>,
  yTrue: ArrayLike<L>,
  options: CalibrationOptions<L> = {},
): PlattCalibration {
  const where = "plattScaling";
  const {
    scores: raw,
    truth,
    weight,
  } = readBinary(where, readScores(where, "scores", scores), yTrue, options);
  const n = raw.length;
  let ones = 0;
  let zeros = 0;
  let mean = 0;
  for (let i = 0; i < n; i++) {
    if (truth[i] === 1) ones += weight[i]!;
    else zeros += weight[i]!;
    mean += weight[i]! * raw[i]!;
  }
  const total = ones + zeros;
  mean /= total;
  let spread = 0;
  for (let i = 0; i < n; i++) spread += weight[i]! * (raw[i]! - mean) ** 2;
  // Standardised scores: the fit then does not depend on the unit of the scores.
  const scale = Math.sqrt(spread / total) || 1;
  const s = raw.map((v) => (v - mean) / scale);
  const high = (ones + 1) / (ones + 2);
  const low = 1 / (zeros + 2);
  const target = Float64Array.from(truth, (t) => (t === 1 ? high : low));
  const r = newton(
    {
      valueAndGradient(x, g) {
        let f = 0;
        g.fill(0);
        for (let i = 0; i < n; i++) {
          const z = x[0]! * s[i]! + x[1]!;
          const w = weight[i]! / total;
          f += w * (softplus(z) - target[i]! * z);
          const e = w * (sigmoid(z) - target[i]!);
          g[0]! += e * s[i]!;
          g[1]! += e;
        }
        return f;
      },
      hessian(x) {
        const h = Matrix.zeros(2, 2);
        for (let i = 0; i < n; i++) {
          const p = sigmoid(x[0]! * s[i]! + x[1]!);
          const v = (weight[i]! / total) * p * (1 - p);
          h.data[0]! += v * s[i]! * s[i]!;
          h.data[1]! += v * s[i]!;
          h.data[3]! += v;
        }
        h.data[2] = h.data[1]!;
        return h;
      },
    },
    [0, Math.log((ones + 1) / (zeros + 1))],
    { tolerance: 1e-12 },
  );
  const slope = r.x[0]! / scale;
  return new PlattCalibration(slope, r.x[1]! - slope * mean);
}
