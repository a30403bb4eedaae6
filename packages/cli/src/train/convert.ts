/** Columns that a CSV reader must call text and a person would not. */
import {
  type CategoryColumn,
  type Column,
  columnLength,
  dateColumn,
  numberColumn,
  readCsv,
  type TextColumn,
} from "whetstone/data";

export type DecimalMark = "." | ",";
export type DateOrder = "dmy" | "mdy";

/** Most different words that may stand for "no value" in a column of numbers or dates. */
const MOST_PLACEHOLDERS = 5;
/** Least share of rows that must be numbers or dates. */
const LEAST_SHARE = 0.9;

/**
 * The number in a text as people write it: currency signs, a percent sign, marks between thousands, brackets
 * for negative amounts. NaN where there is none.
 */
export function looseNumber(text: string, decimal: DecimalMark): number {
  let t = text.trim().replace(/^\((.*)\)$/, "-$1");
  t = t.replace(/^([-+]?)\s*(?:[$€£¥]|USD|EUR|GBP|CHF)\s*/i, "$1");
  t = t.replace(/\s*(?:[%$€£¥]|USD|EUR|GBP|CHF)$/i, "");
  const mark = decimal === "." ? "," : "\\.";
  const grouped = new RegExp(`^[-+]?\\d{1,3}(?:(?:${mark}\\d{3})+|(?:[\\s']\\d{3})+)(?:\\${decimal}\\d*)?$`);
  if (grouped.test(t)) t = t.replace(new RegExp(`[\\s']|${mark}`, "g"), "");
  if (decimal === ",") t = t.replace(",", ".");
  return /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i.test(t) ? Number(t) : Number.NaN;
}

/** Distinct words of a column with the number of rows of each. */
export function wordCounts(column: TextColumn | CategoryColumn): Map<string, number> {
  const counts = new Map<string, number>();
  for (let i = 0; i < columnLength(column); i++) {
    const word = wordAt(column, i);
    if (word !== null) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return counts;
}

function wordAt(column: TextColumn | CategoryColumn, i: number): string | null {
  if (column.kind === "text") return column.values[i]!;
  return column.codes[i]! < 0 ? null : column.categories[column.codes[i]!]!;
}

/** A column read in another way, and the words that became missing values. */
export interface Reading<C extends Column> {
  readonly column: C;
  readonly placeholders: readonly string[];
  /** Rows that hold a placeholder. */
  readonly rows: number;
}

/** The column as numbers where nearly all of it is numbers; null otherwise. */
export function asLooseNumbers(
  column: TextColumn | CategoryColumn,
  decimal: DecimalMark,
): (Reading<Column> & { readonly decimal: DecimalMark }) | null {
  const words = wordCounts(column);
  // Leading zeros and more digits than a number holds: names made of digits.
  for (const word of words.keys()) if (/^\s*0\d/.test(word) || /^\d{16,}$/.test(word)) return null;
  for (const mark of decimal === "." ? ([".", ","] as const) : ([",", "."] as const)) {
    const found = reading(words, (word) => looseNumber(word, mark));
    if (found === null) continue;
    const values = Array.from({ length: columnLength(column) }, (_, i) => {
      const word = wordAt(column, i);
      return word === null ? Number.NaN : found.values.get(word)!;
    });
    return { column: numberColumn(values), decimal: mark, ...found };
  }
  return null;
}

/** The column as dates where nearly all of it is dates; null otherwise. */
export function asLooseDates(
  column: TextColumn | CategoryColumn,
): (Reading<Column> & { readonly dateOrder: DateOrder }) | null {
  const words = wordCounts(column);
  const sample = [...words.keys()].slice(0, 100);
  const dated = sample.filter((word) => !Number.isNaN(parseDateWord(word, "auto"))).length;
  if (dated < LEAST_SHARE * sample.length) return null;
  for (const order of ["mdy", "dmy"] as const) {
    const found = reading(words, (word) => parseDateWord(word, order));
    if (found === null) continue;
    return { column: datesOf(column, (word) => found.values.get(word)!), dateOrder: order, ...found };
  }
  return null;
}

function reading(words: ReadonlyMap<string, number>, parse: (word: string) => number) {
  const values = new Map<string, number>();
  const placeholders: string[] = [];
  let rows = 0;
  let total = 0;
  for (const [word, n] of words) {
    const value = parse(word);
    values.set(word, value);
    total += n;
    if (!Number.isNaN(value)) continue;
    placeholders.push(word);
    rows += n;
    if (placeholders.length > MOST_PLACEHOLDERS) return null;
  }
  if (total === 0 || rows > (1 - LEAST_SHARE) * total) return null;
  return { values, placeholders, rows };
}

/** Milliseconds of a date as the CSV reader reads it, NaN where the text is none. */
export function parseDateWord(word: string, dateOrder: DateOrder | "auto"): number {
  if (!/\d/.test(word)) return Number.NaN;
  try {
    const text = `d,n\n"${word.replaceAll('"', '""')}",0\n`;
    const { table } = readCsv(text, { delimiter: ",", header: true, dtypes: { d: "date" }, dateOrder });
    return table.numbers("d")[0]!;
  } catch {
    return Number.NaN;
  }
}

function datesOf(column: TextColumn | CategoryColumn, parse: (word: string) => number): Column {
  const values = Array.from({ length: columnLength(column) }, (_, i) => {
    const word = wordAt(column, i);
    return word === null ? Number.NaN : parse(word);
  });
  return dateColumn(Float64Array.from(values));
}

/** What reading a column for prediction lost. */
export interface Conversion {
  readonly column: Column;
  /** Words that are no value of the wanted kind, with their rows. */
  readonly lost: ReadonlyMap<string, number>;
}

/** Text as numbers, dates or booleans; what is none of them becomes missing and is told. */
export function convertWords(
  column: TextColumn | CategoryColumn,
  kind: "number" | "date" | "boolean",
  decimal: DecimalMark,
  dateOrder: DateOrder | "auto",
): Conversion {
  const lost = new Map<string, number>();
  const parsed = new Map<string, number>();
  const parse = (word: string): number => {
    if (kind === "number") return looseNumber(word, decimal);
    if (kind === "date") return parseDateWord(word, dateOrder);
    const truth = /^\s*(?:(true|yes|y|t|1)|(false|no|n|f|0))\s*$/i.exec(word);
    return truth === null ? Number.NaN : truth[1] === undefined ? 0 : 1;
  };
  const values = Float64Array.from({ length: columnLength(column) }, (_, i) => {
    const word = wordAt(column, i);
    if (word === null) return Number.NaN;
    let value = parsed.get(word);
    if (value === undefined) parsed.set(word, (value = parse(word)));
    if (Number.isNaN(value)) lost.set(word, (lost.get(word) ?? 0) + 1);
    return value;
  });
  if (kind === "boolean") {
    return {
      column: { kind, values: Uint8Array.from(values, (v) => (Number.isNaN(v) ? 255 : v)) },
      lost,
    };
  }
  return { column: { kind, values }, lost };
}
