import * as table from "./coefficients.ts";
import { gamma } from "./gamma.ts";
import { chebyshev } from "./series.ts";

const TWO_OVER_PI = 0.6366197723675814;
const EULER = 0.5772156649015329;

/** Amplitude parts of the large-argument form: f(x) = sqrt(2 / (pi x)) (P cos(chi) - Q sin(chi)). */
function wave(p: readonly number[], q: readonly number[], x: number, order: 0 | 1, second: boolean): number {
  const t = 128 / x / x - 1;
  const P = chebyshev(p, t);
  const Q = chebyshev(q, t) / x;
  // chi = x - pi/4 or x - 3 pi/4: cosine and sine of it from those of x, with no reduction error of our own.
  const c = Math.cos(x);
  const s = Math.sin(x);
  const cosChi = order === 0 ? c + s : s - c; // times sqrt 2
  const sinChi = order === 0 ? s - c : -(s + c);
  return (second ? P * sinChi + Q * cosChi : P * cosChi - Q * sinChi) / Math.sqrt(Math.PI * x);
}

/**
 * Bessel function of the first kind, order 0. Errors are near 1e-15 of the local amplitude
 * sqrt(2 / (pi x)), so a value close to a zero has fewer correct digits.
 *
 * @example
 * besselJ0(1); // 0.7651976865579666
 */
export function besselJ0(x: number): number {
  const a = Math.abs(x);
  if (a <= 8) return chebyshev(table.j0Small, (a * a) / 32 - 1);
  return a === Number.POSITIVE_INFINITY ? 0 : wave(table.p0Large, table.q0Large, a, 0, false);
}

/**
 * Bessel function of the first kind, order 1; accuracy as for {@link besselJ0}.
 *
 * @example
 * besselJ1(1); // 0.4400506
 */
export function besselJ1(x: number): number {
  const a = Math.abs(x);
  if (a <= 8) return x * chebyshev(table.j1Small, (a * a) / 32 - 1);
  return a === Number.POSITIVE_INFINITY ? 0 : Math.sign(x) * wave(table.p1Large, table.q1Large, a, 1, false);
}

/**
 * Bessel function of the second kind, order 0, for x > 0: `-Infinity` at 0, `NaN` below.
 *
 * @example
 * besselY0(1); // 0.0882570
 */
export function besselY0(x: number): number {
  if (!(x > 0)) return x === 0 ? Number.NEGATIVE_INFINITY : Number.NaN;
  if (x <= 8) return TWO_OVER_PI * Math.log(x) * besselJ0(x) + chebyshev(table.y0Small, (x * x) / 32 - 1);
  return x === Number.POSITIVE_INFINITY ? 0 : wave(table.p0Large, table.q0Large, x, 0, true);
}

/**
 * Bessel function of the second kind, order 1, for x > 0: `-Infinity` at 0, `NaN` below.
 *
 * @example
 * besselY1(1); // -0.7812128
 */
export function besselY1(x: number): number {
  if (!(x > 0)) return x === 0 ? Number.NEGATIVE_INFINITY : Number.NaN;
  if (x <= 8) {
    return TWO_OVER_PI * (Math.log(x) * besselJ1(x) - 1 / x) + x * chebyshev(table.y1Small, (x * x) / 32 - 1);
  }
  return x === Number.POSITIVE_INFINITY ? 0 : wave(table.p1Large, table.q1Large, x, 1, true);
}

/** sum (x/2)^(2k) / (k! (k + order)!), all terms positive. */
function ascending(x: number, order: 0 | 1): number {
  const z = 0.25 * x * x;
  let term = 1;
  let sum = 1;
  for (let k = 1; k < 60; k++) {
    term *= z / (k * (k + order));
    sum += term;
    if (term < 1e-17 * sum) break;
  }
  return sum;
}

/**
 * exp(-|x|) I0(x).
 *
 * @example
 * besselI0Scaled(1); // 0.4657596
 * besselI0Scaled(1000); // 0.0126172: I0 itself overflows
 */
export function besselI0Scaled(x: number): number {
  const a = Math.abs(x);
  if (a <= 8) return Math.exp(-a) * ascending(a, 0);
  return chebyshev(table.i0Large, 16 / a - 1) / Math.sqrt(a);
}

/**
 * exp(-|x|) I1(x).
 *
 * @example
 * besselI1Scaled(1); // 0.2079104
 */
export function besselI1Scaled(x: number): number {
  const a = Math.abs(x);
  if (a <= 8) return 0.5 * x * Math.exp(-a) * ascending(a, 1);
  return (Math.sign(x) * chebyshev(table.i1Large, 16 / a - 1)) / Math.sqrt(a);
}

/** value * exp(x) without overflow before the result overflows. */
function times(value: number, x: number): number {
  const half = Math.exp(0.5 * x);
  return x < 700 ? value * Math.exp(x) : value * half * half;
}

/**
 * Modified Bessel function of the first kind, order 0.
 *
 * @example
 * besselI0(1); // 1.2660658777520084
 */
export function besselI0(x: number): number {
  const a = Math.abs(x);
  return a <= 8 ? ascending(a, 0) : times(besselI0Scaled(a), a);
}

/**
 * Modified Bessel function of the first kind, order 1.
 *
 * @example
 * besselI1(1); // 0.5651591
 */
export function besselI1(x: number): number {
  const a = Math.abs(x);
  return a <= 8 ? 0.5 * x * ascending(a, 1) : Math.sign(x) * times(besselI1Scaled(a), a);
}

/** K0 for 0 < x <= 2: -(log(x/2) + gamma) I0 + sum of z^k H_k / k!². */
function k0Small(x: number): number {
  const z = 0.25 * x * x;
  let term = 1;
  let harmonic = 0;
  let sum = 0;
  for (let k = 1; k < 40; k++) {
    term *= z / (k * k);
    harmonic += 1 / k;
    sum += term * harmonic;
    if (term < 1e-18) break;
  }
  return sum - (Math.log(0.5 * x) + EULER) * ascending(x, 0);
}

/** K1 for 0 < x <= 2 (DLMF 10.31.1). */
function k1Small(x: number): number {
  const z = 0.25 * x * x;
  let term = 1;
  let harmonics = 1 - 2 * EULER; // psi(k + 1) + psi(k + 2)
  let sum = harmonics;
  for (let k = 1; k < 40; k++) {
    term *= z / (k * (k + 1));
    harmonics += 1 / k + 1 / (k + 1);
    sum += term * harmonics;
    if (term < 1e-18) break;
  }
  return 1 / x + 0.5 * x * (Math.log(0.5 * x) * ascending(x, 1) - 0.5 * sum);
}

/**
 * exp(x) K0(x) for x > 0.
 *
 * @example
 * besselK0Scaled(1); // 1.1444631
 */
export function besselK0Scaled(x: number): number {
  if (!(x > 0)) return x === 0 ? Number.POSITIVE_INFINITY : Number.NaN;
  return x <= 2 ? Math.exp(x) * k0Small(x) : chebyshev(table.k0Large, 4 / x - 1) / Math.sqrt(x);
}

/**
 * exp(x) K1(x) for x > 0.
 *
 * @example
 * besselK1Scaled(1); // 1.6361535
 */
export function besselK1Scaled(x: number): number {
  if (!(x > 0)) return x === 0 ? Number.POSITIVE_INFINITY : Number.NaN;
  return x <= 2 ? Math.exp(x) * k1Small(x) : chebyshev(table.k1Large, 4 / x - 1) / Math.sqrt(x);
}

/**
 * Modified Bessel function of the second kind, order 0, for x > 0.
 *
 * @example
 * besselK0(1); // 0.4210244
 */
export function besselK0(x: number): number {
  return x > 0 && x <= 2 ? k0Small(x) : Math.exp(-x) * besselK0Scaled(x);
}

/**
 * Modified Bessel function of the second kind, order 1, for x > 0.
 *
 * @example
 * besselK1(1); // 0.6019072
 */
export function besselK1(x: number): number {
  // K1(x) = 1/x + O(x log x); the formula below would take infinity from infinity.
  if (x > 0 && x < 1e-300) return 1 / x;
  return x > 0 && x <= 2 ? k1Small(x) : Math.exp(-x) * besselK1Scaled(x);
}

/**
 * exp(x) K_nu(x) for x > 0 and real order: closed form for half-integers, upward recurrence for integers,
 * else the integral of exp(-x (cosh t - 1)) cosh(nu t) by the trapezoidal rule, which converges
 * geometrically because the integrand decays doubly exponentially (Trefethen, Weideman, SIAM Rev. 56, 2014).
 *
 * @example
 * besselKScaled(0.5, 2); // 0.8862269 = sqrt(pi / 4)
 */
export function besselKScaled(nu: number, x: number): number {
  if (!(x > 0) || !(Math.abs(nu) >= 0)) return x === 0 ? Number.POSITIVE_INFINITY : Number.NaN;
  if (x === Number.POSITIVE_INFINITY) return 0;
  const order = Math.abs(nu);
  if (order === Number.POSITIVE_INFINITY) return order;
  if (2 * order === Math.floor(2 * order) && order < 500) {
    const whole = order === Math.floor(order);
    let below = whole ? besselK0Scaled(x) : Math.sqrt(Math.PI / (2 * x));
    if (order < 1) return below;
    let value = whole ? besselK1Scaled(x) : below * (1 + 1 / x);
    for (let m = whole ? 1 : 1.5; m < order; m++) {
      const next = below + ((2 * m) / x) * value;
      below = value;
      value = next;
    }
    return value;
  }
  if (x < 1e-8 && order > 0.3) {
    // Two leading terms of the small-argument form; the next is below 1e-16 of the first.
    const first = 0.5 * gamma(order) * (2 / x) ** order;
    return Math.exp(x) * (order >= 1 ? first : first + 0.5 * gamma(-order) * (0.5 * x) ** order);
  }
  return kIntegral(order, x);
}

function kIntegral(nu: number, x: number): number {
  // The integrand peaks where x sinh t = nu; its logarithm there keeps large orders from overflowing.
  const logAt = (t: number): number => {
    const s = Math.sinh(0.5 * t);
    return nu * t - 2 * x * s * s;
  };
  const peak = Math.asinh(nu / x);
  const top = logAt(peak);
  const width = 1 / Math.sqrt(Math.hypot(nu, x)); // of the peak, a Gaussian for large nu or x
  // Beyond the largest double; the sum would start where steps are lost in rounding, and never end.
  if (top + Math.log(width) > 720) return Number.POSITIVE_INFINITY;
  const h = Math.min(0.125, 0.35 * width);
  let sum = 0;
  const center = Math.round(peak / h);
  for (let k = center; ; k++) {
    const t = k * h;
    const term = Math.exp(logAt(t) - top) * (1 + Math.exp(-2 * nu * t)) * (k === 0 ? 0.5 : 1);
    sum += term;
    if (term < 1e-18 * sum) break;
  }
  for (let k = center - 1; k >= 0; k--) {
    const t = k * h;
    const term = Math.exp(logAt(t) - top) * (1 + Math.exp(-2 * nu * t)) * (k === 0 ? 0.5 : 1);
    sum += term;
    if (term < 1e-18 * sum) break;
  }
  return 0.5 * h * sum * Math.exp(top);
}

/**
 * Modified Bessel function of the second kind K_nu(x), x > 0, real order: the Matérn kernel's function.
 *
 * @example
 * besselK(0.5, 1); // sqrt(pi / 2) exp(-1)
 */
export function besselK(nu: number, x: number): number {
  if (nu === 0) return besselK0(x);
  if (Math.abs(nu) === 1) return besselK1(x);
  return Math.exp(-x) * besselKScaled(nu, x);
}
