import { type Column, looksCategorical, MISSING_BOOLEAN } from "../table/column.ts";
import { type DateReadings, parseDate, parseIsoBytes } from "./date.ts";
import { Dictionary } from "./dictionary.ts";
import { type NumberFormat, parseNumber } from "./number.ts";
import { fieldText, PLAIN, type ScanFormat, type Scanner } from "./scan.ts";

const SPACE = 32;

/** What the builders of one file share. */
export interface BuildContext {
  readonly scan: ScanFormat;
  readonly numbers: NumberFormat;
  readonly missing: ReadonlySet<string>;
  /** Most bytes in a text that stands for a missing value. */
  readonly longestMissing: number;
  /** An empty field is a missing value. */
  readonly emptyIsMissing: boolean;
  readonly dateOrder: "auto" | "dmy" | "mdy";
  readonly maxCategories: number;
}

/** Collects the values of one column. */
export interface Builder {
  /**
   * Takes column j of the scanner's rows. Returns the first row whose value is of another kind, or -1; after
   * that the builder is of no use.
   */
  append(scanner: Scanner, j: number, cols: number, rows: number): number;
  /** The column, or null where the values turn out to be of another kind. */
  finish(notes: string[], name: string): Column | null;
}

/** Whether a field is one of the texts that stand for a missing value. */
export function isMissingField(
  context: BuildContext,
  bytes: Uint8Array,
  start: number,
  end: number,
  style: number,
): boolean {
  let from = start;
  let to = end;
  while (from < to && bytes[from] === SPACE) from++;
  while (to > from && bytes[to - 1] === SPACE) to--;
  if (to - from > context.longestMissing) return false;
  if (from === to) return context.emptyIsMissing;
  return context.missing.has(fieldText(bytes, from, to, style, context.scan));
}

export class NumberBuilder implements Builder {
  #values: Float64Array;
  #count = 0;
  readonly #context: BuildContext;
  readonly #format: NumberFormat;

  constructor(context: BuildContext, capacity: number, strict: boolean) {
    this.#context = context;
    this.#format = { ...context.numbers, strict };
    this.#values = new Float64Array(capacity);
  }

  append(scanner: Scanner, j: number, cols: number, rows: number): number {
    const { bytes, starts, ends, styles } = scanner;
    if (this.#count + rows > this.#values.length)
      this.#values = grownNumbers(this.#values, this.#count + rows);
    const values = this.#values;
    const format = this.#format;
    let count = this.#count;
    for (let r = 0, k = j; r < rows; r++, k += cols) {
      let from = starts[k]!;
      let to = ends[k]!;
      while (from < to && bytes[from] === SPACE) from++;
      while (to > from && bytes[to - 1] === SPACE) to--;
      const v = from === to ? Number.NaN : parseNumber(bytes, from, to, format);
      values[count++] = v;
      if (Number.isNaN(v) && !isMissingField(this.#context, bytes, from, to, styles[k]!)) return r;
    }
    this.#count = count;
    return -1;
  }

  finish(): Column {
    const values = this.#values;
    return { kind: "number", values: firstOf(values, this.#count) };
  }
}

export class BooleanBuilder implements Builder {
  #values: Uint8Array;
  #count = 0;
  readonly #context: BuildContext;

  constructor(context: BuildContext, capacity: number) {
    this.#context = context;
    this.#values = new Uint8Array(capacity);
  }

  append(scanner: Scanner, j: number, cols: number, rows: number): number {
    const { bytes, starts, ends, styles } = scanner;
    if (this.#count + rows > this.#values.length) {
      const wider = new Uint8Array(Math.max(this.#count + rows, this.#values.length * 2));
      wider.set(this.#values);
      this.#values = wider;
    }
    const { emptyIsMissing } = this.#context;
    for (let r = 0, k = j; r < rows; r++, k += cols) {
      const start = starts[k]!;
      const end = ends[k]!;
      const word = booleanBytes(bytes, start, end);
      if (word >= 0 || (start === end && emptyIsMissing)) {
        this.#values[this.#count++] = word >= 0 ? word : MISSING_BOOLEAN;
        continue;
      }
      const text = fieldText(bytes, start, end, styles[k]!, this.#context.scan);
      let v = MISSING_BOOLEAN;
      if (!this.#context.missing.has(text)) {
        const found = parseBoolean(text);
        if (found === null) return r;
        v = found ? 1 : 0;
      }
      this.#values[this.#count++] = v;
    }
    return -1;
  }

  finish(): Column {
    return { kind: "boolean", values: this.#values.slice(0, this.#count) };
  }
}

/** 1 for "true", 0 for "false", in any case; -1 for everything else. */
function booleanBytes(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start;
  if (length === 4) return isWord(bytes, start, TRUE) ? 1 : -1;
  return length === 5 && isWord(bytes, start, FALSE) ? 0 : -1;
}

const TRUE = [116, 114, 117, 101] as const;
const FALSE = [102, 97, 108, 115, 101] as const;

function isWord(bytes: Uint8Array, start: number, lower: readonly number[]): boolean {
  for (let i = 0; i < lower.length; i++) {
    const c = bytes[start + i]!;
    // The bit tells upper from lower case among letters; other characters do not become one by it.
    if ((c | 32) !== lower[i] || c < 65) return false;
  }
  return true;
}

/** True and false in any case; yes/no and 0/1 keep their own words. */
export function parseBoolean(text: string): boolean | null {
  if (text.length !== 4 && text.length !== 5) return null;
  const word = text.toLowerCase();
  return word === "true" ? true : word === "false" ? false : null;
}

export class DateBuilder implements Builder {
  /** Values with the day first and with the month first; one array as long as no value tells them apart. */
  #dmy: Float64Array;
  #mdy: Float64Array | null = null;
  #count = 0;
  #example = "";
  #mark = "";
  readonly #context: BuildContext;

  constructor(context: BuildContext, capacity: number) {
    this.#context = context;
    this.#dmy = new Float64Array(capacity);
  }

  append(scanner: Scanner, j: number, cols: number, rows: number): number {
    const { bytes, starts, ends, styles } = scanner;
    const { scan, missing, dateOrder, emptyIsMissing } = this.#context;
    if (this.#count + rows > this.#dmy.length) {
      this.#dmy = grownNumbers(this.#dmy, this.#count + rows);
      if (this.#mdy) this.#mdy = grownNumbers(this.#mdy, this.#dmy.length);
    }
    for (let r = 0, k = j; r < rows; r++, k += cols) {
      let dmy = parseIsoBytes(bytes, starts[k]!, ends[k]!);
      let mdy = dmy;
      if (Number.isNaN(dmy) && !(starts[k]! === ends[k]! && emptyIsMissing)) {
        const text = fieldText(bytes, starts[k]!, ends[k]!, styles[k]!, scan);
        if (!missing.has(text)) {
          const found: DateReadings | null = parseDate(text);
          if (found === null || (Number.isNaN(found.dmy) && Number.isNaN(found.mdy))) return r;
          ({ dmy, mdy } = found);
          if (!Object.is(dmy, mdy) && this.#mdy === null) {
            this.#mdy = this.#dmy.slice();
            this.#example = text;
            this.#mark = found.mark;
          }
          if (dateOrder === "dmy" && Number.isNaN(dmy)) return r;
          if (dateOrder === "mdy" && Number.isNaN(mdy)) return r;
          // An impossible reading is kept apart from a missing value.
          if (Number.isNaN(dmy)) dmy = Number.POSITIVE_INFINITY;
          if (Number.isNaN(mdy)) mdy = Number.POSITIVE_INFINITY;
        }
      }
      this.#dmy[this.#count] = dmy;
      if (this.#mdy) this.#mdy[this.#count] = mdy;
      this.#count++;
    }
    return -1;
  }

  finish(notes: string[], name: string): Column | null {
    const dmy = firstOf(this.#dmy, this.#count);
    if (this.#mdy === null) return { kind: "date", values: dmy };
    const mdy = firstOf(this.#mdy, this.#count);
    const { dateOrder } = this.#context;
    if (dateOrder !== "auto") return { kind: "date", values: dateOrder === "dmy" ? dmy : mdy };
    const dayFirst = dmy.every((v) => v !== Number.POSITIVE_INFINITY);
    const monthFirst = mdy.every((v) => v !== Number.POSITIVE_INFINITY);
    if (dayFirst && monthFirst) {
      // Slashes are mostly written where the month comes first; points and dashes where the day does.
      const month = this.#mark === "/";
      notes.push(
        `the dates of column ${JSON.stringify(name)}, such as ${this.#example}, have no day above 12: read as ${month ? "month first" : "day first"}; pass dateOrder: "${month ? "dmy" : "mdy"}" if that is wrong`,
      );
      return { kind: "date", values: month ? mdy : dmy };
    }
    if (!dayFirst && !monthFirst) {
      notes.push(
        `column ${JSON.stringify(name)} mixes dates with the day first and with the month first, so it is not read as dates`,
      );
      return null;
    }
    return { kind: "date", values: dayFirst ? dmy : mdy };
  }
}

/** Text, as categories while the distinct values are few. */
export class TextBuilder implements Builder {
  readonly #context: BuildContext;
  readonly #want: "category" | "text" | "auto";
  /** Quoted texts are never missing. */
  readonly #literal: boolean;
  readonly #ascii: boolean;
  #codes: Int32Array;
  #count = 0;
  #dictionary: Dictionary | null;
  #strings: (string | null)[] = [];

  constructor(
    context: BuildContext,
    capacity: number,
    want: "category" | "text" | "auto",
    literal: boolean,
    ascii: boolean,
    dictionary: Dictionary | null = null,
  ) {
    this.#context = context;
    this.#want = want;
    this.#literal = literal;
    this.#ascii = ascii;
    this.#dictionary = want === "text" ? null : (dictionary ?? new Dictionary(context.scan, context.missing));
    this.#codes = new Int32Array(want === "text" ? 0 : capacity);
  }

  append(scanner: Scanner, j: number, cols: number, rows: number): number {
    const { bytes, starts, ends, styles } = scanner;
    const dictionary = this.#dictionary;
    let r = 0;
    let k = j;
    if (dictionary) {
      if (this.#count + rows > this.#codes.length) {
        const wider = new Int32Array(Math.max(this.#count + rows, this.#codes.length * 2));
        wider.set(this.#codes);
        this.#codes = wider;
      }
      const limit = this.#want === "category" ? Number.POSITIVE_INFINITY : this.#context.maxCategories;
      const { words } = dictionary;
      const codes = this.#codes;
      let count = this.#count;
      for (; r < rows && words.length <= limit; r++, k += cols)
        codes[count++] = dictionary.code(bytes, starts[k]!, ends[k]!, styles[k]!, this.#literal);
      this.#count = count;
      if (words.length <= limit) return -1;
      this.#toStrings();
    }
    this.#appendStrings(scanner, k, cols, rows - r, bytes);
    return -1;
  }

  #toStrings(): void {
    const { words } = this.#dictionary!;
    this.#strings = Array.from(this.#codes.subarray(0, this.#count), (c) => (c < 0 ? null : words[c]!));
    this.#dictionary = null;
    this.#codes = new Int32Array(0);
  }

  #appendStrings(scanner: Scanner, from: number, cols: number, rows: number, bytes: Uint8Array): void {
    if (rows === 0) return;
    const { starts, ends, styles } = scanner;
    const { scan, missing, longestMissing } = this.#context;
    const last = from + (rows - 1) * cols;
    // ASCII is decoded once for all rows; a field is then a slice of that.
    const offset = starts[from]!;
    const text = this.#ascii ? new TextDecoder().decode(bytes.subarray(offset, ends[last]!)) : null;
    for (let k = from; k <= last; k += cols) {
      let s = starts[k]!;
      let e = ends[k]!;
      const style = styles[k]!;
      if (style === PLAIN && scan.trim) {
        while (s < e && bytes[s] === SPACE) s++;
        while (e > s && bytes[e - 1] === SPACE) e--;
      }
      const plain =
        text === null || style > 1 ? fieldText(bytes, s, e, style, scan) : text.slice(s - offset, e - offset);
      const literal = this.#literal && style !== PLAIN;
      this.#strings.push(!literal && e - s <= longestMissing && missing.has(plain) ? null : plain);
    }
  }

  finish(): Column {
    const dictionary = this.#dictionary;
    if (dictionary === null) return { kind: "text", values: this.#strings };
    const { words } = dictionary;
    const codes = this.#codes.slice(0, this.#count);
    let present = 0;
    for (let i = 0; i < codes.length; i++) if (codes[i]! >= 0) present++;
    if (this.#want === "auto" && !looksCategorical(words.length, present, this.#context.maxCategories)) {
      this.#toStrings();
      return { kind: "text", values: this.#strings };
    }
    const order = Array.from(words.keys()).sort((a, b) => (words[a]! < words[b]! ? -1 : 1));
    const rank = new Int32Array(words.length);
    order.forEach((code, r) => {
      rank[code] = r;
    });
    for (let i = 0; i < codes.length; i++) {
      const code = codes[i]!;
      if (code >= 0) codes[i] = rank[code]!;
    }
    return { kind: "category", codes, categories: order.map((code) => words[code]!) };
  }

  /** The rows so far with codes in order of appearance, and an empty builder that continues the list. */
  flush(): Column {
    if (this.#dictionary === null) {
      const values = this.#strings;
      this.#strings = [];
      return { kind: "text", values };
    }
    const codes = this.#codes.slice(0, this.#count);
    this.#count = 0;
    return { kind: "category", codes, categories: this.#dictionary.words.slice() };
  }
}

/** The first values, not copied where little would be left over. */
function firstOf(values: Float64Array, count: number): Float64Array {
  const spare = values.length - count;
  return spare * 16 <= count ? values.subarray(0, count) : values.slice(0, count);
}

function grownNumbers(old: Float64Array, atLeast: number): Float64Array {
  const out = new Float64Array(Math.max(atLeast, Math.ceil(old.length * 1.5)));
  out.set(old);
  return out;
}
