import {
  argumentError,
  type FitOptions,
  type MatrixLike,
  type ParamInput,
  RegressorSpec,
  readRows,
  readRowsLike,
  readTarget,
  readWeights,
  type Schema,
  schemaOf,
  step,
  throwIfAborted,
  warn,
} from "../contract/index.ts";
import { randomStream, rowLists } from "../math/index.ts";
import { LinearModel } from "./linear-model.ts";
import { checkFinite, refuseInfinite, regressorParams, settingsOf } from "./sgd-params.ts";
import { freshState, type SgdState, sgdFit, sgdPass } from "./sgd-run.ts";

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
    const design = readRows(X, where);
    const { matrix } = design;
    const target = readTarget(y, matrix.rows, where);
    const weights = readWeights(options.sampleWeight, matrix.rows, where);
    const p = this.params;
    const state = freshState(matrix.cols);
    const random = randomStream(p.seed);
    const found = sgdFit(
      rowLists(matrix),
      target,
      weights,
      state,
      settingsOf(p, p),
      { ...p, random },
      (done) => step(where, options, done, p.maxIter, "passes"),
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
    const { matrix } = readRowsLike(this.schema, X, where);
    const n = matrix.rows;
    const target = readTarget(y, n, where);
    const weights = readWeights(options.sampleWeight, n, where);
    const state = { ...this.state, coef: this.state.coef.slice(), q: this.state.q.slice() };
    const p = this.spec.params;
    const order = Int32Array.from({ length: n }, (_, i) => i);
    const loss = sgdPass(rowLists(matrix), target, weights, order, state, settingsOf(p, p));
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
