import { softThreshold } from "../math/optimize/proximal.ts";
import { feasibleGap, flatness } from "./duality-gap.ts";

/** What is minimised: |b - A w|^2 / 2 + l1 |w|_1 + (l2 / 2) |w|^2. */
export interface SparseProblem {
  /** Columns of A one after another, each n long. */
  readonly columns: Float64Array;
  readonly n: number;
  readonly d: number;
  readonly b: Float64Array;
  readonly l1: number;
  readonly l2: number;
  /** Whether w must be >= 0. */
  readonly positive: boolean;
}

export interface SparseSolution {
  /** Sweeps, over all columns or over those with a coefficient. */
  readonly sweeps: number;
  /** Bound on how far the objective is above its minimum. */
  readonly gap: number;
  readonly converged: boolean;
}

/**
 * Cyclic coordinate descent from w (changed in place) until the duality gap is at most `tolerance`, in sweeps over
 * all columns and, between them, over those with a coefficient. Each step minimises over one coefficient exactly, by soft thresholding, which is what makes zeros exact.
 *
 * Friedman, Hastie, Tibshirani, "Regularization paths for generalized linear models via coordinate descent", 2010.
 */
export function coordinateDescent(
  p: SparseProblem,
  w: Float64Array,
  tolerance: number,
  maxSweeps: number,
  onSweep: (done: number) => void,
): SparseSolution {
  const { columns, n, d, b, l1, l2, positive } = p;
  const squares = new Float64Array(d);
  const r = b.slice();
  for (let j = 0, at = 0; j < d; j++, at += n) {
    for (let i = 0; i < n; i++) {
      squares[j] = squares[j]! + columns[at + i]! * columns[at + i]!;
      r[i] = r[i]! - columns[at + i]! * w[j]!;
    }
  }
  const sweep = (activeOnly: boolean): number => {
    let change = 0;
    for (let j = 0, at = 0; j < d; j++, at += n) {
      const square = squares[j]!;
      const old = w[j]!;
      if (square === 0 || (activeOnly && old === 0)) continue;
      let rho = square * old;
      for (let i = 0; i < n; i++) rho += columns[at + i]! * r[i]!;
      const next = positive ? Math.max(rho - l1, 0) / (square + l2) : softThreshold(rho, l1) / (square + l2);
      if (next === old) continue;
      const step = old - next;
      for (let i = 0; i < n; i++) r[i] = r[i]! + step * columns[at + i]!;
      w[j] = next;
      change = Math.max(change, step * step * square);
    }
    return change;
  };
  let gap = dualityGap(p, w, r);
  let sweeps = 0;
  while (gap > tolerance && sweeps < maxSweeps) {
    const change = sweep(false);
    onSweep(++sweeps);
    // Coefficients that are zero mostly stay so: settle the others before the next look at all columns.
    let inner = change;
    while (inner > 0.1 * change && inner > tolerance && sweeps < maxSweeps) {
      inner = sweep(true);
      onSweep(++sweeps);
    }
    gap = dualityGap(p, w, r);
    if (change === 0) break;
  }
  return { sweeps, gap, converged: gap <= tolerance };
}

function dualityGap(p: SparseProblem, w: Float64Array, r: Float64Array): number {
  const { columns, n, d, b, l1, l2, positive } = p;
  const pull = new Float64Array(d);
  for (let j = 0, at = 0; j < d; j++, at += n) {
    let v = -l2 * w[j]!;
    for (let i = 0; i < n; i++) v += columns[at + i]! * r[i]!;
    pull[j] = v;
  }
  let rr = 0;
  let rb = 0;
  for (let i = 0; i < n; i++) {
    rr += r[i]! * r[i]!;
    rb += r[i]! * b[i]!;
  }
  const gap = feasibleGap(pull, w, rr, rb, l1, l2, positive);
  return l2 > 0 ? Math.min(gap, flatness(pull, w, l1, positive) / (2 * l2)) : gap;
}
