import { type MatrixLike, readLike, type Schema } from "../../contract/index.ts";
import { formatError, valueError } from "../../errors.ts";
import { Matrix } from "../../math/matrix.ts";
import type { Boosted } from "./boost.ts";
import { encodeRows } from "./encoded-categories.ts";
import { TreeEnsemble } from "./trees.ts";

/** What can be asked of a feature's splits. */
export type ImportanceKind = "gain" | "splits" | "meanGain";

/** The trees and what is known of them: shared by the classifier's and the regressor's model. */
export interface BoostedParts extends Boosted {
  /** Category values per feature, ascending; null for numbers. */
  readonly categories: readonly (Float64Array | null)[];
}

/** Raw predictions of the rows of X: one column per output, from the first `iterations` iterations. */
export function rawPredictions(schema: Schema, parts: BoostedParts, X: MatrixLike, where: string): Matrix {
  const { matrix, categories } = readRows(schema, parts, X, where);
  const raw = baselineRows(parts, matrix.rows);
  parts.trees.addTo(raw.data, matrix, raw.cols, 0, parts.trees.nTrees, categories);
  return raw;
}

/** Raw predictions after 1, 2, ... iterations; each is a fresh matrix. */
export function* stagedRaw(
  schema: Schema,
  parts: BoostedParts,
  X: MatrixLike,
  where: string,
): Generator<Matrix, void, void> {
  const { matrix, categories } = readRows(schema, parts, X, where);
  const raw = baselineRows(parts, matrix.rows);
  for (let t = 0; t < parts.trees.nTrees; t += raw.cols) {
    parts.trees.addTo(raw.data, matrix, raw.cols, t, t + raw.cols, categories);
    yield raw.clone();
  }
}

/** Rows and categories as the trees ask for them. */
function readRows(
  schema: Schema,
  { categories, statistics }: BoostedParts,
  X: MatrixLike,
  where: string,
): { matrix: Matrix; categories: BoostedParts["categories"] } {
  const { matrix } = readLike(schema, X, where, { allowMissing: true, allowCategories: true });
  if (statistics === null) return { matrix, categories };
  return { matrix: encodeRows(matrix, categories, statistics), categories: categories.map(() => null) };
}

function baselineRows({ baseline }: BoostedParts, rows: number): Matrix {
  const raw = Matrix.zeros(rows, baseline.length);
  for (let i = 0; i < raw.data.length; i++) raw.data[i] = baseline[i % baseline.length]!;
  return raw;
}

/**
 * Importance of each feature by its splits: `"gain"` their summed gain, `"splits"` their number, both as shares of
 * the whole; `"meanGain"` the average gain of a split (not a share). Zeros where nothing was split.
 */
export function importances(
  schema: Schema,
  { trees }: BoostedParts,
  kind: ImportanceKind,
  where: string,
): Float64Array {
  if (kind !== "gain" && kind !== "splits" && kind !== "meanGain") {
    throw valueError(where, "kind", `is ${String(kind)}, expected "gain", "splits" or "meanGain"`);
  }
  const gain = new Float64Array(schema.nFeatures);
  const splits = new Float64Array(schema.nFeatures);
  for (let i = 0; i < trees.feature.length; i++) {
    const f = trees.feature[i]!;
    if (f < 0) continue;
    gain[f] = gain[f]! + trees.gain[i]!;
    splits[f] = splits[f]! + 1;
  }
  if (kind === "meanGain") return gain.map((g, f) => (splits[f]! > 0 ? g / splits[f]! : 0));
  const values = kind === "gain" ? gain : splits;
  const total = values.reduce((a, b) => a + b, 0);
  return total > 0 ? values.map((v) => v / total) : values;
}

/** Reads the parts back from a file's state. */
export function partsOf(state: unknown, schema: Schema, outputs: number): BoostedParts {
  const s = state as BoostedParts;
  const d = schema.nFeatures;
  const fits =
    s.trees instanceof TreeEnsemble &&
    s.baseline.length === outputs &&
    (s.orderedPredictions === null ||
      (s.orderedPredictions instanceof Matrix && s.orderedPredictions.cols === outputs)) &&
    s.trees.nTrees % outputs === 0 &&
    s.categories.length === d &&
    (s.statistics === null
      ? s.categories.every((values) => values === null || values.length <= 255)
      : fitTogether(s.categories, s.statistics)) &&
    s.trees.feature.every((f) => f < d);
  if (!fits) throw formatError("load", "the boosted model in the file does not fit together");
  const { trees, baseline, trainScore, validationScore, orderedPredictions, statistics, categories } = s;
  return { trees, baseline, trainScore, validationScore, orderedPredictions, statistics, categories };
}

/** One number per category, and none where there are no categories. */
function fitTogether(
  categories: BoostedParts["categories"],
  statistics: NonNullable<BoostedParts["statistics"]>,
): boolean {
  return (
    Array.isArray(statistics) &&
    statistics.length === categories.length &&
    categories.every((values, f) => (values?.length ?? -1) === (statistics[f]?.length ?? -1))
  );
}
