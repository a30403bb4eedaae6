import { call, parallel, type Scratch } from "../../kernels/index.ts";
import type { RandomStream } from "../../math/random/index.ts";
import { type BinMapper, binCount } from "./binning.ts";
import type { GradientRows } from "./gradients.ts";
import {
  bitsetBytes,
  expandChunks,
  histogramBytes,
  kindCategory,
  kindMissing,
  splitBytes,
} from "./layout.ts";
import { type TreeArrays, TreeBuilder } from "./trees.ts";

/** What bounds a tree's growth. */
export interface GrowthLimits {
  readonly maxLeafNodes: number | null;
  readonly maxDepth: number | null;
  readonly minSamplesLeaf: number;
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

/** Replaces the values of a grown tree's leaves before shrinkage; see {@link TreeGrower.grow}. */
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

interface FoundSplit {
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

/** Rows from which a list is partitioned by all threads. */
const threadedRows = 16_384;
const partitionRows = 8192;

/**
 * Grows trees on binned features, best split first (or, without a limit on leaves, where the order makes no
 * difference, depth first to save memory). Histograms are built for the smaller child and subtracted for the larger.
 */
export class TreeGrower {
  readonly #s: Scratch;
  readonly #state: GradientRows;
  readonly #mapper: BinMapper;
  readonly #limits: GrowthLimits;
  readonly #features: number;
  readonly #bins: number;
  readonly #kinds: Uint8Array;
  /** All rows, ascending; copied into the list when a tree begins. */
  readonly #allRows: Uint32Array;
  readonly list: { readonly ptr: number; readonly view: Uint32Array };
  readonly #spare: number;
  readonly #spareRight: number;
  readonly #lefts: { readonly ptr: number; readonly view: Uint32Array };
  readonly #gathered: number;
  readonly #settings: { readonly ptr: number; readonly view: Float64Array };
  /** Two nodes as the kernels read them, and the splits found for their features. */
  readonly #nodes: {
    readonly ptr: number;
    readonly f64: Float64Array;
    readonly i64: BigInt64Array;
    readonly u32: Uint32Array;
  };
  readonly #allowed: { readonly ptr: number; readonly view: Uint8Array };
  readonly #found: {
    readonly ptr: number;
    readonly f64: Float64Array;
    readonly i64: BigInt64Array;
    readonly i32: Int32Array;
    readonly u8: Uint8Array;
  };
  readonly #bitset: { readonly ptr: number; readonly view: Uint8Array };
  readonly #freeHistograms: number[] = [];
  readonly #minCount: number;

  constructor(
    s: Scratch,
    state: GradientRows,
    mapper: BinMapper,
    bins: number,
    kinds: Uint8Array,
    limits: GrowthLimits,
  ) {
    const n = state.rows;
    const d = kinds.length;
    this.#s = s;
    this.#state = state;
    this.#mapper = mapper;
    this.#limits = limits;
    this.#features = d;
    this.#bins = bins;
    this.#kinds = kinds;
    this.#allRows = Uint32Array.from({ length: n }, (_, i) => i);
    this.list = s.u32(n, false);
    this.#spare = s.u32(n, false).ptr;
    this.#spareRight = s.u32(n, false).ptr;
    this.#lefts = s.u32(Math.ceil(n / partitionRows));
    this.#gathered = s.f64(2 * n, false).ptr;
    this.#allowed = s.u8(2 * d);
    this.#bitset = s.u8(bitsetBytes);
    const nodes = s.f64(16);
    const { buffer } = nodes.view;
    this.#nodes = {
      ptr: nodes.ptr,
      f64: nodes.view,
      i64: new BigInt64Array(buffer, nodes.ptr, 16),
      u32: new Uint32Array(buffer, nodes.ptr, 32),
    };
    const bytes = 2 * d * splitBytes;
    const found = s.f64(bytes / 8);
    this.#found = {
      ptr: found.ptr,
      f64: found.view,
      i64: new BigInt64Array(buffer, found.ptr, bytes / 8),
      i32: new Int32Array(buffer, found.ptr, bytes / 4),
      u8: new Uint8Array(buffer, found.ptr, bytes),
    };

    this.#minCount = Math.round(limits.minSamplesLeaf / state.rowsPerCount);
    this.#settings = s.f64(11);
    const f64 = this.#settings.view;
    const i64 = new BigInt64Array(buffer, this.#settings.ptr, 11);
    const u32 = new Uint32Array(buffer, this.#settings.ptr, 22);
    f64[2] = limits.l2Regularization;
    f64[3] = limits.minHessianToSplit;
    f64[4] = limits.minGainToSplit;
    i64[5] = BigInt(state.countShift);
    i64[6] = BigInt(this.#minCount);
    u32[14] = state.countedHessian ? 1 : 0;
    u32[15] = limits.monotonic ? 1 : 0;
    f64[8] = state.rowsPerCount;
    u32[18] = s.u32(Uint32Array.from(kinds, (_, f) => binCount(mapper, f))).ptr;
    u32[19] = s.u8(kinds).ptr;
    u32[20] = s.u8(Uint8Array.from(limits.monotonic ?? new Int8Array(d), (v) => v & 255)).ptr;
    u32[21] = kinds.some((kind) => kind & kindCategory) ? s.u8(8192 * d, false).ptr : 0;
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
    const count = sample ? sample.length : this.#allRows.length;
    this.list.view.set(sample ?? this.#allRows);
    this.#settings.view[0] = this.#state.gradientUnit;
    this.#settings.view[1] = this.#state.hessianUnit;
    let pairs = this.#state.pairs;
    let total = sums;
    if (sample) {
      total = this.#state.gather(this.list.ptr, count, this.#gathered);
      pairs = this.#gathered;
    }
    const groups = this.#limits.interactions?.map((_, i) => i) ?? [];
    const root = this.#node(builder, { depth: 0, start: 0, end: count, value: 0, groups, ...total });
    const open = new SplitQueue(this.#limits.maxLeafNodes !== null);
    const leaves: Leaf[] = [];
    if (this.#mayGrow(root) && this.#hessian(total.hessian) >= this.#limits.minHessianToSplit) {
      root.histogram = this.#takeHistogram();
      this.#expand(sample ? this.list.ptr : 0, pairs, count, root.histogram, 0, root, null, random);
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

  #node(
    builder: TreeBuilder,
    given: Pick<GrownNode, "depth" | "start" | "end" | "value" | "groups" | "gradient" | "hessian">,
  ): GrownNode {
    const count = Number(given.hessian >> BigInt(this.#state.countShift)) * this.#state.rowsPerCount;
    return {
      node: builder.leaf(given.value, count),
      ...given,
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
    return (
      Number(node.hessian >> BigInt(this.#state.countShift)) >= 2 * this.#minCount &&
      node.end - node.start > 1
    );
  }

  #hessian(sum: bigint): number {
    const shift = BigInt(this.#state.countShift);
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
    if (node.histogram !== 0) this.#freeHistograms.push(node.histogram);
    node.histogram = 0;
    node.split = null;
    leaves.push({ node: node.node, start: node.start, end: node.end });
  }

  #takeHistogram(): number {
    // Float64 blocks are aligned for vectors; the kernel clears them.
    return this.#freeHistograms.pop() ?? this.#s.f64((this.#features * histogramBytes) / 8, false).ptr;
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
    const leftRows = this.#partition(node, split, grows);
    const middle = node.start + leftRows;
    const left = this.#node(builder, {
      ...{ depth, start: node.start, end: middle, value: split.valueLeft, groups },
      ...{ gradient: split.gradientLeft, hessian: split.hessianLeft },
    });
    const right = this.#node(builder, {
      ...{ depth, start: middle, end: node.end, value: split.valueRight, groups },
      gradient: node.gradient - split.gradientLeft,
      hessian: node.hessian - split.hessianLeft,
    });
    node.left = left;
    node.right = right;
    node.splitFeature = feature;
    // Rows with values missing only at prediction follow the majority.
    const sawMissing = (this.#kinds[feature]! & kindMissing) !== 0;
    const countShift = BigInt(this.#state.countShift);
    const missingLeft = sawMissing
      ? split.missingLeft
      : left.hessian >> countShift > right.hessian >> countShift;
    builder.split(node.node, left.node, { ...split, missingLeft, threshold: this.#threshold(split) });
    if (this.#limits.monotonic) this.#bound(node, left, right, this.#limits.monotonic[feature]!);

    const growLeft = grows && this.#mayGrow(left);
    const growRight = grows && this.#mayGrow(right);
    if (growLeft || growRight) {
      const leftIsSmall = leftRows < node.end - middle;
      const small = leftIsSmall ? left : right;
      const large = leftIsSmall ? right : left;
      const own = this.#takeHistogram();
      small.histogram = own;
      large.histogram = node.histogram;
      this.#expand(
        this.list.ptr + 4 * small.start,
        this.#gathered,
        small.end - small.start,
        own,
        node.histogram,
        (leftIsSmall ? growLeft : growRight) ? small : null,
        (leftIsSmall ? growRight : growLeft) ? large : null,
        random,
      );
    } else if (node.histogram !== 0) {
      this.#freeHistograms.push(node.histogram);
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

  /** Moves the node's rows, left ones first, and returns their number; gathers the smaller child's pairs if asked. */
  #partition(node: GrownNode, split: FoundSplit, gathers: boolean): number {
    const { feature } = split;
    const count = node.end - node.start;
    const list = this.list.ptr + 4 * node.start;
    const column = this.#bins + 4 * this.#state.rows * (feature >> 2) + (feature & 3);
    if (split.bitset) this.#bitset.view.set(split.bitset);
    const bitset = split.bitset ? this.#bitset.ptr : 0;
    const missingLeft = split.missingLeft ? 1 : 0;
    const gathered = gathers ? this.#gathered : 0;
    const { pairs } = this.#state;
    if (count < threadedRows) {
      return call(
        "partitionList",
        list,
        count,
        column,
        split.bin,
        missingLeft,
        bitset,
        this.#spare,
        pairs,
        gathered,
      );
    }
    const chunks = Math.ceil(count / partitionRows);
    const lefts = this.#lefts.ptr;
    parallel(
      "splitList",
      chunks,
      ...[
        list,
        count,
        column,
        split.bin,
        missingLeft,
        bitset,
        this.#spare,
        this.#spareRight,
        lefts,
        partitionRows,
      ],
    );
    parallel(
      "mergeList",
      chunks,
      ...[list, count, this.#spare, this.#spareRight, lefts, pairs, gathered, partitionRows, chunks],
    );
    let total = 0;
    for (let c = 0; c < chunks; c++) total += this.#lefts.view[c]!;
    return total;
  }

  /** Builds a node's histogram (and its sibling's, in the parent's place) and finds their best splits. */
  #expand(
    list: number,
    pairs: number,
    count: number,
    histogram: number,
    parent: number,
    node: GrownNode | null,
    sibling: GrownNode | null,
    random: RandomStream,
  ): void {
    const d = this.#features;
    const nodePtr = node ? this.#describe(node, 0, random) : 0;
    const siblingPtr = sibling ? this.#describe(sibling, 1, random) : 0;
    parallel(
      "expandNode",
      expandChunks(d),
      ...[this.#bins, this.#state.rows, list, pairs, count, histogram, parent, d, this.#settings.ptr],
      ...[nodePtr, siblingPtr, this.#found.ptr, this.#found.ptr + d * splitBytes],
    );
    if (node) node.split = this.#best(0);
    if (sibling) sibling.split = this.#best(1);
  }

  /** Writes a node where the kernels read it. */
  #describe(node: GrownNode, slot: 0 | 1, random: RandomStream): number {
    const { f64, i64, u32, ptr } = this.#nodes;
    const at = 8 * slot;
    i64[at] = node.gradient;
    i64[at + 1] = node.hessian;
    f64[at + 2] = node.value;
    f64[at + 3] = node.lower;
    f64[at + 4] = node.upper;
    u32[2 * at + 10] = this.#allow(node, slot, random);
    return ptr + 64 * slot;
  }

  /** Pointer to the features that the node may split on, 0 for all. */
  #allow(node: GrownNode, slot: 0 | 1, random: RandomStream): number {
    const { interactions, maxFeatures } = this.#limits;
    if (interactions === null && maxFeatures === 1) return 0;
    const d = this.#features;
    const flags = this.#allowed.view.subarray(d * slot, d * (slot + 1));
    flags.fill(interactions ? 0 : 1);
    for (const g of node.groups) for (const f of interactions![g]!) flags[f] = 1;
    if (maxFeatures < 1) {
      const names = Array.from(flags.keys()).filter((f) => flags[f] === 1);
      flags.fill(0);
      const drawn = random.choice(names.length, Math.max(1, Math.floor(maxFeatures * names.length)));
      for (const i of drawn) flags[names[i]!] = 1;
    }
    return this.#allowed.ptr + d * slot;
  }

  /** The best split over all features; the first feature wins ties. */
  #best(slot: 0 | 1): FoundSplit | null {
    const { f64, i64, i32, u8 } = this.#found;
    const step = splitBytes / 8;
    const base = slot * this.#features * step;
    let best = -1;
    let gain = 0;
    for (let f = 0; f < this.#features; f++) {
      const g = f64[base + f * step]!;
      if (g > gain) {
        gain = g;
        best = f;
      }
    }
    if (best < 0) return null;
    const at = base + best * step;
    const category = (this.#kinds[best]! & kindCategory) !== 0;
    return {
      gain,
      feature: best,
      bin: i32[2 * at + 6]!,
      missingLeft: i32[2 * at + 7] === 1,
      bitset: category ? u8.slice(8 * at + 48, 8 * at + 48 + bitsetBytes) : null,
      gradientLeft: i64[at + 1]!,
      hessianLeft: i64[at + 2]!,
      valueLeft: f64[at + 4]!,
      valueRight: f64[at + 5]!,
    };
  }
}

/** Nodes that can be split: a heap by gain (ties to the older node), or a stack. */
class SplitQueue {
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
