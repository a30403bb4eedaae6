import {
  type FitOptions,
  featureName,
  type MatrixLike,
  NamedMatrix,
  readLike,
  refuseWeights,
  type Schema,
  TransformerModel,
  throwIfAborted,
} from "../../contract/index.ts";
import { shapeError } from "../../errors.ts";
import { SparseMatrix } from "../../math/index.ts";

/** What every selector learns. */
export interface Selection {
  readonly schema: Schema;
  /** Columns that stay, ascending. */
  readonly support: Int32Array;
}

/** A model that keeps some columns and drops the others. A sparse matrix stays sparse. */
export abstract class SelectorModel extends TransformerModel {
  /** Columns that stay, ascending. */
  readonly support: Int32Array;

  constructor(state: Selection) {
    super(state.schema);
    this.support = state.support;
  }

  outputNames(): readonly string[] {
    return Array.from(this.support, (j) => featureName(this.schema, j));
  }

  /** Whether each training column stays. */
  get mask(): boolean[] {
    const kept = new Set(this.support);
    return Array.from({ length: this.nFeatures }, (_, j) => kept.has(j));
  }

  /** Missing values of the columns that stay are passed on by selectors that accept them. */
  protected get passesMissing(): boolean {
    return false;
  }

  transform(X: MatrixLike): NamedMatrix | SparseMatrix {
    const where = `${(this.constructor as unknown as { typeName: string }).typeName.replace(/Model$/, "")}.transform`;
    if (X instanceof SparseMatrix) {
      if (X.cols !== this.nFeatures)
        throw shapeError(where, "X", `has ${X.cols} columns`, `${this.nFeatures} (as in training)`);
      return X.selectCols(this.support);
    }
    const { matrix } = readLike(this.schema, X, where, { allowMissing: this.passesMissing });
    const kept = matrix.selectCols(this.support);
    return new NamedMatrix(kept.data, kept.rows, this.outputNames());
  }
}

/** Scores of columns have no weighted form here, as in scikit-learn. */
export function startSelection(options: FitOptions | undefined, rows: number, where: string): void {
  throwIfAborted(options?.signal, where);
  // A list of the wrong length is refused by the same words.
  if (rows >= 0) refuseWeights(options, where, "its scores have no weighted form");
}

/** Columns for which the predicate holds. */
export function columnsWhere(n: number, keep: (j: number) => boolean): Int32Array {
  return Int32Array.from({ length: n }, (_, j) => j).filter(keep);
}
