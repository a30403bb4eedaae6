import { logGamma } from "../special/gamma.ts";
import { unit } from "./xoshiro.ts";

/** Kernels over the generator's state words; parameters are checked by `RandomStream`. */

/**
 * Poisson: sequential inversion below mean 10, else the transformed rejection PTRS of Hörmann, "The
 * transformed rejection method for generating Poisson random variables", Insurance: Math. Econ. 12, 1993.
 */
export function poissonDraw(s: Int32Array, mean: number): number {
  if (mean < 10) return poissonInversion(s, mean);
  const slope = Math.sqrt(mean);
  const logMean = Math.log(mean);
  const b = 0.931 + 2.53 * slope;
  const a = -0.059 + 0.02483 * b;
  const logInverseAlpha = Math.log(1.1239 + 1.1328 / (b - 3.4));
  const vr = 0.9277 - 3.6224 / (b - 2);
  for (;;) {
    const u = unit(s) - 0.5;
    const v = unit(s);
    const us = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / us + b) * u + mean + 0.43);
    if (us >= 0.07 && v <= vr) return k;
    if (k < 0 || (us < 0.013 && v > us)) continue;
    if (Math.log(v) + logInverseAlpha - Math.log(a / (us * us) + b) <= k * logMean - mean - logGamma(k + 1)) {
      return k;
    }
  }
}

function poissonInversion(s: Int32Array, mean: number): number {
  const start = Math.exp(-mean);
  for (;;) {
    let u = unit(s);
    let p = start;
    // Probabilities beyond 200 are below the resolution of u for a mean under 10.
    for (let k = 0; k < 200; k++) {
      if (u < p) return k;
      u -= p;
      p *= mean / (k + 1);
    }
  }
}

/**
 * Binomial: sequential inversion when `n min(p, 1 - p)` is below 10, else the transformed rejection BTRS of
 * Hörmann, "The generation of binomial random variates", J. Stat. Comput. Simul. 46, 1993.
 */
export function binomialDraw(s: Int32Array, n: number, p: number): number {
  if (p > 0.5) return n - binomialDraw(s, n, 1 - p);
  if (p === 0 || n === 0) return 0;
  return n * p < 10 ? binomialInversion(s, n, p) : binomialRejection(s, n, p);
}

function binomialInversion(s: Int32Array, n: number, p: number): number {
  const odds = p / (1 - p);
  const start = Math.exp(n * Math.log1p(-p));
  const last = Math.min(n, 200);
  for (;;) {
    let u = unit(s);
    let mass = start;
    for (let k = 0; k <= last; k++) {
      if (u < mass) return k;
      u -= mass;
      mass *= ((n - k) / (k + 1)) * odds;
    }
  }
}

/** Stirling's remainder: log k! minus its leading terms at k + 1/2. */
function stirlingRemainder(k: number): number {
  if (k < 10) return logGamma(k + 1) - (k + 0.5) * Math.log(k + 1) + k + 1 - 0.9189385332046727;
  const x = 1 / (k + 1);
  const x2 = x * x;
  return x * (1 / 12 - x2 * (1 / 360 - x2 * (1 / 1260 - x2 / 1680)));
}

function binomialRejection(s: Int32Array, n: number, p: number): number {
  const odds = p / (1 - p);
  const spread = Math.sqrt(n * p * (1 - p));
  const b = 1.15 + 2.53 * spread;
  const a = -0.0873 + 0.0248 * b + 0.01 * p;
  const c = n * p + 0.5;
  const vr = 0.92 - 4.2 / b;
  const alpha = (2.83 + 5.1 / b) * spread;
  const mode = Math.floor((n + 1) * p);
  const atMode =
    (mode + 0.5) * Math.log((mode + 1) / (odds * (n - mode + 1))) +
    stirlingRemainder(mode) +
    stirlingRemainder(n - mode);
  for (;;) {
    const u = unit(s) - 0.5;
    const v = unit(s);
    const us = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / us + b) * u + c);
    if (us >= 0.07 && v <= vr) return k;
    if (k < 0 || k > n) continue;
    const bound =
      atMode +
      (n + 1) * Math.log((n - mode + 1) / (n - k + 1)) +
      (k + 0.5) * Math.log((odds * (n - k + 1)) / (k + 1)) -
      stirlingRemainder(k) -
      stirlingRemainder(n - k);
    if (Math.log((v * alpha) / (a / (us * us) + b)) <= bound) return k;
  }
}

/** Number of trials up to the first success, from 1. */
export function geometricDraw(s: Int32Array, p: number): number {
  if (p === 1) return 1;
  return Math.max(1, Math.ceil(Math.log(1 - unit(s)) / Math.log1p(-p)));
}
