import { quantileSorted, sortSample } from "../quantile.ts";
import { asNumbers, type Column, columnLength, countMissing, levelsOf } from "./column.ts";

/** What `Table.describe` says of one column. Entries that have no meaning for its kind are null. */
export interface ColumnSummary {
  readonly name: string;
  readonly kind: Column["kind"];
  /** Values present. */
  readonly count: number;
  readonly missing: number;
  readonly mean: number | null;
  /** Standard deviation with n - 1. */
  readonly sd: number | null;
  readonly min: number | null;
  readonly q25: number | null;
  readonly median: number | null;
  readonly q75: number | null;
  readonly max: number | null;
  /** Distinct values present. */
  readonly unique: number;
  /** The most frequent value (the first in order on a tie) as text, and how often it occurs. */
  readonly top: string | null;
  readonly topCount: number | null;
}

export function summarise(name: string, column: Column): ColumnSummary {
  const missing = countMissing(column);
  const count = columnLength(column) - missing;
  const { values, codes } = levelsOf(column);
  const numbers = asNumbers(column);
  const moments = numbers && momentsOf(numbers);
  const sorted = numbers && count > 0 ? sortSample(numbers) : null;
  const at = (p: number) => (sorted ? quantileSorted(sorted, p) : null);
  const top = column.kind === "number" || count === 0 ? null : mostFrequent(codes, values.length);
  const asWord = (v: string | number | boolean) =>
    column.kind === "date" ? new Date(v as number).toISOString() : String(v);
  return {
    name,
    kind: column.kind,
    count,
    missing,
    mean: moments && count > 0 ? moments.mean : null,
    sd: moments && count > 1 ? moments.sd : null,
    min: at(0),
    q25: at(0.25),
    median: at(0.5),
    q75: at(0.75),
    max: at(1),
    unique: values.length,
    top: top && asWord(values[top.code]!),
    topCount: top?.count ?? null,
  };
}

/** Mean and standard deviation (n - 1) of the values that are not NaN, in two passes. */
export function momentsOf(values: ArrayLike<number>): { mean: number; sd: number; count: number } {
  let count = 0;
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    const v = values[i]!;
    if (!Number.isNaN(v)) {
      sum += v;
      count++;
    }
  }
  const mean = sum / count;
  let squares = 0;
  for (let i = 0; i < values.length; i++) {
    const v = values[i]!;
    if (!Number.isNaN(v)) squares += (v - mean) * (v - mean);
  }
  return { mean, sd: Math.sqrt(squares / (count - 1)), count };
}

function mostFrequent(codes: Int32Array, levels: number): { code: number; count: number } {
  const counts = new Int32Array(levels);
  for (const code of codes) if (code >= 0) counts[code]!++;
  let best = 0;
  for (let k = 1; k < levels; k++) if (counts[k]! > counts[best]!) best = k;
  return { code: best, count: counts[best]! };
}
