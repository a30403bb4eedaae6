/** Marks that a step fitted on all rows leaves in the numbers: statistics that are exact over all rows only. */
import { show } from "../../errors.ts";
import type { LeakageFinding } from "../leakage.ts";
import { quantile } from "../quantile.ts";
import type { Split } from "../splits/index.ts";
import type { Table } from "../table/table.ts";

const EXACT = 1e-9;
const FEWEST_ROWS = 10;

/**
 * Columns that are standardised, scaled to a range or filled by a statistic of the training and test rows
 * together, and not of the training rows.
 */
export function preprocessedColumns(table: Table, target: string, split: Split): LeakageFinding[] {
  const found: LeakageFinding[] = [];
  if (split.train.length < FEWEST_ROWS || split.test.length === 0) return found;
  for (const name of table.names) {
    if (name === target || table.kind(name) !== "number") continue;
    const values = table.numbers(name);
    const train = Float64Array.from(split.train, (i) => values[i]!);
    const all = Float64Array.from([...split.train, ...split.test], (i) => values[i]!);
    if (!all.every(Number.isFinite)) continue;
    const how = traceOf(all, train);
    if (how === null) continue;
    found.push({
      kind: "preprocessed",
      column: name,
      message: `column ${show(name)} ${how} of training and test rows together, so the test rows have shaped it: fit the step on the training rows, inside a Pipeline`,
      advice: "check",
      strength: null,
      measure: null,
      relation: null,
    });
  }
  return found;
}

function traceOf(all: Float64Array, train: Float64Array): string | null {
  const counts = new Map<number, number>();
  for (const v of all) counts.set(v, (counts.get(v) ?? 0) + 1);
  if (counts.size < 3) return null;
  if (standardised(all) && !standardised(train)) return "has mean 0 and standard deviation 1: those";
  if (counts.size > all.length / 2) {
    const sorted = all.toSorted();
    const own = train.toSorted();
    const centred = (v: Float64Array) =>
      Math.abs(quantile(v, 0.5)) < EXACT && Math.abs(quantile(v, 0.75) - quantile(v, 0.25) - 1) < EXACT;
    if (centred(sorted) && !centred(own)) return "has median 0 and quartiles 1 apart: those";
    const [low, high] = [sorted[0]!, sorted.at(-1)!];
    // Shares that happen to reach 0 or 1 do so in several rows; a scaled column once at either end.
    const ranged = (low === 0 || low === -1) && Math.abs(high - 1) < EXACT;
    if (ranged && counts.get(low) === 1 && counts.get(high) === 1 && (own[0] !== low || own.at(-1) !== high))
      return `runs from ${low} to 1 exactly: the extremes`;
  }
  return filledByMean(all, train, counts) ? "is filled with the mean" : null;
}

const meanOf = (v: ArrayLike<number>) => Array.from(v).reduce((s, x) => s + x, 0) / v.length;

/** By either divisor, n or n - 1. */
function standardised(v: Float64Array): boolean {
  const mean = meanOf(v);
  if (Math.abs(mean) > EXACT) return false;
  const sum = v.reduce((s, x) => s + (x - mean) ** 2, 0);
  return [v.length, v.length - 1].some((n) => Math.abs(Math.sqrt(sum / n) - 1) < EXACT);
}

/** One value repeats among numbers that hardly do, and is the mean of all the others. */
function filledByMean(all: Float64Array, train: Float64Array, counts: ReadonlyMap<number, number>): boolean {
  let value = 0;
  let most = 0;
  for (const [v, count] of counts) if (count > most) [value, most] = [v, count];
  if (most < 3 || counts.size < all.length / 4) return false;
  const slack =
    EXACT *
    Math.max(
      1e-300,
      all.reduce((m, v) => Math.max(m, Math.abs(v)), 0),
    );
  const isMean = (v: Float64Array) => Math.abs(meanOf(v.filter((x) => x !== value)) - value) <= slack;
  return isMean(all) && !isMean(train);
}
