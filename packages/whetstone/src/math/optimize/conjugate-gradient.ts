import { AbortError, argumentError, requireList, shapeError, valueError } from "../../errors.ts";
import { Matrix } from "../matrix.ts";
import { StrongWolfe } from "./line-search.ts";
import { Monitor, numberOption } from "./monitor.ts";
import { Objective, startPoint } from "./objective.ts";
import type { MinimizeOptions, MinimizeResult, Problem, StopReason, Written } from "./types.ts";
import { axpy, dot, norm2, normInf } from "./vector.ts";

/** Applies a linear map: writes A v into `out`, or returns it. */
export type LinearMap = (v: Float64Array, out: Float64Array) => Written;

/** Start, end and preconditioner of linear conjugate gradients. */
export interface ConjugateGradientOptions {
  /** Start, default zeros. */
  x0?: ArrayLike<number>;
  /** Stop when |b - A x| <= tolerance |b|. Default 1e-10. */
  tolerance?: number;
  /** Default 10 n. In exact arithmetic n suffice. */
  maxIterations?: number;
  /** Applies M^-1, with M symmetric positive definite and close to A. Default none. */
  preconditioner?: LinearMap;
  /** Stops between iterations with an AbortError. */
  signal?: AbortSignal;
  /** Keep |b - A x| of each iteration (the start included) in `result.residuals`. Default false. */
  history?: boolean;
}

/** Solution of A x = b, and how near it came. */
export interface ConjugateGradientResult {
  readonly x: Float64Array;
  readonly iterations: number;
  /** |b - A x|_2, recomputed from x at the end. */
  readonly residual: number;
  readonly converged: boolean;
  /** `"indefinite"`: a direction with v'Av <= 0 was met, so A is not positive definite. */
  readonly reason: "residual" | "maxIterations" | "indefinite";
  /** |b - A x| of each iteration, where `history` asked for it. */
  readonly residuals?: readonly number[];
}

/**
 * Solves A x = b for symmetric positive definite A by (preconditioned) conjugate gradients, needing only products
 * with A. Ends within n iterations up to rounding, and within k when A has k distinct eigenvalues.
 *
 * @param A A matrix, or the map v -> A v, so that A need never be formed (Hessian-free methods).
 * @param b Right-hand side, length n.
 * Source: Hestenes and Stiefel (1952); Nocedal and Wright, algorithm 5.3.
 * @example
 * conjugateGradient(Matrix.from([[4, 1], [1, 3]]), [1, 2]).x; // [1 / 11, 7 / 11]
 */
export function conjugateGradient(
  A: Matrix | LinearMap,
  b: ArrayLike<number>,
  options: ConjugateGradientOptions = {},
): ConjugateGradientResult {
  const where = "conjugateGradient";
  requireList(where, "b", b);
  const n = b.length;
  const { tolerance = 1e-10, maxIterations = 10 * n, preconditioner, signal, history = false } = options;
  numberOption(where, "tolerance", tolerance, "nonnegative");
  const apply = linearMap(where, A, n);
  const x = startPoint(where, options.x0 ?? new Float64Array(n));
  if (x.length !== n) throw shapeError(where, "x0", `has ${x.length} entries`, `${n} (length of b)`);
  const rhs = Float64Array.from(b);
  for (let i = 0; i < n; i++)
    if (!Number.isFinite(rhs[i]!)) throw valueError(where, "b", `holds ${rhs[i]} at index ${i}`);

  const r = new Float64Array(n);
  const q = new Float64Array(n);
  const z = preconditioner === undefined ? r : new Float64Array(n);
  const precondition = (): void => {
    if (preconditioner !== undefined) write(preconditioner(r, z), z);
  };
  const residual = (): number => {
    apply(x, q);
    for (let i = 0; i < n; i++) r[i] = rhs[i]! - q[i]!;
    return norm2(r);
  };
  let norm = residual();
  const goal = tolerance * norm2(rhs);
  const residuals = history ? [norm] : undefined;
  precondition();
  const d = z.slice();
  let rz = dot(r, z);
  let iterations = 0;
  let reason: ConjugateGradientResult["reason"] = "residual";
  while (norm > goal) {
    if (signal?.aborted) throw new AbortError(where, signal.reason);
    if (iterations >= maxIterations) {
      reason = "maxIterations";
      break;
    }
    apply(d, q);
    const curvature = dot(d, q);
    if (!(curvature > 0)) {
      reason = "indefinite";
      break;
    }
    const alpha = rz / curvature;
    axpy(alpha, d, x);
    axpy(-alpha, q, r);
    iterations++;
    // The updated residual drifts from the true one; refresh it now and then, as it decides when to stop.
    if (iterations % 50 === 0) residual();
    norm = norm2(r);
    residuals?.push(norm);
    precondition();
    const rzNext = dot(r, z);
    const beta = rzNext / rz;
    rz = rzNext;
    for (let i = 0; i < n; i++) d[i] = z[i]! + beta * d[i]!;
  }
  const result = { x, iterations, residual: residual(), converged: reason === "residual", reason };
  return residuals === undefined ? result : { ...result, residuals };
}

/**
 * The diagonal (Jacobi) preconditioner of a matrix with positive diagonal.
 *
 * @example
 * const M = jacobiPreconditioner(Matrix.from([[2, 0], [0, 4]]));
 * conjugateGradient(Matrix.from([[2, 0], [0, 4]]), [2, 4], { preconditioner: M }).iterations; // 1
 */
export function jacobiPreconditioner(A: Matrix): LinearMap {
  if (!(A instanceof Matrix)) throw argumentError("jacobiPreconditioner", "A", A, "a Matrix");
  const n = A.rows;
  const inverse = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const a = A.data[i * n + i]!;
    if (!(a > 0))
      throw valueError(
        "jacobiPreconditioner",
        "A",
        `has ${a} on its diagonal at row ${i}, where it must be > 0`,
      );
    inverse[i] = 1 / a;
  }
  return (v, out) => {
    for (let i = 0; i < n; i++) out[i] = v[i]! * inverse[i]!;
  };
}

function write(returned: Written, out: Float64Array): void {
  if (returned !== undefined && returned !== out) out.set(returned);
}

function linearMap(
  where: string,
  A: Matrix | LinearMap,
  n: number,
): (v: Float64Array, out: Float64Array) => void {
  if (typeof A === "function") return (v, out) => write(A(v, out), out);
  if (!(A instanceof Matrix)) throw argumentError(where, "A", A, "a Matrix or a function v -> A v");
  if (A.rows !== n || A.cols !== n) {
    throw shapeError(where, "A", `is ${A.rows} x ${A.cols}`, `${n} x ${n} (length of b)`);
  }
  const { data } = A;
  return (v, out) => {
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let j = 0, at = i * n; j < n; j++) sum += data[at + j]! * v[j]!;
      out[i] = sum;
    }
  };
}

/** How directions are kept conjugate where f is not quadratic. */
export interface NonlinearConjugateGradientOptions extends MinimizeOptions {
  /** Formula for beta. `"polakRibiere"` (default) is the PR+ variant max(beta, 0), which restarts itself. */
  beta?: "polakRibiere" | "fletcherReeves";
  /** Also restart along -g after this many iterations. Default never; n is the classic choice. */
  restart?: number;
}

/**
 * Non-linear conjugate gradients: d <- -g + beta d with a strong Wolfe line search; O(n) memory.
 * Restarts along -g when successive gradients are far from orthogonal (Powell 1977) and when d is no descent
 * direction.
 *
 * Default tolerances: gradient 1e-6, value and step off; `maxIterations` 200 n, at least 2000.
 *
 * Source: Nocedal and Wright, section 5.2.
 * @example
 * nonlinearConjugateGradient((x) => (x[0] - 1) ** 2 + 5 * (x[1] + 2) ** 2, [0, 0]).x; // about [1, -2]
 */
export function nonlinearConjugateGradient(
  problem: Problem,
  x0: ArrayLike<number>,
  options: NonlinearConjugateGradientOptions = {},
): MinimizeResult {
  const where = "nonlinearConjugateGradient";
  const x = startPoint(where, x0);
  const n = x.length;
  const { beta: rule = "polakRibiere", restart = Number.POSITIVE_INFINITY } = options;
  if (rule !== "polakRibiere" && rule !== "fletcherReeves") {
    throw argumentError(where, "beta", rule, '"polakRibiere" or "fletcherReeves"');
  }
  if (!(restart >= 1)) throw argumentError(where, "restart", restart, "a number >= 1");
  const objective = new Objective(where, problem, n);
  const monitor = new Monitor(where, options, {
    gradient: 1e-6,
    value: 0,
    step: 0,
    maxIterations: Math.max(2000, 200 * n),
  });
  const g = new Float64Array(n);
  const d = new Float64Array(n);
  const line = new StrongWolfe(objective, 1e-4, 0.1);

  let f = objective.start(x, g);
  let reason: StopReason | undefined = monitor.start(x, f, normInf(g));
  let sinceRestart = 0;
  let slope = 0;
  let step = 0;
  const steepest = (): void => {
    for (let i = 0; i < n; i++) d[i] = -g[i]!;
    slope = -dot(g, g);
    sinceRestart = 0;
  };
  steepest();
  while (reason === undefined) {
    // First trial: the step that would repeat the last first-order decrease.
    const first = step === 0 ? Math.min(1, 1 / norm2(g)) : step;
    if (!line.search(x, d, f, slope, first, 1e10)) {
      if (sinceRestart === 0) {
        reason = "lineSearch";
        break;
      }
      steepest();
      step = 0;
      continue;
    }
    const gg = dot(g, g);
    const gNext = line.g;
    const next2 = dot(gNext, gNext);
    const overlap = dot(gNext, g);
    const beta = rule === "polakRibiere" ? Math.max(0, (next2 - overlap) / gg) : next2 / gg;
    const oldSlope = slope;
    reason = monitor.next(x, line.x, f, line.f, normInf(gNext), line.step);
    x.set(line.x);
    g.set(gNext);
    f = line.f;
    for (let i = 0; i < n; i++) d[i] = -g[i]! + beta * d[i]!;
    slope = dot(g, d);
    sinceRestart++;
    const powell = Math.abs(overlap) >= 0.2 * next2;
    if (sinceRestart >= restart || powell || !(slope < 0)) steepest();
    step = line.step * Math.min(10, oldSlope / slope);
  }
  return monitor.result(x, f, g, objective.evaluations, reason);
}
