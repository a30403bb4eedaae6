import {
  argumentError,
  type FitOptions,
  type MatrixLike,
  readRows,
  readTarget,
  readWeights,
} from "../contract/index.ts";
import { requireList } from "../errors.ts";
import { Matrix } from "../math/matrix.ts";
import { defaultAlphas, type SparseSolver, sparseSolver } from "./sparse-fit.ts";

/** Penalty and strengths of a path, and how exactly each point is solved. */
export interface SparsePathOptions extends Pick<FitOptions, "sampleWeight"> {
  /** Whether there is a constant term, which is never shrunk. Default true. */
  readonly fitIntercept?: boolean;
  /** Share of L1 in the penalty, > 0 and <= 1; 1 (default) is the lasso, less the elastic net. */
  readonly l1Ratio?: number;
  /** Strengths; by default 100, from the least that makes all coefficients zero down to a thousandth of it. */
  readonly alphas?: ArrayLike<number>;
  /** Whether coefficients must be >= 0; default false. */
  readonly positive?: boolean;
  /** As in {@link Lasso}; default 1e-6. */
  readonly tol?: number;
  /** Most sweeps over the columns per strength; default 10,000. */
  readonly maxIter?: number;
}

/** Coefficients of the lasso or elastic net over a range of strengths. */
export interface SparsePath {
  /** Descending. */
  readonly alphas: Float64Array;
  /** One row of coefficients per alpha. */
  readonly coefs: Matrix;
  /** Constant term per alpha. */
  readonly intercepts: Float64Array;
  /** Per alpha: at most this far the objective lies above its least value. */
  readonly dualityGaps: Float64Array;
}

/**
 * Lasso or elastic-net solutions along falling strengths, each started from the one before.
 * The penalty is `alpha (l1Ratio |w|_1 + (1 - l1Ratio) |w|^2 / 2)` beside half the mean squared error.
 *
 * @example
 * const path = lassoPath([[-1], [0], [1]], [-1, 0, 1], { alphas: [1, 1 / 3] });
 * path.coefs.col(0); // [0, 0.5]
 */
export function lassoPath(X: MatrixLike, y: ArrayLike<number>, options: SparsePathOptions = {}): SparsePath {
  const where = "lassoPath";
  const { fitIntercept = true, l1Ratio = 1, positive = false, tol = 1e-6, maxIter = 10_000 } = options;
  if (!(l1Ratio > 0 && l1Ratio <= 1)) throw argumentError(where, "l1Ratio", l1Ratio, "a number > 0 and <= 1");
  if (!(tol >= 0)) throw argumentError(where, "tol", tol, "a number >= 0");
  const { matrix } = readRows(X, where);
  const solver = sparseSolver(
    {
      X: matrix,
      y: readTarget(y, matrix.rows, where),
      weights: readWeights(options.sampleWeight, matrix.rows, where),
      fitIntercept,
      alpha: 0,
      where,
    },
    positive,
  );
  const alphas = options.alphas
    ? descending(options.alphas, where)
    : defaultAlphas(solver, l1Ratio, positive);
  return pathOf(solver, matrix.cols, alphas, l1Ratio, tol, maxIter);
}

/** Checks strengths and puts the largest first. */
export function descending(given: ArrayLike<number>, where: string): Float64Array {
  requireList(where, "alphas", given);
  const alphas = Float64Array.from(given).sort().reverse();
  const bad = alphas.findIndex((a) => !(a >= 0 && a < Number.POSITIVE_INFINITY));
  if (bad >= 0) throw argumentError(where, "alphas", alphas[bad], "finite numbers >= 0");
  return alphas;
}

/** Warm-started solutions; alphas descending. */
export function pathOf(
  solver: SparseSolver,
  d: number,
  alphas: Float64Array,
  l1Ratio: number,
  tol: number,
  maxIter: number,
): SparsePath {
  const coefs = Matrix.zeros(alphas.length, d);
  const intercepts = new Float64Array(alphas.length);
  const dualityGaps = new Float64Array(alphas.length);
  const w = new Float64Array(d);
  alphas.forEach((alpha, a) => {
    const strength = alpha * solver.total;
    const found = solver.solve(strength * l1Ratio, strength * (1 - l1Ratio), w, tol * solver.yy, maxIter);
    coefs.row(a).set(w);
    intercepts[a] = solver.interceptOf(w);
    dualityGaps[a] = found.gap / solver.total;
  });
  return { alphas, coefs, intercepts, dualityGaps };
}
