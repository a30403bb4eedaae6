import { describe, expect, it } from "vitest";
import { call, withScratch } from "./index.ts";
import { scratchBytes } from "./scratch.ts";

describe("withScratch", () => {
  it("hands out aligned, separate, zeroed blocks of every kind, or copies", () => {
    withScratch((s) => {
      s.u8(100).view.fill(255);
    });
    withScratch((s) => {
      const kinds = ["f64", "f32", "i32", "u32", "u16", "u8"] as const;
      const blocks = kinds.map((kind) => ({ kind, block: s[kind](5), copy: s[kind]([1, 2, 3]) }));
      const taken: [number, number][] = [];
      for (const { block, copy } of blocks) {
        expect(Array.from(block.view)).toEqual([0, 0, 0, 0, 0]);
        expect(Array.from(copy.view)).toEqual([1, 2, 3]);
        for (const { ptr, view } of [block, copy]) {
          expect(ptr % 64).toBe(0);
          expect(view.byteOffset).toBe(ptr);
          taken.push([ptr, ptr + view.byteLength]);
        }
      }
      taken.sort((a, b) => a[0] - b[0]);
      for (let i = 1; i < taken.length; i++) expect(taken[i]![0]).toBeGreaterThanOrEqual(taken[i - 1]![1]);
      expect(s.f64(0).view.length).toBe(0);
    });
  });

  it("frees on return and on throw, also nested", () => {
    expect(scratchBytes()).toBe(0);
    const inner: number[] = [];
    withScratch((s) => {
      s.f64(1000);
      const used = scratchBytes();
      for (let round = 0; round < 3; round++) {
        withScratch((deeper) => inner.push(deeper.f64(10).ptr));
        expect(scratchBytes()).toBe(used);
        expect(() =>
          withScratch((deeper) => {
            deeper.f64(10);
            throw new RangeError("on purpose");
          }),
        ).toThrow("on purpose");
        expect(scratchBytes()).toBe(used);
      }
    });
    expect(new Set(inner).size).toBe(1);
    expect(scratchBytes()).toBe(0);
  });

  it("grows the memory, and earlier views stay valid", () => {
    withScratch((s) => {
      const early = s.f64([1, 2, 3]);
      const size = early.view.buffer.byteLength;
      const big = s.f64(size / 8 + 1_000_000);
      expect(big.view.buffer.byteLength).toBeGreaterThan(size);
      big.view[big.view.length - 1] = 5;
      early.view[0] = 10; // written through the view from before the growth, read by the kernel
      expect(call("sumF64", early.ptr, 3)).toBe(15);
      expect(call("sumF64", big.ptr, big.view.length)).toBe(5);
    });
  });

  it("works above 2 GB, where pointers do not fit a signed integer", () => {
    withScratch((s) => {
      s.u8(2 ** 31 + 4096, false); // address space only: never touched
      const x = s.f64([1, 2, 3, 4]);
      expect(x.ptr).toBeGreaterThan(2 ** 31);
      expect(call("sumF64", x.ptr, 4)).toBe(10);
      expect(call("dotF64", x.ptr, x.ptr, 4)).toBe(30);
    });
  });

  it("says what is wrong", () => {
    expect(() => withScratch((s) => s.f64(-1))).toThrow(
      "Scratch: length is -1, expected a whole number >= 0",
    );
    expect(() => withScratch((s) => s.f64(1.5))).toThrow("length is 1.5");
    expect(() => withScratch((s) => s.f64(2 ** 30))).toThrow(
      /8192 MB of kernel memory needed, at most \d+ MB/,
    );
    const kept = withScratch((s) => s);
    expect(() => kept.f64(1)).toThrow("its withScratch call has returned");
    withScratch((outer) =>
      withScratch(() => expect(() => outer.f64(1)).toThrow("an inner withScratch call is running")),
    );
    expect(() => withScratch(async () => 1)).toThrow("withScratch: fn is asynchronous");
    expect(scratchBytes()).toBe(0);
  });
});
