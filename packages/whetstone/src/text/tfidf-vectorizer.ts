import {
  type FitOptions,
  type Label,
  type MatrixLike,
  type ParamInput,
  type ParamValues,
  readTexts,
  type Schema,
  type TextLike,
} from "../contract/index.ts";
import type { SparseMatrix } from "../math/index.ts";
import { termsOf } from "./count-vectorizer.ts";
import { COUNT_PARAMS, countTerms, learnTerms } from "./term-counts.ts";
import { startTexts, TextModel, TextSpec } from "./text-spec.ts";
import { idfOf, TFIDF_PARAMS, tfidf } from "./tfidf-transformer.ts";

const params = { ...COUNT_PARAMS, ...TFIDF_PARAMS };

/**
 * Texts to TF-IDF: {@link CountVectorizer} followed by {@link TfidfTransformer}.
 *
 * @example
 * const model = new TfidfVectorizer().fit(["good film", "bad film"]);
 * model.terms; // ["bad", "film", "good"]
 * model.transform(["film"]).toDense().toArray(); // [[0, 1, 0]]
 */
export class TfidfVectorizer extends TextSpec<typeof params> {
  static readonly typeName = "TfidfVectorizer";
  static readonly params = params;

  constructor(given: ParamInput<typeof params> = {}) {
    super(TfidfVectorizer.typeName, params, given);
  }

  static fromState(state: unknown): TfidfVectorizer {
    return new TfidfVectorizer(state as ParamInput<typeof params>);
  }

  override fit(
    X: TextLike,
    y: ArrayLike<Label> | null = null,
    options: FitOptions = {},
  ): TfidfVectorizerModel {
    return this.fitTransform(X, y, options).model;
  }

  override fitTransform(
    X: TextLike,
    _y: ArrayLike<Label> | null = null,
    options: FitOptions = {},
  ): { model: TfidfVectorizerModel; transformed: SparseMatrix } {
    const where = "TfidfVectorizer.fit";
    const { texts, schema, weights } = startTexts(X, options, where);
    const { terms, counts } = learnTerms(texts.texts, weights, this.params, where);
    const idf = this.params.useIdf ? idfOf(counts, weights, this.params, where) : null;
    const model = new TfidfVectorizerModel({ schema, terms, idf, params: this.params });
    return { model, transformed: tfidf(counts, idf, this.params) };
  }
}

interface TfidfVectorizerState {
  readonly schema: Schema;
  readonly terms: readonly string[];
  readonly idf: Float64Array | null;
  readonly params: ParamValues<typeof params>;
}

/** What {@link TfidfVectorizer} learned. */
export class TfidfVectorizerModel extends TextModel {
  static readonly typeName = "TfidfVectorizerModel";
  readonly #state: TfidfVectorizerState;

  constructor(state: TfidfVectorizerState) {
    super(state.schema);
    this.#state = state;
  }

  /** Terms in the order of the columns. */
  get terms(): readonly string[] {
    return this.#state.terms;
  }
  /** Weight of each term; null where `useIdf` is false. */
  get idf(): Float64Array | null {
    return this.#state.idf;
  }

  override outputNames(): readonly string[] {
    return this.terms;
  }

  override transform(X: TextLike): SparseMatrix {
    const { texts } = readTexts(X, "TfidfVectorizer.transform");
    return tfidf(countTerms(texts, this.terms, this.#state.params), this.idf, this.#state.params);
  }

  /** The terms that each row holds. */
  inverseTransform(X: MatrixLike): string[][] {
    return termsOf(X, this.terms, "TfidfVectorizer.inverseTransform");
  }

  override toState(): unknown {
    return this.#state;
  }
  static fromState(state: unknown): TfidfVectorizerModel {
    return new TfidfVectorizerModel(state as TfidfVectorizerState);
  }
}
