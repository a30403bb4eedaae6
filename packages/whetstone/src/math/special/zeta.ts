/** B(2k) / (2k)! */
const BERNOULLI_OVER_FACTORIAL: readonly number[] = [
  1 / 12,
  -1 / 720,
  1 / 30240,
  -1 / 1209600,
  1 / 47900160,
  -691 / 1307674368000,
  1 / 74724249600,
  -3617 / 10670622842880000,
];

/**
 * Hurwitz zeta: the sum of (q + n)^-s over n >= 0, for s > 1 and q > 0; with q = 1 Riemann's zeta. By the
 * Euler-Maclaurin formula after twelve terms.
 *
 * @example
 * zeta(2); // pi^2 / 6
 */
export function zeta(s: number, q = 1): number {
  if (!(s >= 1) || !(q > 0)) return Number.NaN;
  if (s === 1) return Number.POSITIVE_INFINITY;
  let sum = 0;
  let at = q;
  for (let n = 0; n < 12; n++, at++) {
    const term = at ** -s;
    sum += term;
    if (term < 1e-17 * sum) return sum;
  }
  const power = at ** -s;
  sum += (at * power) / (s - 1) + 0.5 * power;
  let factor = s * power;
  let scale = at;
  for (let k = 0; k < BERNOULLI_OVER_FACTORIAL.length; k++) {
    const term = (BERNOULLI_OVER_FACTORIAL[k]! * factor) / scale;
    sum += term;
    if (Math.abs(term) < 1e-18 * sum) break;
    factor *= (s + 2 * k + 1) * (s + 2 * k + 2);
    scale *= at * at;
  }
  return sum;
}
