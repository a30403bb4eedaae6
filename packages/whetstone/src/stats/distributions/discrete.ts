import { argumentError } from "../../errors.ts";
import {
  betaPrefix,
  betaTail,
  gammaP,
  gammaPrefix,
  gammaQ,
  logBetaPrefix,
  logGammaPrefix,
  xlog1py,
  xlogy,
} from "../../math/special/index.ts";
import {
  countParameter,
  type Distribution,
  discrete,
  positiveParameter,
  probabilityParameter,
  summedEntropy,
} from "./distribution.ts";

const COUNTS: readonly [number, number] = [0, Number.POSITIVE_INFINITY];

/**
 * Poisson with the given mean (>= 0).
 *
 * @example
 * poisson(2).pdf(0); // Math.exp(-2)
 */
export function poisson(mean: number): Distribution {
  if (!(mean >= 0 && mean < Number.POSITIVE_INFINITY))
    throw argumentError("poisson", "mean", mean, "a finite number >= 0");
  const d: Distribution = discrete({
    name: "poisson",
    parameters: { mean },
    support: mean === 0 ? [0, 0] : COUNTS,
    mean,
    variance: mean,
    entropy: () => summedEntropy(() => d),
    logPdf: (k) => (k === 0 ? -mean : logGammaPrefix(k, mean) - Math.log(k)),
    pdf: (k) => (k === 0 ? Math.exp(-mean) : gammaPrefix(k, mean) / k),
    cdf: (k) => gammaQ(k + 1, mean),
    sf: (k) => gammaP(k + 1, mean),
    draw: (stream) => stream.poisson(mean),
  });
  return d;
}

/** log of the binomial mass, from the beta prefix: no factorials, no cancellation. */
function logBinomialMass(k: number, n: number, p: number, q: number): number {
  if (p === 0 || q === 0) return (p === 0 ? k === 0 : k === n) ? 0 : Number.NEGATIVE_INFINITY;
  if (k === 0) return q < 0.5 ? xlogy(n, q) : xlog1py(n, -p);
  if (k === n) return p < 0.5 ? xlogy(n, p) : xlog1py(n, -q);
  return logBetaPrefix(k, n - k, p, q) + Math.log(n / (n - k) / k);
}

/**
 * Successes in n trials of probability p.
 *
 * @example
 * binomial(10, 0.5).pdf(5); // 252 / 1024
 */
export function binomial(n: number, p: number): Distribution {
  countParameter(n, "binomial", "n");
  probabilityParameter(p, "binomial", "p");
  const q = 1 - p;
  const d: Distribution = discrete({
    name: "binomial",
    parameters: { n, p },
    support: p === 0 ? [0, 0] : p === 1 ? [n, n] : [0, n],
    mean: n * p,
    variance: n * p * q,
    entropy: () => summedEntropy(() => d),
    logPdf: (k) => logBinomialMass(k, n, p, q),
    pdf: (k) =>
      k > 0 && k < n && p > 0 && p < 1
        ? (betaPrefix(k, n - k, p, q) * n) / (n - k) / k
        : Math.exp(logBinomialMass(k, n, p, q)),
    cdf: (k) => betaTail(n - k, k + 1, q, p, false),
    sf: (k) => betaTail(n - k, k + 1, q, p, true),
    draw: (stream) => stream.binomial(n, p),
  });
  return d;
}

/**
 * 1 with probability p, else 0.
 *
 * @example
 * bernoulli(0.25).variance; // 0.1875
 */
export function bernoulli(p: number): Distribution {
  probabilityParameter(p, "bernoulli", "p");
  return discrete({
    name: "bernoulli",
    parameters: { p },
    support: p === 0 ? [0, 0] : p === 1 ? [1, 1] : [0, 1],
    mean: p,
    variance: p * (1 - p),
    entropy: () => -xlogy(p, p) - xlog1py(1 - p, -p),
    logPdf: (k) => (k === 1 ? Math.log(p) : Math.log1p(-p)),
    cdf: () => 1 - p,
    sf: () => p,
    draw: (stream) => (stream.bernoulli(p) ? 1 : 0),
  });
}

/**
 * Trials up to and including the first success, from 1; mean 1 / p.
 *
 * @example
 * geometric(0.5).cdf(2); // 0.75
 */
export function geometric(p: number): Distribution {
  if (!(p > 0 && p <= 1)) throw argumentError("geometric", "p", p, "a probability in (0, 1]");
  const logFail = Math.log1p(-p);
  return discrete({
    name: "geometric",
    parameters: { p },
    support: p === 1 ? [1, 1] : [1, Number.POSITIVE_INFINITY],
    mean: 1 / p,
    variance: (1 - p) / (p * p),
    entropy: () => (-xlogy(p, p) - xlog1py(1 - p, -p)) / p,
    logPdf: (k) => (k === 1 ? Math.log(p) : (k - 1) * logFail + Math.log(p)),
    cdf: (k) => -Math.expm1(k * logFail),
    sf: (k) => Math.exp(k * logFail),
    logSf: (k) => Math.floor(k) * logFail,
    draw: (stream) => stream.geometric(p),
  });
}

/**
 * Failures before the n-th success (n > 0 may be fractional); mean n (1 - p) / p.
 *
 * @example
 * negativeBinomial(3, 0.5).mean; // 3
 */
export function negativeBinomial(n: number, p: number): Distribution {
  positiveParameter(n, "negativeBinomial", "n");
  if (!(p > 0 && p <= 1)) throw argumentError("negativeBinomial", "p", p, "a probability in (0, 1]");
  const q = 1 - p;
  const d: Distribution = discrete({
    name: "negativeBinomial",
    parameters: { n, p },
    support: p === 1 ? [0, 0] : COUNTS,
    mean: (n * q) / p,
    variance: (n * q) / (p * p),
    entropy: () => summedEntropy(() => d),
    logPdf: (k) => (k === 0 ? n * Math.log(p) : logBetaPrefix(n, k, p, q) - Math.log(k)),
    pdf: (k) => (k === 0 ? p ** n : betaPrefix(n, k, p, q) / k),
    cdf: (k) => betaTail(n, k + 1, p, q, false),
    sf: (k) => betaTail(n, k + 1, p, q, true),
    draw: (stream) => stream.negativeBinomial(n, p),
  });
  return d;
}

/**
 * Successes among `draws` taken without replacement from a population of `population` items of which
 * `successes` are successes.
 *
 * @example
 * hypergeometric(52, 4, 5).pdf(1); // one ace in five cards: 0.2995
 */
export function hypergeometric(population: number, successes: number, draws: number): Distribution {
  countParameter(population, "hypergeometric", "population");
  countParameter(successes, "hypergeometric", "successes");
  countParameter(draws, "hypergeometric", "draws");
  if (successes > population) {
    throw argumentError("hypergeometric", "successes", successes, `at most population = ${population}`);
  }
  if (draws > population)
    throw argumentError("hypergeometric", "draws", draws, `at most population = ${population}`);
  const low = Math.max(0, draws + successes - population);
  const high = Math.min(draws, successes);
  const fail = population - successes;
  const p = population === 0 ? 0 : draws / population;
  const q = population === 0 ? 1 : (population - draws) / population;
  const share = population === 0 ? 0 : successes / population;
  // Product of binomial masses at p = draws / population (Loader 2000): large factorials never meet.
  const normaliser = logBinomialMass(draws, population, p, q);
  const logMass = (k: number): number =>
    logBinomialMass(k, successes, p, q) + logBinomialMass(draws - k, fail, p, q) - normaliser;
  /** Mass at k and beyond, in the direction away from the mean. */
  const outward = (k: number, direction: 1 | -1): number => {
    let term = 1;
    let sum = 1;
    for (let j = k; direction === 1 ? j < high : j > low; j += direction) {
      term *=
        direction === 1
          ? ((successes - j) / (j + 1)) * ((draws - j) / (fail - draws + j + 1))
          : (j / (successes - j + 1)) * ((fail - draws + j) / (draws - j + 1));
      sum += term;
      if (term < 1e-17 * sum) break;
    }
    return Math.exp(logMass(k)) * sum;
  };
  const center = draws * share;
  const d: Distribution = discrete({
    name: "hypergeometric",
    parameters: { population, successes, draws },
    support: [low, high],
    mean: center,
    variance: population > 1 ? center * (1 - share) * ((population - draws) / (population - 1)) : 0,
    entropy: () => summedEntropy(() => d),
    logPdf: logMass,
    cdf: (k) => (k < center ? outward(k, -1) : 1 - outward(k + 1, 1)),
    sf: (k) => (k < center ? 1 - outward(k, -1) : outward(k + 1, 1)),
    draw: (stream) => {
      let left = population;
      let wins = successes;
      let count = 0;
      // Symmetry keeps the loop at half the population or less.
      const flip = draws > population / 2;
      for (let i = 0, n = flip ? population - draws : draws; i < n; i++, left--) {
        if (stream.int(left) < wins) {
          wins--;
          count++;
        }
      }
      return flip ? successes - count : count;
    },
  });
  return d;
}
