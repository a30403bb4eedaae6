import { argumentError } from "../errors.ts";
import { meanOf, squaredDeviations } from "./descriptive.ts";
import { type Distribution, normal, studentT } from "./distributions/index.ts";
import { type Alternative, checkAlternative, type MeanTestResult, pValue } from "./test-result.ts";
import { checkLevel, checkList, checkSameLength, type NumberList } from "./vector.ts";

/** Sidedness of a test of means, and level of its interval. */
export interface MeanTestOptions {
  /** Default "two-sided". */
  readonly alternative?: Alternative;
  /** Confidence level of the interval, default 0.95. */
  readonly level?: number;
}

function meanTest(
  where: string,
  test: "t" | "z",
  df: number,
  estimate: number,
  standardError: number,
  hypothesis: number,
  options: MeanTestOptions,
): MeanTestResult {
  const alternative = checkAlternative(options.alternative ?? "two-sided", where);
  const level = checkLevel(options.level ?? 0.95, where);
  const distribution: Distribution = test === "z" ? normal() : studentT(df);
  const statistic = (estimate - hypothesis) / standardError;
  const reach = (tail: number): number =>
    standardError === 0 ? 0 : distribution.upperQuantile(tail) * standardError;
  const both = alternative === "two-sided";
  const width = reach(both ? (1 - level) / 2 : 1 - level);
  const interval: [number, number] = [
    alternative === "less" ? Number.NEGATIVE_INFINITY : estimate - width,
    alternative === "greater" ? Number.POSITIVE_INFINITY : estimate + width,
  ];
  return {
    test,
    statistic,
    df,
    pValue: Number.isNaN(statistic) ? Number.NaN : pValue(statistic, distribution, alternative),
    estimate,
    standardError,
    interval,
    level,
    alternative,
  };
}

/** Sample variance with divisor n - 1 of a checked list. */
function sampleVariance(x: NumberList): number {
  return squaredDeviations(x, meanOf(x)) / (x.length - 1);
}

/**
 * One-sample t-test of mean `mu` (default 0) with unknown variance: t = (mean - mu) / (s / sqrt n), s with
 * divisor n - 1, n - 1 degrees of freedom. A constant sample gives an infinite statistic (`NaN` if it equals mu).
 *
 * @example
 * tTestOneSample([5.1, 4.9, 5.6, 5.8, 5.0], { mu: 5 }).pValue; // 0.189
 */
export function tTestOneSample(
  x: NumberList,
  options: MeanTestOptions & { readonly mu?: number } = {},
): MeanTestResult {
  const where = "tTestOneSample";
  checkList(x, where, "x", 2);
  const n = x.length;
  return meanTest(where, "t", n - 1, meanOf(x), Math.sqrt(sampleVariance(x) / n), options.mu ?? 0, options);
}

/**
 * Two-sample t-test of a difference of means, `mean(x) - mean(y) = difference` (default 0). Welch's test by
 * default (variances may differ, Satterthwaite degrees of freedom); `equalVariance` pools them.
 *
 * @example
 * tTest([5.1, 4.9, 5.6, 5.8], [4.1, 4.4, 3.9, 4.5]).pValue < 0.01; // true
 */
export function tTest(
  x: NumberList,
  y: NumberList,
  options: MeanTestOptions & { readonly difference?: number; readonly equalVariance?: boolean } = {},
): MeanTestResult {
  checkList(x, "tTest", "x", 2);
  checkList(y, "tTest", "y", 2);
  const n = x.length;
  const m = y.length;
  const vx = sampleVariance(x);
  const vy = sampleVariance(y);
  let df = n + m - 2;
  let squaredError = (((n - 1) * vx + (m - 1) * vy) / df) * (1 / n + 1 / m);
  if (options.equalVariance !== true) {
    const a = vx / n;
    const b = vy / m;
    squaredError = a + b;
    if (squaredError > 0) df = squaredError ** 2 / (a ** 2 / (n - 1) + b ** 2 / (m - 1));
  }
  return meanTest(
    "tTest",
    "t",
    df,
    meanOf(x) - meanOf(y),
    Math.sqrt(squaredError),
    options.difference ?? 0,
    options,
  );
}

/**
 * Paired t-test: the one-sample test on the differences x[i] - y[i].
 *
 * @example
 * tTestPaired([3, 5, 4], [2, 3, 3]).statistic; // 4
 */
export function tTestPaired(
  x: NumberList,
  y: NumberList,
  options: MeanTestOptions & { readonly difference?: number } = {},
): MeanTestResult {
  checkList(x, "tTestPaired", "x", 2);
  checkList(y, "tTestPaired", "y", 2);
  checkSameLength(x, y, "tTestPaired", "y");
  const d = Float64Array.from({ length: x.length }, (_, i) => x[i]! - y[i]!);
  return tTestOneSample(d, { ...options, mu: options.difference ?? 0 });
}

/**
 * One-sample z-test of mean `mu` (default 0) with a known standard deviation `sigma`.
 *
 * @example
 * zTest([102, 98, 110, 107], { mu: 100, sigma: 15 }).statistic; // 0.5667
 */
export function zTest(
  x: NumberList,
  options: MeanTestOptions & { readonly sigma: number; readonly mu?: number },
): MeanTestResult {
  checkList(x, "zTest", "x");
  const { sigma } = options;
  if (!(sigma > 0 && sigma < Number.POSITIVE_INFINITY)) {
    throw argumentError("zTest", "sigma", sigma, "a finite number > 0 (the known standard deviation)");
  }
  const error = sigma / Math.sqrt(x.length);
  return meanTest("zTest", "z", Number.POSITIVE_INFINITY, meanOf(x), error, options.mu ?? 0, options);
}

/** What {@link chooseMeanTest} answers. */
export interface MeanTestChoice {
  readonly test: "t" | "z";
  readonly reason: string;
}

/**
 * Which test a mean calls for: z only when the population's standard deviation is known, whatever n is; t when
 * it is estimated. For large n the two agree, which is the origin of the "n > 30" rule of thumb.
 *
 * @example
 * chooseMeanTest({ n: 100, sigmaKnown: false }).test; // "t"
 */
export function chooseMeanTest(options: {
  readonly n: number;
  readonly sigmaKnown: boolean;
}): MeanTestChoice {
  const { n, sigmaKnown } = options;
  if (!Number.isSafeInteger(n) || n < 1) throw argumentError("chooseMeanTest", "n", n, "an integer >= 1");
  if (sigmaKnown)
    return {
      test: "z",
      reason: "the standard deviation is known, so (mean - mu) / (sigma / sqrt n) is normal",
    };
  if (n < 2)
    throw argumentError("chooseMeanTest", "n", n, "2 or more when the standard deviation must be estimated");
  const ratio = studentT(n - 1).quantile(0.975) / 1.959963984540054;
  const percent = ((ratio - 1) * 100).toFixed(1);
  return {
    test: "t",
    reason: `the standard deviation is estimated, so t with ${n - 1} degrees of freedom; its 95 % interval is ${percent} % wider than z's`,
  };
}

/** An interval for a mean. */
export interface MeanInterval {
  readonly mean: number;
  readonly lower: number;
  readonly upper: number;
  /** Half the width. */
  readonly margin: number;
  readonly level: number;
}

/**
 * Confidence interval for a mean, centred on the sample mean: with Student's t quantile when the standard
 * deviation is estimated, with the normal quantile when `sigma` is given.
 *
 * @example
 * confidenceInterval([4.8, 5.1, 5.4, 4.9], { level: 0.9 });
 */
export function confidenceInterval(
  x: NumberList,
  options: { readonly level?: number; readonly sigma?: number } = {},
): MeanInterval {
  const level = checkLevel(options.level ?? 0.95, "confidenceInterval");
  checkList(x, "confidenceInterval", "x", options.sigma === undefined ? 2 : 1);
  const r =
    options.sigma === undefined ? tTestOneSample(x, { level }) : zTest(x, { level, sigma: options.sigma });
  const [lower, upper] = r.interval;
  return { mean: r.estimate, lower, upper, margin: (upper - lower) / 2, level };
}
