import { argumentError, requireFunction, valueError } from "../errors.ts";
import { type RandomStream, randomStream, type Seed } from "../math/random/index.ts";
import { RunningMoments } from "./running-moments.ts";

/** The truth that an estimator is after, and the samples it is tried on. */
export interface EstimatorOptions {
  /** The true value of the parameter. */
  readonly truth: number;
  /** Sample size, or several to see consistency. */
  readonly n: number | readonly number[];
  /** Samples drawn per size, default 2000. */
  readonly repetitions?: number;
  /** Default 0. */
  readonly seed?: Seed;
  /** Error that counts as a miss in `exceedance`, default 0.1. */
  readonly epsilon?: number;
}

/** Monte-Carlo properties of an estimator at one sample size. */
export interface EstimatorProperties {
  readonly n: number;
  /** Average estimate. */
  readonly mean: number;
  /** Average estimate minus truth, and the standard error of that average. */
  readonly bias: number;
  readonly biasStandardError: number;
  /** Variance of the estimate over samples. */
  readonly variance: number;
  /** Mean squared error; equals bias² + variance (with divisor `repetitions`). */
  readonly mse: number;
  /** Share of samples whose error exceeds epsilon; falls to 0 with n for a consistent estimator. */
  readonly exceedance: number;
}

/**
 * Simulates an estimator: draws `repetitions` samples of each size and reports bias, variance, mean squared
 * error and P(|error| > epsilon). Every sample has its own stream, so results for one size do not depend on
 * the others.
 *
 * @param sampler Draws one sample of size n from the stream.
 *
 * @example
 * // the 1/n variance is biased by -sigma²/n
 * estimatorProperties((x) => variance(x, { ddof: 0 }), (s, n) => s.fillNormal(new Float64Array(n)), {
 *   truth: 1, n: 5, repetitions: 20000,
 * })[0].bias; // about -0.2
 */
export function estimatorProperties<S>(
  estimator: (sample: S) => number,
  sampler: (stream: RandomStream, n: number) => S,
  options: EstimatorOptions,
): EstimatorProperties[] {
  const where = "estimatorProperties";
  requireFunction(where, "estimator", estimator);
  requireFunction(where, "sampler", sampler);
  const { truth, repetitions = 2000, seed = 0, epsilon = 0.1 } = options;
  if (!Number.isFinite(truth)) throw argumentError(where, "truth", truth, "a finite number");
  if (!Number.isSafeInteger(repetitions) || repetitions < 2) {
    throw argumentError(where, "repetitions", repetitions, "an integer >= 2");
  }
  if (!(epsilon > 0)) throw argumentError(where, "epsilon", epsilon, "a number > 0");
  if (typeof options.n !== "number" && !Array.isArray(options.n))
    throw argumentError(where, "n", options.n, "an integer >= 1, or an array of them");
  const sizes = typeof options.n === "number" ? [options.n] : options.n;
  const root = randomStream(seed);
  return sizes.map((n) => {
    if (!Number.isSafeInteger(n) || n < 1) throw argumentError(where, "n", n, "an integer >= 1");
    const ofSize = root.split(n);
    const errors = new RunningMoments();
    let misses = 0;
    let squares = 0;
    for (let r = 0; r < repetitions; r++) {
      const error = estimator(sampler(ofSize.split(r), n)) - truth;
      if (Number.isNaN(error)) throw valueError(where, "estimator", `returned NaN for a sample of size ${n}`);
      errors.push(error);
      squares += error * error;
      if (Math.abs(error) > epsilon) misses++;
    }
    return {
      n,
      mean: truth + errors.mean,
      bias: errors.mean,
      biasStandardError: Math.sqrt(errors.variance() / repetitions),
      variance: errors.variance(),
      mse: squares / repetitions,
      exceedance: misses / repetitions,
    };
  });
}
