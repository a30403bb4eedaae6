/**
 * Errors of the library: a machine-readable `code` and fields, and a sentence that names the function and
 * the argument. This file is below every layer and imports nothing.
 */

/** What an error says besides its sentence. */
export interface ErrorFields {
  /** The public function or method, e.g. `"Ridge.fit"`. */
  readonly where: string;
  /** The argument at fault, e.g. `"X"` or `"alpha"`. */
  readonly argument?: string;
  readonly [field: string]: unknown;
}

/**
 * What sort of thing went wrong, for programs that tell errors apart:
 *
 * - `"argument"`: an argument of the wrong kind or outside its range
 * - `"shape"`: arrays that do not fit together
 * - `"value"`: content that the function cannot work with, such as NaN
 * - `"numerical"`: no answer in floating point, such as a singular matrix
 * - `"format"`: a damaged file, or one of another kind
 * - `"aborted"`: stopped by an `AbortSignal`
 * - `"conflict"`: somebody else's commit came first
 * - `"worker"`: a worker failed, or could not be started
 * - `"unsupported"`: the platform, or this method, cannot do it
 */
export type ErrorCode =
  | "argument"
  | "shape"
  | "value"
  | "numerical"
  | "format"
  | "aborted"
  | "conflict"
  | "worker"
  | "unsupported";

/** Base of every error thrown on purpose by this library. */
export class WhetstoneError extends Error {
  /** What sort of thing went wrong; see {@link ErrorCode}. */
  readonly code: ErrorCode;
  /** Function, argument and what else is known, for programs. */
  readonly fields: ErrorFields;

  constructor(code: ErrorCode, fields: ErrorFields, sentence: string) {
    super(`${fields.where}: ${sentence}`);
    this.name = "WhetstoneError";
    this.code = code;
    this.fields = fields;
  }
}

/** Stopped by an `AbortSignal`. `name` is `"AbortError"`, as for every aborted web API. */
export class AbortError extends WhetstoneError {
  constructor(where: string, reason?: unknown) {
    const why = reason instanceof Error ? reason.message : reason === undefined ? "" : String(reason);
    super("aborted", { where, reason }, why === "" ? "aborted" : `aborted (${why})`);
    this.name = "AbortError";
  }
}

/**
 * An argument of the wrong kind or outside its range: `argumentError("Ridge", "alpha", -1, "a number >= 0")`.
 *
 * @example
 * argumentError("Ridge", "alpha", -1, "a number >= 0").message; // "Ridge: alpha is -1, expected a number >= 0"
 */
export function argumentError(
  where: string,
  argument: string,
  received: unknown,
  expected: string,
): WhetstoneError {
  return new WhetstoneError(
    "argument",
    { where, argument, received, expected },
    `${argument} is ${show(received)}, expected ${expected}`,
  );
}

/**
 * Arrays that do not fit together: `shapeError("solve", "b", "has 3 rows", "4 (rows of A)")`.
 *
 * @example
 * shapeError("solve", "b", "has 3 rows", "4 (rows of A)").code; // "shape"
 */
export function shapeError(where: string, argument: string, has: string, expected: string): WhetstoneError {
  return new WhetstoneError("shape", { where, argument }, `${argument} ${has}, expected ${expected}`);
}

/**
 * Content that the function cannot work with, such as NaN:
 * `valueError("Ridge.fit", "X", "holds NaN at row 3, column 1")`.
 *
 * @example
 * valueError("Ridge.fit", "X", "holds NaN").message; // "Ridge.fit: X holds NaN"
 */
export function valueError(where: string, argument: string, sentence: string): WhetstoneError {
  return new WhetstoneError("value", { where, argument }, `${argument} ${sentence}`);
}

/** A computation that has no answer in floating point: a singular matrix, no convergence. */
export function numericalError(where: string, sentence: string): WhetstoneError {
  return new WhetstoneError("numerical", { where }, sentence);
}

/** A file or byte string that is damaged or of another kind. */
export function formatError(where: string, sentence: string): WhetstoneError {
  return new WhetstoneError("format", { where }, sentence);
}

/** Refuses what cannot be read by index: neither an array, a typed array nor anything else with a length. */
export function requireList(
  where: string,
  argument: string,
  x: unknown,
  expected = "an array of numbers",
): void {
  const length = x !== null && typeof x === "object" ? (x as { length?: unknown }).length : undefined;
  if (!(Number.isSafeInteger(length) && (length as number) >= 0))
    throw argumentError(where, argument, x, expected);
}

/** Refuses row or column numbers that are none of 0 to n - 1. */
export function requireRows(where: string, indices: unknown, n: number, what = "rows"): void {
  requireList(where, "indices", indices, `an array of ${what}' numbers`);
  const list = indices as ArrayLike<unknown>;
  for (let i = 0; i < list.length; i++) {
    const at = list[i] as number;
    if (!(Number.isInteger(at) && at >= 0 && at < n))
      throw argumentError(where, `indices[${i}]`, at, `an integer from 0 to ${n - 1}`);
  }
}

/** Refuses what cannot be called. */
export function requireFunction(where: string, argument: string, f: unknown): void {
  if (typeof f !== "function") throw argumentError(where, argument, f, "a function");
}

/**
 * Renders a received value briefly for a message.
 *
 * @example
 * show([1, 2]); // "an array of 2"
 */
export function show(value: unknown): string {
  if (typeof value === "string")
    return JSON.stringify(value.length > 40 ? `${value.slice(0, 37)}...` : value);
  if (typeof value === "number" || typeof value === "boolean" || value == null) return String(value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function") return "a function";
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (ArrayBuffer.isView(value)) return `a ${value.constructor.name}`;
  if (typeof value === "object") {
    // Not value.constructor, which a plain object may have as a key of its own.
    const made = Object.getPrototypeOf(value)?.constructor;
    // A bundler may shorten the names of classes, but not what the library calls its own.
    const name = typeof made?.typeName === "string" ? made.typeName : made?.name;
    return name === undefined || name === "Object" ? "an object" : `a ${name}`;
  }
  return typeof value;
}
