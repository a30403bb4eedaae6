/** What callers get wrong is said in a sentence: which function, which argument, what came, what was expected. */
import { expect, test } from "vitest";
import { attention, conv2d, einsum, flush, maxPool2d, noGrad, Tensor } from "./index.ts";

const t = Tensor.from([
  [1, 2, 3],
  [4, 5, 6],
]);
const whole = (values: number[]) => Tensor.from(values, { dtype: "i32" });

const wrong: readonly (readonly [sentence: string, call: () => unknown])[] = [
  [
    "Tensor.add: shapes [2, 3] and [2] do not broadcast: sizes 3 and 2 at axis -1",
    () => t.add(Tensor.from([1, 2])),
  ],
  ['Tensor.add: operand is "1", expected a Tensor or a number', () => t.add("1" as never)],
  ["Tensor.matmul: shapes [2, 3] and [2, 3] do not multiply: 3 columns against 2 rows", () => t.matmul(t)],
  ["Tensor.matmul: operand has no axes, expected a vector or a matrix", () => t.matmul(Tensor.from(1))],
  ["Tensor.at: index 5 is out of range for axis 0 of size 2", () => t.at(5)],
  ["Tensor.at: index -4 is out of range for axis 1 of size 3", () => t.at(null, -4)],
  ["Tensor.at: indices are 3, expected at most 2, the axes of [2, 3]", () => t.at(0, 0, 0)],
  ["Tensor.sum: axis is 3, expected an integer from -2 to 1 (the tensor has 2 axes)", () => t.sum(3)],
  ["Tensor.mean: axis [0,0] names an axis twice", () => t.mean([0, 0])],
  ["Tensor.reshape: shape is [4, 2], expected sizes whose product is 6", () => t.reshape([4, 2])],
  ["Tensor.permute: order is [0, 0], expected each axis of [2, 3] once", () => t.permute([0, 0])],
  ["Tensor.squeeze: axis 0 has size 2, expected 1", () => t.squeeze(0)],
  ["Tensor.slice: step is 0, expected a whole number other than 0", () => t.slice(0, 0, 2, 0)],
  ["Tensor.split: size is [1, 2], expected sizes that add up to 2, as axis 0 has", () => t.split([1, 2])],
  [
    "Tensor.unfold: tensor has shape [2, 3], expected room on axis 1 for a window of 5",
    () => t.unfold(1, 3, 1, 2),
  ],
  ["Tensor.pad: widths are [[-1,0]], expected at most 2 pairs of whole numbers >= 0", () => t.pad([[-1, 0]])],
  ["Tensor.tril: tensor has shape [3], expected two axes or more", () => t.at(0).tril()],
  ["Tensor.take: index has dtype f32, expected whole numbers (i32)", () => t.take(Tensor.from([0.5]))],
  [
    "Tensor.gather: index has shape [1], expected as many axes as [2, 3], none longer but axis 1",
    () => t.gather(1, whole([0])),
  ],
  [
    "Tensor.scatterAdd: index has shape [1], expected the sizes of [2, 3] on every axis but 0",
    () => t.scatterAdd(0, whole([0]), Tensor.from([1])),
  ],
  ["Tensor.topk: k is 9, expected a whole number from 0 to 3 (the size of axis 1)", () => t.topk(9)],
  ["Tensor.oneHot: classes is 0, expected a whole number >= 1", () => whole([1]).oneHot(0)],
  [
    "Tensor.concat: tensors have shapes [2, 3] and [1], expected sizes that agree everywhere but on axis 0",
    () => Tensor.concat([t, Tensor.from([1])]),
  ],
  ["Tensor.concat: tensors is an array of 0, expected at least one tensor", () => Tensor.concat([])],
  [
    "Tensor.where: condition has shape [2], expected one that broadcasts with [2, 3]",
    () => Tensor.where(Tensor.from([true, false]), t, 0),
  ],
  ['Tensor.and: operands is "f32", expected bool or integer tensors', () => t.and(t)],
  ['Tensor.to: dtype is "f8", expected one of bool, u8, i32, f16, bf16, f32, f64', () => t.to("f8" as never)],
  ["Tensor.item: the tensor has shape [2, 3], expected one element", () => t.item()],
  [
    "Tensor.from: values[1] has 1 entries, expected an array of 2, as its neighbours",
    () => Tensor.from([[1, 2], [3]]),
  ],
  ['Tensor.from: values[0] is "a", expected a number', () => Tensor.from(["a"] as never)],
  [
    "Tensor.fromStored: array is a Float32Array, expected a Int32Array, which holds i32 elements",
    () => Tensor.fromStored(new Float32Array(2), [2], "i32"),
  ],
  ["Tensor.full: shape is [-1], expected whole numbers >= 0", () => Tensor.full([-1], 0)],
  ["Tensor.linspace: shape is [-1], expected whole numbers >= 0", () => Tensor.linspace(0, 1, -1)],
  ["Tensor.arange: step is 0, expected a step that leads from 0 to 5", () => Tensor.arange(0, 5, 0)],
  [
    "Tensor.arange: requiresGrad is true, expected false: a i32 tensor has no gradient",
    () => Tensor.arange(0, 5, 1, { requiresGrad: true }),
  ],
  ["Tensor.rand: seed is 0.5, expected a whole number", () => Tensor.rand([2], { seed: 0.5 })],
  [
    "conv2d: x has shape [1, 2, 4, 4], so 2 channels, expected 3 (weight [3, 3, 2, 2], groups 1)",
    () => conv2d(Tensor.zeros([1, 2, 4, 4]), Tensor.zeros([3, 3, 2, 2])),
  ],
  [
    "maxPool2d: x has shape [1, 1, 1, 1], expected room for a window of [2,2]",
    () => maxPool2d(Tensor.zeros([1, 1, 1, 1]), 2),
  ],
  ["einsum: axis j of operand 1 has size 2, expected 3, as elsewhere", () => einsum("ij,jk->ik", t, t)],
  [
    "attention: q, k, v have shapes [2, 3], [3, 2], [2, 3], expected [..., T, d], [..., S, d], [..., S, e]",
    () => attention(t, t.transpose(), t),
  ],
];

test.each(wrong)("%s", (sentence, call) => {
  expect(call).toThrow(sentence);
});

test("dtypes meet as documented", () => {
  const types = (a: Parameters<Tensor["to"]>[0], b: Parameters<Tensor["to"]>[0]) =>
    t.to(a).add(t.to(b)).dtype;
  expect(types("f32", "f64")).toBe("f64");
  expect(types("i32", "f16")).toBe("f16");
  expect(types("f16", "bf16")).toBe("f32");
  expect(types("u8", "i32")).toBe("i32");
  expect(t.to("i32").add(1).dtype).toBe("i32");
  expect(t.to("i32").add(0.5).dtype).toBe("f32");
  expect(t.to("i32").div(2).dtype).toBe("f32");
  const p = Tensor.from([1, 2], { requiresGrad: true });
  expect(() => p.assign(Tensor.from([1, 2], { dtype: "f64" }))).toThrow(
    "Tensor.assign: value has shape [2] (f64), expected [2] (f32)",
  );
});

test("a place that an index tensor names outside the axis gives zeros", () => {
  expect(t.take(whole([1, 2, -1]))).toMatchObject({ shape: [3, 3] });
  expect(t.take(whole([1, 2, -1])).toArray()).toEqual([
    [4, 5, 6],
    [0, 0, 0],
    [0, 0, 0],
  ]);
});

test("a value whose past has been updated says so, and says what to do", () => {
  const p = Tensor.from([1, 2], { requiresGrad: true });
  const before = p.mul(10);
  noGrad(() => p.assign(p.add(1)));
  flush();
  expect(() => before.data()).toThrow(
    "Tensor.data: this depends on a tensor of shape [2] that has since been updated (by an optimizer step or assign), so its old value is gone; read results before the update, or compute them again",
  );
  expect(() => before.sum().item()).toThrow("Tensor.data: this depends on");
  expect(p.mul(10).toArray()).toEqual([20, 30]);
});
