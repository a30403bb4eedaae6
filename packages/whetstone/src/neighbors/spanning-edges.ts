import { fromReduced, reducedDistance, toReduced } from "./metric.ts";
import { leastDistance, type SpaceTree } from "./space-tree.ts";

/** Edges of a spanning tree of n rows. */
export interface SpanningEdges {
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly weight: Float64Array;
}

/**
 * A minimum spanning tree of the rows under mutual reachability, the largest of the distance of two rows and of their
 * cores: Borůvka's rounds, in each of which every part looks for its nearest row of another part, through a tree that
 * skips nodes that lie whole in the part or too far away (March, Ram and Gray 2010, with one tree). A row is searched
 * from again only when a part's best edge so far is longer than what the row is known to keep clear.
 *
 * @param core a distance per row; zeros for plain distances
 * @param onRound called before each round with the number of edges found
 */
export function spanningEdges(
  tree: SpaceTree,
  core: Float64Array,
  onRound: (edges: number) => void,
): SpanningEdges {
  const { rows, order, starts, ends, firstLeaf, metric, d } = tree;
  const n = order.length;
  const distance = reducedDistance(metric);
  const own = Float64Array.from(order, (i) => toReduced(metric, core[i]!));
  const nodes = starts.length;
  const nodeCore = new Float64Array(nodes).fill(Number.POSITIVE_INFINITY);
  for (let g = nodes - 1; g >= 0; g--) {
    if (g < firstLeaf) nodeCore[g] = Math.min(nodeCore[2 * g + 1]!, nodeCore[2 * g + 2]!);
    else for (let r = starts[g]!; r < ends[g]!; r++) nodeCore[g] = Math.min(nodeCore[g]!, own[r]!);
  }

  const part = Int32Array.from({ length: n }, (_, i) => i); // of each row, a row that stands for it
  const wholeIn = new Int32Array(nodes); // the part in which all rows of a node lie, or -1
  const clear = new Float64Array(n); // no row of another part is nearer
  const best = new Float64Array(n);
  const bestFrom = new Int32Array(n);
  const bestTo = new Int32Array(n);
  const edges = { from: new Int32Array(n - 1), to: new Int32Array(n - 1), weight: new Float64Array(n - 1) };

  // The search from row p, of the part `mine`: what is nearer than `reach` shortens it.
  let p = 0;
  let mine = 0;
  let reach = 0;
  let found = -1;
  const visit = (g: number, least: number): void => {
    if (least >= reach || wholeIn[g] === mine) return;
    if (g >= firstLeaf) {
      for (let r = starts[g]!; r < ends[g]!; r++) {
        if (part[r] === mine || own[r]! >= reach) continue;
        const value = Math.max(distance(rows, p, rows, r, d), own[r]!, own[p]!);
        if (value < reach) {
          reach = value;
          found = r;
        }
      }
      return;
    }
    const [a, b] = [2 * g + 1, 2 * g + 2];
    const left = Math.max(leastDistance(tree, a, rows, p), nodeCore[a]!);
    const right = Math.max(leastDistance(tree, b, rows, p), nodeCore[b]!);
    if (left <= right) {
      visit(a, left);
      visit(b, right);
    } else {
      visit(b, right);
      visit(a, left);
    }
  };

  const root = (i: number): number => {
    let r = i;
    while (part[r] !== r) r = part[r]!;
    while (part[i] !== r) {
      const next = part[i]!;
      part[i] = r;
      i = next;
    }
    return r;
  };

  for (let count = 0; count < n - 1; ) {
    onRound(count);
    for (let i = 0; i < n; i++) part[i] = root(i);
    for (let g = nodes - 1; g >= 0; g--) wholeIn[g] = partOf(g);
    best.fill(Number.POSITIVE_INFINITY);
    for (p = 0; p < n; p++) {
      mine = part[p]!;
      reach = best[mine]!;
      if (Math.max(clear[p]!, own[p]!) >= reach) continue;
      found = -1;
      visit(0, 0);
      clear[p] = reach;
      if (found < 0) continue;
      best[mine] = reach;
      bestFrom[mine] = p;
      bestTo[mine] = found;
    }
    const before = count;
    for (let i = 0; i < n; i++) {
      if (best[i] === Number.POSITIVE_INFINITY) continue;
      const [from, to] = [bestFrom[i]!, bestTo[i]!];
      const [a, b] = [root(from), root(to)];
      if (a === b) continue;
      part[Math.max(a, b)] = Math.min(a, b);
      const apart = fromReduced(metric, distance(rows, from, rows, to, d));
      edges.from[count] = order[from]!;
      edges.to[count] = order[to]!;
      edges.weight[count++] = Math.max(apart, core[order[from]!]!, core[order[to]!]!);
    }
    if (count > before) continue;
    // Squares have overflowed: what is left is infinitely far apart.
    for (let i = 1; i < n; i++) {
      if (root(i) === 0) continue;
      part[root(i)] = 0;
      edges.from[count] = order[0]!;
      edges.to[count] = order[i]!;
      edges.weight[count++] = Number.POSITIVE_INFINITY;
    }
  }
  return edges;

  function partOf(g: number): number {
    if (g < firstLeaf) return wholeIn[2 * g + 1] === wholeIn[2 * g + 2] ? wholeIn[2 * g + 1]! : -1;
    const first = part[starts[g]!]!;
    for (let r = starts[g]! + 1; r < ends[g]!; r++) if (part[r] !== first) return -1;
    return first;
  }
}
