/**
 * xoshiro128++: 128 bits of state, period 2^128 - 1, 32 bits a step, no 64-bit arithmetic.
 *
 * Blackman, Vigna, "Scrambled linear pseudorandom number generators", ACM TOMS 47(4), 2021.
 */

/** Advances the four state words and returns 32 uniform bits as a signed integer. */
export function next32(s: Int32Array): number {
  const s0 = s[0]!;
  const s1 = s[1]!;
  const s3 = s[3]!;
  const sum = (s0 + s3) | 0;
  const result = (((sum << 7) | (sum >>> 25)) + s0) | 0;
  const s2 = s[2]! ^ s0;
  const t3 = s3 ^ s1;
  s[1] = s1 ^ s2;
  s[0] = s0 ^ t3;
  s[2] = s2 ^ (s1 << 9);
  s[3] = (t3 << 11) | (t3 >>> 21);
  return result;
}

/** Uniform on [0, 1) with 53 bits. */
export function unit(s: Int32Array): number {
  const high = next32(s) >>> 5;
  const low = next32(s) >>> 6;
  return (high * 67108864 + low) * 1.1102230246251565e-16;
}

/** Uniform integer in [0, n) without bias, for 1 <= n <= 2^53. */
export function below(s: Int32Array, n: number): number {
  if (n <= 2097152) {
    // Lemire's multiply-shift; the product stays under 2^53, so doubles hold it exactly.
    for (;;) {
      const product = (next32(s) >>> 0) * n;
      const high = Math.floor(product * 2.3283064365386963e-10);
      const low = product - high * 4294967296;
      if (low >= n || low >= 4294967296 % n) return high;
    }
  }
  if (n <= 4294967296) {
    const limit = 4294967296 - (4294967296 % n);
    for (;;) {
      const bits = next32(s) >>> 0;
      if (bits < limit) return bits % n;
    }
  }
  const limit = 9007199254740992 - (9007199254740992 % n);
  for (;;) {
    const bits = (next32(s) >>> 5) * 67108864 + (next32(s) >>> 6);
    if (bits < limit) return bits % n;
  }
}
