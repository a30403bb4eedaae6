import type { Design, DesignSource, Label } from "../../contract/index.ts";
import { argumentError, shapeError, show, valueError } from "../../errors.ts";
import { Matrix } from "../../math/index.ts";
import { unknownColumn } from "../names.ts";
import {
  asNumbers,
  asText,
  type Cell,
  type Column,
  type ColumnInput,
  type ColumnKind,
  cellOf,
  checkColumnLength,
  columnLength,
  concatColumns,
  isMissing,
  levelsOf,
  MISSING_BOOLEAN,
  takeRows,
  toColumn,
} from "./column.ts";
import { type ColumnSummary, summarise } from "./describe.ts";
import { GroupedTable } from "./grouped-table.ts";
import { type JoinOptions, joinTables } from "./join.ts";
import { sortedRows } from "./keys.ts";
import { type PivotOptions, pivotTable } from "./pivot.ts";
import { formatTable } from "./print.ts";

/** One row, read by column name. */
export interface Row {
  readonly [name: string]: Cell;
}

/**
 * Named, typed columns of equal length. A table never changes: every method gives a new one, which shares the
 * columns it did not touch.
 *
 * Five kinds of columns: `number` (NaN is missing), `category` (codes into a list of names, -1 is missing),
 * `date` (milliseconds since 1970, UTC; NaN is missing), `text` (null is missing) and `boolean` (255 is
 * missing). Seen from outside, a missing cell is `null`.
 *
 * @example
 * const t = Table.fromColumns({ age: [31, null, 58], city: ["Oslo", "Rome", "Oslo"] });
 * t.filter((row) => row.city === "Oslo").numbers("age"); // Float64Array [31, 58]
 */
export class Table implements DesignSource {
  static readonly typeName = "Table";
  /** Of the columns, in order. */
  readonly names: readonly string[];
  readonly columns: readonly Column[];
  readonly rows: number;

  /**
   * Wraps columns without copying.
   *
   * @param rows needed only for a table without columns
   */
  constructor(names: readonly string[], columns: readonly Column[], rows?: number) {
    if (!Array.isArray(names))
      throw argumentError("Table", "names", names, "an array of names (Table.fromColumns takes an object)");
    if (!Array.isArray(columns)) throw argumentError("Table", "columns", columns, "an array of columns");
    if (names.length !== columns.length)
      throw shapeError("Table", "names", `has ${names.length} entries`, `${columns.length} (as columns)`);
    const seen = new Set<string>();
    for (const name of names) {
      if (typeof name !== "string") throw argumentError("Table", "names", name, "strings");
      if (seen.has(name)) throw valueError("Table", "names", `holds ${show(name)} twice`);
      seen.add(name);
    }
    this.names = names;
    this.columns = columns;
    this.rows = columns.length > 0 ? columnLength(columns[0]!) : (rows ?? 0);
    columns.forEach((column, j) => {
      checkColumnLength(column, this.rows, "Table", `column ${show(names[j])}`);
    });
  }

  /**
   * From columns by name: typed columns, typed arrays or arrays of cells. The cells decide the kind; text with
   * few distinct values becomes a category.
   */
  static fromColumns(
    columns: Readonly<Record<string, ColumnInput>> | readonly (readonly [string, ColumnInput])[],
  ): Table {
    const where = "Table.fromColumns";
    if (columns === null || typeof columns !== "object") {
      throw argumentError(where, "columns", columns, "an object or a list of [name, values]");
    }
    const entries = Array.isArray(columns)
      ? (columns as readonly (readonly [string, ColumnInput])[])
      : Object.entries(columns);
    return new Table(
      entries.map(([name]) => name),
      entries.map(([name, values]) => toColumn(values, where, `column ${show(name)}`)),
    );
  }

  /** From a list of objects. A key that a record lacks is a missing value; columns come in order of appearance. */
  static fromRecords(records: readonly Readonly<Record<string, Cell | undefined>>[]): Table {
    const where = "Table.fromRecords";
    if (!Array.isArray(records)) throw argumentError(where, "records", records, "an array of objects");
    const names = new Set<string>();
    records.forEach((record, i) => {
      if (record === null || typeof record !== "object")
        throw valueError(where, "records", `holds ${show(record)} at ${i}, expected an object`);
      for (const name of Object.keys(record)) names.add(name);
    });
    const list = [...names];
    const columns = list.map((name) =>
      toColumn(
        records.map((record) => (Object.hasOwn(record, name) ? record[name] : null)),
        where,
        `column ${show(name)}`,
      ),
    );
    return new Table(list, columns, records.length);
  }

  /** From a matrix, or anything an estimator accepts; names are `x0`, `x1`, ... unless given. */
  static fromMatrix(X: Matrix | Matrix<Float32Array>, names?: readonly string[]): Table {
    if (!(X instanceof Matrix)) throw argumentError("Table.fromMatrix", "X", X, "a Matrix");
    const list = names ?? Array.from({ length: X.cols }, (_, j) => `x${j}`);
    if (list.length !== X.cols)
      throw shapeError("Table.fromMatrix", "names", `has ${list.length} entries`, `${X.cols} (columns of X)`);
    return new Table(
      list,
      list.map((_, j) => ({ kind: "number", values: X.col(j) })),
      X.rows,
    );
  }

  get cols(): number {
    return this.names.length;
  }

  /** Whether there is a column of that name. */
  has(name: string): boolean {
    return this.names.includes(name);
  }

  /** The column of that name; an unknown name is refused with the names that come close. */
  column(name: string): Column {
    return this.columns[this.#at(name, "Table.column")]!;
  }

  kind(name: string): ColumnKind {
    return this.columns[this.#at(name, "Table.kind")]!.kind;
  }

  /** Kind of every column, as `readCsv` takes it for `dtypes`. */
  kinds(): Record<string, ColumnKind> {
    return Object.fromEntries(this.names.map((name, j) => [name, this.columns[j]!.kind]));
  }

  /** A number column (NaN is missing); booleans as 0 and 1, dates as milliseconds. */
  numbers(name: string): Float64Array {
    const column = this.columns[this.#at(name, "Table.numbers")]!;
    const values = asNumbers(column);
    if (values === null) {
      throw valueError(
        "Table.numbers",
        "name",
        `is ${show(name)}, a ${column.kind} column, expected numbers`,
      );
    }
    return values;
  }

  /** A column as labels for a classifier: strings, numbers or booleans. Missing values are refused. */
  labels(name: string): Label[] {
    const where = "Table.labels";
    const column = this.columns[this.#at(name, where)]!;
    if (column.kind === "date") {
      throw valueError(
        where,
        "name",
        `is ${show(name)}, a date column, expected categories, numbers or booleans`,
      );
    }
    return Array.from({ length: this.rows }, (_, i) => {
      if (isMissing(column, i)) {
        throw valueError(
          where,
          "name",
          `is ${show(name)}, which is missing at row ${i}: drop such rows first, e.g. with dropMissing([${show(name)}])`,
        );
      }
      return cellOf(column, i) as Label;
    });
  }

  /** Category, text or boolean values as strings, null where missing. */
  strings(name: string): (string | null)[] {
    const column = this.columns[this.#at(name, "Table.strings")]!;
    if (column.kind === "category" || column.kind === "text") return asText(column);
    return Array.from({ length: this.rows }, (_, i) => {
      const v = cellOf(column, i);
      return v === null ? null : v instanceof Date ? v.toISOString() : String(v);
    });
  }

  /** Value of a row, from 0, in a column; null where it is missing. */
  cell(row: number, name: string): Cell {
    const j = this.#at(name, "Table.cell");
    if (!(Number.isInteger(row) && row >= 0 && row < this.rows))
      throw argumentError("Table.cell", "row", row, `an integer from 0 to ${this.rows - 1}`);
    return cellOf(this.columns[j]!, row);
  }

  /** Only these columns, in this order. */
  select(names: readonly string[]): Table {
    if (!Array.isArray(names)) throw argumentError("Table.select", "names", names, "an array of names");
    const at = names.map((name) => this.#at(name, "Table.select"));
    return new Table(
      names.slice(),
      at.map((j) => this.columns[j]!),
      this.rows,
    );
  }

  /** Without these columns. */
  drop(names: string | readonly string[]): Table {
    const gone = new Set((typeof names === "string" ? [names] : names).map((n) => this.#at(n, "Table.drop")));
    const keep = (_: unknown, j: number) => !gone.has(j);
    return new Table(this.names.filter(keep), this.columns.filter(keep), this.rows);
  }

  /** New names by old name. */
  rename(changes: Readonly<Record<string, string>>): Table {
    const names = this.names.slice();
    for (const [from, to] of Object.entries(changes)) names[this.#at(from, "Table.rename")] = to;
    return new Table(names, this.columns, this.rows);
  }

  /** With a column added at the end, or replaced where the name exists. */
  withColumn(name: string, values: ColumnInput): Table {
    const where = "Table.withColumn";
    const column = toColumn(values, where, "values");
    if (this.cols > 0 || this.rows > 0) checkColumnLength(column, this.rows, where, "values");
    const j = this.names.indexOf(name);
    if (j < 0) return new Table([...this.names, name], [...this.columns, column]);
    return new Table(this.names, this.columns.with(j, column));
  }

  /** Rows for which the predicate holds, or for which the mask is true. */
  filter(keep: ((row: Row, i: number) => boolean) | ArrayLike<boolean | number>): Table {
    const where = "Table.filter";
    const indices: number[] = [];
    if (typeof keep === "function") {
      const cursor = this.#cursor();
      for (let i = 0; i < this.rows; i++) {
        cursor.row = i;
        if (keep(cursor.view, i)) indices.push(i);
      }
    } else {
      if (keep?.length !== this.rows)
        throw shapeError(where, "keep", `has ${keep?.length} entries`, `${this.rows} (rows)`);
      for (let i = 0; i < this.rows; i++) if (keep[i]) indices.push(i);
    }
    return this.#take(indices);
  }

  /** The given rows in the given order; a row may repeat. */
  selectRows(indices: ArrayLike<number>): Table {
    for (let i = 0; i < indices.length; i++) {
      const r = indices[i]!;
      if (!(Number.isInteger(r) && r >= 0 && r < this.rows)) {
        throw valueError(
          "Table.selectRows",
          "indices",
          `holds ${show(r)} at ${i}, expected integers from 0 to ${this.rows - 1}`,
        );
      }
    }
    return this.#take(indices);
  }

  /** The first n rows, all where there are fewer. */
  head(n = 5): Table {
    const count = Math.max(0, Math.min(n, this.rows));
    return this.#take(Int32Array.from({ length: count }, (_, i) => i));
  }

  /** The last n rows, all where there are fewer. */
  tail(n = 5): Table {
    const count = Math.max(0, Math.min(n, this.rows));
    return this.#take(Int32Array.from({ length: count }, (_, i) => this.rows - count + i));
  }

  /** Sorted by one or more columns, stable, missing values last. Categories sort in the order of their list. */
  sortBy(
    names: string | readonly string[],
    options: { readonly descending?: boolean | readonly boolean[] } = {},
  ): Table {
    const list = typeof names === "string" ? [names] : names;
    const columns = list.map((name) => this.columns[this.#at(name, "Table.sortBy")]!);
    const given = options.descending ?? false;
    const descending = typeof given === "boolean" ? list.map(() => given) : given;
    if (descending.length !== list.length) {
      throw shapeError(
        "Table.sortBy",
        "descending",
        `has ${descending.length} entries`,
        `${list.length} (names)`,
      );
    }
    return this.#take(sortedRows(columns, descending, this.rows));
  }

  /** Rows without a missing value in these columns (all of them by default). */
  dropMissing(names: readonly string[] = this.names): Table {
    const columns = names.map((name) => this.columns[this.#at(name, "Table.dropMissing")]!);
    const indices: number[] = [];
    for (let i = 0; i < this.rows; i++) if (!columns.some((c) => isMissing(c, i))) indices.push(i);
    return indices.length === this.rows ? this : this.#take(indices);
  }

  /** Tables with the same columns (in any order) below each other. Lists of categories are merged. */
  concat(...tables: readonly Table[]): Table {
    const where = "Table.concat";
    if (tables.length === 0) return this;
    for (const other of tables) {
      if (!(other instanceof Table)) throw argumentError(where, "tables", other, "tables");
      for (const name of this.names)
        if (!other.has(name)) throw unknownColumn(where, "tables", name, other.names);
      for (const name of other.names)
        if (!this.has(name)) throw unknownColumn(where, "tables", name, this.names);
    }
    const columns = this.names.map((name, j) =>
      concatColumns([this.columns[j]!, ...tables.map((t) => t.columns[t.names.indexOf(name)]!)], where, name),
    );
    return new Table(
      this.names,
      columns,
      tables.reduce((n, t) => n + t.rows, this.rows),
    );
  }

  /** One summary per column: count, missing, moments, quantiles, distinct values, the most frequent one. */
  describe(): ColumnSummary[] {
    return this.names.map((name, j) => summarise(name, this.columns[j]!));
  }

  /** Rows in groups of equal values; see {@link GroupedTable.aggregate}. A missing value is a group of its own. */
  groupBy(names: string | readonly string[]): GroupedTable {
    const list = typeof names === "string" ? [names] : names;
    for (const name of list) this.#at(name, "Table.groupBy");
    return new GroupedTable(this, list);
  }

  /** Rows of both tables with equal keys, as in SQL; see {@link JoinOptions}. Missing keys match nothing. */
  join(other: Table, options: JoinOptions): Table {
    return joinTables(this, other, options);
  }

  /** One row per value of `index`, one column per value of `columns`; see {@link PivotOptions}. */
  pivot(options: PivotOptions): Table {
    return pivotTable(this, options);
  }

  /** Numbers for an estimator: categories as codes, booleans as 0 and 1. Text and dates are refused with advice. */
  toDesign(where = "Table.toDesign"): Design {
    const d = this.cols;
    const data = new Float64Array(this.rows * d);
    let anyCategory = false;
    const categories = this.columns.map((column, j) => {
      if (column.kind === "text" || column.kind === "date") {
        const advice =
          column.kind === "text"
            ? "drop it, or encode it first, e.g. with FrequencyEncoder in a ColumnTransformer"
            : "drop it, or encode it first with DateFeatures in a ColumnTransformer";
        throw valueError(
          where,
          "X",
          `holds the ${column.kind} column ${show(this.names[j])}, expected numbers or categories: ${advice}`,
        );
      }
      if (column.kind === "category") {
        anyCategory = true;
        for (let i = 0, at = j; i < this.rows; i++, at += d)
          data[at] = column.codes[i]! < 0 ? Number.NaN : column.codes[i]!;
        return column.categories;
      }
      const { values } = column;
      const missing = column.kind === "boolean" ? MISSING_BOOLEAN : Number.NaN;
      for (let i = 0, at = j; i < this.rows; i++, at += d)
        data[at] = values[i] === missing ? Number.NaN : values[i]!;
      return null;
    });
    return {
      matrix: new Matrix(data, this.rows, d),
      names: this.names,
      categories: anyCategory ? categories : null,
    };
  }

  /** The number and boolean columns as a matrix; other kinds are refused. */
  toMatrix(): Matrix {
    const j = this.columns.findIndex((c) => c.kind === "category");
    if (j >= 0) {
      throw valueError(
        "Table.toMatrix",
        "table",
        `holds the category column ${show(this.names[j])}: encode it first, e.g. with OneHotEncoder, or drop it`,
      );
    }
    return this.toDesign("Table.toMatrix").matrix;
  }

  /** The texts of a table of one column of words, and its name: what text vectorisers read. */
  toTexts(where = "Table.toTexts"): { readonly texts: readonly string[]; readonly name: string } {
    if (this.cols !== 1) {
      const advice = "expected 1: select it, e.g. in a ColumnTransformer";
      throw valueError(where, "X", `has ${this.cols} columns of a table, ${advice}`);
    }
    const column = this.columns[0]!;
    const name = this.names[0]!;
    if (column.kind !== "text" && column.kind !== "category")
      throw valueError(where, "X", `holds ${column.kind} values in column ${show(name)}, expected text`);
    const texts = Array.from({ length: this.rows }, (_, i) => {
      const cell = cellOf(column, i);
      if (cell === null)
        throw valueError(where, "X", `lacks a text at row ${i} of column ${show(name)}: fill it first`);
      return cell as string;
    });
    return { texts, name };
  }

  /** One object per row, from column names to values; null where missing. */
  toRecords(): Record<string, Cell>[] {
    return Array.from({ length: this.rows }, (_, i) => {
      const record: Record<string, Cell> = {};
      this.names.forEach((name, j) => {
        // A column may be called "__proto__".
        Object.defineProperty(record, name, {
          value: cellOf(this.columns[j]!, i),
          enumerable: true,
          writable: true,
          configurable: true,
        });
      });
      return record;
    });
  }

  /** The first rows as aligned text. */
  print(options: { readonly rows?: number; readonly width?: number } = {}): string {
    return formatTable(this, options.rows ?? 10, options.width ?? 120);
  }

  toState(): unknown {
    return { names: this.names, columns: this.columns, rows: this.rows };
  }

  static fromState(state: unknown): Table {
    const { names, columns, rows } = state as { names: string[]; columns: Column[]; rows: number };
    return new Table(names, columns, rows);
  }

  /** Distinct values of a column with the number of rows that hold each, the most frequent first. */
  valueCounts(name: string): { readonly value: Label; readonly count: number }[] {
    const { values, codes } = levelsOf(this.columns[this.#at(name, "Table.valueCounts")]!);
    const counts = new Int32Array(values.length);
    for (const code of codes) if (code >= 0) counts[code]!++;
    return values.map((value, k) => ({ value, count: counts[k]! })).sort((a, b) => b.count - a.count);
  }

  #at(name: string, where: string): number {
    const j = this.names.indexOf(name);
    if (j < 0) throw unknownColumn(where, "name", name, this.names);
    return j;
  }

  #take(indices: ArrayLike<number>): Table {
    return new Table(
      this.names,
      this.columns.map((c) => takeRows(c, indices)),
      indices.length,
    );
  }

  /** A row view whose getters read the row that `row` names; one object serves a whole pass. */
  #cursor(): { row: number; readonly view: Row } {
    const cursor = { row: 0, view: Object.create(null) as Row };
    this.names.forEach((name, j) => {
      const column = this.columns[j]!;
      Object.defineProperty(cursor.view, name, { enumerable: true, get: () => cellOf(column, cursor.row) });
    });
    return cursor;
  }
}

/** Reads an argument that must be a table. */
export function checkTable(value: unknown, where: string, argument: string): Table {
  if (!(value instanceof Table)) throw argumentError(where, argument, value, "a Table");
  return value;
}
