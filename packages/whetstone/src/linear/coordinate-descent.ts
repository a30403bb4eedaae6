import { softThreshold } from "../math/optimize/proximal.ts";
import { feasibleGap, flatness } from "./duality-gap.ts";
import type { ResidualColumns } from "./residual-columns.ts";

/** What is minimised: |b - A w|^2 / 2 + l1 |w|_1 + (l2 / 2) |w|^2. */
export interface SparseProblem {
  /** A and b. */
  readonly columns: ResidualColumns;
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
  const { columns, l1, l2, positive } = p;
  const { d, squares } = columns;
  columns.reset(w);
  const sweep = (activeOnly: boolean): number => {
    let change = 0;
    for (let j = 0; j < d; j++) {
      const square = squares[j]!;
      const old = w[j]!;
      if (square === 0 || (activeOnly && old === 0)) continue;
      const rho = square * old + columns.dot(j);
      const next = positive ? Math.max(rho - l1, 0) / (square + l2) : softThreshold(rho, l1) / (square + l2);
      if (next === old) continue;
      const step = old - next;
      columns.move(j, step);
      w[j] = next;
      change = Math.max(change, step * step * square);
    }
    return change;
  };
  let gap = dualityGap(p, w);
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
    gap = dualityGap(p, w);
    if (change === 0) break;
  }
  return { sweeps, gap, converged: gap <= tolerance };
}

function dualityGap(p: SparseProblem, w: Float64Array): number {
  const { columns, l1, l2, positive } = p;
  const pull = w.map((v, j) => columns.dot(j) - l2 * v);
  const { rr, rb } = columns.products();
  const gap = feasibleGap(pull, w, rr, rb, l1, l2, positive);
  return l2 > 0 ? Math.min(gap, flatness(pull, w, l1, positive) / (2 * l2)) : gap;
}
