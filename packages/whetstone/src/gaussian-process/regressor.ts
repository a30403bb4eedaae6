import {
  bool,
  type FitOptions,
  type MatrixLike,
  type ParamInput,
  RegressorModel,
  RegressorSpec,
  readDesign,
  readLike,
  readTarget,
  real,
  refuseWeights,
  type Schema,
  schemaOf,
  step,
  throwIfAborted,
} from "../contract/index.ts";
import { argumentError, numericalError, WhetstoneError } from "../errors.ts";
import { Cholesky, cholesky, type Matrix, randomStream } from "../math/index.ts";
import { covariance, type Leaves, selfCovariance, thetaGradient } from "./covariance.ts";
import { fitKernel, kernelParams, startKernel } from "./fit-kernel.ts";
import { type GpKernel, thetaOf, withTheta } from "./kernels.ts";

const params = {
  kernel: kernelParams.kernel,
  alpha: real({
    min: 0,
    max: 1e300,
    default: 1e-10,
    doc: "Variance of the noise, added to the diagonal of the covariance",
  }),
  optimizer: kernelParams.optimizer,
  nRestartsOptimizer: kernelParams.nRestartsOptimizer,
  normalizeY: bool({
    default: false,
    doc: "Fit y with its mean taken off, divided by its standard deviation",
  }),
  seed: kernelParams.seed,
} as const;

/**
 * Gaussian process regression: a normal distribution over functions, conditioned on the rows. The mean predicts, the
 * variance says how far to trust it. Work grows as n^3.
 *
 * Source: Rasmussen and Williams, Gaussian Processes for Machine Learning (2006), algorithm 2.1 and section 5.4.
 *
 * @example
 * const model = new GaussianProcessRegressor({ kernel: rbf(1, "fixed"), alpha: 0.01 }).fit([[0], [1]], [0, 1]);
 * model.predictDistribution([[9]]).std[0]; // about 1
 */
export class GaussianProcessRegressor extends RegressorSpec<typeof params> {
  static readonly typeName = "GaussianProcessRegressor";
  static readonly params = params;

  constructor(given: ParamInput<typeof params> = {}) {
    super("GaussianProcessRegressor", params, given);
  }

  static fromState(state: unknown): GaussianProcessRegressor {
    return new GaussianProcessRegressor(state as ParamInput<typeof params>);
  }

  override fit(X: MatrixLike, y: ArrayLike<number>, options: FitOptions = {}): GaussianProcessRegressorModel {
    const where = "GaussianProcessRegressor.fit";
    throwIfAborted(options.signal, where);
    const design = readDesign(X, where);
    const target = readTarget(y, design.matrix.rows, where);
    refuseWeights(options, where, "rows differ in noise, not in number: use alpha");
    const { alpha, normalizeY } = this.params;
    const n = target.length;
    const mean = normalizeY ? target.reduce((s, v) => s + v, 0) / n : 0;
    const spread = normalizeY ? Math.sqrt(target.reduce((s, v) => s + (v - mean) ** 2, 0) / n) || 1 : 1;
    const scaled = target.map((v) => (v - mean) / spread);
    const kernel = fitKernel(
      startKernel(this.params.kernel, design.matrix.cols, where),
      (candidate) => evidence(candidate, design.matrix, scaled, alpha),
      this.params,
      options,
      (run, runs) => step(where, options, run, runs, "starts"),
    );
    const L = factor(kernel, design.matrix, alpha, where);
    return new GaussianProcessRegressorModel({
      schema: schemaOf(design),
      kernel,
      alpha,
      X: design.matrix.clone(),
      y: scaled,
      L: L.L,
      weights: L.solve(scaled),
      mean,
      spread,
    });
  }
}

function noisy(kernel: GpKernel, X: Matrix, alpha: number, leaves?: Leaves): Matrix {
  const K = covariance(kernel, X, null, leaves);
  for (let i = 0; i < K.rows; i++) K.set(i, i, K.at(i, i) + alpha);
  return K;
}

function factor(kernel: GpKernel, X: Matrix, alpha: number, where: string): Cholesky {
  try {
    return cholesky(noisy(kernel, X, alpha));
  } catch (cause) {
    if (!(cause instanceof WhetstoneError && cause.code === "numerical")) throw cause;
    throw numericalError(
      where,
      "the covariance of the rows is not positive definite: raise alpha or add a whiteKernel",
    );
  }
}

/** Log marginal likelihood and its gradient in theta; null where the covariance cannot be factored. */
function evidence(
  kernel: GpKernel,
  X: Matrix,
  y: Float64Array,
  alpha: number,
): { value: number; gradient: number[] } | null {
  let L: Cholesky;
  const leaves: Leaves = new Map();
  try {
    L = cholesky(noisy(kernel, X, alpha, leaves));
  } catch (cause) {
    if (cause instanceof WhetstoneError && cause.code === "numerical") return null;
    throw cause;
  }
  const n = y.length;
  const weights = L.solve(y);
  const fit = y.reduce((s, v, i) => s + v * weights[i]!, 0);
  const value = -0.5 * (fit + L.logDet() + n * Math.log(2 * Math.PI));
  // d value / d K = (weights weights^T - K^-1) / 2.
  const W = L.inverse();
  const w = W.data;
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) w[i * n + j] = 0.5 * (weights[i]! * weights[j]! - w[i * n + j]!);
  return { value, gradient: thetaGradient(kernel, X, W, leaves) };
}

interface GpState {
  readonly schema: Schema;
  readonly kernel: GpKernel;
  readonly alpha: number;
  readonly X: Matrix;
  readonly y: Float64Array;
  readonly L: Matrix;
  readonly weights: Float64Array;
  readonly mean: number;
  readonly spread: number;
}

/** What {@link GaussianProcessRegressor} learned; it keeps the training rows. */
export class GaussianProcessRegressorModel extends RegressorModel {
  static readonly typeName = "GaussianProcessRegressorModel";
  /** The kernel with its fitted hyperparameters. */
  readonly kernel: GpKernel;
  readonly #state: GpState;

  constructor(state: GpState) {
    super(state.schema);
    this.kernel = state.kernel;
    this.#state = state;
  }

  /** Logarithms of the free hyperparameters. */
  get theta(): Float64Array {
    return Float64Array.from(thetaOf(this.kernel));
  }

  /** Log density of the training targets under the process, at these or other hyperparameters, with its gradient. */
  logMarginalLikelihood(theta: ArrayLike<number> = this.theta): { value: number; gradient: Float64Array } {
    const where = "GaussianProcessRegressorModel.logMarginalLikelihood";
    const count = this.theta.length;
    if (theta === null || typeof theta !== "object" || theta.length !== count)
      throw argumentError(where, "theta", theta, `${count} numbers`);
    const { X, y, alpha } = this.#state;
    const found = evidence(withTheta(this.kernel, Array.from(theta)), X, y, alpha);
    if (!found) throw numericalError(where, "the covariance is not positive definite at theta");
    return { value: found.value, gradient: Float64Array.from(found.gradient) };
  }

  override predict(X: MatrixLike): Float64Array {
    const { matrix } = readLike(this.schema, X, "GaussianProcessRegressor.predict");
    return this.#means(covariance(this.kernel, matrix, this.#state.X));
  }

  #means(K: Matrix): Float64Array {
    const { weights, mean, spread } = this.#state;
    return K.matVec(weights).map((v) => v * spread + mean);
  }

  /** Mean and standard deviation at every row; noise of a whiteKernel is included, alpha is not. */
  predictDistribution(X: MatrixLike): { mean: Float64Array; std: Float64Array } {
    const { matrix } = readLike(this.schema, X, "GaussianProcessRegressor.predictDistribution");
    const K = covariance(this.kernel, matrix, this.#state.X);
    const V = new Cholesky(this.#state.L).solveLower(K.transpose()); // n x m
    const variance = selfCovariance(this.kernel, matrix);
    for (let i = 0; i < V.rows; i++)
      for (let j = 0; j < V.cols; j++) variance[j] = variance[j]! - V.data[i * V.cols + j]! ** 2;
    return { mean: this.#means(K), std: variance.map((v) => Math.sqrt(Math.max(0, v)) * this.#state.spread) };
  }

  /** Joint normal distribution of the values at the rows of X. */
  posterior(X: MatrixLike): { mean: Float64Array; covariance: Matrix } {
    const { matrix } = readLike(this.schema, X, "GaussianProcessRegressor.posterior");
    const K = covariance(this.kernel, matrix, this.#state.X);
    const V = new Cholesky(this.#state.L).solveLower(K.transpose());
    const spread = this.#state.spread ** 2;
    const C = covariance(this.kernel, matrix, null).sub(V.transpose().matmul(V)).scale(spread);
    return { mean: this.#means(K), covariance: C.add(C.transpose()).scale(0.5) };
  }

  /** Functions drawn from the posterior at the rows of X, one per row of the result. */
  sampleY(X: MatrixLike, n = 1, seed = 0): Matrix {
    if (!(Number.isSafeInteger(n) && n >= 0))
      throw argumentError("GaussianProcessRegressor.sampleY", "n", n, "an integer >= 0");
    const { mean, covariance: C } = this.posterior(X);
    for (let i = 0; i < C.rows; i++) C.set(i, i, C.at(i, i) + 1e-10 * this.#state.spread ** 2);
    return randomStream(seed).multivariateNormal(mean, C, n);
  }

  override toState(): unknown {
    return this.#state;
  }
  static fromState(state: unknown): GaussianProcessRegressorModel {
    return new GaussianProcessRegressorModel(state as GpState);
  }
}
