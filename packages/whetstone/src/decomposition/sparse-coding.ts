import { argumentError, type MatrixLike, readDesign, shapeError } from "../contract/index.ts";
import { Matrix } from "../math/index.ts";
import { gemm } from "../math/linalg/multiply.ts";

/**
 * How a row x is written as a sparse sum of atoms: `"lassoCd"` minimises |x - D^T u|^2 / 2 + alpha |u|_1 by
 * coordinate descent, `"omp"` takes atoms one at a time and solves least squares over those taken,
 * `"threshold"` shrinks the inner products of x with the atoms by alpha.
 */
export type SparseCodingAlgorithm = "lassoCd" | "omp" | "threshold";

/** How rows are coded in a dictionary; {@link sparseEncode} has a default for each. */
export interface CodeOptions {
  /** Default of `sparseEncode`: `"lassoCd"`. */
  readonly algorithm: SparseCodingAlgorithm;
  /** Most atoms per row, for omp. Default: a tenth of the columns, at least 1. */
  readonly nNonzeroCoefs: number;
  /** Penalty of lassoCd, threshold of threshold, both >= 0. Default: 1. */
  readonly alpha: number;
  /** Codes >= 0 only; omp has no such form. Default: false. */
  readonly positive: boolean;
  /** Most rounds over the entries of a row's code, for lassoCd. Default: 1000. */
  readonly maxIter: number;
}

/** Codes of the rows of X in the atoms of D (k x d), n x k; lassoCd starts from `from`. */
export function codeRows(X: Matrix, D: Matrix, options: CodeOptions, from: Matrix | null = null): Matrix {
  const [n, k] = [X.rows, D.rows];
  const C = Matrix.zeros(n, k); // inner products of rows and atoms
  gemm(false, true, n, k, X.cols, 1, X.data, D.data, 0, C.data);
  const { algorithm, alpha, positive, maxIter, nNonzeroCoefs } = options;
  if (algorithm === "threshold")
    return C.map((v) => (positive && v < 0 ? 0 : Math.sign(v) * Math.max(0, Math.abs(v) - alpha)));
  const G = Matrix.zeros(k, k);
  gemm(false, true, k, k, X.cols, 1, D.data, D.data, 0, G.data);
  const out = from?.clone() ?? Matrix.zeros(n, k);
  for (let i = 0; i < n; i++) {
    if (algorithm === "omp") pursue(G.data, C.row(i), out.row(i), nNonzeroCoefs);
    else descendLasso(G.data, C.row(i), out.row(i), alpha, positive, maxIter);
  }
  return out;
}

/**
 * Minimises |x - D^T u|^2 / 2 + alpha |u|_1 over u, one entry at a time, until no entry moves any more. Friedman, Hastie,
 * Höfling and Tibshirani (2007), Annals of Applied Statistics 1.
 *
 * @param G inner products of the atoms, k x k
 * @param c inner products of x with the atoms
 * @param u where to start and what comes out
 */
function descendLasso(
  G: Float64Array,
  c: Float64Array,
  u: Float64Array,
  alpha: number,
  positive: boolean,
  maxIter: number,
): void {
  const k = c.length;
  const slope = c.slice(); // c - G u
  for (let q = 0; q < k; q++)
    if (u[q] !== 0) for (let j = 0; j < k; j++) slope[j] = slope[j]! - u[q]! * G[q * k + j]!;
  let scale = alpha;
  for (let j = 0; j < k; j++) scale = Math.max(scale, Math.abs(c[j]!));
  for (let round = 0; round < maxIter; round++) {
    let most = 0;
    for (let q = 0; q < k; q++) {
      const own = G[q * k + q]!;
      if (own === 0) {
        u[q] = 0;
        continue;
      }
      const v = slope[q]! + own * u[q]!;
      const size = (positive ? v : Math.abs(v)) - alpha;
      const next = size > 0 ? (Math.sign(v) * size) / own : 0;
      const move = next - u[q]!;
      if (move === 0) continue;
      u[q] = next;
      for (let j = 0, at = q * k; j < k; j++, at++) slope[j] = slope[j]! - move * G[at]!;
      most = Math.max(most, Math.abs(move) * own);
    }
    if (most <= 1e-10 * scale) return;
  }
}

/**
 * Orthogonal matching pursuit: the atom that fits the rest best joins, and all chosen ones are fitted anew, up to `most`
 * atoms. The factor of their inner products grows by a row each time. Rubinstein, Zibulevsky and Elad (2008), section 2.
 */
function pursue(G: Float64Array, c: Float64Array, u: Float64Array, most: number): void {
  const k = c.length;
  u.fill(0);
  const chosen: number[] = [];
  const L = new Float64Array(most * most); // of G[chosen, chosen]
  const half: number[] = []; // L^-1 c[chosen]
  const slope = c.slice();
  while (chosen.length < most) {
    const m = chosen.length;
    let best = -1;
    for (let j = 0; j < k; j++)
      if (!chosen.includes(j) && (best < 0 || Math.abs(slope[j]!) > Math.abs(slope[best]!))) best = j;
    if (best < 0 || Math.abs(slope[best]!) <= 1e-14 * Math.abs(c[best]!)) return;
    let left = G[best * k + best]!;
    let rest = c[best]!;
    for (let a = 0; a < m; a++) {
      let sum = G[best * k + chosen[a]!]!;
      for (let b = 0; b < a; b++) sum -= L[a * most + b]! * L[m * most + b]!;
      const v = sum / L[a * most + a]!;
      L[m * most + a] = v;
      left -= v * v;
      rest -= v * half[a]!;
    }
    // An atom that depends on the chosen ones cannot add anything.
    if (left <= 1e-14 * G[best * k + best]!) return;
    const own = Math.sqrt(left);
    L[m * most + m] = own;
    half.push(rest / own);
    chosen.push(best);
    const w = half.slice();
    for (let a = m; a >= 0; a--) {
      for (let b = a + 1; b <= m; b++) w[a] = w[a]! - L[b * most + a]! * w[b]!;
      w[a] = w[a]! / L[a * most + a]!;
    }
    slope.set(c);
    chosen.forEach((q, a) => {
      u[q] = w[a]!;
      for (let j = 0; j < k; j++) slope[j] = slope[j]! - w[a]! * G[q * k + j]!;
    });
  }
}

/** Most atoms per row where none is asked for: a tenth of the columns. */
export const defaultAtoms = (d: number, k: number): number => Math.floor(Math.min(Math.max(d / 10, 1), k));

/**
 * Sparse codes of rows in given atoms: X ~ code dictionary, with few entries of `code` other than 0.
 *
 * `lassoCd` minimises |x - u D|^2 / 2 + alpha |u|_1 for each row; `omp` takes the best `nNonzeroCoefs` atoms one after
 * another; `threshold` shrinks inner products with the atoms by `alpha`. Atoms should have length 1.
 *
 * @param X n x d
 * @param dictionary one atom per row, k x d
 * @param options `algorithm` "lassoCd"; `alpha` 1; `nNonzeroCoefs` a tenth of the columns; `positive` false: codes of 0
 *   and more only (not with omp); `maxIter` 1000 rounds of lassoCd
 * @returns codes, n x k
 *
 * @example
 * sparseEncode([[3, 0.5]], [[1, 0], [0, 1]], { alpha: 1 }).data; // [2, 0]
 */
export function sparseEncode(
  X: MatrixLike,
  dictionary: MatrixLike,
  options: Partial<CodeOptions> = {},
): Matrix {
  const where = "sparseEncode";
  const { matrix } = readDesign(X, where);
  const { matrix: D } = readDesign(dictionary, where, { argument: "dictionary" });
  if (D.cols !== matrix.cols)
    throw shapeError(where, "dictionary", `has ${D.cols} columns`, `${matrix.cols}, as X`);
  const { algorithm = "lassoCd", alpha = 1, positive = false, maxIter = 1000 } = options;
  const nNonzeroCoefs = options.nNonzeroCoefs ?? defaultAtoms(D.cols, D.rows);
  if (!["lassoCd", "omp", "threshold"].includes(algorithm))
    throw argumentError(where, "algorithm", algorithm, '"lassoCd", "omp" or "threshold"');
  if (!(typeof alpha === "number" && alpha >= 0 && alpha < Number.POSITIVE_INFINITY))
    throw argumentError(where, "alpha", alpha, "a number >= 0");
  if (typeof positive !== "boolean" || (positive && algorithm === "omp"))
    throw argumentError(where, "positive", positive, "true or false, and false with omp");
  if (!(Number.isSafeInteger(maxIter) && maxIter >= 1))
    throw argumentError(where, "maxIter", maxIter, "an integer >= 1");
  if (!(Number.isSafeInteger(nNonzeroCoefs) && nNonzeroCoefs >= 1 && nNonzeroCoefs <= D.rows))
    throw argumentError(where, "nNonzeroCoefs", nNonzeroCoefs, `an integer from 1 to ${D.rows}, the atoms`);
  return codeRows(matrix, D, { algorithm, alpha, positive, maxIter, nNonzeroCoefs });
}
