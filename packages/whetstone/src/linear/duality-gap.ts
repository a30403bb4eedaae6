/**
 * Objective at w less the dual objective at the residual r, scaled to be feasible, for
 * |b - A w|^2 / 2 + l1 |w|_1 + (l2 / 2) |w|^2.
 *
 * @param pull A^T r - l2 w
 * @param rr r . r
 * @param rb r . b
 */
export function feasibleGap(
  pull: Float64Array,
  w: Float64Array,
  rr: number,
  rb: number,
  l1: number,
  l2: number,
  positive: boolean,
): number {
  let most = 0;
  let absolute = 0;
  let square = 0;
  for (let j = 0; j < w.length; j++) {
    most = Math.max(most, positive ? pull[j]! : Math.abs(pull[j]!));
    absolute += Math.abs(w[j]!);
    square += w[j]! * w[j]!;
  }
  const c = most > l1 ? l1 / most : 1;
  return 0.5 * rr * (1 + c * c) - c * rb + l1 * absolute + 0.5 * l2 * (1 + c * c) * square;
}

/**
 * Squared length of the smallest subgradient at w. An objective with curvature l2 lies at most this over 2 l2
 * above its minimum, a bound that stays tight where l1 is small and the dual point is not.
 */
export function flatness(pull: Float64Array, w: Float64Array, l1: number, positive: boolean): number {
  let sum = 0;
  for (let j = 0; j < w.length; j++) {
    const v = pull[j]!;
    const s = w[j] !== 0 ? v - l1 * Math.sign(w[j]!) : Math.max(0, positive ? v - l1 : Math.abs(v) - l1);
    sum += s * s;
  }
  return sum;
}
