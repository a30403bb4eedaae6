/** Bookkeeping shared by the symmetric and the bidiagonal divide and conquer. */
import { type Allocate, gemmBlock } from "./multiply.ts";

/** Where the entries of a row of vectors may be non-zero: first half, everywhere, second half. */
export const LEFT = 0;
export const BOTH = 1;
export const RIGHT = 2;

/** Positions 0 .. k - 1 grouped as left, both, right; `both` and `right` are where those groups begin. */
export function groupBySide(k: number, side: Uint8Array): { order: Int32Array; both: number; right: number } {
  const order = new Int32Array(k);
  const starts = [0, 0, 0];
  let length = 0;
  for (let kind = LEFT; kind <= RIGHT; kind++) {
    starts[kind] = length;
    for (let j = 0; j < k; j++) if (side[j] === kind) order[length++] = j;
  }
  return { order, both: starts[BOTH]!, right: starts[RIGHT]! };
}

/**
 * W times the rows `at + row[order[g]] * ld` of A, skipping the halves known to be zero. The columns of W follow
 * the grouped order; the first `split` of the n columns are the left half. Returns k x n.
 */
export function combineRows(
  k: number,
  n: number,
  split: number,
  W: Float64Array,
  A: Float64Array,
  at: number,
  ld: number,
  row: Int32Array,
  groups: { order: Int32Array; both: number; right: number },
  allocate: Allocate,
): Float64Array {
  const gathered = allocate(k * n);
  for (let g = 0; g < k; g++) {
    const from = at + row[groups.order[g]!]! * ld;
    gathered.set(A.subarray(from, from + n), g * n);
  }
  const out = allocate(k * n);
  const { both, right } = groups;
  gemmBlock(false, false, k, split, right, 1, W, 0, k, gathered, 0, n, out, 0, n);
  gemmBlock(
    false,
    false,
    k,
    n - split,
    k - both,
    1,
    W,
    both,
    k,
    gathered,
    both * n + split,
    n,
    out,
    split,
    n,
  );
  return out;
}

/** Divides each row of the k x k array by its length. */
export function normaliseRows(k: number, W: Float64Array): void {
  for (let i = 0; i < k; i++) {
    let sum = 0;
    for (let j = i * k; j < i * k + k; j++) sum += W[j]! * W[j]!;
    const inverse = 1 / Math.sqrt(sum);
    for (let j = i * k; j < i * k + k; j++) W[j] = W[j]! * inverse;
  }
}

/** Permutation that merges two ascending runs [0, n1) and [n1, n) of d (offset `at`) into one. */
export function mergeOrder(d: Float64Array, at: number, n1: number, n: number): Int32Array {
  const order = new Int32Array(n);
  let a = 0;
  let b = n1;
  for (let g = 0; g < n; g++) {
    if (b >= n || (a < n1 && d[at + a]! <= d[at + b]!)) order[g] = a++;
    else order[g] = b++;
  }
  return order;
}
