import {
  type FitOptions,
  type MatrixLike,
  type ParamInput,
  RegressorModel,
  RegressorSpec,
  readDesign,
  readLike,
  readTarget,
  readWeights,
  type Schema,
  schemaOf,
} from "../../contract/index.ts";
import { Matrix } from "../../math/matrix.ts";
import { oobR2 } from "../forest/forest.ts";
import { anything, asRegressor, part } from "../members.ts";
import { type Bagged, bag, checkBagging, outOfBagMeans } from "./bag.ts";
import { baggingRegressorParams } from "./params.ts";

/**
 * Bagging for numbers: the mean of members fitted to samples of the rows; see {@link BaggingClassifier}.
 *
 * @example
 * const X = Array.from({ length: 60 }, (_, i) => [i]);
 * const y = X.map(([x]) => 2 * x);
 * new BaggingRegressor({ nEstimators: 20 }).fit(X, y).predict([[30]]); // close to 60
 */
export class BaggingRegressor extends RegressorSpec<typeof baggingRegressorParams> {
  static readonly typeName = "BaggingRegressor";
  static readonly params = baggingRegressorParams;

  constructor(given: ParamInput<typeof baggingRegressorParams> = {}) {
    super(BaggingRegressor.typeName, baggingRegressorParams, given);
    checkBagging(BaggingRegressor.typeName, this.params);
  }

  static fromState(state: unknown): BaggingRegressor {
    return new BaggingRegressor(state as ParamInput<typeof baggingRegressorParams>);
  }

  override fit(X: MatrixLike, y: ArrayLike<number>, options: FitOptions = {}): BaggingRegressorModel {
    const where = "BaggingRegressor.fit";
    const design = readDesign(X, where, anything);
    const targets = readTarget(y, design.matrix.rows, where);
    const weights = readWeights(options.sampleWeight, targets.length, where);
    const bagged = bag(where, this.params.estimator, this.params, design, targets, weights, options);
    let oob: Matrix | null = null;
    if (this.params.oobScore) {
      const say = (m: Bagged["members"][number], rows: Matrix) =>
        new Matrix(Float64Array.from(asRegressor(m).predict(rows)), rows.rows, 1);
      oob = outOfBagMeans(design, bagged, 1, say, where, options);
    }
    const score = oob && oobR2(oob, targets, weights ?? new Float64Array(targets.length).fill(1));
    return new BaggingRegressorModel(schemaOf(design), bagged, score, oob?.data ?? null);
  }
}

/** What {@link BaggingRegressor} learned. */
export class BaggingRegressorModel extends RegressorModel {
  static readonly typeName = "BaggingRegressorModel";
  readonly members: readonly RegressorModel[];
  /** Columns each member was shown. */
  readonly columns: readonly Int32Array[];
  /** R2 on the rows, each judged by the members that did not draw it; null unless asked for. */
  readonly oobScore: number | null;
  /** The predictions behind it, NaN for rows that every member drew. */
  readonly oobPrediction: Float64Array | null;

  constructor(schema: Schema, bagged: Bagged, oobScore: number | null, oobPrediction: Float64Array | null) {
    super(schema);
    this.members = bagged.members.map(asRegressor);
    this.columns = bagged.columns;
    this.oobScore = oobScore;
    this.oobPrediction = oobPrediction;
  }

  override predict(X: MatrixLike): Float64Array {
    const design = readLike(this.schema, X, "BaggingRegressorModel.predict", anything);
    const out = new Float64Array(design.matrix.rows);
    this.members.forEach((member, m) => {
      const says = member.predict(part(design, null, this.columns[m]!));
      for (let i = 0; i < out.length; i++) out[i] = out[i]! + says[i]!;
    });
    return out.map((v) => v / this.members.length);
  }

  override toState(): unknown {
    const { schema, members, columns, oobScore, oobPrediction } = this;
    return { schema, members, columns, oobScore, oobPrediction };
  }

  static fromState(state: unknown): BaggingRegressorModel {
    const s = state as BaggingRegressorModel;
    return new BaggingRegressorModel(s.schema, s, s.oobScore, s.oobPrediction);
  }
}
