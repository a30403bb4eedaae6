/**
 * Loops whose vectors V8 may join (docs/decisions/006-wide-vectors.md). Those with transcendental functions, which gain by
 * it, are compiled anew for it once they have run for a while, and taken where they give the same bits in less time.
 */
import {
  joinedIsBetter,
  kernelView,
  loadProgram,
  mayJoin,
  moduleLimits,
  type Program,
  withScratch,
} from "../../../kernels/index.ts";
import { sizeOf } from "../../graph/shape.ts";
import { bytesOfSlot, type LoopKernel, type Slot, slotsOf } from "../../schedule/kernel.ts";
import { ModuleBuilder } from "../../wasm/assembler.ts";
import { emitLoop } from "./loop.ts";
import { fullCost, isCostly, type LoopPlan } from "./loop-plan.ts";

/** A function that computes one kernel or several that are alike. */
export interface LoopFunction {
  readonly name: string;
  readonly kernel: LoopKernel;
  readonly plan: LoopPlan;
  /** Numbers of the kernels that it computes. */
  readonly kernels: readonly number[];
}

/** A program and its functions that are to be taken, which have the names that they have in the usual one. */
export interface Joined {
  readonly program: Program;
  readonly names: ReadonlySet<string>;
}

/** Instructions on elements that are worth a trial, which takes about as long as they do: 50 ms of one thread. */
const worthwhile = 2 ** 29;

/** Share of the usual time that a joined loop may take. */
const share = 0.9;

/** Milliseconds that V8 is given to join one. Many loops are never joined. */
const patience = 40;

/** Most bytes of a result that are compared, and that may be needed for it (more are seldom touched). */
const [compared, held] = [2 ** 18, 2 ** 26];

export class JoinedLoops {
  /** Loops that have not been put to a trial, those first that will be first. */
  readonly #waiting: { readonly loop: LoopFunction; readonly due: number }[];
  readonly #slots: readonly Slot[];
  #runs = 0;
  #next: number;

  constructor(loops: readonly LoopFunction[], slots: readonly Slot[]) {
    this.#slots = slots;
    this.#waiting = (mayJoin() ? loops : [])
      .filter((loop) => this.#mayGain(loop))
      .map((loop) => ({ loop, due: worthwhile / workOf(loop) }))
      .sort((a, b) => a.due - b.due);
    this.#next = this.#waiting[0]?.due ?? Number.POSITIVE_INFINITY;
  }

  /** To be called after each run, with where the slots lie: makes the trials that are due. */
  afterRun(usual: Program, pointers: readonly number[]): Joined | null {
    if (++this.#runs < this.#next) return null;
    const later = this.#waiting.findIndex(({ due }) => due > this.#runs);
    const due = this.#waiting.splice(0, later < 0 ? this.#waiting.length : later);
    this.#next = this.#waiting[0]?.due ?? Number.POSITIVE_INFINITY;
    return this.trial(
      due.map(({ loop }) => loop),
      usual,
      pointers,
    );
  }

  trial(loops: readonly LoopFunction[], usual: Program, pointers: readonly number[]): Joined | null {
    const module = new ModuleBuilder(moduleLimits());
    for (const { name, kernel, plan } of loops) emitLoop(module, name, kernel, plan);
    // V8 would take the code that it has where it finds the same bytes again.
    module.function({ name: "joined" });
    const program = loadProgram(module.bytes());
    const better = loops.filter((loop) => this.#isBetter(loop, program, usual, pointers));
    if (better.length > 0) return { program, names: new Set(better.map(({ name }) => name)) };
    program.release();
    return null;
  }

  /** Runs the first chunk, as usual and joined. What it writes, it writes into memory of its own. */
  #isBetter(
    { name, kernel, plan }: LoopFunction,
    program: Program,
    usual: Program,
    pointers: readonly number[],
  ) {
    const stored = slotsOf(kernel, "store");
    return withScratch((s) => {
      const results: Uint8Array[] = [];
      const args = plan.slots.map((slot) => {
        if (!stored.includes(slot)) return pointers[slot]!;
        const bytes = bytesOfSlot(this.#slots[slot]!);
        const { ptr } = s.u8(bytes, false);
        results.push(kernelView(Uint8Array, ptr, Math.min(compared, bytes)).fill(0));
        return ptr;
      });
      const run = (from: Program) => () => void from.call(name, ...args, 0);
      return joinedIsBetter({ usual: run(usual), joined: run(program), results }, share, patience);
    });
  }

  /** Loops that gather are left out: after a run, the numbers of elements may have been overwritten. */
  #mayGain({ kernel, plan }: LoopFunction): boolean {
    const gathers = kernel.body.some(({ op }) => op === "loadAt");
    const small = slotsOf(kernel, "store").every((slot) => bytesOfSlot(this.#slots[slot]!) <= held);
    return isCostly(kernel.body) && plan.unroll > 1 && !gathers && small;
  }
}

const workOf = ({ kernel, kernels }: LoopFunction): number =>
  kernels.length * sizeOf(kernel.space) * fullCost(kernel.body);
