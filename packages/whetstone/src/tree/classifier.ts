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
} from "../contract/index.ts";
import type { Matrix } from "../math/matrix.ts";
import { checkFits, fitTree } from "./fit.ts";
import { treeClassifierParams } from "./params.ts";
import { type PruningPath, prune } from "./prune.ts";
import type { TreeSet } from "./tree-set.ts";
import { rowWeights } from "./weights.ts";

/**
 * A decision tree for labels: CART (Breiman, Friedman, Olshen, Stone, "Classification and Regression Trees", 1984) with
 * scikit-learn's names.
 *
 * Every node is split by the column and threshold that decrease impurity most, until it is pure or a limit is met; a
 * leaf predicts the shares of its classes. Of splits that are equally good (within rounding) the first column and the
 * lowest threshold win, so the tree does not depend on the order of rows.
 *
 * - Missing values (NaN) are welcome: every split sends them to the side that is better; where its node knew none, to
 *   the side of more rows.
 * - A `sampleWeight` of k equals k copies of the row, except that `minSamplesSplit` and `minSamplesLeaf` count rows.
 * - A split of a node with n rows costs O(n log n) per column.
 *
 * @example
 * const model = new DecisionTreeClassifier({ maxDepth: 2 }).fit([[1], [2], [8], [9]], ["low", "low", "high", "high"]);
 * model.predict([[3], [7]]); // ["low", "high"]
 * model.tree.threshold[0]; // 5
 */
export class DecisionTreeClassifier extends ClassifierSpec<typeof treeClassifierParams> {
  static readonly typeName = "DecisionTreeClassifier";
  static readonly params = treeClassifierParams;

  constructor(given: ParamInput<typeof treeClassifierParams> = {}) {
    super(DecisionTreeClassifier.typeName, treeClassifierParams, given);
  }

  static fromState(state: unknown): DecisionTreeClassifier {
    return new DecisionTreeClassifier(state as ParamInput<typeof treeClassifierParams>);
  }

  override fit<L extends Label>(
    X: MatrixLike,
    y: ArrayLike<L>,
    options: FitOptions = {},
  ): DecisionTreeClassifierModel<L> {
    return this.grow(X, y, options, "DecisionTreeClassifier.fit");
  }

  override fitAsync<L extends Label>(
    X: MatrixLike,
    y: ArrayLike<L>,
    options?: FitOptions,
  ): Promise<DecisionTreeClassifierModel<L>> {
    return super.fitAsync(X, y, options) as Promise<DecisionTreeClassifierModel<L>>;
  }

  /**
   * Prices per leaf (`ccpAlpha`) at which the tree grown on these rows loses its branches, one after another, and the
   * leaves' impurity after each.
   */
  costComplexityPruningPath<L extends Label>(
    X: MatrixLike,
    y: ArrayLike<L>,
    options: FitOptions = {},
  ): PruningPath {
    const where = "DecisionTreeClassifier.costComplexityPruningPath";
    return prune(this.with({ ccpAlpha: 0 }).grow(X, y, options, where).tree, Number.POSITIVE_INFINITY).path;
  }

  private grow<L extends Label>(
    X: MatrixLike,
    y: ArrayLike<L>,
    options: FitOptions,
    where: string,
  ): DecisionTreeClassifierModel<L> {
    const design = readDesign(X, where, { allowMissing: true });
    const { classes, codes } = readLabels(y, design.matrix.rows, where);
    const sampleWeight = readWeights(options.sampleWeight, codes.length, where);
    const weights = rowWeights(this.params.classWeight, classes, codes, sampleWeight, where);
    const { criterion } = this.params;
    const tree = fitTree(
      this.params,
      { where, X: design.matrix, targets: codes, outputs: classes.length, criterion, weights },
      options,
    );
    return new DecisionTreeClassifierModel(schemaOf(design), classes, tree);
  }
}

/** What {@link DecisionTreeClassifier} learned. */
export class DecisionTreeClassifierModel<L extends Label = Label> extends ClassifierModel<L> {
  static readonly typeName = "DecisionTreeClassifierModel";
  /** The tree as flat arrays. */
  readonly tree: TreeSet;

  constructor(schema: Schema, classes: readonly L[], tree: TreeSet) {
    super(schema, classes);
    this.tree = tree;
  }

  /** Share of each column in the decrease of impurity by all splits. */
  get featureImportances(): Float64Array {
    return this.tree.importances(this.nFeatures);
  }

  /** Shares of the classes among the training rows of each row's leaf. */
  override predictProba(X: MatrixLike): Matrix {
    const { matrix } = readLike(this.schema, X, "DecisionTreeClassifierModel.predictProba", {
      allowMissing: true,
    });
    return this.tree.mean(matrix);
  }

  /** Node number of each row's leaf. */
  apply(X: MatrixLike): Int32Array {
    const { matrix } = readLike(this.schema, X, "DecisionTreeClassifierModel.apply", { allowMissing: true });
    return Int32Array.from(this.tree.apply(matrix).data);
  }

  override toState(): unknown {
    return { schema: this.schema, classes: this.classes, tree: this.tree };
  }

  static fromState(state: unknown): DecisionTreeClassifierModel {
    const { schema, classes, tree } = state as { schema: Schema; classes: Label[]; tree: unknown };
    return new DecisionTreeClassifierModel(schema, classes, checkFits(tree, schema, classes.length));
  }
}
