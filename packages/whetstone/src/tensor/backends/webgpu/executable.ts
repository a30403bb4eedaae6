/**
 * A schedule as dispatches. Temporaries, work memory and what does not fit a kernel's bindings lie in one buffer, the
 * arena; inputs and outputs have a buffer each.
 */
import { WhetstoneError } from "../../../errors.ts";
import { lifetimes, reads, writes } from "../../schedule/index.ts";
import type { Kernel, Schedule } from "../../schedule/kernel.ts";
import { placeTemps } from "../../schedule/memory.ts";
import { callPrograms } from "./calls.ts";
import { loopProgram } from "./loop.ts";
import type { Pipelines } from "./pipelines.ts";
import { gridOf, type Memory, type Place, type Program, wgsl } from "./program.ts";

/** The arena is bound under this number instead of a slot's. */
const arenaSlot = -1;

/** Places start at multiples of this many words. */
const alignment = 64;
const aligned = (words: number): number => Math.ceil(words / alignment) * alignment;

interface Dispatch {
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
  readonly grid: readonly [number, number];
}

interface Copy {
  readonly slot: number;
  /** Word in the arena. */
  readonly at: number;
  readonly words: number;
}

interface Step {
  readonly dispatches: readonly Dispatch[];
  /** Slots in the order of their bindings. */
  readonly bound: readonly number[];
  /** Slots that are copied into the arena before, and out of it after. */
  readonly before: readonly Copy[];
  readonly after: readonly Copy[];
  /** The buffers of the last run and their groups. */
  buffers: readonly GPUBuffer[];
  groups: readonly GPUBindGroup[];
}

export class Executable {
  /** Words of the arena. */
  words = 0;
  readonly #pipelines: Pipelines;
  readonly #steps: readonly Step[];
  /** By slot: the slot whose buffer it lies in: an input's may be an output's already. */
  readonly #owner: readonly number[];
  /** By slot: its word in the arena, -1 where it is not there. */
  readonly #offset: readonly number[];

  constructor(schedule: Schedule, pipelines: Pipelines) {
    refuseFloat64(schedule);
    this.#pipelines = pipelines;
    const { slots, kernels } = schedule;
    const heirs = new Map<number, number>();
    slots.forEach((slot, i) => {
      if (slot.kind === "output" && slot.leaf >= 0) heirs.set(slot.leaf, i);
    });
    this.#owner = slots.map((slot, i) => (slot.kind === "input" ? (heirs.get(slot.leaf) ?? i) : i));
    const lives = lifetimes(kernels, slots.length);
    const temps = slots.flatMap((s, i) => (s.kind === "temp" ? [i] : []));
    const { offsets, bytes } = placeTemps(temps.map((i) => ({ bytes: 4 * slots[i]!.length, ...lives[i]! })));
    const offset = slots.map(() => -1);
    temps.forEach((slot, i) => {
      offset[slot] = offsets[i]! / 4;
    });
    this.#offset = offset;
    const start = aligned(bytes / 4);
    this.words = start;
    this.#steps = kernels.map((kernel) => this.#compile(kernel, schedule, start));
  }

  #compile(kernel: Kernel, { slots }: Schedule, start: number): Step {
    const read = new Set(reads(kernel));
    const written = new Set(writes(kernel));
    const touched = [...new Set([...read, ...written])];
    const owners = [...new Set(touched.filter((s) => this.#offset[s]! < 0).map((s) => this.#owner[s]!))];
    // One binding is left to the arena.
    const direct = owners.slice(0, this.#pipelines.mostArrays - 1);
    let top = start;
    const take = (words: number): number => {
      const at = top;
      top += aligned(words);
      return at;
    };
    const staged = new Map(owners.slice(direct.length).map((slot) => [slot, take(slots[slot]!.length)]));
    const arena = `b${direct.length}`;
    let usesArena = false;
    const inArena = (base: number): Place => {
      usesArena = true;
      return { array: arena, base };
    };
    const memory: Memory = {
      place: (slot) => {
        if (this.#offset[slot]! >= 0) return inArena(this.#offset[slot]!);
        const owner = this.#owner[slot]!;
        const at = staged.get(owner);
        return at === undefined ? { array: `b${direct.indexOf(owner)}`, base: 0 } : inArena(at);
      },
      work: (words) => inArena(take(words)),
    };
    const programs = kernel.kind === "loop" ? [loopProgram(kernel, memory)] : callPrograms(kernel, memory);
    this.words = Math.max(this.words, top);
    const owns = (set: ReadonlySet<number>, owner: number) => [...set].some((s) => this.#owner[s] === owner);
    const copies = (set: ReadonlySet<number>) =>
      [...staged].flatMap(([slot, at]) =>
        owns(set, slot) ? [{ slot, at, words: slots[slot]!.length }] : [],
      );
    const access = direct.map((slot) => (owns(written, slot) ? ("read_write" as const) : ("read" as const)));
    if (usesArena) access.push("read_write");
    return {
      dispatches: programs.filter((p) => p.groups > 0).map((p) => this.#dispatch(p, access)),
      bound: usesArena ? [...direct, arenaSlot] : direct,
      before: copies(read),
      after: copies(written),
      buffers: [],
      groups: [],
    };
  }

  #dispatch(program: Program, access: readonly ("read" | "read_write")[]): Dispatch {
    const layout = this.#pipelines.layout(access);
    return {
      layout,
      pipeline: this.#pipelines.pipeline(wgsl(program, access), layout),
      grid: gridOf(program.groups),
    };
  }

  /** `bufferOf` gives the buffer of an input or output that owns one. */
  run(arena: GPUBuffer | null, bufferOf: (slot: number) => GPUBuffer): void {
    const { device } = this.#pipelines;
    const encoder = device.createCommandEncoder();
    let pass: GPUComputePassEncoder | null = null;
    const copy = ({ slot, at, words }: Copy, intoArena: boolean) => {
      if (words === 0) return;
      pass?.end();
      pass = null;
      if (intoArena) encoder.copyBufferToBuffer(bufferOf(slot), 0, arena!, 4 * at, 4 * words);
      else encoder.copyBufferToBuffer(arena!, 4 * at, bufferOf(slot), 0, 4 * words);
    };
    for (const step of this.#steps) {
      const buffers = step.bound.map((slot) => (slot === arenaSlot ? arena! : bufferOf(slot)));
      if (step.groups.length === 0 || buffers.some((b, i) => b !== step.buffers[i])) {
        step.buffers = buffers;
        step.groups = step.dispatches.map((d) => this.#pipelines.group(d.layout, buffers));
      }
      for (const c of step.before) copy(c, true);
      step.dispatches.forEach(({ pipeline, grid }, i) => {
        pass ??= encoder.beginComputePass();
        pass.setPipeline(pipeline);
        pass.setBindGroup(0, step.groups[i]!);
        pass.dispatchWorkgroups(...grid);
      });
      for (const c of step.after) copy(c, false);
    }
    (pass as GPUComputePassEncoder | null)?.end();
    device.queue.submit([encoder.finish()]);
  }
}

function refuseFloat64(schedule: Schedule): void {
  const wide = schedule.kernels.some((kernel) =>
    kernel.kind === "loop"
      ? kernel.body.some((inst) => inst.dtype === "f64" || ("operand" in inst && inst.operand === "f64"))
      : kernel.output.dtype === "f64" || kernel.inputs.some((i) => i.dtype === "f64"),
  );
  if (!wide && !schedule.slots.some((slot) => slot.dtype === "f64")) return;
  throw new WhetstoneError(
    "unsupported",
    { where: "webgpu backend" },
    'float64 tensors cannot be computed on a GPU (WGSL, the language of WebGPU, has no 64-bit floats); convert them with tensor.to("f32") before setBackend, or use the wasm backend',
  );
}
