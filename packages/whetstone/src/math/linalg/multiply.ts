/**
 * Matrix products over flat row-major arrays: the one place where this folder reaches the compute kernels.
 * Arrays made in a {@link workspace} already lie where the kernels can see them, so blocked algorithms pay for no
 * copies; small products run here in JavaScript, because crossing into WebAssembly costs more than they do.
 */
import { gemmF64, gemmF64At, gemvF64At, pointerOf, withScratch } from "../../kernels/index.ts";

/** Multiplications below which a matrix product stays in JavaScript. */
const SMALL = 6_000;
/** The same for a matrix-vector product on workspace memory. */
const SMALL_GEMV = 1_500;
/** Entries below which a workspace is made of ordinary arrays. */
const SMALL_WORKSPACE = 1_200;

/** Makes an array of zeros that lives as long as its workspace. */
export type Allocate = (length: number) => Float64Array;

/**
 * Runs `body` with arrays that are freed when it returns: results must be copied out. `size` is the number of
 * entries of the largest matrix at work.
 */
export function workspace<R>(size: number, body: (allocate: Allocate) => R): R {
  if (size < SMALL_WORKSPACE) return body((length) => new Float64Array(length));
  return withScratch((s) => body((length) => s.f64(length).view));
}

/**
 * C = alpha op(A) op(B) + beta C on contiguous row-major arrays; op(A) is m x k, op(B) is k x n. With `beta`
 * 0 the old content of C is not read. C must not overlap A or B.
 */
export function gemm(
  transA: boolean,
  transB: boolean,
  m: number,
  n: number,
  k: number,
  alpha: number,
  A: Float64Array,
  B: Float64Array,
  beta: number,
  C: Float64Array,
): void {
  if (m * n * k > SMALL) {
    gemmF64(transA, transB, m, n, k, alpha, A, B, beta, C);
    return;
  }
  if (beta === 0) C.fill(0, 0, m * n);
  else if (beta !== 1) for (let at = 0; at < m * n; at++) C[at] = C[at]! * beta;
  smallGemm(transA, transB, m, n, k, alpha, A, 0, transA ? m : k, B, 0, transB ? k : n, C, 0, n);
}

/**
 * C += alpha op(A) op(B) on blocks of larger row-major arrays: each block starts at `at` and its rows lie
 * `ld` entries apart. C may share its array with A and B as long as the blocks do not overlap.
 */
export function gemmBlock(
  transA: boolean,
  transB: boolean,
  m: number,
  n: number,
  k: number,
  alpha: number,
  A: Float64Array,
  aAt: number,
  lda: number,
  B: Float64Array,
  bAt: number,
  ldb: number,
  C: Float64Array,
  cAt: number,
  ldc: number,
): void {
  if (m === 0 || n === 0 || k === 0) return;
  if (m * n * k <= SMALL) {
    smallGemm(transA, transB, m, n, k, alpha, A, aAt, lda, B, bAt, ldb, C, cAt, ldc);
    return;
  }
  const a = pointerOf(A);
  const b = pointerOf(B);
  const c = pointerOf(C);
  if (a >= 0 && b >= 0 && c >= 0) {
    const [pa, pb, pc] = [a + 8 * aAt, b + 8 * bAt, c + 8 * cAt];
    gemmF64At(transA, transB, m, n, k, alpha, pa, pb, 1, pc, lda, ldb, ldc);
    return;
  }
  withScratch((s) => {
    const blockA = s.f64(m * k, false);
    const blockB = s.f64(k * n, false);
    const blockC = s.f64(m * n, false);
    copyBlock(A, aAt, lda, transA ? k : m, transA ? m : k, blockA.view);
    copyBlock(B, bAt, ldb, transB ? n : k, transB ? k : n, blockB.view);
    gemmF64At(transA, transB, m, n, k, alpha, blockA.ptr, blockB.ptr, 0, blockC.ptr);
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) C[cAt + i * ldc + j] = C[cAt + i * ldc + j]! + blockC.view[i * n + j]!;
    }
  });
}

function copyBlock(
  A: Float64Array,
  at: number,
  ld: number,
  rows: number,
  cols: number,
  to: Float64Array,
): void {
  for (let i = 0; i < rows; i++) to.set(A.subarray(at + i * ld, at + i * ld + cols), i * cols);
}

function smallGemm(
  transA: boolean,
  transB: boolean,
  m: number,
  n: number,
  k: number,
  alpha: number,
  A: Float64Array,
  aAt: number,
  lda: number,
  B: Float64Array,
  bAt: number,
  ldb: number,
  C: Float64Array,
  cAt: number,
  ldc: number,
): void {
  const stepI = transA ? 1 : lda;
  const stepP = transA ? lda : 1;
  if (transB) {
    for (let i = 0; i < m; i++) {
      const rowA = aAt + i * stepI;
      for (let j = 0; j < n; j++) {
        const rowB = bAt + j * ldb;
        let sum = 0;
        for (let p = 0, a = rowA; p < k; p++, a += stepP) sum += A[a]! * B[rowB + p]!;
        C[cAt + i * ldc + j] = C[cAt + i * ldc + j]! + alpha * sum;
      }
    }
    return;
  }
  for (let i = 0; i < m; i++) {
    const rowA = aAt + i * stepI;
    const rowC = cAt + i * ldc;
    let p = 0;
    for (; p + 3 < k; p += 4) {
      const a0 = alpha * A[rowA + p * stepP]!;
      const a1 = alpha * A[rowA + (p + 1) * stepP]!;
      const a2 = alpha * A[rowA + (p + 2) * stepP]!;
      const a3 = alpha * A[rowA + (p + 3) * stepP]!;
      const b0 = bAt + p * ldb;
      const b1 = b0 + ldb;
      const b2 = b1 + ldb;
      const b3 = b2 + ldb;
      for (let j = 0; j < n; j++) {
        C[rowC + j] =
          C[rowC + j]! + (a0 * B[b0 + j]! + a1 * B[b1 + j]! + (a2 * B[b2 + j]! + a3 * B[b3 + j]!));
      }
    }
    for (; p < k; p++) {
      const a0 = alpha * A[rowA + p * stepP]!;
      const b0 = bAt + p * ldb;
      for (let j = 0; j < n; j++) C[rowC + j] = C[rowC + j]! + a0 * B[b0 + j]!;
    }
  }
}

/** y[yAt + i] = sum over j of A[i, j] x[xAt + j], for `rows` rows of a row-major block. */
export function gemv(
  rows: number,
  cols: number,
  A: Float64Array,
  aAt: number,
  lda: number,
  x: Float64Array,
  xAt: number,
  y: Float64Array,
  yAt: number,
): void {
  if (rows * cols >= SMALL_GEMV) {
    const a = pointerOf(A);
    const from = pointerOf(x);
    const to = pointerOf(y);
    if (a >= 0 && from >= 0 && to >= 0) {
      gemvF64At(false, rows, cols, 1, a + 8 * aAt, from + 8 * xAt, 0, to + 8 * yAt, lda);
      return;
    }
  }
  let i = 0;
  // Four rows at a time: four independent sums hide the latency of the additions, x is loaded once.
  for (; i + 3 < rows; i += 4) {
    const r0 = aAt + i * lda;
    const r1 = r0 + lda;
    const r2 = r1 + lda;
    const r3 = r2 + lda;
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    for (let j = 0; j < cols; j++) {
      const v = x[xAt + j]!;
      s0 += A[r0 + j]! * v;
      s1 += A[r1 + j]! * v;
      s2 += A[r2 + j]! * v;
      s3 += A[r3 + j]! * v;
    }
    y[yAt + i] = s0;
    y[yAt + i + 1] = s1;
    y[yAt + i + 2] = s2;
    y[yAt + i + 3] = s3;
  }
  for (; i < rows; i++) y[yAt + i] = dotAt(cols, A, aAt + i * lda, x, xAt);
}

/** y[yAt + j] += alpha * sum over i of A[i, j] x[xAt + i]: the transposed product, row by row. */
export function gemvT(
  rows: number,
  cols: number,
  alpha: number,
  A: Float64Array,
  aAt: number,
  lda: number,
  x: Float64Array,
  xAt: number,
  y: Float64Array,
  yAt: number,
): void {
  if (rows * cols >= SMALL_GEMV) {
    const a = pointerOf(A);
    const from = pointerOf(x);
    const to = pointerOf(y);
    if (a >= 0 && from >= 0 && to >= 0) {
      gemvF64At(true, rows, cols, alpha, a + 8 * aAt, from + 8 * xAt, 1, to + 8 * yAt, lda);
      return;
    }
  }
  let i = 0;
  for (; i + 3 < rows; i += 4) {
    const r0 = aAt + i * lda;
    const r1 = r0 + lda;
    const r2 = r1 + lda;
    const r3 = r2 + lda;
    const x0 = alpha * x[xAt + i]!;
    const x1 = alpha * x[xAt + i + 1]!;
    const x2 = alpha * x[xAt + i + 2]!;
    const x3 = alpha * x[xAt + i + 3]!;
    for (let j = 0; j < cols; j++) {
      y[yAt + j] = y[yAt + j]! + (x0 * A[r0 + j]! + x1 * A[r1 + j]! + (x2 * A[r2 + j]! + x3 * A[r3 + j]!));
    }
  }
  for (; i < rows; i++) axpyAt(cols, alpha * x[xAt + i]!, A, aAt + i * lda, y, yAt);
}

/** Dot product of two contiguous pieces, with four partial sums. */
export function dotAt(n: number, x: Float64Array, xAt: number, y: Float64Array, yAt: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let i = 0;
  for (; i + 3 < n; i += 4) {
    s0 += x[xAt + i]! * y[yAt + i]!;
    s1 += x[xAt + i + 1]! * y[yAt + i + 1]!;
    s2 += x[xAt + i + 2]! * y[yAt + i + 2]!;
    s3 += x[xAt + i + 3]! * y[yAt + i + 3]!;
  }
  for (; i < n; i++) s0 += x[xAt + i]! * y[yAt + i]!;
  return s0 + s1 + (s2 + s3);
}

/** y += alpha x on contiguous pieces. */
export function axpyAt(
  n: number,
  alpha: number,
  x: Float64Array,
  xAt: number,
  y: Float64Array,
  yAt: number,
): void {
  for (let i = 0; i < n; i++) y[yAt + i] = y[yAt + i]! + alpha * x[xAt + i]!;
}

/** Writes the transpose of a rows x cols array to `out`, in tiles so that both sides stay in cache. */
export function transpose(A: Float64Array, rows: number, cols: number, out: Float64Array): void {
  const tile = 16;
  for (let i0 = 0; i0 < rows; i0 += tile) {
    const i1 = Math.min(rows, i0 + tile);
    for (let j0 = 0; j0 < cols; j0 += tile) {
      const j1 = Math.min(cols, j0 + tile);
      for (let i = i0; i < i1; i++) {
        for (let j = j0; j < j1; j++) out[j * rows + i] = A[i * cols + j]!;
      }
    }
  }
}

/** Rotates two rows of length n: (x, y) becomes (c x + s y, c y - s x). */
export function rotateRows(n: number, A: Float64Array, xAt: number, yAt: number, c: number, s: number): void {
  for (let i = 0; i < n; i++) {
    const x = A[xAt + i]!;
    const y = A[yAt + i]!;
    A[xAt + i] = c * x + s * y;
    A[yAt + i] = c * y - s * x;
  }
}

/** Euclidean length of a contiguous piece without overflow or harmful underflow. */
export function norm2At(n: number, x: Float64Array, at: number): number {
  const sum = dotAt(n, x, at, x, at);
  if (sum > 1e-280 && sum < 1e290) return Math.sqrt(sum);
  let largest = 0;
  for (let i = 0; i < n; i++) largest = Math.max(largest, Math.abs(x[at + i]!));
  if (largest === 0 || largest === Number.POSITIVE_INFINITY) return largest;
  if (Number.isNaN(sum)) {
    for (let i = 0; i < n; i++) if (Number.isNaN(x[at + i]!)) return Number.NaN;
  }
  let scaled = 0;
  for (let i = 0; i < n; i++) scaled += (x[at + i]! / largest) ** 2;
  return largest * Math.sqrt(scaled);
}
