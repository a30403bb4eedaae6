import { nearestRows as nearestAmong } from "../kernels/index.ts";
import type { Matrix } from "../math/index.ts";

/** The k nearest rows of each row, nearest first. */
export interface Nearest {
  readonly k: number;
  /** n x k. */
  readonly indices: Int32Array;
  /** n x k, Euclidean. */
  readonly distances: Float64Array;
}

/**
 * Exact nearest neighbours by comparing all pairs. Among equal distances the lower row comes first. With `own`, Y is X
 * and a row is not its own neighbour.
 */
export function nearestRows(Y: Matrix, X: Matrix, k: number, own: boolean): Nearest {
  const { rows: n, cols: d } = X;
  const found = own ? k + 1 : k;
  const near = new Int32Array(Y.rows * found);
  const squared = new Float64Array(Y.rows * found);
  nearestAmong(Y.data, Y.rows, X.data, n, d, found, near, squared);
  if (!own) return { k, indices: near, distances: squared.map(Math.sqrt) };
  const indices = new Int32Array(Y.rows * k);
  const distances = new Float64Array(Y.rows * k);
  for (let i = 0; i < Y.rows; i++) {
    // Of many equal rows, the row itself may not be among those found: then the last of them goes.
    let to = i * k;
    for (let at = i * found; at < (i + 1) * found && to < (i + 1) * k; at++) {
      if (near[at] === i) continue;
      indices[to] = near[at]!;
      distances[to++] = Math.sqrt(squared[at]!);
    }
  }
  return { k, indices, distances };
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
  const all = Int32Array.from({ length: n + 1 }, (_, i) => i * k);
  const given: SparseRows = { n, indptr: all, indices, values: weights };
  // Columns rise in a transpose.
  const there = transpose(given);
  const here = transpose(there);
  const indptr = new Int32Array(n + 1);
  const out = new Int32Array(2 * n * k);
  const values = new Float64Array(2 * n * k);
  let at = 0;
  for (let i = 0; i < n; i++) {
    let [p, q] = [here.indptr[i]!, there.indptr[i]!];
    const [lastP, lastQ] = [here.indptr[i + 1]!, there.indptr[i + 1]!];
    while (p < lastP || q < lastQ) {
      const a = p < lastP ? here.indices[p]! : n;
      const b = q < lastQ ? there.indices[q]! : n;
      out[at] = Math.min(a, b);
      values[at++] = join(a <= b ? here.values[p++]! : 0, b <= a ? there.values[q++]! : 0);
    }
    indptr[i + 1] = at;
  }
  return { n, indptr, indices: out.slice(0, at), values: values.slice(0, at) };
}

function transpose({ n, indptr, indices, values }: SparseRows): SparseRows {
  const starts = new Int32Array(n + 1);
  for (let e = 0; e < indptr[n]!; e++) starts[indices[e]! + 1]!++;
  for (let i = 0; i < n; i++) starts[i + 1] = starts[i + 1]! + starts[i]!;
  const next = starts.slice();
  const out = new Int32Array(indptr[n]!);
  const moved = new Float64Array(indptr[n]!);
  for (let i = 0; i < n; i++)
    for (let e = indptr[i]!; e < indptr[i + 1]!; e++) {
      const to = next[indices[e]!]!++;
      out[to] = i;
      moved[to] = values[e]!;
    }
  return { n, indptr: starts, indices: out, values: moved };
}
