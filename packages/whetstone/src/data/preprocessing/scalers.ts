import {
  bool,
  custom,
  type FitOptions,
  type Label,
  type MatrixLike,
  NamedMatrix,
  type ParamInput,
  readLike,
  type Schema,
  TransformerSpec,
} from "../../contract/index.ts";
import { normalQuantile } from "../../math/index.ts";
import { quantileSorted, sortSample } from "../quantile.ts";
import { columnMoments, type FitStart, InvertibleModel, isConstant, startFit } from "./base.ts";

interface AffineState {
  readonly schema: Schema;
  readonly center: Float64Array;
  readonly scale: Float64Array;
}

/** z = (x - center) / scale, column by column. */
abstract class AffineModel extends InvertibleModel {
  /** What is subtracted from each column. */
  readonly center: Float64Array;
  /** What each column is divided by; 1 for a constant column. */
  readonly scale: Float64Array;

  constructor(state: AffineState) {
    super(state.schema);
    this.center = state.center;
    this.scale = state.scale;
  }

  override transform(X: MatrixLike): NamedMatrix {
    const { matrix } = readLike(this.schema, X, `${this.specName}.transform`, { allowMissing: true });
    const { data, rows, cols } = matrix;
    const out = new Float64Array(data.length);
    const { center, scale } = this;
    for (let i = 0, at = 0; i < rows; i++)
      for (let j = 0; j < cols; j++, at++) out[at] = (data[at]! - center[j]!) / scale[j]!;
    return new NamedMatrix(out, rows, this.outputNames());
  }

  protected forward(v: number, j: number): number {
    return (v - this.center[j]!) / this.scale[j]!;
  }
  protected backward(v: number, j: number): number {
    return v * this.scale[j]! + this.center[j]!;
  }

  toState(): unknown {
    const { schema, center, scale } = this;
    return { schema, center, scale };
  }
}

/** Center and scale per column from that column's values. */
function affine(
  start: FitStart,
  of: (column: Float64Array, weights: Float64Array | null) => readonly [center: number, scale: number],
): AffineState {
  const d = start.design.matrix.cols;
  const center = new Float64Array(d);
  const scale = new Float64Array(d).fill(1);
  for (let j = 0; j < d; j++) {
    const [c, s] = of(start.design.matrix.col(j), start.weights);
    // A column without any value has neither; it stays as it is.
    if (!Number.isNaN(c)) center[j] = c;
    if (!Number.isNaN(s) && s !== 0) scale[j] = s;
  }
  return { schema: start.schema, center, scale };
}

const STANDARD_PARAMS = {
  withMean: bool({ default: true, doc: "Subtract the mean" }),
  withStd: bool({
    default: true,
    doc: "Divide by the standard deviation (population, n in the denominator)",
  }),
} as const;

/**
 * Columns with mean 0 and variance 1. Missing values are skipped in training and stay missing; a constant
 * column is only centred.
 *
 * @example
 * const scaler = new StandardScaler().fit(Matrix.from([[1], [3]]));
 * scaler.transform(Matrix.from([[5]])).at(0, 0); // 3
 */
export class StandardScaler extends TransformerSpec<typeof STANDARD_PARAMS> {
  static readonly typeName = "StandardScaler";
  static readonly params = STANDARD_PARAMS;

  constructor(params: ParamInput<typeof STANDARD_PARAMS> = {}) {
    super("StandardScaler", STANDARD_PARAMS, params);
  }

  static fromState(state: unknown): StandardScaler {
    return new StandardScaler(state as ParamInput<typeof STANDARD_PARAMS>);
  }

  fit(X: MatrixLike, _y?: ArrayLike<Label> | null, options?: FitOptions): StandardScalerModel {
    const { withMean, withStd } = this.params;
    return new StandardScalerModel(
      affine(startFit(X, options, "StandardScaler.fit"), (column, weights) => {
        const { mean, variance, total } = columnMoments(column, weights);
        const spread = isConstant(mean, variance, total) ? 1 : Math.sqrt(variance);
        return [withMean ? mean : 0, withStd ? spread : 1];
      }),
    );
  }
}

/**
 * Mean and standard deviation of each training column, `center` and `scale`: `transform` gives (x - center) /
 * scale.
 */
export class StandardScalerModel extends AffineModel {
  static readonly typeName = "StandardScalerModel";
  static fromState(state: unknown): StandardScalerModel {
    return new StandardScalerModel(state as AffineState);
  }
}

const isRange = (v: unknown, low: number, high: number) =>
  Array.isArray(v) &&
  v.length === 2 &&
  v.every((x) => typeof x === "number" && Number.isFinite(x) && x >= low && x <= high) &&
  v[0] < v[1];

const MIN_MAX_PARAMS = {
  featureRange: custom<readonly [number, number]>({
    default: [0, 1],
    doc: "Where the smallest and the largest training value go",
    expected: "[low, high] with low < high",
    accepts: (v) => isRange(v, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY),
  }),
  clip: bool({ default: false, doc: "Cut later values to the range" }),
} as const;

/**
 * Columns between two bounds, [0, 1] by default. A constant column goes to the lower bound.
 *
 * @example
 * new MinMaxScaler().fit([[0], [10]]).transform([[5]]).at(0, 0); // 0.5
 */
export class MinMaxScaler extends TransformerSpec<typeof MIN_MAX_PARAMS> {
  static readonly typeName = "MinMaxScaler";
  static readonly params = MIN_MAX_PARAMS;

  constructor(params: ParamInput<typeof MIN_MAX_PARAMS> = {}) {
    super("MinMaxScaler", MIN_MAX_PARAMS, params);
  }

  static fromState(state: unknown): MinMaxScaler {
    return new MinMaxScaler(state as ParamInput<typeof MIN_MAX_PARAMS>);
  }

  fit(X: MatrixLike, _y?: ArrayLike<Label> | null, options?: FitOptions): MinMaxScalerModel {
    const { featureRange, clip } = this.params;
    const state = affine(startFit(X, options, "MinMaxScaler.fit"), (column, weights) => {
      const [low, high] = extremes(column, weights);
      const span = high - low;
      return [low, span <= 10 * Number.EPSILON ? 1 : span];
    });
    return new MinMaxScalerModel({ ...state, range: featureRange, clip });
  }
}

interface MinMaxState extends AffineState {
  readonly range: readonly [number, number];
  readonly clip: boolean;
}

/**
 * Bounds of each training column: `transform` takes them to `range`. Without `clip` new values may lie
 * outside.
 */
export class MinMaxScalerModel extends AffineModel {
  static readonly typeName = "MinMaxScalerModel";
  /** Where the training columns go: lower and upper bound. */
  readonly range: readonly [number, number];
  /** Whether values outside the training bounds are taken to the nearer one. */
  readonly clip: boolean;

  constructor(state: MinMaxState) {
    super(state);
    this.range = state.range;
    this.clip = state.clip;
  }

  override transform(X: MatrixLike): NamedMatrix {
    return this.map(X, "transform", (v, j) => this.forward(v, j));
  }

  protected override forward(v: number, j: number): number {
    const [low, high] = this.range;
    const z = low + super.forward(v, j) * (high - low);
    return this.clip ? Math.min(high, Math.max(low, z)) : z;
  }
  protected override backward(v: number, j: number): number {
    const [low, high] = this.range;
    return super.backward((v - low) / (high - low), j);
  }

  override toState(): unknown {
    return { ...(super.toState() as object), range: this.range, clip: this.clip };
  }
  static fromState(state: unknown): MinMaxScalerModel {
    return new MinMaxScalerModel(state as MinMaxState);
  }
}

const NO_PARAMS = {} as const;

/**
 * Columns divided by their largest absolute value; zeros stay zeros.
 *
 * @example
 * new MaxAbsScaler().fit([[-4], [2]]).transform([[2]]).at(0, 0); // 0.5
 */
export class MaxAbsScaler extends TransformerSpec<typeof NO_PARAMS> {
  static readonly typeName = "MaxAbsScaler";
  static readonly params = NO_PARAMS;

  constructor(params: ParamInput<typeof NO_PARAMS> = {}) {
    super("MaxAbsScaler", NO_PARAMS, params);
  }

  static fromState(state: unknown): MaxAbsScaler {
    return new MaxAbsScaler(state as ParamInput<typeof NO_PARAMS>);
  }

  fit(X: MatrixLike, _y?: ArrayLike<Label> | null, options?: FitOptions): MaxAbsScalerModel {
    return new MaxAbsScalerModel(
      affine(startFit(X, options, "MaxAbsScaler.fit"), (column, weights) => {
        const [low, high] = extremes(column, weights);
        const largest = Math.max(Math.abs(low), Math.abs(high));
        return [0, largest <= 10 * Number.EPSILON ? 1 : largest];
      }),
    );
  }
}

/** Largest absolute value of each training column, `scale`; `center` is 0. */
export class MaxAbsScalerModel extends AffineModel {
  static readonly typeName = "MaxAbsScalerModel";
  static fromState(state: unknown): MaxAbsScalerModel {
    return new MaxAbsScalerModel(state as AffineState);
  }
}

const ROBUST_PARAMS = {
  withCentering: bool({ default: true, doc: "Subtract the median" }),
  withScaling: bool({ default: true, doc: "Divide by the distance of the two quantiles" }),
  quantileRange: custom<readonly [number, number]>({
    default: [25, 75],
    doc: "The two quantiles, in per cent",
    expected: "[low, high] with 0 <= low < high <= 100",
    accepts: (v) => isRange(v, 0, 100),
  }),
  unitVariance: bool({
    default: false,
    doc: "Scale further, so that a normal column gets variance 1",
  }),
} as const;

/**
 * Columns less their median, over the distance of two quantiles: outliers do not move either.
 *
 * @example
 * const X = [[1], [2], [3], [4], [1000]];
 * new RobustScaler().fit(X).transform([[4]]).at(0, 0); // 0.5: (4 - 3) / (4 - 2)
 */
export class RobustScaler extends TransformerSpec<typeof ROBUST_PARAMS> {
  static readonly typeName = "RobustScaler";
  static readonly params = ROBUST_PARAMS;

  constructor(params: ParamInput<typeof ROBUST_PARAMS> = {}) {
    super("RobustScaler", ROBUST_PARAMS, params);
  }

  static fromState(state: unknown): RobustScaler {
    return new RobustScaler(state as ParamInput<typeof ROBUST_PARAMS>);
  }

  fit(X: MatrixLike, _y?: ArrayLike<Label> | null, options?: FitOptions): RobustScalerModel {
    const { withCentering, withScaling, quantileRange, unitVariance } = this.params;
    const [low, high] = quantileRange;
    const normal = unitVariance ? normalQuantile(high / 100) - normalQuantile(low / 100) : 1;
    return new RobustScalerModel(
      affine(startFit(X, options, "RobustScaler.fit"), (column, weights) => {
        const sample = sortSample(column, weights);
        const span = quantileSorted(sample, high / 100) - quantileSorted(sample, low / 100);
        const scale = (span <= 10 * Number.EPSILON ? 1 : span) / normal;
        return [withCentering ? quantileSorted(sample, 0.5) : 0, withScaling ? scale : 1];
      }),
    );
  }
}

/** Median and distance of two quantiles of each training column, `center` and `scale`. */
export class RobustScalerModel extends AffineModel {
  static readonly typeName = "RobustScalerModel";
  static fromState(state: unknown): RobustScalerModel {
    return new RobustScalerModel(state as AffineState);
  }
}

/** Smallest and largest value present, rows of weight 0 left out. */
function extremes(column: Float64Array, weights: Float64Array | null): [number, number] {
  let low = Number.NaN;
  let high = Number.NaN;
  for (let i = 0; i < column.length; i++) {
    const v = column[i]!;
    if (Number.isNaN(v) || (weights && weights[i] === 0)) continue;
    if (!(low <= v)) low = v;
    if (!(high >= v)) high = v;
  }
  return [low, high];
}
