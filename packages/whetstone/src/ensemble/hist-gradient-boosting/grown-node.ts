/** A tree while it grows: its nodes, what bounds them, and the queue of those that can be split. */

/** What bounds a tree's growth. */
export interface GrowthLimits {
  readonly maxLeafNodes: number | null;
  readonly maxDepth: number | null;
  readonly minSamplesLeaf: number;
  readonly l1Regularization: number;
  readonly l2Regularization: number;
  readonly minGainToSplit: number;
  readonly minHessianToSplit: number;
  /** Share of the allowed features drawn for each node. */
  readonly maxFeatures: number;
  readonly learningRate: number;
  /** Per feature 1 (rising), -1 (falling) or 0; null for no constraint at all. */
  readonly monotonic: Int8Array | null;
  /** Sets of features that may meet on a path; null for no constraint. */
  readonly interactions: readonly (readonly number[])[] | null;
}

/** A leaf of the finished tree and its rows: entries `start` to `end - 1` of the row list. */
export interface Leaf {
  readonly node: number;
  readonly start: number;
  readonly end: number;
}

/** Replaces the values of a grown tree's leaves before shrinkage. */
export type LeafUpdate = (root: GrownNode, setValue: (node: number, value: number) => void) => void;

/** A node while its tree grows. */
export interface GrownNode {
  readonly node: number;
  readonly depth: number;
  readonly start: number;
  readonly end: number;
  /** Sums of the rows' integers. */
  readonly gradient: bigint;
  readonly hessian: bigint;
  readonly value: number;
  /** Bounds of the children's values. */
  lower: number;
  upper: number;
  /** Pointer to its histogram while it may be split; 0 otherwise. */
  histogram: number;
  /** Interaction sets that its path still fits. */
  readonly groups: readonly number[];
  split: FoundSplit | null;
  /** Feature of its split once it is divided; -1 before. */
  splitFeature: number;
  left: GrownNode | null;
  right: GrownNode | null;
}

/** The best split of a node. */
export interface FoundSplit {
  readonly gain: number;
  readonly feature: number;
  readonly bin: number;
  readonly missingLeft: boolean;
  readonly bitset: Uint8Array | null;
  readonly gradientLeft: bigint;
  readonly hessianLeft: bigint;
  readonly valueLeft: number;
  readonly valueRight: number;
}

/** Nodes that can be split: a heap by gain (ties to the older node), or a stack. */
export class SplitQueue {
  readonly #items: GrownNode[] = [];
  readonly #byGain: boolean;

  constructor(byGain: boolean) {
    this.#byGain = byGain;
  }

  get size(): number {
    return this.#items.length;
  }

  push(node: GrownNode): void {
    const items = this.#items;
    let at = items.push(node) - 1;
    while (this.#byGain && at > 0) {
      const up = (at - 1) >> 1;
      if (!before(node, items[up]!)) break;
      items[at] = items[up]!;
      at = up;
    }
    items[at] = node;
  }

  pop(): GrownNode {
    const items = this.#items;
    const last = items.pop()!;
    if (!this.#byGain || items.length === 0) return last;
    const top = items[0]!;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && before(items[child + 1]!, items[child]!)) child++;
      if (!before(items[child]!, last)) break;
      items[at] = items[child]!;
      at = child;
    }
    items[at] = last;
    return top;
  }
}

function before(a: GrownNode, b: GrownNode): boolean {
  const gain = a.split!.gain;
  const other = b.split!.gain;
  return gain !== other ? gain > other : a.node < b.node;
}
