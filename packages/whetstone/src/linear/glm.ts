import {
  argumentError,
  bool,
  either,
  type FitOptions,
  int,
  type MatrixLike,
  oneOf,
  type ParamInput,
  RegressorSpec,
  readDesign,
  readLike,
  readTarget,
  readWeights,
  real,
  type Schema,
  schemaOf,
  step,
  throwIfAborted,
  unsupported,
  valueError,
  warn,
} from "../contract/index.ts";
import { type FamilyName, familyOf } from "./glm-family.ts";
import { bestDispersion, irls } from "./glm-fit.ts";
import { type GlmInference, type GlmInferenceOptions, glmInference } from "./glm-inference.ts";
import { LINKS, type LinkName } from "./glm-link.ts";
import { LinearModel } from "./linear-model.ts";

const params = {
  family: oneOf(
    ["gaussian", "binomial", "poisson", "gamma", "inverseGaussian", "tweedie", "negativeBinomial"],
    { default: "gaussian", doc: "Distribution of the target around its mean" },
  ),
  link: oneOf(["auto", "identity", "log", "logit", "probit", "cloglog", "inverse", "sqrt"], {
    default: "auto",
    doc: "Function of the mean that is linear in the features; auto takes identity for gaussian, logit for binomial, log for the rest",
  }),
  power: real({
    min: 1,
    exclusiveMin: true,
    max: 2,
    exclusiveMax: true,
    default: 1.5,
    doc: "Exponent of the variance for tweedie: 1 would be Poisson, 2 gamma",
  }),
  overdispersion: either(
    oneOf(["estimate"], {
      default: "estimate",
      doc: "alpha of the variance mu + alpha mu^2 for negativeBinomial; estimate takes the most likely one",
    }),
    real({ min: 0, default: 1, doc: "" }),
  ),
  alpha: real({
    min: 0,
    default: 0,
    doc: "L2 strength: alpha / 2 |coef|^2 is added to half the mean deviance",
    search: { low: 1e-6, high: 10, scale: "log" },
  }),
  fitIntercept: bool({
    default: true,
    doc: "Whether the linear predictor has a constant term, never penalised",
  }),
  tol: real({ min: 0, default: 1e-10, doc: "Relative change of the penalised deviance at which to stop" }),
  maxIter: int({ min: 1, default: 100, doc: "Most iterations; stopping there gives a warning" }),
};

/** Options of {@link GeneralizedLinearRegressor}'s `fit`. */
export interface GlmFitOptions extends FitOptions {
  /** One number per row, added to the linear predictor: the log of the exposure for rates under a log link. */
  readonly offset?: ArrayLike<number>;
}

/**
 * Generalised linear model: a target of an exponential family whose mean is a function of a linear predictor, fitted
 * by iteratively reweighted least squares. Poisson with `offset: log(exposure)` models rates; negativeBinomial lets
 * counts vary more than Poisson's and estimates by how much; `inference` gives standard errors and the table.
 *
 * @example
 * const spec = new GeneralizedLinearRegressor({ family: "poisson" });
 * const model = spec.fit([[0], [0], [1], [1]], [1, 3, 4, 8]);
 * Math.exp(model.coef[0]).toFixed(6); // "3.000000", the ratio of the two means
 */
export class GeneralizedLinearRegressor extends RegressorSpec<typeof params> {
  static readonly typeName = "GeneralizedLinearRegressor";
  static readonly params = params;

  constructor(given: ParamInput<typeof params> = {}) {
    super(GeneralizedLinearRegressor.typeName, params, given);
    for (const key of ["alpha", "overdispersion"] as const) {
      if (this.params[key] === Number.POSITIVE_INFINITY) {
        throw argumentError("GeneralizedLinearRegressor", key, this.params[key], "a finite number >= 0");
      }
    }
  }

  static fromState(state: unknown): GeneralizedLinearRegressor {
    return new GeneralizedLinearRegressor(state as ParamInput<typeof params>);
  }

  override fit(
    X: MatrixLike,
    y: ArrayLike<number>,
    options: GlmFitOptions = {},
  ): GeneralizedLinearRegressorModel {
    const where = "GeneralizedLinearRegressor.fit";
    throwIfAborted(options.signal, where);
    const design = readDesign(X, where);
    const { matrix } = design;
    const n = matrix.rows;
    const { family: name, power, alpha, fitIntercept, tol, maxIter } = this.params;
    const target = readTarget(y, n, where);
    const weights = readWeights(options.sampleWeight, n, where);
    const offset = options.offset === undefined ? null : readTarget(options.offset, n, where, "offset");
    const estimate = name === "negativeBinomial" && this.params.overdispersion === "estimate";
    let overdispersion = typeof this.params.overdispersion === "number" ? this.params.overdispersion : 0;
    let family = familyOf(name, power, overdispersion);
    const bad = target.findIndex((v) => !family.accepts(v));
    if (bad >= 0)
      throw valueError(where, "y", `holds ${target[bad]} at row ${bad}, expected ${family.expected}`);
    const linkName = this.params.link === "auto" ? family.link : this.params.link;
    const base = { X: matrix, y: target, weights, offset, link: LINKS[linkName], fitIntercept, alpha, where };
    let done = 0;
    const onIteration = (): void => step(where, options, Math.min(++done, maxIter), maxIter, "iterations");
    let found = irls({ ...base, family }, tol, maxIter, onIteration);
    for (let round = 0; estimate && round < 50; round++) {
      const next = bestDispersion(target, found.mu, weights);
      const settled = Math.abs(next - overdispersion) <= 1e-9 * (1e-6 + overdispersion);
      overdispersion = next;
      if (settled) break;
      family = familyOf(name, power, overdispersion);
      found = irls({ ...base, family }, tol, maxIter, onIteration, found);
    }
    if (!found.converged) warn(where, options, `did not converge in ${found.iterations} iterations`);
    return new GeneralizedLinearRegressorModel(schemaOf(design), found.coef, found.intercept, {
      family: name,
      link: linkName,
      power,
      overdispersion,
      overdispersionEstimated: estimate,
      fitIntercept,
      nIter: done,
    });
  }

  /** As `fit`, in a worker, but for `offset`, which only `fit` takes. */
  override fitAsync(
    X: MatrixLike,
    y: ArrayLike<number>,
    options: FitOptions = {},
  ): Promise<ReturnType<this["fit"]>> {
    if ("offset" in options) {
      throw unsupported(
        "GeneralizedLinearRegressor.fitAsync",
        "options.offset cannot be sent to a worker: use fit",
      );
    }
    return super.fitAsync(X, y, options);
  }
}

interface GlmDetails {
  readonly family: FamilyName;
  readonly link: LinkName;
  readonly power: number;
  readonly overdispersion: number;
  readonly overdispersionEstimated: boolean;
  readonly fitIntercept: boolean;
  readonly nIter: number;
}

/** What {@link GeneralizedLinearRegressor} learned. */
export class GeneralizedLinearRegressorModel extends LinearModel implements GlmDetails {
  static readonly typeName = "GeneralizedLinearRegressorModel";
  readonly family: FamilyName;
  readonly link: LinkName;
  /** Exponent of the variance for tweedie. */
  readonly power: number;
  /** alpha of the variance mu + alpha mu^2 for negativeBinomial, else 0. */
  readonly overdispersion: number;
  readonly overdispersionEstimated: boolean;
  readonly fitIntercept: boolean;
  readonly nIter: number;

  constructor(schema: Schema, coef: Float64Array, intercept: number, details: GlmDetails) {
    super(schema, coef, intercept);
    this.family = details.family;
    this.link = details.link;
    this.power = details.power;
    this.overdispersion = details.overdispersion;
    this.overdispersionEstimated = details.overdispersionEstimated;
    this.fitIntercept = details.fitIntercept;
    this.nIter = details.nIter;
  }

  /** Means, one per row. */
  override predict(X: MatrixLike, options: { readonly offset?: ArrayLike<number> } = {}): Float64Array {
    return this.linearPredictor(X, options).map(LINKS[this.link].mean);
  }

  /** Linear predictors, one per row: what the link makes of the means. */
  linearPredictor(X: MatrixLike, options: { readonly offset?: ArrayLike<number> } = {}): Float64Array {
    const where = "GeneralizedLinearRegressorModel.predict";
    const { matrix } = readLike(this.schema, X, where);
    const eta = super.predict(matrix);
    if (options.offset === undefined) return eta;
    const offset = readTarget(options.offset, matrix.rows, where, "offset");
    return eta.map((v, i) => v + offset[i]!);
  }

  /**
   * Standard errors, intervals, deviance and information criteria at these coefficients; `String()` of it is the
   * table. Meant for fits without penalty.
   *
   * @param X the training features
   * @param y the training targets
   * @param options `offset` and `sampleWeight` as in `fit`; `confidence` of the intervals, default 0.95
   */
  inference(X: MatrixLike, y: ArrayLike<number>, options: GlmInferenceOptions = {}): GlmInference {
    return glmInference(this, X, y, options);
  }

  override toState(): unknown {
    const { schema, coef, intercept, family, link, power, overdispersion } = this;
    const { overdispersionEstimated, fitIntercept, nIter } = this;
    return {
      ...{ schema, coef, intercept, family, link, power, overdispersion },
      ...{ overdispersionEstimated, fitIntercept, nIter },
    };
  }

  static fromState(state: unknown): GeneralizedLinearRegressorModel {
    const s = state as GlmDetails & { schema: Schema; coef: Float64Array; intercept: number };
    return new GeneralizedLinearRegressorModel(s.schema, s.coef, s.intercept, s);
  }
}
