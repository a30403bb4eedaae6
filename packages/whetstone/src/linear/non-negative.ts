import { factorCholesky } from "../math/linalg/cholesky.ts";
import type { Moments } from "./gram.ts";
import { cholSolve } from "./least-squares.ts";

/**
 * Least squares with coefficients >= 0, by the active set method on the scaled Gram matrix.
 *
 * Lawson and Hanson, Solving Least Squares Problems (1974), chapter 23.
 */
export function nonNegative(m: Moments): Float64Array {
  const d = m.xy.length;
  const scale = new Float64Array(d);
  for (let j = 0; j < d; j++) scale[j] = m.xx[j * (d + 1)]! > 0 ? 1 / Math.sqrt(m.xx[j * (d + 1)]!) : 0;
  const unit = m.yy > 0 ? 1 / Math.sqrt(m.yy) : 0; // correlations with y: the tolerance has no units
  const G = m.xx.map((v, at) => v * scale[Math.floor(at / d)]! * scale[at % d]!);
  const c = m.xy.map((v, j) => v * scale[j]! * unit);
  const x = new Float64Array(d);
  const isFree = new Array<boolean>(d).fill(false);
  const refused = new Set<number>();
  const tolerance = 1e-12;
  for (let round = 0; round < 3 * d + 10; round++) {
    let best = -1;
    let gain = tolerance;
    for (let j = 0; j < d; j++) {
      if (isFree[j] || refused.has(j) || scale[j] === 0) continue;
      let w = c[j]!;
      for (let k = 0; k < d; k++) w -= G[j * d + k]! * x[k]!;
      if (w > gain) {
        gain = w;
        best = j;
      }
    }
    if (best < 0) break;
    isFree[best] = true;
    for (;;) {
      const free = [...x.keys()].filter((j) => isFree[j]);
      const z = solveOn(G, c, d, free);
      // A column that the free ones already span, or that rounding would turn negative at once, brings nothing.
      if (z === null || (z[free.indexOf(best)] ?? 1) <= 0) {
        isFree[best] = false;
        refused.add(best);
        break;
      }
      let step = 1;
      free.forEach((j, a) => {
        if (z[a]! <= 0) step = Math.min(step, x[j]! / (x[j]! - z[a]!));
      });
      free.forEach((j, a) => {
        x[j] = step === 1 ? z[a]! : x[j]! + step * (z[a]! - x[j]!);
      });
      if (step === 1) {
        refused.clear();
        break;
      }
      for (const j of free) {
        if (x[j]! > 1e-15) continue;
        x[j] = 0;
        isFree[j] = false;
      }
    }
  }
  return x.map((v, j) => (unit === 0 ? 0 : (v * scale[j]!) / unit));
}

function solveOn(G: Float64Array, c: Float64Array, d: number, free: readonly number[]): Float64Array | null {
  const k = free.length;
  const L = new Float64Array(k * k);
  for (let a = 0; a < k; a++) for (let b = 0; b < k; b++) L[a * k + b] = G[free[a]! * d + free[b]!]!;
  if (factorCholesky(k, L) >= 0) return null;
  for (let a = 0; a < k; a++) if (L[a * k + a]! < 1e-7) return null;
  const z = Float64Array.from(free, (j) => c[j]!);
  cholSolve(L, k, z);
  return z;
}
