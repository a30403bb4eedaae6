import { unit } from "./xoshiro.ts";
import { standardNormal } from "./ziggurat.ts";

/** Kernels over the generator's state words; parameters are checked by `RandomStream`. */

export function standardExponential(s: Int32Array): number {
  return -Math.log(1 - unit(s));
}

/**
 * Gamma with unit scale. Marsaglia, Tsang, "A simple method for generating gamma variables", ACM TOMS 26(3),
 * 2000; shapes below 1 by the power of a uniform, in logarithms so that tiny shapes underflow only in the end.
 */
export function standardGamma(s: Int32Array, shape: number): number {
  if (shape === 0) return 0;
  if (shape < 1) {
    const boosted = standardGamma(s, shape + 1);
    return Math.exp(Math.log(boosted) + Math.log(1 - unit(s)) / shape);
  }
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = standardNormal(s);
    const t = 1 + c * x;
    if (t <= 0) continue;
    const v = t * t * t;
    const u = 1 - unit(s);
    if (u < 1 - 0.0331 * x * x * x * x) return d * v;
    if (Math.log(u) < 0.5 * x * x + d * (1 - v + Math.log(v))) return d * v;
  }
}

/** Logarithm of a gamma draw, finite where the draw itself would underflow. */
export function logGammaDraw(s: Int32Array, shape: number): number {
  if (shape >= 1) return Math.log(standardGamma(s, shape));
  return Math.log(standardGamma(s, shape + 1)) + Math.log(1 - unit(s)) / shape;
}

/** Beta as a ratio of gammas, in logarithms where a small parameter could make both underflow. */
export function betaDraw(s: Int32Array, a: number, b: number): number {
  if (a >= 1 && b >= 1) {
    const x = standardGamma(s, a);
    return x / (x + standardGamma(s, b));
  }
  const logX = logGammaDraw(s, a);
  const logY = logGammaDraw(s, b);
  return 1 / (1 + Math.exp(logY - logX));
}
