/**
 * Predictions of tree ensembles from packed nodes.
 *
 * Node, 24 bytes: 0 f64 threshold, or value of a leaf; 8 i32 feature, -1 for a leaf; 12 i32 left child (the right
 * one is next to it); 16 i32 threshold as a bin, or the number of the 32-byte bitset of a category split;
 * 20 i32 flags: 1 missing values go left, 2 category split.
 */
import { min } from "./simd";

/** Child of a node for a raw value. Categories are codes 0 to 254; NaN is missing. */
// @ts-ignore: decorator
@inline
function child(node: usize, value: f64, bitsets: usize): i32 {
  const flags = load<i32>(node, 20);
  let right = i32(!(value <= load<f64>(node)));
  if (flags != 0) {
    if (value != value) right = (flags & 1) ^ 1;
    else if ((flags & 2) != 0) {
      const code = <i32>value;
      right = ((load<u8>(bitsets + (<usize>load<i32>(node, 16) << 5) + (code >>> 3)) >>> (code & 7)) & 1) ^ 1;
    }
  }
  return load<i32>(node, 12) + right;
}

/**
 * Adds trees `from` to `to - 1` to the raw predictions of the chunk's rows. X is row-major float64. Tree t starts at
 * node `starts[t]` (children count from there) and belongs to column t mod outputs of `raw` (row-major).
 */
export function predictTrees(
  x: usize, rows: i32, cols: i32, nodes: usize, bitsets: usize, starts: usize, from: i32, to: i32, outputs: i32,
  raw: usize, rowsPerChunk: i32, chunk: i32,
): void {
  const first = chunk * rowsPerChunk;
  const last = min(rows, first + rowsPerChunk);
  const line = <usize>cols << 3;
  for (let t = from; t < to; t++) {
    const root = nodes + <usize>load<u32>(starts + (<usize>t << 2)) * 24;
    let at = raw + ((<usize>first * outputs + t % outputs) << 3);
    let row = x + <usize>first * line;
    for (let i = first; i < last; i++) {
      let node = root;
      let feature = load<i32>(node, 8);
      while (feature >= 0) {
        node = root + <usize>child(node, load<f64>(row + (<usize>feature << 3)), bitsets) * 24;
        feature = load<i32>(node, 8);
      }
      store<f64>(at, load<f64>(at) + load<f64>(node));
      at += <usize>outputs << 3;
      row += line;
    }
  }
}

/** Adds one tree to the raw predictions of binned rows (see boost-bin.ts for the layout). */
export function predictBinned(
  bins: usize, rows: i32, nodes: usize, bitsets: usize, raw: usize, rowsPerChunk: i32, chunk: i32,
): void {
  const first = chunk * rowsPerChunk;
  const last = min(rows, first + rowsPerChunk);
  for (let i = first; i < last; i++) {
    let node = nodes;
    let feature = load<i32>(node, 8);
    while (feature >= 0) {
      const bin = <i32>load<u8>(bins + ((<usize>rows * (feature >> 2)) << 2) + (<usize>i << 2) + (feature & 3));
      const flags = load<i32>(node, 20);
      const at = load<i32>(node, 16);
      let right: i32;
      if (bin == 255) right = (flags & 1) ^ 1;
      else if ((flags & 2) != 0) {
        right = ((load<u8>(bitsets + (<usize>at << 5) + (bin >>> 3)) >>> (bin & 7)) & 1) ^ 1;
      } else right = i32(bin > at);
      node = nodes + <usize>(load<i32>(node, 12) + right) * 24;
      feature = load<i32>(node, 8);
    }
    const to = raw + (<usize>i << 3);
    store<f64>(to, load<f64>(to) + load<f64>(node));
  }
}
