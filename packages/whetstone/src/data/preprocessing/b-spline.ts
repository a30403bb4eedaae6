/** One column's B-splines on base knots, extended by `degree` knots on either side. */
export interface Splines {
  readonly knots: Float64Array;
  readonly degree: number;
  /** Number of base functions before a period folds them. */
  readonly count: number;
}

/** Knots beyond the ends repeat the distance of the outermost base knots, or for a period the base knots themselves. */
export function splinesOn(base: Float64Array, degree: number, periodic: boolean): Splines {
  const n = base.length;
  const knots = new Float64Array(n + 2 * degree);
  knots.set(base, degree);
  const period = base[n - 1]! - base[0]!;
  const [first, last] = [base[1]! - base[0]!, base[n - 1]! - base[n - 2]!];
  for (let k = 1; k <= degree; k++) {
    knots[degree - k] = periodic ? base[n - 1 - k]! - period : base[0]! - k * first;
    knots[degree + n - 1 + k] = periodic ? base[k]! + period : base[n - 1]! + k * last;
  }
  return { knots, degree, count: n + degree - 1 };
}

/** Interval of x among the base knots; beyond them the outermost one with any width. */
export function intervalOf({ knots, degree, count }: Splines, x: number): number {
  let low = degree;
  let high = count - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (knots[middle]! <= x) low = middle;
    else high = middle - 1;
  }
  while (low > degree && !(knots[low + 1]! > knots[low]!)) low--;
  while (low < count - 1 && !(knots[low + 1]! > knots[low]!)) low++;
  return low;
}

/**
 * The degree + 1 base functions that are not zero on an interval, at x: function `interval - degree + r` at place r.
 * Beyond the interval their polynomials go on (de Boor, "A Practical Guide to Splines", chapter X).
 */
export function basisAt({ knots }: Splines, degree: number, interval: number, x: number): Float64Array {
  const out = new Float64Array(degree + 1);
  out[0] = 1;
  for (let k = 1; k <= degree; k++) {
    let carry = 0;
    for (let r = 0; r < k; r++) {
      const right = knots[interval + r + 1]!;
      const left = knots[interval + r + 1 - k]!;
      const share = right > left ? out[r]! / (right - left) : 0;
      out[r] = carry + (right - x) * share;
      carry = (x - left) * share;
    }
    out[k] = carry;
  }
  return out;
}

/** Slopes of the functions of {@link basisAt}. */
export function slopesAt(s: Splines, interval: number, x: number): Float64Array {
  const { knots, degree } = s;
  const out = new Float64Array(degree + 1);
  if (degree === 0) return out;
  const lower = basisAt(s, degree - 1, interval, x);
  for (let r = 0; r < degree; r++) {
    const width = knots[interval + r + 1]! - knots[interval + r + 1 - degree]!;
    const term = width > 0 ? (degree * lower[r]!) / width : 0;
    out[r] = out[r]! - term;
    out[r + 1] = out[r + 1]! + term;
  }
  return out;
}
