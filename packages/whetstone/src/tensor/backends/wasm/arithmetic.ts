/** Elementwise primitives on vectors: operands on the stack, result on the stack. */
import type { DType } from "../../dtype.ts";
import type { Binary, Unary } from "../../graph/primitives.ts";
import { multipliers } from "../../graph/random-bits.ts";
import type { Instruction } from "../../schedule/kernel.ts";
import { type MathName, mathNames } from "../../wasm/vector-math/index.ts";
import type { Code } from "./code.ts";
import { constant, kindOf, type Lanes, roundHalf } from "./elements.ts";

type Alu = Extract<Instruction, { op: "alu" }>;

/** Calls with the operands' locals; leaves the result on the stack. */
export function alu(
  c: Code,
  inst: Alu,
  args: readonly number[],
  isZero: readonly boolean[],
  lanes: Lanes,
): void {
  const { fn, dtype, operand } = inst;
  const kind = kindOf(operand);
  if (fn === "where") where(c, kindOf(dtype), args, isZero);
  else if (fn === "random") random(c, args);
  else if (fn === "cast") {
    c.get(args[0]!);
    cast(c, operand, dtype);
  } else if (transcendental.has(fn)) {
    c.math(fn as MathName, kind === "f64" ? "f64" : "f32", args);
  } else if (args.length === 1) {
    c.get(args[0]!);
    unary(c, fn as Exclude<Unary, "cast">, kind);
  } else if (kind === "mask") maskBinary(c, fn as Binary, args);
  else if (kind === "i32") integerBinary(c, fn as Binary, args, lanes);
  else floatBinary(c, fn as Binary, kind, args);
  if (dtype === "u8" && operand === "u8" && fn !== "cast") {
    c.constI32x4(255);
    c.op("v128.and");
  }
  if (fn !== "cast" && fn !== "where" && (dtype === "f16" || dtype === "bf16")) roundHalf(c, dtype);
}

const transcendental: ReadonlySet<string> = new Set(mathNames.filter((name) => name !== "pow"));

const shapes = { f32: "f32x4", f64: "f64x2", i32: "i32x4", mask: "i32x4" } as const;

function unary(c: Code, fn: Exclude<Unary, "cast">, kind: ReturnType<typeof kindOf>): void {
  const shape = shapes[kind];
  switch (fn) {
    case "not":
      c.op("v128.not");
      return;
    case "neg":
    case "abs":
      if (kind !== "mask") c.op(`${shape}.${fn}`);
      return;
    case "sign":
      sign(c, kind);
      return;
    case "floor":
    case "sqrt":
      c.op(`${shape as "f32x4" | "f64x2"}.${fn}`);
      return;
    case "round":
      c.op(`${shape as "f32x4" | "f64x2"}.nearest`);
      return;
    default:
      throw new Error(`${fn} is written in place`);
  }
}

/** (x > 0) - (x < 0), and x itself where it is neither (0, -0, NaN): 0 for zeros. */
function sign(c: Code, kind: ReturnType<typeof kindOf>): void {
  if (kind === "mask") return;
  const shape = shapes[kind];
  const x = c.temp("v128");
  c.set(x);
  const compare = (op: "gt" | "lt") => {
    c.get(x);
    if (kind === "f64") c.constF64x2(0);
    else if (kind === "f32") c.constF32x4(0);
    else c.constI32x4(0);
    c.op(kind === "i32" ? `i32x4.${op}_s` : `${shape as "f32x4" | "f64x2"}.${op}`);
  };
  const one = (value: number) => {
    if (kind === "f64") c.constF64x2(value);
    else if (kind === "f32") c.constF32x4(value);
    else c.constI32x4(value);
  };
  // bitselect(1, bitselect(-1, x, x < 0), x > 0)
  one(1);
  one(-1);
  c.get(x);
  compare("lt");
  c.op("v128.bitselect");
  compare("gt");
  c.op("v128.bitselect");
  c.free(x);
}

function floatBinary(c: Code, fn: Binary, kind: "f32" | "f64", args: readonly number[]): void {
  const shape = shapes[kind];
  const both = () => {
    c.get(args[0]!);
    c.get(args[1]!);
  };
  switch (fn) {
    case "add":
    case "sub":
    case "mul":
    case "div":
      both();
      c.op(`${shape}.${fn}`);
      return;
    case "maximum":
    case "minimum":
      both();
      c.op(`${shape}.${fn === "maximum" ? "max" : "min"}`);
      return;
    case "lt":
    case "le":
    case "eq":
      both();
      c.op(`${shape}.${fn}`);
      if (kind === "f64") narrowMask(c);
      return;
    case "mod": // x - y floor(x / y)
      c.get(args[0]!);
      c.get(args[1]!);
      both();
      c.op(`${shape}.div`);
      c.op(`${shape}.floor`);
      c.op(`${shape}.mul`);
      c.op(`${shape}.sub`);
      return;
    case "pow":
      c.math("pow", kind, args);
      return;
    default:
      throw new Error(`${fn} has no meaning for floats`);
  }
}

function integerBinary(c: Code, fn: Binary, args: readonly number[], lanes: Lanes): void {
  const [x, y] = args as [number, number];
  const simple = {
    add: "i32x4.add",
    sub: "i32x4.sub",
    mul: "i32x4.mul",
    maximum: "i32x4.max_s",
    minimum: "i32x4.min_s",
    lt: "i32x4.lt_s",
    le: "i32x4.le_s",
    eq: "i32x4.eq",
    and: "v128.and",
    or: "v128.or",
    xor: "v128.xor",
  } as const;
  if (fn in simple) {
    c.get(x);
    c.get(y);
    c.op(simple[fn as keyof typeof simple]);
    return;
  }
  // div, mod, pow: lane by lane
  const out = c.temp("v128");
  c.constI32x4(0);
  c.set(out);
  const helper = c.helper(fn === "div" ? "divide" : fn === "mod" ? "modulo" : "power");
  for (let lane = 0; lane < lanes; lane++) {
    c.get(out);
    c.get(x);
    c.lane("i32x4.extract_lane", lane);
    c.get(y);
    c.lane("i32x4.extract_lane", lane);
    c.call(helper);
    c.lane("i32x4.replace_lane", lane);
    c.set(out);
  }
  c.get(out);
  c.free(out);
}

/** On bool, results are whether the number is not 0. */
function maskBinary(c: Code, fn: Binary, [x, y]: readonly number[]): void {
  const both = (op: "v128.and" | "v128.or" | "v128.xor") => {
    c.get(x!);
    c.get(y!);
    c.op(op);
  };
  switch (fn) {
    case "and":
    case "mul":
    case "minimum":
    case "div":
      both("v128.and");
      return;
    case "or":
    case "add":
    case "maximum":
      both("v128.or");
      return;
    case "xor":
    case "sub":
      both("v128.xor");
      return;
    case "eq":
      both("v128.xor");
      c.op("v128.not");
      return;
    case "lt": // not x, and y
      c.get(y!);
      c.get(x!);
      c.op("v128.andnot");
      return;
    case "le": // not x, or y
    case "pow": // x^0 = 1: x, or not y
      c.get(fn === "le" ? x! : y!);
      c.op("v128.not");
      c.get(fn === "le" ? y! : x!);
      c.op("v128.or");
      return;
    case "mod":
      c.constI32x4(0);
  }
}

function where(
  c: Code,
  kind: ReturnType<typeof kindOf>,
  [condition, x, y]: readonly number[],
  [, noX, noY]: readonly boolean[],
): void {
  if (!noX) c.get(x!);
  if (noX || !noY) c.get(y!);
  c.get(condition!);
  if (kind === "f64") c.op("i64x2.extend_low_i32x4_s");
  c.op(noX ? "v128.andnot" : noY ? "v128.and" : "v128.bitselect");
}

/** Masks of 64-bit lanes to masks of 32-bit lanes in the low half. */
function narrowMask(c: Code): void {
  const v = c.temp("v128");
  c.set(v);
  c.get(v);
  c.get(v);
  c.shuffle([0, 1, 2, 3, 8, 9, 10, 11, 0, 1, 2, 3, 8, 9, 10, 11]);
  c.free(v);
}

/** See graph/random-bits.ts. */
function random(c: Code, [counter, key0, key1]: readonly number[]): void {
  const mix = () => {
    const x = c.temp("v128");
    c.set(x);
    const fold = (shift: number) => {
      c.get(x);
      c.get(x);
      c.i32(shift);
      c.op("i32x4.shr_u");
      c.op("v128.xor");
    };
    fold(16);
    c.constI32x4(multipliers[0] | 0);
    c.op("i32x4.mul");
    c.set(x);
    fold(15);
    c.constI32x4(multipliers[1] | 0);
    c.op("i32x4.mul");
    c.set(x);
    fold(15);
    c.free(x);
  };
  c.get(counter!);
  c.get(key0!);
  c.op("v128.xor");
  mix();
  c.get(key1!);
  c.op("i32x4.add");
  mix();
}

function cast(c: Code, from: DType, to: DType): void {
  const [a, z] = [kindOf(from), kindOf(to)];
  if (to === "bool") {
    if (a === "mask") return;
    constant(c, from, 0);
    c.op(a === "f64" ? "f64x2.ne" : a === "f32" ? "f32x4.ne" : "i32x4.ne");
    if (a === "f64") narrowMask(c);
    return;
  }
  if (z === "i32") {
    if (a === "mask") {
      c.constI32x4(1);
      c.op("v128.and");
    } else if (a !== "i32") c.op(a === "f64" ? "i32x4.trunc_sat_f64x2_s_zero" : "i32x4.trunc_sat_f32x4_s");
    if (to === "u8" && from !== "u8" && from !== "bool") {
      c.constI32x4(255);
      c.op("v128.and");
    }
    return;
  }
  if (z === "f64") {
    if (a === "mask") {
      c.op("i64x2.extend_low_i32x4_s");
      c.constF64x2(1);
      c.op("v128.and");
    } else if (a !== "f64") c.op(a === "i32" ? "f64x2.convert_low_i32x4_s" : "f64x2.promote_low_f32x4");
    return;
  }
  if (a === "mask") {
    c.constF32x4(1);
    c.op("v128.and");
  } else if (a !== "f32") c.op(a === "i32" ? "f32x4.convert_i32x4_s" : "f32x4.demote_f64x2_zero");
  if (to !== from) roundHalf(c, to);
}
