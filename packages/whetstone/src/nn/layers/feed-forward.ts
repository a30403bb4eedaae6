import { argumentError } from "../../errors.ts";
import type { Tensor } from "../../tensor/index.ts";
import { gelu, silu } from "../functional.ts";
import { Module } from "../module.ts";
import { initStream, type Seeded } from "../seed.ts";
import { requireCount, requireShare } from "./check.ts";
import { Dropout } from "./dropout.ts";
import { Linear } from "./linear.ts";

const activations = {
  relu: (x: Tensor) => x.relu(),
  gelu: (x: Tensor) => gelu(x),
  geluTanh: (x: Tensor) => gelu(x, "tanh"),
  silu,
  sigmoid: (x: Tensor) => x.sigmoid(),
  tanh: (x: Tensor) => x.tanh(),
} as const;

/**
 * Activations that layers know by name; `"geluTanh"` is GELU in its tanh approximation, `"silu"` also called
 * swish.
 */
export type ActivationName = keyof typeof activations;

/** An activation by name. */
export function activationOf(where: string, name: ActivationName): (x: Tensor) => Tensor {
  if (Object.hasOwn(activations, name)) return activations[name];
  throw argumentError(where, "activation", name, `one of ${Object.keys(activations).join(", ")}`);
}

/** Activation, biases and dropout of a feed-forward layer. */
export interface FeedForwardOptions extends Seeded {
  /** Default "gelu"; "silu" for gated ones. */
  readonly activation?: ActivationName;
  /** Whether maps have biases. Default true; false for gated ones. */
  readonly bias?: boolean;
  /** Share dropped after the activation while training. Default 0. */
  readonly dropout?: number;
}

/** W2 act(W1 x): [..., dim] -> [..., hidden] -> [..., dim]. */
export class FeedForward extends Module {
  static override readonly typeName: string = "FeedForward";
  readonly up: Linear;
  readonly down: Linear;
  readonly drop: Dropout;
  readonly activation: ActivationName;

  constructor(dim: number, hidden: number, options: FeedForwardOptions = {}) {
    super();
    requireCount("FeedForward", "dim", dim);
    requireCount("FeedForward", "hidden", hidden);
    const { activation = "gelu", bias = true, dropout = 0 } = options;
    activationOf("FeedForward", activation);
    this.activation = activation;
    const stream = initStream(options.seed);
    this.up = new Linear(dim, hidden, { bias, seed: stream.split("up") });
    this.down = new Linear(hidden, dim, { bias, seed: stream.split("down") });
    const p = requireShare("FeedForward", "dropout", dropout);
    this.drop = new Dropout(p, { seed: stream.split("dropout") });
  }

  override forward(x: Tensor): Tensor {
    const act = activationOf("FeedForward", this.activation);
    return this.down.forward(this.drop.forward(act(this.up.forward(x))));
  }
}

/**
 * W3 (act(W1 x) * W2 x), a feed-forward layer with a gate (Shazeer 2020): activation "sigmoid" is GLU, "silu" (the
 * default) SwiGLU, "gelu" GEGLU. Three matrices: with hidden = 2/3 of a plain layer's it has as many parameters.
 */
export class GatedFeedForward extends Module {
  static override readonly typeName: string = "GatedFeedForward";
  readonly gate: Linear;
  readonly up: Linear;
  readonly down: Linear;
  readonly drop: Dropout;
  readonly activation: ActivationName;

  constructor(dim: number, hidden: number, options: FeedForwardOptions = {}) {
    super();
    requireCount("GatedFeedForward", "dim", dim);
    requireCount("GatedFeedForward", "hidden", hidden);
    const { activation = "silu", bias = false, dropout = 0 } = options;
    activationOf("GatedFeedForward", activation);
    this.activation = activation;
    const stream = initStream(options.seed);
    this.gate = new Linear(dim, hidden, { bias, seed: stream.split("gate") });
    this.up = new Linear(dim, hidden, { bias, seed: stream.split("up") });
    this.down = new Linear(hidden, dim, { bias, seed: stream.split("down") });
    const p = requireShare("GatedFeedForward", "dropout", dropout);
    this.drop = new Dropout(p, { seed: stream.split("dropout") });
  }

  override forward(x: Tensor): Tensor {
    const act = activationOf("GatedFeedForward", this.activation);
    const gated = act(this.gate.forward(x)).mul(this.up.forward(x));
    return this.down.forward(this.drop.forward(gated));
  }
}
