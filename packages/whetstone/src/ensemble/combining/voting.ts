import {
  argumentError,
  ClassifierModel,
  ClassifierSpec,
  type FitOptions,
  type Label,
  type MatrixLike,
  type ParamInput,
  RegressorModel,
  RegressorSpec,
  readDesign,
  readLabels,
  readLike,
  readTarget,
  readWeights,
  type Schema,
  schemaOf,
  step,
} from "../../contract/index.ts";
import { Matrix } from "../../math/matrix.ts";
import {
  anything,
  asClassifier,
  asRegressor,
  codesOf,
  fitMember,
  memberOptions,
  part,
  spreadProba,
} from "../members.ts";
import { type NamedMembers, votingClassifierParams, votingRegressorParams } from "./params.ts";

/** Checks what the table cannot: that there are members, and a weight for each. */
export function checkMembers(
  name: string,
  estimators: NamedMembers,
  expected: string,
  weights: readonly number[] | null = null,
): void {
  if (estimators.length === 0) throw argumentError(name, "estimators", estimators, expected);
  if (weights && weights.length !== estimators.length)
    throw argumentError(name, "weights", weights, `${estimators.length} numbers, one per member`);
}

const shares = (weights: readonly number[] | null, n: number): Float64Array => {
  const w = Float64Array.from(weights ?? new Array<number>(n).fill(1));
  const total = w.reduce((a, b) => a + b, 0);
  return w.map((v) => v / total);
};

/**
 * Several classifiers that vote: by counted votes, or by the mean of their probabilities ("soft"), which uses how sure
 * they are. It helps where members err on different rows.
 *
 * @example
 * const X = Array.from({ length: 40 }, (_, i) => [i]);
 * const y = X.map(([x]) => (x < 20 ? "low" : "high"));
 * const members = [["tree", new DecisionTreeClassifier({ maxDepth: 2 })], ["line", new LogisticRegression()]];
 * new VotingClassifier({ estimators: members, voting: "soft" }).fit(X, y).predict([[3], [35]]); // ["low", "high"]
 */
export class VotingClassifier extends ClassifierSpec<typeof votingClassifierParams> {
  static readonly typeName = "VotingClassifier";
  static readonly params = votingClassifierParams;

  constructor(given: ParamInput<typeof votingClassifierParams>) {
    super(VotingClassifier.typeName, votingClassifierParams, given);
    const { estimators, weights } = this.params;
    checkMembers(VotingClassifier.typeName, estimators, votingClassifierParams.estimators.expected, weights);
  }

  static fromState(state: unknown): VotingClassifier {
    return new VotingClassifier(state as ParamInput<typeof votingClassifierParams>);
  }

  override fit<L extends Label>(
    X: MatrixLike,
    y: ArrayLike<L>,
    options: FitOptions = {},
  ): VotingClassifierModel<L> {
    const where = "VotingClassifier.fit";
    const design = readDesign(X, where, anything);
    const { classes, codes } = readLabels(y, design.matrix.rows, where);
    const sampleWeight = readWeights(options.sampleWeight, codes.length, where);
    const labels = Array.from(codes, (k) => classes[k]!);
    const { estimators, voting, weights } = this.params;
    const rows = part(design, null);
    const members = estimators.map(([, spec], m) => {
      step(where, options, m, estimators.length, "members");
      return asClassifier(fitMember(spec, rows, labels, memberOptions(options, sampleWeight)));
    });
    const names = estimators.map(([name]) => name);
    return new VotingClassifierModel(
      schemaOf(design),
      classes,
      names,
      members,
      shares(weights, members.length),
      voting,
    );
  }

  override fitAsync<L extends Label>(
    X: MatrixLike,
    y: ArrayLike<L>,
    options?: FitOptions,
  ): Promise<VotingClassifierModel<L>> {
    return super.fitAsync(X, y, options) as Promise<VotingClassifierModel<L>>;
  }
}

/** What {@link VotingClassifier} learned. */
export class VotingClassifierModel<L extends Label = Label> extends ClassifierModel<L> {
  static readonly typeName = "VotingClassifierModel";
  readonly names: readonly string[];
  readonly members: readonly ClassifierModel[];
  /** Share of each member in the vote. */
  readonly weights: Float64Array;
  readonly voting: "hard" | "soft";

  constructor(
    schema: Schema,
    classes: readonly L[],
    names: readonly string[],
    members: readonly ClassifierModel[],
    weights: Float64Array,
    voting: "hard" | "soft",
  ) {
    super(schema, classes);
    this.names = names;
    this.members = members;
    this.weights = weights;
    this.voting = voting;
  }

  /** Weighted share of the votes (hard), or weighted mean of the probabilities (soft). */
  override predictProba(X: MatrixLike): Matrix {
    const rows = part(readLike(this.schema, X, "VotingClassifierModel.predictProba", anything), null);
    const K = this.classes.length;
    const out = Matrix.zeros(rows.rows, K);
    this.members.forEach((member, m) => {
      const w = this.weights[m]!;
      if (this.voting === "hard") {
        codesOf(member, rows, this.classes).forEach((k, i) => {
          out.data[i * K + k] = out.data[i * K + k]! + w;
        });
      } else {
        const P = spreadProba(member, rows, this.classes);
        for (let i = 0; i < out.data.length; i++) out.data[i] = out.data[i]! + w * P.data[i]!;
      }
    });
    // Sums of shares may end a rounding above 1.
    return out.map((p) => Math.min(1, p));
  }

  override toState(): unknown {
    const { schema, classes, names, members, weights, voting } = this;
    return { schema, classes, names, members, weights, voting };
  }

  static fromState(state: unknown): VotingClassifierModel {
    const s = state as VotingClassifierModel;
    return new VotingClassifierModel(s.schema, s.classes, s.names, s.members, s.weights, s.voting);
  }
}

/**
 * The weighted mean of several regressors.
 *
 * @example
 * const X = [[0], [1], [2], [3]];
 * const members = [["line", new LinearRegression()], ["mean", new DummyRegressor()]];
 * new VotingRegressor({ estimators: members }).fit(X, [0, 2, 4, 6]).predict([[3]]); // [4.5]
 */
export class VotingRegressor extends RegressorSpec<typeof votingRegressorParams> {
  static readonly typeName = "VotingRegressor";
  static readonly params = votingRegressorParams;

  constructor(given: ParamInput<typeof votingRegressorParams>) {
    super(VotingRegressor.typeName, votingRegressorParams, given);
    const { estimators, weights } = this.params;
    checkMembers(VotingRegressor.typeName, estimators, votingRegressorParams.estimators.expected, weights);
  }

  static fromState(state: unknown): VotingRegressor {
    return new VotingRegressor(state as ParamInput<typeof votingRegressorParams>);
  }

  override fit(X: MatrixLike, y: ArrayLike<number>, options: FitOptions = {}): VotingRegressorModel {
    const where = "VotingRegressor.fit";
    const design = readDesign(X, where, anything);
    const targets = readTarget(y, design.matrix.rows, where);
    const sampleWeight = readWeights(options.sampleWeight, targets.length, where);
    const { estimators, weights } = this.params;
    const rows = part(design, null);
    const members = estimators.map(([, spec], m) => {
      step(where, options, m, estimators.length, "members");
      return asRegressor(fitMember(spec, rows, targets as never, memberOptions(options, sampleWeight)));
    });
    const names = estimators.map(([name]) => name);
    return new VotingRegressorModel(schemaOf(design), names, members, shares(weights, members.length));
  }
}

/** What {@link VotingRegressor} learned. */
export class VotingRegressorModel extends RegressorModel {
  static readonly typeName = "VotingRegressorModel";
  readonly names: readonly string[];
  readonly members: readonly RegressorModel[];
  /** Share of each member in the mean. */
  readonly weights: Float64Array;

  constructor(
    schema: Schema,
    names: readonly string[],
    members: readonly RegressorModel[],
    weights: Float64Array,
  ) {
    super(schema);
    this.names = names;
    this.members = members;
    this.weights = weights;
  }

  override predict(X: MatrixLike): Float64Array {
    const rows = part(readLike(this.schema, X, "VotingRegressorModel.predict", anything), null);
    const out = new Float64Array(rows.rows);
    this.members.forEach((member, m) => {
      const says = member.predict(rows);
      for (let i = 0; i < out.length; i++) out[i] = out[i]! + this.weights[m]! * says[i]!;
    });
    return out;
  }

  override toState(): unknown {
    return { schema: this.schema, names: this.names, members: this.members, weights: this.weights };
  }

  static fromState(state: unknown): VotingRegressorModel {
    const s = state as VotingRegressorModel;
    return new VotingRegressorModel(s.schema, s.names, s.members, s.weights);
  }
}
