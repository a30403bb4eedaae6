import {
  argumentError,
  ClassifierModel,
  ClassifierSpec,
  type FitOptions,
  type Label,
  type MatrixLike,
  type ParamInput,
  type ParamValues,
  readDesign,
  readLabels,
  readLike,
  readWeights,
  type Schema,
  schemaOf,
} from "../../contract/index.ts";
import { Matrix } from "../../math/matrix.ts";
import { checkFits, rowWeights, type TreeSet } from "../../tree/index.ts";
import { checkForest, growForest, oobAccuracy, outOfBag } from "./forest.ts";
import { extraClassifierParams, type ForestClassifierParams, forestClassifierParams } from "./params.ts";

/** What a forest for labels keeps. */
interface Grown {
  readonly trees: TreeSet;
  readonly oobScore: number | null;
  readonly oobDecisionFunction: Matrix | null;
}

function grow<L extends Label>(
  params: ParamValues<ForestClassifierParams>,
  randomSplits: boolean,
  X: MatrixLike,
  y: ArrayLike<L>,
  options: FitOptions,
  where: string,
): { schema: Schema; classes: readonly L[]; grown: Grown } {
  const design = readDesign(X, where, { allowMissing: true });
  const { classes, codes } = readLabels(y, design.matrix.rows, where);
  const sampleWeight = readWeights(options.sampleWeight, codes.length, where);
  const weights = rowWeights(params.classWeight, classes, codes, sampleWeight, where);
  const { criterion } = params;
  const rows = { where, X: design.matrix, targets: codes, outputs: classes.length, criterion, weights };
  const trees = growForest(rows, params, randomSplits, options);
  const oob = params.oobScore ? outOfBag(trees, rows, params, options) : null;
  const grown = {
    trees,
    oobScore: oob && oobAccuracy(oob, codes, sampleWeight ?? new Float64Array(codes.length).fill(1)),
    oobDecisionFunction: oob,
  };
  return { schema: schemaOf(design), classes, grown };
}

/** What forests for labels have in common. */
abstract class ForestClassifierModel<L extends Label> extends ClassifierModel<L> {
  /** The trees as flat arrays. */
  readonly trees: TreeSet;
  /** Accuracy on the rows, each judged by the trees that did not draw it; null unless asked for. */
  readonly oobScore: number | null;
  /** The probabilities behind it: rows x classes, NaN for rows that every tree drew. */
  readonly oobDecisionFunction: Matrix | null;

  constructor(schema: Schema, classes: readonly L[], grown: Grown) {
    super(schema, classes);
    this.trees = grown.trees;
    this.oobScore = grown.oobScore;
    this.oobDecisionFunction = grown.oobDecisionFunction;
  }

  /** Share of each column in the decrease of impurity, averaged over the trees. */
  get featureImportances(): Float64Array {
    return this.trees.importances(this.nFeatures);
  }

  /** Mean over the trees of the class shares in each row's leaf. */
  override predictProba(X: MatrixLike): Matrix {
    return this.trees.mean(this.read(X, "predictProba"));
  }

  /** Leaf of each row in each tree: rows x trees. */
  apply(X: MatrixLike): Matrix {
    return this.trees.apply(this.read(X, "apply"));
  }

  /** Labels that the first 1, 2, ... trees give, for curves of the error against the number of trees. */
  *stagedPredict(X: MatrixLike): Generator<L[], void, void> {
    const rows = this.read(X, "stagedPredict");
    const sum = Matrix.zeros(rows.rows, this.classes.length);
    for (let t = 0; t < this.trees.nTrees; t++) {
      const one = this.trees.tree(t).mean(rows);
      for (let i = 0; i < sum.data.length; i++) sum.data[i] = sum.data[i]! + one.data[i]!;
      yield Array.from({ length: rows.rows }, (_, i) => {
        const row = sum.row(i);
        return this.classes[row.indexOf(Math.max(...row))]!;
      });
    }
  }

  protected grown(): Grown {
    const { trees, oobScore, oobDecisionFunction } = this;
    return { trees, oobScore, oobDecisionFunction };
  }

  private read(X: MatrixLike, method: string): Matrix {
    const name = (this.constructor as unknown as { typeName: string }).typeName;
    return readLike(this.schema, X, `${name}.${method}`, { allowMissing: true }).matrix;
  }

  override toState(): unknown {
    return { schema: this.schema, classes: this.classes, ...this.grown() };
  }
}

interface State extends Grown {
  readonly schema: Schema;
  readonly classes: readonly Label[];
}

function grownOf(state: unknown): readonly [Schema, readonly Label[], Grown] {
  const { schema, classes, trees, oobScore, oobDecisionFunction } = state as State;
  return [
    schema,
    classes,
    { trees: checkFits(trees, schema, classes.length), oobScore, oobDecisionFunction },
  ];
}

/** The first `n` trees of a model, refusing other numbers. */
export function firstTrees(trees: TreeSet, n: number, where: string): TreeSet {
  if (!(Number.isInteger(n) && n >= 1 && n <= trees.nTrees))
    throw argumentError(where, "n", n, `an integer from 1 to ${trees.nTrees} (trees)`);
  return trees.first(n);
}

/**
 * A random forest for labels (Breiman, "Random forests", Machine Learning 45, 2001): trees on rows drawn with
 * replacement, each split choosing among columns drawn afresh; probabilities are the mean over the trees.
 *
 * Names and defaults are scikit-learn's, and so are the trees ({@link DecisionTreeClassifier}): splits are exact, not
 * binned. Trees grow side by side on all threads; the same seed gives the same forest for any number of them. Missing
 * values (NaN) are welcome.
 *
 * - `sampleWeight` multiplies a row's weight in the trees that drew it.
 * - `oobScore` judges every row by the trees that did not draw it (about 37 % of them).
 *
 * @example
 * const X = Array.from({ length: 100 }, (_, i) => [i, i % 7]);
 * const y = X.map(([x]) => (x < 50 ? "low" : "high"));
 * const model = new RandomForestClassifier({ nEstimators: 20, oobScore: true }).fit(X, y);
 * model.predict([[10, 0], [90, 0]]); // ["low", "high"]
 * model.oobScore > 0.9; // true
 */
export class RandomForestClassifier extends ClassifierSpec<typeof forestClassifierParams> {
  static readonly typeName = "RandomForestClassifier";
  static readonly params = forestClassifierParams;

  constructor(given: ParamInput<typeof forestClassifierParams> = {}) {
    super(RandomForestClassifier.typeName, forestClassifierParams, given);
    checkForest(RandomForestClassifier.typeName, this.params);
  }

  static fromState(state: unknown): RandomForestClassifier {
    return new RandomForestClassifier(state as ParamInput<typeof forestClassifierParams>);
  }

  override fit<L extends Label>(
    X: MatrixLike,
    y: ArrayLike<L>,
    options: FitOptions = {},
  ): RandomForestClassifierModel<L> {
    const { schema, classes, grown } = grow(this.params, false, X, y, options, "RandomForestClassifier.fit");
    return new RandomForestClassifierModel(schema, classes, grown);
  }

  override fitAsync<L extends Label>(
    X: MatrixLike,
    y: ArrayLike<L>,
    options?: FitOptions,
  ): Promise<RandomForestClassifierModel<L>> {
    return super.fitAsync(X, y, options) as Promise<RandomForestClassifierModel<L>>;
  }
}

/** What {@link RandomForestClassifier} learned. */
export class RandomForestClassifierModel<L extends Label = Label> extends ForestClassifierModel<L> {
  static readonly typeName = "RandomForestClassifierModel";

  /** The forest of the first `n` trees. */
  first(n: number): RandomForestClassifierModel<L> {
    const trees = firstTrees(this.trees, n, "RandomForestClassifierModel.first");
    return new RandomForestClassifierModel(this.schema, this.classes, {
      trees,
      oobScore: null,
      oobDecisionFunction: null,
    });
  }

  static fromState(state: unknown): RandomForestClassifierModel {
    return new RandomForestClassifierModel(...grownOf(state));
  }
}

/**
 * Extremely randomised trees for labels (Geurts, Ernst, Wehenkel, Machine Learning 63, 2006): as
 * {@link RandomForestClassifier}, but a split chooses among one random threshold per drawn column, and by default every
 * tree takes all rows. Nothing is sorted, so it is faster, and its trees are less alike.
 *
 * @example
 * const X = Array.from({ length: 100 }, (_, i) => [i, i % 7]);
 * const y = X.map(([x]) => (x < 50 ? "low" : "high"));
 * new ExtraTreesClassifier({ nEstimators: 20 }).fit(X, y).predict([[10, 0], [90, 0]]); // ["low", "high"]
 */
export class ExtraTreesClassifier extends ClassifierSpec<typeof extraClassifierParams> {
  static readonly typeName = "ExtraTreesClassifier";
  static readonly params = extraClassifierParams;

  constructor(given: ParamInput<typeof extraClassifierParams> = {}) {
    super(ExtraTreesClassifier.typeName, extraClassifierParams, given);
    checkForest(ExtraTreesClassifier.typeName, this.params);
  }

  static fromState(state: unknown): ExtraTreesClassifier {
    return new ExtraTreesClassifier(state as ParamInput<typeof extraClassifierParams>);
  }

  override fit<L extends Label>(
    X: MatrixLike,
    y: ArrayLike<L>,
    options: FitOptions = {},
  ): ExtraTreesClassifierModel<L> {
    const { schema, classes, grown } = grow(this.params, true, X, y, options, "ExtraTreesClassifier.fit");
    return new ExtraTreesClassifierModel(schema, classes, grown);
  }

  override fitAsync<L extends Label>(
    X: MatrixLike,
    y: ArrayLike<L>,
    options?: FitOptions,
  ): Promise<ExtraTreesClassifierModel<L>> {
    return super.fitAsync(X, y, options) as Promise<ExtraTreesClassifierModel<L>>;
  }
}

/** What {@link ExtraTreesClassifier} learned. */
export class ExtraTreesClassifierModel<L extends Label = Label> extends ForestClassifierModel<L> {
  static readonly typeName = "ExtraTreesClassifierModel";

  static fromState(state: unknown): ExtraTreesClassifierModel {
    return new ExtraTreesClassifierModel(...grownOf(state));
  }
}
