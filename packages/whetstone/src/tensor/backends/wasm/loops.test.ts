/** Loops as functions: several vectors of long chains at a time, joined where V8 does that, one for all that are alike. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { mayJoin } from "../../../kernels/index.ts";
import type { Node } from "../../graph/node.ts";
import { Tensor } from "../../index.ts";
import { schedule } from "../../schedule/index.ts";
import type { LoopKernel } from "../../schedule/kernel.ts";
import { JoinedLoops } from "./joined-loops.ts";
import { likeness, planLoop } from "./loop-plan.ts";

const values = (length: number, dtype: "f32" | "f64" = "f32") => {
  const list = Array.from({ length }, (_, i) => 3 * Math.sin(i * i + 1));
  return dtype === "f32" ? Float32Array.from(list) : Float64Array.from(list);
};
const steps: readonly ((x: Tensor) => Tensor)[] = [
  (x) => x.mul(1.5).add(0.5),
  (x) => x.tanh(),
  (x) => x.abs().sqrt().mul(-2),
  (x) => x.exp(),
  (x) => x.sigmoid().sub(0.25),
];
/** As one kernel, and as one for each step. */
const chained = (x: Tensor) => steps.reduce((v, step) => step(v), x);
const separate = (x: Tensor) => steps.reduce((v, step) => step(v).realize(), x);

const trial = vi.spyOn(JoinedLoops.prototype, "trial");
beforeEach(() => {
  trial.mockClear();
});
afterEach(() => vi.unstubAllEnvs());

test.each([1, 5, 31, 64, 127, 128, 129, 163, 256, 1000, 4133])("%i numbers in one kernel", (length) => {
  for (const dtype of ["f32", "f64"] as const) {
    const x = Tensor.from(values(length, dtype));
    expect(chained(x).data()).toEqual(separate(x).data());
  }
});

test("rows whose ends are cut", () => {
  const x = Tensor.from(values(7 * 300), { shape: [7, 300] });
  const padded = x.pad([
    [0, 0],
    [3, 9],
  ]);
  expect(chained(padded).data()).toEqual(separate(padded.realize()).data());
});

// A few runs make a trial due. What it decides is up to the machine, what is computed is not.
test.runIf(mayJoin()).each(["f32", "f64"] as const)("a trial of joined loops changes no bit: %s", (dtype) => {
  const x = Tensor.from(values(2 ** 20 + 5, dtype));
  const bytes = () => Buffer.from(chained(x).data().buffer); // quicker to compare than arrays
  const before = bytes();
  for (let i = 0; i < 40 && trial.mock.calls.length === 0; i++) chained(x).realize();
  expect(trial).toHaveBeenCalledTimes(1);
  for (let i = 0; i < 3; i++) expect(bytes().equals(before)).toBe(true);
  expect(trial).toHaveBeenCalledTimes(1);
});

test("there is no trial where V8 joins nothing, or it is forbidden", () => {
  vi.stubEnv("WHETSTONE_KERNELS", "relaxed");
  const x = Tensor.from(values(2 ** 20 + 7));
  for (let i = 0; i < 40; i++) chained(x).realize();
  expect(trial).not.toHaveBeenCalled();
});

test("loops are alike that differ in nothing but the places of their slots", () => {
  const x = Tensor.from([3, -2]).realize();
  const y = Tensor.from([5, 7]).realize();
  const likenessOf = (result: Tensor): string => {
    const leaves: unknown[] = [];
    const leafNumber = ({ storage }: Node) => {
      if (!leaves.includes(storage)) leaves.push(storage);
      return leaves.indexOf(storage);
    };
    const { kernels } = schedule([{ node: result.node, replaces: -1 }], leafNumber);
    const kernel = kernels[0] as LoopKernel;
    return likeness(kernel, planLoop(kernel).slots);
  };
  const different = [
    ...[0, -0, 1, -1, 1e-45, NaN, Infinity, -Infinity].map((c) => x.maximum(c)),
    ...[x.sub(y), x.sub(x), x.add(y), x.mul(2), x.max(), x.sum(), x.flip(0).sub(y), x.mul(y).sub(x)],
  ];
  expect(new Set(different.map(likenessOf)).size).toBe(different.length);
  expect(likenessOf(y.sub(x))).toBe(likenessOf(x.sub(y)));
  expect(likenessOf(y.add(NaN))).toBe(likenessOf(x.add(NaN)));
});
