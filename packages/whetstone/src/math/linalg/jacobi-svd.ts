import { numericalError } from "../../errors.ts";
import { factorPivotedQr, factorQr, formQ, type Reflectors } from "./householder.ts";
import { type Allocate, dotAt, norm2At, transpose } from "./multiply.ts";

const EPS = 2 ** -52;

/**
 * SVD of the m x n array A (m >= n, destroyed) by one-sided Jacobi rotations after a pivoted QR (Drmac & Veselic
 * 2008): A = Q [U; 0] diag(s) Vt, with the reflectors of Q returned. Slower than divide and conquer for large n, but
 * each singular value is as accurate as the entries of A determine it, however small it is.
 *
 * Without `vectors` only s is computed.
 */
export function jacobiSvd(
  where: string,
  m: number,
  n: number,
  A: Float64Array,
  vectors: boolean,
  allocate: Allocate,
): { s: Float64Array; U: Float64Array; Vt: Float64Array; Q: Reflectors } {
  const { reflectors, permutation } = factorPivotedQr(A, m, n, allocate);
  // The rows of R, made orthogonal to each other: J R = diag(s) W.
  const R = allocate(n * n);
  for (let i = 0; i < n; i++) for (let j = i; j < n; j++) R[i * n + j] = A[i * n + j]!;
  const J = allocate(vectors ? n * n : 0);
  if (vectors) for (let i = 0; i < n; i++) J[i * n + i] = 1;
  const norms = orthogonaliseRows(where, n, R, vectors ? J : undefined);
  const order = Array.from({ length: n }, (_, i) => i).sort((a, b) => norms[b]! - norms[a]! || a - b);
  const s = Float64Array.from(order, (i) => norms[i]!);
  const U = allocate(vectors ? n * n : 0);
  const Vt = allocate(vectors ? n * n : 0);
  if (vectors) {
    let rank = 0;
    for (let g = 0; g < n; g++) {
      const i = order[g]!;
      for (let r = 0; r < n; r++) U[r * n + g] = J[i * n + r]!;
      if (s[g] === 0) continue;
      rank++;
      for (let j = 0; j < n; j++) Vt[g * n + j] = R[i * n + j]! / s[g]!;
    }
    completeRows(rank, n, n, Vt, allocate);
    const held = new Float64Array(n);
    for (let g = 0; g < n; g++) {
      held.set(Vt.subarray(g * n, g * n + n));
      for (let j = 0; j < n; j++) Vt[g * n + permutation[j]!] = held[j]!;
    }
  }
  return { s, U, Vt, Q: reflectors };
}

/** Rotates pairs of rows of the n x n array until all are orthogonal; returns their lengths. */
function orthogonaliseRows(
  where: string,
  n: number,
  A: Float64Array,
  J: Float64Array | undefined,
): Float64Array {
  const norms = new Float64Array(n);
  for (let i = 0; i < n; i++) norms[i] = norm2At(n, A, i * n);
  const tolerance = EPS * Math.sqrt(Math.max(1, n));
  for (let sweep = 0; sweep < 60; sweep++) {
    let rotated = false;
    for (let i = 0; i < n - 1; i++) {
      for (let j = i + 1; j < n; j++) {
        const a = norms[i]!;
        const b = norms[j]!;
        if (a === 0 || b === 0) continue;
        const cosine = cosineOf(n, A, i * n, j * n, a, b);
        if (Math.abs(cosine) <= tolerance) continue;
        rotated = true;
        const ratio = b / a;
        const zeta = (ratio - 1 / ratio) / (2 * cosine);
        const t = (zeta >= 0 ? 1 : -1) / (Math.abs(zeta) + Math.hypot(1, zeta));
        const c = 1 / Math.sqrt(1 + t * t);
        const s = c * t;
        turn(n, A, i * n, j * n, c, s);
        if (J !== undefined) turn(n, J, i * n, j * n, c, s);
        norms[i] = norm2At(n, A, i * n);
        norms[j] = norm2At(n, A, j * n);
      }
    }
    if (!rotated) return norms;
  }
  throw numericalError(where, "the Jacobi rotations did not converge in 60 sweeps");
}

function cosineOf(n: number, A: Float64Array, x: number, y: number, xNorm: number, yNorm: number): number {
  const product = xNorm * yNorm;
  if (product > 1e-280 && product < 1e290) return dotAt(n, A, x, A, y) / product;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += (A[x + i]! / xNorm) * (A[y + i]! / yNorm);
  return sum;
}

/** (x, y) becomes (c x - s y, s x + c y). */
function turn(n: number, A: Float64Array, xAt: number, yAt: number, c: number, s: number): void {
  for (let i = 0; i < n; i++) {
    const x = A[xAt + i]!;
    const y = A[yAt + i]!;
    A[xAt + i] = c * x - s * y;
    A[yAt + i] = s * x + c * y;
  }
}

/** Fills rows `have` .. `want - 1` of the array (rows of n entries) so that all rows are orthonormal. */
export function completeRows(
  have: number,
  want: number,
  n: number,
  rows: Float64Array,
  allocate: Allocate,
): void {
  if (have >= want) return;
  const columns = allocate(n * have);
  transpose(rows, have, n, columns);
  const Q = formQ(factorQr(columns, n, have, allocate), want, allocate);
  for (let g = have; g < want; g++) for (let j = 0; j < n; j++) rows[g * n + j] = Q[j * want + g]!;
}
