import { afterEach, describe, expect, it } from "vitest";
import { gemmF32, kernelInfo, kernelView, parallel, withScratch } from "./index.ts";
import { wideAt } from "./runtime.ts";

// The tiles for vectors of 256 bits run on every engine, slower where it does not join vectors: what they compute can be
// compared anywhere.
const setWide = (on: boolean) => {
  kernelView(Int32Array, wideAt, 1)[0] = on ? 1 : 0;
};
const byDefault = kernelInfo().wideVectors;
afterEach(() => setWide(byDefault));

const filled = (length: number) => Float32Array.from({ length }, (_, i) => Math.sin(i * i + 1));

describe("tiles of sixteen columns", () => {
  it("are in use where Node was started with the flag", () => {
    const asked = process.execArgv.includes("--experimental-wasm-revectorize");
    expect(byDefault).toBe(asked && process.arch === "x64" && Number.parseInt(process.versions.v8, 10) >= 13);
    expect(kernelView(Int32Array, wideAt, 1)[0]).toBe(byDefault ? 1 : 0);
  });

  it.each([
    [4, 16, 1],
    [5, 16, 3],
    [3, 17, 8],
    [64, 15, 30],
    [7, 33, 257],
    [131, 1030, 259],
    [64, 784, 256],
    [300, 60, 700],
    [28, 31, 5003],
  ])("give the same numbers to the bit: %i x %i, depth %i", (m, n, k) => {
    const [A, B, C] = [filled(m * k), filled(k * n), filled(m * n)];
    for (const [tA, tB] of [
      [false, false],
      [true, true],
    ] as const)
      for (const [alpha, beta] of [
        [1, 0],
        [1.5, -0.5],
        [-1, 1],
      ] as const) {
        const results = [false, true].map((on) => {
          setWide(on);
          const out = C.slice();
          gemmF32(tA, tB, m, n, k, alpha, A, B, beta, out);
          return out;
        });
        expect(results[1]).toEqual(results[0]);
      }
  });

  it("give the same in products of many at once", () => {
    const [batch, m, n, k] = [5, 9, 40, 33];
    const results = [false, true].map((on) => {
      setWide(on);
      return withScratch((s) => {
        const a = s.f32(filled(batch * m * k));
        const b = s.f32(filled(batch * k * n));
        const c = s.f32(batch * m * n);
        const strides = [a.ptr, m * k, k, 1, b.ptr, k * n, 1, n, 1, m * k, k * n];
        const work = s.f32(batch * k * (12 + 40), false);
        parallel("gemmBatchF32", batch, ...strides, c.ptr, m * n, n, batch, m, n, k, 1, 0, 12, 1, work.ptr);
        return c.view.slice();
      });
    });
    expect(results[0]!.some((v) => v !== 0)).toBe(true);
    expect(results[1]).toEqual(results[0]);
  });
});
