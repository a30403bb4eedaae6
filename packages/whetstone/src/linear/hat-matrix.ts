import { type MatrixLike, numericalError, readDesign, readTarget } from "../contract/index.ts";
import { svd } from "../math/linalg/svd.ts";
import { Matrix } from "../math/matrix.ts";
import { centre, weightedRows } from "./least-squares.ts";

/** The fit whose hat matrix it is. */
export interface HatOptions {
  /** Whether the fit has a constant term. Default true. */
  readonly fitIntercept?: boolean;
}

/**
 * The hat matrix H = X (X^T X)^-1 X^T of least squares (n x n): fitted values are H y. Symmetric, idempotent, trace =
 * rank. Columns that depend on each other are counted once.
 *
 * @example
 * hatMatrix([[0], [1], [2]]).at(0, 0); // 5/6
 */
export function hatMatrix(X: MatrixLike, options: HatOptions = {}): Matrix {
  const Q = orthonormalBasis(X, "hatMatrix", options);
  return Q.matmul(Q.transpose());
}

/**
 * Diagonal of the hat matrix, one entry per row, without forming it: how strongly a row pulls its own prediction.
 * Between 0 and 1; the sum is the rank.
 *
 * @example
 * leverages([[0], [1], [2]]); // [5/6, 1/3, 5/6]
 */
export function leverages(X: MatrixLike, options: HatOptions = {}): Float64Array {
  const Q = orthonormalBasis(X, "leverages", options);
  const out = new Float64Array(Q.rows);
  for (let i = 0; i < Q.rows; i++) for (const v of Q.row(i)) out[i] = out[i]! + v * v;
  return out;
}

/** What single rows do to a least-squares fit. */
export interface Influence {
  readonly residuals: Float64Array;
  readonly leverages: Float64Array;
  /** Residuals over their standard deviation, all rows in the estimate of the variance. */
  readonly studentized: Float64Array;
  /** Residuals over their standard deviation, the row itself left out of the estimate of the variance. */
  readonly externallyStudentized: Float64Array;
  /** Cook's distance: how far all predictions move when the row is left out. */
  readonly cooksDistance: Float64Array;
}

/**
 * Residuals, leverages and Cook's distances of a least-squares fit of y on X.
 *
 * Cook and Weisberg, Residuals and Influence in Regression (1982).
 *
 * @throws WhetstoneError "numerical" where there are not more rows than coefficients
 * @example
 * const found = influence([[0], [1], [2], [10]], [0, 1, 2, 4]);
 * found.leverages[3]; // 0.9648: the row far out pulls the line to itself
 */
export function influence(X: MatrixLike, y: ArrayLike<number>, options: HatOptions = {}): Influence {
  const where = "influence";
  const Q = orthonormalBasis(X, where, options);
  const n = Q.rows;
  const p = Q.cols;
  const target = readTarget(y, n, where);
  if (n <= p + 1) throw numericalError(where, `${n} rows are too few for ${p} coefficients and a variance`);
  const fitted = Q.matVec(Q.transposedMatVec(target));
  const residuals = target.map((v, i) => v - fitted[i]!);
  const h = new Float64Array(n);
  for (let i = 0; i < n; i++) for (const v of Q.row(i)) h[i] = h[i]! + v * v;
  const rss = residuals.reduce((a, r) => a + r * r, 0);
  const variance = rss / (n - p);
  const studentized = residuals.map((r, i) => r / Math.sqrt(variance * (1 - h[i]!)));
  const externallyStudentized = residuals.map((r, i) => {
    const without = (rss - (r * r) / (1 - h[i]!)) / (n - p - 1);
    return r / Math.sqrt(without * (1 - h[i]!));
  });
  const cooksDistance = studentized.map((t, i) => ((t * t) / p) * (h[i]! / (1 - h[i]!)));
  return { residuals, leverages: h, studentized, externallyStudentized, cooksDistance };
}

/** Orthonormal columns that span those of X (and the constant): n x rank. */
function orthonormalBasis(X: MatrixLike, where: string, { fitIntercept = true }: HatOptions): Matrix {
  const { matrix } = readDesign(X, where);
  const n = matrix.rows;
  const problem = { X: matrix, y: new Float64Array(n), weights: null, fitIntercept, alpha: 0, where };
  const { A } = weightedRows(centre(problem));
  // Columns of equal length, so that units do not decide about the rank.
  for (let j = 0; j < A.cols; j++) {
    const length = Math.sqrt(A.col(j).reduce((a, v) => a + v * v, 0)) || 1;
    for (let i = 0; i < n; i++) A.set(i, j, A.at(i, j) / length);
  }
  const found = svd(A);
  const rank = found.rank();
  const first = fitIntercept ? 1 : 0;
  const Q = Matrix.zeros(n, rank + first);
  for (let i = 0; i < n; i++) {
    if (fitIntercept) Q.set(i, 0, 1 / Math.sqrt(n));
    for (let k = 0; k < rank; k++) Q.set(i, first + k, found.U.at(i, k));
  }
  return Q;
}
