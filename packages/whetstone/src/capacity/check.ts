import { argumentError } from "../errors.ts";

export function requirePositive(where: string, argument: string, x: number): void {
  if (!(Number.isFinite(x) && x > 0)) throw argumentError(where, argument, x, "a finite number > 0");
}

export function requireNonNegative(where: string, argument: string, x: number): void {
  if (!(Number.isFinite(x) && x >= 0)) throw argumentError(where, argument, x, "a finite number >= 0");
}

export function requireCount(where: string, argument: string, x: number): void {
  if (!(Number.isSafeInteger(x) && x >= 1)) throw argumentError(where, argument, x, "an integer >= 1");
}

/** A share from 0 to 1, both allowed. */
export function requireShare(where: string, argument: string, x: number): void {
  if (!(x >= 0 && x <= 1)) throw argumentError(where, argument, x, "a number from 0 to 1");
}

/** A probability strictly between 0 and 1. */
export function requireInside(where: string, argument: string, x: number): void {
  if (!(x > 0 && x < 1)) throw argumentError(where, argument, x, "a number between 0 and 1");
}

/** Options as an object, so that a forgotten argument is named and not read from nothing. */
export function requireOptions(where: string, options: unknown): void {
  if (options === null || typeof options !== "object")
    throw argumentError(where, "options", options, "an object");
}
