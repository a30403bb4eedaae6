import { argumentError } from "../../errors.ts";
import { attention, type Tensor } from "../../tensor/index.ts";
import { xavierUniform } from "../init.ts";
import { Module } from "../module.ts";
import { initStream, type Seeded } from "../seed.ts";
import { requireAxis, requireCount, requireShare } from "./check.ts";
import { Dropout } from "./dropout.ts";
import { Linear } from "./linear.ts";

/** Biases and dropout of an attention layer. */
export interface MultiHeadAttentionOptions extends Seeded {
  /** Whether projections have biases. Default true. */
  readonly bias?: boolean;
  /** Share of the attention weights dropped while training. Default 0. */
  readonly dropout?: number;
}

/** What is looked at, and where. N is the batch, T the places of the queries, S those looked at. */
export interface AttentionInput {
  /** What is looked at, [N, S, dim]. Default: the queries (self-attention). */
  readonly context?: Tensor;
  /** Hides places after a query's own. Default false. */
  readonly causal?: boolean;
  /** bool, broadcast to [N, heads, T, S]: true where a query may look. */
  readonly mask?: Tensor;
  /** bool [N, S]: true at places that are padding, which nobody may look at. */
  readonly padding?: Tensor;
}

/**
 * Several attentions side by side, each on dim / heads features, joined by a linear map (Vaswani et al. 2017, 3.2.2).
 * x [N, T, dim] -> [N, T, dim]. Projections start Xavier-uniform, biases 0.
 */
export class MultiHeadAttention extends Module<[x: Tensor, input?: AttentionInput]> {
  static override readonly typeName: string = "MultiHeadAttention";
  readonly dim: number;
  readonly heads: number;
  readonly query: Linear;
  readonly key: Linear;
  readonly value: Linear;
  readonly output: Linear;
  readonly drop: Dropout;

  constructor(dim: number, heads: number, options: MultiHeadAttentionOptions = {}) {
    super();
    this.dim = requireCount("MultiHeadAttention", "dim", dim);
    this.heads = requireCount("MultiHeadAttention", "heads", heads);
    if (dim % heads !== 0) {
      throw argumentError("MultiHeadAttention", "dim", dim, `a multiple of heads (${heads})`);
    }
    const stream = initStream(options.seed);
    const project = (name: string) => {
      const layer = new Linear(dim, dim, { bias: options.bias ?? true, seed: stream.split(name) });
      layer.weight.become(xavierUniform([dim, dim], { seed: stream.split(`${name}.weight`) }), true);
      if (layer.bias) layer.bias.become(layer.bias.mul(0), true);
      return layer;
    };
    this.query = project("query");
    this.key = project("key");
    this.value = project("value");
    this.output = project("output");
    const p = requireShare("MultiHeadAttention", "dropout", options.dropout ?? 0);
    this.drop = new Dropout(p, { seed: stream.split("dropout") });
  }

  override forward(x: Tensor, input: AttentionInput = {}): Tensor {
    const where = "MultiHeadAttention.forward";
    requireAxis(where, x, -1, this.dim, "dim");
    const context = input.context ?? x;
    const split = (y: Tensor) => y.reshape([y.shape[0]!, y.shape[1]!, this.heads, -1]).permute([0, 2, 1, 3]); // [N, heads, T, dim / heads]
    const open = input.padding?.not().unsqueeze(1).unsqueeze(1); // [N, 1, 1, S]
    const mask = open && input.mask ? open.and(input.mask) : (open ?? input.mask ?? null);
    const y = attention(
      split(this.query.forward(x)),
      split(this.key.forward(context)),
      split(this.value.forward(context)),
      {
        causal: input.causal ?? false,
        mask,
        ...(this.drop.active && { onWeights: (w: Tensor) => this.drop.forward(w) }),
      },
    );
    return this.output.forward(y.permute([0, 2, 1, 3]).reshape(x.shape));
  }
}
