import { basename, extname, join } from "node:path";
import type { PipelineModel } from "whetstone/data";
import { Failure } from "../failure.ts";
import { duration, fileSize, print, progressBar, tell } from "../terminal.ts";
import { type Candidate, candidates } from "../train/candidates.ts";
import { modelCard } from "../train/card.ts";
import {
  chooseColumns,
  describeDropped,
  describeKinds,
  describeMissing,
  shellWord,
} from "../train/columns.ts";
import { Clock, fitAll, fitOnce, type Job } from "../train/fit.ts";
import { checkOut, writeModel } from "../train/folder.ts";
import { topWeights } from "../train/importance.ts";
import { readTrainingFile, type TrainingFile } from "../train/read.ts";
import { leaderboardText, type Report, verdict, version } from "../train/report.ts";
import { rankingMetric } from "../train/scores.ts";
import { planSplits } from "../train/splits.ts";
import { describeTarget, type Task, understandTarget } from "../train/target.ts";
import { count, wholeNumber } from "../train/words.ts";

export interface TrainOptions {
  readonly target: string;
  readonly metric?: string;
  readonly task?: Task;
  readonly timeLimit?: number;
  readonly folds: number;
  readonly seed: number;
  readonly drop?: readonly string[];
  readonly keep?: readonly string[];
  readonly out?: string;
  readonly overwrite?: boolean;
  readonly json?: boolean;
}

/** From a CSV file to a leaderboard and a model folder. */
export async function train(file: string, options: TrainOptions): Promise<void> {
  const say = options.json ? () => {} : print;
  const out = options.out ?? defaultOut(file, options.target);
  checkOut(out, options.overwrite === true);
  const started = performance.now();

  const read = readTrainingFile(file, options.target, options.task === "regression");
  for (const note of read.notes) tell(`note: ${note}`);
  const understood = understandTarget(read.table, options.target, options.task);
  const { table, target } = understood;
  const chosen = chooseColumns(table, target, { drop: options.drop ?? [], keep: options.keep ?? [] });
  const metric = rankingMetric(options.metric, target);
  const learning = table.select([...chosen.features, target.name]);
  const plan = planSplits(learning, target, options.folds, options.seed);
  const warnings = [...understood.warnings, ...chosen.warnings, ...plan.warnings];
  const known = {
    whetstone: version(),
    node: process.versions.node,
    file,
    seed: options.seed,
    rows: table.rows,
    task: target.task,
    taskReason: target.why,
    target: {
      name: target.name,
      kind: target.kind,
      classes: target.classes,
      description: describeTarget(target, table.rows),
    },
    columns: schemaOf(chosen.features, read),
    kinds: describeKinds(table, chosen.features),
    missing: describeMissing(table, chosen.features),
    dropped: chosen.dropped,
    notes: read.notes,
    warnings,
    metric: { name: metric.name, title: metric.title, greaterIsBetter: metric.greaterIsBetter },
    split: {
      trainRows: plan.train.length,
      heldOutRows: plan.heldOut.length,
      folds: plan.folds.length,
      duplicateRows: plan.duplicates,
    },
    out,
    timeLimit: options.timeLimit ?? null,
  };
  say(understanding(known, table.rows));

  const list = candidates(table, chosen.features, target, options.seed);
  const bar = progressBar("fitting");
  const clock = new Clock(options.timeLimit ?? null);
  const job: Job = { table, features: chosen.features, target, plan, metric, clock, onProgress: bar.update };
  const outcome = fitAll(list, job);
  bar.end();
  if (outcome.best === null || outcome.bestModel === null) {
    throw nothingTrained(outcome.rows, options.timeLimit);
  }
  const final = refit(outcome.best, outcome.bestModel, job);
  const report: Report = {
    ...known,
    leaderboard: outcome.rows,
    best: outcome.best.name,
    fittedRows: final.rows,
    importances: topWeights(final.model),
  };
  const scores = outcome.rows.find((row) => row.name === outcome.best!.name)!;
  const bytes = writeModel(
    out,
    final.model,
    {
      whetstone: report.whetstone,
      task: report.task,
      target: { name: target.name, kind: target.kind, classes: target.classes },
      columns: report.columns,
      file,
      seed: report.seed,
      rows: report.rows,
      fittedRows: report.fittedRows,
      estimator: report.best,
      metric: report.metric,
      scores: {
        validation: finite(scores.mean),
        validationSd: finite(scores.sd),
        heldOut: finite(scores.heldOut),
        ...Object.fromEntries(Object.entries(scores.heldOutScores).map(([name, v]) => [name, finite(v)])),
      },
    },
    modelCard(report),
  );
  if (options.json) {
    print(JSON.stringify(report, null, 2));
    return;
  }
  say("");
  say(leaderboardText(report));
  const said = verdict(report, metric);
  if (said !== "") say(`\n${said}`);
  say(
    `\nSaved ${report.best} in ${out} (${fileSize(bytes)}) after ${duration(performance.now() - started)}; card.md there says what it learned from and how far to trust it.`,
  );
  say(`Predict with: whetstone predict ${shellWord(out)} NEW.csv`);
}

/** `models/FILE-TARGET`, with nothing in it that a file system or a shell minds. */
function defaultOut(file: string, target: string): string {
  const safe = (text: string) => text.replaceAll(/[^\p{L}\p{N}._-]+/gu, "_").replace(/^[._]+/, "");
  return join("models", `${safe(basename(file, extname(file))) || "file"}-${safe(target) || "target"}`);
}

function schemaOf(features: readonly string[], { table, spelling }: TrainingFile): Report["columns"] {
  return features.map((name) => ({ name, kind: table.kind(name), ...spelling[name] }));
}

type Known = Omit<Report, "leaderboard" | "best" | "fittedRows" | "importances">;

/** What was understood of the file, before anything is fitted. */
function understanding(known: Known, rows: number): string {
  const lines: [string, string][] = [
    ["Rows", `${count(rows, "row")} of ${known.file}`],
    ["Target", `${known.target.name}: ${known.target.description}`],
    ["Task", `${known.task}, because ${known.taskReason}`.replace("because as asked", "as asked")],
    ["Columns", `${wholeNumber(known.columns.length)} used: ${known.kinds}`],
    ["Missing", known.missing],
  ];
  const label = (name: string) => name.padEnd(9);
  const said = lines.map(([name, value]) => `${label(name)}${value}`);
  describeDropped(known.dropped).forEach((line, i) => {
    said.push(`${label(i === 0 ? "Left out" : "")}${line}`);
  });
  if (known.warnings.length > 0) said.push("", ...known.warnings.map((warning) => `! ${warning}`));
  return said.join("\n");
}

/** The best model once more, on every row; the one that was scored where time is over. */
function refit(best: Candidate, scored: PipelineModel, job: Job): { model: PipelineModel; rows: number } {
  const without = { model: scored, rows: job.plan.train.length };
  if (job.clock.isOver) return without;
  const all = Int32Array.from({ length: job.table.rows }, (_, i) => i);
  try {
    return { model: fitOnce(best, job, all, new Set(), () => {}).model, rows: all.length };
  } catch {
    return without;
  }
}

function nothingTrained(
  rows: readonly { readonly name: string; readonly status: string; readonly reason: string | null }[],
  limit: number | undefined,
): Failure {
  if (rows.every(({ status }) => status === "out of time")) {
    return new Failure(`nothing was finished within ${limit} s: raise --time-limit.`);
  }
  const reasons = rows.map(({ name, status, reason }) => `${name}: ${reason ?? status}`);
  return new Failure(`no model could be trained. ${reasons.join("; ")}.`);
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
