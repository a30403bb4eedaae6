import type { Label } from "whetstone/contract";
import { type ColumnKind, cellOf, levelsOf, type Table } from "whetstone/data";
import { Failure, usage } from "../failure.ts";
import { brief, count, listed, percent, quoted, suggestion } from "./words.ts";

export type Task = "classification" | "regression";

/** Fewest rows to learn from. */
const FEWEST_ROWS = 10;
/** Below this, scores are told to be rough. */
const FEW_ROWS = 100;
/** Fewest rows of a class: one to hold out and two to cross-validate. */
const FEWEST_OF_CLASS = 3;
/** Most classes. */
const MOST_CLASSES = 200;
/** Whole numbers with at most so many values, each seen several times, are taken for classes. */
const MOST_NUMBER_CLASSES = 10;
const ROWS_PER_NUMBER_CLASS = 5;

export interface ClassShare {
  readonly label: Label;
  readonly rows: number;
}

/** What is to be predicted. */
export interface Target {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly task: Task;
  /** Whether the task was inferred, and from what. */
  readonly why: string;
  /** Labels, or numbers for regression; one per row of the table. */
  readonly y: readonly Label[] | Float64Array;
  /** Sorted as the models sort them; empty for regression. */
  readonly classes: readonly ClassShare[];
}

export interface Understood {
  /** Rows that have a target. */
  readonly table: Table;
  readonly target: Target;
  readonly warnings: readonly string[];
}

/** Finds the target, what kind of task it makes, and the rows that can teach it. */
export function understandTarget(given: Table, name: string, wanted: Task | undefined): Understood {
  if (!given.has(name)) {
    throw usage(
      `the file has no column ${quoted(name)} (--target); ${suggestion(name, given.names, "columns")}`,
    );
  }
  const warnings: string[] = [];
  let table = given.dropMissing([name]);
  const without = given.rows - table.rows;
  if (table.rows === 0) throw new Failure(`the target ${quoted(name)} has no value in any row.`);
  if (without > 0) warnings.push(`${count(without, "row")} without a target left out.`);
  if (table.rows < FEWEST_ROWS) {
    throw new Failure(
      `${count(table.rows, "row")} with a target: at least ${FEWEST_ROWS} are needed, and hundreds for scores that mean something.`,
    );
  }
  if (table.rows < FEW_ROWS) {
    warnings.push(
      `${count(table.rows, "row")} are few: scores jump from sample to sample, and small differences between models mean nothing.`,
    );
  }
  const { task, why } = taskOf(table, name, wanted);
  if (task === "regression") {
    const y = table.numbers(name);
    return { table, target: { name, kind: table.kind(name), task, why, y, classes: [] }, warnings };
  }
  const classes = sharesOf(table, name);
  refuseClasses(classes, table, name);
  const rare = classes.filter(({ rows }) => rows < FEWEST_OF_CLASS);
  if (rare.length > 0) {
    const gone = new Set(rare.map(({ label }) => label));
    const rows = rare.reduce((n, c) => n + c.rows, 0);
    const names = listed(rare.map(({ label }) => String(label)));
    if (classes.length - rare.length < 2) {
      throw new Failure(
        `the target ${quoted(name)} has fewer than two classes with ${FEWEST_OF_CLASS} rows or more (${names} ${rare.length === 1 ? "has" : "have"} fewer): collect more rows of the rare ones.`,
      );
    }
    const column = table.column(name);
    const keep = Array.from({ length: table.rows }, (_, i) => !gone.has(cellOf(column, i) as Label));
    table = table.filter(keep);
    warnings.push(
      `${count(rare.length, "class", "classes")} with fewer than ${FEWEST_OF_CLASS} rows left out (${names}, ${count(rows, "row")}): the model will never predict ${rare.length === 1 ? "it" : "them"}.`,
    );
  }
  const target: Target = {
    name,
    kind: table.kind(name),
    task,
    why,
    y: table.labels(name),
    classes: classes.filter(({ rows }) => rows >= FEWEST_OF_CLASS),
  };
  return { table, target, warnings: [...warnings, ...imbalance(target, table.rows)] };
}

function taskOf(table: Table, name: string, wanted: Task | undefined): { task: Task; why: string } {
  const kind = table.kind(name);
  const { values } = levelsOf(table.column(name));
  const only = values.length === 1 ? values[0]! : null;
  if (only !== null) {
    const shown = kind === "date" ? new Date(only as number).toISOString() : String(only);
    throw new Failure(
      `the target ${quoted(name)} is ${quoted(shown)} in all ${table.rows} rows: there is nothing to tell apart.`,
    );
  }
  if (kind === "date") {
    throw new Failure(
      `the target ${quoted(name)} holds dates: turn it into a number (such as days until then) or into classes first.`,
    );
  }
  if (wanted === "regression" && kind !== "number" && kind !== "boolean") {
    throw usage(
      `--task regression needs a target of numbers, and ${quoted(name)} holds text such as ${quoted(String(values[0]))}.`,
    );
  }
  if (wanted !== undefined) return { task: wanted, why: "as asked by --task" };
  if (kind !== "number") return { task: "classification", why: `${quoted(name)} holds ${worded(kind)}` };
  const whole = values.every((v) => Number.isInteger(v));
  const seldom = table.rows >= ROWS_PER_NUMBER_CLASS * values.length;
  if ((whole && seldom && values.length <= MOST_NUMBER_CLASSES) || (values.length === 2 && seldom)) {
    return {
      task: "classification",
      why: `${quoted(name)} holds ${values.length} different ${whole ? "whole numbers" : "numbers"}; --task regression takes them as quantities`,
    };
  }
  const few = whole && values.length <= 50 ? "; --task classification takes them as classes" : "";
  return { task: "regression", why: `${quoted(name)} holds ${values.length} different numbers${few}` };
}

function worded(kind: ColumnKind): string {
  return kind === "boolean" ? "true and false" : "text";
}

function sharesOf(table: Table, name: string): ClassShare[] {
  const { values, codes } = levelsOf(table.column(name));
  const rows = new Int32Array(values.length);
  for (const code of codes) rows[code]!++;
  const order = Array.from(values.keys()).sort((a, b) => (values[a]! < values[b]! ? -1 : 1));
  return order.map((k) => ({ label: values[k]!, rows: rows[k]! }));
}

function refuseClasses(classes: readonly ClassShare[], table: Table, name: string): void {
  const kept = classes.filter(({ rows }) => rows >= FEWEST_OF_CLASS).length;
  if (classes.length > table.rows / 2 && kept < 2) {
    const advice =
      table.kind(name) === "number"
        ? "take it as a quantity with --task regression, or choose another target."
        : "choose a target whose values repeat.";
    throw new Failure(
      `the target ${quoted(name)} has ${classes.length} different values in ${table.rows} rows, too many for classes: ${advice}`,
    );
  }
  if (kept > MOST_CLASSES) {
    throw new Failure(
      `the target ${quoted(name)} has ${kept} classes, and at most ${MOST_CLASSES} are trained: merge rare ones, or choose another target.`,
    );
  }
}

function imbalance(target: Target, rows: number): string[] {
  const most = target.classes.reduce((a, b) => (b.rows > a.rows ? b : a));
  const share = most.rows / rows;
  if (share < 0.8) return [];
  return [
    `${percent(share)} of the rows are ${quoted(String(most.label))}: always answering that is right in ${percent(share)} of the rows and finds nothing, so accuracy misleads here.`,
  ];
}

/** The target in a few words: its classes with their shares, or its range. */
export function describeTarget(target: Target, rows: number): string {
  if (target.task === "regression") {
    const y = Float64Array.from(target.y as Float64Array).sort();
    const mid = y.length >> 1;
    const median = y.length % 2 === 1 ? y[mid]! : (y[mid - 1]! + y[mid]!) / 2;
    return `${brief(y[0]!)} to ${brief(y.at(-1)!)}, median ${brief(median)}`;
  }
  const byShare = target.classes.slice();
  if (byShare.length > 6) byShare.sort((a, b) => b.rows - a.rows);
  const shown = byShare
    .slice(0, 6)
    .map(({ label, rows: n }) => `${String(label)} (${percent(n / rows)})`)
    .join(", ");
  const rest = byShare.length > 6 ? ` and ${byShare.length - 6} more` : "";
  return `${byShare.length} classes: ${shown}${rest}`;
}
