/** Bases of a column space, for power iterations on blocks of vectors. */
import { Matrix } from "../matrix.ts";
import { factorCholesky, invertLower } from "./cholesky.ts";
import { factorQr, formQ } from "./householder.ts";
import { gemm, workspace } from "./multiply.ts";

/** Sine of the smallest angle between a column and those before it at which a basis by Cholesky is still used. */
const LEAST_SINE = 1e-5;

/** Orthonormal columns that span those of the m x n matrix, m >= n, by Householder reflectors. */
export function orthonormalColumns(A: Matrix): Matrix {
  const { rows, cols } = A;
  return workspace(rows * cols, (allocate) => {
    const work = allocate(rows * cols);
    work.set(A.data);
    const Q = factorQr(work, rows, cols, allocate);
    return new Matrix(formQ(Q, cols, allocate).slice(), rows, cols);
  });
}

/**
 * Columns that span those of A and are nearly orthonormal: A L^-T, where L L^T = A^T A (Cholesky QR). Three matrix
 * products instead of reflectors, which is what the rounds of a power iteration need: their columns must not
 * collapse into one direction, but their angles may be off by 1e-6. Where the columns of A are too close for the
 * squared matrix, by reflectors.
 */
export function nearlyOrthonormalColumns(A: Matrix): Matrix {
  const { rows, cols: n } = A;
  const gram = Matrix.zeros(n, n);
  gemm(true, false, n, n, rows, 1, A.data, A.data, 0, gram.data);
  const lengths = Float64Array.from({ length: n }, (_, j) => Math.sqrt(gram.at(j, j)));
  const L = gram.data;
  const inverse = Matrix.zeros(n, n);
  if (factorCholesky(n, L) >= 0) return orthonormalColumns(A);
  for (let j = 0; j < n; j++) {
    if (!(L[j * n + j]! > LEAST_SINE * lengths[j]!)) return orthonormalColumns(A);
  }
  workspace(n * n, (allocate) => {
    const [from, to] = [allocate(n * n), allocate(n * n)];
    from.set(L);
    invertLower(n, from, to, allocate);
    inverse.data.set(to);
  });
  const out = Matrix.zeros(rows, n);
  gemm(false, true, rows, n, n, 1, A.data, inverse.data, 0, out.data);
  return out;
}
