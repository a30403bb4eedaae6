import { formatError, show } from "../../errors.ts";
import { unknownColumn } from "../names.ts";
import { type Column, type ColumnKind, Table } from "../table/index.ts";
import {
  BooleanBuilder,
  type BuildContext,
  type Builder,
  DateBuilder,
  NumberBuilder,
  TextBuilder,
} from "./builders.ts";
import type { Dictionary } from "./dictionary.ts";
import { toUtf8 } from "./encoding.ts";
import { columnNames } from "./names.ts";
import { type CsvOptions, type CsvSettings, readOptions } from "./options.ts";
import { fieldText, type RowCounts, Scanner } from "./scan.ts";
import { type Dialect, isKind, type Sniffed, sniff } from "./sniff.ts";

/** A CSV file as a table, with what was found out about it. */
export interface CsvResult {
  /** One row per record, in the order of the file. */
  readonly table: Table;
  /** Sentences about everything that was guessed or repaired. */
  readonly notes: string[];
  /** Delimiter, quote, decimal mark and encoding with which it was read. */
  readonly dialect: Dialect & { readonly encoding: string };
}

/**
 * Reads delimited text. Delimiter, header, decimal mark, encoding and the kind of every column are found from
 * the file where `options` does not fix them; `notes` says in sentences what was guessed or repaired.
 *
 * A column is a number, boolean (true, false) or date column when every value that is present is one.
 * Otherwise it is text, as a category column when it has few distinct values (at most `maxCategories`, and at
 * most ten or half as many as there are values). Digits with leading zeros and integers beyond 2^53 stay text.
 * Blank lines are skipped.
 *
 * @param input text, or bytes in UTF-8, UTF-16 or Latin-1
 * @param options see `CSV_OPTIONS`
 * @throws WhetstoneError with the line number where a row cannot be read
 * @example
 * const { table, notes } = readCsv("city;price\nOslo;1,5\nRome;2,25\n");
 * table.numbers("price"); // Float64Array [1.5, 2.25]
 */
export function readCsv(input: string | Uint8Array | ArrayBuffer, options: CsvOptions = {}): CsvResult {
  const where = "readCsv";
  const settings = readOptions(where, options);
  const { bytes, ascii, encoding, notes } = toUtf8(input, settings.encoding, where);
  const sniffed = sniff(bytes, settings, true);
  if (sniffed.cols === 0) throw formatError(where, "the input holds no line with data");
  const plan = planColumns(sniffed, settings, notes, where);
  const limit = settings.nRows ?? Number.POSITIVE_INFINITY;
  const estimate = Math.ceil(((bytes.length - sniffed.position) / sniffed.rowBytes) * 1.05) + 16;
  const capacity = Math.min(limit, estimate);
  const columns = new Array<Column | null>(plan.columns.length).fill(null);
  const counts: RowCounts = { short: 0, firstShort: 0, long: 0, firstLong: 0 };
  // A column whose values turn out to be of another kind is read again as the next kind that fits.
  let open = plan.columns.map((c, at) => ({ ...c, at }));
  for (let pass = 0; open.length > 0; pass++) {
    const builders = open.map((c) => makeBuilder(plan.context, c, capacity, ascii));
    const failed = scanAll(bytes, sniffed, plan, settings, open, builders, limit, counts, where, pass === 0);
    const again: typeof open = [];
    open.forEach((c, k) => {
      if (!failed.has(k)) {
        columns[c.at] = builders[k]!.finish(notes, c.name);
        if (columns[c.at] !== null) return;
      }
      again.push({ ...c, kind: widened(c, failed.get(k) ?? null, sniffed, settings, notes, where) });
    });
    open = again;
  }
  noteRows(counts, settings, notes);
  const table = new Table(
    plan.columns.map((c) => c.name),
    columns as Column[],
  );
  noteLookalikes(table, sniffed, settings, notes);
  return { table, notes, dialect: { ...sniffed.dialect, encoding } };
}

/** A column to be read. */
export interface PlannedColumn {
  readonly name: string;
  /** Position in the file. */
  readonly field: number;
  readonly kind: ColumnKind | "auto-text";
  /** The caller asked for this kind. */
  readonly forced: boolean;
  /** The sample already held values of this kind. */
  readonly sampled: boolean;
  /** Quoted texts are never missing. */
  readonly literal: boolean;
}

export interface ColumnPlan {
  readonly context: BuildContext;
  readonly columns: readonly PlannedColumn[];
}

export function planColumns(
  sniffed: Sniffed,
  settings: CsvSettings,
  notes: string[],
  where: string,
): ColumnPlan {
  const names = columnNames(sniffed, settings.names, notes, where);
  for (const name of Object.keys(settings.dtypes))
    if (!names.includes(name)) throw unknownColumn(where, "dtypes", name, names);
  for (const name of settings.useColumns ?? [])
    if (!names.includes(name)) throw unknownColumn(where, "useColumns", name, names);
  const trailing = emptyLastColumn(sniffed);
  if (trailing) notes.push("every line ends with a delimiter; the empty last column is left out");
  const columns: PlannedColumn[] = [];
  names.forEach((name, field) => {
    if (settings.useColumns && !settings.useColumns.includes(name)) return;
    if (trailing && field === sniffed.cols - 1) return;
    const asked = Object.hasOwn(settings.dtypes, name) ? settings.dtypes[name]! : null;
    const seen = sniffed.kinds[field] ?? null;
    const found = seen === "text" ? "auto-text" : seen;
    const { quotedMissing } = settings;
    columns.push({
      name,
      field,
      kind: asked ?? found ?? "number",
      forced: asked !== null,
      sampled: found !== null,
      literal: quotedMissing === "auto" ? !sniffed.quotedThroughout[field] : !quotedMissing,
    });
  });
  if (settings.useColumns) {
    const order = new Map(settings.useColumns.map((name, k) => [name, k]));
    columns.sort((a, b) => order.get(a.name)! - order.get(b.name)!);
  }
  const missing = new Set(settings.missing);
  const encoder = new TextEncoder();
  const context: BuildContext = {
    scan: sniffed.scan,
    numbers: {
      decimal: sniffed.dialect.decimal.charCodeAt(0),
      thousands: settings.thousands === null ? -1 : settings.thousands.charCodeAt(0),
      strict: true,
    },
    missing,
    longestMissing: settings.missing.reduce((n, t) => Math.max(n, encoder.encode(t).length), 0),
    emptyIsMissing: missing.has(""),
    dateOrder: settings.dateOrder,
    maxCategories: settings.maxCategories,
  };
  return { context, columns };
}

/** A nameless last column without a single value in the sample is a delimiter at the end of each line. */
function emptyLastColumn(sniffed: Sniffed): boolean {
  const last = sniffed.cols - 1;
  return last > 0 && sniffed.headerFields?.[last] === "" && sniffed.kinds[last] === null;
}

export function makeBuilder(
  context: BuildContext,
  column: PlannedColumn,
  capacity: number,
  ascii: boolean,
  dictionary: Dictionary | null = null,
): Builder {
  switch (column.kind) {
    case "number":
      return new NumberBuilder(context, capacity, !column.forced);
    case "boolean":
      return new BooleanBuilder(context, capacity);
    case "date":
      return new DateBuilder(context, capacity);
    default: {
      const want = column.kind === "auto-text" ? "auto" : column.kind;
      return new TextBuilder(context, capacity, want, column.literal, ascii, dictionary);
    }
  }
}

/** A value that did not fit its column. */
interface Misfit {
  readonly text: string;
  readonly line: number;
}

const BATCH = 4096;

/** Feeds all rows to the builders; gives the builders that failed. */
function scanAll(
  bytes: Uint8Array,
  sniffed: Sniffed,
  plan: ColumnPlan,
  settings: CsvSettings,
  open: readonly PlannedColumn[],
  builders: readonly Builder[],
  limit: number,
  counts: RowCounts,
  where: string,
  first: boolean,
): Map<number, Misfit> {
  const failed = new Map<number, Misfit>();
  const scanner = new Scanner(bytes, sniffed.scan, sniffed.position, sniffed.line);
  const ignored: RowCounts = { short: 0, firstShort: 0, long: 0, firstLong: 0 };
  for (let done = 0; done < limit; ) {
    const rows = scanner.rows(
      sniffed.cols,
      Math.min(BATCH, limit - done),
      settings.badRows,
      first ? counts : ignored,
      where,
    );
    if (rows === 0) break;
    for (let k = 0; k < builders.length; k++) {
      if (failed.has(k)) continue;
      const bad = builders[k]!.append(scanner, open[k]!.field, sniffed.cols, rows);
      if (bad < 0) continue;
      failed.set(k, misfit(scanner, bad, open[k]!.field, sniffed));
      if (open[k]!.forced) throw misfitError(open[k]!, failed.get(k)!, plan.context, where);
    }
    if (failed.size === builders.length) {
      // Count the rest of the rows only where nobody has yet.
      if (!first) break;
    }
    done += rows;
  }
  return failed;
}

export function misfit(scanner: Scanner, row: number, field: number, sniffed: Sniffed): Misfit {
  const k = row * sniffed.cols + field;
  return {
    text: fieldText(scanner.bytes, scanner.starts[k]!, scanner.ends[k]!, scanner.styles[k]!, sniffed.scan),
    line: scanner.lines[row]!,
  };
}

export function misfitError(column: PlannedColumn, at: Misfit, context: BuildContext, where: string): Error {
  const nouns: Record<string, string> = { number: "a number", boolean: "true or false", date: "a date" };
  const advice = context.missing.has(at.text)
    ? ""
    : `; add it to missing if it stands for no value, or read the column as "text"`;
  return formatError(
    where,
    `line ${at.line} holds ${show(at.text)} in column ${show(column.name)}, expected ${nouns[column.kind] ?? column.kind}${advice}`,
  );
}

/** The kind to try next. */
function widened(
  column: PlannedColumn,
  at: Misfit | null,
  sniffed: Sniffed,
  settings: CsvSettings,
  notes: string[],
  where: string,
): PlannedColumn["kind"] {
  if (column.forced) {
    throw formatError(
      where,
      `column ${show(column.name)} mixes day-first and month-first dates: pass dateOrder`,
    );
  }
  if (at === null) return "auto-text";
  if (!column.sampled) {
    const order: ColumnKind[] = ["number", "boolean", "date"];
    const next = order
      .slice(order.indexOf(column.kind as ColumnKind) + 1)
      .find((kind) => isKind(at.text, kind, sniffed.dialect.decimal, settings.thousands));
    if (next) return next;
  } else {
    notes.push(
      `column ${show(column.name)} holds ${show(at.text)} in line ${at.line} where the lines before hold ${column.kind}s, so it is read as text; add ${show(at.text)} to missing if it stands for no value`,
    );
  }
  return "auto-text";
}

function noteRows(counts: RowCounts, settings: CsvSettings, notes: string[]): void {
  const rows = (n: number) => `${n} ${n === 1 ? "row has" : "rows have"}`;
  const done = settings.badRows === "skip" ? "left out" : "filled with missing values";
  if (counts.short > 0)
    notes.push(
      `${rows(counts.short)} too few fields (first in line ${counts.firstShort}) and ${counts.short === 1 ? "is" : "are"} ${done}`,
    );
  if (counts.long > 0) {
    const cut = settings.badRows === "skip" ? "left out" : "cut";
    notes.push(
      `${rows(counts.long)} too many fields or a broken quote (first in line ${counts.firstLong}) and ${counts.long === 1 ? "is" : "are"} ${cut}`,
    );
  }
}

/** Text that would be numbers under another option, and digits that were kept as text. */
function noteLookalikes(table: Table, sniffed: Sniffed, settings: CsvSettings, notes: string[]): void {
  table.columns.forEach((column, j) => {
    if (column.kind !== "category" && column.kind !== "text") return;
    if (Object.hasOwn(settings.dtypes, table.names[j]!)) return;
    const words = (column.kind === "category" ? column.categories : column.values)
      .slice(0, 1000)
      .filter((w) => w !== null);
    if (words.length === 0) return;
    const name = show(table.names[j]);
    if (words.every((w) => /^\d+$/.test(w))) {
      notes.push(
        `column ${name} holds digits with leading zeros or beyond 2^53 (such as ${show(words[0])}), so it is kept as text; pass dtypes: { ${name}: "number" } for numbers`,
      );
      return;
    }
    const mark = sniffed.dialect.decimal === "." ? "," : ".";
    if (
      settings.thousands === null &&
      words.some((w) => w.includes(mark)) &&
      words.every((w) => isKind(w, "number", sniffed.dialect.decimal, mark))
    ) {
      notes.push(
        `column ${name} looks like numbers with ${show(mark)} between thousands; pass thousands: ${show(mark)} to read it so`,
      );
    }
  });
}
