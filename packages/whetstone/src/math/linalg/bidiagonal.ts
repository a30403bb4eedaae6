import { makeReflector, type Reflectors } from "./householder.ts";
import { type Allocate, gemmBlock, gemv, gemvT } from "./multiply.ts";

/** Columns reduced between two updates of the rest by a matrix product. */
const BLOCK = 16;

export interface Bidiagonal {
  /** Diagonal, n entries. */
  readonly d: Float64Array;
  /** Superdiagonal in the first n - 1 of n entries. */
  readonly e: Float64Array;
  readonly left: Reflectors;
  readonly right: Reflectors;
}

/**
 * Orthogonal reduction of the m x n array A (m >= n, destroyed) to upper bidiagonal form Q^T A P. Blocked: half
 * of the work is matrix products (Dongarra, Hammarling & Sorensen 1989).
 */
export function bidiagonalise(m: number, n: number, A: Float64Array, allocate: Allocate): Bidiagonal {
  const d = new Float64Array(n);
  const e = new Float64Array(n);
  const rightCount = Math.max(0, n - 1);
  const V = allocate(n * m);
  const U = allocate(rightCount * n);
  const tauQ = new Float64Array(n);
  const tauP = new Float64Array(rightCount);
  const made = new Float64Array(2);
  // Pending update of the block: A -= VX^T YU with rows v_0.., x_0.. and y_0.., u_0.. (v with y, x with u).
  const VX = allocate(2 * BLOCK * m);
  const YU = allocate(2 * BLOCK * n);
  const column = allocate(m);
  const coefficients = allocate(2 * BLOCK);
  for (let j = 0; j < n; j += BLOCK) {
    const nb = Math.min(BLOCK, n - j);
    VX.fill(0);
    YU.fill(0);
    const x0 = nb * m;
    const u0 = nb * n;
    for (let c = 0; c < nb; c++) {
      const k = j + c;
      const tall = m - k;
      const wide = n - k - 1;
      // Column k, brought up to date.
      for (let i = k; i < m; i++) column[i] = A[i * n + k]!;
      for (let p = 0; p < c; p++) {
        coefficients[p] = YU[p * n + k]!;
        coefficients[BLOCK + p] = YU[u0 + p * n + k]!;
      }
      gemvT(c, tall, -1, VX, k, m, coefficients, 0, column, k);
      gemvT(c, tall, -1, VX, x0 + k, m, coefficients, BLOCK, column, k);
      makeReflector(tall, column, k, made);
      const tq = made[0]!;
      tauQ[k] = tq;
      d[k] = made[1]!;
      V.set(column.subarray(k), k * m + k);
      VX.set(column.subarray(k), c * m + k);
      if (wide === 0) continue;
      // y = tauQ (A^T v - Y^T (V v) - U^T (X v)).
      const y = c * n + k + 1;
      if (tq !== 0) {
        gemvT(tall, wide, tq, A, k * n + k + 1, n, column, k, YU, y);
        gemv(c, tall, VX, k, m, column, k, coefficients, 0);
        gemvT(c, wide, -tq, YU, k + 1, n, coefficients, 0, YU, y);
        gemv(c, tall, VX, x0 + k, m, column, k, coefficients, 0);
        gemvT(c, wide, -tq, YU, u0 + k + 1, n, coefficients, 0, YU, y);
      }
      // Row k, brought up to date (this column's reflector included).
      const u = u0 + c * n + k + 1;
      const row = k * n + k + 1;
      for (let p = 0; p <= c; p++) {
        coefficients[p] = VX[p * m + k]!;
        coefficients[BLOCK + p] = VX[x0 + p * m + k]!;
      }
      YU.set(A.subarray(row, row + wide), u);
      gemvT(c + 1, wide, -1, YU, k + 1, n, coefficients, 0, YU, u);
      gemvT(c, wide, -1, YU, u0 + k + 1, n, coefficients, BLOCK, YU, u);
      makeReflector(wide, YU, u, made);
      const tp = made[0]!;
      tauP[k] = tp;
      e[k] = made[1]!;
      U.set(YU.subarray(u, u + wide), row);
      // x = tauP (A u - V^T (Y u) - X^T (U u)).
      if (tp !== 0) {
        const low = m - k - 1;
        const x = x0 + c * m + k + 1;
        gemv(low, wide, A, (k + 1) * n + k + 1, n, YU, u, column, k + 1);
        gemv(c + 1, wide, YU, k + 1, n, YU, u, coefficients, 0);
        gemvT(c + 1, low, -1, VX, k + 1, m, coefficients, 0, column, k + 1);
        gemv(c, wide, YU, u0 + k + 1, n, YU, u, coefficients, 0);
        gemvT(c, low, -1, VX, x0 + k + 1, m, coefficients, 0, column, k + 1);
        for (let i = 0; i < low; i++) VX[x + i] = tp * column[k + 1 + i]!;
      }
    }
    const from = j + nb;
    gemmBlock(true, false, m - from, n - from, 2 * nb, -1, VX, from, m, YU, from, n, A, from * n + from, n);
  }
  return {
    d,
    e,
    left: { V, tau: tauQ, count: n, length: m, shift: 0 },
    right: { V: U, tau: tauP, count: rightCount, length: n, shift: 1 },
  };
}
