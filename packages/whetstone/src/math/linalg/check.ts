import { argumentError, requireList, shapeError, valueError } from "../../errors.ts";
import { Matrix, type MatrixData } from "../matrix.ts";

/** What the linear-algebra functions take as a matrix: a `Matrix`, or nested rows. */
export type DenseInput = Matrix<MatrixData> | ArrayLike<ArrayLike<number>>;

/** A right-hand side: one vector, or a matrix with one system per column. */
export type RightHandSide = ArrayLike<number> | Matrix<MatrixData>;

/** Float64 matrix with the same entries (not copied where it already is one); refuses NaN and infinity. */
export function asFiniteMatrix(where: string, argument: string, A: DenseInput): Matrix {
  const out = asMatrix(where, argument, A);
  checkFinite(where, argument, out.data, out.cols);
  return out;
}

export function asMatrix(where: string, argument: string, A: DenseInput): Matrix {
  if (A instanceof Matrix) {
    if (A.data instanceof Float64Array) return A as Matrix;
    return new Matrix(Float64Array.from(A.data), A.rows, A.cols);
  }
  requireList(where, argument, A, "a Matrix or an array of rows");
  if (A.length > 0 && (typeof A[0] !== "object" || A[0] === null)) {
    throw argumentError(where, argument, A, "a Matrix or an array of rows, not one flat array");
  }
  const d = (A as ArrayLike<ArrayLike<number>>)[0]?.length ?? 0;
  for (let i = 0; i < A.length; i++) {
    requireList(where, `${argument}[${i}]`, A[i]);
    if (A[i]!.length !== d)
      throw shapeError(where, argument, `has ${A[i]!.length} entries in row ${i}`, `${d} (as in row 0)`);
  }
  return Matrix.from(A);
}

/** Throws where an entry is NaN or infinite, and says where it lies. */
export function checkFinite(where: string, argument: string, data: Float64Array, cols: number): void {
  for (let at = 0; at < data.length; at++) {
    const v = data[at]!;
    if (v - v !== 0) {
      throw valueError(where, argument, `holds ${v} at row ${Math.floor(at / cols)}, column ${at % cols}`);
    }
  }
}

export function asFiniteVector(where: string, argument: string, x: ArrayLike<number>): Float64Array {
  requireList(where, argument, x);
  const out = x instanceof Float64Array ? x : Float64Array.from(x);
  for (let i = 0; i < out.length; i++) {
    const v = out[i]!;
    if (v - v !== 0) throw valueError(where, argument, `holds ${v} at position ${i}`);
  }
  return out;
}

export function asSquare(where: string, argument: string, A: DenseInput): Matrix {
  const out = asFiniteMatrix(where, argument, A);
  if (out.rows !== out.cols) {
    throw shapeError(where, argument, `is ${out.rows} x ${out.cols}`, "a square matrix");
  }
  return out;
}

/** Square and symmetric up to rounding (1e-8 of the largest entry); uses both triangles' average. */
export function asSymmetric(where: string, argument: string, A: DenseInput): Matrix {
  const given = asSquare(where, argument, A);
  const n = given.rows;
  const out = given.clone();
  const a = out.data;
  let largest = 0;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i]!));
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const lower = a[i * n + j]!;
      const upper = a[j * n + i]!;
      if (Math.abs(lower - upper) > 1e-8 * largest) {
        throw valueError(
          where,
          argument,
          `is not symmetric: entry (${i}, ${j}) is ${lower}, entry (${j}, ${i}) is ${upper}`,
        );
      }
      const mean = lower === upper ? lower : lower / 2 + upper / 2;
      a[i * n + j] = mean;
      a[j * n + i] = mean;
    }
  }
  return out;
}

/** A checked copy of a right-hand side as n x k, and how to hand the answer back in the caller's form. */
export interface Columns {
  readonly data: Float64Array;
  readonly count: number;
  wrap(x: Float64Array, rows: number): Float64Array | Matrix;
}

export function asColumns(where: string, argument: string, b: RightHandSide, rows: number): Columns {
  if (b instanceof Matrix) {
    const B = asFiniteMatrix(where, argument, b);
    if (B.rows !== rows) throw shapeError(where, argument, `has ${B.rows} rows`, `${rows} (rows of A)`);
    const count = B.cols;
    return { data: B.data.slice(), count, wrap: (x, n) => new Matrix(x, n, count) };
  }
  const v = asFiniteVector(where, argument, b);
  if (v.length !== rows) {
    throw shapeError(where, argument, `has ${v.length} entries`, `${rows} (rows of A)`);
  }
  return { data: v.slice(), count: 1, wrap: (x) => x };
}
