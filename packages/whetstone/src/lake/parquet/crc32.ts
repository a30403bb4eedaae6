let table: Int32Array | null = null;

/** CRC-32 as in gzip, as a signed number; `before` continues the sum of earlier bytes. */
export function crc32(bytes: Uint8Array, before = 0): number {
  table ??= Int32Array.from({ length: 256 }, (_, n) => {
    let c = n;
    for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
    return c;
  });
  let c = ~before;
  for (let i = 0; i < bytes.length; i++) c = table[(c ^ bytes[i]) & 255] ^ (c >>> 8);
  return ~c;
}
