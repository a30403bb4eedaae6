import type { Matrix } from "../matrix.ts";

/** A vector result: either written into the `out` argument, or returned (then it is copied into `out`). */
// biome-ignore lint/suspicious/noConfusingVoidType: functions that only write into `out` return nothing
export type Written = ArrayLike<number> | void;

/**
 * What an optimiser may call. Give `value`, or `valueAndGradient`, or both; whatever derivative is missing
 * is replaced by finite differences (see {@link numericalGradient}), which costs about 2 n evaluations.
 * The arguments are buffers the optimiser reuses: read them, do not keep them.
 */
export interface ProblemFunctions {
  /** f(x). */
  value?(x: Float64Array): number;
  /** Gradient of f at x, length n. */
  gradient?(x: Float64Array, out: Float64Array): Written;
  /** f(x) returned, gradient written into `gradientOut`. The fastest form: one pass over the data. */
  valueAndGradient?(x: Float64Array, gradientOut: Float64Array): number;
  /** Hessian of f at x, n x n. */
  hessian?(x: Float64Array): Matrix;
  /** Product of the Hessian at x with v, length n. */
  hessianVector?(x: Float64Array, v: Float64Array, out: Float64Array): Written;
}

/** A problem, or just its value function. */
export type Problem = ProblemFunctions | ((x: Float64Array) => number);

/** When to stop. Any one that holds ends the run; 0 switches one off. */
export interface Tolerances {
  /** Largest absolute entry of the gradient (projected gradient where there are bounds). */
  gradient?: number;
  /** Relative decrease of f in one iteration: (f_old - f_new) / max(|f_old|, |f_new|, 1). */
  value?: number;
  /** Largest change of an entry of x in one iteration, relative to max(|x|, 1). */
  step?: number;
}

/** Where an optimiser stands after an iteration. */
export interface Iterate {
  readonly iteration: number;
  /** In a callback: a live buffer, copy it to keep it. In a history: a copy. */
  readonly x: Float64Array;
  readonly value: number;
  /** Largest absolute entry of the gradient; NaN for methods without gradients. */
  readonly gradientNorm: number;
  /** Step length the iteration took along its direction. */
  readonly step: number;
}

/** Options shared by every minimiser. */
export interface MinimizeOptions {
  /** A number is the gradient tolerance. */
  tolerance?: number | Tolerances;
  maxIterations?: number;
  /** Aborts with an `AbortError`, checked once per iteration. */
  signal?: AbortSignal;
  /** Called after each iteration; returning `true` stops with reason `"callback"`. */
  // biome-ignore lint/suspicious/noConfusingVoidType: most callbacks only look and return nothing
  callback?: (iterate: Iterate) => boolean | void;
  /** Keep every iterate (the start included) in `result.history`. Default false. */
  history?: boolean;
}

/**
 * Why an optimiser stopped: a tolerance held (`gradient`, `value`, `step`), `maxIterations`, the `callback` asked,
 * the line search found no lower point (`lineSearch`; the usual end when tolerances are below rounding error),
 * or the iterates left floating point (`diverged`).
 */
export type StopReason =
  | "gradient"
  | "value"
  | "step"
  | "maxIterations"
  | "callback"
  | "lineSearch"
  | "diverged";

/** Where a minimiser ended, and why there. */
export interface MinimizeResult {
  /** The best point found. */
  readonly x: Float64Array;
  /** f(x). */
  readonly value: number;
  /** Gradient at x; NaN entries for methods without gradients. */
  readonly gradient: Float64Array;
  readonly iterations: number;
  /** Calls of the value (or value-and-gradient) function, finite differences included. */
  readonly evaluations: number;
  /** True when a tolerance ended the run. */
  readonly converged: boolean;
  /** Which tolerance or limit ended it. */
  readonly reason: StopReason;
  /** Every iterate, when `history: true` was asked. */
  readonly history?: readonly Iterate[];
}
