import { factorCholesky } from "../linalg/cholesky.ts";
import { lu } from "../linalg/lu.ts";
import { triangularSolve } from "../linalg/triangular.ts";
import { Matrix } from "../matrix.ts";
import { backtrack } from "./line-search.ts";
import { Monitor, numberOption } from "./monitor.ts";
import { Objective, startPoint } from "./objective.ts";
import type { MinimizeOptions, MinimizeResult, Problem, StopReason } from "./types.ts";
import { addScaled, axpy, dot, norm2, normInf } from "./vector.ts";

/** What is done to Newton's pure step so that it descends. */
export interface NewtonOptions extends MinimizeOptions {
  /** Shorten steps that do not decrease f enough (Armijo). Default true; false takes the pure Newton step. */
  lineSearch?: boolean;
  /** Add a multiple of the identity to a Hessian that is not positive definite. Default true; false goes to whatever
   * stationary point the pure Newton step leads to, saddles and maxima included. */
  convexify?: boolean;
  /** Constant lambda added to the diagonal of every Hessian. Default 0. */
  damping?: number;
}

/**
 * Newton's method: x <- x - H^-1 g. Quadratic convergence near a minimum.
 * With `hessian` (or with neither, by finite differences) the system is solved by Cholesky, the Hessian being
 * shifted until it is positive definite. With only `hessianVector` it is solved by conjugate gradients, truncated
 * early far from the minimum and at negative curvature: no matrix is formed.
 *
 * Default tolerances: gradient 1e-8, value and step off; `maxIterations` 200.
 *
 * Source: Nocedal and Wright, algorithms 3.2, 3.3 (shift) and 7.1 (truncated Newton).
 * @example
 * newton({
 *   value: (x) => Math.exp(x[0]) - 2 * x[0],
 *   gradient: (x) => [Math.exp(x[0]) - 2],
 *   hessian: (x) => Matrix.from([[Math.exp(x[0])]]),
 * }, [0]).x; // [Math.log(2)]
 */
export function newton(problem: Problem, x0: ArrayLike<number>, options: NewtonOptions = {}): MinimizeResult {
  const where = "newton";
  const { lineSearch = true, convexify = true, damping = 0 } = options;
  numberOption(where, "damping", damping, "nonnegative");
  const x = startPoint(where, x0);
  const n = x.length;
  const objective = new Objective(where, problem, n);
  const monitor = new Monitor(where, options, { gradient: 1e-8, value: 0, step: 0, maxIterations: 200 });
  const g = new Float64Array(n);
  const next = new Float64Array(n);
  const d = new Float64Array(n);
  const matrixFree = objective.hasHessianVector && !objective.hasHessian;

  let f = objective.start(x, g);
  let reason: StopReason | undefined = monitor.start(x, f, normInf(g));
  while (reason === undefined) {
    if (matrixFree) truncatedStep(objective, x, g, damping, convexify, d);
    else denseStep(objective, x, g, damping, convexify, d);
    let step = 1;
    let fNext: number;
    const slope = dot(g, d);
    if (lineSearch && slope < 0) {
      const found = backtrack(objective, x, d, f, slope, 1, next);
      // Below the resolution of f the full step is still the better guess, if it does not raise f beyond rounding.
      if (found.step === 0 || found.step < 1e-3) {
        addScaled(x, 1, d, next);
        const full = objective.value(next);
        if (full <= f + 4 * Number.EPSILON * Math.abs(f)) {
          found.step = 1;
          found.value = full;
        } else if (found.step === 0) {
          reason = "lineSearch";
          break;
        } else {
          addScaled(x, found.step, d, next);
        }
      }
      step = found.step;
      fNext = found.value;
    } else {
      addScaled(x, 1, d, next);
      fNext = objective.value(next);
    }
    if (!Number.isFinite(fNext)) {
      reason = "diverged";
      break;
    }
    objective.gradient(next, g);
    reason = monitor.next(x, next, f, fNext, normInf(g), step);
    x.set(next);
    f = fNext;
  }
  return monitor.result(x, f, g, objective.evaluations, reason);
}

/** d = -(H + shift I)^-1 g with the smallest shift of a doubling sequence that makes the matrix positive definite. */
function denseStep(
  objective: Objective,
  x: Float64Array,
  g: Float64Array,
  damping: number,
  convexify: boolean,
  d: Float64Array,
): void {
  const n = objective.n;
  const h = objective.hessian(x).data;
  for (let i = 0; i < n; i++) d[i] = -g[i]!;
  if (!convexify) {
    const shifted = new Matrix(h.slice(), n, n);
    for (let i = 0; i < n; i++) shifted.data[i * n + i]! += damping;
    d.set(lu(shifted).solve(d));
    return;
  }
  solveShifted(h, n, damping, d);
}

/** Solves (A + shift I) d = d in place, A symmetric, raising the shift from `least` until A is positive definite. */
export function solveShifted(A: Float64Array, n: number, least: number, d: Float64Array): number {
  let lowest = Number.POSITIVE_INFINITY;
  let scale = 0;
  for (let i = 0; i < n; i++) {
    lowest = Math.min(lowest, A[i * n + i]!);
    for (let j = 0; j < n; j++) scale = Math.max(scale, Math.abs(A[i * n + j]!));
  }
  const smallest = 1e-3 * scale || 1e-3;
  let shift = lowest > 0 ? least : Math.max(least, smallest - lowest);
  const factor = new Float64Array(n * n);
  for (;;) {
    factor.set(A);
    for (let i = 0; i < n; i++) factor[i * n + i]! += shift;
    if (factorCholesky(n, factor) < 0) break;
    shift = Math.max(2 * shift, smallest);
  }
  triangularSolve(n, factor, 0, n, true, false, false, d, 1);
  triangularSolve(n, factor, 0, n, true, true, false, d, 1);
  return shift;
}

/** Conjugate gradients on H d = -g, stopped at negative curvature (convexify) or at a residual that shrinks with |g|. */
function truncatedStep(
  objective: Objective,
  x: Float64Array,
  g: Float64Array,
  damping: number,
  convexify: boolean,
  d: Float64Array,
): void {
  const n = objective.n;
  const size = norm2(g);
  const goal = Math.min(0.5, Math.sqrt(size)) * size;
  const r = Float64Array.from(g, (v) => -v);
  const p = r.slice();
  const hp = new Float64Array(n);
  d.fill(0);
  let rr = dot(r, r);
  for (let k = 0; k < 10 * n && Math.sqrt(rr) > goal; k++) {
    objective.hessianVector(x, p, hp);
    if (damping > 0) axpy(damping, p, hp);
    const curvature = dot(p, hp);
    if (convexify && curvature <= 0) {
      if (k === 0) d.set(p);
      return;
    }
    const alpha = rr / curvature;
    axpy(alpha, p, d);
    axpy(-alpha, hp, r);
    const next = dot(r, r);
    for (let i = 0; i < n; i++) p[i] = r[i]! + (next / rr) * p[i]!;
    rr = next;
  }
}
