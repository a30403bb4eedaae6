import { addRow, rowDot, rowLists } from "../math/row-lists.ts";
import type { SparseMatrix } from "../math/sparse.ts";
import { sigmoid, softplus } from "../math/special/logistic.ts";
import type { LogisticProblem } from "./logistic-problem.ts";
import { softmaxInPlace } from "./logits.ts";

/**
 * Penalised mean log loss at u over sparse rows, with its gradient, as {@link loadRows} gives it for dense ones. Centring
 * is done in the sums: a logit loses `centre . w`, a gradient `centre` times the sum of the residuals.
 */
export function sparseLoss(
  problem: LogisticProblem,
  X: SparseMatrix,
): (u: Float64Array, gradient: Float64Array) => number {
  const { outputs: K, cols: d, centre, scale, penalty, interceptScale, codes, weights } = problem;
  const lists = rowLists(X);
  const stride = d + 1;
  const w = Array.from({ length: K }, () => new Float64Array(d));
  const pull = Array.from({ length: K }, () => new Float64Array(d));
  const start = new Float64Array(K);
  const sums = new Float64Array(K);
  const z = new Float64Array(K);
  return (u, gradient) => {
    let loss = 0;
    for (let k = 0; k < K; k++) {
      start[k] = u[k * stride + d]! * interceptScale;
      for (let j = 0; j < d; j++) {
        const t = u[k * stride + j]!;
        w[k]![j] = t * scale[j]!;
        start[k] = start[k]! - centre[j]! * w[k]![j]!;
        loss += 0.5 * penalty[j]! * t * t;
      }
      pull[k]!.fill(0);
    }
    sums.fill(0);
    for (let i = 0; i < X.rows; i++) {
      const weight = weights[i]!;
      if (weight === 0) continue;
      for (let k = 0; k < K; k++) z[k] = start[k]! + rowDot(lists, i, w[k]!);
      const code = codes[i]!;
      if (K === 1) {
        loss += weight * softplus(code === 1 ? -z[0]! : z[0]!);
        z[0] = sigmoid(z[0]!) - code;
      } else {
        const own = z[code]!;
        loss += weight * (softmaxInPlace(z, 0, K) - own);
        z[code] = z[code]! - 1;
      }
      for (let k = 0; k < K; k++) {
        const residual = weight * z[k]!;
        sums[k] = sums[k]! + residual;
        addRow(lists, i, residual, pull[k]!);
      }
    }
    for (let k = 0; k < K; k++) {
      for (let j = 0; j < d; j++) {
        gradient[k * stride + j] =
          scale[j]! * (pull[k]![j]! - centre[j]! * sums[k]!) + penalty[j]! * u[k * stride + j]!;
      }
      gradient[k * stride + d] = sums[k]! * interceptScale;
    }
    return loss;
  };
}
