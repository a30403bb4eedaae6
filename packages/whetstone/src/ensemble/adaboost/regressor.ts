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
  step,
} from "../../contract/index.ts";
import { randomStream } from "../../math/random/index.ts";
import { anything, asRegressor, fitMember, memberOptions, part, seeded } from "../members.ts";
import { normalise } from "./classifier.ts";
import { adaBoostRegressorParams } from "./params.ts";

/**
 * AdaBoost.R2 for numbers (Drucker, "Improving regressors using boosting techniques", ICML 1997): every member is
 * fitted to rows drawn by weight; rows with small loss lose weight; the prediction is the weighted median.
 *
 * @example
 * const X = Array.from({ length: 60 }, (_, i) => [i / 10]);
 * const y = X.map(([x]) => Math.sin(x));
 * new AdaBoostRegressor().fit(X, y).predict([[1.5]]); // close to sin(1.5)
 */
export class AdaBoostRegressor extends RegressorSpec<typeof adaBoostRegressorParams> {
  static readonly typeName = "AdaBoostRegressor";
  static readonly params = adaBoostRegressorParams;

  constructor(given: ParamInput<typeof adaBoostRegressorParams> = {}) {
    super(AdaBoostRegressor.typeName, adaBoostRegressorParams, given);
  }

  static fromState(state: unknown): AdaBoostRegressor {
    return new AdaBoostRegressor(state as ParamInput<typeof adaBoostRegressorParams>);
  }

  override fit(X: MatrixLike, y: ArrayLike<number>, options: FitOptions = {}): AdaBoostRegressorModel {
    const where = "AdaBoostRegressor.fit";
    const design = readDesign(X, where, anything);
    const targets = readTarget(y, design.matrix.rows, where);
    const n = targets.length;
    const w = readWeights(options.sampleWeight, n, where) ?? new Float64Array(n).fill(1);
    normalise(w);
    const { nEstimators, estimator, loss, learningRate } = this.params;
    const rows = part(design, null);
    const random = randomStream(this.params.seed);
    const members: RegressorModel[] = [];
    const weights: number[] = [];
    for (let m = 0; m < nEstimators; m++) {
      step(where, options, m, nEstimators, "members");
      const own = random.split(m);
      const draw = own.categoricalSampler(w);
      const drawn = Int32Array.from({ length: n }, draw).sort();
      const sample = Float64Array.from(drawn, (i) => targets[i]!);
      const spec = seeded(estimator, own.int(2 ** 31));
      const member = asRegressor(
        fitMember(spec, part(design, drawn), sample as never, memberOptions(options, null)),
      );
      const errors = member.predict(rows).map((v, i) => Math.abs(v - targets[i]!));
      const largest = errors.reduce((a, e, i) => (w[i]! > 0 ? Math.max(a, e) : a), 0);
      const losses = errors.map((e) => {
        const share = largest > 0 ? e / largest : 0;
        return loss === "square" ? share * share : loss === "exponential" ? 1 - Math.exp(-share) : share;
      });
      const mean = losses.reduce((a, l, i) => a + l * w[i]!, 0);
      if (mean <= 0) {
        members.push(member);
        weights.push(1);
        break;
      }
      if (mean >= 0.5) {
        // No better than chance: it is kept only if there is no other.
        if (m === 0) {
          members.push(member);
          weights.push(1);
        }
        break;
      }
      const beta = mean / (1 - mean);
      members.push(member);
      weights.push(learningRate * Math.log(1 / beta));
      for (let i = 0; i < n; i++) w[i] = w[i]! * beta ** ((1 - losses[i]!) * learningRate);
      if (!normalise(w)) break;
    }
    step(where, options, nEstimators, nEstimators, "members");
    return new AdaBoostRegressorModel(schemaOf(design), members, Float64Array.from(weights));
  }
}

/** What {@link AdaBoostRegressor} learned. */
export class AdaBoostRegressorModel extends RegressorModel {
  static readonly typeName = "AdaBoostRegressorModel";
  readonly members: readonly RegressorModel[];
  /** Weight of each member in the median. */
  readonly estimatorWeights: Float64Array;

  constructor(schema: Schema, members: readonly RegressorModel[], estimatorWeights: Float64Array) {
    super(schema);
    this.members = members;
    this.estimatorWeights = estimatorWeights;
  }

  /** Weighted median of the members' predictions. */
  override predict(X: MatrixLike): Float64Array {
    const design = readLike(this.schema, X, "AdaBoostRegressorModel.predict", anything);
    const rows = part(design, null);
    const says = this.members.map((member) => member.predict(rows));
    const weights = this.estimatorWeights;
    const half = weights.reduce((a, b) => a + b, 0) / 2;
    return Float64Array.from({ length: rows.rows }, (_, i) => {
      const order = says.map((_, m) => m).sort((a, b) => says[a]![i]! - says[b]![i]! || a - b);
      let sum = 0;
      for (const m of order) if ((sum += weights[m]!) >= half) return says[m]![i]!;
      return says[order.at(-1)!]![i]!;
    });
  }

  override toState(): unknown {
    return { schema: this.schema, members: this.members, estimatorWeights: this.estimatorWeights };
  }

  static fromState(state: unknown): AdaBoostRegressorModel {
    const s = state as { schema: Schema; members: RegressorModel[]; estimatorWeights: Float64Array };
    return new AdaBoostRegressorModel(s.schema, s.members, s.estimatorWeights);
  }
}
