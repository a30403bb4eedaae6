import { formatError } from "../errors.ts";
import { type Scratch, treeKernels, withScratch } from "../kernels/index.ts";
import { Matrix } from "../math/matrix.ts";

/** One or more trees as flat arrays with one entry per node; children are neighbours. */
export interface TreeArrays {
  /** First node of every tree, and the number of nodes. */
  readonly starts: Int32Array;
  /** Column of the split, -1 for a leaf. */
  readonly feature: Int32Array;
  /** A value <= threshold goes left. Infinity: everything but missing values does. */
  readonly threshold: Float64Array;
  /** Left child, counted from the tree's first node; the right one follows it. 0 for a leaf. */
  readonly left: Int32Array;
  /** 1 where missing values go left. */
  readonly missingLeft: Uint8Array;
  /** Impurity of the training rows in the node. */
  readonly impurity: Float64Array;
  /** Training rows in the node. */
  readonly count: Float64Array;
  /** Sum of their weights. */
  readonly weight: Float64Array;
  /** What the node predicts, `outputs` numbers: shares of the classes, or one number. */
  readonly value: Float64Array;
  readonly outputs: number;
}

const rowsPerPiece = 1 << 15;
const rowsPerChunk = 64;
/** Walks down trees below which the threads take longer to meet than to walk. */
const threadedWalks = 8192;
const fields = ["feature", "threshold", "left", "missingLeft", "impurity", "count", "weight"] as const;

/**
 * Grown trees: what `DecisionTreeClassifier` and forests keep.
 *
 * @example
 * const { tree } = new DecisionTreeRegressor({ maxDepth: 1 }).fit([[0], [1], [2], [3]], [0, 0, 1, 1]);
 * tree.threshold[0]; // 1.5
 * tree.nodeCount; // 3
 */
export class TreeSet implements TreeArrays {
  static readonly typeName = "TreeSet";
  readonly starts: Int32Array;
  readonly feature: Int32Array;
  readonly threshold: Float64Array;
  readonly left: Int32Array;
  readonly missingLeft: Uint8Array;
  readonly impurity: Float64Array;
  readonly count: Float64Array;
  readonly weight: Float64Array;
  readonly value: Float64Array;
  readonly outputs: number;
  #packed: Uint8Array | null = null;

  constructor(arrays: TreeArrays) {
    this.starts = arrays.starts;
    this.feature = arrays.feature;
    this.threshold = arrays.threshold;
    this.left = arrays.left;
    this.missingLeft = arrays.missingLeft;
    this.impurity = arrays.impurity;
    this.count = arrays.count;
    this.weight = arrays.weight;
    this.value = arrays.value;
    this.outputs = arrays.outputs;
  }

  get nTrees(): number {
    return this.starts.length - 1;
  }

  /** Nodes of all trees. */
  get nodeCount(): number {
    return this.feature.length;
  }

  /** Leaves of all trees. */
  get nLeaves(): number {
    let leaves = 0;
    for (const f of this.feature) if (f < 0) leaves++;
    return leaves;
  }

  /** Most edges from a root to a leaf. */
  get depth(): number {
    let deepest = 0;
    const depth = new Int32Array(this.nodeCount);
    for (let t = 0; t < this.nTrees; t++) {
      for (let i = this.starts[t]!; i < this.starts[t + 1]!; i++) {
        deepest = Math.max(deepest, depth[i]!);
        if (this.feature[i]! < 0) continue;
        const child = this.starts[t]! + this.left[i]!;
        depth[child] = depth[child + 1] = depth[i]! + 1;
      }
    }
    return deepest;
  }

  /** Tree t alone. */
  tree(t: number): TreeSet {
    const [from, to] = [this.starts[t]!, this.starts[t + 1]!];
    const { outputs } = this;
    return new TreeSet({
      starts: Int32Array.of(0, to - from),
      feature: this.feature.slice(from, to),
      threshold: this.threshold.slice(from, to),
      left: this.left.slice(from, to),
      missingLeft: this.missingLeft.slice(from, to),
      impurity: this.impurity.slice(from, to),
      count: this.count.slice(from, to),
      weight: this.weight.slice(from, to),
      value: this.value.slice(from * outputs, to * outputs),
      outputs,
    });
  }

  /** The first `n` trees. */
  first(n: number): TreeSet {
    const end = this.starts[n]!;
    const { outputs } = this;
    return new TreeSet({
      starts: this.starts.slice(0, n + 1),
      feature: this.feature.slice(0, end),
      threshold: this.threshold.slice(0, end),
      left: this.left.slice(0, end),
      missingLeft: this.missingLeft.slice(0, end),
      impurity: this.impurity.slice(0, end),
      count: this.count.slice(0, end),
      weight: this.weight.slice(0, end),
      value: this.value.slice(0, end * outputs),
      outputs,
    });
  }

  /** All trees of the sets, in their order. */
  static join(sets: readonly TreeSet[]): TreeSet {
    if (sets.length === 1) return sets[0]!;
    const outputs = sets[0]!.outputs;
    const n = sets.reduce((sum, set) => sum + set.nodeCount, 0);
    const starts = [0];
    const all = {
      feature: new Int32Array(n),
      threshold: new Float64Array(n),
      left: new Int32Array(n),
      missingLeft: new Uint8Array(n),
      impurity: new Float64Array(n),
      count: new Float64Array(n),
      weight: new Float64Array(n),
    };
    const value = new Float64Array(n * outputs);
    let at = 0;
    for (const set of sets) {
      for (const field of fields) all[field].set(set[field], at);
      value.set(set.value, at * outputs);
      for (const end of set.starts.subarray(1)) starts.push(at + end);
      at += set.nodeCount;
    }
    return new TreeSet({ starts: Int32Array.from(starts), ...all, value, outputs });
  }

  /** Mean over trees `from` to `to - 1` of the values of the leaves the rows fall into: rows x outputs. */
  mean(X: Matrix, from = 0, to = this.nTrees): Matrix {
    const { outputs } = this;
    const out = Matrix.zeros(X.rows, outputs);
    if (X.rows === 0 || from >= to) return out;
    withScratch((s) => {
      const { nodes, starts } = this.load(s);
      const values = s.f64(this.value).ptr;
      const piece = Math.min(X.rows, rowsPerPiece);
      const x = s.f64(piece * X.cols, false);
      const sums = s.f64(piece * outputs, false);
      for (let first = 0; first < X.rows; first += piece) {
        const n = Math.min(piece, X.rows - first);
        x.view.set(X.data.subarray(first * X.cols, (first + n) * X.cols));
        sums.view.fill(0);
        // One chunk is done by this thread alone.
        const perChunk = n * (to - from) < threadedWalks ? n : rowsPerChunk;
        treeKernels.parallel(
          "addTreeValues",
          Math.ceil(n / perChunk),
          ...[x.ptr, n, X.cols, nodes, starts, from, to, values, outputs, sums.ptr, perChunk],
        );
        out.data.set(sums.view.subarray(0, n * outputs), first * outputs);
      }
    });
    const trees = to - from;
    if (trees > 1) for (let i = 0; i < out.data.length; i++) out.data[i] = out.data[i]! / trees;
    return out;
  }

  /** The leaf of every row in every tree, counted from the tree's first node: rows x trees. */
  apply(X: Matrix): Matrix {
    const trees = this.nTrees;
    const out = Matrix.zeros(X.rows, trees);
    if (X.rows === 0) return out;
    withScratch((s) => {
      const { nodes, starts } = this.load(s);
      const piece = Math.min(X.rows, rowsPerPiece);
      const x = s.f64(piece * X.cols, false);
      const leaves = s.i32(piece * trees, false);
      for (let first = 0; first < X.rows; first += piece) {
        const n = Math.min(piece, X.rows - first);
        x.view.set(X.data.subarray(first * X.cols, (first + n) * X.cols));
        const chunks = Math.ceil(n / rowsPerChunk);
        treeKernels.parallel(
          "applyTrees",
          chunks,
          x.ptr,
          n,
          X.cols,
          nodes,
          starts,
          trees,
          leaves.ptr,
          rowsPerChunk,
        );
        for (let i = 0; i < n * trees; i++) {
          out.data[first * trees + i] = leaves.view[i]! - this.starts[i % trees]!;
        }
      }
    });
    return out;
  }

  /**
   * Share of each column in the decrease of impurity by all splits, averaged over trees (mean decrease in impurity;
   * Breiman et al., 1984). Zeros where nothing was split.
   */
  importances(columns: number): Float64Array {
    const total = new Float64Array(columns);
    for (let t = 0; t < this.nTrees; t++) {
      const own = new Float64Array(columns);
      const root = this.starts[t]!;
      for (let i = root; i < this.starts[t + 1]!; i++) {
        const f = this.feature[i]!;
        if (f < 0) continue;
        const l = root + this.left[i]!;
        const r = l + 1;
        const part = (k: number) => this.weight[k]! * this.impurity[k]!;
        own[f] = own[f]! + part(i) - part(l) - part(r);
      }
      const sum = own.reduce((a, b) => a + b, 0);
      if (sum > 0) for (let f = 0; f < columns; f++) total[f] = total[f]! + own[f]! / sum;
    }
    const sum = total.reduce((a, b) => a + b, 0);
    return sum > 0 ? total.map((v) => v / sum) : total;
  }

  private load(s: Scratch): { nodes: number; starts: number } {
    this.#packed ??= packNodes(this);
    return { nodes: s.u8(this.#packed).ptr, starts: s.i32(this.starts).ptr };
  }

  toState(): unknown {
    const { starts, feature, threshold, left, missingLeft, impurity, count, weight, value, outputs } = this;
    return { starts, feature, threshold, left, missingLeft, impurity, count, weight, value, outputs };
  }

  static fromState(state: unknown): TreeSet {
    checkTrees(state as TreeArrays);
    return new TreeSet(state as TreeArrays);
  }
}

/** The kernels trust the nodes they walk, so a file with other ones is refused. */
function checkTrees(a: TreeArrays): void {
  const bad = (why: string) => formatError("load", `the trees in the file are damaged: ${why}`);
  const n = a.starts[a.starts.length - 1];
  if (a.starts[0] !== 0 || n === undefined) throw bad("they do not start at node 0");
  if (!(Number.isSafeInteger(a.outputs) && a.outputs >= 1)) throw bad(`outputs is ${a.outputs}`);
  for (const field of fields)
    if (a[field].length !== n) throw bad(`${field} has ${a[field].length} entries, not ${n}`);
  if (a.value.length !== n * a.outputs) throw bad(`value has ${a.value.length} entries`);
  for (let t = 0; t + 1 < a.starts.length; t++) {
    const size = a.starts[t + 1]! - a.starts[t]!;
    if (!(size >= 1)) throw bad(`tree ${t} is empty`);
    for (let i = 0; i < size; i++) {
      const at = a.starts[t]! + i;
      // Children come after their parent, so every walk ends.
      if (a.feature[at]! >= 0 && !(a.left[at]! > i && a.left[at]! + 1 < size))
        throw bad(`node ${i} of tree ${t} has no children`);
    }
  }
}

/** Nodes as the kernels read them; see `assembly/tree-predict.ts`. */
function packNodes(trees: TreeSet): Uint8Array {
  const buffer = new ArrayBuffer(trees.nodeCount * 16);
  const f64 = new Float64Array(buffer);
  const i32 = new Int32Array(buffer);
  for (let t = 0; t < trees.nTrees; t++) {
    const root = trees.starts[t]!;
    for (let i = root; i < trees.starts[t + 1]!; i++) {
      const f = trees.feature[i]!;
      f64[2 * i] = trees.threshold[i]!;
      i32[4 * i + 2] = f < 0 ? -1 : 2 * f + trees.missingLeft[i]!;
      i32[4 * i + 3] = root + trees.left[i]!;
    }
  }
  return new Uint8Array(buffer);
}
