import type { Matrix } from "../math/matrix.ts";
import { Model, Spec } from "./estimator.ts";
import type { Label, MatrixLike, Schema } from "./input.ts";
import type { ParamTable } from "./params.ts";
import type { FitOptions } from "./run.ts";

/** Places the rows it is given on a map, and has no way to place others. A second argument of `fit` is ignored. */
export abstract class EmbeddingSpec<T extends ParamTable> extends Spec<T> {
  readonly kind = "embedding";
  abstract fit(X: MatrixLike, y?: ArrayLike<Label> | null, options?: FitOptions): EmbeddingModel;
  /** The map: `fit(X).embedding`. */
  fitTransform(X: MatrixLike, y?: ArrayLike<Label> | null, options?: FitOptions): Matrix {
    return this.fit(X, y, options).embedding;
  }
  /** As `fit`, in a worker: the calling thread stays free, and `signal` stops at once. */
  fitAsync(
    X: MatrixLike,
    y?: ArrayLike<Label> | null,
    options?: FitOptions,
  ): Promise<ReturnType<this["fit"]>> {
    return this.fitElsewhere(X, y, options) as Promise<ReturnType<this["fit"]>>;
  }
}

/** A map of the training rows. */
export abstract class EmbeddingModel extends Model {
  /** Where each training row lies, n x k. */
  readonly embedding: Matrix;

  constructor(schema: Schema, embedding: Matrix) {
    super(schema);
    this.embedding = embedding;
  }
}
