import {
  argumentError,
  bool,
  type FitOptions,
  int,
  type MatrixLike,
  type ParamInput,
  RegressorSpec,
  readDesign,
  readTarget,
  readWeights,
  real,
  type Schema,
  schemaOf,
  step,
  throwIfAborted,
  warn,
} from "../contract/index.ts";
import { LinearModel } from "./linear-model.ts";
import { quantileFit } from "./quantile-solve.ts";
import { standardised } from "./standardised.ts";

const params = {
  quantile: real({
    min: 0,
    exclusiveMin: true,
    max: 1,
    exclusiveMax: true,
    default: 0.5,
    doc: "Share of targets that should lie below the prediction; 0.5 is the median",
  }),
  alpha: real({
    min: 0,
    default: 1,
    doc: "L1 strength: alpha |coef|_1 is added to the mean pinball loss",
    search: { low: 1e-4, high: 10, scale: "log" },
  }),
  fitIntercept: bool({ default: true, doc: "Whether there is a constant term, which is never penalised" }),
  tol: real({ min: 0, default: 1e-9, doc: "Duality gap at which to stop, relative to 1 plus the loss" }),
  maxIter: int({
    min: 1,
    default: 100,
    doc: "Most interior-point iterations; stopping there gives a warning",
  }),
};

/**
 * Linear quantile regression: minimises the mean pinball loss `max(q e, (q - 1) e)`, `e = y - prediction`, plus
 * `alpha |coef|_1`, as a linear programme. Two of them, at 0.05 and 0.95, are a 90 % prediction interval.
 *
 * Koenker, Bassett, "Regression quantiles", 1978.
 *
 * @example
 * const spec = new QuantileRegressor({ quantile: 0.5, alpha: 0 });
 * const model = spec.fit([[0], [1], [2], [3], [4]], [0, 1, 2, 3, 100]);
 * model.predict([[4]])[0].toFixed(6); // "4.000000", the outlier has no say
 */
export class QuantileRegressor extends RegressorSpec<typeof params> {
  static readonly typeName = "QuantileRegressor";
  static readonly params = params;

  constructor(given: ParamInput<typeof params> = {}) {
    super(QuantileRegressor.typeName, params, given);
    const { alpha } = this.params;
    if (alpha === Number.POSITIVE_INFINITY) {
      throw argumentError("QuantileRegressor", "alpha", alpha, "a finite number >= 0");
    }
  }

  static fromState(state: unknown): QuantileRegressor {
    return new QuantileRegressor(state as ParamInput<typeof params>);
  }

  override fit(X: MatrixLike, y: ArrayLike<number>, options: FitOptions = {}): QuantileRegressorModel {
    const where = "QuantileRegressor.fit";
    throwIfAborted(options.signal, where);
    const design = readDesign(X, where);
    const { matrix } = design;
    const { rows: n, cols: d } = matrix;
    const { quantile, alpha, fitIntercept, tol, maxIter } = this.params;
    const target = readTarget(y, n, where);
    const weights = readWeights(options.sampleWeight, n, where);
    const total = weights ? weights.reduce((s, w) => s + w, 0) : n;
    const { Z, centre, scale } = standardised(matrix, weights, fitIntercept, where);
    const size = target.reduce((m, v) => Math.max(m, Math.abs(v)), 0) || 1;
    // Rows times their weights, and per penalised column one row at the median, whose pinball loss is the penalty.
    const p = d + (fitIntercept ? 1 : 0);
    const rows = n + (alpha > 0 ? d : 0);
    const A = new Float64Array(rows * p);
    const b = new Float64Array(rows);
    const level = new Float64Array(rows).fill(quantile);
    for (let i = 0; i < n; i++) {
      const w = weights ? weights[i]! : 1;
      for (let j = 0; j < d; j++) A[i * p + j] = w * Z[i * d + j]!;
      if (fitIntercept) A[i * p + d] = w;
      b[i] = (w * target[i]!) / size;
    }
    for (let j = 0; j < d && alpha > 0; j++) {
      A[(n + j) * p + j] = 2 * alpha * total * scale[j]!;
      level[n + j] = 0.5;
    }
    const found = quantileFit(A, b, level, p, tol, maxIter, (done) =>
      step(where, options, done, maxIter, "iterations"),
    );
    const dualityGap = (found.gap * size) / total;
    if (found.iterations >= maxIter) {
      warn(
        where,
        options,
        `did not converge in ${maxIter} iterations (duality gap ${dualityGap.toExponential(1)})`,
      );
    }
    const coef = new Float64Array(d);
    let intercept = fitIntercept ? found.beta[d]! * size : 0;
    for (let j = 0; j < d; j++) {
      coef[j] = found.beta[j]! * scale[j]! * size;
      intercept -= coef[j]! * centre[j]!;
    }
    return new QuantileRegressorModel(schemaOf(design), coef, intercept, {
      dualityGap,
      nIter: found.iterations,
    });
  }
}

/** What {@link QuantileRegressor} learned. */
export class QuantileRegressorModel extends LinearModel {
  static readonly typeName = "QuantileRegressorModel";
  /** How far the penalised mean pinball loss may still be above its minimum. */
  readonly dualityGap: number;
  readonly nIter: number;

  constructor(
    schema: Schema,
    coef: Float64Array,
    intercept: number,
    run: { readonly dualityGap: number; readonly nIter: number },
  ) {
    super(schema, coef, intercept);
    this.dualityGap = run.dualityGap;
    this.nIter = run.nIter;
  }

  override toState(): unknown {
    const { schema, coef, intercept, dualityGap, nIter } = this;
    return { schema, coef, intercept, dualityGap, nIter };
  }

  static fromState(state: unknown): QuantileRegressorModel {
    const s = state as {
      schema: Schema;
      coef: Float64Array;
      intercept: number;
      dualityGap: number;
      nIter: number;
    };
    return new QuantileRegressorModel(s.schema, s.coef, s.intercept, s);
  }
}
