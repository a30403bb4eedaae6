import type { PlainTrees } from "../interchange/index.ts";
import { type Scratch, shapKernels, withScratch } from "../kernels/index.ts";
import { Matrix } from "../math/matrix.ts";
import { gaussLegendre } from "./gauss-legendre.ts";

/** Rows that the kernel takes at a time, side by side. */
const lanes = 16;
const nodeBytes = 40;
const rowsPerPiece = 64 * lanes;

/** Trees as the kernel reads them (`assembly/tree-shap.ts`), and what it has to know of them. */
export interface PackedTrees {
  readonly nodes: Uint8Array;
  readonly starts: Int32Array;
  /** Points that tree t takes: half the columns on its longest path. */
  readonly points: Int32Array;
  readonly depth: number;
  /** Mean of every output over the training rows, as the covers tell it. */
  readonly baseValues: Float64Array;
}

/** Nodes with their cover as a share of the parent's, and where on the path their column was split before. */
export function packTrees(trees: PlainTrees): PackedTrees {
  const { starts, feature, threshold, left, flags, set, cover, value, width, outputs, scale } = trees;
  const n = feature.length;
  const buffer = new ArrayBuffer(n * nodeBytes);
  const f64 = new Float64Array(buffer);
  const i32 = new Int32Array(buffer);
  const nTrees = starts.length - 1;
  const points = new Int32Array(nTrees);
  const baseValues = Float64Array.from(trees.baseline);
  let depth = 0;
  for (let t = 0; t < nTrees; t++) {
    const root = starts[t]!;
    const levels = new Map<number, number>(); // column -> level of the nearest edge above on it
    let widest = 1;
    // One entry per node to enter (>= 0) or level of a column to restore once its branch is done (< 0).
    const stack: [node: number, level: number, reach: number, restore: number | null][] = [
      [root, 0, 1, null],
    ];
    for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
      const [node, level, reach, restore] = top;
      if (restore !== null) {
        if (restore === 0) levels.delete(node);
        else levels.set(node, restore);
        continue;
      }
      depth = Math.max(depth, level);
      const f = feature[node]!;
      f64[5 * node] = threshold[node]!;
      i32[10 * node + 4] = f;
      i32[10 * node + 6] = flags[node]!;
      i32[10 * node + 7] = set[node]!;
      if (f < 0) {
        widest = Math.max(widest, levels.size);
        for (let k = 0; k < width; k++) {
          const o = width === 1 ? t % outputs : k;
          baseValues[o] = baseValues[o]! + scale * reach * value[node * width + k]!;
        }
        continue;
      }
      const child = root + left[node]!;
      i32[10 * node + 5] = child;
      const above = levels.get(f) ?? 0;
      i32[10 * node + 8] = above;
      levels.set(f, level + 1);
      stack.push([f, 0, 0, above]);
      const total = cover[child]! + cover[child + 1]!;
      for (const side of [1, 0]) {
        // A node that no training row reached says nothing of its children: halves.
        const share = total > 0 ? cover[child + side]! / total : 0.5;
        f64[5 * (child + side) + 1] = share;
        stack.push([child + side, level + 1, reach * share, null]);
      }
    }
    points[t] = Math.ceil(widest / 2);
  }
  return { nodes: new Uint8Array(buffer), starts: Int32Array.from(starts), points, depth, baseValues };
}

/** Contributions of all columns to every output: one rows x columns matrix per output. */
export function pathDependentShap(trees: PlainTrees, packed: PackedTrees, X: Matrix): Matrix[] {
  const { outputs, width, scale } = trees;
  const { rows, cols } = X;
  const out = Array.from({ length: outputs }, () => Matrix.zeros(rows, cols));
  const most = packed.points.reduce((a, b) => Math.max(a, b), 1);
  const levelBytes = Math.ceil((2 * lanes * 8 + 16 + 5 * most * 8 + 2 * most * lanes * 8) / 64) * 64;
  const scratchBytes = (packed.depth + 1) * levelBytes + (1 + outputs) * cols * lanes * 8;
  const chunksPerPiece = Math.min(rowsPerPiece, Math.ceil(rows / lanes) * lanes) / lanes;
  withScratch((s) => {
    const nodes = s.u8(packed.nodes).ptr;
    const bitsets = s.u8(trees.bitsets).ptr;
    const starts = s.i32(packed.starts).ptr;
    const points = s.i32(packed.points).ptr;
    const values = s.f64(scale === 1 ? trees.value : trees.value.map((v) => scale * v)).ptr;
    const tables = loadTables(s, most);
    const piece = Math.min(rows, rowsPerPiece);
    const x = s.f64(piece * cols, false);
    const phi = s.f64(piece * cols * outputs, false);
    const scratch = s.u8(chunksPerPiece * scratchBytes, false).ptr;
    for (let first = 0; first < rows; first += piece) {
      const n = Math.min(piece, rows - first);
      x.view.set(X.data.subarray(first * cols, (first + n) * cols));
      shapKernels.parallel(
        "treeShap",
        Math.ceil(n / lanes),
        ...[x.ptr, n, cols, nodes, bitsets, starts, points, packed.points.length, values, width, outputs],
        ...[tables, most, scratch, scratchBytes, levelBytes, phi.ptr],
      );
      for (let o = 0; o < outputs; o++)
        out[o]!.data.set(phi.view.subarray(o * n * cols, (o + 1) * n * cols), first * cols);
    }
  });
  return out;
}

/** Points and weights for 1 to `most` points, one after another. */
function loadTables(s: Scratch, most: number): number {
  const block = s.f64(most * (most + 1));
  for (let n = 1; n <= most; n++) {
    const { points, weights } = gaussLegendre(n);
    block.view.set(points, n * (n - 1));
    block.view.set(weights, n * (n - 1) + n);
  }
  return block.ptr;
}
