/**
 * Gradient histograms over binned features, and the partition of row lists by a split: the two inner loops of
 * histogram gradient boosting.
 *
 * Layouts:
 * - `bins`: one byte per entry, column-wise: feature f of row r is at `bins + f * stride + r`.
 * - `pairs`: gradient and hessian of one row next to each other (float32 or float64).
 * - `histogram`: per feature 256 bins, per bin two float64: sum of gradients, sum of hessians (4 KB a feature).
 * - `counts`: per feature 256 u32.
 * - `rows`: list of u32 row numbers; pointer 0 means "rows 0 to count - 1".
 */
import { min } from "./simd";

/** out_i = pairs of row rows_i, float32: makes the gradients of a node contiguous for all its features. */
export function gatherPairsF32(pairs: usize, rows: usize, out: usize, count: i32, perChunk: i32, chunk: i32): void {
  const last = min(count, (chunk + 1) * perChunk);
  for (let i = chunk * perChunk; i < last; i++) {
    const row = <usize>load<u32>(rows + (<usize>i << 2));
    store<u64>(out + (<usize>i << 3), load<u64>(pairs + (row << 3)));
  }
}

/** As gatherPairsF32, float64. */
export function gatherPairsF64(pairs: usize, rows: usize, out: usize, count: i32, perChunk: i32, chunk: i32): void {
  const last = min(count, (chunk + 1) * perChunk);
  for (let i = chunk * perChunk; i < last; i++) {
    const row = <usize>load<u32>(rows + (<usize>i << 2));
    v128.store(out + (<usize>i << 4), v128.load(pairs + (row << 4)));
  }
}

/**
 * Histograms of the features of one chunk over `count` rows. `pairs` are in the order of the list (gathered).
 * The histograms (and counts) of these features are overwritten.
 */
export function histogramF32(
  bins: usize, stride: i32, rows: usize, pairs: usize, count: i32, histogram: usize,
  features: i32, featuresPerChunk: i32, chunk: i32,
): void {
  over<f32>(bins, stride, rows, pairs, count, histogram, 0, features, featuresPerChunk, chunk, false);
}

export function histogramF64(
  bins: usize, stride: i32, rows: usize, pairs: usize, count: i32, histogram: usize,
  features: i32, featuresPerChunk: i32, chunk: i32,
): void {
  over<f64>(bins, stride, rows, pairs, count, histogram, 0, features, featuresPerChunk, chunk, false);
}

export function histogramCountF32(
  bins: usize, stride: i32, rows: usize, pairs: usize, count: i32, histogram: usize, counts: usize,
  features: i32, featuresPerChunk: i32, chunk: i32,
): void {
  over<f32>(bins, stride, rows, pairs, count, histogram, counts, features, featuresPerChunk, chunk, true);
}

export function histogramCountF64(
  bins: usize, stride: i32, rows: usize, pairs: usize, count: i32, histogram: usize, counts: usize,
  features: i32, featuresPerChunk: i32, chunk: i32,
): void {
  over<f64>(bins, stride, rows, pairs, count, histogram, counts, features, featuresPerChunk, chunk, true);
}

// @ts-ignore: decorator
@inline
function over<T>(
  bins: usize, stride: i32, rows: usize, pairs: usize, count: i32, histogram: usize, counts: usize,
  features: i32, featuresPerChunk: i32, chunk: i32, counting: bool,
): void {
  const last = min(features, (chunk + 1) * featuresPerChunk);
  for (let f = chunk * featuresPerChunk; f < last; f++) {
    const column = bins + <usize>f * stride;
    const sums = histogram + (<usize>f << 12);
    memory.fill(sums, 0, 4096);
    const tally = counts + (<usize>f << 10);
    if (counting) memory.fill(tally, 0, 1024);
    if (rows == 0) {
      let at = column, pair = pairs;
      for (let n = count; n > 0; n--) {
        addPair<T>(sums, tally, <usize>load<u8>(at), pair, counting);
        at++;
        pair += 2 * sizeof<T>();
      }
    } else {
      let at = rows, pair = pairs;
      for (let n = count; n > 0; n--) {
        addPair<T>(sums, tally, <usize>load<u8>(column + <usize>load<u32>(at)), pair, counting);
        at += 4;
        pair += 2 * sizeof<T>();
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function addPair<T>(sums: usize, tally: usize, bin: usize, pair: usize, counting: bool): void {
  const to = sums + (bin << 4);
  const value = sizeof<T>() == 4 ? f64x2.promote_low_f32x4(v128.load64_zero(pair)) : v128.load(pair);
  v128.store(to, f64x2.add(v128.load(to), value));
  if (counting) {
    const slot = tally + (bin << 2);
    store<u32>(slot, load<u32>(slot) + 1);
  }
}

/** out = a - b over `bins` pairs of float64 (out may be a): the sibling's histogram from the parent's. */
export function histogramSubtract(a: usize, b: usize, out: usize, bins: i32): void {
  for (; bins > 0; bins--) {
    v128.store(out, f64x2.sub(v128.load(a), v128.load(b)));
    a += 16;
    b += 16;
    out += 16;
  }
}

/** out = a - b over `bins` u32 counts. */
export function countSubtract(a: usize, b: usize, out: usize, bins: i32): void {
  for (; bins > 0; bins--) {
    store<u32>(out, load<u32>(a) - load<u32>(b));
    a += 4;
    b += 4;
    out += 4;
  }
}

/**
 * First half of a stable partition: the rows of one chunk go, in their order, to `left` and `right` (both as
 * long as `rows`) at the chunk's own start, and `lefts[chunk]` receives how many went left.
 *
 * A row goes left if its bin <= threshold; with `bitset` not 0 (256 bits, least significant first), if the bit of
 * its bin is set. Bin `missingBin` (-1: none) goes left exactly if `missingLeft`.
 */
export function partitionRows(
  rows: usize, count: i32, column: usize, threshold: i32, missingBin: i32, missingLeft: i32, bitset: usize,
  left: usize, right: usize, lefts: usize, perChunk: i32, chunk: i32,
): void {
  const first = chunk * perChunk;
  const begin = <usize>first << 2;
  let n = min(count, first + perChunk) - first;
  let at = rows + begin, l = left + begin, r = right + begin;
  for (; n > 0; n--) {
    const row = load<u32>(at);
    const bin = <i32>load<u8>(column + row);
    let goes: i32;
    if (bitset != 0) goes = (load<u8>(bitset + (bin >>> 3)) >>> (bin & 7)) & 1;
    else goes = i32(bin <= threshold);
    goes = bin == missingBin ? missingLeft : goes;
    store<u32>(l, row);
    store<u32>(r, row);
    l += <usize>goes << 2;
    r += <usize>(1 - goes) << 2;
    at += 4;
  }
  store<u32>(lefts + (<usize>chunk << 2), <u32>((l - left - begin) >> 2));
}

/**
 * Second half: copies the chunk's lists back to `rows`, all left ones first. `lefts` as written by the first
 * half, which must have run for every chunk. Chunks write to disjoint places.
 */
export function partitionGather(
  rows: usize, count: i32, left: usize, right: usize, lefts: usize, perChunk: i32, chunks: i32, chunk: i32,
): void {
  let before: i32 = 0, total: i32 = 0;
  for (let c = 0; c < chunks; c++) {
    const goes = load<u32>(lefts + (<usize>c << 2));
    if (c < chunk) before += goes;
    total += goes;
  }
  const first = chunk * perChunk;
  const size = min(count, first + perChunk) - first;
  const goes = <i32>load<u32>(lefts + (<usize>chunk << 2));
  const begin = <usize>first << 2;
  memory.copy(rows + (<usize>before << 2), left + begin, <usize>goes << 2);
  memory.copy(rows + (<usize>(total + first - before) << 2), right + begin, <usize>(size - goes) << 2);
}
