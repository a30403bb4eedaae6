import { argumentError, requireFunction, valueError } from "../errors.ts";
import { RandomStream, randomStream, type Seed } from "../math/random/index.ts";
import { normalCdf, normalQuantile } from "../math/special/index.ts";
import { meanOf, sortedQuantile, squaredDeviations } from "./descriptive.ts";
import { checkLevel, checkList, type NumberList } from "./vector.ts";

/** How many resamples are drawn, and how an interval is read from them. */
export interface BootstrapOptions {
  /** Resamples, default 2000. */
  readonly repetitions?: number;
  /** Confidence level, default 0.95. */
  readonly level?: number;
  /**
   * "bca" (default) corrects bias and skewness and needs a jackknife of n further evaluations;
   * "percentile" reads the quantiles; "basic" reflects them around the estimate.
   */
  readonly method?: "bca" | "percentile" | "basic";
  /** Default 0. */
  readonly seed?: Seed;
}

/** A statistic, and what resampling says of its accuracy. */
export interface BootstrapResult {
  /** The statistic of the data itself. */
  readonly estimate: number;
  /** Confidence interval at `level`. */
  readonly interval: readonly [number, number];
  /** Standard deviation of the resampled statistics. */
  readonly standardError: number;
  /** Mean of the resampled statistics minus the estimate. */
  readonly bias: number;
  /** The statistic of every resample, ascending. */
  readonly distribution: Float64Array;
}

/**
 * n row numbers drawn with replacement from n: a bag. On average a share 1 - 1/e of the rows is in it.
 *
 * @example
 * bootstrapIndices(randomStream(0), 5).length; // 5
 */
export function bootstrapIndices(stream: RandomStream, n: number): Int32Array {
  if (!(stream instanceof RandomStream))
    throw argumentError(
      "bootstrapIndices",
      "stream",
      stream,
      "a RandomStream, as randomStream(seed) gives it",
    );
  return stream.choice(n, n, true);
}

/**
 * Bootstrap interval of a statistic of a list of numbers (Efron, Tibshirani, "An introduction to the
 * bootstrap", 1993, chapters 13 and 14).
 *
 * @example
 * bootstrap([2, 4, 4, 5, 7, 9], (x) => median(x), { seed: 1 }).interval;
 */
export function bootstrap(
  x: NumberList,
  statistic: (sample: Float64Array) => number,
  options: BootstrapOptions = {},
): BootstrapResult {
  requireFunction("bootstrap", "statistic", statistic);
  checkList(x, "bootstrap", "x");
  const data = Float64Array.from(x);
  return run(
    "bootstrap",
    data.length,
    (rows) => statistic(Float64Array.from(rows, (i) => data[i]!)),
    options,
  );
}

/**
 * The same for data of any shape: the statistic gets row numbers (n of them, with repeats; n - 1 in the
 * jackknife of "bca").
 *
 * @example
 * const x = [1, 2, 3, 4, 5];
 * bootstrapRows(5, (rows) => mean(Array.from(rows, (i) => x[i])), { method: "percentile" }).estimate; // 3
 */
export function bootstrapRows(
  n: number,
  statistic: (rows: Int32Array) => number,
  options: BootstrapOptions = {},
): BootstrapResult {
  if (!Number.isSafeInteger(n) || n < 1) throw argumentError("bootstrapRows", "n", n, "an integer >= 1");
  return run("bootstrapRows", n, statistic, options);
}

function run(
  where: string,
  n: number,
  statistic: (rows: Int32Array) => number,
  options: BootstrapOptions,
): BootstrapResult {
  const { repetitions = 2000, method = "bca", seed = 0 } = options;
  const level = checkLevel(options.level ?? 0.95, where);
  if (!Number.isSafeInteger(repetitions) || repetitions < 2) {
    throw argumentError(where, "repetitions", repetitions, "an integer >= 2");
  }
  if (method !== "bca" && method !== "percentile" && method !== "basic") {
    throw argumentError(where, "method", method, `"bca", "percentile" or "basic"`);
  }
  const stream = randomStream(seed);
  const estimate = statistic(Int32Array.from({ length: n }, (_, i) => i));
  const values = new Float64Array(repetitions);
  for (let r = 0; r < repetitions; r++) values[r] = statistic(bootstrapIndices(stream, n));
  for (const v of [estimate, ...values]) {
    if (Number.isNaN(v)) throw valueError(where, "statistic", "returned NaN for a resample");
  }
  values.sort();
  const center = meanOf(values);
  let low = (1 - level) / 2;
  let high = 1 - low;
  if (method === "bca") [low, high] = correctedLevels(n, statistic, values, estimate, low);
  const lower = sortedQuantile(values, low);
  const upper = sortedQuantile(values, high);
  return {
    estimate,
    interval: method === "basic" ? [2 * estimate - upper, 2 * estimate - lower] : [lower, upper],
    standardError: Math.sqrt(squaredDeviations(values, center) / (repetitions - 1)),
    bias: center - estimate,
    distribution: values,
  };
}

/** The levels of the percentile interval after bias correction and acceleration. */
function correctedLevels(
  n: number,
  statistic: (rows: Int32Array) => number,
  sorted: Float64Array,
  estimate: number,
  tail: number,
): [number, number] {
  // Ties with the estimate count half, so a discrete statistic is not called biased.
  let below = 0;
  for (const v of sorted) below += v < estimate ? 1 : v === estimate ? 0.5 : 0;
  const z0 = normalQuantile(
    Math.min(1 - 0.5 / sorted.length, Math.max(0.5 / sorted.length, below / sorted.length)),
  );
  let acceleration = 0;
  if (n > 1) {
    const jackknife = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      jackknife[i] = statistic(Int32Array.from({ length: n - 1 }, (_, k) => (k < i ? k : k + 1)));
    }
    const m = meanOf(jackknife);
    let cubes = 0;
    let squares = 0;
    for (const v of jackknife) {
      cubes += (m - v) ** 3;
      squares += (m - v) ** 2;
    }
    if (squares > 0) acceleration = cubes / (6 * squares ** 1.5);
  }
  const level = (z: number): number => normalCdf(z0 + (z0 + z) / (1 - acceleration * (z0 + z)));
  const z = normalQuantile(tail);
  return [level(z), level(-z)];
}
