import type { Code, Local, Operand } from "../function-builder.ts";
import { coefficients } from "./coefficients.ts";
import type { Lanes } from "./lanes.ts";

/**
 * exp x = 2^k exp r with k = round(x / ln 2), |r| <= ln 2 / 2. The product k ln 2 is taken in two parts, the first of
 * which is exact; exp r - 1 is a polynomial. 2^k is made from bits, in two factors, so that results that overflow or
 * are subnormal are rounded once.
 */
export function exp(v: Lanes, x: Local): Code {
  const bounded = bound(v, x);
  const { k, r, correction } = reduce(v, bounded);
  const tail = v.let(v.add(expm1OfReduced(v, r), correction));
  return scaled(v, v.add(v.number(1), tail), k);
}

/** As `exp`, of x + low with |low| much smaller than 1. */
export function expOfSum(v: Lanes, x: Local, low: Operand): Code {
  const bounded = bound(v, x);
  const { k, r, correction } = reduce(v, bounded);
  const rest = v.let(v.add(correction, v.where(v.eq(bounded, x), low, v.number(0))));
  const p = v.let(expm1OfReduced(v, r));
  const tail = v.let(v.add(p, v.add(rest, v.mul(rest, p)))); // exp(r + rest) - 1
  return scaled(v, v.add(v.number(1), tail), k);
}

/** 2^x = 2^k exp((x - k) ln 2). */
export function exp2(v: Lanes, x: Local): Code {
  const [low, high] = v.type === "f32" ? [-152, 130] : [-1077, 1026];
  const bounded = v.let(v.most(v.least(x, v.number(high)), v.number(low)));
  const k = v.let(nearest(v, bounded));
  const r = v.let(v.mul(v.sub(bounded, k), v.number(Math.LN2)));
  const tail = v.let(expm1OfReduced(v, r));
  return scaled(v, v.add(v.number(1), tail), k);
}

/** exp x - 1 = 2 (s p + (s - 1/2)) with s = 2^(k - 1), p = exp r - 1. */
export function expm1(v: Lanes, x: Local): Code {
  const [low, high, tiny] = v.type === "f32" ? [-20, 89, 2 ** -26] : [-40, 710, 2 ** -55];
  const bounded = v.let(v.most(v.least(x, v.number(high)), v.number(low)));
  const { k, r, correction } = reduce(v, bounded);
  const main = v.let(expm1OfReduced(v, r));
  const p = v.let(v.add(main, v.add(correction, v.mul(correction, main))));
  const s = v.let(powerOfTwo(v, v.sub(k, v.number(1))));
  const half = v.let(v.add(v.mul(s, p), v.sub(s, v.number(0.5))));
  return v.where(v.lt(v.abs(x), v.number(tiny)), x, v.add(half, half));
}

/** Outside these bounds the result is 0 or infinite anyway; NaN stays. */
function bound(v: Lanes, x: Operand): Local {
  const [low, high] = v.type === "f32" ? [-105, 89] : [-746, 710];
  return v.let(v.most(v.least(x, v.number(high)), v.number(low)));
}

/** k and r with x = k ln 2 + r; what rounding r lost is `correction`. */
function reduce(v: Lanes, x: Local): { k: Local; r: Local; correction: Local } {
  const [high, low] = coefficients.ln2[v.type];
  const k = v.let(nearest(v, v.mul(x, v.number(Math.LOG2E))));
  const exact = v.let(v.sub(x, v.mul(k, v.number(high))));
  const small = v.let(v.mul(k, v.number(low)));
  const r = v.let(v.sub(exact, small));
  const correction = v.let(v.sub(v.sub(exact, r), small));
  return { k, r, correction };
}

function expm1OfReduced(v: Lanes, r: Local): Code {
  const square = v.let(v.mul(r, r));
  return v.add(r, v.mul(square, v.polynomial(r, coefficients.exp[v.type])));
}

/** Rounded to an integer, for numbers of moderate size. */
function nearest(v: Lanes, x: Operand): Code {
  return v.sub(v.add(x, v.number(v.magic)), v.number(v.magic));
}

/** 2^k for an integer k in the range of normal numbers. */
export function powerOfTwo(v: Lanes, k: Operand): Code {
  // The low bits of k + bias + magic hold k + bias: shifted to the exponent's place they are the number.
  return v.shiftLeft(v.add(k, v.number(v.magic + v.bias)), v.fraction);
}

function scaled(v: Lanes, value: Code, k: Local): Code {
  const half = v.let(nearest(v, v.mul(k, v.number(0.5))));
  const first = v.let(powerOfTwo(v, half));
  return v.mul(v.mul(value, first), powerOfTwo(v, v.sub(k, half)));
}
