/** Weighted, shifted Gram matrices of tall row-major data: what least squares and covariances are made of. */
import { madd64, min } from "./simd";

/** Rows packed at a time: a panel of four columns is then 4 KB, so that two of them stay in the nearest cache. */
// @ts-ignore: decorator
@inline const BLOCK: i32 = 128;

/**
 * Adds the rows of one chunk to its own Gram matrix, which begins anew unless `more` is set: partial[chunk] += sum
 * over rows of w_i z_i z_i^T, where
 * z_i = (x_i - shift, y_i - shift[cols], 1, zeros) has `size` entries, a multiple of four. Only blocks of 4 x 4 on
 * and below the diagonal are written. `y` = 0 leaves y out (z_i = (x_i - shift, 1, zeros)); `w` = 0 means ones.
 * `pack` holds BLOCK * size numbers per chunk.
 */
export function gramF64(
  x: usize, y: usize, w: usize, shift: usize, rows: i32, cols: i32, partial: usize, pack: usize, size: i32,
  rowsPerChunk: i32, more: i32, chunk: i32,
): void {
  const last = min(rows, (chunk + 1) * rowsPerChunk);
  const out = partial + ((<usize>chunk * size * size) << 3);
  const buffer = pack + ((<usize>chunk * size * BLOCK) << 3);
  const first = chunk * rowsPerChunk;
  for (let from = first; from < last; from += BLOCK) {
    const anew = from == first && more == 0;
    const count = min(BLOCK, last - from);
    packBlock(x, y, w, shift, from, count, cols, size, buffer);
    const panelBytes = <usize>BLOCK << 5;
    for (let i = 0; i < size; i += 4) {
      const left = buffer + <usize>(i >> 2) * panelBytes;
      for (let j = 0; j <= i; j += 4) {
        addProduct(left, buffer + <usize>(j >> 2) * panelBytes, count, out + ((<usize>i * size + j) << 3), size, anew);
      }
    }
  }
}

/** Panels of four columns, one row's four entries after another, each row times the root of its weight. */
function packBlock(
  x: usize, y: usize, w: usize, shift: usize, from: i32, count: i32, cols: i32, size: i32, buffer: usize,
): void {
  const panelBytes = <usize>BLOCK << 5;
  for (let r = 0; r < count; r++) {
    let row = x + ((<usize>(from + r) * cols) << 3);
    let to = buffer + (<usize>r << 5);
    const root: f64 = w == 0 ? 1 : sqrt(load<f64>(w + (<usize>(from + r) << 3)));
    const scale = f64x2.splat(root);
    let j = 0;
    let s = shift;
    for (; j + 4 <= cols; j += 4) {
      v128.store(to, f64x2.mul(scale, f64x2.sub(v128.load(row), v128.load(s))));
      v128.store(to, f64x2.mul(scale, f64x2.sub(v128.load(row, 16), v128.load(s, 16))), 16);
      row += 32; s += 32; to += panelBytes;
    }
    for (; j < size; j += 4) {
      for (let k = 0; k < 4; k++) {
        const at = j + k;
        let value: f64 = 0;
        if (at < cols) value = load<f64>(row + (<usize>k << 3)) - load<f64>(s + (<usize>k << 3));
        else if (y != 0 && at == cols) value = load<f64>(y + (<usize>(from + r) << 3)) - load<f64>(shift + (<usize>cols << 3));
        else if (at == (y != 0 ? cols + 1 : cols)) value = 1;
        store<f64>(to + (<usize>k << 3), root * value);
      }
      row += 32; s += 32; to += panelBytes;
    }
  }
}

/** C (4 x 4 in rows of `size`) += sum over k of a_k b_k^T, or = where it begins `anew`. */
function addProduct(a: usize, b: usize, count: i32, c: usize, size: i32, anew: bool): void {
  let c00 = f64x2.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00;
  let k = count;
  do {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    let v = v128.load64_splat(a);
    c00 = madd64(v, b0, c00);
    c01 = madd64(v, b1, c01);
    v = v128.load64_splat(a, 8);
    c10 = madd64(v, b0, c10);
    c11 = madd64(v, b1, c11);
    v = v128.load64_splat(a, 16);
    c20 = madd64(v, b0, c20);
    c21 = madd64(v, b1, c21);
    v = v128.load64_splat(a, 24);
    c30 = madd64(v, b0, c30);
    c31 = madd64(v, b1, c31);
    a += 32;
    b += 32;
  } while (--k);
  const line = <usize>size << 3;
  if (anew) {
    set(c, c00, c01);
    set(c + line, c10, c11);
    set(c + 2 * line, c20, c21);
    set(c + 3 * line, c30, c31);
    return;
  }
  add(c, c00, c01);
  add(c + line, c10, c11);
  add(c + 2 * line, c20, c21);
  add(c + 3 * line, c30, c31);
}

// @ts-ignore: decorator
@inline
function set(to: usize, low: v128, high: v128): void {
  v128.store(to, low);
  v128.store(to, high, 16);
}

// @ts-ignore: decorator
@inline
function add(to: usize, low: v128, high: v128): void {
  v128.store(to, f64x2.add(v128.load(to), low));
  v128.store(to, f64x2.add(v128.load(to, 16), high), 16);
}
