import { argumentError, requireList } from "../errors.ts";
import { normalQuantile } from "../math/index.ts";
import { requireInside, requireNonNegative, requirePositive } from "./check.ts";

/** One stage of a request, by the mean and spread of its time. */
export interface LatencyStage {
  readonly mean: number;
  /** Standard deviation, in the unit of the mean; 0 for a stage that always takes as long. */
  readonly sd: number;
}

/** What the stages of a request come to, one after another. */
export interface LatencyBudget {
  readonly mean: number;
  readonly sd: number;
  /** Time that the share p of requests does not exceed. */
  quantile(p: number): number;
}

/**
 * Time of independent stages one after another. Means and variances add; percentiles do not, so the sum is given the
 * lognormal distribution with its mean and variance (Fenton, The Sum of Log-Normal Distributions, 1960).
 *
 * Any unit of time serves if all stages share it. Throws where `stages` is empty, a mean is not > 0 or an sd < 0.
 * The sum of exponential stages, whose tail is exact, differs by a few per cent at the 99th percentile.
 *
 * @example
 * ```ts
 * latencyBudget([{ mean: 10, sd: 3 }, { mean: 20, sd: 4 }]).sd; // 5
 * ```
 */
export function latencyBudget(stages: readonly LatencyStage[]): LatencyBudget {
  const where = "latencyBudget";
  requireList(where, "stages", stages, "an array of stages");
  if (stages.length === 0) throw argumentError(where, "stages", stages, "at least one stage");
  let mean = 0;
  let variance = 0;
  for (let i = 0; i < stages.length; i++) {
    const stage = stages[i];
    if (stage === null || typeof stage !== "object")
      throw argumentError(where, `stages[${i}]`, stage, "an object with mean and sd");
    requirePositive(where, `stages[${i}].mean`, stage.mean);
    requireNonNegative(where, `stages[${i}].sd`, stage.sd);
    mean += stage.mean;
    variance += stage.sd ** 2;
  }
  const logVariance = Math.log1p(variance / mean ** 2);
  const logMean = Math.log(mean) - logVariance / 2;
  return {
    mean,
    sd: Math.sqrt(variance),
    quantile(p) {
      requireInside("LatencyBudget.quantile", "p", p);
      return Math.exp(logMean + Math.sqrt(logVariance) * normalQuantile(p));
    },
  };
}
