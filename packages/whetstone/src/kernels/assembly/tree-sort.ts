/** Sorting of 64-bit keys (code in the high word) for the split search. */

/** Below this many keys insertion sort is faster. */
const few: i32 = 40;

/**
 * Sorts `count` keys by their high words, which lie in [low, low + range]; returns where the result is, `keys` or
 * `spare`. Stable, by digits of at most 8 bits.
 *
 * @param digits u32[256] scratch
 */
export function sortKeys(keys: usize, spare: usize, count: i32, low: u32, range: u32, digits: usize): usize {
  if (count <= few) {
    insertionSort(keys, count);
    return keys;
  }
  const bits = 32 - <i32>clz<u32>(range);
  const passes = (bits + 7) >> 3;
  const width = (bits + passes - 1) / passes;
  const mask = (<u64>1 << <u64>width) - 1;
  const base = <u64>low << 32;
  let from = keys;
  let to = spare;
  let shift: u64 = 32;
  for (let pass = 0; pass < passes; pass++) {
    memory.fill(digits, 0, 4 << <usize>width);
    const last = from + (<usize>count << 3);
    for (let at = from; at < last; at += 8) {
      const d = digits + (<usize>(((load<u64>(at) - base) >>> shift) & mask) << 2);
      store<u32>(d, load<u32>(d) + 1);
    }
    let sum = <u32>to;
    const top = digits + (4 << <usize>width);
    for (let d = digits; d < top; d += 4) {
      const here = load<u32>(d);
      store<u32>(d, sum);
      sum += here << 3;
    }
    for (let at = from; at < last; at += 8) {
      const key = load<u64>(at);
      const d = digits + (<usize>(((key - base) >>> shift) & mask) << 2);
      const place = load<u32>(d);
      store<u32>(d, place + 8);
      store<u64>(<usize>place, key);
    }
    const swap = from;
    from = to;
    to = swap;
    shift += <u64>width;
  }
  return from;
}

function insertionSort(keys: usize, count: i32): void {
  const end = keys + (<usize>count << 3);
  for (let at = keys + 8; at < end; at += 8) {
    const key = load<u64>(at);
    let to = at;
    while (to > keys && load<u64>(to - 8) > key) {
      store<u64>(to, load<u64>(to - 8));
      to -= 8;
    }
    store<u64>(to, key);
  }
}
