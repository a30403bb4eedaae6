import { type Column, type ColumnKind, closestNames, Table } from "../../data/index.ts";
import { argumentError, formatError, show, valueError, WhetstoneError } from "../../errors.ts";
import { ParquetFile, writeParquet } from "../parquet/index.ts";
import { rowsWhere } from "../query/evaluate.ts";
import { columnsOf, Expression } from "../query/expression.ts";
import { LazyFrame } from "../query/index.ts";
import { mayHold } from "../query/prune.ts";
import { filesSource, requireTable } from "../query/source.ts";
import {
  applied,
  type Commit,
  type DataFile,
  readCommit,
  type Snapshot,
  snapshotAt,
  versionsIn,
  writeCheckpoint,
  writeCommit,
} from "./log.ts";
import type { Store } from "./store.ts";

/** The clock and the files of a versioned table. */
export interface VersionedTableOptions {
  /** Tells the time of commits in milliseconds since 1970; `Date.now` by default. */
  readonly clock?: () => number;
  /** Most rows in a group of a data file; see `writeParquet`. */
  readonly groupRows?: number;
}

/** Which state of a table is meant; the latest by default. */
export interface VersionOptions {
  readonly version?: number;
  /** The state at this time: the last version that is not later. */
  readonly timestamp?: Date;
}

/** What a commit is built on. */
export interface CommitOptions {
  /**
   * Commit only if this is still the latest version. Without it, a commit that was overtaken is tried again on
   * the new state.
   */
  readonly expectVersion?: number;
}

/** One line of {@link VersionedTable.history}. */
export interface HistoryEntry {
  readonly version: number;
  readonly timestamp: Date;
  readonly operation: Commit["operation"];
  readonly rowsAdded: number;
  readonly filesAdded: number;
  readonly filesRemoved: number;
}

const MOST_TRIES = 100;
type Draft = Omit<Commit, "version" | "timestamp">;

/**
 * A table of which every earlier state can be read again. Rows lie in Parquet files that never change; a log of
 * numbered commits says which files make up each version. A commit is one file that is created under the next
 * number where nobody else has: it is there as a whole or not at all, so a writer that dies halfway leaves the last
 * version as it was, and of two writers one wins and the other tries again on the new state (optimistic
 * concurrency; Armbrust et al. 2020, Delta Lake, VLDB 13(12), section 3). The files are this library's own: Delta
 * Lake does not read them.
 *
 * @example
 * const store = memoryStore();
 * const sales = await VersionedTable.create(store, Table.fromColumns({ city: ["Oslo", "Rome"], price: [3, 5] }));
 * await sales.append(Table.fromColumns({ city: ["Rome"], price: [8] })); // 1
 * await sales.delete(col("city").eq("Oslo")); // 2
 * (await sales.read({ version: 1 })).numbers("price"); // Float64Array [3, 5, 8]
 */
export class VersionedTable {
  readonly #store: Store;
  readonly #clock: () => number;
  readonly #groupRows: number | undefined;

  private constructor(store: Store, options: VersionedTableOptions) {
    this.#store = store;
    this.#clock = options.clock ?? Date.now;
    this.#groupRows = options.groupRows;
  }

  /** Makes version 0 of a new table, with the columns and rows of `table`. */
  static async create(
    store: Store,
    table: Table,
    options: VersionedTableOptions = {},
  ): Promise<VersionedTable> {
    const where = "VersionedTable.create";
    checkStore(store, where);
    requireTable(table, where);
    const made = new VersionedTable(store, options);
    if ((await versionsIn(store)).commits.length > 0)
      throw formatError(where, "the store holds a table already");
    const draft: Draft = {
      operation: "create",
      schema: schemaOf(table),
      add: await made.#write(table, 0),
      remove: [],
    };
    if (!(await writeCommit(store, { ...draft, version: 0, timestamp: made.#clock() })))
      throw conflict(where, "another writer has created the table at the same time: open it");
    return made;
  }

  /** Opens a table that is there. */
  static async open(store: Store, options: VersionedTableOptions = {}): Promise<VersionedTable> {
    const where = "VersionedTable.open";
    checkStore(store, where);
    if ((await versionsIn(store)).commits.length === 0) throw formatError(where, "the store holds no table");
    return new VersionedTable(store, options);
  }

  /** Number of the latest version. */
  async version(): Promise<number> {
    return (await this.#latest("VersionedTable.version")).version;
  }

  /** The commits, the oldest first. */
  async history(): Promise<HistoryEntry[]> {
    const where = "VersionedTable.history";
    const entries: HistoryEntry[] = [];
    for (const v of (await versionsIn(this.#store)).commits) {
      const c = await readCommit(this.#store, v, where);
      entries.push({
        version: v,
        timestamp: new Date(c.timestamp),
        operation: c.operation,
        rowsAdded: c.add.reduce((n, f) => n + f.rows, 0),
        filesAdded: c.add.length,
        filesRemoved: c.remove.length,
      });
    }
    return entries;
  }

  /** All rows of a version, or some of its columns. */
  async read(options: VersionOptions & { readonly columns?: readonly string[] } = {}): Promise<Table> {
    const frame = await this.scan(options);
    return (options.columns === undefined ? frame : frame.select(options.columns)).collect();
  }

  /** A query over the rows of a version; files and groups of rows that cannot matter are not read. */
  async scan(options: VersionOptions = {}): Promise<LazyFrame> {
    const where = "VersionedTable.read";
    const state = await this.#state(options, where);
    const names = state.schema.map(([name]) => name);
    if (state.files.length === 0) return LazyFrame.fromTable(emptyTable(state.schema));
    const files = await Promise.all(state.files.map((f) => this.#open(f, where)));
    const rows = state.files.reduce((n, f) => n + f.rows, 0);
    return LazyFrame.fromSource(
      filesSource(files, `version ${state.version}, ${rows} rows in ${files.length} files`, names),
    );
  }

  /** Adds rows at the end. Their columns must be those of the table, in any order. Gives the new version. */
  append(table: Table, options: CommitOptions = {}): Promise<number> {
    const where = "VersionedTable.append";
    requireTable(table, where);
    return this.#commit(where, options, async (state) => {
      const rows = conform(table, state.schema, where);
      return {
        operation: "append",
        schema: null,
        add: await this.#write(rows, state.version + 1),
        remove: [],
      };
    });
  }

  /**
   * Puts these rows in place of all others. Gives the new version.
   *
   * @param options `replaceSchema: true` takes the columns of `table` whatever they were before
   */
  overwrite(
    table: Table,
    options: CommitOptions & { readonly replaceSchema?: boolean } = {},
  ): Promise<number> {
    const where = "VersionedTable.overwrite";
    requireTable(table, where);
    return this.#commit(where, options, async (state) => {
      const rows = options.replaceSchema ? table : conform(table, state.schema, where);
      return {
        operation: "overwrite",
        schema: options.replaceSchema ? schemaOf(table) : null,
        add: await this.#write(rows, state.version + 1),
        remove: state.files.map((f) => f.path),
      };
    });
  }

  /**
   * Takes out the rows for which the condition is true. Files without such rows stay as they are; the others are
   * written again without them. Gives the new version, or the present one where no row is taken out.
   */
  delete(condition: Expression, options: CommitOptions = {}): Promise<number> {
    const where = "VersionedTable.delete";
    if (!(condition instanceof Expression))
      throw argumentError(where, "condition", condition, 'an expression, such as col("a").gt(1)');
    const { node } = condition;
    return this.#commit(where, options, async (state) => {
      for (const name of columnsOf(node)) requireColumn(name, state.schema, where, "condition");
      const add: DataFile[] = [];
      const remove: string[] = [];
      for (const entry of state.files) {
        const file = await this.#open(entry, where);
        if (!file.groups.some((group) => mayHold(node, group))) continue;
        const table = await file.read();
        const out = rowsWhere(node, table, where);
        if (out.length === 0) continue;
        remove.push(entry.path);
        const keep = new Uint8Array(table.rows).fill(1);
        for (const row of out) keep[row] = 0;
        const written = await this.#write(table.filter(keep), state.version + 1);
        add.push(...written.map((f) => ({ ...f, inPlaceOf: entry.path })));
      }
      return remove.length === 0 ? null : { operation: "delete", schema: null, add, remove };
    });
  }

  /**
   * Removes files that none of the last versions needs; versions before those can no longer be read. Not to be
   * called while a writer is at work that began before the versions that are kept.
   *
   * @param options `keepVersions`: how many of the latest versions stay readable, 1 or more
   * @returns the names of the removed files
   */
  async vacuum(options: { readonly keepVersions: number }): Promise<string[]> {
    const where = "VersionedTable.vacuum";
    const keep = options?.keepVersions;
    if (!(Number.isSafeInteger(keep) && keep >= 1))
      throw argumentError(where, "keepVersions", keep, "an integer >= 1");
    const latest = await this.#latest(where);
    const oldest = Math.max(0, latest.version - keep + 1);
    const needed = new Set<string>();
    let state: Snapshot | null =
      oldest === latest.version ? latest : await snapshotAt(this.#store, oldest, where);
    for (let v = oldest; ; v++) {
      for (const file of state.files) needed.add(file.path);
      if (v === latest.version) break;
      state = applied(state, await readCommit(this.#store, v + 1, where));
    }
    const removed: string[] = [];
    for (const path of (await this.#store.list("data/")).sort()) {
      // A file of a later version may belong to a commit that is just being made.
      const version = Number(/^data\/(\d+)-/.exec(path)?.[1] ?? Number.POSITIVE_INFINITY);
      if (needed.has(path) || version > latest.version) continue;
      await this.#store.remove(path);
      removed.push(path);
    }
    return removed;
  }

  async #latest(where: string): Promise<Snapshot> {
    const { commits } = await versionsIn(this.#store);
    const last = commits.at(-1);
    if (last === undefined) throw formatError(where, "the store holds no table");
    return snapshotAt(this.#store, last, where);
  }

  async #state({ version, timestamp }: VersionOptions, where: string): Promise<Snapshot> {
    const { commits } = await versionsIn(this.#store);
    const last = commits.at(-1) ?? -1;
    if (version !== undefined) {
      if (timestamp !== undefined)
        throw argumentError(where, "timestamp", timestamp, "a version or a timestamp, not both");
      if (!(Number.isSafeInteger(version) && version >= 0 && version <= last))
        throw argumentError(where, "version", version, `an integer from 0 to ${last}`);
      return snapshotAt(this.#store, version, where);
    }
    if (timestamp === undefined) return this.#latest(where);
    if (!(timestamp instanceof Date) || Number.isNaN(timestamp.getTime()))
      throw argumentError(where, "timestamp", timestamp, "a Date");
    // Times of commits rise, so the last one in time is found by halving.
    let low = 0;
    let high = last;
    const time = async (v: number) => (await readCommit(this.#store, v, where)).timestamp;
    const first = await time(0);
    if (timestamp.getTime() < first)
      throw argumentError(
        where,
        "timestamp",
        timestamp.toISOString(),
        `not before ${new Date(first).toISOString()}, when the table was created`,
      );
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((await time(middle)) <= timestamp.getTime()) low = middle;
      else high = middle - 1;
    }
    return snapshotAt(this.#store, low, where);
  }

  /** Makes the change on the latest state and commits it, again and again until nobody is faster. */
  async #commit(
    where: string,
    { expectVersion }: CommitOptions,
    change: (state: Snapshot) => Promise<Draft | null>,
  ): Promise<number> {
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const state = await this.#latest(where);
      if (expectVersion !== undefined && expectVersion !== state.version)
        throw await this.#overtaken(where, expectVersion, state.version);
      const draft = await change(state);
      if (draft === null) return state.version;
      const commit: Commit = {
        ...draft,
        version: state.version + 1,
        timestamp: Math.max(this.#clock(), state.timestamp + 1),
      };
      if (await writeCommit(this.#store, commit)) {
        await writeCheckpoint(this.#store, applied(state, commit));
        return commit.version;
      }
      // Nobody knows of the files yet, and the next try writes its own.
      for (const file of draft.add) await this.#store.remove(file.path);
    }
    throw conflict(
      where,
      `other writers were faster ${MOST_TRIES} times: try again when fewer of them write`,
    );
  }

  async #overtaken(where: string, expected: number, latest: number): Promise<Error> {
    if (expected > latest || !Number.isSafeInteger(expected) || expected < 0)
      return argumentError(where, "expectVersion", expected, `a version from 0 to ${latest}`);
    const { operation } = await readCommit(this.#store, expected + 1, where);
    return conflict(
      where,
      `version ${expected + 1} (${operation}) was committed by another writer after version ${expected} was read: read version ${latest} and decide again`,
    );
  }

  /** Writes rows into a new file under a name that is still free. */
  async #write(table: Table, version: number): Promise<DataFile[]> {
    if (table.rows === 0) return [];
    const bytes = writeParquet(table, this.#groupRows === undefined ? {} : { groupRows: this.#groupRows });
    const { checksum } = await ParquetFile.open(bytes);
    for (let k = 0; ; k++) {
      const path = `data/${String(version).padStart(12, "0")}-${k}.parquet`;
      if (await this.#store.create(path, bytes))
        return [{ path, rows: table.rows, bytes: bytes.length, sum: checksum! }];
    }
  }

  async #open(entry: DataFile, where: string): Promise<ParquetFile> {
    const file = await this.#store.open(entry.path);
    if (file === null)
      throw formatError(
        where,
        `the file ${entry.path} is gone: this version was given up by vacuum, or the store is damaged`,
      );
    const opened = file.size === entry.bytes ? await ParquetFile.open(file) : null;
    if (opened === null || opened.checksum !== entry.sum)
      throw formatError(
        where,
        `the file ${entry.path} is not the one that the log names: the store is damaged`,
      );
    return opened;
  }
}

function checkStore(store: unknown, where: string): void {
  const s = store as Partial<Store> | null;
  const whole = ["create", "read", "open", "list", "remove"].every(
    (name) => typeof s?.[name as keyof Store] === "function",
  );
  if (!whole) throw argumentError(where, "store", store, "a store, such as memoryStore()");
}

function conflict(where: string, sentence: string): WhetstoneError {
  return new WhetstoneError("conflict", { where }, sentence);
}

type Schema = Snapshot["schema"];

function schemaOf(table: Table): Schema {
  return table.names.map((name, j) => [name, table.columns[j].kind] as const);
}

/** The rows with the columns of the table, in its order; anything else is refused. */
function conform(table: Table, schema: Schema, where: string): Table {
  for (const name of table.names) requireColumn(name, schema, where, "table");
  for (const [name, kind] of schema) {
    if (!table.has(name)) throw valueError(where, "table", `lacks the column ${show(name)} (${kind})`);
    if (table.kind(name) !== kind)
      throw valueError(
        where,
        "table",
        `holds ${table.kind(name)} values in column ${show(name)}, expected ${kind}`,
      );
  }
  return table.select(schema.map(([name]) => name));
}

function requireColumn(name: string, schema: Schema, where: string, argument: string): void {
  const names = schema.map(([n]) => n);
  if (names.includes(name)) return;
  const close = closestNames(name, names);
  throw valueError(
    where,
    argument,
    `has the column ${show(name)}, which the versioned table lacks${close.length > 0 ? `: did it mean ${close.map(show).join(" or ")}?` : ""}`,
  );
}

function emptyTable(schema: Schema): Table {
  const column = (kind: ColumnKind): Column => {
    if (kind === "category") return { kind, codes: new Int32Array(0), categories: [] };
    if (kind === "text") return { kind, values: [] };
    if (kind === "boolean") return { kind, values: new Uint8Array(0) };
    return { kind, values: new Float64Array(0) };
  };
  return new Table(
    schema.map(([name]) => name),
    schema.map(([, kind]) => column(kind)),
    0,
  );
}
