import { shapeError } from "../../errors.ts";
import type { Matrix } from "../matrix.ts";
import { differenceGradient } from "../optimize/differences.ts";
import { minimize } from "../optimize/minimize.ts";
import type { Problem, ProblemFunctions } from "../optimize/types.ts";
import { constraints, leastViolation } from "./quadratic-program.ts";

/** Whether a set of constraints has an interior, with the point that shows it. */
export interface SlaterCheck {
  /** True when a point satisfies every inequality strictly: then a convex problem has zero duality gap. */
  readonly holds: boolean;
  /** The point found with the largest margin (capped at 1); it proves `holds`. */
  readonly point: Float64Array;
  /** Smallest slack of the inequalities at `point`; negative: the best point found violates one by this much. */
  readonly margin: number;
}

/**
 * Slater's condition for linear constraints G x <= h, A x = b: is there a point strictly inside? Decided by the
 * linear program that maximises the smallest slack. (With only linear constraints mere feasibility already
 * guarantees a zero gap; the strict form is what interior-point methods and general convex problems need.)
 *
 * @param tolerance Margins up to this count as zero. Default 1e-7.
 * @example
 * slaterLinear({ G: Matrix.from([[1], [-1]]), h: [1, 1] }).holds; // true: -1 <= x <= 1
 * slaterLinear({ G: Matrix.from([[1], [-1]]), h: [0, 0] }).holds; // false: only x = 0
 */
export function slaterLinear(
  set: { G: Matrix; h: ArrayLike<number>; A?: Matrix; b?: ArrayLike<number> },
  tolerance = 1e-7,
): SlaterCheck {
  const where = "slaterLinear";
  const n = set.G.cols;
  const [G, h] = constraints(where, "G", "h", set.G, set.h, n);
  const [A, b] = constraints(where, "A", "b", set.A, set.b, n);
  const { x, violation } = leastViolation({ n, G, h, A, b }, 1e-10, 200, () => {});
  const margin = violation === Number.NEGATIVE_INFINITY ? Number.POSITIVE_INFINITY : -violation;
  return { holds: margin > tolerance, point: x, margin };
}

/**
 * Slater's condition for convex constraints g_i(x) <= 0: searches a point with all g_i < 0 by minimising a smooth
 * maximum of them at falling temperatures. A point found proves the condition; none found is evidence only.
 *
 * @param inequalities Convex functions with or without gradients.
 * @param x0 Start of the search, length n.
 * @param tolerance Margins up to this count as zero. Default 1e-7.
 * @example
 * slaterConvex([(x) => x[0] ** 2 - 1], [5]).holds; // true
 * slaterConvex([(x) => x[0] ** 2], [5]).holds; // false: the disc of radius 0 has no inside
 */
export function slaterConvex(
  inequalities: readonly Problem[],
  x0: ArrayLike<number>,
  tolerance = 1e-7,
): SlaterCheck {
  const parts = inequalities.map(evaluator);
  let x = Float64Array.from(x0);
  const n = x.length;
  const gradient = new Float64Array(n);
  const worst = (at: Float64Array): number =>
    parts.reduce((m, part) => Math.max(m, part(at, gradient)), Number.NEGATIVE_INFINITY);
  let best = { x, value: worst(x) };
  for (let temperature = 1; temperature > 1e-9 && best.value > -1; temperature /= 10) {
    const smooth: ProblemFunctions = {
      valueAndGradient(at, out) {
        const values: number[] = [];
        const gradients = parts.map((part) => {
          const g = new Float64Array(n);
          values.push(part(at, g));
          return g;
        });
        const top = Math.max(...values);
        const weights = values.map((v) => Math.exp((v - top) / temperature));
        const total = weights.reduce((a, b) => a + b, 0);
        out.fill(0);
        gradients.forEach((g, k) => {
          for (let i = 0; i < n; i++) out[i]! += (weights[k]! / total) * g[i]!;
        });
        return top + temperature * Math.log(total);
      },
    };
    // A set without bound lets the margin grow forever: one unit of slack is proof enough.
    const r = minimize(smooth, x, { maxIterations: 500, callback: (it) => it.value < -1 });
    x = Float64Array.from(r.x);
    const value = worst(x);
    if (value < best.value) best = { x, value };
  }
  return { holds: -best.value > tolerance, point: best.x, margin: -best.value };
}

/** The dual function at given multipliers. */
export interface LagrangianDual {
  /** inf_x f(x) + sum lambda_i g_i(x): a lower bound of the constrained minimum for every lambda >= 0. */
  readonly value: number;
  /** Where the infimum was found. */
  readonly x: Float64Array;
  readonly converged: boolean;
}

/**
 * The Lagrangian dual function at given multipliers, by unconstrained minimisation from x0 (f and g_i convex).
 * Weak duality: its value never exceeds f at a feasible point; the difference is the duality gap.
 *
 * @example
 * // min x^2 subject to 1 - x <= 0 is 1, and the dual reaches it at lambda = 2.
 * lagrangianDual((x) => x[0] ** 2, [(x) => 1 - x[0]], [2], [0]).value; // 1
 */
export function lagrangianDual(
  objective: Problem,
  inequalities: readonly Problem[],
  lambda: ArrayLike<number>,
  x0: ArrayLike<number>,
): LagrangianDual {
  if (lambda.length !== inequalities.length) {
    throw shapeError(
      "lagrangianDual",
      "lambda",
      `has ${lambda.length} entries`,
      `${inequalities.length} (inequalities)`,
    );
  }
  const f = evaluator(objective);
  const parts = inequalities.map(evaluator);
  const n = x0.length;
  const g = new Float64Array(n);
  const r = minimize(
    {
      valueAndGradient(x, out) {
        let value = f(x, out);
        parts.forEach((part, k) => {
          const weight = lambda[k]!;
          if (weight === 0) return;
          value += weight * part(x, g);
          for (let i = 0; i < n; i++) out[i]! += weight * g[i]!;
        });
        return value;
      },
    },
    x0,
    { tolerance: { gradient: 1e-9 } },
  );
  return { value: r.value, x: r.x, converged: r.converged };
}

/** Value with gradient of any problem, by finite differences where it has none. */
function evaluator(problem: Problem): (x: Float64Array, gradientOut: Float64Array) => number {
  const p: ProblemFunctions = typeof problem === "function" ? { value: problem } : problem;
  if (p.valueAndGradient !== undefined) return (x, out) => p.valueAndGradient!(x, out);
  const value = (x: Float64Array): number => p.value!(x);
  return (x, out) => {
    if (p.gradient === undefined) differenceGradient(value, x, out);
    else {
      const returned = p.gradient(x, out);
      if (returned !== undefined && returned !== out) out.set(returned);
    }
    return value(x);
  };
}

/**
 * How far a point and its multipliers are from the four conditions of Karush, Kuhn and Tucker; all are zero
 * at an optimum of a convex problem.
 */
export interface KktResiduals {
  /** |grad f + sum lambda_i grad g_i + sum nu_j grad h_j|, largest entry. */
  readonly stationarity: number;
  /** Largest violation of g_i <= 0 and h_j = 0. */
  readonly primalFeasibility: number;
  /** Largest violation of lambda_i >= 0. */
  readonly dualFeasibility: number;
  /** Largest |lambda_i g_i|. */
  readonly complementarity: number;
}

/**
 * Residuals of the Karush-Kuhn-Tucker conditions at x for min f subject to g_i <= 0, h_j = 0. All zero: for a convex
 * problem x is optimal. Gradients by central differences where a function gives none.
 *
 * @example
 * kktResiduals((x) => x[0] ** 2, { inequalities: [(x) => 1 - x[0]], lambda: [2] }, [1]).stationarity; // about 0
 */
export function kktResiduals(
  objective: Problem,
  system: {
    inequalities?: readonly Problem[];
    lambda?: ArrayLike<number>;
    equalities?: readonly Problem[];
    nu?: ArrayLike<number>;
  },
  x: ArrayLike<number>,
): KktResiduals {
  const where = "kktResiduals";
  const { inequalities = [], lambda = [], equalities = [], nu = [] } = system;
  if (lambda.length !== inequalities.length) {
    throw shapeError(
      where,
      "lambda",
      `has ${lambda.length} entries`,
      `${inequalities.length} (inequalities)`,
    );
  }
  if (nu.length !== equalities.length) {
    throw shapeError(where, "nu", `has ${nu.length} entries`, `${equalities.length} (equalities)`);
  }
  const at = Float64Array.from(x);
  const total = new Float64Array(at.length);
  const g = new Float64Array(at.length);
  evaluator(objective)(at, total);
  let primal = 0;
  let dual = 0;
  let complementarity = 0;
  const add = (problem: Problem, weight: number): number => {
    const value = evaluator(problem)(at, g);
    for (let i = 0; i < g.length; i++) total[i]! += weight * g[i]!;
    return value;
  };
  inequalities.forEach((problem, k) => {
    const value = add(problem, lambda[k]!);
    primal = Math.max(primal, value);
    dual = Math.max(dual, -lambda[k]!);
    complementarity = Math.max(complementarity, Math.abs(lambda[k]! * value));
  });
  equalities.forEach((problem, k) => {
    primal = Math.max(primal, Math.abs(add(problem, nu[k]!)));
  });
  const stationarity = total.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
  return { stationarity, primalFeasibility: primal, dualFeasibility: dual, complementarity };
}
