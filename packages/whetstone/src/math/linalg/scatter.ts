import { aboutMean, streamedSums } from "./gram-sums.ts";

/** Second moments of the rows about their mean, or about zero. */
export interface Scatter {
  /** Sum of the weights; the number of rows without weights. */
  readonly total: number;
  /** Means of the columns; zeros without centring. */
  readonly mean: Float64Array;
  /** d x d: sum of w (x - mean)(x - mean)^T. */
  readonly S: Float64Array;
}

/** Scatter matrix of n x d row-major rows in one streamed pass, by {@link streamedSums}. */
export function scatter(
  data: Float64Array,
  n: number,
  d: number,
  weights: Float64Array | null,
  centred: boolean,
): Scatter {
  const { sums, size, shift } = streamedSums(data, n, d, null, weights, centred);
  const total = sums[d * size + d]!;
  const off = new Float64Array(d); // mean minus shift
  if (centred && total > 0) for (let j = 0; j < d; j++) off[j] = sums[d * size + j]! / total;
  const S = aboutMean(sums, size, d, total, off);
  for (let i = 0; i < d; i++) S[i * d + i] = Math.max(0, S[i * d + i]!);
  return { total, mean: off.map((v, j) => v + shift[j]!), S };
}
