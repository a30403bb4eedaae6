import {
  betaTail,
  betaTailInv,
  digamma,
  logBeta,
  logSigmoid,
  normalCdf,
  normalLogCdf,
  normalPdf,
  normalQuantile,
  sigmoid,
} from "../../math/special/index.ts";
import { continuous, type Distribution, finiteParameter, positiveParameter } from "./distribution.ts";

const EVERYWHERE: readonly [number, number] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
const HALF_LOG_2PI = 0.9189385332046727;

/**
 * Normal distribution with the given mean and standard deviation.
 *
 * @example
 * normal(100, 15).sf(130); // 0.0227...
 */
export function normal(mean = 0, sd = 1): Distribution {
  finiteParameter(mean, "normal", "mean");
  positiveParameter(sd, "normal", "sd");
  const z = (x: number): number => (x - mean) / sd;
  return continuous({
    name: "normal",
    parameters: { mean, sd },
    support: EVERYWHERE,
    mean,
    variance: sd * sd,
    entropy: () => 0.5 + HALF_LOG_2PI + Math.log(sd),
    logPdf: (x) => -0.5 * z(x) * z(x) - HALF_LOG_2PI - Math.log(sd),
    pdf: (x) => normalPdf(z(x)) / sd,
    cdf: (x) => normalCdf(z(x)),
    sf: (x) => normalCdf(-z(x)),
    logCdf: (x) => normalLogCdf(z(x)),
    logSf: (x) => normalLogCdf(-z(x)),
    quantile: (p) => mean + sd * normalQuantile(p),
    upperQuantile: (q) => mean - sd * normalQuantile(q),
    draw: (stream) => stream.normal(mean, sd),
  });
}

/**
 * Log-normal: exp of a normal with mean `mu` and standard deviation `sigma`.
 *
 * @example
 * logNormal(0, 1).mean; // Math.exp(0.5)
 */
export function logNormal(mu = 0, sigma = 1): Distribution {
  finiteParameter(mu, "logNormal", "mu");
  positiveParameter(sigma, "logNormal", "sigma");
  const z = (x: number): number => (Math.log(x) - mu) / sigma;
  return continuous({
    name: "logNormal",
    parameters: { mu, sigma },
    support: [0, Number.POSITIVE_INFINITY],
    mean: Math.exp(mu + 0.5 * sigma * sigma),
    variance: Math.expm1(sigma * sigma) * Math.exp(2 * mu + sigma * sigma),
    entropy: () => 0.5 + HALF_LOG_2PI + Math.log(sigma) + mu,
    logPdf: (x) =>
      x === 0 ? Number.NEGATIVE_INFINITY : -0.5 * z(x) * z(x) - HALF_LOG_2PI - Math.log(sigma) - Math.log(x),
    pdf: (x) => (x === 0 ? 0 : normalPdf(z(x)) / (sigma * x)),
    cdf: (x) => normalCdf(z(x)),
    sf: (x) => normalCdf(-z(x)),
    logCdf: (x) => normalLogCdf(z(x)),
    logSf: (x) => normalLogCdf(-z(x)),
    quantile: (p) => Math.exp(mu + sigma * normalQuantile(p)),
    upperQuantile: (q) => Math.exp(mu - sigma * normalQuantile(q)),
    draw: (stream) => Math.exp(stream.normal(mu, sigma)),
  });
}

/**
 * Student's t with `df` degrees of freedom, shifted and scaled. Its mean exists for df > 1 (else `NaN`), its
 * variance for df > 2 (`Infinity` for 1 < df <= 2).
 *
 * @example
 * studentT(9).quantile(0.975); // 2.2621571628
 */
export function studentT(df: number, loc = 0, scale = 1): Distribution {
  positiveParameter(df, "studentT", "df");
  finiteParameter(loc, "studentT", "loc");
  positiveParameter(scale, "studentT", "scale");
  const half = df / 2;
  const constant = -logBeta(half, 0.5) - 0.5 * Math.log(df) - Math.log(scale);
  const upper = (z: number): number => {
    const r = (z / df) * z;
    const y = r === Number.POSITIVE_INFINITY ? 1 : r / (1 + r);
    const tail = 0.5 * betaTail(half, 0.5, 1 / (1 + r), y, false);
    return z >= 0 ? tail : 1 - tail;
  };
  const upperInverse = (q: number): number => {
    if (q > 0.5) return -upperInverse(1 - q);
    const { x, y } = betaTailInv(half, 0.5, 2 * q, false);
    return Math.sqrt((df * y) / x);
  };
  return continuous({
    name: "studentT",
    parameters: { df, loc, scale },
    support: EVERYWHERE,
    mean: df > 1 ? loc : Number.NaN,
    variance: df > 2 ? (scale * scale * df) / (df - 2) : df > 1 ? Number.POSITIVE_INFINITY : Number.NaN,
    entropy: () =>
      ((df + 1) / 2) * (digamma((df + 1) / 2) - digamma(half)) +
      0.5 * Math.log(df) +
      logBeta(half, 0.5) +
      Math.log(scale),
    logPdf: (x) => {
      const z = (x - loc) / scale;
      return constant - ((df + 1) / 2) * Math.log1p((z / df) * z);
    },
    cdf: (x) => upper((loc - x) / scale),
    sf: (x) => upper((x - loc) / scale),
    quantile: (p) => loc - scale * upperInverse(p),
    upperQuantile: (q) => loc + scale * upperInverse(q),
    draw: (stream) => loc + scale * stream.studentT(df),
  });
}

/**
 * Cauchy; it has neither mean nor variance.
 *
 * @example
 * cauchy().cdf(1); // 0.75
 */
export function cauchy(loc = 0, scale = 1): Distribution {
  finiteParameter(loc, "cauchy", "loc");
  positiveParameter(scale, "cauchy", "scale");
  const cot = (p: number): number =>
    p > 0.5 ? -cot(1 - p) : p > 0.25 ? Math.tan(Math.PI * (0.5 - p)) : 1 / Math.tan(Math.PI * p);
  return continuous({
    name: "cauchy",
    parameters: { loc, scale },
    support: EVERYWHERE,
    mean: Number.NaN,
    variance: Number.NaN,
    entropy: () => Math.log(4 * Math.PI * scale),
    logPdf: (x) => -Math.log(Math.PI * scale) - 2 * Math.log(Math.hypot(1, (x - loc) / scale)),
    pdf: (x) => 1 / (Math.PI * scale) / (1 + ((x - loc) / scale) ** 2),
    cdf: (x) => Math.atan2(1, (loc - x) / scale) / Math.PI,
    sf: (x) => Math.atan2(1, (x - loc) / scale) / Math.PI,
    quantile: (p) => loc - scale * cot(p),
    upperQuantile: (q) => loc + scale * cot(q),
    draw: (stream) => loc + scale * Math.tan(Math.PI * (stream.uniform() - 0.5)),
  });
}

/**
 * Laplace (double exponential) with density exp(-|x - loc| / scale) / (2 scale).
 *
 * @example
 * laplace().sf(1); // Math.exp(-1) / 2
 */
export function laplace(loc = 0, scale = 1): Distribution {
  finiteParameter(loc, "laplace", "loc");
  positiveParameter(scale, "laplace", "scale");
  const lower = (z: number): number => (z < 0 ? 0.5 * Math.exp(z) : 1 - 0.5 * Math.exp(-z));
  const logLower = (z: number): number => (z < 0 ? z - Math.LN2 : Math.log1p(-0.5 * Math.exp(-z)));
  const inverse = (p: number): number => (p < 0.5 ? Math.log(2 * p) : -Math.log(2 * (1 - p)));
  return continuous({
    name: "laplace",
    parameters: { loc, scale },
    support: EVERYWHERE,
    mean: loc,
    variance: 2 * scale * scale,
    entropy: () => 1 + Math.log(2 * scale),
    logPdf: (x) => -Math.abs(x - loc) / scale - Math.log(2 * scale),
    cdf: (x) => lower((x - loc) / scale),
    sf: (x) => lower((loc - x) / scale),
    logCdf: (x) => logLower((x - loc) / scale),
    logSf: (x) => logLower((loc - x) / scale),
    quantile: (p) => loc + scale * inverse(p),
    upperQuantile: (q) => loc - scale * inverse(q),
    draw: (stream) => loc + scale * stream.exponential() * (stream.bernoulli() ? 1 : -1),
  });
}

/**
 * Logistic with cdf sigmoid((x - loc) / scale).
 *
 * @example
 * logistic().cdf(Math.log(3)); // 0.75
 */
export function logistic(loc = 0, scale = 1): Distribution {
  finiteParameter(loc, "logistic", "loc");
  positiveParameter(scale, "logistic", "scale");
  const z = (x: number): number => (x - loc) / scale;
  const logOdds = (p: number): number =>
    p > 0.3 && p < 0.65 ? Math.log1p((2 * p - 1) / (1 - p)) : Math.log(p / (1 - p));
  return continuous({
    name: "logistic",
    parameters: { loc, scale },
    support: EVERYWHERE,
    mean: loc,
    variance: ((Math.PI * Math.PI) / 3) * scale * scale,
    entropy: () => 2 + Math.log(scale),
    logPdf: (x) => logSigmoid(z(x)) + logSigmoid(-z(x)) - Math.log(scale),
    cdf: (x) => sigmoid(z(x)),
    sf: (x) => sigmoid(-z(x)),
    logCdf: (x) => logSigmoid(z(x)),
    logSf: (x) => logSigmoid(-z(x)),
    quantile: (p) => loc + scale * logOdds(p),
    upperQuantile: (q) => loc - scale * logOdds(q),
    draw: (stream) => {
      let u = stream.uniform();
      while (u === 0) u = stream.uniform();
      return loc + scale * Math.log(u / (1 - u));
    },
  });
}
