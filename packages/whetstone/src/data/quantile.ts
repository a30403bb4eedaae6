import { argumentError, requireList } from "../errors.ts";
/** Sorted values without NaN, with the weights they carry (null where every row counts once). */
export interface SortedSample {
  readonly values: Float64Array;
  readonly weights: Float64Array | null;
}

/** Drops missing values and rows of weight 0, and sorts the rest. */
export function sortSample(
  values: ArrayLike<number>,
  weights: ArrayLike<number> | null = null,
): SortedSample {
  requireList("quantile", "values", values);
  const n = values.length;
  if (weights === null) {
    let count = 0;
    const kept = new Float64Array(n);
    for (let i = 0; i < n; i++) if (!Number.isNaN(values[i]!)) kept[count++] = values[i]!;
    return { values: kept.subarray(0, count).sort(), weights: null };
  }
  const order: number[] = [];
  for (let i = 0; i < n; i++) if (!Number.isNaN(values[i]!) && weights[i]! > 0) order.push(i);
  order.sort((a, b) => values[a]! - values[b]!);
  return {
    values: Float64Array.from(order, (i) => values[i]!),
    weights: Float64Array.from(order, (i) => weights[i]!),
  };
}

/**
 * Quantile by linear interpolation between order statistics (type 7 of Hyndman and Fan 1996, the default of R
 * and NumPy). A weight of k counts as k copies; with fractional weights the order statistic at position h is
 * the first value whose cumulative weight reaches h. NaN for an empty sample.
 */
export function quantileSorted(sample: SortedSample, p: number): number {
  const { values, weights } = sample;
  const n = values.length;
  if (n === 0) return Number.NaN;
  if (weights === null) {
    const h = (n - 1) * p;
    const low = Math.floor(h);
    return interpolate(values[low]!, values[Math.min(low + 1, n - 1)]!, h - low);
  }
  let total = 0;
  for (const w of weights) total += w;
  const h = Math.max(0, (total - 1) * p);
  const low = Math.floor(h);
  return interpolate(valueAtCount(sample, low + 1), valueAtCount(sample, low + 2), h - low);
}

function interpolate(a: number, b: number, t: number): number {
  // Measured from the nearer end, so that a quantile at an end is that end exactly.
  if (t === 0 || a === b) return a;
  return t < 0.5 ? a + (b - a) * t : b - (b - a) * (1 - t);
}

/** The first value whose cumulative weight reaches `count`. */
function valueAtCount({ values, weights }: SortedSample, count: number): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    sum += weights![i]!;
    if (sum >= count - 1e-9) return values[i]!;
  }
  return values[values.length - 1]!;
}

/**
 * Quantile by linear interpolation between order statistics; missing values (NaN) are left out.
 *
 * Source: Hyndman and Fan (The American Statistician 50, 1996), type 7, the default of R and NumPy.
 *
 * @param values numbers in any order
 * @param p share of the values below, 0 to 1
 * @returns in units of the values; NaN for an empty sample
 * @throws WhetstoneError if p is not a number from 0 to 1
 *
 * @example
 * quantile([4, 1, 3, 2], 0.5); // 2.5
 * quantile([0, 10], 0.25); // 2.5
 */
export function quantile(values: ArrayLike<number>, p: number): number {
  if (!(typeof p === "number" && p >= 0 && p <= 1))
    throw argumentError("quantile", "p", p, "a number from 0 to 1");
  return quantileSorted(sortSample(values), p);
}
