import {
  argumentError,
  bool,
  type FitOptions,
  int,
  type MatrixLike,
  type ParamInput,
  RegressorSpec,
  readDesign,
  readLike,
  readTarget,
  readWeights,
  real,
  type Schema,
  schemaOf,
  step,
  throwIfAborted,
  warn,
} from "../contract/index.ts";
import { svd } from "../math/linalg/svd.ts";
import { Matrix } from "../math/matrix.ts";
import { centre, interceptOf, weightedRows } from "./least-squares.ts";
import { LinearModel } from "./linear-model.ts";

const prior = (doc: string) => real({ min: 0, default: 1e-6, doc });

const params = {
  alpha1: prior("Shape of the gamma prior of the noise precision"),
  alpha2: prior("Rate of the gamma prior of the noise precision"),
  lambda1: prior("Shape of the gamma prior of the coefficients' precision"),
  lambda2: prior("Rate of the gamma prior of the coefficients' precision"),
  fitIntercept: bool({ default: true, doc: "Whether there is a constant term, with a flat prior" }),
  tol: real({ min: 0, default: 1e-3, doc: "Summed change of the coefficients at which to stop" }),
  maxIter: int({ min: 1, default: 300, doc: "Most iterations; stopping there gives a warning" }),
};

/**
 * Ridge regression that finds its own strength: coefficients have a Gaussian prior, and the precisions of prior and
 * noise are those that make the data most likely. Predictions come with standard deviations.
 *
 * MacKay, "Bayesian interpolation", 1992; Tipping, "Sparse Bayesian learning", 2001.
 *
 * @example
 * const model = new BayesianRidge().fit([[0], [1], [2], [3]], [0.1, 0.9, 2.1, 2.9]);
 * const { mean, std } = model.predictWithStd([[1], [30]]);
 * std[1] > std[0]; // true
 */
export class BayesianRidge extends RegressorSpec<typeof params> {
  static readonly typeName = "BayesianRidge";
  static readonly params = params;

  constructor(given: ParamInput<typeof params> = {}) {
    super(BayesianRidge.typeName, params, given);
    for (const key of ["alpha1", "alpha2", "lambda1", "lambda2"] as const) {
      if (this.params[key] === Number.POSITIVE_INFINITY) {
        throw argumentError("BayesianRidge", key, this.params[key], "a finite number >= 0");
      }
    }
  }

  static fromState(state: unknown): BayesianRidge {
    return new BayesianRidge(state as ParamInput<typeof params>);
  }

  override fit(X: MatrixLike, y: ArrayLike<number>, options: FitOptions = {}): BayesianRidgeModel {
    const where = "BayesianRidge.fit";
    throwIfAborted(options.signal, where);
    const design = readDesign(X, where);
    const { matrix } = design;
    const { alpha1, alpha2, lambda1, lambda2, fitIntercept, tol, maxIter } = this.params;
    const weights = readWeights(options.sampleWeight, matrix.rows, where);
    const target = readTarget(y, matrix.rows, where);
    const centred = centre({ X: matrix, y: target, weights, fitIntercept, alpha: 0, where });
    const { A, b } = weightedRows(centred);
    const total = weights ? weights.reduce((s, w) => s + w, 0) : A.rows;
    const decomposed = svd(A);
    const { U, s, Vt } = decomposed;
    const rank = decomposed.rank();
    const d = A.cols;
    const ub = U.transposedMatVec(b);
    const bb = b.reduce((sum, v) => sum + v * v, 0);
    const eps = Number.EPSILON;
    let alpha = 1 / (bb / total + eps);
    let lambda = 1;
    let last: Float64Array | null = null;
    let converged = false;
    let iterations = 0;
    const solve = () => {
      const coef = new Float64Array(d);
      let fit = 0; // of the explained part
      let square = 0;
      let gamma = 0;
      for (let k = 0; k < rank; k++) {
        const s2 = s[k]! * s[k]!;
        const c = (s[k]! * ub[k]!) / (s2 + lambda / alpha);
        square += c * c;
        fit += (ub[k]! - s[k]! * c) ** 2 - ub[k]! ** 2;
        gamma += (alpha * s2) / (lambda + alpha * s2);
        for (let j = 0; j < d; j++) coef[j] = coef[j]! + c * Vt.at(k, j);
      }
      return { coef, rss: Math.max(0, bb + fit), square, gamma };
    };
    while (iterations < maxIter) {
      const { coef, rss, square, gamma } = solve();
      lambda = (gamma + 2 * lambda1) / (square + 2 * lambda2 || eps);
      alpha = (total - gamma + 2 * alpha1) / (rss + 2 * alpha2 || eps);
      step(where, options, ++iterations, maxIter, "iterations");
      if (last && coef.reduce((sum, v, j) => sum + Math.abs(v - last![j]!), 0) < tol) {
        converged = true;
        break;
      }
      last = coef;
    }
    if (!converged) warn(where, options, `did not converge in ${iterations} iterations`);
    const { coef } = solve();
    const covariance = Matrix.zeros(d, d);
    for (let i = 0; i < d; i++) {
      for (let j = 0; j < d; j++) {
        // Directions that the rows do not know keep the variance of the prior.
        let v = i === j ? 1 / lambda : 0;
        for (let k = 0; k < rank; k++) {
          v += Vt.at(k, i) * Vt.at(k, j) * (1 / (lambda + alpha * s[k]! * s[k]!) - 1 / lambda);
        }
        covariance.set(i, j, v);
      }
    }
    return new BayesianRidgeModel(schemaOf(design), coef, interceptOf(centred, coef), {
      alpha,
      lambda,
      covariance,
      xMean: centred.xMean,
      meanVariance: fitIntercept ? 1 / (alpha * total) : 0,
      nIter: iterations,
    });
  }
}

interface Posterior {
  /** Precision of the noise. */
  readonly alpha: number;
  /** Precision of the coefficients' prior. */
  readonly lambda: number;
  /** Posterior covariance of the coefficients. */
  readonly covariance: Matrix;
  readonly xMean: Float64Array;
  /** Posterior variance of the prediction at the mean of the features. */
  readonly meanVariance: number;
  readonly nIter: number;
}

/** What {@link BayesianRidge} learned. */
export class BayesianRidgeModel extends LinearModel implements Posterior {
  static readonly typeName = "BayesianRidgeModel";
  readonly alpha: number;
  readonly lambda: number;
  readonly covariance: Matrix;
  readonly xMean: Float64Array;
  readonly meanVariance: number;
  readonly nIter: number;

  constructor(schema: Schema, coef: Float64Array, intercept: number, posterior: Posterior) {
    super(schema, coef, intercept);
    this.alpha = posterior.alpha;
    this.lambda = posterior.lambda;
    this.covariance = posterior.covariance;
    this.xMean = posterior.xMean;
    this.meanVariance = posterior.meanVariance;
    this.nIter = posterior.nIter;
  }

  /** Means and standard deviations of the predictive distribution, noise included. */
  predictWithStd(X: MatrixLike): { mean: Float64Array; std: Float64Array } {
    const { matrix } = readLike(this.schema, X, "BayesianRidgeModel.predictWithStd");
    const d = matrix.cols;
    const std = new Float64Array(matrix.rows);
    for (let i = 0; i < matrix.rows; i++) {
      const x = matrix.row(i).map((v, j) => v - this.xMean[j]!);
      let variance = 1 / this.alpha + this.meanVariance;
      for (let a = 0; a < d; a++) {
        for (let b = 0; b < d; b++) variance += x[a]! * x[b]! * this.covariance.data[a * d + b]!;
      }
      std[i] = Math.sqrt(variance);
    }
    return { mean: this.predict(matrix), std };
  }

  override toState(): unknown {
    const { schema, coef, intercept, alpha, lambda, covariance, xMean, meanVariance, nIter } = this;
    return { schema, coef, intercept, alpha, lambda, covariance, xMean, meanVariance, nIter };
  }

  static fromState(state: unknown): BayesianRidgeModel {
    const s = state as Posterior & { schema: Schema; coef: Float64Array; intercept: number };
    return new BayesianRidgeModel(s.schema, s.coef, s.intercept, s);
  }
}
