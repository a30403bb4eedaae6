/**
 * Nearest rows by squared Euclidean distance: a float32 product screens all pairs, float64 differences decide about
 * the few that may be among the k nearest. The screen knows a bound of its own rounding, so nothing is lost.
 */
import { madd32, min } from "./simd";

// @ts-ignore: decorator
@inline const MR: i32 = 4;
// @ts-ignore: decorator
@inline const NR: i32 = 8;
/** Panels of rows of Y that are screened while they lie in the L2 cache. */
// @ts-ignore: decorator
@inline const PANELS: i32 = 64;

/**
 * The k nearest of m rows of Y for each row of X in one chunk, ascending, ties by index.
 *
 * `a` holds -x (scaled) and a one in panels of 4 rows, `b` holds y and |y|^2 / 2 in panels of 8, both `depth` deep, so that
 * their product is (|x - y|^2 - |x|^2) / 2. `limit` (f32 per row, padded to panels) is what that product must stay below.
 * `base` and `margin`: |x|^2 and the bound of rounding, scaled; `scale` is the square of the scale. Row r of `distances`
 * (f64) and `indices` (i32), k entries each, must hold infinities and 2^31 - 1: they are the heap while it fills.
 */
export function nearestRows(
  a: usize, b: usize, x: usize, y: usize, limit: usize, base: usize, margin: usize, n: i32, m: i32, d: i32, depth: i32,
  scale: f64, distances: usize, indices: usize, k: i32, rowsPerChunk: i32, chunk: i32,
): void {
  const first = chunk * rowsPerChunk;
  const last = min(n, first + rowsPerChunk);
  const panelA = <usize>depth << 4, panelB = <usize>depth << 5;
  for (let j0 = 0; j0 < m; j0 += PANELS * NR) {
    const j1 = min(m, j0 + PANELS * NR);
    for (let i = first; i < last; i += MR) {
      const rows = min(MR, last - i);
      const left = a + <usize>(i >> 2) * panelA;
      const bound = limit + (<usize>i << 2);
      for (let j = j0; j < j1; j += NR) {
        let p = left, q = b + <usize>(j >> 3) * panelB, left_ = depth;
        let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00;
        do {
          const b0 = v128.load(q), b1 = v128.load(q, 16);
          let v = v128.load32_splat(p);
          c00 = madd32(v, b0, c00);
          c01 = madd32(v, b1, c01);
          v = v128.load32_splat(p, 4);
          c10 = madd32(v, b0, c10);
          c11 = madd32(v, b1, c11);
          v = v128.load32_splat(p, 8);
          c20 = madd32(v, b0, c20);
          c21 = madd32(v, b1, c21);
          v = v128.load32_splat(p, 12);
          c30 = madd32(v, b0, c30);
          c31 = madd32(v, b1, c31);
          p += 16;
          q += 32;
        } while (--left_);
        const t0 = v128.load32_splat(bound), t1 = v128.load32_splat(bound, 4);
        const t2 = v128.load32_splat(bound, 8), t3 = v128.load32_splat(bound, 12);
        c00 = f32x4.lt(c00, t0);
        c01 = f32x4.lt(c01, t0);
        c10 = f32x4.lt(c10, t1);
        c11 = f32x4.lt(c11, t1);
        c20 = f32x4.lt(c20, t2);
        c21 = f32x4.lt(c21, t2);
        c30 = f32x4.lt(c30, t3);
        c31 = f32x4.lt(c31, t3);
        const any0 = v128.or(v128.or(c00, c01), v128.or(c10, c11));
        const any1 = v128.or(v128.or(c20, c21), v128.or(c30, c31));
        if (!v128.any_true(v128.or(any0, any1))) continue;
        for (let r = 0; r < rows; r++) {
          const low = r == 0 ? c00 : r == 1 ? c10 : r == 2 ? c20 : c30;
          const high = r == 0 ? c01 : r == 1 ? c11 : r == 2 ? c21 : c31;
          const found = i32x4.bitmask(low) | (i32x4.bitmask(high) << 4);
          if (found != 0) consider(i + r, j, found, x, y, limit, base, margin, m, d, scale, distances, indices, k);
        }
      }
    }
  }
  for (let i = first; i < last; i++) {
    sortHeap(distances + ((<usize>i * k) << 3), indices + ((<usize>i * k) << 2), k);
  }
}

function consider(
  i: i32, j: i32, found: i32, x: usize, y: usize, limit: usize, base: usize, margin: usize, m: i32, d: i32, scale: f64,
  distances: usize, indices: usize, k: i32,
): void {
  const heap = distances + ((<usize>i * k) << 3);
  const names = indices + ((<usize>i * k) << 2);
  const row = x + ((<usize>i * d) << 3);
  const end = <usize>d << 3;
  for (; found != 0; found &= found - 1) {
    const at = j + ctz(found);
    if (at >= m) return;
    const other = y + ((<usize>at * d) << 3);
    let sum: f64 = 0;
    for (let p: usize = 0; p < end; p += 8) {
      const gap = load<f64>(row + p) - load<f64>(other + p);
      sum += gap * gap;
    }
    // Rows come in ascending order, so an equal distance never replaces.
    if (!(sum < load<f64>(heap))) continue;
    siftDown(heap, names, k, sum, at);
    const reach = (load<f64>(heap) * scale - load<f64>(base + (<usize>i << 3))) / 2 + load<f64>(margin + (<usize>i << 3));
    store<f32>(limit + (<usize>i << 2), <f32>(reach + abs(reach) * 1e-6));
  }
}

/** Puts (value, name) at the root of a heap of k whose root is free: largest first, ties by name. */
function siftDown(heap: usize, names: usize, k: i32, value: f64, name: i32): void {
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= k) break;
    if (child + 1 < k && after(heap, names, child + 1, child)) child++;
    const v = load<f64>(heap + (<usize>child << 3));
    const w = load<i32>(names + (<usize>child << 2));
    if (v < value || (v == value && w < name)) break;
    store<f64>(heap + (<usize>at << 3), v);
    store<i32>(names + (<usize>at << 2), w);
    at = child;
  }
  store<f64>(heap + (<usize>at << 3), value);
  store<i32>(names + (<usize>at << 2), name);
}

// @ts-ignore: decorator
@inline
function after(heap: usize, names: usize, p: i32, q: i32): bool {
  const a = load<f64>(heap + (<usize>p << 3)), b = load<f64>(heap + (<usize>q << 3));
  return a > b || (a == b && load<i32>(names + (<usize>p << 2)) > load<i32>(names + (<usize>q << 2)));
}

/** A heap as an ascending list. */
function sortHeap(heap: usize, names: usize, k: i32): void {
  for (let size = k - 1; size > 0; size--) {
    const v = load<f64>(heap + (<usize>size << 3));
    const w = load<i32>(names + (<usize>size << 2));
    store<f64>(heap + (<usize>size << 3), load<f64>(heap));
    store<i32>(names + (<usize>size << 2), load<i32>(names));
    siftDown(heap, names, size, v, w);
  }
}
