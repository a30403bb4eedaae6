/** Loops over flat vectors that the optimisers share. Lengths are trusted. */

export function dot(a: Float64Array, b: Float64Array): number {
  // Two accumulators: twice the throughput of one dependent chain.
  const n = a.length;
  const even = n - (n & 1);
  let s0 = 0;
  let s1 = 0;
  for (let i = 0; i < even; i += 2) {
    s0 += a[i]! * b[i]!;
    s1 += a[i + 1]! * b[i + 1]!;
  }
  if (even < n) s0 += a[even]! * b[even]!;
  return s0 + s1;
}

/** y += alpha x */
export function axpy(alpha: number, x: Float64Array, y: Float64Array): void {
  for (let i = 0; i < y.length; i++) y[i]! += alpha * x[i]!;
}

/** out = x + alpha d */
export function addScaled(x: Float64Array, alpha: number, d: Float64Array, out: Float64Array): void {
  for (let i = 0; i < out.length; i++) out[i] = x[i]! + alpha * d[i]!;
}

export function norm2(a: Float64Array): number {
  return Math.sqrt(dot(a, a));
}

/** Largest absolute entry; NaN if any entry is NaN, 0 for no entries. */
export function normInf(a: Float64Array): number {
  let m = 0;
  for (let i = 0; i < a.length; i++) {
    const v = Math.abs(a[i]!);
    if (!(v <= m)) m = v;
    if (Number.isNaN(m)) return m;
  }
  return m;
}

/** Largest |a - b| relative to max(|a|, 1), entry by entry. */
export function relativeChange(a: Float64Array, b: Float64Array): number {
  let m = 0;
  for (let i = 0; i < a.length; i++) {
    const v = Math.abs(a[i]! - b[i]!) / Math.max(Math.abs(a[i]!), 1);
    if (v > m) m = v;
  }
  return m;
}
