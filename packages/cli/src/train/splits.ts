import type { Label } from "whetstone/contract";
import {
  duplicateGroups,
  KFold,
  type Split,
  StratifiedKFold,
  type Table,
  trainTestSplit,
} from "whetstone/data";
import type { Target } from "./target.ts";
import { count, quoted } from "./words.ts";

/** Which rows teach, and which judge. */
export interface SplitPlan {
  /** Sorted row numbers. */
  readonly train: Int32Array;
  readonly heldOut: Int32Array;
  /** Row numbers of the table, all from `train`. */
  readonly folds: readonly Split[];
  /** Rows that repeat another row, target included. */
  readonly duplicates: number;
  readonly warnings: readonly string[];
}

const HELD_OUT = 0.2;

/** Holds rows out and cuts the others into folds; copies of a row stay on one side. */
export function planSplits(table: Table, target: Target, wantedFolds: number, seed: number): SplitPlan {
  const warnings: string[] = [];
  const { groups, duplicates, conflicts } = groupCopies(table, target);
  if (conflicts > 0) {
    warnings.push(
      `${count(conflicts, "row")} equal each other in every column but not in the target: no model can tell them apart.`,
    );
  }
  if (duplicates > 0 && groups.length < table.rows) {
    warnings.push(
      `${count(duplicates, "row repeats", "rows repeat")} another row: copies are kept on one side of every split.`,
    );
  }
  const y = groups.map((rows) => target.y[rows[0]!]!);
  const outer = holdOut(y, target, seed);
  const inTrain = Array.from(outer.train).sort((a, b) => a - b);
  const rowsOf = (units: ArrayLike<number>, of: (unit: number) => number) =>
    Int32Array.from(Array.from(units, (u) => groups[of(u)]!).flat()).sort();
  const k = foldCount(
    inTrain.map((g) => y[g]!),
    target,
    wantedFolds,
    warnings,
  );
  const folds = cutFolds(
    inTrain.map((g) => y[g]!),
    target,
    k,
    seed,
  ).map(({ train, test }) => ({
    train: rowsOf(train, (u) => inTrain[u]!),
    test: rowsOf(test, (u) => inTrain[u]!),
  }));
  return {
    train: rowsOf(outer.train, (u) => u),
    heldOut: rowsOf(outer.test, (u) => u),
    folds,
    duplicates,
    warnings,
  };
}

function holdOut(y: readonly Label[], target: Target, seed: number): Split {
  const n = y.length;
  if (target.task === "classification") {
    const testSize = Math.max(Math.ceil(HELD_OUT * n), target.classes.length);
    return trainTestSplit(n, { testSize, stratify: y, seed });
  }
  const testSize = Math.ceil(HELD_OUT * n);
  const bins = Math.min(10, Math.floor(testSize / 2));
  if (bins < 2) return trainTestSplit(n, { testSize, seed });
  return trainTestSplit(n, { testSize, stratify: y, bins, seed });
}

/** As many folds as asked for, or as the smallest class allows. */
function foldCount(y: readonly Label[], target: Target, wanted: number, warnings: string[]): number {
  if (target.task === "regression") {
    const most = Math.floor(y.length / 2);
    if (wanted <= most) return wanted;
    warnings.push(`${count(y.length, "row")} to learn from: ${most} folds instead of ${wanted}.`);
    return most;
  }
  const counts = new Map<Label, number>();
  for (const label of y) counts.set(label, (counts.get(label) ?? 0) + 1);
  const [rarest, fewest] = [...counts].reduce((a, b) => (b[1] < a[1] ? b : a));
  if (wanted <= fewest) return wanted;
  // Log loss and the like stand a fold without a rare class; a score of two classes does not.
  const k = Math.max(fewest, counts.size === 2 ? 2 : Math.min(3, wanted));
  const fewer = k < wanted ? `: ${k} folds instead of ${wanted}` : "";
  warnings.push(
    `class ${quoted(String(rarest))} has ${count(fewest, "row")} to learn from, fewer than folds${fewer}. Its predictions rest on very little.`,
  );
  return k;
}

function cutFolds(y: readonly Label[], target: Target, k: number, seed: number): Split[] {
  if (target.task === "classification") {
    return new StratifiedKFold({ nSplits: k, shuffle: true, seed }).split(y.length, y);
  }
  const bins = Math.min(10, Math.floor(y.length / k));
  if (bins < 2) return new KFold({ nSplits: k, shuffle: true, seed }).split(y.length);
  try {
    return new StratifiedKFold({ nSplits: k, shuffle: true, bins, seed }).split(y.length, y);
  } catch {
    // Bins of a target with few values can be smaller than the number of folds.
    return new KFold({ nSplits: k, shuffle: true, seed }).split(y.length);
  }
}

interface Copies {
  /** Rows by content; one group per row where repeats are natural. */
  readonly groups: readonly (readonly number[])[];
  readonly duplicates: number;
  readonly conflicts: number;
}

/** Rows with equal content, target included. */
function groupCopies(table: Table, target: Target): Copies {
  const features = table.drop(target.name);
  const alike = new Map<number, number[]>();
  duplicateGroups(features).forEach((group, i) => {
    const rows = alike.get(group);
    if (rows === undefined) alike.set(group, [i]);
    else rows.push(i);
  });
  const byRow = Array.from({ length: table.rows }, (_, i) => [i]);
  let conflicts = 0;
  const groups: number[][] = [];
  for (const rows of alike.values()) {
    const byTarget = new Map<Label, number[]>();
    for (const i of rows) {
      const y = target.y[i]!;
      const same = byTarget.get(y);
      if (same !== undefined) same.push(i);
      else {
        const group = [i];
        byTarget.set(y, group);
        groups.push(group);
      }
    }
    if (byTarget.size > 1) conflicts += rows.length;
  }
  const duplicates = table.rows - groups.length;
  // A few columns of a few values each repeat by nature: these are no copies of one record.
  const natural = alike.size < table.rows / 2;
  if (duplicates === 0 || natural || !enoughGroups(groups, target)) {
    return { groups: byRow, duplicates: natural ? 0 : duplicates, conflicts: natural ? 0 : conflicts };
  }
  return { groups: groups.sort((a, b) => a[0]! - b[0]!), duplicates, conflicts };
}

function enoughGroups(groups: readonly (readonly number[])[], target: Target): boolean {
  if (target.task === "regression") return groups.length >= 10;
  const counts = new Map<Label, number>();
  for (const rows of groups) {
    const y = target.y[rows[0]!]!;
    counts.set(y, (counts.get(y) ?? 0) + 1);
  }
  return [...counts.values()].every((n) => n >= 3);
}
