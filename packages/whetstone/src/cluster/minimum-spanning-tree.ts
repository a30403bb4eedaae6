/** Edges of a minimum spanning tree, in the order in which they were added. */
export interface SpanningTree {
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly weight: Float64Array;
}

/**
 * Prim's algorithm on a complete graph whose edges are computed as they are needed: O(n^2) time, O(n) memory.
 *
 * @param fill writes the weights of the edges from row i to all rows
 */
export function primTree(n: number, fill: (i: number, out: Float64Array) => void): SpanningTree {
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

/** The single-linkage dendrogram of a spanning tree: its edges by weight, joined by union-find. */
export function mergeEdges(n: number, { from, to, weight }: SpanningTree): Dendrogram {
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
  const sizeOf = (node: number) => (node < n ? 1 : size[node - n]!);
  order.forEach((e, m) => {
    const [a, b] = [root(from[e]!), root(to[e]!)];
    left[m] = Math.min(a, b);
    right[m] = Math.max(a, b);
    distance[m] = weight[e]!;
    size[m] = sizeOf(a) + sizeOf(b);
    parent[a] = parent[b] = n + m;
  });
  return { n, left, right, distance, size };
}
