import {
  ClassifierModel,
  ClassifierSpec,
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
  show,
  step,
  valueError,
} from "../../contract/index.ts";
import { Matrix } from "../../math/matrix.ts";
import { randomStream } from "../../math/random/index.ts";
import {
  anything,
  asClassifier,
  codesOf,
  fitMember,
  memberOptions,
  part,
  seeded,
  spreadProba,
} from "../members.ts";
import { adaBoostClassifierParams } from "./params.ts";

const tiny = 2 ** -52;

/**
 * AdaBoost for labels: members are fitted one after another to rows whose weights grow wherever the members before were
 * wrong, and vote by stage weights. SAMME is Freund and Schapire's AdaBoost.M1 with the extra `log(K - 1)` for K
 * classes; both algorithms are from Zhu, Zou, Rosset, Hastie, "Multi-class AdaBoost" (Statistics and Its Interface 2,
 * 2009), with scikit-learn's names and details.
 *
 * Boosting stops early when a member makes no error, or one no better than chance.
 *
 * @example
 * const X = Array.from({ length: 40 }, (_, i) => [i]);
 * const y = X.map(([x]) => (x >= 10 && x < 25 ? "in" : "out"));
 * const model = new AdaBoostClassifier({ nEstimators: 20 }).fit(X, y);
 * model.predict([[2], [15], [30]]); // ["out", "in", "out"]
 */
export class AdaBoostClassifier extends ClassifierSpec<typeof adaBoostClassifierParams> {
  static readonly typeName = "AdaBoostClassifier";
  static readonly params = adaBoostClassifierParams;

  constructor(given: ParamInput<typeof adaBoostClassifierParams> = {}) {
    super(AdaBoostClassifier.typeName, adaBoostClassifierParams, given);
  }

  static fromState(state: unknown): AdaBoostClassifier {
    return new AdaBoostClassifier(state as ParamInput<typeof adaBoostClassifierParams>);
  }

  override fit<L extends Label>(
    X: MatrixLike,
    y: ArrayLike<L>,
    options: FitOptions = {},
  ): AdaBoostClassifierModel<L> {
    const where = "AdaBoostClassifier.fit";
    const design = readDesign(X, where, anything);
    const { classes, codes } = readLabels(y, design.matrix.rows, where);
    const K = classes.length;
    if (K < 2) throw valueError(where, "y", `holds one class (${show(classes[0])}), expected at least two`);
    const n = codes.length;
    const w = readWeights(options.sampleWeight, n, where) ?? new Float64Array(n).fill(1);
    normalise(w);
    const { nEstimators, estimator, algorithm, learningRate } = this.params;
    const rows = part(design, null);
    const labels = Array.from(codes, (k) => classes[k]!);
    const random = randomStream(this.params.seed);
    const members: ClassifierModel[] = [];
    const weights: number[] = [];
    const errors: number[] = [];
    for (let m = 0; m < nEstimators; m++) {
      step(where, options, m, nEstimators, "members");
      const spec = seeded(estimator, random.split(m).int(2 ** 31));
      const member = asClassifier(fitMember(spec, rows, labels, memberOptions(options, w)));
      const said = codesOf(member, rows, classes);
      let error = 0;
      for (let i = 0; i < n; i++) if (said[i] !== codes[i]) error += w[i]!;
      if (error <= 0) {
        // A faultless member has all the say.
        members.push(member);
        weights.push(1);
        errors.push(0);
        break;
      }
      if (algorithm === "SAMME") {
        if (error >= 1 - 1 / K) {
          if (m === 0)
            throw valueError(
              where,
              "estimator",
              `makes a weighted error of ${error} at once, which is chance`,
            );
          break;
        }
        const alpha = learningRate * (Math.log((1 - error) / error) + Math.log(K - 1));
        members.push(member);
        weights.push(alpha);
        errors.push(error);
        for (let i = 0; i < n; i++) if (said[i] !== codes[i]) w[i] = w[i]! * Math.exp(alpha);
      } else {
        const P = spreadProba(member, rows, classes);
        members.push(member);
        weights.push(1);
        errors.push(error);
        for (let i = 0; i < n; i++) {
          let sum = 0;
          for (let k = 0; k < K; k++) {
            const target = k === codes[i] ? 1 : -1 / (K - 1);
            sum += target * Math.log(Math.max(tiny, P.at(i, k)));
          }
          w[i] = w[i]! * Math.exp((-learningRate * (K - 1) * sum) / K);
        }
      }
      if (!normalise(w)) break;
    }
    step(where, options, nEstimators, nEstimators, "members");
    return new AdaBoostClassifierModel(schemaOf(design), classes, {
      members,
      estimatorWeights: Float64Array.from(weights),
      estimatorErrors: Float64Array.from(errors),
      algorithm,
    });
  }

  override fitAsync<L extends Label>(
    X: MatrixLike,
    y: ArrayLike<L>,
    options?: FitOptions,
  ): Promise<AdaBoostClassifierModel<L>> {
    return super.fitAsync(X, y, options) as Promise<AdaBoostClassifierModel<L>>;
  }
}

/** Makes the sum 1; false where that cannot be. */
export function normalise(w: Float64Array): boolean {
  const total = w.reduce((a, b) => a + b, 0);
  if (!(total > 0 && total < Number.POSITIVE_INFINITY)) return false;
  for (let i = 0; i < w.length; i++) w[i] = w[i]! / total;
  return true;
}

interface Boosted {
  readonly members: readonly ClassifierModel[];
  readonly estimatorWeights: Float64Array;
  readonly estimatorErrors: Float64Array;
  readonly algorithm: "SAMME" | "SAMME.R";
}

/** What {@link AdaBoostClassifier} learned. */
export class AdaBoostClassifierModel<L extends Label = Label> extends ClassifierModel<L> {
  static readonly typeName = "AdaBoostClassifierModel";
  readonly members: readonly ClassifierModel[];
  /** Weight of each member's vote; ones for SAMME.R. */
  readonly estimatorWeights: Float64Array;
  /** Weighted error of each member on the rows it was fitted to. */
  readonly estimatorErrors: Float64Array;
  readonly algorithm: "SAMME" | "SAMME.R";

  constructor(schema: Schema, classes: readonly L[], boosted: Boosted) {
    super(schema, classes);
    this.members = boosted.members;
    this.estimatorWeights = boosted.estimatorWeights;
    this.estimatorErrors = boosted.estimatorErrors;
    this.algorithm = boosted.algorithm;
  }

  /** Weighted votes per class, rows x classes. */
  decisionFunction(X: MatrixLike): Matrix {
    const design = readLike(this.schema, X, "AdaBoostClassifierModel.decisionFunction", anything);
    let last = Matrix.zeros(design.matrix.rows, this.classes.length);
    for (const votes of this.stagedVotes(part(design, null))) last = votes;
    return last;
  }

  override predictProba(X: MatrixLike): Matrix {
    const { classes } = this;
    const K = classes.length;
    const out = this.decisionFunction(X);
    for (let i = 0; i < out.rows; i++) {
      const row = out.row(i);
      const top = Math.max(...row);
      let total = 0;
      // Two classes: votes are -d and d halves of one difference; softmax of them as for more classes.
      for (let k = 0; k < K; k++) total += row[k] = Math.exp((row[k]! - top) / (K - 1));
      for (let k = 0; k < K; k++) row[k] = row[k]! / total;
    }
    return out;
  }

  /** Labels after 1, 2, ... members. */
  *stagedPredict(X: MatrixLike): Generator<L[], void, void> {
    const design = readLike(this.schema, X, "AdaBoostClassifierModel.stagedPredict", anything);
    for (const votes of this.stagedVotes(part(design, null))) {
      yield Array.from({ length: votes.rows }, (_, i) => {
        const row = votes.row(i);
        return this.classes[row.indexOf(Math.max(...row))]!;
      });
    }
  }

  private *stagedVotes(rows: Matrix): Generator<Matrix, void, void> {
    const { classes } = this;
    const K = classes.length;
    const sum = Matrix.zeros(rows.rows, K);
    let total = 0;
    for (const [m, member] of this.members.entries()) {
      const alpha = this.estimatorWeights[m]!;
      total += alpha;
      if (this.algorithm === "SAMME") {
        codesOf(member, rows, classes).forEach((k, i) => {
          sum.data[i * K + k] = sum.data[i * K + k]! + alpha;
        });
      } else {
        const P = spreadProba(member, rows, classes);
        for (let i = 0; i < P.rows; i++) {
          const logs = P.row(i).map((p) => Math.log(Math.max(tiny, p)));
          const mean = logs.reduce((a, b) => a + b, 0) / K;
          for (let k = 0; k < K; k++)
            sum.data[i * K + k] = sum.data[i * K + k]! + (K - 1) * (logs[k]! - mean);
        }
      }
      yield sum.map((v) => v / total);
    }
  }

  override toState(): unknown {
    const { schema, classes, members, estimatorWeights, estimatorErrors, algorithm } = this;
    return { schema, classes, members, estimatorWeights, estimatorErrors, algorithm };
  }

  static fromState(state: unknown): AdaBoostClassifierModel {
    const s = state as Boosted & { schema: Schema; classes: Label[] };
    return new AdaBoostClassifierModel(s.schema, s.classes, s);
  }
}
