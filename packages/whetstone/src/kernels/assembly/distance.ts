/** What surrounds the pairwise distances of gemm-f64.ts. */
import { dotF64 } from "./blas1";
import { min } from "./simd";

/** Euclidean norms of the rows of one chunk. Rows are `cols` elements long and adjacent. */
export function rowNorms2F64(x: usize, out: usize, rows: i32, cols: i32, rowsPerChunk: i32, chunk: i32): void {
  const last = min(rows, (chunk + 1) * rowsPerChunk);
  for (let i = chunk * rowsPerChunk; i < last; i++) {
    const row = x + ((<usize>i * cols) << 3);
    store<f64>(out + (<usize>i << 3), sqrt(dotF64(row, row, cols)));
  }
}

/**
 * Turns inner products into cosine distances in place: out_ij = 1 - out_ij / (|x_i| |y_j|), clamped to [0, 2].
 * A zero vector has similarity 0 with every vector, hence distance 1.
 */
export function cosineFromGramF64(
  out: usize, xNorms: usize, yNorms: usize, rows: i32, cols: i32, rowsPerChunk: i32, chunk: i32,
): void {
  const last = min(rows, (chunk + 1) * rowsPerChunk);
  for (let i = chunk * rowsPerChunk; i < last; i++) {
    const norm = load<f64>(xNorms + (<usize>i << 3));
    let at = out + ((<usize>i * cols) << 3);
    for (let j = 0; j < cols; j++) {
      const scale = norm * load<f64>(yNorms + (<usize>j << 3));
      let distance: f64 = 1;
      if (scale != 0) {
        distance = 1 - load<f64>(at) / scale;
        if (distance < 0) distance = 0;
        else if (distance > 2) distance = 2;
      }
      store<f64>(at, distance);
      at += 8;
    }
  }
}
