import {
  bool,
  ClassifierModel,
  ClassifierSpec,
  type FitOptions,
  int,
  type Label,
  type MatrixLike,
  oneOf,
  type ParamInput,
  RegressorModel,
  RegressorSpec,
  readLabels,
  readRows,
  readRowsLike,
  readTarget,
  readWeights,
  real,
  type Schema,
  schemaOf,
  seed,
  show,
  step,
  throwIfAborted,
  unsupported,
  valueError,
  warn,
} from "../contract/index.ts";
import { Matrix, randomStream, rowDot, rowLists } from "../math/index.ts";
import { classWeightParam, rowWeights } from "./class-weight.ts";
import { type LinearSolution, solveLinear } from "./dual-coordinate-descent.ts";

const common = {
  C: real({
    min: 0,
    exclusiveMin: true,
    max: Number.MAX_VALUE,
    default: 1,
    doc: "Price of errors: 1/2 |w|^2 + C sum(loss)",
    search: { low: 1e-4, high: 1e4, scale: "log" },
  }),
  fitIntercept: bool({
    default: true,
    doc: "Whether there is a constant term; it is penalised as a column of interceptScaling",
  }),
  interceptScaling: real({
    min: 0,
    exclusiveMin: true,
    max: 1e100,
    default: 1,
    doc: "Size of the constant column: the larger, the less the intercept is penalised",
  }),
  tol: real({
    min: 0,
    default: 1e-4,
    doc: "Duality gap at which to stop, relative to the objective at zero coefficients",
  }),
  maxIter: int({ min: 1, default: 1000, doc: "Most passes over the rows; stopping there gives a warning" }),
  seed: seed(),
};
const svcParams = {
  loss: oneOf(["squaredHinge", "hinge"], {
    default: "squaredHinge",
    doc: "max(0, 1 - y f)^2 or max(0, 1 - y f)",
  }),
  ...common,
  classWeight: classWeightParam,
};
const svrParams = {
  loss: oneOf(["epsilonInsensitive", "squaredEpsilonInsensitive"], {
    default: "epsilonInsensitive",
    doc: "max(0, |y - f| - epsilon), or its square",
  }),
  epsilon: real({
    min: 0,
    max: Number.MAX_VALUE,
    default: 0,
    doc: "Errors up to this size are free, in units of y",
  }),
  ...common,
};

/** A linear score per function: rows x functions. */
function scores(schema: Schema, X: MatrixLike, coef: Matrix, intercept: Float64Array, where: string): Matrix {
  const lists = rowLists(readRowsLike(schema, X, where).matrix);
  const out = Matrix.zeros(lists.rows, coef.rows);
  for (let k = 0; k < coef.rows; k++) {
    const w = coef.row(k);
    for (let i = 0; i < lists.rows; i++) out.data[i * coef.rows + k] = rowDot(lists, i, w) + intercept[k]!;
  }
  return out;
}

/**
 * Linear support vector classification: hinge loss (or its square) with an L2 penalty, one machine per class against the
 * rest. Takes dense and sparse rows; time is linear in the stored numbers. The intercept is a penalised column, as in
 * liblinear.
 *
 * Rows with alpha > 0 are the support vectors. The gap between primal and dual says how far the solution can be from the
 * optimum.
 *
 * Source: Hsieh et al. (2008), ICML.
 *
 * @example
 * const model = new LinearSVC().fit([[0], [1], [3], [4]], ["a", "a", "b", "b"]);
 * model.predict([[0.5], [3.5]]); // ["a", "b"]
 */
export class LinearSVC extends ClassifierSpec<typeof svcParams> {
  static readonly typeName = "LinearSVC";
  static readonly params = svcParams;

  constructor(given: ParamInput<typeof svcParams> = {}) {
    super(LinearSVC.typeName, svcParams, given);
  }

  static fromState(state: unknown): LinearSVC {
    return new LinearSVC(state as ParamInput<typeof svcParams>);
  }

  override fit<L extends Label>(X: MatrixLike, y: ArrayLike<L>, options: FitOptions = {}): LinearSVCModel<L> {
    const where = "LinearSVC.fit";
    throwIfAborted(options.signal, where);
    const design = readRows(X, where);
    const lists = rowLists(design.matrix);
    const { classes, codes } = readLabels(y, lists.rows, where);
    const K = classes.length;
    if (K < 2) throw valueError(where, "y", `holds one class (${show(classes[0])}), expected at least two`);
    const { C, loss, fitIntercept, interceptScaling, tol, maxIter, classWeight } = this.params;
    const given = readWeights(options.sampleWeight, lists.rows, where);
    const price = rowWeights(classWeight, classes, codes, given, where).map((w) => C * w);
    const functions = K === 2 ? 1 : K;
    const found = Array.from({ length: functions }, (_, k) =>
      solveLinear({
        X: lists,
        bias: fitIntercept ? interceptScaling : 0,
        y: Float64Array.from(codes, (c) => (c === (K === 2 ? 1 : k) ? 1 : -1)),
        price,
        squared: loss === "squaredHinge",
        epsilon: null,
        tol,
        maxIter,
        random: randomStream(this.params.seed).split(k),
        onPass: (pass) => step(where, options, k * maxIter + pass + 1, functions * maxIter, "passes"),
      }),
    );
    const slow = found.filter((f) => !f.converged).length;
    if (slow > 0)
      warn(
        where,
        options,
        `${slow} of ${functions} machines did not converge in ${maxIter} passes: raise maxIter or tol`,
      );
    const support = Int32Array.from(codes.keys()).filter((i) => found.some((f) => f.alpha[i]! > 0));
    return new LinearSVCModel(schemaOf(design), classes, { ...stack(found, lists.cols), support });
  }
}

function stack(found: readonly LinearSolution[], cols: number) {
  const coef = Matrix.zeros(found.length, cols);
  found.forEach((f, k) => void coef.data.set(f.w, k * cols));
  return {
    coef,
    intercept: Float64Array.from(found, (f) => f.intercept),
    dualityGap: Float64Array.from(found, (f) => f.gap),
    primal: Float64Array.from(found, (f) => f.primal),
    nIter: Math.max(...found.map((f) => f.passes)),
  };
}

interface LinearState {
  readonly coef: Matrix;
  readonly intercept: Float64Array;
  readonly dualityGap: Float64Array;
  readonly primal: Float64Array;
  readonly nIter: number;
}

/** What {@link LinearSVC} learned. */
export class LinearSVCModel<L extends Label = Label> extends ClassifierModel<L> {
  static readonly typeName = "LinearSVCModel";
  readonly #state: LinearState & { readonly support: Int32Array };
  /** One row (two classes) or one per class. */
  readonly coef: Matrix;
  readonly intercept: Float64Array;
  /** Primal less dual objective of each machine. */
  readonly dualityGap: Float64Array;
  /** Primal objective of each machine. */
  readonly primal: Float64Array;
  /** Rows that carry weight in any machine. */
  readonly support: Int32Array;
  readonly nIter: number;

  constructor(schema: Schema, classes: readonly L[], state: LinearState & { readonly support: Int32Array }) {
    super(schema, classes);
    this.#state = state;
    this.coef = state.coef;
    this.intercept = state.intercept;
    this.dualityGap = state.dualityGap;
    this.primal = state.primal;
    this.support = state.support;
    this.nIter = state.nIter;
  }

  override get givesProbabilities(): boolean {
    return false;
  }

  /** Two classes: one column, positive for the second. More: a column per class. */
  decisionFunction(X: MatrixLike): Matrix {
    return scores(this.schema, X, this.coef, this.intercept, "LinearSVCModel.decisionFunction");
  }

  override predict(X: MatrixLike): L[] {
    const s = scores(this.schema, X, this.coef, this.intercept, "LinearSVCModel.predict");
    return Array.from({ length: s.rows }, (_, i) => {
      if (s.cols === 1) return this.classes[s.data[i]! > 0 ? 1 : 0]!;
      const row = s.row(i);
      return this.classes[row.indexOf(Math.max(...row))]!;
    });
  }

  /** Refused: margins are no probabilities. `whetstone/calibration` makes them so. */
  override predictProba(_X: MatrixLike): Matrix {
    throw unsupported(
      "LinearSVCModel.predictProba",
      "a linear support vector machine gives margins, not probabilities: map decisionFunction by plattScaling",
    );
  }

  override toState(): unknown {
    return { schema: this.schema, classes: this.classes, state: this.#state };
  }

  static fromState(state: unknown): LinearSVCModel {
    const s = state as { schema: Schema; classes: Label[]; state: LinearState & { support: Int32Array } };
    return new LinearSVCModel(s.schema, s.classes, s.state);
  }
}

/**
 * Linear support vector regression: a linear function with errors up to `epsilon` free. Dense and sparse rows.
 *
 * Source: Ho and Lin (2012), JMLR 13.
 *
 * @example
 * const model = new LinearSVR({ C: 100, tol: 1e-8 }).fit([[-1], [0], [1]], [-2, 0, 2]);
 * Math.abs(model.coef[0] - 2) < 1e-3; // true
 */
export class LinearSVR extends RegressorSpec<typeof svrParams> {
  static readonly typeName = "LinearSVR";
  static readonly params = svrParams;

  constructor(given: ParamInput<typeof svrParams> = {}) {
    super(LinearSVR.typeName, svrParams, given);
  }

  static fromState(state: unknown): LinearSVR {
    return new LinearSVR(state as ParamInput<typeof svrParams>);
  }

  override fit(X: MatrixLike, y: ArrayLike<number>, options: FitOptions = {}): LinearSVRModel {
    const where = "LinearSVR.fit";
    throwIfAborted(options.signal, where);
    const design = readRows(X, where);
    const lists = rowLists(design.matrix);
    const target = readTarget(y, lists.rows, where);
    const weights = readWeights(options.sampleWeight, lists.rows, where);
    const { C, loss, epsilon, fitIntercept, interceptScaling, tol, maxIter } = this.params;
    const found = solveLinear({
      X: lists,
      bias: fitIntercept ? interceptScaling : 0,
      y: target,
      price: target.map((_, i) => C * (weights === null ? 1 : weights[i]!)),
      squared: loss === "squaredEpsilonInsensitive",
      epsilon,
      tol,
      maxIter,
      random: randomStream(this.params.seed),
      onPass: (pass) => step(where, options, pass + 1, maxIter, "passes"),
    });
    if (!found.converged) warn(where, options, `did not converge in ${maxIter} passes: raise maxIter or tol`);
    return new LinearSVRModel(schemaOf(design), stack([found], lists.cols));
  }
}

/** What {@link LinearSVR} learned. */
export class LinearSVRModel extends RegressorModel {
  static readonly typeName = "LinearSVRModel";
  readonly #state: LinearState;
  readonly coef: Float64Array;
  readonly intercept: number;
  /** Primal less dual objective. */
  readonly dualityGap: number;
  readonly primal: number;
  readonly nIter: number;

  constructor(schema: Schema, state: LinearState) {
    super(schema);
    this.#state = state;
    this.coef = state.coef.row(0);
    this.intercept = state.intercept[0]!;
    this.dualityGap = state.dualityGap[0]!;
    this.primal = state.primal[0]!;
    this.nIter = state.nIter;
  }

  override predict(X: MatrixLike): Float64Array {
    return scores(this.schema, X, this.#state.coef, this.#state.intercept, "LinearSVRModel.predict").data;
  }

  override toState(): unknown {
    return { schema: this.schema, state: this.#state };
  }

  static fromState(state: unknown): LinearSVRModel {
    const s = state as { schema: Schema; state: LinearState };
    return new LinearSVRModel(s.schema, s.state);
  }
}
