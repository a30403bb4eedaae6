import { numericalError } from "../../errors.ts";
import type { Matrix } from "../matrix.ts";
import { asColumns, asSquare, type DenseInput, type RightHandSide } from "./check.ts";
import { axpyAt, dotAt, gemmBlock } from "./multiply.ts";

const BLOCK = 48;

/**
 * X = op(T)^-1 B in place for the n x n triangular block of T that starts at `tAt`; B is n x k and contiguous.
 * Only the named triangle of T is read.
 */
export function triangularSolve(
  n: number,
  T: Float64Array,
  tAt: number,
  ldt: number,
  lower: boolean,
  transpose: boolean,
  unit: boolean,
  B: Float64Array,
  k: number,
): void {
  const forward = lower !== transpose;
  const blocks = Math.ceil(n / BLOCK);
  for (let step = 0; step < blocks; step++) {
    const start = (forward ? step : blocks - 1 - step) * BLOCK;
    const end = Math.min(n, start + BLOCK);
    const size = end - start;
    for (let s = 0; s < size; s++) {
      const i = forward ? start + s : end - 1 - s;
      if (!transpose && k === 1) {
        // One right-hand side, rows of T contiguous: a dot product.
        const from = forward ? start : i + 1;
        const length = forward ? i - start : end - i - 1;
        B[i] = B[i]! - dotAt(length, T, tAt + i * ldt + from, B, from);
      } else {
        const from = forward ? start : i + 1;
        const to = forward ? i : end;
        for (let p = from; p < to; p++) {
          const t = transpose ? T[tAt + p * ldt + i]! : T[tAt + i * ldt + p]!;
          if (t !== 0) axpyAt(k, -t, B, p * k, B, i * k);
        }
      }
      if (!unit) {
        const d = T[tAt + i * ldt + i]!;
        for (let j = i * k; j < i * k + k; j++) B[j] = B[j]! / d;
      }
    }
    const from = forward ? end : 0;
    const rows = forward ? n - end : start;
    if (rows === 0) continue;
    const at = transpose ? tAt + start * ldt + from : tAt + from * ldt + start;
    gemmBlock(transpose, false, rows, k, size, -1, T, at, ldt, B, start * k, k, B, from * k, k);
  }
}

/** Which triangle is meant, and which of its systems is solved. */
export interface SolveTriangularOptions {
  /** Which triangle of A holds the numbers; the other is not read. Default: upper. */
  readonly lower?: boolean;
  /** Solve A^T x = b instead. Default: false. */
  readonly transpose?: boolean;
  /** Take the diagonal as ones, whatever is stored there. Default: false. */
  readonly unitDiagonal?: boolean;
}

/**
 * Solves A x = b for triangular A by substitution.
 *
 * @param A n x n; only the triangle named by `lower` is used.
 * @param b n entries, or n x k for k systems at once.
 * @returns x in the form of b.
 * @throws if a diagonal entry is zero.
 *
 * @example
 * solveTriangular([[2, 1], [0, 4]], [4, 8]); // [1, 2]
 */
export function solveTriangular(
  A: DenseInput,
  b: ArrayLike<number>,
  options?: SolveTriangularOptions,
): Float64Array;
export function solveTriangular(A: DenseInput, b: Matrix, options?: SolveTriangularOptions): Matrix;
export function solveTriangular(
  A: DenseInput,
  b: RightHandSide,
  options: SolveTriangularOptions = {},
): Float64Array | Matrix {
  const where = "solveTriangular";
  const T = asSquare(where, "A", A);
  const n = T.rows;
  const { lower = false, transpose = false, unitDiagonal = false } = options;
  const B = asColumns(where, "b", b, n);
  if (!unitDiagonal) {
    for (let i = 0; i < n; i++) {
      if (T.at(i, i) === 0) throw numericalError(where, `A is singular: its diagonal entry ${i} is 0`);
    }
  }
  triangularSolve(n, T.data, 0, n, lower, transpose, unitDiagonal, B.data, B.count);
  return B.wrap(B.data, n);
}

/** The n x n upper or lower triangle of a row-major array with `ld` columns, as a full array with zeros. */
export function triangle(
  A: Float64Array,
  rows: number,
  cols: number,
  ld: number,
  lower: boolean,
): Float64Array {
  const out = new Float64Array(rows * cols);
  for (let i = 0; i < rows; i++) {
    const from = lower ? 0 : Math.min(i, cols);
    const to = lower ? Math.min(i + 1, cols) : cols;
    for (let j = from; j < to; j++) out[i * cols + j] = A[i * ld + j]!;
  }
  return out;
}
