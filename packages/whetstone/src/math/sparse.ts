import { argumentError, shapeError } from "../errors.ts";
import { axpyAt } from "./linalg/multiply.ts";
import { Matrix, type MatrixData } from "./matrix.ts";

/**
 * Sparse matrix in compressed-row form: row i holds `values[k]` at columns `indices[k]` for k from
 * `indptr[i]` to `indptr[i + 1]`, columns ascending within a row.
 */
export class SparseMatrix {
  static readonly typeName = "SparseMatrix";
  readonly values: Float64Array;
  readonly indices: Int32Array;
  readonly indptr: Int32Array;
  readonly rows: number;
  readonly cols: number;

  constructor(values: Float64Array, indices: Int32Array, indptr: Int32Array, rows: number, cols: number) {
    if (indptr.length !== rows + 1) {
      throw shapeError("SparseMatrix", "indptr", `has ${indptr.length} entries`, `${rows + 1} (rows + 1)`);
    }
    if (values.length !== indices.length) {
      throw shapeError(
        "SparseMatrix",
        "indices",
        `has ${indices.length} entries`,
        `${values.length} (as values)`,
      );
    }
    this.values = values;
    this.indices = indices;
    this.indptr = indptr;
    this.rows = rows;
    this.cols = cols;
  }

  /** Keeps the non-zero entries of a dense matrix. */
  static fromDense(A: Matrix): SparseMatrix {
    const values: number[] = [];
    const indices: number[] = [];
    const indptr = new Int32Array(A.rows + 1);
    for (let i = 0; i < A.rows; i++) {
      for (let j = 0; j < A.cols; j++) {
        const v = A.at(i, j);
        if (v !== 0) {
          values.push(v);
          indices.push(j);
        }
      }
      indptr[i + 1] = values.length;
    }
    return new SparseMatrix(Float64Array.from(values), Int32Array.from(indices), indptr, A.rows, A.cols);
  }

  /**
   * Entries listed as (row, column, value) in any order. Values at the same place add up; zeros listed on
   * purpose are kept as stored entries.
   *
   * @example
   * SparseMatrix.fromTriplets(2, 3, [0, 1, 1], [2, 0, 0], [5, 1, 1]).toDense().toArray(); // [[0, 0, 5], [2, 0, 0]]
   */
  static fromTriplets(
    rows: number,
    cols: number,
    rowIndices: ArrayLike<number>,
    colIndices: ArrayLike<number>,
    values: ArrayLike<number>,
  ): SparseMatrix {
    const where = "SparseMatrix.fromTriplets";
    const count = values.length;
    if (rowIndices.length !== count) {
      throw shapeError(where, "rowIndices", `has ${rowIndices.length} entries`, `${count} (as values)`);
    }
    if (colIndices.length !== count) {
      throw shapeError(where, "colIndices", `has ${colIndices.length} entries`, `${count} (as values)`);
    }
    for (let k = 0; k < count; k++) {
      const i = rowIndices[k]!;
      const j = colIndices[k]!;
      if (!(Number.isInteger(i) && i >= 0 && i < rows)) {
        throw argumentError(where, `rowIndices[${k}]`, i, `a whole number from 0 to ${rows - 1}`);
      }
      if (!(Number.isInteger(j) && j >= 0 && j < cols)) {
        throw argumentError(where, `colIndices[${k}]`, j, `a whole number from 0 to ${cols - 1}`);
      }
    }
    // Two counting passes, by column and then by row, leave each row's columns ascending.
    const byColumn = countingOrder(colIndices, cols, identityOrder(count));
    const order = countingOrder(rowIndices, rows, byColumn);
    const outValues = new Float64Array(count);
    const outIndices = new Int32Array(count);
    const indptr = new Int32Array(rows + 1);
    let length = 0;
    let lastRow = -1;
    for (const k of order) {
      const i = rowIndices[k]!;
      const j = colIndices[k]!;
      if (i === lastRow && outIndices[length - 1] === j) {
        outValues[length - 1] = outValues[length - 1]! + values[k]!;
        continue;
      }
      outValues[length] = values[k]!;
      outIndices[length] = j;
      length++;
      lastRow = i;
      indptr[i + 1] = length;
    }
    for (let i = 0; i < rows; i++) indptr[i + 1] = Math.max(indptr[i + 1]!, indptr[i]!);
    return new SparseMatrix(outValues.slice(0, length), outIndices.slice(0, length), indptr, rows, cols);
  }

  /** Number of stored entries. */
  get nnz(): number {
    return this.values.length;
  }

  at(i: number, j: number): number {
    if (!(i >= 0 && i < this.rows)) throw argumentError("SparseMatrix.at", "i", i, `0 to ${this.rows - 1}`);
    if (!(j >= 0 && j < this.cols)) throw argumentError("SparseMatrix.at", "j", j, `0 to ${this.cols - 1}`);
    let low = this.indptr[i]!;
    let high = this.indptr[i + 1]!;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.indices[middle]! < j) low = middle + 1;
      else high = middle;
    }
    return low < this.indptr[i + 1]! && this.indices[low] === j ? this.values[low]! : 0;
  }

  /** Product with a vector of `cols` entries. */
  matVec(x: ArrayLike<number>): Float64Array {
    if (x.length !== this.cols) {
      throw shapeError("SparseMatrix.matVec", "x", `has ${x.length} entries`, `${this.cols} (columns)`);
    }
    const { values, indices, indptr, rows } = this;
    const out = new Float64Array(rows);
    for (let i = 0; i < rows; i++) {
      let sum = 0;
      for (let k = indptr[i]!, end = indptr[i + 1]!; k < end; k++) sum += values[k]! * x[indices[k]!]!;
      out[i] = sum;
    }
    return out;
  }

  /** Product of the transpose with a vector of `rows` entries, without forming the transpose. */
  transposedMatVec(x: ArrayLike<number>): Float64Array {
    if (x.length !== this.rows) {
      throw shapeError(
        "SparseMatrix.transposedMatVec",
        "x",
        `has ${x.length} entries`,
        `${this.rows} (rows)`,
      );
    }
    const { values, indices, indptr, rows } = this;
    const out = new Float64Array(this.cols);
    for (let i = 0; i < rows; i++) {
      const v = x[i]!;
      for (let k = indptr[i]!, end = indptr[i + 1]!; k < end; k++) {
        out[indices[k]!] = out[indices[k]!]! + values[k]! * v;
      }
    }
    return out;
  }

  /** Dense product, (rows x cols) times (cols x k). */
  matmul(B: Matrix<MatrixData>): Matrix {
    if (B.rows !== this.cols) {
      throw shapeError(
        "SparseMatrix.matmul",
        "B",
        `has ${B.rows} rows`,
        `${this.cols} (columns of this matrix)`,
      );
    }
    const { values, indices, indptr, rows } = this;
    const dense = B.data instanceof Float64Array ? B.data : Float64Array.from(B.data);
    const width = B.cols;
    const out = Matrix.zeros(rows, width);
    for (let i = 0; i < rows; i++) {
      for (let k = indptr[i]!, end = indptr[i + 1]!; k < end; k++) {
        axpyAt(width, values[k]!, dense, indices[k]! * width, out.data, i * width);
      }
    }
    return out;
  }

  /** Dense product of the transpose, (cols x rows) times (rows x k), without forming the transpose. */
  transposedMatmul(B: Matrix<MatrixData>): Matrix {
    if (B.rows !== this.rows) {
      throw shapeError("SparseMatrix.transposedMatmul", "B", `has ${B.rows} rows`, `${this.rows} (rows)`);
    }
    const { values, indices, indptr, rows } = this;
    const dense = B.data instanceof Float64Array ? B.data : Float64Array.from(B.data);
    const width = B.cols;
    const out = Matrix.zeros(this.cols, width);
    for (let i = 0; i < rows; i++) {
      for (let k = indptr[i]!, end = indptr[i + 1]!; k < end; k++) {
        axpyAt(width, values[k]!, dense, i * width, out.data, indices[k]! * width);
      }
    }
    return out;
  }

  /** New matrix of the given rows, in the given order. */
  selectRows(rowIndices: ArrayLike<number>): SparseMatrix {
    const { values, indices, indptr } = this;
    const outPtr = new Int32Array(rowIndices.length + 1);
    for (let r = 0; r < rowIndices.length; r++) {
      const i = rowIndices[r]!;
      if (!(i >= 0 && i < this.rows)) {
        throw argumentError("SparseMatrix.selectRows", `rowIndices[${r}]`, i, `0 to ${this.rows - 1}`);
      }
      outPtr[r + 1] = outPtr[r]! + indptr[i + 1]! - indptr[i]!;
    }
    const total = outPtr[rowIndices.length]!;
    const outValues = new Float64Array(total);
    const outIndices = new Int32Array(total);
    for (let r = 0; r < rowIndices.length; r++) {
      const i = rowIndices[r]!;
      outValues.set(values.subarray(indptr[i]!, indptr[i + 1]!), outPtr[r]!);
      outIndices.set(indices.subarray(indptr[i]!, indptr[i + 1]!), outPtr[r]!);
    }
    return new SparseMatrix(outValues, outIndices, outPtr, rowIndices.length, this.cols);
  }

  /** New matrix of the given columns, each at most once, in ascending order. */
  selectCols(colIndices: ArrayLike<number>): SparseMatrix {
    const where = "SparseMatrix.selectCols";
    const place = new Int32Array(this.cols).fill(-1);
    for (let c = 0; c < colIndices.length; c++) {
      const j = colIndices[c]!;
      if (!(Number.isInteger(j) && j >= 0 && j < this.cols))
        throw argumentError(where, `colIndices[${c}]`, j, `0 to ${this.cols - 1}`);
      if (c > 0 && j <= colIndices[c - 1]!)
        throw argumentError(where, `colIndices[${c}]`, j, "a column after the one before it");
      place[j] = c;
    }
    const outPtr = new Int32Array(this.rows + 1);
    const values: number[] = [];
    const indices: number[] = [];
    for (let i = 0; i < this.rows; i++) {
      for (let k = this.indptr[i]!; k < this.indptr[i + 1]!; k++) {
        const c = place[this.indices[k]!]!;
        if (c < 0) continue;
        values.push(this.values[k]!);
        indices.push(c);
      }
      outPtr[i + 1] = values.length;
    }
    return new SparseMatrix(
      Float64Array.from(values),
      Int32Array.from(indices),
      outPtr,
      this.rows,
      colIndices.length,
    );
  }

  transpose(): SparseMatrix {
    const { values, indices, indptr, rows, cols } = this;
    const outPtr = new Int32Array(cols + 1);
    for (const j of indices) outPtr[j + 1] = outPtr[j + 1]! + 1;
    for (let j = 0; j < cols; j++) outPtr[j + 1] = outPtr[j + 1]! + outPtr[j]!;
    const next = outPtr.slice(0, cols);
    const outValues = new Float64Array(values.length);
    const outIndices = new Int32Array(values.length);
    for (let i = 0; i < rows; i++) {
      for (let k = indptr[i]!; k < indptr[i + 1]!; k++) {
        const j = indices[k]!;
        const at = next[j]!;
        outValues[at] = values[k]!;
        outIndices[at] = i;
        next[j] = at + 1;
      }
    }
    return new SparseMatrix(outValues, outIndices, outPtr, cols, rows);
  }

  columnSums(): Float64Array {
    const out = new Float64Array(this.cols);
    for (let k = 0; k < this.values.length; k++) {
      out[this.indices[k]!] = out[this.indices[k]!]! + this.values[k]!;
    }
    return out;
  }

  /** Mean of each column, zeros included; NaN where there is no row. */
  columnMeans(): Float64Array {
    return this.columnSums().map((sum) => sum / this.rows);
  }

  scale(factor: number): SparseMatrix {
    const { values, indices, indptr, rows, cols } = this;
    return new SparseMatrix(
      values.map((v) => v * factor),
      indices,
      indptr,
      rows,
      cols,
    );
  }

  toDense(): Matrix {
    const out = Matrix.zeros(this.rows, this.cols);
    for (let i = 0; i < this.rows; i++) {
      for (let k = this.indptr[i]!; k < this.indptr[i + 1]!; k++) {
        out.data[i * this.cols + this.indices[k]!] = this.values[k]!;
      }
    }
    return out;
  }

  toState(): unknown {
    const { values, indices, indptr, rows, cols } = this;
    return { values, indices, indptr, rows, cols };
  }

  static fromState(state: unknown): SparseMatrix {
    const s = state as SparseMatrix;
    return new SparseMatrix(s.values, s.indices, s.indptr, s.rows, s.cols);
  }
}

function identityOrder(n: number): Int32Array {
  const out = new Int32Array(n);
  for (let i = 0; i < n; i++) out[i] = i;
  return out;
}

/** `order` rearranged by ascending key, equal keys in their old order. */
function countingOrder(keys: ArrayLike<number>, size: number, order: Int32Array): Int32Array {
  const start = new Int32Array(size + 1);
  for (const k of order) start[keys[k]! + 1] = start[keys[k]! + 1]! + 1;
  for (let j = 0; j < size; j++) start[j + 1] = start[j + 1]! + start[j]!;
  const out = new Int32Array(order.length);
  for (const k of order) {
    const j = keys[k]!;
    out[start[j]!] = k;
    start[j] = start[j]! + 1;
  }
  return out;
}
