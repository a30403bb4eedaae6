import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type AnyTyped, decode, encode, readSafetensors, writeSafetensors } from "./codec.ts";

const none = () => undefined;
const again = (value: unknown) => decode(encode(value), none);

describe("encode and decode", () => {
  test("give back any plain value, with names that JavaScript treats specially", () => {
    const key = fc.oneof(
      fc.string(),
      fc.constantFrom("__proto__", "constructor", "$array", "$type", "$number", "0"),
    );
    const leaf = fc.oneof(
      fc.double(),
      fc.string({ unit: "binary" }),
      fc.boolean(),
      fc.constant(null),
      fc.float64Array({ maxLength: 5 }),
      fc.uint8Array({ maxLength: 7 }),
      fc.int16Array({ maxLength: 3 }),
    );
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof({ depthSize: "small" }, leaf, tie("list"), tie("object")),
      list: fc.array(tie("value"), { maxLength: 4 }),
      object: fc.dictionary(key, tie("value"), { maxKeys: 4 }),
    }));
    fc.assert(
      fc.property(value, (v) => {
        expect(entriesOf(again(v))).toEqual(entriesOf(v));
      }),
      { numRuns: 500, seed: 4 },
    );
  });

  test("keep a key __proto__ a key", () => {
    const back = again(JSON.parse('{"__proto__": {"polluted": 1}}')) as object;
    expect(Object.keys(back)).toEqual(["__proto__"]);
    expect(Object.getPrototypeOf(back)).toBe(Object.prototype);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  test("keep arrays apart whose paths read alike", () => {
    const value = { a: { b: Float64Array.of(1) }, "a.b": Float64Array.of(2), __metadata__: Int8Array.of(3) };
    expect(again(value)).toEqual(value);
  });
});

describe("checksum", () => {
  const arrays = new Map<string, AnyTyped>([
    ["0", Float64Array.of(1, 2, 3)],
    ["b", Uint8Array.of(1, 2, 3, 4, 5).subarray(1)],
    ["a", Float64Array.of()],
  ]);
  const bytes = writeSafetensors(arrays, { kind: "test" });

  test("agrees with an undamaged file, whatever the order of names and the alignment of arrays", () => {
    expect(readSafetensors(bytes).arrays.get("b")).toEqual(Uint8Array.of(2, 3, 4, 5));
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    expect(readSafetensors(shifted.subarray(3)).arrays.get("0")).toEqual(Float64Array.of(1, 2, 3));
  });

  test("shows every flipped bit of the body", () => {
    const body = 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true));
    for (let at = body; at < bytes.length; at++) {
      for (let bit = 0; bit < 8; bit++) {
        const damaged = bytes.slice();
        damaged[at]! ^= 1 << bit;
        expect(() => readSafetensors(damaged)).toThrow("load: the file is damaged: its checksum");
      }
    }
  });

  test("is not asked of files of other programs, but of models", () => {
    const text = new TextEncoder().encode('{"v":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}');
    const foreign = new Uint8Array(8 + text.length + 2);
    new DataView(foreign.buffer).setBigUint64(0, BigInt(text.length), true);
    foreign.set(text, 8);
    expect(readSafetensors(foreign).arrays.get("v")).toEqual(new Uint8Array(2));
    expect(() => decode(foreign, none)).toThrow("not one saved by Whetstone");
  });
});

/** Objects as lists of entries, so that a key "__proto__" is compared like the others. */
function entriesOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(entriesOf);
  if (value === null || typeof value !== "object" || ArrayBuffer.isView(value)) return value;
  return Object.entries(value).map(([k, v]) => [k, entriesOf(v)]);
}
