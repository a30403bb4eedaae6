import { readFileSync } from "node:fs";
import type { Label } from "whetstone/contract";
import type { ColumnKind } from "whetstone/data";
import type { Metric } from "whetstone/metrics";
import { duration, fileSize, textTable } from "../terminal.ts";
import type { DroppedColumn } from "./columns.ts";
import type { LeaderboardRow } from "./fit.ts";
import type { Weight } from "./importance.ts";
import type { Spelling } from "./read.ts";
import type { Task } from "./target.ts";
import { brief, count, percent, wholeNumber } from "./words.ts";

/** A column as the model expects it. */
export interface ColumnSchema extends Spelling {
  readonly name: string;
  readonly kind: ColumnKind;
}

/** Everything that a training run found: `--json` prints it, the card tells it. */
export interface Report {
  readonly whetstone: string;
  readonly node: string;
  readonly file: string;
  readonly seed: number;
  readonly rows: number;
  readonly task: Task;
  readonly taskReason: string;
  readonly target: {
    readonly name: string;
    readonly kind: ColumnKind;
    /** Sorted; the last of two is the one scored as positive. Empty for regression. */
    readonly classes: readonly { readonly label: Label; readonly rows: number }[];
    readonly description: string;
  };
  readonly columns: readonly ColumnSchema[];
  readonly kinds: string;
  readonly missing: string;
  readonly dropped: readonly DroppedColumn[];
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
  readonly metric: {
    readonly name: string;
    readonly title: string;
    readonly greaterIsBetter: boolean;
  };
  readonly split: {
    readonly trainRows: number;
    readonly heldOutRows: number;
    readonly folds: number;
    readonly duplicateRows: number;
  };
  readonly leaderboard: readonly LeaderboardRow[];
  /** Name of the model that was saved. */
  readonly best: string;
  /** Rows that the saved model was fitted to. */
  readonly fittedRows: number;
  readonly importances: readonly Weight[];
  readonly out: string;
  readonly timeLimit: number | null;
}

export function version(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}

export const scoreText = (value: number): string => (Number.isNaN(value) ? "–" : scoreDigits(value));

/** Scores below 10 in three decimals, others in four significant digits. */
function scoreDigits(value: number): string {
  // A small negative number would round to "-0.000".
  return Math.abs(value) < 10 ? value.toFixed(3).replace(/^-(0\.0+)$/, "$1") : brief(value);
}

/** Columns of the leaderboard beside name, validation and held-out score. */
function sideColumns(task: Task, metric: string): { title: string; key: string }[] {
  const all =
    task === "classification"
      ? [
          // Of several classes, log loss ranks; a person also wants to know how often it is right.
          metric === "logLoss"
            ? { title: "accuracy", key: "accuracy" }
            : { title: "log loss", key: "logLoss" },
          { title: "calibration error", key: "calibrationError" },
        ]
      : [
          { title: "R²", key: "r2" },
          { title: "RMSE", key: "rmse" },
          { title: "MAE", key: "mae" },
        ];
  return all.filter(({ key }) => key !== metric);
}

/** Header and rows of the leaderboard, as text. */
export function leaderboardCells(report: Pick<Report, "task" | "metric" | "leaderboard" | "best">): {
  header: string[];
  rows: string[][];
} {
  const side = sideColumns(report.task, report.metric.name);
  const header = [
    "  model",
    "validation",
    "held-out",
    ...side.map(({ title }) => title),
    "fit",
    "predict/row",
    "size",
  ];
  const rows = report.leaderboard.map((row) => {
    const name = `${row.name === report.best ? "★" : " "} ${row.name}`;
    if (row.status !== "ok") return [name, row.status];
    return [
      name,
      `${scoreText(row.mean)}${Number.isNaN(row.sd) ? "" : ` ± ${scoreText(row.sd)}`}`,
      scoreText(row.heldOut),
      ...side.map(({ key }) => scoreText(row.heldOutScores[key] ?? Number.NaN)),
      duration(row.fitSeconds * 1000),
      duration(row.predictSecondsPerRow * 1000),
      fileSize(row.bytes),
    ];
  });
  return { header, rows };
}

/** The leaderboard with the reasons of what failed below it. */
export function leaderboardText(report: Report): string {
  const { metric, split } = report;
  const { header, rows } = leaderboardCells(report);
  const direction = metric.greaterIsBetter ? "higher is better" : "lower is better";
  const lines = [
    `Leaderboard by ${metric.title} (${direction}): ${split.folds} folds over ${count(split.trainRows, "row")}, then ${wholeNumber(split.heldOutRows)} held out`,
    textTable(header, rows),
  ];
  for (const row of report.leaderboard) {
    if (row.reason !== null) lines.push(`  ${row.name}: ${row.reason}`);
    for (const warning of row.warnings.slice(0, 3)) lines.push(`  ${row.name}: ${warning}`);
  }
  return lines.join("\n");
}

/** One sentence on what the scores say. */
export function verdict(report: Pick<Report, "leaderboard" | "best">, metric: Metric): string {
  const best = report.leaderboard.find((row) => row.name === report.best)!;
  const baseline = report.leaderboard.find((row) => row.isBaseline);
  if (best.isBaseline) {
    const late = report.leaderboard.filter(({ status }) => status === "out of time").length;
    const failed = report.leaderboard.filter(({ status }) => status === "failed").length;
    if (late + failed === report.leaderboard.length - 1) {
      return late > 0
        ? "Only the baseline was finished, which looks at no column: raise --time-limit."
        : "Only the baseline could be trained, which looks at no column; the reasons are above.";
    }
    return "No model beats the baseline: these columns say little or nothing about the target.";
  }
  if (baseline === undefined || baseline.status !== "ok") return "";
  const gain = Math.abs(best.mean - baseline.mean);
  if (gain < (Number.isNaN(best.sd) ? 0 : best.sd)) {
    return `The best model, ${best.name}, is ahead of the baseline by less than the folds differ: it may be luck.`;
  }
  const drop = metric.greaterIsBetter ? best.mean - best.heldOut : best.heldOut - best.mean;
  if (drop > 3 * best.sd && drop > 0.1 * Math.abs(best.mean)) {
    return `The held-out score of the best model, ${best.name}, is far from its validation score: the rows differ from each other more than the folds show.`;
  }
  return "";
}

/** Class shares as the card lists them. */
export function classLines(report: Report): string[] {
  return report.target.classes.map(
    ({ label, rows }) => `${String(label)}: ${rows} rows (${percent(rows / report.rows)})`,
  );
}
