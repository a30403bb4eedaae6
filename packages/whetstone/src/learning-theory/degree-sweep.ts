import { argumentError, type MatrixLike, readDesign, shapeError } from "../contract/index.ts";
import { LinearRegression, Ridge } from "../linear/index.ts";
import { Matrix } from "../math/matrix.ts";
import {
  type BiasVariance,
  type BiasVarianceOptions,
  biasVarianceDecomposition,
  type RegressionGenerator,
} from "./bias-variance.ts";

/** Which polynomials are compared, and with how much shrinkage. */
export interface DegreeSweepOptions extends BiasVarianceOptions {
  /** Polynomial degrees; default 0 to 12. */
  readonly degrees?: readonly number[];
  /** L2 strength on the coefficients of the Legendre basis; 0 (default) is least squares. */
  readonly alpha?: number;
  /** Interval that is mapped to [-1, 1]; default [0, 1]. */
  readonly interval?: readonly [number, number];
}

/** Bias, variance and errors of polynomials of one degree. */
export interface SweepPoint extends BiasVariance {
  readonly degree: number;
}

/**
 * Bias, variance and error of polynomial fits of rising degree: bias falls, variance rises (once the degree
 * can follow the truth; below, the misfit itself varies with the rows drawn), the error is lowest between.
 * The world's features must be one column, best within `interval`.
 *
 * @returns one decomposition per degree; every degree sees the same training sets
 * @example
 * const world = {
 *   features: (random, n) => Matrix.column(Array.from({ length: n }, () => random.uniform())),
 *   truth: (X) => X.col(0).map((x) => Math.sin(2 * Math.PI * x)),
 *   noise: 0.2,
 * };
 * const sweep = polynomialDegreeSweep(world, { degrees: [1, 3, 9], trainRows: 20, seed: 1 });
 * sweep[0].biasSquared > sweep[1].biasSquared; // true
 * sweep[2].variance > sweep[1].variance; // true
 */
export function polynomialDegreeSweep(
  generator: RegressionGenerator,
  options: DegreeSweepOptions = {},
): SweepPoint[] {
  const where = "polynomialDegreeSweep";
  const {
    degrees = Array.from({ length: 13 }, (_, k) => k),
    alpha = 0,
    interval = [0, 1],
    ...rest
  } = options;
  if (!(interval[0] < interval[1])) {
    throw argumentError(where, "interval", interval, "two numbers, the first below the second");
  }
  const spec = alpha > 0 ? new Ridge({ alpha }) : new LinearRegression();
  return degrees.map((degree) => {
    const expand = (X: Matrix): Matrix => legendreFeatures(X, degree, interval);
    const fitter = (X: Matrix, y: Float64Array) => {
      if (degree === 0) {
        const mean = y.reduce((a, b) => a + b, 0) / y.length;
        return { predict: (Z: Matrix) => new Float64Array(Z.rows).fill(mean) };
      }
      const model = spec.fit(expand(X), y);
      return { predict: (Z: Matrix) => model.predict(expand(Z)) };
    };
    return { degree, ...biasVarianceDecomposition(fitter, generator, rest) };
  });
}

/**
 * Legendre polynomials P_1 to P_degree of one column, with `interval` mapped to [-1, 1]: the span of the powers, but well
 * conditioned, so that high degrees fail for statistical reasons and not for those of arithmetic.
 *
 * @example
 * legendreFeatures([[0.5], [1]], 2, [0, 1]).toArray(); // [[0, -0.5], [1, 1]]
 */
export function legendreFeatures(
  X: MatrixLike,
  degree: number,
  interval: readonly [number, number] = [-1, 1],
): Matrix {
  const where = "legendreFeatures";
  if (!(Number.isSafeInteger(degree) && degree >= 0))
    throw argumentError(where, "degree", degree, "an integer >= 0");
  const { matrix } = readDesign(X, where);
  if (matrix.cols !== 1) throw shapeError(where, "X", `has ${matrix.cols} columns`, "1");
  const [low, high] = [interval?.[0], interval?.[1]] as [number, number];
  if (!(Number.isFinite(high - low) && low < high))
    throw argumentError(where, "interval", interval, "finite [low, high] with low < high");
  const out = Matrix.zeros(matrix.rows, degree);
  for (let i = 0; i < matrix.rows; i++) {
    const x = (2 * (matrix.data[i]! - low)) / (high - low) - 1;
    let before = 1;
    let now = x;
    for (let k = 1; k <= degree; k++) {
      out.set(i, k - 1, now);
      const next = ((2 * k + 1) * x * now - k * before) / (k + 1);
      before = now;
      now = next;
    }
  }
  return out;
}
