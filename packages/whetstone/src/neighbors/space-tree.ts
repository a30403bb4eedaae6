/**
 * Trees over rows: a k-d tree bounds each node by a box (Bentley 1975), a ball tree by a centre and a radius
 * (Omohundro 1989). Both split at the median of the widest column, so that node g has the children 2g + 1 and 2g + 2
 * and all leaves lie on one level.
 */

import { fromReduced, type Reduced, type RowMetric, reducedDistance, toReduced } from "./metric.ts";
import type { NearestHeap } from "./nearest-heap.ts";

export type TreeKind = "kdTree" | "ballTree";

export interface SpaceTree {
  readonly kind: TreeKind;
  readonly metric: RowMetric;
  readonly d: number;
  /** Rows in tree order, and their numbers in the order given. */
  readonly rows: Float64Array;
  readonly order: Int32Array;
  /** Node g holds the rows starts[g] to ends[g] - 1. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** Nodes from this one on are leaves. */
  readonly firstLeaf: number;
  /** kdTree: d lower ends, then d upper ends per node. ballTree: d entries of the centre and the radius. */
  readonly bounds: Float64Array;
}

export function buildSpaceTree(
  X: Float64Array,
  n: number,
  d: number,
  kind: TreeKind,
  metric: RowMetric,
  leafSize: number,
): SpaceTree {
  let levels = 1;
  while (n / 2 ** (levels - 1) > leafSize && 2 ** levels <= n) levels++;
  const nodes = 2 ** levels - 1;
  const firstLeaf = 2 ** (levels - 1) - 1;
  const order = Int32Array.from({ length: n }, (_, i) => i);
  const starts = new Int32Array(nodes);
  const ends = new Int32Array(nodes);
  ends[0] = n;
  const low = new Float64Array(d);
  const high = new Float64Array(d);
  for (let g = 0; g < firstLeaf; g++) {
    const from = starts[g]!;
    const to = ends[g]!;
    const middle = (from + to) >> 1;
    span(X, d, order, from, to, low, high);
    let widest = 0;
    for (let j = 1; j < d; j++) if (high[j]! - low[j]! > high[widest]! - low[widest]!) widest = j;
    partition(X, d, widest, order, from, to - 1, middle);
    starts[2 * g + 1] = from;
    ends[2 * g + 1] = starts[2 * g + 2] = middle;
    ends[2 * g + 2] = to;
  }
  const rows = new Float64Array(n * d);
  for (let i = 0; i < n; i++) {
    const from = order[i]! * d;
    for (let j = 0; j < d; j++) rows[i * d + j] = X[from + j]!;
  }
  const width = kind === "kdTree" ? 2 * d : d + 1;
  const bounds = new Float64Array(nodes * width);
  const reduced = reducedDistance(metric);
  const identity = Int32Array.from({ length: n }, (_, i) => i);
  for (let g = 0; g < nodes; g++) {
    const own = bounds.subarray(g * width, (g + 1) * width);
    const [from, to] = [starts[g]!, ends[g]!];
    if (kind === "kdTree") span(rows, d, identity, from, to, own, own.subarray(d));
    else ball(rows, d, from, to, own, metric, reduced);
  }
  return { kind, metric, d, rows, order, starts, ends, firstLeaf, bounds };
}

function span(
  X: Float64Array,
  d: number,
  order: Int32Array,
  from: number,
  to: number,
  low: Float64Array,
  high: Float64Array,
): void {
  for (let j = 0; j < d; j++) {
    low[j] = Number.POSITIVE_INFINITY;
    high[j] = Number.NEGATIVE_INFINITY;
  }
  for (let i = from; i < to; i++) {
    const at = order[i]! * d;
    for (let j = 0; j < d; j++) {
      const v = X[at + j]!;
      if (v < low[j]!) low[j] = v;
      if (v > high[j]!) high[j] = v;
    }
  }
}

function ball(
  rows: Float64Array,
  d: number,
  from: number,
  to: number,
  out: Float64Array,
  metric: RowMetric,
  reduced: Reduced,
): void {
  for (let i = from; i < to; i++)
    for (let j = 0; j < d; j++) out[j] = out[j]! + rows[i * d + j]! / (to - from);
  let most = 0;
  for (let i = from; i < to; i++) most = Math.max(most, reduced(out, 0, rows, i, d));
  // Slightly larger, so that rounding never excludes a row of the ball.
  out[d] = fromReduced(metric, most) * (1 + 1e-12);
}

/** Reorders so that the row of rank `k` by column `j` is in place, smaller ones before it; ties by number. */
function partition(
  X: Float64Array,
  d: number,
  j: number,
  order: Int32Array,
  left: number,
  right: number,
  k: number,
): void {
  const before = (p: number, q: number) => {
    const a = X[p * d + j]!;
    const b = X[q * d + j]!;
    return a < b || (a === b && p < q);
  };
  while (left < right) {
    const pivot = order[(left + right) >> 1]!;
    let a = left;
    let b = right;
    while (a <= b) {
      while (before(order[a]!, pivot)) a++;
      while (before(pivot, order[b]!)) b--;
      if (a <= b) {
        const t = order[a]!;
        order[a++] = order[b]!;
        order[b--] = t;
      }
    }
    if (k <= b) right = b;
    else if (k >= a) left = a;
    else return;
  }
}

/** A search from one point: keeps its state between nodes, so that nothing is allocated on the way. */
export class TreeSearch {
  readonly #tree: SpaceTree;
  readonly #reduced: Reduced;
  /** Leaves opened so far: what a tree saves can be counted. */
  opened = 0;

  constructor(tree: SpaceTree) {
    this.#tree = tree;
    this.#reduced = reducedDistance(tree.metric);
  }

  /** Offers the nearest rows to point i of Q to `heap`. */
  nearest(Q: Float64Array, i: number, heap: NearestHeap): void {
    this.#nearest(0, leastDistance(this.#tree, 0, Q, i), Q, i, heap);
  }

  /** Calls `found` with the number and reduced distance of every row within `limit` (reduced) of point i of Q. */
  within(Q: Float64Array, i: number, limit: number, found: (row: number, reduced: number) => void): void {
    this.#within(0, Q, i, limit, found);
  }

  /** Adds the numbers of all rows within `limit` (reduced) of point i of Q to `out` from `at` on; where it ends. */
  collect(Q: Float64Array, i: number, limit: number, out: { list: Int32Array }, at: number): number {
    return this.#collect(0, Q, i, limit, out, at);
  }

  #nearest(g: number, least: number, Q: Float64Array, i: number, heap: NearestHeap): void {
    // At equal distance a row of smaller number may still enter.
    if (least > heap.reach) return;
    const { firstLeaf, starts, ends, rows, order, d } = this.#tree;
    if (g >= firstLeaf) {
      this.opened++;
      for (let r = starts[g]!; r < ends[g]!; r++) {
        const value = this.#reduced(Q, i, rows, r, d);
        if (value <= heap.reach) heap.offer(value, order[r]!);
      }
      return;
    }
    const left = leastDistance(this.#tree, 2 * g + 1, Q, i);
    const right = leastDistance(this.#tree, 2 * g + 2, Q, i);
    const near = left <= right ? 1 : 2;
    this.#nearest(2 * g + near, Math.min(left, right), Q, i, heap);
    this.#nearest(2 * g + 3 - near, Math.max(left, right), Q, i, heap);
  }

  #within(
    g: number,
    Q: Float64Array,
    i: number,
    limit: number,
    found: (row: number, reduced: number) => void,
  ): void {
    if (leastDistance(this.#tree, g, Q, i) > limit) return;
    const { firstLeaf, starts, ends, rows, order, d } = this.#tree;
    if (g < firstLeaf) {
      this.#within(2 * g + 1, Q, i, limit, found);
      this.#within(2 * g + 2, Q, i, limit, found);
      return;
    }
    this.opened++;
    for (let r = starts[g]!; r < ends[g]!; r++) {
      const value = this.#reduced(Q, i, rows, r, d);
      if (value <= limit) found(order[r]!, value);
    }
  }

  #collect(
    g: number,
    Q: Float64Array,
    i: number,
    limit: number,
    out: { list: Int32Array },
    at: number,
  ): number {
    if (leastDistance(this.#tree, g, Q, i) > limit) return at;
    const { firstLeaf, starts, ends, rows, order, d } = this.#tree;
    if (g < firstLeaf) {
      const middle = this.#collect(2 * g + 1, Q, i, limit, out, at);
      return this.#collect(2 * g + 2, Q, i, limit, out, middle);
    }
    this.opened++;
    const count = ends[g]! - starts[g]!;
    if (at + count > out.list.length) {
      const longer = new Int32Array(Math.max(2 * out.list.length, at + count));
      longer.set(out.list);
      out.list = longer;
    }
    const { list } = out;
    for (let r = starts[g]!; r < ends[g]!; r++) {
      if (this.#reduced(Q, i, rows, r, d) <= limit) list[at++] = order[r]!;
    }
    return at;
  }
}

/** A lower bound of the reduced distance from point i of Q to every row of node g. */
export function leastDistance(tree: SpaceTree, g: number, Q: Float64Array, i: number): number {
  const { kind, metric, d, bounds } = tree;
  if (kind === "ballTree") {
    const at = g * (d + 1);
    let sum: number;
    if (metric.kind === "euclidean") {
      sum = 0;
      for (let j = 0; j < d; j++) {
        const gap = Q[i * d + j]! - bounds[at + j]!;
        sum += gap * gap;
      }
    } else sum = reducedDistance(metric)(Q, i, bounds.subarray(at, at + d), 0, d);
    const centre = fromReduced(metric, sum);
    const gap = centre * (1 - 1e-12) - bounds[at + d]!;
    return gap > 0 ? toReduced(metric, gap) : 0;
  }
  const at = g * 2 * d;
  let sum = 0;
  for (let j = 0; j < d; j++) {
    const v = Q[i * d + j]!;
    const below = bounds[at + j]! - v;
    const above = v - bounds[at + d + j]!;
    const gap = below > 0 ? below : above > 0 ? above : 0;
    if (gap === 0) continue;
    switch (metric.kind) {
      case "euclidean":
        sum += gap * gap;
        break;
      case "manhattan":
        sum += gap;
        break;
      case "chebyshev":
        if (gap > sum) sum = gap;
        break;
      default:
        sum += gap ** metric.p;
    }
  }
  return sum;
}
