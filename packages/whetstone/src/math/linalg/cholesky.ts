import { numericalError } from "../../errors.ts";
import { Matrix } from "../matrix.ts";
import { asColumns, asSymmetric, type DenseInput, type RightHandSide } from "./check.ts";
import { type Allocate, dotAt, gemm, gemmBlock, workspace } from "./multiply.ts";
import { triangularSolve } from "./triangular.ts";

const BLOCK = 32;

/** A = L L^T with L lower triangular; made by {@link cholesky}. */
export class Cholesky {
  /** Lower-triangular factor, zeros above the diagonal. */
  readonly L: Matrix;

  constructor(L: Matrix) {
    this.L = L;
  }

  /** Solves A x = b by two substitutions; b is n entries, or n x k. */
  solve(b: ArrayLike<number>): Float64Array;
  solve(b: Matrix): Matrix;
  solve(b: RightHandSide): Float64Array | Matrix;
  solve(b: RightHandSide): Float64Array | Matrix {
    const n = this.L.rows;
    const B = asColumns("Cholesky.solve", "b", b, n);
    triangularSolve(n, this.L.data, 0, n, true, false, false, B.data, B.count);
    triangularSolve(n, this.L.data, 0, n, true, true, false, B.data, B.count);
    return B.wrap(B.data, n);
  }

  /** L^-1 b: whitens b, so that its squared length is the Mahalanobis form b^T A^-1 b. */
  solveLower(b: ArrayLike<number>): Float64Array;
  solveLower(b: Matrix): Matrix;
  solveLower(b: RightHandSide): Float64Array | Matrix {
    const n = this.L.rows;
    const B = asColumns("Cholesky.solveLower", "b", b, n);
    triangularSolve(n, this.L.data, 0, n, true, false, false, B.data, B.count);
    return B.wrap(B.data, n);
  }

  /** A^-1 as L^-T L^-1. */
  inverse(): Matrix {
    const n = this.L.rows;
    const out = Matrix.zeros(n, n);
    workspace(n * n, (allocate) => {
      const L = allocate(n * n);
      L.set(this.L.data);
      const M = allocate(n * n);
      invertLower(n, L, M, allocate);
      const product = allocate(n * n);
      for (let start = 0; start < n; start += BLOCK) {
        const end = Math.min(n, start + BLOCK);
        // Rows start to end of L^-1 are zero from column `end` on.
        const at = start * n;
        gemmBlock(true, false, end, end, end - start, 1, M, at, n, M, at, n, product, 0, n);
      }
      out.data.set(product);
    });
    return out;
  }

  det(): number {
    let product = 1;
    for (const d of this.L.diag()) product *= d * d;
    return product;
  }

  /** Natural logarithm of the determinant; finite where the determinant itself would overflow. */
  logDet(): number {
    let sum = 0;
    for (const d of this.L.diag()) sum += Math.log(d);
    return 2 * sum;
  }

  /** L L^T, to compare with the matrix that was factored. */
  reconstruct(): Matrix {
    const n = this.L.rows;
    const out = Matrix.zeros(n, n);
    gemm(false, true, n, n, n, 1, this.L.data, this.L.data, 0, out.data);
    return out;
  }
}

/**
 * Cholesky factorisation of a symmetric positive definite matrix (blocked, left-looking).
 *
 * @param A n x n, symmetric to 1e-8 of its largest entry.
 * @throws if A is not positive definite; the sentence names the leading minor that failed and its pivot.
 *
 * @example
 * const { L } = cholesky([[4, 2], [2, 5]]);
 * L.toArray(); // [[2, 0], [1, 2]]
 */
export function cholesky(A: DenseInput): Cholesky {
  const a = asSymmetric("cholesky", "A", A);
  const n = a.rows;
  const failed = workspace(n * n, (allocate) => {
    const work = allocate(n * n);
    work.set(a.data);
    const pivot = factorCholesky(n, work);
    a.data.set(work);
    return pivot;
  });
  if (failed >= 0) {
    throw numericalError(
      "cholesky",
      `A is not positive definite: pivot ${failed} is ${a.data[failed * n + failed]} (the leading ${failed + 1} x ${failed + 1} block has no Cholesky factor); add a small multiple of the identity, or use eigh`,
    );
  }
  return new Cholesky(a);
}

/**
 * Overwrites A (lower triangle read) with L and zeros above it. Returns -1, or the index of the pivot that was
 * not positive, which is then left on the diagonal.
 */
export function factorCholesky(n: number, A: Float64Array): number {
  for (let j = 0; j < n; j += BLOCK) {
    const end = Math.min(n, j + BLOCK);
    const nb = end - j;
    // All rows from j on, less what the finished columns explain.
    gemmBlock(false, true, n - j, nb, j, -1, A, j * n, n, A, j * n, n, A, j * n + j, n);
    for (let i = j; i < end; i++) {
      for (let c = j; c < i; c++) {
        A[i * n + c] = (A[i * n + c]! - dotAt(c - j, A, i * n + j, A, c * n + j)) / A[c * n + c]!;
      }
      const pivot = A[i * n + i]! - dotAt(i - j, A, i * n + j, A, i * n + j);
      if (!(pivot > 0)) {
        A[i * n + i] = pivot;
        return i;
      }
      A[i * n + i] = Math.sqrt(pivot);
    }
    for (let i = end; i < n; i++) {
      for (let c = j; c < end; c++) {
        A[i * n + c] = (A[i * n + c]! - dotAt(c - j, A, i * n + j, A, c * n + j)) / A[c * n + c]!;
      }
    }
  }
  for (let i = 0; i < n; i++) A.fill(0, i * n + i + 1, i * n + n);
  return -1;
}

/** M = L^-1 for lower-triangular L, by blocks of rows; M comes as zeros. */
export function invertLower(n: number, L: Float64Array, M: Float64Array, allocate: Allocate): void {
  const D = allocate(BLOCK * BLOCK); // inverse of a block on the diagonal
  const T = allocate(BLOCK * n);
  for (let start = 0; start < n; start += BLOCK) {
    const size = Math.min(n - start, BLOCK);
    D.fill(0);
    for (let i = 0; i < size; i++) {
      const row = (start + i) * n + start;
      const d = L[row + i]!;
      for (let j = 0; j < i; j++) {
        let sum = 0;
        for (let p = j; p < i; p++) sum += L[row + p]! * D[p * size + j]!;
        D[i * size + j] = -sum / d;
      }
      D[i * size + i] = 1 / d;
      M.set(D.subarray(i * size, i * size + i + 1), row);
    }
    if (start === 0) continue;
    T.fill(0);
    gemmBlock(false, false, size, start, start, -1, L, start * n, n, M, 0, n, T, 0, start);
    gemmBlock(false, false, size, start, size, 1, D, 0, size, T, 0, start, M, start * n, n);
  }
}
