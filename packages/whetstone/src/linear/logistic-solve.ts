import { type Scratch, withScratch } from "../kernels/index.ts";
import { factorCholesky } from "../math/linalg/cholesky.ts";
import { Matrix } from "../math/matrix.ts";
import { lbfgs } from "../math/optimize/lbfgs.ts";
import type { SparseMatrix } from "../math/sparse.ts";
import { gramWithOnes } from "./gram.ts";
import { columnSteps } from "./logistic-columns.ts";
import { type LogisticRows, loadRows } from "./logistic-loss.ts";
import { sparseLoss } from "./logistic-loss-sparse.ts";
import { newtonCholesky } from "./logistic-newton.ts";
import type { LogisticProblem } from "./logistic-problem.ts";
import { gramSteps, sparseNewton } from "./logistic-sparse.ts";

/** Most columns for which a Gram matrix is made before the search. */
const WHITENED_COLUMNS = 256;

export interface SolveOptions {
  readonly solver: "lbfgs" | "newtonCholesky" | "coordinateDescent";
  /** L1 strength per column of the problem; zeros for the other solvers. */
  readonly l1: Float64Array;
  readonly tol: number;
  readonly maxIter: number;
  /** Called after every iteration; it may throw to stop. */
  readonly onIteration: (done: number) => void;
}

export interface Solution {
  readonly u: Float64Array;
  /** Penalised mean loss at u. */
  readonly loss: number;
  readonly iterations: number;
  readonly converged: boolean;
  /** Largest absolute entry of the gradient, in the problem's coordinates. */
  readonly gradientNorm: number;
}

/** Minimises the penalised mean log loss from `start`. */
export function solveLogistic(
  problem: LogisticProblem,
  X: Matrix | SparseMatrix,
  start: Float64Array,
  options: SolveOptions,
): Solution {
  if (!(X instanceof Matrix)) {
    const lossAt = sparseLoss(problem, X);
    return options.solver === "coordinateDescent"
      ? sparseNewton(problem, lossAt, columnSteps(problem, X, options.l1), start, options)
      : byLbfgs(lossAt, AS_GIVEN, start, options);
  }
  return withScratch((s) => {
    const rows = loadRows(problem, X, s);
    if (options.solver === "coordinateDescent") {
      const steps = gramSteps(problem, rows, X.rows, options.l1, s);
      return sparseNewton(problem, rows.evaluate, steps, start, options);
    }
    return options.solver === "lbfgs"
      ? byLbfgs(rows.evaluate, whitening(problem, rows, X.rows, s), start, options)
      : newtonCholesky(problem, rows, X.rows, start, options, s);
  });
}

function byLbfgs(
  lossAt: LogisticRows["evaluate"],
  w: Whitening,
  start: Float64Array,
  options: SolveOptions,
): Solution {
  const u = new Float64Array(start.length);
  const evaluate = (v: Float64Array, gradient: Float64Array): number => {
    w.toProblem(v, u);
    const loss = lossAt(u, gradient);
    w.pullBack(gradient);
    return loss;
  };
  const found = lbfgs({ valueAndGradient: evaluate }, w.fromProblem(start), {
    // The value's tolerance is below rounding error of the loss: it ends runs that cannot get any lower.
    tolerance: { gradient: options.tol, value: 1e-16, step: 0 },
    maxIterations: options.maxIter,
    callback: ({ iteration }) => options.onIteration(iteration),
  });
  w.toProblem(found.x, u);
  const gradientNorm = found.gradient.reduce((most, g) => Math.max(most, Math.abs(g)), 0);
  // Where the line search finds nothing lower, the gradient is rounding error unless the tolerance was missed by far.
  const atRounding = found.reason !== "maxIterations" && gradientNorm <= Math.max(options.tol, 1e-7);
  return {
    u,
    loss: found.value,
    iterations: found.iterations,
    converged: gradientNorm <= options.tol || atRounding,
    gradientNorm,
  };
}

interface Whitening {
  /** Writes the problem's coordinates of v. */
  toProblem(v: Float64Array, u: Float64Array): void;
  fromProblem(u: Float64Array): Float64Array;
  /** Turns a gradient in the problem's coordinates into one in v, in place. */
  pullBack(gradient: Float64Array): void;
}

/** The problem's own coordinates. */
const AS_GIVEN: Whitening = {
  toProblem: (v, u) => u.set(v),
  fromProblem: (u) => u.slice(),
  pullBack: () => {},
};

/**
 * Coordinates v with u = L^-T v, where L L^T is the Hessian at coefficients zero (that of least squares): in them
 * correlated columns do not slow the search down. One Gram matrix costs as much as a few evaluations and saves
 * many; with very many columns it would not.
 */
function whitening(problem: LogisticProblem, rows: LogisticRows, n: number, s: Scratch): Whitening {
  const { cols: d, penalty, curvature } = problem;
  if (d > WHITENED_COLUMNS) return AS_GIVEN;
  const gram = gramWithOnes(s, rows.Z.ptr, rows.weights.ptr, n, d)();
  const L = new Float64Array(d * d);
  for (let i = 0; i < d; i++) {
    for (let j = 0; j < d; j++) L[i * d + j] = curvature * gram[i * (d + 1) + j]!;
    // The diagonal is about 1; dependent columns need a little more than rounding error on it.
    L[i * d + i] = L[i * d + i]! + penalty[i]! + 1e-10;
  }
  if (factorCholesky(d, L) >= 0) return AS_GIVEN;
  const stride = d + 1;
  return {
    toProblem(v, u) {
      u.set(v);
      for (let t = 0; t < u.length; t += stride) {
        for (let i = d - 1; i >= 0; i--) {
          const x = u[t + i]! / L[i * d + i]!;
          u[t + i] = x;
          for (let j = 0; j < i; j++) u[t + j] = u[t + j]! - L[i * d + j]! * x;
        }
      }
    },
    fromProblem(u) {
      const v = u.slice();
      for (let t = 0; t < u.length; t += stride) {
        for (let i = 0; i < d; i++) {
          let sum = 0;
          for (let j = i; j < d; j++) sum += L[j * d + i]! * u[t + j]!;
          v[t + i] = sum;
        }
      }
      return v;
    },
    pullBack(g) {
      for (let t = 0; t < g.length; t += stride) {
        for (let i = 0; i < d; i++) {
          let sum = g[t + i]!;
          for (let j = 0; j < i; j++) sum -= L[i * d + j]! * g[t + j]!;
          g[t + i] = sum / L[i * d + i]!;
        }
      }
    },
  };
}
