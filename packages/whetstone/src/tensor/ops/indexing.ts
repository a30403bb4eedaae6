/** Elements picked by the values of another tensor, and orders. */
import { argumentError, shapeError } from "../../errors.ts";
import * as b from "../graph/build.ts";
import type { Node } from "../graph/node.ts";
import { normalizeAxis, type Shape, showShape, sizeOf } from "../graph/shape.ts";
import { broadcastTo, requireInteger } from "./coerce.ts";
import { narrow } from "./movement.ts";

/** out[i0, .., ia, ..] = x[i0, .., index[i], ..]; sizes of `index` off the axis may not exceed those of x. */
export function gather(x: Node, axis: number, index: Node): Node {
  const where = "Tensor.gather";
  const at = normalizeAxis(where, axis, x.shape.length);
  const ok =
    index.shape.length === x.shape.length && index.shape.every((n, i) => i === at || n <= x.shape[i]!);
  if (!ok) {
    throw shapeError(
      where,
      "index",
      `has shape ${showShape(index.shape)}`,
      `as many axes as ${showShape(x.shape)}, none longer but axis ${at}`,
    );
  }
  return b.gather(x, requireInteger(where, "index", index), at);
}

/** Rows of an axis by number: the axis is replaced by the axes of `index`. */
export function take(x: Node, index: Node, axis: number, where = "Tensor.take"): Node {
  const at = normalizeAxis(where, axis, x.shape.length);
  const whole = requireInteger(where, "index", index);
  const count = sizeOf(index.shape);
  const lined = x.shape.map((n, i) => (i === at ? count : n));
  const column = b.reshape(
    whole,
    x.shape.map((_, i) => (i === at ? count : 1)),
  );
  const picked = b.gather(x, b.expand(column, lined), at);
  return b.reshape(picked, [...x.shape.slice(0, at), ...index.shape, ...x.shape.slice(at + 1)]);
}

/** x with source[i] added at the places that index names along an axis. */
export function scatterAdd(x: Node, axis: number, index: Node, source: Node): Node {
  const where = "Tensor.scatterAdd";
  const at = normalizeAxis(where, axis, x.shape.length);
  const full = broadcastTo(where, b.cast(source, x.dtype), index.shape);
  const fits =
    index.shape.length === x.shape.length && index.shape.every((n, i) => i === at || n === x.shape[i]);
  if (!fits) {
    throw shapeError(
      where,
      "index",
      `has shape ${showShape(index.shape)}`,
      `the sizes of ${showShape(x.shape)} on every axis but ${at}`,
    );
  }
  return b.add(x, b.scatterAdd(full, requireInteger(where, "index", index), at, x.shape));
}

/** 1 where the last axis is the class, else 0: [...] -> [..., classes]. */
export function oneHot(index: Node, classes: number): Node {
  if (!Number.isSafeInteger(classes) || classes < 1) {
    throw argumentError("Tensor.oneHot", "classes", classes, "a whole number >= 1");
  }
  const shape: Shape = [...index.shape, classes];
  const column = b.reshape(requireInteger("Tensor.oneHot", "index", index), [...index.shape, 1]);
  return b.binary("eq", b.expand(column, shape), b.broadcast(b.iota(classes), shape));
}

export function argsort(x: Node, axis: number, descending: boolean): Node {
  return b.argsort(x, normalizeAxis("Tensor.argsort", axis, x.shape.length), descending);
}

export function sort(x: Node, axis: number, descending: boolean): [values: Node, indices: Node] {
  const at = normalizeAxis("Tensor.sort", axis, x.shape.length);
  const order = b.argsort(x, at, descending);
  return [b.gather(x, order, at), order];
}

export function topk(x: Node, k: number, axis: number, largest: boolean): [values: Node, indices: Node] {
  const at = normalizeAxis("Tensor.topk", axis, x.shape.length);
  if (!Number.isSafeInteger(k) || k < 0 || k > x.shape[at]!) {
    throw argumentError(
      "Tensor.topk",
      "k",
      k,
      `a whole number from 0 to ${x.shape[at]} (the size of axis ${at})`,
    );
  }
  const order = narrow(b.argsort(x, at, largest), at, 0, k, 1, "Tensor.topk");
  return [b.gather(x, order, at), order];
}

export function cumsum(x: Node, axis: number, reverse: boolean): Node {
  const at = normalizeAxis("Tensor.cumsum", axis, x.shape.length);
  return b.cumsum(x.dtype === "bool" || x.dtype === "u8" ? b.cast(x, "i32") : x, at, reverse);
}

/** 1 (true) where column - row <= diagonal, over the last two axes. */
export function lowerTriangle(where: string, shape: Shape, diagonal: number): Node {
  if (shape.length < 2)
    throw shapeError(where, "tensor", `has shape ${showShape(shape)}`, "two axes or more");
  if (!Number.isInteger(diagonal)) throw argumentError(where, "diagonal", diagonal, "a whole number");
  const [rows, columns] = shape.slice(-2) as [number, number];
  const square = [rows, columns];
  const column = b.broadcast(b.iota(columns), square);
  const row = b.expand(b.reshape(b.iota(rows), [rows, 1]), square);
  return b.broadcast(b.binary("le", column, b.shift(row, diagonal)), shape);
}
