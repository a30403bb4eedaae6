import { argumentError } from "../errors.ts";

const encoder = () => new TextEncoder();
let utf8: TextEncoder | null = null;

/**
 * MurmurHash3 (x86, 32 bits) of a text's UTF-8 bytes, as a signed number.
 *
 * Source: Austin Appleby, SMHasher (public domain).
 *
 * @example
 * murmurHash3("foo"); // -156908512
 */
export function murmurHash3(text: string, seed = 0): number {
  if (typeof text !== "string") throw argumentError("murmurHash3", "text", text, "a text");
  if (!Number.isSafeInteger(seed)) throw argumentError("murmurHash3", "seed", seed, "an integer");
  utf8 ??= encoder();
  const bytes = utf8.encode(text);
  const n = bytes.length;
  const whole = n & ~3;
  let h = seed | 0;
  for (let i = 0; i < whole; i += 4) {
    const k = bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
    h ^= mixed(k);
    h = (h << 13) | (h >>> 19);
    h = (Math.imul(h, 5) + 0xe6546b64) | 0;
  }
  let tail = 0;
  for (let i = n - 1; i >= whole; i--) tail = (tail << 8) | bytes[i]!;
  if (n > whole) h ^= mixed(tail);
  h ^= n;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

function mixed(k: number): number {
  const a = Math.imul(k, 0xcc9e2d51);
  return Math.imul((a << 15) | (a >>> 17), 0x1b873593);
}
