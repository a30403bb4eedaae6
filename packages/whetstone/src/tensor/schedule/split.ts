/**
 * A reduction to a few results over many elements, cut into parts that threads can share: one kernel reduces each part
 * into a temporary, a second one reduces the parts and does what follows. Borders depend on sizes only.
 */
import { sizeOf } from "../graph/shape.ts";
import { isSerial } from "./group.ts";
import { type Instruction, type LoopKernel, stagesOf } from "./kernel.ts";
import type { View } from "./view.ts";

/** Elements in a part, about. */
const partSize = 8192;
const mostParts = 256;

/** Two kernels for one, or null where it is not worth it or not possible. `temp(dtype, length)` gives memory. */
export function splitReduction(
  kernel: LoopKernel,
  temp: (dtype: Instruction["dtype"], length: number) => number,
): [LoopKernel, LoopKernel] | null {
  const { space, reduced, body } = kernel;
  const axes = space.flatMap((_, i) => (reduced[i] ? [i] : []));
  if (axes.length === 0 || !isSerial(space, axes)) return null;
  const stages = stagesOf(body);
  if (body.some((inst, i) => inst.level === "full" && stages[i]! > 0)) return null;
  if (body.some((inst) => inst.op === "reduce" && inst.how === "argmax")) return null;
  const axis = axes.find((a) => space[a]! > 1)!;
  const parts = partsOf(space[axis]!, sizeOf(axes.map((a) => space[a]!)));
  if (parts < 2) return null;
  const size = space[axis]! / parts;
  const cut = (view: View): View | null => {
    if (view.mask && (view.mask[axis]![0] > 0 || view.mask[axis]![1] < view.shape[axis]!)) return null;
    const whole = view.shape[axis] !== 1;
    const put = <T>(list: readonly T[], first: T, second: T): T[] => [
      ...list.slice(0, axis),
      first,
      second,
      ...list.slice(axis + 1),
    ];
    const stride = view.strides[axis]!;
    return {
      shape: put(view.shape, whole ? parts : 1, whole ? size : 1),
      strides: put(view.strides, whole ? stride * size : 0, stride),
      offset: view.offset,
      mask: view.mask && put(view.mask, [0, whole ? parts : 1], [0, whole ? size : 1]),
    };
  };

  const first: Instruction[] = [];
  const second: Instruction[] = [];
  const inFirst = new Map<number, number>();
  const inSecond = new Map<number, number>();
  const outer = sizeOf(space) / sizeOf(axes.map((a) => space[a]!));
  const partial: { slot: number; arg: number; inst: Extract<Instruction, { op: "reduce" }> }[] = [];
  for (const [i, inst] of body.entries()) {
    if (inst.level === "full") {
      const moved = relocate(inst, inFirst, cut);
      if (!moved) return null;
      inFirst.set(i, first.push(moved) - 1);
    } else if (inst.op === "reduce") {
      const arg = inFirst.get(inst.arg);
      if (arg === undefined) return null;
      const slot = temp(inst.dtype, parts * outer);
      partial.push({ slot, arg, inst });
      const at = first.push({ ...inst, arg }) - 1;
      first.push({ op: "store", slot, arg: at, level: "outer", dtype: inst.dtype });
      const shape = [parts, ...space.map((n, a) => (reduced[a] ? 1 : n))];
      const strides = new Array<number>(shape.length).fill(0);
      for (let a = shape.length - 1, step = 1; a > 0; a--) {
        strides[a] = shape[a] === 1 ? 0 : step;
        step *= shape[a]!;
      }
      // Stored by the first kernel in the order of its own outer axes: those before the cut axis, the part, the rest.
      const before = sizeOf(shape.slice(1, axis + 1));
      const after = outer / before;
      strides[0] = after;
      for (let a = 1; a <= axis; a++) if (shape[a] !== 1) strides[a] = strides[a]! * parts;
      const load =
        second.push({
          op: "load",
          slot,
          view: { shape, strides, offset: 0, mask: null },
          level: "full",
          dtype: inst.dtype,
        }) - 1;
      inSecond.set(i, second.push({ ...inst, arg: load }) - 1);
    } else {
      const moved = relocate(inst, inSecond, lead);
      if (!moved) return null;
      inSecond.set(i, second.push(moved) - 1);
    }
  }
  return [
    {
      kind: "loop",
      space: [...space.slice(0, axis), parts, size, ...space.slice(axis + 1)],
      reduced: [...reduced.slice(0, axis), false, true, ...reduced.slice(axis + 1)],
      body: first,
    },
    {
      kind: "loop",
      space: [parts, ...space.map((n, a) => (reduced[a] ? 1 : n))],
      reduced: [true, ...space.map(() => false)],
      body: second,
    },
  ];
}

/** A divisor of n that leaves parts of about the right size. */
function partsOf(n: number, total: number): number {
  const wanted = Math.min(mostParts, n, Math.ceil(total / partSize));
  for (let parts = wanted; parts >= Math.max(2, wanted / 4); parts--) if (n % parts === 0) return parts;
  return 1;
}

/** An outer view with an axis of size 1 before the others. */
const lead = (view: View): View => ({
  shape: [1, ...view.shape],
  strides: [0, ...view.strides],
  offset: view.offset,
  mask: view.mask && [[0, 1], ...view.mask],
});

/** An instruction with its operands and views in another kernel; null if an operand is not there. */
function relocate(
  inst: Instruction,
  at: ReadonlyMap<number, number>,
  move: (view: View) => View | null,
): Instruction | null {
  const view = "view" in inst && inst.view ? move(inst.view) : null;
  if ("view" in inst && inst.view && !view) return null;
  switch (inst.op) {
    case "load":
    case "iota":
      return { ...inst, view: view! };
    case "const":
      return { ...inst, view };
    case "loadAt": {
      const index = at.get(inst.index);
      return index === undefined ? null : { ...inst, view: view!, index };
    }
    case "alu": {
      const args = inst.args.map((a) => at.get(a) ?? -1);
      return args.includes(-1) ? null : { ...inst, args };
    }
    case "reduce":
    case "store": {
      const arg = at.get(inst.arg);
      return arg === undefined ? null : { ...inst, arg };
    }
  }
}
