import { requireOptions, requireShare } from "./check.ts";

/** What a threshold flags, as shares from 0 to 1. */
export interface AlertLoad {
  /** Share of all cases that is flagged. */
  readonly flagged: number;
  /** Share of the flagged that is right; NaN where nothing is flagged. */
  readonly precision: number;
  /** Share of all cases that is positive and not flagged. */
  readonly missed: number;
  /** How many times as frequent positives are among the flagged as among all; NaN where nothing is flagged or positive. */
  readonly lift: number;
}

/**
 * What a detector's flags hold where positives are rare, by Bayes' rule:
 * precision = π · recall / (π · recall + (1 − π) · false positive rate) for the prevalence π.
 *
 * Throws where a share is not from 0 to 1. Source: Axelsson, The Base-Rate Fallacy and the Difficulty of Intrusion
 * Detection (2000), section 4.
 *
 * @example
 * ```ts
 * alertLoad({ prevalence: 0.001, recall: 0.9, falsePositiveRate: 0.009 }).precision.toFixed(3); // "0.091"
 * ```
 */
export function alertLoad(options: {
  readonly prevalence: number;
  readonly recall: number;
  readonly falsePositiveRate: number;
}): AlertLoad {
  const where = "alertLoad";
  requireOptions(where, options);
  const { prevalence, recall, falsePositiveRate } = options;
  for (const [name, share] of Object.entries({ prevalence, recall, falsePositiveRate }))
    requireShare(where, name, share);
  const right = prevalence * recall;
  const flagged = right + (1 - prevalence) * falsePositiveRate;
  return {
    flagged,
    precision: right / flagged,
    missed: prevalence * (1 - recall),
    lift: right / flagged / prevalence,
  };
}
