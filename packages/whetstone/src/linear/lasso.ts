import {
  argumentError,
  bool,
  type FitOptions,
  int,
  type MatrixLike,
  type ParamInput,
  RegressorSpec,
  readRows,
  readTarget,
  readWeights,
  real,
  type Schema,
  schemaOf,
  step,
  throwIfAborted,
  warn,
} from "../contract/index.ts";
import { LinearModel } from "./linear-model.ts";
import { sparseSolver } from "./sparse-fit.ts";

/** Parameters that lasso and elastic net share. */
export const SPARSE_PARAMS = {
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

const params = {
  alpha: real({
    min: 0,
    default: 1,
    doc: "L1 strength: alpha |coef|_1 is added to half the mean squared error",
    search: { low: 1e-4, high: 10, scale: "log" },
  }),
  ...SPARSE_PARAMS,
};

const netParams = {
  alpha: real({
    min: 0,
    default: 1,
    doc: "Strength of the whole penalty",
    search: { low: 1e-4, high: 10, scale: "log" },
  }),
  l1Ratio: real({
    min: 0,
    max: 1,
    default: 0.5,
    doc: "Share of L1 in the penalty: 1 is the lasso, 0 is ridge",
    search: { low: 0, high: 1 },
  }),
  ...SPARSE_PARAMS,
};

type NetParams = {
  readonly alpha: number;
  readonly l1Ratio: number;
  readonly fitIntercept: boolean;
  readonly positive: boolean;
  readonly tol: number;
  readonly maxIter: number;
};

/** What a sparse fit found. */
interface SparseRun {
  /** Sweeps over the columns. */
  readonly nIter: number;
  /** How far the objective may still be above its minimum. */
  readonly dualityGap: number;
}

/**
 * Lasso: least squares with an L1 penalty, which sets coefficients to exactly zero.
 *
 * Minimises `sum_i w_i (y_i - x_i coef - intercept)^2 / (2 sum w) + alpha |coef|_1` by coordinate descent, and stops on
 * the duality gap, a bound on the distance to the optimum. Tall data are read once, into inner products; sparse rows stay
 * sparse.
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
    refuseInfinite("Lasso", this.params.alpha);
  }

  static fromState(state: unknown): Lasso {
    return new Lasso(state as ParamInput<typeof params>);
  }

  override fit(X: MatrixLike, y: ArrayLike<number>, options: FitOptions = {}): LassoModel {
    const f = fitSparse({ ...this.params, l1Ratio: 1 }, X, y, options, "Lasso.fit");
    return new LassoModel(f.schema, f.coef, f.intercept, f);
  }
}

/**
 * Elastic net: least squares with an L1 and an L2 penalty. L1 selects; L2 lets correlated columns share a coefficient
 * where the lasso would take one of them.
 *
 * Minimises `sum_i w_i (y_i - x_i coef - intercept)^2 / (2 sum w) + alpha (l1Ratio |coef|_1 + (1 - l1Ratio) |coef|^2 / 2)`,
 * glmnet's form, by coordinate descent, and stops on a bound on the distance to the optimum. Sparse rows stay sparse.
 *
 * Zou, Hastie, "Regularization and variable selection via the elastic net", 2005.
 *
 * @example
 * const model = new ElasticNet({ alpha: 0.5, l1Ratio: 0.5, tol: 1e-12 }).fit([[-1, -1], [0, 0], [1, 1]], [-2, 0, 2]);
 * model.coef; // [0.6842..., 0.6842...]
 */
export class ElasticNet extends RegressorSpec<typeof netParams> {
  static readonly typeName = "ElasticNet";
  static readonly params = netParams;

  constructor(given: ParamInput<typeof netParams> = {}) {
    super(ElasticNet.typeName, netParams, given);
    refuseInfinite("ElasticNet", this.params.alpha);
  }

  static fromState(state: unknown): ElasticNet {
    return new ElasticNet(state as ParamInput<typeof netParams>);
  }

  override fit(X: MatrixLike, y: ArrayLike<number>, options: FitOptions = {}): ElasticNetModel {
    const f = fitSparse(this.params, X, y, options, "ElasticNet.fit");
    return new ElasticNetModel(f.schema, f.coef, f.intercept, f);
  }
}

function refuseInfinite(where: string, alpha: number): void {
  if (alpha === Number.POSITIVE_INFINITY) throw argumentError(where, "alpha", alpha, "a finite number >= 0");
}

function fitSparse(
  { alpha, l1Ratio, fitIntercept, positive, tol, maxIter }: NetParams,
  X: MatrixLike,
  y: ArrayLike<number>,
  options: FitOptions,
  where: string,
) {
  throwIfAborted(options.signal, where);
  const design = readRows(X, where);
  const { matrix } = design;
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
  const coef = new Float64Array(matrix.cols);
  const strength = alpha * solver.total;
  const found = solver.solve(
    strength * l1Ratio,
    strength * (1 - l1Ratio),
    coef,
    tol * solver.yy,
    maxIter,
    (done) => step(where, options, done, maxIter, "sweeps"),
  );
  const dualityGap = found.gap / solver.total;
  if (!found.converged) {
    const gap = dualityGap.toExponential(1);
    warn(where, options, `did not converge in ${found.sweeps} sweeps (duality gap ${gap})`);
  }
  return {
    schema: schemaOf(design),
    coef,
    intercept: solver.interceptOf(coef),
    nIter: found.sweeps,
    dualityGap,
  };
}

/** A linear function with many zeros, and how it was reached. */
abstract class SparseModel extends LinearModel implements SparseRun {
  readonly nIter: number;
  readonly dualityGap: number;

  constructor(schema: Schema, coef: Float64Array, intercept: number, run: SparseRun) {
    super(schema, coef, intercept);
    this.nIter = run.nIter;
    this.dualityGap = run.dualityGap;
  }

  override toState(): unknown {
    const { schema, coef, intercept, nIter, dualityGap } = this;
    return { schema, coef, intercept, nIter, dualityGap };
  }
}

type SparseState = SparseRun & { schema: Schema; coef: Float64Array; intercept: number };

/** What {@link Lasso} learned. */
export class LassoModel extends SparseModel {
  static readonly typeName = "LassoModel";

  static fromState(state: unknown): LassoModel {
    const s = state as SparseState;
    return new LassoModel(s.schema, s.coef, s.intercept, s);
  }
}

/** What {@link ElasticNet} learned. */
export class ElasticNetModel extends SparseModel {
  static readonly typeName = "ElasticNetModel";

  static fromState(state: unknown): ElasticNetModel {
    const s = state as SparseState;
    return new ElasticNetModel(s.schema, s.coef, s.intercept, s);
  }
}
