import type { Code, Local } from "../function-builder.ts";
import { coefficients } from "./coefficients.ts";
import { exp } from "./exp.ts";
import type { Lanes } from "./lanes.ts";

/** x + x E(x^2) up to 0.92; beyond it sign(x) (1 - exp(q(|x|))), where q approximates log erfc. */
export function erf(v: Lanes, x: Local): Code {
  const size = v.let(v.abs(x));
  const square = v.let(v.mul(x, x));
  const small = v.let(v.add(x, v.mul(x, v.polynomial(square, coefficients.erf[v.type]))));
  const bounded = v.let(v.least(size, v.number(v.type === "f32" ? 4 : 6)));
  const logarithm = v.let(v.polynomial(bounded, coefficients.erfTail[v.type]));
  const rest = v.let(exp(v, logarithm));
  const large = v.or(v.sub(v.number(1), rest), v.and(x, v.signBit));
  return v.where(v.gt(size, v.number(0.92)), large, small);
}
