import { argumentError, shapeError, valueError } from "../../errors.ts";
import type { Matrix } from "../matrix.ts";
import { Monitor, numberOption } from "./monitor.ts";
import { Objective, startPoint } from "./objective.ts";
import type { MinimizeOptions, MinimizeResult, Problem, StopReason } from "./types.ts";

/** The first simplex, and how it changes. */
export interface NelderMeadOptions extends MinimizeOptions {
  /** The n + 1 starting corners as rows. Default: x0 and, per coordinate, x0 moved by 5 % (0.00025 where it is 0). */
  initialSimplex?: Matrix;
  /** Coefficients that depend on n (Gao and Han 2012), better beyond a handful of dimensions. Default false. */
  adaptive?: boolean;
}

/**
 * Nelder-Mead simplex search: no derivatives, for rough functions of few variables.
 * Stops with reason `"step"` when the corners agree: both their spread in x <= `tolerance.step` and their spread in
 * f <= `tolerance.value` (absolute, defaults 1e-8; a plain number sets both). `maxIterations` 400 n.
 *
 * @throws WhetstoneError when `tolerance.gradient` is given: there is no gradient to hold it against.
 *
 * Source: Nelder and Mead (1965); Lagarias et al. (1998); Gao and Han (2012).
 * @example
 * nelderMead((x) => Math.abs(x[0] - 1) + (x[1] + 2) ** 2, [0, 0]).x; // about [1, -2]
 */
export function nelderMead(
  problem: Problem,
  x0: ArrayLike<number>,
  options: NelderMeadOptions = {},
): MinimizeResult {
  const where = "nelderMead";
  const start = startPoint(where, x0);
  const n = start.length;
  const { initialSimplex, adaptive = false } = options;
  const objective = new Objective(where, problem, n);
  const agreement = agreementTolerance(where, options.tolerance);
  const never = { gradient: 0, value: 0, step: 0 };
  const monitor = new Monitor(where, { ...options, tolerance: never }, { ...never, maxIterations: 400 * n });
  const expand = adaptive && n > 0 ? 1 + 2 / n : 2;
  const contract = adaptive && n > 0 ? 0.75 - 1 / (2 * n) : 0.5;
  const shrink = adaptive && n > 1 ? 1 - 1 / n : 0.5;
  // NaN counts as worse than everything, so the search walks away from it.
  const value = (x: Float64Array): number => {
    const f = objective.value(x);
    return Number.isNaN(f) ? Number.POSITIVE_INFINITY : f;
  };

  const corners = simplex(where, start, initialSimplex).map((x) => ({ x, f: value(x) }));
  const byValue = (a: { f: number }, b: { f: number }): number => (a.f < b.f ? -1 : a.f > b.f ? 1 : 0);
  corners.sort(byValue);
  if (!Number.isFinite(corners[0]!.f))
    throw valueError(where, "problem", "is not finite at any corner of the simplex");
  const centre = new Float64Array(n);
  let trial: Float64Array = new Float64Array(n);
  let second: Float64Array = new Float64Array(n);
  const move = (out: Float64Array, factor: number): number => {
    const worst = corners[n]!.x;
    for (let i = 0; i < n; i++) out[i] = centre[i]! + factor * (worst[i]! - centre[i]!);
    return value(out);
  };
  const replaceWorst = (x: Float64Array, f: number): Float64Array => {
    const freed = corners[n]!.x;
    corners[n] = { x, f };
    return freed;
  };
  const nan = new Float64Array(n).fill(Number.NaN);

  let reason: StopReason | undefined = monitor.start(corners[0]!.x, corners[0]!.f, Number.NaN);
  if (n === 0) reason = "step";
  while (reason === undefined) {
    const fBefore = corners[0]!.f;
    centre.fill(0);
    for (let k = 0; k < n; k++) for (let i = 0; i < n; i++) centre[i]! += corners[k]!.x[i]! / n;
    const reflected = move(trial, -1);
    let shrunk = false;
    if (reflected < corners[0]!.f) {
      const expanded = move(second, -expand);
      if (expanded < reflected) second = replaceWorst(second, expanded);
      else trial = replaceWorst(trial, reflected);
    } else if (reflected < corners[n - 1]!.f) {
      trial = replaceWorst(trial, reflected);
    } else {
      const outside = reflected < corners[n]!.f;
      const contracted = move(second, outside ? -contract : contract);
      if (contracted <= (outside ? reflected : corners[n]!.f)) second = replaceWorst(second, contracted);
      else shrunk = true;
    }
    if (shrunk) {
      const best = corners[0]!.x;
      for (let k = 1; k <= n; k++) {
        const corner = corners[k]!;
        for (let i = 0; i < n; i++) corner.x[i] = best[i]! + shrink * (corner.x[i]! - best[i]!);
        corner.f = value(corner.x);
      }
    }
    corners.sort(byValue);
    const best = corners[0]!;
    const stop = monitor.next(nan, best.x, fBefore, best.f, Number.NaN, Number.NaN);
    reason = agree(corners, agreement) ? "step" : stop;
  }
  return monitor.result(corners[0]!.x, corners[0]!.f, nan, objective.evaluations, reason);
}

function agreementTolerance(
  where: string,
  tolerance: MinimizeOptions["tolerance"],
): { value: number; step: number } {
  if (typeof tolerance === "object" && tolerance.gradient !== undefined) {
    throw argumentError(
      where,
      "tolerance.gradient",
      tolerance.gradient,
      "nothing: this method has no gradient",
    );
  }
  const given = typeof tolerance === "number" ? { value: tolerance, step: tolerance } : (tolerance ?? {});
  return {
    value: numberOption(where, "tolerance.value", given.value ?? 1e-8, "nonnegative"),
    step: numberOption(where, "tolerance.step", given.step ?? 1e-8, "nonnegative"),
  };
}

function agree(
  corners: readonly { x: Float64Array; f: number }[],
  tolerance: { value: number; step: number },
): boolean {
  if (tolerance.value === 0 && tolerance.step === 0) return false;
  const best = corners[0]!;
  for (const { x, f } of corners) {
    if (!(f - best.f <= tolerance.value)) return false;
    for (let i = 0; i < x.length; i++) if (!(Math.abs(x[i]! - best.x[i]!) <= tolerance.step)) return false;
  }
  return true;
}

function simplex(where: string, start: Float64Array, given: Matrix | undefined): Float64Array[] {
  const n = start.length;
  if (given !== undefined) {
    if (given.rows !== n + 1 || given.cols !== n) {
      throw shapeError(where, "initialSimplex", `is ${given.rows} x ${given.cols}`, `${n + 1} x ${n}`);
    }
    return Array.from({ length: n + 1 }, (_, i) => given.row(i).slice());
  }
  return Array.from({ length: n + 1 }, (_, k) => {
    const corner = start.slice();
    if (k > 0) corner[k - 1] = start[k - 1] === 0 ? 0.00025 : start[k - 1]! * 1.05;
    return corner;
  });
}
