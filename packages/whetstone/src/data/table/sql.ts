import { argumentError } from "../../errors.ts";
import { cellOf } from "./column.ts";
import { checkTable, type Table } from "./table.ts";

const TYPES = { number: "REAL", date: "TEXT", boolean: "INTEGER", category: "TEXT", text: "TEXT" } as const;

/** How the rows are spread over statements. */
export interface SqlWriteOptions {
  /** Rows per INSERT; default 500. */
  readonly batchRows?: number;
}

/**
 * A table as SQL statements that create it and fill it, in the subset that SQLite, PostgreSQL and MySQL (ANSI quotes)
 * share. Numbers are written with the digits that read back the same, dates in ISO 8601 (UTC), true and false as 1
 * and 0, missing cells and numbers that are not finite as NULL.
 *
 * @param name of the table in the database
 * @example
 * writeSql(Table.fromColumns({ a: [1, null] }), "t"); // 'CREATE TABLE "t" ("a" REAL);\nINSERT INTO "t" VALUES (1), (NULL);\n'
 */
export function writeSql(table: Table, name: string, options: SqlWriteOptions = {}): string {
  const where = "writeSql";
  checkTable(table, where, "table");
  if (typeof name !== "string" || name === "")
    throw argumentError(where, "name", name, "a text that is not empty");
  const { batchRows = 500 } = options;
  if (!(Number.isSafeInteger(batchRows) && batchRows >= 1)) {
    throw argumentError(where, "batchRows", batchRows, "an integer >= 1");
  }
  if (table.names.length === 0) throw argumentError(where, "table", table, "a table with columns");
  const quoted = (s: string) => `"${s.replaceAll('"', '""')}"`;
  const fields = table.columns.map((c, j) => `${quoted(table.names[j]!)} ${TYPES[c.kind]}`);
  const lines = [`CREATE TABLE ${quoted(name)} (${fields.join(", ")});`];
  for (let from = 0; from < table.rows; from += batchRows) {
    const rows: string[] = [];
    for (let i = from; i < Math.min(table.rows, from + batchRows); i++) {
      rows.push(`(${table.columns.map((c) => literal(cellOf(c, i))).join(", ")})`);
    }
    lines.push(`INSERT INTO ${quoted(name)} VALUES ${rows.join(", ")};`);
  }
  return `${lines.join("\n")}\n`;
}

function literal(cell: unknown): string {
  if (typeof cell === "number") return Number.isFinite(cell) ? String(cell) : "NULL";
  if (typeof cell === "boolean") return cell ? "1" : "0";
  if (cell instanceof Date) return `'${cell.toISOString()}'`;
  return typeof cell === "string" ? `'${cell.replaceAll("'", "''")}'` : "NULL";
}
