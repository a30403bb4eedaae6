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
} from "../contract/index.ts";
import { checkFits, fitTree } from "./fit.ts";
import { treeRegressorParams } from "./params.ts";
import { checkCounts } from "./poisson.ts";
import { type PruningPath, prune } from "./prune.ts";
import type { TreeSet } from "./tree-set.ts";

/**
 * A decision tree for numbers: a leaf predicts the mean of its rows (the median for the absolute error). Growth, ties,
 * missing values and weights are those of {@link DecisionTreeClassifier}. The absolute error costs O(n log n) per
 * column too: medians of both sides come from Fenwick trees.
 *
 * @example
 * const model = new DecisionTreeRegressor({ maxDepth: 1 }).fit([[1], [2], [8], [9]], [10, 12, 30, 34]);
 * model.predict([[0], [10]]); // [11, 32]
 */
export class DecisionTreeRegressor extends RegressorSpec<typeof treeRegressorParams> {
  static readonly typeName = "DecisionTreeRegressor";
  static readonly params = treeRegressorParams;

  constructor(given: ParamInput<typeof treeRegressorParams> = {}) {
    super(DecisionTreeRegressor.typeName, treeRegressorParams, given);
  }

  static fromState(state: unknown): DecisionTreeRegressor {
    return new DecisionTreeRegressor(state as ParamInput<typeof treeRegressorParams>);
  }

  override fit(X: MatrixLike, y: ArrayLike<number>, options: FitOptions = {}): DecisionTreeRegressorModel {
    return this.grow(X, y, options, "DecisionTreeRegressor.fit");
  }

  /**
   * Prices per leaf (`ccpAlpha`) at which the tree grown on these rows loses its branches, one after another, and the
   * leaves' impurity after each.
   */
  costComplexityPruningPath(X: MatrixLike, y: ArrayLike<number>, options: FitOptions = {}): PruningPath {
    const where = "DecisionTreeRegressor.costComplexityPruningPath";
    return prune(this.with({ ccpAlpha: 0 }).grow(X, y, options, where).tree, Number.POSITIVE_INFINITY).path;
  }

  private grow(
    X: MatrixLike,
    y: ArrayLike<number>,
    options: FitOptions,
    where: string,
  ): DecisionTreeRegressorModel {
    const design = readDesign(X, where, { allowMissing: true });
    const targets = readTarget(y, design.matrix.rows, where);
    const weights =
      readWeights(options.sampleWeight, targets.length, where) ?? new Float64Array(targets.length).fill(1);
    const { criterion } = this.params;
    if (criterion === "poisson") checkCounts(targets, weights, where);
    const tree = fitTree(
      this.params,
      { where, X: design.matrix, targets, outputs: 1, criterion, weights },
      options,
    );
    return new DecisionTreeRegressorModel(schemaOf(design), tree);
  }
}

/** What {@link DecisionTreeRegressor} learned. */
export class DecisionTreeRegressorModel extends RegressorModel {
  static readonly typeName = "DecisionTreeRegressorModel";
  /** The tree as flat arrays. */
  readonly tree: TreeSet;

  constructor(schema: Schema, tree: TreeSet) {
    super(schema);
    this.tree = tree;
  }

  /** Share of each column in the decrease of impurity by all splits. */
  get featureImportances(): Float64Array {
    return this.tree.importances(this.nFeatures);
  }

  override predict(X: MatrixLike): Float64Array {
    const { matrix } = readLike(this.schema, X, "DecisionTreeRegressorModel.predict", { allowMissing: true });
    return this.tree.mean(matrix).data;
  }

  /** Node number of each row's leaf. */
  apply(X: MatrixLike): Int32Array {
    const { matrix } = readLike(this.schema, X, "DecisionTreeRegressorModel.apply", { allowMissing: true });
    return Int32Array.from(this.tree.apply(matrix).data);
  }

  override toState(): unknown {
    return { schema: this.schema, tree: this.tree };
  }

  static fromState(state: unknown): DecisionTreeRegressorModel {
    const { schema, tree } = state as { schema: Schema; tree: unknown };
    return new DecisionTreeRegressorModel(schema, checkFits(tree, schema, 1));
  }
}
