/**
 * Shapley values of tree ensembles against a background row: columns that are not known take its values ("interventional";
 * Lundberg et al., 2020). A leaf can only be reached by taking `a` columns from the row and `b` from the background, so
 * each of the first gains (a - 1)! b! / (a + b)! of its value and each of the others loses a! (b - 1)! / (a + b)!.
 *
 * Nodes as in tree-shap.ts.
 */
import { min } from "./simd";

// @ts-ignore: decorator
@inline
function goesLeft(node: usize, value: f64, bitsets: usize): bool {
  const flags = load<i32>(node, 24);
  if (value != value) return (flags & 1) != 0;
  if ((flags & 2) == 0) return value <= load<f64>(node);
  const code = <i32>value;
  return ((load<u8>(bitsets + (<usize>load<i32>(node, 28) << 5) + (code >>> 3)) >>> (code & 7)) & 1) != 0;
}

/**
 * What the leaves below say of columns taken from the row (first lane) and from the background (second). `state` has a
 * byte per column: 0 while both rows agree, 1 taken from the row, 2 from the background.
 */
function pair(
  nodes: usize, bitsets: usize, values: usize, width: i32, row: usize, other: usize, phi: usize, state: usize,
  parts: usize, side: i32, at: i32, a: i32, b: i32,
): v128 {
  let node = nodes + <usize>at * 40;
  let feature = load<i32>(node, 16);
  while (feature >= 0) {
    const taken = load<u8>(state + feature);
    const left = load<i32>(node, 20);
    const ours = left + i32(!goesLeft(node, load<f64>(row + (<usize>feature << 3)), bitsets));
    const theirs = left + i32(!goesLeft(node, load<f64>(other + (<usize>feature << 3)), bitsets));
    if (taken == 0 && ours != theirs) {
      store<u8>(state + feature, 1);
      const gains = pair(nodes, bitsets, values, width, row, other, phi, state, parts, side, ours, a + 1, b);
      store<u8>(state + feature, 2);
      const losses = pair(nodes, bitsets, values, width, row, other, phi, state, parts, side, theirs, a, b + 1);
      store<u8>(state + feature, 0);
      const to = phi + (<usize>feature << 3);
      store<f64>(to, load<f64>(to) + f64x2.extract_lane(gains, 0) - f64x2.extract_lane(losses, 1));
      return f64x2.add(gains, losses);
    }
    at = taken == 2 ? theirs : ours;
    node = nodes + <usize>at * 40;
    feature = load<i32>(node, 16);
  }
  const value = v128.load64_splat(values + ((<usize>at * <usize>width) << 3));
  return f64x2.mul(value, v128.load(parts + (<usize>(a * side + b) << 4)));
}

/**
 * Adds to `out` (outputs x rows x cols) what the chunk's rows gain and lose against each of the background rows; the
 * values are shared out by their number beforehand. `parts` has the two weights of every (a, b), `side` to a line;
 * `states` a line of zeros of `cols` bytes per chunk.
 */
export function treeShapPairs(
  x: usize, rows: i32, cols: i32, background: usize, backgroundRows: i32, nodes: usize, bitsets: usize, starts: usize,
  trees: i32, values: usize, width: i32, outputs: i32, parts: usize, side: i32, states: usize, out: usize,
  rowsPerChunk: i32, chunk: i32,
): void {
  const first = chunk * rowsPerChunk;
  const last = min(rows, first + rowsPerChunk);
  const state = states + <usize>(chunk * cols);
  const line = <usize>cols << 3;
  for (let i = first; i < last; i++) {
    for (let t = 0; t < trees; t++) {
      const root = load<i32>(starts + (<usize>t << 2));
      for (let k = 0; k < width; k++) {
        const output = width == 1 ? t % outputs : k;
        const phi = out + (<usize>output * <usize>rows + i) * line;
        for (let b = 0; b < backgroundRows; b++) {
          pair(
            nodes, bitsets, values + (<usize>k << 3), width, x + <usize>i * line, background + <usize>b * line, phi,
            state, parts, side, root, 0, 0,
          );
        }
      }
    }
  }
}
