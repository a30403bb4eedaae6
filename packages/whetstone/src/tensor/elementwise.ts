import * as b from "./graph/build.ts";
import type { Node } from "./graph/node.ts";
import type { Binary, Unary } from "./graph/primitives.ts";
import { meet, scalar, toFloat } from "./ops/coerce.ts";
import * as elementwise from "./ops/elementwise.ts";
import type { Tensor } from "./tensor.ts";

/** What tensors compute element by element, and comparisons: the part of `Tensor` that is only that. */
export abstract class Elementwise {
  /** The graph node whose value this is. For code that builds on the graph. */
  abstract node: Node;

  /** A node as a tensor. */
  protected abstract wrap(node: Node): Tensor;

  /** A tensor's node, or a number in the dtype that it takes beside `other`. */
  #operand(where: string, value: Tensor | number, other = this.node): Node {
    return value instanceof Elementwise ? value.node : scalar(where, value, other);
  }

  #unary(op: Unary, floats = true): Tensor {
    return this.wrap(b.unary(op, floats ? toFloat(this.node) : this.node));
  }

  #binary(op: Binary, other: Tensor | number, name: string): Tensor {
    const [x, y] = meet(`Tensor.${name}`, this.node, this.#operand(`Tensor.${name}`, other));
    return this.wrap(b.binary(op, x, y));
  }

  #reversed(op: Binary, other: Tensor | number, name: string): Tensor {
    const [x, y] = meet(`Tensor.${name}`, this.#operand(`Tensor.${name}`, other), this.node);
    return this.wrap(b.binary(op, x, y));
  }

  add(other: Tensor | number): Tensor {
    return this.#binary("add", other, "add");
  }
  sub(other: Tensor | number): Tensor {
    return this.#binary("sub", other, "sub");
  }
  mul(other: Tensor | number): Tensor {
    return this.#binary("mul", other, "mul");
  }
  /** Quotient; integers become float32 first. */
  div(other: Tensor | number): Tensor {
    const [x, y] = meet(
      "Tensor.div",
      toFloat(this.node),
      this.#operand("Tensor.div", other, toFloat(this.node)),
    );
    return this.wrap(b.binary("div", x, y));
  }
  /** Remainder with the sign of the divisor. */
  mod(other: Tensor | number): Tensor {
    return this.#binary("mod", other, "mod");
  }
  pow(exponent: Tensor | number): Tensor {
    return this.#binary("pow", exponent, "pow");
  }
  maximum(other: Tensor | number): Tensor {
    return this.#binary("maximum", other, "maximum");
  }
  minimum(other: Tensor | number): Tensor {
    return this.#binary("minimum", other, "minimum");
  }
  /** Held to [low, high]. */
  clamp(low: number, high: number): Tensor {
    return this.maximum(low).minimum(high);
  }
  neg(): Tensor {
    const x = this.node;
    return this.wrap(b.unary("neg", x.dtype === "bool" ? b.cast(x, "i32") : x));
  }
  abs(): Tensor {
    return this.#unary("abs", false);
  }
  sign(): Tensor {
    return this.#unary("sign", false);
  }
  floor(): Tensor {
    return this.#unary("floor");
  }
  ceil(): Tensor {
    return this.neg().floor().neg();
  }
  /** To the nearest whole number, halves to the even one. */
  round(): Tensor {
    return this.#unary("round");
  }
  sqrt(): Tensor {
    return this.#unary("sqrt");
  }
  rsqrt(): Tensor {
    return this.wrap(elementwise.rsqrt(this.node));
  }
  square(): Tensor {
    return this.wrap(b.binary("mul", this.node, this.node));
  }
  reciprocal(): Tensor {
    return this.wrap(elementwise.reciprocal(this.node));
  }
  exp(): Tensor {
    return this.#unary("exp");
  }
  expm1(): Tensor {
    return this.#unary("expm1");
  }
  log(): Tensor {
    return this.#unary("log");
  }
  log1p(): Tensor {
    return this.#unary("log1p");
  }
  sin(): Tensor {
    return this.#unary("sin");
  }
  cos(): Tensor {
    return this.#unary("cos");
  }
  atan(): Tensor {
    return this.#unary("atan");
  }
  tanh(): Tensor {
    return this.#unary("tanh");
  }
  sigmoid(): Tensor {
    return this.#unary("sigmoid");
  }
  erf(): Tensor {
    return this.#unary("erf");
  }
  /** max(x, 0); the derivative at 0 is 0. */
  relu(): Tensor {
    return this.wrap(elementwise.relu(this.node));
  }
  isNaN(): Tensor {
    return this.wrap(elementwise.notANumber(this.node));
  }

  lt(other: Tensor | number): Tensor {
    return this.#binary("lt", other, "lt");
  }
  le(other: Tensor | number): Tensor {
    return this.#binary("le", other, "le");
  }
  gt(other: Tensor | number): Tensor {
    return this.#reversed("lt", other, "gt");
  }
  ge(other: Tensor | number): Tensor {
    return this.#reversed("le", other, "ge");
  }
  eq(other: Tensor | number): Tensor {
    return this.#binary("eq", other, "eq");
  }
  ne(other: Tensor | number): Tensor {
    return this.eq(other).not();
  }
  /** Logical negation. */
  not(): Tensor {
    return this.wrap(b.unary("not", b.cast(this.node, "bool")));
  }
  /** Of bool: both hold; of integers: bit by bit. */
  and(other: Tensor | number): Tensor {
    return this.#bits("and", other);
  }
  or(other: Tensor | number): Tensor {
    return this.#bits("or", other);
  }
  xor(other: Tensor | number): Tensor {
    return this.#bits("xor", other);
  }
  #bits(op: "and" | "or" | "xor", other: Tensor | number): Tensor {
    return this.wrap(elementwise.bits(op, this.node, this.#operand(`Tensor.${op}`, other)));
  }
  /** `value` where the mask holds. */
  maskedFill(mask: Tensor, value: number): Tensor {
    return this.wrap(elementwise.where(mask.node, this.#operand("Tensor.where", value), this.node));
  }
}
