import { argumentError, numericalError, requireFunction, shapeError } from "../errors.ts";
import { finite, positive } from "./check.ts";

/** The normal that expectation propagation settled on, and how it went. */
export interface EpResult {
  /** Mean of the approximate posterior, in units of the parameter. */
  readonly mean: number;
  /** Its standard deviation. */
  readonly sd: number;
  /** Sweeps over the sites until nothing moved. */
  readonly sweeps: number;
  /** False where `maxSweeps` ended it while sites still moved by more than `tol`. */
  readonly converged: boolean;
}

/**
 * Expectation propagation on the line: a normal prior times likelihood factors (sites), each replaced by a normal
 * factor. Site by site the factor is put back exactly and the moments of the result are matched: a local minimisation
 * of KL(p, q), the forward direction.
 *
 * Source: Minka (UAI 2001).
 *
 * @param sites log likelihoods as functions of the parameter.
 *
 * @example
 * // A normal site: exact.
 * expectationPropagation({ mean: 0, sd: 1 }, [(t) => -((t - 2) ** 2) / 2]).mean; // about 1
 */
export function expectationPropagation(
  prior: { readonly mean: number; readonly sd: number },
  sites: readonly ((theta: number) => number)[],
  options: { readonly maxSweeps?: number; readonly tol?: number } = {},
): EpResult {
  const where = "expectationPropagation";
  const m0 = finite(where, "prior.mean", prior?.mean);
  const s0 = positive(where, "prior.sd", prior?.sd);
  if (!Array.isArray(sites)) throw argumentError(where, "sites", sites, "an array of functions");
  if (sites.length > 1e5) throw shapeError(where, "sites", `has ${sites.length} entries`, "at most 100000");
  sites.forEach((site, i) => {
    requireFunction(where, `sites[${i}]`, site);
  });
  const { maxSweeps = 100, tol = 1e-8 } = options ?? {};
  if (!(Number.isSafeInteger(maxSweeps) && maxSweeps >= 1 && maxSweeps <= 1e5))
    throw argumentError(where, "maxSweeps", maxSweeps, "an integer from 1 to 100000");
  if (!(tol >= 0)) throw argumentError(where, "tol", tol, "a number >= 0");
  // Natural parameters: precision and precision times mean.
  const precision = new Float64Array(sites.length);
  const shift = new Float64Array(sites.length);
  let [P, H] = [1 / s0 ** 2, m0 / s0 ** 2];
  for (let sweep = 1; sweep <= maxSweeps; sweep++) {
    let moved = 0;
    for (let i = 0; i < sites.length; i++) {
      const [p, h] = [P - precision[i]!, H - shift[i]!];
      if (!(p > 0)) continue; // the rest alone is no distribution: this site waits for the others
      const { mean, variance } = tilted(h / p, 1 / Math.sqrt(p), sites[i]!, where);
      const [newP, newH] = [1 / variance - p, mean / variance - h];
      moved = Math.max(
        moved,
        Math.abs(newP - precision[i]!) / P,
        Math.abs(newH - shift[i]!) / (Math.abs(H) + P),
      );
      precision[i] = newP;
      shift[i] = newH;
      [P, H] = [p + newP, h + newH];
    }
    if (moved <= tol) return { mean: H / P, sd: 1 / Math.sqrt(P), sweeps: sweep, converged: true };
  }
  return { mean: H / P, sd: 1 / Math.sqrt(P), sweeps: maxSweeps, converged: false };
}

/** Moments of a normal times one site, on a grid of ten deviations each way. */
function tilted(
  m: number,
  s: number,
  site: (theta: number) => number,
  where: string,
): { mean: number; variance: number } {
  const count = 801;
  const at = (i: number): number => m + s * (-10 + (20 * i) / (count - 1));
  const logs = Float64Array.from({ length: count }, (_, i) => site(at(i)) - 0.5 * ((at(i) - m) / s) ** 2);
  const top = logs.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  let [total, first, second] = [0, 0, 0];
  for (let i = 0; i < count; i++) {
    const w = Math.exp(logs[i]! - top);
    const z = at(i) - m;
    total += w;
    first += w * z;
    second += w * z * z;
  }
  const mean = first / total;
  const variance = second / total - mean * mean;
  if (!(variance > 0 && variance < Number.POSITIVE_INFINITY))
    throw numericalError(where, "a site leaves no probability near the others");
  return { mean: m + mean, variance };
}
