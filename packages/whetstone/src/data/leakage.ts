import { argumentError, requireRows, show } from "../errors.ts";
import { futureRows, lateColumns } from "./audit/leakage-in-time.ts";
import { preprocessedColumns } from "./audit/traces-of-preprocessing.ts";
import { duplicatesAcross } from "./duplicates.ts";
import { identifierSign } from "./leakage-identifier.ts";
import { balancedAccuracy, binnedR2, meanAuc, rankR2 } from "./leakage-strength.ts";
import { unknownColumn } from "./names.ts";
import type { Split } from "./splits/index.ts";
import { asNumbers, type Column, isMissing, type Levels, levelsOf } from "./table/column.ts";
import { checkTable, type Table } from "./table/table.ts";

/** What is measured of one column alone. */
export type LeakageMeasure = "AUC" | "balanced accuracy" | "R2" | "rank R2";
/** How a copy of the target goes with it; `presence`: only in whether there is a value. */
export type LeakageRelation = "same" | "rising" | "falling" | "one-to-one" | "presence";

/** Something about a column or about rows that makes a score look better than it will be, or a column useless. */
export interface LeakageFinding {
  readonly kind:
    | "copy"
    | "equivalent"
    | "predictor"
    | "constant"
    | "id"
    | "duplicates"
    | "late"
    | "future"
    | "preprocessed"
    | "score";
  /** The column; null where rows are at fault. */
  readonly column: string | null;
  /** What was found and what it means, as a sentence. */
  readonly message: string;
  /** What a careful analyst does with the column by default. */
  readonly advice: "drop" | "check";
  /**
   * What {@link measure} says of the column alone (predictor), 1 (copies), share of rows (duplicates, late, future),
   * the model's AUC (score); else null.
   */
  readonly strength: number | null;
  /** What `strength` is of a predictor; null otherwise. */
  readonly measure: LeakageMeasure | null;
  /** How the column goes with the target (copy, equivalent); null otherwise. */
  readonly relation: LeakageRelation | null;
}

/**
 * What {@link leakageReport} knows besides table and target: each entry lets it look for one more kind of
 * leak.
 */
export interface LeakageOptions {
  /** AUC or R2 of one column alone from which it is reported; 0.995 by default. */
  readonly threshold?: number;
  /** Balanced accuracy of one column alone from which it is reported, for classes; 0.99 by default. */
  readonly accuracy?: number;
  /**
   * Whether the target holds classes or a quantity; by default a quantity where it is a number of more than 20
   * different values.
   */
  readonly task?: "classification" | "regression";
  /**
   * Looks for test rows that also are training rows, and for columns that were standardised, scaled to a range or
   * filled with a mean of both together.
   */
  readonly split?: Split;
  /** Column with the moment to which the label belongs. Looks for values that were recorded later. */
  readonly labelTime?: string;
  /** For feature columns, the column that says when their values were recorded; dates are their own time. */
  readonly recordedAt?: Readonly<Record<string, string>>;
  /** Column that orders the rows in time. With `split`, looks for test rows older than a training row. */
  readonly order?: string;
  /** Held-out area under the ROC curve of a model; from 0.99 on it is reported. */
  readonly modelAuc?: number;
}

/** With fewer rows, a match is chance. */
const FEWEST_ROWS = 20;
const MOST_CLASS_NUMBERS = 20;
/** An honest problem seldom gives more. */
const SUSPICIOUS_AUC = 0.99;

/** The target as every check needs it. */
interface Goal {
  readonly name: string;
  readonly column: Column;
  readonly levels: Levels;
  /** The numbers of a quantity; null for classes. */
  readonly quantity: Float64Array | null;
}

/**
 * Looks for the classic mistakes: columns that copy the target or are a one-to-one recoding of it, columns that
 * are filled in for one of two classes only, columns that alone predict the target almost perfectly, constant
 * columns, columns that number the rows, and rows of the test set that are also in the training set; where times
 * are named, values recorded after the label and training rows from after the test; columns that were preprocessed
 * with the test rows in view ({@link preprocessingLeak} tests the code itself); and a model's AUC near 1. Rows
 * without a target are left aside. A column that numbers the rows and also predicts the target (the rows are
 * sorted by it) has two findings, any other column at most one.
 *
 * A numeric target is compared by rank, so that any increasing or decreasing function of it is found. Strength
 * of a column alone: for classes, the mean area under the ROC curve over pairs of a class against the rest,
 * values of text columns scored by their leave-one-out class shares, and the balanced accuracy of the column's
 * bins or best threshold; for numbers, the larger of the squared rank correlation and R2 of equal-count bins.
 * Classes of fewer than ten rows do not count.
 *
 * @example
 * const t = Table.fromColumns({ a: [1, 2, 3, 4], b: [10, 20, 30, 40] });
 * leakageReport(t, "a")[0].kind; // "equivalent"
 */
export function leakageReport(table: Table, target: string, options: LeakageOptions = {}): LeakageFinding[] {
  const where = "leakageReport";
  checkTable(table, where, "table");
  if (!table.has(target)) throw unknownColumn(where, "target", target, table.names);
  const { threshold = 0.995, accuracy = 0.99, task, split, labelTime, order, modelAuc } = options;
  for (const [name, value] of Object.entries({ threshold, accuracy })) {
    if (!(value > 0.5 && value <= 1)) throw argumentError(where, name, value, "a number > 0.5 and <= 1");
  }
  if (task !== undefined && task !== "classification" && task !== "regression")
    throw argumentError(where, "task", task, '"classification" or "regression"');
  if (split !== undefined) {
    if (split === null || typeof split !== "object")
      throw argumentError(where, "split", split, "an object with train and test rows");
    requireRows(where, split.train, table.rows);
    requireRows(where, split.test, table.rows);
  }
  if (options.recordedAt !== undefined && labelTime === undefined)
    throw argumentError(where, "labelTime", labelTime, "a column, as recordedAt is given");
  if (order !== undefined && split === undefined)
    throw argumentError(where, "split", split, "train and test rows, as order is given");
  if (modelAuc !== undefined && !(typeof modelAuc === "number" && modelAuc >= 0 && modelAuc <= 1))
    throw argumentError(where, "modelAuc", modelAuc, "a number from 0 to 1");
  const known = table.selectRows(presentRows(table.column(target), table.rows));
  const goal = goalOf(target, known.column(target), task);
  const findings: LeakageFinding[] = [];
  known.names.forEach((name, j) => {
    if (name === target) return;
    const column = known.columns[j]!;
    const levels = levelsOf(column);
    const sure = constantColumn(name, levels) ?? copiedTarget(name, column, levels, goal);
    const found = sure
      ? [sure]
      : [idColumn(name, column, levels), strongColumn(name, column, goal, threshold, accuracy)];
    findings.push(...found.filter((f) => f !== null));
  });
  if (split) {
    const shared = duplicatesAcross(table, split);
    if (shared.length > 0) {
      const share = shared.length / split.test.length;
      findings.push({
        ...rowsOrColumn(null),
        kind: "duplicates",
        message: `${shared.length} of ${split.test.length} test rows (${percent(share)}) are also in the training set, so the test score is too good: drop repeated rows before splitting, or split by group`,
        advice: "check",
        strength: share,
      });
    }
    findings.push(...preprocessedColumns(table, target, split));
    if (order !== undefined) findings.push(...futureRows(table, order, split));
  }
  if (labelTime !== undefined)
    findings.push(...lateColumns(table, target, labelTime, options.recordedAt ?? {}));
  if (modelAuc !== undefined && modelAuc >= SUSPICIOUS_AUC) {
    findings.push({
      ...rowsOrColumn(null),
      kind: "score",
      message: `the model's AUC is ${modelAuc.toFixed(3)}: look for a leak first; classes that can be told apart give as much`,
      advice: "check",
      strength: modelAuc,
    });
  }
  return findings;
}

const rowsOrColumn = (column: string | null) => ({ column, strength: null, measure: null, relation: null });

function goalOf(name: string, column: Column, task: LeakageOptions["task"]): Goal {
  const levels = levelsOf(column);
  const numbers = column.kind === "date" ? null : asNumbers(column);
  const inferred = column.kind === "number" && levels.values.length > MOST_CLASS_NUMBERS;
  const continuous = task === undefined ? inferred : task === "regression";
  if (continuous && numbers === null)
    throw argumentError("leakageReport", "task", task, `"classification", as ${show(name)} holds no numbers`);
  return { name, column, levels, quantity: continuous ? numbers : null };
}

function presentRows(column: Column, rows: number): Int32Array {
  return Int32Array.from({ length: rows }, (_, i) => i).filter((i) => !isMissing(column, i));
}

const percent = (share: number) => `${Math.round(share * 1000) / 10} %`;

function constantColumn(name: string, { values, codes }: Levels): LeakageFinding | null {
  if (values.length > 1 || (values.length === 1 && codes.includes(-1))) return null;
  const what = values.length === 0 ? "has no value at all" : `is ${show(values[0])} in every row`;
  return {
    ...rowsOrColumn(name),
    kind: "constant",
    message: `column ${show(name)} ${what}, so it says nothing`,
    advice: "drop",
  };
}

/** Equal values, a one-to-one map between values (monotone, where both are numbers), or the same rows filled in. */
function copiedTarget(name: string, column: Column, levels: Levels, goal: Goal): LeakageFinding | null {
  const { values, codes } = levels;
  const b = goal.levels;
  const distinct = b.values.length;
  if (distinct < 2) return null;
  const finding = (relation: LeakageRelation, how: string): LeakageFinding => ({
    kind: relation === "same" ? "copy" : "equivalent",
    column: name,
    message: `column ${show(name)} ${how} the target ${show(goal.name)}: a model would only read it off`,
    advice: "drop",
    strength: 1,
    measure: null,
    relation,
  });
  const gaps = codes.includes(-1);
  if (!gaps && values.length === distinct) {
    const equal = codes.every((c, i) => c === b.codes[i]);
    if (equal && values.every((v, k) => String(v) === String(b.values[k])))
      return finding("same", "is a copy of");
    // Sorted levels make an increasing map equal codes and a decreasing one mirrored codes.
    if (asNumbers(column) !== null && asNumbers(goal.column) !== null && distinct > 2) {
      if (equal) return finding("rising", "rises exactly with");
      if (codes.every((c, i) => c === distinct - 1 - b.codes[i]!))
        return finding("falling", "falls exactly with");
    }
  }
  // Missing is one more value. Where values hardly repeat, any two columns map one to one.
  const recoded = gaps ? codes.map((c) => (c < 0 ? values.length : c)) : codes;
  const levelCount = values.length + (gaps ? 1 : 0);
  if (levelCount === distinct && distinct <= codes.length / 2 && oneToOne(recoded, b.codes, distinct))
    return finding("one-to-one", "maps one to one to");
  if (gaps && distinct === 2 && codes.length >= FEWEST_ROWS) {
    const present = codes.map((c) => (c < 0 ? 0 : 1));
    if (oneToOne(present, b.codes, 2)) return finding("presence", "is filled in for only one value of");
  }
  return null;
}

/** Whether each code goes with one other code and back; both lists hold every code below `count`. */
function oneToOne(a: Int32Array, b: Int32Array, count: number): boolean {
  const map = new Int32Array(count).fill(-1);
  const used = new Uint8Array(count);
  for (let i = 0; i < a.length; i++) {
    const from = a[i]!;
    const to = b[i]!;
    if (map[from] === -1) {
      if (used[to] === 1) return false;
      map[from] = to;
      used[to] = 1;
    } else if (map[from] !== to) return false;
  }
  return true;
}

/** Unique in every row, and counting, or text that names a row. */
function idColumn(name: string, column: Column, levels: Levels): LeakageFinding | null {
  const how = identifierSign(name, column, levels);
  if (how === null) return null;
  return {
    ...rowsOrColumn(name),
    kind: "id",
    message: `column ${show(name)} ${how}: it cannot generalise to new rows`,
    advice: "drop",
  };
}

function strongColumn(
  name: string,
  column: Column,
  goal: Goal,
  threshold: number,
  accuracy: number,
): LeakageFinding | null {
  const { codes, values } = goal.levels;
  if (goal.column.kind === "date" || codes.length < FEWEST_ROWS || values.length < 2) return null;
  const found = goal.quantity
    ? strengthForQuantity(column, goal.quantity, threshold)
    : strengthForClasses(column, codes, values.length, threshold, accuracy);
  if (found === null) return null;
  const [measure, strength] = found;
  return {
    kind: "predictor",
    column: name,
    message: `column ${show(name)} alone predicts ${show(goal.name)} almost perfectly (${measure} ${strength.toFixed(3)}): check that it is known before the target is`,
    advice: "check",
    strength,
    measure,
    relation: null,
  };
}

function strengthForQuantity(
  column: Column,
  y: Float64Array,
  threshold: number,
): [LeakageMeasure, number] | null {
  const rank = rankR2(column, y);
  if (rank >= threshold) return ["rank R2", rank];
  const share = binnedR2(column, y);
  return share >= threshold ? ["R2", share] : null;
}

function strengthForClasses(
  column: Column,
  codes: Int32Array,
  classes: number,
  threshold: number,
  accuracy: number,
): [LeakageMeasure, number] | null {
  const right = balancedAccuracy(column, codes, classes);
  if (right >= accuracy) return ["balanced accuracy", right];
  const auc = meanAuc(column, codes, classes);
  return auc >= threshold ? ["AUC", auc] : null;
}
