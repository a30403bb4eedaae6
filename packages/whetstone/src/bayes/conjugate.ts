import { argumentError, shapeError, valueError } from "../errors.ts";
import { logBeta, logFactorial, logGamma } from "../math/index.ts";
import {
  betaDistribution,
  type Distribution,
  gammaDistribution,
  negativeBinomial,
  normal,
  studentT,
} from "../stats/index.ts";
import { finite, numbers, positive } from "./check.ts";

/** A posterior of one number in closed form. */
export interface ConjugatePosterior<P> {
  /** Parameters of the posterior, of the prior's kind. */
  readonly parameters: P;
  readonly distribution: Distribution;
  /** log p(data), the parameter integrated out. */
  readonly logEvidence: number;
  /** Equal-tailed interval that holds the parameter with this probability. */
  interval(level?: number): [low: number, high: number];
}

function posterior<P>(parameters: P, distribution: Distribution, logEvidence: number): ConjugatePosterior<P> {
  return {
    parameters,
    distribution,
    logEvidence,
    interval(level = 0.95) {
      if (!(level > 0 && level < 1)) throw argumentError("interval", "level", level, "a number > 0 and < 1");
      return [distribution.quantile((1 - level) / 2), distribution.quantile((1 + level) / 2)];
    },
  };
}

/**
 * Success probability with a Beta(a, b) prior: after s successes in n trials it is Beta(a + s, b + n - s).
 *
 * @example
 * betaBernoulli({ a: 10, b: 90 }, 2, 30).distribution.mean; // 0.0923
 */
export function betaBernoulli(
  prior: { readonly a: number; readonly b: number },
  successes: number,
  trials: number,
): ConjugatePosterior<{ a: number; b: number }> {
  const where = "betaBernoulli";
  const [a, b] = [positive(where, "prior.a", prior?.a), positive(where, "prior.b", prior?.b)];
  if (!(Number.isSafeInteger(trials) && trials >= 0))
    throw argumentError(where, "trials", trials, "an integer >= 0");
  if (!(Number.isSafeInteger(successes) && successes >= 0 && successes <= trials))
    throw argumentError(where, "successes", successes, `an integer from 0 to ${trials}`);
  const after = { a: a + successes, b: b + trials - successes };
  return posterior(after, betaDistribution(after.a, after.b), logBeta(after.a, after.b) - logBeta(a, b));
}

/**
 * Probabilities of categories with a Dirichlet prior: counts add to its concentrations. Gives the posterior, its mean
 * (which is also the probability of the next category) and the log evidence of the sequence.
 *
 * @example
 * dirichletCategorical([1, 1, 1], [3, 0, 1]).mean; // [0.571429, 0.142857, 0.285714]
 */
export function dirichletCategorical(
  prior: ArrayLike<number>,
  counts: ArrayLike<number>,
): { alpha: Float64Array; mean: Float64Array; logEvidence: number } {
  const where = "dirichletCategorical";
  const before = numbers(where, "prior", prior);
  const seen = numbers(where, "counts", counts);
  if (seen.length !== before.length)
    throw shapeError(where, "counts", `has ${seen.length} entries`, `${before.length} (as prior)`);
  before.forEach((v, k) => {
    positive(where, `prior[${k}]`, v);
  });
  if (seen.some((v) => v < 0))
    throw valueError(where, "counts", "holds a negative number, expected numbers >= 0");
  const alpha = before.map((v, k) => v + seen[k]!);
  const sum = (v: Float64Array): number => v.reduce((s, x) => s + x, 0);
  let logEvidence = logGamma(sum(before)) - logGamma(sum(alpha));
  for (let k = 0; k < alpha.length; k++) logEvidence += logGamma(alpha[k]!) - logGamma(before[k]!);
  return { alpha, mean: alpha.map((v) => v / sum(alpha)), logEvidence };
}

/**
 * Mean of normal data with known standard deviation and a normal prior: precisions add, and the posterior mean is the
 * mean of prior and data weighted by them. Also gives the distribution of the next observation.
 *
 * @example
 * gaussianMean({ mean: 0, sd: 1 }, 1, [2]).parameters; // { mean: 1, sd: 0.7071067811865476 }
 */
export function gaussianMean(
  prior: { readonly mean: number; readonly sd: number },
  noise: number,
  data: ArrayLike<number>,
): ConjugatePosterior<{ mean: number; sd: number }> & { readonly predictive: Distribution } {
  const where = "gaussianMean";
  const [m, s] = [finite(where, "prior.mean", prior?.mean), positive(where, "prior.sd", prior?.sd)];
  positive(where, "noise", noise);
  const x = numbers(where, "data", data, 0);
  const precision = 1 / s ** 2 + x.length / noise ** 2;
  const mean = (m / s ** 2 + x.reduce((t, v) => t + v, 0) / noise ** 2) / precision;
  const sd = 1 / Math.sqrt(precision);
  let logEvidence = 0;
  // One observation at a time, each predicted from those before it.
  let [at, spread] = [m, s];
  for (const v of x) {
    logEvidence += normal(at, Math.hypot(spread, noise)).logPdf(v);
    const gain = spread ** 2 / (spread ** 2 + noise ** 2);
    at += gain * (v - at);
    spread *= Math.sqrt(1 - gain);
  }
  return {
    ...posterior({ mean, sd }, normal(mean, sd), logEvidence),
    predictive: normal(mean, Math.hypot(sd, noise)),
  };
}

/**
 * Precision (1 / variance) of normal data with known mean and a Gamma prior (shape, rate). Also gives the distribution
 * of the next observation: Student's t.
 *
 * @example
 * gammaPrecision({ shape: 2, rate: 1 }, 0, [1, -1]).parameters; // { shape: 3, rate: 2 }
 */
export function gammaPrecision(
  prior: { readonly shape: number; readonly rate: number },
  mean: number,
  data: ArrayLike<number>,
): ConjugatePosterior<{ shape: number; rate: number }> & { readonly predictive: Distribution } {
  const where = "gammaPrecision";
  const [a, b] = [positive(where, "prior.shape", prior?.shape), positive(where, "prior.rate", prior?.rate)];
  finite(where, "mean", mean);
  const x = numbers(where, "data", data, 0);
  const squares = x.reduce((t, v) => t + (v - mean) ** 2, 0);
  const after = { shape: a + x.length / 2, rate: positive(where, "data", b + squares / 2) };
  const logEvidence =
    logGamma(after.shape) -
    logGamma(a) +
    a * Math.log(b) -
    after.shape * Math.log(after.rate) -
    (x.length / 2) * Math.log(2 * Math.PI);
  const predictive = studentT(2 * after.shape, mean, Math.sqrt(after.rate / after.shape));
  return { ...posterior(after, gammaDistribution(after.shape, 1 / after.rate), logEvidence), predictive };
}

/**
 * Rate of Poisson counts with a Gamma prior (shape, rate). Also gives the distribution of the next count: negative
 * binomial.
 *
 * @example
 * gammaPoisson({ shape: 2, rate: 1 }, [3, 5]).distribution.mean; // 3.3333
 */
export function gammaPoisson(
  prior: { readonly shape: number; readonly rate: number },
  data: ArrayLike<number>,
): ConjugatePosterior<{ shape: number; rate: number }> & { readonly predictive: Distribution } {
  const where = "gammaPoisson";
  const [a, b] = [positive(where, "prior.shape", prior?.shape), positive(where, "prior.rate", prior?.rate)];
  const x = numbers(where, "data", data, 0);
  const bad = x.findIndex((v) => !(Number.isSafeInteger(v) && v >= 0));
  if (bad >= 0) throw valueError(where, "data", `holds ${x[bad]} at ${bad}, expected counts`);
  const total = x.reduce((t, v) => t + v, 0);
  const after = { shape: a + total, rate: b + x.length };
  let logEvidence =
    logGamma(after.shape) - logGamma(a) + a * Math.log(b) - after.shape * Math.log(after.rate);
  for (const v of x) logEvidence -= logFactorial(v);
  const predictive = negativeBinomial(after.shape, after.rate / (after.rate + 1));
  return { ...posterior(after, gammaDistribution(after.shape, 1 / after.rate), logEvidence), predictive };
}
