import {
  bool,
  type FitOptions,
  type MatrixLike,
  type ParamInput,
  RegressorSpec,
  readRows,
  readTarget,
  readWeights,
  type Schema,
  schemaOf,
  throwIfAborted,
} from "../contract/index.ts";
import { Matrix } from "../math/matrix.ts";
import { interceptOf, leastSquares, momentsOf, sparseLeastSquares } from "./least-squares.ts";
import { LinearModel } from "./linear-model.ts";
import { nonNegative } from "./non-negative.ts";
import { type OlsInference, olsInference } from "./ols-inference.ts";

const params = {
  fitIntercept: bool({
    default: true,
    doc: "Whether there is a constant term; without it the fit is forced through the origin",
  }),
  positive: bool({ default: false, doc: "Whether coefficients (not the intercept) must be >= 0" }),
};

/**
 * Ordinary least squares: minimises the summed (weighted) squared error.
 *
 * Tall data go through the Gram matrix of centred columns, repaired with true residuals where its condition number
 * asks for it; worse conditioned or wide data go through the singular values of the rows. Where columns depend on
 * each other, the coefficients of least length are given. A weight of k counts as k copies of the row. Sparse rows stay
 * sparse, by conjugate gradients where they have more than 1,024 columns.
 *
 * @example
 * const model = new LinearRegression().fit([[0], [1], [2]], [1, 3, 5]);
 * model.coef[0]; // 2
 * model.intercept; // 1
 */
export class LinearRegression extends RegressorSpec<typeof params> {
  static readonly typeName = "LinearRegression";
  static readonly params = params;

  constructor(given: ParamInput<typeof params> = {}) {
    super(LinearRegression.typeName, params, given);
  }

  static fromState(state: unknown): LinearRegression {
    return new LinearRegression(state as ParamInput<typeof params>);
  }

  override fit(X: MatrixLike, y: ArrayLike<number>, options: FitOptions = {}): LinearRegressionModel {
    const where = "LinearRegression.fit";
    throwIfAborted(options.signal, where);
    const design = readRows(X, where);
    const { matrix } = design;
    const target = readTarget(y, matrix.rows, where);
    const weights = readWeights(options.sampleWeight, matrix.rows, where);
    const { fitIntercept, positive } = this.params;
    const problem = { y: target, weights, fitIntercept, alpha: 0, where };
    if (positive) {
      const m = momentsOf({ ...problem, X: matrix });
      const coef = nonNegative(m);
      const rank = coef.reduce((count, c) => count + (c > 0 ? 1 : 0), 0);
      return new LinearRegressionModel(schemaOf(design), coef, interceptOf(m, coef), fitIntercept, rank);
    }
    const found =
      matrix instanceof Matrix
        ? leastSquares({ ...problem, X: matrix })
        : sparseLeastSquares({ ...problem, X: matrix }, options);
    return new LinearRegressionModel(schemaOf(design), found.coef, found.intercept, fitIntercept, found.rank);
  }
}

/** What {@link LinearRegression} learned. */
export class LinearRegressionModel extends LinearModel {
  static readonly typeName = "LinearRegressionModel";
  /** Whether the intercept was fitted; otherwise it is 0. */
  readonly fitIntercept: boolean;
  /** Rank of the (centred) features; with `positive`, the number of coefficients above 0. */
  readonly rank: number;

  constructor(schema: Schema, coef: Float64Array, intercept: number, fitIntercept: boolean, rank: number) {
    super(schema, coef, intercept);
    this.fitIntercept = fitIntercept;
    this.rank = rank;
  }

  /**
   * Standard errors, t statistics, confidence intervals, R2, F statistic and information criteria of the fit, under
   * independent errors of equal variance. `toString()` of the result is the usual table.
   *
   * @param X the training features
   * @param y the training target
   * @param options `sampleWeight` as in `fit` (a weight of k counts as k rows); `confidence`, default 0.95
   * @throws WhetstoneError "numerical" where columns depend on each other
   */
  summary(
    X: MatrixLike,
    y: ArrayLike<number>,
    options: Pick<FitOptions, "sampleWeight"> & { readonly confidence?: number } = {},
  ): OlsInference {
    return olsInference(this, X, y, options);
  }

  override toState(): unknown {
    const { schema, coef, intercept, fitIntercept, rank } = this;
    return { schema, coef, intercept, fitIntercept, rank };
  }

  static fromState(state: unknown): LinearRegressionModel {
    const s = state as {
      schema: Schema;
      coef: Float64Array;
      intercept: number;
      fitIntercept: boolean;
      rank: number;
    };
    return new LinearRegressionModel(s.schema, s.coef, s.intercept, s.fitIntercept, s.rank);
  }
}
