/** Functions of one element of each operand, beyond the primitives. */
import { argumentError, shapeError, WhetstoneError } from "../../errors.ts";
import { isFloat } from "../dtype.ts";
import * as b from "../graph/build.ts";
import type { Node } from "../graph/node.ts";
import { type Shape, showShape } from "../graph/shape.ts";
import { meet, toFloat } from "./coerce.ts";

/** max(x, 0); the derivative at 0 is 0. */
export function relu(x: Node): Node {
  const zero = b.like(x, 0);
  return b.where(b.binary("le", x, zero), zero, x);
}

export function rsqrt(node: Node): Node {
  const x = toFloat(node);
  return b.binary("div", b.like(x, 1), b.unary("sqrt", x));
}

export function reciprocal(node: Node): Node {
  const x = toFloat(node);
  return b.binary("div", b.like(x, 1), x);
}

export function notANumber(node: Node): Node {
  const x = toFloat(node);
  return b.unary("not", b.binary("eq", x, x));
}

/** Bit by bit, or of truth values. */
export function bits(op: "and" | "or" | "xor", x: Node, y: Node): Node {
  const [m, n] = meet(`Tensor.${op}`, x, y);
  if (isFloat(m.dtype)) throw argumentError(`Tensor.${op}`, "operands", m.dtype, "bool or integer tensors");
  return b.binary(op, m, n);
}

/** From x where the condition holds, else from y; all three broadcast. */
export function where(condition: Node, x: Node, y: Node): Node {
  const [m, n] = meet("Tensor.where", x, y);
  const shape = b.broadcast(m, broadcastOf(m, condition)).shape;
  const test = b.broadcast(b.cast(condition, "bool"), shape);
  return b.where(test, b.broadcast(m, shape), b.broadcast(n, shape));
}

function broadcastOf(x: Node, y: Node): Shape {
  const rank = Math.max(x.shape.length, y.shape.length);
  return Array.from({ length: rank }, (_, i) => {
    const [m, n] = [x.shape[x.shape.length - rank + i] ?? 1, y.shape[y.shape.length - rank + i] ?? 1];
    if (m !== n && m !== 1 && n !== 1) {
      throw shapeError(
        "Tensor.where",
        "condition",
        `has shape ${showShape(y.shape)}`,
        `one that broadcasts with ${showShape(x.shape)}`,
      );
    }
    return m === 1 ? n : m;
  });
}

/** A node that a gradient can be asked of, with the same values. */
export function requireFloat(where: string, x: Node): Node {
  if (isFloat(x.dtype)) return x;
  throw new WhetstoneError("argument", { where }, `a ${x.dtype} tensor has no gradient`);
}
