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
import { lbfgs } from "../math/optimize/lbfgs.ts";
import { LinearModel } from "./linear-model.ts";
import { standardised } from "./standardised.ts";

const params = {
  epsilon: real({
    min: 1,
    default: 1.35,
    doc: "Residuals up to this many times the scale count squared, larger ones linearly",
    search: { low: 1, high: 3 },
  }),
  alpha: real({
    min: 0,
    default: 1e-4,
    doc: "L2 strength: alpha |coef|^2 is added to the summed loss",
    search: { low: 1e-6, high: 10, scale: "log" },
  }),
  fitIntercept: bool({ default: true, doc: "Whether there is a constant term, which is never penalised" }),
  tol: real({ min: 0, default: 1e-8, doc: "Largest entry of the mean loss's gradient at which to stop" }),
  maxIter: int({ min: 1, default: 1000, doc: "Most iterations; stopping there gives a warning" }),
};

/**
 * Regression that outliers do not pull: squared loss for small residuals, absolute loss for large ones, and the scale
 * that tells them apart estimated beside the coefficients.
 *
 * Minimises `sum_i w_i (s + H((y_i - x_i coef - intercept) / s) s) + alpha |coef|^2` with `H(z) = z^2` up to epsilon and
 * `2 epsilon |z| - epsilon^2` beyond (Huber, "Robust Statistics", 1981, section 7.7; Owen 2007).
 *
 * @example
 * const X = [[0], [1], [2], [3], [4], [5]];
 * const model = new HuberRegressor().fit(X, [0, 1.1, 1.9, 3, 4.1, 500]);
 * model.coef[0] < 1.2; // true
 */
export class HuberRegressor extends RegressorSpec<typeof params> {
  static readonly typeName = "HuberRegressor";
  static readonly params = params;

  constructor(given: ParamInput<typeof params> = {}) {
    super(HuberRegressor.typeName, params, given);
    for (const key of ["alpha", "epsilon"] as const) {
      if (this.params[key] === Number.POSITIVE_INFINITY) {
        throw argumentError("HuberRegressor", key, this.params[key], "a finite number");
      }
    }
  }

  static fromState(state: unknown): HuberRegressor {
    return new HuberRegressor(state as ParamInput<typeof params>);
  }

  override fit(X: MatrixLike, y: ArrayLike<number>, options: FitOptions = {}): HuberRegressorModel {
    const where = "HuberRegressor.fit";
    throwIfAborted(options.signal, where);
    const design = readDesign(X, where);
    const { matrix } = design;
    const { rows: n, cols: d } = matrix;
    const { epsilon, alpha, fitIntercept, tol, maxIter } = this.params;
    const target = readTarget(y, n, where);
    const weights = readWeights(options.sampleWeight, n, where);
    const total = weights ? weights.reduce((s, w) => s + w, 0) : n;
    const { Z, centre, scale } = standardised(matrix, weights, fitIntercept, where);
    const middle = fitIntercept
      ? target.reduce((s, v, i) => s + ((weights ? weights[i]! : 1) * v) / total, 0)
      : 0;
    const spread =
      Math.sqrt(
        target.reduce((s, v, i) => s + ((weights ? weights[i]! : 1) * (v - middle) ** 2) / total, 0),
      ) || 1;
    const t = target.map((v) => (v - middle) / spread);
    // u = coefficients in standardised columns, intercept, log of the scale; all in units of the target's spread.
    const evaluate = (u: Float64Array, g: Float64Array): number => {
      const s = Math.exp(u[d + 1]!);
      g.fill(0);
      let sum = 0;
      let bySigma = 0;
      for (let i = 0, at = 0; i < n; i++, at += d) {
        let r = t[i]! - u[d]!;
        for (let j = 0; j < d; j++) r -= Z[at + j]! * u[j]!;
        const w = (weights ? weights[i]! : 1) / total;
        const small = Math.abs(r) <= epsilon * s;
        sum += w * (s + (small ? (r * r) / s : 2 * epsilon * Math.abs(r) - epsilon * epsilon * s));
        bySigma += w * (1 - (small ? (r * r) / (s * s) : epsilon * epsilon));
        const pull = -2 * w * (small ? r / s : epsilon * Math.sign(r));
        for (let j = 0; j < d; j++) g[j] = g[j]! + pull * Z[at + j]!;
        if (fitIntercept) g[d] = g[d]! + pull;
      }
      for (let j = 0; j < d; j++) {
        // alpha |coef|^2 in these units: coef = u scale spread, and the loss is in units of the spread.
        const c = (alpha * scale[j]! * scale[j]! * spread) / total;
        sum += c * u[j]! * u[j]!;
        g[j] = g[j]! + 2 * c * u[j]!;
      }
      g[d + 1] = bySigma * s;
      return sum;
    };
    const found = lbfgs({ valueAndGradient: evaluate }, new Float64Array(d + 2), {
      tolerance: { gradient: tol, value: 0, step: 0 },
      maxIterations: maxIter,
      callback: ({ iteration }) => step(where, options, iteration, maxIter, "iterations"),
    });
    const slope = found.gradient.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
    // Where residuals are all zero the scale has no positive optimum and falls for ever.
    if (found.reason === "maxIterations" && slope > tol) {
      warn(
        where,
        options,
        `did not converge in ${found.iterations} iterations (gradient ${slope.toExponential(1)})`,
      );
    }
    const coef = new Float64Array(d);
    let intercept = fitIntercept ? middle + spread * found.x[d]! : 0;
    for (let j = 0; j < d; j++) {
      coef[j] = found.x[j]! * scale[j]! * spread;
      intercept -= coef[j]! * centre[j]!;
    }
    const sigma = spread * Math.exp(found.x[d + 1]!);
    const model = new HuberRegressorModel(schemaOf(design), coef, intercept, {
      scale: sigma,
      outliers: new Uint8Array(n),
      nIter: found.iterations,
    });
    const fitted = model.predict(matrix);
    for (let i = 0; i < n; i++)
      if (Math.abs(target[i]! - fitted[i]!) > epsilon * sigma) model.outliers[i] = 1;
    return model;
  }
}

/** What {@link HuberRegressor} learned. */
export class HuberRegressorModel extends LinearModel {
  static readonly typeName = "HuberRegressorModel";
  /** Scale of the residuals. */
  readonly scale: number;
  /** 1 for training rows whose residual counted linearly. */
  readonly outliers: Uint8Array;
  readonly nIter: number;

  constructor(
    schema: Schema,
    coef: Float64Array,
    intercept: number,
    run: { readonly scale: number; readonly outliers: Uint8Array; readonly nIter: number },
  ) {
    super(schema, coef, intercept);
    this.scale = run.scale;
    this.outliers = run.outliers;
    this.nIter = run.nIter;
  }

  override toState(): unknown {
    const { schema, coef, intercept, scale, outliers, nIter } = this;
    return { schema, coef, intercept, scale, outliers, nIter };
  }

  static fromState(state: unknown): HuberRegressorModel {
    const s = state as {
      schema: Schema;
      coef: Float64Array;
      intercept: number;
      scale: number;
      outliers: Uint8Array;
      nIter: number;
    };
    return new HuberRegressorModel(s.schema, s.coef, s.intercept, s);
  }
}
