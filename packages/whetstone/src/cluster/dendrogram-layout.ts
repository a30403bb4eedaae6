import type { Dendrogram } from "./minimum-spanning-tree.ts";

/** Where to draw a dendrogram: rows of the data side by side, merges above them at their distance. */
export interface DendrogramLayout {
  /** Rows from left to right: the one at place p stands at x = p. */
  readonly leaves: Int32Array;
  /** Merge m: up from its left part, across, and down to its right part, at x[4 m] to x[4 m + 3]. */
  readonly x: Float64Array;
  /** The heights there: of the left part, twice that of the merge, of the right part; rows stand at 0. */
  readonly y: Float64Array;
}

/**
 * Places for drawing a dendrogram without crossings: the left part of each merge stands left of its right part, and a merge
 * over the middle of its two parts.
 *
 * @example
 * const { dendrogram } = new AgglomerativeClustering({ nClusters: 1, linkage: "single" }).fit([[0], [5], [1]]);
 * const { leaves, x, y } = dendrogramLayout(dendrogram);
 * leaves; // [1, 0, 2]
 * x; // [1, 1, 2, 2, 0, 0, 1.5, 1.5]
 * y; // [0, 1, 1, 0, 0, 4, 4, 1]
 */
export function dendrogramLayout({ n, left, right, distance }: Dendrogram): DendrogramLayout {
  const leaves = new Int32Array(n);
  const place = new Float64Array(2 * n - 1);
  // A walk with a stack of its own: chains of single linkage are as deep as there are rows.
  const stack = [2 * n - 2];
  for (let at = 0; stack.length > 0; ) {
    const node = stack.pop()!;
    if (node >= n) stack.push(right[node - n]!, left[node - n]!);
    else {
      leaves[at] = node;
      place[node] = at++;
    }
  }
  const [x, y] = [new Float64Array(4 * (n - 1)), new Float64Array(4 * (n - 1))];
  const height = (node: number): number => (node < n ? 0 : distance[node - n]!);
  for (let m = 0; m < n - 1; m++) {
    const [a, b] = [left[m]!, right[m]!];
    place[n + m] = (place[a]! + place[b]!) / 2;
    x.set([place[a]!, place[a]!, place[b]!, place[b]!], 4 * m);
    y.set([height(a), distance[m]!, distance[m]!, height(b)], 4 * m);
  }
  return { leaves, x, y };
}
