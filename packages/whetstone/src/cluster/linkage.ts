import { valueError } from "../errors.ts";
import { type Dendrogram, mergeEdges } from "./minimum-spanning-tree.ts";

/**
 * Distance between two groups by which they are joined: the rise of the sum of squares (`"ward"`), the
 * farthest pair (`"complete"`), the mean over pairs (`"average"`), the nearest pair (`"single"`).
 *
 * Source: Hastie, Tibshirani and Friedman, The Elements of Statistical Learning (2009), 14.3.12; Ward (JASA
 * 58, 1963).
 */
export type Linkage = "ward" | "complete" | "average" | "single";

/** Most pairs of rows whose distances are kept: 2 GB. */
export const MOST_PAIRS = 2 ** 28;

/**
 * Hierarchical clustering by the nearest-neighbour chain (Murtagh 1983): follow nearest neighbours until two groups are
 * nearest to each other, and join them. O(n^2) time, n (n - 1) / 2 distances.
 *
 * @param fill writes the distances from row i to all rows; Euclidean for ward
 */
export function linkageTree(
  n: number,
  linkage: Exclude<Linkage, "single">,
  fill: (i: number, out: Float64Array) => void,
  where: string,
): Dendrogram {
  const D = new Float64Array((n * (n - 1)) / 2);
  const row = new Float64Array(n);
  const at = (i: number, j: number) =>
    i < j ? i * n - (i * (i + 1)) / 2 + j - i - 1 : j * n - (j * (j + 1)) / 2 + i - j - 1;
  for (let i = 0; i < n; i++) {
    fill(i, row);
    const base = at(i, i + 1) - i - 1;
    for (let j = i + 1; j < n; j++) D[base + j] = linkage === "ward" ? row[j]! * row[j]! : row[j]!;
  }
  const size = new Int32Array(n).fill(1);
  const live = new Uint8Array(n).fill(1);
  const chain: number[] = [];
  const from = new Int32Array(n - 1);
  const to = new Int32Array(n - 1);
  const weight = new Float64Array(n - 1);
  let first = 0;
  for (let m = 0; m < n - 1; m++) {
    if (chain.length === 0) {
      while (!live[first]) first++;
      chain.push(first);
    }
    let a: number;
    let b: number;
    let least: number;
    for (;;) {
      a = chain[chain.length - 1]!;
      const before = chain.length > 1 ? chain[chain.length - 2]! : -1;
      // The one before wins ties, so that the chain ends.
      b = before;
      least = before < 0 ? Number.POSITIVE_INFINITY : D[at(a, before)]!;
      for (let j = 0; j < n; j++) {
        if (!live[j] || j === a) continue;
        const v = D[at(a, j)]!;
        if (v < least) {
          least = v;
          b = j;
        }
      }
      if (b === before) break;
      chain.push(b);
    }
    if (b < 0) throw valueError(where, "X", "holds rows whose distance overflows: scale it first");
    chain.length -= 2;
    from[m] = a;
    to[m] = b;
    weight[m] = linkage === "ward" ? Math.sqrt(least) : least;
    const [p, q] = [size[a]!, size[b]!];
    // The joined group lives on as b: Lance and Williams (1967).
    live[a] = 0;
    for (let j = 0; j < n; j++) {
      if (!live[j] || j === b) continue;
      const u = D[at(a, j)]!;
      const k = at(b, j);
      const v = D[k]!;
      if (linkage === "complete") D[k] = Math.max(u, v);
      else if (linkage === "average") D[k] = (p * u + q * v) / (p + q);
      else {
        const r = size[j]!;
        D[k] = Math.max(0, ((p + r) * u + (q + r) * v - r * least) / (p + q + r));
      }
    }
    size[b] = p + q;
  }
  return mergeEdges(n, { from, to, weight });
}

/** Groups that are left when the last `nClusters - 1` merges are undone, numbered by their first row. */
export function cutTree({ n, left, right }: Dendrogram, nClusters: number): Int32Array {
  const parent = Int32Array.from({ length: 2 * n - 1 }, (_, i) => i);
  const merges = n - nClusters;
  for (let m = 0; m < merges; m++) parent[left[m]!] = parent[right[m]!] = n + m;
  // Parents have larger numbers than children.
  for (let node = n + merges - 1; node >= 0; node--) parent[node] = parent[parent[node]!]!;
  const names = new Map<number, number>();
  return Int32Array.from({ length: n }, (_, i) => {
    const root = parent[i]!;
    let name = names.get(root);
    if (name === undefined) names.set(root, (name = names.size));
    return name;
  });
}
