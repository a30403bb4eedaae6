import { type Column, type ColumnKind, Table } from "../../data/index.ts";
import { argumentError, show, valueError } from "../../errors.ts";
import { crc32 } from "./crc32.ts";
import { encodeHybrid } from "./hybrid.ts";
import {
  CODEC,
  ENCODING,
  PAGE,
  TYPE,
  type WrittenChunk,
  type WrittenColumn,
  writeMetadata,
} from "./metadata.ts";
import { snappy } from "./snappy.ts";
import { ThriftWriter } from "./thrift.ts";

/** How numbers of a column are stored. */
export type NumberType = "double" | "float" | "int32" | "int64";

/** How a table is laid out in a Parquet file. */
export interface ParquetWriteOptions {
  /** Most rows in a group, the unit that reading can pass over; 65,536 by default. */
  readonly groupRows?: number;
  /** `"snappy"` by default. */
  readonly compression?: "snappy" | "none";
  /** Types of number columns by name, `"double"` by default. Values that a type cannot hold are refused. */
  readonly types?: Readonly<Record<string, NumberType>>;
}

/** Names of what this library adds to a file; other readers pass over it. */
export const KINDS_KEY = "whetstone.kinds";
export const FOOTER_KEY = "whetstone.footer";
const NO_SUM = "00000000";
const MAGIC = [80, 65, 82, 49]; // PAR1
/** Longer texts are no bounds: the footer would grow with them. */
const LONGEST_BOUND = 64;

/**
 * A table as the bytes of an Apache Parquet file. Numbers are DOUBLE (or as `types` says), dates TIMESTAMP in
 * milliseconds (UTC), text and categories STRING (categories with their list as dictionary, in its order),
 * booleans BOOLEAN. Missing values are nulls. Every page has a checksum, every group of rows the smallest and
 * largest value of each column, and the footer says which columns are categories, so that {@link readParquet}
 * gives the same table back.
 *
 * @throws WhetstoneError "value" where a value does not fit its type
 * @example
 * const bytes = writeParquet(Table.fromColumns({ n: [1, null], city: ["Oslo", "Rome"] }));
 * bytes.subarray(0, 4); // Uint8Array [80, 65, 82, 49]
 */
export function writeParquet(table: Table, options: ParquetWriteOptions = {}): Uint8Array {
  const where = "writeParquet";
  if (!(table instanceof Table)) throw argumentError(where, "table", table, "a Table");
  if (options === null || typeof options !== "object")
    throw argumentError(where, "options", options, "an object");
  const { groupRows = 65536, compression = "snappy", types = {} } = options;
  if (!(Number.isSafeInteger(groupRows) && groupRows >= 1 && groupRows <= 2 ** 24))
    throw argumentError(where, "groupRows", groupRows, "an integer from 1 to 16,777,216");
  if (compression !== "snappy" && compression !== "none")
    throw argumentError(where, "compression", compression, '"snappy" or "none"');
  const columns = table.names.map((name, j) => plan(name, table.columns[j], types, where));
  for (const name of Object.keys(types))
    if (!table.has(name) || table.kind(name) !== "number")
      throw valueError(where, "types", `names ${show(name)}, which is no number column of the table`);

  const out = new Bytes();
  out.push(Uint8Array.from(MAGIC));
  const groups: { rows: number; chunks: WrittenChunk[] }[] = [];
  for (let from = 0; from < table.rows; from += groupRows) {
    const to = Math.min(table.rows, from + groupRows);
    const chunks = columns.map((column, j) =>
      writeChunk(out, column, table.columns[j], from, to, compression),
    );
    groups.push({ rows: to - from, chunks });
  }
  const kinds = Object.fromEntries(table.names.map((name, j) => [name, table.columns[j].kind]));
  const footer = writeMetadata(
    columns,
    groups,
    new Map([
      [KINDS_KEY, JSON.stringify(Object.entries(kinds))],
      [FOOTER_KEY, NO_SUM],
    ]),
  );
  footer.set(new TextEncoder().encode(footerSum(footer)), sumPosition(footer));
  out.push(footer);
  const tail = new Uint8Array(8);
  new DataView(tail.buffer).setInt32(0, footer.length, true);
  tail.set(MAGIC, 4);
  out.push(tail);
  return out.joined();
}

/** Place of the footer's own checksum in it, or -1. */
export function sumPosition(footer: Uint8Array): number {
  const key = new TextEncoder().encode(FOOTER_KEY);
  for (let i = footer.length - key.length - 10; i >= 0; i--) {
    let k = 0;
    while (k < key.length && footer[i + k] === key[k]) k++;
    // The head of the field and the length of the value stand between.
    if (k === key.length) return i + k + 2;
  }
  return -1;
}

/** Checksum of a footer, taken with eight zeros in its own place. */
export function footerSum(footer: Uint8Array): string {
  const plain = footer.slice();
  plain.set(new TextEncoder().encode(NO_SUM), sumPosition(footer));
  return (crc32(plain) >>> 0).toString(16).padStart(8, "0");
}

interface PlannedColumn extends WrittenColumn {
  readonly kind: ColumnKind;
  readonly where: string;
}

const NUMBER_TYPES: Readonly<Record<NumberType, number>> = {
  double: TYPE.double,
  float: TYPE.float,
  int32: TYPE.int32,
  int64: TYPE.int64,
};

function plan(
  name: string,
  column: Column,
  types: Readonly<Record<string, NumberType>>,
  where: string,
): PlannedColumn {
  const { kind } = column;
  switch (kind) {
    case "number": {
      const asked = Object.hasOwn(types, name) ? types[name] : "double";
      if (!Object.hasOwn(NUMBER_TYPES, asked))
        throw argumentError(where, `types.${name}`, asked, `one of ${Object.keys(NUMBER_TYPES).join(", ")}`);
      return { name, kind, where, type: NUMBER_TYPES[asked], meaning: "number" };
    }
    case "date":
      return { name, kind, where, type: TYPE.int64, meaning: "milliseconds" };
    case "boolean":
      return { name, kind, where, type: TYPE.boolean, meaning: "boolean" };
    default:
      return { name, kind, where, type: TYPE.bytes, meaning: "text" };
  }
}

/** Writes the pages of one column in one group. */
function writeChunk(
  out: Bytes,
  column: PlannedColumn,
  data: Column,
  from: number,
  to: number,
  compression: "snappy" | "none",
): WrittenChunk {
  const start = out.length;
  const present = presence(data, from, to);
  let plainBytes = 0;
  const page = (kind: number, plain: Uint8Array, count: number, encoding: number) => {
    const body = compression === "snappy" ? snappy(plain) : plain;
    const head = new ThriftWriter().i32(1, kind).i32(2, plain.length).i32(3, body.length).i32(4, crc32(body));
    if (kind === PAGE.dictionary) head.begin(7).i32(1, count).i32(2, encoding).end();
    else head.begin(5).i32(1, count).i32(2, encoding).i32(3, ENCODING.rle).i32(4, ENCODING.rle).end();
    const bytes = head.end().finish();
    out.push(bytes);
    out.push(body);
    plainBytes += bytes.length + plain.length;
  };
  let dictionaryOffset: number | null = null;
  let encoding: number = ENCODING.plain;
  let values: Uint8Array;
  if (data.kind === "category" && data.categories.length > 0) {
    dictionaryOffset = start;
    page(PAGE.dictionary, plainTexts(data.categories), data.categories.length, ENCODING.plain);
    encoding = ENCODING.rleDictionary;
    const codes = data.codes.subarray(from, to).filter((code) => code >= 0);
    const width = Math.max(1, 32 - Math.clz32(data.categories.length - 1));
    values = concat([Uint8Array.of(width), encodeHybrid(codes, width)]);
  } else values = plainValues(column, data, from, to, present.count);
  const dataOffset = out.length;
  const levels = encodeHybrid(present.levels, 1);
  const size = new Uint8Array(4);
  new DataView(size.buffer).setInt32(0, levels.length, true);
  page(PAGE.data, concat([size, levels, values]), to - from, encoding);
  const used = dictionaryOffset === null ? [ENCODING.plain] : [ENCODING.plain, ENCODING.rleDictionary];
  return {
    encodings: [...used, ENCODING.rle],
    codec: CODEC[compression],
    dictionaryOffset,
    dataOffset,
    plainBytes,
    bytes: out.length - start,
    nulls: to - from - present.count,
    ...bounds(column, data, from, to),
  };
}

function presence(data: Column, from: number, to: number): { levels: Uint8Array; count: number } {
  const levels = new Uint8Array(to - from);
  let count = 0;
  for (let i = from; i < to; i++) {
    const here =
      data.kind === "category"
        ? data.codes[i] >= 0
        : data.kind === "text"
          ? data.values[i] !== null
          : data.kind === "boolean"
            ? data.values[i] !== 255
            : !Number.isNaN(data.values[i]);
    if (here) {
      levels[i - from] = 1;
      count++;
    }
  }
  return { levels, count };
}

/** Values that are present, one after another. */
function plainValues(
  column: PlannedColumn,
  data: Column,
  from: number,
  to: number,
  count: number,
): Uint8Array {
  if (data.kind === "text") return plainTexts(data.values.slice(from, to).filter((v) => v !== null));
  if (data.kind === "category") return new Uint8Array(0);
  if (data.kind === "boolean") {
    const out = new Uint8Array(Math.ceil(count / 8));
    let k = 0;
    for (let i = from; i < to; i++) {
      if (data.values[i] === 255) continue;
      if (data.values[i] === 1) out[k >> 3] |= 1 << (k & 7);
      k++;
    }
    return out;
  }
  const width = column.type === TYPE.float || column.type === TYPE.int32 ? 4 : 8;
  const out = new Uint8Array(count * width);
  const view = new DataView(out.buffer);
  let at = 0;
  for (let i = from; i < to; i++) {
    const v = data.values[i];
    if (Number.isNaN(v)) continue;
    putNumber(view, at, v, column, i);
    at += width;
  }
  return out;
}

function putNumber(view: DataView, at: number, v: number, column: PlannedColumn, row: number): void {
  const { type } = column;
  if (type === TYPE.double) view.setFloat64(at, v, true);
  else if (type === TYPE.float) {
    if (Math.fround(v) !== v) throw misfit(column, v, row, "a float holds exactly");
    view.setFloat32(at, v, true);
  } else if (type === TYPE.int32) {
    if ((v | 0) !== v || Object.is(v, -0)) throw misfit(column, v, row, "an int32 holds");
    view.setInt32(at, v, true);
  } else {
    if (!Number.isSafeInteger(v) || Object.is(v, -0))
      throw misfit(
        column,
        v,
        row,
        column.kind === "date" ? "is a whole number of milliseconds" : "an int64 holds exactly",
      );
    view.setUint32(at, v >>> 0, true);
    view.setInt32(at + 4, Math.floor(v / 2 ** 32), true);
  }
}

function misfit(column: PlannedColumn, v: number, row: number, what: string): Error {
  return valueError(
    column.where,
    "table",
    `holds ${v} in column ${show(column.name)} at row ${row}, which is nothing that ${what}`,
  );
}

function plainTexts(texts: readonly string[]): Uint8Array {
  const encoder = new TextEncoder();
  const parts: Uint8Array[] = [];
  for (const text of texts) {
    const bytes = encoder.encode(text);
    const size = new Uint8Array(4);
    new DataView(size.buffer).setInt32(0, bytes.length, true);
    parts.push(size, bytes);
  }
  return concat(parts);
}

/** Smallest and largest value as plain bytes; text is compared byte by byte. */
function bounds(
  column: PlannedColumn,
  data: Column,
  from: number,
  to: number,
): { min: Uint8Array | null; max: Uint8Array | null } {
  const none = { min: null, max: null };
  if (data.kind === "text" || data.kind === "category") {
    const words = new Set<string>();
    if (data.kind === "text") {
      for (let i = from; i < to; i++) if (data.values[i] !== null) words.add(data.values[i]!);
    } else for (let i = from; i < to; i++) if (data.codes[i] >= 0) words.add(data.categories[data.codes[i]]);
    if (words.size === 0) return none;
    const encoder = new TextEncoder();
    let min: Uint8Array | null = null;
    let max: Uint8Array | null = null;
    for (const word of words) {
      const bytes = encoder.encode(word);
      if (min === null || compareBytes(bytes, min) < 0) min = bytes;
      if (max === null || compareBytes(bytes, max) > 0) max = bytes;
    }
    return { min: min!.length > LONGEST_BOUND ? null : min, max: max!.length > LONGEST_BOUND ? null : max };
  }
  const gap = data.kind === "boolean" ? 255 : Number.NaN;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let any = false;
  for (let i = from; i < to; i++) {
    const v = data.values[i];
    if (v === gap || Number.isNaN(v)) continue;
    any = true;
    if (v < min) min = v;
    if (v > max) max = v;
  }
  if (!any) return none;
  if (data.kind === "boolean") return { min: Uint8Array.of(min), max: Uint8Array.of(max) };
  const bytes = (v: number) => {
    const out = new Uint8Array(column.type === TYPE.float || column.type === TYPE.int32 ? 4 : 8);
    putNumber(new DataView(out.buffer), 0, v, column, from);
    return out;
  };
  // Zeros of either sign lie between the bounds, as the format asks of floating-point columns.
  const real = column.type === TYPE.float || column.type === TYPE.double;
  return { min: bytes(min === 0 ? (real ? -0 : 0) : min), max: bytes(max === 0 ? 0 : max) };
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const n = Math.min(a.length, b.length);
  for (let i = 0; i < n; i++) if (a[i] !== b[i]) return a[i] - b[i];
  return a.length - b.length;
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Pieces of the file so far. */
class Bytes {
  readonly #parts: Uint8Array[] = [];
  length = 0;
  push(part: Uint8Array): void {
    this.#parts.push(part);
    this.length += part.length;
  }
  joined(): Uint8Array {
    return concat(this.#parts);
  }
}
