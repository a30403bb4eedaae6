import { argumentError, requireList } from "../../errors.ts";
import { bfgs } from "./bfgs.ts";
import { nonlinearConjugateGradient } from "./conjugate-gradient.ts";
import { coordinateDescent } from "./coordinate-descent.ts";
import { gradientDescent } from "./gradient-descent.ts";
import { lbfgs } from "./lbfgs.ts";
import { type Bounds, lbfgsb } from "./lbfgsb.ts";
import { nelderMead } from "./nelder-mead.ts";
import { newton } from "./newton.ts";
import type { MinimizeOptions, MinimizeResult, Problem } from "./types.ts";

const METHODS = {
  gradientDescent,
  conjugateGradient: nonlinearConjugateGradient,
  newton,
  bfgs,
  lbfgs,
  lbfgsb,
  nelderMead,
  coordinateDescent,
} as const;

/** Methods that {@link minimize} can choose or be told. */
export type MinimizeMethod = keyof typeof METHODS;

/**
 * Minimises a function with the method named, or with a fitting one: `lbfgsb` when there are bounds, `newton` when
 * the problem has a Hessian and up to 200 variables, `bfgs` up to 100 variables, `lbfgs` beyond.
 * For a method's own options call it by its name.
 *
 * @example
 * minimize((x) => (x[0] - 1) ** 2 + x[1] ** 4, [3, 1]).x[0]; // about 1
 */
export function minimize(
  problem: Problem,
  x0: ArrayLike<number>,
  options: MinimizeOptions & { method?: MinimizeMethod | "auto"; bounds?: Bounds } = {},
): MinimizeResult {
  const { method = "auto", bounds, ...rest } = options;
  if (method !== "auto" && !Object.hasOwn(METHODS, method)) {
    throw argumentError("minimize", "method", method, `"auto" or one of ${Object.keys(METHODS).join(", ")}`);
  }
  if (bounds !== undefined) {
    if (method !== "auto" && method !== "lbfgsb") {
      throw argumentError("minimize", "method", method, '"lbfgsb" or "auto", because there are bounds');
    }
    return lbfgsb(problem, x0, { ...rest, bounds });
  }
  if (method !== "auto") return METHODS[method](problem, x0, rest);
  requireList("minimize", "x0", x0);
  const hasHessian = typeof problem === "object" && problem?.hessian !== undefined;
  if (hasHessian && x0.length <= 200) return newton(problem, x0, rest);
  return x0.length <= 100 ? bfgs(problem, x0, rest) : lbfgs(problem, x0, rest);
}
