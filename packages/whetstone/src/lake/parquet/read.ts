import { type Column, type ColumnKind, categoryColumn, closestNames, Table } from "../../data/index.ts";
import { argumentError, formatError, show, valueError } from "../../errors.ts";
import { decodeChunk, numberAt, type Part } from "./decode.ts";
import { type Chunk, type FileColumn, type Metadata, readMetadata, TYPE } from "./metadata.ts";
import { FOOTER_KEY, footerSum, KINDS_KEY, sumPosition } from "./write.ts";

/** A file that can be read in parts: on a disk, behind a URL, in memory. */
export interface ByteFile {
  readonly size: number;
  /** Bytes from `start` up to `end`. */
  read(start: number, end: number): Promise<Uint8Array>;
}

/** What is known of a column in one group of rows without reading it. Dates are in milliseconds. */
export interface ColumnStatistics {
  readonly min: number | string | boolean | null;
  readonly max: number | string | boolean | null;
  /** Missing values; null where the file does not say. */
  readonly missing: number | null;
  /** Bytes in the file. */
  readonly bytes: number;
}

/** What a Parquet file says of one group of its rows, the unit that reading can pass over. */
export interface RowGroup {
  readonly rows: number;
  /** Least and greatest value and missing ones, by name of the column. */
  readonly columns: Readonly<Record<string, ColumnStatistics>>;
}

/** Which part of a Parquet file is read; all of it by default. */
export interface ParquetReadOptions {
  /** Names of the only columns to read, in this order. */
  readonly columns?: readonly string[];
  /** Numbers of the only groups of rows to read. */
  readonly groups?: readonly number[];
  /** Whether columns of text become categories; the file says it for those that this library wrote. */
  readonly kinds?: Readonly<Record<string, "category" | "text">>;
}

/**
 * An Apache Parquet file, open for reading. Only what is asked for is fetched: columns by name, rows by groups.
 *
 * Read are flat columns of BOOLEAN, INT32, INT64, FLOAT, DOUBLE and UTF-8 text, dates and timestamps among them;
 * the encodings PLAIN, RLE and dictionary; data pages of both versions; Snappy, gzip or no compression. Anything
 * else (nested columns, decimals, INT96, Zstandard, ...) is refused with its name when that column is read.
 * Checksums of pages are checked where they are present, as in every file of {@link writeParquet}.
 *
 * @example
 * const file = await ParquetFile.open(writeParquet(Table.fromColumns({ a: [1, 2, 3], b: [4, 5, 6] }), { groupRows: 2 }));
 * const part = await file.read({ columns: ["b"], groups: [1] });
 * part.numbers("b"); // Float64Array [6]
 */
export class ParquetFile {
  /** Names of the columns, in the order of the file. */
  readonly names: readonly string[];
  /** Kind that each column is read as; text that nothing is known of is "text". */
  readonly kinds: Readonly<Record<string, ColumnKind>>;
  readonly rows: number;
  readonly groups: readonly RowGroup[];
  /** Columns whose kind the file says, not only that they are text. */
  readonly #declared: ReadonlySet<string>;
  readonly #source: ByteFile;
  readonly #metadata: Metadata;
  #bytesRead = 0;

  private constructor(source: ByteFile, metadata: Metadata, bytesRead: number, where: string) {
    this.#source = source;
    this.#metadata = metadata;
    this.#bytesRead = bytesRead;
    const { columns } = metadata;
    this.names = columns.map((c) => c.name);
    this.rows = metadata.rows;
    const said = declaredKinds(metadata, where);
    this.#declared = new Set(said.keys());
    this.kinds = record(columns, (c) => said.get(c.name) ?? kindOf(c));
    this.groups = metadata.groups.map((g) => ({
      rows: g.rows,
      columns: record(columns, (c, j) => statisticsOf(c, g.chunks[j], where)),
    }));
  }

  /**
   * Reads the description of a file.
   *
   * @param source bytes, or a file that is read in parts
   * @throws WhetstoneError "format" where it is no Parquet file, or a damaged one
   */
  static async open(source: Uint8Array | ArrayBuffer | ByteFile): Promise<ParquetFile> {
    const where = "ParquetFile.open";
    const file = byteFile(source, where);
    const { size } = file;
    if (size < 12)
      throw formatError(where, `the file has ${size} bytes, which is too short for a Parquet file`);
    const tail = await exactly(file, size - Math.min(size, 65536), size, where);
    const head = await exactly(file, 0, 4, where);
    const magic = (bytes: Uint8Array, at: number) =>
      bytes[at] === 80 && bytes[at + 1] === 65 && bytes[at + 2] === 82 && bytes[at + 3] === 49;
    if (!magic(head, 0))
      throw formatError(where, "the file does not start with PAR1, so it is no Parquet file");
    if (!magic(tail, tail.length - 4))
      throw formatError(where, "the file does not end with PAR1: it is cut off, or encrypted");
    const length = new DataView(tail.buffer, tail.byteOffset + tail.length - 8).getUint32(0, true);
    const start = size - 8 - length;
    if (start < 4) throw formatError(where, "the description at the end of the file is longer than the file");
    const inTail = start - (size - tail.length);
    const footer =
      inTail >= 0 ? tail.subarray(inTail, tail.length - 8) : await exactly(file, start, size - 8, where);
    const metadata = readMetadata(footer, start, where);
    const sum = metadata.keyValues.get(FOOTER_KEY);
    if (sum !== undefined && (sumPosition(footer) < 0 || footerSum(footer) !== sum))
      throw formatError(where, "the checksum of the description at the end of the file is wrong");
    const own = metadata.keyValues.has(KINDS_KEY);
    if (own && sum === undefined)
      throw formatError(where, "the checksum of the description at the end of the file is missing");
    return new ParquetFile(file, metadata, tail.length + (inTail >= 0 ? 0 : footer.length), where);
  }

  /** Checksum of the description, which holds the places of all pages; null in files of others. */
  get checksum(): string | null {
    return this.#metadata.keyValues.get(FOOTER_KEY) ?? null;
  }

  /** Bytes fetched so far, the description included. */
  get bytesRead(): number {
    return this.#bytesRead;
  }

  /** The columns and groups of rows that are asked for, as one table. */
  async read(options: ParquetReadOptions = {}): Promise<Table> {
    return this.#read(options, "ParquetFile.read");
  }

  /** One table for each group of rows; memory holds one of them. */
  async *tables(options: ParquetReadOptions = {}): AsyncGenerator<Table, void, void> {
    const where = "ParquetFile.tables";
    for (const group of this.#groupsOf(options, where))
      yield await this.#read({ ...options, groups: [group] }, where);
  }

  async #read(options: ParquetReadOptions, where: string): Promise<Table> {
    const groups = this.#groupsOf(options, where);
    const { columns: names = this.names, kinds = {} } = options;
    if (!Array.isArray(names)) throw argumentError(where, "columns", names, "an array of names");
    const places = names.map((name: string) => this.#at(name, "columns", where));
    for (const [name, kind] of Object.entries(kinds)) {
      const column = this.#metadata.columns[this.#at(name, "kinds", where)];
      if (kind !== "category" && kind !== "text")
        throw argumentError(where, `kinds.${name}`, kind, '"category" or "text"');
      if (column.type !== TYPE.bytes)
        throw valueError(
          where,
          "kinds",
          `asks for ${kind} in column ${show(name)}, which is ${this.kinds[name]}`,
        );
    }
    const columns: Column[] = [];
    for (const j of places) {
      const column = this.#metadata.columns[j];
      if (column.refusal !== null)
        throw formatError(where, `column ${show(column.name)} ${column.refusal}: leave it out of columns`);
      const parts: Part[] = [];
      for (const g of groups) {
        const chunk = this.#metadata.groups[g].chunks[j];
        const bytes = await exactly(this.#source, chunk.offset, chunk.offset + chunk.bytes, where);
        this.#bytesRead += bytes.length;
        parts.push(await decodeChunk(bytes, chunk, column, where));
      }
      const kind = Object.hasOwn(kinds, column.name) ? kinds[column.name] : this.kinds[column.name];
      columns.push(columnOf(parts, kind));
    }
    const rows = groups.reduce((n, g) => n + this.#metadata.groups[g].rows, 0);
    return new Table(names, columns, rows);
  }

  /** Whether the file says the kind of a column (as those of this library do), and not only that it is text. */
  declares(name: string): boolean {
    return (
      this.#declared.has(name) ||
      this.#metadata.columns[this.#at(name, "name", "ParquetFile.declares")].type !== TYPE.bytes
    );
  }

  #groupsOf({ groups }: ParquetReadOptions, where: string): readonly number[] {
    if (groups === undefined) return this.groups.map((_, g) => g);
    if (!Array.isArray(groups)) throw argumentError(where, "groups", groups, "an array of numbers");
    for (const g of groups)
      if (!(Number.isInteger(g) && g >= 0 && g < this.groups.length))
        throw argumentError(where, "groups", g, `numbers from 0 to ${this.groups.length - 1}`);
    return groups;
  }

  #at(name: string, argument: string, where: string): number {
    const j = this.names.indexOf(name);
    if (j < 0) {
      const close = closestNames(String(name), this.names);
      throw valueError(
        where,
        argument,
        `names ${show(name)}, which the file lacks${close.length > 0 ? `: did it mean ${close.map(show).join(" or ")}?` : ""}`,
      );
    }
    return j;
  }
}

/**
 * Reads an Apache Parquet file; see {@link ParquetFile} for what is read. Text that the file says nothing more of
 * becomes categories where few values are distinct, as in `readCsv`.
 *
 * @example
 * const table = Table.fromColumns({ n: [1, null, 3], city: ["Oslo", "Rome", "Oslo"] });
 * (await readParquet(writeParquet(table))).strings("city"); // ["Oslo", "Rome", "Oslo"]
 */
export async function readParquet(
  source: Uint8Array | ArrayBuffer | ByteFile,
  options: ParquetReadOptions = {},
): Promise<Table> {
  const file = await ParquetFile.open(source);
  const table = await file.read(options);
  const open = table.names.map(
    (name, j) =>
      table.columns[j].kind === "text" && !file.declares(name) && !Object.hasOwn(options.kinds ?? {}, name),
  );
  return new Table(
    table.names,
    table.columns.map((column, j) => (open[j] ? inferred(column) : column)),
    table.rows,
  );
}

function inferred(column: Column): Column {
  return column.kind === "text" ? Table.fromColumns([["c", column.values]]).columns[0] : column;
}

function byteFile(source: unknown, where: string): ByteFile {
  const bytes = source instanceof ArrayBuffer ? new Uint8Array(source) : source;
  if (bytes instanceof Uint8Array)
    return { size: bytes.length, read: (start, end) => Promise.resolve(bytes.subarray(start, end)) };
  const file = bytes as Partial<ByteFile> | null;
  if (typeof file?.read === "function" && Number.isSafeInteger(file.size)) return file as ByteFile;
  throw argumentError(where, "source", source, "bytes or an object with size and read(start, end)");
}

async function exactly(file: ByteFile, start: number, end: number, where: string): Promise<Uint8Array> {
  const bytes = await file.read(start, end);
  if (bytes.length !== end - start)
    throw formatError(where, `the file is cut off: it has no bytes ${start} to ${end}`);
  return bytes;
}

function record<T>(columns: readonly FileColumn[], f: (c: FileColumn, j: number) => T): Record<string, T> {
  // A column may be called "__proto__".
  const out = Object.create(null) as Record<string, T>;
  columns.forEach((c, j) => {
    out[c.name] = f(c, j);
  });
  return out;
}

function kindOf(column: FileColumn): ColumnKind {
  switch (column.meaning) {
    case "boolean":
      return "boolean";
    case "text":
    case "unknown":
      return "text";
    case "number":
    case "unsigned":
      return "number";
    default:
      return "date";
  }
}

function declaredKinds(metadata: Metadata, where: string): Map<string, ColumnKind> {
  const text = metadata.keyValues.get(KINDS_KEY);
  if (text === undefined) return new Map();
  try {
    const kinds = new Map(JSON.parse(text) as [string, ColumnKind][]);
    const fits = (c: FileColumn) =>
      kinds.get(c.name) === kindOf(c) || (kindOf(c) === "text" && kinds.get(c.name) === "category");
    if (kinds.size === metadata.columns.length && metadata.columns.every(fits)) return kinds;
  } catch {
    // The sentence below says it.
  }
  throw formatError(where, `the entry ${KINDS_KEY} of the file does not fit its columns`);
}

function statisticsOf(column: FileColumn, chunk: Chunk, where: string): ColumnStatistics {
  const value = (bytes: Uint8Array | null): number | string | boolean | null => {
    if (bytes === null || column.refusal !== null) return null;
    const { type } = column;
    if (type === TYPE.boolean) return bytes.length === 1 ? bytes[0] === 1 : null;
    if (type === TYPE.bytes) {
      try {
        return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
      } catch {
        return null; // a bound that was cut within a character
      }
    }
    if (bytes.length !== (type === TYPE.int32 || type === TYPE.float ? 4 : 8)) return null;
    try {
      const v = numberAt(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 0, column, where);
      return Number.isNaN(v) ? null : v;
    } catch {
      return null; // beyond 2^53
    }
  };
  return { min: value(chunk.min), max: value(chunk.max), missing: chunk.nulls, bytes: chunk.bytes };
}

/** Joins the parts of a column from several groups. */
function columnOf(parts: readonly Part[], kind: ColumnKind): Column {
  if (kind === "category") return categories(parts);
  if (kind === "text") return { kind, values: parts.flatMap(textsOf) };
  const total = parts.reduce((n, p) => n + (p.form === "numbers" ? p.values.length : 0), 0);
  const values = new Float64Array(total);
  let at = 0;
  for (const part of parts) {
    if (part.form !== "numbers") continue;
    values.set(part.values, at);
    at += part.values.length;
  }
  if (kind === "boolean")
    return { kind, values: Uint8Array.from(values, (v) => (Number.isNaN(v) ? 255 : v)) };
  return { kind: kind as "number" | "date", values };
}

function textsOf(part: Part): (string | null)[] {
  if (part.form === "texts") return part.values;
  if (part.form === "words") return Array.from(part.codes, (code) => (code < 0 ? null : part.words[code]));
  return [];
}

/** Lists of words of all parts become one, in order of appearance; without a dictionary they are sorted. */
function categories(parts: readonly Part[]): Column {
  if (parts.some((p) => p.form === "texts")) return categoryColumn(parts.flatMap(textsOf));
  const codeOf = new Map<string, number>();
  const lists: Int32Array[] = [];
  for (const part of parts) {
    if (part.form !== "words") continue;
    for (const word of part.words) if (!codeOf.has(word)) codeOf.set(word, codeOf.size);
    const map = part.words.map((word) => codeOf.get(word)!);
    lists.push(part.codes.map((code) => (code < 0 ? -1 : map[code])));
  }
  const codes = new Int32Array(lists.reduce((n, l) => n + l.length, 0));
  let at = 0;
  for (const list of lists) {
    codes.set(list, at);
    at += list.length;
  }
  return { kind: "category", codes, categories: [...codeOf.keys()] };
}
