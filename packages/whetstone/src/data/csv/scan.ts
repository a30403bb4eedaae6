import { formatError } from "../../errors.ts";

const LF = 10;
const CR = 13;
const SPACE = 32;

/** How a field was written. */
export const PLAIN = 0;
export const QUOTED = 1;
/** Quoted, with doubled quotes inside. */
export const ESCAPED = 2;

export interface ScanFormat {
  readonly delimiter: number;
  /** Code of the quote character, or -1. */
  readonly quote: number;
  /** Code that starts a comment line, or -1. */
  readonly comment: number;
  readonly trim: boolean;
}

/** What to do with a row that has too many fields, or that is not well quoted. */
export type BadRows = "error" | "skip" | "repair";

/** What went wrong, for the notes. */
export interface RowCounts {
  short: number;
  firstShort: number;
  long: number;
  firstLong: number;
}

/**
 * Finds the fields of delimited text. It reads a window of bytes and fills the places of the fields of whole
 * rows: field j of row r is `bytes[starts[r * cols + j]]` up to `ends[...]`, quotes left out.
 */
export class Scanner {
  readonly bytes: Uint8Array;
  /** Nothing follows these bytes, so that the last line may lack its end. */
  readonly final: boolean;
  readonly format: ScanFormat;
  position: number;
  /** Line of the file (from 1) that `position` is on. */
  line: number;
  starts = new Int32Array(0);
  ends = new Int32Array(0);
  styles = new Uint8Array(0);
  /** Line on which each row starts. */
  lines = new Int32Array(0);

  constructor(bytes: Uint8Array, format: ScanFormat, position = 0, line = 1, final = true) {
    this.bytes = bytes;
    this.format = format;
    this.position = position;
    this.line = line;
    this.final = final;
  }

  /** Fields of the next record, whatever their number; null at the end of the bytes. */
  record(): { fields: Field[]; line: number } | null {
    const fields: Field[] = [];
    if (!this.#skipBlank()) return null;
    const start = this.position;
    const { line } = this;
    for (;;) {
      const status = this.#field();
      if (status === BROKEN) throw this.#brokenQuote(line);
      if (status === CUT) {
        this.position = start;
        this.line = line;
        return null;
      }
      fields.push({ start: this.#start, end: this.#end, style: this.#style });
      if (status === ROW_END) return { fields, line };
    }
  }

  /** Reads up to `maxRows` rows of `cols` fields; returns how many were read. 0 means that no whole row is left. */
  rows(cols: number, maxRows: number, badRows: BadRows, counts: RowCounts, where: string): number {
    if (this.starts.length < cols * maxRows) {
      this.starts = new Int32Array(cols * maxRows);
      this.ends = new Int32Array(cols * maxRows);
      this.styles = new Uint8Array(cols * maxRows);
    }
    if (this.lines.length < maxRows) this.lines = new Int32Array(maxRows);
    const { bytes, starts, ends, styles, lines, format } = this;
    const { delimiter, quote, trim } = format;
    const length = bytes.length;
    const highest = Math.max(delimiter, CR);
    let row = 0;
    while (row < maxRows && this.#skipBlank()) {
      const recordStart = this.position;
      const recordLine = this.line;
      const base = row * cols;
      let pos = recordStart;
      let col = 0;
      let extra = false;
      let status = FIELD_END;
      for (;;) {
        // Most fields are plain: they end at the next delimiter or line end.
        const start = pos;
        let c = pos < length ? bytes[pos]! : -1;
        if (c !== quote && !(c === SPACE && trim)) {
          // One comparison is enough for digits and letters where the delimiter is a comma or a tab.
          while ((c > highest || (c !== delimiter && c !== LF && c !== CR)) && ++pos < length)
            c = bytes[pos]!;
          if (pos < length) {
            if (col < cols) {
              starts[base + col] = start;
              ends[base + col] = pos;
              styles[base + col] = PLAIN;
            } else if (pos > start) extra = true;
            col++;
            pos++;
            if (c === delimiter) continue;
            if (c === CR) {
              if (pos < length) {
                if (bytes[pos] === LF) pos++;
              } else if (!this.final) {
                // The LF of a CRLF may come with the next bytes.
                status = CUT;
                break;
              }
            }
            this.line++;
            status = ROW_END;
            break;
          }
          pos = start;
        }
        this.position = pos;
        status = this.#field();
        pos = this.position;
        if (status === CUT || status === BROKEN) break;
        if (col < cols) {
          starts[base + col] = this.#start;
          ends[base + col] = this.#end;
          styles[base + col] = this.#style;
        } else if (this.#end > this.#start) extra = true;
        col++;
        if (status === ROW_END) break;
      }
      this.position = pos;
      if (status === CUT) {
        this.position = recordStart;
        this.line = recordLine;
        break;
      }
      if (status === BROKEN) {
        if (badRows === "error") throw this.#brokenQuote(recordLine, where);
        this.#skipLine();
        if (counts.long++ === 0) counts.firstLong = recordLine;
        continue;
      }
      if (extra) {
        if (badRows === "error") {
          throw formatError(
            where,
            `line ${recordLine} has ${col} fields, expected ${cols}: quote the field that holds the delimiter, or pass badRows: "skip" or "repair"`,
          );
        }
        if (counts.long++ === 0) counts.firstLong = recordLine;
        if (badRows === "skip") continue;
      } else if (col < cols) {
        if (counts.short++ === 0) counts.firstShort = recordLine;
        if (badRows === "skip") continue;
        for (; col < cols; col++) {
          starts[base + col] = pos;
          ends[base + col] = pos;
          styles[base + col] = PLAIN;
        }
      }
      lines[row++] = recordLine;
    }
    return row;
  }

  #start = 0;
  #end = 0;
  #style = PLAIN;

  /** Moves over blank and comment lines; false when nothing whole is left. */
  #skipBlank(): boolean {
    const { bytes, format } = this;
    const { length } = bytes;
    while (this.position < length) {
      const c = bytes[this.position]!;
      if (c === LF || c === CR) {
        this.position++;
        if (c === CR && bytes[this.position] === LF) this.position++;
        this.line++;
      } else if (c === format.comment) {
        const before = this.position;
        if (!this.#skipLine()) {
          if (!this.final) this.position = before;
          return false;
        }
      } else if (c === SPACE && format.trim) {
        let end = this.position;
        while (bytes[end] === SPACE) end++;
        if (end < length && bytes[end] !== LF && bytes[end] !== CR) return true;
        if (end >= length && !this.final) return false;
        this.position = end;
      } else return true;
    }
    return false;
  }

  /** Moves behind the next line end; false when there is none. */
  #skipLine(): boolean {
    const { bytes } = this;
    while (this.position < bytes.length) {
      const c = bytes[this.position++]!;
      if (c === LF || c === CR) {
        if (c === CR && bytes[this.position] === LF) this.position++;
        this.line++;
        return true;
      }
    }
    return false;
  }

  /** One field of any style. Leaves its place in `#start`, `#end` and `#style`, and the position behind it. */
  #field(): number {
    const { bytes, format, final } = this;
    const { length } = bytes;
    let pos = this.position;
    let from = pos;
    if (format.trim) while (from < length && bytes[from] === SPACE) from++;
    if (from < length && bytes[from] === format.quote) {
      let style = QUOTED;
      let lineBreaks = 0;
      pos = from + 1;
      this.#start = pos;
      for (;;) {
        if (pos >= length) return final ? BROKEN : CUT;
        const c = bytes[pos]!;
        if (c === format.quote) {
          if (pos + 1 >= length && !final) return CUT;
          if (bytes[pos + 1] !== format.quote) break;
          style = ESCAPED;
          pos++;
        } else if (c === LF || (c === CR && bytes[pos + 1] !== LF)) lineBreaks++;
        pos++;
      }
      this.#end = pos++;
      this.#style = style;
      while (pos < length && bytes[pos] === SPACE) pos++;
      if (pos < length) {
        const c = bytes[pos]!;
        if (c !== format.delimiter && c !== LF && c !== CR) return BROKEN;
      }
      this.line += lineBreaks;
    } else {
      this.#start = pos;
      while (pos < length) {
        const c = bytes[pos]!;
        if (c === format.delimiter || c === LF || c === CR) break;
        pos++;
      }
      this.#end = pos;
      this.#style = PLAIN;
    }
    if (pos >= length) {
      if (!final) return CUT;
      this.position = pos;
      return ROW_END;
    }
    const c = bytes[pos++]!;
    if (c === format.delimiter) {
      this.position = pos;
      return FIELD_END;
    }
    if (c === CR) {
      if (pos >= length && !final) return CUT;
      if (bytes[pos] === LF) pos++;
    }
    this.line++;
    this.position = pos;
    return ROW_END;
  }

  #brokenQuote(line: number, where = "readCsv"): Error {
    return formatError(
      where,
      `line ${line} has a quoted field that does not end before a delimiter or line end: double the quotes inside it, or pass quote: null if the file does not quote`,
    );
  }
}

export interface Field {
  readonly start: number;
  readonly end: number;
  readonly style: number;
}

const FIELD_END = 0;
const ROW_END = 1;
/** The bytes end inside the field, and more may come. */
const CUT = 2;
/** A quote that never closes, or is followed by something else. */
const BROKEN = 3;

const decoder = /* @__PURE__ */ new TextDecoder("utf-8", { ignoreBOM: true });

/** Text of a field, quotes resolved. */
export function fieldText(
  bytes: Uint8Array,
  start: number,
  end: number,
  style: number,
  format: ScanFormat,
): string {
  let from = start;
  let to = end;
  if (style === PLAIN && format.trim) {
    while (from < to && bytes[from] === SPACE) from++;
    while (to > from && bytes[to - 1] === SPACE) to--;
  }
  const text = decoder.decode(bytes.subarray(from, to));
  if (style !== ESCAPED) return text;
  const quote = String.fromCharCode(format.quote);
  return text.replaceAll(quote + quote, quote);
}
