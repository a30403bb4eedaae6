import { argumentError } from "../errors.ts";
import { Sequential } from "./containers.ts";
import { GELU, ReLU, SiLU, Tanh } from "./layers/activations.ts";
import { BatchNorm1d } from "./layers/batch-norm.ts";
import { Dropout } from "./layers/dropout.ts";
import { Linear } from "./layers/linear.ts";
import type { Module } from "./module.ts";
import { initStream, type Seeded } from "./seed.ts";

/** Layers of a multi-layer perceptron. */
export interface MLPOptions extends Seeded {
  /** Widths of the hidden layers. Default 256, 128, 64. */
  readonly hidden?: readonly number[];
  /** Default "gelu". */
  readonly activation?: "gelu" | "relu" | "silu" | "tanh";
  /** Whether hidden layers are normalised over the batch. Default true. */
  readonly batchNorm?: boolean;
  /** Share of hidden units dropped while training. Default 0.3. */
  readonly dropout?: number;
}

const makers = {
  gelu: () => new GELU(),
  relu: () => new ReLU(),
  silu: () => new SiLU(),
  tanh: () => new Tanh(),
};

/**
 * Multilayer perceptron: blocks of Linear, BatchNorm, activation, Dropout, then a linear head that gives logits.
 *
 * @example
 * const net = new MLP(50, 2, { seed: 0 });
 * net.forward(Tensor.ones([8, 50])).shape; // [8, 2]
 * net.parameterCount(); // 55234
 */
export class MLP extends Sequential {
  static override readonly typeName: string = "MLP";
  constructor(inputs: number, outputs: number, options: MLPOptions = {}) {
    const { hidden = [256, 128, 64], activation = "gelu", batchNorm = true, dropout = 0.3 } = options;
    if (!Object.hasOwn(makers, activation)) {
      throw argumentError("MLP", "activation", activation, `one of ${Object.keys(makers).join(", ")}`);
    }
    const stream = initStream(options.seed);
    const widths = [inputs, ...hidden];
    const blocks: Module[] = hidden.flatMap((width, i) => [
      new Linear(widths[i]!, width, { seed: stream.split(i) }),
      ...(batchNorm ? [new BatchNorm1d(width)] : []),
      makers[activation](),
      ...(dropout > 0 ? [new Dropout(dropout, { seed: stream.split(`dropout${i}`) })] : []),
    ]);
    super(...blocks, new Linear(widths.at(-1)!, outputs, { seed: stream.split("head") }));
  }
}
