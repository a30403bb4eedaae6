import { withScratch } from "../kernels/index.ts";
import type { Matrix } from "../math/matrix.ts";
import { lbfgs } from "../math/optimize/lbfgs.ts";
import { type LogisticRows, loadRows } from "./logistic-loss.ts";
import { newtonCholesky } from "./logistic-newton.ts";
import type { LogisticProblem } from "./logistic-problem.ts";

export interface SolveOptions {
  readonly solver: "lbfgs" | "newtonCholesky";
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
  X: Matrix,
  start: Float64Array,
  options: SolveOptions,
): Solution {
  return withScratch((s) => {
    const rows = loadRows(problem, X, s);
    return options.solver === "lbfgs"
      ? byLbfgs(rows, start, options)
      : newtonCholesky(problem, rows, X.rows, start, options, s);
  });
}

function byLbfgs(rows: LogisticRows, start: Float64Array, options: SolveOptions): Solution {
  const found = lbfgs({ valueAndGradient: rows.evaluate }, start, {
    // The value's tolerance is below rounding error of the loss: it ends runs that cannot get any lower.
    tolerance: { gradient: options.tol, value: 1e-16, step: 0 },
    maxIterations: options.maxIter,
    callback: ({ iteration }) => options.onIteration(iteration),
  });
  const gradientNorm = found.gradient.reduce((most, g) => Math.max(most, Math.abs(g)), 0);
  // Where the line search finds nothing lower, the gradient is rounding error unless the tolerance was missed by far.
  const atRounding = found.reason !== "maxIterations" && gradientNorm <= Math.max(options.tol, 1e-7);
  return {
    u: found.x,
    loss: found.value,
    iterations: found.iterations,
    converged: gradientNorm <= options.tol || atRounding,
    gradientNorm,
  };
}
