import { valueError } from "../errors.ts";
import { Matrix } from "../math/matrix.ts";
import type { SparseMatrix } from "../math/sparse.ts";
import { columnSums } from "./sparse-moments.ts";

/**
 * Penalised logistic loss in coordinates that make it easy to minimise: columns are centred (where there is an
 * intercept to absorb that) and scaled to about unit curvature. This changes the path of the optimiser and the
 * unit of its gradient, not the minimiser: the penalty still acts on the coefficients of the given columns.
 */
export interface LogisticProblem {
  readonly cols: number;
  /** Class code of each row. */
  readonly codes: Int32Array;
  /** Weight of each row, class weights included; they sum to 1. */
  readonly weights: Float64Array;
  /** 1 for two classes, else the number of classes. */
  readonly outputs: number;
  /** Column j of the problem is `(x - centre[j]) * scale[j]`. */
  readonly centre: Float64Array;
  readonly scale: Float64Array;
  /** Coefficient c of `c / 2 * u_j^2` per column of Z; zeros without penalty. */
  readonly penalty: Float64Array;
  /** Curvature p (1 - p) of the loss in a logit at the class shares. */
  readonly curvature: number;
  /** 0 where no intercept is fitted. */
  readonly interceptScale: number;
}

/**
 * Chooses the coordinates.
 *
 * @param weights per row, class weights included, of any sum
 * @param strength 1 / C, or 0 without penalty
 */
export function logisticProblem(
  X: Matrix | SparseMatrix,
  codes: Int32Array,
  nClasses: number,
  weights: Float64Array,
  strength: number,
  fitIntercept: boolean,
  where: string,
): LogisticProblem {
  const { rows, cols: d } = X;
  let total = 0;
  const share = new Float64Array(nClasses);
  for (let i = 0; i < rows; i++) {
    total += weights[i]!;
    share[codes[i]!] = share[codes[i]!]! + weights[i]!;
  }
  // Curvature of the loss in a logit at the class shares: p (1 - p), averaged over the outputs.
  let curvature = 0;
  for (const s of share) curvature += (s / total) * (1 - s / total);
  curvature /= nClasses;

  const { origin, centre, square } =
    X instanceof Matrix
      ? firstMoments(X, weights, total, fitIntercept)
      : sparseFirstMoments(X, weights, fitIntercept);
  const scale = new Float64Array(d);
  const penalty = new Float64Array(d);
  for (let j = 0; j < d; j++) {
    if (!Number.isFinite(square[j]!)) {
      throw valueError(where, "X", `holds numbers beyond 1e150 in column ${j}: scale it first`);
    }
    const spread = fitIntercept ? Math.max(0, square[j]! - centre[j]! * centre[j]!) : square[j]!;
    centre[j] = fitIntercept ? origin[j]! + centre[j]! : 0;
    const h = curvature * spread + strength / total;
    scale[j] = h > 0 && Number.isFinite(1 / h) ? 1 / Math.sqrt(h) : 1;
    penalty[j] = (strength / total) * scale[j]! * scale[j]!;
  }
  return {
    cols: d,
    codes,
    weights: weights.map((w) => w / total),
    outputs: nClasses === 2 ? 1 : nClasses,
    centre,
    scale,
    penalty,
    curvature,
    interceptScale: fitIntercept ? 1 / Math.sqrt(curvature) : 0,
  };
}

/** Means of columns and of their squares, about `origin`. */
interface FirstMoments {
  readonly origin: Float64Array;
  readonly centre: Float64Array;
  readonly square: Float64Array;
}

/** About the first row: exactness is not needed here, safety from cancellation is. */
function firstMoments(X: Matrix, weights: Float64Array, total: number, fitIntercept: boolean): FirstMoments {
  const { data: x, rows, cols: d } = X;
  const origin = fitIntercept ? x.slice(0, d) : new Float64Array(d);
  const centre = new Float64Array(d);
  const square = new Float64Array(d);
  for (let i = 0, at = 0; i < rows; i++, at += d) {
    const w = weights[i]! / total;
    for (let j = 0; j < d; j++) {
      const v = x[at + j]! - origin[j]!;
      centre[j] = centre[j]! + w * v;
      square[j] = square[j]! + w * v * v;
    }
  }
  return { origin, centre, square };
}

function sparseFirstMoments(X: SparseMatrix, weights: Float64Array, fitIntercept: boolean): FirstMoments {
  const { total, xSum, xSquare } = columnSums(X, weights);
  return {
    origin: new Float64Array(X.cols),
    centre: xSum.map((v) => (fitIntercept ? v / total : 0)),
    square: xSquare.map((v) => v / total),
  };
}

/** Coefficients (outputs x d) and intercepts of the given columns, from the problem's coordinates. */
export function fromProblem(
  problem: LogisticProblem,
  u: Float64Array,
): { coef: Float64Array; intercept: Float64Array } {
  const { outputs, centre, scale, interceptScale } = problem;
  const d = problem.cols;
  const coef = new Float64Array(outputs * d);
  const intercept = new Float64Array(outputs);
  for (let k = 0; k < outputs; k++) {
    let b = u[k * (d + 1) + d]! * interceptScale;
    for (let j = 0; j < d; j++) {
      const w = u[k * (d + 1) + j]! * scale[j]!;
      coef[k * d + j] = w;
      b -= w * centre[j]!;
    }
    intercept[k] = b;
  }
  return { coef, intercept };
}

/** The inverse of {@link fromProblem}. */
export function toProblem(
  problem: LogisticProblem,
  coef: Float64Array,
  intercept: Float64Array,
): Float64Array {
  const { outputs, centre, scale, interceptScale } = problem;
  const d = problem.cols;
  const u = new Float64Array(outputs * (d + 1));
  for (let k = 0; k < outputs; k++) {
    let b = intercept[k]!;
    for (let j = 0; j < d; j++) {
      u[k * (d + 1) + j] = coef[k * d + j]! / scale[j]!;
      b += coef[k * d + j]! * centre[j]!;
    }
    u[k * (d + 1) + d] = interceptScale === 0 ? 0 : b / interceptScale;
  }
  return u;
}
