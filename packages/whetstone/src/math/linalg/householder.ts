/**
 * Householder reflectors H = I - tau v v^T, kept one per row of a row-major array so that each v is
 * contiguous, and applied in blocks through matrix products (compact WY form, Schreiber & Van Loan 1989).
 */
import { type Allocate, axpyAt, gemmBlock, gemv, norm2At, workspace } from "./multiply.ts";

/** The product Q = H_0 H_1 ... H_(count - 1); reflector j is zero before entry j + shift and 1 there. */
export interface Reflectors {
  /** count x length, reflector j in row j. */
  readonly V: Float64Array;
  readonly tau: Float64Array;
  readonly count: number;
  readonly length: number;
  readonly shift: number;
}

/** Columns factored or applied together. */
const BLOCK = 32;

/**
 * Turns x (n contiguous entries) into the v of the reflector that maps x onto (beta, 0, ..., 0): x[0]
 * becomes 1. Returns tau in `out[0]` and beta in `out[1]`; tau is 0 when there is nothing to reflect.
 */
export function makeReflector(n: number, x: Float64Array, at: number, out: Float64Array): void {
  const alpha = x[at]!;
  const rest = n > 1 ? norm2At(n - 1, x, at + 1) : 0;
  x[at] = 1;
  if (rest === 0) {
    out[0] = 0;
    out[1] = alpha;
    return;
  }
  const length = Math.hypot(alpha, rest);
  const beta = alpha >= 0 ? -length : length;
  out[0] = (beta - alpha) / beta;
  out[1] = beta;
  const divisor = alpha - beta;
  for (let i = at + 1; i < at + n; i++) x[i] = x[i]! / divisor;
}

/** Upper-triangular T of H_0 ... H_(nb - 1) = I - V^T T V for reflectors in the rows of the block. */
export function blockFactor(
  nb: number,
  length: number,
  V: Float64Array,
  vAt: number,
  ldv: number,
  tau: Float64Array,
  tauAt: number,
  allocate: Allocate,
): Float64Array {
  const S = allocate(nb * nb);
  gemmBlock(false, true, nb, nb, length, 1, V, vAt, ldv, V, vAt, ldv, S, 0, nb);
  const T = allocate(nb * nb);
  for (let j = 0; j < nb; j++) {
    const t = tau[tauAt + j]!;
    T[j * nb + j] = t;
    for (let i = 0; i < j; i++) {
      let sum = 0;
      for (let p = i; p < j; p++) sum += T[i * nb + p]! * S[p * nb + j]!;
      T[i * nb + j] = -t * sum;
    }
  }
  return T;
}

/**
 * C = Q C, or Q^T C, for C of `length` rows and `cols` columns. `fromIdentity` says that C holds the identity,
 * whose zeros then save half of the work.
 */
export function applyReflectors(
  Q: Reflectors,
  transpose: boolean,
  C: Float64Array,
  cols: number,
  fromIdentity = false,
): void {
  const { V, tau, count, length, shift } = Q;
  const blocks = Math.ceil(count / BLOCK);
  for (let step = 0; step < blocks; step++) {
    const j = (transpose ? step : blocks - 1 - step) * BLOCK;
    const nb = Math.min(BLOCK, count - j);
    const top = j + shift;
    const from = fromIdentity ? Math.min(top, cols) : 0;
    if (top >= length) continue;
    applyBlock(
      nb,
      length - top,
      V,
      j * length + top,
      length,
      tau,
      j,
      transpose,
      C,
      top * cols + from,
      cols,
      cols - from,
    );
  }
}

/** C = (I - V^T T V) C, or its transpose, on a block of C with `n` columns. */
export function applyBlock(
  nb: number,
  length: number,
  V: Float64Array,
  vAt: number,
  ldv: number,
  tau: Float64Array,
  tauAt: number,
  transpose: boolean,
  C: Float64Array,
  cAt: number,
  ldc: number,
  n: number,
): void {
  workspace(length * nb, (allocate) => {
    const T = blockFactor(nb, length, V, vAt, ldv, tau, tauAt, allocate);
    const W = allocate(nb * n);
    gemmBlock(false, false, nb, n, length, 1, V, vAt, ldv, C, cAt, ldc, W, 0, n);
    const TW = allocate(nb * n);
    gemmBlock(transpose, false, nb, n, nb, 1, T, 0, nb, W, 0, n, TW, 0, n);
    gemmBlock(true, false, length, n, nb, -1, V, vAt, ldv, TW, 0, n, C, cAt, ldc);
  });
}

/**
 * QR of the m x n array A in place: R is left on and above the diagonal (what lies below is meaningless), the
 * reflectors of Q are returned.
 */
export function factorQr(A: Float64Array, m: number, n: number, allocate: Allocate): Reflectors {
  const count = Math.min(m, n);
  const V = allocate(count * m);
  const tau = new Float64Array(count);
  const made = new Float64Array(2);
  const w = allocate(BLOCK);
  for (let j = 0; j < count; j += BLOCK) {
    const nb = Math.min(BLOCK, count - j);
    // The panel's columns are factored where their reflectors will live, as contiguous rows of V.
    for (let i = j; i < m; i++) {
      for (let c = 0; c < nb; c++) V[(j + c) * m + i] = A[i * n + j + c]!;
    }
    for (let c = 0; c < nb; c++) {
      const k = j + c;
      const at = k * m + k;
      for (let i = j; i < k; i++) {
        A[i * n + k] = V[k * m + i]!;
        V[k * m + i] = 0;
      }
      makeReflector(m - k, V, at, made);
      tau[k] = made[0]!;
      A[k * n + k] = made[1]!;
      const left = nb - c - 1;
      if (left === 0 || tau[k] === 0) continue;
      gemv(left, m - k, V, at + m, m, V, at, w, 0);
      for (let r = 0; r < left; r++) axpyAt(m - k, -tau[k]! * w[r]!, V, at, V, at + (r + 1) * m);
    }
    const right = n - j - nb;
    if (right > 0) applyBlock(nb, m - j, V, j * m + j, m, tau, j, true, A, j * n + j + nb, n, right);
  }
  return { V, tau, count, length: m, shift: 0 };
}

/**
 * QR with column pivoting (Businger & Golub 1965): A P = Q R with |R[0,0]| >= |R[1,1]| >= ... Column j of the
 * factored matrix is column `permutation[j]` of A.
 */
export function factorPivotedQr(
  A: Float64Array,
  m: number,
  n: number,
  allocate: Allocate,
): { reflectors: Reflectors; permutation: Int32Array } {
  const count = Math.min(m, n);
  // Columns as contiguous rows; column c ends as R above entry c and the reflector's v from there on.
  const C = allocate(n * m);
  for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) C[j * m + i] = A[i * n + j]!;
  const permutation = Int32Array.from({ length: n }, (_, j) => j);
  const norms = new Float64Array(n);
  const exact = new Float64Array(n);
  for (let j = 0; j < n; j++) exact[j] = norms[j] = norm2At(m, C, j * m);
  const tau = new Float64Array(count);
  const made = new Float64Array(2);
  const w = allocate(n);
  const swap = new Float64Array(m);
  for (let k = 0; k < count; k++) {
    let best = k;
    for (let j = k + 1; j < n; j++) if (norms[j]! > norms[best]!) best = j;
    if (best !== k) {
      swap.set(C.subarray(k * m, k * m + m));
      C.copyWithin(k * m, best * m, best * m + m);
      C.set(swap, best * m);
      const p = permutation[k]!;
      permutation[k] = permutation[best]!;
      permutation[best] = p;
      norms[best] = norms[k]!;
      exact[best] = exact[k]!;
    }
    const at = k * m + k;
    makeReflector(m - k, C, at, made);
    tau[k] = made[0]!;
    A[k * n + k] = made[1]!;
    for (let i = 0; i < k; i++) A[i * n + k] = C[k * m + i]!;
    const left = n - k - 1;
    if (left === 0) continue;
    gemv(left, m - k, C, at + m, m, C, at, w, 0);
    for (let r = 0; r < left; r++) {
      const j = k + 1 + r;
      if (tau[k] !== 0) axpyAt(m - k, -tau[k]! * w[r]!, C, at, C, j * m + k);
      if (norms[j] === 0) continue;
      // Downdated norms lose digits; below this ratio they are computed afresh (Drmac & Bujanovic 2008).
      const ratio = Math.max(0, 1 - (Math.abs(C[j * m + k]!) / norms[j]!) ** 2);
      if (ratio * (norms[j]! / exact[j]!) ** 2 <= 1.5e-8) {
        norms[j] = m - k - 1 > 0 ? norm2At(m - k - 1, C, j * m + k + 1) : 0;
        exact[j] = norms[j]!;
      } else norms[j] = norms[j]! * Math.sqrt(ratio);
    }
  }
  for (let j = count; j < n; j++) for (let i = 0; i < m; i++) A[i * n + j] = C[j * m + i]!;
  const V = C.subarray(0, count * m);
  for (let k = 0; k < count; k++) V.fill(0, k * m, k * m + k);
  return { reflectors: { V, tau, count, length: m, shift: 0 }, permutation };
}

/** The first `cols` columns of Q as a length x cols array. */
export function formQ(Q: Reflectors, cols: number, allocate: Allocate): Float64Array {
  const out = allocate(Q.length * cols);
  for (let i = 0; i < Math.min(cols, Q.length); i++) out[i * cols + i] = 1;
  applyReflectors(Q, false, out, cols, true);
  return out;
}
