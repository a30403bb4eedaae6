import { unknownColumn } from "../names.ts";
import { type Aggregation, aggregateColumn } from "./aggregate.ts";
import { type Column, levelsOf, takeRows } from "./column.ts";
import { groupRows } from "./keys.ts";
import { Table } from "./table.ts";

/** Which columns of a long table become the rows, the columns and the cells of a wide one. */
export interface PivotOptions {
  /** Columns whose values name the rows. */
  readonly index: string | readonly string[];
  /** Column whose values name the new columns. */
  readonly columns: string;
  /** Column that fills the cells. */
  readonly values: string;
  /** How several values in one cell become one; `"mean"` by default. */
  readonly aggregate?: Aggregation;
}

/** From long to wide. A combination that does not occur is missing. */
export function pivotTable(table: Table, options: PivotOptions): Table {
  const where = "Table.pivot";
  const index = typeof options.index === "string" ? [options.index] : options.index;
  for (const [argument, name] of [
    ...index.map((n) => ["index", n] as const),
    ["columns", options.columns] as const,
    ["values", options.values] as const,
  ]) {
    if (!table.has(name)) throw unknownColumn(where, argument, name, table.names);
  }
  const { groupOf, firstRow } = groupRows(
    index.map((name) => table.column(name)),
    table.rows,
  );
  const groups = firstRow.length;
  const names = [...index];
  const columns: Column[] = index.map((name) => takeRows(table.column(name), firstRow));
  const { values: levels, codes } = levelsOf(table.column(options.columns));
  const isDate = table.kind(options.columns) === "date";
  const source = table.column(options.values);
  levels.forEach((level, code) => {
    const rows: number[] = [];
    codes.forEach((c, i) => {
      if (c === code) rows.push(i);
    });
    // Only groups that occur here are aggregated, so that a sum over nothing stays missing.
    const present = [...new Set(rows.map((i) => groupOf[i]!))].sort((a, b) => a - b);
    const rank = new Int32Array(groups).fill(-1);
    present.forEach((g, r) => {
      rank[g] = r;
    });
    const cells = aggregateColumn(
      takeRows(source, rows),
      options.values,
      options.aggregate ?? "mean",
      Int32Array.from(rows, (i) => rank[groupOf[i]!]!),
      present.length,
      where,
    );
    names.push(isDate ? new Date(level as number).toISOString() : String(level));
    columns.push(takeRows(cells, rank));
  });
  return new Table(names, columns, groups);
}
