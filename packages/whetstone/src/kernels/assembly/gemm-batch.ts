/**
 * Many products at once, C[i] = alpha A[i] B[i] + beta C[i]. Work is shared out in units, a block of rows of one
 * product; every chunk packs the operands of its units for itself, so nothing has to be done before.
 */
import { gemmF32, packF32 } from "./gemm-f32";
import { gemmF64, packF64 } from "./gemm-f64";
import { ceilDiv, min } from "./simd";

/**
 * With i = `inner` u + v, entry p of row r of A[i] is at `a + 4 (u * aOuter + v * aBatch + r * aStride + p * aStep)`,
 * entry p of column j of B[i] at `b + 4 (u * bOuter + v * bBatch + j * bStride + p * bStep)`; C[i] begins at
 * `c + 4 i * cBatch`. The strides of A and B may be 0. One chunk computes `unitsPerChunk` units of `rowsPerUnit` rows
 * (a multiple of 4), numbered along the rows first. `work` holds, per chunk, k (rowsPerUnit + n rounded up to 8) entries.
 */
export function gemmBatchF32(
  a: usize, aBatch: i32, aStride: i32, aStep: i32, b: usize, bBatch: i32, bStride: i32, bStep: i32,
  inner: i32, aOuter: i32, bOuter: i32, c: usize, cBatch: i32, ldc: i32,
  batch: i32, m: i32, n: i32, k: i32, alpha: f64, beta: f64, rowsPerUnit: i32, unitsPerChunk: i32, work: usize, chunk: i32,
): void {
  const blocks = ceilDiv(m, rowsPerUnit), bCols = ceilDiv(n, 8) * 8;
  const first = chunk * unitsPerChunk, last = min(batch * blocks, first + unitsPerChunk);
  const packedA = work + (((<usize>chunk * (rowsPerUnit + bCols)) * k) << 2);
  const packedB = packedA + ((<usize>rowsPerUnit * k) << 2);
  let held: usize = 0, holds = false;
  for (let unit = first; unit < last; unit++) {
    const i = unit / blocks, r = (unit - i * blocks) * rowsPerUnit, rows = min(rowsPerUnit, m - r);
    const outer = i / inner, own = i - outer * inner;
    const bAt = b + ((<usize>outer * bOuter + <usize>own * bBatch) << 2);
    if (!holds || held != bAt) {
      packF32(bAt, packedB, n, k, bStride, bStep, 8, bCols, 0);
      held = bAt;
      holds = true;
    }
    const aAt = a + ((<usize>outer * aOuter + <usize>own * aBatch + <usize>r * aStride) << 2);
    const cAt = c + ((<usize>i * cBatch + <usize>r * ldc) << 2);
    packF32(aAt, packedA, rows, k, aStride, aStep, 4, rowsPerUnit, 0);
    gemmF32(packedA, packedB, cAt, rows, n, k, ldc, alpha, beta, rowsPerUnit, bCols, 0);
  }
}

/** As gemmBatchF32 in float64; the columns are rounded up to 4. */
export function gemmBatchF64(
  a: usize, aBatch: i32, aStride: i32, aStep: i32, b: usize, bBatch: i32, bStride: i32, bStep: i32,
  inner: i32, aOuter: i32, bOuter: i32, c: usize, cBatch: i32, ldc: i32,
  batch: i32, m: i32, n: i32, k: i32, alpha: f64, beta: f64, rowsPerUnit: i32, unitsPerChunk: i32, work: usize, chunk: i32,
): void {
  const blocks = ceilDiv(m, rowsPerUnit), bCols = ceilDiv(n, 4) * 4;
  const first = chunk * unitsPerChunk, last = min(batch * blocks, first + unitsPerChunk);
  const packedA = work + (((<usize>chunk * (rowsPerUnit + bCols)) * k) << 3);
  const packedB = packedA + ((<usize>rowsPerUnit * k) << 3);
  let held: usize = 0, holds = false;
  for (let unit = first; unit < last; unit++) {
    const i = unit / blocks, r = (unit - i * blocks) * rowsPerUnit, rows = min(rowsPerUnit, m - r);
    const outer = i / inner, own = i - outer * inner;
    const bAt = b + ((<usize>outer * bOuter + <usize>own * bBatch) << 3);
    if (!holds || held != bAt) {
      packF64(bAt, packedB, n, k, bStride, bStep, bCols, 0);
      held = bAt;
      holds = true;
    }
    const aAt = a + ((<usize>outer * aOuter + <usize>own * aBatch + <usize>r * aStride) << 3);
    packF64(aAt, packedA, rows, k, aStride, aStep, rowsPerUnit, 0);
    const cAt = c + ((<usize>i * cBatch + <usize>r * ldc) << 3);
    gemmF64(packedA, packedB, cAt, rows, n, k, ldc, alpha, beta, rowsPerUnit, bCols, 0);
  }
}
