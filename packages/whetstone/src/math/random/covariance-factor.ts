import { argumentError, shapeError, valueError } from "../../errors.ts";
import { Matrix } from "../matrix.ts";

/** A square root of a covariance: `cov = root rootᵀ`, `root` d x rank with pivoted rows. */
export interface CovarianceFactor {
  readonly root: Float64Array;
  readonly dimension: number;
  readonly rank: number;
}

/** Accepts a Matrix or nested rows; checks that it is square of the expected size, finite and symmetric. */
export function toCovariance(cov: Matrix | ArrayLike<ArrayLike<number>>, d: number, where: string): Matrix {
  const S = cov instanceof Matrix ? cov : Matrix.from(cov);
  if (S.rows !== d || S.cols !== d) {
    throw shapeError(where, "cov", `is ${S.rows} x ${S.cols}`, `${d} x ${d} (as mean has ${d} entries)`);
  }
  for (let i = 0; i < d; i++) {
    for (let j = 0; j < d; j++) {
      const v = S.at(i, j);
      if (!Number.isFinite(v)) throw valueError(where, "cov", `holds ${v} at row ${i}, column ${j}`);
      const scale = Math.sqrt(Math.abs(S.at(i, i) * S.at(j, j)));
      if (Math.abs(v - S.at(j, i)) > 1e-9 * scale + 1e-300) {
        throw valueError(where, "cov", `is not symmetric at row ${i}, column ${j}`);
      }
    }
  }
  return S;
}

/**
 * Cholesky with diagonal pivoting, stopped at the numerical rank, so singular covariances work. Throws a
 * sentence when the matrix has a clearly negative direction. Higham, "Analysis of the Cholesky decomposition
 * of a semi-definite matrix", 1990.
 */
export function covarianceFactor(S: Matrix, where: string): CovarianceFactor {
  const d = S.rows;
  const A = Float64Array.from(S.data);
  const root = new Float64Array(d * d);
  const used = new Uint8Array(d);
  let largest = 0;
  for (let i = 0; i < d; i++) {
    if (A[i * d + i]! < 0) throw argumentError(where, "cov", A[i * d + i], `variances >= 0 (row ${i})`);
    largest = Math.max(largest, A[i * d + i]!);
  }
  const tolerance = d * 2.220446049250313e-16 * largest * 8;
  let rank = 0;
  for (; rank < d; rank++) {
    let pivot = -1;
    for (let i = 0; i < d; i++) {
      if (used[i] === 0 && (pivot < 0 || A[i * d + i]! > A[pivot * d + pivot]!)) pivot = i;
    }
    const value = A[pivot * d + pivot]!;
    if (!(value > tolerance)) break;
    used[pivot] = 1;
    const scale = Math.sqrt(value);
    root[pivot * d + rank] = scale;
    for (let i = 0; i < d; i++) if (used[i] === 0) root[i * d + rank] = A[i * d + pivot]! / scale;
    for (let i = 0; i < d; i++) {
      if (used[i] === 1) continue;
      for (let j = 0; j < d; j++) {
        if (used[j] === 0) A[i * d + j] = A[i * d + j]! - root[i * d + rank]! * root[j * d + rank]!;
      }
    }
  }
  // What remains of a semi-definite matrix is rounding; anything more is a negative direction.
  const leftover = 1e-8 * largest;
  for (let i = 0; i < d; i++) {
    for (let j = 0; j < d; j++) {
      if (used[i] === 0 && used[j] === 0 && Math.abs(A[i * d + j]!) > leftover) {
        throw valueError(where, "cov", "is not positive semi-definite");
      }
    }
  }
  return { root, dimension: d, rank };
}
