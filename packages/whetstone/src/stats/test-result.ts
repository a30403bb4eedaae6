import { argumentError } from "../errors.ts";
import type { Distribution } from "./distributions/index.ts";

/** Which departures from the null hypothesis count as extreme. */
export type Alternative = "two-sided" | "less" | "greater";

/** Outcome of a hypothesis test. */
export interface TestResult {
  readonly statistic: number;
  /** Probability, if the null hypothesis holds, of a statistic at least as extreme as the observed one. */
  readonly pValue: number;
}

/** Outcome of a test on a mean or a difference of means. */
export interface MeanTestResult extends TestResult {
  /** "t" with `df` degrees of freedom, or "z". */
  readonly test: "t" | "z";
  readonly df: number;
  /** The mean, or the difference of means. */
  readonly estimate: number;
  readonly standardError: number;
  /** Interval of the estimate at `level`; one-sided tests give one-sided intervals. */
  readonly interval: readonly [number, number];
  readonly level: number;
  readonly alternative: Alternative;
}

export function checkAlternative(alternative: Alternative, where: string): Alternative {
  if (alternative !== "two-sided" && alternative !== "less" && alternative !== "greater") {
    throw argumentError(where, "alternative", alternative, `"two-sided", "less" or "greater"`);
  }
  return alternative;
}

/**
 * p-value of a statistic under its null distribution: the probability, computed as if the null hypothesis
 * were true, of a value at least as extreme. It is not the probability of the hypothesis, and not the
 * likelihood of the one observed value. Two-sided: twice the smaller tail.
 *
 * @example
 * pValue(1.96, normal(), "two-sided"); // 0.05
 */
export function pValue(
  statistic: number,
  distribution: Distribution,
  alternative: Alternative = "two-sided",
): number {
  checkAlternative(alternative, "pValue");
  if (typeof statistic !== "number") throw argumentError("pValue", "statistic", statistic, "a number");
  if (typeof distribution?.sf !== "function" || typeof distribution.cdf !== "function")
    throw argumentError("pValue", "distribution", distribution, "a distribution such as normal()");
  // P(X >= s) of a discrete distribution includes s itself.
  const upper = distribution.sf(distribution.kind === "discrete" ? Math.ceil(statistic) - 1 : statistic);
  const lower = distribution.cdf(statistic);
  if (alternative === "greater") return upper;
  if (alternative === "less") return lower;
  return Math.min(1, 2 * Math.min(lower, upper));
}
