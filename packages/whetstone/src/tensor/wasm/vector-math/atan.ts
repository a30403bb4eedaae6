import type { Code, Local } from "../function-builder.ts";
import type { Lanes } from "./lanes.ts";

/** Coefficients of atan(t) / t in t^2: 1 - t^2 / 3 + t^4 / 5 - ... */
const series = (terms: number) =>
  Array.from({ length: terms }, (_, i) => (i % 2 === 0 ? 1 : -1) / (2 * i + 1));

/**
 * 4 atan(t), with the angle halved twice by t = z / (1 + sqrt(1 + z^2)), so that t <= tan(pi / 16) = 0.199; for z take
 * |x|, or 1 / |x| and the complement to pi / 2.
 */
export function atan(v: Lanes, x: Local): Code {
  const one = v.number(1);
  const size = v.let(v.abs(x));
  const large = v.let(v.gt(size, one));
  const z = v.let(v.where(large, v.div(one, size), size));
  const halve = (y: Local) => v.let(v.div(y, v.add(one, v.sqrt(v.add(one, v.mul(y, y))))));
  const t = halve(halve(z));
  const square = v.let(v.mul(t, t));
  const angle = v.let(v.mul(v.mul(v.number(4), t), v.polynomial(square, series(v.type === "f32" ? 6 : 12))));
  const whole = v.where(large, v.sub(v.number(Math.PI / 2), angle), angle);
  return v.or(whole, v.and(x, v.signBit));
}
