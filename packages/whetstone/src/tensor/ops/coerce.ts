/** Operands meet: one dtype, one shape. */
import { argumentError, WhetstoneError } from "../../errors.ts";
import { type DType, isFloat, promote } from "../dtype.ts";
import * as b from "../graph/build.ts";
import type { Node } from "../graph/node.ts";
import { broadcastShapes, type Shape, sameShape } from "../graph/shape.ts";

/** A number takes the dtype of the tensor it meets; a fraction lifts an integer tensor to float32. */
export function scalar(where: string, value: unknown, other: Node): Node {
  if (typeof value !== "number") {
    throw argumentError(where, "operand", value, "a Tensor or a number");
  }
  const dtype: DType =
    isFloat(other.dtype) || Number.isInteger(value) ? (other.dtype === "bool" ? "i32" : other.dtype) : "f32";
  return b.constant(value, other.shape, dtype);
}

/** Both operands, promoted to one dtype and broadcast to one shape. */
export function meet(where: string, x: Node, y: Node): [Node, Node] {
  if (x.dtype === y.dtype && sameShape(x.shape, y.shape)) return [x, y];
  const dtype = promote(x.dtype, y.dtype);
  const shape = broadcastShapes(where, x.shape, y.shape);
  return [b.broadcast(b.cast(x, dtype), shape), b.broadcast(b.cast(y, dtype), shape)];
}

export function broadcastTo(where: string, x: Node, shape: Shape): Node {
  const common = broadcastShapes(where, x.shape, shape);
  if (common.length !== shape.length || common.some((n, i) => n !== shape[i])) {
    throw new WhetstoneError(
      "shape",
      { where },
      `a tensor of shape [${x.shape.join(", ")}] does not broadcast to [${shape.join(", ")}]`,
    );
  }
  return b.broadcast(x, shape);
}

/** Integers and bool become float32: for functions that need fractions. */
export const toFloat = (x: Node): Node => (isFloat(x.dtype) ? x : b.cast(x, "f32"));

export function requireInteger(where: string, argument: string, x: Node): Node {
  if (x.dtype === "i32") return x;
  if (isFloat(x.dtype)) {
    throw new WhetstoneError(
      "argument",
      { where, argument },
      `${argument} has dtype ${x.dtype}, expected whole numbers (i32)`,
    );
  }
  return b.cast(x, "i32");
}
