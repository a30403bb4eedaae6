import { addRow, type RandomStream, type RowLists, rowDot } from "../math/index.ts";
import type { SgdLoss } from "./sgd-loss.ts";

export interface SgdSettings {
  readonly loss: SgdLoss;
  readonly penalty: "l2" | "l1" | "elasticnet" | null;
  readonly alpha: number;
  readonly l1Ratio: number;
  readonly fitIntercept: boolean;
  readonly learningRate: "constant" | "optimal" | "invscaling";
  readonly eta0: number;
  readonly powerT: number;
}

/** Weights of one linear score, and how many rows they have seen. */
export interface SgdState {
  readonly coef: Float64Array;
  intercept: number;
  /** Rows seen, which sets the learning rate. */
  t: number;
  /** L1 that could have been taken off each coefficient so far, and what was. */
  u: number;
  readonly q: Float64Array;
}

export const freshState = (d: number): SgdState => ({
  coef: new Float64Array(d),
  intercept: 0,
  t: 0,
  u: 0,
  q: new Float64Array(d),
});

/** Scale of the coefficients below which it is worked into them. */
const SMALLEST_SCALE = 1e-9;

/**
 * One pass over the rows in the given order: a gradient step per row, L2 as shrinkage, L1 by cumulative truncation
 * (Tsuruoka, Tsujii, Ananiadou 2009), which does reach exact zeros. A sparse row costs as much as it stores: shrinkage is
 * one scale that all coefficients share, and a coefficient is truncated when a row holds its column, and at the end.
 * Returns the summed loss of every row as it was predicted before its step: progressive validation.
 */
export function sgdPass(
  X: RowLists,
  y: Float64Array,
  weights: Float64Array | null,
  order: ArrayLike<number>,
  state: SgdState,
  s: SgdSettings,
): number {
  const { coef, q } = state;
  const { indices, starts } = X;
  const l1 = s.penalty === "l1" ? s.alpha : s.penalty === "elasticnet" ? s.alpha * s.l1Ratio : 0;
  const l2 = s.penalty === "l2" ? s.alpha : s.penalty === "elasticnet" ? s.alpha * (1 - s.l1Ratio) : 0;
  // Bottou's choice of t0: the first step is about as large as a typical weight.
  const typical = Math.sqrt(1 / Math.sqrt(s.alpha));
  const t0 = 1 / ((typical / Math.max(1, Math.abs(s.loss.slope(-typical, 1)))) * s.alpha);
  let sum = 0;
  // The coefficients are scale * coef.
  let scale = 1;
  const truncate = (j: number): void => {
    const z = scale * coef[j]!;
    if (z === 0) return;
    const next = z > 0 ? Math.max(0, z - (state.u + q[j]!)) : Math.min(0, z + (state.u - q[j]!));
    coef[j] = next / scale;
    q[j] = q[j]! + next - z;
  };
  const unscale = (): void => {
    if (scale === 1) return;
    for (let j = 0; j < coef.length; j++) coef[j] = scale * coef[j]!;
    scale = 1;
  };
  for (let k = 0; k < order.length; k++) {
    const i = order[k]!;
    const score = state.intercept + scale * rowDot(X, i, coef);
    const w = weights ? weights[i]! : 1;
    state.t++;
    const rate =
      s.learningRate === "constant"
        ? s.eta0
        : s.learningRate === "optimal"
          ? 1 / (s.alpha * (t0 + state.t - 1))
          : s.eta0 / state.t ** s.powerT;
    sum += w * s.loss.value(score, y[i]!);
    // One wild row must not end the search: its slope is bounded.
    const slope = w * Math.max(-1e12, Math.min(1e12, s.loss.slope(score, y[i]!)));
    if (l2 > 0) scale *= Math.max(0, 1 - rate * l2);
    if (indices === null || scale < SMALLEST_SCALE) unscale();
    const step = -rate * slope;
    if (step !== 0) addRow(X, i, step / scale, coef);
    if (s.fitIntercept) state.intercept += step;
    if (l1 > 0) {
      state.u += rate * l1;
      if (indices === null) for (let j = 0; j < coef.length; j++) truncate(j);
      else for (let p = starts[i]!; p < starts[i + 1]!; p++) truncate(indices[p]!);
    }
  }
  unscale();
  if (l1 > 0 && indices !== null) for (let j = 0; j < coef.length; j++) truncate(j);
  return sum;
}

/** Passes until the mean loss has not fallen by `tol` for `patience` of them. */
export function sgdFit(
  X: RowLists,
  y: Float64Array,
  weights: Float64Array | null,
  state: SgdState,
  settings: SgdSettings,
  run: {
    readonly maxIter: number;
    readonly tol: number | null;
    readonly nIterNoChange: number;
    readonly shuffle: boolean;
    readonly random: RandomStream;
  },
  onPass: (done: number) => void,
): { passes: number; converged: boolean } {
  const n = X.rows;
  const total = weights ? weights.reduce((a, b) => a + b, 0) : n;
  const inOrder = Int32Array.from({ length: n }, (_, i) => i);
  let best = Number.POSITIVE_INFINITY;
  let patience = 0;
  for (let pass = 1; pass <= run.maxIter; pass++) {
    const order = run.shuffle ? run.random.permutation(n) : inOrder;
    const loss = sgdPass(X, y, weights, order, state, settings) / total;
    onPass(pass);
    if (run.tol === null) continue;
    patience = loss > best - run.tol ? patience + 1 : 0;
    best = Math.min(best, loss);
    if (patience >= run.nIterNoChange) return { passes: pass, converged: true };
  }
  return { passes: run.maxIter, converged: run.tol === null };
}
