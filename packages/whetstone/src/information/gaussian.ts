import { argumentError, shapeError } from "../errors.ts";
import { cholesky } from "../math/linalg/index.ts";
import type { Matrix } from "../math/matrix.ts";
import { lbfgs } from "../math/optimize/index.ts";
import { type BaseOption, unit } from "./distribution.ts";

/** A normal distribution of one variable; `sd` > 0. */
export interface Gaussian {
  readonly mean: number;
  readonly sd: number;
}

function check(where: string, name: string, g: Gaussian): void {
  if (!Number.isFinite(g.mean)) throw argumentError(where, `${name}.mean`, g.mean, "a finite number");
  if (!(g.sd > 0 && Number.isFinite(g.sd)))
    throw argumentError(where, `${name}.sd`, g.sd, "a finite number > 0");
}

/**
 * KL(p || q) of two normal distributions, in closed form: log(s_q / s_p) + (s_p^2 + (m_p - m_q)^2) / (2 s_q^2) - 1/2.
 *
 * @example
 * klGaussian({ mean: 0, sd: 1 }, { mean: 1, sd: 1 }); // 0.5
 */
export function klGaussian(p: Gaussian, q: Gaussian, options: BaseOption = {}): number {
  const where = "klGaussian";
  check(where, "p", p);
  check(where, "q", q);
  const ratio = (p.sd / q.sd) ** 2;
  // Twice the logarithm of the quotient: its square may overflow or vanish.
  const nats = (ratio - 1 - 2 * (Math.log(p.sd) - Math.log(q.sd)) + ((p.mean - q.mean) / q.sd) ** 2) / 2;
  return nats / unit(where, options);
}

/** A multivariate normal distribution; `covariance` is positive definite. */
export interface MultivariateGaussian {
  readonly mean: ArrayLike<number>;
  readonly covariance: Matrix;
}

/**
 * KL(p || q) of two multivariate normal distributions:
 * (tr(C_q^-1 C_p) + d' C_q^-1 d - k + log det C_q - log det C_p) / 2 with d the difference of the means.
 *
 * @throws WhetstoneError when a covariance is not positive definite.
 * @example
 * const unit = { mean: [0, 0], covariance: Matrix.identity(2) };
 * klMultivariateGaussian(unit, { mean: [1, 1], covariance: Matrix.identity(2) }); // 1
 */
export function klMultivariateGaussian(
  p: MultivariateGaussian,
  q: MultivariateGaussian,
  options: BaseOption = {},
): number {
  const where = "klMultivariateGaussian";
  const k = p.mean.length;
  for (const [name, length] of [
    ["q.mean", q.mean.length],
    ["p.covariance", p.covariance.rows],
    ["q.covariance", q.covariance.rows],
  ] as const) {
    if (length !== k) throw shapeError(where, name, `has ${length} rows`, `${k} (length of p.mean)`);
  }
  const cp = cholesky(p.covariance);
  const cq = cholesky(q.covariance);
  const d = Float64Array.from(p.mean, (v, i) => v - q.mean[i]!);
  const whitened = cq.solveLower(d);
  // tr(C_q^-1 C_p) is the squared Frobenius norm of L_q^-1 L_p.
  const factor = cq.solveLower(cp.L);
  const squares = (v: Float64Array): number => v.reduce((s, x) => s + x * x, 0);
  const nats = (squares(factor.data) + squares(whitened) - k + cq.logDet() - cp.logDet()) / 2;
  return Math.max(0, nats) / unit(where, options);
}

/**
 * Entropy of a normal distribution, log(2 pi e s^2) / 2. It is negative for small s: a density, not a
 * probability.
 *
 * @example
 * gaussianEntropy(1); // 1.4189
 */
export function gaussianEntropy(sd: number, options: BaseOption = {}): number {
  check("gaussianEntropy", "p", { mean: 0, sd });
  return (
    (Math.log(2 * Math.PI) + 1) / 2 / unit("gaussianEntropy", options) +
    Math.log(sd) / unit("gaussianEntropy", options)
  );
}

/** A mixture of normal distributions; weights are normalised. */
export interface GaussianMixtureDensity {
  readonly weights: readonly number[];
  readonly components: readonly Gaussian[];
}

/** The normal distribution nearest to another density, and how near it is. */
export interface GaussianFit extends Gaussian {
  /** The divergence reached, in nats. */
  readonly divergence: number;
}

/**
 * The normal q that minimises KL(p || q) for a mixture p ("forward", mass covering): it has the mixture's mean and
 * variance, so it spreads over all modes.
 *
 * @example
 * const twin = { weights: [0.5, 0.5], components: [{ mean: -5, sd: 1 }, { mean: 5, sd: 1 }] };
 * fitForwardKl(twin); // mean 0, sd Math.sqrt(26)
 */
export function fitForwardKl(p: GaussianMixtureDensity): GaussianFit {
  const w = mixture("fitForwardKl", p);
  let mean = 0;
  let second = 0;
  p.components.forEach((c, k) => {
    mean += w[k]! * c.mean;
    second += w[k]! * (c.sd ** 2 + c.mean ** 2);
  });
  const sd = Math.sqrt(second - mean * mean);
  const divergence = integrate(p, w, (x, logP) => Math.exp(logP) * (logP - logNormal(x, mean, sd)));
  return { mean, sd, divergence };
}

/**
 * A normal q that (locally) minimises KL(q || p) for a mixture p ("reverse", mode seeking): it avoids places where p
 * is small, so it locks onto one mode. Which one depends on the start.
 *
 * @param start Default: the first component of largest weight.
 * @example
 * const twin = { weights: [0.5, 0.5], components: [{ mean: -5, sd: 1 }, { mean: 5, sd: 1 }] };
 * fitReverseKl(twin, { mean: 2, sd: 2 }); // mean about 5, sd about 1
 */
export function fitReverseKl(p: GaussianMixtureDensity, start?: Gaussian): GaussianFit {
  const where = "fitReverseKl";
  const w = mixture(where, p);
  const from = start ?? p.components[w.indexOf(Math.max(...w))]!;
  check(where, "start", from);
  // Fixed standard normal nodes: q's integrals become smooth functions of its mean and log sd.
  const nodes = Array.from({ length: 801 }, (_, i) => -8 + i / 50);
  const weight = nodes.map((z) => Math.exp((-z * z) / 2));
  const total = weight.reduce((a, b) => a + b, 0);
  const objective = (x: Float64Array): number => {
    const sd = Math.exp(x[1]!);
    let cross = 0;
    nodes.forEach((z, i) => {
      cross += (weight[i]! / total) * logMixture(p, w, x[0]! + sd * z);
    });
    return -(Math.log(2 * Math.PI) + 1) / 2 - x[1]! - cross;
  };
  const r = lbfgs(objective, [from.mean, Math.log(from.sd)], { tolerance: { gradient: 1e-7 } });
  return { mean: r.x[0]!, sd: Math.exp(r.x[1]!), divergence: Math.max(0, r.value) };
}

function mixture(where: string, p: GaussianMixtureDensity): number[] {
  if (p.components.length === 0)
    throw shapeError(where, "p.components", "is empty", "at least one component");
  if (p.weights.length !== p.components.length) {
    throw shapeError(
      where,
      "p.weights",
      `has ${p.weights.length} entries`,
      `${p.components.length} (components)`,
    );
  }
  p.components.forEach((c, k) => {
    check(where, `p.components[${k}]`, c);
  });
  const total = p.weights.reduce((a, b) => a + b, 0);
  if (!(total > 0 && p.weights.every((v) => v >= 0))) {
    throw argumentError(where, "p.weights", p.weights, "numbers >= 0, not all 0");
  }
  return p.weights.map((v) => v / total);
}

function logNormal(x: number, mean: number, sd: number): number {
  return -0.5 * Math.log(2 * Math.PI) - Math.log(sd) - ((x - mean) / sd) ** 2 / 2;
}

function logMixture(p: GaussianMixtureDensity, w: readonly number[], x: number): number {
  const terms = p.components.map((c, k) => Math.log(w[k]!) + logNormal(x, c.mean, c.sd));
  const top = Math.max(...terms);
  return top + Math.log(terms.reduce((s, t) => s + Math.exp(t - top), 0));
}

/** Integral over the line, component by component on 10 standard deviations each (trapezoid: exact to rounding). */
function integrate(
  p: GaussianMixtureDensity,
  w: readonly number[],
  f: (x: number, logP: number) => number,
): number {
  const low = Math.min(...p.components.map((c) => c.mean - 10 * c.sd));
  const high = Math.max(...p.components.map((c) => c.mean + 10 * c.sd));
  const h = Math.min(...p.components.map((c) => c.sd)) / 20;
  const steps = Math.min(2_000_000, Math.ceil((high - low) / h));
  const width = (high - low) / steps;
  let sum = 0;
  for (let i = 0; i <= steps; i++) {
    const x = low + i * width;
    sum += f(x, logMixture(p, w, x));
  }
  return Math.max(0, sum * width);
}
