/** How noisy mini-batch gradients are, and up to which batch size larger batches save steps. */
import { argumentError, requireList } from "../errors.ts";
import { Matrix } from "../math/index.ts";

/**
 * How noisy the gradient of one sample is beside the true one.
 *
 * Source: McCandlish et al., An empirical model of large-batch training (2018), section 2.
 */
export interface NoiseScale {
  /** Estimate of the squared norm of the true gradient. */
  readonly signal: number;
  /** Trace of the covariance of one sample's gradient. */
  readonly noise: number;
  /** noise / signal, in samples: the batch size at which both are of one size. Infinity where no signal shows. */
  readonly scale: number;
}

const scaleOf = (signal: number, noise: number): NoiseScale => ({
  signal,
  noise,
  scale: signal > 0 ? noise / signal : Number.POSITIVE_INFINITY,
});

/**
 * Simple noise scale tr(Sigma) / |G|^2 from squared gradient norms at two batch sizes: E|g_B|^2 = |G|^2 + tr(Sigma) / B.
 * Average the norms of several batches before the division: the estimates are unbiased, their ratio is not.
 *
 * @param small Squared norms of gradients of batches of `smallSize` rows; `big` likewise of `bigSize`.
 *
 * Source: McCandlish et al., "An empirical model of large-batch training" (2018), appendix A.1.
 * @example
 * noiseScale({ size: 1, squaredNorms: [5] }, { size: 4, squaredNorms: [2] }).scale; // 4
 */
export function noiseScale(
  small: { readonly size: number; readonly squaredNorms: ArrayLike<number> },
  big: { readonly size: number; readonly squaredNorms: ArrayLike<number> },
): NoiseScale {
  for (const [name, batch] of Object.entries({ small, big })) {
    if (batch === null || typeof batch !== "object") {
      throw argumentError("noiseScale", name, batch, "an object { size, squaredNorms }");
    }
  }
  const mean = (argument: string, list: ArrayLike<number>) => {
    requireList("noiseScale", argument, list);
    if (list.length === 0) throw argumentError("noiseScale", argument, list, "at least one number");
    let total = 0;
    for (let i = 0; i < list.length; i++) {
      if (!(list[i]! >= 0)) throw argumentError("noiseScale", `${argument}[${i}]`, list[i], "a number >= 0");
      total += list[i]!;
    }
    return total / list.length;
  };
  if (!(small.size > 0)) throw argumentError("noiseScale", "small.size", small.size, "a number > 0");
  if (!(big.size > small.size)) {
    throw argumentError("noiseScale", "big.size", big.size, `a number > small.size (${small.size})`);
  }
  const [s, b] = [mean("small.squaredNorms", small.squaredNorms), mean("big.squaredNorms", big.squaredNorms)];
  const signal = (big.size * b - small.size * s) / (big.size - small.size);
  const noise = (s - b) / (1 / small.size - 1 / big.size);
  return scaleOf(signal, noise);
}

/**
 * The same from the gradients of single samples, one per row.
 *
 * @example
 * sampleNoiseScale(Matrix.from([[1, 1], [3, 1], [2, 1]])).noise; // 1
 */
export function sampleNoiseScale(gradients: Matrix): NoiseScale {
  if (!(gradients instanceof Matrix) || gradients.rows < 2) {
    throw argumentError("sampleNoiseScale", "gradients", gradients, "a Matrix of at least two rows");
  }
  const { rows: n, cols, data } = gradients;
  let [spread, length] = [0, 0];
  for (let j = 0; j < cols; j++) {
    let mean = 0;
    for (let i = 0; i < n; i++) mean += data[i * cols + j]! / n;
    for (let i = 0; i < n; i++) spread += (data[i * cols + j]! - mean) ** 2;
    length += mean * mean;
  }
  const noise = spread / (n - 1);
  return scaleOf(length - noise / n, noise); // the mean of n rows carries noise / n of its own
}

/**
 * Fits steps(B) = minSteps (1 + critical / B) to the steps that runs with batch size B needed to reach one loss: below
 * the critical batch size a doubled batch nearly halves the steps, above it nothing is gained. Least squares on relative
 * errors.
 *
 * Source: McCandlish et al. (2018), equation 2.11.
 * @example
 * const { minSteps, critical } = fitCriticalBatch([8, 32, 128], [900, 300, 150]);
 * [Math.round(minSteps), Math.round(critical)]; // [100, 64]
 */
export function fitCriticalBatch(
  batches: ArrayLike<number>,
  stepsNeeded: ArrayLike<number>,
): { minSteps: number; critical: number } {
  requireList("fitCriticalBatch", "batches", batches);
  requireList("fitCriticalBatch", "stepsNeeded", stepsNeeded);
  if (batches.length < 2 || stepsNeeded.length !== batches.length) {
    throw argumentError(
      "fitCriticalBatch",
      "stepsNeeded",
      stepsNeeded,
      "one for each of at least two batches",
    );
  }
  for (let i = 0; i < batches.length; i++) {
    for (const [name, list] of Object.entries({ batches, stepsNeeded })) {
      if (!(list[i]! > 0)) throw argumentError("fitCriticalBatch", `${name}[${i}]`, list[i], "a number > 0");
    }
  }
  // minimise sum_i ((a + b / B_i) / S_i - 1)^2
  let [uu, uv, vv, u1, v1] = [0, 0, 0, 0, 0];
  for (let i = 0; i < batches.length; i++) {
    const u = 1 / stepsNeeded[i]!;
    const v = u / batches[i]!;
    uu += u * u;
    uv += u * v;
    vv += v * v;
    u1 += u;
    v1 += v;
  }
  const det = uu * vv - uv * uv;
  const [a, b] = [(u1 * vv - v1 * uv) / det, (uu * v1 - uv * u1) / det];
  return { minSteps: a, critical: b / a };
}
