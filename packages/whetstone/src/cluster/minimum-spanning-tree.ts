import type { RowSearch, SpanningEdges } from "../neighbors/index.ts";

/**
 * A minimum spanning tree of the searched rows under mutual reachability, the largest of the distance of two rows and of
 * their cores: through a tree of space where there is one, else over all pairs.
 *
 * @param core a distance per row; zeros for plain distances
 * @param onEdges called now and then with the number of edges found
 */
export function spanningTree(
  search: RowSearch,
  core: Float64Array,
  onEdges: (edges: number) => void,
): SpanningEdges {
  const found = search.spanningEdges(core, onEdges);
  if (found) return found;
  let done = 0;
  return primTree(core.length, (i, out) => {
    if (done++ % 256 === 0) onEdges(done - 1);
    search.distancesFrom(i, out);
    const own = core[i]!;
    for (let j = 0; j < core.length; j++) out[j] = Math.max(out[j]!, own, core[j]!);
  });
}

/**
 * Prim's algorithm on a complete graph whose edges are computed as they are needed: O(n^2) time, O(n) memory.
 *
 * @param fill writes the weights of the edges from row i to all rows
 */
function primTree(n: number, fill: (i: number, out: Float64Array) => void): SpanningEdges {
  const from = new Int32Array(n - 1);
  const to = new Int32Array(n - 1);
  const weight = new Float64Array(n - 1);
  const least = new Float64Array(n).fill(Number.POSITIVE_INFINITY);
  const parent = new Int32Array(n);
  const inside = new Uint8Array(n);
  const edges = new Float64Array(n);
  let current = 0;
  for (let e = 0; e < n - 1; e++) {
    inside[current] = 1;
    fill(current, edges);
    let next = -1;
    for (let j = 0; j < n; j++) {
      if (inside[j]) continue;
      if (edges[j]! < least[j]!) {
        least[j] = edges[j]!;
        parent[j] = current;
      }
      if (next < 0 || least[j]! < least[next]!) next = j;
    }
    from[e] = parent[next]!;
    to[e] = next;
    weight[e] = least[next]!;
    current = next;
  }
  return { from, to, weight };
}

/**
 * The merges of groups, smallest distance first: merge m joins the nodes left[m] and right[m] into node n + m. Nodes below
 * n are rows.
 */
export interface Dendrogram {
  readonly n: number;
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly distance: Float64Array;
  /** Rows in the node that the merge makes. */
  readonly size: Int32Array;
}

/**
 * The single-linkage dendrogram of a spanning tree: its edges by weight, joined by union-find.
 *
 * @param tiesTogether take groups that one distance joins as joined at once, the largest first, then by their first row:
 * the dendrogram then does not depend on which of several spanning trees this is
 */
export function mergeEdges(n: number, { from, to, weight }: SpanningEdges, tiesTogether = false): Dendrogram {
  const order = Array.from(weight.keys()).sort((a, b) => weight[a]! - weight[b]! || a - b);
  const parent = Int32Array.from({ length: 2 * n - 1 }, (_, i) => i);
  const root = (i: number): number => {
    let r = i;
    while (parent[r] !== r) r = parent[r]!;
    for (let p = i; parent[p] !== r; ) {
      const next = parent[p]!;
      parent[p] = r;
      p = next;
    }
    return r;
  };
  const left = new Int32Array(n - 1);
  const right = new Int32Array(n - 1);
  const distance = new Float64Array(n - 1);
  const size = new Int32Array(n - 1);
  const firstRow = Int32Array.from({ length: 2 * n - 1 }, (_, i) => i);
  const sizeOf = (node: number) => (node < n ? 1 : size[node - n]!);
  let m = 0;
  const merge = (a: number, b: number, at: number): number => {
    left[m] = Math.min(a, b);
    right[m] = Math.max(a, b);
    distance[m] = at;
    size[m] = sizeOf(a) + sizeOf(b);
    firstRow[n + m] = Math.min(firstRow[a]!, firstRow[b]!);
    parent[a] = parent[b] = n + m;
    return n + m++;
  };
  const byRow = (a: number, b: number) => firstRow[a]! - firstRow[b]!;
  const bySize = (a: number, b: number) => sizeOf(b) - sizeOf(a) || byRow(a, b);
  for (let i = 0; i < order.length; ) {
    const at = weight[order[i]!]!;
    let end = i + 1;
    if (tiesTogether) while (end < order.length && weight[order[end]!] === at) end++;
    const pairs = order.slice(i, end).map((e) => [root(from[e]!), root(to[e]!)] as const);
    i = end;
    if (pairs.length === 1) merge(...pairs[0]!, at);
    else
      for (const [first, ...others] of joined(pairs, byRow, bySize))
        others.reduce((a, b) => merge(a, b, at), first!);
  }
  return { n, left, right, distance, size };
}

/** The sets of nodes that the pairs join, each in the order `within`; the sets by their least node in `between`. */
function joined(
  pairs: readonly (readonly [number, number])[],
  between: (a: number, b: number) => number,
  within: (a: number, b: number) => number,
): number[][] {
  const sets = new Map<number, number[]>();
  for (const [a, b] of pairs) {
    let [into, other] = [sets.get(a) ?? [a], sets.get(b) ?? [b]];
    if (into.length < other.length) [into, other] = [other, into];
    for (const node of other) {
      into.push(node);
      sets.set(node, into);
    }
    sets.set(into[0]!, into);
  }
  const found = [...new Set(sets.values())];
  const least = new Map(found.map((set) => [set, [...set].sort(between)[0]!]));
  found.sort((a, b) => between(least.get(a)!, least.get(b)!));
  return found.map((set) => set.sort(within));
}
