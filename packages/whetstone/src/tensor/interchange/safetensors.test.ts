import { expect, test } from "vitest";
import { writeSafetensors } from "../../contract/codec.ts";
import type { DType } from "../dtype.ts";
import { loadTensors, saveTensors, Tensor } from "../index.ts";

const everyType: readonly DType[] = ["f32", "f64", "i32", "u8", "bool", "f16", "bf16"];

test("every dtype and shape comes back bit for bit, with what was said beside it", () => {
  const values = Tensor.from([0, 1, -2.5, 1000.125, Number.NaN, Number.POSITIVE_INFINITY], { dtype: "f64" });
  const tensors = Object.fromEntries([
    ...everyType.map((dtype) => [dtype, values.to(dtype).reshape([2, 3])] as const),
    ["number", Tensor.from(3)],
    ["nothing", Tensor.zeros([0, 4])],
    ["7", Tensor.from([7])],
    ["__proto__", Tensor.from([1])],
  ]);
  const found = loadTensors(saveTensors(tensors, { epoch: "3" }));
  expect(found.metadata.epoch).toBe("3");
  expect(Object.keys(found.tensors).sort()).toEqual(Object.keys(tensors).sort());
  for (const [name, tensor] of Object.entries(tensors)) {
    const other = Object.entries(found.tensors).find(([key]) => key === name)![1];
    expect([other.dtype, other.shape], name).toEqual([tensor.dtype, tensor.shape]);
    expect(other.data(), name).toEqual(tensor.data());
  }
});

test("the bytes are what the format says: length, JSON header, little-endian elements", () => {
  const bytes = saveTensors({ a: Tensor.from([[1, 2]]), h: Tensor.from([1.5]).to("f16") });
  const size = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + size)));
  expect(header.a).toMatchObject({ dtype: "F32", shape: [1, 2] });
  expect(header.h).toMatchObject({ dtype: "F16", shape: [1] });
  const [from, to] = header.a.data_offsets;
  expect([...new Float32Array(bytes.slice(8 + size + from, 8 + size + to).buffer)]).toEqual([1, 2]);
  expect(bytes[8 + size + header.h.data_offsets[0] + 1]).toBe(0x3e); // 1.5 is 0x3e00
});

test("refusals say what is wrong", () => {
  const bytes = saveTensors({ a: Tensor.from([1, 2]) });
  bytes[bytes.length - 1]! ^= 1;
  expect(() => loadTensors(bytes)).toThrow("the file is damaged");
  expect(() => loadTensors(bytes.subarray(0, 5))).toThrow("not a whole safetensors file");
  const wide = writeSafetensors(new Map([["n", new BigInt64Array(2)]]));
  expect(() => loadTensors(wide)).toThrow("n has dtype I64, which no tensor has");
  const wrong = { a: [1, 2] } as unknown as Record<string, Tensor>;
  expect(() => saveTensors(wrong)).toThrow("tensors.a");
  expect(() => saveTensors({ __metadata__: Tensor.from(1) })).toThrow("another name");
});
