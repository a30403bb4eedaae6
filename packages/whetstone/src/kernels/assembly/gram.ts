/** Weighted, shifted Gram matrices of tall row-major data: what least squares and covariances are made of. */
import { hasWideTiles, productTile, wideTile } from "./gemm-f64";
import { min } from "./simd";

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
    const panelBytes = <usize>BLOCK << 5, line = <usize>size << 3;
    const beta: f64 = anew ? 0 : 1, wide = hasWideTiles();
    for (let i = 0; i < size; i += 4) {
      const left = buffer + <usize>(i >> 2) * panelBytes;
      let right = buffer, at = out + <usize>i * line, j = 0;
      if (wide) {
        for (; j + 4 <= i; j += 8) {
          wideTile(left, right, right + panelBytes, at, count, line, !anew);
          right += 2 * panelBytes;
          at += 64;
        }
      }
      for (; j <= i; j += 4) {
        productTile(left, right, at, count, line, 1, beta, 4, 4);
        right += panelBytes;
        at += 32;
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
