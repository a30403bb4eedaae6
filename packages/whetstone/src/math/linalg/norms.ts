import { argumentError } from "../../errors.ts";
import { Matrix } from "../matrix.ts";
import { asFiniteMatrix, asSquare, type DenseInput } from "./check.ts";
import { gemm, norm2At } from "./multiply.ts";
import { countAbove, defaultTolerance, singularValues, svd } from "./svd.ts";

/** `"fro"`: root of the sum of squares; 1 and `"inf"`: largest column and row sum; 2: largest singular value; `"nuclear"`: sum of the singular values; `"max"`: largest entry in size. */
export type MatrixNorm = "fro" | 1 | 2 | "inf" | "nuclear" | "max";

/**
 * Norm of a matrix. Default: Frobenius.
 *
 * @example
 * norm([[3, 0], [0, 4]]); // 5
 * norm([[3, 0], [0, 4]], 2); // 4
 */
export function norm(A: DenseInput, kind: MatrixNorm = "fro"): number {
  return matrixNorm("norm", asFiniteMatrix("norm", "A", A), kind);
}

function matrixNorm(where: string, a: Matrix, kind: MatrixNorm): number {
  switch (kind) {
    case "fro":
      return norm2At(a.data.length, a.data, 0);
    case 1: {
      return a
        .map(Math.abs)
        .columnSums()
        .reduce((x, y) => Math.max(x, y), 0);
    }
    case "inf":
      return a
        .map(Math.abs)
        .rowSums()
        .reduce((x, y) => Math.max(x, y), 0);
    case 2:
      return singularValues(where, a)[0] ?? 0;
    case "nuclear":
      return singularValues(where, a).reduce((x, y) => x + y, 0);
    case "max":
      return a.data.reduce((x, y) => Math.max(x, Math.abs(y)), 0);
    default:
      throw argumentError(where, "kind", kind, `"fro", 1, 2, "inf", "nuclear" or "max"`);
  }
}

/**
 * Condition number. With 2 (default): largest over smallest singular value, for any shape; with the other norms
 * |A| |A^-1| for square A. Infinity for a singular matrix.
 *
 * @example
 * cond([[1, 0], [0, 1e-3]]); // 1000
 */
export function cond(A: DenseInput, kind: MatrixNorm = 2): number {
  if (kind === 2) {
    const s = singularValues("cond", asFiniteMatrix("cond", "A", A));
    if (s.length === 0) return 0;
    const smallest = s[s.length - 1]!;
    return smallest === 0 ? Number.POSITIVE_INFINITY : s[0]! / smallest;
  }
  const a = asSquare("cond", "A", A);
  const { U, s, Vt } = svd(a);
  if (s.length > 0 && s[s.length - 1] === 0) return Number.POSITIVE_INFINITY;
  return matrixNorm("cond", a, kind) * matrixNorm("cond", pinvOf(U, s, Vt, 0), kind);
}

/**
 * Numerical rank: singular values above `tolerance` (default: max(m, n) * 2^-52 times the largest).
 *
 * @example
 * rank([[1, 2], [2, 4]]); // 1
 */
export function rank(A: DenseInput, tolerance?: number): number {
  const a = asFiniteMatrix("rank", "A", A);
  if (tolerance !== undefined && !(tolerance >= 0)) {
    throw argumentError("rank", "tolerance", tolerance, "a number >= 0");
  }
  const s = singularValues("rank", a);
  return countAbove(s, tolerance ?? defaultTolerance(a.rows, a.cols, s));
}

/**
 * Moore-Penrose pseudo-inverse V diag(1 / s) U^T; singular values up to `rcond` times the largest count as zero.
 * `pinv(A)` times b is the least-squares solution of least length.
 *
 * @param rcond default: max(m, n) * 2^-52.
 * @returns n x m.
 *
 * @example
 * pinv([[2, 0], [0, 0]]).toArray(); // [[0.5, 0], [0, 0]]
 */
export function pinv(A: DenseInput, options: { readonly rcond?: number } = {}): Matrix {
  const a = asFiniteMatrix("pinv", "A", A);
  const { rcond = Math.max(a.rows, a.cols) * 2 ** -52 } = options;
  if (!(rcond >= 0)) throw argumentError("pinv", "rcond", rcond, "a number >= 0");
  const { U, s, Vt } = svd(a);
  return pinvOf(U, s, Vt, rcond * (s[0] ?? 0));
}

function pinvOf(U: Matrix, s: Float64Array, Vt: Matrix, limit: number): Matrix {
  const [m, n, r] = [U.rows, Vt.cols, s.length];
  const scaled = new Float64Array(r * n);
  for (let i = 0; i < r; i++) {
    const factor = s[i]! > limit ? 1 / s[i]! : 0;
    if (factor > 0) for (let j = 0; j < n; j++) scaled[i * n + j] = Vt.at(i, j) * factor;
  }
  const out = Matrix.zeros(n, m);
  gemm(true, true, n, m, r, 1, scaled, U.data, 0, out.data);
  return out;
}

/**
 * Orthonormal basis of the vectors that A maps to zero, in columns: n x (n - rank).
 *
 * @param rcond singular values up to `rcond` times the largest count as zero. Default: max(m, n) * 2^-52.
 *
 * @example
 * nullSpace([[1, 1]]).cols; // 1
 */
export function nullSpace(A: DenseInput, options: { readonly rcond?: number } = {}): Matrix {
  const a = asFiniteMatrix("nullSpace", "A", A);
  const { rcond = Math.max(a.rows, a.cols) * 2 ** -52 } = options;
  if (!(rcond >= 0)) throw argumentError("nullSpace", "rcond", rcond, "a number >= 0");
  const { s, Vt } = svd(a, { full: true });
  const from = countAbove(s, rcond * (s[0] ?? 0));
  const kept = Vt.cols - from;
  const rows = new Matrix(Vt.data.slice(from * Vt.cols), kept, Vt.cols);
  return rows.transpose();
}
