import { shapeError } from "../errors.ts";
import { Matrix } from "./matrix.ts";

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
      throw shapeError("SparseMatrix", "indices", `has ${indices.length} entries`, `${values.length} (as values)`);
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
