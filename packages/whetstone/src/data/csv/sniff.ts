import type { ColumnKind } from "../table/index.ts";
import { parseBoolean } from "./builders.ts";
import { parseDate } from "./date.ts";
import { parseNumber } from "./number.ts";
import type { CsvSettings } from "./options.ts";
import { type Field, fieldText, PLAIN, type ScanFormat, Scanner } from "./scan.ts";

/** How a file is written, found from its beginning. */
export interface Dialect {
  readonly delimiter: string;
  readonly decimal: "." | ",";
  readonly header: boolean;
}

export interface Sniffed {
  readonly dialect: Dialect;
  readonly scan: ScanFormat;
  /** Column names as the file has them; null without a header. */
  readonly headerFields: string[] | null;
  readonly headerLine: number;
  /** Number of fields of a data row. */
  readonly cols: number;
  /** Where data starts. */
  readonly position: number;
  readonly line: number;
  /** Kind each column seems to have; null where the sample holds no value. */
  readonly kinds: (ColumnKind | null)[];
  /** Columns in which every sampled value is quoted, some of them without need. */
  readonly quotedThroughout: boolean[];
  /** Mean bytes of a sampled row. */
  readonly rowBytes: number;
}

const CANDIDATES = [",", ";", "\t", "|"];
const SAMPLE_ROWS = 1000;
const SAMPLE_BYTES = 1 << 20;

interface SampleRow {
  readonly texts: string[];
  readonly styles: number[];
  readonly line: number;
}

/** Looks at the first rows; `final` says that the bytes are the whole file. */
export function sniff(bytes: Uint8Array, settings: CsvSettings, final: boolean): Sniffed {
  const { position, line } = skipLines(bytes, settings.skipRows);
  const whole = final && bytes.length - position <= SAMPLE_BYTES;
  const sample = bytes.length > position + SAMPLE_BYTES ? bytes.subarray(0, position + SAMPLE_BYTES) : bytes;
  const formatOf = (delimiter: string): ScanFormat => ({
    delimiter: delimiter.charCodeAt(0),
    quote: settings.quote === null ? -1 : settings.quote.charCodeAt(0),
    comment: settings.comment === null ? -1 : settings.comment.charCodeAt(0),
    trim: settings.trim && delimiter !== " ",
  });
  const delimiter =
    settings.delimiter === "auto" || settings.delimiter === null
      ? bestDelimiter(sample, formatOf, position, line, whole)
      : settings.delimiter;
  const scan = formatOf(delimiter);
  const scanner = new Scanner(sample, scan, position, line, whole);
  const rows: SampleRow[] = [];
  const behind: { position: number; line: number }[] = [];
  while (rows.length <= SAMPLE_ROWS) {
    const record = scanner.record();
    if (record === null) break;
    rows.push(sampleRow(sample, record, scan));
    behind.push({ position: scanner.position, line: scanner.line });
  }
  const first = rows[0];
  const body = rows.slice(1);
  const cols = columnCount(rows);
  const decimal =
    settings.decimal === "auto"
      ? bestDecimal(body.length > 0 ? body : rows, cols, scan, settings)
      : settings.decimal;
  const missing = new Set(settings.missing);
  const kindIn = (list: readonly SampleRow[]) =>
    Array.from({ length: cols }, (_, j) => kindOf(list, j, decimal, settings.thousands, missing));
  const below = kindIn(body);
  const header =
    first === undefined
      ? settings.header === true
      : settings.header === "auto"
        ? !looksLikeData(first, body, below, decimal, settings, missing)
        : settings.header;
  const data = header ? body : rows;
  const start = header && behind.length > 0 ? behind[0]! : { position, line };
  return {
    dialect: { delimiter, decimal, header },
    scan,
    headerFields: header && first ? first.texts : null,
    headerLine: first?.line ?? 1,
    cols,
    position: start.position,
    line: start.line,
    kinds: header ? below : kindIn(rows),
    quotedThroughout: Array.from({ length: cols }, (_, j) => quotedThroughout(data, j, delimiter, missing)),
    rowBytes: rows.length === 0 ? 1 : Math.max(1, (scanner.position - position) / rows.length),
  };
}

/** The first `count` lines, whatever they hold, are passed over. */
function skipLines(bytes: Uint8Array, count: number): { position: number; line: number } {
  let position = 0;
  let line = 1;
  while (line <= count && position < bytes.length) {
    const c = bytes[position++]!;
    if (c === 10 || (c === 13 && bytes[position] !== 10)) line++;
  }
  return { position, line };
}

function sampleRow(
  bytes: Uint8Array,
  record: { fields: readonly Field[]; line: number },
  scan: ScanFormat,
): SampleRow {
  return {
    texts: record.fields.map((f) => fieldText(bytes, f.start, f.end, f.style, scan)),
    styles: record.fields.map((f) => f.style),
    line: record.line,
  };
}

/** The candidate that cuts most rows into the same number of fields, at least two. */
function bestDelimiter(
  bytes: Uint8Array,
  formatOf: (delimiter: string) => ScanFormat,
  position: number,
  line: number,
  final: boolean,
): string {
  let best = ",";
  let bestScore = 0;
  for (const candidate of CANDIDATES) {
    const counts = new Map<number, number>();
    let rows = 0;
    try {
      const scanner = new Scanner(bytes, formatOf(candidate), position, line, final);
      for (; rows < 100; rows++) {
        const record = scanner.record();
        if (record === null) break;
        counts.set(record.fields.length, (counts.get(record.fields.length) ?? 0) + 1);
      }
    } catch {
      // A quote that does not fit this delimiter; the rows before it still count.
    }
    for (const [fields, count] of counts) {
      if (fields < 2) continue;
      // Agreement decides; the number of fields only between equals.
      const score = count / rows + Math.min(fields, 1000) * 1e-6;
      if (score > bestScore) {
        bestScore = score;
        best = candidate;
      }
    }
  }
  return best;
}

/** The header's number of fields, or that of the data where all of it agrees on one more. */
function columnCount(rows: readonly SampleRow[]): number {
  if (rows.length === 0) return 0;
  const head = rows[0]!.texts.length;
  if (rows.length < 2) return head;
  const longer = rows.slice(1).every((r) => r.texts.length === head + 1);
  return longer ? head + 1 : head;
}

function isNumber(text: string, decimal: string, thousands: string | null): boolean {
  const bytes = new TextEncoder().encode(text);
  const format = {
    decimal: decimal.charCodeAt(0),
    thousands: thousands === null ? -1 : thousands.charCodeAt(0),
    strict: true,
  };
  return !Number.isNaN(parseNumber(bytes, 0, bytes.length, format));
}

/** The comma, where some column is made of numbers with it and none with the point. */
function bestDecimal(
  rows: readonly SampleRow[],
  cols: number,
  scan: ScanFormat,
  settings: CsvSettings,
): "." | "," {
  const missing = new Set(settings.missing);
  let comma = 0;
  let point = 0;
  for (let j = 0; j < cols; j++) {
    const texts = rows.map((r) => r.texts[j] ?? "").filter((t) => !missing.has(t));
    if (texts.length === 0) continue;
    const fractional = (mark: string) =>
      texts.some((t) => t.includes(mark)) && texts.every((t) => isNumber(t, mark, settings.thousands));
    // In a file cut at commas, 1,234 in quotes is more likely a thousand.
    const grouped =
      scan.delimiter === 44 && texts.every((t) => !t.includes(",") || /^[-+]?\d{1,3},\d{3}$/.test(t));
    if (fractional(",") && !grouped) comma++;
    if (fractional(".")) point++;
  }
  return comma > 0 && point === 0 ? "," : ".";
}

/** The kind that all sampled values of a column have. */
function kindOf(
  rows: readonly SampleRow[],
  j: number,
  decimal: string,
  thousands: string | null,
  missing: ReadonlySet<string>,
): ColumnKind | null {
  let possible: ColumnKind[] = ["number", "boolean", "date"];
  let any = false;
  for (const row of rows) {
    const text = row.texts[j];
    if (text === undefined || missing.has(text)) continue;
    any = true;
    possible = possible.filter((kind) => isKind(text, kind, decimal, thousands));
    if (possible.length === 0) return "text";
  }
  return any ? possible[0]! : null;
}

/** Whether a text can be read as that kind. */
export function isKind(text: string, kind: ColumnKind, decimal: string, thousands: string | null): boolean {
  if (kind === "number") return isNumber(text, decimal, thousands);
  if (kind === "boolean") return parseBoolean(text) !== null;
  if (kind === "date") {
    const found = parseDate(text);
    return found !== null && !(Number.isNaN(found.dmy) && Number.isNaN(found.mdy));
  }
  return true;
}

/**
 * A first row is data when every column of numbers, dates or booleans below it starts with one, and there is
 * such a column. Years as names of number columns are a header.
 */
function looksLikeData(
  first: SampleRow,
  body: readonly SampleRow[],
  below: readonly (ColumnKind | null)[],
  decimal: string,
  settings: CsvSettings,
  missing: ReadonlySet<string>,
): boolean {
  if (body.length === 0) return first.texts.some((t) => isKind(t, "number", decimal, settings.thousands));
  let typed = 0;
  const years: number[] = [];
  for (let j = 0; j < first.texts.length; j++) {
    const kind = below[j];
    const text = first.texts[j]!;
    if (kind === null || kind === undefined || kind === "text") continue;
    if (missing.has(text)) continue;
    if (!isKind(text, kind, decimal, settings.thousands)) return false;
    typed++;
    if (kind === "number" && /^(1[89]|20|21)\d\d$/.test(text)) years.push(Number(text));
  }
  if (typed === 0) return false;
  const areYears = typed > 1 && years.length === typed && years.every((y, k) => k === 0 || y > years[k - 1]!);
  if (areYears) {
    const someOther = body.some((row) =>
      row.texts.some((t, j) => below[j] === "number" && !/^(1[89]|20|21)\d\d$/.test(t) && !missing.has(t)),
    );
    return !someOther;
  }
  return true;
}

/** Whether quotes say nothing in a column: every value has them, needed or not. */
function quotedThroughout(
  rows: readonly SampleRow[],
  j: number,
  delimiter: string,
  missing: ReadonlySet<string>,
): boolean {
  let needless = false;
  for (const row of rows) {
    const text = row.texts[j];
    if (text === undefined) continue;
    if (row.styles[j] === PLAIN) return false;
    if (!missing.has(text) && !/["\r\n]|^\s|\s$/.test(text) && !text.includes(delimiter)) needless = true;
  }
  return needless;
}
