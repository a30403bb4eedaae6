/** Checks that several layers share. */
import { argumentError, shapeError } from "../../errors.ts";
import type { Tensor } from "../../tensor/index.ts";

/** A whole number of at least `min`. */
export function requireCount(where: string, argument: string, value: number, min = 1): number {
  if (Number.isSafeInteger(value) && value >= min) return value;
  throw argumentError(where, argument, value, `a whole number >= ${min}`);
}

/** A number from 0 to below 1, or to 1 where `closed`. */
export function requireShare(where: string, argument: string, value: number, closed = false): number {
  if (value >= 0 && (closed ? value <= 1 : value < 1)) return value;
  throw argumentError(where, argument, value, closed ? "a number from 0 to 1" : "a number >= 0 and < 1");
}

/** A layer's input has `size` places on an axis. */
export function requireAxis(where: string, x: Tensor, axis: number, size: number, what: string): void {
  if (x.shape.at(axis) === size) return;
  const place = axis === -1 ? "the last axis" : `axis ${axis}`;
  throw shapeError(where, "x", `has shape [${x.shape.join(", ")}]`, `${size} (${what}) on ${place}`);
}
