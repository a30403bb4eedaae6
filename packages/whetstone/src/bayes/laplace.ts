import { numericalError, requireFunction } from "../errors.ts";
import { type Cholesky, cholesky, lbfgs, type Matrix, numericalHessian } from "../math/index.ts";
import { numbers } from "./check.ts";

/** log p(theta) + log p(data | theta), up to a constant. */
export type LogDensity = (theta: Float64Array) => number;

/** The most probable parameters. */
export interface MapEstimate {
  readonly mode: Float64Array;
  /** Log density at the mode. */
  readonly value: number;
}

/**
 * Maximum a posteriori: the parameters where prior times likelihood is largest. With a flat prior that is maximum
 * likelihood, in the parametrisation it is flat in.
 *
 * @param logPosterior smooth; its gradient is found by differences.
 * @param start where to begin.
 *
 * @example
 * mapEstimate((t) => -((t[0] - 2) ** 2), [0]).mode[0]; // about 2
 */
export function mapEstimate(logPosterior: LogDensity, start: ArrayLike<number>): MapEstimate {
  const where = "mapEstimate";
  requireFunction(where, "logPosterior", logPosterior);
  const from = numbers(where, "start", start);
  if (!Number.isFinite(logPosterior(from.slice())))
    throw numericalError(where, "the log posterior is not finite at start");
  const { x, value } = lbfgs((t) => -logPosterior(t), from, { tolerance: 1e-7 });
  return { mode: x, value: -value };
}

/** A normal distribution in place of a posterior. */
export interface LaplaceApproximation extends MapEstimate {
  /** Inverse of the Hessian of the negative log posterior at the mode. */
  readonly covariance: Matrix;
  /** log of the integral of the density: mode value + d log(2 pi) / 2 + log det(covariance) / 2. */
  readonly logEvidence: number;
}

/**
 * Laplace approximation: a normal at the mode with the curvature found there. Exact for normal posteriors, and close
 * where the data are many.
 *
 * Source: MacKay, Information Theory, Inference and Learning Algorithms, chapter 27.
 *
 * @throws WhetstoneError "numerical" if the mode is no peak.
 *
 * @example
 * laplaceApproximation((t) => -2 * (t[0] - 1) ** 2, [0]).covariance.at(0, 0); // about 0.25
 */
export function laplaceApproximation(
  logPosterior: LogDensity,
  start: ArrayLike<number>,
): LaplaceApproximation {
  const where = "laplaceApproximation";
  requireFunction(where, "logPosterior", logPosterior);
  const { mode, value } = mapEstimate(logPosterior, numbers(where, "start", start));
  const H = numericalHessian((t) => -logPosterior(t), mode);
  let L: Cholesky;
  try {
    L = cholesky(H);
  } catch {
    throw numericalError(
      where,
      "the log posterior has no peak where the search ended: its Hessian is not negative definite",
    );
  }
  const logEvidence = value + 0.5 * (mode.length * Math.log(2 * Math.PI) - L.logDet());
  return { mode, value, covariance: L.inverse(), logEvidence };
}
