import { type CsvOptions, closestNames, type Table } from "../../data/index.ts";
import { argumentError, shapeError, show, valueError } from "../../errors.ts";
import type { ByteFile, ParquetFile } from "../parquet/index.ts";
import { execute } from "./execute.ts";
import { columnsOf, Expression, lit, type Node, type Operand } from "./expression.ts";
import { optimise } from "./optimise.ts";
import { type JoinHow, type JoinKeys, type NamedAggregation, namesOf, type Plan, printPlan } from "./plan.ts";
import {
  csvSource,
  parquetSource,
  type ReadCounts,
  requireTable,
  type Source,
  tableSource,
} from "./source.ts";

/** By which columns two lazy tables are put together. */
export interface LazyJoinOptions {
  /** Columns that must be equal; or different names on the two sides. */
  readonly on: string | readonly string[] | JoinKeys;
  /** `"inner"` by default. */
  readonly how?: JoinHow;
}

/**
 * A query over a table, CSV text or Parquet files that is written down step by step and carried out when
 * {@link LazyFrame.collect} is called. Because the whole is known by then, conditions are moved to where rows are read
 * (and whole groups of rows of Parquet files passed over by their bounds), columns that nobody needs are not
 * read, constants are reckoned once, and a part that occurs twice is computed once. The result is that of the
 * methods of `Table` with the same names.
 *
 * @example
 * const sales = LazyFrame.fromTable(Table.fromColumns({ city: ["Oslo", "Rome", "Oslo"], price: [3, 5, 4] }));
 * const query = sales.filter(col("price").gt(3)).groupBy("city").aggregate({ total: ["price", "sum"] });
 * (await query.collect()).numbers("total"); // Float64Array [4, 5]
 */
export class LazyFrame {
  readonly #plan: Plan;

  private constructor(plan: Plan) {
    this.#plan = plan;
  }

  /** Rows of a table. */
  static fromTable(table: Table): LazyFrame {
    return LazyFrame.fromSource(tableSource(requireTable(table, "LazyFrame.fromTable")));
  }

  /** Rows of delimited text; `options` as for `readCsv`. Only the columns that are needed are parsed. */
  static fromCsv(input: string | Uint8Array | ArrayBuffer, options: CsvOptions = {}): LazyFrame {
    return LazyFrame.fromSource(csvSource(input, options));
  }

  /** Rows of a Parquet file. Only the columns and groups of rows that are needed are fetched. */
  static async fromParquet(source: Uint8Array | ArrayBuffer | ByteFile | ParquetFile): Promise<LazyFrame> {
    return LazyFrame.fromSource(await parquetSource(source));
  }

  /** Rows of any source. */
  static fromSource(source: Source): LazyFrame {
    return new LazyFrame({ step: "scan", source, columns: source.names, condition: null });
  }

  /** Names of the columns of the result. */
  get names(): readonly string[] {
    return namesOf(this.#plan);
  }

  /** Rows for which the condition is true; not those for which it is missing. */
  filter(condition: Expression): LazyFrame {
    const node = this.#expression(condition, "LazyFrame.filter", "condition");
    return new LazyFrame({ step: "filter", input: this.#plan, condition: node });
  }

  /** Only these columns, in this order. */
  select(names: readonly string[]): LazyFrame {
    return new LazyFrame({
      step: "select",
      input: this.#plan,
      names: this.#known(names, "LazyFrame.select", "names"),
    });
  }

  /** With columns computed from those there were before, at the end, or in place where the name exists. */
  withColumns(columns: Readonly<Record<string, Operand>>): LazyFrame {
    const where = "LazyFrame.withColumns";
    if (columns === null || typeof columns !== "object")
      throw argumentError(where, "columns", columns, "an object");
    const entries = Object.entries(columns).map(
      ([name, value]) =>
        [name, this.#expression(value instanceof Expression ? value : lit(value), where, name)] as const,
    );
    return new LazyFrame({ step: "withColumns", input: this.#plan, columns: entries });
  }

  /** Groups of rows with equal keys, to be aggregated. */
  groupBy(keys: string | readonly string[]): LazyGroups {
    const where = "LazyFrame.groupBy";
    const list = this.#known(typeof keys === "string" ? [keys] : keys, where, "keys");
    if (list.length === 0) throw argumentError(where, "keys", keys, "at least one name");
    return new LazyGroups((entries) => {
      for (const [name, entry] of entries) {
        if (list.includes(name))
          throw valueError("LazyGroups.aggregate", "plan", `gives the key ${show(name)} again`);
        if (entry !== "size") this.#known([entry[0]], "LazyGroups.aggregate", name);
      }
      return new LazyFrame({ step: "aggregate", input: this.#plan, keys: list, entries });
    });
  }

  /** Rows of both sides with equal keys, as `Table.join`; a name that both have gets "_right" on the right. */
  join(other: LazyFrame, options: LazyJoinOptions): LazyFrame {
    const where = "LazyFrame.join";
    if (!(other instanceof LazyFrame)) throw argumentError(where, "other", other, "a LazyFrame");
    const { on, how = "inner" } = options ?? {};
    if (!["inner", "left", "right", "outer"].includes(how))
      throw argumentError(where, "how", how, 'one of "inner", "left", "right", "outer"');
    const same = typeof on === "string" ? [on] : Array.isArray(on) ? (on as readonly string[]) : null;
    const keys = same ? { left: same, right: same } : (on as JoinKeys);
    if (!keys?.left?.length || keys.left.length !== keys.right?.length)
      throw argumentError(where, "on", on, "at least one column name, equally many for both sides");
    this.#known(keys.left, where, "on");
    other.#known(keys.right, where, "on");
    const plan: Plan = { step: "join", left: this.#plan, right: other.#plan, on: keys, how };
    const names = namesOf(plan);
    const twice = names.find((name, j) => names.indexOf(name) !== j);
    if (twice !== undefined)
      throw valueError(where, "other", `would give the column ${show(twice)} twice: select before`);
    return new LazyFrame(plan);
  }

  /** Sorted by one or more columns, stable, missing values last. */
  sortBy(
    names: string | readonly string[],
    options: { readonly descending?: boolean | readonly boolean[] } = {},
  ): LazyFrame {
    const where = "LazyFrame.sortBy";
    const list = this.#known(typeof names === "string" ? [names] : names, where, "names");
    const given = options.descending ?? false;
    const descending = typeof given === "boolean" ? list.map(() => given) : given;
    if (descending?.length !== list.length)
      throw shapeError(where, "descending", `has ${descending?.length} entries`, `${list.length} (names)`);
    return new LazyFrame({ step: "sort", input: this.#plan, names: list, descending });
  }

  /** The first rows. */
  head(n = 5): LazyFrame {
    if (!(Number.isSafeInteger(n) && n >= 0))
      throw argumentError("LazyFrame.head", "n", n, "an integer >= 0");
    return new LazyFrame({ step: "limit", input: this.#plan, rows: n });
  }

  /** The plan as it was written, and what is carried out; the last step stands first. */
  explain(): { readonly written: string; readonly optimised: string } {
    return { written: printPlan(this.#plan), optimised: printPlan(optimise(this.#plan)) };
  }

  /** Carries the query out. */
  async collect(): Promise<Table> {
    return (await this.collectCounted()).table;
  }

  /**
   * Carries the query out and says what was read for it.
   *
   * @param options `optimise: false` carries the plan out as it was written
   */
  async collectCounted(
    options: { readonly optimise?: boolean } = {},
  ): Promise<{ readonly table: Table; readonly counts: Readonly<ReadCounts> }> {
    const counts: ReadCounts = { columns: 0, groups: 0, groupsSkipped: 0, bytes: 0 };
    const plan = options.optimise === false ? this.#plan : optimise(this.#plan);
    return { table: await execute(plan, counts), counts };
  }

  #expression(value: unknown, where: string, argument: string): Node {
    if (!(value instanceof Expression))
      throw argumentError(where, argument, value, 'an expression, such as col("a").gt(1)');
    this.#known([...columnsOf(value.node)], where, argument);
    return value.node;
  }

  #known(names: readonly string[], where: string, argument: string): readonly string[] {
    if (!Array.isArray(names)) throw argumentError(where, argument, names, "a name or an array of names");
    const have = this.names;
    for (const name of names) {
      if (have.includes(name)) continue;
      const close = typeof name === "string" ? closestNames(name, have) : [];
      throw valueError(
        where,
        argument,
        `names ${show(name)}, which is no column${close.length > 0 ? `: did it mean ${close.map(show).join(" or ")}?` : ""}`,
      );
    }
    const twice = names.find((name, j) => names.indexOf(name) !== j);
    if (twice !== undefined) throw valueError(where, argument, `holds ${show(twice)} twice`);
    return names.slice();
  }
}

type Entries = readonly (readonly [string, "size" | readonly [string, NamedAggregation]])[];

const AGGREGATIONS: readonly string[] = [
  "count",
  "size",
  "sum",
  "mean",
  "sd",
  "var",
  "min",
  "max",
  "median",
  "nunique",
  "first",
  "last",
];

/** Groups of rows; made by {@link LazyFrame.groupBy}. */
export class LazyGroups {
  readonly #finish: (entries: Entries) => LazyFrame;

  constructor(finish: (entries: Entries) => LazyFrame) {
    this.#finish = finish;
  }

  /** One row per group, ordered by key: the keys and one column per entry, as `GroupedTable.aggregate`. */
  aggregate(
    plan: Readonly<Record<string, "size" | readonly [column: string, how: NamedAggregation]>>,
  ): LazyFrame {
    const where = "LazyGroups.aggregate";
    if (plan === null || typeof plan !== "object") throw argumentError(where, "plan", plan, "an object");
    const entries = Object.entries(plan);
    for (const [name, entry] of entries)
      if (
        entry !== "size" &&
        !(Array.isArray(entry) && typeof entry[0] === "string" && AGGREGATIONS.includes(entry[1]))
      )
        throw argumentError(where, name, entry, `"size" or [column, one of ${AGGREGATIONS.join(", ")}]`);
    return this.#finish(entries);
  }
}
