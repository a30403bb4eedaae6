import type { Code, Local } from "../function-builder.ts";
import { coefficients } from "./coefficients.ts";
import { exp, nearest, powerOfTwo } from "./exp.ts";
import type { Lanes } from "./lanes.ts";

/**
 * With e = exp(2 |x|) - 1 = 2^k exp r - 1: e / (e + 2), which where k = 0 (|x| up to 3/8 ln 2) is |x| plus a small
 * number. From the limit on it is 1 when rounded.
 */
export function tanh(v: Lanes, x: Local): Code {
  const [high, low] = coefficients.ln2[v.type];
  const size = v.let(v.abs(x));
  const twice = v.let(v.least(v.add(size, size), v.number(v.type === "f32" ? 20 : 40)));
  const { value: k, bits } = nearest(v, v.sub(v.mul(twice, v.number(Math.LOG2E)), v.number(0.25)), v.bias);
  const r = v.let(v.nmadd(k, v.number(low), v.nmadd(k, v.number(high), twice)));
  const square = v.let(v.mul(r, r));
  const rest = v.let(v.mul(square, v.polynomial(r, coefficients.tanh[v.type], square))); // exp r - 1 - r
  const power = v.let(powerOfTwo(v, bits));
  const linear = v.let(v.madd(power, r, v.sub(power, v.number(1))));
  const e = v.let(v.madd(power, rest, linear));
  const small = v.let(v.eq(k, v.number(0)));
  const top = v.let(v.where(small, v.nmadd(size, e, rest), e));
  const sum = v.let(v.add(v.and(size, small), v.div(top, v.add(e, v.number(2)))));
  return v.or(sum, v.and(x, v.signBit));
}

/** 1 / (1 + exp(-x)): with e = exp(-|x|), one of 1 / (1 + e) and e / (1 + e), neither of which overflows. */
export function sigmoid(v: Lanes, x: Local): Code {
  const one = v.number(1);
  const negative = v.let(v.or(x, v.signBit));
  const e = v.let(exp(v, negative));
  return v.div(v.where(v.lt(x, v.number(0)), e, one), v.add(one, e));
}
