import { erfcxScaled, erfSmall } from "./coefficients.ts";
import { chebyshev } from "./series.ts";

const SQRT_PI = 1.772453850905516;
const TWO_OVER_SQRT_PI = 1.1283791670955126;

/** exp(sign x²) with x² carried in two parts, so that large x keep their digits. */
export function expSquare(x: number, sign: 1 | -1, half = false): number {
  const high = Math.round(x * 16) / 16;
  const scale = half ? 0.5 * sign : sign;
  return Math.exp(scale * high * high) * Math.exp(scale * (x - high) * (x + high));
}

/** exp(x²) erfc(x) for x >= 0, the core of this file. */
function scaledTail(x: number): number {
  if (x > 1e8) return 1 / (x * SQRT_PI);
  return chebyshev(erfcxScaled, (x - 4) / (x + 4)) / (1 + 2 * x);
}

/**
 * Error function.
 *
 * @example
 * erf(1); // 0.8427007929497149
 */
export function erf(x: number): number {
  const a = Math.abs(x);
  if (a <= 1) return x * chebyshev(erfSmall, 2 * x * x - 1);
  if (a > 6) return Math.sign(x);
  if (Number.isNaN(x)) return Number.NaN;
  return Math.sign(x) * (1 - expSquare(a, -1) * scaledTail(a));
}

/**
 * 1 - erf(x), with its relative accuracy kept in the far tail (down to x = 26.5, where it underflows).
 *
 * @example
 * erfc(5); // 1.5374597944280349e-12
 */
export function erfc(x: number): number {
  if (x < 0.5) return x < -6 ? 2 : 1 - erf(x);
  if (x > 27.3) return 0;
  return expSquare(x, -1) * scaledTail(x);
}

/**
 * exp(x²) erfc(x): the tail without its underflow.
 *
 * @example
 * erfcx(50); // 0.011281536265323772
 */
export function erfcx(x: number): number {
  if (x >= 0) return x === Number.POSITIVE_INFINITY ? 0 : scaledTail(x);
  if (x < -26.7) return Number.POSITIVE_INFINITY;
  return 2 * expSquare(x, 1) - scaledTail(-x);
}

/** Inverse of erf for |y| <= 1/2: Taylor start, two steps of Halley. */
function erfInvCentral(y: number): number {
  const w = y * y;
  let x =
    (y / TWO_OVER_SQRT_PI) *
    (1 + w * (0.2617993877991494 + w * (0.14393173084921979 + w * 0.09766361950392055)));
  for (let i = 0; i < 2; i++) {
    const step = (erf(x) - y) / (TWO_OVER_SQRT_PI * Math.exp(-x * x));
    x -= step / (1 + x * step);
  }
  return x;
}

/** The z > 0 with P(Z > z) = p, for 0 < p <= 1/4: Newton on the logarithm of the tail. */
export function normalUpperQuantile(p: number): number {
  const target = Math.log(p);
  // z² ~ -2 log p - log(2 pi z²), iterated once from the leading term.
  const s = -2 * target;
  let z =
    p > 0.02
      ? 0.6745 + 0.55 * (s - 2.7726) ** 0.75 * 0.75
      : Math.sqrt(s - Math.log(6.283185307179586 * (s - 3)));
  for (let i = 0; i < 12; i++) {
    const mills = (0.5 * SQRT_PI * scaledTail(z * Math.SQRT1_2)) / Math.SQRT1_2; // tail / density
    const logTail = Math.log(mills) - 0.9189385332046727 - 0.5 * z * z;
    const e = logTail - target;
    // Halley on the log tail: its second derivative is -h (h - z), h = 1 / mills.
    const step = e * mills;
    const curvature = 1 - z * mills;
    z += step / (1 + (0.5 * step * curvature) / mills);
    if (Math.abs(step) < 1e-6 * z) break;
  }
  return z;
}

/**
 * Inverse of {@link erf}, for y in [-1, 1]; `NaN` outside.
 *
 * @example
 * erfInv(0.5); // 0.4769362762044699
 */
export function erfInv(y: number): number {
  const a = Math.abs(y);
  if (a <= 0.5) return erfInvCentral(y);
  if (a >= 1) return a === 1 ? y * Number.POSITIVE_INFINITY : Number.NaN;
  return Math.sign(y) * normalUpperQuantile(0.5 * (1 - a)) * Math.SQRT1_2;
}

/**
 * Inverse of {@link erfc}, for q in [0, 2]; keeps its digits for tiny q.
 *
 * @example
 * erfcInv(1e-20); // 6.601580622355143
 */
export function erfcInv(q: number): number {
  if (!(q >= 0 && q <= 2)) return Number.NaN;
  if (q === 0) return Number.POSITIVE_INFINITY;
  if (q < 0.5) {
    if (q > 1e-300) return normalUpperQuantile(0.5 * q) * Math.SQRT1_2;
    return erfcInvTiny(q);
  }
  return erfInv(1 - q);
}

/** Subnormal q, of which q / 2 would lose bits: Newton on log erfc. */
function erfcInvTiny(q: number): number {
  const target = Math.log(q);
  let x = Math.sqrt(-target - 0.5 * Math.log(-target * Math.PI));
  for (let i = 0; i < 6; i++) {
    const t = scaledTail(x);
    x += (Math.log(t) - x * x - target) * 0.5 * SQRT_PI * t;
  }
  return x;
}
