import type { SparseMatrix } from "../math/sparse.ts";
import type { Moments } from "./gram.ts";
import type { LeastSquaresProblem } from "./least-squares.ts";

/** Weighted sums over the rows of a sparse matrix. */
export interface ColumnSums {
  /** Sum of the weights. */
  readonly total: number;
  readonly xSum: Float64Array;
  readonly xSquare: Float64Array;
}

/** Sums and means of a sparse problem. */
export interface SparseMeans extends ColumnSums {
  /** Weighted means; zeros without intercept. */
  readonly xMean: Float64Array;
  readonly yMean: number;
}

export function columnSums(X: SparseMatrix, weights: Float64Array | null): ColumnSums {
  const { values, indices, indptr, rows, cols } = X;
  const xSum = new Float64Array(cols);
  const xSquare = new Float64Array(cols);
  let total = 0;
  for (let i = 0; i < rows; i++) {
    const w = weights === null ? 1 : weights[i]!;
    total += w;
    for (let k = indptr[i]!; k < indptr[i + 1]!; k++) {
      const j = indices[k]!;
      xSum[j] = xSum[j]! + w * values[k]!;
      xSquare[j] = xSquare[j]! + w * values[k]! * values[k]!;
    }
  }
  return { total, xSum, xSquare };
}

export function sparseMeans({ X, y, weights, fitIntercept }: LeastSquaresProblem<SparseMatrix>): SparseMeans {
  const sums = columnSums(X, weights);
  let ySum = 0;
  for (let i = 0; i < X.rows; i++) ySum += (weights === null ? 1 : weights[i]!) * y[i]!;
  const share = fitIntercept ? 1 / sums.total : 0;
  return { ...sums, xMean: sums.xSum.map((v) => v * share), yMean: ySum * share };
}

/** As {@link moments}: inner products of what the rows store, less those of the means. */
export function sparseMoments(problem: LeastSquaresProblem<SparseMatrix>): Moments {
  const { X, y, weights } = problem;
  const { values, indices, indptr, rows, cols: d } = X;
  const { total, xMean, yMean } = sparseMeans(problem);
  const xx = new Float64Array(d * d);
  const xy = new Float64Array(d);
  let yy = 0;
  for (let i = 0; i < rows; i++) {
    const w = weights === null ? 1 : weights[i]!;
    const t = y[i]! - yMean;
    yy += w * t * t;
    for (let k = indptr[i]!; k < indptr[i + 1]!; k++) {
      const v = w * values[k]!;
      const at = indices[k]! * d;
      xy[indices[k]!] = xy[indices[k]!]! + v * t;
      // Columns ascend within a row: this fills the lower triangle.
      for (let l = indptr[i]!; l <= k; l++) xx[at + indices[l]!] = xx[at + indices[l]!]! + v * values[l]!;
    }
  }
  for (let a = 0; a < d; a++) {
    for (let b = 0; b <= a; b++) {
      const v = xx[a * d + b]! - total * xMean[a]! * xMean[b]!;
      // What is left of a constant column is rounding error.
      xx[a * d + b] = a === b && v < 1e-13 * xx[a * d + a]! ? 0 : v;
      xx[b * d + a] = xx[a * d + b]!;
    }
  }
  return { total, xMean, yMean, xx, xy, yy };
}
