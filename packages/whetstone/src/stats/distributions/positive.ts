import { argumentError } from "../../errors.ts";
import {
  betaPrefix,
  betaTail,
  betaTailInv,
  digamma,
  gamma,
  gammaP,
  gammaPInv,
  gammaPrefix,
  gammaQ,
  gammaQInv,
  logBeta,
  logBetaPrefix,
  logGamma,
  logGammaPrefix,
} from "../../math/special/index.ts";
import { continuous, type Distribution, finiteParameter, positiveParameter } from "./distribution.ts";

const EULER = 0.5772156649015329;
const HALF_LINE: readonly [number, number] = [0, Number.POSITIVE_INFINITY];

/** Limit of a density c x^(shape - 1) at 0. */
function atZero(shape: number, whenOne: number): number {
  return shape < 1 ? Number.POSITIVE_INFINITY : shape === 1 ? whenOne : 0;
}

function gammaFamily(
  name: string,
  parameters: Record<string, number>,
  shape: number,
  scale: number,
): Distribution {
  return continuous({
    name,
    parameters,
    support: HALF_LINE,
    mean: shape * scale,
    variance: shape * scale * scale,
    entropy: () => shape + Math.log(scale) + logGamma(shape) + (1 - shape) * digamma(shape),
    logPdf: (x) => {
      if (x === 0) return Math.log(atZero(shape, 1 / scale));
      return x === Number.POSITIVE_INFINITY
        ? Number.NEGATIVE_INFINITY
        : logGammaPrefix(shape, x / scale) - Math.log(x);
    },
    pdf: (x) =>
      x === 0
        ? atZero(shape, 1 / scale)
        : x === Number.POSITIVE_INFINITY
          ? 0
          : gammaPrefix(shape, x / scale) / x,
    cdf: (x) => gammaP(shape, x / scale),
    sf: (x) => gammaQ(shape, x / scale),
    quantile: (p) => scale * gammaPInv(shape, p),
    upperQuantile: (q) => scale * gammaQInv(shape, q),
    draw: (stream) => stream.gamma(shape, scale),
  });
}

/**
 * Gamma distribution with mean shape * scale.
 *
 * @example
 * gammaDistribution(2, 3).mean; // 6
 */
export function gammaDistribution(shape: number, scale = 1): Distribution {
  positiveParameter(shape, "gammaDistribution", "shape");
  positiveParameter(scale, "gammaDistribution", "scale");
  return gammaFamily("gammaDistribution", { shape, scale }, shape, scale);
}

/**
 * Chi-square with `df` degrees of freedom: the gamma of shape df / 2 and scale 2.
 *
 * @example
 * chiSquare(2).sf(2); // Math.exp(-1)
 */
export function chiSquare(df: number): Distribution {
  positiveParameter(df, "chiSquare", "df");
  return gammaFamily("chiSquare", { df }, df / 2, 2);
}

/**
 * Exponential with the given rate; its mean is 1 / rate.
 *
 * @example
 * exponential(2).mean; // 0.5
 */
export function exponential(rate = 1): Distribution {
  positiveParameter(rate, "exponential", "rate");
  return continuous({
    name: "exponential",
    parameters: { rate },
    support: HALF_LINE,
    mean: 1 / rate,
    variance: 1 / (rate * rate),
    entropy: () => 1 - Math.log(rate),
    logPdf: (x) => Math.log(rate) - rate * x,
    cdf: (x) => -Math.expm1(-rate * x),
    sf: (x) => Math.exp(-rate * x),
    logSf: (x) => -rate * x,
    quantile: (p) => -Math.log1p(-p) / rate,
    upperQuantile: (q) => -Math.log(q) / rate,
    draw: (stream) => stream.exponential(rate),
  });
}

/**
 * Weibull with sf exp(-(x / scale)^shape).
 *
 * @example
 * weibull(2, 3).sf(3); // Math.exp(-1)
 */
export function weibull(shape: number, scale = 1): Distribution {
  positiveParameter(shape, "weibull", "shape");
  positiveParameter(scale, "weibull", "scale");
  const power = (x: number): number => (x / scale) ** shape;
  const first = gamma(1 + 1 / shape);
  return continuous({
    name: "weibull",
    parameters: { shape, scale },
    support: HALF_LINE,
    mean: scale * first,
    variance: scale * scale * (gamma(1 + 2 / shape) - first * first),
    entropy: () => EULER * (1 - 1 / shape) + Math.log(scale / shape) + 1,
    logPdf: (x) => {
      if (x === 0) return Math.log(atZero(shape, 1 / scale));
      return Math.log(shape / scale) + (shape - 1) * Math.log(x / scale) - power(x);
    },
    cdf: (x) => -Math.expm1(-power(x)),
    sf: (x) => Math.exp(-power(x)),
    logSf: (x) => -power(x),
    quantile: (p) => scale * (-Math.log1p(-p)) ** (1 / shape),
    upperQuantile: (q) => scale * (-Math.log(q)) ** (1 / shape),
    draw: (stream) => scale * stream.exponential() ** (1 / shape),
  });
}

/**
 * Beta distribution on [0, 1] with mean a / (a + b).
 *
 * @example
 * betaDistribution(2, 2).cdf(0.5); // 0.5
 */
export function betaDistribution(a: number, b: number): Distribution {
  positiveParameter(a, "betaDistribution", "a");
  positiveParameter(b, "betaDistribution", "b");
  const n = a + b;
  const edge = (x: number): number => (x === 0 ? atZero(a, b) : atZero(b, a));
  return continuous({
    name: "betaDistribution",
    parameters: { a, b },
    support: [0, 1],
    mean: a / n,
    variance: ((a / n) * (b / n)) / (n + 1),
    entropy: () => logBeta(a, b) - (a - 1) * digamma(a) - (b - 1) * digamma(b) + (n - 2) * digamma(n),
    logPdf: (x) =>
      x === 0 || x === 1 ? Math.log(edge(x)) : logBetaPrefix(a, b, x, 1 - x) - Math.log(x) - Math.log1p(-x),
    pdf: (x) => (x === 0 || x === 1 ? edge(x) : betaPrefix(a, b, x, 1 - x) / x / (1 - x)),
    cdf: (x) => betaTail(a, b, x, 1 - x, false),
    sf: (x) => betaTail(a, b, x, 1 - x, true),
    quantile: (p) => betaTailInv(a, b, p, false).x,
    upperQuantile: (q) => betaTailInv(a, b, q, true).x,
    draw: (stream) => stream.beta(a, b),
  });
}

/**
 * Fisher's F, the ratio of two chi-squares over their degrees of freedom.
 *
 * @example
 * fDistribution(1, 10).quantile(0.95); // 4.9646
 */
export function fDistribution(df1: number, df2: number): Distribution {
  positiveParameter(df1, "fDistribution", "df1");
  positiveParameter(df2, "fDistribution", "df2");
  const a = df1 / 2;
  const b = df2 / 2;
  // The beta variable and its complement, both without cancellation.
  const x = (f: number): number => (df1 * f) / (df2 + df1 * f);
  const y = (f: number): number => df2 / (df2 + df1 * f);
  const inverse = (p: number, upper: boolean): number => {
    const at = betaTailInv(a, b, p, upper);
    return (df2 * at.x) / (df1 * at.y);
  };
  return continuous({
    name: "fDistribution",
    parameters: { df1, df2 },
    support: HALF_LINE,
    mean: df2 > 2 ? df2 / (df2 - 2) : Number.POSITIVE_INFINITY,
    variance:
      df2 > 4
        ? ((2 * df2 * df2) / (df1 * (df2 - 2) ** 2)) * ((df1 + df2 - 2) / (df2 - 4))
        : df2 > 2
          ? Number.POSITIVE_INFINITY
          : Number.NaN,
    entropy: () =>
      logBeta(a, b) -
      (a - 1) * (digamma(a) - digamma(b)) +
      (a + b) * (digamma(a + b) - digamma(b)) +
      Math.log(df2 / df1),
    logPdf: (f) => {
      if (f === 0) return Math.log(atZero(a, 1));
      return f === Number.POSITIVE_INFINITY
        ? Number.NEGATIVE_INFINITY
        : logBetaPrefix(a, b, x(f), y(f)) - Math.log(f);
    },
    pdf: (f) =>
      f === 0 ? atZero(a, 1) : f === Number.POSITIVE_INFINITY ? 0 : betaPrefix(a, b, x(f), y(f)) / f,
    cdf: (f) => betaTail(a, b, x(f), y(f), false),
    sf: (f) => betaTail(a, b, x(f), y(f), true),
    quantile: (p) => inverse(p, false),
    upperQuantile: (q) => inverse(q, true),
    draw: (stream) => stream.chiSquare(df1) / df1 / (stream.chiSquare(df2) / df2),
  });
}

/**
 * Uniform on [low, high].
 *
 * @example
 * uniform(0, 4).variance; // 16 / 12
 */
export function uniform(low = 0, high = 1): Distribution {
  finiteParameter(low, "uniform", "low");
  if (!(high > low && high - low < Number.POSITIVE_INFINITY)) {
    throw argumentError("uniform", "high", high, `a finite number > low = ${low}`);
  }
  const width = high - low;
  return continuous({
    name: "uniform",
    parameters: { low, high },
    support: [low, high],
    mean: low + 0.5 * width,
    variance: (width * width) / 12,
    entropy: () => Math.log(width),
    logPdf: () => -Math.log(width),
    cdf: (x) => (x - low) / width,
    sf: (x) => (high - x) / width,
    quantile: (p) => low + p * width,
    upperQuantile: (q) => high - q * width,
    draw: (stream) => stream.uniform(low, high),
  });
}
