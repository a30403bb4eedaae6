/** How well one column alone predicts a target, on the rows it is measured on. */
import { asNumbers, type Column, isMissing, levelsOf } from "./table/column.ts";

/** Classes with fewer rows leave too much to chance. */
const ROWS_PER_CLASS = 10;
const MOST_CLASS_BINS = 50;
const ROWS_PER_CLASS_BIN = 10;
const MOST_MEAN_BINS = 200;
const ROWS_PER_MEAN_BIN = 5;

/** Ranks from 0 with ties sharing their mean. */
export function ranks(values: Float64Array): Float64Array {
  const order = Array.from(values.keys()).sort((a, b) => values[a]! - values[b]!);
  const out = new Float64Array(values.length);
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to + 1 < order.length && values[order[to + 1]!] === values[order[from]!]) to++;
    for (let k = from; k <= to; k++) out[order[k]!] = (from + to) / 2;
    from = to + 1;
  }
  return out;
}

/** Rows that have a value; none where fewer than half have, as few values say little about all rows. */
function usableRows(column: Column, rows: number): number[] {
  const usable = Array.from({ length: rows }, (_, i) => i).filter((i) => !isMissing(column, i));
  return usable.length < rows / 2 ? [] : usable;
}

/**
 * Mean over the classes of max(AUC, 1 - AUC) of a class against the rest, weighted by its rows. Rows without a
 * value and classes of fewer than ten rows do not count.
 */
export function meanAuc(column: Column, codes: Int32Array, classes: number): number {
  const usable = usableRows(column, codes.length);
  const y = Int32Array.from(usable, (i) => codes[i]!);
  const counts = new Int32Array(classes);
  for (const c of y) counts[c]!++;
  const numbers = asNumbers(column);
  let aucOf: (c: number) => number;
  if (numbers) {
    const rankSums = new Float64Array(classes);
    ranks(Float64Array.from(usable, (i) => numbers[i]!)).forEach((r, i) => {
      rankSums[y[i]!]! += r;
    });
    aucOf = (c) => {
      const n = counts[c]!;
      const auc = (rankSums[c]! - (n * (n - 1)) / 2) / (n * (y.length - n));
      return Math.max(auc, 1 - auc);
    };
  } else {
    const levels = levelsOf(column);
    const levelCodes = Int32Array.from(usable, (i) => levels.codes[i]!);
    aucOf = (c) => aucOfShares(levelCodes, y, c, levels.values.length);
  }
  let sum = 0;
  let total = 0;
  counts.forEach((n, c) => {
    if (Math.min(n, y.length - n) < ROWS_PER_CLASS) return;
    sum += n * aucOf(c);
    total += n;
  });
  return total === 0 ? 0 : sum / total;
}

/**
 * AUC of scoring a row by the share of the class among the other rows of the same value; a value's only row
 * gets the share of all rows.
 */
function aucOfShares(codes: Int32Array, y: Int32Array, c: number, values: number): number {
  const hits = new Int32Array(values);
  const counts = new Int32Array(values);
  let positives = 0;
  codes.forEach((k, i) => {
    counts[k]!++;
    if (y[i] !== c) return;
    hits[k]!++;
    positives++;
  });
  // The rows of a value have two scores: one for the class, one for the rest.
  const groups: { score: number; hits: number; others: number }[] = [];
  counts.forEach((n, k) => {
    const h = hits[k]!;
    if (n === 1) groups.push({ score: positives / y.length, hits: h, others: 1 - h });
    else if (n > 1) {
      if (h > 0) groups.push({ score: (h - 1) / (n - 1), hits: h, others: 0 });
      if (h < n) groups.push({ score: h / (n - 1), hits: 0, others: n - h });
    }
  });
  groups.sort((a, b) => a.score - b.score);
  let won = 0;
  let below = 0;
  for (let from = 0; from < groups.length; ) {
    let hit = 0;
    let other = 0;
    const { score } = groups[from]!;
    for (; from < groups.length && groups[from]!.score === score; from++) {
      hit += groups[from]!.hits;
      other += groups[from]!.others;
    }
    won += hit * (below + other / 2);
    below += other;
  }
  return won / (positives * (y.length - positives));
}

/**
 * Mean over the classes of the share of rows that the column gets right: the better of bins (quantiles of a
 * number, values of a category, missing values on their own) that each answer with the leading class of the
 * other rows, and of one threshold between two classes. Unlike the AUC it sees a class in the middle of the
 * range, and classes that differ in whether there is a value; a bin across the border between
 * two classes costs it some rows. Classes of fewer than ten rows do not count.
 */
export function balancedAccuracy(column: Column, codes: Int32Array, classes: number): number {
  const counts = new Int32Array(classes);
  for (const c of codes) counts[c]!++;
  const rank = new Int32Array(classes).fill(-1);
  const size: number[] = [];
  counts.forEach((n, c) => {
    if (n >= ROWS_PER_CLASS) rank[c] = size.push(n) - 1;
  });
  if (size.length < 2) return 0;
  const { binOf } = binned(column, codes.length, MOST_CLASS_BINS, ROWS_PER_CLASS_BIN, ROWS_PER_CLASS_BIN);
  const y = codes.map((c) => rank[c]!);
  return Math.max(accuracyOfBins(binOf, y, size), accuracyOfThreshold(column, y, size));
}

function accuracyOfBins(binOf: Int32Array, y: Int32Array, size: readonly number[]): number {
  const k = size.length;
  const table = new Map<number, Int32Array>();
  y.forEach((c, i) => {
    if (c < 0) return;
    let row = table.get(binOf[i]!);
    if (row === undefined) {
      row = new Int32Array(k);
      table.set(binOf[i]!, row);
    }
    row[c]!++;
  });
  let right = 0;
  for (const row of table.values()) {
    // Classes weigh the same, whatever their sizes. A row does not vote for itself.
    let first = -1;
    let second = -1;
    const weight = (c: number) => (c < 0 ? 0 : row[c]! / size[c]!);
    for (let c = 0; c < k; c++) {
      if (weight(c) > weight(first)) [first, second] = [c, first];
      else if (weight(c) > weight(second)) second = c;
    }
    if (first >= 0 && (row[first]! - 1) / size[first]! > weight(second)) right += weight(first);
  }
  return right / k;
}

function accuracyOfThreshold(column: Column, y: Int32Array, size: readonly number[]): number {
  const values = asNumbers(column);
  if (values === null || size.length !== 2) return 0;
  const rows = Array.from(y.keys()).filter((i) => y[i]! >= 0);
  if (rows.some((i) => Number.isNaN(values[i]!))) return 0;
  rows.sort((a, b) => values[a]! - values[b]!);
  const below = [0, 0];
  let best = 0;
  for (const [at, i] of rows.entries()) {
    below[y[i]!]!++;
    if (at + 1 < rows.length && values[rows[at + 1]!] === values[i]) continue;
    const score = (below[0]! / size[0]! + 1 - below[1]! / size[1]!) / 2;
    best = Math.max(best, score, 1 - score);
  }
  return best;
}

/** Squared rank correlation (Spearman 1904) with a numeric target, over the rows that have a value. */
export function rankR2(column: Column, y: Float64Array): number {
  const numbers = asNumbers(column);
  if (numbers === null) return 0;
  const usable = usableRows(column, y.length);
  const a = ranks(Float64Array.from(usable, (i) => numbers[i]!));
  const b = ranks(Float64Array.from(usable, (i) => y[i]!));
  const middle = (usable.length - 1) / 2;
  let ab = 0;
  let aa = 0;
  let bb = 0;
  a.forEach((v, k) => {
    ab += (v - middle) * (b[k]! - middle);
    aa += (v - middle) ** 2;
    bb += (b[k]! - middle) ** 2;
  });
  return aa === 0 || bb === 0 ? 0 : (ab * ab) / (aa * bb);
}

/**
 * R2 of the mean of y per group: bins of equal count, the values of a category, missing values on their own.
 * Adjusted for the number of groups.
 */
export function binnedR2(column: Column, y: Float64Array): number {
  const n = y.length;
  const { binOf, bins } = binned(column, n, MOST_MEAN_BINS, ROWS_PER_MEAN_BIN, 1);
  const sums = new Float64Array(bins);
  const counts = new Int32Array(bins);
  let mean = 0;
  y.forEach((v, i) => {
    sums[binOf[i]!]! += v;
    counts[binOf[i]!]!++;
    mean += v / n;
  });
  const used = counts.reduce((a, c) => a + (c > 0 ? 1 : 0), 0);
  let within = 0;
  let total = 0;
  y.forEach((v, i) => {
    within += (v - sums[binOf[i]!]! / counts[binOf[i]!]!) ** 2;
    total += (v - mean) ** 2;
  });
  if (total === 0 || used >= n) return 0;
  return 1 - within / (n - used) / (total / (n - 1));
}

/**
 * Bin of each row. Numbers of more than `most` values are cut at quantiles into at most `most` bins of at least
 * `rowsPerBin` rows; otherwise each value is a bin, and values with fewer than `rowsPerLevel` rows share one.
 * Missing is a bin of its own.
 */
function binned(
  column: Column,
  rows: number,
  most: number,
  rowsPerBin: number,
  rowsPerLevel: number,
): { binOf: Int32Array; bins: number } {
  const { codes, values } = levelsOf(column);
  const missing = values.length + 1;
  const counts = new Int32Array(values.length);
  let present = 0;
  for (const code of codes) {
    if (code < 0) continue;
    counts[code]!++;
    present++;
  }
  let binOfLevel: Int32Array;
  if (asNumbers(column) === null || values.length <= Math.min(most, rows / rowsPerBin)) {
    binOfLevel = counts.map((n, level) => (n < rowsPerLevel ? values.length : level));
  } else {
    const size = Math.max(rowsPerBin, present / most);
    let bin = 0;
    let filled = 0;
    binOfLevel = counts.map((n) => {
      if (filled >= size) {
        bin++;
        filled = 0;
      }
      filled += n;
      return bin;
    });
  }
  return { binOf: codes.map((code) => (code < 0 ? missing : binOfLevel[code]!)), bins: missing + 1 };
}
