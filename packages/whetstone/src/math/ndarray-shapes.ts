/** Shapes, strides and broadcasting of N-dimensional arrays. */
import { argumentError, shapeError } from "../errors.ts";

/** A number, or arrays of arrays of numbers. */
export type Nested = number | ArrayLike<Nested>;

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** Row-major strides, in entries. */
export function stridesOf(shape: readonly number[]): number[] {
  const out = new Array<number>(shape.length);
  for (let axis = shape.length - 1, step = 1; axis >= 0; axis--) {
    out[axis] = step;
    step *= shape[axis]!;
  }
  return out;
}

export function showShape(shape: readonly number[]): string {
  return `[${shape.join(", ")}]`;
}

/** Axis as 0 .. ndim - 1; negative ones count from the end. */
export function axisIndex(where: string, axis: number, ndim: number): number {
  const out = axis < 0 ? axis + ndim : axis;
  if (!(Number.isInteger(axis) && out >= 0 && out < ndim)) {
    throw argumentError(where, "axis", axis, `a whole number from ${-ndim} to ${ndim - 1}`);
  }
  return out;
}

/** The common shape of two arrays: aligned at the last axis, lengths equal or 1. */
export function broadcastShapes(where: string, a: readonly number[], b: readonly number[]): number[] {
  const ndim = Math.max(a.length, b.length);
  return Array.from({ length: ndim }, (_, axis) => {
    const x = a[axis - (ndim - a.length)] ?? 1;
    const y = b[axis - (ndim - b.length)] ?? 1;
    if (x !== y && x !== 1 && y !== 1) {
      throw shapeError(
        where,
        "other",
        `has shape ${showShape(b)}`,
        `one that broadcasts with ${showShape(a)}`,
      );
    }
    return x === 1 ? y : x;
  });
}

/** Strides that walk an array as if it had the broadcast shape: 0 along axes it repeats. */
export function broadcastStrides(
  shape: readonly number[],
  strides: readonly number[],
  target: readonly number[],
): number[] {
  const missing = target.length - shape.length;
  return target.map((_, axis) => {
    const own = axis - missing;
    return own < 0 || shape[own] === 1 ? 0 : strides[own]!;
  });
}

/** Calls `f` for each place of `shape` in row-major order with the matching offset in each array. */
export function forEachBroadcast(
  shape: readonly number[],
  strides: readonly (readonly number[])[],
  f: (at: number, offsets: readonly number[]) => void,
): void {
  const size = sizeOf(shape);
  const ndim = shape.length;
  const index = new Array<number>(ndim).fill(0);
  const offsets = strides.map(() => 0);
  for (let at = 0; at < size; at++) {
    f(at, offsets);
    for (let axis = ndim - 1; axis >= 0; axis--) {
      index[axis] = index[axis]! + 1;
      for (let g = 0; g < offsets.length; g++) offsets[g] = offsets[g]! + strides[g]![axis]!;
      if (index[axis]! < shape[axis]!) break;
      for (let g = 0; g < offsets.length; g++) offsets[g] = offsets[g]! - strides[g]![axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
}

/** Calls `f` for each line along an axis: offset of its first entry, step, length, and the line's number. */
export function alongAxis(
  shape: readonly number[],
  axis: number,
  f: (start: number, step: number, length: number, place: number) => void,
): void {
  const length = shape[axis]!;
  const step = sizeOf(shape.slice(axis + 1));
  const outer = sizeOf(shape.slice(0, axis));
  for (let o = 0, place = 0; o < outer; o++) {
    for (let i = 0; i < step; i++, place++) f(o * length * step + i, step, length, place);
  }
}
