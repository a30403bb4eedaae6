import { expect, test } from "vitest";
import { dictionaryDecode, dictionaryEncode } from "./index.ts";

test("round trip at every width of codes, missing and empty strings included", () => {
  for (const [levels, width] of [
    [3, 1],
    [254, 1],
    [255, 2],
    [10_000, 2],
    [70_000, 4],
  ] as const) {
    const values = Array.from({ length: 80_000 }, (_, i) =>
      i % 97 === 0 ? null : i % 89 === 0 ? "" : `wört ${i % (levels - 1)}`,
    );
    const encoded = dictionaryEncode(values);
    expect(encoded.codes.BYTES_PER_ELEMENT).toBe(width);
    expect(dictionaryDecode(encoded)).toEqual(values);
  }
});

test("sizes are those of the layout", () => {
  const { bytes, plainBytes } = dictionaryEncode(["é", "b", "é", null]);
  expect(plainBytes).toBe(5 * 4 + 2 + 1 + 2);
  expect(bytes).toBe(4 + 3 + 3 * 4);
  expect(dictionaryEncode([])).toEqual({ codes: new Uint8Array(0), words: [], bytes: 4, plainBytes: 4 });
});

test("sentences", () => {
  expect(() => dictionaryEncode([1] as never)).toThrow("dictionaryEncode: values holds 1 at row 0");
  expect(() => dictionaryDecode({ codes: Uint8Array.of(4), words: ["a"] })).toThrow("holds 4 at row 0");
});
