import {
  ClassifierModel,
  ClassifierSpec,
  type FitOptions,
  type Label,
  type MatrixLike,
  oneOf,
  optional,
  type ParamInput,
  RegressorModel,
  RegressorSpec,
  readDesign,
  readLabels,
  readLike,
  readTarget,
  real,
  refuseWeights,
  type Schema,
  schemaOf,
  throwIfAborted,
  valueError,
} from "../contract/index.ts";
import { Matrix } from "../math/matrix.ts";
import { RowSearch, type SearchOptions, searchParams } from "./neighbor-search.ts";
import { type NeighborWeights, neighborWeights, weightsParam } from "./votes.ts";

const radius = real({
  min: 0,
  default: 1,
  doc: "Rows up to this far are neighbours, the bound included",
  search: { low: 0.01, high: 10, scale: "log" },
});
const regressorParams = { radius, weights: weightsParam, ...searchParams };
const classifierParams = {
  ...regressorParams,
  outlierLabel: optional(
    oneOf(["mostFrequent"], {
      default: "mostFrequent",
      doc: "What a row without neighbours gets: the commonest class, or null to refuse such rows",
    }),
  ),
};

const NO_WEIGHTS = "neighbours have no weights of their own: repeat rows instead";

interface Kept extends SearchOptions {
  readonly radius: number;
  readonly weights: NeighborWeights;
}
interface KeptClasses extends Kept {
  readonly outlierLabel: "mostFrequent" | null;
}

/**
 * Classification by all training rows within a radius.
 *
 * A row without neighbours is refused at prediction, unless `outlierLabel` says otherwise.
 *
 * @example
 * const model = new RadiusNeighborsClassifier({ radius: 2 }).fit([[0], [1], [9]], ["a", "a", "b"]);
 * model.predict([[2], [8]]); // ["a", "b"]
 */
export class RadiusNeighborsClassifier extends ClassifierSpec<typeof classifierParams> {
  static readonly typeName = "RadiusNeighborsClassifier";
  static readonly params = classifierParams;

  constructor(given: ParamInput<typeof classifierParams> = {}) {
    super(RadiusNeighborsClassifier.typeName, classifierParams, given);
  }

  static fromState(state: unknown): RadiusNeighborsClassifier {
    return new RadiusNeighborsClassifier(state as ParamInput<typeof classifierParams>);
  }

  override fit<L extends Label>(
    X: MatrixLike,
    y: ArrayLike<L>,
    options: FitOptions = {},
  ): RadiusNeighborsClassifierModel<L> {
    const where = "RadiusNeighborsClassifier.fit";
    throwIfAborted(options.signal, where);
    refuseWeights(options, where, NO_WEIGHTS);
    const design = readDesign(X, where);
    const { matrix } = design;
    const { classes, codes } = readLabels(y, matrix.rows, where);
    return new RadiusNeighborsClassifierModel(
      schemaOf(design),
      classes,
      codes,
      matrix.clone(),
      this.params,
      where,
    );
  }
}

/** What {@link RadiusNeighborsClassifier} learned: the training rows. */
export class RadiusNeighborsClassifierModel<L extends Label = Label> extends ClassifierModel<L> {
  static readonly typeName = "RadiusNeighborsClassifierModel";
  readonly #codes: Int32Array;
  readonly #rows: Matrix;
  readonly #kept: KeptClasses;
  readonly #search: RowSearch;

  constructor(
    schema: Schema,
    classes: readonly L[],
    codes: Int32Array,
    rows: Matrix,
    kept: KeptClasses,
    where = "load",
  ) {
    super(schema, classes);
    this.#codes = codes;
    this.#rows = rows;
    this.#kept = kept;
    this.#search = new RowSearch(rows.data, rows.rows, rows.cols, kept, where);
  }

  override predictProba(X: MatrixLike): Matrix {
    const where = "RadiusNeighborsClassifierModel.predictProba";
    const { matrix } = readLike(this.schema, X, where);
    const { radius, weights, outlierLabel } = this.#kept;
    const { starts, indices, distances } = this.#search.within(matrix.data, matrix.rows, radius);
    const K = this.classes.length;
    const out = Matrix.zeros(matrix.rows, K);
    const w = new Float64Array(this.#rows.rows);
    for (let i = 0; i < matrix.rows; i++) {
      const [from, to] = [starts[i]!, starts[i + 1]!];
      if (from === to) {
        if (outlierLabel === null)
          throw valueError(
            where,
            "X",
            `has no training row within radius ${radius} of row ${i}: raise radius, or give outlierLabel "mostFrequent"`,
          );
        out.data[i * K + this.#commonest()] = 1;
        continue;
      }
      neighborWeights(weights, distances, from, to, w);
      let total = 0;
      for (let q = from; q < to; q++) {
        const at = i * K + this.#codes[indices[q]!]!;
        out.data[at] = out.data[at]! + w[q - from]!;
        total += w[q - from]!;
      }
      for (let c = 0; c < K; c++) out.data[i * K + c] = out.data[i * K + c]! / total;
    }
    return out;
  }

  #commonest(): number {
    const counts = new Float64Array(this.classes.length);
    for (const code of this.#codes) counts[code] = counts[code]! + 1;
    return counts.indexOf(Math.max(...counts));
  }

  override toState(): unknown {
    const { schema, classes } = this;
    return { schema, classes, codes: this.#codes, rows: this.#rows, kept: this.#kept };
  }

  static fromState(state: unknown): RadiusNeighborsClassifierModel {
    const s = state as {
      schema: Schema;
      classes: Label[];
      codes: Int32Array;
      rows: Matrix;
      kept: KeptClasses;
    };
    return new RadiusNeighborsClassifierModel(s.schema, s.classes, s.codes, s.rows, s.kept);
  }
}

/**
 * Regression by the mean target of all training rows within a radius. A row without neighbours gets NaN.
 *
 * @example
 * const model = new RadiusNeighborsRegressor({ radius: 1 }).fit([[0], [1], [5]], [10, 20, 60]);
 * model.predict([[0.5]])[0]; // 15
 */
export class RadiusNeighborsRegressor extends RegressorSpec<typeof regressorParams> {
  static readonly typeName = "RadiusNeighborsRegressor";
  static readonly params = regressorParams;

  constructor(given: ParamInput<typeof regressorParams> = {}) {
    super(RadiusNeighborsRegressor.typeName, regressorParams, given);
  }

  static fromState(state: unknown): RadiusNeighborsRegressor {
    return new RadiusNeighborsRegressor(state as ParamInput<typeof regressorParams>);
  }

  override fit(X: MatrixLike, y: ArrayLike<number>, options: FitOptions = {}): RadiusNeighborsRegressorModel {
    const where = "RadiusNeighborsRegressor.fit";
    throwIfAborted(options.signal, where);
    refuseWeights(options, where, NO_WEIGHTS);
    const design = readDesign(X, where);
    const { matrix } = design;
    const targets = readTarget(y, matrix.rows, where);
    return new RadiusNeighborsRegressorModel(schemaOf(design), targets, matrix.clone(), this.params, where);
  }
}

/** What {@link RadiusNeighborsRegressor} learned: the training rows. */
export class RadiusNeighborsRegressorModel extends RegressorModel {
  static readonly typeName = "RadiusNeighborsRegressorModel";
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

  override predict(X: MatrixLike): Float64Array {
    const { matrix } = readLike(this.schema, X, "RadiusNeighborsRegressorModel.predict");
    const { radius, weights } = this.#kept;
    const { starts, indices, distances } = this.#search.within(matrix.data, matrix.rows, radius);
    const w = new Float64Array(this.#rows.rows);
    const out = new Float64Array(matrix.rows);
    for (let i = 0; i < matrix.rows; i++) {
      const [from, to] = [starts[i]!, starts[i + 1]!];
      neighborWeights(weights, distances, from, to, w);
      let sum = 0;
      let total = 0;
      for (let q = from; q < to; q++) {
        sum += w[q - from]! * this.#targets[indices[q]!]!;
        total += w[q - from]!;
      }
      out[i] = sum / total; // 0 / 0 where there is no neighbour
    }
    return out;
  }

  override toState(): unknown {
    return { schema: this.schema, targets: this.#targets, rows: this.#rows, kept: this.#kept };
  }

  static fromState(state: unknown): RadiusNeighborsRegressorModel {
    const s = state as { schema: Schema; targets: Float64Array; rows: Matrix; kept: Kept };
    return new RadiusNeighborsRegressorModel(s.schema, s.targets, s.rows, s.kept);
  }
}
