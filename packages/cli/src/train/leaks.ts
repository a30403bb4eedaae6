/** Columns that hold the answer: copies of the target, and columns that alone predict it nearly perfectly. */
import type { Label } from "whetstone/contract";
import { type Column, columnLength, isMissing, levelsOf } from "whetstone/data";
import type { Target } from "./target.ts";
import { percent, quoted } from "./words.ts";

/** Fewest rows for which a perfect match is more than chance. */
const FEWEST_ROWS = 20;
/** Fewest different values of a quantity for which a perfect order is more than chance. */
const FEWEST_VALUES = 10;
/** Score from which a single column is too good to be true. */
const SUSPICIOUS = 0.99;
const BINS = 50;
const ROWS_PER_LEVEL = 10;
/** Classes with fewer rows than this leave too much to chance. */
const ROWS_PER_CLASS = 10;

/** Why a column is the target in another spelling; null where it is not. */
export function findCopy(column: Column, targetColumn: Column, target: Target): string | null {
  const name = quoted(target.name);
  if (identical(column, targetColumn)) return `is the target ${name} again, value by value`;
  if (columnLength(column) < FEWEST_ROWS) return null;
  if (target.task === "classification") {
    const codes = withMissingAsLevel(column);
    const classes = labelCodes(target.y as readonly Label[]);
    if (oneToOne(codes, classes))
      return `tells the target ${name} apart in every row, value for value: a copy`;
    const gaps = Int32Array.from(codes, (_, i) => (isMissing(column, i) ? 1 : 0));
    if (oneToOne(gaps, classes)) return `is filled in for one class of ${name} and for no other`;
    return null;
  }
  return monotoneCopy(column, target.y as Float64Array, name);
}

/** What is suspicious about a column that is no copy; null where nothing is. */
export function suspicion(column: Column, target: Target): string | null {
  if (columnLength(column) < FEWEST_ROWS) return null;
  const name = quoted(target.name);
  if (target.task === "classification") {
    if (target.classes.some(({ rows }) => rows < ROWS_PER_CLASS)) return null;
    const classes = labelCodes(target.y as readonly Label[]);
    const score = Math.max(soloScore(binsOf(column), classes), thresholdScore(column, classes));
    if (score < SUSPICIOUS) return null;
    const how = score === 1 ? "all" : percent(score);
    return `alone gives the right answer for ${how} of the rows of each class of ${name}`;
  }
  const share = soloVariance(binsOf(column), target.y as Float64Array);
  const rank =
    column.kind === "number" ? Math.abs(rankCorrelation(column.values, target.y as Float64Array)) : 0;
  if (share < SUSPICIOUS && rank < SUSPICIOUS) return null;
  return rank >= SUSPICIOUS
    ? `rises or falls with ${name} almost without exception (rank correlation ${rank.toFixed(3)})`
    : `alone explains ${percent(share)} of the variance of ${name}`;
}

function identical(a: Column, b: Column): boolean {
  const left = levelsOf(a);
  const right = levelsOf(b);
  return (
    left.values.length === right.values.length &&
    left.values.every((v, k) => String(v) === String(right.values[k])) &&
    left.codes.every((code, i) => code === right.codes[i])
  );
}

function withMissingAsLevel(column: Column): Int32Array {
  const { codes, values } = levelsOf(column);
  return codes.map((code) => (code < 0 ? values.length : code));
}

function labelCodes(y: readonly Label[]): Int32Array {
  const seen = new Map<Label, number>();
  return Int32Array.from(y, (label) => {
    let code = seen.get(label);
    if (code === undefined) seen.set(label, (code = seen.size));
    return code;
  });
}

/** Whether each level goes with one class and each class with one level, at least two of them. */
function oneToOne(codes: Int32Array, classes: Int32Array): boolean {
  const classOf = new Map<number, number>();
  const levelOf = new Map<number, number>();
  for (let i = 0; i < codes.length; i++) {
    const level = codes[i]!;
    const label = classes[i]!;
    if ((classOf.get(level) ?? label) !== label || (levelOf.get(label) ?? level) !== level) return false;
    classOf.set(level, label);
    levelOf.set(label, level);
  }
  return classOf.size >= 2;
}

/** Whether sorting by the column sorts the target, equal values meeting equal values. */
function monotoneCopy(column: Column, y: Float64Array, name: string): string | null {
  const { codes, values } = levelsOf(column);
  if (values.length < FEWEST_VALUES || codes.includes(-1)) return null;
  const yOf = new Float64Array(values.length).fill(Number.NaN);
  for (let i = 0; i < codes.length; i++) {
    const known = yOf[codes[i]!]!;
    if (!Number.isNaN(known) && known !== y[i]) return null;
    yOf[codes[i]!] = y[i]!;
  }
  if (new Set(yOf).size < yOf.length) return null;
  if (column.kind === "category" || column.kind === "text") {
    // Every value of its own proves nothing about text.
    if (values.length > codes.length / 2) return null;
    return `goes with ${name} value for value in every row: a copy`;
  }
  const rising = yOf.every((v, k) => k === 0 || v > yOf[k - 1]!);
  const falling = yOf.every((v, k) => k === 0 || v < yOf[k - 1]!);
  if (!rising && !falling) return null;
  return `${rising ? "rises" : "falls"} with ${name} in every row without exception: a copy on another scale`;
}

/** Bin of each row: categories with few rows share one, numbers are cut at quantiles, missing is a bin. */
function binsOf(column: Column): Int32Array {
  const { codes, values } = levelsOf(column);
  const counts = new Int32Array(values.length);
  for (const code of codes) if (code >= 0) counts[code]!++;
  const missing = values.length + 1;
  if (column.kind === "category" || column.kind === "text" || values.length <= BINS) {
    return codes.map((code) => (code < 0 ? missing : counts[code]! < ROWS_PER_LEVEL ? values.length : code));
  }
  const size = Math.max(ROWS_PER_LEVEL, codes.length / BINS);
  let bin = 0;
  let filled = 0;
  const binOf = Int32Array.from(counts, (n) => {
    if (filled >= size) {
      bin++;
      filled = 0;
    }
    filled += n;
    return bin;
  });
  return codes.map((code) => (code < 0 ? missing : binOf[code]!));
}

/** Mean over classes of the share of rows that the bin's leading class (classes weighted equally) gets right. */
function soloScore(bins: Int32Array, classes: Int32Array): number {
  const k = classes.reduce((a, b) => Math.max(a, b)) + 1;
  const size = new Float64Array(k);
  for (const c of classes) size[c]!++;
  const table = new Map<number, Float64Array>();
  for (let i = 0; i < bins.length; i++) {
    let row = table.get(bins[i]!);
    if (row === undefined) table.set(bins[i]!, (row = new Float64Array(k)));
    row[classes[i]!]! += 1 / size[classes[i]!]!;
  }
  let right = 0;
  for (const row of table.values()) right += row.reduce((a, b) => Math.max(a, b));
  return Math.min(1, right / k);
}

/** The same for the best single threshold between two classes; 0 for more classes, or where there is no order. */
function thresholdScore(column: Column, classes: Int32Array): number {
  if (column.kind !== "number" && column.kind !== "date") return 0;
  const { values } = column;
  const rows = Array.from(values.keys()).filter((i) => !Number.isNaN(values[i]!));
  const size = [0, 0, 0];
  for (const c of classes) size[Math.min(c, 2)]!++;
  if (size[2]! > 0 || rows.length < classes.length) return 0;
  rows.sort((a, b) => values[a]! - values[b]!);
  const below = [0, 0];
  let best = 0;
  for (const [at, i] of rows.entries()) {
    below[classes[i]!]!++;
    if (at + 1 < rows.length && values[rows[at + 1]!] === values[i]) continue;
    const score = (below[0]! / size[0]! + 1 - below[1]! / size[1]!) / 2;
    best = Math.max(best, score, 1 - score);
  }
  return best;
}

/** Share of the variance of y between bins. */
function soloVariance(bins: Int32Array, y: Float64Array): number {
  const mean = y.reduce((a, b) => a + b, 0) / y.length;
  const groups = new Map<number, { n: number; sum: number }>();
  let total = 0;
  for (let i = 0; i < y.length; i++) {
    const group = groups.get(bins[i]!) ?? { n: 0, sum: 0 };
    group.n++;
    group.sum += y[i]!;
    groups.set(bins[i]!, group);
    total += (y[i]! - mean) ** 2;
  }
  if (groups.size > y.length / ROWS_PER_LEVEL) return 0;
  let between = 0;
  for (const { n, sum } of groups.values()) between += n * (sum / n - mean) ** 2;
  return between / total;
}

/** Spearman's rank correlation over the rows where x is present; 0 with too few of them. */
function rankCorrelation(x: Float64Array, y: Float64Array): number {
  const rows = Array.from(x.keys()).filter((i) => !Number.isNaN(x[i]!));
  if (rows.length < x.length / 2 || rows.length < FEWEST_ROWS) return 0;
  const a = ranks(rows.map((i) => x[i]!));
  const b = ranks(rows.map((i) => y[i]!));
  const mid = (rows.length - 1) / 2;
  let ab = 0;
  let aa = 0;
  let bb = 0;
  for (let i = 0; i < a.length; i++) {
    ab += (a[i]! - mid) * (b[i]! - mid);
    aa += (a[i]! - mid) ** 2;
    bb += (b[i]! - mid) ** 2;
  }
  return aa === 0 || bb === 0 ? 0 : ab / Math.sqrt(aa * bb);
}

/** Ranks from 0, ties sharing their mean. */
function ranks(values: readonly number[]): Float64Array {
  const order = Array.from(values.keys()).sort((i, j) => values[i]! - values[j]!);
  const out = new Float64Array(values.length);
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to + 1 < order.length && values[order[to + 1]!] === values[order[from]!]) to++;
    for (let k = from; k <= to; k++) out[order[k]!] = (from + to) / 2;
    from = to + 1;
  }
  return out;
}
