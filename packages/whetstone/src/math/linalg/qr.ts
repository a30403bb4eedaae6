import { argumentError, numericalError } from "../../errors.ts";
import { Matrix } from "../matrix.ts";
import { asColumns, asFiniteMatrix, type DenseInput, type RightHandSide } from "./check.ts";
import { factorPivotedQr, factorQr, formQ } from "./householder.ts";
import { gemm, workspace } from "./multiply.ts";
import { triangle, triangularSolve } from "./triangular.ts";

/** Shape of the factors, and whether columns are exchanged. */
export interface QrOptions {
  /** `"thin"` (default): Q is m x min(m, n), R min(m, n) x n. `"full"`: Q is m x m, R m x n. */
  readonly mode?: "thin" | "full";
  /** Column pivoting, which reveals the rank: the diagonal of R falls in size. Default: false. */
  readonly pivot?: boolean;
}

/** A P = Q R; made by {@link qr}. */
export class Qr {
  /** Orthonormal columns. */
  readonly Q: Matrix;
  /** Upper triangular. */
  readonly R: Matrix;
  /** Column j of Q R is column `permutation[j]` of A; 0, 1, 2, ... without pivoting. */
  readonly permutation: Int32Array;

  constructor(Q: Matrix, R: Matrix, permutation: Int32Array) {
    this.Q = Q;
    this.R = R;
    this.permutation = permutation;
  }

  /**
   * Number of diagonal entries of R above `tolerance` in size (default: max(m, n) * 2^-52 of the largest). Reliable
   * with `pivot: true` only.
   */
  rank(tolerance?: number): number {
    const sizes = this.R.diag().map(Math.abs);
    const largest = sizes.reduce((a, b) => Math.max(a, b), 0);
    const limit = tolerance ?? Math.max(this.Q.rows, this.R.cols) * 2 ** -52 * largest;
    return sizes.filter((v) => v > limit).length;
  }

  /** Least-squares solution of A x = b for A with full column rank (m >= n). */
  solve(b: ArrayLike<number>): Float64Array;
  solve(b: Matrix): Matrix;
  solve(b: RightHandSide): Float64Array | Matrix;
  solve(b: RightHandSide): Float64Array | Matrix {
    const { Q, R, permutation } = this;
    const n = R.cols;
    if (this.rank() < n || Q.rows < n) {
      throw numericalError(
        "Qr.solve",
        `the matrix has rank ${this.rank()}, less than its ${n} columns; use lstsq`,
      );
    }
    const B = asColumns("Qr.solve", "b", b, Q.rows);
    const k = B.count;
    const y = new Float64Array(Q.cols * k);
    gemm(true, false, Q.cols, k, Q.rows, 1, Q.data, B.data, 0, y);
    triangularSolve(n, R.data, 0, n, false, false, false, y, k);
    const x = new Float64Array(n * k);
    for (let j = 0; j < n; j++) x.set(y.subarray(j * k, j * k + k), permutation[j]! * k);
    return B.wrap(x, n);
  }

  /** Q R with the columns back in their places, to compare with the matrix that was factored. */
  reconstruct(): Matrix {
    const product = this.Q.matmul(this.R);
    const out = Matrix.zeros(product.rows, product.cols);
    for (let i = 0; i < out.rows; i++) {
      for (let j = 0; j < out.cols; j++) out.set(i, this.permutation[j]!, product.at(i, j));
    }
    return out;
  }
}

/**
 * QR factorisation by Householder reflections, blocked (Golub & Van Loan, Matrix Computations, 5.2), or with column
 * pivoting (5.4).
 *
 * @param A m x n, any shape.
 *
 * @example
 * const { Q, R } = qr([[3, 1], [4, 2]]);
 * Math.abs(R.at(0, 0)); // 5
 */
export function qr(A: DenseInput, options: QrOptions = {}): Qr {
  const a = asFiniteMatrix("qr", "A", A);
  const { mode = "thin", pivot = false } = options;
  if (mode !== "thin" && mode !== "full") throw argumentError("qr", "mode", mode, `"thin" or "full"`);
  const m = a.rows;
  const n = a.cols;
  const wide = mode === "full" ? m : Math.min(m, n);
  return workspace(m * Math.max(n, wide), (allocate) => {
    const work = allocate(m * n);
    work.set(a.data);
    const { reflectors, permutation } = pivot
      ? factorPivotedQr(work, m, n, allocate)
      : {
          reflectors: factorQr(work, m, n, allocate),
          permutation: Int32Array.from({ length: n }, (_, j) => j),
        };
    const Q = formQ(reflectors, wide, allocate).slice();
    return new Qr(
      new Matrix(Q, m, wide),
      new Matrix(triangle(work, wide, n, n, false), wide, n),
      permutation,
    );
  });
}
