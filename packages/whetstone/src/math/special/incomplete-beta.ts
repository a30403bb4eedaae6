import { beta, digamma, logBeta, stirlingRemainder, trigamma } from "./gamma.ts";
import { log1pmx } from "./logistic.ts";
import { normalQuantile } from "./normal.ts";

const EPS = 1.1102230246251565e-16;

/** a b - c d with one rounding's worth of error (Veltkamp's splitting, Dekker's product). */
function productDifference(a: number, b: number, c: number, d: number): number {
  const p = a * b;
  const q = c * d;
  return p - q + (productError(a, b, p) - productError(c, d, q));
}

function productError(a: number, b: number, product: number): number {
  const ta = 134217729 * a;
  const ah = ta - (ta - a);
  const al = a - ah;
  const tb = 134217729 * b;
  const bh = tb - (tb - b);
  const bl = b - bh;
  return ah * bh - product + ah * bl + al * bh + al * bl;
}

/** For a, b >= 10: log of x^a y^b / B(a, b) beside sqrt(ab / (2 pi (a + b))), relative to the mean. */
function largeExponent(a: number, b: number, x: number, y: number): number {
  const n = a + b;
  // n (x - mean), from the smaller of x and y, which carries the finer rounding.
  const virtual = n - a;
  const lost = a - (n - virtual) + (b - virtual);
  const shift = x <= y ? productDifference(x, n, 1, a) + x * lost : productDifference(1, b, y, n) - y * lost;
  const u = shift / a;
  const v = -shift / b;
  const exponent =
    Math.max(Math.abs(u), Math.abs(v)) < 0.5
      ? a * log1pmx(u) + b * log1pmx(v)
      : a * Math.log((x * n) / a) + b * Math.log((y * n) / b);
  return exponent + (stirlingRemainder(n) - stirlingRemainder(a) - stirlingRemainder(b));
}

/**
 * log of x^a y^b / B(a, b), the beta density times x y, with y = 1 - x given exactly; 0 < x < 1.
 *
 * @example
 * logBetaPrefix(1, 1, 0.3, 0.7); // Math.log(0.21)
 */
export function logBetaPrefix(a: number, b: number, x: number, y: number): number {
  if (a >= 10 && b >= 10)
    return 0.5 * Math.log(((a / (a + b)) * b) / (2 * Math.PI)) + largeExponent(a, b, x, y);
  const logX = x < 0.5 ? Math.log(x) : Math.log1p(-y);
  const logY = y < 0.5 ? Math.log(y) : Math.log1p(-x);
  return a * logX + b * logY - logBeta(a, b);
}

/**
 * x^a y^b / B(a, b) with y = 1 - x given exactly: the beta density times x y.
 *
 * @example
 * betaPrefix(1, 1, 0.3, 0.7); // 0.21
 */
export function betaPrefix(a: number, b: number, x: number, y: number): number {
  if (a >= 10 && b >= 10) {
    return Math.sqrt(((a / (a + b)) * b) / (2 * Math.PI)) * Math.exp(largeExponent(a, b, x, y));
  }
  if (a < 10 && b < 10) {
    const value = (x ** a * y ** b) / beta(a, b);
    if (value > 1e-290) return value;
  }
  return x > 0 && y > 0 ? Math.exp(logBetaPrefix(a, b, x, y)) : 0;
}

/** I_x(a, b) by its power series in x. */
function powerSeries(a: number, b: number, x: number, y: number): number {
  let term = 1;
  let sum = 1 / a;
  for (let n = 1; n < 20000; n++) {
    term *= ((n - b) * x) / n;
    const part = term / (a + n);
    sum += part;
    if (Math.abs(part) < EPS * Math.abs(sum)) break;
  }
  // The prefix holds y^b, the series does not.
  if (y > 0.9 && b < 1e3) return (betaPrefix(a, b, x, y) / Math.exp(b * Math.log1p(-x))) * sum;
  const logX = x < 0.5 ? Math.log(x) : Math.log1p(-y);
  if (a < 10 && b < 10) return (x ** a / beta(a, b)) * sum;
  return Math.exp(a * logX - logBeta(a, b)) * sum;
}

/** I_x(a, b) by the continued fraction of DiDonato and Morris, ACM TOMS 18(3), 1992, for a, b > 1. */
function fraction(a: number, b: number, x: number, y: number): number {
  let numerator = 0;
  let f = (a * (a * y - b * x + 1)) / (a + 1) || 1e-300;
  let c = f;
  let d = 0;
  for (let m = 1; m < 100000; m++) {
    const t = a + 2 * m - 1;
    numerator = ((a + m - 1) / t) * ((a + b + m - 1) / t) * m * (b - m) * x * x;
    const denominator = m + (m * (b - m) * x) / t + ((a + m) * (a * y - b * x + 1 + m * (1 + y))) / (t + 2);
    d = denominator + numerator * d || 1e-300;
    c = denominator + numerator / c || 1e-300;
    d = 1 / d;
    const delta = c * d;
    f *= delta;
    if (Math.abs(delta - 1) < 2 * EPS) break;
  }
  return betaPrefix(a, b, x, y) / f;
}

/** I_x(a, b) by the continued fraction DLMF 8.17.22, which also serves parameters below 1. */
function plainFraction(a: number, b: number, x: number, y: number): number {
  let c = 1;
  let d = 1 / (1 - ((a + b) * x) / (a + 1));
  let h = d;
  for (let m = 1; m < 100000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / (1 + even * d || 1e-300);
    c = 1 + even / c || 1e-300;
    h *= c * d;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / (1 + odd * d || 1e-300);
    c = 1 + odd / c || 1e-300;
    const delta = c * d;
    h *= delta;
    if (Math.abs(delta - 1) < 2 * EPS) break;
  }
  return (betaPrefix(a, b, x, y) * h) / a;
}

/** I_x(a, b) where x is not beyond the bulk of the distribution. */
function lower(a: number, b: number, x: number, y: number): number {
  if (b * x <= 1 && x <= 0.7) return powerSeries(a, b, x, y);
  return a > 1 && b > 1 ? fraction(a, b, x, y) : plainFraction(a, b, x, y);
}

/**
 * I_x(a, b), or 1 minus it, from x and y = 1 - x separately: callers that know both (Student t, F, binomial)
 * lose nothing when either is tiny.
 *
 * @example
 * betaTail(1, 1, 0.3, 0.7, true); // 0.7
 */
export function betaTail(a: number, b: number, x: number, y: number, upper: boolean): number {
  if (!(a > 0 && b > 0 && x >= 0 && y >= 0)) return Number.NaN;
  if (x === 0) return upper ? 1 : 0;
  if (y === 0) return upper ? 0 : 1;
  const leftOfMean = x * (a + b + 2) <= a + 1;
  let inLower = b * x <= 1 && x <= 0.5 ? true : a * y <= 1 && y <= 0.5 ? false : leftOfMean;
  let value = inLower ? lower(a, b, x, y) : lower(b, a, y, x);
  if (inLower === upper && value > 0.9 && inLower !== leftOfMean) {
    // The series was quick, but the tail asked for is the small one.
    inLower = leftOfMean;
    value = inLower ? lower(a, b, x, y) : lower(b, a, y, x);
  }
  return inLower === upper ? Math.max(0, 1 - value) : Math.min(1, value);
}

/**
 * Regularised incomplete beta I_x(a, b), the beta distribution's cdf, for a, b > 0 and x in [0, 1].
 *
 * @example
 * betaInc(2, 3, 0.5); // 0.6875
 */
export function betaInc(a: number, b: number, x: number): number {
  return x <= 1 ? betaTail(a, b, x, 1 - x, false) : Number.NaN;
}

/**
 * 1 - I_x(a, b), accurate where it is tiny.
 *
 * @example
 * betaIncComplement(1, 1, 0.3); // 0.7
 */
export function betaIncComplement(a: number, b: number, x: number): number {
  return x <= 1 ? betaTail(a, b, x, 1 - x, true) : Number.NaN;
}

/**
 * Solves I_x(a, b) = target (or its complement) for x, on the scale t = log(x / (1 - x)): Newton on the
 * log-probability inside a bracket. Returns x and 1 - x, both with full relative accuracy.
 *
 * @example
 * betaTailInv(1, 1, 1e-20, true); // { x: 1, y: 1e-20 }
 */
export function betaTailInv(a: number, b: number, target: number, upper: boolean): { x: number; y: number } {
  if (!(a > 0 && b > 0 && target >= 0 && target <= 1)) return { x: Number.NaN, y: Number.NaN };
  if (target === 0) return upper ? { x: 1, y: 0 } : { x: 0, y: 1 };
  if (target === 1) return upper ? { x: 0, y: 1 } : { x: 1, y: 0 };
  if (target > 0.5) return betaTailInv(a, b, 1 - target, !upper);
  const logTarget = Math.log(target);
  // The exact mean and variance of log(x / y); power laws where that normal guess has no bite.
  const z = upper ? -normalQuantile(target) : normalQuantile(target);
  let t = digamma(a) - digamma(b) + z * Math.sqrt(trigamma(a) + trigamma(b));
  const shape = upper ? b : a;
  const power = (logTarget + logBeta(a, b) + Math.log(shape)) / shape;
  if (power < -3 || shape < 1) {
    const guess = Math.min(power, -1e-3);
    const other = Math.log(-Math.expm1(guess));
    t = upper ? other - guess : guess - other;
  }
  let low = Number.NEGATIVE_INFINITY;
  let high = Number.POSITIVE_INFINITY;
  let settled = 0;
  for (let i = 0; i < 200; i++) {
    t = Math.max(-745, Math.min(745, t));
    const x = 1 / (1 + Math.exp(-t));
    const y = 1 / (1 + Math.exp(t));
    const value = betaTail(a, b, x, y, upper);
    const excess = Math.log(value) - logTarget;
    if (excess === 0) break;
    if (excess > 0 !== upper) high = t;
    else low = t;
    const slope = betaPrefix(a, b, x, y) / value;
    let step = upper ? excess / slope : -excess / slope;
    if (!(Math.abs(step) < 8)) step = Math.sign(step || (upper ? excess : -excess)) * 8;
    let next = t + step;
    if (Math.abs(step) <= 2e-16 * Math.max(1e-3, Math.abs(t))) break;
    if (!(next > low && next < high)) {
      next =
        low === Number.NEGATIVE_INFINITY
          ? t - 4
          : high === Number.POSITIVE_INFINITY
            ? t + 4
            : 0.5 * (low + high);
    }
    const moved = Math.abs(next - t);
    t = next;
    settled = moved < 1e-9 ? settled + 1 : 0;
    if (settled === 2) break;
  }
  return {
    x: t < 0 ? Math.exp(t) / (1 + Math.exp(t)) : 1 / (1 + Math.exp(-t)),
    y: t > 0 ? Math.exp(-t) / (1 + Math.exp(-t)) : 1 / (1 + Math.exp(t)),
  };
}

/**
 * The x with I_x(a, b) = p.
 *
 * @example
 * betaIncInv(1, 1, 0.3); // 0.3
 */
export function betaIncInv(a: number, b: number, p: number): number {
  return betaTailInv(a, b, p, false).x;
}
