/**
 * Seeds to 128-bit identities. A stream's identity is a chain of Philox4x32-10 blocks over the seed and the
 * path of splits, so streams of neighbouring seeds or keys share no structure.
 *
 * Philox: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011, section 3.3.
 */

const M0 = 0xd2511f53;
const M1 = 0xcd9e8d57;
const W0 = 0x9e3779b9;
const W1 = 0xbb67ae85;

/** Upper 32 bits of the unsigned product. */
function mulHigh(a: number, b: number): number {
  const al = a & 0xffff;
  const ah = a >>> 16;
  const bl = b & 0xffff;
  const bh = b >>> 16;
  const low = Math.imul(al, bl) >>> 0;
  const mid1 = Math.imul(ah, bl) >>> 0;
  const mid2 = Math.imul(al, bh) >>> 0;
  const carry = (low >>> 16) + (mid1 & 0xffff) + (mid2 & 0xffff);
  return (Math.imul(ah, bh) + (mid1 >>> 16) + (mid2 >>> 16) + (carry >>> 16)) | 0;
}

/** Encrypts the four counter words in place under a two-word key: a bijection of 128 bits. */
export function philox4x32(counter: Int32Array, key0: number, key1: number): void {
  let c0 = counter[0]!;
  let c1 = counter[1]!;
  let c2 = counter[2]!;
  let c3 = counter[3]!;
  let k0 = key0 | 0;
  let k1 = key1 | 0;
  for (let round = 0; round < 10; round++) {
    const high0 = mulHigh(M0, c0);
    const low0 = Math.imul(M0, c0);
    const high1 = mulHigh(M1, c2);
    const low1 = Math.imul(M1, c2);
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 = (k0 + W0) | 0;
    k1 = (k1 + W1) | 0;
  }
  counter[0] = c0;
  counter[1] = c1;
  counter[2] = c2;
  counter[3] = c3;
}

/** What a message to {@link absorb} stands for; keeps seeds, keyed splits and counted splits apart. */
export const domain = { seed: 1, key: 2, counted: 3, output: 4 } as const;

/** Mixes `words` into a 128-bit identity and returns the new identity: one block of length, then the words. */
export function absorb(identity: Int32Array, words: ArrayLike<number>, tag: number): Int32Array {
  const state = identity.slice();
  state[0]! ^= words.length;
  philox4x32(state, 0, tag);
  for (let start = 0, block = 1; start < words.length; start += 4, block++) {
    for (let i = 0; i < 4 && start + i < words.length; i++) state[i]! ^= words[start + i]!;
    philox4x32(state, block, tag);
  }
  return state;
}

/**
 * A seed or key as 32-bit words: integers as sign and magnitude (so `7` and `7n` agree), strings as UTF-8.
 * The first word keeps the two kinds apart.
 */
export function wordsOf(seed: number | bigint | string): number[] {
  if (typeof seed === "string") {
    const bytes = new TextEncoder().encode(seed);
    const words = [1, bytes.length];
    for (let i = 0; i < bytes.length; i += 4) {
      words.push(bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24));
    }
    return words;
  }
  const negative = seed < 0;
  let rest = BigInt(seed);
  if (negative) rest = -rest;
  const words = [negative ? 2 : 0];
  do {
    words.push(Number(rest & 0xffffffffn) | 0);
    rest >>= 32n;
  } while (rest > 0n);
  return words;
}
