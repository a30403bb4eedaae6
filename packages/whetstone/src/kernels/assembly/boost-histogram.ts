/**
 * Gradient histograms of histogram gradient boosting, and the partition of row lists by a split.
 *
 * - `bins`: groups of four features, see boost-bin.ts.
 * - `pairs`: two 64-bit integers per row, see boost-gradient.ts.
 * - A histogram: per feature 256 sums of pairs (4 KB).
 * - `list`: u32 row numbers, ascending within a node; pointer 0 means "rows 0 to count - 1".
 */
import { min } from "./simd";
import { scanFeature } from "./boost-split";

/** Adds the pairs of the listed rows into the histograms of `width` (4, 2, 1) features that share a group. */
// @ts-ignore: decorator
@inline
function accumulate(width: i32, column: usize, shift: u32, list: usize, pairs: usize, count: i32, sums: usize): void {
  const step: usize = list == 0 ? 0 : 4;
  let at = list, row: usize = 0;
  for (let n = count; n > 0; n--) {
    if (step != 0) row = <usize>load<u32>(at);
    const word = load<u32>(column + (row << 2)) >>> shift;
    const pair = v128.load(pairs);
    const t0 = sums + ((word & 255) << 4);
    v128.store(t0, i64x2.add(v128.load(t0), pair));
    if (width > 1) {
      const t1 = sums + ((word >>> 4) & 0xff0);
      v128.store(t1, i64x2.add(v128.load(t1, 4096), pair), 4096);
    }
    if (width > 2) {
      const t2 = sums + ((word >>> 12) & 0xff0);
      v128.store(t2, i64x2.add(v128.load(t2, 8192), pair), 8192);
      const t3 = sums + ((word >>> 20) & 0xff0);
      v128.store(t3, i64x2.add(v128.load(t3, 12288), pair), 12288);
    }
    pairs += 16;
    if (step == 0) row++;
    else at += 4;
  }
}

/** Features of a chunk: groups of four, except that the last features come in smaller portions, to even out threads. */
// @ts-ignore: decorator
@inline
function firstOf(features: i32, chunk: i32): i32 {
  const tail = features - fours(features) * 4;
  const c = chunk - fours(features);
  if (c <= 0) return chunk * 4;
  return fours(features) * 4 + (c == 1 ? min(tail, 2) : tail);
}

// @ts-ignore: decorator
@inline
function fours(features: i32): i32 {
  return (features - 1) >> 2;
}

/**
 * Everything a node needs before its children can be chosen among, for the features of one chunk: builds the
 * histogram of one child (`count` rows, `pairs` in their order) at `histogram`, turns the parent's histogram at
 * `parent` (0: none) into the sibling's by subtraction, and finds each feature's best split for the child
 * (`node`, `out`; 0 to skip) and for the sibling (`siblingNode`, `siblingOut`; 0 to skip).
 *
 * `settings`, nodes and outputs are laid out as in boost-split.ts.
 */
export function expandNode(
  bins: usize, rows: i32, list: usize, pairs: usize, count: i32, histogram: usize, parent: usize,
  features: i32, settings: usize, node: usize, siblingNode: usize, out: usize, siblingOut: usize, chunk: i32,
): void {
  const first = firstOf(features, chunk);
  const last = firstOf(features, chunk + 1);
  const column = bins + ((<usize>rows * (first >> 2)) << 2);
  const shift = <u32>(first & 3) << 3;
  const sums = histogram + (<usize>first << 12);
  const width = last - first;
  memory.fill(sums, 0, <usize>width << 12);
  if (width == 4) {
    if (list == 0) accumulate(4, column, 0, 0, pairs, count, sums);
    else accumulate(4, column, 0, list, pairs, count, sums);
  } else if (width == 2) {
    accumulate(2, column, shift, list, pairs, count, sums);
  } else {
    accumulate(1, column, shift, list, pairs, count, sums);
  }
  for (let f = first; f < last; f++) {
    const own = histogram + (<usize>f << 12);
    if (node != 0) scanFeature(own, f, settings, node, out);
    if (parent == 0) continue;
    const sibling = parent + (<usize>f << 12);
    for (let at: usize = 0; at < 4096; at += 16) {
      v128.store(sibling + at, i64x2.sub(v128.load(sibling + at), v128.load(own + at)));
    }
    if (siblingNode != 0) scanFeature(sibling, f, settings, siblingNode, siblingOut);
  }
}

/** Whether a row with this bin goes left: see partitionList. */
// @ts-ignore: decorator
@inline
function goesLeft(bin: i32, threshold: i32, missingLeft: i32, bitset: usize): i32 {
  let goes: i32;
  if (bitset != 0) goes = (load<u8>(bitset + (bin >>> 3)) >>> (bin & 7)) & 1;
  else goes = i32(bin <= threshold);
  return bin == 255 ? missingLeft : goes;
}

/**
 * Stable partition of a node's list in place, left rows first, on one thread; then gathers the pairs of the
 * smaller child (right when equal) into `gathered` unless that is 0. Returns the number of left rows.
 *
 * A row goes left if its bin <= threshold, or with `bitset` not 0 (256 bits, least significant first) if its bin's
 * bit is set; bin 255, missing, goes left exactly if `missingLeft`. `spare` holds `count` u32.
 */
export function partitionList(
  list: usize, count: i32, column: usize, threshold: i32, missingLeft: i32, bitset: usize, spare: usize,
  pairs: usize, gathered: usize,
): i32 {
  let l = list, r = spare;
  const end = list + (<usize>count << 2);
  for (let at = list; at < end; at += 4) {
    const row = <usize>load<u32>(at);
    const goes = goesLeft(<i32>load<u8>(column + (row << 2)), threshold, missingLeft, bitset);
    store<u32>(l, <u32>row);
    store<u32>(r, <u32>row);
    l += <usize>goes << 2;
    r += <usize>(1 - goes) << 2;
  }
  memory.copy(l, spare, r - spare);
  const left = <i32>((l - list) >> 2);
  if (gathered != 0) {
    if (left < count - left) gather(list, pairs, gathered, left);
    else gather(l, pairs, gathered, count - left);
  }
  return left;
}

// @ts-ignore: decorator
@inline
function gather(list: usize, pairs: usize, out: usize, count: i32): void {
  const end = list + (<usize>count << 2);
  for (; list < end; list += 4) {
    v128.store(out, v128.load(pairs + (<usize>load<u32>(list) << 4)));
    out += 16;
  }
}

/**
 * First half of the same partition on many threads: each chunk's rows go, in their order, to `left` and `right`
 * (both as long as the list) at the chunk's own place, and `lefts[chunk]` receives how many went left.
 */
export function splitList(
  list: usize, count: i32, column: usize, threshold: i32, missingLeft: i32, bitset: usize, left: usize, right: usize,
  lefts: usize, rowsPerChunk: i32, chunk: i32,
): void {
  const first = chunk * rowsPerChunk;
  const begin = <usize>first << 2;
  const end = list + (<usize>min(count, first + rowsPerChunk) << 2);
  let l = left + begin, r = right + begin;
  for (let at = list + begin; at < end; at += 4) {
    const row = <usize>load<u32>(at);
    const goes = goesLeft(<i32>load<u8>(column + (row << 2)), threshold, missingLeft, bitset);
    store<u32>(l, <u32>row);
    store<u32>(r, <u32>row);
    l += <usize>goes << 2;
    r += <usize>(1 - goes) << 2;
  }
  store<u32>(lefts + (<usize>chunk << 2), <u32>((l - left - begin) >> 2));
}

/** Second half: copies the chunk's rows to their places in the list, and gathers those of the smaller child. */
export function mergeList(
  list: usize, count: i32, left: usize, right: usize, lefts: usize, pairs: usize, gathered: usize,
  rowsPerChunk: i32, chunks: i32, chunk: i32,
): void {
  let before: i32 = 0, total: i32 = 0;
  for (let c = 0; c < chunks; c++) {
    const goes = load<u32>(lefts + (<usize>c << 2));
    if (c < chunk) before += goes;
    total += goes;
  }
  const first = chunk * rowsPerChunk;
  const begin = <usize>first << 2;
  const size = min(count, first + rowsPerChunk) - first;
  const goes = <i32>load<u32>(lefts + (<usize>chunk << 2));
  const beforeRight = first - before;
  memory.copy(list + (<usize>before << 2), left + begin, <usize>goes << 2);
  memory.copy(list + (<usize>(total + beforeRight) << 2), right + begin, <usize>(size - goes) << 2);
  if (gathered == 0) return;
  if (total < count - total) gather(left + begin, pairs, gathered + (<usize>before << 4), goes);
  else gather(right + begin, pairs, gathered + (<usize>beforeRight << 4), size - goes);
}
