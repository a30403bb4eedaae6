import type { Code, Local, Operand } from "../function-builder.ts";
import { coefficients } from "./coefficients.ts";
import type { Lanes } from "./lanes.ts";

/**
 * exp x = 2^k exp r with k = round(x / ln 2), |r| <= ln 2 / 2. The product k ln 2 is taken in two parts, the first of
 * which is exact; exp r - 1 is a polynomial. 2^k is made from bits, in two factors, so that results that overflow or
 * are subnormal are rounded once.
 */
export function exp(v: Lanes, x: Local): Code {
  const [high, low] = coefficients.ln2[v.type];
  const bounded = bound(v, x);
  const k = nearest(v, v.mul(bounded, v.number(Math.LOG2E)), 2 * v.bias);
  const r = v.let(v.nmadd(k.value, v.number(low), v.nmadd(k.value, v.number(high), bounded)));
  return scaled(v, v.add(v.number(1), v.let(expm1OfReduced(v, r))), k);
}

/** As `exp`, of x + low with |low| much smaller than 1. */
export function expOfSum(v: Lanes, x: Local, low: Operand): Code {
  const bounded = bound(v, x);
  const { k, r, small, exact } = reduce(v, bounded, 2 * v.bias);
  const correction = lost(v, exact, small, r);
  const rest = v.let(v.add(correction, v.where(v.eq(bounded, x), low, v.number(0))));
  const p = v.let(expm1OfReduced(v, r));
  const tail = v.let(v.add(p, v.add(rest, v.mul(rest, p)))); // exp(r + rest) - 1
  return scaled(v, v.add(v.number(1), tail), k);
}

/** 2^x = 2^k exp((x - k) ln 2). */
export function exp2(v: Lanes, x: Local): Code {
  const [low, high] = v.type === "f32" ? [-152, 130] : [-1077, 1026];
  const bounded = v.let(v.most(v.least(x, v.number(high)), v.number(low)));
  const k = nearest(v, bounded, 2 * v.bias);
  const r = v.let(v.mul(v.sub(bounded, k.value), v.number(Math.LN2)));
  return scaled(v, v.add(v.number(1), v.let(expm1OfReduced(v, r))), k);
}

/** exp x - 1 = 2 (s p + (s - 1/2)) with s = 2^(k - 1), p = exp r - 1. */
export function expm1(v: Lanes, x: Local): Code {
  const [low, high, tiny] = v.type === "f32" ? [-20, 89, 2 ** -26] : [-40, 710, 2 ** -55];
  const bounded = v.let(v.most(v.least(x, v.number(high)), v.number(low)));
  const { k, r, small, exact } = reduce(v, bounded, v.bias - 1);
  const correction = v.let(lost(v, exact, small, r));
  const main = v.let(expm1OfReduced(v, r));
  const p = v.let(v.add(main, v.add(correction, v.mul(correction, main))));
  const s = v.let(powerOfTwo(v, k.bits));
  const half = v.let(v.add(v.mul(s, p), v.sub(s, v.number(0.5))));
  return v.where(v.lt(v.abs(x), v.number(tiny)), x, v.add(half, half));
}

/** Outside these bounds the result is 0 or infinite anyway; NaN stays. */
function bound(v: Lanes, x: Operand): Local {
  const [low, high] = v.type === "f32" ? [-105, 89] : [-746, 710];
  return v.let(v.most(v.least(x, v.number(high)), v.number(low)));
}

/** k and r with x = k ln 2 + r, and the difference of which r is the rounded value; `more` as in `nearest`. */
function reduce(v: Lanes, x: Local, more: number): { k: Rounded; exact: Local; small: Local; r: Local } {
  const [high, low] = coefficients.ln2[v.type];
  const k = nearest(v, v.mul(x, v.number(Math.LOG2E)), more);
  const exact = v.let(v.sub(x, v.mul(k.value, v.number(high))));
  const small = v.let(v.mul(k.value, v.number(low)));
  const r = v.let(v.sub(exact, small));
  return { k, exact, small, r };
}

/** What rounding `exact - small` to r has lost. */
function lost(v: Lanes, exact: Local, small: Local, r: Local): Code {
  return v.sub(v.sub(exact, r), small);
}

function expm1OfReduced(v: Lanes, r: Local): Code {
  const square = v.let(v.mul(r, r));
  return v.madd(square, v.polynomial(r, coefficients.exp[v.type], square), r);
}

/** An integer, and bits whose low ones hold it plus a number. */
export interface Rounded {
  readonly value: Local;
  readonly bits: Local;
}

/** The integer nearest to a number of moderate size; the low bits of `bits` hold it plus `more`. */
export function nearest(v: Lanes, x: Operand, more: number): Rounded {
  const shift = v.number(v.magic + more);
  const bits = v.let(v.add(x, shift));
  return { bits, value: v.let(v.sub(bits, shift)) };
}

/** 2^k, for bits whose low ones hold k plus the bias of the exponent. */
export function powerOfTwo(v: Lanes, bits: Operand): Code {
  return v.shiftLeft(bits, v.fraction);
}

/** The value times 2^k, for bits that hold k plus twice the bias: half of that is the exponent of one factor. */
function scaled(v: Lanes, value: Code, { bits }: Rounded): Code {
  const half = v.let(v.shiftRight(bits, 1));
  const first = v.let(v.mul(value, powerOfTwo(v, half)));
  return v.mul(first, powerOfTwo(v, v.isub(bits, half)));
}
