import { expect, test } from "vitest";
import type { CallKernel, Instruction, Kernel, LoopKernel, Slot } from "../../schedule/kernel.ts";
import { wholeView } from "../../schedule/view.ts";
import type { Call } from "./calls.ts";
import { placeTogether } from "./together.ts";

const n = 1024;
const view = wholeView([n]);

/** Adds the slots `from` into `to`. */
function loop(from: readonly number[], to: number): LoopKernel {
  const base = { level: "full", dtype: "f32" } as const;
  const loads = from.map((slot): Instruction => ({ ...base, op: "load", slot, view }));
  const store: Instruction = { ...base, op: "store", slot: to, arg: 0 };
  return { kind: "loop", space: [n], reduced: [false], body: [...loads, store] };
}

function cumsum(from: number, to: number): CallKernel {
  return {
    kind: "call",
    op: "cumsum",
    attrs: { axis: 0, reverse: false },
    inputs: [{ slot: from, view, dtype: "f32" }],
    output: { slot: to, shape: [n], dtype: "f32" },
  };
}

const input = (leaf: number): Slot => ({ dtype: "f32", length: n, kind: "input", leaf });
const output = (number: number, leaf = -1): Slot => ({
  ...{ dtype: "f32", length: n, kind: "output", output: number, leaf },
});
const temp = (offset: number): Slot => ({ dtype: "f32", length: n, kind: "temp", offset });

/** Calls of one entry with two chunks, or of several entries; those with work memory point at its start. */
const call = (entries = 1, workBytes = 0): Call => ({
  workBytes,
  entries: Array.from({ length: entries }, () => ({
    ...{ name: "f", chunks: 2, args: [0] },
    pointers: workBytes > 0 ? [{ argument: 0, slot: "work" as const, offset: 0 }] : [],
  })),
});

function besides(kernels: readonly Kernel[], slots: readonly Slot[], calls = kernels.map(() => call())) {
  const placed = placeTogether(kernels, calls, slots);
  return placed.calls.map((entries) => entries.map((entry) => entry.beside === true));
}

test("kernels that share only what they read run beside each other", () => {
  const slots = [input(0), temp(0), temp(4096), output(0)];
  expect(besides([loop([0], 1), loop([0], 2), loop([1, 2], 3)], slots)).toEqual([[false], [true], [false]]);
});

test("memory that one writes and another reads or writes keeps them apart, in the arena by its bytes", () => {
  const apart = (a: Kernel, b: Kernel, slots: readonly Slot[]) => besides([a, b], slots)[1]![0] === false;
  const overlapping = [input(0), temp(0), temp(4032), temp(8192)];
  expect(apart(loop([0], 1), loop([0], 2), overlapping)).toBe(true);
  expect(apart(loop([0], 1), loop([0], 3), overlapping)).toBe(false);
  expect(apart(loop([1], 3), loop([0], 2), overlapping)).toBe(true);
  // An output that takes over the memory of a leaf that the other reads
  const taking = [input(0), input(1), output(0, 0), output(1)];
  expect(apart(loop([0], 3), loop([1], 2), taking)).toBe(true);
  expect(apart(loop([1], 3), loop([1], 2), taking)).toBe(false);
});

test("a kernel that joins waits for nobody of its group, and its second entry for all", () => {
  const slots = [input(0), temp(0), temp(4096), temp(8192), temp(12288)];
  const kernels = [loop([0], 1), loop([0], 2), cumsum(0, 3), loop([1], 4)];
  const calls = [call(), call(), call(2), call()];
  // The last needs the first, which is done when the second entry of the third begins.
  expect(besides(kernels, slots, calls)).toEqual([[false], [true], [true, false], [true]]);
});

test("kernels that run at the same time have work memory of their own", () => {
  const slots = [input(0), temp(0), temp(4096), temp(8192)];
  const kernels = [cumsum(0, 1), cumsum(0, 2), cumsum(2, 3)];
  const { calls, workBytes } = placeTogether(
    kernels,
    kernels.map(() => call(1, 100)),
    slots,
  );
  expect(calls.map(([entry]) => entry!.pointers[0]!.offset)).toEqual([0, 128, 0]);
  expect(workBytes).toBeGreaterThanOrEqual(228);
});

test("little kernels of one chunk stay with the thread that ran the one before", () => {
  const slots = [input(0), temp(0), temp(4096)];
  const single = { ...call(), entries: [{ ...call().entries[0]!, chunks: 1 }] };
  expect(besides([loop([0], 1), loop([0], 2)], slots, [single, single])).toEqual([[false], [false]]);
});
