import { argumentError, requireFunction } from "../../errors.ts";
import { Optimizer } from "../optimizer.ts";
import type { Schedule } from "./schedule.ts";

/** What sets an optimizer's rates: stepped once after each step of the optimizer. */
export interface RateControl {
  readonly lr: number;
  step(metric?: number): void;
  stateDict(): object;
  loadStateDict(state: never): void;
}

/** The rates that groups start from: their options when the schedule is attached. */
export const baseRates = (where: string, optimizer: Optimizer): number[] => {
  if (!(optimizer instanceof Optimizer)) throw argumentError(where, "optimizer", optimizer, "an optimizer");
  return optimizer.groups.map((g) => g.options.lr);
};

type Anything = { lr: number; momentum?: number; betas?: readonly [number, number] };

/**
 * Applies a schedule to an optimizer: sets the first rate at once and the next at every `step()`, to be called after
 * `optimizer.step()`. Each group follows the schedule from its own base rate. A `momentum` schedule sets `momentum`, or
 * the first of `betas`.
 *
 * @example
 * const x = Tensor.from(1, { requiresGrad: true });
 * const optimizer = new SGD([x], { lr: 0.4 });
 * const scheduler = new Scheduler(optimizer, stepDecay({ every: 1, gamma: 0.5 }));
 * scheduler.step();
 * [optimizer.lr, scheduler.curve(3)]; // [0.2, [0.4, 0.2, 0.1]]
 */
export class Scheduler implements RateControl {
  readonly #optimizer: Optimizer;
  readonly #schedule: Schedule;
  readonly #momentum: Schedule | undefined;
  #bases: number[];
  #step = 0;

  constructor(optimizer: Optimizer, schedule: Schedule, options: { readonly momentum?: Schedule } = {}) {
    this.#bases = baseRates("Scheduler", optimizer);
    requireFunction("Scheduler", "schedule", schedule);
    this.#optimizer = optimizer;
    this.#schedule = schedule;
    this.#momentum = options.momentum;
    if (options.momentum) {
      for (const { options: o } of optimizer.groups) {
        const { momentum, betas } = o as Anything;
        if (momentum === undefined && betas === undefined) {
          throw argumentError(
            "Scheduler",
            "momentum",
            "a schedule",
            `none: ${optimizer.name} has no momentum`,
          );
        }
      }
    }
    this.#apply();
  }

  /** Rate of the first group. */
  get lr(): number {
    return this.#optimizer.lr;
  }

  /** Goes to the rate of the next step. */
  step(): void {
    this.#step++;
    this.#apply();
  }

  /** Rates of the first group from the beginning. */
  curve(count: number): number[] {
    return Array.from({ length: count }, (_, t) => this.#schedule(t, this.#bases[0]!));
  }

  stateDict(): { step: number; bases: number[] } {
    return { step: this.#step, bases: [...this.#bases] };
  }

  loadStateDict(state: { readonly step: number; readonly bases: readonly number[] }): void {
    if (state.bases.length !== this.#bases.length) {
      throw argumentError(
        "Scheduler.loadStateDict",
        "state",
        `a state of ${state.bases.length} groups`,
        `one of ${this.#bases.length}`,
      );
    }
    this.#step = state.step;
    this.#bases = [...state.bases];
    this.#apply();
  }

  #apply(): void {
    this.#optimizer.groups.forEach((group, i) => {
      const options = group.options as Anything;
      options.lr = this.#schedule(this.#step, this.#bases[i]!);
      if (!this.#momentum) return;
      const momentum = this.#momentum(this.#step, options.momentum ?? options.betas![0]);
      if (options.momentum !== undefined) options.momentum = momentum;
      else options.betas = [momentum, options.betas![1]];
    });
  }
}
