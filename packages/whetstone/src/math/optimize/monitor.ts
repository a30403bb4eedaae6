import { AbortError, argumentError } from "../../errors.ts";
import type { Iterate, MinimizeOptions, MinimizeResult, StopReason, Tolerances } from "./types.ts";
import { relativeChange } from "./vector.ts";

interface Defaults extends Required<Tolerances> {
  maxIterations: number;
}

/** Stopping rules, history and callback: the part that every minimiser shares. */
export class Monitor {
  readonly maxIterations: number;
  readonly tolerance: Required<Tolerances>;
  iterations = 0;
  private readonly where: string;
  private readonly signal: AbortSignal | undefined;
  private readonly callback: MinimizeOptions["callback"];
  private readonly history: Iterate[] | undefined;

  constructor(where: string, options: MinimizeOptions, defaults: Defaults) {
    const { tolerance, maxIterations = defaults.maxIterations, signal, callback, history = false } = options;
    const given = typeof tolerance === "number" ? { gradient: tolerance } : (tolerance ?? {});
    this.tolerance = {
      gradient: checked(where, "tolerance.gradient", given.gradient ?? defaults.gradient),
      value: checked(where, "tolerance.value", given.value ?? defaults.value),
      step: checked(where, "tolerance.step", given.step ?? defaults.step),
    };
    if (!(Number.isSafeInteger(maxIterations) && maxIterations >= 0)) {
      throw argumentError(where, "maxIterations", maxIterations, "an integer >= 0");
    }
    this.where = where;
    this.maxIterations = maxIterations;
    this.signal = signal;
    this.callback = callback;
    this.history = history ? [] : undefined;
  }

  /** Records the start; says whether it is already stationary or no iteration is allowed. */
  start(x: Float64Array, value: number, gradientNorm: number): StopReason | undefined {
    this.checkSignal();
    this.record({ iteration: 0, x, value, gradientNorm, step: 0 });
    if (this.tolerance.gradient > 0 && gradientNorm <= this.tolerance.gradient) return "gradient";
    return this.maxIterations === 0 ? "maxIterations" : undefined;
  }

  /** Closes an iteration that went from `xOld` to `x`; says whether to stop. */
  next(
    xOld: Float64Array,
    x: Float64Array,
    fOld: number,
    f: number,
    gradientNorm: number,
    step: number,
  ): StopReason | undefined {
    this.iterations++;
    this.checkSignal();
    const asked = this.tell(x, f, gradientNorm, step);
    const { gradient, value, step: stepTolerance } = this.tolerance;
    if (!Number.isFinite(f)) return "diverged";
    if (gradient > 0 && gradientNorm <= gradient) return "gradient";
    if (value > 0 && Math.abs(fOld - f) <= value * Math.max(Math.abs(fOld), Math.abs(f), 1)) return "value";
    if (stepTolerance > 0 && relativeChange(x, xOld) <= stepTolerance) return "step";
    if (asked) return "callback";
    return this.iterations >= this.maxIterations ? "maxIterations" : undefined;
  }

  checkSignal(): void {
    if (this.signal?.aborted) throw new AbortError(this.where, this.signal.reason);
  }

  result(
    x: Float64Array,
    value: number,
    gradient: Float64Array,
    evaluations: number,
    reason: StopReason,
  ): MinimizeResult {
    const converged = reason === "gradient" || reason === "value" || reason === "step";
    const result = { x, value, gradient, iterations: this.iterations, evaluations, converged, reason };
    return this.history === undefined ? result : { ...result, history: this.history };
  }

  private tell(x: Float64Array, value: number, gradientNorm: number, step: number): boolean {
    if (this.history === undefined && this.callback === undefined) return false;
    const iterate = { iteration: this.iterations, x, value, gradientNorm, step };
    this.record(iterate);
    return this.callback?.(iterate) === true;
  }

  private record(iterate: Iterate): void {
    this.history?.push({ ...iterate, x: iterate.x.slice() });
  }
}

function checked(where: string, name: string, value: number): number {
  if (!(value >= 0)) throw argumentError(where, name, value, "a number >= 0");
  return value;
}

/** Checks a numeric option: finite and, as asked, above or not below a floor. */
export function numberOption(
  where: string,
  name: string,
  value: number,
  rule: "positive" | "nonnegative" | "fraction",
): number {
  const good =
    typeof value === "number" &&
    Number.isFinite(value) &&
    (rule === "positive" ? value > 0 : rule === "nonnegative" ? value >= 0 : value >= 0 && value < 1);
  if (!good) {
    const expected =
      rule === "positive"
        ? "a finite number > 0"
        : rule === "nonnegative"
          ? "a finite number >= 0"
          : "in [0, 1)";
    throw argumentError(where, name, value, expected);
  }
  return value;
}
