/** What is known while a loop kernel is written: the locals of values, addresses, indices and flags. */
import { type Instruction, type LoopKernel, stagesOf } from "../../schedule/kernel.ts";
import type { Nest } from "../../schedule/nest.ts";
import type { Code } from "./code.ts";
import type { Lanes, Mode } from "./elements.ts";
import type { LoopPlan } from "./loop-plan.ts";
import { Reducer } from "./reducer.ts";

/** "wide": as many vectors as the plan's unroll says; "splat": the same value in all lanes. */
export type Step = Mode | "wide" | "splat";

/** Whether an instruction's mask holds in one segment of the vector axis. */
export type Active = (position: number) => boolean;

export class LoopState {
  readonly c: Code;
  readonly body: readonly Instruction[];
  readonly plan: LoopPlan;
  readonly nest: Nest;
  readonly lanes: Lanes;
  readonly stages: number[];
  readonly pointerOf: Map<number, number>;
  /** Locals of each instruction, one for each vector that is taken at a time. */
  readonly values: number[][] = [];
  /** Local of the address (of the first element of the vector axis), or of the number for iota. */
  readonly bases = new Map<number, number>();
  /** Local that is -1 where the masks of the axes walked so far hold, else 0. */
  readonly flags = new Map<number, number>();
  /** Element index along the vector axis. */
  readonly at: number;
  readonly index = new Map<number, number>();
  /** Where the first of the vectors taken at a time lies, of each access. */
  readonly addresses = new Map<number, number>();
  readonly reducers = new Map<number, Reducer[]>();
  /** Which of the vectors taken at a time is being written. */
  copy = 0;

  constructor(c: Code, kernel: LoopKernel, plan: LoopPlan) {
    this.c = c;
    this.body = kernel.body;
    this.plan = plan;
    this.nest = plan.nest;
    this.lanes = plan.lanes;
    this.stages = stagesOf(kernel.body);
    this.pointerOf = new Map(plan.slots.map((slot, i) => [slot, i]));
    this.at = c.local("i32");
    kernel.body.forEach((inst, i) => {
      const locals = Array.from({ length: inst.op === "store" ? 0 : plan.unroll }, () => c.local("v128"));
      this.values[i] = locals;
      if (inst.op !== "reduce") return;
      const across = plan.nest.vectorInside;
      this.reducers.set(
        i,
        locals.map((local) => new Reducer(c, inst, local, this.lanes, across)),
      );
    });
  }

  /** The local of an instruction's value for the vector being written. */
  value(i: number): number {
    const shared = this.body[i]!.level === "outer" && this.nest.vectorInside;
    return this.values[i]![shared ? 0 : this.copy]!;
  }

  /** Writes something for each vector of a step. */
  each(step: Step, write: (mode: Mode | "splat") => void): void {
    if (step !== "wide") {
      write(step);
      return;
    }
    this.c.byTurns(
      Array.from({ length: this.plan.unroll }, (_, copy) => () => {
        this.copy = copy;
        write("vector");
      }),
    );
    this.copy = 0;
  }
}
