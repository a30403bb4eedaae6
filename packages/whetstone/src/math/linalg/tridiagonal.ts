import { makeReflector, type Reflectors } from "./householder.ts";
import { type Allocate, axpyAt, dotAt, gemmBlock, gemv, gemvT } from "./multiply.ts";

/** Columns reduced between two updates of the rest by a matrix product. */
const BLOCK = 24;

/**
 * Orthogonal reduction of the symmetric n x n array A (both triangles, destroyed) to tridiagonal form
 * Q^T A Q (Dongarra, Hammarling & Sorensen 1989).
 */
export function tridiagonalise(
  n: number,
  A: Float64Array,
  allocate: Allocate,
): { d: Float64Array; e: Float64Array; Q: Reflectors } {
  const d = new Float64Array(n);
  const e = new Float64Array(n);
  const count = Math.max(0, n - 2);
  const V = allocate(count * n);
  const tau = new Float64Array(count);
  const made = new Float64Array(2);
  // Of one block: rows v_0 .. v_(nb-1), w_0 .. and the same the other way round, for A -= VW by one product.
  const VW = allocate(2 * BLOCK * n);
  const WV = allocate(2 * BLOCK * n);
  const coefficients = allocate(2 * BLOCK);
  const w = allocate(n);
  for (let j = 0; j < count; j += BLOCK) {
    const nb = Math.min(BLOCK, count - j);
    VW.fill(0);
    WV.fill(0);
    for (let c = 0; c < nb; c++) {
      const k = j + c;
      const row = k * n;
      const rest = n - k - 1;
      // Bring row k up to date with the reflectors of this block.
      for (let p = 0; p < c; p++) {
        axpyAt(n - k, -VW[p * n + k]!, WV, p * n + k, A, row + k);
        axpyAt(n - k, -WV[p * n + k]!, VW, p * n + k, A, row + k);
      }
      d[k] = A[row + k]!;
      const vAt = row + k + 1;
      V.set(A.subarray(vAt, row + n), vAt);
      makeReflector(rest, V, vAt, made);
      const t = made[0]!;
      tau[k] = t;
      e[k] = made[1]!;
      // w = tau (A v - V^T (W v) - W^T (V v)), then made to keep the update symmetric.
      if (t !== 0) {
        gemv(rest, rest, A, (k + 1) * n + k + 1, n, V, vAt, w, k + 1);
        gemv(c, rest, WV, k + 1, n, V, vAt, coefficients, 0);
        gemvT(c, rest, -1, VW, k + 1, n, coefficients, 0, w, k + 1);
        gemv(c, rest, VW, k + 1, n, V, vAt, coefficients, 0);
        gemvT(c, rest, -1, WV, k + 1, n, coefficients, 0, w, k + 1);
        for (let i = k + 1; i < n; i++) w[i] = w[i]! * t;
        axpyAt(rest, -0.5 * t * dotAt(rest, w, k + 1, V, vAt), V, vAt, w, k + 1);
      } else w.fill(0, k + 1);
      VW.set(V.subarray(vAt, row + n), c * n + k + 1);
      WV.set(w.subarray(k + 1), c * n + k + 1);
    }
    const from = j + nb;
    const rest = n - from;
    for (let c = 0; c < nb; c++) {
      VW.set(WV.subarray(c * n, c * n + n), (nb + c) * n);
    }
    for (let c = 0; c < nb; c++) WV.set(VW.subarray(c * n, c * n + n), (nb + c) * n);
    gemmBlock(true, false, rest, rest, 2 * nb, -1, VW, from, n, WV, from, n, A, from * n + from, n);
  }
  for (let k = count; k < n; k++) {
    d[k] = A[k * n + k]!;
    if (k < n - 1) e[k] = A[k * n + k + 1]!;
  }
  return { d, e, Q: { V, tau, count, length: n, shift: 1 } };
}
