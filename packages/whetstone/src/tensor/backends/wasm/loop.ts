/**
 * Writes a loop kernel as a WebAssembly function (pointer of each slot..., chunk). A chunk is a range of units; a unit
 * is one place of the outer axes (but the vector axis, of which it is a block). Borders depend on sizes only.
 */
import { sizeOf } from "../../graph/shape.ts";
import { type Instruction, type LoopKernel, stagesOf } from "../../schedule/kernel.ts";
import { alu } from "./arithmetic.ts";
import type { Code } from "./code.ts";
import {
  bytesOf,
  constant,
  kindOf,
  type Lanes,
  load,
  loadSplat,
  type Mode,
  pack,
  store,
  storeLane,
} from "./elements.ts";
import { type Access, type Nest, nestOf } from "./nest.ts";
import { Reducer } from "./reducer.ts";

export interface LoopPlan {
  readonly nest: Nest;
  readonly lanes: Lanes;
  /** Slots in the order of the function's parameters. */
  readonly slots: readonly number[];
  readonly chunks: number;
  readonly unitsPerChunk: number;
  readonly units: number;
  /** Elements of the vector axis in a unit, where that axis lies outside; and how many such blocks there are. */
  readonly block: number;
  readonly blocks: number;
  /** Vectors that the innermost loop takes at a time. */
  readonly unroll: 1 | 2 | 4;
}

/** Work, in instructions on elements, that makes a chunk worth handing to a thread: about 10 us. */
const chunkWork = 1 << 16;
const mostChunks = 64;

export function planLoop(kernel: LoopKernel): LoopPlan {
  const { body } = kernel;
  const lanes: Lanes = body.some(
    (inst) => inst.dtype === "f64" || (inst.op === "alu" && inst.operand === "f64"),
  )
    ? 2
    : 4;
  const nest = nestOf(kernel, lanes);
  const slots = [...new Set(body.flatMap((inst) => ("slot" in inst ? [inst.slot] : [])))];
  const axes = nest.outer.filter((a) => a !== nest.vector);
  const places = sizeOf(axes.map((a) => nest.sizes[a]!));
  const length = nest.vectorInside || nest.vector < 0 ? 1 : nest.sizes[nest.vector]!;
  const cost = body.reduce((sum, inst) => sum + costOf(inst), 1);
  const inside = sizeOf(nest.inner.map((a) => nest.sizes[a]!));
  let block = length;
  // Few places: cut the vector axis too, in multiples of a cache line.
  if (places < 32 && length > 64) {
    const wanted = Math.max(
      64,
      Math.ceil(chunkWork / (cost * inside)),
      Math.ceil((length * places) / mostChunks),
    );
    block = Math.min(length, Math.ceil(wanted / 16) * 16);
  }
  const blocks = Math.ceil(length / block);
  const units = places * blocks;
  const work = units * block * inside * cost;
  const chunks = Math.max(1, Math.min(mostChunks, units, Math.floor(work / chunkWork)));
  const unitsPerChunk = Math.ceil(units / chunks);
  return {
    nest,
    lanes,
    slots,
    chunks: Math.ceil(units / unitsPerChunk),
    unitsPerChunk,
    units,
    block,
    blocks,
    unroll: unrollOf(kernel, nest, lanes),
  };
}

/**
 * More vectors at a time keep the processor busy while one waits (sums above all), and use whole cache lines where
 * columns are reduced; with too many values at once they would not stay in registers.
 */
function unrollOf({ body }: LoopKernel, nest: Nest, lanes: Lanes): 1 | 2 | 4 {
  if (nest.vector < 0) return 1;
  // The order of a sum may depend on sizes only, not on what else the kernel computes.
  if (nest.vectorInside) return nest.sizes[nest.vector]! >= 8 * lanes ? 2 : 1;
  const full = body.reduce((sum, inst) => sum + (inst.level === "full" ? costOf(inst) : 0), 0);
  const most = full <= 8 ? 4 : full <= 20 ? 2 : 1;
  const vectors = nest.sizes[nest.vector]! / lanes;
  return vectors >= 4 * most ? most : vectors >= 8 && most > 1 ? 2 : 1;
}

const costly: ReadonlySet<string> = new Set([
  "exp",
  "expm1",
  "log",
  "log1p",
  "sin",
  "cos",
  "tanh",
  "sigmoid",
  "erf",
  "pow",
  "atan",
  "random",
]);
const costOf = (inst: Instruction): number => (inst.op === "alu" && costly.has(inst.fn) ? 12 : 1);

export function emitLoop(c: Code, kernel: LoopKernel, plan: LoopPlan): void {
  new LoopWriter(c, kernel, plan).write();
}

/** "wide": as many vectors as the plan's unroll says; "splat": the same value in all lanes. */
type Step = Mode | "wide" | "splat";

/** Whether an instruction's mask holds in one segment of the vector axis. */
type Active = (position: number) => boolean;

class LoopWriter {
  readonly #c: Code;
  readonly #body: readonly Instruction[];
  readonly #plan: LoopPlan;
  readonly #nest: Nest;
  readonly #lanes: Lanes;
  readonly #stages: number[];
  readonly #pointerOf: Map<number, number>;
  /** Locals of each instruction, one for each vector that is taken at a time. */
  readonly #values: number[][] = [];
  /** Local of the address (of the first element of the vector axis), or of the number for iota. */
  readonly #bases = new Map<number, number>();
  /** Local that is -1 where the masks of the axes walked so far hold, else 0. */
  readonly #flags = new Map<number, number>();
  /** Element index along the vector axis. */
  readonly #at: number;
  readonly #index = new Map<number, number>();
  readonly #reducers = new Map<number, Reducer[]>();
  /** Which of the vectors taken at a time is being written. */
  #copy = 0;

  constructor(c: Code, kernel: LoopKernel, plan: LoopPlan) {
    this.#c = c;
    this.#body = kernel.body;
    this.#plan = plan;
    this.#nest = plan.nest;
    this.#lanes = plan.lanes;
    this.#stages = stagesOf(kernel.body);
    this.#pointerOf = new Map(plan.slots.map((slot, i) => [slot, i]));
    this.#at = c.local("i32");
    kernel.body.forEach((inst, i) => {
      const locals = Array.from({ length: inst.op === "store" ? 0 : plan.unroll }, () => c.local("v128"));
      this.#values[i] = locals;
      if (inst.op !== "reduce") return;
      const across = plan.nest.vectorInside;
      this.#reducers.set(
        i,
        locals.map((local) => new Reducer(c, inst, local, this.#lanes, across)),
      );
    });
  }

  /** The local of an instruction's value for the vector being written. */
  #value(i: number): number {
    const shared = this.#body[i]!.level === "outer" && this.#nest.vectorInside;
    return this.#values[i]![shared ? 0 : this.#copy]!;
  }

  /** Writes something for each vector of a step. */
  #each(step: Step, write: (mode: Mode | "splat") => void): void {
    const copies = step === "wide" ? this.#plan.unroll : 1;
    for (this.#copy = 0; this.#copy < copies; this.#copy++) write(step === "wide" ? "vector" : step);
    this.#copy = 0;
  }

  write(): void {
    const c = this.#c;
    const { slots, unitsPerChunk, units } = this.#plan;
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
    const c = this.#c;
    const { nest, block, blocks } = this.#plan;
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
      const index = this.#index.get(axes[i]!) ?? c.local("i32");
      this.#index.set(axes[i]!, index);
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
    this.#alongVector(blocks > 1 ? { from, to } : null, (mode, active) => this.#cell(mode, active));
  }

  /** Address (or number) of an access at the unit's place, and whether its masks hold there. */
  #base(i: number, { strides, offset, mask }: Access, axes: readonly number[]): void {
    const c = this.#c;
    const inst = this.#body[i]!;
    const base = this.#bases.get(i) ?? c.local("i32");
    this.#bases.set(i, base);
    const size = inst.op === "iota" || inst.op === "const" ? 1 : bytesOf(inst.dtype);
    if ("slot" in inst) c.get(this.#pointerOf.get(inst.slot)!);
    else c.i32(0);
    if (offset !== 0) {
      c.i32(offset * size);
      c.op("i32.add");
    }
    for (const axis of axes) {
      if (strides[axis] === 0) continue;
      c.get(this.#index.get(axis)!);
      c.i32(strides[axis]! * size);
      c.op("i32.mul");
      c.op("i32.add");
    }
    c.set(base);
    if (!mask) return;
    const flag = this.#flags.get(i) ?? c.local("i32");
    this.#flags.set(i, flag);
    c.i32(-1);
    for (const axis of axes) this.#inside(mask[axis] ?? null, axis);
    c.set(flag);
  }

  /** The flag on the stack, and whether the index of the axis is inside the range. */
  #inside(range: readonly [number, number] | null, axis: number): void {
    if (!range) return;
    const c = this.#c;
    // low <= i < high, as one unsigned comparison
    c.i32(0);
    c.get(this.#index.get(axis)!);
    c.i32(range[0]);
    c.op("i32.sub");
    c.i32(Math.max(0, range[1] - range[0]));
    c.op("i32.lt_u");
    c.op("i32.sub");
    c.op("i32.and");
  }

  /** The range of the vector axis in segments between mask borders, each in full vectors and then single elements. */
  #alongVector(part: { from: number; to: number } | null, cell: (step: Step, active: Active) => void): void {
    const { vector, sizes, accesses } = this.#nest;
    const length = sizes[vector]!;
    const borders = new Set([0, length]);
    for (const { mask } of accesses.values())
      for (const p of mask?.[vector] ?? []) borders.add(Math.max(0, Math.min(length, p)));
    const cuts = [...borders].sort((a, b) => a - b);
    for (let s = 0; s + 1 < cuts.length; s++) {
      const [low, high] = [cuts[s]!, cuts[s + 1]!];
      const active: Active = (i) => {
        const range = accesses.get(i)?.mask?.[vector];
        return !range || (low >= range[0] && high <= range[1]);
      };
      if (part) this.#dynamicSegment(part, low, high, length, (mode) => cell(mode, active));
      else this.#staticSegment(low, high, (mode) => cell(mode, active));
    }
  }

  #staticSegment(low: number, high: number, cell: (step: Step) => void): void {
    const c = this.#c;
    c.i32(low);
    c.set(this.#at);
    let from = low;
    const take = (step: Step, size: number) => {
      const count = Math.floor((high - from) / size);
      if (count === 0) return;
      from += count * size;
      this.#steps(count, from, size, () => cell(step));
    };
    if (this.#plan.unroll > 1) take("wide", this.#lanes * this.#plan.unroll);
    take("vector", this.#lanes);
    take("single", 1);
  }

  /** `count` times, stepping the position until it is `end`. */
  #steps(count: number, end: number, step: number, body: () => void): void {
    const c = this.#c;
    const advance = () => {
      c.get(this.#at);
      c.i32(step);
      c.op("i32.add");
      c.set(this.#at);
    };
    if (count === 1) {
      body();
      advance();
      return;
    }
    c.doWhile(() => {
      body();
      advance();
      c.get(this.#at);
      c.i32(end);
      c.op("i32.lt_s");
    });
  }

  #dynamicSegment(
    { from, to }: { from: number; to: number },
    low: number,
    high: number,
    length: number,
    cell: (step: Step) => void,
  ): void {
    const c = this.#c;
    const start = c.temp("i32");
    const end = c.temp("i32");
    const bound = (source: number, limit: number, op: "i32.gt_s" | "i32.lt_s", into: number) => {
      c.get(source);
      c.i32(limit);
      c.get(source);
      c.i32(limit);
      c.op(op);
      c.select();
      c.set(into);
    };
    if (low > 0) bound(from, low, "i32.gt_s", start);
    else {
      c.get(from);
      c.set(start);
    }
    if (high < length) bound(to, high, "i32.lt_s", end);
    else {
      c.get(to);
      c.set(end);
    }
    c.get(start);
    c.set(this.#at);
    const whileBelow = (step: number, mode: Step) => {
      c.whileLoop(
        () => {
          c.get(this.#at);
          c.i32(step);
          c.op("i32.add");
          c.get(end);
          c.op("i32.le_s");
        },
        () => {
          cell(mode);
          c.get(this.#at);
          c.i32(step);
          c.op("i32.add");
          c.set(this.#at);
        },
      );
    };
    if (this.#plan.unroll > 1) whileBelow(this.#lanes * this.#plan.unroll, "wide");
    whileBelow(this.#lanes, "vector");
    whileBelow(1, "single");
    c.free(start);
    c.free(end);
  }

  /**
   * All stages at one place of the outer axes. "splat": values of the outer level fill all lanes, the vector axis is
   * walked inside; else the lanes are neighbours on the vector axis.
   */
  #cell(outside: Step, active: Active = () => true): void {
    const last = Math.max(0, ...this.#stages.map((s, i) => s + (this.#body[i]!.op === "reduce" ? 1 : 0)));
    for (let stage = 0; stage <= last; stage++) {
      this.#body.forEach((inst, i) => {
        if (inst.level === "outer" && inst.op !== "reduce" && this.#stages[i] === stage) {
          this.#each(outside, (mode) => this.#step(i, mode, active));
        }
      });
      const wanted = this.#needed(stage);
      if (wanted.size === 0) continue;
      const own = this.#body.flatMap((inst, i) =>
        inst.op === "reduce" && this.#stages[i] === stage ? [i] : [],
      );
      for (const i of own) for (const reducer of this.#reducers.get(i)!) reducer.begin();
      this.#inner(0, wanted, outside, active);
      for (const i of own) {
        const [first, ...others] = this.#reducers.get(i)!;
        // Lanes are joined at last where the vector axis is reduced; else each vector has results of its own.
        if (this.#nest.vectorInside) for (const other of others) first!.merge(other);
        else for (const other of others) other.end();
        first!.end();
      }
    }
  }

  /** Full instructions that a stage has to evaluate: its stores and reductions, and what they need. */
  #needed(stage: number): Set<number> {
    const wanted = new Set<number>();
    const need = (i: number) => {
      const inst = this.#body[i]!;
      if (wanted.has(i) || inst.level === "outer") return;
      wanted.add(i);
      if (inst.op === "alu") inst.args.forEach(need);
      else if (inst.op === "loadAt") need(inst.index);
      else if (inst.op === "store") need(inst.arg);
    };
    this.#body.forEach((inst, i) => {
      if (this.#stages[i] !== stage) return;
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
    const c = this.#c;
    const { inner, vector, sizes, accesses } = this.#nest;
    if (depth === inner.length) {
      this.#evaluate(wanted, outside === "splat" ? "single" : outside, active);
      return;
    }
    const axis = inner[depth]!;
    if (axis === vector) {
      this.#alongVector(null, (mode, here) => this.#evaluate(wanted, mode, here));
      return;
    }
    const index = this.#index.get(axis) ?? c.local("i32");
    this.#index.set(axis, index);
    c.i32(0);
    c.set(index);
    // Addresses that move along this axis, and flags that change along it, in locals of this loop's own.
    const moved: { i: number; base: number; flag: number | undefined }[] = [];
    for (const [i, access] of accesses) {
      if (!wanted.has(i)) continue;
      const moves = access.strides[axis] !== 0;
      const masked = access.mask?.[axis] != null;
      if (!moves && !masked) continue;
      moved.push({ i, base: this.#bases.get(i)!, flag: this.#flags.get(i) });
      if (moves) {
        const own = c.local("i32");
        c.get(this.#bases.get(i)!);
        c.set(own);
        this.#bases.set(i, own);
      }
      if (masked) this.#flags.set(i, c.local("i32"));
    }
    c.doWhile(() => {
      for (const { i, flag } of moved) {
        const range = accesses.get(i)!.mask?.[axis];
        if (!range) continue;
        if (flag === undefined) c.i32(-1);
        else c.get(flag);
        this.#inside(range, axis);
        c.set(this.#flags.get(i)!);
      }
      this.#inner(depth + 1, wanted, outside, active);
      for (const { i } of moved) {
        const stride = accesses.get(i)!.strides[axis]!;
        if (stride === 0) continue;
        const inst = this.#body[i]!;
        c.get(this.#bases.get(i)!);
        c.i32(stride * (inst.op === "iota" ? 1 : bytesOf(inst.dtype)));
        c.op("i32.add");
        c.set(this.#bases.get(i)!);
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
      this.#bases.set(i, base);
      if (flag === undefined) this.#flags.delete(i);
      else this.#flags.set(i, flag);
    }
  }

  #evaluate(wanted: ReadonlySet<number>, step: Step, active: Active): void {
    this.#body.forEach((inst, i) => {
      if (!wanted.has(i)) return;
      this.#each(step, (mode) => {
        if (inst.op !== "reduce") this.#step(i, mode, active);
        else {
          const reducer = this.#reducers.get(i)![this.#copy]!;
          reducer.add(this.#value(inst.arg), mode === "vector" ? "vector" : "single", () =>
            this.#reducedIndex(mode),
          );
        }
      });
    });
  }

  /** Index along the reduced axis, per lane, on the stack. */
  #reducedIndex(mode: Mode | "splat"): void {
    const c = this.#c;
    const { inner, vector, vectorInside } = this.#nest;
    const axis = inner[0];
    if (axis === undefined) c.constI32x4(0);
    else if (vectorInside && axis === vector) {
      c.get(this.#at);
      c.op("i32x4.splat");
      if (mode === "vector") {
        const first = this.#copy * this.#lanes;
        c.constLanes([first, first + 1, first + 2, first + 3]);
        c.op("i32x4.add");
      }
    } else {
      c.get(this.#index.get(axis)!);
      c.op("i32x4.splat");
    }
  }

  /** Evaluates one instruction (not a reduction) into its local, or stores. */
  #step(i: number, mode: Mode | "splat", active: Active): void {
    const c = this.#c;
    const inst = this.#body[i]!;
    const real = (k: number) => active(k) && !this.#nest.accesses.get(k)?.empty;
    switch (inst.op) {
      case "alu":
        alu(
          c,
          inst,
          inst.args.map((a) => this.#value(a)),
          this.#lanes,
        );
        break;
      case "const":
        if (real(i)) {
          constant(c, inst.dtype, inst.value);
          this.#applyFlag(i, inst.value === 0);
        } else constant(c, inst.dtype, 0);
        break;
      case "iota":
        if (real(i)) this.#iota(i, mode);
        else c.constI32x4(0);
        break;
      case "load":
        if (real(i)) this.#load(i, inst, mode);
        else constant(c, inst.dtype, 0);
        break;
      case "loadAt":
        this.#loadAt(i, inst, mode);
        break;
      case "store":
        this.#store(i, inst, mode);
        return;
      case "reduce":
        throw new Error("reductions are not steps");
    }
    c.set(this.#value(i));
  }

  #vectorStride(i: number): number {
    const { vector, accesses } = this.#nest;
    return vector < 0 ? 0 : accesses.get(i)!.strides[vector]!;
  }

  /** Bytes from the first to the present one of the vectors taken at a time, where they lie side by side. */
  #offset(i: number, bytes: number): number {
    return this.#vectorStride(i) === 1 ? this.#copy * this.#lanes * bytes : 0;
  }

  /** Zero where masks of other axes say so. */
  #applyFlag(i: number, zero = false): void {
    const flag = this.#flags.get(i);
    if (flag === undefined || zero) return;
    const c = this.#c;
    c.get(flag);
    c.op("i32x4.splat");
    c.op("v128.and");
  }

  /** Address at the place of the vector axis (plus `lane`), on the stack. */
  #address(i: number, bytes: number, mode: Mode | "splat", lane = 0): void {
    const c = this.#c;
    const stride = this.#vectorStride(i);
    const flag = this.#flags.get(i);
    if (flag !== undefined && "slot" in this.#body[i]!) {
      // Masked places are read at the start of the slot instead.
      c.get(this.#bases.get(i)!);
      c.get(this.#pointerOf.get((this.#body[i] as { slot: number }).slot)!);
      c.get(flag);
      c.select();
    } else c.get(this.#bases.get(i)!);
    if (stride === 0 || mode === "splat") return;
    c.get(this.#at);
    lane += stride === 1 ? 0 : this.#copy * this.#lanes; // neighbours are reached by a constant offset instead
    if (lane > 0) {
      c.i32(lane);
      c.op("i32.add");
    }
    if (stride * bytes !== 1) {
      c.i32(stride * bytes);
      c.op("i32.mul");
    }
    if (flag !== undefined && "slot" in this.#body[i]!) {
      c.get(flag);
      c.op("i32.and");
    }
    c.op("i32.add");
  }

  #load(i: number, inst: Extract<Instruction, { op: "load" }>, mode: Mode | "splat"): void {
    const c = this.#c;
    const bytes = bytesOf(inst.dtype);
    const stride = this.#vectorStride(i);
    // Vectors at a masked place would reach past a short slot: read element by element there.
    const masked = this.#flags.has(i);
    if (mode === "splat" || stride === 0) {
      if (this.#copy > 0) {
        c.get(this.#values[i]![0]!);
        return;
      }
      this.#address(i, bytes, mode);
      loadSplat(c, inst.dtype);
    } else if (mode === "single") {
      this.#address(i, bytes, mode);
      load(c, inst.dtype, this.#lanes, "single");
    } else if (stride === 1 && !masked) {
      this.#address(i, bytes, mode);
      load(c, inst.dtype, this.#lanes, "vector", this.#offset(i, bytes));
    } else if (stride === 1) {
      const flag = this.#flags.get(i)!;
      c.get(flag);
      c.ifElse(
        "v128",
        () => {
          this.#address(i, bytes, mode);
          load(c, inst.dtype, this.#lanes, "vector", this.#offset(i, bytes));
        },
        () => constant(c, inst.dtype, 0),
      );
      return;
    } else this.#loadLanes(inst.dtype, (lane) => this.#address(i, bytes, mode, lane));
    this.#applyFlag(i);
  }

  /** A vector from one address for each lane. */
  #loadLanes(dtype: Instruction["dtype"], address: (lane: number) => void): void {
    const c = this.#c;
    const out = c.temp("v128");
    const parts: number[] = [];
    for (let lane = 0; lane < this.#lanes; lane++) {
      address(lane);
      loadSplat(c, dtype);
      const part = c.temp("v128");
      c.set(part);
      parts.push(part);
    }
    this.#join(dtype, parts);
    for (const part of parts) c.free(part);
    c.free(out);
  }

  /** Lane l of part l, on the stack. */
  #join(dtype: Instruction["dtype"], parts: readonly number[]): void {
    const c = this.#c;
    if (kindOf(dtype) === "f64") {
      c.get(parts[0]!);
      c.get(parts[1]!);
      c.shuffle([0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23]);
      return;
    }
    const pair = (a: number, b: number) => {
      c.get(a);
      c.get(b);
      c.shuffle([0, 1, 2, 3, 16, 17, 18, 19, 0, 1, 2, 3, 16, 17, 18, 19]);
    };
    pair(parts[0]!, parts[1]!);
    if (parts.length === 2) return;
    pair(parts[2]!, parts[3]!);
    c.shuffle([0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23]);
  }

  #loadAt(i: number, inst: Extract<Instruction, { op: "loadAt" }>, mode: Mode | "splat"): void {
    const c = this.#c;
    const bytes = bytesOf(inst.dtype);
    const index = this.#value(inst.index);
    const one = (lane: number) => {
      const at = c.temp("i32");
      c.get(index);
      c.lane("i32x4.extract_lane", lane);
      c.set(at);
      c.get(at);
      c.i32(inst.length);
      c.op("i32.lt_u");
      c.ifElse(
        "v128",
        () => {
          this.#address(i, bytes, mode, lane);
          c.get(at);
          c.i32(inst.step * bytes);
          c.op("i32.mul");
          c.op("i32.add");
          loadSplat(c, inst.dtype, this.#offset(i, bytes));
        },
        () => constant(c, inst.dtype, 0),
      );
      c.free(at);
    };
    if (mode !== "vector") {
      one(0);
      return;
    }
    // All lanes at one index, side by side in memory: a row of an embedding.
    if (this.#vectorStride(i) === 1 && this.#uniform(inst.index)) {
      const at = c.temp("i32");
      c.get(index);
      c.lane("i32x4.extract_lane", 0);
      c.set(at);
      c.get(at);
      c.i32(inst.length);
      c.op("i32.lt_u");
      c.ifElse(
        "v128",
        () => {
          this.#address(i, bytes, mode);
          c.get(at);
          c.i32(inst.step * bytes);
          c.op("i32.mul");
          c.op("i32.add");
          load(c, inst.dtype, this.#lanes, "vector", this.#offset(i, bytes));
        },
        () => constant(c, inst.dtype, 0),
      );
      c.free(at);
      return;
    }
    const parts: number[] = [];
    for (let lane = 0; lane < this.#lanes; lane++) {
      one(lane);
      const part = c.temp("v128");
      c.set(part);
      parts.push(part);
    }
    this.#join(inst.dtype, parts);
    for (const part of parts) c.free(part);
  }

  /** Whether an instruction gives all lanes of a vector the same value. */
  #uniform(i: number): boolean {
    const inst = this.#body[i]!;
    if (inst.level === "outer" && this.#nest.vectorInside) return true;
    switch (inst.op) {
      case "load":
      case "iota":
        return this.#vectorStride(i) === 0;
      case "const":
        return true;
      case "alu":
        return inst.args.every((a) => this.#uniform(a));
      case "loadAt":
        return this.#vectorStride(i) === 0 && this.#uniform(inst.index);
      default:
        return false;
    }
  }

  #iota(i: number, mode: Mode | "splat"): void {
    const c = this.#c;
    const stride = this.#vectorStride(i);
    c.get(this.#bases.get(i)!);
    if (stride !== 0 && mode !== "splat") {
      c.get(this.#at);
      c.i32(stride);
      c.op("i32.mul");
      c.op("i32.add");
    }
    c.op("i32x4.splat");
    if (stride !== 0 && mode === "vector") {
      const first = this.#copy * this.#lanes * stride;
      c.constLanes([first, first + stride, first + 2 * stride, first + 3 * stride]);
      c.op("i32x4.add");
    }
    this.#applyFlag(i);
  }

  #store(i: number, inst: Extract<Instruction, { op: "store" }>, mode: Mode | "splat"): void {
    const c = this.#c;
    const bytes = bytesOf(inst.dtype);
    const stride = this.#vectorStride(i);
    if (mode === "vector" && stride !== 1) {
      const packed = c.temp("v128");
      c.get(this.#value(inst.arg));
      pack(c, inst.dtype);
      c.set(packed);
      for (let lane = 0; lane < this.#lanes; lane++) {
        this.#address(i, bytes, mode, lane);
        c.get(packed);
        storeLane(c, inst.dtype, lane);
      }
      c.free(packed);
      return;
    }
    this.#address(i, bytes, mode);
    c.get(this.#value(inst.arg));
    pack(c, inst.dtype);
    store(c, inst.dtype, this.#lanes, mode === "vector" ? "vector" : "single", this.#offset(i, bytes));
  }
}
