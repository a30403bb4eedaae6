/** Ascending values and the weights they carry; null where each counts once. */
export interface WeightedValues {
  readonly values: Float64Array;
  readonly weights: Float64Array | null;
}

/**
 * Sorts values together with their weights.
 *
 * @param values numbers without NaN
 * @param weights positive, or null
 */
export function sortWeighted(values: Float64Array, weights: Float64Array | null): WeightedValues {
  if (weights === null) return { values: values.slice().sort(), weights: null };
  const order = Uint32Array.from(values, (_, i) => i).sort((a, b) => values[a]! - values[b]!);
  return {
    values: Float64Array.from(order, (i) => values[i]!),
    weights: Float64Array.from(order, (i) => weights[i]!),
  };
}

/**
 * Reads quantiles off sorted values: the step function of the order statistics, averaged over a window of one row.
 * Without weights that is linear interpolation (type 7 of Hyndman and Fan, 1996); a weight of k equals k copies.
 * With weights below 1 on average the window is the average weight.
 */
export function quantileReader({ values, weights }: WeightedValues): (p: number) => number {
  const n = values.length;
  if (weights === null) {
    return (p) => {
      const h = (n - 1) * p;
      const low = Math.floor(h);
      const t = h - low;
      return t === 0 ? values[low]! : values[low]! + t * (values[low + 1]! - values[low]!);
    };
  }
  const ends = cumulative(weights);
  const total = ends[n - 1]!;
  const unit = Math.min(1, total / n);
  return (p) => {
    const from = (total - unit) * p;
    const to = from + unit;
    let i = firstAbove(ends, from);
    if (to <= ends[i]! || i === n - 1) return values[i]!;
    if (to <= ends[i + 1]!) {
      // Two values, written as without weights, so that whole weights and copies give the same bits.
      const t = (from - (ends[i]! - unit)) / unit;
      return t === 0 ? values[i]! : values[i]! + t * (values[i + 1]! - values[i]!);
    }
    let sum = 0;
    for (let at = from; i < n && at < to; i++) {
      const next = Math.min(ends[i]!, to);
      sum += (next - at) * values[i]!;
      at = next;
    }
    return sum / unit;
  };
}

/** Sums of the first 1, 2, ... weights. */
export function cumulative(weights: Float64Array): Float64Array {
  let total = 0;
  return weights.map((w) => (total += w));
}

/** First index whose entry of an ascending list is above x; the last index if none is. */
export function firstAbove(ends: Float64Array, x: number): number {
  let lo = 0;
  let hi = ends.length - 1;
  while (lo < hi) {
    const mid = (lo + hi) >> 1;
    if (ends[mid]! > x) hi = mid;
    else lo = mid + 1;
  }
  return lo;
}
