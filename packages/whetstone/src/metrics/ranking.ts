import type { Label } from "../contract/input.ts";
import { argumentError, shapeError, show, valueError } from "../errors.ts";
import { Matrix } from "../math/matrix.ts";
import { descending } from "./curves.ts";
import {
  codesOf,
  distinctLabels,
  readNumbers,
  readSampleWeight,
  requireArray,
  type WeightOption,
} from "./input.ts";

/*
 * Ranked lists are given as the relevance of the items in the order shown: `[1, 0, 1]` or graded `[3, 0, 2]`.
 * Clicks as relevance inherit position bias: what is shown first is clicked first, whatever its worth.
 */

function relevanceOf(where: string, relevance: ArrayLike<number>): Float64Array {
  const r = readNumbers(where, "relevance", relevance);
  const bad = r.findIndex((v) => v < 0);
  if (bad >= 0)
    throw valueError(where, "relevance", `holds ${r[bad]} at rank ${bad + 1}, expected numbers >= 0`);
  return r;
}

function cutoff(where: string, k: number | undefined, n: number): number {
  if (k === undefined) return n;
  if (!(Number.isInteger(k) && k >= 1)) throw argumentError(where, "k", k, "an integer >= 1");
  return k;
}

/**
 * Relevances in the order of falling scores; ties keep their order.
 *
 * @example
 * rankByScore([0.2, 0.9, 0.5], [3, 0, 1]); // [0, 1, 3]
 */
export function rankByScore(scores: ArrayLike<number>, relevance: ArrayLike<number>): Float64Array {
  const where = "rankByScore";
  const s = readNumbers(where, "scores", scores);
  const r = readNumbers(where, "relevance", relevance);
  if (r.length !== s.length) {
    throw shapeError(where, "relevance", `has ${r.length} entries`, `${s.length} (length of scores)`);
  }
  return Float64Array.from(descending(s), (i) => r[i]!);
}

/**
 * Precision@k: relevant items among the first k, over k (a shorter list counts as filled with irrelevant ones).
 *
 * @example
 * precisionAtK([1, 0, 1, 0], 3); // 0.666...
 */
export function precisionAtK(relevance: ArrayLike<number>, k: number): number {
  const where = "precisionAtK";
  const r = relevanceOf(where, relevance);
  const top = cutoff(where, k, r.length);
  let hits = 0;
  for (let i = 0; i < Math.min(top, r.length); i++) if (r[i]! > 0) hits++;
  return hits / top;
}

/**
 * Share of the first k items that is irrelevant, 1 - precision@k: the noise a reader, or a language model, is handed.
 *
 * @example
 * irrelevantShare([1, 1, 1, 1, 0], 5); // 0.2
 */
export function irrelevantShare(relevance: ArrayLike<number>, k: number): number {
  return 1 - precisionAtK(relevance, k);
}

/**
 * Recall@k: share of all relevant items that is among the first k.
 *
 * @param total Number of relevant items in existence. Default: those in the list.
 * @returns NaN when nothing is relevant.
 * @example
 * recallAtK([1, 0, 1, 0], 1, 4); // 0.25
 */
export function recallAtK(relevance: ArrayLike<number>, k: number, total?: number): number {
  const where = "recallAtK";
  const r = relevanceOf(where, relevance);
  const top = cutoff(where, k, r.length);
  const all = totalRelevant(where, r, total);
  let hits = 0;
  for (let i = 0; i < Math.min(top, r.length); i++) if (r[i]! > 0) hits++;
  return all === 0 ? Number.NaN : hits / all;
}

function totalRelevant(where: string, r: Float64Array, given: number | undefined): number {
  const listed = r.reduce((n, v) => n + (v > 0 ? 1 : 0), 0);
  if (given === undefined) return listed;
  if (!(Number.isInteger(given) && given >= listed)) {
    throw argumentError(where, "total", given, `an integer >= ${listed} (relevant items in the list)`);
  }
  return given;
}

/** How far down a ranking is looked at, and how many relevant items there are to be found. */
export interface RankedAverageOptions {
  /** Look at the first k items only. Default: all. */
  k?: number;
  /** Number of relevant items in existence. Default: those in the list. */
  total?: number;
}

/**
 * Average precision of one ranked list: mean of precision@i over the ranks i of the relevant items, an item not listed
 * (or beyond k) counting 0. With k the divisor is min(k, total).
 *
 * @returns NaN when nothing is relevant.
 * @example
 * rankedAveragePrecision([1, 0, 1]); // (1 + 2 / 3) / 2
 */
export function rankedAveragePrecision(
  relevance: ArrayLike<number>,
  options: RankedAverageOptions = {},
): number {
  const where = "rankedAveragePrecision";
  const r = relevanceOf(where, relevance);
  const top = cutoff(where, options.k, r.length);
  const all = totalRelevant(where, r, options.total);
  let hits = 0;
  let sum = 0;
  for (let i = 0; i < Math.min(top, r.length); i++) {
    if (r[i]! > 0) sum += ++hits / (i + 1);
  }
  return all === 0 ? Number.NaN : sum / Math.min(all, options.k ?? all);
}

/**
 * Mean average precision over queries; queries without a relevant item are left out.
 *
 * @example
 * meanAveragePrecision([[1, 0, 1], [0, 1]]); // 0.666...
 */
export function meanAveragePrecision(
  queries: ArrayLike<ArrayLike<number>>,
  options: { k?: number } = {},
): number {
  return meanDefined("meanAveragePrecision", queries, (q) => rankedAveragePrecision(q, options));
}

/**
 * 1 / rank of the first relevant item, 0 when none is listed.
 *
 * @example
 * reciprocalRank([0, 0, 1]); // 0.333...
 */
export function reciprocalRank(relevance: ArrayLike<number>): number {
  const first = relevanceOf("reciprocalRank", relevance).findIndex((v) => v > 0);
  return first < 0 ? 0 : 1 / (first + 1);
}

/**
 * Mean reciprocal rank over queries; a query whose list has no relevant item counts 0.
 *
 * @example
 * meanReciprocalRank([[1, 0], [0, 1], [0, 0]]); // 0.5
 */
export function meanReciprocalRank(queries: ArrayLike<ArrayLike<number>>): number {
  return meanDefined("meanReciprocalRank", queries, reciprocalRank);
}

function meanDefined(
  where: string,
  queries: ArrayLike<ArrayLike<number>>,
  metric: (q: ArrayLike<number>) => number,
): number {
  requireArray(where, "queries", queries);
  if (queries.length === 0) throw shapeError(where, "queries", "is empty", "at least one list");
  const values = Array.from(queries, metric).filter((v) => !Number.isNaN(v));
  return values.reduce((a, b) => a + b, 0) / values.length;
}

/** How far down a ranking is looked at, and what a relevant item gains. */
export interface DcgOptions {
  /** Look at the first k items only. Default: all. */
  k?: number;
  /** Gain of a relevance: `"exponential"` 2^rel - 1 (default) or `"linear"` rel. */
  gain?: "exponential" | "linear";
}

/**
 * Discounted cumulative gain: sum of gain / log2(rank + 1).
 *
 * @example
 * dcg([3, 2]); // 7 + 3 / log2(3)
 */
export function dcg(relevance: ArrayLike<number>, options: DcgOptions = {}): number {
  return discounted("dcg", relevanceOf("dcg", relevance), options);
}

function discounted(where: string, r: Float64Array, { k, gain = "exponential" }: DcgOptions): number {
  if (gain !== "exponential" && gain !== "linear")
    throw argumentError(where, "gain", gain, '"exponential" or "linear"');
  const top = Math.min(cutoff(where, k, r.length), r.length);
  let sum = 0;
  for (let i = 0; i < top; i++) sum += (gain === "linear" ? r[i]! : 2 ** r[i]! - 1) / Math.log2(i + 2);
  return sum;
}

/**
 * Normalised discounted cumulative gain: DCG over that of the best possible order, in [0, 1].
 *
 * @param options.all Relevances of all items in existence, for the ideal order. Default: those in the list.
 * @returns NaN when nothing is relevant.
 * Source: Järvelin and Kekäläinen (2002); exponential gain of Burges et al. (2005).
 * @example
 * ndcg([2, 3]); // (3 + 7 / log2(3)) / (7 + 3 / log2(3))
 */
export function ndcg(
  relevance: ArrayLike<number>,
  options: DcgOptions & { all?: ArrayLike<number> } = {},
): number {
  const where = "ndcg";
  const r = relevanceOf(where, relevance);
  const pool = options.all === undefined ? r.slice() : Float64Array.from(relevanceOf(where, options.all));
  const ideal = discounted(where, pool.sort().reverse(), options);
  return ideal === 0 ? Number.NaN : discounted(where, r, options) / ideal;
}

/**
 * Top-k accuracy: share of rows whose true class is among the k largest scores. A tie with the k-th score counts in
 * the order of the columns, first ones last, as in scikit-learn.
 *
 * @param options.k Default 2.
 * @param options.labels Classes of the columns. Default: those in yTrue, sorted.
 * @example
 * topKAccuracy([0, 1, 2], Matrix.from([[0.5, 0.2, 0.3], [0.3, 0.4, 0.3], [0.5, 0.4, 0.1]]), { k: 2 }); // 0.666...
 */
export function topKAccuracy<L extends Label>(
  yTrue: ArrayLike<L>,
  scores: Matrix,
  options: WeightOption & { k?: number; labels?: readonly L[] } = {},
): number {
  const where = "topKAccuracy";
  requireArray(where, "yTrue", yTrue);
  if (!(scores instanceof Matrix))
    throw argumentError(where, "scores", scores, "a Matrix, one column per label");
  const k = cutoff(where, options.k ?? 2, scores.cols);
  const labels = options.labels ?? distinctLabels(where, "yTrue", yTrue);
  if (scores.rows !== yTrue.length) {
    throw shapeError(where, "scores", `has ${scores.rows} rows`, `${yTrue.length} (length of yTrue)`);
  }
  if (scores.cols !== labels.length) {
    throw shapeError(where, "scores", `has ${scores.cols} columns`, `${labels.length} (one per class)`);
  }
  const codes = codesOf(yTrue, labels);
  const weight = readSampleWeight(where, options.sampleWeight, codes.length);
  let hits = 0;
  let total = 0;
  for (let i = 0; i < codes.length; i++) {
    const own = codes[i]!;
    if (own < 0)
      throw valueError(where, "yTrue", `holds ${show(yTrue[i])} at row ${i}, which is not in labels`);
    const w = weight === null ? 1 : weight[i]!;
    let ahead = 0;
    for (let c = 0; c < scores.cols; c++) {
      const d = scores.at(i, c) - scores.at(i, own);
      if (d > 0 || (d === 0 && c > own)) ahead++;
    }
    if (ahead < k) hits += w;
    total += w;
  }
  return hits / total;
}
