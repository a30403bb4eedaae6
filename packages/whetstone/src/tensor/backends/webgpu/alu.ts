/** Elementwise primitives as expressions of WGSL. Values of f16 and bf16 are float32, of u8 i32, of bool bool. */
import type { DType } from "../../dtype.ts";
import { roundTo } from "../../dtype.ts";
import type { Binary, Unary } from "../../graph/primitives.ts";
import type { Instruction } from "../../schedule/kernel.ts";
import { literal } from "./functions.ts";

export type Kind = "f32" | "i32" | "bool";

export const kindOf = (dtype: DType): Kind =>
  dtype === "bool" ? "bool" : dtype === "i32" || dtype === "u8" ? "i32" : "f32";

/** A number as a value of that type. */
export function constant(dtype: DType, value: number): string {
  const rounded = roundTo(dtype, value);
  const kind = kindOf(dtype);
  if (kind === "f32") return literal(rounded);
  return kind === "bool" ? String(rounded !== 0) : `bitcast<i32>(${rounded >>> 0}u)`;
}

/** A word of memory as a value, and back. */
export const fromWord = (dtype: DType, word: string): string =>
  kindOf(dtype) === "bool" ? `(${word} != 0u)` : `bitcast<${kindOf(dtype)}>(${word})`;

export const toWord = (dtype: DType, value: string): string =>
  kindOf(dtype) === "bool" ? `select(0u, 1u, ${value})` : `bitcast<u32>(${value})`;

/** A result as its type can hold it. */
export const rounded = (dtype: DType, value: string): string =>
  dtype === "f16"
    ? `round_f16(${value})`
    : dtype === "bf16"
      ? `round_bf16(${value})`
      : dtype === "u8"
        ? `(${value} & 255)`
        : value;

type Alu = Extract<Instruction, { op: "alu" }>;

export function alu({ fn, dtype, operand }: Alu, args: readonly string[]): string {
  const [x, y, z] = args as [string, string, string];
  const kind = kindOf(operand);
  if (fn === "where") return `select(${z}, ${y}, ${x})`;
  if (fn === "random") return `random_bits(${x}, ${y}, ${z})`;
  if (fn === "cast") return cast(x, operand, dtype);
  const value =
    args.length === 1
      ? unary(fn as Exclude<Unary, "cast">, kind, x)
      : kind === "bool"
        ? boolBinary[fn as Binary](x, y)
        : kind === "i32"
          ? integerBinary[fn as Binary](x, y)
          : floatBinary(fn as Binary, x, y);
  return rounded(dtype, value);
}

function unary(fn: Exclude<Unary, "cast">, kind: Kind, x: string): string {
  switch (fn) {
    case "not":
      return `!${x}`;
    case "neg":
      return kind === "bool" ? x : `(-${x})`;
    case "abs":
      return kind === "bool" ? x : `abs(${x})`;
    case "sign":
      return kind === "f32" ? `f_sign(${x})` : kind === "i32" ? `sign(${x})` : x;
    case "floor":
    case "round":
    case "sqrt":
      return `${fn}(${x})`;
    default:
      return `f_${fn}(${x})`;
  }
}

const infix = (operator: string) => (x: string, y: string) => `(${x} ${operator} ${y})`;
const called = (name: string) => (x: string, y: string) => `${name}(${x}, ${y})`;
type Table = { readonly [P in Binary]: (x: string, y: string) => string };

const integerBinary: Table = {
  add: infix("+"),
  sub: infix("-"),
  mul: infix("*"),
  div: called("i_div"),
  mod: called("i_mod"),
  pow: called("i_pow"),
  maximum: called("max"),
  minimum: called("min"),
  lt: infix("<"),
  le: infix("<="),
  eq: infix("=="),
  and: infix("&"),
  or: infix("|"),
  xor: infix("^"),
};

function floatBinary(fn: Binary, x: string, y: string): string {
  switch (fn) {
    case "div":
      return `(${x} / ${y})`;
    case "mod":
    case "pow":
      return `f_${fn}(${x}, ${y})`;
    case "maximum":
    case "minimum":
      return `f_${fn.slice(0, 3)}(${x}, ${y})`;
    default:
      return integerBinary[fn](x, y);
  }
}

/** Results are whether the number is not 0. */
const boolBinary: Table = {
  add: infix("||"),
  sub: infix("!="),
  mul: infix("&&"),
  div: infix("&&"),
  mod: () => "false",
  pow: (x, y) => `(${x} || !${y})`,
  maximum: infix("||"),
  minimum: infix("&&"),
  lt: (x, y) => `(!${x} && ${y})`,
  le: (x, y) => `(!${x} || ${y})`,
  eq: infix("=="),
  and: infix("&&"),
  or: infix("||"),
  xor: infix("!="),
};

function cast(x: string, from: DType, to: DType): string {
  const [a, z] = [kindOf(from), kindOf(to)];
  if (z === "bool") return a === "bool" ? x : a === "f32" ? `is_not_zero(${x})` : `(${x} != 0)`;
  if (z === "i32") {
    const whole = a === "bool" ? `select(0, 1, ${x})` : a === "f32" ? `to_i32(${x})` : x;
    return rounded(to, whole);
  }
  const wide = a === "bool" ? `select(0.0, 1.0, ${x})` : a === "i32" ? `f32(${x})` : x;
  return from === to ? wide : rounded(to, wide);
}
