/**
 * 32 random bits from a counter and two keys: a keyed integer hash, two rounds of multiply and xor-shift (multipliers
 * found by Wellons' hash prospector, 2018). One function of three integers, so that every backend, any number of
 * threads and any order of evaluation give the same numbers. Not for cryptography.
 */
export const multipliers = [0x21f0aaad, 0x735a2d97] as const;

export function randomBits(counter: number, key0: number, key1: number): number {
  return mix((mix(counter ^ key0) + key1) | 0);
}

function mix(x: number): number {
  x ^= x >>> 16;
  x = Math.imul(x, multipliers[0]);
  x ^= x >>> 15;
  x = Math.imul(x, multipliers[1]);
  return x ^ (x >>> 15);
}
