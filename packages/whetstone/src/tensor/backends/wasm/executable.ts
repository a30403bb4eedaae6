/** A schedule made ready to run: its module of loops, and one tape with the places of all pointers. */
import {
  loadProgram,
  makeTape,
  moduleLimits,
  type Program,
  reviewTiles,
  type Tape,
} from "../../../kernels/index.ts";
import { bytesOfSlot, type Kernel, type Schedule, type Slot } from "../../schedule/kernel.ts";
import { ModuleBuilder } from "../../wasm/assembler.ts";
import { type Call, type CallEntry, callEntries } from "./calls.ts";
import { type Joined, JoinedLoops, type LoopFunction } from "./joined-loops.ts";
import { emitLoop } from "./loop.ts";
import { likeness, planLoop } from "./loop-plan.ts";
import { placeTogether } from "./together.ts";

interface Place {
  readonly entry: number;
  readonly argument: number;
  readonly offset: number;
}

/** Milliseconds that one kernel took. */
export interface KernelTime {
  readonly kernel: Kernel;
  readonly ms: number;
}

const align = (bytes: number): number => Math.ceil(bytes / 64) * 64;

export class Executable {
  /** Bytes of the arena: temporaries, inputs copied in, work memory. */
  readonly bytes: number;
  /** Where inputs from JavaScript are copied to, by leaf. */
  readonly uploads: ReadonlyMap<number, number>;
  readonly #schedule: Schedule;
  readonly #program: Program | null;
  readonly #joinedLoops: JoinedLoops;
  readonly #joined: Program[] = [];
  #entries: readonly CallEntry[];
  /** Number of the first entry of each kernel, and of all entries. */
  readonly #starts: readonly number[];
  #tape: Tape;
  readonly #places: readonly Place[][];
  readonly #workPlaces: Place[] = [];
  readonly #workOffset: number;
  /** Pointers that the tape holds now, by slot. */
  readonly #now: number[];
  #workNow = -1;

  constructor(schedule: Schedule) {
    this.#schedule = schedule;
    const { program, loops, calls, workBytes } = compile(schedule);
    this.#program = program;
    this.#entries = calls.flat();
    let entries = 0;
    this.#starts = [0, ...calls.map((list) => (entries += list.length))];
    this.#tape = makeTape(this.#entries);
    this.#places = schedule.slots.map(() => []);
    this.#entries.forEach(({ pointers }, entry) => {
      for (const { argument, slot, offset } of pointers) {
        (slot === "work" ? this.#workPlaces : this.#places[slot]!).push({ entry, argument, offset });
      }
    });
    let top = align(schedule.arena);
    const uploads = new Map<number, number>();
    for (const slot of schedule.slots) {
      if (slot.kind !== "input") continue;
      uploads.set(slot.leaf, top);
      top += align(bytesOfSlot(slot));
    }
    this.uploads = uploads;
    this.#workOffset = top;
    this.bytes = top + align(workBytes) + 64;
    this.#now = schedule.slots.map(() => -1);
    this.#joinedLoops = new JoinedLoops(loops, schedule.slots);
  }

  /** Computes, with the arena at that place; `pointer` says where each slot lies. */
  run(arena: number, pointer: (slot: Slot) => number): void {
    reviewTiles();
    this.#locate(arena, pointer);
    this.#tape.run();
    const found = this.#joinedLoops.afterRun(this.#program!, this.#now);
    if (found !== null) this.#take(found);
  }

  /** Has some kernels run from another program, which has functions of the same names. */
  #take({ program, names }: Joined): void {
    this.#joined.push(program);
    this.#entries = this.#entries.map((entry) =>
      entry.program === this.#program && names.has(entry.name) ? { ...entry, program } : entry,
    );
    this.#tape.free();
    this.#tape = makeTape(this.#entries);
    this.#now.fill(-1);
    this.#workNow = -1;
  }

  /** As {@link run}, each kernel by itself and timed. */
  runTimed(arena: number, pointer: (slot: Slot) => number): KernelTime[] {
    this.#locate(arena, pointer);
    return this.#schedule.kernels.map((kernel, i) => {
      const entries = this.#entries.slice(this.#starts[i], this.#starts[i + 1]).map((entry) => {
        const args = [...entry.args];
        for (const { argument, slot, offset } of entry.pointers) {
          args[argument] = (slot === "work" ? this.#workNow : this.#now[slot]!) + offset;
        }
        return { ...entry, args };
      });
      const tape = makeTape(entries);
      const start = performance.now();
      tape.run();
      const ms = performance.now() - start;
      tape.free();
      return { kernel, ms };
    });
  }

  /** Writes the pointers that have changed. */
  #locate(arena: number, pointer: (slot: Slot) => number): void {
    const { slots } = this.#schedule;
    for (let i = 0; i < slots.length; i++) {
      const at = pointer(slots[i]!);
      if (at === this.#now[i]) continue;
      this.#now[i] = at;
      for (const { entry, argument, offset } of this.#places[i]!)
        this.#tape.set(entry, argument, at + offset);
    }
    const work = arena + this.#workOffset;
    if (work === this.#workNow) return;
    this.#workNow = work;
    for (const { entry, argument, offset } of this.#workPlaces)
      this.#tape.set(entry, argument, work + offset);
  }

  free(): void {
    this.#tape.free();
    this.#program?.release();
    for (const program of this.#joined) program.release();
  }
}

interface Compiled {
  /** What the loops are in. */
  readonly program: Program | null;
  readonly loops: readonly LoopFunction[];
  /** The entries of each kernel. */
  readonly calls: readonly CallEntry[][];
  readonly workBytes: number;
}

function compile({ kernels, slots }: Schedule): Compiled {
  const module = new ModuleBuilder(moduleLimits());
  const loops = new Map<string, LoopFunction & { readonly kernels: number[] }>();
  const drafts = kernels.map((kernel, i): Call => {
    if (kernel.kind === "call") return callEntries(kernel);
    const plan = planLoop(kernel);
    const key = likeness(kernel, plan.slots);
    let loop = loops.get(key);
    if (loop === undefined) {
      loops.set(key, (loop = { name: `loop${i}`, kernel, plan, kernels: [] }));
      emitLoop(module, loop.name, kernel, plan);
    }
    loop.kernels.push(i);
    const entry = {
      name: loop.name,
      chunks: plan.chunks,
      args: plan.slots.map(() => 0),
      pointers: plan.slots.map((slot, argument) => ({ argument, slot, offset: 0 })),
    };
    return { entries: [entry], workBytes: 0 };
  });
  const program = loops.size > 0 ? loadProgram(module.bytes()) : null;
  const { calls, workBytes } = placeTogether(kernels, drafts, slots);
  const located = calls.map((list, i): CallEntry[] =>
    kernels[i]!.kind === "loop" ? list.map((entry) => ({ ...entry, program: program! })) : list,
  );
  return { program, loops: [...loops.values()], calls: located, workBytes };
}
