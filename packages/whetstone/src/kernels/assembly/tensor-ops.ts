/**
 * Structured operations on whole arrays [outer, length, inner]: running sums, scatter, sorting, and the adjoint of
 * sliding windows. Where `innerBlock` is given, a chunk is one block of so many inner places of one outer place.
 */
import { ceilDiv, min } from "./simd";

// @ts-ignore: decorator
@inline
function cumsum<T>(
  src: usize, dst: usize, length: i32, inner: i32, reverse: i32, innerBlock: i32, chunk: i32,
): void {
  const blocks = ceilDiv(inner, innerBlock);
  const outer = chunk / blocks, i0 = (chunk - outer * blocks) * innerBlock, i1 = min(inner, i0 + innerBlock);
  const base = <usize>outer * length * inner;
  for (let i = i0; i < i1; i++) {
    let at = (base + i) * sizeof<T>();
    const hop = <usize>inner * sizeof<T>();
    if (reverse) at += <usize>(length - 1) * hop;
    let total = <T>0;
    for (let j = 0; j < length; j++) {
      total = <T>(total + load<T>(src + at));
      store<T>(dst + at, total);
      if (reverse) at -= hop;
      else at += hop;
    }
  }
}

export function cumsumF32(src: usize, dst: usize, length: i32, inner: i32, reverse: i32, innerBlock: i32, chunk: i32): void {
  cumsum<f32>(src, dst, length, inner, reverse, innerBlock, chunk);
}
export function cumsumF64(src: usize, dst: usize, length: i32, inner: i32, reverse: i32, innerBlock: i32, chunk: i32): void {
  cumsum<f64>(src, dst, length, inner, reverse, innerBlock, chunk);
}
export function cumsumI32(src: usize, dst: usize, length: i32, inner: i32, reverse: i32, innerBlock: i32, chunk: i32): void {
  cumsum<i32>(src, dst, length, inner, reverse, innerBlock, chunk);
}

/**
 * dst [outer, to, inner] = 0, then dst[o, index[o, j, i], i] += src[o, j, i] for j in order; others are left out. A
 * unit is `innerBlock` places of one o; a chunk takes `unitsPerChunk` of all `units`.
 */
// @ts-ignore: decorator
@inline
function scatterAdd<T>(
  src: usize, index: usize, dst: usize, from: i32, to: i32, inner: i32, innerBlock: i32,
  units: i32, unitsPerChunk: i32, chunk: i32,
): void {
  const blocks = ceilDiv(inner, innerBlock), first = chunk * unitsPerChunk;
  for (let unit = first, last = min(units, first + unitsPerChunk); unit < last; unit++) {
    const outer = unit / blocks, i0 = (unit - outer * blocks) * innerBlock, i1 = min(inner, i0 + innerBlock);
    const target = <usize>outer * to * inner;
    for (let j = 0; j < to; j++) {
      for (let i = i0; i < i1; i++) store<T>(dst + (target + <usize>j * inner + i) * sizeof<T>(), <T>0);
    }
    for (let j = 0; j < from; j++) {
      const line = (<usize>outer * from + j) * inner;
      for (let i = i0; i < i1; i++) {
        const place = load<i32>(index + ((line + i) << 2));
        if (place < 0 || place >= to) continue;
        const at = dst + (target + <usize>place * inner + i) * sizeof<T>();
        store<T>(at, <T>(load<T>(at) + load<T>(src + (line + i) * sizeof<T>())));
      }
    }
  }
}

export function scatterAddF32(
  src: usize, index: usize, dst: usize, from: i32, to: i32, inner: i32, innerBlock: i32,
  units: i32, unitsPerChunk: i32, chunk: i32,
): void {
  scatterAdd<f32>(src, index, dst, from, to, inner, innerBlock, units, unitsPerChunk, chunk);
}
export function scatterAddF64(
  src: usize, index: usize, dst: usize, from: i32, to: i32, inner: i32, innerBlock: i32,
  units: i32, unitsPerChunk: i32, chunk: i32,
): void {
  scatterAdd<f64>(src, index, dst, from, to, inner, innerBlock, units, unitsPerChunk, chunk);
}
export function scatterAddI32(
  src: usize, index: usize, dst: usize, from: i32, to: i32, inner: i32, innerBlock: i32,
  units: i32, unitsPerChunk: i32, chunk: i32,
): void {
  scatterAdd<i32>(src, index, dst, from, to, inner, innerBlock, units, unitsPerChunk, chunk);
}

/** src [outer, count, inner, size] -> dst [outer, length, inner]: dst[o, c stride + s dilation, i] += src[o, c, i, s]. */
// @ts-ignore: decorator
@inline
function fold<T>(
  src: usize, dst: usize, count: i32, size: i32, length: i32, inner: i32, stride: i32, dilation: i32,
  innerBlock: i32, chunk: i32,
): void {
  const blocks = ceilDiv(inner, innerBlock);
  const outer = chunk / blocks, i0 = (chunk - outer * blocks) * innerBlock, i1 = min(inner, i0 + innerBlock);
  const target = <usize>outer * length * inner;
  for (let j = 0; j < length; j++) {
    for (let i = i0; i < i1; i++) store<T>(dst + (target + <usize>j * inner + i) * sizeof<T>(), <T>0);
  }
  for (let c = 0; c < count; c++) {
    for (let i = i0; i < i1; i++) {
      const from = (((<usize>outer * count + c) * inner + i) * size) * sizeof<T>();
      for (let s = 0; s < size; s++) {
        const at = dst + (target + <usize>(c * stride + s * dilation) * inner + i) * sizeof<T>();
        store<T>(at, <T>(load<T>(at) + load<T>(src + from + <usize>s * sizeof<T>())));
      }
    }
  }
}

export function foldF32(src: usize, dst: usize, count: i32, size: i32, length: i32, inner: i32, stride: i32, dilation: i32, innerBlock: i32, chunk: i32): void {
  fold<f32>(src, dst, count, size, length, inner, stride, dilation, innerBlock, chunk);
}
export function foldF64(src: usize, dst: usize, count: i32, size: i32, length: i32, inner: i32, stride: i32, dilation: i32, innerBlock: i32, chunk: i32): void {
  fold<f64>(src, dst, count, size, length, inner, stride, dilation, innerBlock, chunk);
}
export function foldI32(src: usize, dst: usize, count: i32, size: i32, length: i32, inner: i32, stride: i32, dilation: i32, innerBlock: i32, chunk: i32): void {
  fold<i32>(src, dst, count, size, length, inner, stride, dilation, innerBlock, chunk);
}

/** Whether a stands before b: NaN last, equal keys do not. */
// @ts-ignore: decorator
@inline
function before<T>(a: T, b: T, descending: i32): bool {
  if (isFloat<T>()) {
    if (b != b) return a == a;
    if (a != a) return false;
  }
  return descending ? a > b : a < b;
}

/**
 * Places that sort each line of src [outer, length, inner], stable, by merging runs of 1, 2, 4, ... One chunk sorts
 * the lines of one outer place; `work` holds, per chunk, two i32 for each entry of a line.
 */
// @ts-ignore: decorator
@inline
function argsort<T>(src: usize, dst: usize, work: usize, length: i32, inner: i32, descending: i32, chunk: i32): void {
  let a = work + (<usize>chunk * length << 3), b = a + (<usize>length << 2);
  for (let i = 0; i < inner; i++) {
    const base = src + (<usize>chunk * length * inner + i) * sizeof<T>(), hop = <usize>inner * sizeof<T>();
    for (let j = 0; j < length; j++) store<i32>(a + (<usize>j << 2), j);
    for (let run = 1; run < length; run <<= 1) {
      for (let low = 0; low < length; low += 2 * run) {
        const mid = min(length, low + run), high = min(length, low + 2 * run);
        let p = low, q = mid;
        for (let k = low; k < high; k++) {
          let takeRight = p >= mid;
          if (!takeRight && q < high) {
            const x = load<T>(base + <usize>load<i32>(a + (<usize>p << 2)) * hop);
            const y = load<T>(base + <usize>load<i32>(a + (<usize>q << 2)) * hop);
            takeRight = before<T>(y, x, descending);
          }
          store<i32>(b + (<usize>k << 2), load<i32>(a + (<usize>(takeRight ? q : p) << 2)));
          if (takeRight) q++;
          else p++;
        }
      }
      const other = a;
      a = b;
      b = other;
    }
    for (let j = 0; j < length; j++) {
      store<i32>(dst + (((<usize>chunk * length + j) * inner + i) << 2), load<i32>(a + (<usize>j << 2)));
    }
  }
}

export function argsortF32(src: usize, dst: usize, work: usize, length: i32, inner: i32, descending: i32, chunk: i32): void {
  argsort<f32>(src, dst, work, length, inner, descending, chunk);
}
export function argsortF64(src: usize, dst: usize, work: usize, length: i32, inner: i32, descending: i32, chunk: i32): void {
  argsort<f64>(src, dst, work, length, inner, descending, chunk);
}
export function argsortI32(src: usize, dst: usize, work: usize, length: i32, inner: i32, descending: i32, chunk: i32): void {
  argsort<i32>(src, dst, work, length, inner, descending, chunk);
}
