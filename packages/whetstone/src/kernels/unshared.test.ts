import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { multiplyAdd, testModule } from "../../test/wasm-modules.ts";
import {
  call,
  gemmEntries,
  gemmF64,
  heapAlloc,
  kernelInfo,
  kernelView,
  loadProgram,
  makeTape,
  moduleLimits,
  parallel,
  withScratch,
} from "./index.ts";

// An engine that allows no shared memory: the same module runs on a plain memory of fixed size, on one thread.
const original = WebAssembly.Memory;
const sharedArrayBuffer = globalThis.SharedArrayBuffer;

beforeAll(() => {
  WebAssembly.Memory = class extends original {
    constructor(descriptor: WebAssembly.MemoryDescriptor) {
      if (descriptor.shared) throw new TypeError("no shared memory here");
      super(descriptor);
    }
  };
  Reflect.deleteProperty(globalThis, "SharedArrayBuffer");
});
afterAll(() => {
  WebAssembly.Memory = original;
  globalThis.SharedArrayBuffer = sharedArrayBuffer;
});

describe("without shared memory", () => {
  it("says so", () => {
    expect(kernelInfo()).toMatchObject({ simd: true, threads: 1, sharedMemory: false });
  });

  it("computes all the same, and views survive later blocks", () => {
    withScratch((s) => {
      const early = s.f64([1, 2, 3]);
      expect(early.view.buffer).toBeInstanceOf(ArrayBuffer);
      s.f64(5_000_000);
      expect(call("sumF64", early.ptr, 3)).toBe(6);
      expect(Array.from(early.view)).toEqual([1, 2, 3]);
      parallel("fail", 5, -1);
    });
    const n = 40;
    const A = Float64Array.from({ length: n * n }, (_, i) => i % 7);
    const identity = new Float64Array(n * n);
    for (let i = 0; i < n; i++) identity[i * n + i] = 1;
    const C = new Float64Array(n * n);
    gemmF64(false, false, n, n, n, 1, A, identity, 0, C);
    expect(C).toEqual(A);
  });

  it("runs programs and tapes on this thread", () => {
    expect(moduleLimits().shared).toBe(false);
    const program = loadProgram(testModule({ multiplyAdd }));
    const ptr = heapAlloc(4 * 8);
    const x = kernelView(Float64Array, ptr, 4);
    x.set([1, 2, 3, 4]);
    const tape = makeTape([
      { program, name: "multiplyAdd", chunks: 4, args: [ptr, 10, 1] },
      { program, name: "multiplyAdd", chunks: 2, args: [ptr, 2, 0] },
    ]);
    tape.run();
    expect(Array.from(x)).toEqual([22, 42, 31, 41]);
    const square = { m: 2, n: 2, k: 2, a: ptr, aStride: 2, aStep: 1, b: ptr, bStride: 1, bStep: 2 };
    const product = { ...square, c: heapAlloc(4 * 8), ldc: 2 };
    const work = heapAlloc(gemmEntries("f64", product, 0).workBytes);
    makeTape(gemmEntries("f64", product, work).entries).run();
    expect(Array.from(kernelView(Float64Array, product.c, 4))).toEqual([1786, 2646, 1953, 2983]);
  });

  it("says how much memory there is when more is asked for", () => {
    expect(() => withScratch((s) => s.u8(2 ** 31))).toThrow(
      /MB of kernel memory needed, at most \d+ MB can be had/,
    );
  });
});
