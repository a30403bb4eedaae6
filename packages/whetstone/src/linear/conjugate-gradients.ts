import type { SparseMatrix } from "../math/sparse.ts";
import { interceptOf, type LeastSquaresProblem, type LeastSquaresSolution } from "./least-squares.ts";
import { sparseMeans } from "./sparse-moments.ts";

/**
 * Least squares on sparse rows by conjugate gradients on the normal equations (Bjorck 1996, section 7.4), with centring
 * beside the rows. Started from zero it finds the coefficients of least length among the best. Columns are scaled to
 * length 1 where a penalty makes the solution unique.
 */
export function conjugateGradients(
  problem: LeastSquaresProblem<SparseMatrix>,
  tolerance: number,
  maxIterations: number,
  onIteration: (done: number) => void,
): LeastSquaresSolution & { readonly converged: boolean } {
  const { X, y, weights, alpha } = problem;
  const { values, indices, indptr, rows: n, cols: d } = X;
  const means = sparseMeans(problem);
  const { total, xMean, yMean, xSquare } = means;
  const weight = (i: number): number => (weights === null ? 1 : weights[i]!);
  // In coordinates v with coef = unit * v.
  const unit = xSquare.map((v, j) => {
    const spread = v - total * xMean[j]! * xMean[j]!;
    if (!(spread > 1e-13 * v)) return 0;
    return alpha > 0 ? 1 / Math.sqrt(spread + alpha) : 1;
  });
  /** A v, row by row. */
  const forward = (v: Float64Array, out: Float64Array): void => {
    let shift = 0;
    for (let j = 0; j < d; j++) shift += xMean[j]! * unit[j]! * v[j]!;
    for (let i = 0; i < n; i++) {
      let sum = -shift;
      for (let k = indptr[i]!; k < indptr[i + 1]!; k++)
        sum += values[k]! * unit[indices[k]!]! * v[indices[k]!]!;
      out[i] = sum;
    }
  };
  /** A^T W r - alpha unit^2 v. */
  const backward = (r: Float64Array, v: Float64Array, out: Float64Array): void => {
    out.fill(0);
    let sum = 0;
    for (let i = 0; i < n; i++) {
      const w = weight(i) * r[i]!;
      sum += w;
      for (let k = indptr[i]!; k < indptr[i + 1]!; k++) out[indices[k]!] = out[indices[k]!]! + w * values[k]!;
    }
    for (let j = 0; j < d; j++) {
      out[j] = unit[j]! * (out[j]! - sum * xMean[j]! - alpha * unit[j]! * v[j]!);
    }
  };
  const v = new Float64Array(d);
  const r = y.map((t) => t - yMean);
  const g = new Float64Array(d);
  backward(r, v, g);
  const p = g.slice();
  const q = new Float64Array(n);
  let gg = dot(g, g);
  const start = gg;
  let iterations = 0;
  while (gg > tolerance * tolerance * start && iterations < maxIterations) {
    forward(p, q);
    let curve = 0;
    for (let i = 0; i < n; i++) curve += weight(i) * q[i]! * q[i]!;
    for (let j = 0; j < d; j++) curve += alpha * (unit[j]! * p[j]!) ** 2;
    if (!(curve > 0)) break;
    const step = gg / curve;
    for (let j = 0; j < d; j++) v[j] = v[j]! + step * p[j]!;
    for (let i = 0; i < n; i++) r[i] = r[i]! - step * q[i]!;
    backward(r, v, g);
    const next = dot(g, g);
    for (let j = 0; j < d; j++) p[j] = g[j]! + (next / gg) * p[j]!;
    gg = next;
    onIteration(++iterations);
  }
  const coef = v.map((x, j) => unit[j]! * x);
  const rank = Math.min(
    n,
    unit.reduce((count, u) => count + (u > 0 ? 1 : 0), 0),
  );
  return { coef, intercept: interceptOf(means, coef), rank, converged: gg <= tolerance * tolerance * start };
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += a[j]! * b[j]!;
  return sum;
}
