import { argumentError, requireFunction, requireList, shapeError, valueError } from "../../errors.ts";
import { eigh, eighvals } from "../linalg/eigh.ts";
import type { Matrix } from "../matrix.ts";
import { numericalHessian } from "../optimize/differences.ts";
import type { Problem, ProblemFunctions } from "../optimize/types.ts";
import { type RandomStream, randomStream, type Seed } from "../random/index.ts";

/** Where points are drawn: a box, or any sampler. */
export interface SamplingDomain {
  /** Ends of the box, one per entry. Give these or `sample`. */
  lower?: ArrayLike<number>;
  upper?: ArrayLike<number>;
  /** Draws a point of the (convex) domain. */
  sample?: (stream: RandomStream) => ArrayLike<number>;
  /** Default 1000. */
  samples?: number;
  seed?: Seed;
}

/** Two points that prove a function not convex: at their midpoint it lies above the chord. */
export interface ConvexityCounterexample {
  readonly a: Float64Array;
  readonly b: Float64Array;
  /** f at the midpoint, and the mean of f(a) and f(b), which it exceeds. */
  readonly middle: number;
  readonly chord: number;
}

/** What a search over pairs of points found of a function's convexity. */
export interface MidpointConvexity {
  /** False is proof (see `counterexample`); true means that no sampled pair contradicts convexity. */
  readonly convex: boolean;
  readonly counterexample: ConvexityCounterexample | undefined;
  /** Pairs tried, up to the counterexample. */
  readonly pairs: number;
}

/**
 * Midpoint convexity test by sampling: f((a + b) / 2) <= (f(a) + f(b)) / 2 for random pairs of the domain, half of
 * them close together so that local bumps are seen too. Stops at the first violation beyond rounding.
 *
 * @param f Continuous function (for such, midpoint convexity is convexity).
 * @example
 * midpointConvexity((x) => x[0] ** 2, { lower: [-1], upper: [1], seed: 1 }).convex; // true
 * midpointConvexity((x) => Math.sin(x[0]), { lower: [0], upper: [3], seed: 1 }).counterexample; // a pair on the hump
 */
export function midpointConvexity(f: (x: Float64Array) => number, domain: SamplingDomain): MidpointConvexity {
  const where = "midpointConvexity";
  requireFunction(where, "f", f);
  const { draw, samples } = sampler(where, domain);
  for (let k = 0; k < samples; k++) {
    const a = draw();
    let b = draw();
    // Every second pair is shrunk towards a, by a factor that sweeps several scales.
    if (k % 2 === 1) b = b.map((v, i) => a[i]! + (v - a[i]!) * 10 ** -(((k >> 1) % 4) * 0.75));
    const mid = a.map((v, i) => v / 2 + b[i]! / 2);
    const fa = f(a);
    const fb = f(b);
    const middle = f(mid);
    const chord = fa / 2 + fb / 2;
    if (Number.isNaN(fa) || Number.isNaN(fb) || Number.isNaN(middle)) {
      throw valueError(where, "f", `is NaN at one of [${a}], [${b}], [${mid}]`);
    }
    const rounding = 1e-12 * Math.max(Math.abs(fa), Math.abs(fb), Math.abs(middle));
    if (middle > chord + rounding) {
      return { convex: false, counterexample: { a, b, middle, chord }, pairs: k + 1 };
    }
  }
  return { convex: true, counterexample: undefined, pairs: samples };
}

/** What the second derivatives at sampled points say of a function's convexity. */
export interface HessianConvexity {
  /** False is proof up to the accuracy of the Hessian; true means that no sampled point contradicts convexity. */
  readonly convex: boolean;
  /** Smallest eigenvalue over the sampled points. Positive suggests strong convexity with this modulus. */
  readonly smallestEigenvalue: number;
  /** Where it occurs, and its direction of (most negative) curvature. */
  readonly x: Float64Array;
  readonly direction: Float64Array;
}

/**
 * Second-order convexity test: the Hessian at random points of the domain has no negative eigenvalue.
 *
 * @param problem With `hessian`, else it is taken by finite differences.
 * @param domain Its `tolerance` (default 1e-6, relative to the largest eigenvalue) absorbs errors of the Hessian.
 * @example
 * hessianConvexity((x) => x[0] ** 2 - x[1] ** 2, { lower: [-1, -1], upper: [1, 1], seed: 1 }).convex; // false
 */
export function hessianConvexity(
  problem: Problem,
  domain: SamplingDomain & { tolerance?: number },
): HessianConvexity {
  const where = "hessianConvexity";
  const { tolerance = 1e-6 } = domain;
  const { draw, samples } = sampler(where, { samples: 100, ...domain });
  const p: ProblemFunctions = typeof problem === "function" ? { value: problem } : problem;
  const smooth = p.hessian !== undefined || p.gradient !== undefined || p.valueAndGradient !== undefined;
  const valuesOnly = smooth ? undefined : (x: Float64Array) => p.value!(x);
  let worst: HessianConvexity | undefined;
  let convex = true;
  for (let k = 0; k < samples; k++) {
    const x = draw();
    const H = p.hessian !== undefined ? p.hessian(x) : numericalHessian(p, x);
    const { values, vectors } = eigh(H, { order: "ascending" });
    const low = values[0] ?? Number.POSITIVE_INFINITY;
    const high = Math.max(Math.abs(low), Math.abs(values.at(-1) ?? 0), 1);
    // Second differences of values carry an error of about 4 eps |f| / h^2 with h^2 = eps^(1/2).
    const noise = valuesOnly ? 8 * Math.sqrt(Number.EPSILON) * x.length * Math.abs(valuesOnly(x)) : 0;
    if (low < -tolerance * high - noise) convex = false;
    if (worst === undefined || low < worst.smallestEigenvalue) {
      worst = { convex, smallestEigenvalue: low, x, direction: vectors.col(0) };
    }
  }
  return { ...worst!, convex };
}

/** What kind of point it is where the gradient is zero, by the signs of the Hessian's eigenvalues. */
export interface StationaryPoint {
  /** `"degenerate"`: an eigenvalue is zero, so second derivatives do not decide (and none contradicts a minimum or maximum). */
  readonly kind: "minimum" | "maximum" | "saddle" | "degenerate";
  /** Descending. */
  readonly eigenvalues: Float64Array;
  /**
   * Eigenvalues above zero; the two that follow count those below, and those equal to it up to the tolerance.
   */
  readonly positive: number;
  readonly negative: number;
  readonly zero: number;
}

/**
 * Kind of a stationary point from the signs of its Hessian's eigenvalues: all positive a minimum, all negative a
 * maximum, both signs a saddle.
 *
 * @param hessian n x n, symmetric.
 * @param tolerance Eigenvalues up to this times the largest in size count as zero. Default 1e-8.
 * @example
 * stationaryKind(Matrix.diagonal([2, -1])).kind; // "saddle"
 */
export function stationaryKind(hessian: Matrix, tolerance = 1e-8): StationaryPoint {
  const eigenvalues = eighvals(hessian);
  const scale = Math.max(Math.abs(eigenvalues[0] ?? 0), Math.abs(eigenvalues.at(-1) ?? 0));
  const limit = tolerance * scale;
  const positive = eigenvalues.filter((v) => v > limit).length;
  const negative = eigenvalues.filter((v) => v < -limit).length;
  const zero = eigenvalues.length - positive - negative;
  const kind =
    positive > 0 && negative > 0 ? "saddle" : zero > 0 ? "degenerate" : positive > 0 ? "minimum" : "maximum";
  return { kind: eigenvalues.length === 0 ? "degenerate" : kind, eigenvalues, positive, negative, zero };
}

function sampler(where: string, domain: SamplingDomain): { draw: () => Float64Array; samples: number } {
  if (domain === null || typeof domain !== "object")
    throw argumentError(where, "domain", domain, "an object with lower and upper, or with sample");
  const { lower, upper, sample, samples = 1000, seed = 0 } = domain;
  if (!(Number.isSafeInteger(samples) && samples >= 1))
    throw argumentError(where, "samples", samples, "an integer >= 1");
  const stream = randomStream(seed);
  if (sample !== undefined) {
    if (lower !== undefined || upper !== undefined) {
      throw argumentError(where, "lower", lower, "absent, as upper, when sample is given");
    }
    return { draw: () => Float64Array.from(sample(stream)), samples };
  }
  if (lower === undefined || upper === undefined) {
    throw argumentError(where, "lower", lower, "given together with upper, or sample instead");
  }
  requireList(where, "lower", lower);
  requireList(where, "upper", upper);
  if (lower.length !== upper.length) {
    throw shapeError(where, "upper", `has ${upper.length} entries`, `${lower.length} (length of lower)`);
  }
  for (let i = 0; i < lower.length; i++) {
    if (!(Number.isFinite(lower[i]!) && Number.isFinite(upper[i]!) && lower[i]! <= upper[i]!)) {
      throw argumentError(where, `lower[${i}]`, lower[i], `finite and at most upper[${i}] (${upper[i]})`);
    }
  }
  return { draw: () => Float64Array.from(lower, (low, i) => stream.uniform(low, upper[i]!)), samples };
}
