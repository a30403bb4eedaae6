import { argumentError } from "../../errors.ts";
import { backtrack } from "./line-search.ts";
import { Monitor, numberOption } from "./monitor.ts";
import { Objective, startPoint } from "./objective.ts";
import type { MinimizeOptions, MinimizeResult, Problem, StopReason } from "./types.ts";
import { dot, normInf } from "./vector.ts";

/** Step size and momentum. */
export interface GradientDescentOptions extends MinimizeOptions {
  /**
   * A fixed step size, or `"backtracking"` (default): each step starts at twice the last accepted one (1 at first)
   * and shrinks until the decrease is sufficient (Armijo).
   */
  learningRate?: number | "backtracking";
  /** Momentum beta in [0, 1); needs a fixed `learningRate`. Default 0. */
  momentum?: number;
  /** Evaluate the gradient at the look-ahead point x + beta v (Nesterov) instead of at x (heavy ball). Default false. */
  nesterov?: boolean;
}

/**
 * Gradient descent, plain or with momentum:
 *   v <- beta v - learningRate g,  x <- x + v
 * with g taken at x (heavy ball, Polyak 1964) or at x + beta v (Nesterov 1983). On a quadratic with condition
 * number k, the step 2 / (L + mu) contracts the error by (k - 1) / (k + 1) per iteration.
 *
 * Default tolerances: gradient 1e-6, value and step off; `maxIterations` 10000. A step size above 2 / L ends with
 * reason `"diverged"` and the last finite point.
 *
 * @example
 * gradientDescent({ value: (x) => x[0] ** 2, gradient: (x) => [2 * x[0]] }, [5], { learningRate: 0.1 }).converged; // true
 */
export function gradientDescent(
  problem: Problem,
  x0: ArrayLike<number>,
  options: GradientDescentOptions = {},
): MinimizeResult {
  const where = "gradientDescent";
  const { learningRate = "backtracking", momentum = 0, nesterov = false } = options;
  if (learningRate !== "backtracking") numberOption(where, "learningRate", learningRate, "positive");
  numberOption(where, "momentum", momentum, "fraction");
  if (momentum > 0 && learningRate === "backtracking") {
    throw argumentError(where, "learningRate", learningRate, "a number, because momentum needs a fixed step");
  }
  if (nesterov && momentum === 0)
    throw argumentError(where, "momentum", momentum, "above 0 with nesterov: true");
  const x = startPoint(where, x0);
  const n = x.length;
  const objective = new Objective(where, problem, n);
  const monitor = new Monitor(where, options, { gradient: 1e-6, value: 0, step: 0, maxIterations: 10_000 });
  const g = new Float64Array(n);
  const gNext = new Float64Array(n);
  const next = new Float64Array(n);
  const d = new Float64Array(n); // velocity, or -g when backtracking
  const ahead = nesterov ? new Float64Array(n) : undefined;
  let step = learningRate === "backtracking" ? 0.5 : learningRate;

  let f = objective.start(x, g);
  let reason: StopReason | undefined = monitor.start(x, f, normInf(g));
  while (reason === undefined) {
    let fNext: number;
    if (learningRate === "backtracking") {
      for (let i = 0; i < n; i++) d[i] = -g[i]!;
      const found = backtrack(objective, x, d, f, -dot(g, g), 2 * step, next);
      if (found.step === 0) {
        reason = "lineSearch";
        break;
      }
      step = found.step;
      fNext = found.value;
      objective.gradient(next, gNext);
    } else {
      let slope = g;
      if (ahead !== undefined) {
        for (let i = 0; i < n; i++) ahead[i] = x[i]! + momentum * d[i]!;
        objective.gradient(ahead, gNext);
        slope = gNext;
      }
      for (let i = 0; i < n; i++) {
        d[i] = momentum * d[i]! - step * slope[i]!;
        next[i] = x[i]! + d[i]!;
      }
      fNext = objective.valueAndGradient(next, gNext);
    }
    if (!Number.isFinite(fNext) || !Number.isFinite(normInf(gNext))) {
      reason = "diverged";
      break;
    }
    reason = monitor.next(x, next, f, fNext, normInf(gNext), step);
    f = fNext;
    x.set(next);
    g.set(gNext);
  }
  return monitor.result(x, f, g, objective.evaluations, reason);
}
