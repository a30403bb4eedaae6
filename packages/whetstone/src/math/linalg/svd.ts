import { argumentError } from "../../errors.ts";
import { Matrix } from "../matrix.ts";
import { bidiagonalise } from "./bidiagonal.ts";
import { bidiagonalSvd } from "./bidiagonal-divide.ts";
import { bidiagonalQr } from "./bidiagonal-qr.ts";
import { asFiniteMatrix, type DenseInput } from "./check.ts";
import { reverseRows } from "./eigh.ts";
import { applyReflectors, factorQr, type Reflectors } from "./householder.ts";
import { jacobiSvd } from "./jacobi-svd.ts";
import { type Allocate, gemm, transpose, workspace } from "./multiply.ts";

/** Up to this many columns (the smaller side) `"auto"` takes Jacobi: it is fast there and the most accurate. */
const JACOBI_SIZE = 24;
/** From this ratio of sides on, a QR factorisation first pays. */
const TALL = 1.4;

/** Algorithm of the singular value decomposition; see {@link SvdOptions}. */
export type SvdMethod = "auto" | "divide" | "jacobi";

/** Shape of the factors, and the algorithm. */
export interface SvdOptions {
  /** Square U (m x m) and Vt (n x n) instead of the thin ones. Default: false. */
  readonly full?: boolean;
  /**
   * `"divide"`: bidiagonalisation, then divide and conquer; fastest, errors relative to the largest singular
   * value. `"jacobi"`: one-sided Jacobi; each singular value to high relative accuracy where the entries of A
   * determine it (graded matrices). Default `"auto"`: Jacobi up to 24 columns (of the smaller side), else divide.
   */
  readonly method?: SvdMethod;
}

/** A = U diag(s) Vt; made by {@link svd}. */
export class Svd {
  /** Left singular vectors in columns: m x min(m, n), or m x m. */
  readonly U: Matrix;
  /** Singular values, descending, non-negative. */
  readonly s: Float64Array;
  /** Right singular vectors in rows: min(m, n) x n, or n x n. The entry largest in size of each row is positive. */
  readonly Vt: Matrix;

  constructor(U: Matrix, s: Float64Array, Vt: Matrix) {
    this.U = U;
    this.s = s;
    this.Vt = Vt;
  }

  /** Number of singular values above `tolerance` (default: max(m, n) * 2^-52 * s[0]). */
  rank(tolerance = defaultTolerance(this.U.rows, this.Vt.cols, this.s)): number {
    return countAbove(this.s, tolerance);
  }

  /** U diag(s) Vt from the first k singular triplets (default: all). */
  reconstruct(k = this.s.length): Matrix {
    if (!(Number.isInteger(k) && k >= 0 && k <= this.s.length)) {
      throw argumentError("Svd.reconstruct", "k", k, `a whole number from 0 to ${this.s.length}`);
    }
    const m = this.U.rows;
    const n = this.Vt.cols;
    const scaled = new Float64Array(m * k);
    for (let i = 0; i < m; i++) for (let j = 0; j < k; j++) scaled[i * k + j] = this.U.at(i, j) * this.s[j]!;
    const out = Matrix.zeros(m, n);
    gemm(false, false, m, n, k, 1, scaled, this.Vt.data.subarray(0, k * n), 0, out.data);
    return out;
  }
}

/**
 * Singular value decomposition (Golub & Van Loan, Matrix Computations, 8.6). Backward stable; the result is the
 * same on every run, signs included.
 *
 * @param A m x n, any shape, also with no rows or columns.
 *
 * @example
 * const { s, U, Vt } = svd([[3, 0], [0, -2], [0, 0]]);
 * s; // [3, 2]
 */
export function svd(A: DenseInput, options: SvdOptions = {}): Svd {
  const a = asFiniteMatrix("svd", "A", A);
  const { full = false } = options;
  const method = chooseMethod("svd", options.method, Math.min(a.rows, a.cols));
  const tall = a.rows >= a.cols;
  const m = tall ? a.rows : a.cols;
  const n = tall ? a.cols : a.rows;
  return workspace(m * (full ? m : n), (allocate) => {
    const work = allocate(m * n);
    if (tall) work.set(a.data);
    else transpose(a.data, n, m, work);
    const wide = full ? m : n;
    const { U, s, Vt } = tallSvd(m, n, work, wide, method, allocate);
    if (tall) return finish(m, wide, n, n, U.slice(), s, Vt.slice());
    const left = new Float64Array(n * n);
    transpose(Vt, n, n, left);
    const right = new Float64Array(wide * m);
    transpose(U, m, wide, right);
    return finish(n, n, wide, m, left, s, right);
  });
}

/**
 * Singular values alone, descending: faster than {@link svd}, and each to high relative accuracy with respect to the
 * bidiagonal form (all of A with `method: "jacobi"`).
 *
 * @example
 * svdvals([[3, 0], [4, 5]]); // [6.708..., 2.236...]
 */
export function svdvals(A: DenseInput, options: Pick<SvdOptions, "method"> = {}): Float64Array {
  return singularValues("svdvals", asFiniteMatrix("svdvals", "A", A), options.method);
}

/** Singular values of a checked matrix. */
export function singularValues(where: string, a: Matrix, asked?: SvdMethod): Float64Array {
  const method = chooseMethod(where, asked, Math.min(a.rows, a.cols));
  const tall = a.rows >= a.cols;
  const m = tall ? a.rows : a.cols;
  const n = tall ? a.cols : a.rows;
  return workspace(m * n, (allocate) => {
    let work = allocate(m * n);
    if (tall) work.set(a.data);
    else transpose(a.data, n, m, work);
    if (method === "jacobi") {
      sortRows(m, n, work);
      return jacobiSvd(where, m, n, work, false, allocate).s;
    }
    let rows = m;
    if (m > TALL * n) {
      factorQr(work, m, n, allocate);
      work = upperTriangle(work, n, allocate);
      rows = n;
    }
    const { d, e } = bidiagonalise(rows, n, work, allocate);
    bidiagonalQr(where, n, d, e);
    return d.sort().reverse();
  });
}

/** SVD of the m x n array with m >= n: U is m x wide (wide is n or m), Vt is n x n. */
function tallSvd(m: number, n: number, A: Float64Array, wide: number, method: SvdMethod, allocate: Allocate) {
  if (method === "jacobi") {
    const order = sortRows(m, n, A);
    const { s, U, Vt, Q } = jacobiSvd("svd", m, n, A, true, allocate);
    const sorted = embedAndApply(Q, n, U, m, wide, allocate);
    const out = allocate(m * wide);
    for (let i = 0; i < m; i++) out.set(sorted.subarray(i * wide, (i + 1) * wide), order[i]! * wide);
    return { U: out, s, Vt };
  }
  if (m > TALL * n) {
    const Q = factorQr(A, m, n, allocate);
    const core = divideSvd(n, n, upperTriangle(A, n, allocate), n, allocate);
    return { U: embedAndApply(Q, n, core.U, m, wide, allocate), s: core.s, Vt: core.Vt };
  }
  return divideSvd(m, n, A, wide, allocate);
}

function divideSvd(m: number, n: number, A: Float64Array, wide: number, allocate: Allocate) {
  const { d, e, left, right } = bidiagonalise(m, n, A, allocate);
  const uRows = allocate(n * n);
  const vRows = allocate(n * n);
  bidiagonalSvd("svd", n, d, e, uRows, vRows);
  reverseRows(n, n, d.slice(), uRows);
  reverseRows(n, n, d, vRows);
  const core = allocate(n * n);
  transpose(uRows, n, n, core);
  const U = embedAndApply(left, n, core, m, wide, allocate);
  // Vt = (P V)^T: the right reflectors act on the columns' side.
  transpose(vRows, n, n, core);
  applyReflectors(right, false, core, n);
  const Vt = vRows;
  transpose(core, n, n, Vt);
  return { U, s: d, Vt };
}

/**
 * Puts the rows of A in order of falling size and returns where they came from. With pivoted columns, the QR is then
 * accurate row by row (Cox & Higham 1998), so that badly scaled rows cost no small singular values.
 */
function sortRows(m: number, n: number, A: Float64Array): number[] {
  const sizes = new Float64Array(m);
  for (let i = 0; i < m; i++) {
    for (let at = i * n; at < i * n + n; at++) sizes[i] = Math.max(sizes[i]!, Math.abs(A[at]!));
  }
  const order = Array.from(sizes, (_, i) => i).sort((a, b) => sizes[b]! - sizes[a]! || a - b);
  const copy = A.slice(0, m * n);
  for (let i = 0; i < m; i++) A.set(copy.subarray(order[i]! * n, (order[i]! + 1) * n), i * n);
  return order;
}

/** Q times the m x wide matrix that has the n x n core in its corner and the identity after it. */
function embedAndApply(
  Q: Reflectors,
  n: number,
  core: Float64Array,
  m: number,
  wide: number,
  allocate: Allocate,
): Float64Array {
  const out = allocate(m * wide);
  for (let i = 0; i < n; i++) out.set(core.subarray(i * n, i * n + n), i * wide);
  for (let i = n; i < wide; i++) out[i * wide + i] = 1;
  applyReflectors(Q, false, out, wide);
  return out;
}

function upperTriangle(A: Float64Array, n: number, allocate: Allocate): Float64Array {
  const out = allocate(n * n);
  for (let i = 0; i < n; i++) for (let j = i; j < n; j++) out[i * n + j] = A[i * n + j]!;
  return out;
}

/** Fixes signs (U is m x p, Vt is q x n) and wraps. */
function finish(
  m: number,
  p: number,
  q: number,
  n: number,
  U: Float64Array,
  s: Float64Array,
  Vt: Float64Array,
): Svd {
  const shared = s.length;
  for (let i = 0; i < q; i++) {
    let best = 0;
    for (let at = i * n; at < i * n + n; at++) if (Math.abs(Vt[at]!) > Math.abs(best)) best = Vt[at]!;
    if (best >= 0) continue;
    for (let at = i * n; at < i * n + n; at++) Vt[at] = -Vt[at]!;
    if (i < shared) for (let at = i; at < m * p; at += p) U[at] = -U[at]!;
  }
  return new Svd(new Matrix(U, m, p), s, new Matrix(Vt, q, n));
}

function chooseMethod(where: string, method: SvdMethod = "auto", size: number): "divide" | "jacobi" {
  if (method !== "auto" && method !== "divide" && method !== "jacobi") {
    throw argumentError(where, "method", method, `"auto", "divide" or "jacobi"`);
  }
  if (method !== "auto") return method;
  return size <= JACOBI_SIZE ? "jacobi" : "divide";
}

/** max(m, n) * 2^-52 * s[0]: singular values up to here are noise of rounding. */
export function defaultTolerance(m: number, n: number, s: Float64Array): number {
  return s.length === 0 ? 0 : Math.max(m, n) * 2 ** -52 * s[0]!;
}

export function countAbove(s: Float64Array, tolerance: number): number {
  let count = 0;
  while (count < s.length && s[count]! > tolerance) count++;
  return count;
}
