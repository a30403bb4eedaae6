import { describe, expect, it } from "vitest";
import { checkHeap, heapAlloc, heapBytes, heapFree, heapReserved } from "./heap.ts";
import { call, pointerOf, withScratch } from "./index.ts";
import { kernelView, scratchBytes } from "./scratch.ts";

let state = 1;
function random(below: number): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * below);
}

describe("the heap", () => {
  it("hands out separate, aligned blocks that keep what is written, under scratch in use", () => {
    const blocks: { ptr: number; view: Float64Array; value: number }[] = [];
    for (let round = 0; round < 3000; round++) {
      if (blocks.length > 0 && random(5) < 2) {
        const { ptr, view, value } = blocks.splice(random(blocks.length), 1)[0]!;
        for (const x of view) if (x !== value) expect.fail(`${x} instead of ${value}`);
        heapFree(ptr);
      } else {
        const length = 1 + random(random(10) === 0 ? 100_000 : 100);
        const ptr = heapAlloc(length * 8);
        expect(ptr % 64).toBe(0);
        const view = kernelView(Float64Array, ptr, length).fill(round);
        blocks.push({ ptr, view, value: round });
      }
      if (round % 50 === 0) {
        withScratch((s) => s.f64(20_000, false).view.fill(-1));
        expect(checkHeap()).toBe(blocks.length);
      }
    }
    for (const { ptr } of blocks) heapFree(ptr);
    expect(checkHeap()).toBe(0);
    expect(heapBytes()).toBe(0);
    expect(scratchBytes()).toBe(0);
  });

  it("may grow while scratch is open: the stack passes over what the heap took", () => {
    const kept: { ptr: number; view: Uint8Array }[] = [];
    const keep = (bytes: number, value: number) => {
      const ptr = heapAlloc(bytes);
      kept.push({ ptr, view: kernelView(Uint8Array, ptr, bytes).fill(value) });
    };
    withScratch((s) => {
      const early = s.f64(100);
      keep(heapReserved() + 5_000_000, 1);
      const late = s.f64(1_000_000, false);
      late.view.fill(7);
      withScratch((inner) => {
        keep(heapReserved() + 5_000_000, 2);
        inner.u8(100, false).view.fill(9);
      });
      s.u8(9_000_000, false).view.fill(8);
      expect(call("sumF64", late.ptr, 1_000_000)).toBe(7_000_000);
      expect(call("sumF64", early.ptr, 100)).toBe(0);
    });
    expect(scratchBytes()).toBe(0);
    withScratch((s) => {
      for (let i = 0; i < 40; i++) s.u8(1_000_000, false).view.fill(6);
      expect(scratchBytes()).toBeGreaterThanOrEqual(40 * 1_000_000);
      expect(scratchBytes()).toBeLessThan(41 * 1_000_000); // at most what lay below the first hole is passed over
    });
    kept.forEach(({ view }, i) => {
      expect(view.every((x) => x === i + 1)).toBe(true);
    });
    for (const { ptr } of kept) heapFree(ptr);
    expect(checkHeap()).toBe(0);
  });

  it("uses freed memory again: a million cycles take no more", () => {
    const ring = new Float64Array(64);
    let after = 0;
    const begin = performance.now();
    for (let i = 0; i < 1_000_000; i++) {
      const at = i & 63;
      if (ring[at]! > 0) heapFree(ring[at]!);
      ring[at] = heapAlloc(((i * 2_654_435_761) % 100_000) + 1);
      if (i === 100_000) after = heapReserved();
    }
    expect(performance.now() - begin).toBeLessThan(20_000);
    expect(heapReserved()).toBe(after);
    for (const ptr of ring) heapFree(ptr);
    expect(checkHeap()).toBe(0);
    const ptr = heapAlloc(1000);
    heapFree(ptr);
    expect(heapAlloc(1000)).toBe(ptr);
    heapFree(ptr);
  });

  it("makes views that count as kernel memory", () => {
    const ptr = heapAlloc(80);
    expect(pointerOf(kernelView(Float32Array, ptr, 10))).toBe(ptr);
    heapFree(ptr);
  });

  it("says what is wrong", () => {
    expect(() => heapAlloc(-1)).toThrow("heapAlloc: bytes is -1, expected a whole number >= 0");
    expect(() => heapAlloc(0.5)).toThrow("heapAlloc: bytes is 0.5");
    expect(() => heapAlloc(2 ** 33)).toThrow(
      /heapAlloc: \d+ MB of kernel memory needed, at most \d+ MB can be had here/,
    );
    const ptr = heapAlloc(1);
    expect(() => heapFree(ptr + 64)).toThrow("heapFree: ptr is");
    heapFree(ptr);
    expect(() => heapFree(ptr)).toThrow(`heapFree: ptr is ${ptr}, expected the place of a block in use`);
    expect(checkHeap()).toBe(0);
  });
});
