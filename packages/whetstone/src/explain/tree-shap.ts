import { argumentError, type MatrixLike, readLike, shapeError } from "../contract/index.ts";
import { encodeColumns, plainTreesOf, type TreeModel } from "../interchange/index.ts";
import type { Matrix } from "../math/matrix.ts";
import { interventionalShap, meanOutput } from "./interventional.ts";
import { packTrees, pathDependentShap } from "./path-dependent.ts";

/** What every column adds to a model's output, row by row. */
export interface ShapValues {
  /** One matrix per output, rows x columns: what the column's value adds to the row's output. */
  readonly values: readonly Matrix[];
  /** The output before anything is known of the row, one per output. Base value plus a row's values is its output. */
  readonly baseValues: Float64Array;
}

/**
 * Which game the values of {@link treeShap} share out: that of background rows, or that of the training rows
 * along the trees.
 */
export interface TreeShapOptions {
  /** Rows whose values stand in for what is not known. Without them, splits send shares of training rows both ways. */
  readonly background?: MatrixLike;
}

/**
 * Exact Shapley values of a model of trees: how much each column's value moves a row's output away from the base value.
 * They answer to two games, in both of which base value and values add up to the output:
 *
 * - path-dependent (Lundberg, Erion, Lee, 2018): a split on a column that is not known sends shares of the row to both
 *   sides, as large as the children's training weight. No data are needed.
 * - interventional (Lundberg et al., "From local explanations to global understanding with explainable AI for trees",
 *   Nature Machine Intelligence 2, 2020), with `background`: columns that are not known take the values of a background
 *   row; the mean over these rows counts.
 *
 * Outputs are: class probabilities of trees and forests (one per class), predictions for numbers, raw predictions of
 * boosted models (log odds for two classes, one per class for more; logarithms where the link is one), mean path
 * lengths of isolation forests. Cost of the first: rows times nodes times half the columns on a path; of the second:
 * rows times background rows times the nodes that one of the two can reach.
 *
 * @param X rows x columns, as in training
 * @throws WhetstoneError where `model` is none of trees, or rows do not fit it
 * @example
 * const model = new DecisionTreeRegressor().fit([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 0, 0, 8]);
 * const { values, baseValues } = treeShap(model, [[1, 1]]);
 * baseValues[0]; // 2
 * values[0].row(0); // [3, 3]
 */
export function treeShap(model: TreeModel, X: MatrixLike, options: TreeShapOptions = {}): ShapValues {
  const where = "treeShap";
  const trees = plainTreesOf(model, where);
  if (options === null || typeof options !== "object")
    throw argumentError(where, "options", options, "an object");
  const read = (rows: MatrixLike, argument: string): Matrix => {
    const { matrix } = readLike(model.schema, rows, where, {
      ...{ allowMissing: true, allowCategories: true, argument },
    });
    return encodeColumns(matrix, trees.columns);
  };
  const rows = read(X, "X");
  const packed = packTrees(trees);
  if (options.background === undefined)
    return { values: pathDependentShap(trees, packed, rows), baseValues: packed.baseValues };
  const background = read(options.background, "background");
  if (background.rows === 0) throw shapeError(where, "background", "has 0 rows", "at least 1");
  return {
    values: interventionalShap(trees, packed, rows, background),
    baseValues: meanOutput(trees, background),
  };
}
