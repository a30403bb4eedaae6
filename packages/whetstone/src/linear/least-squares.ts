import { type FitOptions, step, warn } from "../contract/index.ts";
import { gemmF64 } from "../kernels/index.ts";
import { factorCholesky } from "../math/linalg/cholesky.ts";
import { factorQr } from "../math/linalg/householder.ts";
import { workspace } from "../math/linalg/multiply.ts";
import { svd } from "../math/linalg/svd.ts";
import { Matrix } from "../math/matrix.ts";
import { addRow, rowDot, rowLists } from "../math/row-lists.ts";
import type { SparseMatrix } from "../math/sparse.ts";
import { conjugateGradients } from "./conjugate-gradients.ts";
import { type Moments, moments } from "./gram.ts";
import { sparseMoments } from "./sparse-moments.ts";

/** Condition number of the scaled Gram matrix up to which its solution is taken as it is. */
const EXACT_CONDITION = 1e4;
/** And up to which residuals computed from the rows themselves repair it; beyond, the rows are decomposed. */
const REFINED_CONDITION = 1e11;

export interface LeastSquaresProblem<Rows extends Matrix | SparseMatrix = Matrix> {
  readonly X: Rows;
  readonly y: Float64Array;
  readonly weights: Float64Array | null;
  readonly fitIntercept: boolean;
  /** L2 strength: the summed weighted squared error plus `alpha |coef|^2` is minimised. */
  readonly alpha: number;
  readonly where: string;
}

export interface LeastSquaresSolution {
  readonly coef: Float64Array;
  readonly intercept: number;
  /** Rank of the centred features. */
  readonly rank: number;
}

/** A problem whose rows are centred on the fly. */
export interface Centred<Rows extends Matrix | SparseMatrix = Matrix> {
  readonly problem: LeastSquaresProblem<Rows>;
  readonly xMean: Float64Array;
  readonly yMean: number;
}

/** Most columns for which sparse rows are read into a Gram matrix. */
const SPARSE_GRAM_COLUMNS = 1024;
/** Length of the gradient, against that at zero, at which conjugate gradients stop. */
const CG_TOLERANCE = 1e-11;

/** Moments of rows of either kind. */
export function momentsOf(problem: LeastSquaresProblem<Matrix | SparseMatrix>): Moments {
  const { X, y, weights, fitIntercept, where } = problem;
  return X instanceof Matrix ? moments(X, y, weights, fitIntercept, where) : sparseMoments({ ...problem, X });
}

/**
 * Least squares on sparse rows that stay so: by their Gram matrix where columns are few and independent enough, else by
 * conjugate gradients.
 */
export function sparseLeastSquares(
  problem: LeastSquaresProblem<SparseMatrix>,
  options: FitOptions,
): LeastSquaresSolution {
  const { X, where } = problem;
  const most = Math.max(1000, 2 * Math.min(X.rows, X.cols));
  const found =
    (X.cols <= SPARSE_GRAM_COLUMNS && X.cols < X.rows ? byMoments(problem, sparseMoments(problem)) : null) ??
    conjugateGradients(problem, CG_TOLERANCE, most, (done) => step(where, options, done, most, "iterations"));
  if ("converged" in found && !found.converged)
    warn(
      where,
      options,
      `did not converge in ${most} iterations of conjugate gradients: scale the columns of X`,
    );
  return found;
}

/** The shortest coefficients among those with the least (penalised) weighted squared error. */
export function leastSquares(problem: LeastSquaresProblem): LeastSquaresSolution {
  const { X, y, weights, fitIntercept, where } = problem;
  // With as many columns as rows the Gram matrix has no inverse, and costs more than the rows.
  if (X.cols >= X.rows) return bySvd(centre(problem));
  const m = moments(X, y, weights, fitIntercept, where);
  return byMoments(problem, m) ?? bySvd({ problem, ...m });
}

/** Weighted means, around the first row: exact for constant columns. Zeros where no intercept is fitted. */
export function centre(problem: LeastSquaresProblem): Centred {
  const { X, y, weights, fitIntercept } = problem;
  const { data, rows: n, cols: d } = X;
  const xMean = new Float64Array(d);
  if (!fitIntercept) return { problem, xMean, yMean: 0 };
  let total = 0;
  let yMean = 0;
  for (let i = 0; i < n; i++) {
    const w = weights ? weights[i]! : 1;
    total += w;
    yMean += w * (y[i]! - y[0]!);
    for (let j = 0; j < d; j++) xMean[j] = xMean[j]! + w * (data[i * d + j]! - data[j]!);
  }
  for (let j = 0; j < d; j++) xMean[j] = data[j]! + xMean[j]! / total;
  return { problem, xMean, yMean: y[0]! + yMean / total };
}

/** From the Gram matrix; null where that would cost digits or the columns depend on each other. */
export function byMoments(
  problem: LeastSquaresProblem<Matrix | SparseMatrix>,
  m: Moments,
): LeastSquaresSolution | null {
  const { alpha } = problem;
  const d = m.xy.length;
  // A column that is constant has no say: the shortest solution leaves it out.
  const kept: number[] = [];
  for (let j = 0; j < d; j++) if (m.xx[j * d + j]! > 0) kept.push(j);
  const k = kept.length;
  const L = new Float64Array(k * k);
  const scale = new Float64Array(k);
  for (let a = 0; a < k; a++) scale[a] = 1 / Math.sqrt(m.xx[kept[a]! * (d + 1)]! + alpha);
  for (let a = 0; a < k; a++) {
    for (let b = 0; b < k; b++) {
      const v = m.xx[kept[a]! * d + kept[b]!]! + (a === b ? alpha : 0);
      L[a * k + b] = v * scale[a]! * scale[b]!;
    }
  }
  if (!scale.every(Number.isFinite)) return null;
  const norm = oneNorm(L, k);
  if (factorCholesky(k, L) >= 0) return null;
  const condition = norm * inverseOneNorm(L, k);
  if (!(condition < REFINED_CONDITION)) return null;

  const solve = (b: Float64Array): Float64Array => {
    const v = new Float64Array(k);
    for (let a = 0; a < k; a++) v[a] = b[kept[a]!]! * scale[a]!;
    cholSolve(L, k, v);
    const out = new Float64Array(d);
    for (let a = 0; a < k; a++) out[kept[a]!] = v[a]! * scale[a]!;
    return out;
  };
  const coef = solve(m.xy);
  if (condition > EXACT_CONDITION) {
    // Corrected seminormal equations (Bjorck, 1987): the same factor, applied to the true residual.
    const centred = { problem, xMean: m.xMean, yMean: m.yMean };
    let last = Number.POSITIVE_INFINITY;
    for (let round = 0; round < 4; round++) {
      const step = solve(normalResidual(centred, coef));
      const size = relativeSize(step, coef, scale, kept);
      if (!(size < last)) break;
      for (let j = 0; j < d; j++) coef[j] = coef[j]! + step[j]!;
      last = size;
      if (size < 1e-14) break;
    }
    if (!(last < 1e-8)) return null;
  }
  return { coef, intercept: interceptOf(m, coef), rank: k };
}

/** From the singular values of the rows themselves. */
export function bySvd(c: Centred): LeastSquaresSolution {
  const { alpha } = c.problem;
  const rows = weightedRows(c);
  const noise = Math.max(rows.A.rows, rows.A.cols) * Number.EPSILON;
  const { A, b } = reduced(rows.A, rows.b);
  if (alpha > 0) {
    // Singular values that are rounding error would be divided by alpha: they are zero, and have no gain.
    const { U, s, Vt } = svd(A);
    return combine(c, U, s, Vt, b, countAbove(s, noise), (sigma) => sigma / (sigma * sigma + alpha));
  }
  // Columns of length 1 tell dependence from units; only where columns depend on each other does the shortest
  // solution have to be found in the units of the caller.
  const unit = columnLengths(A).map((v) => (v > 0 ? 1 / v : 1));
  const scaled = svd(
    new Matrix(
      A.data.map((v, at) => v * unit[at % A.cols]!),
      A.rows,
      A.cols,
    ),
  );
  const rank = countAbove(scaled.s, noise);
  if (rank === A.cols) {
    const Vt = new Matrix(
      scaled.Vt.data.map((v, at) => v * unit[at % A.cols]!),
      A.cols,
      A.cols,
    );
    return combine(c, scaled.U, scaled.s, Vt, b, rank, (sigma) => 1 / sigma);
  }
  const { U, s, Vt } = svd(A);
  return combine(c, U, s, Vt, b, rank, (sigma) => (sigma > 0 ? 1 / sigma : 0));
}

function countAbove(s: Float64Array, noise: number): number {
  let count = 0;
  while (count < s.length && s[count]! > noise * s[0]!) count++;
  return count;
}

/** Tall rows turned into the R of [A | b], which has the same inner products and few rows. */
function reduced(A: Matrix, b: Float64Array): { A: Matrix; b: Float64Array } {
  const { rows: n, cols: d } = A;
  const k = d + 1;
  if (n < 2 * k) return { A, b };
  return workspace(n * k, (allocate) => {
    const work = allocate(n * k);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < d; j++) work[i * k + j] = A.data[i * d + j]!;
      work[i * k + d] = b[i]!;
    }
    factorQr(work, n, k, allocate);
    const R = Matrix.zeros(k, d);
    const t = new Float64Array(k);
    for (let i = 0; i < k; i++) {
      for (let j = i; j < d; j++) R.data[i * d + j] = work[i * k + j]!;
      t[i] = work[i * k + d]!;
    }
    return { A: R, b: t };
  });
}

/** coef = sum over the first `rank` singular values of gain(s) (u . b) v. */
function combine(
  c: Centred,
  U: Matrix,
  s: Float64Array,
  Vt: Matrix,
  b: Float64Array,
  rank: number,
  gain: (sigma: number) => number,
): LeastSquaresSolution {
  const d = Vt.cols;
  const coef = new Float64Array(d);
  for (let k = 0; k < rank; k++) {
    let dot = 0;
    for (let i = 0; i < U.rows; i++) dot += U.data[i * U.cols + k]! * b[i]!;
    const share = gain(s[k]!) * dot;
    for (let j = 0; j < d; j++) coef[j] = coef[j]! + share * Vt.data[k * d + j]!;
  }
  return { coef, intercept: interceptOf(c, coef), rank };
}

function columnLengths(A: Matrix): Float64Array {
  const most = new Float64Array(A.cols);
  for (let at = 0; at < A.data.length; at++)
    most[at % A.cols] = Math.max(most[at % A.cols]!, Math.abs(A.data[at]!));
  const sum = new Float64Array(A.cols);
  for (let at = 0; at < A.data.length; at++) {
    const j = at % A.cols;
    if (most[j]! > 0) sum[j] = sum[j]! + (A.data[at]! / most[j]!) ** 2;
  }
  return sum.map((v, j) => most[j]! * Math.sqrt(v));
}

/** Ridge with fewer rows than columns: coef = A^T (A A^T + alpha I)^-1 b on the centred, weighted rows. */
export function byKernel(c: Centred): LeastSquaresSolution | null {
  const { alpha } = c.problem;
  const { A, b } = weightedRows(c);
  const n = A.rows;
  const K = new Float64Array(n * n);
  gemmF64(false, true, n, n, A.cols, 1, A.data, A.data, 0, K);
  for (let i = 0; i < n; i++) K[i * n + i] = K[i * n + i]! + alpha;
  const norm = oneNorm(K, n);
  if (factorCholesky(n, K) >= 0 || !(norm * inverseOneNorm(K, n) < EXACT_CONDITION * 1e3)) return null;
  cholSolve(K, n, b);
  const coef = new Float64Array(A.cols);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < A.cols; j++) coef[j] = coef[j]! + b[i]! * A.data[i * A.cols + j]!;
  }
  return { coef, intercept: interceptOf(c, coef), rank: Math.min(n, A.cols) };
}

/** Centred rows and targets, times the root of their weights. */
export function weightedRows({ problem, xMean, yMean }: Centred): { A: Matrix; b: Float64Array } {
  const { X, y, weights } = problem;
  const d = X.cols;
  const A = Matrix.zeros(X.rows, d);
  const b = new Float64Array(X.rows);
  for (let i = 0, at = 0; i < X.rows; i++) {
    const root = weights ? Math.sqrt(weights[i]!) : 1;
    for (let j = 0; j < d; j++, at++) A.data[at] = root * (X.data[at]! - xMean[j]!);
    b[i] = root * (y[i]! - yMean);
  }
  return { A, b };
}

/** X^T W (y - X coef) - alpha coef on centred rows, in one pass over them. */
function normalResidual(
  { problem, xMean, yMean }: Centred<Matrix | SparseMatrix>,
  coef: Float64Array,
): Float64Array {
  const { X, y, weights, alpha } = problem;
  const d = X.cols;
  const g = new Float64Array(d);
  if (X instanceof Matrix) {
    for (let i = 0, at = 0; i < X.rows; i++, at += d) {
      let r = y[i]! - yMean;
      for (let j = 0; j < d; j++) r -= (X.data[at + j]! - xMean[j]!) * coef[j]!;
      if (weights) r *= weights[i]!;
      for (let j = 0; j < d; j++) g[j] = g[j]! + r * (X.data[at + j]! - xMean[j]!);
    }
  } else {
    const lists = rowLists(X);
    const intercept = interceptOf({ xMean, yMean }, coef);
    let sum = 0;
    for (let i = 0; i < X.rows; i++) {
      const r = (weights ? weights[i]! : 1) * (y[i]! - intercept - rowDot(lists, i, coef));
      sum += r;
      addRow(lists, i, r, g);
    }
    for (let j = 0; j < d; j++) g[j] = g[j]! - sum * xMean[j]!;
  }
  for (let j = 0; j < d; j++) g[j] = g[j]! - alpha * coef[j]!;
  return g;
}

export function interceptOf(c: { xMean: Float64Array; yMean: number }, coef: Float64Array): number {
  let b = c.yMean;
  for (let j = 0; j < coef.length; j++) b -= c.xMean[j]! * coef[j]!;
  return b;
}

/** Size of a step against the coefficients, both in scaled columns. */
function relativeSize(step: Float64Array, coef: Float64Array, scale: Float64Array, kept: number[]): number {
  let a = 0;
  let b = 0;
  kept.forEach((j, k) => {
    a = Math.max(a, Math.abs(step[j]! / scale[k]!));
    b = Math.max(b, Math.abs(coef[j]! / scale[k]!));
  });
  return a === 0 ? 0 : a / b;
}

/** Solves L L^T x = v in place. */
export function cholSolve(L: Float64Array, n: number, v: Float64Array): void {
  for (let i = 0; i < n; i++) {
    let sum = v[i]!;
    for (let j = 0; j < i; j++) sum -= L[i * n + j]! * v[j]!;
    v[i] = sum / L[i * n + i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    v[i] = v[i]! / L[i * n + i]!;
    for (let j = 0; j < i; j++) v[j] = v[j]! - L[i * n + j]! * v[i]!;
  }
}

function oneNorm(A: Float64Array, n: number): number {
  let most = 0;
  for (let j = 0; j < n; j++) {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += Math.abs(A[i * n + j]!);
    most = Math.max(most, sum);
  }
  return most;
}

/** Estimate of the 1-norm of (L L^T)^-1 by a few solves (Hager, 1984; Higham, 1988). */
function inverseOneNorm(L: Float64Array, n: number): number {
  if (n === 0) return 0;
  const x = new Float64Array(n).fill(1 / n);
  let estimate = 0;
  for (let round = 0; round < 5; round++) {
    const v = x.slice();
    cholSolve(L, n, v);
    const size = v.reduce((a, b) => a + Math.abs(b), 0);
    if (!(size > estimate)) break;
    estimate = size;
    const z = v.map((e) => (e >= 0 ? 1 : -1));
    cholSolve(L, n, z);
    let at = 0;
    for (let i = 1; i < n; i++) if (Math.abs(z[i]!) > Math.abs(z[at]!)) at = i;
    x.fill(0);
    x[at] = 1;
  }
  return estimate;
}
