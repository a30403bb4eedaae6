import { numericalError } from "../../errors.ts";
import { factorHessenberg } from "./hessenberg.ts";
import { formQ } from "./householder.ts";
import { type Allocate, rotateRows, transpose } from "./multiply.ts";

const EPS = 2 ** -52;

/**
 * Real Schur form A = Z T Z^T of the n x n array A (destroyed, becomes T): T is upper triangular but for 2 x 2 blocks,
 * one for each pair of complex eigenvalues. `Zt` (returned) holds the transpose of Z.
 *
 * Francis' implicit double-shift QR iteration on the Hessenberg form (Golub & Van Loan, Matrix Computations, 7.5).
 */
export function realSchur(where: string, n: number, A: Float64Array, allocate: Allocate): Float64Array {
  const Q = factorHessenberg(n, A, allocate);
  const Zt = allocate(n * n);
  if (n === 0) return Zt;
  transpose(formQ(Q, n, allocate), n, n, Zt);
  let total = 0;
  for (let i = 0; i < n * n; i++) total = Math.max(total, Math.abs(A[i]!));
  let high = n - 1;
  let round = 0;
  while (high > 0) {
    let low = high;
    while (low > 0) {
      const below = Math.abs(A[low * n + low - 1]!);
      let around = Math.abs(A[(low - 1) * n + low - 1]!) + Math.abs(A[low * n + low]!);
      if (around === 0) around = total;
      if (below <= EPS * around) {
        A[low * n + low - 1] = 0;
        break;
      }
      low--;
    }
    if (low === high) {
      high--;
      round = 0;
      continue;
    }
    if (low === high - 1) {
      splitRealPair(n, A, Zt, low);
      high -= 2;
      round = 0;
      continue;
    }
    round++;
    if (round > 120) throw numericalError(where, "the QR iteration for eigenvalues did not converge");
    sweep(n, A, Zt, low, high, round % 10 === 0);
  }
  return Zt;
}

/** One double-shift sweep over rows low .. high; an exceptional shift breaks cycles. */
function sweep(
  n: number,
  H: Float64Array,
  Zt: Float64Array,
  low: number,
  high: number,
  exceptional: boolean,
): void {
  const at = (i: number, j: number): number => H[i * n + j]!;
  // The shifts are the eigenvalues of [[a, .], [., b]] with product of the off-diagonal entries w.
  let a = at(high - 1, high - 1);
  let b = at(high, high);
  let w = at(high - 1, high) * at(high, high - 1);
  if (exceptional) {
    const size = Math.abs(at(high, high - 1)) + Math.abs(at(high - 1, high - 2));
    a = b = 0.75 * size + at(high, high);
    w = -0.4375 * size * size;
  }
  // First column of (H - s1)(H - s2), from as far down as two small neighbours allow.
  let start = high - 2;
  let x = 0;
  let y = 0;
  let z = 0;
  for (; start >= low; start--) {
    const h = at(start, start);
    const below = at(start + 1, start);
    // From differences: the products of the entries themselves would cancel.
    x = ((a - h) * (b - h) - w) / below + at(start, start + 1);
    y = at(start + 1, start + 1) - h - (a - h) - (b - h);
    z = at(start + 2, start + 1);
    const size = Math.abs(x) + Math.abs(y) + Math.abs(z);
    x /= size;
    y /= size;
    z /= size;
    if (start === low) break;
    const before = Math.abs(at(start, start - 1)) * (Math.abs(y) + Math.abs(z));
    const around = Math.abs(at(start - 1, start - 1)) + Math.abs(h) + Math.abs(at(start + 1, start + 1));
    if (before <= EPS * Math.abs(x) * around) break;
  }
  for (let k = start; k < high; k++) {
    const three = k < high - 1;
    if (k > start) {
      x = at(k, k - 1);
      y = at(k + 1, k - 1);
      z = three ? at(k + 2, k - 1) : 0;
    }
    const scale = Math.max(Math.abs(x), Math.abs(y), Math.abs(z));
    if (scale === 0) continue;
    x /= scale;
    y /= scale;
    z /= scale;
    const length = Math.sqrt(x * x + y * y + z * z);
    const beta = x >= 0 ? -length : length;
    const tau = (beta - x) / beta;
    const v1 = y / (x - beta);
    const v2 = z / (x - beta);
    if (k > start) {
      H[k * n + k - 1] = beta * scale;
      H[(k + 1) * n + k - 1] = 0;
      if (three) H[(k + 2) * n + k - 1] = 0;
    } else if (k > low) {
      // Started in the middle: the entry to the left is scaled by the reflection.
      H[k * n + k - 1] = at(k, k - 1) * (1 - tau);
    }
    const r0 = k * n;
    const r1 = r0 + n;
    const r2 = r1 + n;
    if (three) {
      reflectRows3(H, r0, r1, r2, k, n, tau, v1, v2);
      for (let i = 0, end = Math.min(k + 3, high); i <= end; i++) {
        const c = i * n + k;
        const sum = tau * (H[c]! + v1 * H[c + 1]! + v2 * H[c + 2]!);
        H[c] = H[c]! - sum;
        H[c + 1] = H[c + 1]! - sum * v1;
        H[c + 2] = H[c + 2]! - sum * v2;
      }
      reflectRows3(Zt, r0, r1, r2, 0, n, tau, v1, v2);
    } else {
      reflectRows2(H, r0, r1, k, n, tau, v1);
      for (let i = 0; i <= high; i++) {
        const c = i * n + k;
        const sum = tau * (H[c]! + v1 * H[c + 1]!);
        H[c] = H[c]! - sum;
        H[c + 1] = H[c + 1]! - sum * v1;
      }
      reflectRows2(Zt, r0, r1, 0, n, tau, v1);
    }
  }
}

function reflectRows3(
  A: Float64Array,
  r0: number,
  r1: number,
  r2: number,
  from: number,
  to: number,
  tau: number,
  v1: number,
  v2: number,
): void {
  for (let j = from; j < to; j++) {
    const sum = tau * (A[r0 + j]! + v1 * A[r1 + j]! + v2 * A[r2 + j]!);
    A[r0 + j] = A[r0 + j]! - sum;
    A[r1 + j] = A[r1 + j]! - sum * v1;
    A[r2 + j] = A[r2 + j]! - sum * v2;
  }
}

function reflectRows2(
  A: Float64Array,
  r0: number,
  r1: number,
  from: number,
  to: number,
  tau: number,
  v1: number,
): void {
  for (let j = from; j < to; j++) {
    const sum = tau * (A[r0 + j]! + v1 * A[r1 + j]!);
    A[r0 + j] = A[r0 + j]! - sum;
    A[r1 + j] = A[r1 + j]! - sum * v1;
  }
}

/** Makes the 2 x 2 block at k triangular if its eigenvalues are real; leaves it if they are complex. */
function splitRealPair(n: number, H: Float64Array, Zt: Float64Array, k: number): void {
  const a = H[k * n + k]!;
  const b = H[k * n + k + 1]!;
  const c = H[(k + 1) * n + k]!;
  const d = H[(k + 1) * n + k + 1]!;
  const half = (a - d) / 2;
  const scale = Math.max(Math.abs(half), Math.abs(b), Math.abs(c));
  const discriminant = (half / scale) ** 2 + (b / scale) * (c / scale);
  if (discriminant < 0) return;
  const root = Math.sqrt(discriminant) * scale;
  const z = half >= 0 ? half + root : half - root;
  // (z, c) is an eigenvector for the eigenvalue d + z; both are zero only when the block is triangular already.
  const length = Math.hypot(z, c);
  if (length === 0) return;
  const cs = z / length;
  const sn = c / length;
  rotateRows(n - k, H, k * n + k, (k + 1) * n + k, cs, sn);
  for (let i = 0; i <= k + 1; i++) {
    const x = H[i * n + k]!;
    const y = H[i * n + k + 1]!;
    H[i * n + k] = cs * x + sn * y;
    H[i * n + k + 1] = cs * y - sn * x;
  }
  H[(k + 1) * n + k] = 0;
  rotateRows(n, Zt, k * n, (k + 1) * n, cs, sn);
}
