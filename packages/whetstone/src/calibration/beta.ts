import type { Label } from "../contract/input.ts";
import { lbfgsb } from "../math/optimize/index.ts";
import {
  type Calibration,
  type CalibrationOptions,
  readBinary,
  readUnit,
  sigmoid,
  softplus,
} from "./input.ts";

/** Keeps the logarithms of scores 0 and 1 finite. */
const EDGE = 1e-12;

/** logit(p) = a ln s - b ln(1 - s) + c; made by {@link betaCalibration}. */
export class BetaCalibration implements Calibration {
  static readonly typeName = "BetaCalibration";
  readonly a: number;
  readonly b: number;
  readonly c: number;

  constructor(a: number, b: number, c: number) {
    this.a = a;
    this.b = b;
    this.c = c;
  }

  transform(scores: ArrayLike<number>): Float64Array {
    const s = readUnit("BetaCalibration.transform", "scores", scores);
    return s.map((v) => {
      const u = Math.min(Math.max(v, EDGE), 1 - EDGE);
      return sigmoid(this.a * Math.log(u) - this.b * Math.log1p(-u) + this.c);
    });
  }

  toState(): unknown {
    return { a: this.a, b: this.b, c: this.c };
  }

  static fromState(state: unknown): BetaCalibration {
    const { a, b, c } = state as { a: number; b: number; c: number };
    return new BetaCalibration(a, b, c);
  }
}

/**
 * Beta calibration: logit(p) = a ln s - b ln(1 - s) + c with a, b >= 0, a monotone map of three parameters on
 * probabilities that contains the identity (a = b = 1, c = 0) and inverse-sigmoid shapes, which Platt's does not.
 * Fitted by maximum likelihood on held-out scores.
 *
 * @param scores Probabilities in [0, 1].
 * Source: Kull, Silva Filho and Flach (AISTATS 2017). On separable data the likelihood has no maximum; the parameters
 * are then bounded by 1000.
 * @example
 * const s = [0.1, 0.2, 0.2, 0.4, 0.6, 0.8, 0.8, 0.9];
 * betaCalibration(s, [0, 0, 1, 0, 1, 1, 0, 1]).transform([0.5]); // [0.5]
 */
export function betaCalibration<L extends Label>(
  scores: ArrayLike<number>,
  yTrue: ArrayLike<L>,
  options: CalibrationOptions<L> = {},
): BetaCalibration {
  const where = "betaCalibration";
  const data = readBinary(where, readUnit(where, "scores", scores), yTrue, options);
  const clipped = data.scores.map((v) => Math.min(Math.max(v, EDGE), 1 - EDGE));
  const u = clipped.map((v) => Math.log(v));
  const v = clipped.map((s) => -Math.log1p(-s));
  const total = data.weight.reduce((x, y) => x + y, 0);
  const r = lbfgsb(
    {
      valueAndGradient(x, g) {
        let f = 0;
        g.fill(0);
        for (let i = 0; i < u.length; i++) {
          const z = x[0]! * u[i]! + x[1]! * v[i]! + x[2]!;
          const w = data.weight[i]! / total;
          f += w * (softplus(z) - (data.truth[i] === 1 ? z : 0));
          const e = w * (sigmoid(z) - data.truth[i]!);
          g[0]! += e * u[i]!;
          g[1]! += e * v[i]!;
          g[2]! += e;
        }
        return f;
      },
    },
    [1, 1, 0],
    { bounds: { lower: [0, 0, -1000], upper: 1000 }, tolerance: { gradient: 1e-10, value: 0 } },
  );
  return new BetaCalibration(r.x[0]!, r.x[1]!, r.x[2]!);
}
