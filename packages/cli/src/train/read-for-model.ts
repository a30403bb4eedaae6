import { WhetstoneError } from "whetstone/contract";
import {
  type Column,
  type ColumnKind,
  type CsvOptions,
  type CsvResult,
  readCsv,
  Table,
} from "whetstone/data";
import { Failure } from "../failure.ts";
import { convertWords } from "./convert.ts";
import { readTextFile } from "./file.ts";
import type { ModelInfo } from "./folder.ts";
import { forTheCommand, hasHeader, withoutInfinity } from "./read.ts";
import type { ColumnSchema } from "./report.ts";
import { count, listed, quoted, suggestion } from "./words.ts";

/** Reads a CSV file with the columns and kinds of a model's training file. Every row stays, in order. */
export function readForModel(
  file: string,
  { columns, target }: ModelInfo,
): { table: Table; notes: readonly string[] } {
  const notes: string[] = [];
  const bytes = readTextFile(file, notes);
  const header = hasHeader(
    bytes,
    columns.map(({ name }) => name),
  );
  const head = readAll(bytes, { header, nRows: 0 }, file, []);
  const has = new Set(head.table.names);
  const absent = columns.filter(({ name }) => !has.has(name)).map(({ name }) => name);
  if (absent.length > 0) throw lacking(absent, head, file);
  const wanted = new Set(columns.map(({ name }) => name));
  const extra = head.table.names.filter((name) => !wanted.has(name) && name !== target.name);
  if (extra.length > 0) {
    notes.push(`${count(extra.length, "column")} ignored that the model does not use: ${listed(extra)}`);
  }
  // Names and codes stay text even where a file happens to hold digits only.
  const dtypes: Record<string, ColumnKind> = {};
  for (const { name, kind, looseNumber } of columns) {
    if (looseNumber !== undefined) dtypes[name] = "text";
    else if (kind === "category" || kind === "text") dtypes[name] = kind;
  }
  const found = new Map<string, Column>();
  const told = new Set<string>();
  for (const dateOrder of [undefined, "dmy", "mdy"] as const) {
    const group = columns.filter((column) => column.dateOrder === dateOrder);
    if (group.length === 0) continue;
    const names = group.map(({ name }) => name);
    const result = readAll(
      bytes,
      {
        header,
        useColumns: names,
        dtypes: Object.fromEntries(Object.entries(dtypes).filter(([name]) => names.includes(name))),
        ...(dateOrder && { dateOrder }),
      },
      file,
      notes,
    );
    for (const note of result.notes) if (!/^column |^the dates of column /.test(note)) told.add(note);
    for (const schema of group) {
      const column = ofKind(schema, result.table.column(schema.name), result, notes);
      found.set(schema.name, withoutInfinity(column, schema.name, notes));
    }
  }
  const names = columns.map(({ name }) => name);
  const table = new Table(
    names,
    names.map((name) => found.get(name)!),
  );
  return { table, notes: [...new Set([...[...told].map(forTheCommand), ...notes])] };
}

/** Rows with too many fields are cut rather than left out: each row gets its prediction. */
function readAll(bytes: Uint8Array, options: CsvOptions, file: string, notes: string[]): CsvResult {
  try {
    return readCsv(bytes, options);
  } catch (error) {
    if (!(error instanceof WhetstoneError) || error.code !== "format") throw error;
    const sentence = forTheCommand(error.message.replace(/^readCsv: /, ""));
    if (!/ fields, expected /.test(error.message)) throw new Failure(`${quoted(file)}: ${sentence}.`);
    try {
      const result = readCsv(bytes, { ...options, badRows: "repair" });
      notes.push(`${sentence}: what is beyond the header is cut off`);
      return result;
    } catch {
      throw new Failure(`${quoted(file)}: ${sentence}.`);
    }
  }
}

function lacking(absent: readonly string[], head: CsvResult, file: string): Failure {
  const { names } = head.table;
  const them = absent.length === 1 ? `the column ${quoted(absent[0]!)}` : `the columns ${listed(absent)}`;
  if (!head.dialect.header) {
    return new Failure(
      `${quoted(file)} lacks ${them}: its first line looks like data, and names are expected there.`,
    );
  }
  return new Failure(
    `${quoted(file)} lacks ${them} that the model was trained on; ${suggestion(absent[0]!, names, "columns there")}`,
  );
}

/** A column as the kind of training; what does not fit becomes missing and is told. */
function ofKind(schema: ColumnSchema, column: Column, result: CsvResult, notes: string[]): Column {
  const { name, kind } = schema;
  if (column.kind === kind) return column;
  if (kind === "category" || kind === "text") {
    throw new Error(`column ${quoted(name)} was asked for as ${kind} and came as ${column.kind}`);
  }
  if (column.kind === "category" || column.kind === "text") {
    const decimal = schema.looseNumber ?? result.dialect.decimal;
    const { column: converted, lost } = convertWords(column, kind, decimal, schema.dateOrder ?? "auto");
    if (lost.size > 0) {
      const rows = [...lost.values()].reduce((a, b) => a + b, 0);
      notes.push(
        `column ${quoted(name)} held ${kind}s in training and holds ${listed([...lost.keys()], 3)} here (${count(rows, "row")}): taken as missing`,
      );
    }
    return converted;
  }
  return betweenNumbers(column, kind, name, notes);
}

/** Numbers, dates and booleans where another of them was expected. */
function betweenNumbers(
  column: Exclude<Column, { kind: "text" | "category" }>,
  kind: "number" | "date" | "boolean",
  name: string,
  notes: string[],
): Column {
  const n = column.values.length;
  const empty = column.kind !== "boolean" && column.values.every((v) => Number.isNaN(v));
  if (!empty && column.kind === "boolean" && kind === "number") {
    return { kind, values: Float64Array.from(column.values, (v) => (v === 255 ? Number.NaN : v)) };
  }
  if (!empty && column.kind === "number" && kind === "boolean") {
    return {
      kind,
      values: Uint8Array.from(column.values, (v) => (v === 0 || v === 1 ? v : 255)),
    };
  }
  if (!empty) {
    notes.push(
      `column ${quoted(name)} held ${kind}s in training and holds ${column.kind}s here: taken as missing`,
    );
  }
  if (kind === "boolean") return { kind, values: new Uint8Array(n).fill(255) };
  return { kind, values: new Float64Array(n).fill(Number.NaN) };
}
