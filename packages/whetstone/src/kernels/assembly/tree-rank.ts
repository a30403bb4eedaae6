/** Ranks of the values of columns: what trees split by. */
import { missing } from "./tree-layout";

/**
 * Ranks column `first + chunk` of the row-major matrix `x`: `codes` (u32[cols][rows]) gets the rank of each value
 * among the column's distinct ones (`missing` for NaN), `values` (f64[cols][rows]) the distinct values, ascending.
 * Radix sort by the 64 bits of the numbers; digits that all rows share are skipped.
 *
 * @param scratch per chunk: u64[2][rows] keys, u32[2][rows] rows, u32[8][256] digits
 */
export function rankColumns(
  x: usize, rows: i32, cols: i32, first: i32, codes: usize, values: usize, scratch: usize, chunk: i32,
): void {
  const f = <usize>(first + chunk);
  const n = <usize>rows;
  const own = scratch + <usize>chunk * (n * 24 + 8192);
  const digits = own;
  let keys = own + 8192;
  let spare = keys + (n << 3);
  let order = spare + (n << 3);
  let spareOrder = order + (n << 2);
  const ranks = codes + ((f * n) << 2);
  const distinct = values + ((f * n) << 3);
  memory.fill(digits, 0, 8192);
  let count: usize = 0;
  for (let i: usize = 0; i < n; i++) {
    const v = load<f64>(x + ((i * <usize>cols + f) << 3));
    if (v != v) {
      store<u32>(ranks + (i << 2), missing);
      continue;
    }
    // Adding 0 turns -0 into 0. Negative numbers sort by their inverted bits.
    const bits = reinterpret<u64>(v + 0.0);
    const key = bits ^ ((0 - (bits >>> 63)) | 0x8000000000000000);
    store<u64>(keys + (count << 3), key);
    store<u32>(order + (count << 2), <u32>i);
    count++;
    for (let d: usize = 0; d < 8; d++) {
      const at = digits + (d << 10) + (<usize>((key >>> (<u64>d << 3)) & 255) << 2);
      store<u32>(at, load<u32>(at) + 1);
    }
  }
  for (let d: usize = 0; d < 8 && count > 0; d++) {
    const table = digits + (d << 10);
    const shift = <u64>d << 3;
    if (load<u32>(table + (<usize>((load<u64>(keys) >>> shift) & 255) << 2)) == <u32>count) continue;
    let sum: u32 = 0;
    for (let b: usize = 0; b < 256; b++) {
      const here = load<u32>(table + (b << 2));
      store<u32>(table + (b << 2), sum);
      sum += here;
    }
    for (let i: usize = 0; i < count; i++) {
      const key = load<u64>(keys + (i << 3));
      const at = table + (<usize>((key >>> shift) & 255) << 2);
      const place = <usize>load<u32>(at);
      store<u32>(at, <u32>place + 1);
      store<u64>(spare + (place << 3), key);
      store<u32>(spareOrder + (place << 2), load<u32>(order + (i << 2)));
    }
    const k = keys;
    keys = spare;
    spare = k;
    const o = order;
    order = spareOrder;
    spareOrder = o;
  }
  let rank: usize = 0;
  for (let i: usize = 0; i < count; i++) {
    const row = <usize>load<u32>(order + (i << 2));
    if (i > 0 && load<u64>(keys + (i << 3)) != load<u64>(keys + ((i - 1) << 3))) rank++;
    store<u32>(ranks + (row << 2), <u32>rank);
    store<f64>(distinct + (rank << 3), load<f64>(x + ((row * <usize>cols + f) << 3)));
  }
}
