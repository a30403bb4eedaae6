import { describe, expect, it } from "vitest";
import { hasRelaxedSimd } from "../../kernels/platform.ts";
import { ModuleBuilder } from "./assembler.ts";
import { ByteWriter } from "./bytes.ts";
import type { FunctionBuilder, ValueType } from "./function-builder.ts";
import {
  laneOperations,
  memoryLaneOperations,
  memoryOperations,
  type PlainOperation,
  plainOperations,
  relaxedOperations,
} from "./operations.ts";

const letters: Record<string, ValueType> = { i: "i32", I: "i64", f: "f32", d: "f64", v: "v128" };

/** A module whose one function applies an operation of this signature to its parameters. */
function single(signature: string, write: (f: FunctionBuilder) => void): Uint8Array<ArrayBuffer> {
  const [params, results] = signature.split(":").map((part) => [...part].map((letter) => letters[letter]!));
  const module = new ModuleBuilder({ shared: false, maximumPages: 1 });
  const f = module.function({ name: "f", params: params!, results: results! });
  write(f.push(...f.params));
  return module.bytes();
}

function instantiate<T>(module: ModuleBuilder, memory: WebAssembly.Memory): T {
  const compiled = new WebAssembly.Module(module.bytes());
  return new WebAssembly.Instance(compiled, { env: { memory } }).exports as T;
}

describe("every operation is valid with the signature of its table", () => {
  const keys = <T extends object>(table: T) => Object.keys(table) as (keyof T)[];

  it.each(keys(plainOperations))("%s", (name) => {
    const bytes = single(plainOperations[name][1], (f) => f.op(name));
    expect(WebAssembly.validate(bytes)).toBe(true);
  });

  it.runIf(hasRelaxedSimd()).each(keys(relaxedOperations))("%s", (name) => {
    const bytes = single(relaxedOperations[name][1], (f) => f.op(name));
    expect(WebAssembly.validate(bytes)).toBe(true);
  });

  it.each(keys(memoryOperations))("%s", (name) => {
    const bytes = single(memoryOperations[name][1], (f) => f.memory(name, 1000));
    expect(WebAssembly.validate(bytes)).toBe(true);
  });

  it.each(keys(memoryLaneOperations))("%s", (name) => {
    const last = 128 / Number(/\d+_/.exec(name)![0].slice(0, -1)) - 1;
    const at = (lane: number) => single(memoryLaneOperations[name][1], (f) => f.memoryLane(name, lane, 8));
    expect(WebAssembly.validate(at(last))).toBe(true);
    expect(WebAssembly.validate(at(last + 1))).toBe(false);
  });

  it.each(keys(laneOperations))("%s", (name) => {
    const last = Number(/x(\d+)/.exec(name)![1]) - 1;
    const at = (lane: number) => single(laneOperations[name][1], (f) => f.lane(name, lane));
    expect(WebAssembly.validate(at(last))).toBe(true);
    expect(WebAssembly.validate(at(last + 1))).toBe(false);
  });
});

/** What an operation computes, with its operands in memory at 0, 16 and 32 and its result at 48. */
function onVectors(name: PlainOperation, operands: ArrayBufferView[]): ArrayBuffer {
  const module = new ModuleBuilder({ shared: false, maximumPages: 1 });
  const f = module.function({ name: "run" });
  f.i32(48);
  for (let i = 0; i < operands.length; i++) f.i32(0).memory("v128.load", 16 * i);
  f.op(name).memory("v128.store");
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 });
  operands.forEach((operand, i) => {
    new Uint8Array(memory.buffer).set(new Uint8Array(operand.buffer), 16 * i);
  });
  instantiate<{ run(): void }>(module, memory).run();
  return memory.buffer.slice(48, 64);
}

describe("operations with equal signatures are not mixed up", () => {
  const a = [-3.5, 2, 7, -0.25];
  const b = [2, -1.5, 7, 4];
  it.each([
    ["f32x4.add", (x: number, y: number) => x + y],
    ["f32x4.sub", (x: number, y: number) => x - y],
    ["f32x4.mul", (x: number, y: number) => x * y],
    ["f32x4.div", (x: number, y: number) => x / y],
    ["f32x4.min", Math.min],
    ["f32x4.max", Math.max],
    ["f32x4.pmin", Math.min],
    ["f32x4.pmax", Math.max],
  ] as const)("%s", (name, expected) => {
    const result = new Float32Array(onVectors(name, [new Float32Array(a), new Float32Array(b)]));
    expect([...result]).toEqual(a.map((x, i) => Math.fround(expected(x, b[i]!))));
  });

  it.each([
    ["f64x2.abs", Math.abs],
    ["f64x2.neg", (x: number) => -x],
    ["f64x2.sqrt", Math.sqrt],
    ["f64x2.ceil", Math.ceil],
    ["f64x2.floor", Math.floor],
    ["f64x2.trunc", Math.trunc],
    ["f64x2.nearest", (x: number) => (x === 2.5 ? 2 : Math.round(x))],
  ] as const)("%s", (name, expected) => {
    const x = [2.5, 6.75];
    const result = new Float64Array(onVectors(name, [new Float64Array(x)]));
    expect([...result]).toEqual(x.map(expected));
  });

  const less = [1, -2, 3, 4];
  const more = [1, 2, -3, 5];
  it.each([
    ["i32x4.eq", (x: number, y: number) => x === y],
    ["i32x4.ne", (x: number, y: number) => x !== y],
    ["i32x4.lt_s", (x: number, y: number) => x < y],
    ["i32x4.lt_u", (x: number, y: number) => x >>> 0 < y >>> 0],
    ["i32x4.gt_s", (x: number, y: number) => x > y],
    ["i32x4.gt_u", (x: number, y: number) => x >>> 0 > y >>> 0],
    ["i32x4.le_s", (x: number, y: number) => x <= y],
    ["i32x4.ge_u", (x: number, y: number) => x >>> 0 >= y >>> 0],
  ] as const)("%s", (name, expected) => {
    const result = new Int32Array(onVectors(name, [new Int32Array(less), new Int32Array(more)]));
    expect([...result]).toEqual(less.map((x, i) => (expected(x, more[i]!) ? -1 : 0)));
  });

  it.runIf(hasRelaxedSimd())("relaxed_madd is a b + c, relaxed_nmadd c - a b", () => {
    const [x, y, z] = [3, 5, 7].map((value) => new Float64Array([value, 2 * value]));
    expect([...new Float64Array(onVectors("f64x2.relaxed_madd", [x!, y!, z!]))]).toEqual([22, 74]);
    expect([...new Float64Array(onVectors("f64x2.relaxed_nmadd", [x!, y!, z!]))]).toEqual([-8, -46]);
  });
});

describe("ByteWriter", () => {
  const written = (write: (out: ByteWriter) => void) => {
    const out = new ByteWriter();
    write(out);
    return [...out.written()];
  };

  it("writes the LEB128 examples of the specification", () => {
    expect(written((o) => o.unsigned(0))).toEqual([0]);
    expect(written((o) => o.unsigned(127))).toEqual([0x7f]);
    expect(written((o) => o.unsigned(128))).toEqual([0x80, 1]);
    expect(written((o) => o.unsigned(624485))).toEqual([0xe5, 0x8e, 0x26]);
    expect(written((o) => o.unsigned(2 ** 32 - 1))).toEqual([0xff, 0xff, 0xff, 0xff, 0x0f]);
    expect(written((o) => o.signed32(-1))).toEqual([0x7f]);
    expect(written((o) => o.signed32(-123456))).toEqual([0xc0, 0xbb, 0x78]);
  });

  it("grows", () => {
    const bytes = written((o) => {
      for (let i = 0; i < 1000; i++) o.float64(i);
      o.bytes(new Uint8Array(5000).fill(7));
    });
    expect(bytes.length).toBe(13000);
    expect(bytes[12999]).toBe(7);
  });
});

describe("constants come back", () => {
  const returned = (type: ValueType, write: (f: FunctionBuilder) => void) => {
    const module = new ModuleBuilder({ shared: false, maximumPages: 1 });
    write(module.function({ name: "f", results: [type] }));
    return instantiate<{ f(): number | bigint }>(
      module,
      new WebAssembly.Memory({ initial: 1, maximum: 1 }),
    ).f();
  };
  const edges = [0, 1, 63, 64, -64, -65, 8191, 8192, -8192, -8193, 2 ** 31 - 1, -(2 ** 31)];

  it.each(edges)("i32 %d", (x) => expect(returned("i32", (f) => f.i32(x))).toBe(x));
  it.each([...edges.map(BigInt), 2n ** 63n - 1n, -(2n ** 63n), 2n ** 62n])("i64 %d", (x) => {
    expect(returned("i64", (f) => f.i64(x))).toBe(x);
  });
  it.each([0, -0, 1.1, Number.MIN_VALUE, Infinity, -Infinity, NaN])("f64 %d", (x) => {
    expect(returned("f64", (f) => f.f64(x))).toBe(x);
    expect(returned("f32", (f) => f.f32(x))).toBe(Math.fround(x));
  });
});

describe("ModuleBuilder", () => {
  it.each([true, false])("sums an array in a loop, shared memory: %s", (shared) => {
    const module = new ModuleBuilder({ shared, maximumPages: 4 });
    const f = module.function({ name: "sum", params: ["i32", "i32"], results: ["f32"] });
    const [pointer, count] = f.params as [(typeof f.params)[0], (typeof f.params)[0]];
    const end = f.let("i32", (g) => g.get(pointer).get(count).i32(2).op("i32.shl", "i32.add"));
    const sum = f.local("f32");
    f.block((exit) => {
      f.loop((again) => {
        f.get(pointer).get(end).op("i32.ge_u").brIf(exit);
        f.get(sum).get(pointer).memory("f32.load", 8).op("f32.add").set(sum);
        f.get(pointer).i32(4).op("i32.add").set(pointer).br(again);
      });
    });
    f.get(sum);

    const memory = new WebAssembly.Memory({ initial: 1, maximum: 4, shared });
    new Float32Array(memory.buffer).set([1, 2, 3, 4, 5], 6);
    const { sum: run } = instantiate<{ sum(pointer: number, count: number): number }>(module, memory);
    expect(run(16, 5)).toBe(15);
    expect(run(16, 0)).toBe(0);
  });

  it("branches, calls, selects, writes helpers once", () => {
    const module = new ModuleBuilder({ shared: false, maximumPages: 1 });
    const square = () =>
      module.helper("square", { params: ["f64"], results: ["f64"] }, (g) => {
        g.push(g.params[0]!, g.params[0]!).op("f64.mul");
      });
    const f = module.function({ name: "f", params: ["f64"], results: ["f64"] });
    const x = f.params[0]!;
    f.get(x).f64(0).op("f64.lt");
    f.if(
      () => f.get(x).call(square()),
      () => f.get(x).call(square()).f64(0.5).get(x).f64(1).op("f64.gt").select("f64"),
      "f64",
    );
    expect(square()).toBe(square());
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 });
    const { f: run } = instantiate<{ f(x: number): number }>(module, memory);
    expect([run(-3), run(3), run(0.25)]).toEqual([9, 9, 0.5]);
  });

  it("hands released variables out again, by type", () => {
    const f = new ModuleBuilder({ shared: false, maximumPages: 1 }).function({ params: ["i32"] });
    const a = f.local("v128");
    f.release(a);
    expect(f.local("f32").index).toBe(2);
    expect(f.local("v128")).toBe(a);
    expect(f.local("v128").index).toBe(3);
  });

  it("fills, copies and shuffles", () => {
    const module = new ModuleBuilder({ shared: false, maximumPages: 1 });
    const f = module.function({ name: "f" });
    f.i32(0).i32(7).i32(16).memoryFill();
    f.i32(64).i32(0).i32(8).memoryCopy();
    f.i32(32)
      .v128([...Array(16).keys()])
      .i32x4(-1)
      .shuffle32(3, 4, 0, 7)
      .memory("v128.store");
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 });
    instantiate<{ f(): void }>(module, memory).f();
    const bytes = [...new Uint8Array(memory.buffer)];
    expect(bytes.slice(60, 76)).toEqual([0, 0, 0, 0, 7, 7, 7, 7, 7, 7, 7, 7, 0, 0, 0, 0]);
    expect(bytes.slice(32, 48)).toEqual([12, 13, 14, 15, 255, 255, 255, 255, 0, 1, 2, 3, 255, 255, 255, 255]);
  });
});
