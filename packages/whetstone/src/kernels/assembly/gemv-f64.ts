/** Matrix times vector in float64, row-major, straight from the matrix: nothing is packed. */
import { hsum64, madd64, min } from "./simd";

/**
 * y = alpha A x + beta y for the rows of one chunk. A has `cols` columns and rows `lda` elements apart.
 * y is not read when beta is 0.
 */
export function gemvF64(
  a: usize, x: usize, y: usize, rows: i32, cols: i32, lda: i32, alpha: f64, beta: f64, rowsPerChunk: i32, chunk: i32,
): void {
  const last = min(rows, (chunk + 1) * rowsPerChunk);
  const line = <usize>lda << 3;
  let i = chunk * rowsPerChunk;
  for (; i + 4 <= last; i += 4) {
    let r0 = a + <usize>i * line, r1 = r0 + line, r2 = r1 + line, r3 = r2 + line, at = x;
    let s0 = f64x2.splat(0), s1 = s0, s2 = s0, s3 = s0;
    let n = cols;
    for (; n >= 2; n -= 2) {
      const v = v128.load(at);
      s0 = madd64(v128.load(r0), v, s0);
      s1 = madd64(v128.load(r1), v, s1);
      s2 = madd64(v128.load(r2), v, s2);
      s3 = madd64(v128.load(r3), v, s3);
      r0 += 16; r1 += 16; r2 += 16; r3 += 16; at += 16;
    }
    let t0 = hsum64(s0), t1 = hsum64(s1), t2 = hsum64(s2), t3 = hsum64(s3);
    if (n > 0) {
      const v = load<f64>(at);
      t0 += load<f64>(r0) * v;
      t1 += load<f64>(r1) * v;
      t2 += load<f64>(r2) * v;
      t3 += load<f64>(r3) * v;
    }
    const to = y + (<usize>i << 3);
    put(to, alpha * t0, beta);
    put(to + 8, alpha * t1, beta);
    put(to + 16, alpha * t2, beta);
    put(to + 24, alpha * t3, beta);
  }
  for (; i < last; i++) {
    let row = a + <usize>i * line, at = x, n = cols;
    let s = f64x2.splat(0);
    for (; n >= 2; n -= 2) {
      s = madd64(v128.load(row), v128.load(at), s);
      row += 16;
      at += 16;
    }
    let sum = hsum64(s);
    if (n > 0) sum += load<f64>(row) * load<f64>(at);
    put(y + (<usize>i << 3), alpha * sum, beta);
  }
}

// @ts-ignore: decorator
@inline
function put(to: usize, value: f64, beta: f64): void {
  store<f64>(to, beta == 0 ? value : value + beta * load<f64>(to));
}

/**
 * First half of y = alpha A^T x + beta y: `partial[chunk * cols + j]` = sum over the rows of the chunk of
 * x_i a_ij. `gemvTSumF64` adds the chunks in their order.
 */
export function gemvTF64(
  a: usize, x: usize, partial: usize, rows: i32, cols: i32, lda: i32, rowsPerChunk: i32, chunk: i32,
): void {
  const last = min(rows, (chunk + 1) * rowsPerChunk);
  const line = <usize>lda << 3;
  const out = partial + ((<usize>chunk * cols) << 3);
  memory.fill(out, 0, <usize>cols << 3);
  let i = chunk * rowsPerChunk;
  for (; i + 4 <= last; i += 4) {
    let r0 = a + <usize>i * line, r1 = r0 + line, r2 = r1 + line, r3 = r2 + line;
    const at = x + (<usize>i << 3);
    const x0 = v128.load64_splat(at), x1 = v128.load64_splat(at, 8);
    const x2 = v128.load64_splat(at, 16), x3 = v128.load64_splat(at, 24);
    let to = out, n = cols;
    for (; n >= 2; n -= 2) {
      const s = madd64(x1, v128.load(r1), madd64(x0, v128.load(r0), v128.load(to)));
      v128.store(to, madd64(x3, v128.load(r3), madd64(x2, v128.load(r2), s)));
      r0 += 16; r1 += 16; r2 += 16; r3 += 16; to += 16;
    }
    if (n > 0) {
      const s = load<f64>(to) + load<f64>(at) * load<f64>(r0) + load<f64>(at, 8) * load<f64>(r1);
      store<f64>(to, s + load<f64>(at, 16) * load<f64>(r2) + load<f64>(at, 24) * load<f64>(r3));
    }
  }
  for (; i < last; i++) {
    let row = a + <usize>i * line, to = out;
    const value = load<f64>(x + (<usize>i << 3));
    for (let j = 0; j < cols; j++) {
      store<f64>(to, load<f64>(to) + value * load<f64>(row));
      to += 8;
      row += 8;
    }
  }
}

/** Second half: y = alpha (sum of the partial vectors) + beta y. */
export function gemvTSumF64(partial: usize, y: usize, cols: i32, chunks: i32, alpha: f64, beta: f64): void {
  for (let j = 0; j < cols; j++) {
    let sum: f64 = 0, at = partial + (<usize>j << 3);
    for (let chunk = 0; chunk < chunks; chunk++) {
      sum += load<f64>(at);
      at += <usize>cols << 3;
    }
    put(y + (<usize>j << 3), alpha * sum, beta);
  }
}
