import {
  AbortError,
  argumentError,
  numericalError,
  requireFunction,
  requireList,
  shapeError,
  valueError,
} from "../../errors.ts";
import { Matrix } from "../matrix.ts";
import { brentRoot } from "../optimize/scalar.ts";
import { DormandPrince } from "./dormand-prince.ts";
import { FixedStep } from "./fixed-step.ts";
import type { Derivative, OdeEvent, OdeFunction, OdeOptions, OdeResult, Stepper } from "./types.ts";

/**
 * Solves the initial value problem y' = f(t, y), y(t0) = y0 on [t0, t1]; t1 < t0 integrates backwards.
 *
 * - `"dormandPrince"` (default): adaptive 5(4) Runge-Kutta pair with PI step control; output at any time by its
 *   fourth-order interpolant.
 * - `"rk4"`, `"euler"`: constant steps, orders 4 and 1. Euler with step 1 is a residual block: y + f(y).
 *
 * All methods are explicit: a stiff system ends with a sentence that says so.
 *
 * @param f Derivative: returned, or written into its third argument.
 * @param span [t0, t1], finite.
 * @param y0 Start, length n.
 * @throws WhetstoneError when the step size collapses, `maxSteps` is used up or the solution overflows.
 * @example
 * const { t, y } = odeSolve((_t, y) => [-y[0]], [0, 1], [1], { times: [0, 0.5, 1] });
 * y.at(2, 0); // about Math.exp(-1)
 */
export function odeSolve(
  f: OdeFunction,
  span: readonly [number, number],
  y0: ArrayLike<number>,
  options: OdeOptions = {},
): OdeResult {
  return run("odeSolve", f, span, y0, options);
}

/**
 * {@link odeSolve} by explicit Euler steps.
 *
 * @example
 * const { y } = euler((t, y) => [-y[0]], [0, 1], [1], { step: 0.5 });
 * y.col(0); // [1, 0.5, 0.25]
 */
export function euler(
  f: OdeFunction,
  span: readonly [number, number],
  y0: ArrayLike<number>,
  options: Pick<OdeOptions, "step" | "times" | "events" | "maxSteps" | "signal"> = {},
): OdeResult {
  return run("euler", f, span, y0, { ...options, method: "euler" });
}

/**
 * {@link odeSolve} by the classic fourth-order Runge-Kutta method.
 *
 * @example
 * const { y } = rk4((t, y) => [-y[0]], [0, 1], [1], { step: 0.5 });
 * y.at(2, 0); // 0.368: exp(-1) is 0.36788
 */
export function rk4(
  f: OdeFunction,
  span: readonly [number, number],
  y0: ArrayLike<number>,
  options: Pick<OdeOptions, "step" | "times" | "events" | "maxSteps" | "signal"> = {},
): OdeResult {
  return run("rk4", f, span, y0, { ...options, method: "rk4" });
}

/**
 * {@link odeSolve} by the adaptive Dormand-Prince 5(4) pair.
 *
 * @example
 * const { y } = dormandPrince((t, y) => [-y[0]], [0, 1], [1]);
 * y.at(y.rows - 1, 0); // about 0.3679 = exp(-1)
 */
export function dormandPrince(
  f: OdeFunction,
  span: readonly [number, number],
  y0: ArrayLike<number>,
  options: Omit<OdeOptions, "method" | "step"> = {},
): OdeResult {
  return run("dormandPrince", f, span, y0, { ...options, method: "dormandPrince" });
}

function run(
  where: string,
  f: OdeFunction,
  span: readonly [number, number],
  y0: ArrayLike<number>,
  options: OdeOptions,
): OdeResult {
  requireFunction(where, "f", f);
  requireList(where, "span", span, "finite [t0, t1]");
  requireList(where, "y0", y0);
  const t0 = span[0];
  const t1 = span[1];
  if (!(Number.isFinite(t0) && Number.isFinite(t1)))
    throw argumentError(where, "span", span, "finite [t0, t1]");
  const y = Float64Array.from(y0);
  for (let i = 0; i < y.length; i++)
    if (!Number.isFinite(y[i]!)) throw valueError(where, "y0", `holds ${y[i]} at index ${i}`);
  const times = checkTimes(where, options.times, t0, t1);
  const stepper = makeStepper(where, checkedDerivative(where, f, y.length), t0, t1, y, options);
  return integrate(where, stepper, t1, times, options);
}

function makeStepper(
  where: string,
  f: Derivative,
  t0: number,
  t1: number,
  y0: Float64Array,
  options: OdeOptions,
): Stepper {
  const { method = "dormandPrince", step, rtol = 1e-6, atol = 1e-9, firstStep, maxStep } = options;
  const length = Math.abs(t1 - t0);
  if (method === "euler" || method === "rk4") {
    for (const name of ["rtol", "atol", "firstStep", "maxStep"] as const) {
      if (options[name] !== undefined)
        throw argumentError(where, name, options[name], `absent: "${method}" has constant steps`);
    }
    const h = positive(where, "step", step ?? (length || 1) / 100);
    return new FixedStep(where, f, method === "euler" ? 1 : 4, t0, t1, y0, h);
  }
  if (method !== "dormandPrince")
    throw argumentError(where, "method", method, '"euler", "rk4" or "dormandPrince"');
  if (step !== undefined)
    throw argumentError(where, "step", step, 'absent: "dormandPrince" chooses its steps (see maxStep)');
  if (!(rtol >= 1e-14 && rtol < 1)) throw argumentError(where, "rtol", rtol, "a number in [1e-14, 1)");
  const absolute =
    typeof atol === "number" ? new Float64Array(y0.length).fill(atol) : Float64Array.from(atol);
  if (absolute.length !== y0.length) {
    throw shapeError(where, "atol", `has ${absolute.length} entries`, `${y0.length} (length of y0)`);
  }
  // A zero would ask for infinite accuracy of an entry that passes through 0.
  for (const a of absolute) positive(where, "atol", a);
  return new DormandPrince(where, f, t0, t1, y0, {
    rtol,
    atol: absolute,
    firstStep: firstStep === undefined ? undefined : positive(where, "firstStep", firstStep),
    maxStep: maxStep === undefined ? Number.POSITIVE_INFINITY : positive(where, "maxStep", maxStep),
  });
}

/** Drives a stepper over the span and collects output and events. */
function integrate(
  where: string,
  stepper: Stepper,
  t1: number,
  times: Float64Array | undefined,
  options: OdeOptions,
): OdeResult {
  const { maxSteps = 100_000, events = [], signal } = options;
  const n = stepper.y.length;
  const ts: number[] = [];
  const rows: number[] = [];
  const found = events.map(() => ({ t: [] as number[], y: [] as number[] }));
  const at = new Float64Array(n);
  const forward = t1 >= stepper.t;
  const keep = (t: number, y: Float64Array): void => {
    ts.push(t);
    for (const v of y) rows.push(v);
  };
  let next = 0;
  if (times === undefined) keep(stepper.t, stepper.y);
  else while (next < times.length && times[next] === stepper.t) keep(times[next++]!, stepper.y);
  const signs = events.map((e) => e.value(stepper.t, stepper.y));
  let steps = 0;
  let stoppedBy: number | undefined;
  while (stepper.t !== t1 && stoppedBy === undefined) {
    if (signal?.aborted) throw new AbortError(where, signal.reason);
    if (steps >= maxSteps) {
      const why = stepper instanceof DormandPrince ? `; ${stepper.diagnosis()}` : "";
      throw numericalError(
        where,
        `${maxSteps} steps (maxSteps) ended at t = ${stepper.t}, before ${t1}${why}`,
      );
    }
    stepper.advance();
    steps++;
    let end = stepper.t;
    const zeros = eventZeros(events, signs, stepper, at);
    for (const zero of zeros) {
      if (stoppedBy !== undefined && (forward ? zero.t > end : zero.t < end)) continue;
      stepper.interpolate(zero.t, at);
      found[zero.event]!.t.push(zero.t);
      found[zero.event]!.y.push(...at);
      if (events[zero.event]!.terminal === true) {
        stoppedBy ??= zero.event;
        end = zero.t;
      }
    }
    if (times !== undefined) {
      while (next < times.length && (forward ? times[next]! <= end : times[next]! >= end)) {
        const t = times[next++]!;
        if (t === stepper.t) at.set(stepper.y);
        else stepper.interpolate(t, at);
        keep(t, at);
      }
    } else if (stoppedBy !== undefined) {
      stepper.interpolate(end, at);
      keep(end, at);
    } else {
      keep(stepper.t, stepper.y);
    }
  }
  return {
    t: Float64Array.from(ts),
    y: new Matrix(Float64Array.from(rows), ts.length, n),
    steps,
    rejected: stepper.rejected,
    evaluations: stepper.evaluations,
    events: found.map((e) => ({
      t: Float64Array.from(e.t),
      y: new Matrix(Float64Array.from(e.y), e.t.length, n),
    })),
    stoppedBy,
  };
}

/** Sign changes of the events over the last step, located on the interpolant, in the order of integration. */
function eventZeros(
  events: readonly OdeEvent[],
  signs: number[],
  stepper: Stepper,
  at: Float64Array,
): { event: number; t: number }[] {
  const zeros: { event: number; t: number }[] = [];
  events.forEach((event, k) => {
    const before = signs[k]!;
    const after = event.value(stepper.t, stepper.y);
    signs[k] = after;
    // A zero on the end of a step belongs to that step, not to the next one as well.
    if (before === 0 || (after !== 0 && before > 0 === after > 0)) return;
    const rising = (after > before ? 1 : -1) * (stepper.t > stepper.tOld ? 1 : -1);
    if ((event.direction ?? 0) * rising < 0) return;
    const value = (t: number): number => {
      if (t === stepper.t) return after;
      if (t === stepper.tOld) return before;
      stepper.interpolate(t, at);
      return event.value(t, at);
    };
    const span: [number, number] =
      stepper.tOld < stepper.t ? [stepper.tOld, stepper.t] : [stepper.t, stepper.tOld];
    zeros.push({ event: k, t: brentRoot(value, span, { tolerance: 1e-14 }).x });
  });
  const sign = stepper.t > stepper.tOld ? 1 : -1;
  return zeros.sort((a, b) => sign * (a.t - b.t));
}

function checkedDerivative(where: string, f: OdeFunction, n: number): Derivative {
  if (typeof f !== "function") throw argumentError(where, "f", f, "a function (t, y, out) of the derivative");
  return (t, y, out) => {
    const returned = f(t, y, out);
    if (returned === undefined || returned === out) return;
    if (returned.length !== n)
      throw shapeError(where, "f", `gave ${returned.length} entries`, `${n} (length of y0)`);
    out.set(returned);
  };
}

function checkTimes(
  where: string,
  given: ArrayLike<number> | undefined,
  t0: number,
  t1: number,
): Float64Array | undefined {
  if (given === undefined) return undefined;
  const times = Float64Array.from(given);
  const sign = t1 >= t0 ? 1 : -1;
  for (let i = 0; i < times.length; i++) {
    const t = times[i]!;
    if (!(t >= Math.min(t0, t1) && t <= Math.max(t0, t1))) {
      throw argumentError(where, `times[${i}]`, t, `a time within [${t0}, ${t1}]`);
    }
    if (i > 0 && sign * (t - times[i - 1]!) < 0) {
      throw argumentError(where, `times[${i}]`, t, `not to go back from times[${i - 1}] (${times[i - 1]})`);
    }
  }
  return times;
}

function positive(where: string, name: string, value: number): number {
  if (!(value > 0 && Number.isFinite(value))) throw argumentError(where, name, value, "a finite number > 0");
  return value;
}
