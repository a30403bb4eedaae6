import {
  argumentError,
  int,
  type MatrixLike,
  oneOf,
  type ParamInput,
  parseParams,
  readDesign,
  requireRowsFor,
  seed,
} from "../contract/index.ts";
import { Matrix, type RandomStream, randomStream, svd } from "../math/index.ts";
import { silhouetteScore } from "../metrics/index.ts";
import { type KMeansSolution, kMeans } from "./lloyd.ts";

const sweepParams = {
  maxClusters: int({ min: 2, default: 10, doc: "Most groups to try" }),
  nInit: int({ min: 1, default: 5, doc: "Runs of k-means for each number" }),
  seed: seed(),
};
const gapParams = {
  ...sweepParams,
  nReferences: int({ min: 2, default: 20, doc: "Samples without groups to compare with" }),
  reference: oneOf(["box", "axes"], {
    default: "axes",
    doc: "Where samples without groups are uniform: the box of the columns, or of the principal axes",
  }),
};

function solve(X: Matrix, k: number, nInit: number, random: RandomStream): KMeansSolution {
  const { data, rows: n, cols: d } = X;
  const problem = { X: data, n, d, k, weights: null, maxIter: 300, tol: 1e-4 };
  return kMeans(problem, null, "k-means++", nInit, random, () => {});
}

/** Result of {@link elbow}. */
export interface Elbow {
  readonly ks: number[];
  /** Inertia for each number of groups. */
  readonly inertias: Float64Array;
  /** The number of groups furthest below the line between both ends of the curve, both axes scaled to 1. */
  readonly k: number;
}

/**
 * Elbow: the inertia of k-means for 1 to `maxClusters` groups, and where it bends most. The curve always falls, so its
 * height says nothing, and on data without groups it has no clear bend: the `k` returned is then arbitrary.
 *
 * Source of the rule: Satopaa et al. (2011), ICDCSW.
 *
 * @example
 * elbow([[0, 0], [0, 0.1], [5, 0], [5, 0.1], [2.5, 4.3], [2.5, 4.4]], { maxClusters: 5 }).k; // 3
 */
export function elbow(X: MatrixLike, options: ParamInput<typeof sweepParams> = {}): Elbow {
  const where = "elbow";
  const { matrix } = readDesign(X, where);
  const { maxClusters, nInit, seed: own } = parseParams(where, sweepParams, options);
  requireRowsFor(where, "maxClusters", maxClusters, matrix.rows);
  const ks = Array.from({ length: maxClusters }, (_, i) => i + 1);
  const inertias = Float64Array.from(ks, (k) => solve(matrix, k, nInit, randomStream(own).split(k)).inertia);
  const [top, bottom] = [inertias[0]!, inertias[maxClusters - 1]!];
  let best = 0;
  let most = Number.NEGATIVE_INFINITY;
  ks.forEach((k, i) => {
    const across = (k - 1) / (maxClusters - 1);
    const down = top === bottom ? across : (top - inertias[i]!) / (top - bottom);
    if (down - across > most + 1e-12) {
      most = down - across;
      best = k;
    }
  });
  return { ks, inertias, k: best };
}

/** Result of {@link silhouetteSweep}. */
export interface SilhouetteSweep {
  readonly ks: number[];
  readonly scores: Float64Array;
  /** The number of groups with the largest score. */
  readonly k: number;
}

/**
 * Mean silhouette of k-means for 2 to `maxClusters` groups. It cannot speak of one group.
 *
 * @example
 * silhouetteSweep([[0], [0.1], [5], [5.1], [9], [9.1]], { maxClusters: 5 }).k; // 3
 */
export function silhouetteSweep(
  X: MatrixLike,
  options: ParamInput<typeof sweepParams> = {},
): SilhouetteSweep {
  const where = "silhouetteSweep";
  const { matrix } = readDesign(X, where, { minRows: 3 });
  const { maxClusters, nInit, seed: own } = parseParams(where, sweepParams, options);
  if (maxClusters > matrix.rows - 1)
    throw argumentError(
      where,
      "maxClusters",
      maxClusters,
      `at most ${matrix.rows - 1}, the rows of X less one`,
    );
  const ks = Array.from({ length: maxClusters - 1 }, (_, i) => i + 2);
  const scores = Float64Array.from(ks, (k) => {
    const { labels } = solve(matrix, k, nInit, randomStream(own).split(k));
    // Equal rows can leave fewer groups than asked for.
    return new Set(labels).size < 2 ? -1 : silhouetteScore(matrix, labels);
  });
  return { ks, scores, k: ks[scores.indexOf(Math.max(...scores))]! };
}

/** Result of {@link gapStatistic}. */
export interface GapStatistic {
  readonly ks: number[];
  /** Mean log inertia of samples without groups, less that of X. */
  readonly gaps: Float64Array;
  /** Standard deviation over the samples, times sqrt(1 + 1 / nReferences). */
  readonly errors: Float64Array;
  /** The smallest k with gap(k) >= gap(k + 1) - error(k + 1); the last one where none is. */
  readonly k: number;
}

/**
 * Gap statistic: how much lower the inertia of k-means is than on data without groups. Unlike the other two it can say
 * that there is one group.
 *
 * Source: Tibshirani, Walther and Hastie (2001), JRSS B 63.
 *
 * @example
 * const X = Array.from({ length: 60 }, (_, i) => [20 * (i % 2) + (i * 7 % 10) / 10, (i * 3 % 10) / 10]);
 * gapStatistic(X, { maxClusters: 5 }).k; // 2
 */
export function gapStatistic(X: MatrixLike, options: ParamInput<typeof gapParams> = {}): GapStatistic {
  const where = "gapStatistic";
  const { matrix } = readDesign(X, where, { minRows: 2 });
  const { maxClusters, nInit, seed: own, nReferences, reference } = parseParams(where, gapParams, options);
  requireRowsFor(where, "maxClusters", maxClusters, matrix.rows);
  const random = randomStream(own);
  const draw = uniformLike(matrix, reference);
  const ks = Array.from({ length: maxClusters }, (_, i) => i + 1);
  const logOf = (inertia: number) => Math.log(Math.max(inertia, Number.MIN_VALUE));
  const logs = Array.from({ length: nReferences }, (_, b) => {
    const stream = random.split(`reference ${b}`);
    const sample = draw(stream);
    return ks.map((k) => logOf(solve(sample, k, nInit, stream.split(k)).inertia));
  });
  const gaps = new Float64Array(maxClusters);
  const errors = new Float64Array(maxClusters);
  ks.forEach((k, i) => {
    const values = logs.map((l) => l[i]!);
    const mean = values.reduce((a, b) => a + b, 0) / nReferences;
    const variance = values.reduce((s, v) => s + (v - mean) ** 2, 0) / nReferences;
    gaps[i] = mean - logOf(solve(matrix, k, nInit, random.split(k)).inertia);
    errors[i] = Math.sqrt(variance * (1 + 1 / nReferences));
  });
  const found = ks.findIndex((_, i) => i + 1 < maxClusters && gaps[i]! >= gaps[i + 1]! - errors[i + 1]!);
  return { ks, gaps, errors, k: found < 0 ? maxClusters : ks[found]! };
}

/** Draws samples of the size of X that are uniform over its box, or over the box of its principal axes. */
function uniformLike(X: Matrix, reference: "box" | "axes"): (random: RandomStream) => Matrix {
  const { rows: n, cols: d } = X;
  const mean = Float64Array.from({ length: d }, (_, j) => X.col(j).reduce((a, b) => a + b / n, 0));
  const centred = X.map((v, at) => v - mean[at % d]!);
  const Vt = reference === "axes" && n >= d ? svd(centred).Vt : Matrix.identity(d);
  const turned = centred.matmul(Vt.transpose());
  const ranges = Array.from({ length: d }, (_, j) => {
    const column = turned.col(j);
    return [Math.min(...column), Math.max(...column)] as const;
  });
  return (random) => {
    const sample = Matrix.zeros(n, d).map((_, at) => random.uniform(...ranges[at % d]!));
    return sample.matmul(Vt).map((v, at) => v + mean[at % d]!);
  };
}
