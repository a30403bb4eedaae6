/** Lloyd steps of k-means: the nearest centre of each row and the sums per centre, in one pass over the rows. */
import { addRow, squaredDistance } from "./kmeans-rows";
import { madd64, min } from "./simd";

/**
 * Assigns the rows of one chunk to their nearest centre and adds them up.
 *
 * `packed` holds the centres in panels of four, column by column; `half` holds |c|^2 / 2 per centre (infinite for the
 * padding), so that |c|^2 / 2 - x.c orders centres as distances do. `labels` (i32) are rewritten. `partial[chunk]`:
 * k * cols sums of w x, k sums of w, the sum of w (|c|^2 / 2 - x.c) and the number of rows that changed their label. `w` = 0
 * means ones. Ties go to the first centre.
 */
export function lloydStep(
  x: usize, w: usize, packed: usize, half: usize, rows: i32, cols: i32, k: i32, labels: usize, partial: usize,
  rowsPerChunk: i32, chunk: i32,
): void {
  const last = min(rows, (chunk + 1) * rowsPerChunk);
  const line = <usize>cols << 3;
  const size = (<usize>k * (cols + 1) + 2) << 3;
  const out = partial + <usize>chunk * size;
  const counts = out + <usize>k * line;
  memory.fill(out, 0, size);
  const panel = <usize>cols << 5;
  let changed: f64 = 0, total: f64 = 0;
  let i = chunk * rowsPerChunk;
  for (; i < last; i += 4) {
    const live = min(4, last - i);
    const x0 = x + <usize>i * line;
    const x1 = live > 1 ? x0 + line : x0;
    const x2 = live > 2 ? x1 + line : x0;
    const x3 = live > 3 ? x2 + line : x0;
    let v0 = f64x2.splat(Infinity), v1 = v0, v2 = v0, v3 = v0;
    let n0 = i64x2.splat(0), n1 = n0, n2 = n0, n3 = n0;
    let b = packed;
    for (let c = 0; c < k; c += 4) {
      let p0 = x0, p1 = x1, p2 = x2, p3 = x3, n = cols;
      let c00 = f64x2.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00;
      do {
        const b0 = v128.load(b), b1 = v128.load(b, 16);
        let v = v128.load64_splat(p0);
        c00 = madd64(v, b0, c00);
        c01 = madd64(v, b1, c01);
        v = v128.load64_splat(p1);
        c10 = madd64(v, b0, c10);
        c11 = madd64(v, b1, c11);
        v = v128.load64_splat(p2);
        c20 = madd64(v, b0, c20);
        c21 = madd64(v, b1, c21);
        v = v128.load64_splat(p3);
        c30 = madd64(v, b0, c30);
        c31 = madd64(v, b1, c31);
        p0 += 8; p1 += 8; p2 += 8; p3 += 8; b += 32;
      } while (--n);
      const h0 = v128.load(half + (<usize>c << 3)), h1 = v128.load(half + (<usize>c << 3), 16);
      const low = i64x2.replace_lane(i64x2.splat(c), 1, c + 1);
      const high = i64x2.replace_lane(i64x2.splat(c + 2), 1, c + 3);
      let s = f64x2.sub(h0, c00), m = f64x2.lt(s, v0);
      v0 = v128.bitselect(s, v0, m);
      n0 = v128.bitselect(low, n0, m);
      s = f64x2.sub(h1, c01);
      m = f64x2.lt(s, v0);
      v0 = v128.bitselect(s, v0, m);
      n0 = v128.bitselect(high, n0, m);
      s = f64x2.sub(h0, c10);
      m = f64x2.lt(s, v1);
      v1 = v128.bitselect(s, v1, m);
      n1 = v128.bitselect(low, n1, m);
      s = f64x2.sub(h1, c11);
      m = f64x2.lt(s, v1);
      v1 = v128.bitselect(s, v1, m);
      n1 = v128.bitselect(high, n1, m);
      s = f64x2.sub(h0, c20);
      m = f64x2.lt(s, v2);
      v2 = v128.bitselect(s, v2, m);
      n2 = v128.bitselect(low, n2, m);
      s = f64x2.sub(h1, c21);
      m = f64x2.lt(s, v2);
      v2 = v128.bitselect(s, v2, m);
      n2 = v128.bitselect(high, n2, m);
      s = f64x2.sub(h0, c30);
      m = f64x2.lt(s, v3);
      v3 = v128.bitselect(s, v3, m);
      n3 = v128.bitselect(low, n3, m);
      s = f64x2.sub(h1, c31);
      m = f64x2.lt(s, v3);
      v3 = v128.bitselect(s, v3, m);
      n3 = v128.bitselect(high, n3, m);
    }
    for (let r = 0; r < live; r++) {
      const v = r == 0 ? v0 : r == 1 ? v1 : r == 2 ? v2 : v3;
      const n = r == 0 ? n0 : r == 1 ? n1 : r == 2 ? n2 : n3;
      const a = f64x2.extract_lane(v, 0), d = f64x2.extract_lane(v, 1);
      const na = <i32>i64x2.extract_lane(n, 0), nd = <i32>i64x2.extract_lane(n, 1);
      const label = a < d || (a == d && na < nd) ? na : nd;
      const at = labels + (<usize>(i + r) << 2);
      if (load<i32>(at) != label) {
        changed += 1;
        store<i32>(at, label);
      }
      const weight: f64 = w == 0 ? 1 : load<f64>(w + (<usize>(i + r) << 3));
      total += weight * min64(a, d);
      addRow(x0 + <usize>r * line, weight, cols, out + <usize>label * line, counts + (<usize>label << 3));
    }
  }
  store<f64>(counts + (<usize>k << 3), total);
  store<f64>(counts + (<usize>k << 3), changed, 8);
}

// @ts-ignore: decorator
@inline
function min64(a: f64, b: f64): f64 {
  return a < b ? a : b;
}

/**
 * For the rows of one chunk: what the squared distance to the nearest seed becomes with each of `count` candidates.
 * `trial[c * rows + i]` = min(closest[i], |x_i - y_c|^2), and `partial[chunk * count + c]` is its weighted sum.
 */
export function seedTrials(
  x: usize, w: usize, y: usize, rows: i32, cols: i32, count: i32, closest: usize, trial: usize, partial: usize,
  rowsPerChunk: i32, chunk: i32,
): void {
  const first = chunk * rowsPerChunk;
  const last = min(rows, first + rowsPerChunk);
  const line = <usize>cols << 3;
  for (let c = 0; c < count; c++) {
    const other = y + <usize>c * line;
    const out = trial + ((<usize>c * rows) << 3);
    let total: f64 = 0;
    let row = x + <usize>first * line;
    for (let i = first; i < last; i++) {
      let sum = squaredDistance(row, other, cols);
      row += line;
      const now = load<f64>(closest + (<usize>i << 3));
      if (now < sum) sum = now;
      store<f64>(out + (<usize>i << 3), sum);
      total += w == 0 ? sum : sum * load<f64>(w + (<usize>i << 3));
    }
    store<f64>(partial + ((<usize>chunk * count + c) << 3), total);
  }
}

/** Sum of w |x_i - c_label(i)|^2 over the rows of one chunk, from the differences. */
export function labelInertia(
  x: usize, w: usize, centres: usize, labels: usize, rows: i32, cols: i32, partial: usize, rowsPerChunk: i32, chunk: i32,
): void {
  const last = min(rows, (chunk + 1) * rowsPerChunk);
  const line = <usize>cols << 3;
  let total: f64 = 0;
  for (let i = chunk * rowsPerChunk; i < last; i++) {
    const row = x + <usize>i * line;
    const other = centres + <usize>load<i32>(labels + (<usize>i << 2)) * line;
    let sum: f64 = 0;
    for (let p: usize = 0; p < line; p += 8) {
      const g = load<f64>(row + p) - load<f64>(other + p);
      sum += g * g;
    }
    total += w == 0 ? sum : sum * load<f64>(w + (<usize>i << 3));
  }
  store<f64>(partial + (<usize>chunk << 3), total);
}
