/** Reductions over axes, and what is built from them. */
import { argumentError } from "../../errors.ts";
import { isFloat } from "../dtype.ts";
import * as b from "../graph/build.ts";
import { Node } from "../graph/node.ts";
import { normalizeAxes, normalizeAxis, sizeOf } from "../graph/shape.ts";
import { toFloat } from "./coerce.ts";

/** Axes that a reduction runs over: one, several, or all where none is named; -1 is the last. */
export type Axes = number | readonly number[] | undefined;

/** Removes the reduced axes unless they are to be kept with size 1. */
export function dropAxes(x: Node, axes: readonly number[], keepDims: boolean): Node {
  return keepDims
    ? x
    : b.reshape(
        x,
        x.shape.filter((_, i) => !axes.includes(i)),
      );
}

export function sum(x: Node, axis: Axes, keepDims: boolean): Node {
  const axes = normalizeAxes("Tensor.sum", axis, x.shape.length);
  const wide = x.dtype === "bool" || x.dtype === "u8" ? b.cast(x, "i32") : x;
  return dropAxes(b.sum(wide, axes), axes, keepDims);
}

export function mean(x: Node, axis: Axes, keepDims: boolean): Node {
  const axes = normalizeAxes("Tensor.mean", axis, x.shape.length);
  const count = sizeOf(axes.map((a) => x.shape[a]!));
  return dropAxes(b.scale(b.sum(toFloat(x), axes), 1 / count), axes, keepDims);
}

/** sum (x - mean)^2 / (n - correction) */
export function variance(x: Node, axis: Axes, keepDims: boolean, correction: number): Node {
  if (!(correction >= 0)) throw argumentError("Tensor.variance", "correction", correction, "a number >= 0");
  const axes = normalizeAxes("Tensor.variance", axis, x.shape.length);
  const count = sizeOf(axes.map((a) => x.shape[a]!));
  const values = toFloat(x);
  const centre = b.expand(b.scale(b.sum(values, axes), 1 / count), values.shape);
  const difference = b.sub(values, centre);
  const total = b.sum(b.mul(difference, difference), axes);
  return dropAxes(b.scale(total, 1 / Math.max(0, count - correction)), axes, keepDims);
}

export function max(x: Node, axis: Axes, keepDims: boolean, where = "Tensor.max"): Node {
  const axes = normalizeAxes(where, axis, x.shape.length);
  if (axes.some((a) => x.shape[a] === 0)) {
    throw argumentError(where, "axis", axis, "an axis with elements: nothing has no extreme");
  }
  return dropAxes(b.max(x, axes), axes, keepDims);
}

export function min(x: Node, axis: Axes, keepDims: boolean): Node {
  const flip = (node: Node) => (isFloat(x.dtype) ? b.neg(node) : b.sub(b.like(node, -1), node)); // -1 - x never overflows
  if (x.dtype === "bool" || x.dtype === "u8") {
    return b.cast(min(b.cast(x, "i32"), axis, keepDims), x.dtype);
  }
  return flip(max(flip(x), axis, keepDims, "Tensor.min"));
}

export function argmax(x: Node, axis: number | undefined, keepDims: boolean, where = "Tensor.argmax"): Node {
  if (axis === undefined) return argmax(b.reshape(x, [sizeOf(x.shape)]), 0, false, where);
  const at = normalizeAxis(where, axis, x.shape.length);
  if (x.shape[at] === 0) throw argumentError(where, "axis", axis, "an axis with elements");
  return dropAxes(b.argmax(x, at), [at], keepDims);
}

export function argmin(x: Node, axis: number | undefined, keepDims: boolean): Node {
  const flipped = isFloat(x.dtype) ? b.neg(x) : b.sub(b.like(b.cast(x, "i32"), -1), b.cast(x, "i32"));
  return argmax(flipped, axis, keepDims, "Tensor.argmin");
}

/** By halves: ((a b) (c d)) ..., so that its gradient needs no division. */
export function prod(x: Node, axis: Axes, keepDims: boolean): Node {
  const axes = normalizeAxes("Tensor.prod", axis, x.shape.length);
  let y = x.dtype === "bool" || x.dtype === "u8" ? b.cast(x, "i32") : x;
  for (const a of axes) {
    if (y.shape[a] === 0)
      y = b.constant(
        1,
        y.shape.map((n, i) => (i === a ? 1 : n)),
        y.dtype,
      );
    while (y.shape[a]! > 1) {
      const n = y.shape[a]!;
      const half = n >> 1;
      const part = (from: number, count: number) => {
        const shape = y.shape.map((s, i) => (i === a ? count : s));
        return b.slice(
          y,
          y.shape.map((_, i) => (i === a ? from : 0)),
          y.shape.map(() => 1),
          shape,
        );
      };
      const product = b.mul(part(0, half), part(half, half));
      if (n % 2 === 0) {
        y = product;
        continue;
      }
      const zeros = y.shape.map(() => 0);
      const at = (k: number) => zeros.map((_, i) => (i === a ? k : 0));
      y = b.add(b.pad(product, zeros, at(1)), b.pad(part(n - 1, 1), at(half), zeros));
    }
  }
  return dropAxes(y, axes, keepDims);
}

/** The maximum as a constant of the graph: what a stable softmax subtracts. Infinite maxima count as 0. */
function anchor(x: Node, axes: readonly number[]): Node {
  const top = b.detach(b.max(x, axes));
  const size = b.unary("abs", top);
  const finite = b.binary("lt", size, b.like(size, Number.POSITIVE_INFINITY));
  return b.where(finite, top, b.like(top, 0));
}

/** log sum exp(x), without overflow */
export function logSumExp(x: Node, axis: Axes, keepDims: boolean): Node {
  const axes = normalizeAxes("Tensor.logSumExp", axis, x.shape.length);
  const values = toFloat(x);
  const top = anchor(values, axes);
  const total = b.sum(b.unary("exp", b.sub(values, b.expand(top, values.shape))), axes);
  return dropAxes(b.add(b.unary("log", total), top), axes, keepDims);
}

/** `value` as a node of its own whose gradient for x is what `rule` makes of (gradient, the node itself). */
function withGradient(value: Node, x: Node, rule: (g: Node, y: Node) => Node): Node {
  if (!x.requiresGrad) return value;
  return new Node(
    "custom",
    { rule: (g, y) => [rule(g as Node, y as Node)] },
    [b.detach(value), x],
    value.shape,
    value.dtype,
  );
}

/** exp(x - max) times 1 / sum exp(x - max): one division for each sum. Its gradient, y (g - sum g y), needs only y. */
export function softmax(x: Node, axis: number): Node {
  const axes = [normalizeAxis("Tensor.softmax", axis, x.shape.length)];
  const values = toFloat(x);
  const e = b.unary("exp", b.sub(values, b.expand(b.max(values, axes), values.shape)));
  const total = b.sum(e, axes);
  const y = b.mul(e, b.expand(b.div(b.like(total, 1), total), values.shape));
  return withGradient(y, values, (g, own) => {
    const inner = b.sum(b.mul(g, own), axes);
    return b.mul(own, b.sub(g, b.expand(inner, own.shape)));
  });
}

/** x - max - log sum exp(x - max). Its gradient, g - exp(y) sum g, needs only y. */
export function logSoftmax(x: Node, axis: number): Node {
  const axes = [normalizeAxis("Tensor.logSoftmax", axis, x.shape.length)];
  const values = toFloat(x);
  const shifted = b.sub(values, b.expand(b.max(values, axes), values.shape));
  const total = b.unary("log", b.sum(b.unary("exp", shifted), axes));
  const y = b.sub(shifted, b.expand(total, values.shape));
  return withGradient(y, values, (g, own) =>
    b.sub(g, b.mul(b.unary("exp", own), b.expand(b.sum(g, axes), own.shape))),
  );
}
