import { makeReflector, type Reflectors } from "./householder.ts";
import { type Allocate, axpyAt, gemv, gemvT } from "./multiply.ts";

/**
 * Orthogonal reduction of the n x n array A in place to upper Hessenberg form Q^T A Q (zeros below the subdiagonal);
 * returns the reflectors of Q.
 */
export function factorHessenberg(n: number, A: Float64Array, allocate: Allocate): Reflectors {
  const count = Math.max(0, n - 2);
  const V = allocate(count * n);
  const tau = new Float64Array(count);
  const made = new Float64Array(2);
  const w = allocate(n);
  for (let k = 0; k < count; k++) {
    const rest = n - k - 1;
    const v = k * n + k + 1;
    for (let i = 0; i < rest; i++) V[v + i] = A[(k + 1 + i) * n + k]!;
    makeReflector(rest, V, v, made);
    const t = made[0]!;
    tau[k] = t;
    A[(k + 1) * n + k] = made[1]!;
    for (let i = k + 2; i < n; i++) A[i * n + k] = 0;
    if (t === 0) continue;
    // From the left: rows k + 1 on, columns k + 1 on.
    w.fill(0);
    gemvT(rest, rest, t, A, (k + 1) * n + k + 1, n, V, v, w, 0);
    for (let i = 0; i < rest; i++) axpyAt(rest, -V[v + i]!, w, 0, A, (k + 1 + i) * n + k + 1);
    // From the right: all rows, columns k + 1 on.
    gemv(n, rest, A, k + 1, n, V, v, w, 0);
    for (let i = 0; i < n; i++) axpyAt(rest, -t * w[i]!, V, v, A, i * n + k + 1);
  }
  return { V, tau, count, length: n, shift: 1 };
}

/**
 * Scales the n x n array A in place to D^-1 A D with rows and columns of similar length (Parlett & Reinsch 1969);
 * returns the diagonal of D, powers of two, so that nothing is rounded.
 */
export function balance(n: number, A: Float64Array): Float64Array {
  const D = new Float64Array(n).fill(1);
  for (let changed = true; changed; ) {
    changed = false;
    for (let i = 0; i < n; i++) {
      let column = 0;
      let row = 0;
      for (let j = 0; j < n; j++) {
        if (j === i) continue;
        column += A[j * n + i]! ** 2;
        row += A[i * n + j]! ** 2;
      }
      if (column === 0 || row === 0) continue;
      column = Math.sqrt(column);
      row = Math.sqrt(row);
      const before = column + row;
      let factor = 1;
      while (column < row / 2 && factor < 2 ** 400) {
        factor *= 2;
        column *= 2;
        row /= 2;
      }
      while (column > row * 2 && factor > 2 ** -400) {
        factor /= 2;
        column /= 2;
        row *= 2;
      }
      if (factor === 1 || column + row >= 0.95 * before) continue;
      changed = true;
      D[i] = D[i]! * factor;
      for (let j = 0; j < n; j++) {
        if (j === i) continue;
        A[j * n + i] = A[j * n + i]! * factor;
        A[i * n + j] = A[i * n + j]! / factor;
      }
    }
  }
  return D;
}
