import { argumentError, numericalError, shapeError } from "../../errors.ts";
import { Matrix } from "../matrix.ts";
import { backtrack } from "./line-search.ts";
import { Monitor, numberOption } from "./monitor.ts";
import { solveShifted } from "./newton.ts";
import { Objective, startPoint } from "./objective.ts";
import type { MinimizeOptions, MinimizeResult, Problem, StopReason } from "./types.ts";
import { addScaled, dot, normInf } from "./vector.ts";

/** The Fisher matrix that measures steps, and the step. */
export interface NaturalGradientOptions extends MinimizeOptions {
  /** Fisher information at x, n x n, positive semi-definite. Give this or `scores`. */
  fisher?: (x: Float64Array) => Matrix;
  /** Per-sample scores (gradients of log p) at x, samples x n: the empirical Fisher is their mean outer product. */
  scores?: (x: Float64Array) => Matrix;
  /** Added to the diagonal of the Fisher matrix. Default 1e-6. */
  damping?: number;
  /** A fixed step, or `"backtracking"` from 1 (default). */
  learningRate?: number | "backtracking";
}

/**
 * Natural gradient descent: x <- x - learningRate (F + damping I)^-1 g, steepest descent measured by the
 * Kullback-Leibler divergence between distributions instead of by distance between parameters, so that the path
 * does not depend on how the distribution is parameterised.
 *
 * Default tolerances: gradient 1e-6, value and step off; `maxIterations` 1000.
 *
 * Source: Amari, "Natural gradient works efficiently in learning" (Neural Computation 10, 1998).
 * @example
 * // Mean and log standard deviation of a Gaussian with sample mean 2 and sample variance 4.
 * naturalGradient(
 *   (x) => x[1] + (4 + (2 - x[0]) ** 2) / (2 * Math.exp(2 * x[1])),
 *   [0, 0],
 *   { fisher: (x) => Matrix.diagonal([Math.exp(-2 * x[1]), 2]) },
 * ).x; // about [2, Math.log(2)]
 */
export function naturalGradient(
  problem: Problem,
  x0: ArrayLike<number>,
  options: NaturalGradientOptions,
): MinimizeResult {
  const where = "naturalGradient";
  const { fisher, scores, damping = 1e-6, learningRate = "backtracking" } = options;
  if ((fisher === undefined) === (scores === undefined)) {
    throw argumentError(where, "fisher", fisher, "given, or scores instead (exactly one of them)");
  }
  numberOption(where, "damping", damping, "nonnegative");
  if (learningRate !== "backtracking") numberOption(where, "learningRate", learningRate, "positive");
  const x = startPoint(where, x0);
  const n = x.length;
  const objective = new Objective(where, problem, n);
  const monitor = new Monitor(where, options, { gradient: 1e-6, value: 0, step: 0, maxIterations: 1000 });
  const metric = (): Matrix => {
    const f = fisher !== undefined ? fisher(x) : empiricalFisher(scores!(x));
    if (f.rows !== n || f.cols !== n) {
      const name = fisher !== undefined ? "fisher" : "scores";
      throw shapeError(where, name, `gave ${f.rows} x ${f.cols}`, `${n} columns (length of x0)`);
    }
    return f;
  };
  const g = new Float64Array(n);
  const d = new Float64Array(n);
  const next = new Float64Array(n);

  let f = objective.start(x, g);
  let reason: StopReason | undefined = monitor.start(x, f, normInf(g));
  while (reason === undefined) {
    for (let i = 0; i < n; i++) d[i] = -g[i]!;
    const F = metric();
    if (F.data.some((v) => !Number.isFinite(v))) {
      throw numericalError(where, `the Fisher matrix is not finite at iteration ${monitor.iterations}`);
    }
    solveShifted(F.data, n, damping, d);
    let step: number;
    let fNext: number;
    if (learningRate === "backtracking") {
      const found = backtrack(objective, x, d, f, dot(g, d), 1, next);
      if (found.step === 0) {
        reason = "lineSearch";
        break;
      }
      step = found.step;
      fNext = found.value;
    } else {
      step = learningRate;
      addScaled(x, step, d, next);
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

/**
 * Mean outer product of per-sample scores (samples x n), an n x n matrix.
 *
 * @example
 * empiricalFisher(Matrix.from([[1, 0], [1, 2]])).toArray(); // [[1, 1], [1, 2]]
 */
export function empiricalFisher(scores: Matrix): Matrix {
  if (!(scores instanceof Matrix)) throw argumentError("empiricalFisher", "scores", scores, "a Matrix");
  const { rows, cols: n, data } = scores;
  const out = Matrix.zeros(n, n);
  for (let r = 0, at = 0; r < rows; r++, at += n) {
    for (let i = 0; i < n; i++) {
      const si = data[at + i]! / rows;
      for (let j = 0; j <= i; j++) out.data[i * n + j]! += si * data[at + j]!;
    }
  }
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) out.data[j * n + i] = out.data[i * n + j]!;
  return out;
}
