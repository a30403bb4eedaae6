import { requireList, shapeError, valueError } from "../errors.ts";

/** How much each value of the two samples weighs; the weights of a sample need not sum to 1. */
export interface WassersteinOptions {
  /** Weights >= 0 of the values of a and of b. Default: all equal. */
  weightsA?: ArrayLike<number>;
  weightsB?: ArrayLike<number>;
}

/**
 * First Wasserstein (earth mover) distance of two samples on the line: the integral of |CDF_a - CDF_b|, in the unit of
 * the values. Finite for disjoint supports, where KL is infinite; not robust to outliers.
 *
 * @example
 * wasserstein([0, 1, 3], [5, 6, 8]); // 5
 */
export function wasserstein(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  options: WassersteinOptions = {},
): number {
  const where = "wasserstein";
  const A = sorted(where, "a", a, "weightsA", options.weightsA);
  const B = sorted(where, "b", b, "weightsB", options.weightsB);
  let i = 0;
  let j = 0;
  let cdfA = 0;
  let cdfB = 0;
  let last = Math.min(A.values[0]!, B.values[0]!);
  let area = 0;
  while (i < A.values.length || j < B.values.length) {
    const x = Math.min(A.values[i] ?? Number.POSITIVE_INFINITY, B.values[j] ?? Number.POSITIVE_INFINITY);
    area += Math.abs(cdfA - cdfB) * (x - last);
    last = x;
    while (i < A.values.length && A.values[i] === x) cdfA += A.weights[i++]!;
    while (j < B.values.length && B.values[j] === x) cdfB += B.weights[j++]!;
  }
  return area;
}

function sorted(
  where: string,
  name: string,
  values: ArrayLike<number>,
  weightName: string,
  weights: ArrayLike<number> | undefined,
): { values: Float64Array; weights: Float64Array } {
  requireList(where, name, values);
  const n = values.length;
  if (n === 0) throw shapeError(where, name, "is empty", "at least one value");
  if (weights !== undefined && weights.length !== n) {
    throw shapeError(where, weightName, `has ${weights.length} entries`, `${n} (length of ${name})`);
  }
  const v = Float64Array.from(values);
  const w = weights === undefined ? new Float64Array(n).fill(1) : Float64Array.from(weights);
  let total = 0;
  for (let i = 0; i < n; i++) {
    if (!Number.isFinite(v[i]!))
      throw valueError(where, name, `holds ${v[i]} at index ${i}, expected finite numbers`);
    if (!(w[i]! >= 0 && w[i]! < Number.POSITIVE_INFINITY)) {
      throw valueError(where, weightName, `holds ${w[i]} at index ${i}, expected finite numbers >= 0`);
    }
    total += w[i]!;
  }
  if (!(total > 0)) throw valueError(where, weightName, "holds only zeros");
  const order = Uint32Array.from({ length: n }, (_, i) => i).sort((i, j) => v[i]! - v[j]!);
  return {
    values: Float64Array.from(order, (i) => v[i]!),
    weights: Float64Array.from(order, (i) => w[i]! / total),
  };
}
