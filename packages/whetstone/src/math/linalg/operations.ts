import { requireList, shapeError } from "../../errors.ts";
import { Matrix } from "../matrix.ts";
import { asMatrix, type DenseInput } from "./check.ts";
import { gemm } from "./multiply.ts";

/** Which factors are transposed, without a copy being made. */
export interface MultiplyOptions {
  /** Use A^T. Default: false. */
  readonly transA?: boolean;
  /** Use B^T. Default: false. */
  readonly transB?: boolean;
}

/**
 * Matrix product op(A) op(B), without forming the transposes.
 *
 * @example
 * multiply([[1, 2]], [[3, 4]], { transB: true }).toArray(); // [[11]]
 */
export function multiply(A: DenseInput, B: DenseInput, options: MultiplyOptions = {}): Matrix {
  const a = asMatrix("multiply", "A", A);
  const b = asMatrix("multiply", "B", B);
  const { transA = false, transB = false } = options;
  const [m, k] = transA ? [a.cols, a.rows] : [a.rows, a.cols];
  const [inner, n] = transB ? [b.cols, b.rows] : [b.rows, b.cols];
  if (inner !== k) {
    const has = `has ${inner} ${transB ? "columns" : "rows"}`;
    throw shapeError("multiply", "B", has, `${k} (${transA ? "rows" : "columns"} of A)`);
  }
  const out = Matrix.zeros(m, n);
  gemm(transA, transB, m, n, k, 1, a.data, b.data, 0, out.data);
  return out;
}

/**
 * Outer product: entry (i, j) is x_i y_j.
 *
 * @example
 * outer([1, 2], [3, 4]).toArray(); // [[3, 4], [6, 8]]
 */
export function outer(x: ArrayLike<number>, y: ArrayLike<number>): Matrix {
  requireList("outer", "x", x);
  requireList("outer", "y", y);
  const out = Matrix.zeros(x.length, y.length);
  for (let i = 0, at = 0; i < x.length; i++)
    for (let j = 0; j < y.length; j++, at++) out.data[at] = x[i]! * y[j]!;
  return out;
}

/**
 * Kronecker product: A's entries, each times a copy of B.
 *
 * @example
 * kronecker([[1, 2]], [[1], [3]]).toArray(); // [[1, 2], [3, 6]]
 */
export function kronecker(A: DenseInput, B: DenseInput): Matrix {
  const a = asMatrix("kronecker", "A", A);
  const b = asMatrix("kronecker", "B", B);
  const cols = a.cols * b.cols;
  const out = Matrix.zeros(a.rows * b.rows, cols);
  for (let i = 0; i < a.rows; i++) {
    for (let j = 0; j < a.cols; j++) {
      const factor = a.at(i, j);
      for (let r = 0; r < b.rows; r++) {
        const at = (i * b.rows + r) * cols + j * b.cols;
        for (let c = 0; c < b.cols; c++) out.data[at + c] = factor * b.at(r, c);
      }
    }
  }
  return out;
}
