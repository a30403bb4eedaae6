/** Clenshaw's sum of a Chebyshev series at t in [-1, 1]. */
export function chebyshev(c: readonly number[], t: number): number {
  const twice = 2 * t;
  let b0 = 0;
  let b1 = 0;
  for (let k = c.length - 1; k > 0; k--) {
    const next = c[k]! + twice * b0 - b1;
    b1 = b0;
    b0 = next;
  }
  return c[0]! + t * b0 - b1;
}

/** Horner's sum c[0] + c[1] x + ... */
export function polynomial(c: readonly number[], x: number): number {
  let sum = 0;
  for (let k = c.length - 1; k >= 0; k--) sum = sum * x + c[k]!;
  return sum;
}
