/** Elementwise primitives on single numbers: what they mean. Results are rounded to the dtype by the caller. */
import { erf } from "../../../math/index.ts";
import type { Binary, Unary } from "../../graph/primitives.ts";

export const unaryFunctions: { readonly [P in Exclude<Unary, "cast">]: (x: number) => number } = {
  neg: (x) => -x,
  abs: Math.abs,
  sign: (x) => (x > 0 ? 1 : x < 0 ? -1 : x === 0 ? 0 : x),
  floor: Math.floor,
  round: roundToEven,
  sqrt: Math.sqrt,
  exp: Math.exp,
  expm1: Math.expm1,
  log: Math.log,
  log1p: Math.log1p,
  sin: Math.sin,
  cos: Math.cos,
  atan: Math.atan,
  tanh: Math.tanh,
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  erf,
  not: (x) => (x === 0 ? 1 : 0),
};

type Op = (x: number, y: number) => number;

/** On floats; `pow` follows IEEE 754 (1^NaN = 1), not JavaScript. */
export const floatFunctions: { readonly [P in Binary]: Op } = {
  add: (x, y) => x + y,
  sub: (x, y) => x - y,
  mul: (x, y) => x * y,
  div: (x, y) => x / y,
  mod: (x, y) => x - y * Math.floor(x / y),
  pow: (x, y) => (x === 1 ? 1 : x === -1 && Math.abs(y) === Number.POSITIVE_INFINITY ? 1 : x ** y),
  maximum: Math.max,
  minimum: Math.min,
  lt: (x, y) => (x < y ? 1 : 0),
  le: (x, y) => (x <= y ? 1 : 0),
  eq: (x, y) => (x === y ? 1 : 0),
  and: (x, y) => x & y,
  or: (x, y) => x | y,
  xor: (x, y) => x ^ y,
};

/** On i32, u8 and bool: arithmetic wraps around; division by zero gives 0. */
export const integerFunctions: { readonly [P in Binary]: Op } = {
  ...floatFunctions,
  add: (x, y) => (x + y) | 0,
  sub: (x, y) => (x - y) | 0,
  mul: Math.imul,
  div: (x, y) => (y === 0 ? 0 : (x / y) | 0),
  mod: (x, y) => (y === 0 ? 0 : (x - y * Math.floor(x / y)) | 0),
  pow: integerPower,
};

function integerPower(x: number, y: number): number {
  if (y < 0) return x === 1 ? 1 : x === -1 ? (y % 2 === 0 ? 1 : -1) : 0;
  let result = 1;
  for (let base = x; y > 0; y = Math.floor(y / 2)) {
    if (y % 2 === 1) result = Math.imul(result, base);
    base = Math.imul(base, base);
  }
  return result;
}

function roundToEven(x: number): number {
  const low = Math.floor(x);
  const part = x - low;
  if (part !== 0.5) return Math.round(x);
  return low % 2 === 0 ? low : low + 1;
}
