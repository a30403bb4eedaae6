import { valueError } from "../errors.ts";
import type { Scratch } from "../kernels/index.ts";
import { aboutMean, GramSums, streamedSums } from "../math/linalg/gram-sums.ts";
import { gemm } from "../math/linalg/multiply.ts";
import type { Matrix } from "../math/matrix.ts";

/** Second moments about the (weighted) mean, or about zero where no centring was asked for. */
export interface Moments {
  /** Sum of the weights (number of rows without weights). */
  readonly total: number;
  /** Means of the columns; zeros without centring. */
  readonly xMean: Float64Array;
  readonly yMean: number;
  /** d x d: sum of w (x - mean)(x - mean)^T, full and symmetric. */
  readonly xx: Float64Array;
  /** d: sum of w (x - mean)(y - mean). */
  readonly xy: Float64Array;
  /** Sum of w (y - mean)^2. */
  readonly yy: number;
}

/**
 * Moments of a tall matrix and its target in one streamed pass. Rows are shifted by an estimate of the mean
 * before they are multiplied, so that a large mean costs no digits.
 */
export function moments(
  X: Matrix,
  y: Float64Array,
  weights: Float64Array | null,
  centred: boolean,
  where: string,
): Moments {
  const { data, rows: n, cols: d } = X;
  const { sums, size, shift } = streamedSums(data, n, d, y, weights, centred);
  const one = d + 1;
  const total = sums[one * size + one]!;
  const off = new Float64Array(d + 1); // mean minus shift
  if (centred) for (let j = 0; j <= d; j++) off[j] = sums[one * size + j]! / total;
  const xx = aboutMean(sums, size, d, total, off);
  const xy = new Float64Array(d);
  for (let i = 0; i < d; i++) {
    xy[i] = sums[d * size + i]! - total * off[i]! * off[d]!;
    if (!Number.isFinite(xx[i * d + i]! + xy[i]!)) {
      throw valueError(where, "X", `or y holds numbers whose squares overflow (column ${i}): scale it first`);
    }
  }
  const yy = sums[d * size + d]! - total * off[d]! * off[d]!;
  const mean = shift.map((v, j) => v + off[j]!);
  return { total, xMean: mean.slice(0, d), yMean: mean[d]!, xx, xy, yy };
}

/**
 * Gram matrix of rows that already lie in kernel memory, with a column of ones appended: (d + 1) x (d + 1), full.
 * `w` points at one weight >= 0 per row.
 */
export function gramWithOnes(
  s: Scratch,
  x: number,
  w: number,
  rows: number,
  cols: number,
): () => Float64Array {
  const gram = new GramSums(s, cols + 1, rows, false);
  const shift = s.f64(cols + 1).ptr;
  const n = cols + 1;
  const zeros = new Float64Array(n); // moments about zero
  return () => {
    gram.add({ x, y: 0, w, shift, rows, cols });
    return aboutMean(gram.take(), gram.size, n, 0, zeros);
  };
}

/** A^T A of rows as they are. */
export function innerProducts(A: Matrix): Float64Array {
  const out = new Float64Array(A.cols * A.cols);
  gemm(true, false, A.cols, A.cols, A.rows, 1, A.data, A.data, 0, out);
  return out;
}
