import { argumentError } from "../../errors.ts";
import { lgammaAt2, psiOn12, psiRoot, psiRootLow } from "./coefficients.ts";
import { chebyshev, polynomial } from "./series.ts";

const HALF_LOG_2PI = 0.9189385332046727;
const SQRT_2PI = 2.5066282746310002;

/** B(2k) / (2k (2k - 1)): Stirling's series in 1/x^2 after a factor 1/x. */
const STIRLING: readonly number[] = [
  1 / 12,
  -1 / 360,
  1 / 1260,
  -1 / 1680,
  1 / 1188,
  -691 / 360360,
  1 / 156,
  -3617 / 122400,
  43867 / 244188,
];

/** sin(pi x) with the argument reduced exactly, so integers give 0. */
export function sinPi(x: number): number {
  let r = x % 2;
  if (r < 0) r += 2;
  if (r >= 1) return -sinPi(r - 1);
  if (r > 0.5) r = 1 - r;
  return r <= 0.25 ? Math.sin(Math.PI * r) : Math.cos(Math.PI * (0.5 - r));
}

/**
 * log Gamma(x) - [(x - 1/2) log x - x + log(2 pi)/2] for x >= 10, the remainder of Stirling's formula. Ratios
 * of gamma functions keep their digits when written with it.
 */
export function stirlingRemainder(x: number): number {
  return polynomial(STIRLING, 1 / (x * x)) / x;
}

/** log Gamma(2 + z) for |z| <= 1/2, exact to the last digits at its zero z = 0. */
function logGammaNear2(z: number): number {
  return z * polynomial(lgammaAt2, z);
}

/**
 * Logarithm of |Gamma(x)|. Relative error near 1e-15 for x > 0, also at the zeros 1 and 2; `Infinity` at 0,
 * -1, -2, ...
 *
 * @example
 * logGamma(10); // 12.801827480081469
 */
export function logGamma(x: number): number {
  if (Number.isNaN(x)) return Number.NaN;
  if (x === Number.POSITIVE_INFINITY || x === Number.NEGATIVE_INFINITY) return Number.POSITIVE_INFINITY;
  if (x <= 0) {
    if (x === Math.floor(x)) return Number.POSITIVE_INFINITY;
    if (x > -1e-300) return -Math.log(-x);
    return Math.log(Math.PI / Math.abs(x * sinPi(x))) - logGamma(-x);
  }
  if (x >= 10) return (x - 0.5) * (Math.log(x) - 1) - 0.5 + HALF_LOG_2PI + stirlingRemainder(x);
  if (x < 0.5) return logGammaNear2(x) - Math.log(x) - Math.log1p(x);
  if (x < 1.5) return logGammaNear2(x - 1) - Math.log1p(x - 1);
  let product = 1;
  let rest = x;
  while (rest > 2.5) {
    rest -= 1;
    product *= rest;
  }
  return Math.log(product) + logGammaNear2(rest - 2);
}

/** log Gamma(1 + a), keeping the digits of a tiny a. */
export function logGamma1p(a: number): number {
  return Math.abs(a) <= 0.5 ? logGammaNear2(a) - Math.log1p(a) : logGamma(1 + a);
}

/**
 * Gamma function. Integers up to 23 are exact; poles give `NaN` (and `±Infinity` at ±0), beyond 171.6 the
 * result is `Infinity`.
 *
 * @example
 * gamma(5); // 24
 */
export function gamma(x: number): number {
  if (Number.isNaN(x) || x === Number.NEGATIVE_INFINITY) return Number.NaN;
  if (x === 0) return 1 / x;
  if (x > 171.7) return Number.POSITIVE_INFINITY;
  if (x < 0) {
    if (x === Math.floor(x)) return Number.NaN;
    if (x > -20) {
      let product = x;
      let rest = x + 1;
      while (rest < 1) {
        product *= rest;
        rest += 1;
      }
      return gamma(rest) / product;
    }
    if (x < -184) return sinPi(x) > 0 ? -0 : 0;
    // The reflection formula, divided twice so that Gamma(-x) > 1e308 / |x| does no harm.
    const s = Math.PI / (x * sinPi(x));
    const t = -x;
    if (t < 170) return -s / gamma(t);
    return -s / gamma(t - 15) / risingProduct(t - 15, 15);
  }
  if (x <= 23) {
    let product = 1;
    let rest = x;
    while (rest > 2.5) {
      rest -= 1;
      product *= rest;
    }
    if (rest < 1.5) {
      // One or two steps up into the middle of the expansion.
      let divisor = 1;
      while (rest < 1.5) {
        divisor *= rest;
        rest += 1;
      }
      return Math.exp(logGammaNear2(rest - 2)) / divisor;
    }
    return product * Math.exp(logGammaNear2(rest - 2));
  }
  // x^(x - 1/2) would overflow before Gamma does.
  const half = x ** (0.5 * x - 0.25);
  return half * Math.exp(-x) * half * SQRT_2PI * Math.exp(stirlingRemainder(x));
}

function risingProduct(x: number, n: number): number {
  let product = 1;
  for (let i = 0; i < n; i++) product *= x + i;
  return product;
}

/**
 * Digamma, the derivative of log Gamma. Accurate at its positive zero 1.4616; `NaN` at 0, -1, -2, ...
 *
 * @example
 * digamma(1); // -0.5772156649015329
 */
export function digamma(x: number): number {
  if (Number.isNaN(x) || x === Number.NEGATIVE_INFINITY) return Number.NaN;
  if (x <= 0) {
    if (x === Math.floor(x)) return Number.NaN;
    if (x > -0.5) return digamma(x + 1) - 1 / x;
    // cot(pi x) from an exactly reduced argument.
    const r = x - Math.round(x);
    return digamma(1 - x) - (Math.PI * Math.cos(Math.PI * r)) / Math.sin(Math.PI * r);
  }
  if (x < 10) {
    let sum = 0;
    let rest = x;
    while (rest > 2) {
      rest -= 1;
      sum += 1 / rest;
    }
    while (rest < 1) {
      sum -= 1 / rest;
      rest += 1;
    }
    return sum + (rest - psiRoot - psiRootLow) * chebyshev(psiOn12, 2 * rest - 3);
  }
  const z = 1 / (x * x);
  const tail =
    z *
    (1 / 12 -
      z *
        (1 / 120 -
          z *
            (1 / 252 -
              z * (1 / 240 - z * (1 / 132 - z * (691 / 32760 - z * (1 / 12 - z * 0.4432598039215686)))))));
  return Math.log(x) - 0.5 / x - tail;
}

/**
 * Trigamma, the second derivative of log Gamma. `Infinity` at 0, -1, -2, ...
 *
 * @example
 * trigamma(1); // pi^2 / 6 = 1.6449340668482264
 */
export function trigamma(x: number): number {
  if (Number.isNaN(x)) return Number.NaN;
  if (x <= 0) {
    if (x === Math.floor(x)) return Number.POSITIVE_INFINITY;
    const s = sinPi(x);
    return (Math.PI / s) * (Math.PI / s) - trigamma(1 - x);
  }
  let sum = 0;
  let rest = x;
  while (rest < 12) {
    sum += 1 / (rest * rest);
    rest += 1;
  }
  const z = 1 / (rest * rest);
  const series =
    z *
    (1 / 6 -
      z *
        (1 / 30 -
          z * (1 / 42 - z * (1 / 30 - z * (5 / 66 - z * (691 / 2730 - z * (7 / 6 - z * (3617 / 510))))))));
  return sum + (1 + 0.5 / rest + series) / rest;
}

/**
 * log B(a, b) for a, b > 0, without the cancellation of three log-gammas when an argument is large.
 *
 * @example
 * logBeta(2, 3); // log(1/12)
 */
export function logBeta(a: number, b: number): number {
  if (!(a >= 0) || !(b >= 0)) return Number.NaN;
  const p = Math.min(a, b);
  const q = Math.max(a, b);
  if (p === 0) return Number.POSITIVE_INFINITY;
  if (q === Number.POSITIVE_INFINITY) return Number.NEGATIVE_INFINITY;
  if (p >= 10) {
    const correction = stirlingRemainder(p) + stirlingRemainder(q) - stirlingRemainder(p + q);
    return (
      -0.5 * Math.log(q) +
      HALF_LOG_2PI +
      correction +
      (p - 0.5) * Math.log(p / (p + q)) -
      q * Math.log1p(p / q)
    );
  }
  if (q >= 10) {
    const correction = stirlingRemainder(q) - stirlingRemainder(p + q);
    return logGamma(p) + correction + p - p * Math.log(p + q) - (q - 0.5) * Math.log1p(p / q);
  }
  const ratio = (gamma(p) / gamma(p + q)) * gamma(q);
  // Close to B = 1 the logarithm of the ratio loses digits that no formula of this size keeps.
  return ratio > 0 && Number.isFinite(ratio) ? Math.log(ratio) : logGamma(p) + logGamma(q) - logGamma(p + q);
}

/**
 * Beta function B(a, b) for a, b > 0.
 *
 * @example
 * beta(2, 3); // 1 / 12
 */
export function beta(a: number, b: number): number {
  if (a > 0 && b > 0 && a + b < 100) {
    const ratio = a > b ? (gamma(a) / gamma(a + b)) * gamma(b) : (gamma(b) / gamma(a + b)) * gamma(a);
    if (Number.isFinite(ratio)) return ratio;
  }
  return Math.exp(logBeta(a, b));
}

/**
 * log of n choose k for real 0 <= k <= n.
 *
 * @example
 * logBinomial(5, 2); // log 10
 */
export function logBinomial(n: number, k: number): number {
  if (!(k >= 0) || !(k <= n)) return k < 0 || k > n ? Number.NEGATIVE_INFINITY : Number.NaN;
  if (k === 0 || k === n) return 0;
  return -Math.log1p(n) - logBeta(n - k + 1, k + 1);
}

/**
 * n! for an integer n >= 0: exact up to 22, `Infinity` beyond 170.
 *
 * @example
 * factorial(5); // 120
 */
export function factorial(n: number): number {
  if (!Number.isInteger(n) || n < 0) throw argumentError("factorial", "n", n, "an integer >= 0");
  return gamma(n + 1);
}

/**
 * log n! for an integer n >= 0.
 *
 * @example
 * logFactorial(3); // Math.log(6)
 */
export function logFactorial(n: number): number {
  return logGamma(n + 1);
}

/**
 * log of the multivariate gamma function of dimension p, defined for x > (p - 1) / 2 (Wishart normaliser).
 *
 * @example
 * multivariateLogGamma(3, 2); // log(pi)/2 + logGamma(3) + logGamma(2.5)
 */
export function multivariateLogGamma(x: number, p: number): number {
  if (!Number.isInteger(p) || p < 1) throw argumentError("multivariateLogGamma", "p", p, "an integer >= 1");
  if (!(x > (p - 1) / 2))
    throw argumentError("multivariateLogGamma", "x", x, `a number > (p - 1) / 2 = ${(p - 1) / 2}`);
  let sum = ((p * (p - 1)) / 4) * Math.log(Math.PI);
  for (let j = 0; j < p; j++) sum += logGamma(x - j / 2);
  return sum;
}
