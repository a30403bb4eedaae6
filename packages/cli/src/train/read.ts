import { WhetstoneError } from "whetstone/contract";
import { type Column, type CsvOptions, type CsvResult, levelsOf, readCsv, Table } from "whetstone/data";
import { Failure } from "../failure.ts";
import { asLooseDates, asLooseNumbers, type DateOrder, type DecimalMark } from "./convert.ts";
import { readTextFile } from "./file.ts";
import { count, listed, quoted } from "./words.ts";

/** How a column is written in the training file, where its kind alone does not say it. */
export interface Spelling {
  /** Numbers with currency signs or thousands marks, or among other words: read as text, then converted. */
  readonly looseNumber?: DecimalMark;
  readonly dateOrder?: DateOrder;
}

export interface TrainingFile {
  readonly table: Table;
  /** Sentences about what was guessed or repaired. */
  readonly notes: readonly string[];
  readonly spelling: Readonly<Record<string, Spelling>>;
  readonly delimiter: string;
}

/** With more different numbers than this, a target is a quantity, whatever words stand between them. */
const MOST_CLASS_NUMBERS = 20;
/** Most rows that may be left out for having too many fields before the file is refused. */
const MOST_BROKEN = 0.05;

/**
 * Reads a CSV file for training: every column as what it is for a person.
 *
 * @param isQuantity the target is known to be a number, so that words in it are missing values
 */
export function readTrainingFile(file: string, target: string, isQuantity = false): TrainingFile {
  const notes: string[] = [];
  const bytes = readTextFile(file, notes);
  const { result, options } = readRows(bytes, file, { header: hasHeader(bytes, [target]) }, notes);
  const loose = loosen(result, target, isQuantity, notes);
  const columns = loose.table.columns.map((column, j) =>
    withoutInfinity(column, loose.table.names[j]!, notes),
  );
  const table = new Table(loose.table.names, columns);
  checkShape(table, file, result, target);
  const converted = new Set(Object.keys(loose.spelling));
  const spelling: Record<string, Spelling> = { ...loose.spelling };
  for (const [name, kind] of Object.entries(table.kinds())) {
    if (kind !== "date" || converted.has(name)) continue;
    const dateOrder = dateOrderOf(bytes, options, name, table.numbers(name));
    if (dateOrder !== null) spelling[name] = { dateOrder };
  }
  const told = result.notes
    .filter((note) => ![...converted].some((name) => note.startsWith(`column ${quoted(name)}`)))
    .map(forTheCommand);
  return { table, notes: [...told, ...notes], spelling, delimiter: result.dialect.delimiter };
}

/** The reader's advice names options of a function; on the command line the fact is enough. */
export function forTheCommand(note: string): string {
  return note.replace(/[;:,] (?:or )?(?:pass|add) .*$/s, "");
}

/** Names that are looked for settle that the first line holds names, even where all of them are numbers. */
export function hasHeader(bytes: Uint8Array, names: readonly string[]): true | "auto" {
  const found = tryRead(bytes, { header: true, nRows: 0 })?.table.names ?? [];
  return names.every((name) => found.includes(name)) ? true : "auto";
}

/** Reads the rows; those with too many fields are left out where they are few. */
function readRows(
  bytes: Uint8Array,
  file: string,
  base: CsvOptions,
  notes: string[],
): { result: CsvResult; options: CsvOptions } {
  try {
    return { result: readCsv(bytes, base), options: base };
  } catch (error) {
    if (!(error instanceof WhetstoneError) || error.code !== "format") throw error;
    const all = tryRead(bytes, { ...base, badRows: "repair" });
    const whole = tryRead(bytes, { ...base, badRows: "skip" });
    const sentence = forTheCommand(error.message.replace(/^readCsv: /, ""));
    if (all === null || whole === null) throw new Failure(`${quoted(file)}: ${sentence}.`);
    const broken = all.table.rows - whole.table.rows;
    if (broken > MOST_BROKEN * all.table.rows || whole.table.rows === 0) {
      throw new Failure(
        `${quoted(file)}: ${sentence}. ${count(broken, "row")} of ${all.table.rows} do not have the number of fields of the header: the delimiter or the quotes are not what they seem, so repair the file first.`,
      );
    }
    notes.push(
      `${count(broken, "row")} with another number of fields than the header left out (${sentence})`,
    );
    return {
      result: { ...whole, notes: whole.notes.filter((note) => !/ (is|are) left out$/.test(note)) },
      options: { ...base, badRows: "skip" },
    };
  }
}

function tryRead(bytes: Uint8Array, options: CsvOptions): CsvResult | null {
  try {
    return readCsv(bytes, options);
  } catch {
    return null;
  }
}

/** Text columns that are numbers or dates but for a few words. */
function loosen(
  result: CsvResult,
  target: string,
  isQuantity: boolean,
  notes: string[],
): { table: Table; spelling: Record<string, Spelling> } {
  const spelling: Record<string, Spelling> = {};
  const columns = result.table.columns.map((column, j): Column => {
    const name = result.table.names[j]!;
    if (column.kind !== "text" && column.kind !== "category") return column;
    const numbers = asLooseNumbers(column, result.dialect.decimal);
    const found = numbers ?? asLooseDates(column);
    if (found === null) return column;
    if (name === target && found.placeholders.length > 0) {
      // A word among a few numbers may be a class; among many it is none.
      const quantity = numbers !== null && levelsOf(numbers.column).values.length > MOST_CLASS_NUMBERS;
      if (!quantity && !(isQuantity && numbers !== null)) return column;
    }
    spelling[name] = numbers
      ? { looseNumber: numbers.decimal }
      : { dateOrder: (found as { dateOrder: DateOrder }).dateOrder };
    const kind = numbers ? "numbers" : "dates";
    if (found.placeholders.length > 0) {
      const words = listed(found.placeholders);
      notes.push(
        `column ${quoted(name)} holds ${kind} and ${words} (${count(found.rows, "row")}): read as ${kind}, ${words} as missing`,
      );
    } else if (numbers !== null) {
      notes.push(`column ${quoted(name)} is read as numbers, without signs and marks such as $, % and 1,000`);
    }
    return found.column;
  });
  return { table: new Table(result.table.names, columns), spelling };
}

export function withoutInfinity(column: Column, name: string, notes: string[]): Column {
  if (column.kind !== "number") return column;
  let infinite = 0;
  for (const v of column.values) if (v === Infinity || v === -Infinity) infinite++;
  if (infinite === 0) return column;
  notes.push(`column ${quoted(name)} holds infinity in ${count(infinite, "row")}: taken as missing`);
  return { kind: "number", values: column.values.map((v) => (Number.isFinite(v) ? v : Number.NaN)) };
}

function checkShape(table: Table, file: string, result: CsvResult, target: string): void {
  const name = quoted(file);
  if (table.cols === 1 && table.names[0] !== target) {
    const only = table.names[0]!;
    const other = /[\s^~:]/.exec(only)?.[0];
    const guess = other === undefined ? "" : `; this file seems to separate them by ${quoted(other)}`;
    throw new Failure(
      `${name} has one column, ${quoted(only)}: fields must be separated by a comma, semicolon, tab or bar${guess}.`,
    );
  }
  if (table.rows === 0)
    throw new Failure(`${name} has a header and no rows: there is nothing to learn from.`);
  if (table.cols === 1) {
    throw new Failure(`${name} holds the target and no other column: there is nothing to predict it from.`);
  }
  if (!result.dialect.header && !table.has(target)) {
    throw new Failure(
      `the first line of ${name} looks like data, not like names: add a header line, or name the target by position: ${table.names[0]} is the first column, ${table.names.at(-1)} the last.`,
      2,
    );
  }
}

/** Which order makes the dates what they are; null where both do. */
function dateOrderOf(
  bytes: Uint8Array,
  options: CsvOptions,
  name: string,
  values: Float64Array,
): DateOrder | null {
  const fits = (dateOrder: DateOrder) => {
    const again = tryRead(bytes, { ...options, useColumns: [name], dtypes: { [name]: "date" }, dateOrder });
    const other = again?.table.columns[0];
    return other?.kind === "date" && other.values.every((v, i) => Object.is(v, values[i]));
  };
  const dmy = fits("dmy");
  const mdy = fits("mdy");
  return dmy === mdy ? null : dmy ? "dmy" : "mdy";
}
