import { argumentError, requireList, shapeError } from "../../errors.ts";
import { Matrix } from "../../math/matrix.ts";
import type { RandomStream } from "../../math/random/index.ts";
import { digamma, logGamma, xlogy } from "../../math/special/index.ts";
import type { NumberList } from "../vector.ts";
import { countParameter, type Distribution, discrete } from "./distribution.ts";

/** Weights to probabilities; they must be >= 0 with a positive sum. */
function normalised(weights: NumberList, where: string): Float64Array {
  requireList(where, "weights", weights);
  let total = 0;
  for (let i = 0; i < weights.length; i++) {
    const w = weights[i]!;
    if (!(w >= 0 && w < Number.POSITIVE_INFINITY))
      throw argumentError(where, `weights[${i}]`, w, "a finite number >= 0");
    total += w;
  }
  if (!(total > 0 && total < Number.POSITIVE_INFINITY)) {
    throw argumentError(where, "weights", weights, "numbers with a positive finite sum");
  }
  return Float64Array.from(weights, (w) => w / total);
}

/**
 * Category 0, 1, ... with probabilities proportional to the weights. Draws use alias tables.
 *
 * @example
 * categorical([1, 3]).pdf(1); // 0.75
 */
export function categorical(weights: NumberList): Distribution {
  const p = normalised(weights, "categorical");
  const cumulative = new Float64Array(p.length);
  const beyond = new Float64Array(p.length);
  for (let i = 0, sum = 0; i < p.length; i++) cumulative[i] = Math.min(1, (sum += p[i]!));
  for (let i = p.length - 2, sum = 0; i >= 0; i--) beyond[i] = Math.min(1, (sum += p[i + 1]!));
  const mean = p.reduce((sum, v, i) => sum + v * i, 0);
  const samplers = new WeakMap<RandomStream, () => number>();
  return discrete({
    name: "categorical",
    parameters: Object.fromEntries(Array.from(p, (v, i) => [`p${i}`, v])),
    support: [p.findIndex((v) => v > 0), p.findLastIndex((v) => v > 0)],
    mean,
    variance: p.reduce((sum, v, i) => sum + v * (i - mean) ** 2, 0),
    entropy: () => -p.reduce((sum, v) => sum + xlogy(v, v), 0),
    logPdf: (k) => Math.log(p[k]!),
    pdf: (k) => p[k]!,
    cdf: (k) => cumulative[k]!,
    sf: (k) => beyond[k]!,
    draw: (stream) => {
      let sampler = samplers.get(stream);
      if (sampler === undefined) samplers.set(stream, (sampler = stream.categoricalSampler(p)));
      return sampler();
    },
  });
}

/** Counts of n independent draws from categories. */
export interface Multinomial {
  readonly n: number;
  readonly probabilities: Float64Array;
  readonly mean: Float64Array;
  readonly covariance: Matrix;
  logPdf(counts: NumberList): number;
  pdf(counts: NumberList): number;
  /** `count` draws, one vector of counts per row. */
  sample(stream: RandomStream, count: number): Matrix;
}

/**
 * Multinomial distribution of n draws with probabilities proportional to the weights.
 *
 * @example
 * multinomial(4, [1, 3]).mean; // [1, 3]
 */
export function multinomial(n: number, weights: NumberList): Multinomial {
  countParameter(n, "multinomial", "n");
  const p = normalised(weights, "multinomial");
  const k = p.length;
  const covariance = Matrix.zeros(k, k);
  for (let i = 0; i < k; i++) {
    for (let j = 0; j < k; j++) covariance.set(i, j, i === j ? n * p[i]! * (1 - p[i]!) : -n * p[i]! * p[j]!);
  }
  const logPdf = (counts: NumberList): number => {
    if (counts.length !== k)
      throw shapeError("multinomial.logPdf", "counts", `has ${counts.length} entries`, `${k}`);
    let sum = logGamma(n + 1);
    let total = 0;
    for (let i = 0; i < k; i++) {
      const c = counts[i]!;
      if (!Number.isInteger(c) || c < 0) return Number.NEGATIVE_INFINITY;
      total += c;
      sum += xlogy(c, p[i]!) - logGamma(c + 1);
    }
    return total === n ? sum : Number.NEGATIVE_INFINITY;
  };
  return {
    n,
    probabilities: p,
    mean: p.map((v) => n * v),
    covariance,
    logPdf,
    pdf: (counts) => Math.exp(logPdf(counts)),
    sample: (stream, count) => {
      countParameter(count, "multinomial.sample", "count");
      return Matrix.from(Array.from({ length: count }, () => stream.multinomial(n, p)));
    },
  };
}

/** Distribution over probability vectors. */
export interface Dirichlet {
  readonly alpha: Float64Array;
  readonly mean: Float64Array;
  readonly covariance: Matrix;
  readonly entropy: number;
  logPdf(x: NumberList): number;
  pdf(x: NumberList): number;
  /** `count` draws, one probability vector per row. */
  sample(stream: RandomStream, count: number): Matrix;
}

/**
 * Dirichlet distribution with concentrations alpha > 0.
 *
 * @example
 * dirichlet([1, 1, 1]).pdf([0.2, 0.3, 0.5]); // 2, uniform on the triangle
 */
export function dirichlet(alpha: NumberList): Dirichlet {
  requireList("dirichlet", "alpha", alpha);
  const k = alpha.length;
  if (k < 2) throw shapeError("dirichlet", "alpha", `has ${k} entries`, "2 or more");
  for (let i = 0; i < k; i++) {
    if (!(alpha[i]! > 0 && alpha[i]! < Number.POSITIVE_INFINITY)) {
      throw argumentError("dirichlet", `alpha[${i}]`, alpha[i], "a finite number > 0");
    }
  }
  const a = Float64Array.from(alpha);
  const total = a.reduce((sum, v) => sum + v, 0);
  const logNormaliser = a.reduce((sum, v) => sum + logGamma(v), 0) - logGamma(total);
  const mean = a.map((v) => v / total);
  const covariance = Matrix.zeros(k, k);
  for (let i = 0; i < k; i++) {
    for (let j = 0; j < k; j++)
      covariance.set(i, j, (mean[i]! * ((i === j ? 1 : 0) - mean[j]!)) / (total + 1));
  }
  const logPdf = (x: NumberList): number => {
    if (x.length !== k)
      throw shapeError("dirichlet.logPdf", "x", `has ${x.length} entries`, `${k} (as alpha)`);
    let sum = -logNormaliser;
    let mass = 0;
    for (let i = 0; i < k; i++) {
      if (!(x[i]! >= 0)) return Number.NEGATIVE_INFINITY;
      mass += x[i]!;
      sum += xlogy(a[i]! - 1, x[i]!);
    }
    return Math.abs(mass - 1) <= 1e-9 ? sum : Number.NEGATIVE_INFINITY;
  };
  return {
    alpha: a,
    mean,
    covariance,
    entropy:
      logNormaliser + (total - k) * digamma(total) - a.reduce((sum, v) => sum + (v - 1) * digamma(v), 0),
    logPdf,
    pdf: (x) => Math.exp(logPdf(x)),
    sample: (stream, count) => {
      countParameter(count, "dirichlet.sample", "count");
      return Matrix.from(Array.from({ length: count }, () => stream.dirichlet(a)));
    },
  };
}
