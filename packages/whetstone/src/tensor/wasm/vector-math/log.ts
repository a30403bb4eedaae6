import type { Code, Local, Operand } from "../function-builder.ts";
import { coefficients } from "./coefficients.ts";
import type { Lanes } from "./lanes.ts";

/**
 * log x = k ln 2 + log(1 + f) with sqrt(1/2) <= 1 + f < sqrt 2. With s = f / (2 + f),
 * log(1 + f) = f - (f^2/2 - s (f^2/2 + z Q(z))), z = s^2.
 */
export function log(v: Lanes, x: Local): Code {
  const { k, m } = decompose(v, x);
  const f = v.let(v.sub(m, v.number(1)));
  const result = v.let(logarithm(v, k, f, undefined));
  return withEdges(v, x, x, result);
}

/** log2 x = k + log(1 + f) / ln 2, the second product in two parts. */
export function log2(v: Lanes, x: Local): Code {
  const [high, low] = coefficients.log2e[v.type];
  const { k, m } = decompose(v, x);
  const f = v.let(v.sub(m, v.number(1)));
  // log(1 + f) = top + rest, where top has few enough bits that its product with `high` is exact.
  const square = v.let(v.mul(v.mul(f, f), v.number(0.5)));
  const sum = v.let(seriesPart(v, f, square));
  const whole = v.let(v.sub(f, v.sub(square, sum)));
  const top = v.let(v.and(whole, v.bits(v.type === "f32" ? ~0xfffn : ~0x7ffffffn)));
  const rest = v.let(v.add(v.sub(v.sub(f, top), square), sum));
  const small = v.let(v.add(v.mul(rest, v.number(high + low)), v.mul(top, v.number(low))));
  const large = v.let(v.mul(top, v.number(high)));
  // k + large + small; k is 0 or at least 1, |large| at most 1/2.
  const total = v.let(v.add(k, large));
  const lost = v.let(v.sub(large, v.sub(total, k)));
  const result = v.let(v.add(total, v.add(lost, small)));
  return withEdges(v, x, x, result);
}

/** log(1 + x): as log of the rounded u = 1 + x, corrected by what rounding lost, over u. */
export function log1p(v: Lanes, x: Local): Code {
  const one = v.number(1);
  const u = v.let(v.add(one, x));
  const { k, m } = decompose(v, u);
  // Where u lies in the middle octave, f is x itself: nothing was lost.
  const direct = v.let(v.eq(k, v.number(0)));
  const f = v.let(v.where(direct, x, v.sub(m, one)));
  const largeX = v.gt(x, one);
  const lost = v.let(v.where(largeX, v.sub(one, v.sub(u, x)), v.sub(x, v.sub(u, one))));
  const correction = v.let(v.where(direct, v.number(0), v.div(lost, u)));
  const result = v.let(logarithm(v, k, f, correction));
  const tiny = v.lt(v.abs(x), v.number(v.type === "f32" ? 2 ** -26 : 2 ** -55));
  return v.where(tiny, x, withEdges(v, x, u, result));
}

/**
 * x = 2^k m with sqrt(1/2) <= m < sqrt 2; k as a number. Meaningless for x <= 0, infinite and NaN, and for subnormal
 * x if told that there are none.
 */
export function decompose(v: Lanes, x: Local, neverSubnormal = false): { k: Local; m: Local } {
  const up = v.fraction + 1;
  const base = 2 ** v.fraction;
  let normal = x;
  let offset = v.number(base + v.bias);
  if (!neverSubnormal) {
    const subnormal = v.let(v.lt(x, v.number(2 ** (1 - v.bias))));
    normal = v.let(v.where(subnormal, v.mul(x, v.number(2 ** up)), x));
    offset = v.where(subnormal, v.number(base + v.bias + up), offset);
  }
  const root = v.bitsOf(v.type === "f32" ? Math.fround(Math.SQRT1_2) : Math.SQRT1_2);
  const one = v.bitsOf(1);
  // Adding (1 - sqrt(1/2)) to the bits moves the borders of the octaves from powers of two to sqrt(1/2) of them.
  const moved = v.let(v.iadd(v.isub(normal, v.bits(root)), v.bits(one)));
  const mask = v.bits((1n << BigInt(v.fraction)) - 1n);
  const m = v.let(v.iadd(v.and(moved, mask), v.bits(root)));
  // The exponent, put into the low bits of 2^fraction, becomes a number by subtraction.
  const biased = v.or(v.shiftRight(moved, v.fraction), v.bits(v.bitsOf(base)));
  const k = v.let(v.sub(biased, offset));
  return { k, m };
}

function logarithm(v: Lanes, k: Local, f: Local, correction: Operand | undefined): Code {
  const [high, low] = coefficients.ln2[v.type];
  const square = v.let(v.mul(v.mul(f, f), v.number(0.5)));
  const sum = seriesPart(v, f, square);
  const small = v.mul(k, v.number(low));
  const tail = v.add(sum, correction === undefined ? small : v.add(small, correction));
  return v.sub(v.mul(k, v.number(high)), v.sub(v.sub(square, tail), f));
}

/** s (f^2/2 + z Q(z)). */
function seriesPart(v: Lanes, f: Local, square: Local): Code {
  const s = v.let(v.div(f, v.add(v.number(2), f)));
  const z = v.let(v.mul(s, s));
  const series = v.let(v.mul(z, v.polynomial(z, coefficients.log[v.type])));
  return v.mul(s, v.add(square, series));
}

/** log u where u is positive and finite; -inf at 0, NaN below, inf at inf, NaN at NaN. */
function withEdges(v: Lanes, x: Local, u: Local, result: Local): Code {
  const infinite = v.number(Infinity);
  const special = v.where(
    v.eq(u, v.number(0)),
    v.number(-Infinity),
    v.where(v.lt(u, v.number(0)), v.number(NaN), v.where(v.eq(x, infinite), infinite, v.add(x, x))),
  );
  const ordinary = v.and(v.gt(u, v.number(0)), v.lt(u, infinite));
  return v.where(ordinary, result, special);
}
