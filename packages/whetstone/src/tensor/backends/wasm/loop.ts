/**
 * Writes loop kernels as WebAssembly functions (pointer of each slot..., chunk). A chunk is a range of units; a unit
 * is one place of the outer axes (but the vector axis, of which it is a block). Borders depend on sizes only.
 */
import type { LoopKernel } from "../../schedule/kernel.ts";
import type { Access } from "../../schedule/nest.ts";
import type { ModuleBuilder } from "../../wasm/assembler.ts";
import { Code } from "./code.ts";
import { bytesOf, type Mode } from "./elements.ts";
import type { LoopPlan } from "./loop-plan.ts";
import { alongVector } from "./loop-segments.ts";
import { type Active, LoopState, type Step } from "./loop-state.ts";
import { writeStep } from "./loop-steps.ts";

export function emitLoop(module: ModuleBuilder, name: string, kernel: LoopKernel, plan: LoopPlan): void {
  const params = [...plan.slots.map(() => "i32" as const), "i32" as const];
  new LoopWriter(new Code(module.function({ name, params })), kernel, plan).write();
}

class LoopWriter {
  readonly #s: LoopState;

  constructor(c: Code, kernel: LoopKernel, plan: LoopPlan) {
    this.#s = new LoopState(c, kernel, plan);
  }

  write(): void {
    const c = this.#s.c;
    const { slots, unitsPerChunk, units } = this.#s.plan;
    const chunk = slots.length;
    const unit = c.local("i32");
    const end = c.local("i32");
    c.get(chunk);
    c.i32(unitsPerChunk);
    c.op("i32.mul");
    c.set(unit);
    // end = min(unit + unitsPerChunk, units)
    c.get(unit);
    c.i32(unitsPerChunk);
    c.op("i32.add");
    c.set(end);
    c.get(end);
    c.i32(units);
    c.get(end);
    c.i32(units);
    c.op("i32.lt_s");
    c.select();
    c.set(end);
    c.doWhile(() => {
      this.#unit(unit);
      c.get(unit);
      c.i32(1);
      c.op("i32.add");
      c.set(unit);
      c.get(unit);
      c.get(end);
      c.op("i32.lt_s");
    });
  }

  /** Finds the place of a unit and computes all of it. */
  #unit(unit: number): void {
    const c = this.#s.c;
    const { nest, block, blocks } = this.#s.plan;
    const rest = c.local("i32");
    c.get(unit);
    c.set(rest);
    const split = (n: number, into: number) => {
      c.get(rest);
      c.i32(n);
      c.op("i32.rem_u");
      c.set(into);
      c.get(rest);
      c.i32(n);
      c.op("i32.div_u");
      c.set(rest);
    };
    const from = c.local("i32");
    const to = c.local("i32");
    if (blocks > 1) split(blocks, from);
    const axes = nest.outer.filter((a) => a !== nest.vector);
    for (let i = axes.length - 1; i >= 0; i--) {
      const index = this.#s.index.get(axes[i]!) ?? c.local("i32");
      this.#s.index.set(axes[i]!, index);
      if (i > 0) split(nest.sizes[axes[i]!]!, index);
      else {
        c.get(rest);
        c.set(index);
      }
    }
    for (const [i, access] of nest.accesses) this.#base(i, access, axes);
    if (nest.vectorInside || nest.vector < 0) {
      this.#cell("splat");
      return;
    }
    // The block's range of the vector axis
    const length = nest.sizes[nest.vector]!;
    if (blocks > 1) {
      c.get(from);
      c.i32(block);
      c.op("i32.mul");
      c.set(from);
      c.get(from);
      c.i32(block);
      c.op("i32.add");
      c.set(to);
      c.get(to);
      c.i32(length);
      c.get(to);
      c.i32(length);
      c.op("i32.lt_s");
      c.select();
      c.set(to);
    }
    alongVector(this.#s, blocks > 1 ? { from, to } : null, (mode, active) => this.#cell(mode, active));
  }

  /** Address (or number) of an access at the unit's place, and whether its masks hold there. */
  #base(i: number, { strides, offset, mask }: Access, axes: readonly number[]): void {
    const c = this.#s.c;
    const inst = this.#s.body[i]!;
    const base = this.#s.bases.get(i) ?? c.local("i32");
    this.#s.bases.set(i, base);
    const size = inst.op === "iota" || inst.op === "const" ? 1 : bytesOf(inst.dtype);
    if ("slot" in inst) c.get(this.#s.pointerOf.get(inst.slot)!);
    else c.i32(0);
    if (offset !== 0) {
      c.i32(offset * size);
      c.op("i32.add");
    }
    for (const axis of axes) {
      if (strides[axis] === 0) continue;
      c.get(this.#s.index.get(axis)!);
      c.i32(strides[axis]! * size);
      c.op("i32.mul");
      c.op("i32.add");
    }
    c.set(base);
    if (!mask) return;
    const flag = this.#s.flags.get(i) ?? c.local("i32");
    this.#s.flags.set(i, flag);
    c.i32(-1);
    for (const axis of axes) this.#inside(mask[axis] ?? null, axis);
    c.set(flag);
  }

  /** The flag on the stack, and whether the index of the axis is inside the range. */
  #inside(range: readonly [number, number] | null, axis: number): void {
    if (!range) return;
    const c = this.#s.c;
    // low <= i < high, as one unsigned comparison
    c.i32(0);
    c.get(this.#s.index.get(axis)!);
    c.i32(range[0]);
    c.op("i32.sub");
    c.i32(Math.max(0, range[1] - range[0]));
    c.op("i32.lt_u");
    c.op("i32.sub");
    c.op("i32.and");
  }

  /**
   * All stages at one place of the outer axes. "splat": values of the outer level fill all lanes, the vector axis is
   * walked inside; else the lanes are neighbours on the vector axis.
   */
  #cell(outside: Step, active: Active = () => true): void {
    const last = Math.max(0, ...this.#s.stages.map((s, i) => s + (this.#s.body[i]!.op === "reduce" ? 1 : 0)));
    for (let stage = 0; stage <= last; stage++) {
      this.#s.body.forEach((inst, i) => {
        if (inst.level === "outer" && inst.op !== "reduce" && this.#s.stages[i] === stage) {
          this.#s.each(outside, (mode) => writeStep(this.#s, i, mode, active));
        }
      });
      const wanted = this.#needed(stage);
      if (wanted.size === 0) continue;
      const own = this.#s.body.flatMap((inst, i) =>
        inst.op === "reduce" && this.#s.stages[i] === stage ? [i] : [],
      );
      for (const i of own) for (const reducer of this.#s.reducers.get(i)!) reducer.begin();
      this.#inner(0, wanted, outside, active);
      for (const i of own) {
        const [first, ...others] = this.#s.reducers.get(i)!;
        // Lanes are joined at last where the vector axis is reduced; else each vector has results of its own.
        if (this.#s.nest.vectorInside) for (const other of others) first!.merge(other);
        else for (const other of others) other.end();
        first!.end();
      }
    }
  }

  /** Full instructions that a stage has to evaluate: its stores and reductions, and what they need. */
  #needed(stage: number): Set<number> {
    const wanted = new Set<number>();
    const need = (i: number) => {
      const inst = this.#s.body[i]!;
      if (wanted.has(i) || inst.level === "outer") return;
      wanted.add(i);
      if (inst.op === "alu") inst.args.forEach(need);
      else if (inst.op === "loadAt") need(inst.index);
      else if (inst.op === "store") need(inst.arg);
    };
    this.#s.body.forEach((inst, i) => {
      if (this.#s.stages[i] !== stage) return;
      if (inst.op === "store" && inst.level === "full") need(i);
      else if (inst.op === "reduce") {
        wanted.add(i);
        need(inst.arg);
      }
    });
    return wanted;
  }

  /** The loops over the reduced axes from number `depth` on. */
  #inner(depth: number, wanted: ReadonlySet<number>, outside: Step, active: Active): void {
    const c = this.#s.c;
    const { inner, vector, sizes, accesses } = this.#s.nest;
    if (depth === inner.length) {
      this.#evaluate(wanted, outside === "splat" ? "single" : outside, active);
      return;
    }
    const axis = inner[depth]!;
    if (axis === vector) {
      alongVector(this.#s, null, (mode, here) => this.#evaluate(wanted, mode, here));
      return;
    }
    const index = this.#s.index.get(axis) ?? c.local("i32");
    this.#s.index.set(axis, index);
    c.i32(0);
    c.set(index);
    // Addresses that move along this axis, and flags that change along it, in locals of this loop's own.
    const moved: { i: number; base: number; flag: number | undefined }[] = [];
    for (const [i, access] of accesses) {
      if (!wanted.has(i)) continue;
      const moves = access.strides[axis] !== 0;
      const masked = access.mask?.[axis] != null;
      if (!moves && !masked) continue;
      moved.push({ i, base: this.#s.bases.get(i)!, flag: this.#s.flags.get(i) });
      if (moves) {
        const own = c.local("i32");
        c.get(this.#s.bases.get(i)!);
        c.set(own);
        this.#s.bases.set(i, own);
      }
      if (masked) this.#s.flags.set(i, c.local("i32"));
    }
    c.doWhile(() => {
      for (const { i, flag } of moved) {
        const range = accesses.get(i)!.mask?.[axis];
        if (!range) continue;
        if (flag === undefined) c.i32(-1);
        else c.get(flag);
        this.#inside(range, axis);
        c.set(this.#s.flags.get(i)!);
      }
      this.#inner(depth + 1, wanted, outside, active);
      for (const { i } of moved) {
        const stride = accesses.get(i)!.strides[axis]!;
        if (stride === 0) continue;
        const inst = this.#s.body[i]!;
        c.get(this.#s.bases.get(i)!);
        c.i32(stride * (inst.op === "iota" ? 1 : bytesOf(inst.dtype)));
        c.op("i32.add");
        c.set(this.#s.bases.get(i)!);
      }
      c.get(index);
      c.i32(1);
      c.op("i32.add");
      c.set(index);
      c.get(index);
      c.i32(sizes[axis]!);
      c.op("i32.lt_s");
    });
    for (const { i, base, flag } of moved) {
      this.#s.bases.set(i, base);
      if (flag === undefined) this.#s.flags.delete(i);
      else this.#s.flags.set(i, flag);
    }
  }

  #evaluate(wanted: ReadonlySet<number>, step: Step, active: Active): void {
    this.#s.body.forEach((inst, i) => {
      if (!wanted.has(i)) return;
      this.#s.each(step, (mode) => {
        if (inst.op !== "reduce") writeStep(this.#s, i, mode, active);
        else {
          const reducer = this.#s.reducers.get(i)![this.#s.copy]!;
          reducer.add(this.#s.value(inst.arg), mode === "vector" ? "vector" : "single", () =>
            this.#reducedIndex(mode),
          );
        }
      });
    });
  }

  /** Index along the reduced axis, per lane, on the stack. */
  #reducedIndex(mode: Mode | "splat"): void {
    const c = this.#s.c;
    const { inner, vector, vectorInside } = this.#s.nest;
    const axis = inner[0];
    if (axis === undefined) c.constI32x4(0);
    else if (vectorInside && axis === vector) {
      c.get(this.#s.at);
      c.op("i32x4.splat");
      if (mode === "vector") {
        const first = this.#s.copy * this.#s.lanes;
        c.constLanes([first, first + 1, first + 2, first + 3]);
        c.op("i32x4.add");
      }
    } else {
      c.get(this.#s.index.get(axis)!);
      c.op("i32x4.splat");
    }
  }
}
