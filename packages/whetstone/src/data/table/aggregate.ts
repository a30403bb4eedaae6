import { argumentError, valueError } from "../../errors.ts";
import { quantileSorted, sortSample } from "../quantile.ts";
import {
  asNumbers,
  type Column,
  columnLength,
  isMissing,
  levelsOf,
  numberColumn,
  takeRows,
} from "./column.ts";
import { momentsOf } from "./describe.ts";

/**
 * How the values of a group become one. `count` counts values present, `size` rows; `sd` and `var` use n - 1;
 * missing values are skipped, and a group without values gives a missing result (`sum` gives 0). A function
 * receives the group's numbers that are present.
 */
export type Aggregation =
  | "count"
  | "size"
  | "sum"
  | "mean"
  | "sd"
  | "var"
  | "min"
  | "max"
  | "median"
  | "nunique"
  | "first"
  | "last"
  | ((values: Float64Array) => number);

const NUMERIC: Record<string, (v: Float64Array) => number> = {
  sum: (v) => v.reduce((a, b) => a + b, 0),
  mean: (v) => momentsOf(v).mean,
  sd: (v) => (v.length > 1 ? momentsOf(v).sd : Number.NaN),
  var: (v) => (v.length > 1 ? momentsOf(v).sd ** 2 : Number.NaN),
  min: (v) => (v.length === 0 ? Number.NaN : v.reduce((a, b) => Math.min(a, b))),
  max: (v) => (v.length === 0 ? Number.NaN : v.reduce((a, b) => Math.max(a, b))),
  median: (v) => quantileSorted(sortSample(v), 0.5),
};

/** One value per group. */
export function aggregateColumn(
  column: Column,
  name: string,
  how: Aggregation,
  groupOf: Int32Array,
  groups: number,
  where: string,
): Column {
  const n = columnLength(column);
  if (how === "first" || how === "last") {
    const row = new Int32Array(groups).fill(-1);
    for (let i = 0; i < n; i++) {
      if (isMissing(column, i)) continue;
      if (how === "last" || row[groupOf[i]!] === -1) row[groupOf[i]!] = i;
    }
    return takeRows(column, row);
  }
  if (how === "count" || how === "size") {
    const out = new Float64Array(groups);
    for (let i = 0; i < n; i++) if (how === "size" || !isMissing(column, i)) out[groupOf[i]!]!++;
    return numberColumn(out);
  }
  if (how === "nunique") {
    const { codes } = levelsOf(column);
    const seen = Array.from({ length: groups }, () => new Set<number>());
    for (let i = 0; i < n; i++) if (codes[i]! >= 0) seen[groupOf[i]!]!.add(codes[i]!);
    return numberColumn(Float64Array.from(seen, (s) => s.size));
  }
  const reduce = typeof how === "function" ? how : Object.hasOwn(NUMERIC, how) ? NUMERIC[how]! : null;
  if (reduce === null) {
    const known = [...Object.keys(NUMERIC), "count", "size", "nunique", "first", "last"];
    throw argumentError(where, "aggregation", how, `one of ${known.join(", ")} or a function`);
  }
  const numbers = asNumbers(column);
  if (numbers === null) {
    throw valueError(
      where,
      JSON.stringify(name),
      `holds ${column.kind} values, which have no ${typeof how === "string" ? how : "numbers"}: use count, nunique, first or last`,
    );
  }
  const sizes = new Int32Array(groups);
  for (let i = 0; i < n; i++) if (!Number.isNaN(numbers[i]!)) sizes[groupOf[i]!]!++;
  const parts = Array.from(sizes, (size) => new Float64Array(size));
  sizes.fill(0);
  for (let i = 0; i < n; i++) {
    const g = groupOf[i]!;
    if (!Number.isNaN(numbers[i]!)) parts[g]![sizes[g]!++] = numbers[i]!;
  }
  const values = Float64Array.from(parts, (part) => reduce(part));
  // The earliest and latest of dates are dates; so is their mean.
  const stays = how === "min" || how === "max" || how === "mean" || how === "median";
  return column.kind === "date" && stays ? { kind: "date", values } : numberColumn(values);
}
