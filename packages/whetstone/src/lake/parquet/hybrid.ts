/**
 * Parquet's run-length and bit-packed hybrid for small whole numbers: runs of one value, or groups of eight values
 * of `width` bits each, lowest bits first.
 */

/** Reads `count` numbers of `width` bits; null where the bytes do not hold them. */
export function decodeHybrid(bytes: Uint8Array, width: number, count: number): Int32Array | null {
  const out = new Int32Array(count);
  const valueBytes = (width + 7) >> 3;
  const mask = width === 32 ? -1 : (1 << width) - 1;
  let at = 0;
  let filled = 0;
  while (filled < count) {
    let head = 0;
    for (let shift = 0; ; shift += 7) {
      if (at >= bytes.length || shift > 28) return null;
      const byte = bytes[at++];
      head += (byte & 127) * 2 ** shift;
      if (byte < 128) break;
    }
    if (head % 2 === 0) {
      const run = head / 2;
      if (run === 0 || at + valueBytes > bytes.length) return null;
      let value = 0;
      for (let k = 0; k < valueBytes; k++) value |= bytes[at++] << (8 * k);
      if ((value & ~mask) !== 0) return null;
      const end = Math.min(count, filled + run);
      out.fill(value, filled, end);
      filled = end;
    } else {
      const groups = (head - 1) / 2;
      const length = groups * width;
      if (groups === 0) return null;
      const end = Math.min(count, filled + groups * 8);
      // Writers may leave out the end of the last group.
      const needed = Math.ceil(((end - filled) * width) / 8);
      if (at + needed > bytes.length) return null;
      unpack(bytes, at, width, mask, out, filled, end);
      filled = end;
      at = Math.min(bytes.length, at + length);
    }
  }
  return out;
}

function unpack(
  bytes: Uint8Array,
  from: number,
  width: number,
  mask: number,
  out: Int32Array,
  start: number,
  end: number,
): void {
  let at = from;
  let have = 0;
  let buffer = 0; // up to 39 bits: whole-number arithmetic instead of shifts above 24
  for (let i = start; i < end; i++) {
    while (have < width) {
      buffer += bytes[at++] * 2 ** have;
      have += 8;
    }
    if (width <= 24) {
      out[i] = buffer & mask;
      buffer >>>= width;
    } else {
      const size = 2 ** width;
      out[i] = buffer % size;
      buffer = Math.floor(buffer / size);
    }
    have -= width;
  }
}

/** Writes numbers below 2^width. */
export function encodeHybrid(values: ArrayLike<number>, width: number): Uint8Array {
  const out: number[] = [];
  const n = values.length;
  const varint = (value: number) => {
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) out.push((rest % 128) | 128);
    out.push(rest);
  };
  const literal = (from: number, to: number) => {
    if (to === from) return;
    const groups = Math.ceil((to - from) / 8);
    varint(groups * 2 + 1);
    let buffer = 0;
    let have = 0;
    for (let i = from; i < from + groups * 8; i++) {
      buffer += (i < to ? values[i] : 0) * 2 ** have;
      have += width;
      for (; have >= 8; have -= 8) {
        out.push(buffer % 256);
        buffer = Math.floor(buffer / 256);
      }
    }
  };
  let pending = 0; // values from here on wait to be packed
  for (let i = 0; i < n; ) {
    let end = i + 1;
    while (end < n && values[end] === values[i]) end++;
    // A packed group has to be full before a run can start.
    const fill = (8 - ((i - pending) % 8)) % 8;
    if (end - i - fill >= 8) {
      literal(pending, i + fill);
      varint((end - i - fill) * 2);
      for (let k = 0; k < (width + 7) >> 3; k++) out.push((values[i] >>> (8 * k)) & 255);
      pending = end;
    }
    i = end;
  }
  literal(pending, n);
  return Uint8Array.from(out);
}
