import { argumentError, show } from "../errors.ts";
import { unknownColumn } from "./names.ts";
import type { Split } from "./splits/index.ts";
import { asNumbers, type Column, isMissing, levelsOf, type NumberColumn } from "./table/column.ts";
import { rowKeys } from "./table/keys.ts";
import { checkTable, type Table } from "./table/table.ts";

/** Something about a column or about rows that makes a score look better than it will be, or a column useless. */
export interface LeakageFinding {
  readonly kind: "copy" | "equivalent" | "predictor" | "constant" | "id" | "duplicates";
  /** The column; null where rows are at fault. */
  readonly column: string | null;
  /** What was found and what it means, as a sentence. */
  readonly message: string;
  /** What a careful analyst does with the column by default. */
  readonly advice: "drop" | "check";
  /** AUC or R2 of the column alone (predictor), share of rows (duplicates); null otherwise. */
  readonly strength: number | null;
}

export interface LeakageOptions {
  /** AUC or R2 of one column alone from which it is reported; 0.995 by default. */
  readonly threshold?: number;
  /** Looks for test rows that also are training rows. */
  readonly split?: Split;
}

/**
 * Looks for the classic mistakes: columns that copy the target or are a one-to-one recoding of it, columns that
 * alone predict it almost perfectly, constant columns, columns that number the rows, and rows of the test set
 * that are also in the training set.
 *
 * A numeric target is compared by rank, so that any increasing or decreasing function of it is found. Strength
 * of a column alone: for classes, the mean area under the ROC curve over pairs of a class against the rest,
 * values of text columns scored by their leave-one-out class shares; for numbers, the larger of the squared
 * rank correlation and R2 of equal-count bins.
 *
 * @example
 * const t = Table.fromColumns({ a: [1, 2, 3, 4], b: [10, 20, 30, 40] });
 * leakageReport(t, "a")[0].kind; // "equivalent"
 */
export function leakageReport(table: Table, target: string, options: LeakageOptions = {}): LeakageFinding[] {
  const where = "leakageReport";
  checkTable(table, where, "table");
  if (!table.has(target)) throw unknownColumn(where, "target", target, table.names);
  const threshold = options.threshold ?? 0.995;
  if (!(threshold > 0.5 && threshold <= 1))
    throw argumentError(where, "threshold", threshold, "a number > 0.5 and <= 1");
  const rows = presentRows(table.column(target), table.rows);
  const known = table.selectRows(rows);
  const goal = known.column(target);
  const findings: LeakageFinding[] = [];
  known.names.forEach((name, j) => {
    if (name === target) return;
    const column = known.columns[j]!;
    const finding =
      constantColumn(name, column) ??
      copiedTarget(name, column, goal, target) ??
      idColumn(name, column, known.rows) ??
      strongColumn(name, column, goal, target, threshold);
    if (finding) findings.push(finding);
  });
  if (options.split !== undefined && (options.split === null || typeof options.split !== "object"))
    throw argumentError(where, "split", options.split, "an object with train and test rows");
  if (options.split) {
    const shared = duplicatesAcross(table, options.split);
    if (shared.length > 0) {
      const share = shared.length / options.split.test.length;
      findings.push({
        kind: "duplicates",
        column: null,
        message: `${shared.length} of ${options.split.test.length} test rows (${percent(share)}) are also in the training set, so the test score is too good: drop repeated rows before splitting, or split by group`,
        advice: "check",
        strength: share,
      });
    }
  }
  return findings;
}

/** Test rows whose cells all equal those of some training row. */
export function duplicatesAcross(table: Table, split: Split): Int32Array {
  checkTable(table, "duplicatesAcross", "table");
  // A missing cell equals a missing cell here.
  const keys = rowKeys(table.columns.map(withoutMissing));
  const train = new Set(Array.from(split.train, (i) => keys[i]));
  return split.test.filter((i) => train.has(keys[i]!));
}

function withoutMissing(column: Column): Column {
  const { codes } = levelsOf(column);
  return { kind: "number", values: Float64Array.from(codes) };
}

function presentRows(column: Column, rows: number): Int32Array {
  return Int32Array.from({ length: rows }, (_, i) => i).filter((i) => !isMissing(column, i));
}

const percent = (share: number) => `${Math.round(share * 1000) / 10} %`;

function constantColumn(name: string, column: Column): LeakageFinding | null {
  const { values, codes } = levelsOf(column);
  if (values.length > 1 || (values.length === 1 && codes.includes(-1))) return null;
  const what = values.length === 0 ? "has no value at all" : `is ${show(values[0])} in every row`;
  return {
    kind: "constant",
    column: name,
    message: `column ${show(name)} ${what}, so it says nothing`,
    advice: "drop",
    strength: null,
  };
}

/** Equal values, or a one-to-one map between values (monotone, where both are numbers). */
function copiedTarget(name: string, column: Column, goal: Column, target: string): LeakageFinding | null {
  const a = levelsOf(column);
  const b = levelsOf(goal);
  const distinct = b.values.length;
  if (a.values.length !== distinct || distinct < 2 || a.codes.includes(-1)) return null;
  const finding = (kind: "copy" | "equivalent", how: string): LeakageFinding => ({
    kind,
    column: name,
    message: `column ${show(name)} ${how} the target ${show(target)}: a model would only read it off`,
    advice: "drop",
    strength: 1,
  });
  const sameWords = a.values.every((v, k) => String(v) === String(b.values[k]));
  if (sameWords && a.codes.every((c, i) => c === b.codes[i])) return finding("copy", "is a copy of");
  // Sorted levels make an increasing map equal codes and a decreasing one mirrored codes.
  const repeats = distinct < a.codes.length;
  const numeric = asNumbers(column) !== null && asNumbers(goal) !== null;
  if (numeric && distinct > 2) {
    if (a.codes.every((c, i) => c === b.codes[i])) return finding("equivalent", "rises exactly with");
    if (a.codes.every((c, i) => c === distinct - 1 - b.codes[i]!))
      return finding("equivalent", "falls exactly with");
  }
  // Without repeated values any two columns map one to one.
  if (!repeats) return null;
  const map = new Int32Array(distinct).fill(-1);
  const used = new Uint8Array(distinct);
  for (let i = 0; i < a.codes.length; i++) {
    const from = a.codes[i]!;
    const to = b.codes[i]!;
    if (map[from] === -1) {
      if (used[to] === 1) return null;
      map[from] = to;
      used[to] = 1;
    } else if (map[from] !== to) return null;
  }
  return finding("equivalent", "maps one to one to");
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Unique in every row, and counting, or text that names a row. */
function idColumn(name: string, column: Column, rows: number): LeakageFinding | null {
  if (rows < 10 || column.kind === "date" || column.kind === "boolean") return null;
  const { values, codes } = levelsOf(column);
  if (values.length !== rows || codes.includes(-1)) return null;
  const words = values.map(String);
  let how: string | null = null;
  if (column.kind === "number") {
    const whole = column.values.every(Number.isInteger);
    const steady = sequence(column.values);
    // Unique integers in a dense range are numbers of rows even when the rows were shuffled.
    const dense = (values.at(-1) as number) - (values[0] as number) < rows * 2;
    const named = /(^|[_\s-])(id|index|key|nr|no|number|row)$|[a-z](Id|Index|Key)$/i.test(name);
    if (whole && (steady || dense)) how = "holds a different whole number in every row, like a row number";
    else if (whole && named) how = "is named like an identifier and differs in every row";
  } else if (words.every((w) => UUID.test(w))) how = "holds a UUID in every row";
  else if (words.every((w) => !/\s/.test(w) && w.length <= 64))
    how = "holds a different word in every row, like an identifier";
  if (how === null) return null;
  return {
    kind: "id",
    column: name,
    message: `column ${show(name)} ${how}: it cannot generalise to new rows`,
    advice: "drop",
    strength: null,
  };
}

/** Always rising or always falling. */
function sequence(values: Float64Array): boolean {
  const sign = Math.sign(values[1]! - values[0]!);
  for (let i = 1; i < values.length; i++) if (Math.sign(values[i]! - values[i - 1]!) !== sign) return false;
  return sign !== 0;
}

function strongColumn(
  name: string,
  column: Column,
  goal: Column,
  target: string,
  threshold: number,
): LeakageFinding | null {
  if (goal.kind === "date") return null;
  const goalLevels = levelsOf(goal);
  const n = goalLevels.codes.length;
  const continuous = goal.kind === "number" && goalLevels.values.length > 20;
  if (n < 20 || goalLevels.values.length < 2) return null;
  const strength = continuous
    ? Math.max(rankR2(column, (goal as NumberColumn).values), binnedR2(column, (goal as NumberColumn).values))
    : meanAuc(column, goalLevels.codes, goalLevels.values.length);
  if (!(strength >= threshold)) return null;
  const measure = continuous ? "R2" : "AUC";
  return {
    kind: "predictor",
    column: name,
    message: `column ${show(name)} alone predicts ${show(target)} almost perfectly (${measure} ${strength.toFixed(3)}): check that it is known before the target is`,
    advice: "check",
    strength,
  };
}

/** Ranks from 0 with ties sharing their mean. */
function ranks(values: Float64Array): Float64Array {
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

/** Mean over the classes of max(AUC, 1 - AUC) of a class against the rest, weighted by its rows. */
function meanAuc(column: Column, codes: Int32Array, classes: number): number {
  const numbers = asNumbers(column);
  const usable = Array.from(codes.keys()).filter((i) => !isMissing(column, i));
  // Few values present say little about all rows.
  if (usable.length < codes.length / 2) return 0;
  const y = Int32Array.from(usable, (i) => codes[i]!);
  const counts = new Int32Array(classes);
  for (const c of y) counts[c]!++;
  const levels = numbers ? null : levelsOf(column);
  let sum = 0;
  let total = 0;
  for (let c = 0; c < classes; c++) {
    const positives = counts[c]!;
    const negatives = y.length - positives;
    if (positives === 0 || negatives === 0) continue;
    const score = numbers
      ? Float64Array.from(usable, (i) => numbers[i]!)
      : leaveOneOutShares(
          Int32Array.from(usable, (i) => levels!.codes[i]!),
          y.map((v) => (v === c ? 1 : 0)),
          levels!.values.length,
        );
    const r = ranks(score);
    let rankSum = 0;
    y.forEach((v, i) => {
      if (v === c) rankSum += r[i]!;
    });
    const auc = (rankSum - (positives * (positives - 1)) / 2) / (positives * negatives);
    sum += positives * (numbers ? Math.max(auc, 1 - auc) : auc);
    total += positives;
  }
  return total === 0 ? 0 : sum / total;
}

/** Share of the class among the other rows of the same value; a value's only row gets the share of all rows. */
function leaveOneOutShares(codes: Int32Array, hit: Int32Array, values: number): Float64Array {
  const hits = new Float64Array(values);
  const counts = new Float64Array(values);
  let all = 0;
  codes.forEach((k, i) => {
    hits[k]! += hit[i]!;
    counts[k]!++;
    all += hit[i]!;
  });
  return Float64Array.from(codes, (k, i) =>
    counts[k]! > 1 ? (hits[k]! - hit[i]!) / (counts[k]! - 1) : all / codes.length,
  );
}

/** Squared rank correlation (Spearman 1904) with a numeric column. */
function rankR2(column: Column, y: Float64Array): number {
  const numbers = asNumbers(column);
  if (numbers === null) return 0;
  const usable = Array.from(y.keys()).filter((i) => !isMissing(column, i));
  if (usable.length < y.length / 2) return 0;
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

/** R2 of the mean of y per group of at least five rows: bins of equal count, or the values of a category. Adjusted for the number of groups. */
function binnedR2(column: Column, y: Float64Array): number {
  const n = y.length;
  const numbers = asNumbers(column);
  const usable = Array.from({ length: n }, (_, i) => i).filter((i) => !isMissing(column, i));
  if (usable.length < n / 2) return 0;
  const m = usable.length;
  let groupOf: Int32Array;
  let groups: number;
  if (numbers) {
    groups = Math.max(2, Math.min(200, Math.floor(m / 5)));
    const r = ranks(Float64Array.from(usable, (i) => numbers[i]!));
    groupOf = Int32Array.from(r, (v) => Math.min(groups - 1, Math.floor((v * groups) / m)));
  } else {
    const levels = levelsOf(column);
    groups = levels.values.length;
    groupOf = Int32Array.from(usable, (i) => levels.codes[i]!);
  }
  const sums = new Float64Array(groups);
  const counts = new Float64Array(groups);
  let mean = 0;
  usable.forEach((i, k) => {
    sums[groupOf[k]!]! += y[i]!;
    counts[groupOf[k]!]!++;
    mean += y[i]! / m;
  });
  const used = counts.reduce((a, c) => a + (c > 0 ? 1 : 0), 0);
  let within = 0;
  let total = 0;
  usable.forEach((i, k) => {
    within += (y[i]! - sums[groupOf[k]!]! / counts[groupOf[k]!]!) ** 2;
    total += (y[i]! - mean) ** 2;
  });
  if (total === 0 || used >= m) return 0;
  return 1 - within / (m - used) / (total / (m - 1));
}
