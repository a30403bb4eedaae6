import { pairwiseSquaredDistances } from "../kernels/index.ts";
import type { Matrix } from "../math/index.ts";

/** The k nearest rows of each row, nearest first. */
export interface Nearest {
  readonly k: number;
  /** n x k. */
  readonly indices: Int32Array;
  /** n x k, Euclidean. */
  readonly distances: Float64Array;
}

/** Distances at work at a time. */
const BLOCK_ENTRIES = 1 << 21;

/**
 * Exact nearest neighbours by comparing all pairs, a block of rows at a time. Among equal distances the lower row
 * comes first. With `own`, Y is X and a row is not its own neighbour.
 */
export function nearestRows(Y: Matrix, X: Matrix, k: number, own: boolean): Nearest {
  const { rows: n, cols: d } = X;
  const indices = new Int32Array(Y.rows * k);
  const distances = new Float64Array(Y.rows * k);
  const step = Math.max(1, Math.floor(BLOCK_ENTRIES / Math.max(1, n)));
  const block = new Float64Array(Math.min(step, Y.rows) * n);
  for (let from = 0; from < Y.rows; from += step) {
    const count = Math.min(step, Y.rows - from);
    const rows = Y.data.subarray(from * d, (from + count) * d);
    pairwiseSquaredDistances(rows, count, X.data, n, d, block);
    for (let r = 0; r < count; r++) {
      const i = from + r;
      smallest(block, r * n, n, own ? i : -1, k, indices, distances, i * k);
    }
  }
  return { k, indices, distances: distances.map(Math.sqrt) };
}

/** Keeps the k smallest of n values by insertion: few values ever beat the largest kept. */
function smallest(
  values: Float64Array,
  at: number,
  n: number,
  skip: number,
  k: number,
  indices: Int32Array,
  kept: Float64Array,
  to: number,
): void {
  let count = 0;
  for (let j = 0; j < n; j++) {
    const v = values[at + j]!;
    if (j === skip || (count === k && v >= kept[to + k - 1]!)) continue;
    let p = count < k ? count++ : k - 1;
    while (p > 0 && kept[to + p - 1]! > v) {
      kept[to + p] = kept[to + p - 1]!;
      indices[to + p] = indices[to + p - 1]!;
      p--;
    }
    kept[to + p] = v;
    indices[to + p] = j;
  }
}

/** Rows of a sparse n x n matrix. */
export interface SparseRows {
  readonly n: number;
  readonly indptr: Int32Array;
  readonly indices: Int32Array;
  readonly values: Float64Array;
}

/**
 * Joins each row's weights with those it has in its neighbours' rows: entry (i, j) of the result is
 * `join(w_ij, w_ji)`, with 0 for a weight that is not there. Columns rise within a row.
 */
export function symmetrise(
  n: number,
  k: number,
  indices: Int32Array,
  weights: Float64Array,
  join: (a: number, b: number) => number,
): SparseRows {
  const rows: Map<number, [number, number]>[] = Array.from({ length: n }, () => new Map());
  const put = (i: number, j: number, side: 0 | 1, w: number): void => {
    const pair = rows[i]!.get(j) ?? [0, 0];
    pair[side] = w;
    rows[i]!.set(j, pair);
  };
  for (let i = 0; i < n; i++)
    for (let r = i * k; r < (i + 1) * k; r++) {
      put(i, indices[r]!, 0, weights[r]!);
      put(indices[r]!, i, 1, weights[r]!);
    }
  const indptr = new Int32Array(n + 1);
  rows.forEach((row, i) => {
    indptr[i + 1] = indptr[i]! + row.size;
  });
  const out = new Int32Array(indptr[n]!);
  const values = new Float64Array(indptr[n]!);
  let at = 0;
  for (const row of rows)
    for (const [j, [a, b]] of [...row].sort((p, q) => p[0] - q[0])) {
      out[at] = j;
      values[at++] = join(a, b);
    }
  return { n, indptr, indices: out, values };
}
