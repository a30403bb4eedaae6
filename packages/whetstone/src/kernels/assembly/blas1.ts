/**
 * Vector kernels on one thread. Sums are added pairwise down to blocks of 128 entries, so that the rounding
 * error grows with log2(n) instead of n.
 */
import { hsum64, madd64 } from "./simd";

// @ts-ignore: decorator
@inline const BLOCK: i32 = 128;

function dotBlock(x: usize, y: usize, n: i32): f64 {
  let s0 = f64x2.splat(0), s1 = s0, s2 = s0, s3 = s0;
  for (; n >= 8; n -= 8) {
    s0 = madd64(v128.load(x), v128.load(y), s0);
    s1 = madd64(v128.load(x, 16), v128.load(y, 16), s1);
    s2 = madd64(v128.load(x, 32), v128.load(y, 32), s2);
    s3 = madd64(v128.load(x, 48), v128.load(y, 48), s3);
    x += 64;
    y += 64;
  }
  let sum = hsum64(f64x2.add(f64x2.add(s0, s1), f64x2.add(s2, s3)));
  for (; n > 0; n--) {
    sum += load<f64>(x) * load<f64>(y);
    x += 8;
    y += 8;
  }
  return sum;
}

/** Sum of x_i y_i. Halves are rounded to whole blocks, so the tree of additions depends on n only. */
export function dotF64(x: usize, y: usize, n: i32): f64 {
  if (n <= BLOCK) return dotBlock(x, y, n);
  const half = (((n >>> 1) + BLOCK - 1) / BLOCK) * BLOCK;
  const bytes = <usize>half << 3;
  return dotF64(x, y, half) + dotF64(x + bytes, y + bytes, n - half);
}

function sumBlock(x: usize, n: i32): f64 {
  let s0 = f64x2.splat(0), s1 = s0, s2 = s0, s3 = s0;
  for (; n >= 8; n -= 8) {
    s0 = f64x2.add(s0, v128.load(x));
    s1 = f64x2.add(s1, v128.load(x, 16));
    s2 = f64x2.add(s2, v128.load(x, 32));
    s3 = f64x2.add(s3, v128.load(x, 48));
    x += 64;
  }
  let sum = hsum64(f64x2.add(f64x2.add(s0, s1), f64x2.add(s2, s3)));
  for (; n > 0; n--) {
    sum += load<f64>(x);
    x += 8;
  }
  return sum;
}

/** Sum of x_i. */
export function sumF64(x: usize, n: i32): f64 {
  if (n <= BLOCK) return sumBlock(x, n);
  const half = (((n >>> 1) + BLOCK - 1) / BLOCK) * BLOCK;
  return sumF64(x, half) + sumF64(x + (<usize>half << 3), n - half);
}

/** x *= alpha. */
export function scaleF64(alpha: f64, x: usize, n: i32): void {
  const s = f64x2.splat(alpha);
  for (; n >= 2; n -= 2) {
    v128.store(x, f64x2.mul(s, v128.load(x)));
    x += 16;
  }
  if (n > 0) store<f64>(x, alpha * load<f64>(x));
}
