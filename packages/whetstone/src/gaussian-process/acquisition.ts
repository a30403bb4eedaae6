import { argumentError } from "../errors.ts";
import { normalCdf, normalPdf } from "../math/index.ts";

/**
 * Expected improvement of a normal prediction over the best value so far, when lower is better:
 * (best - mean) Phi(z) + std phi(z), z = (best - mean) / std. It is what Bayesian optimisation maximises to choose its
 * next point.
 *
 * Source: Jones, Schonlau and Welch (1998).
 *
 * @example
 * expectedImprovement(0, 1, 0); // 0.39894228
 */
export function expectedImprovement(mean: number, std: number, best: number): number {
  const where = "expectedImprovement";
  if (!Number.isFinite(mean)) throw argumentError(where, "mean", mean, "a finite number");
  if (!(std >= 0 && std < Number.POSITIVE_INFINITY)) throw argumentError(where, "std", std, "a number >= 0");
  if (!Number.isFinite(best)) throw argumentError(where, "best", best, "a finite number");
  const gain = best - mean;
  if (std === 0) return Math.max(0, gain);
  const z = gain / std;
  return gain * normalCdf(z) + std * normalPdf(z);
}
