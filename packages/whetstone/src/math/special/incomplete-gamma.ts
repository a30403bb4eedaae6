import { temme } from "./coefficients.ts";
import { erfc } from "./erf.ts";
import { gamma, logGamma, logGamma1p, stirlingRemainder } from "./gamma.ts";
import { log1pmx } from "./logistic.ts";
import { normalQuantile } from "./normal.ts";
import { polynomial } from "./series.ts";

const EPS = 1.1102230246251565e-16;

/**
 * log of x^a exp(-x) / Gamma(a), the gamma density times x, for x > 0.
 *
 * @example
 * logGammaPrefix(1, 2); // Math.log(2) - 2
 */
export function logGammaPrefix(a: number, x: number): number {
  if (a < 10) return a * Math.log(x) - x - (a < 1 ? logGamma1p(a) - Math.log(a) : logGamma(a));
  return 0.5 * Math.log(a / (2 * Math.PI)) + largeExponent(a, x);
}

/** What is left of the logarithm beside sqrt(a / 2 pi): relative to x = a, where the huge factors cancel. */
function largeExponent(a: number, x: number): number {
  const mu = (x - a) / a;
  const exponent = mu > -0.5 && mu < 1 ? a * log1pmx(mu) : a * (Math.log(x / a) - mu);
  return exponent - stirlingRemainder(a);
}

/**
 * x^a exp(-x) / Gamma(a): the gamma density times x.
 *
 * @example
 * gammaPrefix(1, 2); // 2 * Math.exp(-2)
 */
export function gammaPrefix(a: number, x: number): number {
  if (x === 0) return a === 0 ? 1 : 0;
  if (a >= 10) return Math.sqrt(a / (2 * Math.PI)) * Math.exp(largeExponent(a, x));
  if (x > 700 || x < 1e-200) return Math.exp(logGammaPrefix(a, x));
  return a < 1 ? x ** a * Math.exp(-x - logGamma1p(a)) * a : (x ** a * Math.exp(-x)) / gamma(a);
}

/** P by its power series; all terms positive. */
function lowerSeries(a: number, x: number): number {
  let term = 1;
  let sum = 1;
  for (let n = 1; n < 10000; n++) {
    term *= x / (a + n);
    sum += term;
    if (term < EPS * sum) break;
  }
  return (gammaPrefix(a, x) / a) * sum;
}

/** Q by its continued fraction, evaluated by the modified Lentz method. */
function upperFraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = 1e300;
  let d = 1 / b;
  let h = d;
  for (let n = 1; n < 10000; n++) {
    const an = -n * (n - a);
    b += 2;
    d = 1 / (an * d + b);
    c = b + an / c;
    const delta = c * d;
    h *= delta;
    if (Math.abs(delta - 1) < 2 * EPS) break;
  }
  return gammaPrefix(a, x) * h;
}

/** Q for small x, from 1 - P with the leading 1 taken out: keeps the digits of a Q that is small because a is. */
function upperSmall(a: number, x: number): number {
  let sum = 0;
  let factor = 1;
  for (let n = 1; n < 200; n++) {
    factor *= -x / n;
    const term = factor / (a + n);
    sum += term;
    if (Math.abs(term) < EPS * Math.abs(sum)) break;
  }
  const exponent = a * Math.log(x) - logGamma1p(a);
  return -Math.expm1(exponent) - a * Math.exp(exponent) * sum;
}

/**
 * Uniform expansion for large a around x = a. Temme, "The asymptotic expansion of the incomplete gamma
 * functions", SIAM J. Math. Anal. 10, 1979; DLMF 8.12.
 */
function uniform(a: number, x: number, upper: boolean): number {
  const mu = (x - a) / a;
  const halfSquare = -log1pmx(mu);
  const eta = Math.sign(mu) * Math.sqrt(2 * halfSquare);
  let sum = 0;
  for (let k = temme.length - 1; k >= 0; k--) sum = sum / a + polynomial(temme[k]!, eta);
  const rest = (Math.exp(-a * halfSquare) / Math.sqrt(2 * Math.PI * a)) * sum;
  const z = eta * Math.sqrt(a / 2);
  return upper ? 0.5 * erfc(z) + rest : 0.5 * erfc(-z) - rest;
}

function tail(a: number, x: number, upper: boolean): number {
  if (!(a >= 0) || !(x >= 0)) return Number.NaN;
  if (a === 0) return upper ? (x > 0 ? 0 : Number.NaN) : x > 0 ? 1 : Number.NaN;
  if (x === 0) return upper ? 1 : 0;
  if (x === Number.POSITIVE_INFINITY) return upper ? 0 : 1;
  if (a === Number.POSITIVE_INFINITY) return upper ? 1 : 0;
  if (a >= 50 && Math.abs(x - a) < 0.35 * a) return uniform(a, x, upper);
  if (x > 1.1 ? x > a : x > 0.5 ? 1.1 * x >= a : -0.4 / Math.log(x) >= a) {
    const q = x > 1.1 ? upperFraction(a, x) : upperSmall(a, x);
    // A lower tail that is the small one comes from its own series.
    if (upper) return q;
    return q > 0.9 ? lowerSeries(a, x) : x <= 1.1 ? lowerSeries(a, x) : 1 - q;
  }
  const p = lowerSeries(a, x);
  return upper ? 1 - p : p;
}

/**
 * Regularised lower incomplete gamma P(a, x), the gamma distribution's cdf with shape a.
 *
 * @example
 * gammaP(1, 2); // 1 - exp(-2)
 */
export function gammaP(a: number, x: number): number {
  return tail(a, x, false);
}

/**
 * Regularised upper incomplete gamma Q(a, x) = 1 - P(a, x), accurate where it is tiny.
 *
 * @example
 * gammaQ(1, 100); // exp(-100)
 */
export function gammaQ(a: number, x: number): number {
  return tail(a, x, true);
}

/** Solves P = target (or Q = target) by Newton on log-probability against log x, inside a bracket. */
function invert(a: number, target: number, upper: boolean): number {
  const logTarget = Math.log(target);
  const z = upper ? -normalQuantile(target) : normalQuantile(target);
  let x: number;
  // P = x^a / Gamma(a + 1) while x is small, which for tiny a holds almost up to P = 1.
  const small = Math.exp(((upper ? Math.log1p(-target) : logTarget) + logGamma1p(a)) / a);
  const cube = 1 - 1 / (9 * a) + z / (3 * Math.sqrt(a));
  if (a >= 1 && cube > 0.2) {
    x = a * cube ** 3; // Wilson-Hilferty
  } else if (upper && target < 0.2 && !(small < 0.1)) {
    x = Math.max(-logTarget - logGamma(a), 0.1 * a);
  } else {
    x = small;
    if (x === 0) return 0;
    x = Math.min(x, a + 10);
  }
  let low = 0;
  let high = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 100; i++) {
    const value = tail(a, x, upper);
    const excess = Math.log(value) - logTarget;
    if (excess === 0) return x;
    if (excess > 0 !== upper) high = x;
    else low = x;
    const slope = gammaPrefix(a, x) / value; // of log P against log x
    let step = upper ? excess / slope : -excess / slope;
    if (!(Math.abs(step) < 2)) step = Math.sign(step) * 2;
    let next = x * Math.exp(step);
    if (Math.abs(step) <= 4e-16) return next;
    if (Number.isNaN(next) || !(next > low && next < high)) {
      next = high === Number.POSITIVE_INFINITY ? 2 * x : low === 0 ? 0.5 * x : 0.5 * (low + high);
    }
    if (next === 0) return 0;
    const small = Math.abs(next - x) <= 1e-9 * x;
    x = next;
    if (small) {
      // Quadratic convergence: this step is the last that matters.
      const last = tail(a, x, upper);
      const change = (Math.log(last / target) * last) / gammaPrefix(a, x);
      return x * (upper ? 1 + change : 1 - change);
    }
  }
  return x;
}

/**
 * The x with P(a, x) = p.
 *
 * @example
 * gammaPInv(1, 0.5); // log 2
 */
export function gammaPInv(a: number, p: number): number {
  if (!(a > 0) || !(p >= 0 && p <= 1)) return Number.NaN;
  if (p === 0) return 0;
  if (p === 1) return Number.POSITIVE_INFINITY;
  return p <= 0.5 ? invert(a, p, false) : invert(a, 1 - p, true);
}

/**
 * The x with Q(a, x) = q; keeps its digits for tiny q.
 *
 * @example
 * gammaQInv(1, 1e-30); // -Math.log(1e-30)
 */
export function gammaQInv(a: number, q: number): number {
  if (!(a > 0) || !(q >= 0 && q <= 1)) return Number.NaN;
  if (q === 0) return Number.POSITIVE_INFINITY;
  if (q === 1) return 0;
  return q <= 0.5 ? invert(a, q, true) : invert(a, 1 - q, false);
}
