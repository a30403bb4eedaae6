import { Matrix } from "../math/matrix.ts";
import type { SparseMatrix } from "../math/sparse.ts";
import { centre, interceptOf, type LeastSquaresProblem, weightedRows } from "./least-squares.ts";
import { sparseMeans } from "./sparse-moments.ts";

/** Columns a_j of A beside the residual r = b - A w that coordinate descent keeps. */
export interface ResidualColumns {
  readonly n: number;
  readonly d: number;
  /** a_j . a_j */
  readonly squares: Float64Array;
  /** Sets r = b - A w. */
  reset(w: Float64Array): void;
  /** a_j . r */
  dot(j: number): number;
  /** r += step a_j */
  move(j: number, step: number): void;
  /** r . r and r . b */
  products(): { readonly rr: number; readonly rb: number };
}

/** A problem as centred, weighted columns, with what goes back to the columns as given. */
export interface ColumnProblem {
  readonly columns: ResidualColumns;
  /** Sum of the weights. */
  readonly total: number;
  /** b . b */
  readonly yy: number;
  /** A^T b */
  readonly xy: Float64Array;
  interceptOf(w: Float64Array): number;
}

/** Centres and weights the rows; sparse ones stay sparse, with the means kept beside them. */
export function columnProblem(problem: LeastSquaresProblem<Matrix | SparseMatrix>): ColumnProblem {
  const { X, weights } = problem;
  if (!(X instanceof Matrix)) return sparseColumns({ ...problem, X });
  const centred = centre({ ...problem, X });
  const { A, b } = weightedRows(centred);
  return {
    columns: denseColumns(A.transpose().data, A.rows, A.cols, b),
    total: weights ? weights.reduce((sum, w) => sum + w, 0) : A.rows,
    yy: b.reduce((sum, v) => sum + v * v, 0),
    xy: A.transposedMatVec(b),
    interceptOf: (w) => interceptOf(centred, w),
  };
}

/** @param data columns one after another, each n long */
export function denseColumns(data: Float64Array, n: number, d: number, b: Float64Array): ResidualColumns {
  const r = b.slice();
  const squares = new Float64Array(d);
  for (let j = 0, at = 0; j < d; j++) {
    for (let i = 0; i < n; i++, at++) squares[j] = squares[j]! + data[at]! * data[at]!;
  }
  return {
    n,
    d,
    squares,
    reset(w) {
      r.set(b);
      for (let j = 0, at = 0; j < d; j++, at += n) {
        if (w[j] !== 0) for (let i = 0; i < n; i++) r[i] = r[i]! - data[at + i]! * w[j]!;
      }
    },
    dot(j) {
      const at = j * n;
      let sum = 0;
      for (let i = 0; i < n; i++) sum += data[at + i]! * r[i]!;
      return sum;
    },
    move(j, step) {
      const at = j * n;
      for (let i = 0; i < n; i++) r[i] = r[i]! + step * data[at + i]!;
    },
    products() {
      let rr = 0;
      let rb = 0;
      for (let i = 0; i < n; i++) {
        rr += r[i]! * r[i]!;
        rb += r[i]! * b[i]!;
      }
      return { rr, rb };
    },
  };
}

/**
 * Columns root(w_i) (x_ij - mean_j) that are never formed: the residual of row i is root(w_i) (r_i + offset), and a step of
 * one column changes r where the column stores something, and the offset for all. Centred residuals sum to zero, so that a
 * column's mean does not meet them.
 */
function sparseColumns(problem: LeastSquaresProblem<SparseMatrix>): ColumnProblem {
  const { X, y, weights } = problem;
  const means = sparseMeans(problem);
  const { total, xMean, yMean, xSum, xSquare } = means;
  const [n, d] = [X.rows, X.cols];
  const { values, indices: rowOf, indptr } = X.transpose();
  const weight = (i: number): number => (weights === null ? 1 : weights[i]!);
  const b = y.map((v) => v - yMean);
  const r = b.slice();
  let offset = 0;
  // What is left of a constant column is rounding error.
  const squares = xSquare.map((v, j) => {
    const spread = v - total * xMean[j]! * xMean[j]!;
    return spread > 1e-13 * v ? spread : 0;
  });
  const columns: ResidualColumns = {
    n,
    d,
    squares,
    reset(w) {
      r.set(b);
      offset = 0;
      for (let j = 0; j < d; j++) if (w[j] !== 0) columns.move(j, -w[j]!);
    },
    dot(j) {
      let sum = 0;
      for (let k = indptr[j]!; k < indptr[j + 1]!; k++) {
        const i = rowOf[k]!;
        sum += weight(i) * values[k]! * r[i]!;
      }
      return sum + offset * xSum[j]!;
    },
    move(j, step) {
      for (let k = indptr[j]!; k < indptr[j + 1]!; k++) {
        const i = rowOf[k]!;
        r[i] = r[i]! + step * values[k]!;
      }
      offset -= step * xMean[j]!;
    },
    products() {
      let rr = 0;
      let rb = 0;
      for (let i = 0; i < n; i++) {
        const v = r[i]! + offset;
        rr += weight(i) * v * v;
        rb += weight(i) * v * b[i]!;
      }
      return { rr, rb };
    },
  };
  return {
    columns,
    total,
    yy: columns.products().rr,
    xy: Float64Array.from({ length: d }, (_, j) => columns.dot(j)),
    interceptOf: (w) => interceptOf(means, w),
  };
}
