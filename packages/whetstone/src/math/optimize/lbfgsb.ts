import { argumentError, shapeError } from "../../errors.ts";
import { CompactHessian } from "./compact-hessian.ts";
import { StrongWolfe } from "./line-search.ts";
import { Monitor } from "./monitor.ts";
import { Objective, startPoint } from "./objective.ts";
import type { MinimizeOptions, MinimizeResult, Problem, StopReason } from "./types.ts";
import { dot, norm2 } from "./vector.ts";

/** Box constraints: one number for all entries or one per entry; -Infinity and Infinity mean none. */
export interface Bounds {
  lower?: number | ArrayLike<number>;
  upper?: number | ArrayLike<number>;
}

/** Bounds, memory of the curvature, and when to stop. */
export interface LbfgsbOptions extends MinimizeOptions {
  /** Least and greatest value per coordinate. Default none. */
  bounds?: Bounds;
  /** Number m of (step, gradient change) pairs kept. Default 10. */
  memory?: number;
}

/**
 * L-BFGS-B: limited-memory BFGS with bounds. Each iteration walks the projected gradient path to the generalised
 * Cauchy point, which decides the active bounds, minimises the quadratic model over the free variables, and
 * line-searches towards the result. Every evaluated point satisfies the bounds; x0 is projected into them.
 *
 * The gradient tolerance applies to the projected gradient P(x - g) - x. Default tolerances: gradient 1e-6,
 * value 1e-14; `maxIterations` 1000.
 *
 * Source: Byrd, Lu, Nocedal and Zhu (SIAM J. Sci. Comput. 16, 1995); subspace step of Morales and Nocedal (2011).
 * @example
 * lbfgsb((x) => (x[0] - 3) ** 2 + (x[1] + 1) ** 2, [0.5, 0.5], { bounds: { lower: 0, upper: 2 } }).x; // [2, 0]
 */
export function lbfgsb(problem: Problem, x0: ArrayLike<number>, options: LbfgsbOptions = {}): MinimizeResult {
  const where = "lbfgsb";
  const { memory = 10, bounds = {} } = options;
  if (!(Number.isInteger(memory) && memory >= 1))
    throw argumentError(where, "memory", memory, "an integer >= 1");
  const x = startPoint(where, x0);
  const n = x.length;
  const { lower, upper } = readBounds(where, bounds, n);
  const project = (v: Float64Array): void => {
    for (let i = 0; i < n; i++) v[i] = Math.min(Math.max(v[i]!, lower[i]!), upper[i]!);
  };
  project(x);
  const objective = new Objective(where, insideBounds(problem, lower, upper), n);
  const monitor = new Monitor(where, options, { gradient: 1e-6, value: 1e-14, step: 0, maxIterations: 1000 });
  const g = new Float64Array(n);
  const d = new Float64Array(n);
  const target = new Float64Array(n);
  const model = new CompactHessian(memory, n);
  const line = new StrongWolfe(objective, 1e-3, 0.9, project);

  let f = objective.start(x, g);
  let reason: StopReason | undefined = monitor.start(x, f, projectedNorm(x, g, lower, upper));
  while (reason === undefined) {
    const free = cauchyPoint(model, x, g, lower, upper, target);
    subspaceMinimum(model, x, g, lower, upper, target, free);
    for (let i = 0; i < n; i++) d[i] = target[i]! - x[i]!;
    const slope = dot(g, d);
    const first = model.size === 0 ? Math.min(1, 1 / norm2(d)) : 1;
    const limit = Math.max(1, roomAlong(x, d, lower, upper));
    if (!(slope < 0) || !line.search(x, d, f, slope, first, limit)) {
      if (model.size === 0) {
        reason = "lineSearch";
        break;
      }
      model.clear();
      continue;
    }
    model.push(x, line.x, g, line.g);
    const norm = projectedNorm(line.x, line.g, lower, upper);
    reason = monitor.next(x, line.x, f, line.f, norm, line.step);
    x.set(line.x);
    g.set(line.g);
    f = line.f;
  }
  return monitor.result(x, f, g, objective.evaluations, reason);
}

export function readBounds(
  where: string,
  bounds: Bounds,
  n: number,
): { lower: Float64Array; upper: Float64Array } {
  const expand = (
    name: string,
    given: number | ArrayLike<number> | undefined,
    none: number,
  ): Float64Array => {
    if (given === undefined) return new Float64Array(n).fill(none);
    if (typeof given === "number") return new Float64Array(n).fill(given);
    if (given.length !== n)
      throw shapeError(where, `bounds.${name}`, `has ${given.length} entries`, `${n} (length of x0)`);
    return Float64Array.from(given);
  };
  const lower = expand("lower", bounds.lower, Number.NEGATIVE_INFINITY);
  const upper = expand("upper", bounds.upper, Number.POSITIVE_INFINITY);
  for (let i = 0; i < n; i++) {
    if (!(lower[i]! <= upper[i]!)) {
      throw argumentError(
        where,
        `bounds.upper[${i}]`,
        upper[i],
        `a number >= bounds.lower[${i}] (${lower[i]})`,
      );
    }
  }
  return { lower, upper };
}

/** Finite differences must not leave the box either: a missing gradient is taken one-sided at a bound. */
function insideBounds(problem: Problem, lower: Float64Array, upper: Float64Array): Problem {
  const p = typeof problem === "function" ? { value: problem } : problem;
  if (p === null || typeof p !== "object" || p.gradient !== undefined || p.valueAndGradient !== undefined)
    return problem;
  const { value } = p;
  if (value === undefined) return problem;
  const relative = Math.cbrt(Number.EPSILON);
  const f = (x: Float64Array): number => value.call(p, x);
  const valueAndGradient = (x: Float64Array, out: Float64Array): number => {
    const at = f(x);
    for (let i = 0; i < x.length; i++) {
      const xi = x[i]!;
      const h = relative * Math.max(Math.abs(xi), 1);
      const right = Math.min(xi + h, upper[i]!);
      const left = Math.max(xi - h, lower[i]!);
      const a = right - xi;
      const b = xi - left;
      if (a > 0 && b > 0) {
        x[i] = right;
        const up = f(x) - at;
        x[i] = left;
        const down = at - f(x);
        out[i] = (up * (b / a) + down * (a / b)) / (a + b);
      } else {
        // Second order from one side: (4 f(h) - f(2h) - 3 f(0)) / 2h with the step that fits.
        const side = a > 0 ? Math.min(h, (upper[i]! - xi) / 2) : -Math.min(h, (xi - lower[i]!) / 2);
        x[i] = xi + side;
        const near = f(x) - at;
        x[i] = xi + 2 * side;
        out[i] = side === 0 ? 0 : (4 * near - (f(x) - at)) / (2 * side);
      }
      x[i] = xi;
    }
    return at;
  };
  return { value: f, valueAndGradient };
}

function projectedNorm(x: Float64Array, g: Float64Array, lower: Float64Array, upper: Float64Array): number {
  let m = 0;
  for (let i = 0; i < x.length; i++) {
    const moved = Math.min(Math.max(x[i]! - g[i]!, lower[i]!), upper[i]!);
    const v = Math.abs(moved - x[i]!);
    if (!(v <= m)) m = v;
  }
  return m;
}

/** Largest step along d that stays inside the box. */
function roomAlong(x: Float64Array, d: Float64Array, lower: Float64Array, upper: Float64Array): number {
  let room = 1e10;
  for (let i = 0; i < x.length; i++) {
    const di = d[i]!;
    if (di > 0) room = Math.min(room, (upper[i]! - x[i]!) / di);
    else if (di < 0) room = Math.min(room, (lower[i]! - x[i]!) / di);
  }
  return room;
}

/**
 * Minimises the quadratic model along the projected steepest-descent path (algorithm CP of the paper). Writes the
 * point into `out`, leaves W'(out - x) in `model.c`, and returns the indices of the variables still free there.
 */
function cauchyPoint(
  model: CompactHessian,
  x: Float64Array,
  g: Float64Array,
  lower: Float64Array,
  upper: Float64Array,
  out: Float64Array,
): number[] {
  const n = x.length;
  const { theta } = model;
  const d = new Float64Array(n);
  const breaks = new Float64Array(n);
  const order: number[] = [];
  const unlimited: number[] = [];
  for (let i = 0; i < n; i++) {
    const gi = g[i]!;
    const t =
      gi < 0 ? (x[i]! - upper[i]!) / gi : gi > 0 ? (x[i]! - lower[i]!) / gi : Number.POSITIVE_INFINITY;
    breaks[i] = t;
    if (t > 0) {
      d[i] = -gi;
      if (t < Number.POSITIVE_INFINITY) order.push(i);
      else unlimited.push(i);
    }
  }
  order.sort((a, b) => breaks[a]! - breaks[b]!);
  out.set(x);
  const p = model.project(d);
  const c = model.c;
  c.fill(0);
  const w = new Float64Array(c.length);
  const dd = dot(d, d);
  let first = -dd;
  let second = theta * dd - dot(p, model.middle(p));
  const floor = Number.EPSILON * theta * dd; // the model is convex: below this is rounding
  let t = 0;
  let next = 0;
  for (; next < order.length; next++) {
    const b = order[next]!;
    const interval = breaks[b]! - t;
    if (-first < interval * second) break;
    const gb = g[b]!;
    out[b] = gb < 0 ? upper[b]! : lower[b]!;
    const z = out[b]! - x[b]!;
    for (let k = 0; k < c.length; k++) c[k]! += interval * p[k]!;
    model.row(b, w);
    const mw = model.middle(w);
    first += interval * second + gb * gb + theta * gb * z - gb * dot(mw, c);
    second = Math.max(second - theta * gb * gb - 2 * gb * dot(mw, p) - gb * gb * dot(mw, w), floor);
    for (let k = 0; k < p.length; k++) p[k]! += gb * w[k]!;
    d[b] = 0;
    t = breaks[b]!;
  }
  const rest = next < order.length || unlimited.length > 0 ? Math.max(0, -first / second) : 0;
  const move = Number.isFinite(rest) ? rest : 0;
  t += move;
  for (let k = 0; k < c.length; k++) c[k]! += move * p[k]!;
  const free = order.slice(next).concat(unlimited);
  for (const i of free) out[i] = Math.min(Math.max(x[i]! + t * d[i]!, lower[i]!), upper[i]!);
  return free.filter((i) => out[i]! > lower[i]! && out[i]! < upper[i]!);
}

/** Moves the free variables of the Cauchy point to the minimum of the model over them, projected into the box. */
function subspaceMinimum(
  model: CompactHessian,
  x: Float64Array,
  g: Float64Array,
  lower: Float64Array,
  upper: Float64Array,
  cauchy: Float64Array,
  free: readonly number[],
): void {
  if (free.length === 0 || model.size === 0) return;
  const step = model.newtonStep(x, g, cauchy, free);
  if (step === undefined) return;
  const saved = Float64Array.from(free, (i) => cauchy[i]!);
  free.forEach((i, k) => {
    cauchy[i] = Math.min(Math.max(cauchy[i]! + step[k]!, lower[i]!), upper[i]!);
  });
  let slope = 0;
  for (let i = 0; i < x.length; i++) slope += g[i]! * (cauchy[i]! - x[i]!);
  if (slope < 0) return;
  // Projection turned the step uphill: walk towards it only until the first bound instead.
  let alpha = 1;
  free.forEach((i, k) => {
    const s = step[k]!;
    const room = s > 0 ? (upper[i]! - saved[k]!) / s : s < 0 ? (lower[i]! - saved[k]!) / s : 1;
    alpha = Math.min(alpha, room);
  });
  free.forEach((i, k) => {
    cauchy[i] = saved[k]! + alpha * step[k]!;
  });
}
