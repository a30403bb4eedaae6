import { argumentError } from "../../errors.ts";
import { Matrix } from "../matrix.ts";
import { randomStream, type Seed } from "../random/index.ts";
import { SparseMatrix } from "../sparse.ts";
import { asFiniteMatrix, checkFinite, type DenseInput } from "./check.ts";
import { nearlyOrthonormalColumns, orthonormalColumns } from "./column-basis.ts";
import { gemm } from "./multiply.ts";
import { Svd, svd } from "./svd.ts";

/**
 * The k largest singular triplets, from the full decomposition: exact to rounding. By Eckart and Young (1936)
 * `reconstruct()` is the best approximation of rank k in the Frobenius and the spectral norm.
 *
 * @param k from 0 to min(m, n).
 *
 * @example
 * truncatedSvd([[3, 0], [0, 2]], 1).reconstruct().toArray(); // [[3, 0], [0, 0]]
 */
export function truncatedSvd(A: DenseInput, k: number): Svd {
  const a = asFiniteMatrix("truncatedSvd", "A", A);
  checkCount("truncatedSvd", k, a.rows, a.cols);
  return firstTriplets(svd(a), k);
}

/** How much is sampled for a randomised decomposition. */
export interface RandomizedSvdOptions {
  /** Seed of the random directions; there is no default. */
  readonly seed: Seed;
  /** Extra random directions; more make the answer more accurate. Default: 10. */
  readonly oversampling?: number;
  /** Multiplications by A A^T, which separate the leading directions. Default: 7 if k is small (under a tenth of min(m, n)), else 4. */
  readonly powerIterations?: number;
}

/**
 * The k largest singular triplets by random projection (Halko, Martinsson & Tropp 2011, algorithms 4.4 and 5.1): A is
 * used only in products with thin matrices, so sparse matrices stay sparse. Close to exact when the singular values
 * fall off after the first k; same seed, same result.
 *
 * @param k from 0 to min(m, n).
 *
 * @example
 * randomizedSvd([[3, 0], [0, 2]], 1, { seed: 0 }).s; // [3]
 */
export function randomizedSvd(A: DenseInput | SparseMatrix, k: number, options: RandomizedSvdOptions): Svd {
  const where = "randomizedSvd";
  const operator = asOperator(where, A);
  const { rows: m, cols: n } = operator;
  checkCount(where, k, m, n);
  const { seed, oversampling = 10, powerIterations = k < 0.1 * Math.min(m, n) ? 7 : 4 } = options;
  for (const [name, value] of Object.entries({ oversampling, powerIterations })) {
    if (!(Number.isInteger(value) && value >= 0))
      throw argumentError(where, name, value, "a whole number >= 0");
  }
  const width = Math.min(k + oversampling, m, n);
  const stream = randomStream(seed);
  const start = Matrix.zeros(n, width).map(() => stream.normal());
  let range = operator.times(start);
  for (let round = 0; round < powerIterations; round++) {
    const back = operator.timesTransposed(nearlyOrthonormalColumns(range));
    range = operator.times(nearlyOrthonormalColumns(back));
  }
  const Q = orthonormalColumns(range);
  // A is close to Q Q^T A; the small matrix is decomposed as A^T Q = (Q^T A)^T.
  const { U, s, Vt } = svd(operator.timesTransposed(Q).transpose());
  const left = Q.matmul(U);
  return firstTriplets(new Svd(left, s, Vt), k);
}

interface Operator {
  readonly rows: number;
  readonly cols: number;
  times(B: Matrix): Matrix;
  timesTransposed(B: Matrix): Matrix;
}

function asOperator(where: string, A: DenseInput | SparseMatrix): Operator {
  if (A instanceof SparseMatrix) {
    checkFinite(where, "A", A.values, 1);
    const { rows, cols } = A;
    return { rows, cols, times: (B) => A.matmul(B), timesTransposed: (B) => A.transposedMatmul(B) };
  }
  const a = asFiniteMatrix(where, "A", A);
  const { rows, cols } = a;
  return {
    rows,
    cols,
    times: (B) => a.matmul(B),
    timesTransposed(B) {
      const out = Matrix.zeros(cols, B.cols);
      gemm(true, false, cols, B.cols, rows, 1, a.data, B.data, 0, out.data);
      return out;
    },
  };
}

function firstTriplets({ U, s, Vt }: Svd, k: number): Svd {
  const columns = Int32Array.from({ length: k }, (_, j) => j);
  return new Svd(U.selectCols(columns), s.slice(0, k), new Matrix(Vt.data.slice(0, k * Vt.cols), k, Vt.cols));
}

export function checkCount(where: string, k: number, m: number, n: number): void {
  const most = Math.min(m, n);
  if (!(Number.isInteger(k) && k >= 0 && k <= most)) {
    throw argumentError(where, "k", k, `a whole number from 0 to ${most} (A is ${m} x ${n})`);
  }
}
