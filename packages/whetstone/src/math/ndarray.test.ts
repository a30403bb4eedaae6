import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Matrix } from "./matrix.ts";
import { NdArray } from "./ndarray.ts";

describe("NdArray", () => {
  const x = NdArray.from([
    [
      [1, 2],
      [3, 4],
      [5, 6],
    ],
    [
      [7, 8],
      [9, 10],
      [11, 12],
    ],
  ]);

  it("knows its shape and strides", () => {
    expect(x.shape).toEqual([2, 3, 2]);
    expect(x.strides).toEqual([6, 2, 1]);
    expect(x.at(1, 0, -1)).toBe(8);
    expect(NdArray.from(5).shape).toEqual([]);
    expect(NdArray.from(5).item()).toBe(5);
    expect(NdArray.from([]).shape).toEqual([0]);
    expect(NdArray.from(Matrix.from([[1, 2]])).shape).toEqual([1, 2]);
    expect(x.reshape([3, -1]).shape).toEqual([3, 4]);
    expect(x.toArray()).toEqual(NdArray.from(x.toArray()).toArray());
    expect(NdArray.arange(3).toArray()).toEqual([0, 1, 2]);
    expect(x.slice(0, 1).toMatrix).toThrow();
    expect(x.slice(2, 0, 1).reshape([2, 3]).toMatrix().toArray()).toEqual([
      [1, 3, 5],
      [7, 9, 11],
    ]);
  });

  it("broadcasts as NumPy does", () => {
    const column = NdArray.from([[10], [20], [30]]);
    expect(x.add(column).at(1, 2, 0)).toBe(41);
    expect(NdArray.from([1, 2]).add(column).toArray()).toEqual([
      [11, 12],
      [21, 22],
      [31, 32],
    ]);
    expect(column.sub(1).toArray()).toEqual([[9], [19], [29]]);
    expect(
      NdArray.from(2)
        .mul(NdArray.from([3, 4]))
        .toArray(),
    ).toEqual([6, 8]);
    expect(() => x.add(NdArray.from([1, 2, 3]))).toThrow(
      "NdArray.add: other has shape [3], expected one that broadcasts with [2, 3, 2]",
    );
    // Every broadcast entry is f of the entries that indexing modulo the lengths finds.
    const lengths = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(lengths, fc.nat(7), fc.nat(7), (full, dropA, dropB) => {
        const make = (drop: number, base: number): NdArray => {
          const shape = full.map((length, axis) => ((drop >> axis) & 1 ? 1 : length));
          const size = shape.reduce((p, v) => p * v, 1);
          return new NdArray(
            Float64Array.from({ length: size }, (_, i) => base + i),
            shape,
          );
        };
        const [a, b] = [make(dropA, 0), make(dropB, 100)];
        const sum = a.add(b);
        for (let i = 0; i < sum.shape[0]!; i++) {
          for (let j = 0; j < sum.shape[1]!; j++) {
            for (let k = 0; k < sum.shape[2]!; k++) {
              const pick = (v: NdArray): number => v.at(i % v.shape[0]!, j % v.shape[1]!, k % v.shape[2]!);
              expect(sum.at(i, j, k)).toBe(pick(a) + pick(b));
            }
          }
        }
      }),
    );
  });

  it("reduces along any axis", () => {
    expect(x.sum().item()).toBe(78);
    expect(x.sum({ axis: 1 }).toArray()).toEqual([
      [9, 12],
      [27, 30],
    ]);
    expect(x.mean({ axis: -1 }).toArray()).toEqual([
      [1.5, 3.5, 5.5],
      [7.5, 9.5, 11.5],
    ]);
    expect(x.max({ axis: 0, keepDims: true }).shape).toEqual([1, 3, 2]);
    expect(x.min({ axis: 2 }).at(1, 2)).toBe(11);
    expect(x.max({ keepDims: true }).shape).toEqual([1, 1, 1]);
    const y = NdArray.from([
      [3, 9, 9],
      [5, -1, 2],
    ]);
    expect(y.argmax({ axis: 1 }).toArray()).toEqual([1, 0]);
    expect(y.argmin({ axis: 0 }).toArray()).toEqual([0, 1, 1]);
    expect(y.argmax().item()).toBe(1);
    expect(NdArray.from([1, Number.NaN, 3]).max().item()).toBeNaN();
    expect(NdArray.zeros([0, 2]).sum({ axis: 0 }).toArray()).toEqual([0, 0]);
    expect(() => NdArray.zeros([0, 2]).max({ axis: 0 })).toThrow(
      "NdArray.max: this array has no entry to choose from",
    );
    expect(() => x.sum({ axis: 3 })).toThrow("NdArray.sum: axis is 3, expected a whole number from -3 to 2");
  });

  it("computes entry by entry", () => {
    const y = NdArray.from([1, 4, 9]);
    expect(y.sqrt().toArray()).toEqual([1, 2, 3]);
    expect(y.log().exp().sub(y).abs().max().item()).toBeLessThan(1e-14);
    expect(y.neg().abs().equal(y).toArray()).toEqual([1, 1, 1]);
    expect(y.pow(0.5).toArray()).toEqual([1, 2, 3]);
    expect(y.div(2).maximum(2).minimum(3).toArray()).toEqual([2, 2, 3]);
    expect(y.greater(3).toArray()).toEqual([0, 1, 1]);
    expect(y.less(NdArray.from([2, 2, 2])).toArray()).toEqual([1, 0, 0]);
    expect(NdArray.where(y.greater(3), y, 0).toArray()).toEqual([0, 4, 9]);
    expect(NdArray.where(NdArray.from([[1], [0]]), NdArray.from([1, 2]), -1).toArray()).toEqual([
      [1, 2],
      [-1, -1],
    ]);
  });

  it("stacks, concatenates and transposes", () => {
    const [a, b] = [NdArray.from([1, 2]), NdArray.from([3, 4])];
    expect(NdArray.stack([a, b]).toArray()).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(NdArray.stack([a, b], -1).toArray()).toEqual([
      [1, 3],
      [2, 4],
    ]);
    expect(NdArray.concatenate([a, b]).toArray()).toEqual([1, 2, 3, 4]);
    expect(NdArray.concatenate([x, x], 1).shape).toEqual([2, 6, 2]);
    expect(NdArray.concatenate([x, x.neg()], 1).at(1, 3, 1)).toBe(-8);
    expect(() => NdArray.stack([a, x])).toThrow("NdArray.stack: arrays[1] has shape [2, 3, 2], expected [2]");
    const t = x.transpose([2, 0, 1]);
    expect(t.shape).toEqual([2, 2, 3]);
    for (let i = 0; i < 2; i++)
      for (let j = 0; j < 3; j++) for (let k = 0; k < 2; k++) expect(t.at(k, i, j)).toBe(x.at(i, j, k));
    expect(x.transpose().shape).toEqual([2, 3, 2]);
    expect(() => x.transpose([0, 0, 1])).toThrow("NdArray.transpose: axes is an array of 3");
  });

  it("multiplies matrices, batched and broadcast", () => {
    const q = x.matmul(x.transpose([0, 2, 1]));
    expect(q.shape).toEqual([2, 3, 3]);
    expect(q.at(1, 0, 2)).toBe(7 * 11 + 8 * 12);
    const w = NdArray.from([
      [1, 0, 2],
      [0, 1, 3],
    ]);
    expect(x.matmul(w).at(0, 2, 2)).toBe(5 * 2 + 6 * 3);
    expect(w.matmul(NdArray.from([1, 1, 1])).toArray()).toEqual([3, 4]);
    expect(NdArray.from([1, 1]).matmul(w).toArray()).toEqual([1, 1, 5]);
    expect(NdArray.from([1, 2]).dot(NdArray.from([3, 4]))).toBe(11);
    expect(NdArray.from([1, 2]).matmul(NdArray.from([3, 4])).shape).toEqual([]);
    expect(() => x.matmul(x)).toThrow(
      "NdArray.matmul: other has shape [2, 3, 2], expected 2 entries to meet",
    );
    expect(() => NdArray.from([1]).dot(x)).toThrow("NdArray.dot: other has shape [2, 3, 2]");
  });

  it("refuses ragged and misshapen input", () => {
    expect(() => NdArray.from([[1, 2], [3]])).toThrow(
      "NdArray.from: values has 1 entries along axis 1 in one place",
    );
    expect(() => NdArray.from([[1], 2])).toThrow("NdArray.from: values is ragged");
    expect(() => new NdArray(new Float64Array(3), [2])).toThrow(
      "NdArray: data has 3 entries, expected 2 (shape [2])",
    );
    expect(() => x.reshape([5])).toThrow(
      "NdArray.reshape: shape is [5], expected one with 12 entries in all",
    );
    expect(() => x.at(2, 0, 0)).toThrow("NdArray.at: index[0] is 2, expected a whole number from -2 to 1");
    expect(() => x.item()).toThrow("NdArray.item: this array has 12 entries, expected 1");
  });
});
