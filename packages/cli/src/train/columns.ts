import { type Column, columnLength, countMissing, levelsOf, type Table } from "whetstone/data";
import { Failure, usage } from "../failure.ts";
import { findLeaks, type Leak } from "./leaks.ts";
import type { Target } from "./target.ts";
import { count, listed, percent, quoted, suggestion } from "./words.ts";

export type DropReason = "asked" | "constant" | "empty" | "id" | "text" | "copy";

export interface DroppedColumn {
  readonly name: string;
  readonly kind: DropReason;
  /** Why, as it follows the column's name. */
  readonly reason: string;
}

export interface ChosenColumns {
  readonly features: readonly string[];
  readonly dropped: readonly DroppedColumn[];
  readonly warnings: readonly string[];
}

export interface ColumnWishes {
  readonly drop: readonly string[];
  readonly keep: readonly string[];
}

/** Share of missing values above which a column says next to nothing. */
const MOST_MISSING = 0.98;
/** Fewest rows for which "every value differs" is more than chance. */
const FEWEST_FOR_IDS = 20;
/** Share of different values above which text hardly repeats. */
const MOST_DISTINCT_TEXT = 0.5;

/** Names that say that a column numbers or names the rows. */
const ID_NAME =
  /(?:^|[_\s.#-])(?:id|ids|uuid|guid|key|index|idx|row|rownum|nr|no)$|[a-z](?:Id|ID)$|^unnamed/i;

/** Which columns to learn from, and why not from the others. */
export function chooseColumns(table: Table, target: Target, wishes: ColumnWishes): ChosenColumns {
  checkWishes(table, target.name, wishes);
  const features: string[] = [];
  const dropped: DroppedColumn[] = [];
  const warnings: string[] = [];
  const leaks = findLeaks(table, target);
  for (const name of table.names) {
    if (name === target.name) continue;
    if (wishes.drop.includes(name)) {
      dropped.push({ name, kind: "asked", reason: "left out by --drop" });
      continue;
    }
    const column = table.column(name);
    const leak = leaks.get(name);
    const fault = faultOf(name, column, leak);
    if (fault !== null && !wishes.keep.includes(name)) {
      dropped.push({ name, ...fault });
      if (fault.kind === "copy") {
        warnings.push(
          `${quoted(name)} ${fault.reason}. It is left out, because it would not be known when you predict; if it is, pass --keep ${shellWord(name)}.`,
        );
      }
      continue;
    }
    features.push(name);
    if (fault !== null) {
      warnings.push(`${quoted(name)} ${fault.reason}; it is used because of --keep.`);
      continue;
    }
    if (leak !== undefined) {
      warnings.push(
        `${quoted(name)} ${leak.reason}. If it is only known after the fact, the scores below are an illusion: pass --drop ${shellWord(name)}.`,
      );
    }
    warnings.push(...hints(name, column));
  }
  if (features.length === 0) throw nothingLeft(dropped);
  return { features, dropped, warnings };
}

function checkWishes(table: Table, target: string, { drop, keep }: ColumnWishes): void {
  for (const [option, names] of [
    ["--drop", drop],
    ["--keep", keep],
  ] as const) {
    for (const name of names) {
      if (!table.has(name)) {
        throw usage(
          `the file has no column ${quoted(name)} (${option}); ${suggestion(name, table.names, "columns")}`,
        );
      }
      if (name === target) throw usage(`${option} names ${quoted(name)}, which is the target.`);
    }
  }
  const both = drop.find((name) => keep.includes(name));
  if (both !== undefined) throw usage(`${quoted(both)} is named by both --drop and --keep.`);
}

type Fault = Omit<DroppedColumn, "name">;

function faultOf(name: string, column: Column, leak: Leak | undefined): Fault | null {
  const missing = countMissing(column);
  const n = columnLength(column);
  if (missing === n) return { kind: "empty", reason: "has no value in any row" };
  if (leak?.copy) return { kind: "copy", reason: leak.reason };
  const { values } = levelsOf(column);
  if (values.length === 1 && missing === 0) {
    return { kind: "constant", reason: `is ${shownValue(column, values[0]!)} in every row` };
  }
  if (missing > MOST_MISSING * n) {
    return { kind: "empty", reason: `has no value in ${percent(missing / n)} of the rows` };
  }
  return idFault(name, column, values.length, n - missing);
}

function shownValue(column: Column, value: string | number | boolean): string {
  if (column.kind === "date") return new Date(value as number).toISOString().replace(/T00:00:00\.000Z$/, "");
  return typeof value === "string" ? quoted(value) : String(value);
}

function idFault(name: string, column: Column, distinct: number, present: number): Fault | null {
  const unique = distinct === present && present >= FEWEST_FOR_IDS;
  if (column.kind === "text" || column.kind === "category") {
    if (unique)
      return { kind: "id", reason: "is different in every row, like a name or a number of the row" };
    // Categories come here only with few values.
    if (column.kind === "text" && distinct > MOST_DISTINCT_TEXT * present) {
      return {
        kind: "text",
        reason: `is free text (${count(distinct, "different value")} in ${count(present, "row")}), which these models cannot read`,
      };
    }
    return null;
  }
  if (
    column.kind !== "number" ||
    !unique ||
    !column.values.every((v) => Number.isNaN(v) || Number.isInteger(v))
  )
    return null;
  if (ID_NAME.test(name))
    return { kind: "id", reason: "is a different whole number in every row, and its name says id" };
  const low = column.values.reduce((a, b) => (b < a ? b : a));
  const high = column.values.reduce((a, b) => (b > a ? b : a));
  if (present === columnLength(column) && high - low === present - 1) {
    return { kind: "id", reason: `counts the rows (${low} to ${high}, each once)` };
  }
  return null;
}

/** What may make random splits look better than the future will be. */
function hints(name: string, column: Column): string[] {
  if (column.kind === "date") {
    return [
      `${quoted(name)} holds dates, and rows are split at random: if you will predict later rows from earlier ones, the scores are too good.`,
    ];
  }
  if (!ID_NAME.test(name) || column.kind === "boolean") return [];
  const { values, codes } = levelsOf(column);
  const present = codes.reduce((n, code) => n + (code >= 0 ? 1 : 0), 0);
  // A handful of values is a code, not the name of a person or thing.
  if (values.length < 20 || values.length === present) return [];
  return [
    `${quoted(name)} looks like the name of something that comes in several rows (${count(values.length, "value")}): if new rows are about new ones, pass --drop ${shellWord(name)}, and read the scores with care.`,
  ];
}

function nothingLeft(dropped: readonly DroppedColumn[]): Failure {
  if (dropped.length === 1) {
    const [only] = dropped;
    return new Failure(
      `no column is left to learn from: ${quoted(only!.name)} ${only!.reason}. Pass --keep ${shellWord(only!.name)} to use it all the same.`,
    );
  }
  const reasons = dropped.slice(0, 8).map(({ name, reason }) => `${quoted(name)} ${reason}`);
  if (dropped.length > 8) reasons.push(`and ${dropped.length - 8} more`);
  return new Failure(
    `no column is left to learn from: ${reasons.join("; ")}. Pass --keep to use one all the same.`,
  );
}

/** A name as it is typed in a shell. */
export function shellWord(name: string): string {
  return /^[\w.,:/@%+=-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`;
}

/** How many columns of which kind, e.g. `4 numbers, 2 categories`. */
export function describeKinds(table: Table, names: readonly string[]): string {
  const nouns = {
    number: ["number", "numbers"],
    category: ["category", "categories"],
    text: ["text", "texts"],
    boolean: ["true/false", "true/false"],
    date: ["date", "dates"],
  } as const;
  return (Object.keys(nouns) as (keyof typeof nouns)[])
    .map((kind) => [kind, names.filter((name) => table.kind(name) === kind).length] as const)
    .filter(([, n]) => n > 0)
    .map(([kind, n]) => `${n} ${nouns[kind][n === 1 ? 0 : 1]}`)
    .join(", ");
}

/** Columns with missing values, the worst first: `age (12 %), city (3 %)`. */
export function describeMissing(table: Table, names: readonly string[]): string {
  const shares = names
    .map((name) => ({ name, share: countMissing(table.column(name)) / table.rows }))
    .filter(({ share }) => share > 0)
    .sort((a, b) => b.share - a.share);
  if (shares.length === 0) return "none";
  const shown = shares.slice(0, 5).map(({ name, share }) => `${name} ${percent(share)}`);
  return shares.length > 5 ? `${shown.join(", ")} and ${shares.length - 5} more columns` : shown.join(", ");
}

/** One line for columns that share a reason, one for each other. */
export function describeDropped(dropped: readonly DroppedColumn[]): string[] {
  const lines: string[] = [];
  const shared = new Map<string, string[]>();
  for (const { name, reason } of dropped) shared.set(reason, [...(shared.get(reason) ?? []), name]);
  for (const [reason, names] of shared) {
    lines.push(names.length === 1 ? `${quoted(names[0]!)} ${reason}` : `${listed(names, 8)}: each ${reason}`);
  }
  return lines;
}
