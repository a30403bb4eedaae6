import { argumentError } from "../errors.ts";
import { normalQuantile } from "../math/index.ts";
import { requireInside, requireOptions, requirePositive } from "./check.ts";

/** Error rates of a two-sided test that compares two variants. */
export interface TestDesign {
  /** Two-sided false positive rate, default 0.05. */
  readonly alpha?: number;
  /** Chance to see the effect if it is there, default 0.8. */
  readonly power?: number;
}

/** How many units a test needs. */
export interface SampleSize {
  /** Units in each of the two variants, rounded up. */
  readonly perVariant: number;
  /** Units in both. */
  readonly total: number;
  /** What the rule of thumb 16 σ²/δ² gives for one variant, not rounded. */
  readonly ruleOf16: number;
}

function quantiles(where: string, { alpha = 0.05, power = 0.8 }: TestDesign): [number, number] {
  requireInside(where, "alpha", alpha);
  requireInside(where, "power", power);
  if (power <= alpha / 2) throw argumentError(where, "power", power, `a number > alpha / 2 = ${alpha / 2}`);
  return [-normalQuantile(alpha / 2), normalQuantile(power)];
}

/**
 * Units needed to tell two means apart by a two-sided z test with equal groups:
 * n = 2 (z₁₋α/₂ + z_power)² σ²/δ² per variant.
 *
 * Throws where a number is outside its range. Source: van Belle, Statistical Rules of Thumb (2008), section 2.1.
 *
 * @example
 * ```ts
 * sampleSizeMeans({ sd: 10, difference: 1 }).perVariant; // 1570
 * ```
 */
export function sampleSizeMeans(
  options: TestDesign & { readonly sd: number; readonly difference: number },
): SampleSize {
  const where = "sampleSizeMeans";
  requireOptions(where, options);
  const { sd, difference } = options;
  requirePositive(where, "sd", sd);
  requirePositive(where, "difference", difference);
  const [za, zb] = quantiles(where, options);
  const ratio = (sd / difference) ** 2;
  const perVariant = Math.ceil(2 * (za + zb) ** 2 * ratio);
  return { perVariant, total: 2 * perVariant, ruleOf16: 16 * ratio };
}

/**
 * Units needed to tell a conversion rate `baseline` from `baseline + difference` by the two-sided test of two
 * proportions, whose standard error is pooled under the null hypothesis.
 *
 * `difference` is absolute (0.01 is one percentage point) and may be negative. Throws where a number is outside its
 * range. Source: Fleiss, Levin and Paik, Statistical Methods for Rates and Proportions (2003), section 4.2.
 *
 * @example
 * ```ts
 * sampleSizeProportions({ baseline: 0.05, difference: 0.01 }).perVariant; // 8158
 * ```
 */
export function sampleSizeProportions(
  options: TestDesign & { readonly baseline: number; readonly difference: number },
): SampleSize {
  const where = "sampleSizeProportions";
  requireOptions(where, options);
  const { baseline: p, difference } = options;
  requireInside(where, "baseline", p);
  const q = p + difference;
  if (!(difference !== 0 && q > 0 && q < 1))
    throw argumentError(
      where,
      "difference",
      difference,
      "a number other than 0 that keeps the rate between 0 and 1",
    );
  const [za, zb] = quantiles(where, options);
  const middle = (p + q) / 2;
  const pooled = 2 * middle * (1 - middle);
  const root = za * Math.sqrt(pooled) + zb * Math.sqrt(p * (1 - p) + q * (1 - q));
  const perVariant = Math.ceil((root / difference) ** 2);
  return { perVariant, total: 2 * perVariant, ruleOf16: (8 * pooled) / difference ** 2 };
}
