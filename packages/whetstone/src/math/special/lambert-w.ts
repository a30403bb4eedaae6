/**
 * Lambert W, principal branch: the w >= -1 with w exp(w) = x, for x >= -1/e; `NaN` below.
 *
 * @example
 * lambertW(Math.E); // 1
 */
export function lambertW(x: number): number {
  const E = Math.E;
  if (!(x >= -1 / E)) return x > -0.36787944117144245 ? -1 : Number.NaN;
  if (x === 0 || x === Number.POSITIVE_INFINITY) return x;
  // 1 + e x, with the part of e that a double cannot hold.
  const offset = E * x + 1 + 1.4456468917292502e-16 * x;
  let w: number;
  if (offset < 0.3) {
    const p = Math.sqrt(2 * Math.max(0, offset));
    w = -1 + p * (1 + p * (-1 / 3 + p * (11 / 72 + p * (-43 / 540 + p * (769 / 17280 - (p * 221) / 8505)))));
    if (p < 0.01) return w;
  } else if (x < 3) {
    w = Math.log1p(x) * (1 - Math.log1p(Math.log1p(x)) / (2 + Math.log1p(x)));
  } else {
    const a = Math.log(x);
    w = a - Math.log(a) + Math.log(a) / a;
  }
  // Halley's iteration (Corless et al., Adv. Comput. Math. 5, 1996), on w exp(w) - x scaled by exp(-w).
  for (let i = 0; i < 8; i++) {
    const f = w - x * Math.exp(-w);
    const step = f / (w + 1 - ((w + 2) * f) / (2 * w + 2));
    w -= step;
    if (Math.abs(step) < 1e-9 * (1 + Math.abs(w))) break;
  }
  return w;
}
