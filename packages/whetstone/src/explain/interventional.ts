import { outputOf, type PlainTrees } from "../interchange/index.ts";
import { shapKernels, withScratch } from "../kernels/index.ts";
import { Matrix } from "../math/matrix.ts";
import type { PackedTrees } from "./path-dependent.ts";

const rowsPerChunk = 2;
const rowsPerPiece = 2048;

/** Mean output of the background rows: what is known before anything is known. */
export function meanOutput(trees: PlainTrees, background: Matrix): Float64Array {
  const mean = new Float64Array(trees.outputs);
  for (let i = 0; i < background.rows; i++)
    outputOf(trees, background.row(i)).forEach((v, o) => void (mean[o] = mean[o]! + v / background.rows));
  return mean;
}

/** Contributions of all columns to every output, averaged over the background rows: rows x columns per output. */
export function interventionalShap(
  trees: PlainTrees,
  packed: PackedTrees,
  X: Matrix,
  background: Matrix,
): Matrix[] {
  const { outputs, width, scale } = trees;
  const { rows, cols } = X;
  const out = Array.from({ length: outputs }, () => Matrix.zeros(rows, cols));
  const share = scale / background.rows;
  const side = packed.depth + 1;
  withScratch((s) => {
    const nodes = s.u8(packed.nodes).ptr;
    const bitsets = s.u8(trees.bitsets).ptr;
    const starts = s.i32(packed.starts).ptr;
    const values = s.f64(trees.value.map((v) => share * v)).ptr;
    const parts = s.f64(leafParts(side)).ptr;
    const others = s.f64(background.data).ptr;
    const piece = Math.min(rows, rowsPerPiece);
    const x = s.f64(piece * cols, false);
    const phi = s.f64(piece * cols * outputs, false);
    const states = s.u8(Math.ceil(piece / rowsPerChunk) * cols).ptr;
    for (let first = 0; first < rows; first += piece) {
      const n = Math.min(piece, rows - first);
      x.view.set(X.data.subarray(first * cols, (first + n) * cols));
      phi.view.fill(0);
      shapKernels.parallel(
        "treeShapPairs",
        Math.ceil(n / rowsPerChunk),
        ...[x.ptr, n, cols, others, background.rows, nodes, bitsets, starts, packed.points.length, values],
        ...[width, outputs, parts, side, states, phi.ptr, rowsPerChunk],
      );
      for (let o = 0; o < outputs; o++)
        out[o]!.data.set(phi.view.subarray(o * n * cols, (o + 1) * n * cols), first * cols);
    }
  });
  return out;
}

/** For a columns taken from the row and b from the background: (a - 1)! b! / (a + b)! and a! (b - 1)! / (a + b)!. */
function leafParts(side: number): Float64Array {
  const out = new Float64Array(2 * side * side);
  // beta(a, b) = (a - 1)! (b - 1)! / (a + b - 1)!, row by row
  const beta = (a: number, b: number) => {
    let value = 1 / a;
    for (let k = 1; k < b; k++) value *= k / (a + k);
    return value;
  };
  for (let a = 0; a < side; a++) {
    for (let b = 0; a + b < side; b++) {
      const at = 2 * (a * side + b);
      if (a > 0) out[at] = beta(a, b + 1);
      if (b > 0) out[at + 1] = beta(a + 1, b);
    }
  }
  return out;
}
