/** The library's random stream (xoshiro128++, see `math/random/xoshiro.ts`) on four words of memory. */

export function next32(s: usize): u32 {
  const s0 = load<u32>(s);
  const s1 = load<u32>(s, 4);
  const s3 = load<u32>(s, 12);
  const sum = s0 + s3;
  const result = ((sum << 7) | (sum >>> 25)) + s0;
  const s2 = load<u32>(s, 8) ^ s0;
  const t3 = s3 ^ s1;
  store<u32>(s, s1 ^ s2, 4);
  store<u32>(s, s0 ^ t3);
  store<u32>(s, s2 ^ (s1 << 9), 8);
  store<u32>(s, (t3 << 11) | (t3 >>> 21), 12);
  return result;
}

/** Uniform on [0, 1) with 53 bits. */
export function unit(s: usize): f64 {
  const high = <f64>(next32(s) >>> 5);
  const low = <f64>(next32(s) >>> 6);
  return (high * 67108864.0 + low) * 1.1102230246251565e-16;
}

/** Uniform integer in [0, n): the same draws as `RandomStream.int`. */
export function below(s: usize, n: u32): u32 {
  if (n > 2097152) {
    const limit: u64 = 4294967296 - (4294967296 % <u64>n);
    let bits = next32(s);
    while (<u64>bits >= limit) bits = next32(s);
    return bits % n;
  }
  let product = <u64>next32(s) * <u64>n;
  while (<u32>product < n && <u64>(<u32>product) < 4294967296 % <u64>n) product = <u64>next32(s) * <u64>n;
  return <u32>(product >>> 32);
}
