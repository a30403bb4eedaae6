import { argumentError, formatError, requireFunction, requireList } from "../errors.ts";
import { flush, noGrad, Tensor } from "../tensor/index.ts";
import { copyOf, type SavedTensor, workType } from "./optimizer.ts";

/** How much of the old average stays at each update. */
export interface WeightAverageOptions {
  /**
   * Share of the old average that stays at each update (exponential average, EMA); `"equal"` weighs all updates alike
   * (stochastic weight averaging, SWA). Default 0.999.
   */
  readonly decay?: number | "equal";
  /** Whether the decay of update t is held to (1 + t) / (10 + t), so that the start is forgotten. Default false. */
  readonly warmUp?: boolean;
}

/**
 * A running average of weights beside those that are trained: often better, and much less noisy, than the last ones.
 * Starts at the weights as they are; the first update of an `"equal"` average replaces them.
 *
 * Source: Polyak and Juditsky (SIAM J. Control Optim. 30, 1992); SWA: Izmailov et al. (2018).
 * @example
 * const x = Tensor.from(0, { requiresGrad: true });
 * const average = new WeightAverage([x], { decay: 0.5 });
 * noGrad(() => x.assign(Tensor.from(4)));
 * average.update();
 * [average.apply(() => x.item()), x.item()]; // [2, 4]
 */
export class WeightAverage {
  readonly params: readonly Tensor[];
  readonly #decay: number | "equal";
  readonly #warmUp: boolean;
  #averages: Tensor[];
  #updates = 0;

  constructor(params: readonly Tensor[], { decay = 0.999, warmUp = false }: WeightAverageOptions = {}) {
    requireList("WeightAverage", "params", params, "an array of tensors");
    if (!(decay === "equal" || (decay >= 0 && decay < 1))) {
      throw argumentError("WeightAverage", "decay", decay, 'a number >= 0 and < 1, or "equal"');
    }
    if (warmUp && decay === "equal") {
      throw argumentError("WeightAverage", "warmUp", warmUp, "false for an equal average");
    }
    this.params = params;
    this.#decay = decay;
    this.#warmUp = warmUp;
    this.#averages = params.map((p) => p.detach().to(workType(p)).clone());
  }

  /** Takes the weights as they are now into the average. */
  update(): void {
    const t = ++this.#updates;
    const decay = this.#decay === "equal" ? 1 - 1 / t : this.#decay;
    const share = 1 - (this.#warmUp ? Math.min(decay, (1 + t) / (10 + t)) : decay);
    noGrad(() => {
      this.params.forEach((p, i) => {
        const average = this.#averages[i]!;
        const now = p.to(average.dtype);
        average.assign(average.add(now.sub(average).mul(Tensor.from(share, { dtype: average.dtype }))));
      });
    });
    flush();
  }

  /** The averages, as tensors of their own. */
  values(): Tensor[] {
    return this.#averages.map((t) => t.clone());
  }

  /** Runs `fn` with the parameters set to their averages, and puts them back. */
  apply<R>(fn: () => R): R {
    requireFunction("WeightAverage.apply", "fn", fn);
    const home = this.params.map((p) => p.clone());
    const set = (values: readonly Tensor[]) => {
      noGrad(() => {
        this.params.forEach((p, i) => {
          p.assign(copyOf(values[i]!).to(p.dtype));
        });
      });
      flush();
    };
    set(this.#averages);
    try {
      return fn();
    } finally {
      set(home);
    }
  }

  stateDict(): { updates: number; averages: SavedTensor[] } {
    return {
      updates: this.#updates,
      averages: this.#averages.map((t) => ({ shape: [...t.shape], data: t.data() })),
    };
  }

  loadStateDict(saved: { readonly updates: number; readonly averages: readonly SavedTensor[] }): void {
    const where = "WeightAverage.loadStateDict";
    const shapes = (list: readonly { readonly shape: readonly number[] }[]) =>
      list.map(({ shape }) => `[${shape.join(", ")}]`).join(" ");
    if (shapes(saved.averages) !== shapes(this.#averages)) {
      throw formatError(
        where,
        `the averages have shapes ${shapes(saved.averages)}, expected ${shapes(this.#averages)}`,
      );
    }
    this.#averages = saved.averages.map(({ shape, data }) => Tensor.from(data, { shape }));
    this.#updates = saved.updates;
  }
}
