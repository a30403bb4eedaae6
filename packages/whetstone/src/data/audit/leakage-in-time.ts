/** Values that were recorded too late, and training rows from after the test: what a table with times can tell. */
import { argumentError, show, valueError } from "../../errors.ts";
import type { LeakageFinding } from "../leakage.ts";
import { unknownColumn } from "../names.ts";
import type { Split } from "../splits/index.ts";
import { asNumbers } from "../table/column.ts";
import type { Table } from "../table/table.ts";

const WHERE = "leakageReport";

/**
 * Columns recorded after the label's time in some row: those that `recordedAt` gives a time for, and dates, which
 * are their own time.
 */
export function lateColumns(
  table: Table,
  target: string,
  labelTime: string,
  recordedAt: Readonly<Record<string, string>>,
): LeakageFinding[] {
  const label = timesOf(table, "labelTime", labelTime);
  if (recordedAt === null || typeof recordedAt !== "object")
    throw argumentError(
      WHERE,
      "recordedAt",
      recordedAt,
      "an object from columns to the columns of their times",
    );
  for (const name of Object.keys(recordedAt))
    if (!table.has(name)) throw unknownColumn(WHERE, "recordedAt", name, table.names);
  const kept = new Set([target, labelTime, ...Object.values(recordedAt)]);
  const found: LeakageFinding[] = [];
  for (const name of table.names) {
    const clock = Object.hasOwn(recordedAt, name)
      ? recordedAt[name]!
      : table.kind(name) === "date" && !kept.has(name)
        ? name
        : null;
    if (clock === null) continue;
    const times = timesOf(table, `recordedAt.${name}`, clock);
    let late = 0;
    let known = 0;
    times.forEach((t, i) => {
      if (Number.isNaN(t) || Number.isNaN(label[i]!)) return;
      known++;
      if (t > label[i]!) late++;
    });
    if (late === 0) continue;
    const what = clock === name ? "is later" : `was recorded later (${show(clock)})`;
    found.push({
      kind: "late",
      column: name,
      message: `column ${show(name)} ${what} than the label (${show(labelTime)}) in ${late} of ${known} rows: it is not there when the prediction is made`,
      advice: "drop",
      strength: late / known,
      measure: null,
      relation: null,
    });
  }
  return found;
}

/** Test rows from before the latest training row. */
export function futureRows(table: Table, order: string, split: Split): LeakageFinding[] {
  const times = timesOf(table, "order", order);
  let latest = Number.NEGATIVE_INFINITY;
  for (const i of split.train) if (times[i]! > latest) latest = times[i]!;
  const early = split.test.filter((i) => times[i]! < latest).length;
  if (early === 0) return [];
  const share = early / split.test.length;
  return [
    {
      kind: "future",
      column: null,
      message: `${early} of ${split.test.length} test rows are older (${show(order)}) than the latest training row, so the model has seen what came after them: split by time`,
      advice: "check",
      strength: share,
      measure: null,
      relation: null,
    },
  ];
}

function timesOf(table: Table, argument: string, name: string): Float64Array {
  if (!table.has(name)) throw unknownColumn(WHERE, argument, name, table.names);
  const times = asNumbers(table.column(name));
  if (times === null || table.kind(name) === "boolean")
    throw valueError(WHERE, argument, `is ${show(name)}, which holds neither dates nor numbers`);
  return times;
}
