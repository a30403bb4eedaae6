import { softThreshold } from "../math/optimize/proximal.ts";
import type { SparseSolution } from "./coordinate-descent.ts";
import { feasibleGap, flatness } from "./duality-gap.ts";

/** |b - A w|^2 / 2 + l1 |w|_1 + (l2 / 2) |w|^2 by the inner products of A and b alone. */
export interface GramProblem {
  readonly d: number;
  /** A^T A, d x d. */
  readonly xx: Float64Array;
  /** A^T b. */
  readonly xy: Float64Array;
  /** b^T b. */
  readonly yy: number;
  readonly l1: number;
  readonly l2: number;
  readonly positive: boolean;
}

/**
 * Coordinate descent with covariance updates: a step costs d instead of n. Sweeps run over the coefficients that
 * are not zero until those are calm, then over all (Friedman, Hastie, Tibshirani 2010, sections 2.2 and 2.6).
 * The gap has the digits that `yy` leaves it: tolerances below about 1e-12 yy need the rows themselves.
 */
export function gramDescent(
  p: GramProblem,
  w: Float64Array,
  tolerance: number,
  maxSweeps: number,
  onSweep: (done: number) => void,
): SparseSolution {
  const { d, xx, xy, l1, l2, positive } = p;
  const g = xy.slice(); // A^T (b - A w)
  for (let j = 0; j < d; j++) {
    if (w[j] === 0) continue;
    for (let i = 0; i < d; i++) g[i] = g[i]! - w[j]! * xx[j * d + i]!;
  }
  const sweep = (activeOnly: boolean): number => {
    let change = 0;
    for (let j = 0; j < d; j++) {
      const old = w[j]!;
      const square = xx[j * d + j]!;
      if (!(square > 0) || (activeOnly && old === 0)) continue;
      const rho = g[j]! + square * old;
      const next = positive ? Math.max(rho - l1, 0) / (square + l2) : softThreshold(rho, l1) / (square + l2);
      if (next === old) continue;
      const step = next - old;
      for (let i = 0, at = j * d; i < d; i++) g[i] = g[i]! - step * xx[at + i]!;
      w[j] = next;
      change = Math.max(change, step * step * square);
    }
    return change;
  };
  let gap = gramGap(p, w, g);
  let sweeps = 0;
  while (gap > tolerance && sweeps < maxSweeps) {
    const change = sweep(false);
    onSweep(++sweeps);
    if (change === 0) break;
    gap = gramGap(p, w, g);
    let inner = change;
    while (gap > tolerance && inner > 1e-2 * tolerance && sweeps < maxSweeps) {
      inner = sweep(true);
      onSweep(++sweeps);
      if (inner <= 0.1 * change) break;
    }
  }
  gap = gramGap(p, w, g);
  return { sweeps, gap, converged: gap <= tolerance };
}

function gramGap(p: GramProblem, w: Float64Array, g: Float64Array): number {
  const { d, xy, yy, l1, l2, positive } = p;
  let bw = 0;
  let gw = 0;
  for (let j = 0; j < d; j++) {
    bw += xy[j]! * w[j]!;
    gw += g[j]! * w[j]!;
  }
  const rb = yy - bw;
  const pull = g.map((v, j) => v - l2 * w[j]!);
  const gap = feasibleGap(pull, w, Math.max(0, rb - gw), rb, l1, l2, positive);
  return l2 > 0 ? Math.min(gap, flatness(pull, w, l1, positive) / (2 * l2)) : gap;
}
