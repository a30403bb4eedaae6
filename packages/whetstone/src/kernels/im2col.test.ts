import { afterEach, describe, expect, it } from "vitest";
import { getThreads, parallel, setThreads, tensorKernels, withScratch } from "./index.ts";
import { poolState } from "./threads.ts";

const before = getThreads();
afterEach(() => setThreads(before));

interface Case {
  readonly planes: number;
  readonly size: readonly [h: number, w: number];
  readonly kernel: readonly [h: number, w: number];
  readonly stride: readonly [h: number, w: number];
  readonly pad: readonly [h: number, w: number];
  readonly dilation: readonly [h: number, w: number];
}

let state = 1;
function random(): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 31 - 1;
}

function outputs({ size, kernel, stride, pad, dilation }: Case): [number, number] {
  const side = (i: 0 | 1) =>
    Math.floor((size[i] + 2 * pad[i] - dilation[i] * (kernel[i] - 1) - 1) / stride[i]) + 1;
  return [side(0), side(1)];
}

/** For every entry of the columns where in the image it comes from, -1 outside: the definition. */
function sources(one: Case): Int32Array {
  const { planes, size, kernel, stride, pad, dilation } = one;
  const [oh, ow] = outputs(one);
  const at: number[] = [];
  for (let plane = 0; plane < planes; plane++) {
    for (let ky = 0; ky < kernel[0]; ky++) {
      for (let kx = 0; kx < kernel[1]; kx++) {
        for (let oy = 0; oy < oh; oy++) {
          for (let ox = 0; ox < ow; ox++) {
            const y = oy * stride[0] - pad[0] + ky * dilation[0];
            const x = ox * stride[1] - pad[1] + kx * dilation[1];
            const inside = y >= 0 && y < size[0] && x >= 0 && x < size[1];
            at.push(inside ? (plane * size[0] + y) * size[1] + x : -1);
          }
        }
      }
    }
  }
  return Int32Array.from(at);
}

function run(name: "im2colF32" | "col2imF32", one: Case, src: Float32Array, length: number, each: number) {
  const { planes, size, kernel, stride, pad, dilation } = one;
  return withScratch((s) => {
    const to = s.f32(length + 16, false);
    to.view.fill(77);
    const args = [...size, ...kernel, ...outputs(one), ...stride, ...pad, ...dilation, each];
    tensorKernels.parallel(name, Math.ceil(planes / each), s.f32(src).ptr, to.ptr, planes, ...args);
    expect(to.view.subarray(length).every((value) => value === 77)).toBe(true);
    return to.view.slice(0, length);
  });
}

const cases: Case[] = [
  { planes: 6, size: [28, 28], kernel: [3, 3], stride: [1, 1], pad: [1, 1], dilation: [1, 1] },
  { planes: 3, size: [9, 13], kernel: [5, 3], stride: [2, 3], pad: [2, 1], dilation: [1, 1] },
  { planes: 2, size: [11, 8], kernel: [3, 2], stride: [1, 2], pad: [0, 3], dilation: [2, 3] },
  { planes: 4, size: [1, 7], kernel: [1, 1], stride: [1, 1], pad: [0, 0], dilation: [1, 1] },
  { planes: 1, size: [2, 2], kernel: [3, 3], stride: [1, 1], pad: [4, 5], dilation: [1, 1] }, // patches all outside
  { planes: 5, size: [3, 3], kernel: [2, 2], stride: [3, 4], pad: [2, 6], dilation: [3, 5] },
];
for (let i = 0; i < 60; i++) {
  const pick = (most: number, least = 1) => least + Math.floor(((random() + 1) / 2) * (most - least + 1));
  const pair = (most: number, least = 1) => [pick(most, least), pick(most, least)] as const;
  const one = {
    ...{ planes: pick(5), size: pair(12), kernel: pair(4), stride: pair(3) },
    ...{ pad: pair(4, 0), dilation: pair(3) },
  };
  const [oh, ow] = outputs(one);
  if (oh > 0 && ow > 0) cases.push(one);
}

describe("im2colF32 and col2imF32", () => {
  it("are the definition, on one thread and on several", () => {
    setThreads(2);
    while (poolState().ready < 1) parallel("fail", 2, -1);
    expect(cases.length).toBeGreaterThan(30);
    for (const one of cases) {
      const at = sources(one);
      const image = Float32Array.from({ length: one.planes * one.size[0] * one.size[1] }, random);
      const columns = Float32Array.from(at, (i) => (i < 0 ? 0 : image[i]!));
      const grad = Float32Array.from(at, random);
      const sums = new Float32Array(image.length);
      at.forEach((i, j) => {
        if (i >= 0) sums[i]! += grad[j]!; // same order of additions, hence same bits
      });
      for (const threads of [1, 2]) {
        setThreads(threads);
        for (const each of [1, 2]) {
          expect(run("im2colF32", one, image, at.length, each)).toEqual(columns);
          expect(run("col2imF32", one, grad, image.length, each)).toEqual(sums);
        }
      }
    }
  });
});
