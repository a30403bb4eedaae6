/**
 * Leaves and mean values of grown trees. Packed node, 16 bytes: f64 threshold; i32 feature << 1 | (missing values go
 * left), or -1 for a leaf; i32 left child, counted over all trees (the right one follows it).
 */
import { min } from "./simd";

// @ts-ignore: decorator
@inline
function leafOf(nodes: usize, root: i32, row: usize): i32 {
  let at = root;
  for (;;) {
    const node = nodes + (<usize>at << 4);
    const feature = load<i32>(node, 8);
    if (feature < 0) return at;
    const value = load<f64>(row + (<usize>(feature >> 1) << 3));
    let right = i32(!(value <= load<f64>(node)));
    if (value != value) right = (feature & 1) ^ 1;
    at = load<i32>(node, 12) + right;
  }
  return at;
}

/** Adds the values (f64[nodes][outputs]) of the leaves of trees `from` to `to - 1` to `out` (rows x outputs). */
export function addTreeValues(
  x: usize, rows: i32, cols: i32, nodes: usize, starts: usize, from: i32, to: i32, values: usize, outputs: i32,
  out: usize, rowsPerChunk: i32, chunk: i32,
): void {
  const first = chunk * rowsPerChunk;
  const last = min(rows, first + rowsPerChunk);
  for (let t = from; t < to; t++) {
    const root = load<i32>(starts + (<usize>t << 2));
    for (let i = first; i < last; i++) {
      const leaf = leafOf(nodes, root, x + ((<usize>i * <usize>cols) << 3));
      const value = values + ((<usize>leaf * <usize>outputs) << 3);
      const to_ = out + ((<usize>i * <usize>outputs) << 3);
      for (let k = 0; k < outputs; k++) {
        const at = <usize>k << 3;
        store<f64>(to_ + at, load<f64>(to_ + at) + load<f64>(value + at));
      }
    }
  }
}

/** The leaf of every row in every tree: i32[rows][trees], counted over all trees. */
export function applyTrees(
  x: usize, rows: i32, cols: i32, nodes: usize, starts: usize, trees: i32, out: usize, rowsPerChunk: i32, chunk: i32,
): void {
  const first = chunk * rowsPerChunk;
  const last = min(rows, first + rowsPerChunk);
  for (let t = 0; t < trees; t++) {
    const root = load<i32>(starts + (<usize>t << 2));
    for (let i = first; i < last; i++) {
      store<i32>(
        out + ((<usize>i * <usize>trees + <usize>t) << 2),
        leafOf(nodes, root, x + ((<usize>i * <usize>cols) << 3)),
      );
    }
  }
}
