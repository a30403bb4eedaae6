import { TreeSet } from "./tree-set.ts";

/** What a sequence of cut-off branches costs. */
export interface PruningPath {
  /** Price per leaf at which the next branch goes; the first is 0. */
  readonly ccpAlphas: Float64Array;
  /** Summed impurity of the leaves after it went, by share of weight. */
  readonly impurities: Float64Array;
}

/**
 * Minimal cost-complexity pruning (Breiman, Friedman, Olshen, Stone, 1984, chapter 3): again and again the inner node
 * becomes a leaf whose branch gives the least decrease of impurity per leaf, as long as that is at most `alpha`.
 * A heap holds the nodes; entries that a later cut changed are skipped.
 */
export function prune(tree: TreeSet, alpha: number): { isLeaf: Uint8Array; path: PruningPath } {
  const n = tree.nodeCount;
  const parent = new Int32Array(n).fill(-1);
  for (let i = 0; i < n; i++) {
    if (tree.feature[i]! < 0) continue;
    parent[tree.left[i]!] = i;
    parent[tree.left[i]! + 1] = i;
  }
  const own = new Float64Array(n);
  for (let i = 0; i < n; i++) own[i] = (tree.impurity[i]! * tree.weight[i]!) / tree.weight[0]!;
  const branch = own.slice();
  const leaves = new Int32Array(n).fill(1);
  const isLeaf = Uint8Array.from(tree.feature, (f) => (f < 0 ? 1 : 0));
  // Children come after their parents.
  for (let i = n - 1; i >= 0; i--) {
    if (isLeaf[i]) continue;
    const l = tree.left[i]!;
    branch[i] = branch[l]! + branch[l + 1]!;
    leaves[i] = leaves[l]! + leaves[l + 1]!;
  }
  const price = (i: number) => (own[i]! - branch[i]!) / (leaves[i]! - 1);
  const heap = new PriceHeap();
  for (let i = 0; i < n; i++) if (!isLeaf[i]) heap.push(price(i), i);
  const alphas = [0];
  const impurities = [branch[0]!];
  for (let next = heap.pop(); next !== null; next = heap.pop()) {
    const [cost, i] = next;
    if (isLeaf[i] || cost !== price(i)) continue;
    if (cost > alpha) break;
    const gained = own[i]! - branch[i]!;
    const lost = leaves[i]! - 1;
    const stack = [i];
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      if (!isLeaf[at]) stack.push(tree.left[at]!, tree.left[at]! + 1);
      isLeaf[at] = 1;
    }
    branch[i] = own[i]!;
    leaves[i] = 1;
    for (let up = parent[i]!; up >= 0; up = parent[up]!) {
      branch[up] = branch[up]! + gained;
      leaves[up] = leaves[up]! - lost;
      heap.push(price(up), up);
    }
    alphas.push(cost);
    impurities.push(branch[0]!);
  }
  return {
    isLeaf,
    path: { ccpAlphas: Float64Array.from(alphas), impurities: Float64Array.from(impurities) },
  };
}

/** The one tree with the branches below new leaves cut off. */
export function prunedTree(tree: TreeSet, alpha: number): TreeSet {
  if (alpha === 0) return tree;
  const { isLeaf } = prune(tree, alpha);
  const kept: number[] = [0];
  const left: number[] = [];
  for (let at = 0; at < kept.length; at++) {
    const i = kept[at]!;
    left.push(isLeaf[i] ? 0 : kept.length);
    if (!isLeaf[i]) kept.push(tree.left[i]!, tree.left[i]! + 1);
  }
  const inner = <T>(i: number, value: T, none: T): T => (isLeaf[i] ? none : value);
  const { outputs } = tree;
  const value = new Float64Array(kept.length * outputs);
  kept.forEach((i, at) => void value.set(tree.value.subarray(i * outputs, (i + 1) * outputs), at * outputs));
  return new TreeSet({
    starts: Int32Array.of(0, kept.length),
    feature: Int32Array.from(kept, (i) => inner(i, tree.feature[i]!, -1)),
    threshold: Float64Array.from(kept, (i) => inner(i, tree.threshold[i]!, 0)),
    left: Int32Array.from(left),
    missingLeft: Uint8Array.from(kept, (i) => inner(i, tree.missingLeft[i]!, 0)),
    impurity: Float64Array.from(kept, (i) => tree.impurity[i]!),
    count: Float64Array.from(kept, (i) => tree.count[i]!),
    weight: Float64Array.from(kept, (i) => tree.weight[i]!),
    value,
    outputs,
  });
}

/** Smallest price first, then smallest node. */
class PriceHeap {
  readonly #items: (readonly [number, number])[] = [];

  push(price: number, node: number): void {
    const items = this.#items;
    let at = items.length;
    items.push([price, node]);
    while (at > 0) {
      const up = (at - 1) >> 1;
      if (!before(items[at]!, items[up]!)) break;
      [items[at], items[up]] = [items[up]!, items[at]!];
      at = up;
    }
  }

  pop(): readonly [number, number] | null {
    const items = this.#items;
    const top = items[0];
    const last = items.pop();
    if (top === undefined || last === undefined) return null;
    if (items.length === 0) return top;
    items[0] = last;
    for (let at = 0; ; ) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < items.length && before(items[child]!, items[least]!)) least = child;
      }
      if (least === at) return top;
      [items[at], items[least]] = [items[least]!, items[at]!];
      at = least;
    }
  }
}

const before = (a: readonly [number, number], b: readonly [number, number]): boolean =>
  a[0] < b[0] || (a[0] === b[0] && a[1] < b[1]);
