import type { RandomStream } from "../math/index.ts";
import type { Matrix } from "../math/matrix.ts";
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

/**
 * One pass over the rows in the given order: a gradient step per row, L2 as shrinkage, L1 by cumulative truncation
 * (Tsuruoka, Tsujii, Ananiadou 2009), which does reach exact zeros. Returns the summed loss of every row as it was
 * predicted before its step: progressive validation.
 */
export function sgdPass(
  X: Matrix,
  y: Float64Array,
  weights: Float64Array | null,
  order: ArrayLike<number>,
  state: SgdState,
  s: SgdSettings,
): number {
  const { data, cols: d } = X;
  const { coef, q } = state;
  const l1 = s.penalty === "l1" ? s.alpha : s.penalty === "elasticnet" ? s.alpha * s.l1Ratio : 0;
  const l2 = s.penalty === "l2" ? s.alpha : s.penalty === "elasticnet" ? s.alpha * (1 - s.l1Ratio) : 0;
  // Bottou's choice of t0: the first step is about as large as a typical weight.
  const typical = Math.sqrt(1 / Math.sqrt(s.alpha));
  const t0 = 1 / ((typical / Math.max(1, Math.abs(s.loss.slope(-typical, 1)))) * s.alpha);
  let sum = 0;
  for (let k = 0; k < order.length; k++) {
    const i = order[k]!;
    const at = i * d;
    let score = state.intercept;
    for (let j = 0; j < d; j++) score += coef[j]! * data[at + j]!;
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
    const keep = l2 > 0 ? Math.max(0, 1 - rate * l2) : 1;
    const step = -rate * slope;
    for (let j = 0; j < d; j++) coef[j] = keep * coef[j]! + step * data[at + j]!;
    if (s.fitIntercept) state.intercept += step;
    if (l1 > 0) {
      state.u += rate * l1;
      for (let j = 0; j < d; j++) {
        const z = coef[j]!;
        if (z > 0) coef[j] = Math.max(0, z - (state.u + q[j]!));
        else if (z < 0) coef[j] = Math.min(0, z + (state.u - q[j]!));
        q[j] = q[j]! + coef[j]! - z;
      }
    }
  }
  return sum;
}

/** Passes until the mean loss has not fallen by `tol` for `patience` of them. */
export function sgdFit(
  X: Matrix,
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
