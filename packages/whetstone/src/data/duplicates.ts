import type { Split } from "./splits/index.ts";
import { type Column, columnLength } from "./table/column.ts";
import { checkTable, type Table } from "./table/table.ts";

/**
 * Groups rows whose cells are all equal; a missing cell equals a missing cell.
 *
 * @returns the group of each row. Groups are numbered from 0 by their first rows, so that a table without
 * repeated rows gives 0, 1, 2, ...
 *
 * @example
 * duplicateGroups(Table.fromColumns({ a: [1, 2, 1], b: ["x", "y", "x"] })); // Int32Array [0, 1, 0]
 */
export function duplicateGroups(table: Table): Int32Array {
  checkTable(table, "duplicateGroups", "table");
  let groupOf: Int32Array = new Int32Array(table.rows);
  let groups = Math.min(1, table.rows);
  for (const column of table.columns) {
    if (groups === table.rows) break;
    const { codes, width } = contentCodes(column);
    const seen = new Map<number, number>();
    // Exact: there are at most as many groups and codes as rows, so the key stays below 2^53 for 9e7 rows.
    groupOf = groupOf.map((g, i) => {
      const key = g * width + codes[i]!;
      let group = seen.get(key);
      if (group === undefined) {
        group = seen.size;
        seen.set(key, group);
      }
      return group;
    });
    groups = seen.size;
  }
  return groupOf;
}

/**
 * Test rows whose cells all equal those of some training row.
 *
 * @example
 * const t = Table.fromColumns({ a: [1, 2, 1] });
 * duplicatesAcross(t, { train: Int32Array.of(0, 1), test: Int32Array.of(2) }); // Int32Array [2]
 */
export function duplicatesAcross(table: Table, split: Split): Int32Array {
  checkTable(table, "duplicatesAcross", "table");
  const groupOf = duplicateGroups(table);
  const train = new Set(Array.from(split.train, (i) => groupOf[i]!));
  return split.test.filter((i) => train.has(groupOf[i]!));
}

/** An integer from 0 per row that is equal for equal values, missing included. */
function contentCodes(column: Column): { codes: Int32Array; width: number } {
  if (column.kind === "category") {
    return { codes: column.codes.map((code) => code + 1), width: column.categories.length + 1 };
  }
  const seen = new Map<string | number | null, number>();
  const codes = new Int32Array(columnLength(column));
  for (let i = 0; i < codes.length; i++) {
    const v = column.values[i]!;
    let code = seen.get(v);
    if (code === undefined) {
      code = seen.size;
      seen.set(v, code);
    }
    codes[i] = code;
  }
  return { codes, width: seen.size };
}
