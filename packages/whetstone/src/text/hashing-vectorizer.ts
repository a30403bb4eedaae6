import {
  bool,
  type FitOptions,
  int,
  type Label,
  oneOf,
  optional,
  type ParamInput,
  type ParamValues,
  readTexts,
  type Schema,
  type TextLike,
} from "../contract/index.ts";
import type { SparseMatrix } from "../math/index.ts";
import { ANALYZER_PARAMS, analyzerOf } from "./analyzer.ts";
import { murmurHash3 } from "./murmur-hash.ts";
import { RowCounts } from "./term-counts.ts";
import { startTexts, TextModel, TextSpec } from "./text-spec.ts";
import { normalizeRows } from "./tfidf-transformer.ts";

const params = {
  ...ANALYZER_PARAMS,
  nFeatures: int({
    min: 1,
    max: 2 ** 31 - 1,
    default: 2 ** 20,
    doc: "Columns; with few of them more terms share one",
  }),
  binary: bool({ default: false, doc: "Whether every entry that is not 0 becomes 1" }),
  norm: optional<"l1" | "l2">(
    oneOf(["l2", "l1"], {
      default: "l2",
      doc: "Length that every row is given; null leaves rows as they are",
    }),
    { default: "l2" },
  ),
  alternateSign: bool({
    default: true,
    doc: "Whether half of the terms count negatively, so that terms that share a column cancel on average",
  }),
};

/**
 * Counts of terms in columns that a hash of the term names (MurmurHash3, seed 0): no vocabulary is kept, so any amount
 * of text fits in the same memory, and there is no way back from a column to its terms.
 *
 * Weinberger et al., "Feature hashing for large scale multitask learning", 2009.
 *
 * @example
 * const model = new HashingVectorizer({ nFeatures: 8, norm: null }).fit(["red green red"]);
 * model.transform(["red green red"]).columnSums().filter((v) => v !== 0).length; // 2
 */
export class HashingVectorizer extends TextSpec<typeof params> {
  static readonly typeName = "HashingVectorizer";
  static readonly params = params;

  constructor(given: ParamInput<typeof params> = {}) {
    super(HashingVectorizer.typeName, params, given);
  }

  static fromState(state: unknown): HashingVectorizer {
    return new HashingVectorizer(state as ParamInput<typeof params>);
  }

  override fit(
    X: TextLike,
    _y: ArrayLike<Label> | null = null,
    options: FitOptions = {},
  ): HashingVectorizerModel {
    const { schema } = startTexts(X, options, "HashingVectorizer.fit");
    return new HashingVectorizerModel({ schema, params: this.params });
  }
}

interface HashingState {
  readonly schema: Schema;
  readonly params: ParamValues<typeof params>;
}

/** The map of {@link HashingVectorizer}; it learned nothing. */
export class HashingVectorizerModel extends TextModel {
  static readonly typeName = "HashingVectorizerModel";
  readonly #state: HashingState;

  constructor(state: HashingState) {
    super(state.schema);
    this.#state = state;
  }

  override outputNames(): readonly string[] {
    return Array.from({ length: this.#state.params.nFeatures }, (_, j) => `hash${j}`);
  }

  override transform(X: TextLike): SparseMatrix {
    const { texts } = readTexts(X, "HashingVectorizer.transform");
    const p = this.#state.params;
    const analyze = analyzerOf(p);
    const counts = new RowCounts();
    const known = new Map<string, number>();
    for (const text of texts) {
      counts.startRow();
      for (const term of analyze(text)) {
        let hash = known.get(term);
        if (hash === undefined) {
          hash = murmurHash3(term);
          // Bounded, so that memory does not grow with the text.
          if (known.size < 100_000) known.set(term, hash);
        }
        counts.add(Math.abs(hash) % p.nFeatures, p.alternateSign && hash < 0 ? -1 : 1);
      }
    }
    const out = counts.finish(p.nFeatures, null, p.binary);
    if (p.norm !== null) normalizeRows(out.values, out.indptr, p.norm);
    return out;
  }

  override toState(): unknown {
    return this.#state;
  }
  static fromState(state: unknown): HashingVectorizerModel {
    return new HashingVectorizerModel(state as HashingState);
  }
}
