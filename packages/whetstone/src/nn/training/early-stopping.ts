import { argumentError } from "../../errors.ts";
import type { AnyModule, StateDict } from "../module.ts";

/** When training has stopped getting better. */
export interface EarlyStoppingOptions {
  /** Epochs without improvement after which to stop. Default 5. */
  readonly patience?: number;
  /** What counts as improvement. Default 0: any. */
  readonly minDelta?: number;
  /** Whether small ("min", the default) or great values are good. */
  readonly mode?: "min" | "max";
}

export interface EarlyStoppingState {
  readonly best: number;
  readonly bestEpoch: number;
  readonly waited: number;
  readonly weights: StateDict | null;
}

/** Watches a validation measure, keeps a copy of the weights at its best, and says when to stop. */
export class EarlyStopping {
  readonly patience: number;
  readonly minDelta: number;
  readonly mode: "min" | "max";
  #state: EarlyStoppingState;

  constructor(options: EarlyStoppingOptions = {}) {
    const { patience = 5, minDelta = 0, mode = "min" } = options;
    const where = "EarlyStopping";
    if (!Number.isSafeInteger(patience) || patience < 0) {
      throw argumentError(where, "patience", patience, "a whole number >= 0");
    }
    if (!(minDelta >= 0)) throw argumentError(where, "minDelta", minDelta, "a number >= 0");
    if (mode !== "min" && mode !== "max") throw argumentError(where, "mode", mode, '"min" or "max"');
    this.patience = patience;
    this.minDelta = minDelta;
    this.mode = mode;
    const worst = mode === "min" ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
    this.#state = { best: worst, bestEpoch: -1, waited: 0, weights: null };
  }

  get state(): EarlyStoppingState {
    return this.#state;
  }
  set state(state: EarlyStoppingState) {
    this.#state = state;
  }

  /** Takes note of an epoch's value. Whether training should stop. NaN is no improvement. */
  update(value: number, epoch: number, net: AnyModule): boolean {
    const gain = this.mode === "min" ? this.#state.best - value : value - this.#state.best;
    if (gain > this.minDelta) {
      this.#state = { best: value, bestEpoch: epoch, waited: 0, weights: net.stateDict() };
      return false;
    }
    this.#state = { ...this.#state, waited: this.#state.waited + 1 };
    return this.#state.waited > this.patience - 1 && this.#state.bestEpoch >= 0;
  }

  /** Puts the best weights back. */
  restore(net: AnyModule): void {
    if (this.#state.weights) net.loadStateDict(this.#state.weights);
  }
}
