import { IsolationForestModel } from "../anomaly/index.ts";
import { argumentError, type Model } from "../contract/index.ts";
import {
  ExtraTreesClassifierModel,
  ExtraTreesRegressorModel,
  HistGradientBoostingClassifierModel,
  HistGradientBoostingRegressorModel,
  RandomForestClassifierModel,
  RandomForestRegressorModel,
  type TreeEnsemble,
} from "../ensemble/index.ts";
import type { Matrix } from "../math/matrix.ts";
import { DecisionTreeClassifierModel, DecisionTreeRegressorModel, type TreeSet } from "../tree/index.ts";

/** How a column's values become what splits ask for. */
export interface ColumnCode {
  /** Categories: value `values[c]` is code c. Null for a column of numbers. */
  readonly values: Float64Array | null;
  /** Whether other values are one more category, which no split names, rather than missing. */
  readonly others: boolean;
  /** Zeros (up to 1e-35, as float32, in size) are missing values. */
  readonly zeroIsMissing: boolean;
  /** What splits ask for in place of codes: a number per value. Absent: its code. */
  readonly numbers?: Float64Array | null;
}

/** Trees of whatever model, as one form: output o is `baseline[o]` plus `scale` times the sum of its trees. */
export interface PlainTrees {
  readonly nFeatures: number;
  /** First node of every tree, and the number of nodes. */
  readonly starts: ArrayLike<number>;
  /** Column of the split, -1 for a leaf. */
  readonly feature: Int32Array;
  /** A value <= threshold goes left. */
  readonly threshold: Float64Array;
  /** Left child, counted from the tree's first node; the right one follows it. */
  readonly left: Int32Array;
  /** Bits: 1 missing values go left, 2 category split. */
  readonly flags: Uint8Array;
  /** Of a category split, the number of its 256 bits in `bitsets`: which codes go left. */
  readonly set: Int32Array;
  readonly bitsets: Uint8Array;
  /** Training rows, or the weight of them, in the node. */
  readonly cover: Float64Array;
  /** What nodes hold: `width` numbers each. With width 1 tree t belongs to output t mod outputs. */
  readonly value: Float64Array;
  readonly width: number;
  readonly outputs: number;
  readonly scale: number;
  readonly baseline: Float64Array;
  /** Per column, null where its values are taken as they are. */
  readonly columns: readonly (ColumnCode | null)[];
}

/** Whatever keeps its trees in the plain form itself: imported models do. */
export interface HasPlainTrees extends Model {
  plainTrees(): PlainTrees;
}

/** Models that consist of trees. */
export type TreeModel =
  | DecisionTreeClassifierModel
  | DecisionTreeRegressorModel
  | RandomForestClassifierModel
  | RandomForestRegressorModel
  | ExtraTreesClassifierModel
  | ExtraTreesRegressorModel
  | HistGradientBoostingClassifierModel
  | HistGradientBoostingRegressorModel
  | IsolationForestModel
  | HasPlainTrees;

/** Kinds of library models that keep mean trees. */
const meanModels = [
  RandomForestClassifierModel,
  RandomForestRegressorModel,
  ExtraTreesClassifierModel,
  ExtraTreesRegressorModel,
  IsolationForestModel,
] as const;

/** The trees of a model. */
export function plainTreesOf(model: TreeModel, where: string): PlainTrees {
  if (model instanceof DecisionTreeClassifierModel || model instanceof DecisionTreeRegressorModel)
    return ofSet(model.tree, model.nFeatures);
  for (const kind of meanModels) if (model instanceof kind) return ofSet(model.trees, model.nFeatures);
  if (model instanceof HistGradientBoostingClassifierModel)
    return ofEnsemble(model.trees, model.baseline, model);
  if (model instanceof HistGradientBoostingRegressorModel)
    return ofEnsemble(model.trees, Float64Array.of(model.baseline), model);
  if (typeof (model as Partial<HasPlainTrees> | null)?.plainTrees === "function")
    return (model as HasPlainTrees).plainTrees();
  throw argumentError(
    where,
    "model",
    model,
    "a fitted tree, forest of trees, histogram gradient boosting, isolation forest or imported model",
  );
}

function ofSet(trees: TreeSet, nFeatures: number): PlainTrees {
  const { starts, feature, threshold, left, missingLeft, weight, value, outputs } = trees;
  return {
    nFeatures,
    ...{ starts, feature, threshold, left, flags: missingLeft, cover: weight, value },
    set: new Int32Array(feature.length),
    bitsets: new Uint8Array(0),
    width: outputs,
    outputs,
    scale: 1 / trees.nTrees,
    baseline: new Float64Array(outputs),
    columns: new Array(nFeatures).fill(null),
  };
}

function ofEnsemble(
  trees: TreeEnsemble,
  baseline: Float64Array,
  { categories, statistics }: Pick<HistGradientBoostingRegressorModel, "categories" | "statistics">,
): PlainTrees {
  const { starts, feature, threshold, left, flags, bin, bitsets, count, value } = trees;
  return {
    nFeatures: categories.length,
    ...{ starts, feature, threshold, left, flags, set: bin, bitsets, cover: count, value, baseline },
    width: 1,
    outputs: baseline.length,
    scale: 1,
    columns: categories.map(
      (values, f) =>
        values && { values, others: false, zeroIsMissing: false, numbers: statistics?.[f] ?? null },
    ),
  };
}

/** Rows as splits ask for them: category values replaced by codes. The same matrix where nothing changes. */
export function encodeColumns(X: Matrix, columns: readonly (ColumnCode | null)[]): Matrix {
  if (columns.every((c) => c === null)) return X;
  const out = X.clone();
  const { data, cols } = out;
  columns.forEach((column, j) => {
    if (column === null) return;
    if (column.zeroIsMissing)
      for (let i = j; i < data.length; i += cols)
        if (Math.abs(data[i]!) <= Math.fround(1e-35)) data[i] = Number.NaN;
    if (column.values === null) return;
    const codes = new Map<number, number>();
    column.values.forEach((v, code) => void codes.set(v, column.numbers?.[code] ?? code));
    const unknown = column.others ? column.values.length : Number.NaN;
    for (let i = j; i < data.length; i += cols)
      if (!Number.isNaN(data[i]!)) data[i] = codes.get(data[i]!) ?? unknown;
  });
  return out;
}

/** Whether a code goes left. */
export const codeBit = (bitsets: Uint8Array, set: number, code: number): boolean =>
  ((bitsets[32 * set + (code >> 3)]! >> (code & 7)) & 1) === 1;

/** Output of a row of encoded columns, one number per output. */
export function outputOf(trees: PlainTrees, row: ArrayLike<number>): Float64Array {
  const { starts, feature, threshold, left, flags, set, bitsets, value, width, outputs, scale } = trees;
  const sum = new Float64Array(outputs);
  for (let t = 0; t + 1 < starts.length; t++) {
    const root = starts[t]!;
    let at = root;
    for (let f = feature[at]!; f >= 0; f = feature[at]!) {
      const v = row[f]!;
      const goes = Number.isNaN(v)
        ? (flags[at]! & 1) === 1
        : flags[at]! & 2
          ? codeBit(bitsets, set[at]!, v)
          : v <= threshold[at]!;
      at = root + left[at]! + (goes ? 0 : 1);
    }
    for (let k = 0; k < width; k++) {
      const o = width === 1 ? t % outputs : k;
      sum[o] = sum[o]! + value[at * width + k]!;
    }
  }
  return sum.map((v, o) => trees.baseline[o]! + scale * v);
}
