import type { Label } from "../contract/input.ts";
import { argumentError, requireList, shapeError, valueError } from "../errors.ts";
import { Matrix } from "../math/matrix.ts";
import type { PositiveOption, WeightOption } from "../metrics/index.ts";
import { readScores } from "./input.ts";

/** Bins of a reliability diagram, and how labels and rows count. */
export interface ReliabilityOptions<L extends Label> extends WeightOption, PositiveOption<L> {
  /** Number of bins. Default 10. */
  bins?: number;
  /** Equal width on [0, 1] (default) or equal mass. */
  strategy?: "uniform" | "quantile";
  /** Classes of the columns of a matrix. Default: those in yTrue, sorted. */
  labels?: readonly L[];
}

/** One bin of a reliability diagram: what was claimed in it, and what came true. */
export interface ReliabilityBin {
  /** Ends of the bin: (lower, upper], the first closed. */
  readonly lower: number;
  readonly upper: number;
  /** Weight of the rows in it. */
  readonly weight: number;
  /** Mean confidence and share of hits; NaN in an empty bin. */
  readonly confidence: number;
  readonly accuracy: number;
}

/** Claimed probability against observed frequency, and its errors in three numbers. */
export interface ReliabilityDiagram {
  /** In the order of their probabilities; empty ones stay in. */
  readonly bins: readonly ReliabilityBin[];
  /** Expected calibration error: sum over bins of (weight share) |accuracy - confidence|. */
  readonly ece: number;
  /** Largest |accuracy - confidence| over bins. */
  readonly mce: number;
  /** Mean confidence minus accuracy overall; positive means over-confident. */
  readonly bias: number;
}

/**
 * Reliability diagram: observed frequency against stated probability, bin by bin, with the errors summed up.
 *
 * With one probability per row (or a two-column matrix): probability of the positive class against its frequency.
 * With three or more columns: confidence of the most probable class against how often it is right.
 *
 * @param proba Probabilities.
 * Source: Guo et al., "On calibration of modern neural networks" (ICML 2017).
 * @example
 * reliabilityDiagram([1, 0, 1, 1], [0.9, 0.9, 0.9, 0.9]).ece; // 0.15
 */
export function reliabilityDiagram<L extends Label>(
  yTrue: ArrayLike<L>,
  proba: ArrayLike<number> | Matrix,
  options: ReliabilityOptions<L> = {},
): ReliabilityDiagram {
  return diagram("reliabilityDiagram", yTrue, proba, options);
}

/**
 * Expected calibration error; below 0.05 is usually called calibrated. See {@link reliabilityDiagram}.
 *
 * @example
 * expectedCalibrationError([1, 0], [1, 0]); // 0
 */
export function expectedCalibrationError<L extends Label>(
  yTrue: ArrayLike<L>,
  proba: ArrayLike<number> | Matrix,
  options: ReliabilityOptions<L> = {},
): number {
  return diagram("expectedCalibrationError", yTrue, proba, options).ece;
}

function diagram<L extends Label>(
  where: string,
  yTrue: ArrayLike<L>,
  proba: ArrayLike<number> | Matrix,
  options: ReliabilityOptions<L>,
): ReliabilityDiagram {
  const { bins: count = 10, strategy = "uniform" } = options;
  if (!(Number.isInteger(count) && count >= 1)) throw argumentError(where, "bins", count, "an integer >= 1");
  if (strategy !== "uniform" && strategy !== "quantile") {
    throw argumentError(where, "strategy", strategy, '"uniform" or "quantile"');
  }
  const { confidence, hit } = confidences(where, yTrue, proba, options);
  const n = confidence.length;
  const weight = new Float64Array(n).fill(1);
  if (options.sampleWeight !== undefined) {
    const given = readScores(where, "sampleWeight", options.sampleWeight);
    if (given.length !== n)
      throw shapeError(where, "sampleWeight", `has ${given.length} entries`, `${n} (length of yTrue)`);
    if (given.some((v) => v < 0) || !given.some((v) => v > 0)) {
      throw valueError(where, "sampleWeight", "holds a negative number or only zeros");
    }
    weight.set(given);
  }
  const edges = strategy === "uniform" ? uniformEdges(count) : quantileEdges(confidence, weight, count);
  const k = edges.length - 1;
  const mass = new Float64Array(k);
  const sumConfidence = new Float64Array(k);
  const sumHits = new Float64Array(k);
  for (let i = 0; i < n; i++) {
    const b = binOf(edges, confidence[i]!);
    mass[b]! += weight[i]!;
    sumConfidence[b]! += weight[i]! * confidence[i]!;
    sumHits[b]! += weight[i]! * hit[i]!;
  }
  const total = mass.reduce((a, b) => a + b, 0);
  let ece = 0;
  let mce = 0;
  let bias = 0;
  const bins = Array.from({ length: k }, (_, b): ReliabilityBin => {
    const m = mass[b]!;
    const c = sumConfidence[b]! / m;
    const a = sumHits[b]! / m;
    if (m > 0) {
      ece += (m / total) * Math.abs(a - c);
      mce = Math.max(mce, Math.abs(a - c));
      bias += (m / total) * (c - a);
    }
    return { lower: edges[b]!, upper: edges[b + 1]!, weight: m, confidence: c, accuracy: a };
  });
  return { bins, ece, mce, bias };
}

/** Per row the probability that is being judged, and whether what it speaks of happened. */
function confidences<L extends Label>(
  where: string,
  yTrue: ArrayLike<L>,
  proba: ArrayLike<number> | Matrix,
  options: ReliabilityOptions<L>,
): { confidence: Float64Array; hit: Uint8Array } {
  requireList(where, "yTrue", yTrue, "an array of labels");
  if (!(proba instanceof Matrix)) requireList(where, "proba", proba, "a Matrix or an array of probabilities");
  const n = yTrue.length;
  if (n === 0) throw shapeError(where, "yTrue", "is empty", "at least one entry");
  const labels =
    options.labels ?? [...new Set(Array.from(yTrue))].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const rows = proba instanceof Matrix ? proba.rows : proba.length;
  if (rows !== n) throw shapeError(where, "proba", `has ${rows} rows`, `${n} (length of yTrue)`);
  let confidence: Float64Array;
  let hit: Uint8Array;
  if (proba instanceof Matrix && proba.cols > 2) {
    const k = proba.cols;
    if (labels.length !== k) {
      throw shapeError(
        where,
        "proba",
        `has ${k} columns`,
        `${labels.length} (one per class; pass labels when a class is absent)`,
      );
    }
    confidence = new Float64Array(n);
    hit = new Uint8Array(n);
    for (let i = 0; i < n; i++) {
      let best = 0;
      for (let c = 1; c < k; c++) if (proba.at(i, c) > proba.at(i, best)) best = c;
      confidence[i] = proba.at(i, best);
      hit[i] = yTrue[i] === labels[best] ? 1 : 0;
    }
  } else {
    if (labels.length > 2)
      throw valueError(
        where,
        "yTrue",
        `holds ${labels.length} classes, expected two for one probability per row`,
      );
    const positive = options.positive ?? defaultPositive(where, labels);
    if (proba instanceof Matrix)
      confidence = proba.col(labels.length === 2 && labels[0] === positive ? 0 : proba.cols - 1);
    else confidence = readScores(where, "proba", proba);
    hit = Uint8Array.from({ length: n }, (_, i) => (yTrue[i] === positive ? 1 : 0));
  }
  const bad = confidence.findIndex((p) => !(p >= 0 && p <= 1 + 1e-9));
  if (bad >= 0) throw valueError(where, "proba", `holds ${confidence[bad]} at row ${bad}, expected [0, 1]`);
  return { confidence, hit };
}

function defaultPositive<L extends Label>(where: string, labels: readonly L[]): L {
  if (labels.length === 2) return labels[1]!;
  const only = labels[0]!;
  if (typeof only === "boolean") return true as L;
  if (only === 0 || only === 1 || only === -1) return 1 as L;
  throw argumentError(where, "positive", undefined, "given, because yTrue holds a single label");
}

function uniformEdges(count: number): Float64Array {
  return Float64Array.from({ length: count + 1 }, (_, i) => i / count);
}

/** Edges with about equal weight between them; equal ones collapse, so ties may leave fewer bins. */
export function quantileEdges(values: Float64Array, weight: Float64Array, count: number): Float64Array {
  const order = Uint32Array.from({ length: values.length }, (_, i) => i).sort(
    (a, b) => values[a]! - values[b]!,
  );
  const total = weight.reduce((a, b) => a + b, 0);
  const edges = [0];
  let before = 0;
  let next = 1;
  for (const i of order) {
    before += weight[i]!;
    while (next < count && before >= (next / count) * total * (1 - 1e-12)) {
      if (values[i]! > edges.at(-1)! && values[i]! < 1) edges.push(values[i]!);
      next++;
    }
  }
  edges.push(1);
  return Float64Array.from(edges);
}

/** Bin b holds (edges[b], edges[b + 1]]; the first one its lower edge too. */
export function binOf(edges: Float64Array, v: number): number {
  let low = 0;
  let high = edges.length - 2;
  while (low < high) {
    const mid = (low + high) >> 1;
    if (v <= edges[mid + 1]!) high = mid;
    else low = mid + 1;
  }
  return low;
}
