import { argumentError, numericalError } from "../../errors.ts";
import { Matrix } from "../matrix.ts";
import { asColumns, asFiniteMatrix, asSquare, type DenseInput, type RightHandSide } from "./check.ts";
import { factorCholesky } from "./cholesky.ts";
import { applyReflectors, factorQr } from "./householder.ts";
import { lu } from "./lu.ts";
import { gemm, workspace } from "./multiply.ts";
import { defaultTolerance, svd } from "./svd.ts";
import { triangularSolve } from "./triangular.ts";

/** What is known of A. */
export interface SolveOptions {
  /**
   * `"general"` (default): LU with partial pivoting. `"positive-definite"`: Cholesky, half the work, and an error if
   * A is not positive definite; only the lower triangle of A is read.
   */
  readonly structure?: "general" | "positive-definite";
}

/**
 * Solves A x = b for square A.
 *
 * @param A n x n.
 * @param b n entries, or n x k for k systems at once.
 * @returns x in the form of b.
 * @throws if A is singular, or not positive definite where that was promised.
 *
 * @example
 * solve([[2, 1], [1, 3]], [3, 5]); // [0.8, 1.4]
 */
export function solve(A: DenseInput, b: ArrayLike<number>, options?: SolveOptions): Float64Array;
export function solve(A: DenseInput, b: Matrix, options?: SolveOptions): Matrix;
export function solve(A: DenseInput, b: RightHandSide, options: SolveOptions = {}): Float64Array | Matrix {
  const { structure = "general" } = options;
  const a = asSquare("solve", "A", A);
  const n = a.rows;
  const B = asColumns("solve", "b", b, n);
  if (structure === "positive-definite") {
    workspace(n * n, (allocate) => {
      const L = allocate(n * n);
      L.set(a.data);
      const failed = factorCholesky(n, L);
      if (failed >= 0) {
        throw numericalError(
          "solve",
          `A is not positive definite: pivot ${failed} is ${L[failed * n + failed]}`,
        );
      }
      triangularSolve(n, L, 0, n, true, false, false, B.data, B.count);
      triangularSolve(n, L, 0, n, true, true, false, B.data, B.count);
    });
    return B.wrap(B.data, n);
  }
  if (structure !== "general") {
    throw argumentError("solve", "structure", structure, `"general" or "positive-definite"`);
  }
  const factors = lu(a);
  const zero = factors.packed.diag().indexOf(0);
  if (zero >= 0) throw numericalError("solve", `A is singular: pivot ${zero} is 0; use lstsq or pinv`);
  const x = factors.solve(new Matrix(B.data, n, B.count));
  return B.wrap(x.data, n);
}

/**
 * Inverse of a square matrix. To solve systems, {@link solve} is faster and more accurate.
 *
 * @example
 * inverse([[2, 0], [0, 4]]).toArray(); // [[0.5, 0], [0, 0.25]]
 */
export function inverse(A: DenseInput): Matrix {
  const factors = lu(asSquare("inverse", "A", A));
  const zero = factors.packed.diag().indexOf(0);
  if (zero >= 0) throw numericalError("inverse", `A is singular: pivot ${zero} is 0; use pinv`);
  return factors.inverse();
}

/**
 * Determinant by LU; 1 for a 0 x 0 matrix. Overflows and underflows where {@link slogdet} does not.
 *
 * @example
 * det([[1, 2], [3, 4]]); // -2
 */
export function det(A: DenseInput): number {
  return lu(asSquare("det", "A", A)).det();
}

/**
 * Sign and logarithm of the size of the determinant: det = sign * exp(logAbs). A singular matrix gives sign 0 and
 * logAbs -Infinity.
 *
 * @example
 * slogdet([[0, 1], [1, 0]]); // { sign: -1, logAbs: 0 }
 */
export function slogdet(A: DenseInput): { sign: number; logAbs: number } {
  return lu(asSquare("slogdet", "A", A)).slogdet();
}

/** How least squares are solved, and what counts as rank. */
export interface LstsqOptions {
  /**
   * `"svd"` (default) answers for every A, with the solution of least length where several fit equally well. `"qr"`
   * is faster and asks for full column rank.
   */
  readonly method?: "svd" | "qr";
  /** Singular values up to `rcond` times the largest count as zero. Default: max(m, n) * 2^-52. */
  readonly rcond?: number;
}

/** Solution of a least-squares problem, with what it says of A. */
export interface LstsqResult<X> {
  /** Minimiser of |A x - b|, in the form of b (n entries, or n x k). */
  readonly x: X;
  /** Numerical rank of A. */
  readonly rank: number;
  /** |A x - b|^2, one for each column of b. */
  readonly residuals: Float64Array;
  /** Singular values of A, descending; empty with `method: "qr"`. */
  readonly singularValues: Float64Array;
}

/**
 * Least squares: x that minimises |A x - b| (Golub & Van Loan, Matrix Computations, 5.3 and 5.5).
 *
 * @param A m x n, any shape and rank.
 * @param b m entries, or m x k.
 * @throws with `method: "qr"`, if A has not full column rank.
 *
 * @example
 * lstsq([[1, 0], [1, 1], [1, 2]], [1, 2, 3]).x; // [1, 1]
 */
export function lstsq(A: DenseInput, b: ArrayLike<number>, options?: LstsqOptions): LstsqResult<Float64Array>;
export function lstsq(A: DenseInput, b: Matrix, options?: LstsqOptions): LstsqResult<Matrix>;
export function lstsq(
  A: DenseInput,
  b: RightHandSide,
  options: LstsqOptions = {},
): LstsqResult<Float64Array | Matrix> {
  const a = asFiniteMatrix("lstsq", "A", A);
  const { method = "svd", rcond } = options;
  if (rcond !== undefined && !(rcond >= 0)) throw argumentError("lstsq", "rcond", rcond, "a number >= 0");
  const B = asColumns("lstsq", "b", b, a.rows);
  const k = B.count;
  const { x, rank, singularValues } =
    method === "svd"
      ? bySvd(a, B.data, k, rcond)
      : method === "qr"
        ? byQr(a, B.data, k, rcond)
        : unknown(method);
  const fitted = new Float64Array(a.rows * k);
  gemm(false, false, a.rows, k, a.cols, 1, a.data, x, 0, fitted);
  const residuals = new Float64Array(k);
  for (let i = 0; i < a.rows; i++) {
    for (let j = 0; j < k; j++) residuals[j] = residuals[j]! + (B.data[i * k + j]! - fitted[i * k + j]!) ** 2;
  }
  return { x: B.wrap(x, a.cols), rank, residuals, singularValues };
}

function unknown(method: never): never {
  throw argumentError("lstsq", "method", method, `"svd" or "qr"`);
}

interface Solution {
  x: Float64Array;
  rank: number;
  singularValues: Float64Array;
}

function bySvd(a: Matrix, b: Float64Array, k: number, rcond?: number): Solution {
  const { U, s, Vt } = svd(a);
  const limit = rcond === undefined ? defaultTolerance(a.rows, a.cols, s) : rcond * (s[0] ?? 0);
  const r = s.length;
  const c = new Float64Array(r * k);
  gemm(true, false, r, k, a.rows, 1, U.data, b, 0, c);
  let rank = 0;
  for (let i = 0; i < r; i++) {
    const keep = s[i]! > limit;
    if (keep) rank++;
    for (let j = i * k; j < i * k + k; j++) c[j] = keep ? c[j]! / s[i]! : 0;
  }
  const x = new Float64Array(a.cols * k);
  gemm(true, false, a.cols, k, r, 1, Vt.data, c, 0, x);
  return { x, rank, singularValues: s };
}

function byQr(a: Matrix, b: Float64Array, k: number, rcond?: number): Solution {
  const m = a.rows;
  const n = a.cols;
  return workspace(m * n, (allocate) => {
    const R = allocate(m * n);
    R.set(a.data);
    const Q = factorQr(R, m, n, allocate);
    let largest = 0;
    for (let j = 0; j < Q.count; j++) largest = Math.max(largest, Math.abs(R[j * n + j]!));
    const limit = (rcond ?? Math.max(m, n) * 2 ** -52) * largest;
    for (let j = 0; j < n; j++) {
      if (j >= Q.count || !(Math.abs(R[j * n + j]!) > limit)) {
        throw numericalError(
          "lstsq",
          `A has not full column rank (column ${j} depends on those before it); use method "svd"`,
        );
      }
    }
    const y = allocate(m * k);
    y.set(b);
    applyReflectors(Q, true, y, k);
    triangularSolve(n, R, 0, n, false, false, false, y, k);
    return { x: y.slice(0, n * k), rank: n, singularValues: new Float64Array(0) };
  });
}
