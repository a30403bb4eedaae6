import { AbortError, argumentError, shapeError, valueError } from "../../errors.ts";
import { lstsq } from "../linalg/solve.ts";
import { Matrix } from "../matrix.ts";
import { numericalJacobian } from "./differences.ts";
import { Monitor, numberOption } from "./monitor.ts";
import { startPoint } from "./objective.ts";
import type { MinimizeOptions, MinimizeResult, StopReason } from "./types.ts";
import { addScaled, dot, normInf, relativeChange } from "./vector.ts";

/** A sum of squares: minimise |r(x)|^2 / 2. */
export interface ResidualProblem {
  /** The residuals r(x), always of the same length m >= 1. */
  residuals(x: Float64Array): ArrayLike<number>;
  /** m x n matrix of d r_i / d x_j; by central differences where missing. */
  jacobian?(x: Float64Array): Matrix;
}

/** Minimum of a sum of squares, with residuals and Jacobian there. */
export interface LeastSquaresResult extends MinimizeResult {
  /** r(x); `value` is half its squared length. */
  readonly residuals: Float64Array;
  /** Jacobian at x, m x n. (J'J)^-1 times the residual variance estimates the covariance of x. */
  readonly jacobian: Matrix;
}

/** First damping, and when to stop. */
export interface LevenbergMarquardtOptions extends MinimizeOptions {
  /** First damping, relative to the largest diagonal entry of J'J. Default 1e-3. */
  damping?: number;
}

/**
 * Levenberg-Marquardt for non-linear least squares: solves (J'J + lambda D^2) d = -J'r as a stacked least-squares problem,
 * with D the largest column norms of J seen (invariant to the scale of x) and lambda following how well the model
 * predicts the decrease.
 *
 * Default tolerances: gradient 1e-8, value 1e-15, step 1e-12; `maxIterations` 200.
 *
 * Source: Marquardt (1963), Moré (1978); update of lambda by Nielsen (1999).
 * @example
 * const t = [0, 1, 2, 3], y = [2, 1.213, 0.736, 0.446];
 * levenbergMarquardt({ residuals: (p) => t.map((ti, i) => p[0] * Math.exp(-p[1] * ti) - y[i]) }, [1, 1]).x; // about [2, 0.5]
 */
export function levenbergMarquardt(
  problem: ResidualProblem,
  x0: ArrayLike<number>,
  options: LevenbergMarquardtOptions = {},
): LeastSquaresResult {
  const damping = numberOption("levenbergMarquardt", "damping", options.damping ?? 1e-3, "positive");
  return solve("levenbergMarquardt", problem, x0, options, damping);
}

/**
 * Gauss-Newton: x <- x + d with d the least-squares solution of J d = -r, halved while it does not lower the sum of
 * squares. Fast for small residuals; use {@link levenbergMarquardt} when J may lose rank.
 *
 * @throws WhetstoneError when the columns of J are linearly dependent.
 * @example
 * gaussNewton({ residuals: (x) => [x[0] - 1, 10 * (x[1] - x[0] ** 2)] }, [-1.2, 1]).x; // [1, 1]
 */
export function gaussNewton(
  problem: ResidualProblem,
  x0: ArrayLike<number>,
  options: MinimizeOptions = {},
): LeastSquaresResult {
  return solve("gaussNewton", problem, x0, options, 0);
}

function solve(
  where: string,
  problem: ResidualProblem,
  x0: ArrayLike<number>,
  options: MinimizeOptions,
  damping: number,
): LeastSquaresResult {
  if (typeof problem?.residuals !== "function") {
    throw argumentError(where, "problem", problem, "an object with residuals(x)");
  }
  const x = startPoint(where, x0);
  const n = x.length;
  const monitor = new Monitor(where, options, {
    gradient: 1e-8,
    value: 1e-15,
    step: 1e-12,
    maxIterations: 200,
  });
  let evaluations = 0;
  const residualsAt = (at: Float64Array): Float64Array => {
    evaluations++;
    return Float64Array.from(problem.residuals(at));
  };
  const jacobianAt = (at: Float64Array): Matrix => {
    const J = problem.jacobian?.(at) ?? numericalJacobian(residualsAt, at);
    if (J.rows !== r.length || J.cols !== n) {
      throw shapeError(where, "problem.jacobian", `gave ${J.rows} x ${J.cols}`, `${r.length} x ${n}`);
    }
    return J;
  };
  let r = residualsAt(x);
  const m = r.length;
  if (r.some((v) => !Number.isFinite(v)))
    throw valueError(where, "problem", "has a residual that is not finite at x0");
  if (damping === 0 && m < n)
    throw shapeError(where, "problem.residuals", `gave ${m} entries`, `at least ${n} (length of x0)`);
  let J = jacobianAt(x);
  let g = transposeTimes(J, r);
  let f = dot(r, r) / 2;
  const scale = new Float64Array(n);
  let lambda = damping;
  let growth = 2;
  const d = new Float64Array(n);
  const next = new Float64Array(n);

  let reason: StopReason | undefined = monitor.start(x, f, normInf(g));
  while (reason === undefined) {
    columnNorms(J, scale);
    if (!augmentedSolve(J, r, lambda, scale, d) && lambda === 0) {
      throw valueError(
        where,
        "problem",
        "has a Jacobian with linearly dependent columns; levenbergMarquardt copes with that",
      );
    }
    let step = 1;
    let rNext = r;
    let fNext = Number.POSITIVE_INFINITY;
    for (; step > 1e-12; step /= 2) {
      addScaled(x, step, d, next);
      rNext = residualsAt(next);
      fNext = dot(rNext, rNext) / 2;
      if (fNext < f || lambda > 0) break;
    }
    if (lambda > 0) {
      if (options.signal?.aborted) throw new AbortError(where, options.signal.reason);
      // Predicted decrease of the model: (lambda |D d|^2 - g'd) / 2.
      let predicted = -dot(g, d);
      for (let i = 0; i < n; i++) predicted += lambda * (scale[i]! * d[i]!) ** 2;
      const ratio = (f - fNext) / (predicted / 2);
      if (!(ratio > 0)) {
        lambda *= growth;
        growth *= 2;
        // Rejected steps shorter than the tolerance: x is as good as it gets.
        if (relativeChange(next, x) <= monitor.tolerance.step) reason = "step";
        else if (lambda > 1e20 || !Number.isFinite(growth)) reason = "lineSearch";
        continue;
      }
      lambda = Math.max(lambda * Math.max(1 / 3, 1 - (2 * ratio - 1) ** 3), 1e-18);
      growth = 2;
    } else if (!(fNext < f)) {
      reason = "lineSearch";
      break;
    }
    r = rNext;
    J = jacobianAt(next);
    g = transposeTimes(J, r);
    reason = monitor.next(x, next, f, fNext, normInf(g), step);
    x.set(next);
    f = fNext;
  }
  return { ...monitor.result(x, f, g, evaluations, reason), residuals: r, jacobian: J };
}

/**
 * d = argmin |J d + r|^2 + lambda |D d|^2, solved for D d so that the scale of x does not matter; false when that
 * has no unique solution.
 */
function augmentedSolve(
  J: Matrix,
  r: Float64Array,
  lambda: number,
  D: Float64Array,
  d: Float64Array,
): boolean {
  const { rows: m, cols: n } = J;
  const A = Matrix.zeros(lambda > 0 ? m + n : m, n);
  const b = new Float64Array(A.rows);
  for (let i = 0, at = 0; i < m; i++) {
    b[i] = -r[i]!;
    for (let j = 0; j < n; j++, at++) A.data[at] = J.data[at]! / D[j]!;
  }
  if (lambda > 0) for (let i = 0; i < n; i++) A.set(m + i, i, Math.sqrt(lambda));
  const { x, rank } = lstsq(A, b);
  for (let j = 0; j < n; j++) d[j] = x[j]! / D[j]!;
  return rank === n;
}

function transposeTimes(J: Matrix, r: Float64Array): Float64Array {
  const out = new Float64Array(J.cols);
  for (let i = 0, at = 0; i < J.rows; i++)
    for (let j = 0; j < J.cols; j++, at++) out[j]! += J.data[at]! * r[i]!;
  return out;
}

/** Raises `scale` to the column norms of J; a column of zeros gets 1. */
function columnNorms(J: Matrix, scale: Float64Array): void {
  for (let j = 0; j < J.cols; j++) {
    let sum = 0;
    for (let i = 0, at = j; i < J.rows; i++, at += J.cols) sum += J.data[at]! ** 2;
    const norm = Math.sqrt(sum);
    if (norm > scale[j]!) scale[j] = norm;
    if (scale[j] === 0) scale[j] = 1;
  }
}
