import type { Code, Local } from "../function-builder.ts";
import { coefficients } from "./coefficients.ts";
import { Lanes } from "./lanes.ts";
import { payneHanek } from "./payne-hanek.ts";

/** x = quadrant pi/2 + r + low: only the two lowest bits of the quadrant's lanes mean something. */
interface Reduced {
  readonly r: Local;
  /** What rounding r lost; left out where r is a float32 and the result forgives it. */
  readonly low: Local | undefined;
  readonly quadrant: Local;
}

export function sin(v: Lanes, x: Local): Code {
  const { even, sine, cosine, quadrant } = both(v, x);
  const value = v.xor(v.where(even, sine, cosine), signOf(v, quadrant, 2));
  return v.where(v.lt(v.abs(x), tiny(v)), x, value);
}

export function cos(v: Lanes, x: Local): Code {
  const { even, sine, cosine, quadrant } = both(v, x);
  return v.xor(v.where(even, cosine, sine), signOf(v, v.let(v.iadd(quadrant, v.bits(1n))), 2));
}

export function tan(v: Lanes, x: Local): Code {
  const { even, sine, cosine, quadrant } = both(v, x, true);
  const quotient = v.div(v.where(even, sine, cosine), v.where(even, cosine, sine));
  return v.where(v.lt(v.abs(x), tiny(v)), x, v.xor(quotient, signOf(v, quadrant, 1)));
}

/** Below this, sin x and tan x round to x. */
function tiny(v: Lanes): Code {
  return v.number(v.type === "f32" ? 2 ** -13 : 2 ** -27);
}

/** Bit number `bit` of the quadrant, counted from 1, in the place of the sign. */
function signOf(v: Lanes, quadrant: Local, bit: 1 | 2): Code {
  return v.and(v.shiftLeft(quadrant, v.type === "f32" ? 32 - bit : 64 - bit), v.signBit);
}

/** Sine and cosine of r + low. */
function both(v: Lanes, x: Local, precise = false) {
  const { r, low, quadrant } = v.type === "f32" ? reduceSingle(v, x, precise) : reduceDouble(v, x);
  const one = v.number(1);
  const z = v.let(v.mul(r, r));
  const half = v.let(v.mul(z, v.number(0.5)));
  const near = v.let(v.sub(one, half));

  const cube = v.mul(v.mul(r, z), v.polynomial(z, coefficients.sin[v.type]));
  const sine = v.let(v.add(r, low === undefined ? cube : v.add(cube, v.mul(low, near))));

  const fourth = v.mul(v.mul(z, z), v.polynomial(z, coefficients.cos[v.type]));
  const tail = low === undefined ? fourth : v.sub(fourth, v.mul(r, low));
  const cosine = v.let(v.add(near, v.add(v.sub(v.sub(one, near), half), tail)));

  const odd = v.and(quadrant, v.bits(1n));
  const even = v.let((f) => f.push(odd, v.bits(0n)).op(v.type === "f32" ? "i32x4.eq" : "i64x2.eq"));
  return { even, sine, cosine, quadrant };
}

/**
 * Cody and Waite: pi/2 in three parts, the first two short enough for exact products with the quadrant. The error is
 * below 2^-90. That is too much where |x| > 2^24 or r is very small; such lanes are reduced one by one, exactly.
 */
function reduceDouble(v: Lanes, x: Local): Reduced {
  const [first, second, third] = coefficients.halfPi.f64;
  const quadrant = v.let(v.add(v.mul(x, v.number(2 / Math.PI)), v.number(v.magic)));
  const k = v.let(v.sub(quadrant, v.number(v.magic)));
  const a = v.let(v.sub(x, v.mul(k, v.number(first))));
  const b = v.let(v.mul(k, v.number(second)));
  const sum = v.let(v.sub(a, b));
  const virtual = v.let(v.sub(sum, a));
  const lost = v.sub(v.sub(a, v.sub(sum, virtual)), v.add(b, virtual));
  const rest = v.let(v.sub(v.mul(k, v.number(third)), lost));
  const r = v.let(v.sub(sum, rest));
  const low = v.let(v.sub(v.sub(sum, r), rest));

  const size = v.let(v.abs(x));
  const close = v.and(v.lt(v.abs(r), v.number(2 ** -36)), v.gt(size, v.number(0.5)));
  const hard = v.let(v.or(close, (f) => f.push(v.le(size, v.number(2 ** 24))).op("v128.not")));
  reduceHardLanes(v, x, hard, { r, low, quadrant });
  return { r, low, quadrant };
}

/** In float64 lanes, where two parts of pi/2 suffice up to |x| = 10^6. */
function reduceSingle(v: Lanes, x: Local, precise: boolean): Reduced {
  const w = new Lanes(v.f, "f64");
  const halves = [0, 1].map((half) => {
    const promoted: Code = (f) => {
      f.get(x);
      if (half === 1) f.get(x).shuffle32(2, 3, 2, 3);
      f.op("f64x2.promote_low_f32x4");
    };
    const wide = w.let(promoted);
    const [first, second] = coefficients.halfPi.f32;
    const quadrant = w.let(w.add(w.mul(wide, w.number(2 / Math.PI)), w.number(w.magic)));
    const k = w.let(w.sub(quadrant, w.number(w.magic)));
    const r = w.let(w.sub(w.sub(wide, w.mul(k, w.number(first))), w.mul(k, w.number(second))));
    return { wide, r, quadrant };
  }) as [Halved, Halved];
  const hard = v.let((f) => f.push(v.le(v.abs(x), v.number(1e6))).op("v128.not"));
  v.f
    .get(hard)
    .op("v128.any_true")
    .if(() => {
      for (const { wide, r, quadrant } of halves) {
        const far = w.let((f) => f.push(w.le(w.abs(wide), w.number(1e6))).op("v128.not"));
        reduceHardLanes(w, wide, far, { r, low: undefined, quadrant });
      }
    });
  const [lower, upper] = halves;
  const narrowed = (a: Local, b: Local) =>
    v.let((f) => {
      f.get(a).op("f32x4.demote_f64x2_zero").get(b).op("f32x4.demote_f64x2_zero");
      f.shuffle32(0, 1, 4, 5);
    });
  const r = narrowed(lower.r, upper.r);
  let low: Local | undefined;
  if (precise) {
    const lost = halves.map((half) =>
      w.let(w.sub(half.r, (f) => f.get(half.r).op("f32x4.demote_f64x2_zero", "f64x2.promote_low_f32x4"))),
    ) as [Local, Local];
    low = narrowed(...lost);
  }
  const quadrant = v.let((f) => f.get(lower.quadrant).get(upper.quadrant).shuffle32(0, 2, 4, 6));
  w.done();
  return { r, low, quadrant };
}

interface Halved {
  readonly wide: Local;
  readonly r: Local;
  readonly quadrant: Local;
}

/** Reduces the marked lanes of x anew. */
function reduceHardLanes(v: Lanes, x: Local, marked: Local, { r, low, quadrant }: Reduced): void {
  const f = v.f;
  f.get(marked).op("v128.any_true");
  f.if(() => {
    const exact = payneHanek(f.module);
    const [newR, newLow, newQuadrant] = [f.local("f64"), f.local("f64"), f.local("i64")];
    for (const lane of [0, 1]) {
      f.get(marked).lane("i64x2.extract_lane", lane).i64(0n).op("i64.ne");
      f.if(() => {
        f.get(x).lane("f64x2.extract_lane", lane).call(exact);
        f.set(newQuadrant).set(newLow).set(newR);
        f.get(r).get(newR).lane("f64x2.replace_lane", lane).set(r);
        f.get(quadrant).get(newQuadrant).lane("i64x2.replace_lane", lane).set(quadrant);
        if (low !== undefined) f.get(low).get(newLow).lane("f64x2.replace_lane", lane).set(low);
      });
    }
    f.release(newR, newLow, newQuadrant);
  });
}
