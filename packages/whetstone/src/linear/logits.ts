import type { Matrix } from "../math/matrix.ts";
import { rowDot, rowLists } from "../math/row-lists.ts";
import type { SparseMatrix } from "../math/sparse.ts";
import { sigmoid } from "../math/special/logistic.ts";

/** As {@link linearScores}, for rows that may be sparse. */
export function scoresOf(
  X: Matrix | SparseMatrix,
  coef: Float64Array,
  intercept: Float64Array,
): Float64Array {
  const { rows: n, cols: d } = X;
  if ("data" in X) return linearScores(X.data, n, d, coef, intercept);
  const K = intercept.length;
  const lists = rowLists(X);
  const out = new Float64Array(n * K);
  for (let k = 0; k < K; k++) {
    const w = coef.subarray(k * d, (k + 1) * d);
    for (let i = 0; i < n; i++) out[i * K + k] = intercept[k]! + rowDot(lists, i, w);
  }
  return out;
}

/** X coef^T + intercept: n x K, row by row, so that a row's result does not depend on the others. */
export function linearScores(
  X: Float64Array,
  n: number,
  d: number,
  coef: Float64Array,
  intercept: Float64Array,
): Float64Array {
  const K = intercept.length;
  const out = new Float64Array(n * K);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < K; k++) {
      let sum = intercept[k]!;
      for (let j = 0, x = i * d, c = k * d; j < d; j++) sum += X[x + j]! * coef[c + j]!;
      out[i * K + k] = sum;
    }
  }
  return out;
}

/** Turns K logits at `at` into probabilities and returns their log-sum-exp. */
export function softmaxInPlace(logits: Float64Array, at: number, K: number): number {
  let max = Number.NEGATIVE_INFINITY;
  for (let k = at; k < at + K; k++) if (logits[k]! > max) max = logits[k]!;
  let sum = 0;
  for (let k = at; k < at + K; k++) sum += logits[k] = Math.exp(logits[k]! - max);
  for (let k = at; k < at + K; k++) logits[k] = logits[k]! / sum;
  return max + Math.log(sum);
}

/** n x K probabilities of coefficients stored with their intercept last; one output means a sigmoid. */
export function probabilities(
  Z: Float64Array,
  n: number,
  d: number,
  theta: Float64Array,
  K: number,
): Float64Array {
  const coef = new Float64Array(K * d);
  const intercept = new Float64Array(K);
  for (let k = 0; k < K; k++) {
    coef.set(theta.subarray(k * (d + 1), k * (d + 1) + d), k * d);
    intercept[k] = theta[k * (d + 1) + d]!;
  }
  const p = linearScores(Z, n, d, coef, intercept);
  if (K === 1) for (let i = 0; i < n; i++) p[i] = sigmoid(p[i]!);
  else for (let i = 0; i < n; i++) softmaxInPlace(p, i * K, K);
  return p;
}
