import { argumentError, requireList, shapeError } from "../errors.ts";
import { checkLevel, type NumberList } from "./vector.ts";

/** Corrected p-values, in the order given. Reject where `adjusted <= alpha`. */
export interface MultipleTestingResult {
  readonly adjusted: Float64Array;
  readonly rejected: boolean[];
}

function check(p: NumberList, alpha: number, where: string): number {
  requireList(where, "p", p, "an array of p-values");
  if (p.length === 0) throw shapeError(where, "p", "is empty", "one p-value or more");
  for (let i = 0; i < p.length; i++) {
    if (!(p[i]! >= 0 && p[i]! <= 1)) throw argumentError(where, `p[${i}]`, p[i], "a probability in [0, 1]");
  }
  return checkLevel(alpha, where, "alpha");
}

function result(adjusted: Float64Array, alpha: number): MultipleTestingResult {
  return { adjusted, rejected: Array.from(adjusted, (v) => v <= alpha) };
}

function ascending(p: NumberList): number[] {
  return Array.from({ length: p.length }, (_, i) => i).sort((i, j) => p[i]! - p[j]! || i - j);
}

/**
 * Bonferroni: p m, controls the family-wise error under any dependence.
 *
 * @example
 * bonferroni([0.01, 0.4]).adjusted; // Float64Array [0.02, 0.8]
 */
export function bonferroni(p: NumberList, alpha = 0.05): MultipleTestingResult {
  check(p, alpha, "bonferroni");
  return result(
    Float64Array.from(p, (v) => Math.min(1, v * p.length)),
    alpha,
  );
}

/**
 * Holm's step-down: family-wise error like Bonferroni, never fewer rejections (Holm 1979).
 *
 * @example
 * holm([0.01, 0.04, 0.03]).adjusted; // Float64Array [0.03, 0.06, 0.06]
 */
export function holm(p: NumberList, alpha = 0.05): MultipleTestingResult {
  check(p, alpha, "holm");
  const m = p.length;
  const adjusted = new Float64Array(m);
  let running = 0;
  ascending(p).forEach((i, rank) => {
    running = Math.max(running, Math.min(1, p[i]! * (m - rank)));
    adjusted[i] = running;
  });
  return result(adjusted, alpha);
}

function stepUp(p: NumberList, factor: number): Float64Array {
  const m = p.length;
  const adjusted = new Float64Array(m);
  const order = ascending(p);
  let running = 1;
  for (let rank = m - 1; rank >= 0; rank--) {
    const i = order[rank]!;
    running = Math.min(running, (p[i]! * m * factor) / (rank + 1));
    adjusted[i] = running;
  }
  return adjusted;
}

/**
 * Benjamini and Hochberg's step-up: controls the false discovery rate for independent or positively dependent
 * tests (J. R. Stat. Soc. B 57, 1995).
 *
 * @example
 * benjaminiHochberg([0.01, 0.02, 0.03, 0.5]).rejected; // [true, true, true, false]
 */
export function benjaminiHochberg(p: NumberList, alpha = 0.05): MultipleTestingResult {
  check(p, alpha, "benjaminiHochberg");
  return result(stepUp(p, 1), alpha);
}

/**
 * Benjamini and Yekutieli: the false discovery rate under any dependence, at the price of a factor sum 1/i.
 *
 * @example
 * benjaminiYekutieli([0.01, 0.04]).adjusted; // [0.03, 0.06]
 */
export function benjaminiYekutieli(p: NumberList, alpha = 0.05): MultipleTestingResult {
  check(p, alpha, "benjaminiYekutieli");
  let harmonic = 0;
  for (let i = 1; i <= p.length; i++) harmonic += 1 / i;
  return result(stepUp(p, harmonic), alpha);
}

/**
 * Probability of at least one false alarm in m independent tests of true null hypotheses at level alpha:
 * 1 - (1 - alpha)^m.
 *
 * @example
 * familyWiseError(0.05, 20); // 0.6415
 */
export function familyWiseError(alpha: number, m: number): number {
  if (!(alpha >= 0 && alpha <= 1))
    throw argumentError("familyWiseError", "alpha", alpha, "a probability in [0, 1]");
  if (!(m >= 0)) throw argumentError("familyWiseError", "m", m, "a number of tests >= 0");
  return m === 0 ? 0 : -Math.expm1(m * Math.log1p(-alpha));
}
