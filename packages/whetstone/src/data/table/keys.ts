import { type Column, columnLength, isMissing, levelsOf } from "./column.ts";

/** Rows that share the values of some columns. */
export interface Grouping {
  /** Group of each row. Groups are numbered in ascending order of their keys. */
  readonly groupOf: Int32Array;
  /** First row of each group. */
  readonly firstRow: Int32Array;
}

/**
 * Groups rows by the values of the columns. A missing value is a key of its own, after all others.
 */
export function groupRows(columns: readonly Column[], rows: number): Grouping {
  let groupOf: Int32Array = new Int32Array(rows);
  let groups = rows > 0 ? 1 : 0;
  for (const column of columns) {
    const { codes, values } = levelsOf(column);
    const width = values.length + 1;
    // Numbers stay exact: there are at most `rows` groups, and both factors are below 2^31.
    const keys = Float64Array.from(
      groupOf,
      (g, i) => g * width + (codes[i]! < 0 ? values.length : codes[i]!),
    );
    const distinct = [...new Set(keys)].sort((a, b) => a - b);
    const rank = new Map(distinct.map((key, r) => [key, r]));
    groupOf = Int32Array.from(keys, (key) => rank.get(key)!);
    groups = distinct.length;
  }
  const firstRow = new Int32Array(groups).fill(-1);
  for (let i = 0; i < rows; i++) if (firstRow[groupOf[i]!] === -1) firstRow[groupOf[i]!] = i;
  return { groupOf, firstRow };
}

/** Row order by several columns, stable, missing values last. */
export function sortedRows(
  columns: readonly Column[],
  descending: readonly boolean[],
  rows: number,
): Int32Array {
  const ranks = columns.map((column) => {
    if (column.kind === "number" || column.kind === "date") return column.values;
    return Float64Array.from(levelsOf(column).codes, (code) => (code < 0 ? Number.NaN : code));
  });
  return new Int32Array(rows)
    .map((_, i) => i)
    .sort((a, b) => {
      for (let k = 0; k < ranks.length; k++) {
        const u = ranks[k]![a]!;
        const v = ranks[k]![b]!;
        if (u === v || (Number.isNaN(u) && Number.isNaN(v))) continue;
        if (Number.isNaN(u)) return 1;
        if (Number.isNaN(v)) return -1;
        return (u < v ? -1 : 1) * (descending[k] ? -1 : 1);
      }
      return a - b;
    });
}

/** A string per row that is equal exactly where the values of all columns are; null where one is missing. */
export function rowKeys(columns: readonly Column[]): (string | null)[] {
  const rows = columns.length === 0 ? 0 : columnLength(columns[0]!);
  const out = new Array<string | null>(rows);
  for (let i = 0; i < rows; i++) {
    let key = "";
    for (const column of columns) {
      if (isMissing(column, i)) {
        key = "";
        break;
      }
      const word =
        column.kind === "category" ? column.categories[column.codes[i]!]! : String(column.values[i]);
      // The length in front keeps ["a", "bc"] and ["ab", "c"] apart.
      key += `${word.length}:${word}`;
    }
    out[i] = key === "" ? null : key;
  }
  return out;
}
