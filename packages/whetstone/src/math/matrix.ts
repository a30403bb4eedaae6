import { argumentError, shapeError } from "../errors.ts";

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
  static readonly typeName = "Matrix";
  readonly data: T;
  readonly rows: number;
  readonly cols: number;

  /** Wraps `data` without copying; its length must be `rows * cols`. */
  constructor(data: T, rows: number, cols: number) {
    if (data.length !== rows * cols) {
      throw shapeError("Matrix", "data", `has ${data.length} entries`, `${rows * cols} (${rows} x ${cols})`);
    }
    this.data = data;
    this.rows = rows;
    this.cols = cols;
  }

  static zeros(rows: number, cols: number): Matrix {
    return new Matrix(new Float64Array(rows * cols), rows, cols);
  }

  static identity(n: number): Matrix {
    const out = Matrix.zeros(n, n);
    for (let i = 0; i < n; i++) out.data[i * n + i] = 1;
    return out;
  }

  static diagonal(values: ArrayLike<number>): Matrix {
    const n = values.length;
    const out = Matrix.zeros(n, n);
    for (let i = 0; i < n; i++) out.data[i * n + i] = values[i]!;
    return out;
  }

  /** Copies nested rows of equal length. An empty list gives a 0 x 0 matrix. */
  static from(rows: ArrayLike<ArrayLike<number>>): Matrix {
    const n = rows.length;
    const d = n === 0 ? 0 : rows[0]!.length;
    const data = new Float64Array(n * d);
    for (let i = 0; i < n; i++) {
      const row = rows[i]!;
      if (row.length !== d) {
        throw shapeError("Matrix.from", "rows", `has ${row.length} entries in row ${i}`, `${d} (as in row 0)`);
      }
      data.set(row, i * d);
    }
    return new Matrix(data, n, d);
  }

  /** One column from a vector. */
  static column(values: ArrayLike<number>): Matrix {
    return new Matrix(Float64Array.from(values), values.length, 1);
  }

  at(i: number, j: number): number {
    return this.data[i * this.cols + j]!;
  }

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

  clone(): Matrix<T> {
    return new Matrix(this.data.slice() as T, this.rows, this.cols);
  }

  /** New matrix of the given rows, in the given order. */
  selectRows(indices: ArrayLike<number>): Matrix {
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
    const k = indices.length;
    const out = new Float64Array(this.rows * k);
    for (let i = 0; i < this.rows; i++) {
      for (let j = 0; j < k; j++) out[i * k + j] = this.data[i * this.cols + indices[j]!]!;
    }
    return new Matrix(out, this.rows, k);
  }

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
