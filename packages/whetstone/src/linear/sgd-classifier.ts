import {
  argumentError,
  ClassifierSpec,
  type FitOptions,
  type Label,
  type MatrixLike,
  type ParamInput,
  readLabels,
  readRowsLike,
  readWeights,
  type Schema,
  show,
  valueError,
} from "../contract/index.ts";
import type { Matrix } from "../math/matrix.ts";
import { rowLists } from "../math/row-lists.ts";
import { sigmoid } from "../math/special/logistic.ts";
import { fitClassifier, ScoreClassifier, targetOf } from "./score-classifier.ts";
import { checkFinite, classifierParams, refuseInfinite, settingsOf } from "./sgd-params.ts";
import { freshState, type SgdState, sgdPass } from "./sgd-run.ts";

/**
 * Linear classifier by stochastic gradient descent: one step per row. For three classes or more, one against the rest
 * each. Scale the features first. A step costs as much as its row stores. `partialFit` of the model goes on with rows that arrive later.
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
    const { matrix } = readRowsLike(this.schema, X, where);
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
    const lists = rowLists(matrix);
    let loss = 0;
    states.forEach((state, k) => {
      loss += sgdPass(lists, targetOf(codes, k, this.classes.length), weights, order, state, settings);
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
