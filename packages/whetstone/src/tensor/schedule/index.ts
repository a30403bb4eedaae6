/** From asked nodes to a schedule: groups, bodies, and where everything lies. */
import type { DType } from "../dtype.ts";
import type { Node } from "../graph/node.ts";
import { sizeOf } from "../graph/shape.ts";
import { inputsOf, loopKernel, spills, valueStages } from "./body.ts";
import { group } from "./group.ts";
import {
  bytesOfSlot,
  type CallKernel,
  type Kernel,
  type LoopKernel,
  type Schedule,
  type Slot,
} from "./kernel.ts";
import { type Lifetime, placeTemps } from "./memory.ts";
import { splitReduction } from "./split.ts";
import type { Group, Ref, Value } from "./values.ts";
import { isContiguous } from "./view.ts";

export interface ScheduleOutput {
  readonly node: Node;
  /** Number of the leaf whose memory the output may take over; -2: of a storage that is no leaf here; -1: none. */
  readonly replaces: number;
}

/** `leafNumber` numbers the nodes that have a value already. */
export function schedule(outputs: readonly ScheduleOutput[], leafNumber: (node: Node) => number): Schedule {
  const { groups, outputs: values, leaves } = group(outputs.map((o) => o.node));
  const spilled = new Set<Value>();
  for (const g of groups) {
    if (g.call) continue;
    for (const value of spills(g)) {
      value.stored = true;
      spilled.add(value);
    }
  }

  const slots: {
    dtype: DType;
    length: number;
    kind: "input" | "output" | "temp";
    number: number;
    leaf: number;
  }[] = [];
  const slotByLeaf = new Map<number, number>();
  const slotByValue = new Map<Value, number>();
  const leafNumbers = leaves.map(leafNumber);
  const temp = (dtype: DType, length: number) =>
    slots.push({ dtype, length, kind: "temp", number: 0, leaf: -1 }) - 1;
  const slotOf = (value: Value): number => {
    if (value.what.kind === "leaf") {
      const leaf = leafNumbers[value.what.leaf]!;
      let slot = slotByLeaf.get(leaf);
      if (slot === undefined) {
        slot =
          slots.push({
            dtype: value.dtype,
            length: sizeOf(value.shape),
            kind: "input",
            number: leaf,
            leaf: -1,
          }) - 1;
        slotByLeaf.set(leaf, slot);
      }
      return slot;
    }
    let slot = slotByValue.get(value);
    if (slot === undefined) slotByValue.set(value, (slot = temp(value.dtype, sizeOf(value.shape))));
    return slot;
  };
  values.forEach((value, i) => {
    const slot = {
      dtype: value.dtype,
      length: sizeOf(value.shape),
      kind: "output" as const,
      number: i,
      leaf: -1,
    };
    slotByValue.set(value, slots.push(slot) - 1);
  });
  const taken = new Set<Value>();
  for (const early of spilled) {
    const late = shares(groups[early.group]!, early, (v) => !spilled.has(v) && !taken.has(v));
    if (!late) continue;
    taken.add(late);
    slotByValue.set(early, slotOf(late));
  }

  const kernels: Kernel[] = [];
  for (const g of groups) {
    if (g.call) kernels.push(callKernel(g, slotOf));
    else if (sizeOf(g.space) > 0) {
      const kernel = loopKernel(g, slotOf);
      if (!kernel.body.some((inst) => inst.op === "store")) continue;
      kernels.push(...(splitReduction(kernel, temp) ?? [kernel]));
    }
  }
  outputs.forEach(({ replaces }, i) => {
    const slot = slotByValue.get(values[i]!)!;
    if (replaces >= 0 && mayTakeOver(kernels, slotByLeaf.get(replaces), slot)) slots[slot]!.leaf = replaces;
    else if (replaces === -2) slots[slot]!.leaf = -2;
  });
  const lives = lifetimes(kernels, slots.length);
  const temps = slots.flatMap((s, i) => (s.kind === "temp" ? [i] : []));
  const { offsets, bytes } = placeTemps(temps.map((i) => ({ bytes: bytesOfSlot(slots[i]!), ...lives[i]! })));
  const placed = new Map(temps.map((slot, i) => [slot, offsets[i]!]));
  return {
    kernels,
    arena: bytes,
    slots: slots.map(({ dtype, length, kind, number, leaf }, i): Slot => {
      if (kind === "input") return { dtype, length, kind, leaf: number };
      if (kind === "output") return { dtype, length, kind, output: number, leaf };
      return { dtype, length, kind, offset: placed.get(i)! };
    }),
  };
}

function callKernel(g: Group, slotOf: (value: Value) => number): CallKernel {
  const { node, inputs, dtype } = g.call!;
  const operand = ({ value, view }: Ref) => ({ slot: slotOf(value), view, dtype: value.dtype });
  const [result] = g.values as [Value];
  return {
    kind: "call",
    op: node.op,
    attrs: node.attrs,
    inputs: inputs.map(operand),
    output: { slot: slotOf(result), shape: result.shape, dtype },
  } as CallKernel;
}

/**
 * A value that is stored only for later stages of its own kernel can lie where a full result of that kernel will, if
 * each place is read for the last time before it is written.
 */
function shares(g: Group, early: Value, free: (value: Value) => boolean): Value | undefined {
  const stages = valueStages(g);
  const readers = g.values.filter((v) => inputsOf(v).some((r) => r.value === early));
  const stage = Math.max(...readers.map((r) => stages.get(r)!));
  const last = Math.max(...readers.map((r) => g.values.indexOf(r)));
  return g.values.find(
    (v, i) =>
      i >= last &&
      stages.get(v)! >= stage &&
      v.stored &&
      v.level === "full" &&
      v.dtype === early.dtype &&
      free(v),
  );
}

/**
 * Whether an output can be written where a leaf lies: every kernel that reads the leaf runs before the one that writes
 * the output, or is that one and reads at each index just the place it then writes.
 */
function mayTakeOver(kernels: readonly Kernel[], leafSlot: number | undefined, output: number): boolean {
  if (leafSlot === undefined) return true; // nobody reads it
  const writer = kernels.findLastIndex((k) => writes(k).includes(output));
  const firstWriter = kernels.findIndex((k) => writes(k).includes(output));
  if (writer < 0 || writer !== firstWriter) return false;
  return kernels.every((kernel, i) => {
    if (!reads(kernel).includes(leafSlot)) return true;
    if (i !== writer) return i < writer;
    return kernel.kind === "loop" && readsInPlace(kernel, leafSlot, output);
  });
}

function readsInPlace(kernel: LoopKernel, leaf: number, output: number): boolean {
  if (kernel.reduced.includes(true)) return false;
  if (kernel.body.filter((inst) => inst.op === "store" && inst.slot === output).length !== 1) return false;
  return kernel.body.every((inst) => {
    if (inst.op === "load" && inst.slot === leaf) return isContiguous(inst.view);
    return !(inst.op === "loadAt" && inst.slot === leaf);
  });
}

export function reads(kernel: Kernel): number[] {
  if (kernel.kind === "call") return kernel.inputs.map((i) => i.slot);
  return kernel.body.flatMap((inst) => (inst.op === "load" || inst.op === "loadAt" ? [inst.slot] : []));
}

export function writes(kernel: Kernel): number[] {
  if (kernel.kind === "call") return [kernel.output.slot];
  return kernel.body.flatMap((inst) => (inst.op === "store" ? [inst.slot] : []));
}

export function lifetimes(kernels: readonly Kernel[], count: number): Lifetime[] {
  const lives = Array.from({ length: count }, () => ({ first: -1, last: -1 }));
  kernels.forEach((kernel, i) => {
    for (const slot of [...reads(kernel), ...writes(kernel)]) {
      const life = lives[slot]!;
      if (life.first < 0) life.first = i;
      life.last = i;
    }
  });
  return lives;
}
