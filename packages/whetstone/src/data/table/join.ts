import { argumentError, show, valueError } from "../../errors.ts";
import { unknownColumn } from "../names.ts";
import { type Column, takeRows } from "./column.ts";
import { rowKeys } from "./keys.ts";
import { checkTable, Table } from "./table.ts";

/** By which columns the rows of two tables are put together, and what happens to those without a partner. */
export interface JoinOptions {
  /** Columns that must be equal; or different names in the two tables. */
  readonly on:
    | string
    | readonly string[]
    | { readonly left: readonly string[]; readonly right: readonly string[] };
  /** Which rows stay without a partner: none, those of the left, of the right, or of both. `"inner"` by default. */
  readonly how?: "inner" | "left" | "right" | "outer";
  /** Added to a name that both tables have besides the keys; `["", "_right"]` by default. */
  readonly suffixes?: readonly [left: string, right: string];
}

/** Hash join. Rows come in the order of the left table, then unmatched rows of the right one. */
export function joinTables(left: Table, other: Table, options: JoinOptions): Table {
  const where = "Table.join";
  const right = checkTable(other, where, "other");
  const { on, how = "inner", suffixes = ["", "_right"] } = options;
  if (!["inner", "left", "right", "outer"].includes(how))
    throw argumentError(where, "how", how, `one of "inner", "left", "right", "outer"`);
  const same = typeof on === "string" ? [on] : Array.isArray(on) ? (on as readonly string[]) : null;
  const { left: leftOn, right: rightOn } = same
    ? { left: same, right: same }
    : (on as { left: readonly string[]; right: readonly string[] });
  if (!leftOn?.length || leftOn.length !== rightOn?.length)
    throw argumentError(where, "on", on, "at least one column name, equally many for both tables");
  leftOn.forEach((name, k) => {
    if (!left.has(name)) throw unknownColumn(where, "on", name, left.names);
    if (!right.has(rightOn[k]!)) throw unknownColumn(where, "on", rightOn[k]!, right.names);
    const kinds = [left.kind(name), right.kind(rightOn[k]!)].map((kind) =>
      kind === "category" ? "text" : kind,
    );
    if (kinds[0] !== kinds[1])
      throw valueError(
        where,
        "on",
        `is ${show(name)}, which is ${kinds[0]} on the left and ${kinds[1]} on the right`,
      );
  });

  const leftKeys = rowKeys(leftOn.map((name) => left.column(name)));
  const rightKeys = rowKeys(rightOn.map((name) => right.column(name)));
  const rowsByKey = new Map<string, number[]>();
  rightKeys.forEach((key, i) => {
    if (key === null) return;
    const list = rowsByKey.get(key);
    if (list) list.push(i);
    else rowsByKey.set(key, [i]);
  });
  const fromLeft: number[] = [];
  const fromRight: number[] = [];
  const matched = new Uint8Array(right.rows);
  leftKeys.forEach((key, i) => {
    const partners = key === null ? undefined : rowsByKey.get(key);
    if (partners) {
      for (const r of partners) {
        fromLeft.push(i);
        fromRight.push(r);
        matched[r] = 1;
      }
    } else if (how === "left" || how === "outer") {
      fromLeft.push(i);
      fromRight.push(-1);
    }
  });
  if (how === "right" || how === "outer") {
    for (let r = 0; r < right.rows; r++) {
      if (matched[r]) continue;
      fromLeft.push(-1);
      fromRight.push(r);
    }
  }

  const names: string[] = [];
  const columns: Column[] = [];
  const rightRest = right.names.filter((name) => !rightOn.includes(name));
  left.names.forEach((name, j) => {
    const k = leftOn.indexOf(name);
    names.push(k < 0 && rightRest.includes(name) ? name + suffixes[0] : name);
    const taken = takeRows(left.columns[j]!, fromLeft);
    columns.push(k < 0 ? taken : fillKey(taken, right.column(rightOn[k]!), fromLeft, fromRight));
  });
  for (const name of rightRest) {
    names.push(left.has(name) ? name + suffixes[1] : name);
    columns.push(takeRows(right.column(name), fromRight));
  }
  return new Table(names, columns, fromLeft.length);
}

/** A row without a left partner takes its key from the right. */
function fillKey(column: Column, right: Column, fromLeft: number[], fromRight: number[]): Column {
  if (!fromLeft.includes(-1)) return column;
  const both = new Table(["key"], [column]).concat(new Table(["key"], [right])).columns[0]!;
  return takeRows(
    both,
    fromLeft.map((l, i) => (l < 0 ? fromLeft.length + fromRight[i]! : i)),
  );
}
