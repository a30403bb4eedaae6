import { type Nearest, type SparseRows, symmetrise } from "./nearest-rows.ts";

/** Local scale of every row: distance to its nearest neighbour, and how fast membership falls beyond it. */
export interface LocalScales {
  readonly rho: Float64Array;
  readonly sigma: Float64Array;
}

/** Smallest bandwidth, as a share of the mean distance. */
const SIGMA_FLOOR = 1e-3;

/**
 * rho_i is the distance to the nearest neighbour at a positive distance; sigma_i solves
 * sum over neighbours of exp(-max(0, d - rho_i) / sigma_i) = log2(k) by bisection.
 *
 * Source: McInnes, Healy and Melville (2018), section 3.1 and algorithm 3. `count` neighbours count in the target:
 * one more than are listed when the row itself counts as its first.
 */
export function localScales({ k, distances }: Nearest, count: number): LocalScales {
  const n = distances.length / k;
  const target = Math.log2(count);
  const rho = new Float64Array(n);
  const sigma = new Float64Array(n);
  const overall = distances.reduce((s, v) => s + v, 0) / Math.max(1, distances.length);
  for (let i = 0; i < n; i++) {
    const row = distances.subarray(i * k, (i + 1) * k);
    rho[i] = row.find((d) => d > 0) ?? 0;
    let low = 0;
    let high = Number.POSITIVE_INFINITY;
    let s = 1;
    for (let round = 0; round < 64; round++) {
      let sum = 0;
      for (let j = 0; j < k; j++) sum += Math.exp(-Math.max(0, row[j]! - rho[i]!) / s);
      if (Math.abs(sum - target) < 1e-9) break;
      if (sum > target) {
        high = s;
        s = (low + high) / 2;
      } else {
        low = s;
        s = high === Number.POSITIVE_INFINITY ? 2 * s : (low + high) / 2;
      }
    }
    const mean = rho[i]! > 0 ? row.reduce((t, v) => t + v, 0) / k : overall;
    sigma[i] = Math.max(s, SIGMA_FLOOR * mean, Number.MIN_VALUE);
  }
  return { rho, sigma };
}

/** Membership of each listed neighbour in the row's own fuzzy set, n x k. */
export function memberships(near: Nearest, { rho, sigma }: LocalScales): Float64Array {
  return near.distances.map((d, at) => {
    const i = Math.floor(at / near.k);
    return d <= rho[i]! ? 1 : Math.exp(-(d - rho[i]!) / sigma[i]!);
  });
}

/** Fuzzy union (mix 1) to intersection (mix 0) of every row's own set with its neighbours'. */
export function fuzzyUnion(n: number, near: Nearest, weights: Float64Array, mix: number): SparseRows {
  return symmetrise(n, near.k, near.indices, weights, (a, b) => mix * (a + b - a * b) + (1 - mix) * a * b);
}
