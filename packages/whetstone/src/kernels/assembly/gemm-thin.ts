/**
 * Products with one short side, such as those of a layer on a batch of rows. The short operand is packed beforehand
 * (`packF32`) and read by all; every chunk packs its own part of the long one, block by block into work memory that
 * stays in its cache. So the long operand is not written and read again through the caches of other cores, and
 * nobody waits until it is packed.
 */
import { gemmF32, packF32 } from "./gemm-f32";
import { ceilDiv, min } from "./simd";

/** As in gemm-f32: entries of the inner side that are packed at a time. */
// @ts-ignore: decorator
@inline const KC: i32 = 256;

/**
 * `colsPerChunk` (a multiple of 8) columns of C = alpha A B + beta C, from packed A. Entry p of column j of B is at
 * `b + 4 (j * bStride + p * bStep)`; `work` holds `colsPerChunk` times min(k, 256) entries per chunk.
 */
export function gemmColsF32(
  a: usize, b: usize, bStride: i32, bStep: i32, c: usize, m: i32, n: i32, k: i32, ldc: i32, alpha: f64, beta: f64,
  colsPerChunk: i32, work: usize, chunk: i32,
): void {
  const j = chunk * colsPerChunk, cols = min(colsPerChunk, n - j), aRows = ceilDiv(m, 4) * 4;
  const own = work + ((<usize>chunk * colsPerChunk * min(k, KC)) << 2);
  for (let p = 0; p < k; p += KC) {
    const depth = min(KC, k - p);
    packF32(b + ((<usize>j * bStride + <usize>p * bStep) << 2), own, cols, depth, bStride, bStep, 8, colsPerChunk, 0);
    const panels = a + ((<usize>p * aRows) << 2);
    gemmF32(panels, own, c + (<usize>j << 2), m, cols, depth, ldc, alpha, p == 0 ? beta : 1, m, colsPerChunk, 0);
  }
}

/** As gemmColsF32 for `rowsPerChunk` (a multiple of 4) rows, from packed B; entry p of row i of A as there of B. */
export function gemmRowsF32(
  a: usize, aStride: i32, aStep: i32, b: usize, c: usize, m: i32, n: i32, k: i32, ldc: i32, alpha: f64, beta: f64,
  rowsPerChunk: i32, work: usize, chunk: i32,
): void {
  const i = chunk * rowsPerChunk, rows = min(rowsPerChunk, m - i), bCols = ceilDiv(n, 8) * 8;
  const own = work + ((<usize>chunk * rowsPerChunk * min(k, KC)) << 2);
  const at = c + ((<usize>i * ldc) << 2);
  for (let p = 0; p < k; p += KC) {
    const depth = min(KC, k - p);
    packF32(a + ((<usize>i * aStride + <usize>p * aStep) << 2), own, rows, depth, aStride, aStep, 4, rowsPerChunk, 0);
    gemmF32(own, b + ((<usize>p * bCols) << 2), at, rows, n, depth, ldc, alpha, p == 0 ? beta : 1, rowsPerChunk, n, 0);
  }
}
