import { argumentError, requireList, shapeError } from "../errors.ts";
import { Matrix } from "../math/matrix.ts";
import type { NumberList } from "./vector.ts";

/**
 * Variance of a weighted sum of correlated variables, wᵀ C w = sum of variances plus twice the covariances;
 * weights are 1 by default.
 *
 * @example
 * varianceOfSum([[1, 0.5], [0.5, 1]]); // 3
 */
export function varianceOfSum(cov: Matrix | ArrayLike<ArrayLike<number>>, weights?: NumberList): number {
  const C = cov instanceof Matrix ? cov : Matrix.from(cov);
  if (C.rows !== C.cols)
    throw shapeError("varianceOfSum", "cov", `is ${C.rows} x ${C.cols}`, "a square matrix");
  if (weights !== undefined) requireList("varianceOfSum", "weights", weights);
  if (weights !== undefined && weights.length !== C.rows) {
    throw shapeError("varianceOfSum", "weights", `has ${weights.length} entries`, `${C.rows} (rows of cov)`);
  }
  let sum = 0;
  for (let i = 0; i < C.rows; i++) {
    for (let j = 0; j < C.cols; j++) sum += (weights?.[i] ?? 1) * (weights?.[j] ?? 1) * C.at(i, j);
  }
  return sum;
}

/**
 * Variance of the average of n equally correlated members: rho sigma² + (1 - rho) sigma² / n. Independence
 * gives sigma² / n; with correlation rho no number of members gets below rho sigma².
 *
 * @example
 * ensembleVariance(1, 0.3, 100); // 0.307
 */
export function ensembleVariance(variance: number, correlation: number, n: number): number {
  if (!(variance >= 0)) throw argumentError("ensembleVariance", "variance", variance, "a number >= 0");
  if (!Number.isSafeInteger(n) || n < 1) throw argumentError("ensembleVariance", "n", n, "an integer >= 1");
  const least = n === 1 ? -1 : -1 / (n - 1);
  if (!(correlation >= least && correlation <= 1)) {
    throw argumentError(
      "ensembleVariance",
      "correlation",
      correlation,
      `a number in [${least}, 1] (else no such variables exist)`,
    );
  }
  return correlation * variance + ((1 - correlation) * variance) / n;
}
