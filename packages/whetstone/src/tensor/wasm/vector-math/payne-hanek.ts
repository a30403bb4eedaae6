import type { ModuleBuilder } from "../assembler.ts";
import type { Code, FunctionBuilder, Local } from "../function-builder.ts";
import { coefficients, twoOverPi } from "./coefficients.ts";

/**
 * Exact argument reduction of one float64 with |x| >= 2^-9: (x) -> (r, low, quadrant) with
 * x = quadrant pi/2 + r + low modulo 2 pi, |r| <= pi/4. NaN for infinite and NaN.
 *
 * x is an integer m of 53 bits times 2^e. Of the product of m and 2/pi only three words of 2/pi matter: higher ones
 * contribute multiples of four quadrants, lower ones nothing that is seen (Payne and Hanek, 1983).
 */
export function payneHanek(module: ModuleBuilder): FunctionBuilder {
  const options = { params: ["f64"], results: ["f64", "f64", "i64"] } as const;
  return module.helper("payneHanek", options, (f) => {
    const [x] = f.params as [Local];
    const bits = f.let("i64", (g) => g.get(x).op("i64.reinterpret_f64"));
    const exponent = f.let("i64", (g) => g.get(bits).i64(52n).op("i64.shr_u").i64(0x7ffn).op("i64.and"));
    f.get(exponent).i64(0x7ffn).op("i64.eq");
    f.if(() => f.f64(NaN).f64(NaN).i64(0n).op("return"));
    const mask = (1n << 52n) - 1n;
    const m = f.let("i64", (g) =>
      g
        .get(bits)
        .i64(mask)
        .op("i64.and")
        .i64(mask + 1n)
        .op("i64.or"),
    );

    // The window starts at the bit whose product with the unit of m weighs 2.
    const start = f.let("i64", (g) => g.get(exponent).i64(1013n).op("i64.sub"));
    const first = f.let("i32", (g) => g.get(start).i64(6n).op("i64.shr_u", "i32.wrap_i64"));
    const shift = f.let("i64", (g) => g.get(start).i64(63n).op("i64.and"));
    const table = word(module);
    const words = [0, 1, 2, 3].map((i) =>
      f.let("i64", (g) => g.get(first).i32(i).op("i32.add").call(table)),
    ) as [Local, Local, Local, Local];
    const window = (i: 0 | 1 | 2) =>
      f.let("i64", (g) => {
        g.get(words[i])
          .get(shift)
          .op("i64.shl")
          .get(words[i + 1]!)
          .i64(1n)
          .op("i64.shr_u");
        g.i64(63n).get(shift).op("i64.sub", "i64.shr_u", "i64.or");
      });
    const [w0, w1, w2] = [window(0), window(1), window(2)];

    // m times the window, modulo 2^192, without its lowest word.
    const high = multiplyHigh(module);
    const product = f.let("i64", (g) => g.get(m).get(w1).op("i64.mul"));
    const r1 = f.let("i64", (g) => g.get(m).get(w2).call(high).get(product).op("i64.add"));
    const r0 = f.let("i64", (g) => {
      g.get(m).get(w0).op("i64.mul").get(m).get(w1).call(high).op("i64.add");
      g.get(r1).get(product).op("i64.lt_u", "i64.extend_i32_u", "i64.add");
    });

    // The two leading bits, rounded, are the quadrant, the rest a signed fraction of it.
    const quadrant = f.let("i64", (g) =>
      g
        .get(r0)
        .i64(1n << 61n)
        .op("i64.add")
        .i64(62n)
        .op("i64.shr_u"),
    );
    const fraction = f.let("i64", (g) => g.get(r0).get(quadrant).i64(62n).op("i64.shl", "i64.sub"));
    const head = f.let("f64", (g) => g.get(fraction).op("f64.convert_i64_s"));
    const rest = f.let("f64", (g) => {
      g.get(fraction).get(head).op("i64.trunc_sat_f64_s", "i64.sub", "f64.convert_i64_s");
      g.get(r1)
        .op("f64.convert_i64_u")
        .f64(2 ** -64)
        .op("f64.mul", "f64.add");
    });
    const scale = 2 ** -62;
    const sum = f.let("f64", (g) => g.get(head).get(rest).op("f64.add"));
    const a = f.let("f64", (g) => g.get(sum).f64(scale).op("f64.mul"));
    const b = f.let("f64", (g) =>
      g.get(rest).get(sum).get(head).op("f64.sub", "f64.sub").f64(scale).op("f64.mul"),
    );

    // (a + b) pi/2 in twice the precision: halves of 26 and 27 bits have exact products.
    const [p, pLow] = coefficients.halfPi.slow;
    const pTop = upperHalf(p);
    const aTop = f.let("f64", (g) =>
      g.get(a).op("i64.reinterpret_f64").i64(~0x7ffffffn).op("i64.and", "f64.reinterpret_i64"),
    );
    const aRest = f.let("f64", (g) => g.get(a).get(aTop).op("f64.sub"));
    const times =
      (value: Local, factor: number): Code =>
      (g) =>
        g.get(value).f64(factor).op("f64.mul");
    const main = f.let("f64", times(a, p));
    const low = f.let("f64", (g) => {
      g.push(times(aTop, pTop)).get(main).op("f64.sub");
      g.push(times(aTop, p - pTop))
        .op("f64.add")
        .push(times(aRest, pTop))
        .op("f64.add");
      g.push(times(aRest, p - pTop)).op("f64.add");
      g.push(times(a, pLow)).push(times(b, p)).op("f64.add", "f64.add");
    });
    const r = f.let("f64", (g) => g.get(main).get(low).op("f64.add"));
    f.get(low).get(r).get(main).op("f64.sub", "f64.sub").set(low);

    const negative = f.let("i32", (g) => g.get(bits).i64(0n).op("i64.lt_s"));
    f.get(r).op("f64.neg").get(r).get(negative).select("f64");
    f.get(low).op("f64.neg").get(low).get(negative).select("f64");
    f.i64(0n).get(quadrant).op("i64.sub").get(quadrant).get(negative).select("i64");
  });
}

/** The number made of the upper 26 bits of a float64's fraction. */
function upperHalf(value: number): number {
  const bits = new BigInt64Array(new Float64Array([value]).buffer);
  bits[0] = bits[0]! & ~0x7ffffffn;
  return new Float64Array(bits.buffer)[0]!;
}

/** (i) -> word i of 2/pi: a chain of comparisons, as the module has no data of its own. */
function word(module: ModuleBuilder): FunctionBuilder {
  return module.helper("twoOverPi", { params: ["i32"], results: ["i64"] }, (f) => {
    twoOverPi.forEach((value, i) => {
      f.get(f.params[0]!).i32(i).op("i32.eq");
      f.if(() => f.i64(value).op("return"));
    });
    f.i64(0n);
  });
}

/** The upper 64 bits of the product of two unsigned integers. */
function multiplyHigh(module: ModuleBuilder): FunctionBuilder {
  return module.helper("multiplyHigh", { params: ["i64", "i64"], results: ["i64"] }, (f) => {
    const [a, b] = f.params as [Local, Local];
    const low = (value: Local) => f.let("i64", (g) => g.get(value).i64(0xffffffffn).op("i64.and"));
    const high = (value: Local) => f.let("i64", (g) => g.get(value).i64(32n).op("i64.shr_u"));
    const [aLow, aHigh, bLow, bHigh] = [low(a), high(a), low(b), high(b)];
    const cross = f.let("i64", (g) => {
      g.get(aLow).get(bLow).op("i64.mul").i64(32n).op("i64.shr_u");
      g.get(aHigh).get(bLow).op("i64.mul", "i64.add");
    });
    const other = f.let("i64", (g) => g.get(aLow).get(bHigh).op("i64.mul").push(low(cross)).op("i64.add"));
    f.get(aHigh).get(bHigh).op("i64.mul").push(high(cross)).op("i64.add").push(high(other)).op("i64.add");
  });
}
