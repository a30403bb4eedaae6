import {
  type FitOptions,
  type MatrixLike,
  type ParamInput,
  type ParamValues,
  RegressorModel,
  RegressorSpec,
  readDesign,
  readLike,
  readTarget,
  readWeights,
  type Schema,
  schemaOf,
} from "../../contract/index.ts";
import type { Matrix } from "../../math/matrix.ts";
import { checkCounts, checkFits, type TreeSet } from "../../tree/index.ts";
import { firstTrees } from "./classifier.ts";
import { checkForest, growForest, oobR2, outOfBag } from "./forest.ts";
import { extraRegressorParams, type ForestRegressorParams, forestRegressorParams } from "./params.ts";

/** What a forest for numbers keeps. */
interface Grown {
  readonly trees: TreeSet;
  readonly oobScore: number | null;
  readonly oobPrediction: Float64Array | null;
}

function grow(
  params: ParamValues<ForestRegressorParams>,
  randomSplits: boolean,
  X: MatrixLike,
  y: ArrayLike<number>,
  options: FitOptions,
  where: string,
): readonly [Schema, Grown] {
  const design = readDesign(X, where, { allowMissing: true });
  const targets = readTarget(y, design.matrix.rows, where);
  const weights =
    readWeights(options.sampleWeight, targets.length, where) ?? new Float64Array(targets.length).fill(1);
  const { criterion } = params;
  if (criterion === "poisson") checkCounts(targets, weights, where);
  const rows = { where, X: design.matrix, targets, outputs: 1, criterion, weights };
  const trees = growForest(rows, params, randomSplits, options);
  const oob = params.oobScore ? outOfBag(trees, rows, params, options) : null;
  return [
    schemaOf(design),
    { trees, oobScore: oob && oobR2(oob, targets, weights), oobPrediction: oob?.data ?? null },
  ];
}

/** What forests for numbers have in common. */
abstract class ForestRegressorModel extends RegressorModel {
  /** The trees as flat arrays. */
  readonly trees: TreeSet;
  /** R2 on the rows, each judged by the trees that did not draw it; null unless asked for. */
  readonly oobScore: number | null;
  /** The predictions behind it, NaN for rows that every tree drew. */
  readonly oobPrediction: Float64Array | null;

  constructor(schema: Schema, grown: Grown) {
    super(schema);
    this.trees = grown.trees;
    this.oobScore = grown.oobScore;
    this.oobPrediction = grown.oobPrediction;
  }

  /** Share of each column in the decrease of impurity, averaged over the trees. */
  get featureImportances(): Float64Array {
    return this.trees.importances(this.nFeatures);
  }

  /** Mean over the trees. */
  override predict(X: MatrixLike): Float64Array {
    return this.trees.mean(this.read(X, "predict")).data;
  }

  /** Leaf of each row in each tree: rows x trees. */
  apply(X: MatrixLike): Matrix {
    return this.trees.apply(this.read(X, "apply"));
  }

  private read(X: MatrixLike, method: string): Matrix {
    const name = (this.constructor as unknown as { typeName: string }).typeName;
    return readLike(this.schema, X, `${name}.${method}`, { allowMissing: true }).matrix;
  }

  override toState(): unknown {
    const { schema, trees, oobScore, oobPrediction } = this;
    return { schema, trees, oobScore, oobPrediction };
  }
}

function grownOf(state: unknown): readonly [Schema, Grown] {
  const { schema, trees, oobScore, oobPrediction } = state as Grown & { schema: Schema };
  return [schema, { trees: checkFits(trees, schema, 1), oobScore, oobPrediction }];
}

/**
 * A random forest for numbers; see {@link RandomForestClassifier}. As in scikit-learn a split looks at all columns by
 * default; a third of them (`maxFeatures: 1 / 3`) is Breiman's advice.
 *
 * @example
 * const X = Array.from({ length: 200 }, (_, i) => [i / 100]);
 * const y = X.map(([x]) => x * x);
 * const model = new RandomForestRegressor({ nEstimators: 50 }).fit(X, y);
 * model.predict([[1]]); // close to 1
 */
export class RandomForestRegressor extends RegressorSpec<typeof forestRegressorParams> {
  static readonly typeName = "RandomForestRegressor";
  static readonly params = forestRegressorParams;

  constructor(given: ParamInput<typeof forestRegressorParams> = {}) {
    super(RandomForestRegressor.typeName, forestRegressorParams, given);
    checkForest(RandomForestRegressor.typeName, this.params);
  }

  static fromState(state: unknown): RandomForestRegressor {
    return new RandomForestRegressor(state as ParamInput<typeof forestRegressorParams>);
  }

  override fit(X: MatrixLike, y: ArrayLike<number>, options: FitOptions = {}): RandomForestRegressorModel {
    return new RandomForestRegressorModel(
      ...grow(this.params, false, X, y, options, "RandomForestRegressor.fit"),
    );
  }
}

/** What {@link RandomForestRegressor} learned. */
export class RandomForestRegressorModel extends ForestRegressorModel {
  static readonly typeName = "RandomForestRegressorModel";

  /** The forest of the first `n` trees. */
  first(n: number): RandomForestRegressorModel {
    const trees = firstTrees(this.trees, n, "RandomForestRegressorModel.first");
    return new RandomForestRegressorModel(this.schema, { trees, oobScore: null, oobPrediction: null });
  }

  static fromState(state: unknown): RandomForestRegressorModel {
    return new RandomForestRegressorModel(...grownOf(state));
  }
}

/**
 * Extremely randomised trees for numbers; see {@link ExtraTreesClassifier}.
 *
 * @example
 * const X = Array.from({ length: 200 }, (_, i) => [i / 100]);
 * const y = X.map(([x]) => x * x);
 * new ExtraTreesRegressor({ nEstimators: 50 }).fit(X, y).predict([[1]]); // close to 1
 */
export class ExtraTreesRegressor extends RegressorSpec<typeof extraRegressorParams> {
  static readonly typeName = "ExtraTreesRegressor";
  static readonly params = extraRegressorParams;

  constructor(given: ParamInput<typeof extraRegressorParams> = {}) {
    super(ExtraTreesRegressor.typeName, extraRegressorParams, given);
    checkForest(ExtraTreesRegressor.typeName, this.params);
  }

  static fromState(state: unknown): ExtraTreesRegressor {
    return new ExtraTreesRegressor(state as ParamInput<typeof extraRegressorParams>);
  }

  override fit(X: MatrixLike, y: ArrayLike<number>, options: FitOptions = {}): ExtraTreesRegressorModel {
    return new ExtraTreesRegressorModel(...grow(this.params, true, X, y, options, "ExtraTreesRegressor.fit"));
  }
}

/** What {@link ExtraTreesRegressor} learned. */
export class ExtraTreesRegressorModel extends ForestRegressorModel {
  static readonly typeName = "ExtraTreesRegressorModel";

  static fromState(state: unknown): ExtraTreesRegressorModel {
    return new ExtraTreesRegressorModel(...grownOf(state));
  }
}
