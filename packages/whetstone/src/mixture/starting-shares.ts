import type { RandomStream } from "../math/index.ts";

/**
 * Hard shares of k-means clusters (k x n, 1 where the row belongs): k-means++ seeds (Arthur and Vassilvitskii 2007),
 * then Lloyd rounds until nothing moves.
 */
export function kMeansShares(
  X: Float64Array,
  n: number,
  d: number,
  k: number,
  weights: Float64Array | null,
  random: RandomStream,
  rounds = 100,
): Float64Array {
  const centres = seeds(X, n, d, k, weights, random);
  const owner = new Int32Array(n).fill(-1);
  for (let round = 0; round < rounds; round++) {
    let moved = 0;
    const sums = new Float64Array(k * d);
    const counts = new Float64Array(k);
    for (let i = 0; i < n; i++) {
      const c = nearest(X, i * d, d, centres, k);
      if (owner[i] !== c) moved++;
      owner[i] = c;
      const w = weights ? weights[i]! : 1;
      counts[c] = counts[c]! + w;
      for (let j = 0; j < d; j++) sums[c * d + j] = sums[c * d + j]! + w * X[i * d + j]!;
    }
    for (let c = 0; c < k; c++)
      if (counts[c]! > 0) for (let j = 0; j < d; j++) centres[c * d + j] = sums[c * d + j]! / counts[c]!;
    // The last few rows to settle do not change a mixture's start.
    if (moved <= n * 1e-3) break;
  }
  const shares = new Float64Array(k * n);
  for (let i = 0; i < n; i++) shares[owner[i]! * n + i] = weights ? weights[i]! : 1;
  return shares;
}

function nearest(X: Float64Array, at: number, d: number, centres: Float64Array, k: number): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let c = 0; c < k; c++) {
    const gap = squaredGap(X, at, centres, c * d, d, least);
    if (gap < least) {
      least = gap;
      best = c;
    }
  }
  return best;
}

/** |x - y|^2, or some number above `limit` as soon as it is known to be. */
function squaredGap(
  x: Float64Array,
  at: number,
  y: Float64Array,
  yAt: number,
  d: number,
  limit: number,
): number {
  let sum = 0;
  let j = 0;
  for (; j + 4 <= d && sum < limit; j += 4) {
    const a = x[at + j]! - y[yAt + j]!;
    const b = x[at + j + 1]! - y[yAt + j + 1]!;
    const c = x[at + j + 2]! - y[yAt + j + 2]!;
    const e = x[at + j + 3]! - y[yAt + j + 3]!;
    sum += a * a + b * b + (c * c + e * e);
  }
  if (sum < limit) for (; j < d; j++) sum += (x[at + j]! - y[yAt + j]!) ** 2;
  return sum;
}

function seeds(
  X: Float64Array,
  n: number,
  d: number,
  k: number,
  weights: Float64Array | null,
  random: RandomStream,
): Float64Array {
  const centres = new Float64Array(k * d);
  const gaps = new Float64Array(n).fill(Number.POSITIVE_INFINITY);
  let pick = weights ? random.categorical(weights) : random.int(n);
  for (let c = 0; ; c++) {
    centres.set(X.subarray(pick * d, pick * d + d), c * d);
    if (c === k - 1) return centres;
    let total = 0;
    for (let i = 0; i < n; i++) {
      gaps[i] = Math.min(gaps[i]!, squaredGap(X, i * d, centres, c * d, d, gaps[i]!));
      total += gaps[i]! * (weights ? weights[i]! : 1);
    }
    let left = random.uniform() * total;
    pick = n - 1;
    for (let i = 0; i < n; i++) {
      left -= gaps[i]! * (weights ? weights[i]! : 1);
      if (left < 0) {
        pick = i;
        break;
      }
    }
  }
}
