/** Strengths of the penalties on one factor. */
export interface Penalty {
  readonly l1: number;
  readonly l2: number;
}

/**
 * One round of coordinate descent on W >= 0 in |X - W H|^2 / 2 + l1 |W| + l2 |W|^2 / 2, in place.
 *
 * @param W n x k. @param HHt k x k: H H^T. @param XHt n x k: X H^T.
 * @returns sum of the sizes of the projected gradient entries met: 0 at the optimum.
 */
export function descend(
  W: Float64Array,
  HHt: Float64Array,
  XHt: Float64Array,
  n: number,
  k: number,
  { l1, l2 }: Penalty,
): number {
  let violation = 0;
  for (let i = 0; i < n; i++) violation += descendRow(W, HHt, XHt, i * k, k, l1, l2);
  return violation;
}

/** The same for the row of W that starts at `at`: rows do not depend on each other. */
export function descendRow(
  W: Float64Array,
  HHt: Float64Array,
  XHt: Float64Array,
  at: number,
  k: number,
  l1: number,
  l2: number,
): number {
  let violation = 0;
  for (let t = 0; t < k; t++) {
    let gradient = l1 - XHt[at + t]!;
    for (let r = 0; r < k; r++) gradient += HHt[t * k + r]! * W[at + r]!;
    const w = W[at + t]!;
    gradient += l2 * w;
    violation += w === 0 ? Math.abs(Math.min(0, gradient)) : Math.abs(gradient);
    const curvature = HHt[t * k + t]! + l2;
    if (curvature !== 0) W[at + t] = Math.max(0, w - gradient / curvature);
  }
  return violation;
}
