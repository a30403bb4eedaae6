import { argumentError, valueError } from "../errors.ts";
import { readNumberPair, type WeightOption } from "./input.ts";

/** Weighted mean of a loss over rows. */
function meanLoss(
  where: string,
  yTrue: ArrayLike<number>,
  yPred: ArrayLike<number>,
  options: WeightOption,
  loss: (y: number, p: number, i: number) => number,
): number {
  const { truth, predicted, weight, n } = readNumberPair(where, yTrue, yPred, options.sampleWeight);
  let sum = 0;
  let total = 0;
  for (let i = 0; i < n; i++) {
    const w = weight === null ? 1 : weight[i]!;
    if (w === 0) continue;
    sum += w * loss(truth[i]!, predicted[i]!, i);
    total += w;
  }
  return sum / total;
}

/**
 * Mean squared error.
 *
 * @example
 * mse([1, 2, 3], [1, 2, 5]); // 1.333...
 */
export function mse(yTrue: ArrayLike<number>, yPred: ArrayLike<number>, options: WeightOption = {}): number {
  return meanLoss("mse", yTrue, yPred, options, (y, p) => (y - p) ** 2);
}

/**
 * Root mean squared error, in the unit of y; never below {@link mae}.
 *
 * @example
 * rmse([0, 0], [3, 4]); // 3.535...
 */
export function rmse(yTrue: ArrayLike<number>, yPred: ArrayLike<number>, options: WeightOption = {}): number {
  return Math.sqrt(meanLoss("rmse", yTrue, yPred, options, (y, p) => (y - p) ** 2));
}

/**
 * Mean absolute error.
 *
 * @example
 * mae([0, 0], [3, -4]); // 3.5
 */
export function mae(yTrue: ArrayLike<number>, yPred: ArrayLike<number>, options: WeightOption = {}): number {
  return meanLoss("mae", yTrue, yPred, options, (y, p) => Math.abs(y - p));
}

/**
 * Median absolute error (weighted median where there are weights): blind to what the worst half does.
 *
 * @example
 * medianAe([1, 2, 3], [1, 2.5, 100]); // 0.5
 */
export function medianAe(
  yTrue: ArrayLike<number>,
  yPred: ArrayLike<number>,
  options: WeightOption = {},
): number {
  const { truth, predicted, weight, n } = readNumberPair("medianAe", yTrue, yPred, options.sampleWeight);
  const errors = truth.map((y, i) => Math.abs(y - predicted[i]!));
  if (weight === null) {
    const sorted = errors.sort();
    return n % 2 === 1 ? sorted[(n - 1) / 2]! : (sorted[n / 2 - 1]! + sorted[n / 2]!) / 2;
  }
  // A weight of k must equal k copies: the mean of the lower and upper weighted medians.
  const order = Array.from(errors.keys()).sort((a, b) => errors[a]! - errors[b]!);
  const half = weight.reduce((a, b) => a + b, 0) / 2;
  let before = 0;
  let low: number | undefined;
  for (const i of order) {
    before += weight[i]!;
    if (low !== undefined && weight[i]! > 0) return (low + errors[i]!) / 2;
    if (before > half) return errors[i]!;
    if (before === half) low = errors[i]!;
  }
  return low ?? Number.NaN;
}

/**
 * Largest absolute error.
 *
 * @example
 * maxError([1, 2], [1, 5]); // 3
 */
export function maxError(yTrue: ArrayLike<number>, yPred: ArrayLike<number>): number {
  const { truth, predicted } = readNumberPair("maxError", yTrue, yPred, undefined);
  return truth.reduce((m, y, i) => Math.max(m, Math.abs(y - predicted[i]!)), 0);
}

function moments(where: string, yTrue: ArrayLike<number>, yPred: ArrayLike<number>, options: WeightOption) {
  const { truth, predicted, weight, n } = readNumberPair(where, yTrue, yPred, options.sampleWeight);
  const w = (i: number): number => (weight === null ? 1 : weight[i]!);
  let total = 0;
  let meanY = 0;
  let meanE = 0;
  for (let i = 0; i < n; i++) {
    total += w(i);
    meanY += w(i) * truth[i]!;
    meanE += w(i) * (truth[i]! - predicted[i]!);
  }
  meanY /= total;
  meanE /= total;
  let spread = 0;
  let residual = 0;
  let errorSpread = 0;
  for (let i = 0; i < n; i++) {
    const e = truth[i]! - predicted[i]!;
    spread += w(i) * (truth[i]! - meanY) ** 2;
    residual += w(i) * e * e;
    errorSpread += w(i) * (e - meanE) ** 2;
  }
  return { spread, residual, errorSpread };
}

/** 1 - unexplained / spread, with a defined answer for a constant target. */
function shareExplained(unexplained: number, spread: number): number {
  if (spread > 0) return 1 - unexplained / spread;
  return unexplained === 0 ? 1 : 0;
}

/**
 * Coefficient of determination R^2 = 1 - SS_residual / SS_total: 1 perfect, 0 as good as predicting the mean, negative
 * when worse than that. For a constant yTrue: 1 if predicted exactly, else 0.
 *
 * @example
 * r2([1, 2, 3], [1, 2, 2]); // 0.5
 */
export function r2(yTrue: ArrayLike<number>, yPred: ArrayLike<number>, options: WeightOption = {}): number {
  const { residual, spread } = moments("r2", yTrue, yPred, options);
  return shareExplained(residual, spread);
}

/**
 * Explained variance: as {@link r2} but blind to a constant offset of the predictions.
 *
 * @example
 * explainedVariance([1, 2, 3], [2, 3, 4]); // 1
 */
export function explainedVariance(
  yTrue: ArrayLike<number>,
  yPred: ArrayLike<number>,
  options: WeightOption = {},
): number {
  const { errorSpread, spread } = moments("explainedVariance", yTrue, yPred, options);
  return shareExplained(errorSpread, spread);
}

/** What is done where a percentage has no meaning. */
export interface PercentageOptions extends WeightOption {
  /**
   * What to do with rows where y = 0, whose percentage error is undefined: `"error"` (default) refuses them with a
   * sentence, `"skip"` leaves them out, `"epsilon"` divides by 2^-52 as scikit-learn does.
   */
  zero?: "error" | "skip" | "epsilon";
}

/**
 * Mean absolute percentage error, mean |y - p| / |y|, as a fraction (0.1 is 10 %). Punishes predictions above y more
 * than below (an under-prediction costs at most 1).
 *
 * @example
 * mape([100, 200], [110, 180]); // 0.1
 */
export function mape(
  yTrue: ArrayLike<number>,
  yPred: ArrayLike<number>,
  options: PercentageOptions = {},
): number {
  const where = "mape";
  const { zero = "error" } = options;
  if (zero !== "error" && zero !== "skip" && zero !== "epsilon") {
    throw argumentError(where, "zero", zero, '"error", "skip" or "epsilon"');
  }
  const { truth, predicted, weight, n } = readNumberPair(where, yTrue, yPred, options.sampleWeight);
  let sum = 0;
  let total = 0;
  for (let i = 0; i < n; i++) {
    const y = Math.abs(truth[i]!);
    const w = weight === null ? 1 : weight[i]!;
    if (w === 0 || (y === 0 && zero === "skip")) continue;
    if (y === 0 && zero === "error") {
      throw valueError(
        where,
        "yTrue",
        `holds 0 at row ${i}, where a percentage error is undefined; use smape or mae, or zero: "skip"`,
      );
    }
    sum += (w * Math.abs(truth[i]! - predicted[i]!)) / (zero === "epsilon" ? Math.max(y, Number.EPSILON) : y);
    total += w;
  }
  if (total === 0) throw valueError(where, "yTrue", "holds only zeros");
  return sum / total;
}

/**
 * Symmetric mean absolute percentage error, mean 2 |y - p| / (|y| + |p|), as a fraction in [0, 2]. A row with y = p = 0
 * counts 0.
 *
 * @example
 * smape([100, 0], [110, 0]); // 0.0476...
 */
export function smape(
  yTrue: ArrayLike<number>,
  yPred: ArrayLike<number>,
  options: WeightOption = {},
): number {
  return meanLoss("smape", yTrue, yPred, options, (y, p) =>
    y === 0 && p === 0 ? 0 : (2 * Math.abs(y - p)) / (Math.abs(y) + Math.abs(p)),
  );
}

/**
 * Weighted absolute percentage error, sum |y - p| / sum |y|: a percentage that zeros among y do not break.
 *
 * @example
 * wape([100, 0, 100], [90, 10, 100]); // 0.1
 */
export function wape(yTrue: ArrayLike<number>, yPred: ArrayLike<number>, options: WeightOption = {}): number {
  const scale = meanLoss("wape", yTrue, yPred, options, (y) => Math.abs(y));
  if (scale === 0) throw valueError("wape", "yTrue", "holds only zeros");
  return meanLoss("wape", yTrue, yPred, options, (y, p) => Math.abs(y - p)) / scale;
}

/**
 * Mean squared error of log(1 + y): relative errors of non-negative targets.
 *
 * @example
 * msle([0, 9], [0, 99]); // 2.65...
 */
export function msle(yTrue: ArrayLike<number>, yPred: ArrayLike<number>, options: WeightOption = {}): number {
  return meanLoss("msle", yTrue, yPred, options, (y, p, i) => {
    if (!(y > -1)) throw valueError("msle", "yTrue", `holds ${y} at row ${i}, expected numbers > -1`);
    if (!(p > -1)) throw valueError("msle", "yPred", `holds ${p} at row ${i}, expected numbers > -1`);
    return (Math.log1p(y) - Math.log1p(p)) ** 2;
  });
}

/**
 * Pinball (quantile) loss: alpha (y - p) when y >= p, else (1 - alpha) (p - y). Least in expectation for the
 * alpha-quantile of y.
 *
 * @param options.alpha Quantile in (0, 1). Default 0.5, half the mean absolute error.
 * @example
 * pinball([10], [8], { alpha: 0.9 }); // 1.8
 */
export function pinball(
  yTrue: ArrayLike<number>,
  yPred: ArrayLike<number>,
  options: WeightOption & { alpha?: number } = {},
): number {
  const { alpha = 0.5 } = options;
  if (!(alpha > 0 && alpha < 1)) throw argumentError("pinball", "alpha", alpha, "a number in (0, 1)");
  return meanLoss("pinball", yTrue, yPred, options, (y, p) =>
    y >= p ? alpha * (y - p) : (1 - alpha) * (p - y),
  );
}

/**
 * Mean Poisson deviance 2 (y log(y / p) - y + p) for counts and rates; y = 0 contributes 2 p.
 *
 * @throws WhetstoneError for y < 0 or p <= 0.
 * @example
 * poissonDeviance([2, 0], [1, 0.5]); // 0.886...
 */
export function poissonDeviance(
  yTrue: ArrayLike<number>,
  yPred: ArrayLike<number>,
  options: WeightOption = {},
): number {
  return meanLoss("poissonDeviance", yTrue, yPred, options, (y, p, i) => {
    if (y < 0) throw valueError("poissonDeviance", "yTrue", `holds ${y} at row ${i}, expected numbers >= 0`);
    if (!(p > 0))
      throw valueError("poissonDeviance", "yPred", `holds ${p} at row ${i}, expected numbers > 0`);
    return 2 * ((y === 0 ? 0 : y * Math.log(y / p)) - y + p);
  });
}

/**
 * Mean gamma deviance 2 (log(p / y) + y / p - 1) for positive, skewed targets.
 *
 * @throws WhetstoneError for y <= 0 or p <= 0.
 * @example
 * gammaDeviance([1, 2], [1, 1]); // 0.306...
 */
export function gammaDeviance(
  yTrue: ArrayLike<number>,
  yPred: ArrayLike<number>,
  options: WeightOption = {},
): number {
  return meanLoss("gammaDeviance", yTrue, yPred, options, (y, p, i) => {
    if (!(y > 0)) throw valueError("gammaDeviance", "yTrue", `holds ${y} at row ${i}, expected numbers > 0`);
    if (!(p > 0)) throw valueError("gammaDeviance", "yPred", `holds ${p} at row ${i}, expected numbers > 0`);
    return 2 * (Math.log(p / y) + y / p - 1);
  });
}

/**
 * Huber loss: squared below delta, linear above.
 *
 * @param options.delta Default 1.
 * @example
 * huber([0, 0], [0.5, 3]); // 1.3125
 */
export function huber(
  yTrue: ArrayLike<number>,
  yPred: ArrayLike<number>,
  options: WeightOption & { delta?: number } = {},
): number {
  const { delta = 1 } = options;
  if (!(delta > 0)) throw argumentError("huber", "delta", delta, "a number > 0");
  return meanLoss("huber", yTrue, yPred, options, (y, p) => {
    const e = Math.abs(y - p);
    return e <= delta ? (e * e) / 2 : delta * (e - delta / 2);
  });
}

/**
 * Share of predictions within a tolerance of the truth: |y - p| <= absolute + relative |y|.
 *
 * @param options.relative Default 0.1, i.e. within 10 % of the actual value.
 * @param options.absolute Default 0.
 * @example
 * withinTolerance([100, 200, 300], [109, 230, 300]); // 0.666...
 */
export function withinTolerance(
  yTrue: ArrayLike<number>,
  yPred: ArrayLike<number>,
  options: WeightOption & { relative?: number; absolute?: number } = {},
): number {
  const where = "withinTolerance";
  const { relative = 0.1, absolute = 0 } = options;
  if (!(relative >= 0)) throw argumentError(where, "relative", relative, "a number >= 0");
  if (!(absolute >= 0)) throw argumentError(where, "absolute", absolute, "a number >= 0");
  return meanLoss(where, yTrue, yPred, options, (y, p) => {
    const limit = absolute + relative * Math.abs(y);
    // 110 is within 10 % of 100 although 100 + 0.1 * 100 rounds either way.
    return Math.abs(y - p) <= limit * (1 + 4 * Number.EPSILON) ? 1 : 0;
  });
}
