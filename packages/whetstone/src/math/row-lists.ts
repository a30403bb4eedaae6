import type { Matrix } from "./matrix.ts";
import { SparseMatrix } from "./sparse.ts";

/** Rows of a matrix, dense or sparse, as lists of (column, value): one loop serves both. */
export interface RowLists {
  readonly rows: number;
  readonly cols: number;
  readonly values: Float64Array;
  /** Null where every row holds every column. */
  readonly indices: Int32Array | null;
  readonly starts: Int32Array;
}

/**
 * The rows of a matrix, without a copy of its numbers.
 *
 * @example
 * rowLists(Matrix.from([[1, 2], [3, 4]])).starts; // [0, 2, 4]
 */
export function rowLists(X: Matrix | SparseMatrix): RowLists {
  const { rows, cols } = X;
  if (X instanceof SparseMatrix)
    return { rows, cols, values: X.values, indices: X.indices, starts: X.indptr };
  const starts = Int32Array.from({ length: rows + 1 }, (_, i) => i * cols);
  return { rows, cols, values: X.data, indices: null, starts };
}

/**
 * Row i times w.
 *
 * @example
 * rowDot(rowLists(Matrix.from([[1, 2], [3, 4]])), 1, Float64Array.of(1, 10)); // 43
 */
export function rowDot({ values, indices, starts }: RowLists, i: number, w: Float64Array): number {
  let sum = 0;
  const [from, to] = [starts[i]!, starts[i + 1]!];
  if (indices === null) for (let q = from; q < to; q++) sum += values[q]! * w[q - from]!;
  else for (let q = from; q < to; q++) sum += values[q]! * w[indices[q]!]!;
  return sum;
}

/**
 * Adds row i times `factor` to w.
 *
 * @example
 * const w = Float64Array.of(1, 1);
 * addRow(rowLists(Matrix.from([[1, 2], [3, 4]])), 1, 2, w);
 * w; // [7, 9]
 */
export function addRow(
  { values, indices, starts }: RowLists,
  i: number,
  factor: number,
  w: Float64Array,
): void {
  const [from, to] = [starts[i]!, starts[i + 1]!];
  if (indices === null) for (let q = from; q < to; q++) w[q - from] = w[q - from]! + factor * values[q]!;
  else
    for (let q = from; q < to; q++) {
      const j = indices[q]!;
      w[j] = w[j]! + factor * values[q]!;
    }
}
