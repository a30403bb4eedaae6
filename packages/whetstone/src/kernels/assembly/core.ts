/** Core kernels for sets, which take them from the core's module instead of holding a copy. */

// @ts-ignore: decorator
@external("kernels", "packF32")
export declare function packF32(
  src: usize, dst: usize, count: i32, k: i32, stride: i32, step: i32, width: i32, panelsPerChunk: i32, chunk: i32,
): void;

// @ts-ignore: decorator
@external("kernels", "gemmF32")
export declare function gemmF32(
  a: usize, b: usize, c: usize, m: i32, n: i32, k: i32, ldc: i32, alpha: f64, beta: f64,
  rowsPerChunk: i32, colsPerChunk: i32, chunk: i32,
): void;
