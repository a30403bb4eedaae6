/** Parts of a tensor: places and ranges of axes, pieces, windows, triangles. */
import { argumentError, shapeError } from "../../errors.ts";
import * as b from "../graph/build.ts";
import type { Node } from "../graph/node.ts";
import { type Shape, showShape } from "../graph/shape.ts";
import { lowerTriangle } from "./indexing.ts";
import { narrow, select } from "./movement.ts";

/** One place, all places (null), or [start, stop, step] of an axis. */
export type Index = number | null | readonly [start: number, stop?: number, step?: number];

export function at(x: Node, indices: readonly Index[]): Node {
  const where = "Tensor.at";
  if (indices.length > x.shape.length) {
    throw shapeError(
      where,
      "indices",
      `are ${indices.length}`,
      `at most ${x.shape.length}, the axes of ${showShape(x.shape)}`,
    );
  }
  let node = x;
  let axis = 0;
  for (const index of indices) {
    if (typeof index === "number") {
      node = select(node, axis, index, where);
      continue;
    }
    if (index) {
      const [start, stop = Number.POSITIVE_INFINITY, step = 1] = index;
      node = narrow(node, axis, start, stop, step, where);
    }
    axis++;
  }
  return node;
}

/** Sizes of the pieces of an axis: all of one size but the last, or as given. */
export function pieces(shape: Shape, size: number | readonly number[], axis: number): readonly number[] {
  const n = shape.at(axis) ?? 0;
  const sizes =
    typeof size === "number"
      ? Array.from({ length: Math.ceil(n / size) }, (_, i) => Math.min(size, n - i * size))
      : size;
  if (sizes.some((s) => !Number.isSafeInteger(s) || s < 0) || sizes.reduce((a, s) => a + s, 0) !== n) {
    throw shapeError(
      "Tensor.split",
      "size",
      `is ${showShape([size].flat())}`,
      `sizes that add up to ${n}, as axis ${axis} has`,
    );
  }
  return sizes;
}

/** Windows of an axis as a new last axis: [.., n, ..] -> [.., count, .., size]. */
export function unfold(x: Node, axis: number, size: number, stride: number, dilation: number): Node {
  const at = axis < 0 ? axis + x.shape.length : axis;
  if (![size, stride, dilation].every((n) => Number.isSafeInteger(n) && n >= 1) || !(at in x.shape)) {
    throw argumentError(
      "Tensor.unfold",
      "size",
      size,
      "size, stride and dilation >= 1 of an axis that exists",
    );
  }
  if (b.windowCount(x.shape[at]!, size, stride, dilation) === 0) {
    throw shapeError(
      "Tensor.unfold",
      "tensor",
      `has shape ${showShape(x.shape)}`,
      `room on axis ${at} for a window of ${dilation * (size - 1) + 1}`,
    );
  }
  return b.window(x, at, size, stride, dilation);
}

export const tril = (x: Node, diagonal: number): Node =>
  b.where(lowerTriangle("Tensor.tril", x.shape, diagonal), x, b.like(x, 0));

export const triu = (x: Node, diagonal: number): Node =>
  b.where(lowerTriangle("Tensor.triu", x.shape, diagonal - 1), b.like(x, 0), x);
