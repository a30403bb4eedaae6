import { StrongWolfe } from "./line-search.ts";
import { Monitor } from "./monitor.ts";
import { Objective, startPoint } from "./objective.ts";
import type { MinimizeOptions, MinimizeResult, Problem, StopReason } from "./types.ts";
import { dot, norm2, normInf } from "./vector.ts";

/**
 * BFGS: rank-2 updates of a dense approximation of the inverse Hessian, O(n^2) memory, strong Wolfe line search.
 *
 * Default tolerances: gradient 1e-6, value and step off; `maxIterations` 200 n, at least 1000.
 *
 * Source: Nocedal and Wright, Numerical Optimization (2nd ed.), algorithm 6.1, first scaling (6.20).
 * @example
 * bfgs((x) => (x[0] - 3) ** 2 + 10 * x[1] ** 2, [0, 1]).x; // about [3, 0]
 */
export function bfgs(problem: Problem, x0: ArrayLike<number>, options: MinimizeOptions = {}): MinimizeResult {
  const where = "bfgs";
  const x = startPoint(where, x0);
  const n = x.length;
  const objective = new Objective(where, problem, n);
  const monitor = new Monitor(where, options, {
    gradient: 1e-6,
    value: 0,
    step: 0,
    maxIterations: Math.max(1000, 200 * n),
  });
  const g = new Float64Array(n);
  const d = new Float64Array(n);
  const s = new Float64Array(n);
  const y = new Float64Array(n);
  const inverse = new Float64Array(n * n);
  const line = new StrongWolfe(objective, 1e-4, 0.9);
  let fresh = true; // the inverse is still a multiple of the identity
  resetIdentity(inverse, n);

  let f = objective.start(x, g);
  let reason: StopReason | undefined = monitor.start(x, f, normInf(g));
  while (reason === undefined) {
    negativeProduct(inverse, g, d);
    let slope = dot(g, d);
    if (!(slope < 0)) {
      resetIdentity(inverse, n);
      fresh = true;
      negativeProduct(inverse, g, d);
      slope = dot(g, d);
    }
    if (!line.search(x, d, f, slope, fresh ? Math.min(1, 1 / norm2(g)) : 1, 1e10)) {
      if (fresh) {
        reason = "lineSearch";
        break;
      }
      resetIdentity(inverse, n);
      fresh = true;
      continue;
    }
    for (let i = 0; i < n; i++) {
      s[i] = line.x[i]! - x[i]!;
      y[i] = line.g[i]! - g[i]!;
    }
    reason = monitor.next(x, line.x, f, line.f, normInf(line.g), line.step);
    x.set(line.x);
    g.set(line.g);
    f = line.f;
    if (updateInverse(inverse, s, y, d, fresh)) fresh = false;
  }
  return monitor.result(x, f, g, objective.evaluations, reason);
}

function resetIdentity(a: Float64Array, n: number): void {
  a.fill(0);
  for (let i = 0; i < n; i++) a[i * n + i] = 1;
}

function negativeProduct(a: Float64Array, v: Float64Array, out: Float64Array): void {
  const n = v.length;
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let j = 0, at = i * n; j < n; j++) sum += a[at + j]! * v[j]!;
    out[i] = -sum;
  }
}

/** H <- (I - rho s y') H (I - rho y s') + rho s s'. Skipped, returning false, without positive curvature. */
function updateInverse(
  h: Float64Array,
  s: Float64Array,
  y: Float64Array,
  scratch: Float64Array,
  first: boolean,
): boolean {
  const n = s.length;
  const sy = dot(s, y);
  const yy = dot(y, y);
  if (!(sy > Number.EPSILON * yy)) return false;
  if (first) for (let i = 0; i < n; i++) h[i * n + i] = sy / yy;
  negativeProduct(h, y, scratch); // scratch = -H y
  const rho = 1 / sy;
  const scale = rho * (1 - rho * dot(y, scratch)); // rho (1 + rho y'Hy)
  for (let i = 0; i < n; i++) {
    const si = s[i]!;
    const hi = scratch[i]!;
    const at = i * n;
    for (let j = 0; j < n; j++) h[at + j]! += scale * si * s[j]! + rho * (hi * s[j]! + si * scratch[j]!);
  }
  return true;
}
