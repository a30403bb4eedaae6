import type { Matrix } from "../matrix.ts";

/** Right-hand side of y' = f(t, y): writes into `out` or returns the derivative. Arguments are reused buffers. */
// biome-ignore lint/suspicious/noConfusingVoidType: functions that only write into `out` return nothing
export type OdeFunction = (t: number, y: Float64Array, out: Float64Array) => ArrayLike<number> | void;

/** A scalar function of the solution whose zeros are to be found. */
export interface OdeEvent {
  value(t: number, y: Float64Array): number;
  /** Stop at the first zero. Default false. */
  terminal?: boolean;
  /** 1: only zeros where the value rises with t; -1: falls; 0 (default): both. */
  direction?: -1 | 0 | 1;
}

/** Method, steps, tolerances and events of an integration. */
export interface OdeOptions {
  /** Default `"dormandPrince"`. */
  method?: "euler" | "rk4" | "dormandPrince";
  /** Times of the output, within the span and in its direction. Default: every step. */
  times?: ArrayLike<number>;
  /** Step length of the fixed-step methods; the last step is shortened. Default a hundredth of the span. */
  step?: number;
  /** Relative tolerance of the adaptive method. Default 1e-6. */
  rtol?: number;
  /** Absolute tolerance of the adaptive method, one for all entries or one per entry. Default 1e-9. */
  atol?: number | ArrayLike<number>;
  /** First and longest step of the adaptive method. Defaults: chosen from f; no limit. */
  firstStep?: number;
  maxStep?: number;
  /** Give up after this many steps. Default 100000. */
  maxSteps?: number;
  /** Functions of time and state whose zeros are found, and may end the run. Default none. */
  events?: readonly OdeEvent[];
  /** Aborts with an `AbortError`, checked once per step. */
  signal?: AbortSignal;
}

/** A solution at the output times, and what it cost. */
export interface OdeResult {
  /** Output times, ending earlier than asked when a terminal event stopped the run. */
  readonly t: Float64Array;
  /** One row per output time. */
  readonly y: Matrix;
  /** Accepted and rejected steps. */
  readonly steps: number;
  readonly rejected: number;
  /** Calls of f. */
  readonly evaluations: number;
  /** Zeros per event, in the order met; `y` has one row per zero. */
  readonly events: readonly { readonly t: Float64Array; readonly y: Matrix }[];
  /** Index of the terminal event that stopped the run; undefined when it went to the end. */
  readonly stoppedBy: number | undefined;
}

/** One method in motion. Driven by `integrate`, which knows nothing of the method. */
export interface Stepper {
  /** Ends of the last step. */
  tOld: number;
  t: number;
  /** Solution at t. */
  readonly y: Float64Array;
  rejected: number;
  evaluations: number;
  /** Makes one accepted step; never beyond the end of the span. */
  advance(): void;
  /** Solution anywhere in the last step. */
  interpolate(t: number, out: Float64Array): void;
}

/** Evaluates f into `out` whichever way it answers. */
export type Derivative = (t: number, y: Float64Array, out: Float64Array) => void;
