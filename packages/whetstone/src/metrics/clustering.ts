import { type Label, type MatrixLike, readDesign, readLabels } from "../contract/input.ts";
import { shapeError, valueError } from "../errors.ts";
import { pairwiseSquaredDistances } from "../kernels/index.ts";
import type { Matrix } from "../math/matrix.ts";
import { logGamma } from "../math/special/index.ts";
import { sameLength } from "./input.ts";

interface Groups {
  readonly matrix: Matrix;
  readonly codes: Int32Array;
  readonly counts: Float64Array;
}

function readGroups(where: string, X: MatrixLike, labels: ArrayLike<Label>): Groups {
  const { matrix } = readDesign(X, where);
  const { classes, codes } = readLabels(labels, matrix.rows, where, "labels");
  if (classes.length < 2 || classes.length >= matrix.rows)
    throw valueError(
      where,
      "labels",
      `holds ${classes.length} different labels, expected 2 to ${matrix.rows - 1} (rows of X less one)`,
    );
  const counts = new Float64Array(classes.length);
  for (const code of codes) counts[code] = counts[code]! + 1;
  return { matrix, codes, counts };
}

/**
 * Silhouette of each row: (b - a) / max(a, b), with a its mean distance to the rest of its group and b the least mean
 * distance to another group. 1 for a row deep in its group, 0 between two, negative in the wrong one; 0 for a group of one.
 *
 * Source: Rousseeuw (1987), J. Comput. Appl. Math. 20.
 *
 * @param X rows
 * @param labels group of each row; noise counts as a group, so leave it out
 * @example
 * silhouetteSamples([[0], [1], [10], [11]], [0, 0, 1, 1])[0]; // 0.904... = (10.5 - 1) / 10.5
 */
export function silhouetteSamples(X: MatrixLike, labels: ArrayLike<Label>): Float64Array {
  const { matrix, codes, counts } = readGroups("silhouetteSamples", X, labels);
  return silhouettes(matrix, codes, counts);
}

function silhouettes(matrix: Matrix, codes: Int32Array, counts: Float64Array): Float64Array {
  const { data, rows: n, cols: d } = matrix;
  const K = counts.length;
  const out = new Float64Array(n);
  const slab = Math.max(1, Math.min(n, Math.floor(2 ** 20 / n)));
  const squared = new Float64Array(slab * n);
  const sums = new Float64Array(K);
  for (let from = 0; from < n; from += slab) {
    const rows = Math.min(slab, n - from);
    pairwiseSquaredDistances(data.subarray(from * d, (from + rows) * d), rows, data, n, d, squared);
    for (let r = 0; r < rows; r++) {
      const i = from + r;
      const own = codes[i]!;
      if (counts[own] === 1) continue;
      sums.fill(0);
      for (let j = 0; j < n; j++) sums[codes[j]!] = sums[codes[j]!]! + Math.sqrt(squared[r * n + j]!);
      const a = sums[own]! / (counts[own]! - 1);
      let b = Number.POSITIVE_INFINITY;
      for (let k = 0; k < K; k++) if (k !== own) b = Math.min(b, sums[k]! / counts[k]!);
      const scale = Math.max(a, b);
      out[i] = scale === 0 ? 0 : (b - a) / scale;
    }
  }
  return out;
}

/**
 * Mean {@link silhouetteSamples} over all rows: the higher the better, at most 1. O(n^2).
 *
 * @example
 * silhouetteScore([[0], [1], [10], [11]], [0, 0, 1, 1]); // 0.899...
 */
export function silhouetteScore(X: MatrixLike, labels: ArrayLike<Label>): number {
  const { matrix, codes, counts } = readGroups("silhouetteScore", X, labels);
  return silhouettes(matrix, codes, counts).reduce((a, b) => a + b, 0) / matrix.rows;
}

function centroids({ matrix, codes, counts }: Groups): Float64Array {
  const d = matrix.cols;
  const out = new Float64Array(counts.length * d);
  for (let i = 0; i < matrix.rows; i++)
    for (let j = 0; j < d; j++) {
      const at = codes[i]! * d + j;
      out[at] = out[at]! + matrix.at(i, j) / counts[codes[i]!]!;
    }
  return out;
}

const gap = (a: ArrayLike<number>, i: number, b: ArrayLike<number>, j: number, d: number): number => {
  let sum = 0;
  for (let q = 0; q < d; q++) sum += (a[i * d + q]! - b[j * d + q]!) ** 2;
  return sum;
};

/**
 * Davies-Bouldin index: for each group the worst ratio of both spreads to the distance of both centroids, averaged. The
 * lower the better, 0 at best.
 *
 * Source: Davies and Bouldin (1979), IEEE TPAMI 1.
 *
 * @example
 * daviesBouldin([[0], [2], [10], [12]], [0, 0, 1, 1]); // 0.2 = (1 + 1) / 10
 */
export function daviesBouldin(X: MatrixLike, labels: ArrayLike<Label>): number {
  const groups = readGroups("daviesBouldin", X, labels);
  const { matrix, codes, counts } = groups;
  const d = matrix.cols;
  const K = counts.length;
  const centres = centroids(groups);
  const spread = new Float64Array(K);
  for (let i = 0; i < matrix.rows; i++) {
    const k = codes[i]!;
    spread[k] = spread[k]! + Math.sqrt(gap(matrix.data, i, centres, k, d)) / counts[k]!;
  }
  let sum = 0;
  for (let k = 0; k < K; k++) {
    let worst = 0;
    for (let l = 0; l < K; l++) {
      if (l === k) continue;
      const between = Math.sqrt(gap(centres, k, centres, l, d));
      const both = spread[k]! + spread[l]!;
      worst = Math.max(worst, both === 0 ? 0 : both / between);
    }
    sum += worst;
  }
  return sum / K;
}

/**
 * Calinski-Harabasz score: variance between groups over variance within, each per degree of freedom. The higher the
 * better; infinite where groups have no spread.
 *
 * Source: Calinski and Harabasz (1974), Communications in Statistics 3.
 *
 * @example
 * calinskiHarabasz([[0], [2], [10], [12]], [0, 0, 1, 1]); // 50 = (100 / 1) / (4 / 2)
 */
export function calinskiHarabasz(X: MatrixLike, labels: ArrayLike<Label>): number {
  const groups = readGroups("calinskiHarabasz", X, labels);
  const { matrix, codes, counts } = groups;
  const [n, d, K] = [matrix.rows, matrix.cols, counts.length];
  const centres = centroids(groups);
  const mean = new Float64Array(d);
  for (let k = 0; k < K; k++)
    for (let j = 0; j < d; j++) mean[j] = mean[j]! + (counts[k]! / n) * centres[k * d + j]!;
  let within = 0;
  let between = 0;
  for (let i = 0; i < n; i++) within += gap(matrix.data, i, centres, codes[i]!, d);
  for (let k = 0; k < K; k++) between += counts[k]! * gap(centres, k, mean, 0, d);
  if (within === 0) return between === 0 ? 1 : Number.POSITIVE_INFINITY;
  return (between * (n - K)) / (within * (K - 1));
}

/** How often each pair of a true and a found label meets, with the sums of rows and columns. */
interface Contingency {
  readonly n: number;
  readonly cells: Float64Array; // rows x cols
  readonly truth: Float64Array;
  readonly found: Float64Array;
}

function contingency(where: string, labelsTrue: ArrayLike<Label>, labelsPred: ArrayLike<Label>): Contingency {
  const n = sameLength(where, "labelsTrue", labelsTrue, "labelsPred", labelsPred);
  const a = readLabels(labelsTrue, n, where, "labelsTrue");
  const b = readLabels(labelsPred, n, where, "labelsPred");
  const C = b.classes.length;
  if (a.classes.length * C > 2 ** 26)
    throw shapeError(
      where,
      "labelsPred",
      `makes ${a.classes.length * C} pairs of labels`,
      `at most ${2 ** 26}`,
    );
  const cells = new Float64Array(a.classes.length * C);
  const truth = new Float64Array(a.classes.length);
  const found = new Float64Array(C);
  for (let i = 0; i < n; i++) {
    const [p, q] = [a.codes[i]!, b.codes[i]!];
    cells[p * C + q] = cells[p * C + q]! + 1;
    truth[p] = truth[p]! + 1;
    found[q] = found[q]! + 1;
  }
  return { n, cells, truth, found };
}

const pairs = (counts: Float64Array): number => counts.reduce((sum, c) => sum + (c * (c - 1)) / 2, 0);

/**
 * Rand index: the share of pairs of rows on which two groupings agree (together in both, or apart in both).
 *
 * @example
 * randIndex([0, 0, 1, 1], [0, 0, 1, 2]); // 0.8333 = 5 of 6 pairs
 */
export function randIndex(labelsTrue: ArrayLike<Label>, labelsPred: ArrayLike<Label>): number {
  const { n, cells, truth, found } = contingency("randIndex", labelsTrue, labelsPred);
  const all = (n * (n - 1)) / 2;
  return all === 0 ? 1 : (all + 2 * pairs(cells) - pairs(truth) - pairs(found)) / all;
}

/**
 * Adjusted Rand index: {@link randIndex} less what chance gives, scaled so that equal groupings have 1 and unrelated
 * ones 0 on average. Names of labels do not matter.
 *
 * Source: Hubert and Arabie (1985), Journal of Classification 2.
 *
 * @example
 * adjustedRandIndex([0, 0, 1, 1], ["b", "b", "a", "a"]); // 1
 */
export function adjustedRandIndex(labelsTrue: ArrayLike<Label>, labelsPred: ArrayLike<Label>): number {
  const { n, cells, truth, found } = contingency("adjustedRandIndex", labelsTrue, labelsPred);
  const [both, a, b, all] = [pairs(cells), pairs(truth), pairs(found), (n * (n - 1)) / 2];
  const expected = all === 0 ? 0 : (a * b) / all;
  const most = (a + b) / 2;
  return most === expected ? 1 : (both - expected) / (most - expected);
}

const entropyOf = (counts: Float64Array, n: number): number =>
  counts.reduce((sum, c) => (c === 0 ? sum : sum - (c / n) * Math.log(c / n)), 0);

function sharedInformation({ n, cells, truth, found }: Contingency): number {
  let sum = 0;
  for (let p = 0; p < truth.length; p++)
    for (let q = 0; q < found.length; q++) {
      const c = cells[p * found.length + q]!;
      if (c > 0) sum += (c / n) * Math.log((n * c) / (truth[p]! * found[q]!));
    }
  return Math.max(0, sum);
}

/** Mean of the shared information over all groupings with these group sizes (hypergeometric model). */
function expectedInformation({ n, truth, found }: Contingency): number {
  const f = (v: number) => logGamma(v + 1);
  let sum = 0;
  for (const a of truth) {
    for (const b of found) {
      const fixed = f(a) + f(b) + f(n - a) + f(n - b) - f(n);
      for (let c = Math.max(1, a + b - n); c <= Math.min(a, b); c++) {
        const weight = Math.exp(fixed - f(c) - f(a - c) - f(b - c) - f(n - a - b + c));
        sum += (c / n) * Math.log((n * c) / (a * b)) * weight;
      }
    }
  }
  return sum;
}

/**
 * Normalised mutual information of two groupings: shared information over the mean of both entropies, 0 to 1. Not
 * corrected for chance: many small groups score high against anything.
 *
 * @example
 * normalizedMutualInfo([0, 0, 1, 1], [0, 1, 0, 1]); // 0
 */
export function normalizedMutualInfo(labelsTrue: ArrayLike<Label>, labelsPred: ArrayLike<Label>): number {
  const c = contingency("normalizedMutualInfo", labelsTrue, labelsPred);
  const mean = (entropyOf(c.truth, c.n) + entropyOf(c.found, c.n)) / 2;
  return mean === 0 ? 1 : sharedInformation(c) / mean;
}

/**
 * Adjusted mutual information: shared information less what chance gives, scaled so that equal groupings have 1 and
 * unrelated ones 0 on average.
 *
 * Source: Vinh, Epps and Bailey (2010), JMLR 11.
 *
 * @example
 * adjustedMutualInfo([0, 0, 1, 1], ["b", "b", "a", "a"]); // 1
 */
export function adjustedMutualInfo(labelsTrue: ArrayLike<Label>, labelsPred: ArrayLike<Label>): number {
  const c = contingency("adjustedMutualInfo", labelsTrue, labelsPred);
  const alone = (counts: Float64Array) => counts.length === 1;
  const apart = (counts: Float64Array) => counts.length === c.n;
  if ((alone(c.truth) && alone(c.found)) || (apart(c.truth) && apart(c.found))) return 1;
  const expected = expectedInformation(c);
  const mean = (entropyOf(c.truth, c.n) + entropyOf(c.found, c.n)) / 2;
  const room = mean - expected;
  const tiny = Number.EPSILON;
  return (sharedInformation(c) - expected) / (room < 0 ? Math.min(room, -tiny) : Math.max(room, tiny));
}

/** See {@link homogeneityCompletenessV}. */
export interface HomogeneityCompletenessV {
  /** 1 where every found group holds rows of one true group only. */
  readonly homogeneity: number;
  /** 1 where every true group lies in one found group. */
  readonly completeness: number;
  /** Their harmonic mean. */
  readonly vMeasure: number;
}

/**
 * Homogeneity, completeness and their harmonic mean (V-measure), each 0 to 1 and by entropies.
 *
 * Source: Rosenberg and Hirschberg (2007), EMNLP.
 *
 * @param options `beta` weighs completeness against homogeneity; 1 by default
 * @example
 * homogeneityCompletenessV([0, 0, 1, 1], [0, 1, 2, 2]).homogeneity; // 1
 */
export function homogeneityCompletenessV(
  labelsTrue: ArrayLike<Label>,
  labelsPred: ArrayLike<Label>,
  options: { readonly beta?: number } = {},
): HomogeneityCompletenessV {
  const where = "homogeneityCompletenessV";
  const { beta = 1 } = options;
  if (!(typeof beta === "number" && beta >= 0 && beta < Number.POSITIVE_INFINITY))
    throw valueError(where, "beta", `is ${String(beta)}, expected a finite number >= 0`);
  const c = contingency(where, labelsTrue, labelsPred);
  const shared = sharedInformation(c);
  const [hTrue, hFound] = [entropyOf(c.truth, c.n), entropyOf(c.found, c.n)];
  const homogeneity = hTrue === 0 ? 1 : shared / hTrue;
  const completeness = hFound === 0 ? 1 : shared / hFound;
  const below = beta * homogeneity + completeness;
  const vMeasure = below === 0 ? 0 : ((1 + beta) * homogeneity * completeness) / below;
  return { homogeneity, completeness, vMeasure };
}

/**
 * Fowlkes-Mallows index: the geometric mean of precision and recall over pairs of rows put together.
 *
 * @example
 * fowlkesMallows([0, 0, 1, 1], [0, 0, 1, 2]); // 0.7071 = sqrt(1 * 0.5)
 */
export function fowlkesMallows(labelsTrue: ArrayLike<Label>, labelsPred: ArrayLike<Label>): number {
  const { cells, truth, found } = contingency("fowlkesMallows", labelsTrue, labelsPred);
  const both = pairs(cells);
  return both === 0 ? 0 : Math.sqrt(both / pairs(truth)) * Math.sqrt(both / pairs(found));
}
