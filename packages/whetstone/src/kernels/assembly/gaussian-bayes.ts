/** Sums per class and Gaussian log likelihoods per row and class, over row-major data. */
import { min } from "./simd";

/**
 * Adds each row's offset from `origin`, and its square, to the sums of its class. Every chunk has sums of its own
 * (classes x d of offsets, then as many of squares); `w` is 0 or points at one weight per row.
 */
export function gaussianMoments(
  x: usize, codes: usize, w: usize, origin: usize, rows: i32, d: i32, classes: i32, partial: usize, perChunk: i32,
  chunk: i32,
): void {
  const size = <usize>(classes * d) << 3;
  const own = partial + <usize>chunk * 2 * size;
  const end = min((chunk + 1) * perChunk, rows);
  for (let i = chunk * perChunk; i < end; i++) {
    const row = x + (<usize>(i * d) << 3);
    const sums = own + (<usize>(load<i32>(codes + (<usize>i << 2)) * d) << 3);
    const weight = w ? load<f64>(w + (<usize>i << 3)) : 1;
    const wide = f64x2.splat(weight);
    let j = 0;
    for (; j + 2 <= d; j += 2) {
      const at = <usize>j << 3;
      const v = f64x2.sub(v128.load(row + at), v128.load(origin + at));
      const wv = f64x2.mul(v, wide);
      v128.store(sums + at, f64x2.add(v128.load(sums + at), wv));
      v128.store(sums + size + at, f64x2.add(v128.load(sums + size + at), f64x2.mul(wv, v)));
    }
    if (j < d) {
      const at = <usize>j << 3;
      const v = load<f64>(row + at) - load<f64>(origin + at);
      store<f64>(sums + at, load<f64>(sums + at) + weight * v);
      store<f64>(sums + size + at, load<f64>(sums + size + at) + weight * v * v);
    }
  }
}

/** out[i, k] = start[k] - sum_j (x[i, j] - mean[k, j])^2 scale[k, j]. */
export function gaussianJoint(
  x: usize, mean: usize, scale: usize, start: usize, rows: i32, d: i32, classes: i32, out: usize, perChunk: i32,
  chunk: i32,
): void {
  const end = min((chunk + 1) * perChunk, rows);
  for (let i = chunk * perChunk; i < end; i++) {
    const row = x + (<usize>(i * d) << 3);
    for (let k = 0; k < classes; k++) {
      const m = mean + (<usize>(k * d) << 3);
      const s = scale + (<usize>(k * d) << 3);
      let a = f64x2.splat(0);
      let b = f64x2.splat(0);
      let j = 0;
      for (; j + 4 <= d; j += 4) {
        const at = <usize>j << 3;
        const u = f64x2.sub(v128.load(row + at), v128.load(m + at));
        const v = f64x2.sub(v128.load(row + at, 16), v128.load(m + at, 16));
        a = f64x2.add(a, f64x2.mul(f64x2.mul(u, u), v128.load(s + at)));
        b = f64x2.add(b, f64x2.mul(f64x2.mul(v, v), v128.load(s + at, 16)));
      }
      a = f64x2.add(a, b);
      let sum = f64x2.extract_lane(a, 0) + f64x2.extract_lane(a, 1);
      for (; j < d; j++) {
        const at = <usize>j << 3;
        const u = load<f64>(row + at) - load<f64>(m + at);
        sum += u * u * load<f64>(s + at);
      }
      store<f64>(out + (<usize>(i * classes + k) << 3), load<f64>(start + (<usize>k << 3)) - sum);
    }
  }
}
