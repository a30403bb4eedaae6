import { argumentError } from "../../errors.ts";
import { Tensor } from "../../tensor/index.ts";
import { normalInit } from "../init.ts";
import { Module, parameter } from "../module.ts";
import { initStream, type Seeded } from "../seed.ts";
import { requireCount } from "./check.ts";

/** A number that stands for nothing, and the seed of the vectors. */
export interface EmbeddingOptions extends Seeded {
  /** A number whose vector is zero and stays so. */
  readonly paddingIndex?: number;
}

/** A learned vector for each number from 0 to count - 1: i32 [...] -> [..., dim]. Starts standard normal. */
export class Embedding extends Module {
  static override readonly typeName: string = "Embedding";
  readonly count: number;
  readonly dim: number;
  readonly paddingIndex: number | null;
  weight: Tensor;

  constructor(count: number, dim: number, options: EmbeddingOptions = {}) {
    super();
    this.count = requireCount("Embedding", "count", count);
    this.dim = requireCount("Embedding", "dim", dim);
    const padding = options.paddingIndex ?? null;
    if (padding !== null && !(Number.isInteger(padding) && padding >= 0 && padding < count)) {
      throw argumentError("Embedding", "paddingIndex", padding, `a whole number from 0 to ${count - 1}`);
    }
    this.paddingIndex = padding;
    const start = normalInit([count, dim], { seed: initStream(options.seed) });
    this.weight = parameter(padding === null ? start : Tensor.where(this.#kept(), start, 0));
  }

  /** Which vectors are not that of padding: [count, 1]. */
  #kept(): Tensor {
    return Tensor.arange(this.count).ne(this.paddingIndex!).reshape([-1, 1]);
  }

  override forward(index: Tensor): Tensor {
    const picked = this.weight.take(index.to("i32"));
    if (this.paddingIndex === null) return picked;
    return Tensor.where(index.ne(this.paddingIndex).unsqueeze(-1), picked, 0);
  }
}
