import { readdirSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { code as tensorCode } from "./generated/tensor.ts";
import { getThreads, heapAlloc, kernelView, makeTape, parallel, setThreads, withScratch } from "./index.ts";
import { KernelSet } from "./kernel-set.ts";
import { adaptModule, decodeModule } from "./module-bytes.ts";
import { runtime } from "./runtime.ts";
import * as sets from "./sets.ts";
import { poolState } from "./threads.ts";

const before = getThreads();
afterEach(() => setThreads(before));

/** Sums along lines of 7 numbers, many lines, each chunk one line. */
function sums(set: KernelSet, lines: number): Float64Array {
  return withScratch((s) => {
    const x = s.f64(Float64Array.from({ length: lines * 7 }, (_, i) => i % 11));
    const out = s.f64(lines * 7);
    set.parallel("cumsumF64", lines, x.ptr, out.ptr, 7, 1, 0, 1);
    return out.view.slice();
  });
}

const expected = (lines: number): Float64Array => {
  const out = new Float64Array(lines * 7);
  for (let i = 0; i < out.length; i++) out[i] = (i % 7 === 0 ? 0 : out[i - 1]!) + (i % 11);
  return out;
};

describe("a set of kernels", () => {
  it("runs on workers that have booted before it was loaded", () => {
    setThreads(2);
    const limit = Date.now() + 10_000;
    while (poolState().ready === 0 && Date.now() < limit) parallel("fail", 64, -1);
    expect(poolState().ready).toBeGreaterThan(0);
    const set = new KernelSet(tensorCode); // not the one that others have used
    const { chunksByWorkers } = poolState();
    while (poolState().chunksByWorkers === chunksByWorkers && Date.now() < limit) {
      expect(sums(set, 20_000)).toEqual(expected(20_000));
    }
    expect(poolState().chunksByWorkers).toBeGreaterThan(chunksByWorkers);
    expect(poolState().failures).toBe(0);
  });

  it("takes steps of a tape beside the core", () => {
    const x = heapAlloc(64 * 8);
    const view = kernelView(Float64Array, x, 8);
    view.fill(1);
    const tape = makeTape([
      { name: "scaleF64", chunks: 1, args: [3, x, 8] },
      { program: sets.tensorKernels, name: "cumsumF64", chunks: 1, args: [x, x, 8, 1, 0, 1] },
    ]);
    tape.run();
    expect(Array.from(view)).toEqual([3, 6, 9, 12, 15, 18, 21, 24]);
    tape.free();
  });

  it("says which kernel it does not have, and how many numbers one takes", () => {
    const set: KernelSet = sets.umapKernels;
    expect(() => set.call("gemmF64")).toThrow('kernels: name is "gemmF64", expected one of umapEpoch');
    expect(() => set.call("umapEpoch", 1)).toThrow("umapEpoch takes 20 numbers, got 1");
    expect(() => parallel("lloydStep" as "fail", 1, 1)).toThrow("the name of a core kernel");
  });
});

describe("adaptModule", () => {
  const fused = (bytes: Uint8Array) =>
    bytes.filter(
      (b, i) => b === 0xfd && (bytes[i + 1] === 0x85 || bytes[i + 1] === 0x87) && bytes[i + 2] === 2,
    ).length;

  it("writes out every fused multiply-add, and the module stays valid", async () => {
    runtime(); // lets Node 20 read relaxed SIMD
    let written = 0;
    const folder = new URL("./generated/", import.meta.url);
    for (const file of readdirSync(folder).filter((name) => name !== "alphabet.ts")) {
      const { code } = (await import(new URL(file, folder).href)) as { code: string };
      const bytes = decodeModule(code);
      expect(WebAssembly.validate(bytes), file).toBe(runtime().relaxedSimd);
      for (const shared of [true, false]) {
        const plain = adaptModule(bytes, { shared, relaxedSimd: false });
        expect(WebAssembly.validate(plain), file).toBe(true);
        expect(fused(plain), file).toBe(0);
        const names = (b: Uint8Array<ArrayBuffer>) =>
          WebAssembly.Module.exports(new WebAssembly.Module(b)).map((e) => e.name);
        expect(names(plain)).toEqual(names(bytes));
      }
      written += fused(bytes);
    }
    expect(written).toBeGreaterThan(100);
  });

  it("leaves a module alone that fits", () => {
    const bytes = decodeModule(tensorCode);
    expect(adaptModule(bytes, { shared: true, relaxedSimd: true })).toBe(bytes);
  });
});
