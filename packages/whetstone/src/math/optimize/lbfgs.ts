import { argumentError } from "../../errors.ts";
import { StrongWolfe } from "./line-search.ts";
import { Monitor } from "./monitor.ts";
import { Objective, startPoint } from "./objective.ts";
import type { MinimizeOptions, MinimizeResult, Problem, StopReason } from "./types.ts";
import { axpy, dot, norm2, normInf } from "./vector.ts";

/** Memory of the curvature, and when to stop. */
export interface LbfgsOptions extends MinimizeOptions {
  /** Number m of (step, gradient change) pairs kept. Default 10. */
  memory?: number;
}

/**
 * L-BFGS: quasi-Newton with the inverse Hessian held as the last m pairs, applied by the two-loop recursion in
 * O(m n) time and memory, with a strong Wolfe line search. No allocation per iteration.
 *
 * Default tolerances: gradient 1e-6, value 1e-14; `maxIterations` 1000.
 *
 * @param problem Best given as `{ valueAndGradient }`.
 * @param x0 Start, length n.
 * @throws WhetstoneError when the value or gradient at x0 is not finite.
 * Source: Nocedal and Wright, Numerical Optimization (2nd ed.), algorithms 7.4 and 7.5.
 * @example
 * const rosenbrock = {
 *   valueAndGradient(x, g) {
 *     const a = 1 - x[0], b = x[1] - x[0] ** 2;
 *     g[0] = -2 * a - 400 * x[0] * b;
 *     g[1] = 200 * b;
 *     return a * a + 100 * b * b;
 *   },
 * };
 * lbfgs(rosenbrock, [-1.2, 1]).x; // [1, 1]
 */
export function lbfgs(problem: Problem, x0: ArrayLike<number>, options: LbfgsOptions = {}): MinimizeResult {
  const where = "lbfgs";
  const { memory = 10 } = options;
  if (!(Number.isInteger(memory) && memory >= 1))
    throw argumentError(where, "memory", memory, "an integer >= 1");
  const x = startPoint(where, x0);
  const n = x.length;
  const objective = new Objective(where, problem, n);
  const monitor = new Monitor(where, options, { gradient: 1e-6, value: 1e-14, step: 0, maxIterations: 1000 });
  const g = new Float64Array(n);
  const d = new Float64Array(n);
  const pairs = new Pairs(memory, n);
  const line = new StrongWolfe(objective, 1e-4, 0.9);

  let f = objective.start(x, g);
  let reason: StopReason | undefined = monitor.start(x, f, normInf(g));
  while (reason === undefined) {
    pairs.direction(g, d);
    let slope = dot(g, d);
    if (!(slope < 0)) {
      pairs.clear();
      pairs.direction(g, d);
      slope = dot(g, d);
    }
    // Without curvature the scale of the step is unknown: move by a length of one at most.
    const first = pairs.size === 0 ? Math.min(1, 1 / norm2(g)) : 1;
    if (!line.search(x, d, f, slope, first, 1e10)) {
      if (pairs.size === 0) {
        reason = "lineSearch";
        break;
      }
      pairs.clear(); // once more along the plain gradient before giving up
      continue;
    }
    pairs.push(x, line.x, g, line.g);
    reason = monitor.next(x, line.x, f, line.f, normInf(line.g), line.step);
    x.set(line.x);
    g.set(line.g);
    f = line.f;
  }
  return monitor.result(x, f, g, objective.evaluations, reason);
}

/** The last m pairs s = x' - x, y = g' - g in a ring, and the two-loop recursion over them. */
class Pairs {
  size = 0;
  private next = 0;
  private readonly m: number;
  private readonly s: Float64Array[];
  private readonly y: Float64Array[];
  private readonly rho: Float64Array;
  private readonly alpha: Float64Array;
  private scale = 1;

  constructor(m: number, n: number) {
    this.m = m;
    this.s = Array.from({ length: m }, () => new Float64Array(n));
    this.y = Array.from({ length: m }, () => new Float64Array(n));
    this.rho = new Float64Array(m);
    this.alpha = new Float64Array(m);
  }

  clear(): void {
    this.size = 0;
    this.next = 0;
    this.scale = 1;
  }

  /** Keeps the pair unless its curvature s'y is not safely positive, which would break positive definiteness. */
  push(xOld: Float64Array, x: Float64Array, gOld: Float64Array, g: Float64Array): void {
    const s = this.s[this.next]!;
    const y = this.y[this.next]!;
    for (let i = 0; i < s.length; i++) {
      s[i] = x[i]! - xOld[i]!;
      y[i] = g[i]! - gOld[i]!;
    }
    const sy = dot(s, y);
    const yy = dot(y, y);
    if (!(sy > Number.EPSILON * yy)) {
      // The slot may hold the oldest pair of a full ring: it is overwritten now, so forget it.
      if (this.size === this.m) this.size--;
      return;
    }
    this.rho[this.next] = 1 / sy;
    this.scale = sy / yy;
    this.next = (this.next + 1) % this.m;
    if (this.size < this.m) this.size++;
  }

  /** d = -H g */
  direction(g: Float64Array, d: Float64Array): void {
    const { m, s, y, rho, alpha, size } = this;
    for (let i = 0; i < d.length; i++) d[i] = -g[i]!;
    for (let k = 1; k <= size; k++) {
      const j = (this.next - k + m) % m;
      const a = rho[j]! * dot(s[j]!, d);
      alpha[j] = a;
      axpy(-a, y[j]!, d);
    }
    if (this.scale !== 1) for (let i = 0; i < d.length; i++) d[i]! *= this.scale;
    for (let k = size; k >= 1; k--) {
      const j = (this.next - k + m) % m;
      axpy(alpha[j]! - rho[j]! * dot(y[j]!, d), s[j]!, d);
    }
  }
}
