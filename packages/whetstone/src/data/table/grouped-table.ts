import { argumentError, valueError } from "../../errors.ts";
import { unknownColumn } from "../names.ts";
import { type Aggregation, aggregateColumn } from "./aggregate.ts";
import { type Column, takeRows } from "./column.ts";
import { groupRows } from "./keys.ts";
import { Table } from "./table.ts";

/**
 * Rows of a table in groups; made by `Table.groupBy`.
 *
 * @example
 * const t = Table.fromColumns({ city: ["Oslo", "Rome", "Oslo"], age: [31, 40, 58] });
 * t.groupBy("city").aggregate({ n: "size", meanAge: ["age", "mean"] });
 */
export class GroupedTable {
  readonly keys: readonly string[];
  readonly #table: Table;
  readonly #groupOf: Int32Array;
  readonly #firstRow: Int32Array;

  constructor(table: Table, keys: readonly string[]) {
    this.#table = table;
    this.keys = keys;
    const { groupOf, firstRow } = groupRows(
      keys.map((name) => table.column(name)),
      table.rows,
    );
    this.#groupOf = groupOf;
    this.#firstRow = firstRow;
  }

  /** Number of groups. */
  get size(): number {
    return this.#firstRow.length;
  }

  /** One row per group, ordered by key: the key columns and one column per entry. */
  aggregate(plan: Readonly<Record<string, "size" | readonly [column: string, how: Aggregation]>>): Table {
    const where = "GroupedTable.aggregate";
    const names = [...this.keys];
    const columns: Column[] = this.keys.map((name) => takeRows(this.#table.column(name), this.#firstRow));
    for (const [out, entry] of Object.entries(plan)) {
      if (names.includes(out)) throw valueError(where, "plan", `gives the key ${JSON.stringify(out)} again`);
      const [name, how] = entry === "size" ? [this.keys[0]!, "size" as const] : entry;
      if (typeof name !== "string" || how === undefined)
        throw argumentError(where, out, entry, `"size" or [column, aggregation]`);
      if (!this.#table.has(name)) throw unknownColumn(where, out, name, this.#table.names);
      names.push(out);
      columns.push(
        aggregateColumn(this.#table.column(name), name, how, this.#groupOf, this.#firstRow.length, where),
      );
    }
    return new Table(names, columns, this.size);
  }

  /** Each group as a table, ordered by key. */
  tables(): Table[] {
    const rows = Array.from({ length: this.size }, (): number[] => []);
    this.#groupOf.forEach((g, i) => {
      rows[g]!.push(i);
    });
    return rows.map((indices) => this.#table.selectRows(indices));
  }
}
