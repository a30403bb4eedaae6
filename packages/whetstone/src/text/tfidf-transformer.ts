import {
  bool,
  type FitOptions,
  featureName,
  type Label,
  type MatrixLike,
  oneOf,
  optional,
  type ParamInput,
  type ParamValues,
  readRows,
  readRowsLike,
  readWeights,
  type Schema,
  schemaOf,
  TransformerModel,
  TransformerSpec,
  throwIfAborted,
  valueError,
} from "../contract/index.ts";
import { Matrix, SparseMatrix } from "../math/index.ts";

export const TFIDF_PARAMS = {
  norm: optional<"l1" | "l2">(
    oneOf(["l2", "l1"], {
      default: "l2",
      doc: "Length that every row is given; null leaves rows as they are",
    }),
    { default: "l2" },
  ),
  useIdf: bool({ default: true, doc: "Whether columns are weighted by inverse document frequency" }),
  smoothIdf: bool({
    default: true,
    doc: "Whether document frequencies count one more text that holds every term, so that none is 0",
  }),
  sublinearTf: bool({ default: false, doc: "Whether a count c becomes 1 + ln(c)" }),
};
export type TfidfValues = ParamValues<typeof TFIDF_PARAMS>;

/**
 * Counts to TF-IDF: each count times ln(n / df) + 1 of its column, rows brought to length 1. n is the number of texts and
 * df the number that hold the term, each one more with `smoothIdf`.
 *
 * A weight of k counts as k copies of the row.
 *
 * @example
 * const model = new TfidfTransformer({ smoothIdf: false }).fit([[1, 0], [1, 2]]);
 * model.idf; // [1, 1.6931471805599454]
 * model.transform([[3, 0]]).toDense().toArray(); // [[1, 0]]
 */
export class TfidfTransformer extends TransformerSpec<typeof TFIDF_PARAMS> {
  static readonly typeName = "TfidfTransformer";
  static readonly params = TFIDF_PARAMS;

  constructor(given: ParamInput<typeof TFIDF_PARAMS> = {}) {
    super(TfidfTransformer.typeName, TFIDF_PARAMS, given);
  }

  static fromState(state: unknown): TfidfTransformer {
    return new TfidfTransformer(state as ParamInput<typeof TFIDF_PARAMS>);
  }

  override fit(
    X: MatrixLike,
    _y: ArrayLike<Label> | null = null,
    options: FitOptions = {},
  ): TfidfTransformerModel {
    const where = "TfidfTransformer.fit";
    throwIfAborted(options.signal, where);
    const design = readRows(X, where);
    const counts = design.matrix;
    refuseCounts(counts, this.params.sublinearTf, where);
    const weights = readWeights(options.sampleWeight, counts.rows, where);
    const idf = this.params.useIdf ? idfOf(asSparse(counts), weights, this.params, where) : null;
    return new TfidfTransformerModel({ schema: schemaOf(design), idf, params: this.params });
  }
}

interface TfidfState {
  readonly schema: Schema;
  readonly idf: Float64Array | null;
  readonly params: TfidfValues;
}

/** What {@link TfidfTransformer} learned. */
export class TfidfTransformerModel extends TransformerModel {
  static readonly typeName = "TfidfTransformerModel";
  readonly #state: TfidfState;

  constructor(state: TfidfState) {
    super(state.schema);
    this.#state = state;
  }

  /** Weight of each column; null where `useIdf` is false. */
  get idf(): Float64Array | null {
    return this.#state.idf;
  }

  override outputNames(): readonly string[] {
    return Array.from({ length: this.nFeatures }, (_, j) => featureName(this.schema, j));
  }

  override transform(X: MatrixLike): SparseMatrix {
    const where = "TfidfTransformer.transform";
    const counts = readRowsLike(this.schema, X, where).matrix;
    refuseCounts(counts, this.#state.params.sublinearTf, where);
    return tfidf(asSparse(counts), this.#state.idf, this.#state.params);
  }

  override toState(): unknown {
    return this.#state;
  }
  static fromState(state: unknown): TfidfTransformerModel {
    return new TfidfTransformerModel(state as TfidfState);
  }
}

const asSparse = (X: Matrix | SparseMatrix): SparseMatrix =>
  X instanceof Matrix ? SparseMatrix.fromDense(X) : X;

/** The logarithm of a count needs counts. */
function refuseCounts(X: Matrix | SparseMatrix, sublinear: boolean, where: string): void {
  if (!sublinear) return;
  const values = X instanceof Matrix ? X.data : X.values;
  const bad = values.findIndex((v) => v < 0);
  if (bad >= 0) throw valueError(where, "X", `holds ${values[bad]}, expected counts >= 0 for sublinearTf`);
}

export function idfOf(
  counts: SparseMatrix,
  weights: Float64Array | null,
  p: TfidfValues,
  where: string,
): Float64Array {
  const df = new Float64Array(counts.cols).fill(p.smoothIdf ? 1 : 0);
  let n = p.smoothIdf ? 1 : 0;
  for (let i = 0; i < counts.rows; i++) {
    const w = weights ? weights[i]! : 1;
    n += w;
    for (let k = counts.indptr[i]!; k < counts.indptr[i + 1]!; k++) {
      const j = counts.indices[k]!;
      if (counts.values[k] !== 0) df[j] = df[j]! + w;
    }
  }
  const never = df.indexOf(0);
  if (never >= 0)
    throw valueError(
      where,
      "X",
      `holds nothing in column ${never}, whose idf is infinite: take smoothIdf true`,
    );
  return df.map((count) => Math.log(n / count) + 1);
}

export function tfidf(counts: SparseMatrix, idf: Float64Array | null, p: TfidfValues): SparseMatrix {
  const { indices, indptr, rows, cols } = counts;
  const values = counts.values.slice();
  for (let k = 0; k < values.length; k++) {
    if (p.sublinearTf && values[k]! > 0) values[k] = Math.log(values[k]!) + 1;
    if (idf) values[k] = values[k]! * idf[indices[k]!]!;
  }
  if (p.norm !== null) normalizeRows(values, indptr, p.norm);
  return new SparseMatrix(values, indices, indptr, rows, cols);
}

/** Divides every row by its length; rows of zeros stay so. */
export function normalizeRows(values: Float64Array, indptr: Int32Array, norm: "l1" | "l2"): void {
  for (let i = 0; i + 1 < indptr.length; i++) {
    let most = 0;
    for (let k = indptr[i]!; k < indptr[i + 1]!; k++) most = Math.max(most, Math.abs(values[k]!));
    if (most === 0) continue;
    let sum = 0;
    for (let k = indptr[i]!; k < indptr[i + 1]!; k++) {
      const share = Math.abs(values[k]!) / most;
      sum += norm === "l1" ? share : share * share;
    }
    const length = norm === "l1" ? sum : Math.sqrt(sum);
    for (let k = indptr[i]!; k < indptr[i + 1]!; k++) values[k] = values[k]! / most / length;
  }
}
