/** Reads a training curve as an experienced person would: finding, evidence, what to try. */
import { requireList } from "../../errors.ts";

/**
 * What can be wrong with a run: `"nan"` a loss that is no number; `"diverging"`, `"constant"` and `"flat"` a
 * loss that rises, never moves or hardly falls; `"oscillating"` one that turns at most steps; `"overfitting"`
 * validation loss that rises while the loss falls; `"flat accuracy"` accuracy that stays while the loss
 * falls; `"confident and wrong"` validation loss that rises while accuracy holds; gradients that vanish or
 * explode; `"healthy"` none of these.
 */
export type Finding =
  | "nan"
  | "diverging"
  | "constant"
  | "flat"
  | "oscillating"
  | "overfitting"
  | "flat accuracy"
  | "confident and wrong"
  | "vanishing gradients"
  | "exploding gradients"
  | "healthy";

/** One finding in a run's curves. */
export interface Diagnosis {
  readonly finding: Finding;
  /** The numbers it rests on, as a sentence. */
  readonly evidence: string;
  /** What to try, as a sentence. */
  readonly remedy: string;
}

/** A run's curves: one entry per epoch or step, in order. Whatever is missing is not looked at. */
export interface Curve {
  /** Training loss. */
  readonly loss: ArrayLike<number>;
  readonly validationLoss?: ArrayLike<number>;
  /** Validation accuracy, 0 to 1. */
  readonly accuracy?: ArrayLike<number>;
  readonly gradientNorm?: ArrayLike<number>;
  /** Predicted probabilities of the positive class on validation rows, at the end. */
  readonly probabilities?: ArrayLike<number>;
  /** Share of the most frequent class. */
  readonly majority?: number;
}

const brief = (x: number): string => String(Number(x.toPrecision(3)));
const mean = (x: readonly number[]): number => x.reduce((a, v) => a + v, 0) / x.length;
const quarter = <T>(x: readonly T[]): number => Math.max(1, Math.floor(x.length / 4));

/**
 * Findings in a run's curves, most serious first; "healthy" if there are none. Rules of thumb, each with the numbers it
 * saw: they point where to look.
 *
 * @example
 * diagnoseCurve({ loss: [1, 2, 4, 8, 16] })[0].finding; // "diverging"
 * diagnoseCurve({ loss: [1, 0.5, 0.3, 0.2, 0.15] })[0].finding; // "healthy"
 */
export function diagnoseCurve(curve: Curve): Diagnosis[] {
  requireList("diagnoseCurve", "loss", curve?.loss, "an array of losses");
  const loss = Array.from(curve.loss);
  const found: Diagnosis[] = [];
  const say = (finding: Finding, evidence: string, remedy: string) =>
    found.push({ finding, evidence, remedy });

  const bad = loss.findIndex((v) => !Number.isFinite(v));
  if (bad >= 0) {
    say(
      "nan",
      `the loss is ${loss[bad]} at entry ${bad}`,
      "lower the learning rate, clip gradients, look for log(0), 0/0 and NaN in the data; run under detectAnomaly",
    );
    return found;
  }
  const n = quarter(loss);
  const [first, last] = [mean(loss.slice(0, n)), mean(loss.slice(-n))];
  const spread = Math.max(...loss) - Math.min(...loss);
  const drop = loss[0]! - last;
  if (loss.length >= 4 && spread === 0) {
    say(
      "constant",
      `the loss is ${brief(last)} throughout`,
      "nothing is learned: are the parameters in the optimizer, is step called, is the graph detached, are all units dead?",
    );
  } else if (loss.length >= 4 && last > 1.5 * Math.abs(loss[0]!)) {
    say(
      "diverging",
      `the loss went from ${brief(loss[0]!)} to ${brief(last)}`,
      "lower the learning rate by 3 to 10",
    );
  } else if (loss.length >= 4 && Math.abs(first - last) < 0.02 * Math.abs(loss[0]!)) {
    say(
      "flat",
      `the loss went from ${brief(first)} to ${brief(last)}`,
      "raise the learning rate, look at gradient norms and at the scale of inputs, overfit one batch",
    );
  }
  const steps = loss.slice(1).map((v, i) => v - loss[i]!);
  const turns = steps.slice(1).filter((s, i) => s * steps[i]! < 0).length;
  const roughness = mean(steps.map(Math.abs));
  if (
    steps.length >= 6 &&
    turns > 0.6 * (steps.length - 1) &&
    roughness > 0.1 * Math.max(Math.abs(drop), 1e-12)
  ) {
    say(
      "oscillating",
      `the loss turns ${turns} times in ${steps.length - 1}, by ${brief(roughness)} on average`,
      "lower the learning rate, enlarge the batch, shuffle, warm up",
    );
  }
  overfitting(curve, loss, say);
  gradients(curve, say);
  if (found.length === 0) say("healthy", `the loss fell from ${brief(loss[0]!)} to ${brief(last)}`, "go on");
  return found;
}

type Say = (finding: Finding, evidence: string, remedy: string) => void;

function overfitting(curve: Curve, loss: readonly number[], say: Say): void {
  const held = Array.from(curve.validationLoss ?? []);
  const accuracy = Array.from(curve.accuracy ?? []);
  const heldBest = Math.min(...held);
  const heldEnd = held.length > 0 ? mean(held.slice(-quarter(held))) : Number.NaN;
  const rising = held.length >= 4 && heldEnd > heldBest + 0.1 * Math.abs(heldBest);
  const gained =
    accuracy.length >= 4
      ? mean(accuracy.slice(-quarter(accuracy))) - mean(accuracy.slice(0, quarter(accuracy)))
      : 0;
  if (rising && accuracy.length >= 4 && gained > -0.02) {
    say(
      "confident and wrong",
      `validation loss rose from ${brief(heldBest)} to ${brief(heldEnd)} while accuracy moved by ${brief(gained)}`,
      "a few rows are wrong with ever more confidence: label smoothing, temperature scaling, early stopping on the loss",
    );
  } else if (rising && loss.at(-1)! < loss[0]!) {
    say(
      "overfitting",
      `validation loss was best at entry ${held.indexOf(heldBest)} (${brief(heldBest)}) and ended at ${brief(heldEnd)}`,
      "stop there, more data or augmentation, weight decay, dropout, a smaller net",
    );
  }
  const fell = loss.length >= 4 && mean(loss.slice(-quarter(loss))) < 0.95 * loss[0]!;
  if (fell && accuracy.length >= 4 && Math.abs(gained) < 0.01) {
    const p = Array.from(curve.probabilities ?? []);
    const near = p.filter((v) => Math.abs(v - 0.5) < 0.1).length / Math.max(1, p.length);
    const hints = [
      p.length > 0 ? `${brief(100 * near)} % of predictions lie within 0.1 of 0.5` : "",
      curve.majority !== undefined
        ? `the greatest class has ${brief(100 * curve.majority)} % of the rows`
        : "",
    ].filter((h) => h !== "");
    say(
      "flat accuracy",
      `the loss falls but accuracy stays at ${brief(accuracy.at(-1)!)}${hints.length > 0 ? `; ${hints.join("; ")}` : ""}`,
      (curve.majority ?? 0) > 0.8
        ? "classes are unequal: class weights, and a measure other than accuracy"
        : "predictions move without crossing the threshold: train on, look at their histogram and at the threshold",
    );
  }
}

/** Norms between 0.01 and 100 are usual. */
function gradients(curve: Curve, say: Say): void {
  const norms = Array.from(curve.gradientNorm ?? []);
  if (norms.length === 0) return;
  const [low, high] = [Math.min(...norms), Math.max(...norms)];
  if (high > 100 || !Number.isFinite(high)) {
    say(
      "exploding gradients",
      `a gradient norm of ${brief(high)}`,
      "clip the norm to 1, lower the rate, normalise, check initial values",
    );
  }
  if (mean(norms) < 0.01) {
    say(
      "vanishing gradients",
      `gradient norms from ${brief(low)} to ${brief(high)}`,
      "residual connections, normalisation, ReLU-like units, He or Xavier values; clipping does not help",
    );
  }
}
