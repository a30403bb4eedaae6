import { argumentError, formatError } from "../../errors.ts";
import { type Column, Table } from "../table/index.ts";
import { type Builder, TextBuilder } from "./builders.ts";
import { Dictionary } from "./dictionary.ts";
import { detectEncoding } from "./encoding.ts";
import { type CsvOptions, readOptions } from "./options.ts";
import { type ColumnPlan, makeBuilder, misfit, misfitError, planColumns } from "./read.ts";
import { type RowCounts, Scanner } from "./scan.ts";
import { type Sniffed, sniff } from "./sniff.ts";

/** Options of `readCsv`, and how a file is cut into tables. */
export interface CsvChunkOptions extends CsvOptions {
  /** Rows per table; 65,536 by default. */
  readonly chunkRows?: number;
  /** Receives the sentences that `readCsv` gives as `notes`. */
  readonly onNote?: (sentence: string) => void;
}

/** Bytes in pieces: a web stream, a Node stream, a list of buffers. */
export type ByteSource =
  | AsyncIterable<Uint8Array | string>
  | Iterable<Uint8Array | string>
  | ReadableStream<Uint8Array>;

const SNIFF_BYTES = 1 << 20;
const BATCH = 4096;

/**
 * Reads delimited text of any length in tables of at most `chunkRows` rows; memory holds one of them. Columns
 * and kinds are fixed by the first megabyte: a later value that does not fit is an error that names its line
 * (give `dtypes` or `missing`). Categories are numbered in order of appearance, the same in every table; each
 * table lists those seen so far.
 *
 * @example
 * let total = 0;
 * for await (const table of readCsvChunks(["a,b\n1,x\n", "2,y\n"])) total += table.rows; // 2
 */
export async function* readCsvChunks(
  source: ByteSource,
  options: CsvChunkOptions = {},
): AsyncGenerator<Table, void, void> {
  const where = "readCsvChunks";
  const { chunkRows = 65536, onNote = () => {}, ...rest } = options;
  if (!(Number.isSafeInteger(chunkRows) && chunkRows >= 1))
    throw argumentError(where, "chunkRows", chunkRows, "an integer >= 1");
  const settings = readOptions(where, rest);
  const limit = settings.nRows ?? Number.POSITIVE_INFINITY;
  const pieces = recode(source, settings.encoding, where, onNote);

  let buffer: Uint8Array = new Uint8Array(0);
  let ended = false;
  const pull = async (atLeast: number) => {
    const parts = [buffer];
    let size = buffer.length;
    while (size < atLeast && !ended) {
      const next = await pieces.next();
      if (next.done) ended = true;
      else {
        parts.push(next.value);
        size += next.value.length;
      }
    }
    buffer = joined(parts, size);
  };

  await pull(SNIFF_BYTES);
  const sniffed = sniff(buffer, settings, ended);
  if (sniffed.cols === 0) throw formatError(where, "the input holds no line with data");
  const notes: string[] = [];
  const plan = settleText(planColumns(sniffed, settings, notes, where), buffer, sniffed);
  for (const note of notes) onNote(note);
  const counts: RowCounts = { short: 0, firstShort: 0, long: 0, firstLong: 0 };
  const dictionaries = plan.columns.map((c) =>
    c.kind === "category" ? new Dictionary(plan.context.scan, plan.context.missing) : null,
  );
  // Fields are decoded one by one, since later bytes may not be ASCII.
  const fresh = () =>
    plan.columns.map((c, k) =>
      c.kind === "category"
        ? new TextBuilder(plan.context, BATCH, "category", c.literal, false, dictionaries[k])
        : makeBuilder(plan.context, c, BATCH, false),
    );

  let { position, line } = sniffed;
  let done = 0;
  let inChunk = 0;
  let builders: Builder[] = fresh();
  const table = () => {
    const columns = builders.map((b, k) =>
      b instanceof TextBuilder ? b.flush() : b.finish([], plan.columns[k]!.name),
    );
    const bad = columns.indexOf(null);
    if (bad >= 0)
      throw formatError(
        where,
        `column ${JSON.stringify(plan.columns[bad]!.name)} mixes day-first and month-first dates: pass dateOrder`,
      );
    inChunk = 0;
    builders = fresh();
    return new Table(
      plan.columns.map((c) => c.name),
      columns as Column[],
    );
  };
  for (;;) {
    const scanner = new Scanner(buffer, sniffed.scan, position, line, ended);
    for (;;) {
      const want = Math.min(BATCH, limit - done, chunkRows - inChunk);
      const rows = want <= 0 ? 0 : scanner.rows(sniffed.cols, want, settings.badRows, counts, where);
      if (rows === 0) break;
      plan.columns.forEach((c, k) => {
        const bad = builders[k]!.append(scanner, c.field, sniffed.cols, rows);
        if (bad >= 0) throw misfitError(c, misfit(scanner, bad, c.field, sniffed), plan.context, where);
      });
      done += rows;
      inChunk += rows;
      if (inChunk === chunkRows) yield table();
    }
    position = scanner.position;
    line = scanner.line;
    if (ended || done >= limit) break;
    buffer = buffer.subarray(position);
    position = 0;
    // At least doubling keeps a single very long row from being scanned again for every piece.
    await pull(Math.max(SNIFF_BYTES, buffer.length * 2));
  }
  if (inChunk > 0 || done === 0) yield table();
  if (counts.short > 0)
    onNote(`${counts.short} rows have too few fields (first in line ${counts.firstShort})`);
  if (counts.long > 0)
    onNote(`${counts.long} rows have too many fields or a broken quote (first in line ${counts.firstLong})`);
}

/** Decides between category and text once, from the rows at hand. */
function settleText(plan: ColumnPlan, bytes: Uint8Array, sniffed: Sniffed): ColumnPlan {
  const open = plan.columns.filter((c) => c.kind === "auto-text");
  if (open.length === 0) return plan;
  const scanner = new Scanner(bytes, sniffed.scan, sniffed.position, sniffed.line, false);
  const ignored: RowCounts = { short: 0, firstShort: 0, long: 0, firstLong: 0 };
  const builders = open.map((c) => makeBuilder(plan.context, c, BATCH, false));
  for (;;) {
    const rows = scanner.rows(sniffed.cols, BATCH, "skip", ignored, "readCsvChunks");
    if (rows === 0) break;
    for (let k = 0; k < open.length; k++) builders[k]!.append(scanner, open[k]!.field, sniffed.cols, rows);
  }
  const kinds = new Map(open.map((c, k) => [c.name, builders[k]!.finish([], c.name)!.kind]));
  return { ...plan, columns: plan.columns.map((c) => ({ ...c, kind: kinds.get(c.name) ?? c.kind })) };
}

/** The source as UTF-8 bytes without byte order mark. */
async function* recode(
  source: ByteSource,
  encoding: "auto" | "utf-8" | "utf-16le" | "utf-16be" | "latin1",
  where: string,
  onNote: (sentence: string) => void,
): AsyncGenerator<Uint8Array, void, void> {
  let decoder: TextDecoder | null = null;
  let started = false;
  const encoder = new TextEncoder();
  for await (const piece of iterate(source, where)) {
    const bytes = typeof piece === "string" ? encoder.encode(piece) : piece;
    if (!(bytes instanceof Uint8Array))
      throw argumentError(where, "source", piece, "pieces of bytes or text");
    if (bytes.length === 0) continue;
    if (!started) {
      started = true;
      const found =
        encoding === "auto" && typeof piece !== "string" ? detectEncoding(withoutCut(bytes)) : encoding;
      if (found !== "auto" && found !== "utf-8") {
        decoder = new TextDecoder(found === "latin1" ? "windows-1252" : found);
        if (encoding === "auto")
          onNote(`the input is read as ${found === "latin1" ? "Latin-1" : found.toUpperCase()}`);
      } else {
        const bom = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
        yield bom ? bytes.subarray(3) : bytes;
        continue;
      }
    }
    yield decoder ? encoder.encode(decoder.decode(bytes, { stream: true })) : bytes;
  }
  if (decoder) yield encoder.encode(decoder.decode());
}

/** Without a character that the end of a piece cuts in two. */
function withoutCut(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  while (end > 0 && end > bytes.length - 4 && bytes[end - 1]! >= 0x80) {
    end--;
    if (bytes[end]! >= 0xc0) break;
  }
  return end === bytes.length ? bytes : bytes.subarray(0, end);
}

async function* iterate(source: ByteSource, where: string): AsyncGenerator<Uint8Array | string, void, void> {
  if (typeof source === "string" || source instanceof Uint8Array) {
    yield source;
  } else if (
    source !== null &&
    typeof source === "object" &&
    (Symbol.asyncIterator in source || Symbol.iterator in source)
  ) {
    yield* source as AsyncIterable<Uint8Array | string>;
  } else if (typeof (source as Partial<ReadableStream>)?.getReader === "function") {
    // Browsers without async iteration of streams.
    const reader = (source as ReadableStream<Uint8Array>).getReader();
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        yield value;
      }
    } finally {
      reader.releaseLock();
    }
  } else throw argumentError(where, "source", source, "a stream or an iterable of bytes");
}

function joined(parts: readonly Uint8Array[], size: number): Uint8Array {
  if (parts.length === 1) return parts[0]!;
  const out = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
