import {
  type FitOptions,
  type Label,
  type ParamTable,
  readTexts,
  readWeights,
  type Schema,
  type TextLike,
  type Texts,
  TransformerModel,
  TransformerSpec,
  throwIfAborted,
} from "../contract/index.ts";
import type { SparseMatrix } from "../math/index.ts";

/** Learns a map of texts to columns of numbers. */
export abstract class TextSpec<T extends ParamTable> extends TransformerSpec<T> {
  abstract override fit(X: TextLike, y?: ArrayLike<Label> | null, options?: FitOptions): TextModel;

  /** Fits and gives the training texts transformed. */
  override fitTransform(
    X: TextLike,
    y: ArrayLike<Label> | null = null,
    options: FitOptions = {},
  ): { model: TextModel; transformed: SparseMatrix } {
    const model = this.fit(X, y, options);
    return { model, transformed: model.transform(X) };
  }

  override fitAsync(
    X: TextLike,
    y?: ArrayLike<Label> | null,
    options?: FitOptions,
  ): Promise<TransformerModel> {
    return this.fitElsewhere(X, y, options) as Promise<TransformerModel>;
  }
}

/** A fitted map of texts. */
export abstract class TextModel extends TransformerModel {
  /** One row per text, one column per term. */
  abstract override transform(X: TextLike): SparseMatrix;
}

/** Checks signal, texts and weights. */
export function startTexts(
  X: TextLike,
  options: FitOptions | undefined,
  where: string,
): { texts: Texts; schema: Schema; weights: Float64Array | null } {
  throwIfAborted(options?.signal, where);
  const texts = readTexts(X, where, 1);
  return {
    texts,
    schema: { nFeatures: 1, names: texts.name === null ? null : [texts.name], categories: null },
    weights: readWeights(options?.sampleWeight, texts.texts.length, where),
  };
}
