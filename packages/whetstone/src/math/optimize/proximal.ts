import { argumentError, requireList } from "../../errors.ts";
import { Monitor, numberOption } from "./monitor.ts";
import { Objective, startPoint } from "./objective.ts";
import type { MinimizeOptions, MinimizeResult, Problem, StopReason } from "./types.ts";
import { norm2 } from "./vector.ts";

/** A convex, possibly non-smooth term h with an easy proximal map argmin_z h(z) + |z - x|^2 / (2 t). */
export interface Proximal {
  /** h(x); Infinity outside a constraint set. */
  value(x: Float64Array): number;
  /** Replaces x by its proximal map with step t. */
  apply(x: Float64Array, t: number): void;
}

/**
 * Soft threshold: sign(v) max(|v| - t, 0), the proximal map of t |v|.
 *
 * @example
 * softThreshold(3, 1); // 2
 * softThreshold(-0.5, 1); // 0
 */
export function softThreshold(v: number, t: number): number {
  return v > t ? v - t : v < -t ? v + t : 0;
}

/**
 * h(x) = sum_i w_i |x_i|, with one weight for all entries or one per entry.
 *
 * @example
 * proximalGradient((x) => (x[0] - 3) ** 2 / 2, l1Proximal(1), [0]).x[0]; // about 2
 */
export function l1Proximal(weight: number | ArrayLike<number>): Proximal {
  const where = "l1Proximal";
  const at = typeof weight === "number" ? () => weight : (i: number) => weight[i] ?? 0;
  if (typeof weight === "number") numberOption(where, "weight", weight, "nonnegative");
  else requireList(where, "weight", weight, "a number or an array of numbers");
  if (typeof weight !== "number")
    for (let i = 0; i < weight.length; i++) numberOption(where, `weight[${i}]`, weight[i]!, "nonnegative");
  return {
    value: (x) => x.reduce((sum, v, i) => sum + at(i) * Math.abs(v), 0),
    apply(x, t) {
      for (let i = 0; i < x.length; i++) x[i] = softThreshold(x[i]!, t * at(i));
    },
  };
}

/**
 * Indicator of the box lower <= x <= upper; its proximal map is the projection.
 *
 * @example
 * proximalGradient((x) => (x[0] - 3) ** 2 / 2, boxProximal(0, 1), [0]).x[0]; // about 1
 */
export function boxProximal(lower: number, upper: number): Proximal {
  if (!(lower <= upper)) throw argumentError("boxProximal", "upper", upper, `a number >= lower (${lower})`);
  return {
    value: (x) => (x.every((v) => v >= lower && v <= upper) ? 0 : Number.POSITIVE_INFINITY),
    apply(x) {
      for (let i = 0; i < x.length; i++) x[i] = Math.min(Math.max(x[i]!, lower), upper);
    },
  };
}

/**
 * Indicator of the ball |x|_2 <= radius.
 *
 * @example
 * proximalGradient((x) => (x[0] - 3) ** 2 / 2 + (x[1] - 4) ** 2 / 2, ballProximal(1), [0, 0]).x; // about [0.6, 0.8]
 */
export function ballProximal(radius: number): Proximal {
  numberOption("ballProximal", "radius", radius, "nonnegative");
  return {
    // Room for the rounding of the projection itself.
    value: (x) => (norm2(x) <= radius * (1 + 1e-12) ? 0 : Number.POSITIVE_INFINITY),
    apply(x) {
      const length = norm2(x);
      if (length > radius) for (let i = 0; i < x.length; i++) x[i]! *= radius / length;
    },
  };
}

/** Step size and acceleration. */
export interface ProximalGradientOptions extends MinimizeOptions {
  /** A fixed step (at most 1 / L), or `"backtracking"` (default), which estimates L. */
  learningRate?: number | "backtracking";
  /** FISTA momentum with restart when the value rises; otherwise plain ISTA. Default true. */
  accelerated?: boolean;
}

/**
 * Minimises f(x) + h(x) with f smooth and h given by its proximal map: ISTA, or FISTA (value gap O(1/k^2)).
 * The gradient tolerance applies to the gradient mapping (x - prox(x - t g)) / t, which is zero exactly at a
 * minimum, and `result.gradient` holds that mapping.
 *
 * Default tolerances: gradient 1e-6, value and step off; `maxIterations` 10000.
 *
 * Source: Beck and Teboulle (SIAM J. Imaging Sci. 2, 2009); restart of O'Donoghue and Candes (2015).
 * @example
 * proximalGradient((x) => (x[0] - 3) ** 2 / 2, l1Proximal(1), [0]).x; // about [2]
 */
export function proximalGradient(
  smooth: Problem,
  proximal: Proximal,
  x0: ArrayLike<number>,
  options: ProximalGradientOptions = {},
): MinimizeResult {
  const where = "proximalGradient";
  const { learningRate = "backtracking", accelerated = true } = options;
  if (learningRate !== "backtracking") numberOption(where, "learningRate", learningRate, "positive");
  let x = startPoint(where, x0);
  const n = x.length;
  const objective = new Objective(where, smooth, n);
  const monitor = new Monitor(where, options, { gradient: 1e-6, value: 0, step: 0, maxIterations: 10_000 });
  const searching = learningRate === "backtracking";
  let t = searching ? 1 : learningRate;
  const at = x.slice(); // the extrapolated point y
  let next: Float64Array = new Float64Array(n);
  const g = new Float64Array(n);
  const mapping = new Float64Array(n);
  let theta = 1;

  /** One proximal step from `at`, where the smooth value is fAt: fills `next` and `mapping`. */
  const proximalStep = (fAt: number): number => {
    for (let tries = 0; ; tries++) {
      for (let i = 0; i < n; i++) next[i] = at[i]! - t * g[i]!;
      proximal.apply(next, t);
      const fNext = objective.value(next);
      let linear = 0;
      let square = 0;
      for (let i = 0; i < n; i++) {
        const move = next[i]! - at[i]!;
        linear += g[i]! * move;
        square += move * move;
        mapping[i] = -move / t;
      }
      // The quadratic upper bound with 1 / t in place of L; the slack is rounding of f.
      const bound = fAt + linear + square / (2 * t) + 1e-15 * Math.abs(fAt);
      if (!searching || fNext <= bound || tries >= 100) return fNext;
      t /= 2;
    }
  };
  const norm = (): number => mapping.reduce((m, v) => Math.max(m, Math.abs(v)), 0);

  let fSmooth = objective.start(x, g);
  let f = fSmooth + proximal.value(x);
  let reason: StopReason | undefined = monitor.start(x, f, Number.POSITIVE_INFINITY);
  while (reason === undefined) {
    const fNext = proximalStep(fSmooth);
    const total = fNext + proximal.value(next);
    if (!Number.isFinite(total)) {
      reason = "diverged";
      break;
    }
    if (accelerated && total > f && theta > 1) {
      // The momentum overshot: drop it and step again from x itself.
      theta = 1;
      at.set(x);
      fSmooth = objective.valueAndGradient(at, g);
      continue;
    }
    reason = monitor.next(x, next, f, total, norm(), t);
    f = total;
    const previous = x;
    x = next;
    next = previous;
    if (reason !== undefined) break;
    if (accelerated) {
      const thetaNext = (1 + Math.sqrt(1 + 4 * theta * theta)) / 2;
      const weight = (theta - 1) / thetaNext;
      for (let i = 0; i < n; i++) at[i] = x[i]! + weight * (x[i]! - previous[i]!);
      theta = thetaNext;
    } else {
      at.set(x);
    }
    fSmooth = objective.valueAndGradient(at, g);
  }
  return monitor.result(x, f, mapping, objective.evaluations, reason);
}
