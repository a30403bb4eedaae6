import { type MatrixLike, RegressorModel, readRowsLike, type Schema } from "../contract/index.ts";
import { scoresOf } from "./logits.ts";

/** A linear function of the features. */
export abstract class LinearModel extends RegressorModel {
  /** One coefficient per column. */
  readonly coef: Float64Array;
  /** The constant term; 0 without one. */
  readonly intercept: number;

  constructor(schema: Schema, coef: Float64Array, intercept: number) {
    super(schema);
    this.coef = coef;
    this.intercept = intercept;
  }

  override predict(X: MatrixLike): Float64Array {
    const where = `${(this.constructor as unknown as { typeName: string }).typeName}.predict`;
    const { matrix } = readRowsLike(this.schema, X, where);
    return scoresOf(matrix, this.coef, Float64Array.of(this.intercept));
  }
}
