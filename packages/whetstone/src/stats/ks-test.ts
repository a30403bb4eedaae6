import { argumentError } from "../errors.ts";
import type { TestResult } from "./test-result.ts";
import { checkList, type NumberList } from "./vector.ts";

/** Kolmogorov-Smirnov test, with the place of the largest distance. */
export interface KsResult extends TestResult {
  /** The value at which the two empirical distribution functions are furthest apart. */
  readonly location: number;
  /** How the p-value was computed. */
  readonly method: "exact" | "asymptotic";
}

/**
 * P(K > t) of the Kolmogorov distribution, the limit of sqrt(n) D.
 *
 * @example
 * kolmogorovSf(1.358); // 0.05
 */
export function kolmogorovSf(t: number): number {
  if (!(t > 0)) return Number.isNaN(t) ? t : 1;
  // Below, the tail differs from 1 by less than the smallest double, and sqrt(2 pi) / t could overflow.
  if (t < 0.03) return 1;
  if (t < 1) {
    // The theta-function twin converges fast here.
    let sum = 0;
    for (let k = 1; k < 20; k += 2) sum += Math.exp(-((k * Math.PI) ** 2) / (8 * t * t));
    return 1 - (Math.sqrt(2 * Math.PI) / t) * sum;
  }
  let sum = 0;
  for (let k = 1; k < 20; k++) sum += (k % 2 === 1 ? 2 : -2) * Math.exp(-2 * k * k * t * t);
  return sum;
}

/**
 * P(D >= h / (n m)) over all interleavings of n and m values: a random lattice path touches the band's edge.
 * Positive terms only, so a tiny probability keeps its digits.
 */
function exactTail(n: number, m: number, h: number): number {
  // All that lies outside the band is 1. The band moves to the right, so the right of it still is from the start.
  const reached = new Float64Array(m + 1).fill(1);
  let from = 0;
  for (let i = 0; i <= n; i++) {
    while (from <= m && i * m - from * n >= h) from++;
    if (from > 0) reached[from - 1] = 1;
    for (let j = from; j <= m && j * n - i * m < h; j++) {
      if (i === 0 && j === 0) reached[j] = 0;
      else reached[j] = (i * (i > 0 ? reached[j]! : 0) + j * (j > 0 ? reached[j - 1]! : 0)) / (i + j);
    }
  }
  return reached[m]!;
}

/**
 * Two-sample Kolmogorov-Smirnov test: the largest gap between the empirical distribution functions. The
 * p-value is exact (over all interleavings; conservative with ties) up to n m = 1e7, else asymptotic;
 * `method` forces either. With large samples it flags shifts too small to matter: look at the statistic.
 *
 * @example
 * ksTest([0.1, 0.4, 0.7], [0.5, 0.8, 0.9, 1.2]).statistic; // 0.75
 */
export function ksTest(
  x: NumberList,
  y: NumberList,
  options: { readonly method?: "auto" | "exact" | "asymptotic" } = {},
): KsResult {
  const asked = options.method ?? "auto";
  if (asked !== "auto" && asked !== "exact" && asked !== "asymptotic") {
    throw argumentError("ksTest", "method", asked, `"auto", "exact" or "asymptotic"`);
  }
  checkList(x, "ksTest", "x");
  checkList(y, "ksTest", "y");
  const a = Float64Array.from(x).sort();
  const b = Float64Array.from(y).sort();
  const n = a.length;
  const m = b.length;
  // The gap in units of 1 / (n m), an integer.
  let h = 0;
  let location = Number.NaN;
  for (let i = 0, j = 0; i < n && j < m; ) {
    const t = Math.min(a[i]!, b[j]!);
    while (i < n && a[i]! <= t) i++;
    while (j < m && b[j]! <= t) j++;
    const gap = Math.abs(i * m - j * n);
    if (gap > h) {
      h = gap;
      location = t;
    }
  }
  const statistic = h / n / m;
  const method = asked === "auto" ? (n * m <= 1e7 ? "exact" : "asymptotic") : asked;
  const pValue =
    method === "exact" ? exactTail(n, m, h) : kolmogorovSf(statistic * Math.sqrt((n / (n + m)) * m));
  return { statistic, pValue: h === 0 ? 1 : Math.min(1, pValue), location, method };
}
