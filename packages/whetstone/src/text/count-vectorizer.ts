import {
  type FitOptions,
  type Label,
  type MatrixLike,
  type ParamInput,
  readRows,
  readTexts,
  type Schema,
  shapeError,
  type TextLike,
} from "../contract/index.ts";
import { SparseMatrix } from "../math/index.ts";
import { COUNT_PARAMS, type CountValues, countTerms, learnTerms } from "./term-counts.ts";
import { startTexts, TextModel, TextSpec } from "./text-spec.ts";

/**
 * Bag of words: counts of terms per text, their order forgotten. Terms are words, n-grams of words or of characters;
 * columns are in the order of code points.
 *
 * A weight of k counts as k copies of the text, for `minDf`, `maxDf` and `maxFeatures`.
 *
 * @example
 * const model = new CountVectorizer().fit(["the cat sat", "the cat and the dog"]);
 * model.terms; // ["and", "cat", "dog", "sat", "the"]
 * model.transform(["the dog, the dog"]).toDense().toArray(); // [[0, 0, 2, 0, 2]]
 */
export class CountVectorizer extends TextSpec<typeof COUNT_PARAMS> {
  static readonly typeName = "CountVectorizer";
  static readonly params = COUNT_PARAMS;

  constructor(given: ParamInput<typeof COUNT_PARAMS> = {}) {
    super(CountVectorizer.typeName, COUNT_PARAMS, given);
  }

  static fromState(state: unknown): CountVectorizer {
    return new CountVectorizer(state as ParamInput<typeof COUNT_PARAMS>);
  }

  override fit(
    X: TextLike,
    y: ArrayLike<Label> | null = null,
    options: FitOptions = {},
  ): CountVectorizerModel {
    return this.fitTransform(X, y, options).model;
  }

  override fitTransform(
    X: TextLike,
    _y: ArrayLike<Label> | null = null,
    options: FitOptions = {},
  ): { model: CountVectorizerModel; transformed: SparseMatrix } {
    const where = "CountVectorizer.fit";
    const { texts, schema, weights } = startTexts(X, options, where);
    const { terms, counts } = learnTerms(texts.texts, weights, this.params, where);
    return { model: new CountVectorizerModel({ schema, terms, params: this.params }), transformed: counts };
  }
}

interface CountState {
  readonly schema: Schema;
  readonly terms: readonly string[];
  readonly params: CountValues;
}

/** What {@link CountVectorizer} learned. */
export class CountVectorizerModel extends TextModel {
  static readonly typeName = "CountVectorizerModel";
  readonly #state: CountState;

  constructor(state: CountState) {
    super(state.schema);
    this.#state = state;
  }

  /** Terms in the order of the columns. */
  get terms(): readonly string[] {
    return this.#state.terms;
  }

  override outputNames(): readonly string[] {
    return this.terms;
  }

  /** Counts of the terms; what training did not hold is left out. */
  override transform(X: TextLike): SparseMatrix {
    const { texts } = readTexts(X, "CountVectorizer.transform");
    return countTerms(texts, this.terms, this.#state.params);
  }

  /** The terms that each row of counts holds. */
  inverseTransform(X: MatrixLike): string[][] {
    return termsOf(X, this.terms, "CountVectorizer.inverseTransform");
  }

  override toState(): unknown {
    return this.#state;
  }
  static fromState(state: unknown): CountVectorizerModel {
    return new CountVectorizerModel(state as CountState);
  }
}

/** Terms of the columns that are not zero, row by row. */
export function termsOf(X: MatrixLike, terms: readonly string[], where: string): string[][] {
  const { matrix: given } = readRows(X, where, { minRows: 0 });
  const counts = given instanceof SparseMatrix ? given : SparseMatrix.fromDense(given);
  if (counts.cols !== terms.length)
    throw shapeError(where, "X", `has ${counts.cols} columns`, `${terms.length} (terms)`);
  return Array.from({ length: counts.rows }, (_, i) => {
    const out: string[] = [];
    for (let k = counts.indptr[i]!; k < counts.indptr[i + 1]!; k++)
      if (counts.values[k] !== 0) out.push(terms[counts.indices[k]!]!);
    return out;
  });
}
