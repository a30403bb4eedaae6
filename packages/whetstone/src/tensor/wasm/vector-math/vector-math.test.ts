/**
 * Largest errors in units in the last place (ulp), measured on a million points per float32 function (half a dense
 * range, half random bits) and 20,000 per float64 function (make_vector_math.py 20000), with fused multiply-add and
 * without, and the bounds tested here:
 *
 *           f32 seen  bound   f64 seen  bound
 *     exp     1.06    1.2      0.96     1.2
 *     exp2    1.04    1.2      0.97     1.2
 *     expm1   1.72    2        1.70     2
 *     log     0.82    1        0.74     1
 *     log2    0.77    1        0.61     1
 *     log1p   0.84    1        0.74     1
 *     sin     1.47    2        0.87     1
 *     cos     1.46    2        0.74     1
 *     tan     2.12    2.5      1.79     2
 *     tanh    1.62    2        1.48     2
 *     sigmoid 2.17    2.5      1.94     2.5
 *     erf     1.36    2        1.59     2
 *     atan    1.79    2        1.48     2
 *     pow     0.51    0.6      1.03     1.5
 */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { hasRelaxedSimd } from "../../../kernels/platform.ts";
import { erf } from "../../../math/index.ts";
import { ModuleBuilder } from "../assembler.ts";
import type { Local } from "../function-builder.ts";
import { inlineMath, type LaneType, type MathName, mathArity, mathFunction, mathNames } from "./index.ts";

type Floats = Float32Array | Float64Array;

/** Without fused multiply-add, and with it where the engine has it. */
const builds = hasRelaxedSimd() ? [false, true] : [false];
const everyFunction = builds.flatMap((fused) => mathNames.map((name) => ({ name, fused })));

/** A compiled loop that applies one function to arrays, four or two elements at a time, by call or inlined. */
function compileMap(name: MathName, type: LaneType, { inlined = false, fused = false } = {}) {
  const module = new ModuleBuilder({ shared: false, maximumPages: 4096, relaxedSimd: fused });
  const f = module.function({ name: "run", params: ["i32", "i32", "i32", "i32"] });
  const [x, y, out, end] = f.params as [Local, Local, Local, Local];
  const inputs = mathArity(name) === 2 ? [x, y] : [x];
  f.loop((again) => {
    const vectors = inputs.map((pointer) => f.let("v128", (g) => g.get(pointer).memory("v128.load")));
    f.get(out);
    if (inlined) inlineMath(f, name, type, ...vectors);
    else f.push(...vectors).call(mathFunction(module, name, type));
    f.memory("v128.store");
    for (const pointer of [...inputs, out]) f.get(pointer).i32(16).op("i32.add").set(pointer);
    f.get(out).get(end).op("i32.lt_u").brIf(again);
  });
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 4096 });
  const bytes = module.bytes();
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
  const run = exports.run as (x: number, y: number, out: number, end: number) => void;

  /** Whole vectors are computed: the rest of the last one is filled with its arguments' neighbours, zeros. */
  const map = <T extends Floats>(...operands: [T] | [T, T]): T => {
    const View = (type === "f32" ? Float32Array : Float64Array) as unknown as {
      new (buffer: ArrayBuffer, offset: number, length: number): T;
    };
    const count = operands[0].length;
    const stride = Math.ceil((count * View.prototype.BYTES_PER_ELEMENT) / 16) * 16;
    const missing = Math.ceil((3 * stride) / 65536) - memory.buffer.byteLength / 65536;
    if (missing > 0) memory.grow(missing);
    new Uint8Array(memory.buffer).fill(0, 0, 3 * stride);
    operands.forEach((operand, i) => {
      new View(memory.buffer, i * stride, count).set(operand as never);
    });
    run(0, stride, 2 * stride, 3 * stride);
    return new View(memory.buffer, 2 * stride, count).slice() as T;
  };
  return map;
}

const bounds: Readonly<Record<MathName, Readonly<Record<LaneType, number>>>> = {
  exp: { f32: 1.2, f64: 1.2 },
  exp2: { f32: 1.2, f64: 1.2 },
  expm1: { f32: 2, f64: 2 },
  log: { f32: 1, f64: 1 },
  log2: { f32: 1, f64: 1 },
  log1p: { f32: 1, f64: 1 },
  sin: { f32: 2, f64: 1 },
  cos: { f32: 2, f64: 1 },
  tan: { f32: 2.5, f64: 2 },
  tanh: { f32: 2, f64: 2 },
  sigmoid: { f32: 2.5, f64: 2.5 },
  erf: { f32: 2, f64: 2 },
  atan: { f32: 2, f64: 2 },
  pow: { f32: 0.6, f64: 1.5 },
};

/** Distance between neighbouring numbers at x. */
function ulp(x: number, type: LaneType): number {
  const [digits, lowest] = type === "f32" ? [23, -126] : [52, -1022];
  const size = Math.abs(x);
  let exponent = lowest;
  if (size >= 2 ** lowest) {
    exponent = Math.floor(Math.log2(size));
    if (2 ** exponent > size) exponent--;
    else if (2 ** (exponent + 1) <= size) exponent++;
  }
  return 2 ** (exponent - digits);
}

describe("float64 against mpmath", () => {
  type Goldens = Record<MathName, number[][]>;
  const file = new URL("../../../../../../reference/values/tensor/vector-math.json", import.meta.url);
  const goldens: Goldens = JSON.parse(readFileSync(file, "utf8"));

  it.each(everyFunction)("$name, fused: $fused", ({ name, fused }) => {
    const rows = goldens[name];
    const columns = [0, 1].map((column) => Float64Array.from(rows, (row) => row[column]!));
    const map = compileMap(name, "f64", { fused });
    const got = mathArity(name) === 2 ? map(columns[0]!, columns[1]!) : map(columns[0]!);
    rows.forEach((row, i) => {
      const [value, thousandths] = row.slice(-2) as [number, number];
      const error = Math.abs((got[i]! - value) / ulp(value, "f64") - thousandths / 1000);
      expect(error, `${name}(${row.slice(0, -2)})`).toBeLessThanOrEqual(bounds[name].f64);
    });
  });
});

describe("float32 against float64", () => {
  const definitions: Record<Exclude<MathName, "pow">, (x: number) => number> = {
    exp: Math.exp,
    expm1: Math.expm1,
    log: Math.log,
    log2: Math.log2,
    log1p: Math.log1p,
    sin: Math.sin,
    cos: Math.cos,
    tan: Math.tan,
    tanh: Math.tanh,
    atan: Math.atan,
    exp2: (x) => 2 ** x,
    sigmoid: (x) => 1 / (1 + Math.exp(-x)),
    erf,
  };
  const dense: Partial<Record<MathName, [number, number]>> = {
    exp: [-104, 89],
    exp2: [-150, 128],
    log: [0.3, 3],
    log2: [0.3, 3],
    log1p: [-0.95, 2],
    sin: [-10, 10],
    cos: [-10, 10],
    tan: [-10, 10],
    sigmoid: [-90, 30],
    erf: [-4.2, 4.2],
    atan: [-8, 8],
    pow: [0.1, 5],
  };
  const count = 60_000;

  it.each(everyFunction)("$name on a grid and on random bits, fused: $fused", ({ name, fused }) => {
    const x = new Float32Array(count);
    const y = new Float32Array(count);
    const bits = new Int32Array(x.buffer);
    const [low, high] = dense[name] ?? [-3, 3];
    let state = 7;
    for (let i = 0; i < count; i++) {
      state = (Math.imul(state, 1664525) + 1013904223) | 0;
      if (i % 2 === 0) x[i] = low + ((high - low) * i) / count;
      else bits[i] = state ^ (state >>> 15);
      y[i] = 40 * ((i * 0.618034) % 1) - 20;
    }
    const map = compileMap(name, "f32", { fused });
    const got = name === "pow" ? map(x, y) : map(x);
    let worst = 0;
    for (let i = 0; i < count; i++) {
      const exact = name === "pow" ? x[i]! ** y[i]! : definitions[name](x[i]!);
      const rounded = Math.fround(exact);
      // Comparing the difference from the exact value needs a finite one; results next to overflow may go either way.
      if (!Number.isFinite(rounded) || rounded === 0) {
        if (Number.isFinite(got[i]!) && Math.abs(got[i]!) > 3.40282e38) continue;
        expect(got[i], `${name}(${x[i]})`).toBe(rounded);
      } else if (Number.isFinite(got[i]!) || Math.abs(rounded) < 3.40282e38) {
        worst = Math.max(worst, Math.abs(got[i]! - exact) / ulp(rounded, "f32"));
      }
    }
    expect(worst).toBeLessThanOrEqual(bounds[name].f32);
    expect(worst).toBeGreaterThan(0.4); // errors are there to be seen: rounding alone makes half a unit
  });
});

describe.each(["f32", "f64"] as const)("%s", (type) => {
  const View = type === "f32" ? Float32Array : Float64Array;
  const tiny = type === "f32" ? 2 ** -149 : 2 ** -1074;
  const largest = type === "f32" ? (2 - 2 ** -23) * 2 ** 127 : Number.MAX_VALUE;
  const edges: [MathName, number, number][] = [
    ["exp", -Infinity, 0],
    ["exp", Infinity, Infinity],
    ["exp", largest, Infinity],
    ["exp", -largest, 0],
    ["exp", tiny, 1],
    ["exp2", 10, 1024],
    ["exp2", type === "f32" ? -149 : -1074, tiny],
    ["exp2", type === "f32" ? 128 : 1024, Infinity],
    ["expm1", -Infinity, -1],
    ["expm1", Infinity, Infinity],
    ["expm1", tiny, tiny],
    ["log", 0, -Infinity],
    ["log", -0, -Infinity],
    ["log", -tiny, NaN],
    ["log", 1, 0],
    ["log", Infinity, Infinity],
    ["log", -Infinity, NaN],
    ["log2", tiny, Math.log2(tiny)],
    ["log2", 2 ** 100, 100],
    ["log1p", -1, -Infinity],
    ["log1p", -1.5, NaN],
    ["log1p", tiny, tiny],
    ["log1p", Infinity, Infinity],
    ["sin", Infinity, NaN],
    ["sin", tiny, tiny],
    ["cos", -Infinity, NaN],
    ["cos", 0, 1],
    ["cos", tiny, 1],
    ["tan", Infinity, NaN],
    ["tan", -tiny, -tiny],
    ["tanh", Infinity, 1],
    ["tanh", -Infinity, -1],
    ["tanh", tiny, tiny],
    ["sigmoid", Infinity, 1],
    ["sigmoid", -Infinity, 0],
    ["sigmoid", 0, 0.5],
    ["atan", Infinity, type === "f32" ? Math.fround(Math.PI / 2) : Math.PI / 2],
    ["atan", -Infinity, type === "f32" ? -Math.fround(Math.PI / 2) : -Math.PI / 2],
    ["atan", tiny, tiny],
    ["erf", Infinity, 1],
    ["erf", -Infinity, -1],
    ["erf", -largest, -1],
  ];
  for (const name of mathNames) edges.push([name, NaN, NaN]);
  for (const name of ["expm1", "log1p", "sin", "tan", "tanh", "atan", "erf"] as const) {
    edges.push([name, 0, 0], [name, -0, -0]);
  }

  it.each(edges.filter(([name]) => name !== "pow"))("%s(%d) = %d", (name, x, expected) => {
    for (const fused of builds) {
      // The other lanes hold ordinary numbers: one lane must not disturb another.
      const map = compileMap(name, type, { fused });
      const got = map(View.of(0.5, x, 0.25, x));
      expect([got[1], got[3]]).toEqual([expected, expected]);
      const plain = map(View.of(0.5, 0.5, 0.25, 0.25));
      expect([got[0], got[2]]).toEqual([plain[0], plain[2]]);
    }
  });

  it.each([
    [NaN, 0, 1],
    [1, NaN, 1],
    [1, Infinity, 1],
    [-1, -Infinity, 1],
    [NaN, 2, NaN],
    [2, NaN, NaN],
    [0, 2, 0],
    [-0, 3, -0],
    [-0, 2, 0],
    [-0, -3, -Infinity],
    [0, -0.5, Infinity],
    [-8, 3, -512],
    [-8, 2, 64],
    [-8, 1 / 3, NaN],
    [-Infinity, 3, -Infinity],
    [-Infinity, 0.5, Infinity],
    [-Infinity, -3, -0],
    [Infinity, -1, 0],
    [0.5, Infinity, 0],
    [0.5, -Infinity, Infinity],
    [2, -Infinity, 0],
    [2, 10_000, Infinity],
    [2, -10_000, 0],
    [-2, 10_001, -Infinity],
    [tiny, 1, tiny],
    [largest, 1, largest],
  ])("pow(%d, %d) = %d", (x, y, expected) => {
    for (const fused of builds)
      expect(compileMap("pow", type, { fused })(View.of(3, x), View.of(2, y))[1]).toBe(expected);
  });

  it.each(mathNames)("%s has the same bits inlined as called", (name) => {
    const x = new View(Array.from({ length: 1001 }, (_, i) => Math.sin(i) * 1.2 ** (i / 10 - 40)));
    const y = new View(Array.from({ length: 1001 }, (_, i) => 5 * Math.cos(3 * i)));
    const operands: [typeof x] | [typeof x, typeof x] = mathArity(name) === 2 ? [x, y] : [x];
    const called = compileMap(name, type)(...operands);
    const inlined = compileMap(name, type, { inlined: true })(...operands);
    expect(new Uint8Array(inlined.buffer)).toEqual(new Uint8Array(called.buffer));
  });
});

it.each(builds)("float64 exp reaches the smallest and the largest numbers, fused: %s", (fused) => {
  const got = compileMap("exp", "f64", { fused })(Float64Array.of(-745.13, -745.14, 709.78, 709.79));
  expect([got[0], got[1], got[3]]).toEqual([5e-324, 0, Infinity]);
  expect(got[2]! / Math.exp(709.78)).toBeCloseTo(1, 14);
});
