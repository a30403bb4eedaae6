import { argumentError, requireList, requireRows, shapeError } from "../errors.ts";
import { gemm, gemv, gemvT, transpose } from "./linalg/multiply.ts";

/** Storage of a {@link Matrix}. */
export type MatrixData = Float64Array | Float32Array;

/**
 * Dense matrix, row-major: entry (i, j) is `data[i * cols + j]`.
 *
 * @example
 * const A = Matrix.from([[1, 2], [3, 4]]);
 * A.at(1, 0); // 3
 */
export class Matrix<T extends MatrixData = Float64Array> {
  static readonly typeName: string = "Matrix";
  readonly data: T;
  readonly rows: number;
  readonly cols: number;

  /** Wraps `data` without copying; its length must be `rows * cols`. */
  constructor(data: T, rows: number, cols: number) {
    if (!(data instanceof Float64Array || data instanceof Float32Array))
      throw argumentError("Matrix", "data", data, "a Float64Array or Float32Array (Matrix.from takes rows)");
    if (!(Number.isInteger(rows) && rows >= 0))
      throw argumentError("Matrix", "rows", rows, "an integer >= 0");
    if (!(Number.isInteger(cols) && cols >= 0))
      throw argumentError("Matrix", "cols", cols, "an integer >= 0");
    if (data.length !== rows * cols) {
      throw shapeError("Matrix", "data", `has ${data.length} entries`, `${rows * cols} (${rows} x ${cols})`);
    }
    this.data = data;
    this.rows = rows;
    this.cols = cols;
  }

  /** rows x cols zeros, float64. */
  static zeros(rows: number, cols: number): Matrix {
    return new Matrix(new Float64Array(rows * cols), rows, cols);
  }

  /** Ones on the diagonal of an n x n matrix, zeros elsewhere. */
  static identity(n: number): Matrix {
    const out = Matrix.zeros(n, n);
    for (let i = 0; i < n; i++) out.data[i * n + i] = 1;
    return out;
  }

  /** A square matrix with these values on the diagonal, zeros elsewhere. */
  static diagonal(values: ArrayLike<number>): Matrix {
    const n = values.length;
    const out = Matrix.zeros(n, n);
    for (let i = 0; i < n; i++) out.data[i * n + i] = values[i]!;
    return out;
  }

  /** Copies nested rows of equal length. An empty list gives a 0 x 0 matrix. */
  static from(rows: ArrayLike<ArrayLike<number>>): Matrix {
    requireList("Matrix.from", "rows", rows, "an array of rows");
    const n = rows.length;
    for (let i = 0; i < n; i++) requireList("Matrix.from", `rows[${i}]`, rows[i]);
    const d = n === 0 ? 0 : rows[0]!.length;
    const data = new Float64Array(n * d);
    for (let i = 0; i < n; i++) {
      const row = rows[i]!;
      if (row.length !== d) {
        throw shapeError(
          "Matrix.from",
          "rows",
          `has ${row.length} entries in row ${i}`,
          `${d} (as in row 0)`,
        );
      }
      data.set(row, i * d);
    }
    return new Matrix(data, n, d);
  }

  /** One column from a vector. */
  static column(values: ArrayLike<number>): Matrix {
    requireList("Matrix.column", "values", values);
    return new Matrix(Float64Array.from(values), values.length, 1);
  }

  /** Matrices side by side; all have the same number of rows. */
  static hstack(parts: readonly Matrix<MatrixData>[]): Matrix {
    const rows = parts.length === 0 ? 0 : parts[0]!.rows;
    let cols = 0;
    for (const [index, part] of parts.entries()) {
      if (part.rows !== rows) {
        throw shapeError(
          "Matrix.hstack",
          `parts[${index}]`,
          `has ${part.rows} rows`,
          `${rows} (as parts[0])`,
        );
      }
      cols += part.cols;
    }
    const out = Matrix.zeros(rows, cols);
    let at = 0;
    for (const part of parts) {
      for (let i = 0; i < rows; i++) out.data.set(part.row(i), i * cols + at);
      at += part.cols;
    }
    return out;
  }

  /** Matrices on top of each other; all have the same number of columns. */
  static vstack(parts: readonly Matrix<MatrixData>[]): Matrix {
    const cols = parts.length === 0 ? 0 : parts[0]!.cols;
    let rows = 0;
    for (const [index, part] of parts.entries()) {
      if (part.cols !== cols) {
        throw shapeError(
          "Matrix.vstack",
          `parts[${index}]`,
          `has ${part.cols} columns`,
          `${cols} (as parts[0])`,
        );
      }
      rows += part.rows;
    }
    const out = Matrix.zeros(rows, cols);
    let at = 0;
    for (const part of parts) {
      out.data.set(part.data, at);
      at += part.data.length;
    }
    return out;
  }

  /** Entry in row i, column j, from 0; not checked. */
  at(i: number, j: number): number {
    return this.data[i * this.cols + j]!;
  }

  /** Changes the entry in row i, column j, from 0; not checked. */
  set(i: number, j: number, value: number): void {
    this.data[i * this.cols + j] = value;
  }

  /** Row i as a view of the same memory. */
  row(i: number): T {
    if (!(i >= 0 && i < this.rows)) throw argumentError("Matrix.row", "i", i, `0 to ${this.rows - 1}`);
    return this.data.subarray(i * this.cols, (i + 1) * this.cols) as T;
  }

  /** Column j as a copy. */
  col(j: number): Float64Array {
    if (!(j >= 0 && j < this.cols)) throw argumentError("Matrix.col", "j", j, `0 to ${this.cols - 1}`);
    const out = new Float64Array(this.rows);
    for (let i = 0, at = j; i < this.rows; i++, at += this.cols) out[i] = this.data[at]!;
    return out;
  }

  /** A copy with memory of its own, of the same element type. */
  clone(): Matrix<T> {
    return new Matrix(this.data.slice() as T, this.rows, this.cols);
  }

  /** New matrix of the given rows, in the given order. */
  selectRows(indices: ArrayLike<number>): Matrix {
    requireRows("Matrix.selectRows", indices, this.rows);
    const d = this.cols;
    const out = new Float64Array(indices.length * d);
    for (let i = 0; i < indices.length; i++) {
      const from = indices[i]! * d;
      out.set(this.data.subarray(from, from + d), i * d);
    }
    return new Matrix(out, indices.length, d);
  }

  /** New matrix of the given columns, in the given order. */
  selectCols(indices: ArrayLike<number>): Matrix {
    requireRows("Matrix.selectCols", indices, this.cols, "columns");
    const k = indices.length;
    const out = new Float64Array(this.rows * k);
    for (let i = 0; i < this.rows; i++) {
      for (let j = 0; j < k; j++) out[i * k + j] = this.data[i * this.cols + indices[j]!]!;
    }
    return new Matrix(out, this.rows, k);
  }

  /**
   * Matrix product, (rows x cols) times (cols x k).
   *
   * @example
   * Matrix.from([[1, 2], [3, 4]]).matmul(Matrix.from([[0, 1], [1, 0]])).toArray(); // [[2, 1], [4, 3]]
   */
  matmul(B: Matrix<MatrixData>): Matrix {
    if (this.cols !== B.rows) {
      throw shapeError("Matrix.matmul", "B", `has ${B.rows} rows`, `${this.cols} (columns of this matrix)`);
    }
    const out = Matrix.zeros(this.rows, B.cols);
    gemm(false, false, this.rows, B.cols, this.cols, 1, float64(this.data), float64(B.data), 0, out.data);
    return out;
  }

  /** Product with a vector of `cols` entries. */
  matVec(x: ArrayLike<number>): Float64Array {
    checkLength("Matrix.matVec", "x", x, this.cols, "columns");
    const out = new Float64Array(this.rows);
    gemv(this.rows, this.cols, float64(this.data), 0, this.cols, float64(x), 0, out, 0);
    return out;
  }

  /** Product of the transpose with a vector of `rows` entries, without forming the transpose. */
  transposedMatVec(x: ArrayLike<number>): Float64Array {
    checkLength("Matrix.transposedMatVec", "x", x, this.rows, "rows");
    const out = new Float64Array(this.cols);
    gemvT(this.rows, this.cols, 1, float64(this.data), 0, this.cols, float64(x), 0, out, 0);
    return out;
  }

  /** A new cols x rows matrix, float64. */
  transpose(): Matrix {
    const out = Matrix.zeros(this.cols, this.rows);
    transpose(float64(this.data), this.rows, this.cols, out.data);
    return out;
  }

  /** Sum entry by entry; throws where the shapes differ. */
  add(B: Matrix<MatrixData>): Matrix {
    const [a, b, out] = this.#operands("Matrix.add", B);
    for (let at = 0; at < out.length; at++) out[at] = a[at]! + b[at]!;
    return new Matrix(out, this.rows, this.cols);
  }

  /** Difference entry by entry; throws where the shapes differ. */
  sub(B: Matrix<MatrixData>): Matrix {
    const [a, b, out] = this.#operands("Matrix.sub", B);
    for (let at = 0; at < out.length; at++) out[at] = a[at]! - b[at]!;
    return new Matrix(out, this.rows, this.cols);
  }

  /** Entry-wise product. */
  hadamard(B: Matrix<MatrixData>): Matrix {
    const [a, b, out] = this.#operands("Matrix.hadamard", B);
    for (let at = 0; at < out.length; at++) out[at] = a[at]! * b[at]!;
    return new Matrix(out, this.rows, this.cols);
  }

  /** Every entry times a number. */
  scale(factor: number): Matrix {
    const { data } = this;
    const out = new Float64Array(data.length);
    for (let at = 0; at < out.length; at++) out[at] = data[at]! * factor;
    return new Matrix(out, this.rows, this.cols);
  }

  /** New matrix of `f(value, at)`, where entry (i, j) has `at = i * cols + j`. */
  map(f: (value: number, at: number) => number): Matrix {
    const { data } = this;
    const out = new Float64Array(data.length);
    for (let at = 0; at < data.length; at++) out[at] = f(data[at]!, at);
    return new Matrix(out, this.rows, this.cols);
  }

  /** Adds one row vector (`cols` entries) to every row. */
  addRow(v: ArrayLike<number>): Matrix {
    checkLength("Matrix.addRow", "v", v, this.cols, "columns");
    const out = Matrix.zeros(this.rows, this.cols);
    for (let i = 0, at = 0; i < this.rows; i++) {
      for (let j = 0; j < this.cols; j++, at++) out.data[at] = this.data[at]! + v[j]!;
    }
    return out;
  }

  /** Adds one column vector (`rows` entries) to every column. */
  addColumn(v: ArrayLike<number>): Matrix {
    checkLength("Matrix.addColumn", "v", v, this.rows, "rows");
    const out = Matrix.zeros(this.rows, this.cols);
    for (let i = 0, at = 0; i < this.rows; i++) {
      for (let j = 0; j < this.cols; j++, at++) out.data[at] = this.data[at]! + v[i]!;
    }
    return out;
  }

  /** One sum per column. */
  columnSums(): Float64Array {
    const out = new Float64Array(this.cols);
    for (let i = 0, at = 0; i < this.rows; i++) {
      for (let j = 0; j < this.cols; j++, at++) out[j] = out[j]! + this.data[at]!;
    }
    return out;
  }

  /** Mean of each column; NaN where there is no row. */
  columnMeans(): Float64Array {
    return this.columnSums().map((sum) => sum / this.rows);
  }

  /** One sum per row. */
  rowSums(): Float64Array {
    const out = new Float64Array(this.rows);
    for (let i = 0, at = 0; i < this.rows; i++) {
      let sum = 0;
      for (let j = 0; j < this.cols; j++, at++) sum += this.data[at]!;
      out[i] = sum;
    }
    return out;
  }

  /** The entries (i, i). */
  diag(): Float64Array {
    return Float64Array.from({ length: Math.min(this.rows, this.cols) }, (_, i) => this.at(i, i));
  }

  /** Sum of the diagonal of a square matrix. */
  trace(): number {
    if (this.rows !== this.cols) {
      throw shapeError("Matrix.trace", "this matrix", `is ${this.rows} x ${this.cols}`, "a square matrix");
    }
    return this.diag().reduce((sum, v) => sum + v, 0);
  }

  /** Both sides of an entry-wise operation and room for its result. */
  #operands(where: string, B: Matrix<MatrixData>): [MatrixData, MatrixData, Float64Array] {
    if (B.rows !== this.rows || B.cols !== this.cols) {
      throw shapeError(
        where,
        "B",
        `is ${B.rows} x ${B.cols}`,
        `${this.rows} x ${this.cols} (as this matrix)`,
      );
    }
    return [this.data, B.data, new Float64Array(this.data.length)];
  }

  /** The rows as arrays of numbers. */
  toArray(): number[][] {
    return Array.from({ length: this.rows }, (_, i) => Array.from(this.row(i)));
  }

  toState(): unknown {
    return { data: this.data, rows: this.rows, cols: this.cols };
  }

  static fromState(state: unknown): Matrix {
    const { data, rows, cols } = state as { data: Float64Array; rows: number; cols: number };
    return new Matrix(data, rows, cols);
  }
}

function float64(x: ArrayLike<number>): Float64Array {
  return x instanceof Float64Array ? x : Float64Array.from(x);
}

function checkLength(
  where: string,
  argument: string,
  v: ArrayLike<number>,
  length: number,
  what: "rows" | "columns",
): void {
  if (v.length !== length) {
    throw shapeError(where, argument, `has ${v.length} entries`, `${length} (${what} of this matrix)`);
  }
}
