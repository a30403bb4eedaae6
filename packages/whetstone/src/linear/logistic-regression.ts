import {
  argumentError,
  ClassifierSpec,
  custom,
  either,
  type FitOptions,
  int,
  type Label,
  type MatrixLike,
  oneOf,
  optional,
  type ParamInput,
  readDesign,
  readLabels,
  readRows,
  readWeights,
  real,
  schemaOf,
  shapeError,
  show,
  step,
  valueError,
  warn,
} from "../contract/index.ts";
import { bool } from "../contract/params.ts";
import { Matrix } from "../math/matrix.ts";
import type { SparseMatrix } from "../math/sparse.ts";
import { LogisticRegressionModel } from "./logistic-model.ts";
import { fromProblem, type LogisticProblem, logisticProblem, toProblem } from "./logistic-problem.ts";
import { solveLogistic } from "./logistic-solve.ts";

const params = {
  penalty: optional(
    oneOf(["l2", "l1", "elasticnet"], {
      default: "l2",
      doc: "What holds coefficients small: l1 makes exact zeros, elasticnet mixes both; null for nothing",
    }),
    {
      default: "l2",
    },
  ),
  C: real({
    min: 0,
    exclusiveMin: true,
    default: 1,
    doc: "Inverse strength of the penalty: the summed log loss is multiplied by C; of no effect without penalty",
    search: { low: 1e-4, high: 1e4, scale: "log" },
  }),
  l1Ratio: real({
    min: 0,
    max: 1,
    default: 0.5,
    doc: "Share of L1 where penalty is elasticnet",
    search: { low: 0, high: 1 },
  }),
  fitIntercept: bool({ default: true, doc: "Whether logits have a constant term, which is never penalised" }),
  solver: oneOf(["auto", "lbfgs", "newtonCholesky", "coordinateDescent"], {
    default: "auto",
    doc: "lbfgs for any size; newtonCholesky for few columns and classes, to the last digit; coordinateDescent, the only one for L1, makes quadratic models; auto takes lbfgs, and coordinateDescent for L1",
  }),
  classWeight: optional(
    either(
      oneOf(["balanced"], {
        default: "balanced",
        doc: 'Weight per class: an object of label to weight (1 where absent), or "balanced" for equal totals',
      }),
      custom<Readonly<Record<string, number>>>({
        default: {},
        doc: "",
        expected: "an object of label to weight >= 0",
        accepts: isWeightMap,
      }),
    ),
  ),
  tol: real({
    min: 0,
    default: 1e-6,
    doc: "Largest entry of the mean loss's gradient at which to stop, in coordinates of unit curvature",
  }),
  maxIter: int({ min: 0, default: 1000, doc: "Most iterations; stopping there gives a warning" }),
};

/** Options of {@link LogisticRegression}'s `fit`. */
export interface LogisticFitOptions extends FitOptions {
  /** Where to start, e.g. a model fitted before: same columns, same number of classes. */
  readonly initial?: { readonly coef: Matrix; readonly intercept: ArrayLike<number> };
}

/**
 * Logistic regression: binary by a sigmoid, three classes or more by a softmax (multinomial).
 *
 * Minimises `C * sum_i w_i logLoss_i + (1/2) |coef|^2`, as scikit-learn does; with an L1 penalty `|coef|_1` instead, with
 * elasticnet `l1Ratio |coef|_1 + (1 - l1Ratio) |coef|^2 / 2`. The optimiser works in coordinates in which
 * the loss has about unit curvature, so it converges for any units and correlations; the penalty acts on the coefficients of the columns
 * as given, so scale them first (StandardScaler) where one `C` is meant to treat them alike.
 *
 * Sparse rows stay sparse, but for newtonCholesky.
 *
 * Without penalty, classes that a hyperplane separates have no finite solution: a warning says so.
 *
 * @example
 * const model = new LogisticRegression().fit([[0], [1], [2], [3]], ["no", "no", "yes", "yes"]);
 * model.predict([[0.2], [2.8]]); // ["no", "yes"]
 * model.predictProba([[1.5]]).row(0); // [0.5, 0.5]
 */
export class LogisticRegression extends ClassifierSpec<typeof params> {
  static readonly typeName = "LogisticRegression";
  static readonly params = params;

  constructor(given: ParamInput<typeof params> = {}) {
    super(LogisticRegression.typeName, params, given);
    const { penalty, solver } = this.params;
    if (
      (penalty === "l1" || penalty === "elasticnet") &&
      solver !== "auto" &&
      solver !== "coordinateDescent"
    ) {
      throw argumentError(
        "LogisticRegression",
        "solver",
        solver,
        `"auto" or "coordinateDescent" for ${penalty}`,
      );
    }
  }

  static fromState(state: unknown): LogisticRegression {
    return new LogisticRegression(state as ParamInput<typeof params>);
  }

  override fit<L extends Label>(
    X: MatrixLike,
    y: ArrayLike<L>,
    options: LogisticFitOptions = {},
  ): LogisticRegressionModel<L> {
    const where = "LogisticRegression.fit";
    const { penalty, C, l1Ratio, fitIntercept, tol, maxIter } = this.params;
    const share = penalty === "l1" ? 1 : penalty === "elasticnet" ? l1Ratio : 0;
    const byDefault = penalty === "l1" || penalty === "elasticnet" ? "coordinateDescent" : "lbfgs";
    const solver = this.params.solver === "auto" ? byDefault : this.params.solver;
    // Newton's method makes a matrix of columns by columns, from dense rows.
    const design = solver === "newtonCholesky" ? readDesign(X, where) : readRows(X, where);
    const { matrix } = design;
    const { classes, codes } = readLabels(y, matrix.rows, where);
    const weights = readWeights(options.sampleWeight, matrix.rows, where);
    if (classes.length < 2) {
      throw valueError(where, "y", `holds one class (${show(classes[0])}), expected at least two`);
    }
    const rowWeights = this.rowWeights(classes, codes, weights, where);
    const strength = penalty === null ? 0 : 1 / C;
    const total = rowWeights.reduce((a, b) => a + b, 0);
    const l2 = strength * (1 - share);
    const problem = logisticProblem(matrix, codes, classes.length, rowWeights, l2, fitIntercept, where);
    const start = options.initial ? startAt(problem, options.initial, where) : startAtShares(problem);
    const found = solveLogistic(problem, matrix, start, {
      solver,
      tol,
      maxIter,
      l1: problem.scale.map((v) => (v * strength * share) / total),
      onIteration: (done) => step(where, options, done, maxIter, "iterations"),
    });
    const { coef, intercept } = fromProblem(problem, found.u);
    const model = new LogisticRegressionModel(
      schemaOf(design),
      classes,
      new Matrix(coef, problem.outputs, matrix.cols),
      intercept,
      { fitIntercept, nIter: found.iterations, converged: found.converged },
    );
    if (strength === 0 && found.loss < 1e-4 && separates(model, matrix, codes, rowWeights)) {
      warn(
        where,
        options,
        "the classes are separated perfectly, so coefficients without penalty have no finite optimum: they are as large as tol and maxIter let them grow",
      );
    } else if (!found.converged) {
      const g = found.gradientNorm.toExponential(1);
      warn(
        where,
        options,
        `did not converge in ${found.iterations} iterations (gradient ${g}, tol ${tol}): raise maxIter or tol`,
      );
    }
    return model;
  }

  override fitAsync<L extends Label>(
    X: MatrixLike,
    y: ArrayLike<L>,
    options?: FitOptions,
  ): Promise<LogisticRegressionModel<L>> {
    return super.fitAsync(X, y, options) as Promise<LogisticRegressionModel<L>>;
  }

  /** Sample weight times class weight. */
  private rowWeights(
    classes: readonly Label[],
    codes: Int32Array,
    weights: Float64Array | null,
    where: string,
  ): Float64Array {
    const out = weights ? weights.slice() : new Float64Array(codes.length).fill(1);
    const { classWeight } = this.params;
    if (classWeight === null) return out;
    const K = classes.length;
    const perClass = new Float64Array(K).fill(1);
    if (classWeight === "balanced") {
      const totals = new Float64Array(K);
      for (let i = 0; i < codes.length; i++) totals[codes[i]!] = totals[codes[i]!]! + out[i]!;
      const total = totals.reduce((a, b) => a + b, 0);
      for (let k = 0; k < K; k++) perClass[k] = totals[k]! > 0 ? total / (K * totals[k]!) : 0;
    } else {
      for (const [label, weight] of Object.entries(classWeight)) {
        const k = classes.findIndex((c) => String(c) === label);
        if (k < 0) {
          const known = classes.map(String).join(", ");
          throw argumentError(where, "classWeight", label, `labels of y only (${known})`);
        }
        perClass[k] = weight;
      }
    }
    for (let i = 0; i < codes.length; i++) out[i] = out[i]! * perClass[codes[i]!]!;
    if (!out.some((w) => w > 0)) throw valueError(where, "classWeight", "leaves no row with a weight > 0");
    return out;
  }
}

function isWeightMap(value: unknown): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((w) => typeof w === "number" && Number.isFinite(w) && w >= 0);
}

/** Coefficients zero, intercepts that give the class shares. */
function startAtShares(problem: LogisticProblem): Float64Array {
  const { outputs, cols, codes, weights, interceptScale } = problem;
  const u = new Float64Array(outputs * (cols + 1));
  if (interceptScale === 0) return u;
  const share = new Float64Array(Math.max(2, outputs));
  codes.forEach((code, i) => {
    share[code] = share[code]! + weights[i]!;
  });
  const log = Array.from(share, (p) => Math.log(Math.max(p, 1e-6)));
  const mean = log.reduce((a, b) => a + b, 0) / log.length;
  for (let k = 0; k < outputs; k++) {
    u[k * (cols + 1) + cols] = (outputs === 1 ? log[1]! - log[0]! : log[k]! - mean) / interceptScale;
  }
  return u;
}

function startAt(
  problem: LogisticProblem,
  initial: NonNullable<LogisticFitOptions["initial"]>,
  where: string,
): Float64Array {
  const { coef, intercept } = initial;
  const { outputs, cols } = problem;
  if (coef.rows !== outputs || coef.cols !== cols || intercept.length !== outputs) {
    throw shapeError(
      where,
      "initial",
      `has coefficients ${coef.rows} x ${coef.cols} and ${intercept.length} intercepts`,
      `${outputs} x ${cols} and ${outputs}`,
    );
  }
  const start = toProblem(problem, coef.data, Float64Array.from(intercept));
  if (!start.every(Number.isFinite)) throw valueError(where, "initial", "holds numbers that are not finite");
  return start;
}

/** Whether every row that counts lies on its own side. */
function separates(
  model: LogisticRegressionModel<Label>,
  X: Matrix | SparseMatrix,
  codes: Int32Array,
  weights: Float64Array,
): boolean {
  const p = model.predictProba(X);
  const K = p.cols;
  for (let i = 0; i < X.rows; i++) {
    if (weights[i] === 0) continue;
    for (let k = 0; k < K; k++) {
      if (k !== codes[i] && p.data[i * K + k]! >= p.data[i * K + codes[i]!]!) return false;
    }
  }
  return true;
}
