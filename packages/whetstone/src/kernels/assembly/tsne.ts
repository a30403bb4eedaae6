/** Forces of t-SNE on two-dimensional maps: repulsion between all pairs in float32, attraction along sparse affinities. */
import { madd32, min } from "./simd";

/**
 * For each row i of one chunk: `forces[2 i], forces[2 i + 1]` = sum over j of q^2 (y_i - y_j) and `totals[i]` = sum of
 * q, where q = 1 / (1 + |y_i - y_j|^2). `xs` and `ys` hold the coordinates in float32, `padded` (a multiple of four)
 * entries with those beyond n so far away that they add nothing. The row itself adds 1 to its total.
 */
export function tsneRepulsion(
  xs: usize, ys: usize, n: i32, padded: i32, forces: usize, totals: usize, rowsPerChunk: i32, chunk: i32,
): void {
  const last = min(n, (chunk + 1) * rowsPerChunk);
  const one = f32x4.splat(1);
  for (let i = chunk * rowsPerChunk; i < last; i++) {
    const x = v128.load32_splat(xs + (<usize>i << 2));
    const y = v128.load32_splat(ys + (<usize>i << 2));
    let fx = f32x4.splat(0), fy = fx, total = fx;
    let a = xs, b = ys;
    let left = padded >> 2;
    do {
      const dx = f32x4.sub(x, v128.load(a));
      const dy = f32x4.sub(y, v128.load(b));
      const q = f32x4.div(one, madd32(dx, dx, madd32(dy, dy, one)));
      total = f32x4.add(total, q);
      const q2 = f32x4.mul(q, q);
      fx = madd32(q2, dx, fx);
      fy = madd32(q2, dy, fy);
      a += 16;
      b += 16;
    } while (--left);
    store<f64>(forces + (<usize>i << 4), sum4(fx));
    store<f64>(forces + (<usize>i << 4), sum4(fy), 8);
    store<f64>(totals + (<usize>i << 3), sum4(total));
  }
}

/** Sum of the lanes in float64. */
// @ts-ignore: decorator
@inline
function sum4(v: v128): f64 {
  return (
    <f64>f32x4.extract_lane(v, 0) + <f64>f32x4.extract_lane(v, 1) +
    (<f64>f32x4.extract_lane(v, 2) + <f64>f32x4.extract_lane(v, 3))
  );
}

/** For each row i of one chunk: `forces` of i = sum over its neighbours j of p_ij q (y_i - y_j); `y` is n x 2. */
export function tsneAttraction(
  y: usize, indptr: usize, indices: usize, p: usize, n: i32, forces: usize, rowsPerChunk: i32, chunk: i32,
): void {
  const last = min(n, (chunk + 1) * rowsPerChunk);
  for (let i = chunk * rowsPerChunk; i < last; i++) {
    const own = v128.load(y + (<usize>i << 4));
    let sum = f64x2.splat(0);
    const end = load<i32>(indptr + (<usize>(i + 1) << 2));
    for (let e = load<i32>(indptr + (<usize>i << 2)); e < end; e++) {
      const j = load<i32>(indices + (<usize>e << 2));
      const gap = f64x2.sub(own, v128.load(y + (<usize>j << 4)));
      const square = f64x2.mul(gap, gap);
      const q = load<f64>(p + (<usize>e << 3)) / (1 + f64x2.extract_lane(square, 0) + f64x2.extract_lane(square, 1));
      sum = f64x2.add(sum, f64x2.mul(f64x2.splat(q), gap));
    }
    v128.store(forces + (<usize>i << 4), sum);
  }
}
