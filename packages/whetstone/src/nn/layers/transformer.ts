import type { Tensor } from "../../tensor/index.ts";
import { Module } from "../module.ts";
import { initStream, type Seeded } from "../seed.ts";
import { type AttentionInput, MultiHeadAttention } from "./attention.ts";
import { Dropout } from "./dropout.ts";
import { type ActivationName, FeedForward, GatedFeedForward } from "./feed-forward.ts";
import { LayerNorm, RMSNorm } from "./layer-norm.ts";

/** Sizes and variants of a transformer layer after the paper. */
export interface TransformerLayerOptions extends Seeded {
  /** Width of the feed-forward layer. Default 4 dim. */
  readonly hidden?: number;
  /** Share dropped while training: attention weights, hidden units, and both branches. Default 0.1. */
  readonly dropout?: number;
  /** Default "relu", as in the paper. */
  readonly activation?: ActivationName;
  /** Normalise before each branch rather than after its sum. Default false. */
  readonly normFirst?: boolean;
}

/** What encoder and decoder layers share: branches with dropout, and norms before or after. */
abstract class TransformerLayer<I extends readonly unknown[]> extends Module<I> {
  readonly normFirst: boolean;
  readonly feedForward: FeedForward;
  readonly drop: Dropout;

  constructor(dim: number, options: TransformerLayerOptions) {
    super();
    const { hidden = 4 * dim, dropout = 0.1, activation = "relu", normFirst = false } = options;
    const stream = initStream(options.seed);
    this.normFirst = normFirst;
    this.feedForward = new FeedForward(dim, hidden, { activation, dropout, seed: stream.split("ff") });
    this.drop = new Dropout(dropout, { seed: stream.split("drop") });
  }

  /** norm(x + branch(x)), or x + branch(norm(x)). */
  protected branch(x: Tensor, norm: LayerNorm, branch: (x: Tensor) => Tensor): Tensor {
    if (this.normFirst) return x.add(this.drop.forward(branch(norm.forward(x))));
    return norm.forward(x.add(this.drop.forward(branch(x))));
  }
}

/** Self-attention and a feed-forward layer, each in a residual branch (Vaswani et al. 2017): [N, T, dim] -> the same. */
export class TransformerEncoderLayer extends TransformerLayer<
  [x: Tensor, input?: Omit<AttentionInput, "context">]
> {
  static override readonly typeName: string = "TransformerEncoderLayer";
  readonly attention: MultiHeadAttention;
  readonly norm1: LayerNorm;
  readonly norm2: LayerNorm;

  constructor(dim: number, heads: number, options: TransformerLayerOptions = {}) {
    const stream = initStream(options.seed);
    super(dim, { ...options, seed: stream.split("layer") });
    const { dropout = 0.1 } = options;
    this.attention = new MultiHeadAttention(dim, heads, { dropout, seed: stream.split("attention") });
    this.norm1 = new LayerNorm(dim);
    this.norm2 = new LayerNorm(dim);
  }

  override forward(x: Tensor, input: Omit<AttentionInput, "context"> = {}): Tensor {
    const y = this.branch(x, this.norm1, (z) => this.attention.forward(z, input));
    return this.branch(y, this.norm2, (z) => this.feedForward.forward(z));
  }
}

/** Causal self-attention, attention to an encoder's output, and a feed-forward layer. */
export class TransformerDecoderLayer extends TransformerLayer<
  [x: Tensor, memory: Tensor, input?: { padding?: Tensor; memoryPadding?: Tensor }]
> {
  static override readonly typeName: string = "TransformerDecoderLayer";
  readonly attention: MultiHeadAttention;
  readonly crossAttention: MultiHeadAttention;
  readonly norm1: LayerNorm;
  readonly norm2: LayerNorm;
  readonly norm3: LayerNorm;

  constructor(dim: number, heads: number, options: TransformerLayerOptions = {}) {
    const stream = initStream(options.seed);
    super(dim, { ...options, seed: stream.split("layer") });
    const { dropout = 0.1 } = options;
    this.attention = new MultiHeadAttention(dim, heads, { dropout, seed: stream.split("attention") });
    this.crossAttention = new MultiHeadAttention(dim, heads, { dropout, seed: stream.split("cross") });
    this.norm1 = new LayerNorm(dim);
    this.norm2 = new LayerNorm(dim);
    this.norm3 = new LayerNorm(dim);
  }

  override forward(
    x: Tensor,
    memory: Tensor,
    { padding, memoryPadding }: { padding?: Tensor; memoryPadding?: Tensor } = {},
  ): Tensor {
    const own: AttentionInput = { causal: true, ...(padding && { padding }) };
    const cross: AttentionInput = { context: memory, ...(memoryPadding && { padding: memoryPadding }) };
    let y = this.branch(x, this.norm1, (z) => this.attention.forward(z, own));
    y = this.branch(y, this.norm2, (z) => this.crossAttention.forward(z, cross));
    return this.branch(y, this.norm3, (z) => this.feedForward.forward(z));
  }
}

/** Sizes and variants of a block of a language model, which normalises first. */
export interface DecoderBlockOptions extends Seeded {
  /** Width of the feed-forward layer. Default 4 dim (8/3 dim for "swiglu", rounded up). */
  readonly hidden?: number;
  /** Share dropped while training, of attention weights, hidden units and both branches. Default 0. */
  readonly dropout?: number;
  /** LayerNorm or RMSNorm. Default "layer". */
  readonly norm?: "layer" | "rms";
  /** Two maps with GELU between them, or three with a SiLU gate. Default "gelu". */
  readonly feedForward?: "gelu" | "swiglu";
  /** Whether maps have biases; those of "swiglu" never do. Default true. */
  readonly bias?: boolean;
}

/** Block of a language model: x + attention(norm(x)), then x + feedForward(norm(x)), causal (GPT-2, LLaMA). */
export class DecoderBlock extends Module<[x: Tensor, input?: Omit<AttentionInput, "context" | "causal">]> {
  static override readonly typeName: string = "DecoderBlock";
  readonly norm1: LayerNorm | RMSNorm;
  readonly attention: MultiHeadAttention;
  readonly norm2: LayerNorm | RMSNorm;
  readonly feedForward: FeedForward | GatedFeedForward;
  readonly drop: Dropout;

  constructor(dim: number, heads: number, options: DecoderBlockOptions = {}) {
    super();
    const { dropout = 0, norm = "layer", feedForward = "gelu", bias = true } = options;
    const stream = initStream(options.seed);
    const makeNorm = () => (norm === "rms" ? new RMSNorm(dim) : new LayerNorm(dim));
    this.norm1 = makeNorm();
    this.attention = new MultiHeadAttention(dim, heads, { dropout, bias, seed: stream.split("attention") });
    this.norm2 = makeNorm();
    const gated = feedForward === "swiglu";
    const hidden = options.hidden ?? (gated ? Math.ceil((8 * dim) / 3) : 4 * dim);
    const inner = { bias: gated ? false : bias, dropout, seed: stream.split("ff") };
    this.feedForward = gated ? new GatedFeedForward(dim, hidden, inner) : new FeedForward(dim, hidden, inner);
    this.drop = new Dropout(dropout, { seed: stream.split("drop") });
  }

  override forward(x: Tensor, input: Omit<AttentionInput, "context" | "causal"> = {}): Tensor {
    const attended = this.attention.forward(this.norm1.forward(x), { ...input, causal: true });
    const y = x.add(this.drop.forward(attended));
    return y.add(this.drop.forward(this.feedForward.forward(this.norm2.forward(y))));
  }
}
