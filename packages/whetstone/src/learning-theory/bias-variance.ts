import {
  argumentError,
  type FitOptions,
  type MatrixLike,
  type Progress,
  shapeError,
  step,
  valueError,
} from "../contract/index.ts";
import type { Matrix } from "../math/matrix.ts";
import { type RandomStream, randomStream, type Seed } from "../math/random/index.ts";

/** A world in which the truth is known: features are drawn, targets are the truth plus normal noise. */
export interface RegressionGenerator {
  /** Draws the features of n rows. */
  features(random: RandomStream, n: number): Matrix;
  /** The target without noise, one number per row. */
  truth(X: Matrix): ArrayLike<number>;
  /** Standard deviation of the noise, >= 0. */
  readonly noise: number;
}

/** Anything that learns numbers: every regressor spec, or a function. */
export type Fitter =
  | { fit(X: MatrixLike, y: ArrayLike<number>, options?: FitOptions): Predictor }
  | ((X: Matrix, y: Float64Array) => Predictor);
interface Predictor {
  predict(X: Matrix): ArrayLike<number>;
}

/** How many training sets are drawn, how large, and where predictions are compared. */
export interface BiasVarianceOptions {
  /** Training sets drawn; default 200. */
  readonly repetitions?: number;
  /** Rows of each training set; default 50. */
  readonly trainRows?: number;
  /** Points at which predictions are compared; default 200. */
  readonly testRows?: number;
  /** Seed of training sets, noise and test points. Default 0. */
  readonly seed?: Seed;
  /** Called after every training set. */
  readonly onProgress?: (progress: Progress) => void;
  /** Stops with an AbortError, within a fit too. */
  readonly signal?: AbortSignal;
}

/** Parts of the expected squared error, averaged over the test points. */
export interface BiasVariance {
  /** Measured mean squared error on fresh noisy targets. */
  readonly error: number;
  /** Squared distance of the average prediction from the truth. */
  readonly biasSquared: number;
  /** Mean squared distance of predictions from their average over the training sets. */
  readonly variance: number;
  /** Variance of the noise: what no model removes. */
  readonly noise: number;
  /** biasSquared + variance + noise. */
  readonly sum: number;
  /** Standard error of `error - sum`: the parts add up when the difference is within a few of these. */
  readonly standardError: number;
  /** Mean squared error on the training rows. */
  readonly trainError: number;
  /** Per test point. */
  readonly points: {
    readonly X: Matrix;
    readonly truth: Float64Array;
    readonly mean: Float64Array;
    readonly variance: Float64Array;
  };
}

/**
 * Splits the expected squared error of a learner into bias^2, variance and noise, by fitting it to many training sets
 * from a known world and comparing predictions at fixed points.
 *
 * bias^2 + variance equals the mean squared distance from the truth exactly; the error on noisy targets adds the
 * noise up to sampling error, which `standardError` states.
 *
 * Geman, Bienenstock, Doursat, "Neural networks and the bias/variance dilemma", Neural Computation 4 (1992).
 *
 * @example
 * const world = {
 *   features: (random, n) => Matrix.column(Array.from({ length: n }, () => random.uniform())),
 *   truth: (X) => X.col(0).map((x) => Math.sin(6 * x)),
 *   noise: 0.3,
 * };
 * const parts = biasVarianceDecomposition(new LinearRegression(), world, { repetitions: 100, seed: 1 });
 * Math.abs(parts.error - parts.sum) < 5 * parts.standardError; // true
 */
export function biasVarianceDecomposition(
  fitter: Fitter,
  generator: RegressionGenerator,
  options: BiasVarianceOptions = {},
): BiasVariance {
  const where = "biasVarianceDecomposition";
  const { repetitions = 200, trainRows = 50, testRows = 200, seed = 0 } = options;
  for (const [name, value] of Object.entries({ repetitions, trainRows, testRows })) {
    const least = name === "repetitions" ? 2 : 1;
    if (!(Number.isInteger(value) && value >= least)) {
      throw argumentError(where, name, value, `an integer >= ${least}`);
    }
  }
  if (!(generator.noise >= 0 && generator.noise < Number.POSITIVE_INFINITY)) {
    throw argumentError(where, "generator.noise", generator.noise, "a finite number >= 0");
  }
  const random = randomStream(seed);
  const X = generator.features(random.split("test"), testRows);
  const truth = truthOf(generator, X, where);
  const noise = generator.noise ** 2;

  const mean = new Float64Array(testRows);
  const spread = new Float64Array(testRows);
  let error = 0;
  let trainError = 0;
  // Per training set: what noise added to the error, less its expectation. Independent, of mean zero.
  let excess = 0;
  let excessSquared = 0;
  for (let r = 0; r < repetitions; r++) {
    const stream = random.split(`training set ${r}`);
    const train = generator.features(stream.split("features"), trainRows);
    const y = noisy(truthOf(generator, train, where), generator.noise, stream.split("noise"));
    const model = typeof fitter === "function" ? fitter(train, y) : fitter.fit(train, y, fitOptions(options));
    trainError += meanSquaredError(checked(model.predict(train), trainRows, where), y);
    const predicted = checked(model.predict(X), testRows, where);
    const target = noisy(truth, generator.noise, stream.split("test noise"));
    const measured = meanSquaredError(predicted, target);
    const extra = measured - meanSquaredError(predicted, truth) - noise;
    error += measured;
    excess += extra;
    excessSquared += extra * extra;
    for (let i = 0; i < testRows; i++) {
      // Welford's update.
      const off = predicted[i]! - mean[i]!;
      mean[i] = mean[i]! + off / (r + 1);
      spread[i] = spread[i]! + off * (predicted[i]! - mean[i]!);
    }
    step(where, options, r + 1, repetitions, "training sets");
  }
  const pointVariance = spread.map((v) => v / repetitions);
  const variance = pointVariance.reduce((a, b) => a + b, 0) / testRows;
  const biasSquared = meanSquaredError(mean, truth);
  const excessVariance = Math.max(0, excessSquared - (excess * excess) / repetitions) / (repetitions - 1);
  return {
    error: error / repetitions,
    biasSquared,
    variance,
    noise,
    sum: biasSquared + variance + noise,
    standardError: Math.sqrt(excessVariance / repetitions),
    trainError: trainError / repetitions,
    points: { X, truth, mean, variance: pointVariance },
  };
}

function fitOptions({ signal }: BiasVarianceOptions): FitOptions {
  return signal ? { signal } : {};
}

function truthOf(generator: RegressionGenerator, X: Matrix, where: string): Float64Array {
  const truth = Float64Array.from(generator.truth(X));
  if (truth.length !== X.rows) {
    throw shapeError(where, "generator.truth(X)", `has ${truth.length} entries`, `${X.rows} (rows of X)`);
  }
  if (!truth.every(Number.isFinite)) {
    throw valueError(where, "generator.truth(X)", "holds a number that is not finite");
  }
  return truth;
}

function checked(predicted: ArrayLike<number>, rows: number, where: string): ArrayLike<number> {
  if (predicted.length !== rows) {
    throw shapeError(where, "predict(X)", `has ${predicted.length} entries`, `${rows} (rows of X)`);
  }
  return predicted;
}

function noisy(truth: Float64Array, sd: number, random: RandomStream): Float64Array {
  return truth.map((v) => v + sd * random.normal());
}

function meanSquaredError(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return sum / a.length;
}
