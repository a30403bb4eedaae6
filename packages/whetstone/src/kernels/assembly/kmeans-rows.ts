/** What the steps of k-means do with a row. */
import { madd64 } from "./simd";

/** |a - b|^2 of two rows. */
// @ts-ignore: decorator
@inline
export function squaredDistance(a: usize, b: usize, cols: i32): f64 {
  let sum = f64x2.splat(0), more = sum;
  let left = cols;
  for (; left >= 4; left -= 4) {
    const g = f64x2.sub(v128.load(a), v128.load(b));
    const h = f64x2.sub(v128.load(a, 16), v128.load(b, 16));
    sum = madd64(g, g, sum);
    more = madd64(h, h, more);
    a += 32; b += 32;
  }
  sum = f64x2.add(sum, more);
  let total = f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
  for (; left > 0; left--) {
    const g = load<f64>(a) - load<f64>(b);
    total += g * g;
    a += 8; b += 8;
  }
  return total;
}

/** Adds weight times a row to the sum of its cluster, and the weight to its count. */
// @ts-ignore: decorator
@inline
export function addRow(row: usize, weight: f64, cols: i32, sum: usize, count: usize): void {
  const scale = f64x2.splat(weight);
  let left = cols;
  for (; left >= 2; left -= 2) {
    v128.store(sum, madd64(scale, v128.load(row), v128.load(sum)));
    row += 16; sum += 16;
  }
  if (left > 0) store<f64>(sum, load<f64>(sum) + weight * load<f64>(row));
  store<f64>(count, load<f64>(count) + weight);
}
