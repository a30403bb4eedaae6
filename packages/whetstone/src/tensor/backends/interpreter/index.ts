/**
 * Executes schedules, not graphs, in plain JavaScript, one index after the other: what a schedule means. It proves the
 * scheduler apart from any code generator; and, told not to execute, it is the null backend that plans only.
 */
import { isFloat, makeArray, readElement, roundTo, type TypedArray, writeElement } from "../../dtype.ts";
import { Node } from "../../graph/node.ts";
import type { Binary, Primitive, Unary } from "../../graph/primitives.ts";
import { randomBits } from "../../graph/random-bits.ts";
import { sizeOf } from "../../graph/shape.ts";
import { Storage } from "../../graph/storage.ts";
import { storeStrides } from "../../schedule/body.ts";
import {
  type CallKernel,
  type Instruction,
  type LoopKernel,
  type Schedule,
  stagesOf,
} from "../../schedule/kernel.ts";
import { PlanCache } from "../../schedule/plan-cache.ts";
import type { View } from "../../schedule/view.ts";
import { type Backend, hostElements, type Output } from "../backend.ts";
import { floatFunctions, integerFunctions, unaryFunctions } from "../reference/elementwise.ts";
import { evaluators, forEachIndex, type Values } from "../reference/evaluate.ts";

export interface ScheduleReport {
  readonly schedule: Schedule;
}

/** `onSchedule` sees each schedule that runs. With `execute` false nothing is computed: results are zeros. */
export function interpreterBackend(
  options: { readonly execute?: boolean; readonly onSchedule?: (schedule: Schedule) => void } = {},
): Backend & { readonly plans: () => number } {
  const cache = new PlanCache<null>(() => null);
  return {
    name: options.execute === false ? "null" : "interpreter",
    plans: () => cache.size,
    realize(outputs: readonly Output[]): void {
      const { schedule, leaves } = cache.find(outputs);
      options.onSchedule?.(schedule);
      const results = run(schedule, leaves, options.execute !== false);
      outputs.forEach(({ node, replaces }, i) => {
        if (replaces) replaces.replaced = true;
        const host = results[i]!;
        node.storage = new Storage(node.dtype, host.length, host);
      });
    },
    read: (storage) => storage.host!.slice(),
    readAsync: async (storage) => storage.host!.slice(),
  };
}

function run(schedule: Schedule, leaves: readonly Storage[], execute: boolean): TypedArray[] {
  const outputs: TypedArray[] = [];
  const arena = new ArrayBuffer(schedule.arena);
  const arrays = schedule.slots.map((slot): TypedArray => {
    if (slot.kind === "temp") {
      const like = makeArray(slot.dtype, 0);
      const View = like.constructor as new (b: ArrayBuffer, o: number, n: number) => TypedArray;
      return new View(arena, slot.offset, slot.length);
    }
    if (slot.kind === "input") return hostElements(leaves[slot.leaf]!, "interpreter");
    // Where an input's memory is taken over, it really is: a wrong decision shows.
    const taken = slot.leaf >= 0 ? leaves[slot.leaf]!.host : null;
    return (outputs[slot.output] = taken ?? makeArray(slot.dtype, slot.length));
  });
  if (execute)
    for (const kernel of schedule.kernels)
      kernel.kind === "loop" ? loop(kernel, arrays) : call(kernel, arrays);
  schedule.slots.forEach((slot, i) => {
    if (slot.kind === "output") outputs[slot.output] ??= arrays[i]!;
  });
  return outputs;
}

function place(view: View, index: readonly number[]): number {
  let at = view.offset;
  for (let i = 0; i < view.strides.length; i++) {
    const p = view.shape[i] === 1 ? 0 : index[i]!;
    if (view.mask && (p < view.mask[i]![0] || p >= view.mask[i]![1])) return -1;
    at += p * view.strides[i]!;
  }
  return at;
}

function loop(kernel: LoopKernel, arrays: readonly TypedArray[]): void {
  const { space, reduced, body } = kernel;
  const stages = stagesOf(body);
  const count = Math.max(0, ...body.map((inst, i) => stages[i]! + (inst.op === "reduce" ? 1 : 0)));
  const outerSpace = space.map((n, i) => (reduced[i] ? 1 : n));
  const innerSpace = space.map((n, i) => (reduced[i] ? n : 1));
  const axis = reduced.indexOf(true);
  forEachIndex(outerSpace, (outer) => {
    const values = new Array<number>(body.length).fill(0);
    for (let stage = 0; stage <= count; stage++) {
      body.forEach((inst, i) => {
        if (inst.op === "reduce" && stages[i] === stage) values[i] = start(inst);
        else if (inst.level === "outer" && stages[i] === stage)
          values[i] = step(inst, outer, values, arrays, kernel);
      });
      const best = new Array<number>(body.length).fill(Number.NaN);
      forEachIndex(innerSpace, (inner, flat) => {
        const index = outer.map((p, i) => p + inner[i]!);
        body.forEach((inst, i) => {
          if (inst.op === "reduce") {
            if (stages[i] !== stage) return;
            const value = values[inst.arg]!;
            if (inst.how === "sum")
              values[i] = isFloat(inst.dtype) ? values[i]! + value : (values[i]! + value) | 0;
            else if (inst.how === "max") {
              if (value > values[i]! || Number.isNaN(value)) values[i] = value;
            } else if (flat === 0 || value > best[i]! || (Number.isNaN(value) && !Number.isNaN(best[i]!))) {
              best[i] = value;
              values[i] = index[axis]!;
            }
          } else if (
            inst.level === "full" &&
            stages[i]! <= stage &&
            !(inst.op === "store" && stages[i]! < stage)
          ) {
            values[i] = step(inst, index, values, arrays, kernel);
          }
        });
      });
      body.forEach((inst, i) => {
        if (inst.op === "reduce" && stages[i] === stage) values[i] = roundTo(inst.dtype, values[i]!);
      });
    }
  });
}

const start = (inst: Extract<Instruction, { op: "reduce" }>): number =>
  inst.how !== "max"
    ? 0
    : isFloat(inst.dtype)
      ? Number.NEGATIVE_INFINITY
      : inst.dtype === "i32"
        ? -(2 ** 31)
        : 0;

function step(
  inst: Instruction,
  index: readonly number[],
  values: readonly number[],
  arrays: readonly TypedArray[],
  kernel: LoopKernel,
): number {
  switch (inst.op) {
    case "load": {
      const at = place(inst.view, index);
      return at < 0 ? 0 : readElement(inst.dtype, arrays[inst.slot]!, at);
    }
    case "loadAt": {
      const i = values[inst.index]!;
      const at = place(inst.view, index) + i * inst.step;
      return i >= 0 && i < inst.length ? readElement(inst.dtype, arrays[inst.slot]!, at) : 0;
    }
    case "const":
      return inst.view &&
        place({ ...inst.view, strides: inst.view.strides.map(() => 0), offset: 0 }, index) < 0
        ? 0
        : inst.value;
    case "iota":
      return insideOf(inst.view, index) ? place({ ...inst.view, mask: null }, index) : 0;
    case "store": {
      const strides = storeStrides(kernel.space, kernel.reduced, inst.level);
      const at = place({ shape: kernel.space, strides, offset: 0, mask: null }, index);
      writeElement(inst.dtype, arrays[inst.slot]!, at, values[inst.arg]!);
      return 0;
    }
    case "alu":
      return alu(
        inst,
        inst.args.map((a) => values[a]!),
      );
    case "reduce":
      throw new Error("reductions are not steps");
  }
}

const insideOf = (view: View, index: readonly number[]): boolean =>
  !view.mask || place({ ...view, strides: view.strides.map(() => 0), offset: 0 }, index) >= 0;

function alu(inst: Extract<Instruction, { op: "alu" }>, [x, y, z]: number[]): number {
  const { fn, dtype, operand } = inst;
  if (fn === "cast") return roundTo(dtype, x!);
  if (fn === "where") return x !== 0 ? y! : z!;
  if (fn === "random") return randomBits(x!, y!, z!);
  const value =
    fn in unaryFunctions
      ? unaryFunctions[fn as Exclude<Unary, "cast">](x!)
      : (isFloat(operand) ? floatFunctions : integerFunctions)[fn as Binary](x!, y!);
  return dtype === "u8" ? value & 255 : dtype === "i32" ? value : roundTo(dtype, value);
}

/** Call kernels by way of the reference rules. */
function call(kernel: CallKernel, arrays: readonly TypedArray[]): void {
  const inputs = kernel.inputs.map(({ slot, view, dtype }): Values => {
    const out = new Float64Array(sizeOf(view.shape));
    forEachIndex(view.shape, (index, flat) => {
      out[flat] = readElement(dtype, arrays[slot]!, place(view, index));
    });
    return out;
  });
  const { shape, dtype, slot } = kernel.output;
  const leaves = kernel.inputs.map(
    (i) => new Node("buffer", { storage: new Storage(i.dtype, 0, null) }, [], i.view.shape, i.dtype),
  );
  const node = new Node(kernel.op, kernel.attrs, leaves, shape, dtype) as Node;
  const rule = evaluators[kernel.op] as (node: Node<Primitive>, ...inputs: Values[]) => Values;
  const result = rule(node, ...inputs);
  for (let i = 0; i < result.length; i++) writeElement(dtype, arrays[slot]!, i, result[i]!);
}
