import { argumentError, type EstimatorKind, type Label, shapeError } from "../contract/index.ts";
import {
  GroupKFold,
  KFold,
  type Split,
  type Splitter,
  StratifiedGroupKFold,
  StratifiedKFold,
} from "../data/index.ts";

/**
 * How rows are cut: a number of folds (shuffled with the seed; classes keep their shares, groups stay whole), a
 * splitter such as `TimeSeriesSplit`, or the row numbers themselves.
 */
export type CrossValidator =
  | number
  | Splitter
  | readonly { readonly train: ArrayLike<number>; readonly test: ArrayLike<number> }[];

/** How rows are divided into folds. */
export interface FoldOptions {
  /** A number of folds or a splitter; 5 by default, stratified for classifiers. */
  readonly cv?: CrossValidator;
  /** Group of each row; rows of a group are never on both sides. */
  readonly groups?: ArrayLike<Label>;
  /**
   * Seed of the shuffle where `cv` is a number; 0 by default. Groups of a regressor are dealt out by size,
   * without chance.
   */
  readonly seed?: number;
}

export function foldsOf(
  options: FoldOptions,
  kind: EstimatorKind,
  n: number,
  y: ArrayLike<unknown>,
  where: string,
): readonly Split[] {
  const { cv = 5, groups = null, seed = 0 } = options;
  if (groups && groups.length !== n) {
    throw shapeError(where, "groups", `has ${groups.length} entries`, `${n} (rows of X)`);
  }
  const labels = y as ArrayLike<Label>;
  if (typeof cv === "number") {
    if (!(Number.isInteger(cv) && cv >= 2 && cv <= n)) {
      throw argumentError(
        where,
        "cv",
        cv,
        `an integer >= 2 and <= ${n} (rows of X), a splitter or a list of splits`,
      );
    }
    const classes = kind === "classifier";
    const common = { nSplits: cv, shuffle: true, seed };
    if (groups) {
      return classes
        ? new StratifiedGroupKFold(common).split(n, labels, groups)
        : new GroupKFold({ nSplits: cv }).split(n, labels, groups);
    }
    return classes ? new StratifiedKFold(common).split(n, labels) : new KFold(common).split(n);
  }
  if (Array.isArray(cv)) return cv.map((split, f) => checkedSplit(split, n, f, where));
  if (typeof (cv as Splitter)?.split === "function") return (cv as Splitter).split(n, labels, groups);
  throw argumentError(where, "cv", cv, "a number of folds, a splitter or a list of splits");
}

function checkedSplit(
  split: { readonly train: ArrayLike<number>; readonly test: ArrayLike<number> },
  n: number,
  f: number,
  where: string,
): Split {
  const side = (name: "train" | "test"): Int32Array => {
    const rows = split?.[name];
    if (rows === undefined || rows === null || typeof rows.length !== "number" || rows.length === 0) {
      throw argumentError(where, `cv[${f}].${name}`, rows, "row numbers");
    }
    return Int32Array.from(rows, (i) => {
      if (!(Number.isInteger(i) && i >= 0 && i < n)) {
        throw argumentError(where, `cv[${f}].${name}`, i, `row numbers from 0 to ${n - 1}`);
      }
      return i;
    });
  };
  return { train: side("train"), test: side("test") };
}
