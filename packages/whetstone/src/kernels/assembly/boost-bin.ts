/**
 * Binning for histogram gradient boosting.
 *
 * Binned features lie in groups of four: feature f of row r is the byte at
 * `bins + 4 * rows * (f >> 2) + 4 * r + (f & 3)`, so that one 32-bit load fetches four features of a row.
 * Missing values are bin 255.
 */
import { min } from "./simd";

/** Digits of the radix sort: six of 11 bits cover 64. */
// @ts-ignore: decorator
@inline const DIGITS: i32 = 6;
// @ts-ignore: decorator
@inline const RADIX: i32 = 2048;

/** The order of float64 as the order of u64. */
// @ts-ignore: decorator
@inline
function keyOf(value: f64): u64 {
  const bits = reinterpret<i64>(value + 0.0); // -0 becomes 0
  return <u64>(bits ^ ((bits >> 63) | i64.MIN_VALUE));
}

// @ts-ignore: decorator
@inline
function valueOf(key: u64): f64 {
  const bits = <i64>key;
  return reinterpret<f64>(bits ^ (~(bits >> 63) | i64.MIN_VALUE));
}

/**
 * Sorts the values of one column (chunk = column) that are not NaN. Column c is at `columns + 8 * rows * c`;
 * `sample` lists `count` of its rows (0: the first `count`). The sorted values go to `a + 8 * count * c` and
 * their number to `found[c]`. `b` is as large as `a`; `tally` holds 48 KB per column.
 */
export function sortColumns(
  columns: usize, rows: i32, sample: usize, count: i32, a: usize, b: usize, tally: usize, found: usize, chunk: i32,
): void {
  const column = columns + ((<usize>rows * chunk) << 3);
  let from = a + ((<usize>count * chunk) << 3);
  let to = b + ((<usize>count * chunk) << 3);
  const result = from;
  const digits = tally + <usize>chunk * (DIGITS * RADIX * 4);
  memory.fill(digits, 0, DIGITS * RADIX * 4);
  let end = from;
  for (let i = 0; i < count; i++) {
    const row = sample == 0 ? <usize>i : <usize>load<u32>(sample + (<usize>i << 2));
    const value = load<f64>(column + (row << 3));
    if (value != value) continue;
    const key = keyOf(value);
    store<u64>(end, key);
    end += 8;
    for (let d = 0; d < DIGITS; d++) {
      const slot = digits + ((<usize>d * RADIX + (<usize>(key >> (<u64>d * 11)) & (RADIX - 1))) << 2);
      store<u32>(slot, load<u32>(slot) + 1);
    }
  }
  const n = <i32>((end - from) >> 3);
  store<i32>(found + (<usize>chunk << 2), n);
  if (n == 0) return;
  for (let d = 0; d < DIGITS; d++) {
    const counts = digits + ((<usize>d * RADIX) << 2);
    const shift = <u64>d * 11;
    const first = counts + ((<usize>(load<u64>(from) >> shift) & (RADIX - 1)) << 2);
    if (load<u32>(first) == <u32>n) continue; // every key has this digit
    let total: u32 = 0;
    for (let at = counts; at < counts + (RADIX << 2); at += 4) {
      const c = load<u32>(at);
      store<u32>(at, total);
      total += c;
    }
    const last = from + (<usize>n << 3);
    for (let at = from; at < last; at += 8) {
      const key = load<u64>(at);
      const slot = counts + ((<usize>(key >> shift) & (RADIX - 1)) << 2);
      const place = load<u32>(slot);
      store<u32>(slot, place + 1);
      store<u64>(to + (<usize>place << 3), key);
    }
    const swap = from;
    from = to;
    to = swap;
  }
  for (let i: usize = 0; i < <usize>n << 3; i += 8) store<f64>(result + i, valueOf(load<u64>(from + i)));
}

/**
 * After sortColumns, for one column (chunk): compacts its sorted values to the distinct ones, whose number goes to
 * `distinct[c]`, and adds up the weight of each in `mass` (laid out as the sorted values). `weights` has one number
 * per entry of the sample.
 */
export function weighValues(
  columns: usize, rows: i32, sample: usize, count: i32, sorted: usize, found: usize, weights: usize, mass: usize,
  distinct: usize, chunk: i32,
): void {
  const place = (<usize>count * chunk) << 3;
  const values = sorted + place, sums = mass + place;
  const n = load<i32>(found + (<usize>chunk << 2));
  let last = -1;
  for (let i = 0; i < n; i++) {
    const value = load<f64>(values + (<usize>i << 3));
    if (last >= 0 && load<f64>(values + (<usize>last << 3)) == value) continue;
    last++;
    store<f64>(values + (<usize>last << 3), value);
  }
  store<i32>(distinct + (<usize>chunk << 2), last + 1);
  memory.fill(sums, 0, <usize>(last + 1) << 3);
  const column = columns + ((<usize>rows * chunk) << 3);
  for (let i = 0; i < count; i++) {
    const row = sample == 0 ? <usize>i : <usize>load<u32>(sample + (<usize>i << 2));
    const value = load<f64>(column + (row << 3));
    if (value != value) continue;
    let at = values;
    for (let size = last + 1; size > 1; ) {
      const half = size >> 1;
      const middle = at + (<usize>half << 3);
      at = load<f64>(middle) <= value ? middle : at;
      size -= half;
    }
    const to = sums + (at - values);
    store<f64>(to, load<f64>(to) + load<f64>(weights + (<usize>i << 3)));
  }
}

/** Number of the 255 ascending thresholds (padded with +Infinity) that lie below the value; 255 for NaN. */
// @ts-ignore: decorator
@inline
function binOf(thresholds: usize, value: f64): u32 {
  let at = thresholds;
  at += load<f64>(at, 1016) < value ? 1024 : 0;
  at += load<f64>(at, 504) < value ? 512 : 0;
  at += load<f64>(at, 248) < value ? 256 : 0;
  at += load<f64>(at, 120) < value ? 128 : 0;
  at += load<f64>(at, 56) < value ? 64 : 0;
  at += load<f64>(at, 24) < value ? 32 : 0;
  at += load<f64>(at, 8) < value ? 16 : 0;
  at += load<f64>(at) < value ? 8 : 0;
  return value == value ? <u32>((at - thresholds) >> 3) : 255;
}

/**
 * Bins `columns` columns (column c at `values + 8 * rows * c`, thresholds at `thresholds + 2048 * c`) whose first
 * one is feature `4 * group`. Bytes of a last, incomplete group are 0.
 */
export function mapBins(
  values: usize, rows: i32, columns: i32, thresholds: usize, bins: usize, group: i32, rowsPerChunk: i32, chunk: i32,
): void {
  const first = chunk * rowsPerChunk;
  const last = min(rows, first + rowsPerChunk);
  const column = <usize>rows << 3;
  for (let c = 0; c < columns; c += 4, group++) {
    const out = bins + ((<usize>rows * group) << 2);
    const width = min(4, columns - c);
    for (let i = first; i < last; i++) {
      let at = values + <usize>c * column + (<usize>i << 3);
      let t = thresholds + (<usize>c << 11);
      let word = binOf(t, load<f64>(at));
      if (width == 4) {
        word |= binOf(t + 2048, load<f64>(at + column)) << 8;
        word |= binOf(t + 4096, load<f64>(at + 2 * column)) << 16;
        word |= binOf(t + 6144, load<f64>(at + 3 * column)) << 24;
      } else {
        for (let j = 1; j < width; j++) {
          at += column;
          t += 2048;
          word |= binOf(t, load<f64>(at)) << (j << 3);
        }
      }
      store<u32>(out + (<usize>i << 2), word);
    }
  }
}
