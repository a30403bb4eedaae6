import type { RowDerivatives } from "./objective.ts";
import { quantileReader, sortWeighted } from "./quantile.ts";

/** Names of the losses, with the number the kernels know them by (`assembly/boost-gradient.ts`). */
export const lossCodes = {
  squaredError: 0,
  absoluteError: 1,
  quantile: 2,
  poisson: 3,
  gamma: 4,
  binomial: 5,
  multinomial: 6,
} as const;
export type LossName = keyof typeof lossCodes;

/** A loss of raw predictions: what boosting needs to know besides the kernels' gradients. */
export interface Loss {
  readonly name: LossName | "custom";
  readonly code: number;
  /** The quantile; 0 for other losses. */
  readonly parameter: number;
  /** Whether every row's hessian is 1 (before weights). */
  readonly constantHessian: boolean;
  /**
   * Leaf values are not Newton steps but the loss's own minimiser over the leaf's residuals: this quantile of them.
   * Null for Newton steps.
   */
  readonly leafQuantile: number | null;
  /** Where the kernels do not know the loss: its derivatives on rows with these targets and, if they have them, queries. */
  readonly derivatives:
    | ((y: Float64Array, queries: Int32Array | null, where: string) => RowDerivatives)
    | null;
  /** Its raw prediction before the first tree, where the kernels do not know the loss. */
  readonly baseline: ((y: Float64Array, weights: Float64Array | null, where: string) => number) | null;
}

export function lossOf(name: LossName, quantile = 0): Loss {
  const leafQuantile = name === "absoluteError" ? 0.5 : name === "quantile" ? quantile : null;
  return {
    name,
    code: lossCodes[name],
    parameter: name === "quantile" ? quantile : 0,
    constantHessian: name === "squaredError" || leafQuantile !== null,
    leafQuantile,
    derivatives: null,
    baseline: null,
  };
}

/** A loss whose derivatives come from elsewhere. */
export function customLoss(
  derivatives: NonNullable<Loss["derivatives"]>,
  baseline: NonNullable<Loss["baseline"]>,
): Loss {
  return {
    name: "custom",
    code: -1,
    parameter: 0,
    constantHessian: false,
    leafQuantile: null,
    derivatives,
    baseline,
  };
}

/** Distance of a mean from the edge of what its link accepts. */
const edge = 10 * 2 ** -52;

/**
 * The constant raw prediction with the smallest loss, one number per output.
 *
 * @param y targets, or codes of the classes
 * @param weights per row, or null
 * @param outputs 1, or the number of classes of a multinomial loss
 */
export function baselineOf(
  loss: Loss,
  y: Float64Array,
  weights: Float64Array | null,
  outputs: number,
  where: string,
): Float64Array {
  if (loss.baseline) return Float64Array.of(loss.baseline(y, weights, where));
  if (loss.leafQuantile !== null) {
    return Float64Array.of(quantileReader(sortWeighted(y, weights))(loss.leafQuantile));
  }
  if (loss.name === "multinomial") {
    const share = new Float64Array(outputs);
    let total = 0;
    for (let i = 0; i < y.length; i++) {
      const w = weights ? weights[i]! : 1;
      share[y[i]!] = share[y[i]!]! + w;
      total += w;
    }
    // Logs of the shares, centred: only differences matter to a softmax.
    const logs = share.map((s) => Math.log(Math.min(1 - 2 ** -52, Math.max(2 ** -52, s / total))));
    const centre = logs.reduce((a, b) => a + b, 0) / outputs;
    return logs.map((v) => v - centre);
  }
  const mean = meanOf(y, weights);
  if (loss.name === "poisson" || loss.name === "gamma")
    return Float64Array.of(Math.log(Math.max(edge, mean)));
  if (loss.name === "binomial") {
    const p = Math.min(1 - edge, Math.max(edge, mean));
    return Float64Array.of(Math.log(p / (1 - p)));
  }
  return Float64Array.of(mean);
}

/** Weighted mean; a second pass removes the rounding of the first, so that a constant is its own mean. */
function meanOf(y: Float64Array, weights: Float64Array | null): number {
  const total = weights ? weights.reduce((a, b) => a + b, 0) : y.length;
  let mean = 0;
  for (let pass = 0; pass < 2; pass++) {
    let sum = 0;
    for (let i = 0; i < y.length; i++) sum += (weights ? weights[i]! : 1) * (y[i]! - mean);
    mean += sum / total;
  }
  return mean;
}
