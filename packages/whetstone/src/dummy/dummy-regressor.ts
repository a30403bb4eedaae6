import {
  argumentError,
  custom,
  type FitOptions,
  type MatrixLike,
  oneOf,
  optional,
  type ParamInput,
  RegressorModel,
  RegressorSpec,
  readDesign,
  readLike,
  readTarget,
  readWeights,
  real,
  type Schema,
  schemaOf,
  throwIfAborted,
} from "../contract/index.ts";

const params = {
  strategy: oneOf(["mean", "median", "quantile", "constant"], {
    default: "mean",
    doc: "What every row is predicted as",
  }),
  quantile: real({ min: 0, max: 1, default: 0.5, doc: 'Quantile of y for strategy "quantile"' }),
  constant: optional(
    custom<number>({
      default: 0,
      doc: 'The prediction for strategy "constant"',
      expected: "a finite number",
      accepts: Number.isFinite,
    }),
  ),
};

/**
 * Predicts one number whatever the features: the baseline a regressor has to beat.
 *
 * Weighted medians and quantiles invert the weighted distribution function and average where it is flat
 * (Hyndman and Fan, 1996, definition 2), so a weight of k equals k copies of the row.
 *
 * @example
 * const model = new DummyRegressor({ strategy: "median" }).fit([[0], [0], [0]], [1, 2, 9]);
 * model.predict([[5]]); // [2]
 */
export class DummyRegressor extends RegressorSpec<typeof params> {
  static readonly typeName = "DummyRegressor";
  static readonly params = params;

  constructor(given: ParamInput<typeof params> = {}) {
    super(DummyRegressor.typeName, params, given);
    if (this.params.strategy === "constant" && this.params.constant === null) {
      throw argumentError("DummyRegressor", "constant", null, 'a finite number for strategy "constant"');
    }
  }

  static fromState(state: unknown): DummyRegressor {
    return new DummyRegressor(state as ParamInput<typeof params>);
  }

  override fit(X: MatrixLike, y: ArrayLike<number>, options: FitOptions = {}): DummyRegressorModel {
    const where = "DummyRegressor.fit";
    throwIfAborted(options.signal, where);
    // Features are not used, so missing values and categories are welcome.
    const design = readDesign(X, where, { allowMissing: true, allowCategories: true });
    const target = readTarget(y, design.matrix.rows, where);
    const weights = readWeights(options.sampleWeight, target.length, where);
    return new DummyRegressorModel(schemaOf(design), this.value(target, weights));
  }

  private value(y: Float64Array, weights: Float64Array | null): number {
    switch (this.params.strategy) {
      case "mean":
        return weightedMean(y, weights);
      case "median":
        return weightedQuantile(y, weights, 0.5);
      case "quantile":
        return weightedQuantile(y, weights, this.params.quantile);
      case "constant":
        return this.params.constant!;
    }
  }
}

/** What {@link DummyRegressor} learned. */
export class DummyRegressorModel extends RegressorModel {
  static readonly typeName = "DummyRegressorModel";
  /** The prediction for every row. */
  readonly constant: number;

  constructor(schema: Schema, constant: number) {
    super(schema);
    this.constant = constant;
  }

  override predict(X: MatrixLike): Float64Array {
    const { matrix } = readLike(this.schema, X, "DummyRegressorModel.predict", {
      allowMissing: true,
      allowCategories: true,
    });
    return new Float64Array(matrix.rows).fill(this.constant);
  }

  override toState(): unknown {
    return { schema: this.schema, constant: this.constant };
  }

  static fromState(state: unknown): DummyRegressorModel {
    const { schema, constant } = state as { schema: Schema; constant: number };
    return new DummyRegressorModel(schema, constant);
  }
}

function weightedMean(y: Float64Array, weights: Float64Array | null): number {
  // Around the first value, so that a constant target gives exactly itself.
  const origin = y[0]!;
  let sum = 0;
  let total = 0;
  for (let i = 0; i < y.length; i++) {
    const w = weights ? weights[i]! : 1;
    sum += w * (y[i]! - origin);
    total += w;
  }
  return origin + sum / total;
}

/** Inverse of the weighted distribution function, averaged over the flat part where it equals q. */
function weightedQuantile(y: Float64Array, weights: Float64Array | null, q: number): number {
  const order = Array.from(y.keys()).filter((i) => weights === null || weights[i]! > 0);
  order.sort((a, b) => y[a]! - y[b]!);
  const weight = (i: number): number => (weights ? weights[i]! : 1);
  const total = order.reduce((sum, i) => sum + weight(i), 0);
  const wanted = q * total;
  const slack = 1e-12 * total; // sums of fractional weights rarely hit q exactly
  let cumulative = 0;
  for (let k = 0; k < order.length; k++) {
    const i = order[k]!;
    cumulative += weight(i);
    if (cumulative < wanted - slack) continue;
    const isFlat = cumulative <= wanted + slack && k + 1 < order.length;
    return isFlat ? (y[i]! + y[order[k + 1]!]!) / 2 : y[i]!;
  }
  return y[order[order.length - 1]!]!;
}
