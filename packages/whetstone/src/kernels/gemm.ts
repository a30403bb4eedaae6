/**
 * Matrix products C = alpha op(A) op(B) + beta C, row-major. Both operands are packed once, by all threads, into
 * panels that every thread then reads; each chunk of C is computed by one thread, so the result is the same
 * bit for bit whatever the number of threads.
 */
import { shapeError } from "../errors.ts";
import { float32, float64, type Kind, plan, workBytes } from "./gemm-plan.ts";
import { parallel } from "./pool.ts";
import { pointerOf, type Scratch, withScratch } from "./scratch.ts";
import { expectWork } from "./wide-tiles.ts";

/** Below this many multiplications plain loops beat copying into kernel memory. */
const smallWork = 12 ** 3;

/**
 * C = alpha op(A) op(B) + beta C in float64, in place; op(A) is m x k, op(B) is k x n, C is m x n, all row-major
 * and dense. With `transA`, A is stored k x m; with `transB`, B is stored n x k. C is not read when `beta` is 0.
 *
 * @throws WhetstoneError "shape" if an array is too short.
 *
 * @example
 * const C = new Float64Array(4);
 * gemmF64(false, false, 2, 2, 2, 1, new Float64Array([1, 2, 3, 4]), new Float64Array([5, 6, 7, 8]), 0, C);
 * C; // [19, 22, 43, 50]
 */
export function gemmF64(
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
  onArrays(float64, transA, transB, m, n, k, alpha, A, B, beta, C);
}

/**
 * As {@link gemmF64} in float32.
 *
 * @example
 * const C = new Float32Array(1);
 * gemmF32(false, false, 1, 1, 2, 1, Float32Array.of(1, 2), Float32Array.of(3, 4), 0, C);
 * C[0]; // 11
 */
export function gemmF32(
  transA: boolean,
  transB: boolean,
  m: number,
  n: number,
  k: number,
  alpha: number,
  A: Float32Array,
  B: Float32Array,
  beta: number,
  C: Float32Array,
): void {
  onArrays(float32, transA, transB, m, n, k, alpha, A, B, beta, C);
}

/**
 * As {@link gemmF64} on kernel memory: `a`, `b`, `c` are pointers, `lda`, `ldb`, `ldc` the distances between rows
 * as stored, in elements. C may not overlap A or B.
 */
export function gemmF64At(
  transA: boolean,
  transB: boolean,
  m: number,
  n: number,
  k: number,
  alpha: number,
  a: number,
  b: number,
  beta: number,
  c: number,
  lda: number = transA ? m : k,
  ldb: number = transB ? k : n,
  ldc: number = n,
): void {
  onMemory(float64, transA, transB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}

/** As {@link gemmF64At} in float32. */
export function gemmF32At(
  transA: boolean,
  transB: boolean,
  m: number,
  n: number,
  k: number,
  alpha: number,
  a: number,
  b: number,
  beta: number,
  c: number,
  lda: number = transA ? m : k,
  ldb: number = transB ? k : n,
  ldc: number = n,
): void {
  onMemory(float32, transA, transB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}

type Floats = Float64Array | Float32Array;

function onArrays(
  kind: Kind,
  transA: boolean,
  transB: boolean,
  m: number,
  n: number,
  k: number,
  alpha: number,
  A: Floats,
  B: Floats,
  beta: number,
  C: Floats,
): void {
  need(kind.name, "A", A, m, k);
  need(kind.name, "B", B, k, n);
  need(kind.name, "C", C, m, n);
  if (m === 0 || n === 0) return;
  if (n === 1) vector(transA, m, k, alpha, A, B, beta, C);
  else if (m === 1) vector(!transB, n, k, alpha, B, A, beta, C);
  else if (m * n * k <= smallWork) small(transA, transB, m, n, k, alpha, A, B, beta, C);
  else large(kind, transA, transB, m, n, k, alpha, A, B, beta, C);
}

/** The product in kernel memory, with copies of what does not lie there yet. */
function large(
  kind: Kind,
  transA: boolean,
  transB: boolean,
  m: number,
  n: number,
  k: number,
  alpha: number,
  A: Floats,
  B: Floats,
  beta: number,
  C: Floats,
): void {
  withScratch((s) => {
    const a = place(s, kind, A, m * k);
    const b = place(s, kind, B, k * n);
    const own = pointerOf(C);
    if (own >= 0 && own % kind.bytes === 0 && !overlaps(C, A) && !overlaps(C, B)) {
      onMemory(kind, transA, transB, m, n, k, alpha, a, transA ? m : k, b, transB ? k : n, beta, own, n);
      return;
    }
    const c = kind.bytes === 8 ? s.f64(m * n, false) : s.f32(m * n, false);
    if (beta !== 0) c.view.set(C.length === m * n ? C : C.subarray(0, m * n));
    onMemory(kind, transA, transB, m, n, k, alpha, a, transA ? m : k, b, transB ? k : n, beta, c.ptr, n);
    C.set(c.view);
  });
}

function need(where: string, argument: string, array: Floats, rows: number, cols: number): void {
  if (array.length >= rows * cols) return;
  throw shapeError(where, argument, `has ${array.length} entries`, `${rows * cols} (${rows} x ${cols})`);
}

function overlaps(x: Floats, y: Floats): boolean {
  return (
    pointerOf(y) >= 0 &&
    x.byteOffset < y.byteOffset + y.byteLength &&
    y.byteOffset < x.byteOffset + x.byteLength
  );
}

/** Where an operand lies in kernel memory: itself if it is there already, else a copy. */
function place(s: Scratch, kind: Kind, array: Floats, length: number): number {
  const own = pointerOf(array);
  if (own >= 0) return own;
  const part = array.length === length ? array : array.subarray(0, length);
  return kind.bytes === 8 ? s.f64(part).ptr : s.f32(part).ptr;
}

function onMemory(
  kind: Kind,
  transA: boolean,
  transB: boolean,
  m: number,
  n: number,
  k: number,
  alpha: number,
  a: number,
  lda: number,
  b: number,
  ldb: number,
  beta: number,
  c: number,
  ldc: number,
): void {
  const [aStride, aStep] = transA ? [1, lda] : [lda, 1];
  const [bStride, bStep] = transB ? [ldb, 1] : [1, ldb];
  const product = { m, n, k, alpha, a, aStride, aStep, b, bStride, bStep, beta, c, ldc };
  expectWork(kind.type, m * n * k);
  withScratch((s) => {
    const work = s.u8(workBytes(kind, product), false).ptr;
    plan(kind, product, work, (name, chunks, args) => parallel(name, chunks, ...args));
  });
}

/** y = alpha op(M) x + beta y on the arrays as they are: it reads each entry of M once, as a copy would. */
function vector(
  trans: boolean,
  rows: number,
  k: number,
  alpha: number,
  M: Floats,
  x: Floats,
  beta: number,
  y: Floats,
): void {
  const sums = new Float64Array(rows);
  if (trans) {
    for (let p = 0, at = 0; p < k; p++, at += rows) {
      const value = x[p]!;
      for (let i = 0; i < rows; i++) sums[i]! += value * M[at + i]!;
    }
  } else {
    for (let i = 0, at = 0; i < rows; i++, at += k) {
      let s0 = 0;
      let s1 = 0;
      let s2 = 0;
      let s3 = 0;
      let p = 0;
      for (; p + 4 <= k; p += 4) {
        s0 += M[at + p]! * x[p]!;
        s1 += M[at + p + 1]! * x[p + 1]!;
        s2 += M[at + p + 2]! * x[p + 2]!;
        s3 += M[at + p + 3]! * x[p + 3]!;
      }
      for (; p < k; p++) s0 += M[at + p]! * x[p]!;
      sums[i] = s0 + s1 + (s2 + s3);
    }
  }
  for (let i = 0; i < rows; i++) {
    const product = alpha * sums[i]!;
    y[i] = beta === 0 ? product : product + beta * y[i]!;
  }
}

/** Plain loops on the arrays as they are, for sizes at which copying would cost more than computing. */
function small(
  transA: boolean,
  transB: boolean,
  m: number,
  n: number,
  k: number,
  alpha: number,
  A: Floats,
  B: Floats,
  beta: number,
  C: Floats,
): void {
  const aRow = transA ? 1 : k;
  const aStep = transA ? m : 1;
  const bCol = transB ? k : 1;
  const bStep = transB ? 1 : n;
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let s0 = 0;
      let s1 = 0;
      let a = i * aRow;
      let b = j * bCol;
      let p = 1;
      for (; p < k; p += 2) {
        s0 += A[a]! * B[b]!;
        s1 += A[a + aStep]! * B[b + bStep]!;
        a += 2 * aStep;
        b += 2 * bStep;
      }
      if (p === k) s0 += A[a]! * B[b]!;
      const at = i * n + j;
      const product = alpha * (s0 + s1);
      C[at] = beta === 0 ? product : product + beta * C[at]!;
    }
  }
}
