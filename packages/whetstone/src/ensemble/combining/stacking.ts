import {
  ClassifierModel,
  ClassifierSpec,
  type Design,
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
  shapeError,
  show,
  step,
  valueError,
} from "../../contract/index.ts";
import { Matrix } from "../../math/matrix.ts";
import { crossValPredict } from "../../selection/index.ts";
import {
  anything,
  asClassifier,
  asRegressor,
  fitMember,
  memberOptions,
  part,
  spreadProba,
} from "../members.ts";
import { stackingClassifierParams, stackingRegressorParams } from "./params.ts";
import { checkMembers } from "./voting.ts";

/** Rows in a form that folds can be taken of: a table stays one. */
function foldable(X: MatrixLike, design: Design): MatrixLike {
  const takes = !Array.isArray(X) && typeof (X as { selectRows?: unknown }).selectRows === "function";
  return takes ? X : part(design, null);
}

/** Columns side by side, then the features where they are passed through. */
function beside(blocks: readonly Matrix[], features: Matrix | null): Matrix {
  const all = features ? [...blocks, features] : blocks;
  const rows = all[0]!.rows;
  const out = Matrix.zeros(
    rows,
    all.reduce((sum, block) => sum + block.cols, 0),
  );
  let at = 0;
  for (const block of all) {
    for (let i = 0; i < rows; i++) for (let j = 0; j < block.cols; j++) out.set(i, at + j, block.at(i, j));
    at += block.cols;
  }
  return out;
}

/** Probabilities as features: of two classes one says all. */
const asFeatures = (P: Matrix): Matrix => (P.cols === 2 ? P.selectCols([1]) : P);

/**
 * Stacking for labels (Wolpert, "Stacked generalization", Neural Networks 5, 1992): a final classifier learns from the
 * members' probabilities. In training those are out-of-fold: each row is judged by members that were not fitted to it,
 * so that the final classifier meets the same kind of input as at prediction. Then the members are fitted to all rows.
 *
 * @example
 * const X = Array.from({ length: 40 }, (_, i) => [i]);
 * const y = X.map(([x]) => (x < 20 ? "low" : "high"));
 * const members = [["tree", new DecisionTreeClassifier()], ["line", new LogisticRegression()]];
 * new StackingClassifier({ estimators: members }).fit(X, y).predict([[3], [35]]); // ["low", "high"]
 */
export class StackingClassifier extends ClassifierSpec<typeof stackingClassifierParams> {
  static readonly typeName = "StackingClassifier";
  static readonly params = stackingClassifierParams;

  constructor(given: ParamInput<typeof stackingClassifierParams>) {
    super(StackingClassifier.typeName, stackingClassifierParams, given);
    const { estimators } = this.params;
    checkMembers(StackingClassifier.typeName, estimators, stackingClassifierParams.estimators.expected);
  }

  static fromState(state: unknown): StackingClassifier {
    return new StackingClassifier(state as ParamInput<typeof stackingClassifierParams>);
  }

  override fit<L extends Label>(
    X: MatrixLike,
    y: ArrayLike<L>,
    options: FitOptions = {},
  ): StackingClassifierModel<L> {
    const where = "StackingClassifier.fit";
    const design = readDesign(X, where, anything);
    const n = design.matrix.rows;
    const { classes, codes } = readLabels(y, n, where);
    const weights = readWeights(options.sampleWeight, n, where);
    const { estimators, finalEstimator, cv, passthrough, seed } = this.params;
    if (classes.length < 2)
      throw valueError(where, "y", `holds one class (${show(classes[0])}), expected at least two`);
    if (n < cv) throw shapeError(where, "X", `has ${n} rows`, `at least ${cv} (folds)`);
    const labels = Array.from(codes, (k) => classes[k]!);
    const inner = memberOptions(options, weights);
    const source = foldable(X, design);
    const blocks = estimators.map(([, spec], m) => {
      step(where, options, m, 2 * estimators.length, "members");
      return asFeatures(
        crossValPredict(spec, source, labels, { ...inner, cv, seed, method: "predictProba" }),
      );
    });
    const rows = part(design, null);
    const members = estimators.map(([, spec], m) => {
      step(where, options, estimators.length + m, 2 * estimators.length, "members");
      return asClassifier(fitMember(spec, rows, labels, inner));
    });
    const features = beside(blocks, passthrough ? design.matrix : null);
    const final = asClassifier(fitMember(finalEstimator, features, labels, inner));
    const names = estimators.map(([name]) => name);
    return new StackingClassifierModel(schemaOf(design), classes, { names, members, final, passthrough });
  }

  override fitAsync<L extends Label>(
    X: MatrixLike,
    y: ArrayLike<L>,
    options?: FitOptions,
  ): Promise<StackingClassifierModel<L>> {
    return super.fitAsync(X, y, options) as Promise<StackingClassifierModel<L>>;
  }
}

interface Stacked<M> {
  readonly names: readonly string[];
  readonly members: readonly M[];
  readonly final: M;
  readonly passthrough: boolean;
}

/** What {@link StackingClassifier} learned. */
export class StackingClassifierModel<L extends Label = Label> extends ClassifierModel<L> {
  static readonly typeName = "StackingClassifierModel";
  readonly names: readonly string[];
  /** The members, fitted to all rows. */
  readonly members: readonly ClassifierModel[];
  /** The final classifier. */
  readonly final: ClassifierModel;
  readonly passthrough: boolean;

  constructor(schema: Schema, classes: readonly L[], stacked: Stacked<ClassifierModel>) {
    super(schema, classes);
    this.names = stacked.names;
    this.members = stacked.members;
    this.final = stacked.final;
    this.passthrough = stacked.passthrough;
  }

  /** What the final classifier sees: the members' probabilities, then the features where they are passed through. */
  transform(X: MatrixLike): Matrix {
    const design = readLike(this.schema, X, "StackingClassifierModel.transform", anything);
    const rows = part(design, null);
    const blocks = this.members.map((member) => asFeatures(spreadProba(member, rows, this.classes)));
    return beside(blocks, this.passthrough ? design.matrix : null);
  }

  override predictProba(X: MatrixLike): Matrix {
    return spreadProba(this.final, this.transform(X), this.classes);
  }

  override toState(): unknown {
    const { schema, classes, names, members, final, passthrough } = this;
    return { schema, classes, names, members, final, passthrough };
  }

  static fromState(state: unknown): StackingClassifierModel {
    const s = state as StackingClassifierModel;
    return new StackingClassifierModel(s.schema, s.classes, s);
  }
}

/**
 * Stacking for numbers: a final regressor learns from the members' out-of-fold predictions; see
 * {@link StackingClassifier}.
 *
 * @example
 * const X = Array.from({ length: 30 }, (_, i) => [i]);
 * const y = X.map(([x]) => 3 * x);
 * const members = [["line", new LinearRegression()], ["tree", new DecisionTreeRegressor()]];
 * new StackingRegressor({ estimators: members }).fit(X, y).predict([[10]]); // close to 30
 */
export class StackingRegressor extends RegressorSpec<typeof stackingRegressorParams> {
  static readonly typeName = "StackingRegressor";
  static readonly params = stackingRegressorParams;

  constructor(given: ParamInput<typeof stackingRegressorParams>) {
    super(StackingRegressor.typeName, stackingRegressorParams, given);
    const { estimators } = this.params;
    checkMembers(StackingRegressor.typeName, estimators, stackingRegressorParams.estimators.expected);
  }

  static fromState(state: unknown): StackingRegressor {
    return new StackingRegressor(state as ParamInput<typeof stackingRegressorParams>);
  }

  override fit(X: MatrixLike, y: ArrayLike<number>, options: FitOptions = {}): StackingRegressorModel {
    const where = "StackingRegressor.fit";
    const design = readDesign(X, where, anything);
    const n = design.matrix.rows;
    const targets = readTarget(y, n, where);
    const weights = readWeights(options.sampleWeight, n, where);
    const { estimators, finalEstimator, cv, passthrough, seed } = this.params;
    if (n < cv) throw shapeError(where, "X", `has ${n} rows`, `at least ${cv} (folds)`);
    const inner = memberOptions(options, weights);
    const source = foldable(X, design);
    const blocks = estimators.map(([, spec], m) => {
      step(where, options, m, 2 * estimators.length, "members");
      const says = crossValPredict<number>(spec, source, targets, { ...inner, cv, seed });
      return new Matrix(Float64Array.from(says), n, 1);
    });
    const rows = part(design, null);
    const members = estimators.map(([, spec], m) => {
      step(where, options, estimators.length + m, 2 * estimators.length, "members");
      return asRegressor(fitMember(spec, rows, targets as never, inner));
    });
    const features = beside(blocks, passthrough ? design.matrix : null);
    const final = asRegressor(fitMember(finalEstimator, features, targets as never, inner));
    const names = estimators.map(([name]) => name);
    return new StackingRegressorModel(schemaOf(design), { names, members, final, passthrough });
  }
}

/** What {@link StackingRegressor} learned. */
export class StackingRegressorModel extends RegressorModel {
  static readonly typeName = "StackingRegressorModel";
  readonly names: readonly string[];
  /** The members, fitted to all rows. */
  readonly members: readonly RegressorModel[];
  /** The final regressor. */
  readonly final: RegressorModel;
  readonly passthrough: boolean;

  constructor(schema: Schema, stacked: Stacked<RegressorModel>) {
    super(schema);
    this.names = stacked.names;
    this.members = stacked.members;
    this.final = stacked.final;
    this.passthrough = stacked.passthrough;
  }

  /** What the final regressor sees: the members' predictions, then the features where they are passed through. */
  transform(X: MatrixLike): Matrix {
    const design = readLike(this.schema, X, "StackingRegressorModel.transform", anything);
    const rows = part(design, null);
    const blocks = this.members.map((m) => new Matrix(Float64Array.from(m.predict(rows)), rows.rows, 1));
    return beside(blocks, this.passthrough ? design.matrix : null);
  }

  override predict(X: MatrixLike): Float64Array {
    return this.final.predict(this.transform(X));
  }

  override toState(): unknown {
    const { schema, names, members, final, passthrough } = this;
    return { schema, names, members, final, passthrough };
  }

  static fromState(state: unknown): StackingRegressorModel {
    const s = state as StackingRegressorModel;
    return new StackingRegressorModel(s.schema, s);
  }
}
