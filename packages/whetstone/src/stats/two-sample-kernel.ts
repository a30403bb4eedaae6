import { argumentError, requireList, shapeError } from "../errors.ts";
import { Matrix } from "../math/matrix.ts";
import { randomStream, type Seed } from "../math/random/index.ts";
import { sortedQuantile } from "./descriptive.ts";
import type { TestResult } from "./test-result.ts";
import { checkList, type NumberList } from "./vector.ts";

/** Rows are observations; a plain list counts as one column. */
export type Observations = Matrix | ArrayLike<ArrayLike<number>> | NumberList;

/** How the p-value of a permutation test is drawn. */
export interface PermutationOptions {
  /** Random permutations for the p-value, default 500. The smallest p-value is 1 / (permutations + 1). */
  readonly permutations?: number;
  /** Default 0. */
  readonly seed?: Seed;
}

/** Width of the kernel, and how the p-value is drawn. */
export interface MmdOptions extends PermutationOptions {
  /** Length scale of the kernel exp(-d² / (2 bandwidth²)); default the median distance of the pooled rows. */
  readonly bandwidth?: number;
}

/** Maximum mean discrepancy of two samples, with the p-value of their being drawn alike. */
export interface MmdResult extends TestResult {
  /** Unbiased estimate of the squared discrepancy (also `statistic`); may be negative. */
  readonly unbiased: number;
  /** Biased (V-statistic) estimate, never negative. */
  readonly biased: number;
  /** The one used. */
  readonly bandwidth: number;
}

/** Checks observations and brings them to a Matrix. */
export function toObservations(X: Observations, where: string, argument: string, atLeast: number): Matrix {
  let M: Matrix;
  if (!(X instanceof Matrix)) requireList(where, argument, X, "a Matrix, an array of numbers or of rows");
  if (X instanceof Matrix) M = X;
  else if (X.length > 0 && typeof X[0] === "number") M = Matrix.column(X as NumberList);
  else M = Matrix.from(X as ArrayLike<ArrayLike<number>>);
  if (M.rows < atLeast) throw shapeError(where, argument, `has ${M.rows} rows`, `${atLeast} or more`);
  checkList(M.data, where, argument);
  return M;
}

export function checkPermutations(options: PermutationOptions, where: string): number {
  const n = options.permutations ?? 500;
  if (!Number.isSafeInteger(n) || n < 1) throw argumentError(where, "permutations", n, "an integer >= 1");
  return n;
}

/** Squared Euclidean distances between all rows. */
export function squaredDistances(X: Matrix): Float64Array {
  const { rows: n, cols: d, data } = X;
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      let sum = 0;
      for (let k = 0; k < d; k++) {
        const gap = data[i * d + k]! - data[j * d + k]!;
        sum += gap * gap;
      }
      out[i * n + j] = out[j * n + i] = sum;
    }
  }
  return out;
}

/** Median distance between different rows; 1 when more than half of the pairs coincide. */
export function medianDistance(squared: Float64Array, n: number): number {
  const pairs = new Float64Array((n * (n - 1)) / 2);
  for (let i = 1, at = 0; i < n; i++) for (let j = 0; j < i; j++) pairs[at++] = squared[i * n + j]!;
  return Math.sqrt(sortedQuantile(pairs.sort(), 0.5)) || 1;
}

/** In place: exp(-d² / (2 bandwidth²)). */
export function gaussianGram(squared: Float64Array, bandwidth: number): Float64Array {
  const scale = -0.5 / (bandwidth * bandwidth);
  for (let i = 0; i < squared.length; i++) squared[i] = Math.exp(scale * squared[i]!);
  return squared;
}

/**
 * Maximum mean discrepancy test: are two samples of vectors from one distribution? Gaussian kernel, length
 * scale by the median heuristic, p-value by permuting the pooled rows. It sees shifts of the joint
 * distribution that no single column shows. Memory (n + m)² numbers. Gretton et al., "A kernel two-sample
 * test", JMLR 13, 2012.
 *
 * @example
 * mmdTest([[0, 1], [1, 0], [0, 0]], [[5, 5], [6, 5], [5, 6]], { seed: 1 }).statistic;
 */
export function mmdTest(X: Observations, Y: Observations, options: MmdOptions = {}): MmdResult {
  const A = toObservations(X, "mmdTest", "X", 2);
  const B = toObservations(Y, "mmdTest", "Y", 2);
  if (A.cols !== B.cols) throw shapeError("mmdTest", "Y", `has ${B.cols} columns`, `${A.cols} (as X)`);
  const permutations = checkPermutations(options, "mmdTest");
  const n = A.rows;
  const total = n + B.rows;
  const pooled = Matrix.zeros(total, A.cols);
  pooled.data.set(A.data);
  pooled.data.set(B.data, A.data.length);
  const squared = squaredDistances(pooled);
  const bandwidth = options.bandwidth ?? medianDistance(squared, total);
  if (!(bandwidth > 0 && bandwidth < Number.POSITIVE_INFINITY)) {
    throw argumentError("mmdTest", "bandwidth", bandwidth, "a finite number > 0");
  }
  const K = gaussianGram(squared, bandwidth);
  const order = Int32Array.from({ length: total }, (_, i) => i);
  const { unbiased, biased } = discrepancy(K, total, n, order);
  const stream = randomStream(options.seed ?? 0);
  let extreme = 1;
  for (let r = 0; r < permutations; r++) {
    // A margin of rounding, so that equal splits summed in another order count as equal.
    if (discrepancy(K, total, n, stream.shuffle(order)).unbiased >= unbiased - 1e-12) extreme++;
  }
  return { statistic: unbiased, unbiased, biased, bandwidth, pValue: extreme / (permutations + 1) };
}

/** Both estimates when the first n of `order` are one sample and the rest the other. */
function discrepancy(
  K: Float64Array,
  total: number,
  n: number,
  order: Int32Array,
): { unbiased: number; biased: number } {
  const m = total - n;
  let xx = 0;
  let yy = 0;
  let xy = 0;
  for (let i = 1; i < total; i++) {
    const row = order[i]! * total;
    if (i < n) for (let j = 0; j < i; j++) xx += K[row + order[j]!]!;
    else {
      for (let j = 0; j < n; j++) xy += K[row + order[j]!]!;
      for (let j = n; j < i; j++) yy += K[row + order[j]!]!;
    }
  }
  const cross = (2 * xy) / n / m;
  return {
    unbiased: (2 * xx) / (n * (n - 1)) + (2 * yy) / (m * (m - 1)) - cross,
    biased: Math.max(0, (2 * xx + n) / (n * n) + (2 * yy + m) / (m * m) - cross),
  };
}
