import {
  type FitOptions,
  type Label,
  type MatrixLike,
  readWeights,
  type Schema,
  throwIfAborted,
} from "../../contract/index.ts";
import { show, valueError } from "../../errors.ts";
import { readFrame, readFrameLike } from "../features.ts";
import { type Column, type ColumnKind, levelsOf } from "../table/index.ts";

/** A column as category values; null stands for missing. */
export interface CategoryValues {
  readonly name: string;
  readonly kind: ColumnKind;
  /** Distinct values in order; a missing value is the last, as null. */
  readonly values: readonly (Label | null)[];
  /** Position of each row's value. */
  readonly codes: Int32Array;
  /** Weight of each value. */
  readonly counts: Float64Array;
}

export interface CategoryFrame {
  readonly schema: Schema;
  readonly kinds: readonly ColumnKind[];
  readonly columns: readonly CategoryValues[];
  readonly rows: number;
  readonly weights: Float64Array | null;
}

/** Reads features for an encoder: categories, text, booleans and numbers, each distinct value a category. */
export function readCategories(X: MatrixLike, options: FitOptions | undefined, where: string): CategoryFrame {
  throwIfAborted(options?.signal, where);
  const { table, named } = readFrame(X, where);
  const weights = readWeights(options?.sampleWeight, table.rows, where);
  const columns = table.columns.map((column, j): CategoryValues => {
    const name = table.names[j]!;
    refuseDates(column, name, where);
    return valuesOf(name, column, weights);
  });
  return {
    schema: { nFeatures: table.cols, names: named ? table.names : null, categories: null },
    kinds: table.columns.map((c) => c.kind),
    columns,
    rows: table.rows,
    weights,
  };
}

function refuseDates(column: Column, name: string, where: string): void {
  if (column.kind === "date")
    throw valueError(
      where,
      "X",
      `holds the date column ${show(name)}, expected categories: use DateFeatures`,
    );
}

/** Values that no row with weight holds are left out. */
function valuesOf(name: string, column: Column, weights: Float64Array | null): CategoryValues {
  const { values, codes } = levelsOf(column);
  const all = new Float64Array(values.length + 1);
  for (let i = 0; i < codes.length; i++)
    all[codes[i]! < 0 ? values.length : codes[i]!]! += weights ? weights[i]! : 1;
  const kept = Array.from(all.keys()).filter((k) => all[k]! > 0);
  const rank = new Int32Array(all.length).fill(-1);
  kept.forEach((k, r) => {
    rank[k] = r;
  });
  return {
    name,
    kind: column.kind,
    values: kept.map((k) => (k === values.length ? null : values[k]!)),
    codes: codes.map((c) => rank[c < 0 ? values.length : c]!),
    counts: Float64Array.from(kept, (k) => all[k]!),
  };
}

/** A column at prediction: the known position of each row's value, -1 where training never saw it. */
export interface KnownCodes {
  readonly codes: Int32Array;
  /** A value that training never saw, for messages. */
  readonly unknown: { readonly value: Label | null; readonly row: number } | null;
}

/** Codes of new rows among the values of training. */
export function readKnownCategories(
  schema: Schema,
  kinds: readonly ColumnKind[],
  known: readonly (readonly (Label | null)[])[],
  X: MatrixLike,
  where: string,
): { readonly columns: readonly KnownCodes[]; readonly rows: number } {
  const table = readFrameLike(schema, kinds, X, where);
  const columns = table.columns.map((column, j): KnownCodes => {
    const { values, codes } = levelsOf(column);
    const position = new Map(known[j]!.map((v, k) => [v, k]));
    const missing = position.get(null) ?? -1;
    const map = values.map((v) => position.get(v) ?? -1);
    let unknown: KnownCodes["unknown"] = null;
    const out = codes.map((c, i) => {
      const k = c < 0 ? missing : map[c]!;
      if (k < 0 && unknown === null) unknown = { value: c < 0 ? null : values[c]!, row: i };
      return k;
    });
    return { codes: out, unknown };
  });
  return { columns, rows: table.rows };
}

/** How a value reads in a column name. */
export function valueName(value: Label | null): string {
  return value === null ? "missing" : String(value);
}

export function unknownValue(
  where: string,
  name: string,
  unknown: { value: Label | null; row: number },
  advice: string,
): Error {
  const what = unknown.value === null ? "a missing value" : show(unknown.value);
  return valueError(
    where,
    "X",
    `holds ${what} at row ${unknown.row}, column ${show(name)}, which training did not: ${advice}`,
  );
}
