/**
 * Products with long inner and short outer sides, such as X^T X of a tall X: C has too few blocks to share, so
 * the inner side is cut into chunks, each with a C of its own, which are then added in their order.
 */
import { gemmF32, packF32 } from "./gemm-f32";
import { gemmF64, packF64 } from "./gemm-f64";
import { ceilDiv, min } from "./simd";

/**
 * `partial[chunk]` (m x n, dense) = op(A) op(B) over `depth` inner entries from chunk * depth on. Entry p of row i
 * of op(A) is at `a + 8 (i * aStride + p * aStep)`, of column j of op(B) at `b + 8 (j * bStride + p * bStep)`.
 * `work` holds, per chunk, `depth` times the sizes rounded up to 4, in float64.
 */
export function gemmSplitF64(
  a: usize, aStride: i32, aStep: i32, b: usize, bStride: i32, bStep: i32, m: i32, n: i32, k: i32,
  work: usize, partial: usize, depth: i32, chunk: i32,
): void {
  const p = chunk * depth, live = min(depth, k - p);
  const aRows = ceilDiv(m, 4) * 4, bCols = ceilDiv(n, 4) * 4;
  const packedA = work + ((<usize>chunk * (aRows + bCols) * depth) << 3);
  const packedB = packedA + ((<usize>aRows * depth) << 3);
  packF64(a + ((<usize>p * aStep) << 3), packedA, m, live, aStride, aStep, aRows, 0);
  packF64(b + ((<usize>p * bStep) << 3), packedB, n, live, bStride, bStep, bCols, 0);
  gemmF64(packedA, packedB, partial + ((<usize>chunk * m * n) << 3), m, n, live, n, 1, 0, aRows, bCols, 0);
}

/** As gemmSplitF64 in float32; the columns are rounded up to 8. */
export function gemmSplitF32(
  a: usize, aStride: i32, aStep: i32, b: usize, bStride: i32, bStep: i32, m: i32, n: i32, k: i32,
  work: usize, partial: usize, depth: i32, chunk: i32,
): void {
  const p = chunk * depth, live = min(depth, k - p);
  const aRows = ceilDiv(m, 4) * 4, bCols = ceilDiv(n, 8) * 8;
  const packedA = work + ((<usize>chunk * (aRows + bCols) * depth) << 2);
  const packedB = packedA + ((<usize>aRows * depth) << 2);
  packF32(a + ((<usize>p * aStep) << 2), packedA, m, live, aStride, aStep, 4, aRows, 0);
  packF32(b + ((<usize>p * bStep) << 2), packedB, n, live, bStride, bStep, 8, bCols, 0);
  gemmF32(packedA, packedB, partial + ((<usize>chunk * m * n) << 2), m, n, live, n, 1, 0, aRows, bCols, 0);
}

/**
 * `rowsPerChunk` rows of C = alpha (sum of the partial matrices, in their order) + beta C; C is not read when beta is
 * 0.
 */
export function gemmSumF64(
  partial: usize, parts: i32, c: usize, m: i32, n: i32, ldc: i32, alpha: f64, beta: f64, rowsPerChunk: i32, chunk: i32,
): void {
  sum<f64>(partial, parts, c, m, n, ldc, alpha, beta, chunk * rowsPerChunk, rowsPerChunk);
}

/** As gemmSumF64, added in float64, stored in float32. */
export function gemmSumF32(
  partial: usize, parts: i32, c: usize, m: i32, n: i32, ldc: i32, alpha: f64, beta: f64, rowsPerChunk: i32, chunk: i32,
): void {
  sum<f32>(partial, parts, c, m, n, ldc, alpha, beta, chunk * rowsPerChunk, rowsPerChunk);
}

// @ts-ignore: decorator
@inline
function sum<T>(
  partial: usize, parts: i32, c: usize, m: i32, n: i32, ldc: i32, alpha: f64, beta: f64, row: i32, rows: i32,
): void {
  const step = <usize>m * n * sizeof<T>(), end = min(m, row + rows), a = f64x2.splat(alpha), b = f64x2.splat(beta);
  for (let i = row; i < end; i++) {
    let to = c + <usize>i * ldc * sizeof<T>();
    let from = partial + <usize>i * n * sizeof<T>();
    let j = 0;
    if (sizeof<T>() == 4) {
      for (; j + 2 <= n; j += 2) {
        let total = f64x2.splat(0), at = from;
        for (let part = 0; part < parts; part++) {
          total = f64x2.add(total, two(at));
          at += step;
        }
        total = f64x2.mul(a, total);
        if (beta != 0) total = f64x2.add(total, f64x2.mul(b, two(to)));
        v128.store64_lane(to, f32x4.demote_f64x2_zero(total), 0);
        to += 8;
        from += 8;
      }
    }
    for (; j < n; j++) {
      let total: f64 = 0, at = from;
      for (let part = 0; part < parts; part++) {
        total += <f64>load<T>(at);
        at += step;
      }
      store<T>(to, <T>(beta == 0 ? alpha * total : alpha * total + beta * <f64>load<T>(to)));
      to += sizeof<T>();
      from += sizeof<T>();
    }
  }
}

/** Two numbers of float32 in float64. */
// @ts-ignore: decorator
@inline
function two(at: usize): v128 {
  return f64x2.promote_low_f32x4(v128.load64_zero(at));
}
