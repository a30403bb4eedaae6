/** Shapes: arrays of sizes, outermost first, row-major. */
import { shapeError, WhetstoneError } from "../../errors.ts";

/** Length of each axis, the slowest first; `[]` is a single number. */
export type Shape = readonly number[];

export const sizeOf = (shape: Shape): number => {
  let size = 1;
  for (const n of shape) size *= n;
  return size;
};

export const sameShape = (a: Shape, b: Shape): boolean => {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
};

export const showShape = (shape: Shape): string => `[${shape.join(", ")}]`;

/** Row-major strides, in elements. */
export function contiguousStrides(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  for (let i = shape.length - 1, step = 1; i >= 0; i--) {
    strides[i] = step;
    step *= shape[i]!;
  }
  return strides;
}

/** The shape both broadcast to: sizes agree or one of them is 1, aligned at the last axis. */
export function broadcastShapes(where: string, a: Shape, b: Shape): Shape {
  if (sameShape(a, b)) return a;
  const rank = Math.max(a.length, b.length);
  const out = new Array<number>(rank);
  for (let i = 1; i <= rank; i++) {
    const x = a[a.length - i] ?? 1;
    const y = b[b.length - i] ?? 1;
    if (x !== y && x !== 1 && y !== 1) {
      throw new WhetstoneError(
        "shape",
        { where },
        `shapes ${showShape(a)} and ${showShape(b)} do not broadcast: sizes ${x} and ${y} at axis -${i}`,
      );
    }
    out[rank - i] = x === 1 ? y : x;
  }
  return out;
}

/** An axis counted from either end, as one from the front. */
export function normalizeAxis(where: string, axis: number, rank: number, argument = "axis"): number {
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank) {
    throw new WhetstoneError(
      "argument",
      { where, argument, received: axis },
      `${argument} is ${axis}, expected an integer from ${-rank} to ${rank - 1} (the tensor has ${rank} ${rank === 1 ? "axis" : "axes"})`,
    );
  }
  return axis < 0 ? axis + rank : axis;
}

/** Sorted, each once. */
export function normalizeAxes(
  where: string,
  axes: number | readonly number[] | undefined,
  rank: number,
): number[] {
  if (axes === undefined) return Array.from({ length: rank }, (_, i) => i);
  const list = (typeof axes === "number" ? [axes] : [...axes]).map((a) => normalizeAxis(where, a, rank));
  list.sort((a, b) => a - b);
  if (new Set(list).size < list.length) {
    throw new WhetstoneError("argument", { where, argument: "axis" }, `axis [${list}] names an axis twice`);
  }
  return list;
}

export function checkShape(where: string, shape: Shape): void {
  for (const n of shape) {
    if (!Number.isSafeInteger(n) || n < 0) {
      throw shapeError(where, "shape", `is ${showShape(shape)}`, "whole numbers >= 0");
    }
  }
  if (sizeOf(shape) > 2 ** 31 - 1) {
    throw shapeError(where, "shape", `${showShape(shape)} has ${sizeOf(shape)} elements`, "at most 2^31 - 1");
  }
}

/** A shape in which one size may be -1: what is left over. */
export function inferShape(where: string, shape: Shape, size: number): number[] {
  const out = [...shape];
  const open = out.indexOf(-1);
  if (open >= 0) {
    const rest = out.reduce((p, n, i) => (i === open ? p : p * n), 1);
    out[open] = rest > 0 ? size / rest : 0;
  }
  if (out.some((n) => !Number.isSafeInteger(n) || n < 0) || sizeOf(out) !== size) {
    throw shapeError(where, "shape", `is ${showShape(shape)}`, `sizes whose product is ${size}`);
  }
  return out;
}
