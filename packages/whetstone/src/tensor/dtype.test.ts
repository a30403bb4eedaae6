import { describe, expect, test } from "vitest";
import { fromBf16Bits, fromF16Bits, roundTo, toBf16Bits, toF16Bits } from "./dtype.ts";

/** All numbers of a 16-bit format, by pattern; NaN left out. */
function* numbers(from: (bits: number) => number): Generator<[bits: number, value: number]> {
  for (let bits = 0; bits < 65536; bits++) {
    const value = from(bits);
    if (!Number.isNaN(value)) yield [bits, value];
  }
}

describe.each([
  ["f16", fromF16Bits, toF16Bits, 0x7bff],
  ["bf16", fromBf16Bits, toBf16Bits, 0x7f7f],
] as const)("%s", (dtype, from, to, largest) => {
  test("each of the 65,536 patterns comes back from its number", () => {
    for (const [bits, value] of numbers(from)) if (to(value) !== bits) expect(to(value)).toBe(bits);
    expect(Number.isNaN(from(to(Number.NaN)))).toBe(true);
  });

  test("numbers between two neighbours go to the nearer one, halves to the even pattern", () => {
    for (let bits = 0; bits < largest; bits++) {
      const [low, high] = [from(bits), from(bits + 1)];
      const middle = (low + high) / 2; // exact in float64, and in float32
      const nearer = [low + (high - low) * 0.49, low + (high - low) * 0.51].map(Math.fround);
      const even = bits % 2 === 0 ? low : high;
      if (roundTo(dtype, middle) !== even) expect(roundTo(dtype, middle)).toBe(even);
      for (const [x, wanted] of [
        [nearer[0]!, low],
        [nearer[1]!, high],
      ] as const) {
        // Subnormal float32 cannot tell them apart any more.
        if (x > low && x < high && x !== middle && roundTo(dtype, x) !== wanted) {
          expect([bits, roundTo(dtype, x)]).toEqual([bits, wanted]);
        }
      }
    }
  });

  test("what is too large is infinite, what is too small is 0", () => {
    const top = from(largest);
    expect(roundTo(dtype, top)).toBe(top);
    expect(roundTo(dtype, top * 1.01)).toBe(Number.POSITIVE_INFINITY);
    expect(roundTo(dtype, -top * 1.01)).toBe(Number.NEGATIVE_INFINITY);
    expect(roundTo(dtype, from(1) / 4)).toBe(0);
  });
});
