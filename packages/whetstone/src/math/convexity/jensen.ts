import { argumentError, valueError } from "../../errors.ts";
import { type RandomStream, randomStream, type Seed } from "../random/index.ts";

/** Size and randomness of the sample that stands for the distribution. */
export interface JensenOptions {
  /** Default 10000. */
  samples?: number;
  /** Default 0. */
  seed?: Seed;
}

/** Both sides of Jensen's inequality over a sample. */
export interface JensenGap {
  /** E[f(X)] and f(E[X]) over the sample. */
  readonly meanOfF: number;
  readonly fOfMean: number;
  /** E[f(X)] - f(E[X]): >= 0 for convex f, <= 0 for concave f, 0 for affine f or constant X. */
  readonly gap: number;
  /** Standard error of `gap` as an estimate for the distribution itself (delta method). */
  readonly standardError: number;
  readonly samples: number;
}

/**
 * Jensen's inequality by sampling: compares E[f(X)] with f(E[X]). For the empirical distribution of the sample the
 * sign of the gap is exact (up to rounding): no convex f gives a negative gap whatever the sample.
 *
 * @param f Function of one number, or of a vector when the sampler draws vectors.
 * @param sample Draws one X from the stream it is given.
 * @example
 * jensenGap((x) => x ** 2, (stream) => stream.normal(3, 2), { seed: 1 }).gap; // about 4, the variance
 */
export function jensenGap(
  f: (x: number) => number,
  sample: (stream: RandomStream) => number,
  options?: JensenOptions,
): JensenGap;
export function jensenGap(
  f: (x: ArrayLike<number>) => number,
  sample: (stream: RandomStream) => ArrayLike<number>,
  options?: JensenOptions,
): JensenGap;
export function jensenGap<X extends number | ArrayLike<number>>(
  f: (x: X) => number,
  sample: (stream: RandomStream) => X,
  options: JensenOptions = {},
): JensenGap {
  const where = "jensenGap";
  const { samples, stream } = setUp(where, options, 2);
  const draws = Array.from({ length: samples }, () => sample(stream));
  const values = Float64Array.from(draws, (x) => f(x));
  const bad = values.findIndex((v) => !Number.isFinite(v));
  if (bad >= 0) throw valueError(where, "f", `is ${values[bad]} at the sampled point ${String(draws[bad])}`);
  const meanOfF = mean(values);
  const scalar = typeof draws[0] === "number";
  const rows = draws.map((x) =>
    scalar ? Float64Array.of(x as number) : Float64Array.from(x as ArrayLike<number>),
  );
  const d = rows[0]!.length;
  const centre = new Float64Array(d);
  for (let i = 0; i < d; i++) centre[i] = mean(Float64Array.from(rows, (r) => r[i]!));
  const at = (x: Float64Array): number => f((scalar ? x[0]! : x) as X);
  const fOfMean = at(centre);
  // To first order the gap varies like the mean of f(X) - grad f(m)'X.
  const slope = centre.map((c, i) => {
    const h = 1e-5 * Math.max(1, Math.abs(c));
    const up = centre.slice();
    const down = centre.slice();
    up[i] = c + h;
    down[i] = c - h;
    const s = (at(up) - at(down)) / (2 * h);
    return Number.isFinite(s) ? s : 0;
  });
  const adjusted = values.map((v, k) => v - rows[k]!.reduce((sum, x, i) => sum + slope[i]! * x, 0));
  return { meanOfF, fOfMean, gap: meanOfF - fOfMean, standardError: standardError(adjusted), samples };
}

/** The evidence lower bound of one variational distribution, and the evidence it bounds. */
export interface ElboBound {
  /** E_q[log p(x, z) - log q(z)]: at most log p(x). */
  readonly elbo: number;
  /** log of the mean importance weight, an estimate of log p(x) that the ELBO of the same sample never exceeds. */
  readonly logEvidence: number;
  /** `logEvidence - elbo`: Jensen's gap of the concave log, an estimate of KL(q || p(z | x)). */
  readonly gap: number;
  /** Standard error of `elbo`. */
  readonly standardError: number;
  readonly samples: number;
}

/**
 * The evidence lower bound as Jensen's inequality for log: log E_q[p(x, z) / q(z)] >= E_q[log p(x, z) / q(z)].
 * Equality exactly when q is the posterior.
 *
 * @param model.logJoint log p(x, z) for the observed x.
 * @param model.logProposal log q(z).
 * @param model.sample Draws z from q.
 * @example
 * // z ~ N(0, 1), x | z ~ N(z, 1), x = 1, q the posterior N(1/2, 1/2): the gap is 0.
 * const logNormal = (v, m, s2) => -0.5 * Math.log(2 * Math.PI * s2) - (v - m) ** 2 / (2 * s2);
 * elboBound({
 *   logJoint: (z) => logNormal(z, 0, 1) + logNormal(1, z, 1),
 *   logProposal: (z) => logNormal(z, 0.5, 0.5),
 *   sample: (stream) => stream.normal(0.5, Math.sqrt(0.5)),
 * }, { seed: 1 }).gap; // about 0
 */
export function elboBound<Z>(
  model: {
    logJoint: (z: Z) => number;
    logProposal: (z: Z) => number;
    sample: (stream: RandomStream) => Z;
  },
  options: JensenOptions = {},
): ElboBound {
  const where = "elboBound";
  const { samples, stream } = setUp(where, options, 2);
  const logWeights = new Float64Array(samples);
  for (let k = 0; k < samples; k++) {
    const z = model.sample(stream);
    const w = model.logJoint(z) - model.logProposal(z);
    if (Number.isNaN(w) || w === Number.POSITIVE_INFINITY) {
      throw valueError(where, "model", `gives the log weight ${w}: q must have density where it samples`);
    }
    logWeights[k] = w;
  }
  const top = logWeights.reduce((m, v) => Math.max(m, v), Number.NEGATIVE_INFINITY);
  const logEvidence =
    top === Number.NEGATIVE_INFINITY ? top : top + Math.log(mean(logWeights.map((w) => Math.exp(w - top))));
  const elbo = mean(logWeights);
  return { elbo, logEvidence, gap: logEvidence - elbo, standardError: standardError(logWeights), samples };
}

function setUp(
  where: string,
  options: JensenOptions,
  least: number,
): { samples: number; stream: RandomStream } {
  const { samples = 10_000, seed = 0 } = options;
  if (!(Number.isSafeInteger(samples) && samples >= least)) {
    throw argumentError(where, "samples", samples, `an integer >= ${least}`);
  }
  return { samples, stream: randomStream(seed) };
}

function mean(values: Float64Array): number {
  return values.reduce((sum, v) => sum + v, 0) / values.length;
}

function standardError(values: Float64Array): number {
  const m = mean(values);
  const variance = values.reduce((sum, v) => sum + (v - m) ** 2, 0) / (values.length - 1);
  return Math.sqrt(variance / values.length);
}
