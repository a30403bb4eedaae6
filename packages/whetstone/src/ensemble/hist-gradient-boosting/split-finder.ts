import { boostKernels, type Scratch } from "../../kernels/index.ts";
import type { RandomStream } from "../../math/random/index.ts";
import { type BinMapper, binCount } from "./binning.ts";
import type { GradientRows } from "./gradients.ts";
import type { FoundSplit, GrownNode, GrowthLimits } from "./grown-node.ts";
import { bitsetBytes, expandChunks, histogramBytes, kindCategory, splitBytes } from "./layout.ts";

/** Additions and bins below which a node takes less time than the threads take to meet. */
const threadedWork = 8192;

/**
 * Builds histograms and finds the best splits of nodes, in kernel memory laid out as in `assembly/boost-split.ts`.
 * Histograms are recycled from tree to tree.
 */
export class SplitFinder {
  /** Least count of a leaf, in units of the row state's counts. */
  readonly minCount: number;
  readonly #s: Scratch;
  readonly #state: GradientRows;
  readonly #limits: GrowthLimits;
  readonly #features: number;
  readonly #bins: number;
  readonly #kinds: Uint8Array;
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
  readonly #freeHistograms: number[] = [];

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
    const d = kinds.length;
    this.#s = s;
    this.#state = state;
    this.#limits = limits;
    this.#features = d;
    this.#bins = bins;
    this.#kinds = kinds;
    this.#allowed = s.u8(2 * d);
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

    this.minCount = Math.round(limits.minSamplesLeaf / state.rowsPerCount);
    this.#settings = s.f64(12);
    const f64 = this.#settings.view;
    const i64 = new BigInt64Array(buffer, this.#settings.ptr, 12);
    const u32 = new Uint32Array(buffer, this.#settings.ptr, 24);
    f64[2] = limits.l2Regularization;
    f64[3] = limits.minHessianToSplit;
    f64[4] = limits.minGainToSplit;
    i64[5] = BigInt(state.countShift);
    i64[6] = BigInt(this.minCount);
    u32[14] = state.countedHessian ? 1 : 0;
    u32[15] = limits.monotonic || limits.l1Regularization > 0 ? 1 : 0;
    f64[11] = limits.l1Regularization;
    f64[8] = state.rowsPerCount;
    u32[18] = s.u32(Uint32Array.from(kinds, (_, f) => binCount(mapper, f))).ptr;
    u32[19] = s.u8(kinds).ptr;
    u32[20] = s.u8(Uint8Array.from(limits.monotonic ?? new Int8Array(d), (v) => v & 255)).ptr;
    u32[21] = kinds.some((kind) => kind & kindCategory) ? s.u8(8192 * d, false).ptr : 0;
  }

  /** Takes over the units of the gradients that the next tree grows on. */
  begin(): void {
    this.#settings.view[0] = this.#state.gradientUnit;
    this.#settings.view[1] = this.#state.hessianUnit;
  }

  takeHistogram(): number {
    // Float64 blocks are aligned for vectors; the kernel clears them.
    return this.#freeHistograms.pop() ?? this.#s.f64((this.#features * histogramBytes) / 8, false).ptr;
  }

  /** Gives a histogram back; 0 is none. */
  release(histogram: number): void {
    if (histogram !== 0) this.#freeHistograms.push(histogram);
  }

  /** Builds a node's histogram (and its sibling's, in the parent's place) and finds their best splits. */
  expand(
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
    const chunks = expandChunks(d);
    const { rows } = this.#state;
    const settings = this.#settings.ptr;
    const out = this.#found.ptr;
    const siblingOut = out + d * splitBytes;
    const args = [this.#bins, rows, list, pairs, count, histogram, parent, d, settings, nodePtr, siblingPtr];
    args.push(out, siblingOut);
    if (d * (count + 512) >= threadedWork) boostKernels.parallel("expandNode", chunks, ...args);
    else for (let chunk = 0; chunk < chunks; chunk++) boostKernels.call("expandNode", ...args, chunk);
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
