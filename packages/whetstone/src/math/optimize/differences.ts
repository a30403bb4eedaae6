import { argumentError, requireFunction, requireList, shapeError } from "../../errors.ts";
import { Matrix } from "../matrix.ts";
import type { Problem, ProblemFunctions, Written } from "./types.ts";

/** Step factors that balance rounding against truncation: eps^(1/2), eps^(1/3), eps^(1/4). */
const SQRT_EPS = Math.sqrt(Number.EPSILON);
const CBRT_EPS = Math.cbrt(Number.EPSILON);
const FOURTH_EPS = Math.sqrt(SQRT_EPS);

/** Scheme and step of finite differences. */
export interface DifferenceOptions {
  /** `"central"` (error h^2, 2 n evaluations; default) or `"forward"` (error h, n evaluations). */
  scheme?: "central" | "forward";
  /** Step relative to max(|x_i|, 1). Default eps^(1/3) central, eps^(1/2) forward, eps^(1/4) for Hessians. */
  relativeStep?: number;
}

function relativeStep(where: string, given: number | undefined, fallback: number): number {
  if (given === undefined) return fallback;
  if (!(given > 0 && Number.isFinite(given)))
    throw argumentError(where, "relativeStep", given, "a finite number > 0");
  return given;
}

/** Fills `out` with the gradient of `value` at x, which is changed during the call and restored. */
export function differenceGradient(
  value: (x: Float64Array) => number,
  x: Float64Array,
  out: Float64Array,
  relative = CBRT_EPS,
  valueAtX?: number,
): void {
  for (let i = 0; i < x.length; i++) {
    const xi = x[i]!;
    const h = relative * Math.max(Math.abs(xi), 1);
    x[i] = xi + h;
    const right = x[i]!; // the step that was really taken, after rounding
    const up = value(x);
    if (valueAtX === undefined) {
      x[i] = xi - h;
      const left = x[i]!;
      out[i] = (up - value(x)) / (right - left);
    } else {
      out[i] = (up - valueAtX) / (right - xi);
    }
    x[i] = xi;
  }
}

/** Refuses a problem that is no object, or whose parts are no functions. */
export function requireProblem(where: string, problem: unknown): void {
  if (typeof problem === "function") return;
  const expected = "a function of x, or an object with value or valueAndGradient";
  if (problem === null || typeof problem !== "object")
    throw argumentError(where, "problem", problem, expected);
  for (const part of ["value", "gradient", "valueAndGradient", "hessian", "hessianVector"] as const) {
    const f = (problem as Record<string, unknown>)[part];
    if (f !== undefined) requireFunction(where, `problem.${part}`, f);
  }
}

/**
 * Gradient of a scalar function by finite differences.
 *
 * @param value f(x).
 * @param x Point, length n; not changed.
 * @returns Gradient, length n; central differences are good to about 1e-10 relative.
 * @example
 * numericalGradient((x) => x[0] ** 2 + 3 * x[1], [2, 0]); // about [4, 3]
 */
export function numericalGradient(
  value: (x: Float64Array) => number,
  x: ArrayLike<number>,
  options: DifferenceOptions = {},
): Float64Array {
  requireFunction("numericalGradient", "value", value);
  requireList("numericalGradient", "x", x);
  const forward = options.scheme === "forward";
  const relative = relativeStep("numericalGradient", options.relativeStep, forward ? SQRT_EPS : CBRT_EPS);
  const point = Float64Array.from(x);
  const out = new Float64Array(point.length);
  differenceGradient(value, point, out, relative, forward ? value(point) : undefined);
  return out;
}

/**
 * Jacobian of a vector function by finite differences: entry (i, j) is d f_i / d x_j.
 *
 * @param f Writes f(x) into `out` or returns it; the length m is taken from `size` or from what it returns.
 * @param x Point, length n.
 * @param options.size m, needed only when `f` writes into `out` instead of returning.
 * @returns m x n matrix.
 * @example
 * numericalJacobian((x) => [x[0] * x[1], x[0] ** 2], [2, 3]); // about [[3, 2], [4, 0]]
 */
export function numericalJacobian(
  f: (x: Float64Array, out: Float64Array) => Written,
  x: ArrayLike<number>,
  options: DifferenceOptions & { size?: number } = {},
): Matrix {
  const where = "numericalJacobian";
  requireFunction(where, "f", f);
  requireList(where, "x", x);
  const forward = options.scheme === "forward";
  const relative = relativeStep(where, options.relativeStep, forward ? SQRT_EPS : CBRT_EPS);
  const point = Float64Array.from(x);
  const n = point.length;
  const scratch = new Float64Array(options.size ?? 0);
  const first = f(point, scratch);
  if (first === undefined && options.size === undefined) {
    throw argumentError(where, "size", undefined, "the number of outputs, because f returns nothing");
  }
  const base = Float64Array.from(first ?? scratch);
  const m = base.length;
  const up = new Float64Array(m);
  const down = new Float64Array(m);
  const out = Matrix.zeros(m, n);
  const evaluate = (into: Float64Array) => {
    const returned = f(point, into);
    if (returned !== undefined) into.set(returned);
  };
  for (let j = 0; j < n; j++) {
    const xj = point[j]!;
    const h = relative * Math.max(Math.abs(xj), 1);
    point[j] = xj + h;
    const right = point[j]!;
    evaluate(up);
    let left = xj;
    let low = base;
    if (!forward) {
      point[j] = xj - h;
      left = point[j]!;
      evaluate(down);
      low = down;
    }
    point[j] = xj;
    for (let i = 0; i < m; i++) out.data[i * n + j] = (up[i]! - low[i]!) / (right - left);
  }
  return out;
}

/**
 * Hessian by finite differences, symmetrised: central differences of the gradient where the problem has one
 * (good to about 1e-9), otherwise second differences of the value (about 1e-6).
 *
 * @param problem Value function or problem.
 * @param x Point, length n.
 * @returns n x n symmetric matrix.
 * @example
 * numericalHessian((x) => x[0] ** 2 * x[1], [1, 2]); // about [[4, 2], [2, 0]]
 */
export function numericalHessian(
  problem: Problem,
  x: ArrayLike<number>,
  options: { relativeStep?: number } = {},
): Matrix {
  const where = "numericalHessian";
  requireProblem(where, problem);
  requireList(where, "x", x);
  const p: ProblemFunctions = typeof problem === "function" ? { value: problem } : problem;
  const n = x.length;
  const { gradient, valueAndGradient } = p;
  if (gradient !== undefined || valueAndGradient !== undefined) {
    const jacobian = numericalJacobian(
      (at, out) => {
        if (gradient !== undefined) return gradient.call(p, at, out) ?? out;
        valueAndGradient!.call(p, at, out);
        return out;
      },
      x,
      { size: n, ...options },
    );
    return symmetrised(jacobian);
  }
  if (p.value === undefined)
    throw argumentError(where, "problem", p, "a problem with value or valueAndGradient");
  const relative = relativeStep(where, options.relativeStep, FOURTH_EPS);
  const f = (at: Float64Array) => p.value!(at);
  const point = Float64Array.from(x);
  const h = Float64Array.from(point, (v) => {
    const raw = relative * Math.max(Math.abs(v), 1);
    return v + raw - v; // representable, so that x + h - x is h exactly
  });
  const f0 = f(point);
  const out = Matrix.zeros(n, n);
  const at = (i: number, di: number, j: number, dj: number): number => {
    const xi = point[i]!;
    const xj = point[j]!;
    point[i]! += di;
    point[j]! += dj;
    const v = f(point);
    point[i] = xi;
    point[j] = xj;
    return v;
  };
  for (let i = 0; i < n; i++) {
    const hi = h[i]!;
    out.data[i * n + i] = (at(i, hi, i, 0) - 2 * f0 + at(i, -hi, i, 0)) / (hi * hi);
    for (let j = 0; j < i; j++) {
      const hj = h[j]!;
      const mixed = at(i, hi, j, hj) - at(i, hi, j, -hj) - at(i, -hi, j, hj) + at(i, -hi, j, -hj);
      out.data[i * n + j] = out.data[j * n + i] = mixed / (4 * hi * hj);
    }
  }
  return out;
}

function symmetrised(a: Matrix): Matrix {
  const n = a.rows;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const mean = (a.data[i * n + j]! + a.data[j * n + i]!) / 2;
      a.data[i * n + j] = a.data[j * n + i] = mean;
    }
  }
  return a;
}

/**
 * An analytic gradient beside its finite differences; an error up to about 1e-7 is rounding with the central
 * scheme.
 */
export interface GradientCheck {
  /** Largest |analytic - numeric| / max(|analytic|, |numeric|, 1). */
  readonly error: number;
  /** Entry where it occurs. */
  readonly worst: number;
  readonly analytic: Float64Array;
  readonly numeric: Float64Array;
}

/**
 * Compares a problem's gradient with central differences of its value. A right gradient gives an error near
 * 1e-9, a wrong one near 1.
 *
 * @example
 * checkGradient({ value: (x) => x[0] ** 3, gradient: (x, out) => { out[0] = 3 * x[0] ** 2; } }, [2]).error < 1e-7; // true
 */
export function checkGradient(
  problem: ProblemFunctions,
  x: ArrayLike<number>,
  options: DifferenceOptions = {},
): GradientCheck {
  const where = "checkGradient";
  requireProblem(where, problem);
  requireList(where, "x", x);
  const n = x.length;
  const point = Float64Array.from(x);
  const analytic = new Float64Array(n);
  if (problem.gradient !== undefined) {
    const returned = problem.gradient(point, analytic);
    if (returned !== undefined) {
      if (returned.length !== n)
        throw shapeError(where, "gradient", `has ${returned.length} entries`, `${n}`);
      analytic.set(returned);
    }
  } else if (problem.valueAndGradient !== undefined) {
    problem.valueAndGradient(point, analytic);
  } else {
    throw argumentError(where, "problem", problem, "a problem with gradient or valueAndGradient");
  }
  const spare = new Float64Array(n);
  const value = (at: Float64Array) =>
    problem.value !== undefined ? problem.value(at) : problem.valueAndGradient!(at, spare);
  const numeric = numericalGradient(value, point, options);
  let error = 0;
  let worst = 0;
  for (let i = 0; i < n; i++) {
    const gap = Math.abs(analytic[i]! - numeric[i]!);
    const scaled = gap / Math.max(Math.abs(analytic[i]!), Math.abs(numeric[i]!), 1);
    if (!(scaled <= error)) {
      error = scaled;
      worst = i;
    }
  }
  return { error, worst, analytic, numeric };
}
