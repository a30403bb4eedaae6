import {
  argumentError,
  bool,
  ClassifierModel,
  ClassifierSpec,
  type FitOptions,
  int,
  type Label,
  type MatrixLike,
  numericalError,
  oneOf,
  optional,
  type ParamInput,
  RegressorSpec,
  readDesign,
  readLabels,
  readLike,
  readTarget,
  readWeights,
  real,
  type Schema,
  schemaOf,
  seed,
  show,
  step,
  throwIfAborted,
  valueError,
  warn,
} from "../contract/index.ts";
import { randomStream } from "../math/index.ts";
import { Matrix } from "../math/matrix.ts";
import { sigmoid } from "../math/special/logistic.ts";
import { LinearModel } from "./linear-model.ts";
import { linearScores } from "./logits.ts";
import { lossOf, type SgdLossName } from "./sgd-loss.ts";
import { freshState, type SgdSettings, type SgdState, sgdFit, sgdPass } from "./sgd-run.ts";

type Penalty = "l2" | "l1" | "elasticnet";

const SHARED = {
  penalty: optional<Penalty>(
    oneOf(["l2", "l1", "elasticnet"], {
      default: "l2",
      doc: "What holds coefficients small; null for nothing",
    }),
    { default: "l2" },
  ),
  alpha: real({
    min: 0,
    exclusiveMin: true,
    default: 1e-4,
    doc: "Strength of the penalty beside the mean loss; also sets the learning rate where that is optimal",
    search: { low: 1e-6, high: 1, scale: "log" },
  }),
  l1Ratio: real({ min: 0, max: 1, default: 0.15, doc: "Share of L1 where penalty is elasticnet" }),
  fitIntercept: bool({ default: true, doc: "Whether there is a constant term, which is never penalised" }),
  eta0: real({
    min: 0,
    exclusiveMin: true,
    default: 0.01,
    doc: "Learning rate of constant; first one of invscaling",
  }),
  powerT: real({ min: 0, default: 0.25, doc: "Exponent of invscaling" }),
  shuffle: bool({ default: true, doc: "Whether every pass takes the rows in a new random order" }),
  maxIter: int({ min: 1, default: 1000, doc: "Most passes over the rows; stopping there gives a warning" }),
  tol: optional(
    real({
      min: 0,
      default: 1e-3,
      doc: "Passes that lower the mean loss by less count as no change; null runs them all",
    }),
    { default: 1e-3 },
  ),
  nIterNoChange: int({ min: 1, default: 5, doc: "Passes without change after which to stop" }),
  seed: seed(),
};

const rates = (byDefault: "optimal" | "invscaling") =>
  oneOf(["constant", "optimal", "invscaling"], {
    default: byDefault,
    doc: "Step length: eta0; 1 / (alpha (t0 + t)); or eta0 / t^powerT, at row t",
  });

const classifierParams = {
  loss: oneOf(["hinge", "logLoss", "modifiedHuber", "perceptron"], {
    default: "hinge",
    doc: "hinge is a linear support vector machine, logLoss logistic regression",
  }),
  learningRate: rates("optimal"),
  ...SHARED,
};
const regressorParams = {
  loss: oneOf(["squaredError", "huber", "epsilonInsensitive"], {
    default: "squaredError",
    doc: "What is minimised",
  }),
  epsilon: real({
    min: 0,
    default: 0.1,
    doc: "Residual at which huber turns linear, or up to which epsilonInsensitive is 0",
  }),
  learningRate: rates("invscaling"),
  ...SHARED,
};
const perceptronParams = {
  eta0: real({
    min: 0,
    exclusiveMin: true,
    default: 1,
    doc: "Step length; it scales the coefficients, and with a penalty matters",
  }),
  penalty: optional<Penalty>(
    oneOf(["l2", "l1", "elasticnet"], {
      default: "l2",
      doc: "What holds coefficients small; null for nothing",
    }),
  ),
  alpha: SHARED.alpha,
  l1Ratio: SHARED.l1Ratio,
  fitIntercept: SHARED.fitIntercept,
  shuffle: SHARED.shuffle,
  maxIter: SHARED.maxIter,
  tol: SHARED.tol,
  nIterNoChange: SHARED.nIterNoChange,
  seed: seed(),
};

interface SharedValues {
  readonly penalty: Penalty | null;
  readonly alpha: number;
  readonly l1Ratio: number;
  readonly fitIntercept: boolean;
  readonly eta0: number;
  readonly shuffle: boolean;
  readonly maxIter: number;
  readonly tol: number | null;
  readonly nIterNoChange: number;
  readonly seed: number;
}
type Method = Pick<SgdSettings, "learningRate" | "powerT"> & {
  readonly loss: SgdLossName;
  readonly epsilon: number;
};

const settingsOf = (p: SharedValues, m: Method): SgdSettings => ({
  loss: lossOf(m.loss, m.epsilon),
  penalty: p.penalty,
  alpha: p.alpha,
  l1Ratio: p.l1Ratio,
  fitIntercept: p.fitIntercept,
  learningRate: m.learningRate,
  eta0: p.eta0,
  powerT: m.powerT,
});

/** Codes as -1 and 1, one target per score: one score for two classes, else one against the rest each. */
const targetOf = (codes: Int32Array, k: number, K: number): Float64Array =>
  Float64Array.from(codes, (c) => (c === (K === 2 ? 1 : k) ? 1 : -1));

function checkFinite(states: readonly SgdState[], where: string): void {
  if (!states.every((s) => Number.isFinite(s.intercept) && s.coef.every(Number.isFinite))) {
    throw numericalError(where, "the coefficients grew without bound: scale X or lower eta0");
  }
}

function fitClassifier<L extends Label>(
  p: SharedValues,
  method: Method,
  X: MatrixLike,
  y: ArrayLike<L>,
  options: FitOptions,
  where: string,
): { schema: Schema; classes: readonly L[]; states: SgdState[]; passes: number } {
  throwIfAborted(options.signal, where);
  const design = readDesign(X, where);
  const { matrix } = design;
  const { classes, codes } = readLabels(y, matrix.rows, where);
  const weights = readWeights(options.sampleWeight, matrix.rows, where);
  if (classes.length < 2)
    throw valueError(where, "y", `holds one class (${show(classes[0])}), expected at least two`);
  const K = classes.length;
  const scores = K === 2 ? 1 : K;
  const settings = settingsOf(p, method);
  const states: SgdState[] = [];
  let passes = 0;
  for (let k = 0; k < scores; k++) {
    const state = freshState(matrix.cols);
    const random = randomStream(p.seed).split(`class ${k}`);
    const found = sgdFit(matrix, targetOf(codes, k, K), weights, state, settings, { ...p, random }, (done) =>
      step(where, options, k * p.maxIter + done, scores * p.maxIter, "passes"),
    );
    if (!found.converged) warn(where, options, `did not converge in ${p.maxIter} passes: raise maxIter`);
    passes = Math.max(passes, found.passes);
    states.push(state);
  }
  checkFinite(states, where);
  return { schema: schemaOf(design), classes, states, passes };
}

/**
 * Linear classifier by stochastic gradient descent: one step per row. For three classes or more, one against the rest
 * each. Scale the features first. `partialFit` of the model goes on with rows that arrive later.
 *
 * @example
 * const model = new SGDClassifier({ loss: "logLoss" }).fit([[-2], [-1], [1], [2]], ["no", "no", "yes", "yes"]);
 * model.predict([[-3], [3]]); // ["no", "yes"]
 */
export class SGDClassifier extends ClassifierSpec<typeof classifierParams> {
  static readonly typeName = "SGDClassifier";
  static readonly params = classifierParams;

  constructor(given: ParamInput<typeof classifierParams> = {}) {
    super(SGDClassifier.typeName, classifierParams, given);
    refuseInfinite("SGDClassifier", this.params);
  }

  static fromState(state: unknown): SGDClassifier {
    return new SGDClassifier(state as ParamInput<typeof classifierParams>);
  }

  override fit<L extends Label>(
    X: MatrixLike,
    y: ArrayLike<L>,
    options: FitOptions = {},
  ): SGDClassifierModel<L> {
    const where = "SGDClassifier.fit";
    const f = fitClassifier(this.params, { ...this.params, epsilon: 0 }, X, y, options, where);
    return new SGDClassifierModel(this, f.schema, f.classes, f.states, f.passes);
  }

  /**
   * A model that has seen nothing yet, to be taught by `partialFit`.
   *
   * @param nFeatures columns of the rows to come
   * @param classes every label that may come
   */
  start<L extends Label>(nFeatures: number, classes: readonly L[]): SGDClassifierModel<L> {
    const where = "SGDClassifier.start";
    if (!(Number.isSafeInteger(nFeatures) && nFeatures >= 1)) {
      throw argumentError(where, "nFeatures", nFeatures, "an integer >= 1");
    }
    const sorted = readLabels(classes, classes.length, where, "classes").classes;
    if (sorted.length < 2) throw argumentError(where, "classes", classes, "at least two labels");
    const schema = { nFeatures, names: null, categories: null };
    const states = Array.from({ length: sorted.length === 2 ? 1 : sorted.length }, () =>
      freshState(nFeatures),
    );
    return new SGDClassifierModel(this, schema, sorted, states, 0);
  }
}

/**
 * Linear regression by stochastic gradient descent: one step per row. Scale the features first.
 *
 * @example
 * const X = [[-1], [-0.5], [0], [0.5], [1]];
 * const model = new SGDRegressor({ alpha: 1e-6, tol: null, maxIter: 2000 }).fit(X, [-2, -1, 0, 1, 2]);
 * model.coef[0].toFixed(2); // "2.00"
 */
export class SGDRegressor extends RegressorSpec<typeof regressorParams> {
  static readonly typeName = "SGDRegressor";
  static readonly params = regressorParams;

  constructor(given: ParamInput<typeof regressorParams> = {}) {
    super(SGDRegressor.typeName, regressorParams, given);
    refuseInfinite("SGDRegressor", this.params);
  }

  static fromState(state: unknown): SGDRegressor {
    return new SGDRegressor(state as ParamInput<typeof regressorParams>);
  }

  override fit(X: MatrixLike, y: ArrayLike<number>, options: FitOptions = {}): SGDRegressorModel {
    const where = "SGDRegressor.fit";
    throwIfAborted(options.signal, where);
    const design = readDesign(X, where);
    const { matrix } = design;
    const target = readTarget(y, matrix.rows, where);
    const weights = readWeights(options.sampleWeight, matrix.rows, where);
    const p = this.params;
    const state = freshState(matrix.cols);
    const random = randomStream(p.seed);
    const found = sgdFit(matrix, target, weights, state, settingsOf(p, p), { ...p, random }, (done) =>
      step(where, options, done, p.maxIter, "passes"),
    );
    if (!found.converged) warn(where, options, `did not converge in ${p.maxIter} passes: raise maxIter`);
    checkFinite([state], where);
    return new SGDRegressorModel(this, schemaOf(design), state, found.passes);
  }

  /** A model that has seen nothing yet, to be taught by `partialFit`. */
  start(nFeatures: number): SGDRegressorModel {
    if (!(Number.isSafeInteger(nFeatures) && nFeatures >= 1)) {
      throw argumentError("SGDRegressor.start", "nFeatures", nFeatures, "an integer >= 1");
    }
    return new SGDRegressorModel(
      this,
      { nFeatures, names: null, categories: null },
      freshState(nFeatures),
      0,
    );
  }
}

/**
 * The perceptron: moves the boundary by every row on its wrong side. Where a hyperplane separates the classes it finds
 * one after at most (R / margin)^2 mistakes (Novikoff 1962); elsewhere it never settles.
 *
 * @example
 * const model = new Perceptron().fit([[0, 0], [0, 1], [2, 0], [2, 1]], [false, false, true, true]);
 * model.predict([[-1, 0], [3, 0]]); // [false, true]
 */
export class Perceptron extends ClassifierSpec<typeof perceptronParams> {
  static readonly typeName = "Perceptron";
  static readonly params = perceptronParams;

  constructor(given: ParamInput<typeof perceptronParams> = {}) {
    super(Perceptron.typeName, perceptronParams, given);
    refuseInfinite("Perceptron", this.params);
  }

  static fromState(state: unknown): Perceptron {
    return new Perceptron(state as ParamInput<typeof perceptronParams>);
  }

  override fit<L extends Label>(
    X: MatrixLike,
    y: ArrayLike<L>,
    options: FitOptions = {},
  ): PerceptronModel<L> {
    const method = { loss: "perceptron", learningRate: "constant", powerT: 0, epsilon: 0 } as const;
    const f = fitClassifier(this.params, method, X, y, options, "Perceptron.fit");
    return new PerceptronModel(f.schema, f.classes, f.states, f.passes);
  }
}

function refuseInfinite(where: string, params: Readonly<Record<string, unknown>>): void {
  for (const key of ["alpha", "eta0", "powerT", "epsilon"]) {
    const value = params[key];
    if (value === Number.POSITIVE_INFINITY) throw argumentError(where, key, value, "a finite number");
  }
}

abstract class ScoreClassifier<L extends Label> extends ClassifierModel<L> {
  protected readonly states: readonly SgdState[];
  /** Passes over the rows (the most of any class). */
  readonly nIter: number;

  constructor(schema: Schema, classes: readonly L[], states: readonly SgdState[], nIter: number) {
    super(schema, classes);
    this.states = states;
    this.nIter = nIter;
  }

  /** One row per score: one score for two classes (of the second), else one per class. */
  get coef(): Matrix {
    return Matrix.from(this.states.map((s) => s.coef));
  }
  get intercept(): Float64Array {
    return Float64Array.from(this.states, (s) => s.intercept);
  }

  /** Signed scores: n x 1 for two classes, else n x classes. */
  decisionFunction(X: MatrixLike): Matrix {
    const { matrix } = readLike(this.schema, X, `${this.typeName}.decisionFunction`);
    const scores = linearScores(matrix.data, matrix.rows, matrix.cols, this.coef.data, this.intercept);
    return new Matrix(scores, matrix.rows, this.states.length);
  }

  override predictProba(X: MatrixLike): Matrix {
    const { matrix } = readLike(this.schema, X, `${this.typeName}.predictProba`);
    const scores = this.decisionFunction(matrix);
    const K = this.classes.length;
    const out = Matrix.zeros(matrix.rows, K);
    for (let i = 0; i < matrix.rows; i++) {
      const row = scores.row(i);
      const two = K === 2 ? [-row[0]!, row[0]!] : row;
      let best = 0;
      for (let k = 1; k < K; k++) if (two[k]! > two[best]!) best = k;
      let total = 0;
      for (let k = 0; k < K; k++) {
        const p = this.shareOf(two[k]!, k === best);
        out.set(i, k, p);
        total += p;
      }
      for (let k = 0; k < K; k++) out.set(i, k, total > 0 ? out.at(i, k) / total : 1 / K);
    }
    return out;
  }

  private get typeName(): string {
    return (this.constructor as unknown as { typeName: string }).typeName;
  }
  /** Share of a class before they are made to sum to 1. */
  protected abstract shareOf(score: number, isBest: boolean): number;
}

/** What {@link SGDClassifier} learned. */
export class SGDClassifierModel<L extends Label = Label> extends ScoreClassifier<L> {
  static readonly typeName = "SGDClassifierModel";
  readonly spec: SGDClassifier;

  constructor(
    spec: SGDClassifier,
    schema: Schema,
    classes: readonly L[],
    states: readonly SgdState[],
    nIter: number,
  ) {
    super(schema, classes, states, nIter);
    this.spec = spec;
  }

  /**
   * The model after one step per row, in their order; this one stays as it is. `loss` is the mean loss of the rows as
   * they were predicted before their own step: an honest estimate of how well the model does on new rows.
   */
  partialFit(
    X: MatrixLike,
    y: ArrayLike<L>,
    options: Pick<FitOptions, "sampleWeight"> = {},
  ): { model: SGDClassifierModel<L>; loss: number } {
    const where = "SGDClassifierModel.partialFit";
    const { matrix } = readLike(this.schema, X, where);
    const n = matrix.rows;
    const given = readLabels(y, n, where);
    const codeOf = given.classes.map((c) => this.classes.indexOf(c));
    const unknown = codeOf.indexOf(-1);
    if (unknown >= 0)
      throw valueError(where, "y", `holds ${show(given.classes[unknown])}, a label not announced`);
    const codes = given.codes.map((c) => codeOf[c]!);
    const weights = readWeights(options.sampleWeight, n, where);
    const p = this.spec.params;
    const settings = settingsOf(p, { ...p, epsilon: 0 });
    const states = this.states.map((s) => ({ ...s, coef: s.coef.slice(), q: s.q.slice() }));
    const order = Int32Array.from({ length: n }, (_, i) => i);
    let loss = 0;
    states.forEach((state, k) => {
      loss += sgdPass(matrix, targetOf(codes, k, this.classes.length), weights, order, state, settings);
    });
    checkFinite(states, where);
    const total = weights ? weights.reduce((a, b) => a + b, 0) : n;
    return {
      model: new SGDClassifierModel(this.spec, this.schema, this.classes, states, this.nIter + 1),
      loss: loss / total,
    };
  }

  /**
   * Sigmoids of the scores for logLoss, clipped scores for modifiedHuber (both made to sum to 1 over three classes or
   * more). Hinge and perceptron know no probability: 1 for the class with the highest score.
   */
  override predictProba(X: MatrixLike): Matrix {
    return super.predictProba(X);
  }

  protected override shareOf(score: number, isBest: boolean): number {
    const { loss } = this.spec.params;
    if (loss === "logLoss") return sigmoid(score);
    if (loss === "modifiedHuber") return (Math.max(-1, Math.min(1, score)) + 1) / 2;
    return isBest ? 1 : 0;
  }

  override toState(): unknown {
    return {
      spec: this.spec,
      schema: this.schema,
      classes: this.classes,
      states: this.states,
      nIter: this.nIter,
    };
  }

  static fromState(state: unknown): SGDClassifierModel {
    const s = state as {
      spec: SGDClassifier;
      schema: Schema;
      classes: Label[];
      states: SgdState[];
      nIter: number;
    };
    return new SGDClassifierModel(s.spec, s.schema, s.classes, s.states, s.nIter);
  }
}

/** What {@link Perceptron} learned. `predictProba` is 1 for the class with the highest score: there is nothing between. */
export class PerceptronModel<L extends Label = Label> extends ScoreClassifier<L> {
  static readonly typeName = "PerceptronModel";

  protected override shareOf(_score: number, isBest: boolean): number {
    return isBest ? 1 : 0;
  }

  override toState(): unknown {
    return { schema: this.schema, classes: this.classes, states: this.states, nIter: this.nIter };
  }

  static fromState(state: unknown): PerceptronModel {
    const s = state as { schema: Schema; classes: Label[]; states: SgdState[]; nIter: number };
    return new PerceptronModel(s.schema, s.classes, s.states, s.nIter);
  }
}

/** What {@link SGDRegressor} learned. */
export class SGDRegressorModel extends LinearModel {
  static readonly typeName = "SGDRegressorModel";
  readonly spec: SGDRegressor;
  private readonly state: SgdState;
  /** Passes over the rows. */
  readonly nIter: number;

  constructor(spec: SGDRegressor, schema: Schema, state: SgdState, nIter: number) {
    super(schema, state.coef, state.intercept);
    this.spec = spec;
    this.state = state;
    this.nIter = nIter;
  }

  /** As {@link SGDClassifierModel.partialFit}. */
  partialFit(
    X: MatrixLike,
    y: ArrayLike<number>,
    options: Pick<FitOptions, "sampleWeight"> = {},
  ): { model: SGDRegressorModel; loss: number } {
    const where = "SGDRegressorModel.partialFit";
    const { matrix } = readLike(this.schema, X, where);
    const n = matrix.rows;
    const target = readTarget(y, n, where);
    const weights = readWeights(options.sampleWeight, n, where);
    const state = { ...this.state, coef: this.state.coef.slice(), q: this.state.q.slice() };
    const p = this.spec.params;
    const order = Int32Array.from({ length: n }, (_, i) => i);
    const loss = sgdPass(matrix, target, weights, order, state, settingsOf(p, p));
    checkFinite([state], where);
    const total = weights ? weights.reduce((a, b) => a + b, 0) : n;
    return {
      model: new SGDRegressorModel(this.spec, this.schema, state, this.nIter + 1),
      loss: loss / total,
    };
  }

  override toState(): unknown {
    return { spec: this.spec, schema: this.schema, state: this.state, nIter: this.nIter };
  }

  static fromState(state: unknown): SGDRegressorModel {
    const s = state as { spec: SGDRegressor; schema: Schema; state: SgdState; nIter: number };
    return new SGDRegressorModel(s.spec, s.schema, s.state, s.nIter);
  }
}
