import { argumentError } from "../../errors.ts";
import { type Column, MISSING_BOOLEAN } from "../table/column.ts";
import { Table } from "../table/index.ts";
import { MISSING_TOKENS } from "./options.ts";

/** How a table is written as CSV. The defaults are what `readCsv` reads back the same. */
export interface CsvWriteOptions {
  /** `","` by default. */
  readonly delimiter?: string;
  /** Write the names as the first line; true by default. */
  readonly header?: boolean;
  /** Text of a missing value; empty by default ("NA" in a table with one column, where an empty line would be lost). */
  readonly missing?: string;
  /** `"."` by default. */
  readonly decimal?: "." | ",";
  /** `"\n"` by default. */
  readonly lineEnd?: "\n" | "\r\n";
}

/**
 * A table as delimited text. Numbers are written with the fewest digits that read back the same; dates in ISO
 * 8601 (UTC); text is quoted where it holds the delimiter, a quote, a line end or spaces around it, or where
 * it would read back as missing.
 *
 * @example
 * writeCsv(Table.fromColumns({ a: [1, null], b: ["x, y", "z"] })); // 'a,b\n1,"x, y"\n,z\n'
 */
export function writeCsv(table: Table, options: CsvWriteOptions = {}): string {
  const where = "writeCsv";
  if (!(table instanceof Table)) throw argumentError(where, "table", table, "a Table");
  const { delimiter = ",", header = true, decimal = ".", lineEnd = "\n" } = options;
  if (typeof delimiter !== "string" || delimiter.length !== 1 || /[\w"\r\n]/.test(delimiter))
    throw argumentError(
      where,
      "delimiter",
      delimiter,
      "one character that is no letter, digit, quote or line end",
    );
  if (decimal !== "." && decimal !== ",") throw argumentError(where, "decimal", decimal, '"." or ","');
  const missing = options.missing ?? (table.cols === 1 ? "NA" : "");
  const special = new Set([...MISSING_TOKENS, missing]);
  const quoted = (text: string) => {
    const plain =
      !text.includes(delimiter) &&
      !/["\r\n]|^\s|\s$/.test(text) &&
      !special.has(text) &&
      !text.startsWith("\ufeff");
    return plain ? text : `"${text.replaceAll('"', '""')}"`;
  };
  const writers = table.columns.map((column) => cellWriter(column, quoted, decimal, delimiter, missing));
  const lines: string[] = [];
  if (header) lines.push(table.names.map(quoted).join(delimiter));
  const parts = new Array<string>(table.cols);
  for (let i = 0; i < table.rows; i++) {
    for (let j = 0; j < writers.length; j++) parts[j] = writers[j]!(i);
    lines.push(parts.join(delimiter));
  }
  return lines.length === 0 ? "" : lines.join(lineEnd) + lineEnd;
}

function cellWriter(
  column: Column,
  quoted: (text: string) => string,
  decimal: "." | ",",
  delimiter: string,
  missing: string,
): (i: number) => string {
  switch (column.kind) {
    case "number": {
      const { values } = column;
      return (i) => {
        const v = values[i]!;
        if (Number.isNaN(v)) return missing;
        const text = numberText(v);
        if (decimal === ".") return text;
        const local = text.replace(".", ",");
        return delimiter === "," && local !== text ? `"${local}"` : local;
      };
    }
    case "date": {
      const { values } = column;
      // A column of days holds the same ones again and again.
      const known = new Map<number, string>();
      return (i) => {
        const v = values[i]!;
        if (Number.isNaN(v)) return missing;
        let text = known.get(v);
        if (text === undefined) {
          text = new Date(v).toISOString().replace(/T00:00:00\.000Z$/, "");
          if (known.size < 10_000) known.set(v, text);
        }
        return text;
      };
    }
    case "boolean": {
      const { values } = column;
      return (i) => (values[i] === MISSING_BOOLEAN ? missing : values[i] === 1 ? "true" : "false");
    }
    case "category": {
      const words = column.categories.map(quoted);
      const { codes } = column;
      return (i) => (codes[i]! < 0 ? missing : words[codes[i]!]!);
    }
    case "text": {
      const { values } = column;
      return (i) => (values[i] === null ? missing : quoted(values[i]!));
    }
  }
}

/** Digits beyond 2^53 are written with an exponent, so that nobody takes them for the digits of a name. */
function numberText(v: number): string {
  if (Object.is(v, -0)) return "-0";
  return Math.abs(v) > Number.MAX_SAFE_INTEGER && Number.isFinite(v) ? v.toExponential() : String(v);
}
