import { erf, erfcx, erfInv, expSquare, normalUpperQuantile } from "./erf.ts";

const SQRT_2PI = 2.5066282746310002;

/**
 * Density of the standard normal.
 *
 * @example
 * normalPdf(0); // 0.3989423 = 1 / sqrt(2 pi)
 */
export function normalPdf(x: number): number {
  if (Math.abs(x) > 39) return Number.isNaN(x) ? Number.NaN : 0;
  return expSquare(x, -1, true) / SQRT_2PI;
}

/**
 * P(Z <= x) of the standard normal, relative accuracy kept in the lower tail. The upper tail is
 * `normalCdf(-x)`.
 *
 * @example
 * normalCdf(-10); // 7.61985302416047e-24
 */
export function normalCdf(x: number): number {
  if (x > -0.7) {
    if (x < 0.7) return 0.5 + 0.5 * erf(x * Math.SQRT1_2);
    return x > 39 ? 1 : 1 - normalCdf(-x);
  }
  if (x < -39) return 0;
  return 0.5 * expSquare(x, -1, true) * erfcx(-x * Math.SQRT1_2);
}

/**
 * log P(Z <= x), finite for every finite x.
 *
 * @example
 * normalLogCdf(-100); // -5005.5242086942
 */
export function normalLogCdf(x: number): number {
  if (x > 0) return Math.log1p(-normalCdf(-x));
  if (x > -1) return Math.log(normalCdf(x));
  return x === Number.NEGATIVE_INFINITY ? x : Math.log(0.5 * erfcx(-x * Math.SQRT1_2)) - 0.5 * x * x;
}

/**
 * The x with P(Z <= x) = p; `NaN` outside [0, 1].
 *
 * @example
 * normalQuantile(0.975); // 1.959963984540054
 */
export function normalQuantile(p: number): number {
  if (p === 0) return Number.NEGATIVE_INFINITY;
  if (p === 1) return Number.POSITIVE_INFINITY;
  if (!(p > 0 && p < 1)) return Number.NaN;
  if (p < 0.25) return -normalUpperQuantile(p);
  if (p > 0.75) return normalUpperQuantile(1 - p);
  return Math.SQRT2 * erfInv(2 * (p - 0.5));
}
