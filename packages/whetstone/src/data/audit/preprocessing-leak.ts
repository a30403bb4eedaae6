import { type MatrixLike, readDesign } from "../../contract/index.ts";
import { argumentError, requireFunction, requireRows, shapeError } from "../../errors.ts";
import { type RandomStream, randomStream, type Seed } from "../../math/index.ts";
import type { Split } from "../splits/index.ts";
import type { Column } from "../table/column.ts";
import { checkTable, Table } from "../table/table.ts";

/** What {@link preprocessingLeak} saw of the training rows when it changed test rows. */
export interface PreprocessingLeak {
  /** Whether training rows came out differently when test rows were changed. */
  readonly leaks: boolean;
  /** Largest difference in a training row; Infinity where even the number of columns differs. */
  readonly change: number;
  /** Names of the prepared columns that differ (`x0`, `x1`, ... where they have none). */
  readonly columns: readonly string[];
}

/**
 * The test of invariance: prepares the table twice, the second time with other values in the test rows, and
 * compares the training rows. If one moves, a step has learned from the test rows: a scaler, an encoder or a
 * selection was fitted on everything. Works for any code, since it looks at results only; a step whose fit did
 * not depend on the changed values (a median that stays) can pass.
 *
 * @param prepare all of the preprocessing, from the whole table to features, one row for each row
 * @param table the rows as they are before preprocessing
 * @param split which rows are training rows and which are test rows
 * @example
 * const t = Table.fromColumns({ a: [1, 2, 3, 4] });
 * const split = { train: Int32Array.of(0, 1), test: Int32Array.of(2, 3) };
 * preprocessingLeak((rows) => new StandardScaler().fit(rows).transform(rows), t, split).leaks; // true
 */
export function preprocessingLeak(
  prepare: (table: Table) => MatrixLike,
  table: Table,
  split: Split,
  options: { readonly seed?: Seed } = {},
): PreprocessingLeak {
  const where = "preprocessingLeak";
  requireFunction(where, "prepare", prepare);
  checkTable(table, where, "table");
  if (split === null || typeof split !== "object")
    throw argumentError(where, "split", split, "an object with train and test rows");
  requireRows(where, split.train, table.rows);
  requireRows(where, split.test, table.rows);
  const random = randomStream(options.seed ?? 0);
  const changed = new Table(
    table.names,
    table.columns.map((c) => changeRows(c, split.test, random)),
    table.rows,
  );
  const lax = {
    allowMissing: true,
    allowInfinite: true,
    allowCategories: true,
    argument: "prepare's result",
  };
  const [before, after] = [table, changed].map((t) => readDesign(prepare(t), where, lax));
  const [A, B] = [before!.matrix, after!.matrix];
  if (A.rows !== table.rows || B.rows !== table.rows)
    throw shapeError(where, "prepare", `gives ${A.rows} rows`, `${table.rows} (rows of table)`);
  if (A.cols !== B.cols) return { leaks: true, change: Number.POSITIVE_INFINITY, columns: [] };
  let change = 0;
  const columns: string[] = [];
  for (let j = 0; j < A.cols; j++) {
    let moved = 0;
    for (const i of split.train) {
      const [a, b] = [A.at(i, j), B.at(i, j)];
      if (Object.is(a, b) || a === b) continue;
      const gap = Math.abs(a - b);
      moved = Math.max(moved, Number.isNaN(gap) ? Number.POSITIVE_INFINITY : gap);
    }
    if (moved > 0) columns.push(before!.names?.[j] ?? `x${j}`);
    change = Math.max(change, moved);
  }
  return { leaks: change > 0, change, columns };
}

/** A copy with other values in the given rows: numbers far outside, other categories, texts reversed. */
function changeRows(column: Column, rows: ArrayLike<number>, random: RandomStream): Column {
  const list = Array.from(rows);
  switch (column.kind) {
    case "number":
    case "date": {
      const size = column.values.reduce((m, v) => (Math.abs(v) > m ? Math.abs(v) : m), 0) || 1;
      const values = column.values.slice();
      for (const i of list) values[i] = size * (2 + random.uniform());
      return { kind: column.kind, values };
    }
    case "category": {
      const codes = column.codes.slice();
      const count = column.categories.length;
      for (const i of list)
        codes[i] = count < 2 ? -1 : (Math.max(0, codes[i]!) + 1 + random.int(count - 1)) % count;
      return { kind: "category", codes, categories: column.categories };
    }
    case "text": {
      const values = column.values.slice();
      for (const i of list)
        values[i] = Array.from(values[i] ?? "gap")
          .reverse()
          .join("");
      return { kind: "text", values };
    }
    case "boolean": {
      const values = column.values.slice();
      for (const i of list) values[i] = values[i] === 1 ? 0 : 1;
      return { kind: "boolean", values };
    }
  }
}
