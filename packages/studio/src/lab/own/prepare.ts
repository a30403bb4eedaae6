/** A reader's table to numbers that a card can use, with sentences about all that was left out. */
import type { DatasetControl } from "@whetstone/sheet";
import { type CsvResult, readCsv, type Table } from "whetstone/data";

/** More rows than this make a lab slow, and a picture no clearer; a larger table is thinned to them. */
export const MOST_ROWS = 1000;
/** Rows that are read of a table, to choose from. */
const MOST_READ = 100_000;
const MOST_COLUMNS = 30;
const MOST_CLASSES = 10;
/** A text column with at most this many values becomes columns of 0 and 1. */
const MOST_CATEGORIES = 6;
/** Squares and sums of more than this would be infinite. */
const LARGEST = 1e100;
const FEWEST_ROWS = 20;
const FEWEST_IN_CLASS = 5;

export type Task = DatasetControl["task"];

/** Without methods, so that it can be sent to a worker. */
export interface PlainData {
  readonly name: string;
  readonly data: Float64Array;
  readonly rows: number;
  readonly cols: number;
  readonly y: readonly (string | number)[] | null;
  readonly columns: readonly string[];
  readonly target: string | null;
}
export interface Wish {
  readonly task: Task;
  /** Null takes the last column that suits, and empty text none where labels only colour. */
  readonly target: string | null;
  /** Null takes all that can be used. */
  readonly columns: readonly string[] | null;
}
export interface Prepared {
  readonly data: PlainData;
  /** All columns, and those that can be the target. */
  readonly names: readonly string[];
  readonly targets: readonly string[];
  readonly notes: readonly string[];
}

/** A reason to keep the data from before, as a sentence. */
export class Refusal extends Error {}

const count = (n: number, one: string, many = `${one}s`): string =>
  `${n.toLocaleString("en")} ${n === 1 ? one : many}`;

function parse(bytes: Uint8Array): CsvResult {
  if (bytes.length === 0) throw new Refusal("It is empty.");
  const wide = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  if (!wide && bytes.subarray(0, 4096).includes(0))
    throw new Refusal("It is not a table but a binary file; a CSV is expected.");
  let found: CsvResult;
  try {
    found = readCsv(bytes, { nRows: MOST_READ + 1, badRows: "repair" });
  } catch (cause) {
    throw new Refusal(`It could not be read as a table: ${cause instanceof Error ? cause.message : cause}`);
  }
  if (found.table.cols < 2)
    throw new Refusal(
      "It has one column; at least two are expected, with commas, semicolons or tabs between.",
    );
  return found;
}

/** Rows at even distances: the first thousand of a sorted table would be all of one kind. */
function thinned(all: Table, notes: string[], cut: boolean): Table {
  const part = cut || all.rows > MOST_READ;
  const whole = all.head(MOST_READ);
  const of = `${part ? "the first " : ""}${count(whole.rows, "row")}`;
  if (whole.rows <= MOST_ROWS) {
    if (part) notes.push(`Only ${of} are read.`);
    return whole;
  }
  notes.push(`${MOST_ROWS.toLocaleString("en")} rows are used, at even distances in ${of}.`);
  return whole.selectRows(
    Array.from({ length: MOST_ROWS }, (_, i) => Math.floor((i * whole.rows) / MOST_ROWS)),
  );
}

/** @throws Refusal with one sentence where the bytes hold no table for the task */
export function prepare(name: string, bytes: Uint8Array, wish: Wish, cut = false): Prepared {
  const { table: all, notes: read } = parse(bytes);
  const notes = read.map((note) => `${note[0]!.toUpperCase()}${note.slice(1)}.`);
  const table = thinned(all, notes, cut);
  const valuesOf = (column: string): (string | number | null)[] => {
    const kind = table.kind(column);
    if (kind === "number" || kind === "date")
      return Array.from(table.numbers(column), (v) => (Number.isFinite(v) ? v : null));
    return table.strings(column);
  };
  const distinct = (column: string) => new Set(valuesOf(column).filter((v) => v !== null)).size;
  const tooLarge = (column: string) =>
    valuesOf(column).some((v) => typeof v === "number" && Math.abs(v) > LARGEST);
  const suits = (column: string): boolean => {
    if (wish.task === "numbers")
      return table.kind(column) === "number" && distinct(column) > 2 && !tooLarge(column);
    const n = distinct(column);
    return n >= 2 && n <= MOST_CLASSES;
  };
  const optional = wish.task === "none" || wish.task === "groups";
  const targets = wish.task === "none" ? [] : table.names.filter(suits);
  if (!optional && targets.length === 0)
    throw new Refusal(
      wish.task === "numbers"
        ? "No column holds numbers to predict."
        : `No column has between 2 and ${MOST_CLASSES} different values to be the class.`,
    );
  const without = wish.task === "groups" && wish.target === "";
  const target = without
    ? null
    : (targets.find((column) => column === wish.target) ?? targets.at(-1) ?? null);
  let features: { name: string; values: readonly (number | null)[] }[] = [];
  for (const column of table.names) {
    if (column === target || (wish.columns !== null && !wish.columns.includes(column))) continue;
    const values = valuesOf(column);
    const kinds = [...new Set(values.filter((v) => v !== null))].sort();
    if (tooLarge(column)) notes.push(`“${column}” is left out: its numbers are too large to be squared.`);
    else if (kinds.length < 2) notes.push(`“${column}” is left out: it has one value.`);
    else if (values.every((v) => v === null || typeof v === "number"))
      features.push({ name: column, values: values as (number | null)[] });
    else if (kinds.length <= MOST_CATEGORIES) {
      for (const kind of kinds.slice(1)) {
        const is = values.map((v) => (v === null ? null : v === kind ? 1 : 0));
        features.push({ name: `${column} = ${kind}`, values: is });
      }
    } else notes.push(`“${column}” is left out: it is text with ${count(kinds.length, "value")}.`);
  }
  if (features.length > MOST_COLUMNS) {
    notes.push(`Only the first ${MOST_COLUMNS} of ${count(features.length, "column")} are used.`);
    features.length = MOST_COLUMNS;
  }
  if (features.length < 2)
    throw new Refusal("Fewer than two columns can be used; numbers, or text of few values, are expected.");
  const numbers = wish.task === "numbers";
  const labels = target === null ? null : valuesOf(target);
  let rows = Array.from({ length: table.rows }, (_, i) => i).filter(
    (i) => labels?.[i] !== null && features.every((f) => f.values[i] !== null),
  );
  const lost = table.rows - rows.length;
  if (lost > 0)
    notes.push(`${count(lost, "row")} with missing values ${lost === 1 ? "is" : "are"} left out.`);
  if (labels && wish.task === "classes") {
    const sizes = new Map<unknown, number>();
    for (const i of rows) sizes.set(labels[i], (sizes.get(labels[i]) ?? 0) + 1);
    const rare = [...sizes].filter(([, size]) => size < FEWEST_IN_CLASS).map(([label]) => label);
    if (rare.length > 0) {
      notes.push(`${count(rare.length, "class", "classes")} of fewer than ${FEWEST_IN_CLASS} rows left out.`);
      rows = rows.filter((i) => !rare.includes(labels[i]));
    }
    if (sizes.size - rare.length < 2) throw new Refusal("Fewer than two classes have rows enough.");
  }
  if (rows.length < FEWEST_ROWS)
    throw new Refusal(
      `${count(rows.length, "complete row")} cannot show much; at least ${FEWEST_ROWS} are expected.`,
    );
  // What varied only in rows that are gone is of no use either.
  const varies = (values: readonly unknown[]) => rows.some((row) => values[row] !== values[rows[0]!]);
  const still = features.filter((f) => varies(f.values));
  if (still.length < features.length) {
    const gone = features.filter((f) => !still.includes(f)).map((f) => `“${f.name}”`);
    notes.push(
      `${gone.join(", ")} ${gone.length === 1 ? "is" : "are"} left out: one value in the rows used.`,
    );
    features = still;
  }
  if (features.length < 2) throw new Refusal("Fewer than two columns vary in the rows that can be used.");
  if (numbers && labels && !varies(labels))
    throw new Refusal(`“${target}” has one value in the rows that can be used.`);
  const data = new Float64Array(rows.length * features.length);
  rows.forEach((row, i) => {
    features.forEach((f, j) => {
      data[i * features.length + j] = f.values[row]!;
    });
  });
  const y = labels && rows.map((i) => (numbers ? Number(labels[i]) : String(labels[i])));
  const columns = features.map((f) => f.name);
  return {
    data: { name, data, rows: rows.length, cols: features.length, y, columns, target },
    names: table.names,
    targets,
    notes,
  };
}
