/**
 * The rank-one update at the heart of divide and conquer: roots of 1/rho + sum_j w_j / (p_j - x) = 0 between
 * its poles p_0 < p_1 < ..., and the weights for which computed roots are exact (Gu & Eisenstat 1994).
 */

const EPS = 2 ** -52;

/** Difference of poles a and b: of the numbers themselves, or of their squares without cancellation. */
function poleGap(d: Float64Array, a: number, b: number, squared: boolean): number {
  const gap = d[a]! - d[b]!;
  return squared ? gap * (d[a]! + d[b]!) : gap;
}

/**
 * Root number i, which lies between pole i and pole i + 1 (the last one: beyond the last pole).
 *
 * Fills `delta[at + j]` with p_j - root, each to high relative accuracy, and returns in `out` the pole nearest
 * to the root and the root's distance from it. Iterates rational interpolations with the two neighbouring
 * poles (Li 1993), inside a bracket that bisection can always halve.
 *
 * @param d the poles, or (`squared`) their non-negative square roots, ascending.
 * @param w the weights, positive.
 */
export function secularRoot(
  k: number,
  d: Float64Array,
  w: Float64Array,
  rho: number,
  i: number,
  squared: boolean,
  delta: Float64Array,
  at: number,
  pole: Float64Array,
  out: Float64Array,
): void {
  const rhoInv = 1 / rho;
  const last = i === k - 1;
  let origin = i;
  let low = 0;
  let high = 0;
  let tau = 0;
  if (k === 1) {
    tau = rho * w[0]!;
    delta[at] = -tau;
    out[0] = 0;
    out[1] = tau;
    return;
  }
  const left = last ? k - 2 : i;
  const right = left + 1;
  const gap = poleGap(d, right, left, squared);
  if (last) {
    for (let j = 0; j < k; j++) high += w[j]!;
    high *= rho * (1 + 4 * EPS);
    const middle = high / 2;
    let c = rhoInv;
    for (let j = 0; j < k; j++) {
      pole[j] = poleGap(d, j, i, squared);
      if (j < left) c += w[j]! / (pole[j]! - middle);
    }
    const a = c * gap - w[left]! - w[right]!;
    const b = w[right]! * gap;
    const root = Math.sqrt(Math.abs(a * a + 4 * b * c));
    tau = a < 0 ? (root - a) / (2 * c) : (2 * b) / (a + root);
  } else {
    const middle = gap / 2;
    let c = rhoInv;
    for (let j = 0; j < k; j++) {
      pole[j] = poleGap(d, j, i, squared);
      if (j !== left && j !== right) c += w[j]! / (pole[j]! - middle);
    }
    const value = c - w[left]! / middle + w[right]! / (gap - middle);
    if (value >= 0) {
      high = middle;
      const a = c * gap + w[left]! + w[right]!;
      const b = w[left]! * gap;
      const root = Math.sqrt(Math.abs(a * a - 4 * b * c));
      tau = a > 0 ? (2 * b) / (a + root) : (a - root) / (2 * c);
    } else {
      origin = right;
      low = -middle;
      for (let j = 0; j < k; j++) pole[j] = poleGap(d, j, right, squared);
      const a = c * gap - w[left]! - w[right]!;
      const b = w[right]! * gap;
      const root = Math.sqrt(Math.abs(a * a + 4 * b * c));
      tau = a < 0 ? (2 * b) / (a - root) : -(a + root) / (2 * c);
    }
  }
  if (!(tau > low && tau < high)) tau = (low + high) / 2;

  let before = Number.POSITIVE_INFINITY;
  let fixedWeight = !last;
  for (let round = 0; round < 120; round++) {
    let psi = 0;
    let dpsi = 0;
    let spread = 0;
    for (let j = 0; j <= left; j++) {
      const gapJ = pole[j]! - tau;
      delta[at + j] = gapJ;
      const t = w[j]! / gapJ;
      psi += t;
      spread -= psi;
      dpsi += t / gapJ;
    }
    let phi = 0;
    let dphi = 0;
    for (let j = k - 1; j >= right; j--) {
      const gapJ = pole[j]! - tau;
      delta[at + j] = gapJ;
      const t = w[j]! / gapJ;
      phi += t;
      spread += Math.abs(phi);
      dphi += t / gapJ;
    }
    const f = rhoInv + psi + phi;
    const slope = dpsi + dphi;
    const noise = 8 * (Math.abs(psi) + Math.abs(phi)) + spread + 2 * rhoInv + Math.abs(tau) * slope;
    if (Math.abs(f) <= EPS * noise) break;
    if (f < 0) low = tau;
    else high = tau;

    const dl = delta[at + left]!;
    const dr = delta[at + right]!;
    if (!last && Math.abs(f) > 0.1 * before) fixedWeight = !fixedWeight;
    before = Math.abs(f);
    let c = f - dl * dpsi - dr * dphi;
    if (fixedWeight) {
      c =
        origin === left
          ? f - dr * slope + gap * (w[left]! / (dl * dl))
          : f - dl * slope - gap * (w[right]! / (dr * dr));
    }
    const a = (dl + dr) * f - dl * dr * slope;
    const b = dl * dr * f;
    let eta: number;
    if (last) {
      c = Math.abs(c);
      const root = Math.sqrt(Math.abs(a * a - 4 * b * c));
      eta = a >= 0 ? (a + root) / (2 * c) : (2 * b) / (a - root);
    } else {
      const root = Math.sqrt(Math.abs(a * a - 4 * b * c));
      eta = a <= 0 ? (a - root) / (2 * c) : (2 * b) / (a + root);
    }
    if (!(f * eta < 0)) eta = -f / slope;
    let next = tau + eta;
    if (!(next > low && next < high)) next = (low + high) / 2;
    if (next === tau || next === low || next === high) break;
    tau = next;
  }
  out[0] = origin;
  out[1] = tau;
}

/**
 * Weights z_j^2 for which the computed roots are exact, from the differences left by {@link secularRoot} (root
 * i in row i of `delta`). Vectors built from them are orthogonal to working precision even for clustered roots.
 */
export function exactWeights(
  k: number,
  d: Float64Array,
  delta: Float64Array,
  squared: boolean,
): Float64Array {
  const out = new Float64Array(k).fill(1);
  for (let i = 0; i < k; i++) {
    const di = d[i]!;
    const row = i * k;
    for (let j = 0; j < k; j++) {
      if (j === i) {
        out[j] = out[j]! * Math.abs(delta[row + j]!);
        continue;
      }
      const dj = d[j]!;
      const gap = squared ? (dj - di) * (dj + di) : dj - di;
      out[j] = out[j]! * Math.abs(delta[row + j]! / gap);
    }
  }
  return out;
}
