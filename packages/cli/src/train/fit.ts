import { encode, type FitOptions, WhetstoneError } from "whetstone/contract";
import type { PipelineModel, Split, Table } from "whetstone/data";
import type { Metric } from "whetstone/metrics";
import type { Candidate } from "./candidates.ts";
import { evaluate, isBetter, type Predictor, predictRows, sideScores } from "./scores.ts";
import type { SplitPlan } from "./splits.ts";
import type { Target } from "./target.ts";

/** What became of one candidate. */
export interface LeaderboardRow {
  readonly name: string;
  readonly description: string;
  readonly isBaseline: boolean;
  readonly status: "ok" | "failed" | "out of time";
  /** Why it failed, or what was left undone; null where all is well. */
  readonly reason: string | null;
  /** Score of each fold; null where the fold failed or was not reached. */
  readonly foldScores: readonly (number | null)[];
  /** Mean and standard deviation (n - 1) over the folds that have a score. */
  readonly mean: number;
  readonly sd: number;
  /** Score on the held-out rows, of the model fitted to all others. */
  readonly heldOut: number;
  readonly heldOutScores: Readonly<Record<string, number>>;
  readonly fitSeconds: number;
  readonly predictSecondsPerRow: number;
  readonly bytes: number;
  /** What the fit warned of. */
  readonly warnings: readonly string[];
}

export interface Job {
  readonly table: Table;
  readonly features: readonly string[];
  readonly target: Target;
  readonly plan: SplitPlan;
  readonly metric: Metric;
  readonly clock: Clock;
  /** Told after each fit and, by the models that count, within it. */
  readonly onProgress: (done: number, total: number, note: string) => void;
}

export interface Outcome {
  /** Best first, then what failed. */
  readonly rows: readonly LeaderboardRow[];
  readonly best: Candidate | null;
  /** The best model as fitted without the held-out rows. */
  readonly bestModel: PipelineModel | null;
}

/** The time there is for fitting. */
export class Clock {
  readonly #end: number;
  readonly limit: number | null;

  constructor(limit: number | null) {
    this.limit = limit;
    this.#end = limit === null ? Number.POSITIVE_INFINITY : performance.now() + limit * 1000;
  }

  get isOver(): boolean {
    return performance.now() >= this.#end;
  }
}

class OutOfTime extends Error {}

/** Fits every candidate: once for the held-out rows, then fold by fold. A failure is a row with its reason. */
export function fitAll(list: readonly Candidate[], job: Job): Outcome {
  const steps = job.plan.folds.length + 1;
  const found: { row: LeaderboardRow; candidate: Candidate; model: PipelineModel | null }[] = [];
  for (const [at, candidate] of list.entries()) {
    const report = (step: number, note: string) =>
      job.onProgress(at * steps + step, list.length * steps, `${candidate.name}${note}`);
    found.push({ candidate, ...tryCandidate(candidate, job, report) });
  }
  job.onProgress(list.length * steps, list.length * steps, "");
  const ranked = found.slice().sort((a, b) => {
    if (isBetter(job.metric, a.row.mean, b.row.mean)) return -1;
    return isBetter(job.metric, b.row.mean, a.row.mean) ? 1 : 0;
  });
  const best = ranked.find(({ row, model }) => row.status === "ok" && model !== null) ?? null;
  return {
    rows: ranked.map(({ row }) => row),
    best: best?.candidate ?? null,
    bestModel: best?.model ?? null,
  };
}

function tryCandidate(
  candidate: Candidate,
  job: Job,
  report: (step: number, note: string) => void,
): { row: LeaderboardRow; model: PipelineModel | null } {
  const { plan, target, metric } = job;
  const warnings = new Set<string>();
  const scores: (number | null)[] = plan.folds.map(() => null);
  const reasons: string[] = [];
  const row = (status: LeaderboardRow["status"], reason: string | null): LeaderboardRow => ({
    name: candidate.name,
    description: candidate.description,
    isBaseline: candidate.isBaseline,
    status,
    reason,
    foldScores: scores,
    ...spread(scores),
    heldOut: Number.NaN,
    heldOutScores: {},
    fitSeconds: Number.NaN,
    predictSecondsPerRow: Number.NaN,
    bytes: Number.NaN,
    warnings: [...warnings],
  });
  try {
    const fitted = fitOnce(candidate, job, plan.train, warnings, (note) => report(0, note));
    const test = job.table.select(job.features).selectRows(plan.heldOut);
    const started = performance.now();
    const predictions = predictRows(predictorOf(fitted.model), test, target, plan.heldOut);
    const measured = {
      // Labels and probabilities are two passes.
      predictSecondsPerRow:
        (performance.now() - started) / 1000 / (target.task === "classification" ? 2 : 1) / test.rows,
      fitSeconds: fitted.seconds,
      bytes: encode(fitted.model).length,
      heldOutScores: sideScores(predictions, target),
      heldOut: attempt(() => evaluate(metric, predictions, target), reasons),
    };
    let late = false;
    for (const [f, split] of plan.folds.entries()) {
      report(f + 1, `, fold ${f + 1} of ${plan.folds.length}`);
      try {
        scores[f] = scoreFold(candidate, job, split, warnings, (note) =>
          report(f + 1, `, fold ${f + 1} of ${plan.folds.length}${note}`),
        );
      } catch (error) {
        if (error instanceof OutOfTime) {
          late = true;
          break;
        }
        reasons.push(sentenceOf(error));
      }
    }
    const done = scores.filter((s) => s !== null).length;
    if (done === 0) return { row: row(late ? "out of time" : "failed", reasons[0] ?? null), model: null };
    if (done < scores.length) {
      reasons.unshift(`${done} of ${scores.length} folds${late ? ", then out of time" : ""}`);
    }
    return { row: { ...row("ok", reasons[0] ?? null), ...measured }, model: fitted.model };
  } catch (error) {
    if (error instanceof OutOfTime) return { row: row("out of time", null), model: null };
    return { row: row("failed", sentenceOf(error)), model: null };
  }
}

function scoreFold(
  candidate: Candidate,
  job: Job,
  split: Split,
  warnings: Set<string>,
  report: (note: string) => void,
): number {
  const { model } = fitOnce(candidate, job, split.train, warnings, report);
  const X = job.table.select(job.features).selectRows(split.test);
  return evaluate(job.metric, predictRows(predictorOf(model), X, job.target, split.test), job.target);
}

/** Fits to some rows; throws `OutOfTime` at the first progress step after the end. */
export function fitOnce(
  candidate: Candidate,
  { table, features, target, clock }: Pick<Job, "table" | "features" | "target" | "clock">,
  rows: ArrayLike<number>,
  warnings: Set<string>,
  report: (note: string) => void,
): { model: PipelineModel; seconds: number } {
  if (clock.isOver) throw new OutOfTime();
  const controller = new AbortController();
  const options: FitOptions = {
    signal: controller.signal,
    onProgress: ({ done, total, phase }) => {
      if (clock.isOver) controller.abort();
      report(`, ${done} of ${total} ${phase}`);
    },
    onWarning: (sentence) => warnings.add(sentence),
  };
  const X = table.select(features).selectRows(rows);
  const y = Array.from(rows, (i) => target.y[i]!);
  const started = performance.now();
  try {
    const model = candidate.pipeline.fit(X, y, options) as unknown as PipelineModel;
    return { model, seconds: (performance.now() - started) / 1000 };
  } catch (error) {
    if (error instanceof Error && error.name === "AbortError") throw new OutOfTime();
    throw error;
  }
}

export function predictorOf(model: PipelineModel): Predictor {
  return model as unknown as Predictor;
}

/** A failure of a model as one sentence; anything else is a defect and must be seen. */
function sentenceOf(error: unknown): string {
  if (error instanceof WhetstoneError) return error.message;
  if (error instanceof RangeError) return `not enough memory (${error.message})`;
  throw error;
}

function attempt(score: () => number, reasons: string[]): number {
  try {
    return score();
  } catch (error) {
    reasons.push(sentenceOf(error));
    return Number.NaN;
  }
}

function spread(scores: readonly (number | null)[]): { mean: number; sd: number } {
  const values = scores.filter((s) => s !== null && !Number.isNaN(s)) as number[];
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  if (values.length < 2) return { mean, sd: Number.NaN };
  return { mean, sd: Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / (values.length - 1)) };
}
