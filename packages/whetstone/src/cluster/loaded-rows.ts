/** Rows of k-means on kernel memory. */
import type { F64Block, I32Block, Scratch } from "../kernels/index.ts";

export interface KMeansProblem {
  readonly X: Float64Array; // n x d, row-major
  readonly n: number;
  readonly d: number;
  readonly k: number;
  readonly weights: Float64Array | null;
  readonly maxIter: number;
  /** Squared movement of all centres together at which to stop, in mean variances of a column. */
  readonly tol: number;
}

/** The rows on kernel memory, moved to mean 0 so that products lose no digits. */
export interface Loaded {
  readonly problem: KMeansProblem;
  readonly mean: Float64Array;
  /** Summed (weighted) squared distance of the rows to their mean. */
  readonly spread: number;
  /** Squared movement at which to stop. */
  readonly still: number;
  readonly x: F64Block;
  readonly w: number;
  readonly labels: I32Block;
  readonly partial: F64Block;
  readonly packed: F64Block;
  readonly half: F64Block;
  readonly chunks: number;
  readonly rowsPerChunk: number;
}

function columnMeans(X: Float64Array, n: number, d: number): Float64Array {
  const mean = new Float64Array(d);
  for (let i = 0, at = 0; i < n; i++) for (let j = 0; j < d; j++) mean[j] = mean[j]! + X[at++]!;
  for (let j = 0; j < d; j++) mean[j] = mean[j]! / n;
  return mean;
}

export function loadRows(s: Scratch, problem: KMeansProblem): Loaded {
  const { X, n, d, k, weights } = problem;
  const mean = columnMeans(X, n, d);
  const x = s.f64(n * d, false);
  let spread = 0;
  let plain = 0;
  for (let i = 0, at = 0; i < n; i++) {
    let norm = 0;
    for (let j = 0; j < d; j++, at++) {
      const v = X[at]! - mean[j]!;
      x.view[at] = v;
      norm += v * v;
    }
    plain += norm;
    spread += weights === null ? norm : weights[i]! * norm;
  }
  // Borders depend on sizes only; sums of all chunks together stay within 32 MB.
  const most = Math.max(1, Math.min(64, Math.floor(2 ** 22 / (k * (d + 1) + 2))));
  const rowsPerChunk = Math.max(512, Math.ceil(n / most / 4) * 4);
  const chunks = Math.ceil(n / rowsPerChunk);
  const padded = Math.ceil(k / 4) * 4;
  return {
    problem,
    mean,
    spread,
    still: (problem.tol * plain) / n / d,
    x,
    w: weights === null ? 0 : s.f64(weights).ptr,
    labels: s.i32(n),
    partial: s.f64(chunks * (k * (d + 1) + 2), false),
    packed: s.f64(padded * d),
    half: s.f64(padded),
    chunks,
    rowsPerChunk,
  };
}
