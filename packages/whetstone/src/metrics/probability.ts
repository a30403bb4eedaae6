import type { Label } from "../contract/input.ts";
import { argumentError, shapeError, show, valueError } from "../errors.ts";
import { Matrix } from "../math/matrix.ts";
import {
  codesOf,
  distinctLabels,
  type PositiveOption,
  readBinaryScores,
  readProbabilities,
  readSampleWeight,
  type WeightOption,
} from "./input.ts";

/** Which classes the columns of a matrix of probabilities mean, and what each row weighs. */
export interface ProbabilityOptions<L extends Label> extends WeightOption {
  /** Classes of the columns of proba. Default: those in yTrue, sorted; needed when one of them is absent there. */
  labels?: readonly L[];
}

/**
 * Log loss (cross-entropy): mean of -log p(true class), in nats. A proper score: its expectation is least for the true
 * probabilities. Probabilities are clipped to [eps, 1 - eps], so that one sure mistake costs about 36 and not infinity.
 *
 * @param proba A column per class, or one probability per row (of the positive class, see {@link PositiveOption}).
 * @param options.eps Default 2^-52.
 * @example
 * logLoss([1, 0], [0.9, 0.2]); // 0.164...
 */
export function logLoss<L extends Label>(
  yTrue: ArrayLike<L>,
  proba: Matrix | ArrayLike<number>,
  options: ProbabilityOptions<L> & { eps?: number } = {},
): number {
  const where = "logLoss";
  const { eps = Number.EPSILON } = options;
  if (!(eps > 0 && eps < 0.5)) throw argumentError(where, "eps", eps, "a number in (0, 0.5)");
  const { codes, proba: p } = readProbabilities(where, yTrue, proba, options.labels);
  const weight = readSampleWeight(where, options.sampleWeight, codes.length);
  const k = p.cols;
  let sum = 0;
  let total = 0;
  for (let i = 0; i < codes.length; i++) {
    const w = weight === null ? 1 : weight[i]!;
    const q = Math.min(Math.max(p.data[i * k + codes[i]!]!, eps), 1 - eps);
    sum -= w * Math.log(q);
    total += w;
  }
  return sum / total;
}

/**
 * Brier score: mean squared error of probabilities, lower is better; a proper score. For two classes
 * mean((p - y)^2) in [0, 1]; for more the sum over classes, in [0, 2].
 *
 * @param proba A column per class, or one probability per row (of the positive class).
 * @example
 * brierScore([1, 0], [0.9, 0.2]); // 0.025
 */
export function brierScore<L extends Label>(
  yTrue: ArrayLike<L>,
  proba: Matrix | ArrayLike<number>,
  options: ProbabilityOptions<L> = {},
): number {
  const where = "brierScore";
  const { codes, proba: p } = readProbabilities(where, yTrue, proba, options.labels);
  const weight = readSampleWeight(where, options.sampleWeight, codes.length);
  const k = p.cols;
  let sum = 0;
  let total = 0;
  for (let i = 0; i < codes.length; i++) {
    const w = weight === null ? 1 : weight[i]!;
    let square = 0;
    for (let c = 0; c < k; c++) square += (p.data[i * k + c]! - (codes[i] === c ? 1 : 0)) ** 2;
    sum += w * square;
    total += w;
  }
  return sum / total / (k === 2 ? 2 : 1);
}

/**
 * The Brier score taken apart into calibration, sharpness and what no forecast can change.
 *
 * Source: Murphy (Journal of Applied Meteorology 12, 1973); the rest within bins: Stephenson, Coelho and
 * Jolliffe (2008).
 */
export interface BrierDecomposition {
  /** The Brier score = reliability - resolution + uncertainty + withinBin. */
  readonly score: number;
  /** Mean squared distance between forecast and outcome frequency per bin; 0 when calibrated. */
  readonly reliability: number;
  /** Variance of the outcome frequencies between bins; larger is better. */
  readonly resolution: number;
  /** Variance of the outcome itself, p (1 - p): the score of always forecasting the base rate. */
  readonly uncertainty: number;
  /** What binning hides: variance of forecasts within bins less twice their covariance with the outcome. 0 for `"unique"`. */
  readonly withinBin: number;
}

/**
 * Murphy's decomposition of the binary Brier score into reliability, resolution and uncertainty.
 *
 * @param proba Probability of the positive class per row.
 * @param options.bins Number of equal-width bins on [0, 1], or `"unique"` (default) for one bin per distinct forecast,
 * which makes the three-term identity exact.
 * Source: Murphy (J. Appl. Meteor. 12, 1973); within-bin terms by Stephenson, Coelho and Jolliffe (2008).
 * @example
 * brierDecomposition([1, 0, 1, 1], [0.8, 0.3, 0.8, 0.3]).uncertainty; // 0.1875
 */
export function brierDecomposition<L extends Label>(
  yTrue: ArrayLike<L>,
  proba: ArrayLike<number> | Matrix,
  options: WeightOption & PositiveOption<L> & { bins?: number | "unique" } = {},
): BrierDecomposition {
  const where = "brierDecomposition";
  const { bins = "unique" } = options;
  if (bins !== "unique" && !(Number.isSafeInteger(bins) && bins >= 1)) {
    throw argumentError(where, "bins", bins, 'an integer >= 1 or "unique"');
  }
  const { truth, scores, weight, n } = readBinaryScores(where, yTrue, proba, options);
  const groups = new Map<number, { w: number; p: number; y: number; pp: number; py: number }>();
  let total = 0;
  let positives = 0;
  let score = 0;
  for (let i = 0; i < n; i++) {
    const p = scores[i]!;
    if (!(p >= 0 && p <= 1)) throw valueError(where, "proba", `holds ${p} at row ${i}, expected [0, 1]`);
    const w = weight === null ? 1 : weight[i]!;
    const y = truth[i]!;
    const key = bins === "unique" ? p : Math.min(bins - 1, Math.floor(p * bins));
    let g = groups.get(key);
    if (g === undefined) groups.set(key, (g = { w: 0, p: 0, y: 0, pp: 0, py: 0 }));
    g.w += w;
    g.p += w * p;
    g.y += w * y;
    g.pp += w * p * p;
    g.py += w * p * y;
    total += w;
    positives += w * y;
    score += w * (p - y) ** 2;
  }
  const base = positives / total;
  let reliability = 0;
  let resolution = 0;
  let withinBin = 0;
  for (const g of groups.values()) {
    if (g.w === 0) continue;
    const forecast = g.p / g.w;
    const frequency = g.y / g.w;
    reliability += g.w * (forecast - frequency) ** 2;
    resolution += g.w * (frequency - base) ** 2;
    withinBin += g.pp - g.w * forecast ** 2 - 2 * (g.py - g.w * forecast * frequency);
  }
  return {
    score: score / total,
    reliability: reliability / total,
    resolution: resolution / total,
    uncertainty: base * (1 - base),
    withinBin: bins === "unique" ? 0 : withinBin / total,
  };
}

/**
 * Mean hinge loss max(0, 1 - margin): margin y f(x) with y = +-1 for two classes, else the true class's decision value
 * less the largest of the others (Crammer and Singer).
 *
 * @param decision Signed distances per row, or a matrix with a column per class.
 * @example
 * hingeLoss([1, -1], [0.5, -2]); // 0.25
 */
export function hingeLoss<L extends Label>(
  yTrue: ArrayLike<L>,
  decision: ArrayLike<number> | Matrix,
  options: WeightOption & PositiveOption<L> & { labels?: readonly L[] } = {},
): number {
  const where = "hingeLoss";
  let sum = 0;
  let total = 0;
  if (!(decision instanceof Matrix)) {
    const { truth, scores, weight, n } = readBinaryScores(where, yTrue, decision, options);
    for (let i = 0; i < n; i++) {
      const w = weight === null ? 1 : weight[i]!;
      sum += w * Math.max(0, 1 - (truth[i] === 1 ? scores[i]! : -scores[i]!));
      total += w;
    }
    return sum / total;
  }
  const { labels: present, codes } = labelsFor(where, yTrue, options.labels);
  if (decision.cols !== present.length) {
    throw shapeError(where, "decision", `has ${decision.cols} columns`, `${present.length} (one per class)`);
  }
  if (decision.rows !== codes.length) {
    throw shapeError(where, "decision", `has ${decision.rows} rows`, `${codes.length} (length of yTrue)`);
  }
  const weight = readSampleWeight(where, options.sampleWeight, codes.length);
  for (let i = 0; i < codes.length; i++) {
    const w = weight === null ? 1 : weight[i]!;
    let rival = Number.NEGATIVE_INFINITY;
    for (let c = 0; c < decision.cols; c++) if (c !== codes[i]) rival = Math.max(rival, decision.at(i, c));
    sum += w * Math.max(0, 1 - decision.at(i, codes[i]!) + rival);
    total += w;
  }
  return sum / total;
}

function labelsFor<L extends Label>(
  where: string,
  yTrue: ArrayLike<L>,
  labels: readonly L[] | undefined,
): { labels: readonly L[]; codes: Int32Array } {
  const all = labels ?? distinctLabels(where, "yTrue", yTrue);
  const codes = codesOf(yTrue, all);
  const missing = codes.indexOf(-1);
  if (missing >= 0) {
    throw valueError(
      where,
      "yTrue",
      `holds ${show(yTrue[missing])} at row ${missing}, which is not in labels`,
    );
  }
  return { labels: all, codes };
}
