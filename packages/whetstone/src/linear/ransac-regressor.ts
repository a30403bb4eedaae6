import {
  argumentError,
  custom,
  type FitOptions,
  int,
  type MatrixLike,
  numericalError,
  optional,
  type ParamInput,
  type ParamTable,
  RegressorModel,
  RegressorSpec,
  readDesign,
  readLike,
  readTarget,
  readWeights,
  real,
  type Schema,
  schemaOf,
  seed,
  step,
  throwIfAborted,
} from "../contract/index.ts";
import { randomStream } from "../math/index.ts";
import type { Matrix } from "../math/matrix.ts";
import { LinearRegression } from "./linear-regression.ts";

type AnyRegressor = RegressorSpec<ParamTable>;

const params = {
  estimator: optional(
    custom<AnyRegressor>({
      default: null as unknown as AnyRegressor,
      doc: "Regressor that is fitted to samples and inliers; null takes LinearRegression",
      expected: "a regressor",
      accepts: (v) => v instanceof RegressorSpec,
    }),
  ),
  minSamples: optional(
    int({ min: 1, default: 1, doc: "Rows per random sample; null takes one more than there are columns" }),
  ),
  residualThreshold: optional(
    real({
      min: 0,
      default: 1,
      doc: "Largest absolute residual of an inlier; null takes the median absolute deviation of y",
    }),
  ),
  maxTrials: int({ min: 1, default: 100, doc: "Most samples drawn" }),
  stopProbability: real({
    min: 0,
    max: 1,
    default: 0.99,
    doc: "Stop as soon as a sample without outliers was drawn with this probability",
  }),
  seed: seed(),
};

/**
 * Random sample consensus: fits small random samples, keeps the one with which most rows agree, and fits again to
 * those rows. Half of the rows may be arbitrarily wrong.
 *
 * Fischler, Bolles, "Random sample consensus", 1981.
 *
 * @example
 * const X = Array.from({ length: 20 }, (_, i) => [i]);
 * const y = X.map(([x], i) => (i % 3 === 0 ? 100 : 2 * x));
 * const model = new RANSACRegressor({ residualThreshold: 1 }).fit(X, y);
 * model.predict([[50]])[0].toFixed(6); // "100.000000"
 */
export class RANSACRegressor extends RegressorSpec<typeof params> {
  static readonly typeName = "RANSACRegressor";
  static readonly params = params;

  constructor(given: ParamInput<typeof params> = {}) {
    super(RANSACRegressor.typeName, params, given);
  }

  static fromState(state: unknown): RANSACRegressor {
    return new RANSACRegressor(state as ParamInput<typeof params>);
  }

  override fit(X: MatrixLike, y: ArrayLike<number>, options: FitOptions = {}): RANSACRegressorModel {
    const where = "RANSACRegressor.fit";
    throwIfAborted(options.signal, where);
    const design = readDesign(X, where);
    const { matrix } = design;
    const n = matrix.rows;
    const target = readTarget(y, n, where);
    const weights = readWeights(options.sampleWeight, n, where);
    const { maxTrials, stopProbability } = this.params;
    const spec = this.params.estimator ?? new LinearRegression();
    const size = this.params.minSamples ?? Math.min(n, matrix.cols + 1);
    if (size > n) throw argumentError(where, "minSamples", size, `at most ${n} (rows of X)`);
    const threshold = this.params.residualThreshold ?? medianDeviation(target);
    const random = randomStream(this.params.seed);
    const fitTo = (rows: ArrayLike<number>): RegressorModel =>
      spec.fit(
        matrix.selectRows(rows),
        Float64Array.from(rows, (i) => target[i]!),
        {
          onWarning: () => {},
          ...(weights && { sampleWeight: Float64Array.from(rows, (i) => weights[i]!) }),
        },
      );
    let best: number[] = [];
    let bestLoss = Number.POSITIVE_INFINITY;
    let trials = 0;
    let wanted = maxTrials;
    while (trials < Math.min(wanted, maxTrials)) {
      const sample = random.choice(n, size);
      trials++;
      step(where, options, trials, maxTrials, "samples");
      if (weights && !sample.some((i) => weights[i]! > 0)) continue;
      const inliers: number[] = [];
      let loss = 0;
      residuals(fitTo(sample), matrix, target).forEach((r, i) => {
        if (!(r <= threshold)) return;
        inliers.push(i);
        loss += r;
      });
      if (inliers.length < best.length || (inliers.length === best.length && !(loss < bestLoss))) continue;
      best = inliers;
      bestLoss = loss;
      const clean = (best.length / n) ** size;
      wanted = clean >= 1 ? trials : Math.ceil(Math.log(1 - stopProbability) / Math.log1p(-clean));
    }
    const usable = weights ? best.some((i) => weights[i]! > 0) : best.length > 0;
    if (!usable) {
      throw numericalError(
        where,
        `no sample of ${trials} had a row within residualThreshold ${threshold}: raise it`,
      );
    }
    const inliers = new Uint8Array(n);
    for (const i of best) inliers[i] = 1;
    return new RANSACRegressorModel(schemaOf(design), fitTo(best), inliers, trials);
  }
}

function residuals(model: RegressorModel, X: Matrix, y: Float64Array): Float64Array {
  return model.predict(X).map((p, i) => Math.abs(y[i]! - p));
}

function medianDeviation(y: Float64Array): number {
  const median = (v: Float64Array): number => {
    const s = v.slice().sort();
    return (s[(s.length - 1) >> 1]! + s[s.length >> 1]!) / 2;
  };
  const m = median(y);
  return median(y.map((v) => Math.abs(v - m)));
}

/** What {@link RANSACRegressor} learned. */
export class RANSACRegressorModel extends RegressorModel {
  static readonly typeName = "RANSACRegressorModel";
  /** The regressor fitted to the inliers. */
  readonly model: RegressorModel;
  /** 1 for training rows that agree with it. */
  readonly inliers: Uint8Array;
  /** Samples drawn. */
  readonly nTrials: number;

  constructor(schema: Schema, model: RegressorModel, inliers: Uint8Array, nTrials: number) {
    super(schema);
    this.model = model;
    this.inliers = inliers;
    this.nTrials = nTrials;
  }

  override predict(X: MatrixLike): Float64Array {
    return this.model.predict(readLike(this.schema, X, "RANSACRegressorModel.predict").matrix);
  }

  override toState(): unknown {
    const { schema, model, inliers, nTrials } = this;
    return { schema, model, inliers, nTrials };
  }

  static fromState(state: unknown): RANSACRegressorModel {
    const s = state as { schema: Schema; model: RegressorModel; inliers: Uint8Array; nTrials: number };
    return new RANSACRegressorModel(s.schema, s.model, s.inliers, s.nTrials);
  }
}
