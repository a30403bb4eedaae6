import { factorCholesky } from "../math/linalg/cholesky.ts";
import { cholSolve } from "./least-squares.ts";

export interface QuantileSolution {
  readonly beta: Float64Array;
  /** Pinball loss less the dual bound: how far from the least it may be. */
  readonly gap: number;
  readonly iterations: number;
}

/**
 * Minimises sum_i (q_i max(r_i, 0) + (1 - q_i) max(-r_i, 0)), r = y - A beta, by a primal-dual interior point with
 * predictor and corrector on the dual linear programme max y.a, A^T a = A^T (1 - q), 0 <= a <= 1, and then moves to a
 * vertex, a fit through as many rows as there are columns, where that is no worse.
 *
 * Portnoy, Koenker, "The Gaussian hare and the Laplacian tortoise", 1997.
 *
 * @param A n x p, row-major
 * @param level q per row
 */
export function quantileFit(
  A: Float64Array,
  y: Float64Array,
  level: Float64Array,
  p: number,
  tol: number,
  maxIter: number,
  onIteration: (done: number) => void,
): QuantileSolution {
  const n = y.length;
  const solve = normalSolver(A, n, p);
  // b = A^T (1 - q); a starts at its middle values 1 - q, which meet the constraints.
  const a = level.map((q) => 1 - q);
  const s = level.slice();
  const b = transposed(A, a, n, p);
  const ones = new Float64Array(n).fill(1);
  // In the programme min c.a with c = -y the multipliers of A^T a = b are -beta.
  const dual = solve(ones, transposed(A, y, n, p)).map((v) => -v);
  const z = new Float64Array(n);
  const w = new Float64Array(n);
  const start = times(A, dual, n, p);
  for (let i = 0; i < n; i++) {
    const r = -y[i]! - start[i]!;
    z[i] = Math.max(r, 0) + 1e-3;
    w[i] = Math.max(-r, 0) + 1e-3;
  }
  let best: { beta: Float64Array; loss: number } = {
    beta: dual.map((v) => -v),
    loss: Number.POSITIVE_INFINITY,
  };
  let bound = Number.NEGATIVE_INFINITY;
  const look = (): void => {
    const beta = dual.map((v) => -v);
    const loss = pinball(A, y, level, beta, n, p);
    if (loss < best.loss) best = { beta, loss };
    // a meets the constraints, so y.a less the same at a = 1 - q bounds the loss from below.
    let value = 0;
    for (let i = 0; i < n; i++) value += y[i]! * (a[i]! - (1 - level[i]!));
    bound = Math.max(bound, value);
  };
  look();
  const dx = new Float64Array(n);
  const dz = new Float64Array(n);
  const dw = new Float64Array(n);
  const D = new Float64Array(n);
  const rhs = new Float64Array(n);
  let iterations = 0;
  while (best.loss - bound > tol * (1 + best.loss) && iterations < maxIter) {
    for (let i = 0; i < n; i++) {
      D[i] = 1 / (z[i]! / a[i]! + w[i]! / s[i]!);
      rhs[i] = D[i]! * (z[i]! - w[i]!);
    }
    // Residual of A^T a = b, which rounding lets grow, is repaired on the way.
    const drift = transposed(A, a, n, p);
    for (let j = 0; j < p; j++) drift[j] = b[j]! - drift[j]!;
    const move = (extra: Float64Array | null, mu: number): Float64Array => {
      const right = transposed(A, extra ? rhs.map((v, i) => v + D[i]! * extra[i]!) : rhs, n, p);
      const dy = solve(
        D,
        right.map((v, j) => v + drift[j]!),
      );
      const Ady = times(A, dy, n, p);
      for (let i = 0; i < n; i++) {
        const zz = z[i]!;
        const ww = w[i]!;
        const cross = extra ? dx[i]! * dz[i]! : 0;
        const crossS = extra ? -dx[i]! * dw[i]! : 0;
        const xi = mu * (1 / a[i]! - 1 / s[i]!);
        const step = D[i]! * (Ady[i]! + xi - (zz - ww) - cross / a[i]! + crossS / s[i]!);
        dx[i] = step;
        dz[i] = mu / a[i]! - zz - (zz * step) / a[i]! - cross / a[i]!;
        dw[i] = mu / s[i]! - ww + (ww * step) / s[i]! - crossS / s[i]!;
      }
      return dy;
    };
    const lengths = (): [number, number] => {
      let fp = 1 / 0.9995;
      let fd = 1 / 0.9995;
      for (let i = 0; i < n; i++) {
        if (dx[i]! < 0) fp = Math.min(fp, -a[i]! / dx[i]!);
        else if (dx[i]! > 0) fp = Math.min(fp, s[i]! / dx[i]!);
        if (dz[i]! < 0) fd = Math.min(fd, -z[i]! / dz[i]!);
        if (dw[i]! < 0) fd = Math.min(fd, -w[i]! / dw[i]!);
      }
      return [Math.min(1, 0.9995 * fp), Math.min(1, 0.9995 * fd)];
    };
    let dy = move(null, 0);
    let [fp, fd] = lengths();
    if (Math.min(fp, fd) < 1) {
      let mu = 0;
      let after = 0;
      for (let i = 0; i < n; i++) {
        mu += z[i]! * a[i]! + w[i]! * s[i]!;
        after +=
          (z[i]! + fd * dz[i]!) * (a[i]! + fp * dx[i]!) + (w[i]! + fd * dw[i]!) * (s[i]! - fp * dx[i]!);
      }
      mu = (mu * (after / mu) ** 3) / (2 * n);
      const extra = new Float64Array(n);
      for (let i = 0; i < n; i++) {
        const xi = mu * (1 / a[i]! - 1 / s[i]!);
        extra[i] = (dx[i]! * dz[i]!) / a[i]! + (dx[i]! * dw[i]!) / s[i]! - xi;
      }
      dy = move(extra, mu);
      [fp, fd] = lengths();
    }
    for (let i = 0; i < n; i++) {
      a[i] = a[i]! + fp * dx[i]!;
      s[i] = s[i]! - fp * dx[i]!;
      z[i] = z[i]! + fd * dz[i]!;
      w[i] = w[i]! + fd * dw[i]!;
    }
    for (let j = 0; j < p; j++) dual[j] = dual[j]! + fd * dy[j]!;
    if (!dual.every(Number.isFinite)) break;
    look();
    onIteration(++iterations);
  }
  const corner = vertex(A, y, best.beta, n, p);
  if (corner) {
    const loss = pinball(A, y, level, corner, n, p);
    if (loss <= best.loss * (1 + 1e-13)) best = { beta: corner, loss };
  }
  return { beta: best.beta, gap: Math.max(0, best.loss - bound), iterations };
}

export function pinball(
  A: Float64Array,
  y: Float64Array,
  level: Float64Array,
  beta: Float64Array,
  n: number,
  p: number,
): number {
  const fit = times(A, beta, n, p);
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const r = y[i]! - fit[i]!;
    sum += r >= 0 ? level[i]! * r : (level[i]! - 1) * r;
  }
  return sum;
}

/** The fit through the p independent rows that lie nearest to the given one. */
function vertex(
  A: Float64Array,
  y: Float64Array,
  beta: Float64Array,
  n: number,
  p: number,
): Float64Array | null {
  const r = times(A, beta, n, p).map((v, i) => Math.abs(y[i]! - v));
  const order = Array.from(r.keys()).sort((i, j) => r[i]! - r[j]!);
  // Gauss elimination of rows as they come; a row that depends on those taken is left out.
  const rows: Float64Array[] = [];
  const pivots: number[] = [];
  for (const i of order) {
    if (rows.length === p) break;
    const row = new Float64Array(p + 1);
    row.set(A.subarray(i * p, (i + 1) * p));
    row[p] = y[i]!;
    const size = row.subarray(0, p).reduce((m, v) => Math.max(m, Math.abs(v)), 0);
    rows.forEach((taken, k) => {
      const f = row[pivots[k]!]! / taken[pivots[k]!]!;
      for (let j = 0; j <= p; j++) row[j] = row[j]! - f * taken[j]!;
    });
    let at = 0;
    for (let j = 1; j < p; j++) if (Math.abs(row[j]!) > Math.abs(row[at]!)) at = j;
    if (!(Math.abs(row[at]!) > 1e-9 * size)) continue;
    rows.push(row);
    pivots.push(at);
  }
  if (rows.length < p) return null;
  const out = new Float64Array(p);
  for (let k = p - 1; k >= 0; k--) {
    let v = rows[k]![p]!;
    for (let j = 0; j < p; j++) if (j !== pivots[k]) v -= rows[k]![j]! * out[j]!;
    out[pivots[k]!] = v / rows[k]![pivots[k]!]!;
  }
  return out.every(Number.isFinite) ? out : null;
}

function times(A: Float64Array, v: Float64Array, n: number, p: number): Float64Array {
  const out = new Float64Array(n);
  for (let i = 0, at = 0; i < n; i++) {
    let sum = 0;
    for (let j = 0; j < p; j++, at++) sum += A[at]! * v[j]!;
    out[i] = sum;
  }
  return out;
}

function transposed(A: Float64Array, v: Float64Array, n: number, p: number): Float64Array {
  const out = new Float64Array(p);
  for (let i = 0, at = 0; i < n; i++) {
    for (let j = 0; j < p; j++, at++) out[j] = out[j]! + A[at]! * v[i]!;
  }
  return out;
}

/** Solves (A^T D A) x = r; columns that depend on each other are held by a multiple of the identity. */
function normalSolver(A: Float64Array, n: number, p: number) {
  return (D: Float64Array, r: Float64Array): Float64Array => {
    const G = new Float64Array(p * p);
    for (let i = 0; i < n; i++) {
      const at = i * p;
      for (let j = 0; j < p; j++) {
        const v = D[i]! * A[at + j]!;
        if (v === 0) continue;
        for (let k = 0; k <= j; k++) G[j * p + k] = G[j * p + k]! + v * A[at + k]!;
      }
    }
    let most = 0;
    for (let j = 0; j < p; j++) {
      most = Math.max(most, G[j * p + j]!);
      for (let k = 0; k < j; k++) G[k * p + j] = G[j * p + k]!;
    }
    for (let ridge = 1e-15 * (most || 1); ; ridge *= 100) {
      const L = G.slice();
      for (let j = 0; j < p; j++) L[j * p + j] = L[j * p + j]! + ridge;
      if (Number.isFinite(ridge) && factorCholesky(p, L) >= 0) continue;
      const x = r.slice();
      cholSolve(L, p, x);
      return x;
    }
  };
}
