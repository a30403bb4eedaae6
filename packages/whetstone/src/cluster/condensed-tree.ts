/**
 * The condensed tree of HDBSCAN: a dendrogram in which a group keeps its identity while it only loses fewer than
 * `minClusterSize` rows at a time. Campello, Moulavi and Sander (2013), PAKDD; Campello et al. (2015), ACM TKDD 10.
 */
import type { Dendrogram } from "./minimum-spanning-tree.ts";

/** One line per row or group that leaves a group. Groups have the numbers n, n + 1, ...; n is the whole. */
export interface CondensedTree {
  readonly n: number;
  readonly parent: Int32Array;
  /** A row (below n) or a group. */
  readonly child: Int32Array;
  /** 1 / distance at which the child leaves the parent. */
  readonly lambda: Float64Array;
  readonly size: Int32Array;
}

const inverse = (distance: number) => (distance > 0 ? 1 / distance : Number.POSITIVE_INFINITY);

export function condense(tree: Dendrogram, minClusterSize: number): CondensedTree {
  const { n, left, right, distance, size } = tree;
  const parent: number[] = [];
  const child: number[] = [];
  const lambda: number[] = [];
  const sizes: number[] = [];
  const add = (p: number, c: number, l: number, s: number) => {
    parent.push(p);
    child.push(c);
    lambda.push(l);
    sizes.push(s);
  };
  const sizeOf = (node: number) => (node < n ? 1 : size[node - n]!);
  const dropRows = (node: number, group: number, l: number) => {
    const open = [node];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (at < n) add(group, at, l, 1);
      else open.push(right[at - n]!, left[at - n]!);
    }
  };
  let groups = n + 1;
  const open: [node: number, group: number][] = [[2 * n - 2, n]];
  for (let next = open.shift(); next !== undefined; next = open.shift()) {
    const [node, group] = next;
    if (node < n) continue;
    const at = distance[node - n]!;
    const l = inverse(at);
    // Merges at one distance are one split, whatever order the tree has put them in.
    const ends: number[] = [];
    const same = [node];
    for (let m = same.pop(); m !== undefined; m = same.pop()) {
      for (const end of [right[m - n]!, left[m - n]!]) {
        if (end >= n && distance[end - n] === at) same.push(end);
        else ends.push(end);
      }
    }
    ends.sort((p, q) => p - q);
    const large = ends.filter((end) => sizeOf(end) >= minClusterSize);
    for (const end of ends) {
      if (sizeOf(end) < minClusterSize) dropRows(end, group, l);
      else if (large.length === 1) open.push([end, group]);
      else {
        add(group, groups, l, sizeOf(end));
        open.push([end, groups++]);
      }
    }
  }
  return {
    n,
    parent: Int32Array.from(parent),
    child: Int32Array.from(child),
    lambda: Float64Array.from(lambda),
    size: Int32Array.from(sizes),
  };
}

/** Numbers of groups, births and stabilities, each indexed from group n on. */
export interface GroupFacts {
  readonly count: number;
  /** lambda at which the group came to be; 0 for the whole. */
  readonly birth: Float64Array;
  /** Sum over its rows of (lambda at which the row leaves - birth). */
  readonly stability: Float64Array;
  readonly parent: Int32Array;
}

export function groupFacts({ n, parent, child, lambda, size }: CondensedTree): GroupFacts {
  let count = 1;
  for (const c of child) if (c >= n) count = Math.max(count, c - n + 1);
  const birth = new Float64Array(count);
  const above = new Int32Array(count).fill(-1);
  child.forEach((c, e) => {
    if (c < n) return;
    birth[c - n] = lambda[e]!;
    above[c - n] = parent[e]! - n;
  });
  const stability = new Float64Array(count);
  parent.forEach((p, e) => {
    // Rows that coincide never part: their lambda is infinite, and so would be the difference of two.
    const l = lambda[e]!;
    const b = birth[p - n]!;
    if (l !== b) stability[p - n] = stability[p - n]! + (l - b) * size[e]!;
  });
  return { count, birth, stability, parent: above };
}

export interface Selection {
  readonly method: "eom" | "leaf";
  readonly allowSingleCluster: boolean;
  /** Groups that split off below this distance are merged back. */
  readonly epsilon: number;
}

/**
 * Which groups become clusters. "eom" (excess of mass) takes the set of disjoint groups of largest total stability, from
 * the leaves up: a group replaces its descendants when it is more stable than they are together. "leaf" takes the leaves.
 */
export function selectGroups(
  facts: GroupFacts,
  { method, allowSingleCluster, epsilon }: Selection,
): number[] {
  const { count, stability, parent, birth } = facts;
  const children: number[][] = Array.from({ length: count }, () => []);
  for (let g = 1; g < count; g++) children[parent[g]!]!.push(g);
  const first = allowSingleCluster ? 0 : 1;
  let chosen: boolean[] = new Array(count).fill(false);
  if (method === "leaf") {
    for (let g = first; g < count; g++) chosen[g] = children[g]!.length === 0;
  } else {
    // Children have larger numbers than their parents.
    const best = Float64Array.from(stability);
    for (let g = count - 1; g >= first; g--) {
      const below = children[g]!.reduce((sum, c) => sum + best[c]!, 0);
      if (children[g]!.length > 0 && below > stability[g]!) best[g] = below;
      else {
        chosen[g] = true;
        const open = [...children[g]!];
        for (let c = open.pop(); c !== undefined; c = open.pop()) {
          chosen[c] = false;
          open.push(...children[c]!);
        }
      }
    }
  }
  if (epsilon > 0) {
    const raised = new Array<boolean>(count).fill(false);
    for (let g = 0; g < count; g++) {
      if (!chosen[g]) continue;
      let at = g;
      while (parent[at]! >= first && birth[at]! > 1 / epsilon) at = parent[at]!;
      raised[at] = true;
    }
    // A group above another one takes its place.
    for (let g = 0; g < count; g++) {
      for (let up = parent[g]!; up >= 0; up = parent[up]!) if (raised[up]) raised[g] = false;
    }
    chosen = raised;
  }
  return Array.from(chosen.keys()).filter((g) => chosen[g]);
}

/** The label of every row, and how strongly it belongs: its lambda over the one at which its
 * cluster ends. */
export function labelRows(
  tree: CondensedTree,
  facts: GroupFacts,
  selected: readonly number[],
  allowSingleCluster: boolean,
  epsilon: number,
): { labels: Int32Array; probabilities: Float64Array } {
  const { n, parent, child, lambda } = tree;
  const labelOf = new Int32Array(facts.count).fill(-1);
  selected.forEach((g, label) => {
    labelOf[g] = label;
  });
  // A group below a selected one has its label; parents come first.
  for (let g = 1; g < facts.count; g++)
    if (labelOf[g] === -1 && labelOf[facts.parent[g]!] !== -1) labelOf[g] = labelOf[facts.parent[g]!]!;
  const most = new Float64Array(selected.length);
  const labels = new Int32Array(n).fill(-1);
  const depth = new Float64Array(n);
  // Where the whole is the one cluster, rows that leave it before its last split (or beyond epsilon) are noise.
  let floor = 0;
  if (allowSingleCluster && selected.length === 1 && selected[0] === 0) {
    if (epsilon > 0) floor = 1 / epsilon;
    else
      child.forEach((c, e) => {
        if (c >= n && parent[e] === n) floor = Math.max(floor, lambda[e]!);
      });
  }
  child.forEach((c, e) => {
    const label = labelOf[parent[e]! - n]!;
    if (label < 0) return;
    // The cluster itself ends where its last line leaves it; rows of its descendants stay longer and count as 1.
    if (selected[label] === parent[e]! - n) most[label] = Math.max(most[label]!, lambda[e]!);
    if (c >= n || (parent[e] === n && lambda[e]! < floor)) return;
    labels[c] = label;
    depth[c] = lambda[e]!;
  });
  const probabilities = Float64Array.from(labels, (label, i) => {
    if (label < 0) return 0;
    const top = most[label]!;
    return top === 0 || depth[i]! >= top ? 1 : top === Number.POSITIVE_INFINITY ? 0 : depth[i]! / top;
  });
  return { labels, probabilities };
}
