import type { Scratch } from "../../kernels/index.ts";
import type { RandomStream } from "../../math/random/index.ts";
import type { BinMapper } from "./binning.ts";
import type { GradientRows } from "./gradients.ts";
import {
  type FoundSplit,
  type GrownNode,
  type GrowthLimits,
  type Leaf,
  type LeafUpdate,
  SplitQueue,
} from "./grown-node.ts";
import { kindMissing } from "./layout.ts";
import { RowList } from "./row-list.ts";
import { SplitFinder } from "./split-finder.ts";
import { type TreeArrays, TreeBuilder } from "./trees.ts";

/**
 * Grows trees on binned features, best split first (or, without a limit on leaves, where the order makes no
 * difference, depth first to save memory). Histograms are built for the smaller child and subtracted for the larger.
 */
export class TreeGrower {
  readonly list: RowList;
  readonly #finder: SplitFinder;
  readonly #state: GradientRows;
  readonly #mapper: BinMapper;
  readonly #limits: GrowthLimits;
  readonly #kinds: Uint8Array;
  readonly #countShift: bigint;

  /**
   * @param bins pointer to the binned features
   * @param kinds kinds of the features, as bits
   */
  constructor(
    s: Scratch,
    state: GradientRows,
    mapper: BinMapper,
    bins: number,
    kinds: Uint8Array,
    limits: GrowthLimits,
  ) {
    this.list = new RowList(s, state, bins);
    this.#finder = new SplitFinder(s, state, mapper, bins, kinds, limits);
    this.#state = state;
    this.#mapper = mapper;
    this.#limits = limits;
    this.#kinds = kinds;
    this.#countShift = BigInt(state.countShift);
  }

  /**
   * Grows one tree on the gradients in the row state.
   *
   * @param sample rows to learn from, ascending; null for all
   * @param update replaces leaf values, for losses whose leaves are not Newton steps
   */
  grow(
    sums: { readonly gradient: bigint; readonly hessian: bigint },
    sample: Uint32Array | null,
    random: RandomStream,
    update: LeafUpdate | null,
  ): { tree: TreeArrays; leaves: Leaf[] } {
    const builder = new TreeBuilder();
    const count = this.list.begin(sample);
    this.#finder.begin();
    let pairs = this.#state.pairs;
    let total = sums;
    if (sample) {
      total = this.#state.gather(this.list.ptr, count, this.list.gathered);
      pairs = this.list.gathered;
    }
    const groups = this.#limits.interactions?.map((_, i) => i) ?? [];
    const { gradient, hessian } = total;
    const root = this.#node(builder, 0, 0, count, this.#rootValue(total), groups, gradient, hessian);
    const open = new SplitQueue(this.#limits.maxLeafNodes !== null);
    const leaves: Leaf[] = [];
    if (this.#mayGrow(root) && this.#hessian(total.hessian) >= this.#limits.minHessianToSplit) {
      root.histogram = this.#finder.takeHistogram();
      this.#finder.expand(sample ? this.list.ptr : 0, pairs, count, root.histogram, 0, root, null, random);
    }
    this.#place(root, open, leaves);
    while (open.size > 0) {
      const node = open.pop();
      const [left, right] = this.#divide(builder, node, this.#histogramsNeeded(open, leaves), random);
      this.#place(left, open, leaves);
      this.#place(right, open, leaves);
      if (leaves.length + open.size === this.#limits.maxLeafNodes) {
        for (let rest = open.size; rest > 0; rest--) this.#close(open.pop(), leaves);
      }
    }
    update?.(root, (node, value) => builder.setValue(node, value));
    return { tree: builder.finish(this.#limits.learningRate), leaves };
  }

  /**
   * A root without split adds nothing, and its splits gain against no tree at all, as in scikit-learn. Where splits or
   * values have a price the root is a leaf like others, as in XGBoost: else the first split would be charged too little.
   */
  #rootValue(sums: { readonly gradient: bigint; readonly hessian: bigint }): number {
    const { minGainToSplit, l1Regularization, l2Regularization } = this.#limits;
    if (minGainToSplit === 0 && l1Regularization === 0) return 0;
    const gradient = Number(sums.gradient) * this.#state.gradientUnit;
    const soft = Math.sign(gradient) * Math.max(0, Math.abs(gradient) - l1Regularization);
    return soft === 0 ? 0 : -soft / (this.#hessian(sums.hessian) + l2Regularization + 1e-15);
  }

  #node(
    builder: TreeBuilder,
    depth: number,
    start: number,
    end: number,
    value: number,
    groups: readonly number[],
    gradient: bigint,
    hessian: bigint,
  ): GrownNode {
    const count = Number(hessian >> this.#countShift) * this.#state.rowsPerCount;
    return {
      node: builder.leaf(value, count),
      depth,
      start,
      end,
      value,
      groups,
      gradient,
      hessian,
      lower: Number.NEGATIVE_INFINITY,
      upper: Number.POSITIVE_INFINITY,
      histogram: 0,
      split: null,
      splitFeature: -1,
      left: null,
      right: null,
    };
  }

  /** Whether rows and depth allow a split. */
  #mayGrow(node: GrownNode): boolean {
    const { maxDepth } = this.#limits;
    if (maxDepth !== null && node.depth >= maxDepth) return false;
    return Number(node.hessian >> this.#countShift) >= 2 * this.#finder.minCount && node.end - node.start > 1;
  }

  #hessian(sum: bigint): number {
    const shift = this.#countShift;
    if (this.#state.countedHessian) return Number(sum >> shift);
    return Number(sum & ((1n << shift) - 1n)) * this.#state.hessianUnit;
  }

  /** No histogram is needed by the last split of a full tree. */
  #histogramsNeeded(open: SplitQueue, leaves: readonly Leaf[]): boolean {
    return leaves.length + open.size + 2 !== this.#limits.maxLeafNodes;
  }

  #place(node: GrownNode, open: SplitQueue, leaves: Leaf[]): void {
    if (node.split) open.push(node);
    else this.#close(node, leaves);
  }

  #close(node: GrownNode, leaves: Leaf[]): void {
    this.#finder.release(node.histogram);
    node.histogram = 0;
    node.split = null;
    leaves.push({ node: node.node, start: node.start, end: node.end });
  }

  /** Splits a node, moves its rows, and finds the splits of its children. */
  #divide(
    builder: TreeBuilder,
    node: GrownNode,
    grows: boolean,
    random: RandomStream,
  ): [GrownNode, GrownNode] {
    const split = node.split!;
    const { feature } = split;
    const groups = this.#limits.interactions
      ? node.groups.filter((g) => this.#limits.interactions![g]!.includes(feature))
      : node.groups;
    const depth = node.depth + 1;
    const leftRows = this.list.partition(node, split, grows);
    const middle = node.start + leftRows;
    const { start, end } = node;
    const { gradientLeft: gradient, hessianLeft: hessian } = split;
    const left = this.#node(builder, depth, start, middle, split.valueLeft, groups, gradient, hessian);
    const gradientRight = node.gradient - gradient;
    const hessianRight = node.hessian - hessian;
    const { valueRight } = split;
    const right = this.#node(builder, depth, middle, end, valueRight, groups, gradientRight, hessianRight);
    node.left = left;
    node.right = right;
    node.splitFeature = feature;
    // Rows with values missing only at prediction follow the majority.
    const sawMissing = (this.#kinds[feature]! & kindMissing) !== 0;
    const missingLeft = sawMissing
      ? split.missingLeft
      : left.hessian >> this.#countShift > right.hessian >> this.#countShift;
    builder.split(node.node, left.node, split, this.#threshold(split), missingLeft);
    if (this.#limits.monotonic) this.#bound(node, left, right, this.#limits.monotonic[feature]!);

    const growLeft = grows && this.#mayGrow(left);
    const growRight = grows && this.#mayGrow(right);
    if (growLeft || growRight) {
      const leftIsSmall = leftRows < node.end - middle;
      const small = leftIsSmall ? left : right;
      const large = leftIsSmall ? right : left;
      const own = this.#finder.takeHistogram();
      small.histogram = own;
      large.histogram = node.histogram;
      this.#finder.expand(
        this.list.ptr + 4 * small.start,
        this.list.gathered,
        small.end - small.start,
        own,
        node.histogram,
        (leftIsSmall ? growLeft : growRight) ? small : null,
        (leftIsSmall ? growRight : growLeft) ? large : null,
        random,
      );
    } else {
      this.#finder.release(node.histogram);
    }
    node.histogram = 0;
    return [left, right];
  }

  #threshold(split: FoundSplit): number {
    if (split.bitset) return 0;
    const cuts = this.#mapper.thresholds[split.feature]!;
    return split.bin < cuts.length ? cuts[split.bin]! : Number.POSITIVE_INFINITY;
  }

  /** Children of a split on a constrained feature keep to their sides of the middle. */
  #bound(node: GrownNode, left: GrownNode, right: GrownNode, direction: number): void {
    left.lower = right.lower = node.lower;
    left.upper = right.upper = node.upper;
    if (direction === 0) return;
    const middle = (left.value + right.value) / 2;
    const [low, high] = direction > 0 ? [left, right] : [right, left];
    low.upper = middle;
    high.lower = middle;
  }
}
