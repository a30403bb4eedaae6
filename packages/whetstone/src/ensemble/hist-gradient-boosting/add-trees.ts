import { boostKernels, withScratch } from "../../kernels/index.ts";
import type { GradientRows } from "./gradients.ts";
import type { TreeGrower } from "./grower.ts";
import type { Leaf } from "./grown-node.ts";
import { chunksOf, rowsPerChunk } from "./layout.ts";
import { packNodes, type TreeArrays } from "./trees.ts";

/** Adds a tree to the raw predictions of the rows it grew on. */
export function addLeaves(
  tree: TreeArrays,
  leaves: readonly Leaf[],
  grower: TreeGrower,
  state: GradientRows,
  k: number,
): void {
  withScratch((s) => {
    const starts = s.u32(leaves.map((leaf) => leaf.start)).ptr;
    const ends = s.u32(leaves.map((leaf) => leaf.end)).ptr;
    const values = s.f64(leaves.map((leaf) => tree.value[leaf.node]!)).ptr;
    boostKernels.parallel(
      "addLeaves",
      chunksOf(state.rows),
      ...[grower.list.ptr, starts, ends, values, leaves.length, state.rawOf(k), rowsPerChunk],
    );
  });
}

/** Adds a tree to the raw predictions of binned rows. */
export function addTree(tree: TreeArrays, bins: number, state: GradientRows, k: number): void {
  withScratch((s) => {
    const nodes = s.u8(packNodes(tree)).ptr;
    const bitsets = s.u8(tree.bitsets).ptr;
    boostKernels.parallel(
      "predictBinned",
      chunksOf(state.rows),
      ...[bins, state.rows, nodes, bitsets, state.rawOf(k), rowsPerChunk],
    );
  });
}
