import {
  ClassifierModel,
  ClassifierSpec,
  type FitOptions,
  int,
  type Label,
  type MatrixLike,
  type ParamInput,
  type ParamValues,
  RegressorModel,
  RegressorSpec,
  readDesign,
  readLabels,
  readLike,
  readTarget,
  refuseWeights,
  requireRowsFor,
  type Schema,
  schemaOf,
  throwIfAborted,
} from "../contract/index.ts";
import { Matrix } from "../math/matrix.ts";
import { type Nearest, RowSearch, type SearchOptions, searchParams } from "./neighbor-search.ts";
import { type NeighborWeights, neighborWeights, weightsParam } from "./votes.ts";

const params = {
  nNeighbors: int({ min: 1, default: 5, doc: "Neighbours that vote", search: { low: 1, high: 50 } }),
  weights: weightsParam,
  ...searchParams,
};

const NO_WEIGHTS = "neighbours have no weights of their own: repeat rows instead";

interface Kept extends SearchOptions {
  readonly nNeighbors: number;
  readonly weights: NeighborWeights;
}

/**
 * k-nearest-neighbours classification: the classes of the `nNeighbors` closest training rows vote.
 *
 * Distance knows no units: scale the columns first. With many columns all rows become about equally far, and the
 * nearest ones stop being informative.
 *
 * Source: Cover and Hart (1967), IEEE Trans. Inf. Theory 13.
 *
 * @example
 * const model = new KNeighborsClassifier({ nNeighbors: 3 }).fit([[0], [1], [2], [9]], ["low", "low", "low", "high"]);
 * model.predict([[1.5]]); // ["low"]
 */
export class KNeighborsClassifier extends ClassifierSpec<typeof params> {
  static readonly typeName = "KNeighborsClassifier";
  static readonly params = params;

  constructor(given: ParamInput<typeof params> = {}) {
    super(KNeighborsClassifier.typeName, params, given);
  }

  static fromState(state: unknown): KNeighborsClassifier {
    return new KNeighborsClassifier(state as ParamInput<typeof params>);
  }

  override fit<L extends Label>(
    X: MatrixLike,
    y: ArrayLike<L>,
    options: FitOptions = {},
  ): KNeighborsClassifierModel<L> {
    const where = "KNeighborsClassifier.fit";
    throwIfAborted(options.signal, where);
    refuseWeights(options, where, NO_WEIGHTS);
    const design = readDesign(X, where);
    const { matrix } = design;
    requireRowsFor(where, "nNeighbors", this.params.nNeighbors, matrix.rows);
    const { classes, codes } = readLabels(y, matrix.rows, where);
    const rows = matrix.clone();
    return new KNeighborsClassifierModel(schemaOf(design), classes, codes, rows, this.params, where);
  }
}

/** What {@link KNeighborsClassifier} learned: the training rows. */
export class KNeighborsClassifierModel<L extends Label = Label> extends ClassifierModel<L> {
  static readonly typeName = "KNeighborsClassifierModel";
  readonly #codes: Int32Array;
  readonly #rows: Matrix;
  readonly #kept: Kept;
  readonly #search: RowSearch;

  constructor(
    schema: Schema,
    classes: readonly L[],
    codes: Int32Array,
    rows: Matrix,
    kept: Kept,
    where = "load",
  ) {
    super(schema, classes);
    this.#codes = codes;
    this.#rows = rows;
    this.#kept = kept;
    this.#search = new RowSearch(rows.data, rows.rows, rows.cols, kept, where);
  }

  /** Nearest training rows of each row of X, nearest first. */
  kNeighbors(X: MatrixLike): Nearest {
    const { matrix } = readLike(this.schema, X, "KNeighborsClassifierModel.kNeighbors");
    return this.#search.nearest(matrix.data, matrix.rows, this.#kept.nNeighbors);
  }

  override predictProba(X: MatrixLike): Matrix {
    const { matrix } = readLike(this.schema, X, "KNeighborsClassifierModel.predictProba");
    const { nNeighbors: k, weights } = this.#kept;
    const { indices, distances } = this.#search.nearest(matrix.data, matrix.rows, k);
    const K = this.classes.length;
    const out = Matrix.zeros(matrix.rows, K);
    const w = new Float64Array(k);
    for (let i = 0; i < matrix.rows; i++) {
      neighborWeights(weights, distances, i * k, (i + 1) * k, w);
      let total = 0;
      for (let q = 0; q < k; q++) {
        const at = i * K + this.#codes[indices[i * k + q]!]!;
        out.data[at] = out.data[at]! + w[q]!;
        total += w[q]!;
      }
      for (let c = 0; c < K; c++) out.data[i * K + c] = out.data[i * K + c]! / total;
    }
    return out;
  }

  override toState(): unknown {
    const { schema, classes } = this;
    return { schema, classes, codes: this.#codes, rows: this.#rows, kept: this.#kept };
  }

  static fromState(state: unknown): KNeighborsClassifierModel {
    const s = state as { schema: Schema; classes: Label[]; codes: Int32Array; rows: Matrix; kept: Kept };
    return new KNeighborsClassifierModel(s.schema, s.classes, s.codes, s.rows, s.kept);
  }
}

/**
 * k-nearest-neighbours regression: the mean target of the `nNeighbors` closest training rows, weighted by 1 / distance
 * where `weights` says so.
 *
 * @example
 * const model = new KNeighborsRegressor({ nNeighbors: 2 }).fit([[0], [1], [5]], [10, 20, 60]);
 * model.predict([[0.4]])[0]; // 15
 */
export class KNeighborsRegressor extends RegressorSpec<typeof params> {
  static readonly typeName = "KNeighborsRegressor";
  static readonly params = params;

  constructor(given: ParamInput<typeof params> = {}) {
    super(KNeighborsRegressor.typeName, params, given);
  }

  static fromState(state: unknown): KNeighborsRegressor {
    return new KNeighborsRegressor(state as ParamInput<typeof params>);
  }

  override fit(X: MatrixLike, y: ArrayLike<number>, options: FitOptions = {}): KNeighborsRegressorModel {
    const where = "KNeighborsRegressor.fit";
    throwIfAborted(options.signal, where);
    refuseWeights(options, where, NO_WEIGHTS);
    const design = readDesign(X, where);
    const { matrix } = design;
    requireRowsFor(where, "nNeighbors", this.params.nNeighbors, matrix.rows);
    const targets = readTarget(y, matrix.rows, where);
    return new KNeighborsRegressorModel(schemaOf(design), targets, matrix.clone(), this.params, where);
  }
}

/** What {@link KNeighborsRegressor} learned: the training rows. */
export class KNeighborsRegressorModel extends RegressorModel {
  static readonly typeName = "KNeighborsRegressorModel";
  readonly #targets: Float64Array;
  readonly #rows: Matrix;
  readonly #kept: Kept;
  readonly #search: RowSearch;

  constructor(schema: Schema, targets: Float64Array, rows: Matrix, kept: Kept, where = "load") {
    super(schema);
    this.#targets = targets;
    this.#rows = rows;
    this.#kept = kept;
    this.#search = new RowSearch(rows.data, rows.rows, rows.cols, kept, where);
  }

  /** Nearest training rows of each row of X, nearest first. */
  kNeighbors(X: MatrixLike): Nearest {
    const { matrix } = readLike(this.schema, X, "KNeighborsRegressorModel.kNeighbors");
    return this.#search.nearest(matrix.data, matrix.rows, this.#kept.nNeighbors);
  }

  override predict(X: MatrixLike): Float64Array {
    const { matrix } = readLike(this.schema, X, "KNeighborsRegressorModel.predict");
    const { nNeighbors: k, weights } = this.#kept;
    const { indices, distances } = this.#search.nearest(matrix.data, matrix.rows, k);
    const w = new Float64Array(k);
    const out = new Float64Array(matrix.rows);
    for (let i = 0; i < matrix.rows; i++) {
      neighborWeights(weights, distances, i * k, (i + 1) * k, w);
      let sum = 0;
      let total = 0;
      for (let q = 0; q < k; q++) {
        sum += w[q]! * this.#targets[indices[i * k + q]!]!;
        total += w[q]!;
      }
      out[i] = sum / total;
    }
    return out;
  }

  override toState(): unknown {
    return { schema: this.schema, targets: this.#targets, rows: this.#rows, kept: this.#kept };
  }

  static fromState(state: unknown): KNeighborsRegressorModel {
    const s = state as { schema: Schema; targets: Float64Array; rows: Matrix; kept: Kept };
    return new KNeighborsRegressorModel(s.schema, s.targets, s.rows, s.kept);
  }
}

export type KNeighborsParams = ParamValues<typeof params>;
