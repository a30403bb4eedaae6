/** Snappy's block format: literals and copies from what was already written. */

/** The bytes, or null where the block is damaged or does not hold `length` bytes. */
export function unsnappy(block: Uint8Array, length: number): Uint8Array | null {
  let at = 0;
  let stated = 0;
  for (let shift = 0; ; shift += 7) {
    if (at >= block.length || shift > 28) return null;
    const byte = block[at++];
    stated += (byte & 127) * 2 ** shift;
    if (byte < 128) break;
  }
  if (stated !== length) return null;
  const out = new Uint8Array(length);
  let filled = 0;
  while (at < block.length) {
    const tag = block[at++];
    let size = tag >> 2;
    if ((tag & 3) === 0) {
      if (size >= 60) {
        const more = size - 59;
        size = 0;
        for (let k = 0; k < more; k++) size += (block[at++] ?? 0) * 2 ** (8 * k);
      }
      size++;
      if (at + size > block.length || filled + size > length) return null;
      out.set(block.subarray(at, at + size), filled);
      at += size;
    } else {
      let back: number;
      if ((tag & 3) === 1) {
        size = (size & 7) + 4;
        back = ((tag >> 5) << 8) | (block[at++] ?? 0);
      } else {
        size++;
        back = (block[at++] ?? 0) + (block[at++] ?? 0) * 256;
        if ((tag & 3) === 3) back += (block[at++] ?? 0) * 65536 + (block[at++] ?? 0) * 16777216;
      }
      if (back === 0 || back > filled || at > block.length || filled + size > length) return null;
      // A copy may reach into itself, which repeats it.
      if (back >= size) out.copyWithin(filled, filled - back, filled - back + size);
      else for (let k = 0; k < size; k++) out[filled + k] = out[filled + k - back];
    }
    filled += size;
  }
  return filled === length ? out : null;
}

const TABLE_BITS = 14;

/** Compresses greedily: each four bytes are looked up where they stood last. */
export function snappy(bytes: Uint8Array): Uint8Array {
  const n = bytes.length;
  const out = new Uint8Array(32 + n + Math.ceil(n / 6));
  let filled = 0;
  let rest = n;
  for (; rest >= 128; rest = Math.floor(rest / 128)) out[filled++] = (rest % 128) | 128;
  out[filled++] = rest;
  const literal = (from: number, to: number) => {
    for (let start = from; start < to; start += 65536) {
      const size = Math.min(65536, to - start) - 1;
      if (size < 60) out[filled++] = size << 2;
      else if (size < 256) {
        out[filled++] = 60 << 2;
        out[filled++] = size;
      } else {
        out[filled++] = 61 << 2;
        out[filled++] = size & 255;
        out[filled++] = size >> 8;
      }
      out.set(bytes.subarray(start, start + size + 1), filled);
      filled += size + 1;
    }
  };
  const last = new Int32Array(1 << TABLE_BITS).fill(-1);
  const four = (i: number) => bytes[i] | (bytes[i + 1] << 8) | (bytes[i + 2] << 16) | (bytes[i + 3] << 24);
  let from = 0; // start of the literal that is not yet written
  let misses = 32;
  for (let i = 0; i + 4 <= n; ) {
    const word = four(i);
    const slot = Math.imul(word, 0x1e35a7bd) >>> (32 - TABLE_BITS);
    const candidate = last[slot];
    last[slot] = i;
    if (candidate < 0 || i - candidate > 65535 || four(candidate) !== word) {
      // Bytes that do not compress are passed ever faster.
      i += misses++ >> 5;
      continue;
    }
    misses = 32;
    let size = 4;
    while (i + size < n && bytes[candidate + size] === bytes[i + size]) size++;
    literal(from, i);
    const back = i - candidate;
    i += size;
    from = i;
    for (; size > 0; ) {
      const part = Math.min(64, size);
      out[filled++] = ((part - 1) << 2) | 2;
      out[filled++] = back & 255;
      out[filled++] = back >> 8;
      size -= part;
    }
  }
  literal(from, n);
  return out.slice(0, filled);
}
