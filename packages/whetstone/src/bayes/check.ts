import { argumentError, requireList, shapeError } from "../errors.ts";

export function positive(where: string, name: string, value: unknown): number {
  if (!(typeof value === "number" && value > 0 && value < Number.POSITIVE_INFINITY))
    throw argumentError(where, name, value, "a number > 0");
  return value;
}

export function finite(where: string, name: string, value: unknown): number {
  if (!(typeof value === "number" && Number.isFinite(value)))
    throw argumentError(where, name, value, "a finite number");
  return value;
}

export function count(where: string, name: string, value: unknown, least = 1, most = 1e8): number {
  if (!(Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most))
    throw argumentError(where, name, value, `an integer from ${least} to ${most}`);
  return value as number;
}

/** A list of finite numbers, copied. */
export function numbers(where: string, name: string, given: unknown, least = 1): Float64Array {
  requireList(where, name, given);
  const list = given as ArrayLike<unknown>;
  if (list.length < least) throw shapeError(where, name, `has ${list.length} entries`, `at least ${least}`);
  return Float64Array.from({ length: list.length }, (_, i) => finite(where, `${name}[${i}]`, list[i]));
}

export function options<T extends object>(where: string, given: T | undefined): Partial<T> {
  if (given !== undefined && (given === null || typeof given !== "object"))
    throw argumentError(where, "options", given, "an object");
  return given ?? {};
}
