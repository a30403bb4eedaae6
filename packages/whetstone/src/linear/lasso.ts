import {
  argumentError,
  bool,
  type FitOptions,
  int,
  type MatrixLike,
  type ParamInput,
  RegressorSpec,
  readDesign,
  readTarget,
  readWeights,
  real,
  type Schema,
  schemaOf,
  step,
  warn,
} from "../contract/index.ts";
import { Matrix } from "../math/matrix.ts";
import { coordinateDescent, type SparseProblem } from "./coordinate-descent.ts";
import { type Centred, centre, interceptOf, weightedRows } from "./least-squares.ts";
import { LinearModel } from "./linear-model.ts";

const params = {
  alpha: real({
    min: 0,
    default: 1,
    doc: "L1 strength: alpha |coef|_1 is added to half the mean squared error",
    search: { low: 1e-4, high: 10, scale: "log" },
  }),
  fitIntercept: bool({ default: true, doc: "Whether there is a constant term, which is never penalised" }),
  positive: bool({ default: false, doc: "Whether coefficients must be >= 0" }),
  tol: real({
    min: 0,
    default: 1e-4,
    doc: "Duality gap at which to stop, as a share of the squared length of the centred target",
  }),
  maxIter: int({
    min: 1,
    default: 1000,
    doc: "Most sweeps over the columns; stopping there gives a warning",
  }),
};

/**
 * Lasso: least squares with an L1 penalty, which sets coefficients to exactly zero.
 *
 * Minimises `sum_i w_i (y_i - x_i coef - intercept)^2 / (2 sum w) + alpha |coef|_1` by coordinate descent, and stops on
 * the duality gap, a bound on the distance to the optimum.
 *
 * @example
 * const model = new Lasso({ alpha: 0.5 }).fit([[-1, 0.1], [0, -0.2], [1, 0.1]], [-2, 0, 2]);
 * model.coef[1]; // 0
 */
export class Lasso extends RegressorSpec<typeof params> {
  static readonly typeName = "Lasso";
  static readonly params = params;

  constructor(given: ParamInput<typeof params> = {}) {
    super(Lasso.typeName, params, given);
    if (this.params.alpha === Number.POSITIVE_INFINITY) {
      throw argumentError("Lasso", "alpha", this.params.alpha, "a finite number >= 0");
    }
  }

  static fromState(state: unknown): Lasso {
    return new Lasso(state as ParamInput<typeof params>);
  }

  override fit(X: MatrixLike, y: ArrayLike<number>, options: FitOptions = {}): LassoModel {
    const where = "Lasso.fit";
    const design = readDesign(X, where);
    const { matrix } = design;
    const { alpha, fitIntercept, positive, tol, maxIter } = this.params;
    const weights = readWeights(options.sampleWeight, matrix.rows, where);
    const centred = centre({
      X: matrix,
      y: readTarget(y, matrix.rows, where),
      weights,
      fitIntercept,
      alpha: 0,
      where,
    });
    const { base, total } = sparseProblem(centred);
    const coef = new Float64Array(matrix.cols);
    const problem = { ...base, l1: alpha * total, l2: 0, positive };
    const found = coordinateDescent(problem, coef, tol * squaredLength(base.b), maxIter, (done) =>
      step(where, options, done, maxIter, "sweeps"),
    );
    const gap = found.gap / total;
    if (!found.converged) {
      warn(
        where,
        options,
        `did not converge in ${found.sweeps} sweeps (duality gap ${gap.toExponential(1)})`,
      );
    }
    return new LassoModel(schemaOf(design), coef, interceptOf(centred, coef), {
      nIter: found.sweeps,
      dualityGap: gap,
    });
  }
}

/** What {@link Lasso} learned. */
export class LassoModel extends LinearModel {
  static readonly typeName = "LassoModel";
  /** Sweeps over the columns. */
  readonly nIter: number;
  /** How far the objective may still be above its minimum. */
  readonly dualityGap: number;

  constructor(
    schema: Schema,
    coef: Float64Array,
    intercept: number,
    run: { readonly nIter: number; readonly dualityGap: number },
  ) {
    super(schema, coef, intercept);
    this.nIter = run.nIter;
    this.dualityGap = run.dualityGap;
  }

  override toState(): unknown {
    const { schema, coef, intercept, nIter, dualityGap } = this;
    return { schema, coef, intercept, nIter, dualityGap };
  }

  static fromState(state: unknown): LassoModel {
    const s = state as {
      schema: Schema;
      coef: Float64Array;
      intercept: number;
      nIter: number;
      dualityGap: number;
    };
    return new LassoModel(s.schema, s.coef, s.intercept, s);
  }
}

export interface SparsePathOptions extends Pick<FitOptions, "sampleWeight"> {
  readonly fitIntercept?: boolean;
  /** Share of L1 in the penalty, > 0 and <= 1; 1 (default) is the lasso, less the elastic net. */
  readonly l1Ratio?: number;
  /** Strengths; by default 100, from the least that makes all coefficients zero down to a thousandth of it. */
  readonly alphas?: ArrayLike<number>;
  /** As in {@link Lasso}; default 1e-6. */
  readonly tol?: number;
  readonly maxIter?: number;
}

export interface SparsePath {
  /** Descending. */
  readonly alphas: Float64Array;
  /** One row of coefficients per alpha. */
  readonly coefs: Matrix;
  readonly intercepts: Float64Array;
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
  const { fitIntercept = true, l1Ratio = 1, tol = 1e-6, maxIter = 10_000 } = options;
  if (!(l1Ratio > 0 && l1Ratio <= 1)) throw argumentError(where, "l1Ratio", l1Ratio, "a number > 0 and <= 1");
  if (!(tol >= 0)) throw argumentError(where, "tol", tol, "a number >= 0");
  const { matrix } = readDesign(X, where);
  const centred = centre({
    X: matrix,
    y: readTarget(y, matrix.rows, where),
    weights: readWeights(options.sampleWeight, matrix.rows, where),
    fitIntercept,
    alpha: 0,
    where,
  });
  const { base, total } = sparseProblem(centred);
  const alphas = options.alphas
    ? Float64Array.from(options.alphas).sort().reverse()
    : defaultAlphas(base, total, l1Ratio);
  const bad = alphas.findIndex((a) => !(a >= 0 && a < Number.POSITIVE_INFINITY));
  if (bad >= 0) throw argumentError(where, "alphas", alphas[bad], "finite numbers >= 0");
  const coefs = Matrix.zeros(alphas.length, matrix.cols);
  const intercepts = new Float64Array(alphas.length);
  const dualityGaps = new Float64Array(alphas.length);
  const w = new Float64Array(matrix.cols);
  alphas.forEach((alpha, a) => {
    const problem = {
      ...base,
      l1: alpha * l1Ratio * total,
      l2: alpha * (1 - l1Ratio) * total,
      positive: false,
    };
    const found = coordinateDescent(problem, w, tol * squaredLength(base.b), maxIter, () => {});
    coefs.row(a).set(w);
    intercepts[a] = interceptOf(centred, w);
    dualityGaps[a] = found.gap / total;
  });
  return { alphas, coefs, intercepts, dualityGaps };
}

type Base = Pick<SparseProblem, "columns" | "n" | "d" | "b">;

function sparseProblem(centred: Centred): { base: Base; total: number } {
  const { A, b } = weightedRows(centred);
  const { weights } = centred.problem;
  const total = weights ? weights.reduce((sum, w) => sum + w, 0) : A.rows;
  return { base: { columns: A.transpose().data, n: A.rows, d: A.cols, b }, total };
}

function defaultAlphas({ columns, n, d, b }: Base, total: number, l1Ratio: number): Float64Array {
  let most = 0;
  for (let j = 0; j < d; j++) {
    let dot = 0;
    for (let i = 0; i < n; i++) dot += columns[j * n + i]! * b[i]!;
    most = Math.max(most, Math.abs(dot));
  }
  const top = most / (total * l1Ratio);
  return Float64Array.from({ length: 100 }, (_, k) => top * 1e-3 ** (k / 99));
}

function squaredLength(b: Float64Array): number {
  return b.reduce((sum, v) => sum + v * v, 0);
}
