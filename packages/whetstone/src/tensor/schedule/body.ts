/** Writes a group as the straight-line body of a loop kernel. */
import type { Node } from "../graph/node.ts";
import type { Elementwise } from "../graph/primitives.ts";
import { contiguousStrides } from "../graph/shape.ts";
import type { Instruction, Level, LoopKernel } from "./kernel.ts";
import { type Group, outerShape, type Ref, type Value } from "./values.ts";
import { type View, wholeView } from "./view.ts";

/** Functions whose second evaluation costs more than reading the first one's result. */
export const expensive: ReadonlySet<string> = new Set([
  ...["exp", "expm1", "log", "log1p", "sin", "cos", "atan", "tanh", "sigmoid", "erf", "pow", "random", "mod"],
]);

/**
 * Values of the group that must be stored because a stage after their own reads them and they are dear to compute
 * again. Stages are separated by the group's reductions.
 */
export function spills(g: Group): Value[] {
  const stages = valueStages(g);
  const dear = new Set<Value>();
  const found = new Set<Value>();
  for (const value of g.values) {
    const own = stages.get(value)!;
    let cost = value.what.kind === "node" && expensive.has(value.what.node.op);
    for (const { value: input } of inputsOf(value)) {
      if (input.group !== g.index || input.level !== "full" || !dear.has(input)) continue;
      if (stages.get(input)! < own) found.add(input);
      else cost = true;
    }
    if (cost && value.level === "full") dear.add(value);
  }
  return [...found].filter((v) => !v.stored);
}

/** How many of the group's reductions lie before each value. */
export function valueStages(g: Group): Map<Value, number> {
  const stages = new Map<Value, number>();
  for (const value of g.values) {
    let stage = 0;
    for (const { value: input } of inputsOf(value)) {
      if (input.group === g.index) stage = Math.max(stage, stages.get(input)! + (isReduction(input) ? 1 : 0));
    }
    stages.set(value, stage);
  }
  return stages;
}

export const inputsOf = (value: Value): readonly Ref[] =>
  value.what.kind === "node" ? value.what.inputs : value.what.kind === "copy" ? [value.what.from] : [];

const isReduction = (value: Value): boolean =>
  value.what.kind === "node" && ["sum", "max", "argmax"].includes(value.what.node.op);

/** The kernel of a group; `slotOf` gives the memory of stored values and of leaves. */
export function loopKernel(g: Group, slotOf: (value: Value) => number): LoopKernel {
  return new Body(g, slotOf).kernel();
}

class Body {
  readonly #group: Group;
  readonly #slotOf: (value: Value) => number;
  readonly #body: Instruction[] = [];
  readonly #known = new Map<string, number>();
  readonly #positions = new Map<Value, number>();
  readonly #stage = new Map<number, number>();
  /** Loads of values that this kernel stored itself, for later stages. */
  readonly #reloads = new Map<Value, number>();

  constructor(g: Group, slotOf: (value: Value) => number) {
    this.#group = g;
    this.#slotOf = slotOf;
  }

  kernel(): LoopKernel {
    const { space, reduced, values } = this.#group;
    for (const value of values) {
      const position = this.#compute(value);
      this.#positions.set(value, position);
      if (value.stored) {
        const slot = this.#slotOf(value);
        this.#push(
          { op: "store", slot, arg: position, level: value.level, dtype: value.dtype },
          this.#after(position),
        );
      }
    }
    return {
      kind: "loop",
      space,
      reduced: space.map((_, i) => reduced?.includes(i) ?? false),
      body: this.#body,
    };
  }

  #compute(value: Value): number {
    const { level, dtype, what } = value;
    if (what.kind === "copy") {
      const arg = this.#read(what.from, level, 0);
      if (what.from.value.dtype === dtype) return arg;
      return this.#once(
        { op: "alu", fn: "cast", args: [arg], operand: what.from.value.dtype, level, dtype },
        this.#after(arg),
      );
    }
    if (what.kind !== "node") throw new Error(`a ${what.kind} is not computed by a loop`);
    const { node, inputs } = what;
    if (isReduction(value)) {
      const arg = this.#read(inputs[0]!, "full", 0);
      const how = node.op as "sum" | "max" | "argmax";
      return this.#once(
        { op: "reduce", how, arg, operand: inputs[0]!.value.dtype, level: "outer", dtype },
        this.#after(arg),
      );
    }
    if (node.op === "gather") return this.#gather(node, inputs as [Ref, Ref], value);
    const stage = inputs.reduce((s, r) => Math.max(s, this.#stageOfRef(r)), 0);
    const args = inputs.map((input) => this.#read(input, level, stage));
    const operand = inputs[node.op === "where" ? 1 : 0]!.value.dtype;
    return this.#once({ op: "alu", fn: node.op as Elementwise, args, operand, level, dtype }, stage);
  }

  #gather(node: Node, [x, index]: [Ref, Ref], { level, dtype }: Value): number {
    const { axis } = (node as Node<"gather">).attrs;
    const at = this.#read(index, level, 0);
    const step = x.view.strides[axis]!;
    const length = x.view.shape[axis]!;
    const strides = x.view.strides.map((s, i) => (i === axis || node.shape[i] === 1 ? 0 : s));
    const view: View = { shape: node.shape, strides, offset: x.view.offset, mask: null };
    const slot = this.#slotOf(x.value);
    return this.#once({ op: "loadAt", slot, view, index: at, step, length, level, dtype }, this.#after(at));
  }

  #stageOfRef({ value }: Ref): number {
    const position = this.#positions.get(value);
    return position === undefined ? 0 : this.#after(position);
  }

  /** The stage in which the result of an instruction can be used. */
  #after(position: number): number {
    return this.#stage.get(position)! + (this.#body[position]!.op === "reduce" ? 1 : 0);
  }

  /** Position of the value of a reference, loaded if it is another kernel's. */
  #read({ value, view }: Ref, level: Level, stage: number): number {
    const { what, dtype } = value;
    if (value.group === this.#group.index) {
      const position = this.#positions.get(value)!;
      if (!value.stored || value.level === "outer" || this.#after(position) >= stage) return position;
      // Stored in an earlier stage: read it back rather than compute it again.
      let reload = this.#reloads.get(value);
      if (reload === undefined) {
        const own = wholeView(value.shape);
        const load: Instruction = {
          op: "load",
          slot: this.#slotOf(value),
          view: own,
          level: value.level,
          dtype,
        };
        reload = this.#push(load, this.#after(position) + 1);
        this.#reloads.set(value, reload);
      }
      return reload;
    }
    const placed = this.#aligned(view, level);
    if (what.kind === "const")
      return this.#once({ op: "const", value: what.value, view: view.mask && placed, level, dtype }, 0);
    if (what.kind === "iota") return this.#once({ op: "iota", view: placed, level, dtype }, 0);
    return this.#once({ op: "load", slot: this.#slotOf(value), view: placed, level, dtype }, 0);
  }

  /** A view over the axes of the space; at the outer level reduced axes have size 1. */
  #aligned(view: View, level: Level): View {
    const { space, reduced } = this.#group;
    const shape = level === "outer" && reduced ? outerShape(space, reduced) : space;
    return { ...view, shape, strides: view.strides.map((s, i) => (shape[i] === 1 ? 0 : s)) };
  }

  #once(inst: Instruction, stage: number): number {
    const key = JSON.stringify(inst, (_, v) =>
      typeof v === "number" && !Number.isFinite(v) ? String(v) : Object.is(v, -0) ? "-0" : v,
    );
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const position = this.#push(inst, stage);
    this.#known.set(key, position);
    return position;
  }

  #push(inst: Instruction, stage: number): number {
    this.#body.push(inst);
    this.#stage.set(this.#body.length - 1, stage);
    return this.#body.length - 1;
  }
}

/** The view of a slot that is stored row-major, for stores: strides over the axes that vary. */
export const storeStrides = (
  space: readonly number[],
  reduced: readonly boolean[],
  level: Level,
): number[] => {
  const shape = space.map((n, i) => (level === "outer" && reduced[i] ? 1 : n));
  return contiguousStrides(shape).map((s, i) => (shape[i] === 1 ? 0 : s));
};
