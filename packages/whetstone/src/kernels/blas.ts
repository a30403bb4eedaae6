/**
 * Vector operations on JavaScript arrays. They stay in JavaScript: copying a vector into kernel memory costs as
 * much as the sum itself. For vectors that live there already, use the kernels `dotF64`, `sumF64`, ....
 */
import { shapeError } from "../errors.ts";
import { call, parallel } from "./pool.ts";
import { withScratch } from "./scratch.ts";

type Vector = Float64Array | Float32Array;

/** Entries summed plainly before pairwise addition begins: the error grows with log2(n / block). */
const block = 256;

/**
 * Sum of x_i y_i, added pairwise in float64: relative error about 1e-14 of sum |x_i y_i| at any length.
 *
 * @throws WhetstoneError "shape" if the lengths differ.
 *
 * @example
 * dot(new Float64Array([1, 2]), new Float64Array([3, 4])); // 11
 */
export function dot(x: Vector, y: Vector): number {
  if (x.length !== y.length) {
    throw shapeError("dot", "y", `has ${y.length} entries`, `${x.length} (as x)`);
  }
  return dotRange(x, y, 0, x.length);
}

function dotRange(x: Vector, y: Vector, from: number, to: number): number {
  if (to - from > block) {
    const middle = split(from, to);
    return dotRange(x, y, from, middle) + dotRange(x, y, middle, to);
  }
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let i = from;
  for (; i + 4 <= to; i += 4) {
    s0 += x[i]! * y[i]!;
    s1 += x[i + 1]! * y[i + 1]!;
    s2 += x[i + 2]! * y[i + 2]!;
    s3 += x[i + 3]! * y[i + 3]!;
  }
  for (; i < to; i++) s0 += x[i]! * y[i]!;
  return s0 + s1 + (s2 + s3);
}

/** Middle of a range, a whole number of blocks after its start. */
function split(from: number, to: number): number {
  return from + Math.ceil((to - from) / 2 / block) * block;
}

/**
 * Sum of x_i, added pairwise in float64.
 *
 * @example
 * sum(new Float64Array([1, 2, 3])); // 6
 */
export function sum(x: Vector): number {
  return sumRange(x, 0, x.length);
}

function sumRange(x: Vector, from: number, to: number): number {
  if (to - from > block) {
    const middle = split(from, to);
    return sumRange(x, from, middle) + sumRange(x, middle, to);
  }
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let i = from;
  for (; i + 4 <= to; i += 4) {
    s0 += x[i]!;
    s1 += x[i + 1]!;
    s2 += x[i + 2]!;
    s3 += x[i + 3]!;
  }
  for (; i < to; i++) s0 += x[i]!;
  return s0 + s1 + (s2 + s3);
}

/**
 * Euclidean norm, without overflow or underflow on the way.
 *
 * @example
 * nrm2(new Float64Array([3e200, 4e200])); // 5e200
 */
export function nrm2(x: Vector): number {
  const square = dotRange(x, x, 0, x.length);
  if (square > 1e-280 && square < 1e300) return Math.sqrt(square);
  let largest = 0;
  for (let i = 0; i < x.length; i++) {
    const value = Math.abs(x[i]!);
    if (!(value <= largest)) largest = value;
    if (Number.isNaN(largest)) return largest;
  }
  if (largest === 0 || largest === Number.POSITIVE_INFINITY) return largest;
  let total = 0;
  for (let i = 0; i < x.length; i++) {
    const value = x[i]! / largest;
    total += value * value;
  }
  return largest * Math.sqrt(total);
}

/**
 * y += alpha x, in place.
 *
 * @throws WhetstoneError "shape" if the lengths differ.
 *
 * @example
 * const y = new Float64Array([1, 1]);
 * axpy(2, new Float64Array([3, 4]), y);
 * y; // [7, 9]
 */
export function axpy(alpha: number, x: Vector, y: Vector): void {
  if (x.length !== y.length) {
    throw shapeError("axpy", "y", `has ${y.length} entries`, `${x.length} (as x)`);
  }
  for (let i = 0; i < x.length; i++) y[i] = y[i]! + alpha * x[i]!;
}

/** Multiplications per chunk of a matrix-vector product. */
const gemvWork = 1 << 17;

/**
 * y = alpha op(A) x + beta y on kernel memory, float64. A is `rows` x `cols` as stored, row-major, rows `lda`
 * elements apart; with `trans`, x has `rows` entries and y `cols`. y is not read when `beta` is 0 and may not
 * overlap x or A. For many products with one matrix, keep it in scratch memory and call this.
 */
export function gemvF64At(
  trans: boolean,
  rows: number,
  cols: number,
  alpha: number,
  a: number,
  x: number,
  beta: number,
  y: number,
  lda: number = cols,
): void {
  if ((trans ? cols : rows) === 0) return;
  const perChunk = Math.max(4, Math.ceil(gemvWork / Math.max(1, cols) / 4) * 4);
  const chunks = Math.ceil(rows / perChunk);
  if (!trans) {
    parallel("gemvF64", chunks, a, x, y, rows, cols, lda, alpha, beta, perChunk);
    return;
  }
  withScratch((s) => {
    const partial = s.f64(chunks * cols, false).ptr;
    parallel("gemvTF64", chunks, a, x, partial, rows, cols, lda, perChunk);
    call("gemvTSumF64", partial, y, cols, chunks, alpha, beta);
  });
}
