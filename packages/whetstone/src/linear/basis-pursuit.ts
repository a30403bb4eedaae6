import { argumentError, type MatrixLike, readDesign, readTarget } from "../contract/index.ts";
import { innerProducts } from "./gram.ts";
import { homotopy } from "./lars.ts";

/** The least |x|_1 with A x = b, with what proves it. */
export interface BasisPursuit {
  /** One entry per column of A; at most as many are not 0 as A has rows. */
  readonly x: Float64Array;
  /** |b - A x|. */
  readonly residual: number;
  /** |x|_1 less the dual bound y . b over |A^T y|_inf <= 1: at most this far from the least. */
  readonly dualityGap: number;
  /** Knots of the lasso path on the way. */
  readonly knots: number;
}

/**
 * The vector of least L1 norm with A x = b, by following the lasso path to its end. Where x has few non-zero entries
 * and A mixes them well, it is recovered from far fewer rows than columns (compressed sensing).
 *
 * Chen, Donoho, Saunders, "Atomic decomposition by basis pursuit", 1998; Donoho, Tsaig, "Fast solution of l1-norm
 * minimization problems when the solution may be sparse", 2008.
 *
 * @param A n x d measurements
 * @param b n results
 * @param options.maxIter most knots; default 20 n
 * @example
 * basisPursuit([[1, 0, 1], [0, 1, 1]], [1, 1]).x; // [0, 0, 1]
 */
export function basisPursuit(
  A: MatrixLike,
  b: ArrayLike<number>,
  options: { readonly maxIter?: number } = {},
): BasisPursuit {
  const where = "basisPursuit";
  const { matrix } = readDesign(A, where, { argument: "A" });
  const target = readTarget(b, matrix.rows, where, "b");
  const maxIter = options.maxIter ?? 20 * matrix.rows;
  if (!(Number.isInteger(maxIter) && maxIter >= 1)) {
    throw argumentError(where, "maxIter", maxIter, "an integer >= 1");
  }
  const found = homotopy(innerProducts(matrix), matrix.transposedMatVec(target), 0, true, maxIter);
  const knots = found.strengths.length;
  const x = found.coefs[knots - 1]!;
  const fitted = matrix.matVec(x);
  const r = target.map((v, i) => v - fitted[i]!);
  // Along the last piece the residual is lambda times the dual optimum.
  let dual = 0;
  if (knots > 1) {
    const before = matrix.matVec(found.coefs[knots - 2]!);
    const y = target.map((v, i) => v - before[i]!);
    const most = matrix.transposedMatVec(y).reduce((m, v) => Math.max(m, Math.abs(v)), 0);
    if (most > 0) dual = y.reduce((s, v, i) => s + v * target[i]!, 0) / most;
  }
  return {
    x,
    residual: Math.sqrt(r.reduce((s, v) => s + v * v, 0)),
    dualityGap: x.reduce((s, v) => s + Math.abs(v), 0) - dual,
    knots,
  };
}
