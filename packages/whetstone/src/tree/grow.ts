import { type FitOptions, step } from "../contract/index.ts";
import { type F64Block, type I32Block, type Scratch, treeKernels, withScratch } from "../kernels/index.ts";
import type { Matrix } from "../math/matrix.ts";
import type { RandomStream } from "../math/random/index.ts";
import { TreeSet } from "./tree-set.ts";

/** Names of the split criteria, with the numbers the kernels know them by (`assembly/tree-layout.ts`). */
export const criteria = {
  gini: 0,
  entropy: 1,
  squaredError: 2,
  absoluteError: 3,
  poisson: 4,
} as const;
/**
 * What a split decreases most. Classes: `"gini"` 1 - sum p^2, `"entropy"` in bits. Numbers: `"squaredError"`
 * about the mean, `"absoluteError"` about the median, `"poisson"` half the Poisson deviance.
 */
export type CriterionName = keyof typeof criteria;

/** What limits the growth of a tree. */
export interface GrowthLimits {
  readonly maxDepth: number | null;
  readonly minSamplesSplit: number;
  readonly minSamplesLeaf: number;
  readonly maxLeafNodes: number | null;
  readonly minImpurityDecrease: number;
  /** Least share of the rows' weight in a leaf. */
  readonly minWeightFractionLeaf: number;
}

/** A checked problem: trees to be grown independently of each other on the same rows. */
export interface GrowthProblem extends GrowthLimits {
  readonly where: string;
  /** Features; NaN is a missing value. */
  readonly X: Matrix;
  /** Codes of the classes for gini and entropy, numbers for the others. */
  readonly targets: Int32Array | Float64Array;
  /** Classes, or 1. */
  readonly outputs: number;
  readonly criterion: CriterionName;
  /** Weights of the rows; rows of weight 0 are no rows. */
  readonly weights: Float64Array;
  /** Columns drawn per split. */
  readonly maxFeatures: number;
  /** One threshold at random per column instead of the best one. */
  readonly randomSplits: boolean;
  readonly trees: number;
  /** Rows drawn with replacement for every tree; 0: all rows. */
  readonly draws: number;
  /** Source of every random choice of tree t; its first `draws` integers are the rows. */
  readonly random: (t: number) => RandomStream;
}

const slotWords = 20;
const nodeWords = 16;
/** Trees grown together at most, and the memory they may take together. */
const together = 32;
const memoryLimit = 2 ** 28;
/** Values below which the threads take longer to meet than to rank. */
const threadedValues = 8192;

/** Grows the trees, side by side on all threads; the result does not depend on how many there are. */
export function growTrees(problem: GrowthProblem, options: FitOptions): TreeSet {
  const { X, trees, where, draws, weights, outputs } = problem;
  const grown: TreeSet[] = [];
  withScratch((s) => {
    let used = 0;
    for (const w of weights) if (w > 0) used++;
    const rows = draws > 0 ? Math.min(used, draws) : used;
    const slotBytes =
      rows * 32 + (draws > 0 ? X.rows * 8 : 0) + mostNodes(problem, rows) * (72 + 8 * outputs);
    const batch = Math.max(1, Math.min(trees, together, Math.floor(memoryLimit / slotBytes)));
    const job = writeJob(s, problem);
    const slots = Array.from({ length: batch }, () => makeSlot(s, problem, rows));
    const table = s.u32(batch * slotWords);
    job.u32[19] = table.ptr;
    for (let done = 0; done < trees; done += batch) {
      step(where, options, done, trees, "trees");
      const n = Math.min(batch, trees - done);
      for (let i = 0; i < n; i++) {
        table.view.set(slots[i]!.words, i * slotWords);
        slots[i]!.random.view.set(problem.random(done + i).state.words);
      }
      treeKernels.parallel("growTrees", n, job.ptr);
      for (let i = 0; i < n; i++) grown.push(readTree(slots[i]!, table.view[i * slotWords + 15]!, outputs));
    }
    step(where, options, trees, trees, "trees");
  });
  return TreeSet.join(grown);
}

/** Nodes that a tree on so many rows can have. */
function mostNodes(p: GrowthProblem, rows: number): number {
  let leaves = Math.max(1, Math.floor(rows / p.minSamplesLeaf));
  if (p.maxLeafNodes !== null) leaves = Math.min(leaves, p.maxLeafNodes);
  if (p.maxDepth !== null && p.maxDepth < 30) leaves = Math.min(leaves, 2 ** p.maxDepth);
  return 2 * leaves - 1;
}

/** Writes what all trees share; the places are those of `assembly/tree-layout.ts`. */
function writeJob(s: Scratch, p: GrowthProblem): { ptr: number; u32: Uint32Array } {
  const { X, weights } = p;
  const { rows: n, cols: d } = X;
  const block = s.f64(16);
  const i32 = new Int32Array(block.view.buffer, block.ptr, 32);
  const u32 = new Uint32Array(block.view.buffer, block.ptr, 32);
  const codes = s.u32(n * d, false);
  const values = s.f64(n * d, false);
  rankAll(X, codes.ptr, values.ptr);
  const isClass = criteria[p.criterion] < 2;
  const huge = 2 ** 31 - 1;
  i32.set([n, d, p.outputs, criteria[p.criterion], p.maxFeatures, p.maxDepth ?? huge], 0);
  i32.set([p.minSamplesSplit, p.minSamplesLeaf, p.maxLeafNodes ?? 0, p.randomSplits ? 1 : 0], 6);
  u32[10] = codes.ptr;
  u32[11] = values.ptr;
  u32[12] = s.i32(Int32Array.from({ length: d }, (_, f) => f * n)).ptr;
  u32[13] = isClass ? s.i32(p.targets).ptr : s.f64(p.targets).ptr;
  u32[14] = s.f64(weights).ptr;
  i32[15] = p.draws;
  if (p.criterion === "absoluteError") {
    const distinct = Float64Array.from(new Set(p.targets)).sort();
    const rank = new Map<number, number>();
    distinct.forEach((v, r) => void rank.set(v, r));
    u32[16] = s.u32(Uint32Array.from(p.targets, (v) => rank.get(v)!)).ptr;
    i32[17] = distinct.length;
    u32[24] = s.f64(distinct).ptr;
  }
  i32[18] = isClass && packs(p) ? 1 : 0;
  block.view[10] = p.minImpurityDecrease;
  block.view[11] =
    p.minWeightFractionLeaf * (p.draws > 0 ? p.draws / n : 1) * weights.reduce((a, b) => a + b, 0);
  return { ptr: block.ptr, u32 };
}

/**
 * Whether class and weight fit into 16 bits each. With draws a weight is a multiple of the row's own: that a row is
 * drawn more than 128 times in n draws of n has a probability below n / 128!.
 */
function packs({ weights, outputs, draws }: GrowthProblem): boolean {
  const limit = draws === 0 ? 65535 : draws <= weights.length ? 511 : 65535 / draws;
  return outputs < 65536 && weights.every((w) => w <= limit && Number.isInteger(w));
}

/** Ranks the columns, a few at a time to save memory. */
function rankAll(X: Matrix, codes: number, values: number): void {
  const { rows: n, cols: d } = X;
  withScratch((s) => {
    const x = s.f64(X.data).ptr;
    const batch = Math.max(1, Math.min(d, Math.floor(memoryLimit / (n * 24 + 8192))));
    const scratch = s.u8(batch * (n * 24 + 8192), false).ptr;
    for (let first = 0; first < d; first += batch) {
      const width = Math.min(batch, d - first);
      const places = [x, n, d, first, codes, values, scratch];
      if (n * width >= threadedValues) treeKernels.parallel("rankColumns", width, ...places);
      else for (let c = 0; c < width; c++) treeKernels.call("rankColumns", ...places, c);
    }
  });
}

interface Slot {
  readonly words: Uint32Array;
  readonly random: I32Block;
  readonly nodes: F64Block;
  readonly values: F64Block;
}

/** Memory of one tree while it grows. */
function makeSlot(s: Scratch, p: GrowthProblem, rows: number): Slot {
  const { cols } = p.X;
  const most = mostNodes(p, rows);
  const random = s.i32(4);
  const nodes = s.f64((most * nodeWords) / 2, false);
  const values = s.f64(most * p.outputs, false);
  const isClass = criteria[p.criterion] < 2;
  const words = Uint32Array.of(
    s.u32(rows, false).ptr,
    s.f64(rows, false).ptr,
    isClass ? s.i32(rows, false).ptr : s.f64(rows, false).ptr,
    s.f64(rows, false).ptr, // keys
    s.f64(rows, false).ptr,
    random.ptr,
    s.i32(cols, false).ptr,
    s.f64(3 * p.outputs, false).ptr,
    nodes.ptr,
    values.ptr,
    s.i32((most + 1) / 2 + 1, false).ptr, // frontier
    p.criterion === "absoluteError" ? s.f64(4 * (p.X.rows + 1)).ptr : 0,
    s.u32(256, false).ptr,
    s.f64(8, false).ptr,
    p.draws > 0 ? s.f64(p.X.rows, false).ptr : 0,
    ...[0, 0, 0, 0, 0],
  );
  return { words, random, nodes, values };
}

function readTree({ nodes, values }: Slot, n: number, outputs: number): TreeSet {
  const f64 = nodes.view;
  const i32 = new Int32Array(f64.buffer, f64.byteOffset, n * nodeWords);
  const out = {
    feature: new Int32Array(n),
    threshold: new Float64Array(n),
    left: new Int32Array(n),
    missingLeft: new Uint8Array(n),
    impurity: new Float64Array(n),
    count: new Float64Array(n),
    weight: new Float64Array(n),
  };
  for (let i = 0; i < n; i++) {
    const a = i * 8;
    const b = i * nodeWords;
    const isLeaf = i32[b + 8]! < 0;
    out.feature[i] = isLeaf ? -1 : i32[b + 8]!;
    out.threshold[i] = isLeaf ? 0 : f64[a]!;
    out.left[i] = isLeaf ? 0 : i32[b + 9]!;
    out.missingLeft[i] = isLeaf ? 0 : i32[b + 10]!;
    out.impurity[i] = f64[a + 1]!;
    out.weight[i] = f64[a + 2]!;
    out.count[i] = i32[b + 12]! - i32[b + 11]!;
  }
  return new TreeSet({
    starts: Int32Array.of(0, n),
    ...out,
    value: values.view.slice(0, n * outputs),
    outputs,
  });
}
