import type { Code, Local, Operand } from "../function-builder.ts";
import { coefficients } from "./coefficients.ts";
import { expOfSum, nearest, powerOfTwo } from "./exp.ts";
import { Lanes } from "./lanes.ts";
import { decompose } from "./log.ts";

/**
 * x^y = exp(y log |x|) with the sign and the exceptions of IEEE 754 (and of C and NumPy, not of JavaScript):
 * pow(x, 0) = pow(1, y) = 1 even for NaN, pow(-1, +-inf) = 1, NaN for finite x < 0 and y not an integer.
 */
export function pow(v: Lanes, x: Local, y: Local): Code {
  const size = v.let(v.abs(x));
  const magnitude = v.type === "f32" ? powerSingle(v, size, y) : v.let(powerDouble(v, size, y));

  const one = v.number(1);
  const zero = v.number(0);
  const infinity = v.number(Infinity);
  const integer = v.let(v.eq(v.trunc(y), y));
  const half = v.let(v.mul(y, v.number(0.5)));
  const even = v.let(v.eq(v.trunc(half), half));
  const odd = (f: typeof v.f) => f.push(integer, even).op("v128.andnot");
  const signed = v.or(magnitude, v.and(v.and(x, v.signBit), odd));

  const negative = v.and(v.lt(x, zero), v.lt(size, infinity));
  const undefinedPower: Code = (f) => f.push(negative, integer).op("v128.andnot");
  const isOne = v.or(v.or(v.eq(y, zero), v.eq(x, one)), v.and(v.eq(size, one), v.eq(v.abs(y), infinity)));
  return v.where(isOne, one, v.where(undefinedPower, v.number(NaN), signed));
}

/** log of a size, given it for positive finite ones. */
function withEnds(w: Lanes, size: Local, logarithm: Operand): Code {
  const ordinary = w.and(w.gt(size, w.number(0)), w.lt(size, w.number(Infinity)));
  return w.where(ordinary, logarithm, w.where(w.eq(size, w.number(0)), w.number(-Infinity), size));
}

/** In float64 lanes, with about 40 bits: more than float32 can show. */
function powerSingle(v: Lanes, size: Local, y: Local): Local {
  const w = new Lanes(v.f, "f64");
  const half = (shuffled: boolean) => {
    const promoted = (value: Local) =>
      w.let((f) => {
        f.get(value);
        if (shuffled) f.get(value).shuffle32(2, 3, 2, 3);
        f.op("f64x2.promote_low_f32x4");
      });
    const base = promoted(size);
    const { k, m } = decompose(w, base, true);
    const one = w.number(1);
    const f = w.let(w.sub(m, one));
    const s = w.let(w.div(f, w.add(f, w.number(2))));
    const z = w.let(w.mul(s, s));
    const tail = w.mul(w.mul(s, z), w.polynomial(z, coefficients.log.medium));
    const logarithm = w.add(w.mul(k, w.number(Math.LN2)), w.add(w.add(s, s), tail));
    const product = w.let(w.mul(promoted(y), withEnds(w, base, w.let(logarithm))));
    const exponent = w.let(w.most(w.least(product, w.number(100)), w.number(-120)));
    const n = nearest(w, w.mul(exponent, w.number(Math.LOG2E)), w.bias);
    const r = w.let(w.sub(exponent, w.mul(n.value, w.number(Math.LN2))));
    const series = w.mul(w.mul(r, r), w.polynomial(r, coefficients.exp.medium));
    return w.let(w.mul(w.add(w.add(one, r), series), powerOfTwo(w, n.bits)));
  };
  const [lower, upper] = [half(false), half(true)];
  const result = v.let((f) => {
    f.get(lower).op("f32x4.demote_f64x2_zero").get(upper).op("f32x4.demote_f64x2_zero");
    f.shuffle32(0, 1, 4, 5);
  });
  w.done();
  return result;
}

/** A number as the unevaluated sum of two. */
interface Pair {
  readonly high: Local;
  readonly low: Local;
}

/**
 * log |x| to about 70 bits, as the larger y log |x| the more of them are before its point:
 * k ln 2 + 2 s + (2/3) s^3 in pairs, the rest of the series of 2 artanh s in plain arithmetic.
 */
function powerDouble(v: Lanes, size: Local, y: Local): Code {
  const { k, m } = decompose(v, size);
  const f = v.let(v.sub(m, v.number(1)));
  const s = quotient(v, f);
  const square = product(v, s.high, s.high);
  const squareLow = v.let(v.add(square.low, v.mul(v.mul(v.number(2), s.high), s.low)));
  const cube = product(v, square.high, s.high);
  const cubeLow = v.let(v.add(cube.low, v.add(v.mul(squareLow, s.high), v.mul(square.high, s.low))));
  const [thirds, thirdsLow] = coefficients.twoThirds.f64;
  const term = product(v, cube.high, v.let(v.number(thirds)));
  const termLow = v.add(
    term.low,
    v.add(v.mul(cubeLow, v.number(thirds)), v.mul(cube.high, v.number(thirdsLow))),
  );
  const z = square.high;
  const rest = v.mul(v.mul(cube.high, z), v.polynomial(z, coefficients.pow.f64));

  const [ln2, ln2Low] = coefficients.ln2.f64;
  const whole = v.let(v.mul(k, v.number(ln2)));
  const first = sum(v, whole, v.let(v.add(s.high, s.high)));
  const second = sum(v, first.high, term.high);
  const lows = v.add(v.add(first.low, second.low), v.add(v.mul(k, v.number(ln2Low)), v.add(s.low, s.low)));
  const logarithm = sum(v, second.high, v.let(v.add(lows, v.add(termLow, rest))));

  const high = v.let(withEnds(v, size, logarithm.high));
  const exponent = product(v, y, high);
  const low = v.let(v.add(exponent.low, v.mul(y, logarithm.low)));
  return expOfSum(v, exponent.high, low);
}

/** a + b, for |a| >= |b| or a = 0. */
function sum(v: Lanes, a: Local, b: Local): Pair {
  const high = v.let(v.add(a, b));
  return { high, low: v.let(v.sub(b, v.sub(high, a))) };
}

/** a b: the halves of both have exact products (Dekker, 1971). */
function product(v: Lanes, a: Local, b: Local): Pair {
  const high = v.let(v.mul(a, b));
  const top = v.bits(~0x7ffffffn);
  const aTop = v.let(v.and(a, top));
  const aRest = v.let(v.sub(a, aTop));
  const bTop = v.let(v.and(b, top));
  const bRest = v.let(v.sub(b, bTop));
  const cross = v.add(v.add(v.sub(v.mul(aTop, bTop), high), v.mul(aTop, bRest)), v.mul(aRest, bTop));
  return { high, low: v.let(v.add(cross, v.mul(aRest, bRest))) };
}

/** f / (2 + f). */
function quotient(v: Lanes, f: Local): Pair {
  const two = v.number(2);
  const denominator = v.let(v.add(two, f));
  const lost = v.let(v.sub(f, v.sub(denominator, two)));
  const high = v.let(v.div(f, denominator));
  const back = product(v, high, denominator);
  const remainder = v.sub(v.sub(v.sub(f, back.high), back.low), v.mul(high, lost));
  return { high, low: v.let(v.div(remainder, denominator)) };
}
