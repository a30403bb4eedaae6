import { rowDot, rowLists } from "../math/row-lists.ts";
import type { SparseMatrix } from "../math/sparse.ts";
import { sigmoid } from "../math/special/logistic.ts";
import type { LogisticProblem } from "./logistic-problem.ts";
import { type ClassStep, INNER_SWEEPS } from "./logistic-sparse.ts";
import { softmaxInPlace } from "./logits.ts";

/**
 * Steps by coordinate descent on the columns of sparse rows, without a matrix of columns by columns. What a step adds to
 * the logit of row i is moved_i + offset: a column changes the first where it stores something, and by its centre the
 * second for all rows.
 */
export function columnSteps(problem: LogisticProblem, X: SparseMatrix, l1: Float64Array): ClassStep {
  const { outputs: K, cols: d, centre, scale, penalty, interceptScale, weights } = problem;
  const n = X.rows;
  const stride = d + 1;
  const lists = rowLists(X);
  const { values, indices: rowOf, indptr } = X.transpose();
  const h = new Float64Array(n);
  const moved = new Float64Array(n);
  const w = Array.from({ length: K }, () => new Float64Array(d));
  const start = new Float64Array(K);
  const z = new Float64Array(K);

  /** Curvature of the loss of every row in the logit of class k; returns their sum. */
  const curvatures = (k: number, u: Float64Array): number => {
    for (let c = 0; c < K; c++) {
      start[c] = u[c * stride + d]! * interceptScale;
      for (let j = 0; j < d; j++) {
        w[c]![j] = u[c * stride + j]! * scale[j]!;
        start[c] = start[c]! - centre[j]! * w[c]![j]!;
      }
    }
    let sum = 0;
    for (let i = 0; i < n; i++) {
      for (let c = 0; c < K; c++) z[c] = start[c]! + rowDot(lists, i, w[c]!);
      if (K === 1) z[0] = sigmoid(z[0]!);
      else softmaxInPlace(z, 0, K);
      h[i] = weights[i]! * Math.max(z[k]! * (1 - z[k]!), 1e-9);
      sum += h[i]!;
    }
    return sum;
  };

  return (k, u, gradient) => {
    const all = curvatures(k, u);
    // Per column: sum of h x, and the curvature of the model.
    const first = new Float64Array(d);
    const curve = new Float64Array(d);
    for (let j = 0; j < d; j++) {
      let square = 0;
      for (let q = indptr[j]!; q < indptr[j + 1]!; q++) {
        const v = h[rowOf[q]!]! * values[q]!;
        first[j] = first[j]! + v;
        square += v * values[q]!;
      }
      const about = square - 2 * centre[j]! * first[j]! + centre[j]! * centre[j]! * all;
      curve[j] = scale[j]! * scale[j]! * Math.max(0, about) + penalty[j]!;
    }
    moved.fill(0);
    let offset = 0;
    // Sum over rows of h (moved + offset).
    let total = 0;
    const at = k * stride;
    const step = new Float64Array(stride);
    const update = (j: number): number => {
      if (!(curve[j]! > 0)) return 0;
      let pull = 0;
      for (let q = indptr[j]!; q < indptr[j + 1]!; q++) {
        const i = rowOf[q]!;
        pull += h[i]! * values[q]! * moved[i]!;
      }
      const slope =
        gradient[at + j]! +
        penalty[j]! * step[j]! +
        scale[j]! * (pull + offset * first[j]! - centre[j]! * total);
      const old = u[at + j]! + step[j]!;
      const target = old - slope / curve[j]!;
      const next = Math.sign(target) * Math.max(0, Math.abs(target) - l1[j]! / curve[j]!);
      const by = next - old;
      if (by === 0) return 0;
      // Set, not added: a coefficient that becomes zero must be exactly that.
      step[j] = next === 0 ? -u[at + j]! : step[j]! + by;
      const add = by * scale[j]!;
      for (let q = indptr[j]!; q < indptr[j + 1]!; q++) {
        const i = rowOf[q]!;
        moved[i] = moved[i]! + add * values[q]!;
      }
      offset -= add * centre[j]!;
      total += add * (first[j]! - centre[j]! * all);
      return by * by * curve[j]!;
    };
    const shift = (): number => {
      const curvature = interceptScale * interceptScale * all;
      if (!(curvature > 0)) return 0;
      const by = -(gradient[at + d]! + interceptScale * total) / curvature;
      step[d] = step[d]! + by;
      offset += by * interceptScale;
      total += by * interceptScale * all;
      return by * by * curvature;
    };
    for (let sweep = 0; sweep < INNER_SWEEPS; sweep++) {
      let change = shift();
      for (let j = 0; j < d; j++) change = Math.max(change, update(j));
      if (change < 1e-18) break;
      // Coefficients that are zero mostly stay so: settle the others before the next look at all.
      for (let inner = change; inner > 0.1 * change && sweep < INNER_SWEEPS; sweep++) {
        inner = shift();
        for (let j = 0; j < d; j++) if (u[at + j]! + step[j]! !== 0) inner = Math.max(inner, update(j));
      }
    }
    return step;
  };
}
