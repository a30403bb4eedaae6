import type { Matrix } from "../math/matrix.ts";
import type { SparseMatrix } from "../math/sparse.ts";
import { coordinateDescent, type SparseSolution } from "./coordinate-descent.ts";
import { gramDescent } from "./gram-descent.ts";
import { interceptOf, type LeastSquaresProblem, momentsOf } from "./least-squares.ts";
import { type ColumnProblem, columnProblem } from "./residual-columns.ts";

/** Most columns for which inner products are kept instead of rows. */
const GRAM_COLUMNS = 1024;
/** Share of |b|^2 below which the inner products no longer tell the gap. */
const GRAM_DIGITS = 1e-11;

/** Solves one least-squares problem with L1 and L2 penalties of any strength, each from where the caller starts. */
export interface SparseSolver {
  /** Sum of the weights. */
  readonly total: number;
  /** Squared length of the centred target. */
  readonly yy: number;
  /** Inner products of the centred columns with the centred target. */
  readonly xy: Float64Array;
  /**
   * Minimises |b - A w|^2 / 2 + l1 |w|_1 + (l2 / 2) |w|^2 from w, which is changed in place.
   *
   * @param tolerance duality gap at which to stop
   */
  solve(
    l1: number,
    l2: number,
    w: Float64Array,
    tolerance: number,
    maxSweeps: number,
    onSweep?: (done: number) => void,
  ): SparseSolution;
  interceptOf(w: Float64Array): number;
}

/** Tall data are read once, into inner products; wide ones stay as columns. */
export function sparseSolver(
  problem: LeastSquaresProblem<Matrix | SparseMatrix>,
  positive: boolean,
): SparseSolver {
  const { X } = problem;
  const d = X.cols;
  const noop = (): void => {};
  if (X.rows < 2 * d || d > GRAM_COLUMNS) {
    const rows = columnProblem(problem);
    return {
      ...rows,
      solve: (l1, l2, w, tolerance, maxSweeps, onSweep = noop) =>
        coordinateDescent({ columns: rows.columns, l1, l2, positive }, w, tolerance, maxSweeps, onSweep),
    };
  }
  const m = momentsOf(problem);
  let rows: ColumnProblem | null = null;
  return {
    total: m.total,
    yy: m.yy,
    xy: m.xy,
    interceptOf: (w) => interceptOf(m, w),
    solve(l1, l2, w, tolerance, maxSweeps, onSweep = noop) {
      const p = { d, xx: m.xx, xy: m.xy, yy: m.yy, l1, l2, positive };
      const first = gramDescent(p, w, Math.max(tolerance, GRAM_DIGITS * m.yy), maxSweeps, onSweep);
      if (tolerance >= GRAM_DIGITS * m.yy || first.sweeps >= maxSweeps) return first;
      rows ??= columnProblem(problem);
      const rest = maxSweeps - first.sweeps;
      const last = coordinateDescent(
        { columns: rows.columns, l1, l2, positive },
        w,
        tolerance,
        rest,
        (done) => onSweep(first.sweeps + done),
      );
      return { ...last, sweeps: first.sweeps + last.sweeps };
    },
  };
}

/** Strengths from the least that makes all coefficients zero, in equal ratios down to `eps` times it. */
export function defaultAlphas(
  s: SparseSolver,
  l1Ratio: number,
  positive: boolean,
  count = 100,
  eps = 1e-3,
): Float64Array {
  const most = s.xy.reduce((top, v) => Math.max(top, positive ? v : Math.abs(v)), 0);
  const top = most / (s.total * l1Ratio);
  if (!(top > 0)) return new Float64Array(count);
  return Float64Array.from({ length: count }, (_, k) => top * eps ** (count === 1 ? 0 : k / (count - 1)));
}
