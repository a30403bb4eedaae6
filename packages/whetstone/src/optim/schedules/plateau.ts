import { argumentError } from "../../errors.ts";
import type { Optimizer } from "../optimizer.ts";
import { notNegative, steps } from "./schedule.ts";
import { baseRates, type RateControl } from "./scheduler.ts";

/** When a metric counts as stuck, and what happens to the rate then. */
export interface PlateauOptions {
  /** Whether a lower or a higher metric is better. Default "min". */
  readonly mode?: "min" | "max";
  /** What the rate is multiplied by. Default 0.1. */
  readonly factor?: number;
  /** How many calls without improvement are borne. Default 10. */
  readonly patience?: number;
  /** Improvements smaller than this do not count: a share of the best so far, or absolute. Default 1e-4. */
  readonly threshold?: number;
  /** Default "rel": a share of the best so far. */
  readonly thresholdMode?: "rel" | "abs";
  /** Calls after a reduction that are not counted. Default 0. */
  readonly cooldown?: number;
  /** No rate goes below this. Default 0. */
  readonly minLr?: number;
}

/**
 * Lowers the rate when a metric has not improved for more than `patience` calls of `step(metric)`.
 *
 * @example
 * const x = Tensor.from(1, { requiresGrad: true });
 * const optimizer = new SGD([x], { lr: 1 });
 * const plateau = new ReduceOnPlateau(optimizer, { factor: 0.5, patience: 1 });
 * for (const loss of [3, 2, 2, 2]) plateau.step(loss);
 * optimizer.lr; // 0.5
 */
export class ReduceOnPlateau implements RateControl {
  readonly #optimizer: Optimizer;
  readonly #o: Required<PlateauOptions>;
  #best: number;
  #bad = 0;
  #cooling = 0;

  constructor(optimizer: Optimizer, options: PlateauOptions = {}) {
    const where = "ReduceOnPlateau";
    baseRates(where, optimizer);
    const o = {
      mode: "min",
      factor: 0.1,
      patience: 10,
      threshold: 1e-4,
      thresholdMode: "rel",
      cooldown: 0,
      minLr: 0,
      ...options,
    } as const;
    if (o.mode !== "min" && o.mode !== "max") throw argumentError(where, "mode", o.mode, '"min" or "max"');
    if (o.thresholdMode !== "rel" && o.thresholdMode !== "abs") {
      throw argumentError(where, "thresholdMode", o.thresholdMode, '"rel" or "abs"');
    }
    if (!(o.factor > 0 && o.factor < 1))
      throw argumentError(where, "factor", o.factor, "a number > 0 and < 1");
    steps(where, "patience", o.patience, 0);
    steps(where, "cooldown", o.cooldown, 0);
    notNegative(where, "threshold", o.threshold);
    notNegative(where, "minLr", o.minLr);
    this.#optimizer = optimizer;
    this.#o = o;
    this.#best = o.mode === "min" ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  }

  get lr(): number {
    return this.#optimizer.lr;
  }

  step(metric?: number): void {
    if (typeof metric !== "number" || Number.isNaN(metric)) {
      throw argumentError("ReduceOnPlateau.step", "metric", metric, "a number");
    }
    const { patience, cooldown, factor, minLr } = this.#o;
    if (this.#improves(metric)) {
      this.#best = metric;
      this.#bad = 0;
    } else this.#bad++;
    if (this.#cooling > 0) {
      this.#cooling--;
      this.#bad = 0;
    }
    if (this.#bad <= patience) return;
    for (const { options } of this.#optimizer.groups) options.lr = Math.max(options.lr * factor, minLr);
    this.#cooling = cooldown;
    this.#bad = 0;
  }

  #improves(metric: number): boolean {
    const { mode, threshold, thresholdMode } = this.#o;
    const best = this.#best;
    const sign = mode === "min" ? -1 : 1;
    const target = thresholdMode === "rel" ? best * (1 + sign * threshold) : best + sign * threshold;
    return mode === "min" ? metric < target : metric > target;
  }

  stateDict(): { best: number; bad: number; cooling: number } {
    return { best: this.#best, bad: this.#bad, cooling: this.#cooling };
  }

  loadStateDict(state: { readonly best: number; readonly bad: number; readonly cooling: number }): void {
    this.#best = state.best;
    this.#bad = state.bad;
    this.#cooling = state.cooling;
  }
}
