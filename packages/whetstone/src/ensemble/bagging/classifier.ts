import {
  ClassifierModel,
  ClassifierSpec,
  type Design,
  type FitOptions,
  type Label,
  type MatrixLike,
  type ParamInput,
  readDesign,
  readLabels,
  readLike,
  readWeights,
  type Schema,
  schemaOf,
} from "../../contract/index.ts";
import { Matrix } from "../../math/matrix.ts";
import { oobAccuracy } from "../forest/forest.ts";
import { anything, asClassifier, part, spreadProba } from "../members.ts";
import { type Bagged, bag, checkBagging, outOfBagMeans } from "./bag.ts";
import { baggingClassifierParams } from "./params.ts";

/**
 * Bagging for labels (Breiman, "Bagging predictors", Machine Learning 24, 1996): one specification fitted to many
 * samples of the rows; probabilities are the mean over the members. Averaging lowers the variance of members that
 * swing with their sample, such as deep trees, and leaves their bias.
 *
 * A member with a `seed` gets one of its own. `sampleWeight` goes with the rows.
 *
 * @example
 * const X = Array.from({ length: 60 }, (_, i) => [i]);
 * const y = X.map(([x]) => (x < 30 ? "low" : "high"));
 * new BaggingClassifier({ nEstimators: 5 }).fit(X, y).predict([[3], [50]]); // ["low", "high"]
 */
export class BaggingClassifier extends ClassifierSpec<typeof baggingClassifierParams> {
  static readonly typeName = "BaggingClassifier";
  static readonly params = baggingClassifierParams;

  constructor(given: ParamInput<typeof baggingClassifierParams> = {}) {
    super(BaggingClassifier.typeName, baggingClassifierParams, given);
    checkBagging(BaggingClassifier.typeName, this.params);
  }

  static fromState(state: unknown): BaggingClassifier {
    return new BaggingClassifier(state as ParamInput<typeof baggingClassifierParams>);
  }

  override fit<L extends Label>(
    X: MatrixLike,
    y: ArrayLike<L>,
    options: FitOptions = {},
  ): BaggingClassifierModel<L> {
    const where = "BaggingClassifier.fit";
    const design = readDesign(X, where, anything);
    const { classes, codes } = readLabels(y, design.matrix.rows, where);
    const weights = readWeights(options.sampleWeight, codes.length, where);
    const labels = Array.from(codes, (k) => classes[k]!);
    const bagged = bag(where, this.params.estimator, this.params, design, labels, weights, options);
    let oob: Matrix | null = null;
    if (this.params.oobScore) {
      const say = (m: Bagged["members"][number], rows: Matrix) => spreadProba(asClassifier(m), rows, classes);
      oob = outOfBagMeans(design, bagged, classes.length, say, where, options);
    }
    const score = oob && oobAccuracy(oob, codes, weights ?? new Float64Array(codes.length).fill(1));
    return new BaggingClassifierModel(schemaOf(design), classes, bagged, score, oob);
  }

  override fitAsync<L extends Label>(
    X: MatrixLike,
    y: ArrayLike<L>,
    options?: FitOptions,
  ): Promise<BaggingClassifierModel<L>> {
    return super.fitAsync(X, y, options) as Promise<BaggingClassifierModel<L>>;
  }
}

/** What {@link BaggingClassifier} learned. */
export class BaggingClassifierModel<L extends Label = Label> extends ClassifierModel<L> {
  static readonly typeName = "BaggingClassifierModel";
  readonly members: readonly ClassifierModel[];
  /** Columns each member was shown. */
  readonly columns: readonly Int32Array[];
  /** Accuracy on the rows, each judged by the members that did not draw it; null unless asked for. */
  readonly oobScore: number | null;
  /** The probabilities behind it, NaN for rows that every member drew. */
  readonly oobDecisionFunction: Matrix | null;

  constructor(
    schema: Schema,
    classes: readonly L[],
    bagged: Bagged,
    oobScore: number | null,
    oobDecisionFunction: Matrix | null,
  ) {
    super(schema, classes);
    this.members = bagged.members.map(asClassifier);
    this.columns = bagged.columns;
    this.oobScore = oobScore;
    this.oobDecisionFunction = oobDecisionFunction;
  }

  override predictProba(X: MatrixLike): Matrix {
    const design: Design = readLike(this.schema, X, "BaggingClassifierModel.predictProba", anything);
    const out = Matrix.zeros(design.matrix.rows, this.classes.length);
    this.members.forEach((member, m) => {
      const P = spreadProba(member, part(design, null, this.columns[m]!), this.classes);
      for (let i = 0; i < out.data.length; i++) out.data[i] = out.data[i]! + P.data[i]!;
    });
    for (let i = 0; i < out.data.length; i++) out.data[i] = out.data[i]! / this.members.length;
    return out;
  }

  override toState(): unknown {
    const { schema, classes, members, columns, oobScore, oobDecisionFunction } = this;
    return { schema, classes, members, columns, oobScore, oobDecisionFunction };
  }

  static fromState(state: unknown): BaggingClassifierModel {
    const s = state as BaggingClassifierModel;
    return new BaggingClassifierModel(s.schema, s.classes, s, s.oobScore, s.oobDecisionFunction);
  }
}
