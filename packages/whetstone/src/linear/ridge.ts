import {
  argumentError,
  bool,
  type FitOptions,
  type MatrixLike,
  numericalError,
  oneOf,
  type ParamInput,
  RegressorSpec,
  readDesign,
  readRows,
  readTarget,
  readWeights,
  real,
  type Schema,
  schemaOf,
  throwIfAborted,
} from "../contract/index.ts";
import { requireList } from "../errors.ts";
import { svd } from "../math/linalg/svd.ts";
import { Matrix } from "../math/matrix.ts";
import { moments } from "./gram.ts";
import {
  byKernel,
  byMoments,
  bySvd,
  type Centred,
  centre,
  interceptOf,
  type LeastSquaresProblem,
  type LeastSquaresSolution,
  sparseLeastSquares,
  weightedRows,
} from "./least-squares.ts";
import { LinearModel } from "./linear-model.ts";

const params = {
  alpha: real({
    min: 0,
    default: 1,
    doc: "L2 strength: alpha |coef|^2 is added to the summed squared error",
    search: { low: 1e-4, high: 1e4, scale: "log" },
  }),
  fitIntercept: bool({ default: true, doc: "Whether there is a constant term, which is never penalised" }),
  solver: oneOf(["auto", "cholesky", "svd"], {
    default: "auto",
    doc: "cholesky solves the normal equations (of the rows where those are fewer) and refuses where that would cost digits; svd decomposes the rows; auto takes cholesky where it can and svd elsewhere",
  }),
};

/**
 * Ridge regression: least squares with an L2 penalty on the coefficients, not on the intercept.
 *
 * Minimises `sum_i w_i (y_i - x_i coef - intercept)^2 + alpha |coef|^2`. A weight of k counts as k copies of the row.
 * Coefficients shrink with alpha and never become exactly zero; correlated columns share theirs. Sparse rows stay sparse
 * with solver "auto": conjugate gradients where they have more than 1,024 columns.
 *
 * @example
 * const model = new Ridge({ alpha: 2 }).fit([[-1], [0], [1]], [-1, 0, 1]);
 * model.coef[0]; // 0.5 = 2 / (2 + alpha)
 */
export class Ridge extends RegressorSpec<typeof params> {
  static readonly typeName = "Ridge";
  static readonly params = params;

  constructor(given: ParamInput<typeof params> = {}) {
    super(Ridge.typeName, params, given);
    if (this.params.alpha === Number.POSITIVE_INFINITY) {
      throw argumentError("Ridge", "alpha", this.params.alpha, "a finite number >= 0");
    }
  }

  static fromState(state: unknown): Ridge {
    return new Ridge(state as ParamInput<typeof params>);
  }

  override fit(X: MatrixLike, y: ArrayLike<number>, options: FitOptions = {}): RidgeModel {
    const where = "Ridge.fit";
    throwIfAborted(options.signal, where);
    const design = this.params.solver === "auto" ? readRows(X, where) : readDesign(X, where);
    const { matrix } = design;
    const { alpha, fitIntercept } = this.params;
    const problem = {
      y: readTarget(y, matrix.rows, where),
      weights: readWeights(options.sampleWeight, matrix.rows, where),
      fitIntercept,
      alpha,
      where,
    };
    const found =
      matrix instanceof Matrix
        ? this.solve({ ...problem, X: matrix })
        : sparseLeastSquares({ ...problem, X: matrix }, options);
    return new RidgeModel(schemaOf(design), found.coef, found.intercept);
  }

  private solve(problem: LeastSquaresProblem): LeastSquaresSolution {
    const { X, y, weights, fitIntercept, alpha, where } = problem;
    if (this.params.solver === "svd") return bySvd(centre(problem));
    if (X.cols > X.rows) {
      const centred = centre(problem);
      return (alpha > 0 ? byKernel(centred) : null) ?? this.otherwise(centred);
    }
    const m = moments(X, y, weights, fitIntercept, where);
    return byMoments(problem, m) ?? this.otherwise({ problem, ...m });
  }

  /** What happens where the normal equations would cost digits. */
  private otherwise(centred: Centred): LeastSquaresSolution {
    if (this.params.solver === "auto") return bySvd(centred);
    throw numericalError(
      centred.problem.where,
      'the normal equations are singular in floating point, so solver "cholesky" cannot solve them: raise alpha, or take solver "svd" or "auto"',
    );
  }
}

/** What {@link Ridge} learned. */
export class RidgeModel extends LinearModel {
  static readonly typeName = "RidgeModel";

  override toState(): unknown {
    return { schema: this.schema, coef: this.coef, intercept: this.intercept };
  }

  static fromState(state: unknown): RidgeModel {
    const s = state as { schema: Schema; coef: Float64Array; intercept: number };
    return new RidgeModel(s.schema, s.coef, s.intercept);
  }
}

/** Ridge solutions for many strengths. */
export interface RidgePath {
  readonly alphas: Float64Array;
  /** One row of coefficients per alpha. */
  readonly coefs: Matrix;
  readonly intercepts: Float64Array;
  /** Effective number of coefficients, sum s^2 / (s^2 + alpha) over the singular values. */
  readonly degreesOfFreedom: Float64Array;
}

/**
 * Ridge solutions for many strengths from one decomposition.
 *
 * @param alphas strengths >= 0
 * @example
 * const path = ridgePath([[-1], [0], [1]], [-1, 0, 1], [0, 2]);
 * path.coefs.col(0); // [1, 0.5]
 */
export function ridgePath(
  X: MatrixLike,
  y: ArrayLike<number>,
  alphas: ArrayLike<number>,
  options: Pick<FitOptions, "sampleWeight"> & { readonly fitIntercept?: boolean } = {},
): RidgePath {
  const where = "ridgePath";
  const { matrix } = readDesign(X, where);
  requireList(where, "alphas", alphas);
  const strengths = Float64Array.from(alphas);
  const bad = strengths.findIndex((a) => !(a >= 0 && a < Number.POSITIVE_INFINITY));
  if (bad >= 0) throw argumentError(where, `alphas[${bad}]`, strengths[bad], "a finite number >= 0");
  const centred = centre({
    X: matrix,
    y: readTarget(y, matrix.rows, where),
    weights: readWeights(options.sampleWeight, matrix.rows, where),
    fitIntercept: options.fitIntercept ?? true,
    alpha: 0,
    where,
  });
  const { A, b } = weightedRows(centred);
  const decomposed = svd(A);
  const { U, s, Vt } = decomposed;
  const rank = decomposed.rank();
  const ub = U.transposedMatVec(b);
  const coefs = Matrix.zeros(strengths.length, matrix.cols);
  const intercepts = new Float64Array(strengths.length);
  const degreesOfFreedom = new Float64Array(strengths.length);
  strengths.forEach((alpha, a) => {
    const coef = coefs.row(a);
    for (let k = 0; k < rank; k++) {
      const gain = s[k]! / (s[k]! * s[k]! + alpha);
      degreesOfFreedom[a] = degreesOfFreedom[a]! + gain * s[k]!;
      for (let j = 0; j < coef.length; j++) coef[j] = coef[j]! + gain * ub[k]! * Vt.at(k, j);
    }
    intercepts[a] = interceptOf(centred, coef);
  });
  return { alphas: strengths, coefs, intercepts, degreesOfFreedom };
}
