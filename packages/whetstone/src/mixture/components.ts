import { numericalError } from "../errors.ts";
import { Matrix } from "../math/index.ts";
import { factorCholesky } from "../math/linalg/cholesky.ts";

/**
 * Shape of the components of a Gaussian mixture: a covariance matrix each (`"full"`), one for all (`"tied"`),
 * a variance per column (`"diag"`) or one number (`"spherical"`) each.
 */
export type CovarianceType = "full" | "tied" | "diag" | "spherical";

/** The parameters of a Gaussian mixture. */
export interface Components {
  readonly type: CovarianceType;
  readonly weights: Float64Array; // k
  readonly means: Matrix; // k x d
  /** full: k matrices d x d one after another; tied: one; diag: k x d; spherical: k. */
  readonly covariances: Float64Array;
}

/** What the E step reads: whitening matrices and constants of every component. */
export interface Whitening {
  readonly full: boolean;
  readonly whiten: Float64Array;
  /** log weight - log det(covariance) / 2 - d log(2 pi) / 2. */
  readonly constants: Float64Array;
}

/** @throws WhetstoneError "numerical" if a covariance is not positive definite. */
export function whitening(components: Components, where: string): Whitening {
  const { type, weights, means, covariances } = components;
  const { rows: k, cols: d } = means;
  const base = -0.5 * d * Math.log(2 * Math.PI);
  const constants = weights.map((w) => Math.log(w) + base);
  if (type === "diag" || type === "spherical") {
    const whiten = new Float64Array(k * d);
    for (let c = 0; c < k; c++) {
      for (let j = 0; j < d; j++) {
        const v = covariances[type === "diag" ? c * d + j : c]!;
        if (!(v > 0)) throw collapsed(where, c);
        whiten[c * d + j] = 1 / Math.sqrt(v);
        constants[c] = constants[c]! - 0.5 * Math.log(v);
      }
    }
    return { full: false, whiten, constants };
  }
  const whiten = new Float64Array(k * d * d);
  const count = type === "tied" ? 1 : k;
  const logs = new Float64Array(k);
  for (let c = 0; c < count; c++) {
    const L = covariances.slice(c * d * d, (c + 1) * d * d);
    if (factorCholesky(d, L) >= 0) throw collapsed(where, c);
    invertLower(L, d, whiten, c * d * d);
    for (let j = 0; j < d; j++) logs[c] = logs[c]! + Math.log(L[j * d + j]!);
  }
  for (let c = 0; c < k; c++) {
    if (type === "tied" && c > 0) whiten.copyWithin(c * d * d, 0, d * d);
    constants[c] = constants[c]! - logs[type === "tied" ? 0 : c]!;
  }
  return { full: true, whiten, constants };
}

function collapsed(where: string, c: number): Error {
  return numericalError(
    where,
    `the covariance of component ${c} is not positive definite: raise regCovar or take fewer components`,
  );
}

/** Writes L^-1 of a lower triangular d x d matrix. */
function invertLower(L: Float64Array, d: number, out: Float64Array, at: number): void {
  for (let j = 0; j < d; j++) {
    out[at + j * d + j] = 1 / L[j * d + j]!;
    for (let i = j + 1; i < d; i++) {
      let sum = 0;
      for (let p = j; p < i; p++) sum += L[i * d + p]! * out[at + p * d + j]!;
      out[at + i * d + j] = -sum / L[i * d + i]!;
    }
  }
}

/** Free numbers of a mixture: what AIC and BIC count. */
export function parameterCount(type: CovarianceType, k: number, d: number): number {
  const square = (d * (d + 1)) / 2;
  const covariance = { full: k * square, tied: square, diag: k * d, spherical: k }[type];
  return covariance + k * d + k - 1;
}

/** Covariance of component c as a d x d matrix. */
export function covarianceMatrix({ type, means, covariances }: Components, c: number): Matrix {
  const d = means.cols;
  if (type === "diag") return Matrix.diagonal(covariances.subarray(c * d, (c + 1) * d));
  if (type === "spherical") return Matrix.identity(d).scale(covariances[c]!);
  const at = type === "tied" ? 0 : c * d * d;
  return new Matrix(covariances.slice(at, at + d * d), d, d);
}
