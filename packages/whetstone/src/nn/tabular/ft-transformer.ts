import { argumentError, shapeError } from "../../errors.ts";
import { Tensor } from "../../tensor/index.ts";
import { normalInit } from "../init.ts";
import { Embedding } from "../layers/embedding.ts";
import { LayerNorm } from "../layers/layer-norm.ts";
import { Linear } from "../layers/linear.ts";
import { TransformerEncoderLayer } from "../layers/transformer.ts";
import { Module, parameter } from "../module.ts";
import { initStream, type Seeded } from "../seed.ts";

/** The columns that become tokens, and how wide a token is. */
export interface FeatureTokenizerOptions extends Seeded {
  /** Numeric columns. */
  readonly numeric: number;
  /** Number of categories of each categorical column. Default none. */
  readonly categories?: readonly number[];
  /** Width of a token. */
  readonly dim: number;
}

/**
 * Each column of a table as a token: a number x becomes x w + b with a vector w and b of the column's own, a category a
 * vector of its own (Gorishniy et al. 2021, 3.3). numeric [N, numeric], categorical i32 [N, categories] -> [N, columns,
 * dim].
 */
export class FeatureTokenizer extends Module<[numeric: Tensor, categorical?: Tensor]> {
  static override readonly typeName: string = "FeatureTokenizer";
  readonly weight: Tensor;
  readonly bias: Tensor;
  readonly embeddings: readonly Embedding[];

  constructor({ numeric, categories = [], dim, seed }: FeatureTokenizerOptions) {
    super();
    for (const [name, value] of Object.entries({ numeric, dim })) {
      if (!Number.isSafeInteger(value) || value < (name === "dim" ? 1 : 0)) {
        throw argumentError("FeatureTokenizer", name, value, "a whole number");
      }
    }
    const stream = initStream(seed);
    const std = 1 / Math.sqrt(dim);
    this.weight = parameter(normalInit([numeric, dim], { std, seed: stream.split("weight") }));
    this.bias = parameter(normalInit([numeric, dim], { std, seed: stream.split("bias") }));
    this.embeddings = categories.map(
      (n, i) => new Embedding(n, dim, { seed: stream.split(`embedding${i}`) }),
    );
  }

  override forward(numeric: Tensor, categorical?: Tensor): Tensor {
    const columns = this.weight.shape[0]!;
    if (numeric.rank !== 2 || numeric.shape[1] !== columns) {
      throw shapeError(
        "FeatureTokenizer.forward",
        "numeric",
        `has shape [${numeric.shape}]`,
        `[N, ${columns}]`,
      );
    }
    const given = categorical?.shape[1] ?? 0;
    if (given !== this.embeddings.length) {
      throw shapeError(
        "FeatureTokenizer.forward",
        "categorical",
        `has ${given} columns`,
        `${this.embeddings.length}`,
      );
    }
    const numbers = numeric.unsqueeze(-1).mul(this.weight).add(this.bias);
    const names = this.embeddings.map((e, i) => e.forward(categorical!.at(null, i)).unsqueeze(1));
    return names.length === 0 ? numbers : Tensor.concat([numbers, ...names], 1);
  }
}

/** The columns, and the transformer over their tokens. */
export interface FTTransformerOptions extends FeatureTokenizerOptions {
  /** Numbers given per row: classes, or 1. */
  readonly outputs: number;
  /** Default 3. */
  readonly layers?: number;
  /** Default 8, or 1 if dim is not a multiple of it. */
  readonly heads?: number;
  /** Default 0.1. */
  readonly dropout?: number;
}

/**
 * Transformer over the columns of a table: one token for each, and one more ("class token") that the head reads
 * (Gorishniy et al. 2021). numeric [N, numeric], categorical [N, categories] -> [N, outputs].
 */
export class FTTransformer extends Module<[numeric: Tensor, categorical?: Tensor]> {
  static override readonly typeName: string = "FTTransformer";
  readonly tokenizer: FeatureTokenizer;
  readonly classToken: Tensor;
  readonly layers: readonly TransformerEncoderLayer[];
  readonly norm: LayerNorm;
  readonly head: Linear;

  constructor(options: FTTransformerOptions) {
    super();
    const { dim, outputs, layers = 3, heads = dim % 8 === 0 ? 8 : 1, dropout = 0.1 } = options;
    const stream = initStream(options.seed);
    this.tokenizer = new FeatureTokenizer({ ...options, seed: stream.split("tokens") });
    this.classToken = parameter(
      normalInit([1, 1, dim], { std: 1 / Math.sqrt(dim), seed: stream.split("class") }),
    );
    this.layers = Array.from(
      { length: layers },
      (_, i) =>
        new TransformerEncoderLayer(dim, heads, {
          hidden: 2 * dim,
          activation: "gelu",
          normFirst: true,
          dropout,
          seed: stream.split(`layer${i}`),
        }),
    );
    this.norm = new LayerNorm(dim);
    this.head = new Linear(dim, outputs, { seed: stream.split("head") });
  }

  override forward(numeric: Tensor, categorical?: Tensor): Tensor {
    const tokens = this.tokenizer.forward(numeric, categorical);
    const first = this.classToken.expand([tokens.shape[0]!, 1, tokens.shape[2]!]);
    let x = Tensor.concat([first, tokens], 1);
    for (const layer of this.layers) x = layer.forward(x);
    return this.head.forward(this.norm.forward(x.at(null, 0)).relu());
  }
}
