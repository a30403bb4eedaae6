import { shapeError } from "../errors.ts";
import type { Matrix } from "../math/matrix.ts";
import { randomStream } from "../math/random/index.ts";
import type { TestResult } from "./test-result.ts";
import {
  checkPermutations,
  gaussianGram,
  medianDistance,
  type Observations,
  type PermutationOptions,
  squaredDistances,
  toObservations,
} from "./two-sample-kernel.ts";

/** Subtracts row, column and grand means, in place: H K H. Returns the same array. */
function centre(K: Float64Array, n: number): Float64Array {
  const means = new Float64Array(n);
  let grand = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) means[i] = means[i]! + K[i * n + j]! / n;
    grand += means[i]! / n;
  }
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) K[i * n + j] = K[i * n + j]! - means[i]! - means[j]! + grand;
  }
  return K;
}

function inner(A: Float64Array, B: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < A.length; i++) sum += A[i]! * B[i]!;
  return sum;
}

function pairs(X: Observations, Y: Observations, where: string): { A: Matrix; B: Matrix; n: number } {
  const A = toObservations(X, where, "X", 4);
  const B = toObservations(Y, where, "Y", 4);
  if (A.rows !== B.rows) throw shapeError(where, "Y", `has ${B.rows} rows`, `${A.rows} (as X)`);
  return { A, B, n: A.rows };
}

/** Share of permutations of the pairing whose inner product is at least the observed one. */
function permutationP(
  A: Float64Array,
  B: Float64Array,
  n: number,
  observed: number,
  options: PermutationOptions,
  where: string,
): number {
  const permutations = checkPermutations(options, where);
  const stream = randomStream(options.seed ?? 0);
  const order = Int32Array.from({ length: n }, (_, i) => i);
  const margin = 1e-12 * Math.abs(observed);
  let extreme = 1;
  for (let r = 0; r < permutations; r++) {
    stream.shuffle(order);
    let sum = 0;
    for (let i = 0; i < n; i++) {
      const row = order[i]! * n;
      for (let j = 0; j < n; j++) sum += A[i * n + j]! * B[row + order[j]!]!;
    }
    if (sum >= observed - margin) extreme++;
  }
  return extreme / (permutations + 1);
}

/** Centred Euclidean distances. */
function centredDistances(X: Matrix): Float64Array {
  return centre(squaredDistances(X).map(Math.sqrt), X.rows);
}

/**
 * Distance correlation with its permutation test of independence: 0 in the population exactly when X and Y are
 * independent, whatever the form of the dependence. `statistic` is the sample distance correlation in [0, 1].
 * Székely, Rizzo, Bakirov, "Measuring and testing dependence by correlation of distances", Ann. Stat. 35, 2007.
 *
 * @example
 * // y = x²: uncorrelated, yet dependent
 * const x = [-1, -0.6, -0.2, 0.2, 0.6, 1];
 * distanceCorrelation(x, x.map((v) => v * v)).statistic; // 0.51
 */
export function distanceCorrelation(
  X: Observations,
  Y: Observations,
  options: PermutationOptions = {},
): TestResult {
  const { A, B, n } = pairs(X, Y, "distanceCorrelation");
  const a = centredDistances(A);
  const b = centredDistances(B);
  const cross = inner(a, b);
  const spread = Math.sqrt(inner(a, a) * inner(b, b));
  const pValue = permutationP(a, b, n, cross, options, "distanceCorrelation");
  return { statistic: spread > 0 ? Math.sqrt(Math.max(0, cross) / spread) : 0, pValue };
}

/**
 * Hilbert-Schmidt independence criterion with Gaussian kernels at the median distances, tested by permutation.
 * `statistic` is trace(K H L H) / n². Gretton et al., "A kernel statistical test of independence", NIPS 2007.
 *
 * @example
 * const x = Array.from({ length: 30 }, (_, i) => [i / 30]);
 * const y = x.map(([v]) => [Math.sin(6 * v)]);
 * hsicTest(x, y, { permutations: 99 }).pValue; // 0.01: no permutation depends as much
 */
export function hsicTest(X: Observations, Y: Observations, options: PermutationOptions = {}): TestResult {
  const { A, B, n } = pairs(X, Y, "hsicTest");
  const gram = (M: Matrix): Float64Array => {
    const squared = squaredDistances(M);
    return centre(gaussianGram(squared, medianDistance(squared, n)), n);
  };
  const a = gram(A);
  const b = gram(B);
  const cross = inner(a, b);
  return { statistic: cross / (n * n), pValue: permutationP(a, b, n, cross, options, "hsicTest") };
}
