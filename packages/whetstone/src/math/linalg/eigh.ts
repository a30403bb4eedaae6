import { argumentError } from "../../errors.ts";
import { Matrix } from "../matrix.ts";
import { asSymmetric, type DenseInput } from "./check.ts";
import { applyReflectors } from "./householder.ts";
import { gemm, transpose, workspace } from "./multiply.ts";
import { tridiagonalEigen } from "./symmetric-divide.ts";
import { tridiagonalise } from "./tridiagonal.ts";
import { tridiagonalVectors } from "./tridiagonal-vectors.ts";

/** A = V diag(values) V^T; made by {@link eigh}. */
export class Eigh {
  /** Eigenvalues in the order asked for. */
  readonly values: Float64Array;
  /** n x n, or n x `count`: eigenvector j in column j, orthonormal, the entry largest in size positive. */
  readonly vectors: Matrix;

  constructor(values: Float64Array, vectors: Matrix) {
    this.values = values;
    this.vectors = vectors;
  }

  /** V diag(values) V^T, to compare with the matrix that was decomposed. */
  reconstruct(): Matrix {
    return this.apply((v) => v);
  }

  /** The matrix function V diag(f(values)) V^T. */
  apply(f: (value: number) => number): Matrix {
    const { rows: n, cols: count } = this.vectors;
    const scaled = this.vectors.clone();
    const mapped = this.values.map((v) => f(v));
    for (let i = 0; i < n; i++)
      for (let j = 0; j < count; j++) scaled.data[i * count + j] = scaled.data[i * count + j]! * mapped[j]!;
    const out = Matrix.zeros(n, n);
    gemm(false, true, n, n, count, 1, scaled.data, this.vectors.data, 0, out.data);
    return out;
  }
}

/** Which end of the spectrum comes first. */
export interface EighOptions {
  /** Order of the eigenvalues. Default: `"descending"`. */
  readonly order?: "descending" | "ascending";
}

/** {@link EighOptions}, and how many eigenvectors are wanted. */
export interface EighVectorOptions extends EighOptions {
  /** Only the first so many pairs in that order, which takes about half the time where they are few. Default: all n. */
  readonly count?: number;
}

/**
 * Eigenvalues and orthonormal eigenvectors of a symmetric matrix: Householder tridiagonalisation, then divide
 * and conquer (Golub & Van Loan, Matrix Computations, 8.3 and 8.4). Backward stable.
 *
 * @param A n x n, symmetric to 1e-8 of its largest entry.
 *
 * @example
 * const { values, vectors } = eigh([[2, 1], [1, 2]]);
 * values; // [3, 1]
 * vectors.col(0); // [0.7071..., 0.7071...]
 */
export function eigh(A: DenseInput, options: EighVectorOptions = {}): Eigh {
  const a = asSymmetric("eigh", "A", A);
  const descending = isDescending("eigh", options);
  const n = a.rows;
  const { count = n } = options;
  if (!(Number.isInteger(count) && count >= 0 && count <= n))
    throw argumentError("eigh", "count", count, `a whole number from 0 to ${n}, the rows of A`);
  return workspace(n * n, (allocate) => {
    const work = allocate(n * n);
    work.set(a.data);
    const { d, e, Q } = tridiagonalise(n, work, allocate);
    const rows = allocate(n * n);
    const values = (count <= FEW * n && firstPairs(n, d, e, count, descending, rows)) || d;
    if (values === d) {
      rows.fill(0);
      tridiagonalEigen("eigh", n, d, e, rows);
      if (descending) reverseRows(n, n, d, rows);
    }
    const vectors = work.subarray(0, n * count);
    transpose(rows, count, n, vectors);
    applyReflectors(Q, false, vectors, count);
    fixColumnSigns(n, count, vectors);
    return new Eigh(values.slice(0, count), new Matrix(vectors.slice(), n, count));
  });
}

/** Pairs beyond this share of all are not few: dividing and conquering is then faster. */
const FEW = 0.25;

/** The first pairs of a tridiagonal matrix, vectors as rows; null where they cannot be proved to be right. */
function firstPairs(
  n: number,
  d: Float64Array,
  e: Float64Array,
  count: number,
  descending: boolean,
  rows: Float64Array,
): Float64Array | null {
  const all = d.slice();
  tridiagonalEigen("eigh", n, all, e.slice());
  const values = (descending ? all.reverse() : all).slice(0, count);
  return tridiagonalVectors(n, d, e, values, rows) ? values : null;
}

/**
 * Eigenvalues of a symmetric matrix, without the vectors (faster than {@link eigh}).
 *
 * @example
 * eighvals([[2, 1], [1, 2]]); // [3, 1]
 */
export function eighvals(A: DenseInput, options: EighOptions = {}): Float64Array {
  const a = asSymmetric("eighvals", "A", A);
  const descending = isDescending("eighvals", options);
  const n = a.rows;
  return workspace(n * n, (allocate) => {
    const work = allocate(n * n);
    work.set(a.data);
    const { d, e } = tridiagonalise(n, work, allocate);
    tridiagonalEigen("eighvals", n, d, e);
    return descending ? d.reverse() : d;
  });
}

function isDescending(where: string, { order = "descending" }: EighOptions): boolean {
  if (order !== "descending" && order !== "ascending") {
    throw argumentError(where, "order", order, `"descending" or "ascending"`);
  }
  return order === "descending";
}

/** Reverses d and, with it, the rows of the n x cols array. */
export function reverseRows(n: number, cols: number, d: Float64Array, rows: Float64Array): void {
  d.reverse();
  const held = new Float64Array(cols);
  for (let i = 0, j = n - 1; i < j; i++, j--) {
    held.set(rows.subarray(i * cols, i * cols + cols));
    rows.copyWithin(i * cols, j * cols, j * cols + cols);
    rows.set(held, j * cols);
  }
}

/** Makes the entry largest in size of each column positive, so that signs do not depend on the route taken. */
export function fixColumnSigns(rows: number, cols: number, A: Float64Array): void {
  for (let j = 0; j < cols; j++) {
    let best = 0;
    for (let at = j; at < rows * cols; at += cols) if (Math.abs(A[at]!) > Math.abs(best)) best = A[at]!;
    if (best < 0) for (let at = j; at < rows * cols; at += cols) A[at] = -A[at]!;
  }
}
