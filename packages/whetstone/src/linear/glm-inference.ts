import {
  type FitOptions,
  featureName,
  type MatrixLike,
  readLike,
  readTarget,
  readWeights,
  valueError,
} from "../contract/index.ts";
import { Matrix } from "../math/matrix.ts";
import type { GeneralizedLinearRegressorModel } from "./glm.ts";
import { familyOf } from "./glm-family.ts";
import { LINKS } from "./glm-link.ts";
import { moments } from "./gram.ts";
import {
  type CoefficientRow,
  checkConfidence,
  coefficientRows,
  digits,
  formatCoefficients,
  inverseSpd,
} from "./inference.ts";

/** What the fit was given besides X and y, and how sure the intervals are. */
export interface GlmInferenceOptions extends Pick<FitOptions, "sampleWeight"> {
  /** The offset of the fit, one number per row, on the scale of the link; 0 by default. */
  readonly offset?: ArrayLike<number>;
  /** Of the intervals; default 0.95. */
  readonly confidence?: number;
}

/** What a generalised linear fit says about its coefficients. */
export interface GlmInference {
  /** One row per coefficient, intercept first. */
  readonly coefficients: readonly CoefficientRow[];
  readonly covariance: Matrix;
  readonly nObservations: number;
  readonly dfResidual: number;
  readonly deviance: number;
  /** Deviance of the model with an intercept (and the offset) alone. */
  readonly nullDeviance: number;
  readonly pearsonChiSquare: number;
  /** 1 where the family knows it, else Pearson's chi-square over the residual degrees of freedom. */
  readonly dispersion: number;
  /** Null for Tweedie, whose density has no closed form. */
  readonly logLikelihood: number | null;
  readonly aic: number | null;
  toString(): string;
}

/** Standard errors from the expected information at the fitted coefficients. */
export function glmInference(
  model: GeneralizedLinearRegressorModel,
  X: MatrixLike,
  y: ArrayLike<number>,
  options: GlmInferenceOptions,
): GlmInference {
  const where = "GeneralizedLinearRegressorModel.inference";
  const { confidence = 0.95 } = options;
  checkConfidence(confidence, where);
  const { matrix } = readLike(model.schema, X, where);
  const { rows: n, cols: d } = matrix;
  const target = readTarget(y, n, where);
  const weights = readWeights(options.sampleWeight, n, where);
  const offset = options.offset === undefined ? null : readTarget(options.offset, n, where, "offset");
  const family = familyOf(model.family, model.power, model.overdispersion);
  const link = LINKS[model.link];
  const bad = target.findIndex((v) => !family.accepts(v));
  if (bad >= 0)
    throw valueError(where, "y", `holds ${target[bad]} at row ${bad}, expected ${family.expected}`);
  const eta = model.linearPredictor(matrix, offset ? { offset } : {});
  const W = new Float64Array(n);
  const mu = eta.map(link.mean);
  let total = 0;
  let deviance = 0;
  let pearson = 0;
  for (let i = 0; i < n; i++) {
    const w = weights ? weights[i]! : 1;
    const v = family.variance(mu[i]!);
    total += w;
    W[i] = (w * link.slope(eta[i]!) ** 2) / v;
    deviance += w * family.deviance(target[i]!, mu[i]!);
    pearson += (w * (target[i]! - mu[i]!) ** 2) / v;
  }
  const first = model.fitIntercept ? 1 : 0;
  const p = d + first;
  const dfResidual = total - p;
  const dispersion = family.fixed ? 1 : pearson / dfResidual;

  const m = moments(matrix, target, W, model.fitIntercept, where);
  const V = inverseSpd(m.xx.slice(), d, where);
  const covariance = Matrix.zeros(p, p);
  let corner = 1 / m.total;
  for (let i = 0; i < d; i++) {
    let row = 0;
    for (let j = 0; j < d; j++) {
      row += V[i * d + j]! * m.xMean[j]!;
      covariance.set(first + i, first + j, dispersion * V[i * d + j]!);
    }
    corner += row * m.xMean[i]!;
    if (first) {
      covariance.set(0, 1 + i, -dispersion * row);
      covariance.set(1 + i, 0, -dispersion * row);
    }
  }
  if (first) covariance.set(0, 0, dispersion * corner);
  const names = Array.from({ length: d }, (_, j) => featureName(model.schema, j));
  const estimates = [...model.coef];
  if (first) {
    names.unshift("intercept");
    estimates.unshift(model.intercept);
  }
  const coefficients = coefficientRows(names, estimates, covariance.data, null, confidence);

  const likelihood = family.logLikelihood;
  let logLikelihood: number | null = null;
  if (likelihood) {
    logLikelihood = 0;
    for (let i = 0; i < n; i++)
      logLikelihood += (weights ? weights[i]! : 1) * likelihood(target[i]!, mu[i]!, dispersion);
  }
  const own = model.overdispersionEstimated ? 1 : 0;
  const aic = logLikelihood === null ? null : 2 * (p + own) - 2 * logLikelihood;
  const nullDeviance = nullModel(target, weights, offset, model.fitIntercept);
  return {
    coefficients,
    covariance,
    nObservations: total,
    dfResidual,
    deviance,
    nullDeviance,
    pearsonChiSquare: pearson,
    dispersion,
    logLikelihood,
    aic,
    toString: () =>
      [
        `Generalised linear model, ${model.family} with ${model.link} link, ${total} observations, ${dfResidual} residual degrees of freedom`,
        `deviance ${digits(deviance)} (null ${digits(nullDeviance)}), Pearson ${digits(pearson)}, dispersion ${digits(dispersion)}${aic === null ? "" : `, AIC ${digits(aic)}`}`,
        formatCoefficients(coefficients, "z", confidence),
      ].join("\n"),
  };

  function nullModel(
    y: Float64Array,
    w: Float64Array | null,
    offset: Float64Array | null,
    fitIntercept: boolean,
  ): number {
    let level = 0;
    let mean = 0;
    for (let i = 0; i < y.length; i++) mean += ((w ? w[i]! : 1) * y[i]!) / total;
    const shift = offset ? offset.reduce((s, v) => s + v, 0) / n : 0;
    if (fitIntercept) level = link.of(mean) - shift;
    // Without offset the mean is the answer; with one a few steps of scoring find it.
    for (let round = 0; fitIntercept && offset && round < 50; round++) {
      let up = 0;
      let down = 0;
      for (let i = 0; i < y.length; i++) {
        const e = level + offset[i]!;
        const v = family.variance(link.mean(e));
        up += ((w ? w[i]! : 1) * (y[i]! - link.mean(e)) * link.slope(e)) / v;
        down += ((w ? w[i]! : 1) * link.slope(e) ** 2) / v;
      }
      level += up / down;
      if (Math.abs(up / down) < 1e-12) break;
    }
    let sum = 0;
    for (let i = 0; i < y.length; i++) {
      sum += (w ? w[i]! : 1) * family.deviance(y[i]!, link.mean(level + (offset ? offset[i]! : 0)));
    }
    return sum;
  }
}
