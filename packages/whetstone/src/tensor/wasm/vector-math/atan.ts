import type { Code, Local } from "../function-builder.ts";
import { coefficients } from "./coefficients.ts";
import type { Lanes } from "./lanes.ts";

/**
 * atan |x| = base + atan t with |t| <= tan(pi/8): t = |x|, or (|x| - 1) / (|x| + 1) with base pi/4, or -1 / |x| with
 * base pi/2. atan t = t + t^3 A(t^2).
 */
export function atan(v: Lanes, x: Local): Code {
  const one = v.number(1);
  const size = v.let(v.abs(x));
  const middle = v.let(v.gt(size, v.number(Math.SQRT2 - 1)));
  const large = v.let(v.gt(size, v.number(Math.SQRT2 + 1)));
  const pick = (high: Code, central: Code, low: Code) => v.where(large, high, v.where(middle, central, low));
  const numerator = pick(v.number(-1), v.sub(size, one), (f) => f.get(size));
  const denominator = pick((f) => f.get(size), v.add(size, one), one);
  const t = v.let(v.div(numerator, denominator));
  const square = v.let(v.mul(t, t));
  const tail = v.let(v.mul(v.mul(t, square), v.polynomial(square, coefficients.atan[v.type])));

  const [half, halfLow] = coefficients.quarterTurn[v.type];
  const base = pick(v.number(half), v.number(half / 2), v.number(0));
  const low = pick(v.number(halfLow), v.number(halfLow / 2), v.number(0));
  const angle = v.add(base, v.add(t, v.add(tail, low)));
  return v.or(angle, v.and(x, v.signBit));
}
