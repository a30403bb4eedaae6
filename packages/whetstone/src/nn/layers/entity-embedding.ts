import { shapeError } from "../../errors.ts";
import { Tensor } from "../../tensor/index.ts";
import { Module } from "../module.ts";
import { initStream, type Seeded } from "../seed.ts";
import { requireCount } from "./check.ts";
import { Embedding } from "./embedding.ts";

/** How long the vectors of categories are. */
export interface EntityEmbeddingOptions extends Seeded {
  /** Length of each column's vectors. Default: half the number of categories, rounded up, at most 50. */
  readonly dims?: readonly number[];
}

/**
 * A vector for each category of each column, side by side, and numbers after them (Guo and Berkhahn 2016): what a
 * tabular net reads. Categories i32 [N, columns] are numbers from 0; -1 (unknown) gives zeros.
 */
export class EntityEmbedding extends Module<[categories: Tensor, numbers?: Tensor]> {
  static override readonly typeName: string = "EntityEmbedding";
  readonly columns: readonly Embedding[];
  /** Length of the vectors together. */
  readonly width: number;

  constructor(cardinalities: readonly number[], options: EntityEmbeddingOptions = {}) {
    super();
    const stream = initStream(options.seed);
    const dims = options.dims ?? cardinalities.map((n) => Math.min(50, Math.ceil(n / 2)));
    if (dims.length !== cardinalities.length) {
      throw shapeError("EntityEmbedding", "dims", `has ${dims.length} entries`, `${cardinalities.length}`);
    }
    this.columns = cardinalities.map(
      (n, i) =>
        new Embedding(
          requireCount("EntityEmbedding", `cardinalities[${i}]`, n),
          requireCount("EntityEmbedding", `dims[${i}]`, dims[i]!),
          { seed: stream.split(i) },
        ),
    );
    this.width = dims.reduce((a, n) => a + n, 0);
  }

  override forward(categories: Tensor, numbers?: Tensor): Tensor {
    if (categories.rank !== 2 || categories.shape[1] !== this.columns.length) {
      throw shapeError(
        "EntityEmbedding.forward",
        "categories",
        `has shape [${categories.shape.join(", ")}]`,
        `[N, ${this.columns.length}]`,
      );
    }
    const vectors = this.columns.map((column, i) => column.forward(categories.at(null, i)));
    return Tensor.concat(numbers ? [...vectors, numbers] : vectors, 1);
  }
}
