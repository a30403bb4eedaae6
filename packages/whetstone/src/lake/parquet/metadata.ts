import { formatError, show } from "../../errors.ts";
import { type Thrift, ThriftError, ThriftReader, type ThriftStruct, ThriftWriter } from "./thrift.ts";

/** Physical types, encodings, codecs and page kinds by their numbers in the format's definition. */
export const TYPE = {
  boolean: 0,
  int32: 1,
  int64: 2,
  int96: 3,
  float: 4,
  double: 5,
  bytes: 6,
  fixed: 7,
} as const;
export const ENCODING = { plain: 0, plainDictionary: 2, rle: 3, rleDictionary: 8 } as const;
export const CODEC = { none: 0, snappy: 1, gzip: 2 } as const;
export const PAGE = { data: 0, dictionary: 2, dataV2: 3 } as const;

/** How the values of a column are meant. */
export type Meaning =
  | "number"
  | "unsigned"
  | "boolean"
  | "text"
  | "days"
  | "milliseconds"
  | "microseconds"
  | "nanoseconds"
  /** Something this reader does not know. */
  | "unknown";

/** A column as the file declares it. */
export interface FileColumn {
  readonly name: string;
  readonly type: number;
  readonly optional: boolean;
  readonly meaning: Meaning;
  /** Why the column cannot be read, or null. */
  readonly refusal: string | null;
}

/** The part of a column that lies in one group of rows. */
export interface Chunk {
  readonly codec: number;
  readonly encodings: readonly number[];
  readonly values: number;
  /** First byte of its first page. */
  readonly offset: number;
  /** Bytes of all its pages. */
  readonly bytes: number;
  readonly hasDictionary: boolean;
  /** As the file holds them: plain bytes of one value. */
  readonly min: Uint8Array | null;
  readonly max: Uint8Array | null;
  readonly nulls: number | null;
}

export interface Metadata {
  readonly columns: readonly FileColumn[];
  readonly rows: number;
  readonly groups: readonly { readonly rows: number; readonly chunks: readonly Chunk[] }[];
  readonly keyValues: ReadonlyMap<string, string>;
}

/** Reads structs of the metadata and says in a sentence what is wrong with them. */
export function readStruct(bytes: Uint8Array, position: number, what: string, where: string) {
  const reader = new ThriftReader(bytes, position);
  try {
    return { fields: reader.struct(), end: reader.position };
  } catch (error) {
    if (error instanceof ThriftError) throw formatError(where, `the ${what} is damaged: ${error.message}`);
    throw error;
  }
}

/** Typed access to a struct; anything else than what is expected is damage. */
export class Fields {
  readonly #fields: ThriftStruct;
  readonly #what: string;
  readonly #where: string;

  constructor(fields: ThriftStruct, what: string, where: string) {
    this.#fields = fields;
    this.#what = what;
    this.#where = where;
  }
  has(id: number): boolean {
    return this.#fields.has(id);
  }
  count(id: number): number {
    const v = this.#fields.get(id);
    if (typeof v !== "number" || !Number.isSafeInteger(v) || v < 0) throw this.#damage(id);
    return v;
  }
  countOr<T>(id: number, otherwise: T): number | T {
    return this.has(id) ? this.count(id) : otherwise;
  }
  int(id: number): number {
    const v = this.#fields.get(id);
    if (typeof v !== "number") throw this.#damage(id);
    return v;
  }
  flag(id: number, otherwise: boolean): boolean {
    const v = this.#fields.get(id) ?? otherwise;
    if (typeof v !== "boolean") throw this.#damage(id);
    return v;
  }
  bytes(id: number): Uint8Array {
    const v = this.#fields.get(id);
    if (!(v instanceof Uint8Array)) throw this.#damage(id);
    return v;
  }
  text(id: number): string {
    return this.#decode(this.bytes(id), id);
  }
  struct(id: number): Fields {
    return this.#nested(this.#fields.get(id), id);
  }
  structs(id: number): Fields[] {
    return this.#list(id).map((v) => this.#nested(v, id));
  }
  numbers(id: number): number[] {
    return this.#list(id).map((v) => {
      if (typeof v !== "number") throw this.#damage(id);
      return v;
    });
  }
  texts(id: number): string[] {
    return this.#list(id).map((v) => {
      if (!(v instanceof Uint8Array)) throw this.#damage(id);
      return this.#decode(v, id);
    });
  }
  #list(id: number): Thrift[] {
    const v = this.#fields.get(id);
    if (!Array.isArray(v)) throw this.#damage(id);
    return v;
  }
  #nested(v: Thrift | undefined, id: number): Fields {
    if (!(v instanceof Map)) throw this.#damage(id);
    return new Fields(v, this.#what, this.#where);
  }
  #decode(bytes: Uint8Array, id: number): string {
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      throw this.#damage(id);
    }
  }
  #damage(id: number): Error {
    return formatError(
      this.#where,
      `the ${this.#what} is damaged: field ${id} of a struct is missing or wrong`,
    );
  }
}

/** Reads the footer. */
export function readMetadata(footer: Uint8Array, dataEnd: number, where: string): Metadata {
  const what = "description at the end of the file";
  const { fields } = readStruct(footer, 0, what, where);
  const file = new Fields(fields, what, where);
  const [root, ...elements] = file.structs(2);
  const damaged = (sentence: string) => formatError(where, `the ${what} is damaged: ${sentence}`);
  if (root === undefined) throw damaged("it has no schema");
  if (elements.some((e) => e.has(5) && e.count(5) > 0))
    throw formatError(where, "the file has nested columns (lists, maps or structs), which are not read");
  if (root.count(5) !== elements.length)
    throw damaged("the schema has another number of columns than it says");
  const columns = elements.map(readColumn);
  const seen = new Set<string>();
  for (const { name } of columns) {
    if (seen.has(name)) throw damaged(`the column ${show(name)} is there twice`);
    seen.add(name);
  }
  const groups = file.structs(4).map((group) => {
    const rows = group.count(3);
    const chunks = group.structs(1).map((c, j) => {
      const chunk = readChunk(c.struct(3));
      const column = columns[j];
      const meta = c.struct(3);
      if (column === undefined || meta.int(1) !== column.type || meta.texts(3).join(".") !== column.name)
        throw damaged("its columns are not those of the schema");
      if (chunk.offset < 4 || chunk.offset + chunk.bytes > dataEnd)
        throw damaged(`column ${show(column.name)} lies outside the file`);
      if (chunk.values !== rows)
        throw damaged(`column ${show(column.name)} has ${chunk.values} values in a group of ${rows} rows`);
      return chunk;
    });
    if (chunks.length !== columns.length) throw damaged("a group of rows lacks a column");
    return { rows, chunks };
  });
  const rows = groups.reduce((n, g) => n + g.rows, 0);
  if (rows !== file.count(3)) throw damaged(`it says ${file.count(3)} rows and lists ${rows}`);
  const keyValues = new Map<string, string>();
  if (file.has(5)) for (const kv of file.structs(5)) keyValues.set(kv.text(1), kv.has(2) ? kv.text(2) : "");
  return { columns, rows, groups, keyValues };
}

function readChunk(meta: Fields): Chunk {
  const dataOffset = meta.count(9);
  const dictionaryOffset = meta.countOr(11, 0);
  // Some writers put a zero where there is no dictionary.
  const hasDictionary = dictionaryOffset > 0 && dictionaryOffset < dataOffset;
  const statistics = meta.has(12) ? meta.struct(12) : null;
  // A group without rows may have a dictionary and no page of data, whose place is then 0.
  const empty = meta.count(5) === 0;
  return {
    codec: meta.count(4),
    encodings: meta.numbers(2),
    values: meta.count(5),
    offset: empty ? 4 : hasDictionary ? dictionaryOffset : dataOffset,
    bytes: empty ? 0 : meta.count(7),
    hasDictionary,
    min: statistics?.has(6) ? statistics.bytes(6) : null,
    max: statistics?.has(5) ? statistics.bytes(5) : null,
    nulls: statistics?.countOr(3, null) ?? null,
  };
}

const NAMES = ["BOOLEAN", "INT32", "INT64", "INT96", "FLOAT", "DOUBLE", "BYTE_ARRAY", "FIXED_LEN_BYTE_ARRAY"];

function readColumn(element: Fields): FileColumn {
  const type = element.int(1);
  const repetition = element.countOr(3, 0);
  const converted = element.countOr(6, null);
  const logical = element.has(10) ? element.struct(10) : null;
  const meaning = meaningOf(type, converted, logical);
  const refusal =
    repetition > 1
      ? "is repeated (a list in each row)"
      : meaning === "unknown"
        ? `holds ${NAMES[type] ?? `type ${type}`} with a meaning that is not read${converted === null ? "" : ` (converted type ${converted})`}`
        : null;
  return { name: element.text(4), type, optional: repetition === 1, meaning, refusal };
}

function meaningOf(type: number, converted: number | null, logical: Fields | null): Meaning {
  if (type === TYPE.boolean) return "boolean";
  if (type === TYPE.float || type === TYPE.double) return "number";
  if (type === TYPE.bytes)
    return logical?.has(1) ||
      logical?.has(4) ||
      logical?.has(12) ||
      converted === 0 ||
      converted === 4 ||
      converted === 19
      ? "text"
      : "unknown";
  if (type !== TYPE.int32 && type !== TYPE.int64) return "unknown";
  if (logical?.has(8)) {
    const unit = logical.struct(8).struct(2);
    return unit.has(1) ? "milliseconds" : unit.has(2) ? "microseconds" : "nanoseconds";
  }
  if (logical?.has(6) || converted === 6) return "days";
  if (converted === 9) return "milliseconds";
  if (converted === 10) return "microseconds";
  if (logical?.has(10)) return logical.struct(10).flag(2, true) ? "number" : "unsigned";
  if (converted !== null && converted >= 11 && converted <= 14) return "unsigned";
  // Scaled decimals and times of the day have a meaning that a plain number would lose.
  if (logical?.has(5) || logical?.has(7) || converted === 5 || converted === 7 || converted === 8)
    return "unknown";
  return "number";
}

/** What the writer puts into the footer for one chunk. */
export interface WrittenChunk {
  readonly encodings: readonly number[];
  readonly codec: number;
  readonly dictionaryOffset: number | null;
  readonly dataOffset: number;
  readonly plainBytes: number;
  readonly bytes: number;
  readonly min: Uint8Array | null;
  readonly max: Uint8Array | null;
  readonly nulls: number;
}

export interface WrittenColumn {
  readonly name: string;
  readonly type: number;
  readonly meaning: Meaning;
}

/** The footer of a file. */
export function writeMetadata(
  columns: readonly WrittenColumn[],
  groups: readonly { readonly rows: number; readonly chunks: readonly WrittenChunk[] }[],
  keyValues: ReadonlyMap<string, string>,
): Uint8Array {
  const w = new ThriftWriter();
  w.i32(1, 2);
  const elements: (WrittenColumn | null)[] = [null, ...columns];
  w.structs(2, elements, (c) => {
    if (c === null) {
      w.text(4, "schema").i32(5, columns.length);
      return;
    }
    w.i32(1, c.type).i32(3, 1).text(4, c.name);
    if (c.meaning === "text") w.i32(6, 0).begin(10).begin(1).end().end();
    if (c.meaning === "milliseconds") {
      w.i32(6, 9).begin(10).begin(8).bool(1, true).begin(2).begin(1).end().end().end().end();
    }
  });
  w.i64(
    3,
    groups.reduce((n, g) => n + g.rows, 0),
  );
  w.structs(4, groups, ({ rows, chunks }) => {
    w.structs(
      1,
      chunks.map((chunk, j) => ({ chunk, column: columns[j] })),
      ({ chunk, column }) => {
        w.i64(2, 0).begin(3);
        w.i32(1, column.type).numbers(2, chunk.encodings).texts(3, [column.name]).i32(4, chunk.codec);
        w.i64(5, rows).i64(6, chunk.plainBytes).i64(7, chunk.bytes).i64(9, chunk.dataOffset);
        if (chunk.dictionaryOffset !== null) w.i64(11, chunk.dictionaryOffset);
        w.begin(12).i64(3, chunk.nulls);
        if (chunk.max !== null) w.binary(5, chunk.max);
        if (chunk.min !== null) w.binary(6, chunk.min);
        w.end().end();
      },
    );
    w.i64(
      2,
      chunks.reduce((n, c) => n + c.plainBytes, 0),
    ).i64(3, rows);
    w.i64(
      6,
      chunks.reduce((n, c) => n + c.bytes, 0),
    );
  });
  w.structs(5, [...keyValues], ([key, value]) => {
    w.text(1, key).text(2, value);
  });
  w.text(6, "whetstone");
  // Without this, readers do not trust the smallest and largest values.
  w.structs(7, columns, () => {
    w.begin(1).end();
  });
  return w.end().finish();
}
