import { logGamma } from "../math/special/gamma.ts";
import { xlogy } from "../math/special/logistic.ts";
import type { LinkName } from "./glm-link.ts";

/** A distribution of the exponential family: how the variance follows the mean. */
export interface Family {
  readonly link: LinkName;
  /** Which targets it can have, in words. */
  readonly expected: string;
  accepts(y: number): boolean;
  /** Whether a mean is possible. */
  possible(mu: number): boolean;
  /** Variance at dispersion 1. */
  variance(mu: number): number;
  /** Twice the log likelihood ratio of the saturated model, at dispersion 1. */
  deviance(y: number, mu: number): number;
  /** Whether the dispersion is known to be 1 rather than estimated. */
  readonly fixed: boolean;
  /** Log likelihood of one row at dispersion phi; null where it has no closed form. */
  readonly logLikelihood: ((y: number, mu: number, phi: number) => number) | null;
}

const positive = (mu: number): boolean => mu > 0 && mu < Number.POSITIVE_INFINITY;

const gaussian: Family = {
  link: "identity",
  expected: "finite numbers",
  accepts: () => true,
  possible: Number.isFinite,
  variance: () => 1,
  deviance: (y, mu) => (y - mu) ** 2,
  fixed: false,
  logLikelihood: (y, mu, phi) => -0.5 * ((y - mu) ** 2 / phi + Math.log(2 * Math.PI * phi)),
};

const binomial: Family = {
  link: "logit",
  expected: "shares from 0 to 1",
  accepts: (y) => y >= 0 && y <= 1,
  possible: (mu) => mu > 0 && mu < 1,
  variance: (mu) => mu * (1 - mu),
  deviance: (y, mu) => 2 * (xlogy(y, y / mu) + xlogy(1 - y, (1 - y) / (1 - mu))),
  fixed: true,
  logLikelihood: (y, mu) => xlogy(y, mu) + xlogy(1 - y, 1 - mu),
};

const poisson: Family = {
  link: "log",
  expected: "numbers >= 0",
  accepts: (y) => y >= 0,
  possible: positive,
  variance: (mu) => mu,
  deviance: (y, mu) => 2 * (xlogy(y, y / mu) - (y - mu)),
  fixed: true,
  logLikelihood: (y, mu) => xlogy(y, mu) - mu - logGamma(y + 1),
};

const gamma: Family = {
  link: "log",
  expected: "numbers > 0",
  accepts: (y) => y > 0,
  possible: positive,
  variance: (mu) => mu * mu,
  deviance: (y, mu) => 2 * ((y - mu) / mu - Math.log(y / mu)),
  fixed: false,
  logLikelihood: (y, mu, phi) => (Math.log(y / (mu * phi)) - y / mu) / phi - Math.log(y) - logGamma(1 / phi),
};

const inverseGaussian: Family = {
  link: "log",
  expected: "numbers > 0",
  accepts: (y) => y > 0,
  possible: positive,
  variance: (mu) => mu ** 3,
  deviance: (y, mu) => (y - mu) ** 2 / (y * mu * mu),
  fixed: false,
  logLikelihood: (y, mu, phi) =>
    -0.5 * ((y - mu) ** 2 / (y * mu * mu * phi) + Math.log(2 * Math.PI * phi * y ** 3)),
};

/** Compound Poisson-gamma for powers between 1 and 2: zeros and positive amounts. */
function tweedie(power: number): Family {
  return {
    ...poisson,
    fixed: false,
    logLikelihood: null,
    variance: (mu) => mu ** power,
    deviance: (y, mu) =>
      2 *
      (y ** (2 - power) / ((1 - power) * (2 - power)) -
        (y * mu ** (1 - power)) / (1 - power) +
        mu ** (2 - power) / (2 - power)),
  };
}

/** Poisson with a gamma-distributed rate: variance mu + alpha mu^2. */
export function negativeBinomial(alpha: number): Family {
  // Below this the difference from Poisson is rounding error.
  if (alpha < 1e-9) return poisson;
  const r = 1 / alpha;
  return {
    ...poisson,
    variance: (mu) => mu + alpha * mu * mu,
    deviance: (y, mu) => 2 * (xlogy(y, y / mu) - (y + r) * Math.log((y + r) / (mu + r))),
    logLikelihood: (y, mu) =>
      logGamma(y + r) -
      logGamma(r) -
      logGamma(y + 1) -
      r * Math.log1p(alpha * mu) +
      xlogy(y, (alpha * mu) / (1 + alpha * mu)),
  };
}

/**
 * Distribution of y given its mean mu, by its variance: `"binomial"` mu (1 - mu), `"poisson"` mu,
 * `"negativeBinomial"` mu + alpha mu^2; and, times a dispersion that is estimated, `"gaussian"` 1, `"gamma"`
 * mu^2, `"inverseGaussian"` mu^3, `"tweedie"` mu^power.
 *
 * Source: McCullagh and Nelder, Generalized Linear Models (1989), chapter 2.
 */
export type FamilyName =
  | "gaussian"
  | "binomial"
  | "poisson"
  | "gamma"
  | "inverseGaussian"
  | "tweedie"
  | "negativeBinomial";

export function familyOf(name: FamilyName, power: number, alpha: number): Family {
  if (name === "tweedie") return tweedie(power);
  if (name === "negativeBinomial") return negativeBinomial(alpha);
  return { gaussian, binomial, poisson, gamma, inverseGaussian }[name];
}
