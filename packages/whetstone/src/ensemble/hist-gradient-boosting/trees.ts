import { formatError } from "../../errors.ts";
import { boostKernels, type Scratch, withScratch } from "../../kernels/index.ts";
import type { Matrix } from "../../math/matrix.ts";
import { bitsetBytes, chunksOf, flagCategory, flagMissingLeft, nodeBytes } from "./layout.ts";

/** One grown tree: flat arrays with one entry per node; node 0 is the root, children are neighbours. */
export interface TreeArrays {
  /** Feature of the split, -1 for a leaf. */
  readonly feature: Int32Array;
  /** A value <= threshold goes left. Infinity: everything but missing values does. */
  readonly threshold: Float64Array;
  /** Left child; the right one follows it. 0 for a leaf. */
  readonly left: Int32Array;
  /** Last bin of the left child, or the number of the bitset of a category split. */
  readonly bin: Int32Array;
  /** Bits: 1 missing values go left, 2 category split. */
  readonly flags: Uint8Array;
  /** What the node adds to the raw prediction if it is a leaf; of inner nodes, what it would have added. */
  readonly value: Float64Array;
  /** Decrease of the loss's second-order approximation by the split, times two; 0 for a leaf. */
  readonly gain: Float64Array;
  /** Training rows in the node (sums of weights where there were weights). */
  readonly count: Float64Array;
  /** Per category split the 256 bits of codes that go left, least significant first. */
  readonly bitsets: Uint8Array;
}

/** Rows predicted per piece of kernel memory. */
const rowsPerPiece = 1 << 16;
/** Rows walked through all trees together: their features stay in the cache. */
const predictRows = 256;
/** Walks down trees below which the threads take longer to meet than to walk. */
const threadedWalks = 8192;

const fields = ["feature", "threshold", "left", "bin", "flags", "value", "gain", "count"] as const;

/**
 * The trees of a boosted model as flat arrays, one after another. Tree t has nodes `starts[t]` to
 * `starts[t + 1] - 1`; `left` counts from the tree's own start, `bin` of category splits over all trees.
 */
export class TreeEnsemble implements TreeArrays {
  static readonly typeName = "TreeEnsemble";
  readonly starts: Uint32Array;
  readonly feature: Int32Array;
  readonly threshold: Float64Array;
  readonly left: Int32Array;
  readonly bin: Int32Array;
  readonly flags: Uint8Array;
  readonly value: Float64Array;
  readonly gain: Float64Array;
  readonly count: Float64Array;
  readonly bitsets: Uint8Array;
  #packed: Uint8Array | null = null;

  constructor(starts: Uint32Array, arrays: TreeArrays) {
    this.starts = starts;
    this.feature = arrays.feature;
    this.threshold = arrays.threshold;
    this.left = arrays.left;
    this.bin = arrays.bin;
    this.flags = arrays.flags;
    this.value = arrays.value;
    this.gain = arrays.gain;
    this.count = arrays.count;
    this.bitsets = arrays.bitsets;
  }

  get nTrees(): number {
    return this.starts.length - 1;
  }

  /** Joins trees. */
  static join(trees: readonly TreeArrays[]): TreeEnsemble {
    const starts = new Uint32Array(trees.length + 1);
    trees.forEach((tree, t) => {
      starts[t + 1] = starts[t]! + tree.feature.length;
    });
    const n = starts[trees.length]!;
    const all = {
      feature: new Int32Array(n),
      threshold: new Float64Array(n),
      left: new Int32Array(n),
      bin: new Int32Array(n),
      flags: new Uint8Array(n),
      value: new Float64Array(n),
      gain: new Float64Array(n),
      count: new Float64Array(n),
      bitsets: new Uint8Array(trees.reduce((sum, tree) => sum + tree.bitsets.length, 0)),
    };
    let sets = 0;
    trees.forEach((tree, t) => {
      const at = starts[t]!;
      for (const field of fields) all[field].set(tree[field], at);
      for (let i = 0; i < tree.feature.length; i++) {
        if (tree.flags[i]! & flagCategory) all.bin[at + i] = tree.bin[i]! + sets / bitsetBytes;
      }
      all.bitsets.set(tree.bitsets, sets);
      sets += tree.bitsets.length;
    });
    return new TreeEnsemble(starts, all);
  }

  /**
   * Adds trees `from` to `to - 1` to `raw` (rows x outputs, row-major); tree t belongs to output t mod outputs.
   *
   * @param categories category values per feature, to turn categories into codes
   */
  addTo(
    raw: Float64Array,
    X: Matrix,
    outputs: number,
    from: number,
    to: number,
    categories: readonly (Float64Array | null)[],
  ): void {
    if (X.rows === 0 || from === to) return;
    const d = X.cols;
    withScratch((s) => {
      const { nodes, bitsets } = this.load(s);
      const starts = s.u32(this.starts).ptr;
      const piece = Math.min(X.rows, rowsPerPiece);
      const x = s.f64(piece * d, false);
      const out = s.f64(piece * outputs, false);
      for (let first = 0; first < X.rows; first += piece) {
        const n = Math.min(piece, X.rows - first);
        x.view.set(X.data.subarray(first * d, (first + n) * d));
        encodeInPlace(x.view, n, d, categories);
        out.view.set(raw.subarray(first * outputs, (first + n) * outputs));
        // One chunk is done by this thread alone.
        const perChunk = n * (to - from) < threadedWalks ? n : predictRows;
        boostKernels.parallel(
          "predictTrees",
          chunksOf(n, perChunk),
          ...[x.ptr, n, d, nodes, bitsets, starts, from, to, outputs, out.ptr, perChunk],
        );
        raw.set(out.view.subarray(0, n * outputs), first * outputs);
      }
    });
  }

  /** Puts the packed nodes into kernel memory. */
  private load(s: Scratch): { nodes: number; bitsets: number } {
    this.#packed ??= packNodes(this);
    return { nodes: s.u8(this.#packed).ptr, bitsets: s.u8(this.bitsets).ptr };
  }

  toState(): unknown {
    const { starts, feature, threshold, left, bin, flags, value, gain, count, bitsets } = this;
    return { starts, feature, threshold, left, bin, flags, value, gain, count, bitsets };
  }

  static fromState(state: unknown): TreeEnsemble {
    const { starts, ...arrays } = state as { starts: Uint32Array } & TreeArrays;
    checkTrees(starts, arrays);
    return new TreeEnsemble(starts, arrays);
  }
}

/** The kernels trust the nodes they walk, so a file with other ones is refused. */
function checkTrees(starts: Uint32Array, a: TreeArrays): void {
  const bad = (why: string) => formatError("load", `the trees in the file are damaged: ${why}`);
  const n = starts[starts.length - 1];
  if (starts[0] !== 0 || n === undefined) throw bad("they do not start at node 0");
  for (const field of fields)
    if (a[field].length !== n) throw bad(`${field} has ${a[field].length} entries, not ${n}`);
  for (let t = 0; t + 1 < starts.length; t++) {
    const size = starts[t + 1]! - starts[t]!;
    if (!(size >= 1)) throw bad(`tree ${t} is empty`);
    for (let i = 0; i < size; i++) {
      const at = starts[t]! + i;
      if (a.feature[at]! < 0) continue;
      // Children come after their parent, so every walk ends.
      if (!(a.left[at]! > i && a.left[at]! + 1 < size)) throw bad(`node ${i} of tree ${t} has no children`);
      const sets = a.bitsets.length / bitsetBytes;
      if (a.flags[at]! & flagCategory && !(a.bin[at]! >= 0 && a.bin[at]! < sets))
        throw bad(`node ${i} of tree ${t}`);
    }
  }
}

/** Nodes as the kernels read them; see `assembly/boost-predict.ts`. */
export function packNodes(tree: TreeArrays): Uint8Array {
  const n = tree.feature.length;
  const buffer = new ArrayBuffer(n * nodeBytes);
  const f64 = new Float64Array(buffer);
  const i32 = new Int32Array(buffer);
  for (let i = 0; i < n; i++) {
    const leaf = tree.feature[i]! < 0;
    f64[3 * i] = leaf ? tree.value[i]! : tree.threshold[i]!;
    i32[6 * i + 2] = tree.feature[i]!;
    i32[6 * i + 3] = tree.left[i]!;
    i32[6 * i + 4] = tree.bin[i]!;
    i32[6 * i + 5] = tree.flags[i]!;
  }
  return new Uint8Array(buffer);
}

function encodeInPlace(
  x: Float64Array,
  rows: number,
  cols: number,
  categories: readonly (Float64Array | null)[],
): void {
  categories.forEach((values, j) => {
    if (!values) return;
    const codes = new Map<number, number>();
    values.forEach((v, code) => void codes.set(v, code));
    for (let i = j; i < rows * cols; i += cols) x[i] = codes.get(x[i]!) ?? Number.NaN;
  });
}

/** Collects a tree's nodes while it grows. */
export class TreeBuilder {
  readonly #feature: number[] = [];
  readonly #threshold: number[] = [];
  readonly #left: number[] = [];
  readonly #bin: number[] = [];
  readonly #flags: number[] = [];
  readonly #value: number[] = [];
  readonly #gain: number[] = [];
  readonly #count: number[] = [];
  readonly #bitsets: Uint8Array[] = [];

  /** Adds a leaf and returns its number. */
  leaf(value: number, count: number): number {
    this.#feature.push(-1);
    this.#threshold.push(0);
    this.#left.push(0);
    this.#bin.push(0);
    this.#flags.push(0);
    this.#value.push(value);
    this.#gain.push(0);
    this.#count.push(count);
    return this.#feature.length - 1;
  }

  /** Makes a leaf an inner node with children `left` and `left + 1`. */
  split(
    node: number,
    left: number,
    how: {
      readonly feature: number;
      readonly bin: number;
      readonly bitset: Uint8Array | null;
      readonly gain: number;
    },
    threshold: number,
    missingLeft: boolean,
  ): void {
    this.#feature[node] = how.feature;
    this.#threshold[node] = threshold;
    this.#left[node] = left;
    this.#gain[node] = how.gain;
    this.#flags[node] = (missingLeft ? flagMissingLeft : 0) | (how.bitset ? flagCategory : 0);
    this.#bin[node] = how.bitset ? this.#bitsets.push(how.bitset) - 1 : how.bin;
  }

  setValue(node: number, value: number): void {
    this.#value[node] = value;
  }

  /** The tree, with all values times `shrinkage`. */
  finish(shrinkage: number): TreeArrays {
    const bitsets = new Uint8Array(this.#bitsets.length * bitsetBytes);
    this.#bitsets.forEach((set, i) => void bitsets.set(set, i * bitsetBytes));
    const value = new Float64Array(this.#value);
    for (let i = 0; i < value.length; i++) value[i]! *= shrinkage;
    return {
      feature: new Int32Array(this.#feature),
      threshold: new Float64Array(this.#threshold),
      left: new Int32Array(this.#left),
      bin: new Int32Array(this.#bin),
      flags: new Uint8Array(this.#flags),
      value,
      gain: new Float64Array(this.#gain),
      count: new Float64Array(this.#count),
      bitsets,
    };
  }
}
