import {
  DetectorModel,
  DetectorSpec,
  either,
  type FitOptions,
  int,
  type Label,
  type MatrixLike,
  oneOf,
  type ParamInput,
  readDesign,
  readLike,
  real,
  refuseWeights,
  type Schema,
  schemaOf,
  throwIfAborted,
  valueError,
  warn,
} from "../contract/index.ts";
import type { Matrix } from "../math/matrix.ts";
import { type Nearest, RowSearch, type SearchOptions, searchParams } from "./neighbor-search.ts";

const params = {
  nNeighbors: int({
    min: 1,
    default: 20,
    doc: "Neighbours whose density a row is compared with",
    search: { low: 5, high: 50 },
  }),
  contamination: either(
    oneOf(["auto"], {
      default: "auto",
      doc: 'Share of training rows to call outliers; "auto" puts the border at a factor of 1.5',
    }),
    real({ min: 0, exclusiveMin: true, max: 0.5, default: 0.1, doc: "" }),
  ),
  ...searchParams,
};

interface Kept extends SearchOptions {
  readonly nNeighbors: number;
}

/**
 * Local outlier factor: how much sparser a row's surroundings are than those of its neighbours. Ordinary rows have a
 * factor near 1, wherever the data is dense or thin.
 *
 * With fewer than `nNeighbors` + 1 rows all other rows are neighbours, and a warning says so.
 *
 * Source: Breunig et al. (2000), LOF: Identifying density-based local outliers, SIGMOD.
 *
 * @example
 * const X = [[0], [1], [2], [3], [50]];
 * new LocalOutlierFactor({ nNeighbors: 2 }).fit(X).labels; // [1, 1, 1, 1, -1]
 */
export class LocalOutlierFactor extends DetectorSpec<typeof params> {
  static readonly typeName = "LocalOutlierFactor";
  static readonly params = params;

  constructor(given: ParamInput<typeof params> = {}) {
    super(LocalOutlierFactor.typeName, params, given);
  }

  static fromState(state: unknown): LocalOutlierFactor {
    return new LocalOutlierFactor(state as ParamInput<typeof params>);
  }

  override fit(
    X: MatrixLike,
    _y?: ArrayLike<Label> | null,
    options: FitOptions = {},
  ): LocalOutlierFactorModel {
    const where = "LocalOutlierFactor.fit";
    throwIfAborted(options.signal, where);
    refuseWeights(options, where, "local densities weigh rows alike: repeat rows instead");
    const design = readDesign(X, where);
    const { matrix } = design;
    if (matrix.rows < 2) throw valueError(where, "X", "has 1 row, expected at least 2");
    const k = Math.min(this.params.nNeighbors, matrix.rows - 1);
    if (k < this.params.nNeighbors)
      warn(where, options, `X has ${matrix.rows} rows, so that ${k} neighbours are taken for nNeighbors`);
    const rows = matrix.clone();
    const search = new RowSearch(rows.data, rows.rows, rows.cols, this.params, where);
    const others = search.nearestOthers(k);
    const reach = Float64Array.from({ length: rows.rows }, (_, i) => others.distances[(i + 1) * k - 1]!);
    const density = localDensities(others, reach);
    const factors = localFactors(others, density, density).map((v) => -v);
    const { contamination } = this.params;
    const offset = contamination === "auto" ? -1.5 : percentile(factors, 100 * contamination);
    const kept = { ...this.params, nNeighbors: k };
    return new LocalOutlierFactorModel(
      schemaOf(design),
      rows,
      { reach, density, negativeOutlierFactor: factors, offset },
      kept,
      search,
    );
  }
}

/** One over the mean reachability distance to the neighbours; `reach` is the k-distance of the searched rows. */
function localDensities({ k, indices, distances }: Nearest, reach: Float64Array): Float64Array {
  return Float64Array.from({ length: indices.length / k }, (_, i) => {
    let sum = 0;
    for (let q = i * k; q < (i + 1) * k; q++) sum += Math.max(distances[q]!, reach[indices[q]!]!);
    // Copies of one row would have infinite density.
    return 1 / (sum / k + 1e-10);
  });
}

/** Mean density of the neighbours over the row's own. */
function localFactors({ k, indices }: Nearest, own: Float64Array, trained: Float64Array): Float64Array {
  return own.map((density, i) => {
    let sum = 0;
    for (let q = i * k; q < (i + 1) * k; q++) sum += trained[indices[q]!]!;
    return sum / k / density;
  });
}

function percentile(values: Float64Array, percent: number): number {
  const sorted = values.slice().sort();
  const at = (percent / 100) * (sorted.length - 1);
  const low = Math.floor(at);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low]! + (at - low) * (sorted[high]! - sorted[low]!);
}

interface Learned {
  readonly reach: Float64Array;
  readonly density: Float64Array;
  readonly negativeOutlierFactor: Float64Array;
  readonly offset: number;
}

/** What {@link LocalOutlierFactor} learned. */
export class LocalOutlierFactorModel extends DetectorModel {
  static readonly typeName = "LocalOutlierFactorModel";
  /** Minus the factor of each training row: about -1 for ordinary rows, far below for outliers. */
  readonly negativeOutlierFactor: Float64Array;
  /** Rows with a lower score are outliers. */
  readonly offset: number;
  /** 1 for ordinary training rows, -1 for outliers. */
  readonly labels: Int32Array;
  readonly #rows: Matrix;
  readonly #learned: Learned;
  readonly #kept: Kept;
  readonly #search: RowSearch;

  constructor(schema: Schema, rows: Matrix, learned: Learned, kept: Kept, search: RowSearch) {
    super(schema);
    this.#rows = rows;
    this.#learned = learned;
    this.#kept = kept;
    this.#search = search;
    this.negativeOutlierFactor = learned.negativeOutlierFactor;
    this.offset = learned.offset;
    this.labels = Int32Array.from(this.negativeOutlierFactor, (v) => (v < this.offset ? -1 : 1));
  }

  /**
   * Minus the local outlier factor of new rows among the training rows. A training row given here is taken for a new
   * row at the same place; the factors of training are in `negativeOutlierFactor`.
   */
  scoreSamples(X: MatrixLike): Float64Array {
    return this.#scores(X, "scoreSamples");
  }

  override decisionFunction(X: MatrixLike): Float64Array {
    return this.#scores(X, "decisionFunction").map((v) => v - this.offset);
  }

  #scores(X: MatrixLike, method: string): Float64Array {
    const { matrix } = readLike(this.schema, X, `LocalOutlierFactorModel.${method}`);
    const found = this.#search.nearest(matrix.data, matrix.rows, this.#kept.nNeighbors);
    const own = localDensities(found, this.#learned.reach);
    return localFactors(found, own, this.#learned.density).map((v) => -v);
  }

  override toState(): unknown {
    return { schema: this.schema, rows: this.#rows, learned: this.#learned, kept: this.#kept };
  }

  static fromState(state: unknown): LocalOutlierFactorModel {
    const s = state as { schema: Schema; rows: Matrix; learned: Learned; kept: Kept };
    const search = new RowSearch(s.rows.data, s.rows.rows, s.rows.cols, s.kept, "load");
    return new LocalOutlierFactorModel(s.schema, s.rows, s.learned, s.kept, search);
  }
}
