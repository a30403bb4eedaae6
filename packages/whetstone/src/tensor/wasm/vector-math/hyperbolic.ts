import type { Code, Local } from "../function-builder.ts";
import { coefficients } from "./coefficients.ts";
import { exp } from "./exp.ts";
import type { Lanes } from "./lanes.ts";

/** x + x^3 T(x^2) up to 5/8; beyond it sign(x) (1 - 2 / (exp(2 |x|) + 1)). */
export function tanh(v: Lanes, x: Local): Code {
  const one = v.number(1);
  const size = v.let(v.abs(x));
  const square = v.let(v.mul(x, x));
  const small = v.let(v.add(x, v.mul(v.mul(x, square), v.polynomial(square, coefficients.tanh[v.type]))));
  const twice = v.let(v.add(size, size));
  const power = v.let(exp(v, twice));
  const large = v.let(v.sub(one, v.div(v.number(2), v.add(power, one))));
  // The sign bit is put on both: on `small` for the sake of -0, which the sum loses.
  return v.or(v.where(v.gt(size, v.number(0.625)), large, small), v.and(x, v.signBit));
}

/** 1 / (1 + exp(-x)): with e = exp(-|x|), one of 1 / (1 + e) and e / (1 + e), neither of which overflows. */
export function sigmoid(v: Lanes, x: Local): Code {
  const one = v.number(1);
  const negative = v.let(v.or(x, v.signBit));
  const e = v.let(exp(v, negative));
  return v.div(v.where(v.lt(x, v.number(0)), e, one), v.add(one, e));
}
