import {
  featureName,
  type MatrixLike,
  numericalError,
  readDesign,
  readLike,
  readTarget,
  readWeights,
} from "../contract/index.ts";
import { Matrix } from "../math/matrix.ts";
import { betaInc } from "../math/special/incomplete-beta.ts";
import { moments } from "./gram.ts";
import {
  type CoefficientRow,
  checkConfidence,
  coefficientRows,
  digits,
  formatCoefficients,
  inverseSpd,
} from "./inference.ts";
import type { LinearRegressionModel } from "./linear-regression.ts";

/** What a least-squares fit says about its coefficients. */
export interface OlsInference {
  /** One row per coefficient, intercept first. */
  readonly coefficients: readonly CoefficientRow[];
  /** Covariance of the coefficients, in their order. */
  readonly covariance: Matrix;
  /** Rows, or the sum of their weights. */
  readonly nObservations: number;
  readonly dfModel: number;
  readonly dfResidual: number;
  readonly residualSumOfSquares: number;
  /** Square root of the unbiased estimate of the error variance. */
  readonly residualStandardError: number;
  /** About the mean of y; about zero for a fit without intercept. */
  readonly rSquared: number;
  readonly adjustedRSquared: number;
  /** Of the hypothesis that all coefficients but the intercept are 0. */
  readonly fStatistic: number;
  readonly fPValue: number;
  /** Gaussian log likelihood at the maximum-likelihood variance. */
  readonly logLikelihood: number;
  readonly aic: number;
  readonly bic: number;
  /** The table as text. */
  toString(): string;
}

export function olsInference(
  model: LinearRegressionModel,
  X: MatrixLike,
  y: ArrayLike<number>,
  options: { readonly sampleWeight?: ArrayLike<number>; readonly confidence?: number },
): OlsInference {
  const where = "LinearRegressionModel.summary";
  const { confidence = 0.95 } = options;
  checkConfidence(confidence, where);
  readDesign(X, where);
  const { matrix } = readLike(model.schema, X, where);
  const { rows: n, cols: d } = matrix;
  const target = readTarget(y, n, where);
  const weights = readWeights(options.sampleWeight, n, where);
  const { fitIntercept } = model;
  const m = moments(matrix, target, weights, fitIntercept, where);
  const p = d + (fitIntercept ? 1 : 0);
  const dfResidual = m.total - p;
  if (!(dfResidual > 0)) {
    throw numericalError(
      where,
      `${m.total} rows leave nothing to estimate the error of ${p} coefficients from`,
    );
  }
  const predicted = model.predict(matrix);
  let rss = 0;
  for (let i = 0; i < n; i++) rss += (weights ? weights[i]! : 1) * (target[i]! - predicted[i]!) ** 2;
  const variance = rss / dfResidual;

  // In centred columns slopes and intercept are independent: Var(intercept) = 1 / total + mean V mean.
  const V = inverseSpd(m.xx.slice(), d, where);
  const covariance = Matrix.zeros(p, p);
  const first = p - d;
  let corner = 1 / m.total;
  for (let i = 0; i < d; i++) {
    let row = 0;
    for (let j = 0; j < d; j++) {
      row += V[i * d + j]! * m.xMean[j]!;
      covariance.set(first + i, first + j, variance * V[i * d + j]!);
    }
    corner += row * m.xMean[i]!;
    if (fitIntercept) {
      covariance.set(0, 1 + i, -variance * row);
      covariance.set(1 + i, 0, -variance * row);
    }
  }
  if (fitIntercept) covariance.set(0, 0, variance * corner);

  const names = Array.from({ length: d }, (_, j) => featureName(model.schema, j));
  const estimates = [...model.coef];
  if (fitIntercept) {
    names.unshift("intercept");
    estimates.unshift(model.intercept);
  }
  const coefficients = coefficientRows(names, estimates, covariance.data, dfResidual, confidence);
  const rSquared = 1 - rss / m.yy;
  const dfTotal = m.total - (fitIntercept ? 1 : 0);
  const adjustedRSquared = 1 - (variance * dfTotal) / m.yy;
  const fStatistic = (m.yy - rss) / d / variance;
  const fPValue = betaInc(dfResidual / 2, d / 2, dfResidual / (dfResidual + d * fStatistic));
  const logLikelihood = (-m.total / 2) * (Math.log((2 * Math.PI * rss) / m.total) + 1);
  const aic = -2 * logLikelihood + 2 * p;
  const bic = -2 * logLikelihood + Math.log(m.total) * p;
  return {
    coefficients,
    covariance,
    nObservations: m.total,
    dfModel: d,
    dfResidual,
    residualSumOfSquares: rss,
    residualStandardError: Math.sqrt(variance),
    rSquared,
    adjustedRSquared,
    fStatistic,
    fPValue,
    logLikelihood,
    aic,
    bic,
    toString: () =>
      [
        `Least squares, ${m.total} observations, ${dfResidual} residual degrees of freedom`,
        `R2 ${rSquared.toFixed(4)} (adjusted ${adjustedRSquared.toFixed(4)}), residual standard error ${digits(Math.sqrt(variance))}, F ${digits(fStatistic)} (p ${fPValue.toExponential(1)}), AIC ${digits(aic)}`,
        formatCoefficients(coefficients, "t", confidence),
      ].join("\n"),
  };
}
