/** Says of each column in the words of the command whether it holds the answer. */
import { type LeakageFinding, leakageReport, type Table } from "whetstone/data";
import type { Target } from "./target.ts";
import { percent, quoted } from "./words.ts";

/** Fewest rows for which a perfect match is more than chance. */
const FEWEST_ROWS = 20;
/** Squared rank correlation, or share of the variance, from which a column is too good to be true. */
const SUSPICIOUS_R2 = 0.98;

export interface Leak {
  /** Whether the column is the target in another spelling, rather than suspiciously good. */
  readonly copy: boolean;
  /** What is wrong, as it follows the column's name. */
  readonly reason: string;
}

/** Columns that are the target again, or alone predict it nearly perfectly, by name. */
export function findLeaks(table: Table, target: Target): ReadonlyMap<string, Leak> {
  const options = target.task === "regression" ? { threshold: SUSPICIOUS_R2 } : {};
  const leaks = new Map<string, Leak>();
  for (const finding of leakageReport(table, target.name, { task: target.task, ...options })) {
    if (finding.column === null || (table.rows < FEWEST_ROWS && finding.relation !== "same")) continue;
    const reason = copyReason(finding, target) ?? doubt(finding, quoted(target.name));
    if (reason !== null) leaks.set(finding.column, { copy: finding.relation !== null, reason });
  }
  return leaks;
}

function copyReason({ relation }: LeakageFinding, target: Target): string | null {
  const name = quoted(target.name);
  if (relation === null) return null;
  if (relation === "same") return `is the target ${name} again, value by value`;
  if (relation === "presence") return `is filled in for one class of ${name} and for no other`;
  if (target.task === "classification")
    return `tells the target ${name} apart in every row, value for value: a copy`;
  if (relation === "one-to-one") return `goes with ${name} value for value in every row: a copy`;
  const goes = relation === "rising" ? "rises" : "falls";
  return `${goes} with ${name} in every row without exception: a copy on another scale`;
}

function doubt({ measure, strength }: LeakageFinding, name: string): string | null {
  if (measure === null || strength === null) return null;
  switch (measure) {
    case "balanced accuracy":
      return `alone gives the right answer for ${strength === 1 ? "all" : percent(strength)} of the rows of each class of ${name}`;
    case "AUC":
      return `alone ranks the rows by ${name} almost without error (AUC ${strength.toFixed(3)})`;
    case "rank R2":
      return `rises or falls with ${name} almost without exception (rank correlation ${Math.sqrt(strength).toFixed(3)})`;
    case "R2":
      return `alone explains ${percent(strength)} of the variance of ${name}`;
  }
}
