/** Sums of independent amounts on a grid: masses at 0, h, 2h, ... and what lies beyond the grid. */

/** In-place radix-2 transform; `re.length` is a power of two. */
function transform(re: Float64Array, im: Float64Array): void {
  const n = re.length;
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      [re[i], re[j]] = [re[j]!, re[i]!];
      [im[i], im[j]] = [im[j]!, im[i]!];
    }
  }
  // One table: a recurrence of rotations would lose digits as it goes.
  const cos = Float64Array.from({ length: n >> 1 }, (_, k) => Math.cos((2 * Math.PI * k) / n));
  const sin = Float64Array.from({ length: n >> 1 }, (_, k) => -Math.sin((2 * Math.PI * k) / n));
  for (let half = 1; half < n; half <<= 1) {
    const step = n / (2 * half);
    for (let from = 0; from < n; from += 2 * half) {
      for (let k = 0; k < half; k++) {
        const a = from + k;
        const b = a + half;
        const c = cos[k * step]!;
        const s = sin[k * step]!;
        const x = re[b]! * c - im[b]! * s;
        const y = re[b]! * s + im[b]! * c;
        re[b] = re[a]! - x;
        im[b] = im[a]! - y;
        re[a] = re[a]! + x;
        im[a] = im[a]! + y;
      }
    }
  }
}

/**
 * Masses of the sum of two amounts on the same grid, as far as the grid goes. What the two lists lack of 1 lies beyond
 * the grid, and so does every sum with it, since amounts are not negative: nothing is cut that belongs here.
 */
export function convolve(a: Float64Array, b: Float64Array): Float64Array {
  const points = a.length;
  let n = 1;
  while (n < 2 * points) n <<= 1;
  const re = new Float64Array(n);
  const im = new Float64Array(n);
  re.set(a);
  im.set(b);
  transform(re, im);
  // (a + ib)^2 = a^2 - b^2 + 2iab: one transform there and one back give the product.
  for (let k = 0; k < n; k++) {
    const x = re[k]!;
    re[k] = x * x - im[k]! ** 2;
    im[k] = 2 * x * im[k]!;
  }
  // With re and im exchanged the transform runs backwards.
  transform(im, re);
  return im.slice(0, points).map((mass) => Math.max(0, mass / (2 * n)));
}

/** Masses that a distribution puts nearest to each of `points` grid points `step` apart, from 0 on. */
export function onGrid(cdf: (t: number) => number, step: number, points: number): Float64Array {
  const masses = new Float64Array(points);
  let below = 0;
  for (let k = 0; k < points; k++) {
    const upTo = cdf((k + 0.5) * step);
    masses[k] = upTo - below;
    below = upTo;
  }
  return masses;
}
