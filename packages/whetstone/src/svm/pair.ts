/** One binary machine: the dual of two classes, solved and read back. */
import { argumentError } from "../contract/index.ts";
import type { DualProblem } from "./active.ts";
import { type DualSolution, solveDual, threshold } from "./smo.ts";

/** What is common to the machines of one fit. */
export type Setting = Pick<
  DualProblem,
  "X" | "d" | "kernel" | "tol" | "maxIter" | "shrinking" | "cacheSize" | "where" | "onSteps"
>;

/** sum over rows of coef k(row, x) - rho; positive for the class with y = +1. */
export interface Machine {
  readonly rows: Int32Array;
  /** One per row of `rows`; y a, so that zero means no support vector. */
  readonly coef: Float64Array;
  readonly rho: number;
  readonly solution: DualSolution;
  /** Largest a of each row. */
  readonly bound: Float64Array;
}

/** Soft margin: 1/2 |w|^2 + sum of bound_i * hinge_i. */
export function solveC(setting: Setting, rows: Int32Array, y: Float64Array, bound: Float64Array): Machine {
  const l = rows.length;
  const problem: DualProblem = {
    ...setting,
    rows,
    y,
    p: new Float64Array(l).fill(-1),
    c: bound,
    start: new Float64Array(l),
    byClass: false,
  };
  const solution = solveDual(problem);
  const rho = threshold(problem, solution.alpha, solution.gradient, 0);
  return { rows, coef: solution.alpha.map((a, i) => a * y[i]!), rho, solution, bound };
}

/** nu machine: the share nu bounds margin errors from above and support vectors from below. */
export function solveNu(
  setting: Setting,
  rows: Int32Array,
  y: Float64Array,
  weight: Float64Array,
  nu: number,
): Machine {
  const l = rows.length;
  const total = weight.reduce((a, b) => a + b, 0);
  const left = [(nu * total) / 2, (nu * total) / 2] as [number, number];
  const start = weight.map((w, i) => {
    const side = y[i]! > 0 ? 0 : 1;
    const v = Math.min(w, left[side]!);
    left[side] = left[side]! - v;
    return v;
  });
  if (left[0]! > 1e-9 * total || left[1]! > 1e-9 * total)
    throw argumentError(setting.where, "nu", nu, "at most twice the share of the smaller class");
  const problem: DualProblem = {
    ...setting,
    rows,
    y,
    p: new Float64Array(l),
    c: weight,
    start,
    byClass: true,
  };
  const solution = solveDual(problem);
  const up = threshold(problem, solution.alpha, solution.gradient, 1);
  const down = threshold(problem, solution.alpha, solution.gradient, -1);
  const r = (up + down) / 2;
  return {
    rows,
    coef: solution.alpha.map((a, i) => (a * y[i]!) / r),
    rho: (up - down) / 2 / r,
    solution,
    bound: weight.map((w) => w / r),
  };
}
