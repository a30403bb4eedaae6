import {
  featureName,
  type Label,
  type MatrixLike,
  readDesign,
  readLike,
  readWeights,
  shapeError,
  show,
  valueError,
} from "../contract/index.ts";
import { Matrix } from "../math/matrix.ts";
import {
  type CoefficientRow,
  checkConfidence,
  coefficientRows,
  digits,
  formatCoefficients,
  inverseSpd,
} from "./inference.ts";
import type { LogisticRegressionModel } from "./logistic-model.ts";

/** A logistic regression seen as a generalised linear model. */
export interface LogisticInference {
  /**
   * One row per coefficient, intercept first. For three classes or more, logits are taken against the first
   * class, and names are "class:column".
   */
  readonly coefficients: readonly CoefficientRow[];
  /** Covariance of the coefficients, in their order: inverse Fisher information. */
  readonly covariance: Matrix;
  readonly logLikelihood: number;
  /** Log likelihood of the model that knows only the class shares (equal shares without intercept). */
  readonly nullLogLikelihood: number;
  /** -2 logLikelihood. */
  readonly deviance: number;
  readonly nullDeviance: number;
  /** Coefficients other than intercepts. */
  readonly dfModel: number;
  readonly dfResidual: number;
  readonly aic: number;
  readonly bic: number;
  /** McFadden's 1 - logLikelihood / nullLogLikelihood. */
  readonly pseudoRSquared: number;
  /** Rows, or the sum of their weights. */
  readonly nObservations: number;
  /** The table as text. */
  toString(): string;
}

export function logisticInference<L extends Label>(
  model: LogisticRegressionModel<L>,
  X: MatrixLike,
  y: ArrayLike<L>,
  options: { readonly sampleWeight?: ArrayLike<number>; readonly confidence?: number },
): LogisticInference {
  const where = "LogisticRegressionModel.inference";
  const { confidence = 0.95 } = options;
  checkConfidence(confidence, where);
  readDesign(X, where);
  const { matrix } = readLike(model.schema, X, where);
  const n = matrix.rows;
  const codes = codesOf(model.classes, y, n, where);
  const weights = readWeights(options.sampleWeight, n, where);
  const w = weights ?? new Float64Array(n).fill(1);
  const K = model.classes.length;
  const { fitIntercept } = model;

  const logProba = model.predictLogProba(matrix).data;
  const shares = new Float64Array(K);
  let total = 0;
  let logLikelihood = 0;
  for (let i = 0; i < n; i++) {
    total += w[i]!;
    shares[codes[i]!] = shares[codes[i]!]! + w[i]!;
    if (w[i]! > 0) logLikelihood += w[i]! * logProba[i * K + codes[i]!]!;
  }
  let nullLogLikelihood = 0;
  for (const s of shares) if (s > 0) nullLogLikelihood += s * Math.log(fitIntercept ? s / total : 1 / K);

  const covariance = inverseInformation(matrix, w, logProba.map(Math.exp), K, fitIntercept, where);
  const { names, estimates } = againstFirst(model);
  const coefficients = coefficientRows(names, estimates, covariance, null, confidence);
  const p = names.length;
  const dfModel = p - (fitIntercept ? K - 1 : 0);
  const nObservations = total;
  const deviance = -2 * logLikelihood;
  const nullDeviance = -2 * nullLogLikelihood;
  return {
    coefficients,
    covariance: new Matrix(covariance, p, p),
    logLikelihood,
    nullLogLikelihood,
    deviance,
    nullDeviance,
    dfModel,
    dfResidual: total - p,
    aic: deviance + 2 * p,
    bic: deviance + Math.log(total) * p,
    pseudoRSquared: 1 - logLikelihood / nullLogLikelihood,
    nObservations,
    toString: () =>
      [
        `Logistic regression, ${nObservations} observations, ${nObservations - p} residual degrees of freedom`,
        `deviance ${digits(deviance)} (null ${digits(nullDeviance)}), McFadden R2 ${(1 - logLikelihood / nullLogLikelihood).toFixed(4)}, AIC ${digits(deviance + 2 * p)}`,
        formatCoefficients(coefficients, "z", confidence),
      ].join("\n"),
  };
}

function codesOf<L extends Label>(
  classes: readonly L[],
  y: ArrayLike<L>,
  n: number,
  where: string,
): Int32Array {
  if (y.length !== n) throw shapeError(where, "y", `has ${y.length} entries`, `${n} (rows of X)`);
  const known = new Map(classes.map((c, k) => [c, k]));
  return Int32Array.from({ length: n }, (_, i) => {
    const code = known.get(y[i]!);
    if (code === undefined)
      throw valueError(where, "y", `holds ${show(y[i])} at row ${i}, a label not seen in training`);
    return code;
  });
}

/** Names and values of the coefficients of the logits against the first class. */
function againstFirst(model: LogisticRegressionModel): { names: string[]; estimates: number[] } {
  const { coef, intercept, schema, classes, fitIntercept } = model;
  const d = coef.cols;
  const names: string[] = [];
  const estimates: number[] = [];
  const isBinary = coef.rows === 1;
  for (let k = isBinary ? 0 : 1; k < coef.rows; k++) {
    const prefix = isBinary ? "" : `${classes[k]}:`;
    if (fitIntercept) {
      names.push(`${prefix}intercept`);
      estimates.push(isBinary ? intercept[0]! : intercept[k]! - intercept[0]!);
    }
    for (let j = 0; j < d; j++) {
      names.push(prefix + featureName(schema, j));
      estimates.push(isBinary ? coef.at(0, j) : coef.at(k, j) - coef.at(0, j));
    }
  }
  return { names, estimates };
}

/** Inverse of sum w (diag(p) - p p^T) (x) x x^T over the classes after the first, intercept first within each. */
function inverseInformation(
  X: Matrix,
  w: Float64Array,
  p: Float64Array,
  K: number,
  fitIntercept: boolean,
  where: string,
): Float64Array {
  const { rows: n, cols: d, data } = X;
  const { centre, scale } = standardisation(X, w, fitIntercept);
  const first = fitIntercept ? 1 : 0;
  const m = d + first;
  const size = (K - 1) * m;
  const info = new Float64Array(size * size);
  const z = new Float64Array(m);
  if (fitIntercept) z[0] = 1;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < d; j++) z[first + j] = (data[i * d + j]! - centre[j]!) * scale[j]!;
    for (let k = 1; k < K; k++) {
      const pk = p[i * K + k]!;
      for (let l = 1; l <= k; l++) {
        const c = w[i]! * pk * (k === l ? 1 - pk : -p[i * K + l]!);
        for (let a = 0; a < m; a++) {
          const at = ((k - 1) * m + a) * size + (l - 1) * m;
          const ca = c * z[a]!;
          for (let b = 0; b < m; b++) info[at + b] = info[at + b]! + ca * z[b]!;
        }
      }
    }
  }
  for (let r = 0; r < size; r++) for (let c = 0; c < r; c++) info[c * size + r] = info[r * size + c]!;
  const V = inverseSpd(info, size, where);
  // Back to the given columns: coef = scale * u, intercept = u_0 - centre . coef; applied to rows, then to columns.
  const back = (at: (j: number) => number): void => {
    for (let j = 0; j < d; j++) V[at(first + j)] = V[at(first + j)]! * scale[j]!;
    if (fitIntercept) for (let j = 0; j < d; j++) V[at(0)] = V[at(0)]! - centre[j]! * V[at(1 + j)]!;
  };
  for (let k = 0; k < K - 1; k++) {
    for (let c = 0; c < size; c++) back((j) => (k * m + j) * size + c);
  }
  for (let k = 0; k < K - 1; k++) {
    for (let r = 0; r < size; r++) back((j) => r * size + k * m + j);
  }
  return V;
}

function standardisation(
  X: Matrix,
  w: Float64Array,
  centred: boolean,
): { centre: Float64Array; scale: Float64Array } {
  const { rows: n, cols: d, data } = X;
  const centre = new Float64Array(d);
  const scale = new Float64Array(d).fill(1);
  let total = 0;
  for (let i = 0; i < n; i++) total += w[i]!;
  for (let j = 0; j < d; j++) {
    if (centred)
      for (let i = 0; i < n; i++) centre[j] = centre[j]! + (w[i]! / total) * (data[i * d + j]! - data[j]!);
    if (centred) centre[j] = centre[j]! + data[j]!;
    let square = 0;
    for (let i = 0; i < n; i++) square += (w[i]! / total) * (data[i * d + j]! - centre[j]!) ** 2;
    if (square > 0) scale[j] = 1 / Math.sqrt(square);
  }
  return { centre, scale };
}
