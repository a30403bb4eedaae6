import { argumentError, requireList } from "../errors.ts";
import { requireInside, requireNonNegative } from "./check.ts";
import { convolve, onGrid } from "./convolution.ts";
import { type LatencyStage, type Part, readStage } from "./stage.ts";

/** What the stages of a request come to, one after another. */
export interface LatencyBudget {
  readonly mean: number;
  readonly sd: number;
  /** Time that the share p of requests does not exceed: the middle of `quantileBounds(p)`, and far nearer where stages are smooth. */
  quantile(p: number): number;
  /** Two times between which the exact quantile lies for certain. */
  quantileBounds(p: number): readonly [low: number, high: number];
  /** Share of requests that take no longer than `limit`. */
  shareWithin(limit: number): number;
  /** The stages' own quantiles added up: for high p more than `quantile(p)`, as stages are seldom slow together. */
  sumOfQuantiles(p: number): number;
}

/** The first grid, and the finest: halving stops when the answer moves by less than `STABLE` of itself. */
const FIRST_POINTS = 1 << 10;
const MOST_POINTS = 1 << 16;
const STABLE = 1e-5;

/**
 * Time of independent stages one after another, by convolution of their distributions.
 *
 * Each stage is rounded to a grid of step h and the sum is taken on that grid. Rounding moves a stage by h/2 at most,
 * so with n stages that vary no quantile is off by more than (n + 1) h/2: `quantileBounds`. The grid is halved until a
 * quantile moves by less than 10⁻⁵ of itself (a share by less than 10⁻⁶), or has 65,536 points. Times beyond the grid's end are counted, not cut
 * off, and cannot come back: no stage takes less than 0. Constant stages are added exactly; one stage that varies
 * needs no grid.
 *
 * Any unit of time serves if all stages share it. Throws where `stages` is empty, a mean is not > 0, or an sd, a
 * measured time, an edge or a count is negative. Source: Grübel and Hermesmeier, Computation of Compound
 * Distributions I (1999) for sums on a grid by Fourier transform, II (2000) for what the grid costs.
 *
 * @example
 * ```ts
 * const budget = latencyBudget([{ mean: 20, sd: 10 }, { mean: 30, sd: 15 }, { samples: [10, 12, 15, 40] }]);
 * Math.round(budget.quantile(0.99)); // 132
 * Math.round(budget.sumOfQuantiles(0.99)); // 174
 * ```
 */
export function latencyBudget(stages: readonly LatencyStage[]): LatencyBudget {
  const where = "latencyBudget";
  requireList(where, "stages", stages, "an array of stages");
  if (stages.length === 0) throw argumentError(where, "stages", stages, "at least one stage");
  const parts = Array.from({ length: stages.length }, (_, i) => readStage(where, `stages[${i}]`, stages[i]));
  const varying = parts.filter((part) => part.variance > 0);
  // Constants are a shift that needs no grid.
  const shift = parts.reduce((sum, part) => sum + (part.variance > 0 ? 0 : part.mean), 0);
  return {
    mean: parts.reduce((sum, part) => sum + part.mean, 0),
    sd: Math.sqrt(parts.reduce((sum, part) => sum + part.variance, 0)),
    quantile(p) {
      requireInside("LatencyBudget.quantile", "p", p);
      return shift + sumQuantile(varying, p).value;
    },
    quantileBounds(p) {
      requireInside("LatencyBudget.quantileBounds", "p", p);
      const { value, error } = sumQuantile(varying, p);
      return [shift + Math.max(0, value - error), shift + value + error];
    },
    shareWithin(limit) {
      requireNonNegative("LatencyBudget.shareWithin", "limit", limit);
      return limit < shift ? 0 : sumCdf(varying, limit - shift);
    },
    sumOfQuantiles(p) {
      requireInside("LatencyBudget.sumOfQuantiles", "p", p);
      return parts.reduce((sum, part) => sum + part.quantile(p), 0);
    },
  };
}

/** Masses of the sum on a grid of `points` from 0 on, `step` apart. */
const sumOnGrid = (parts: readonly Part[], step: number, points: number): Float64Array =>
  parts.map(({ cdf }) => onGrid(cdf, step, points)).reduce(convolve);

function sumQuantile(parts: readonly Part[], p: number): { value: number; error: number } {
  const n = parts.length;
  if (n === 0) return { value: 0, error: 0 };
  if (n === 1) return { value: parts[0]!.quantile(p), error: 0 };
  // If no stage exceeds its quantile at 1 - (1 - p)/n, the sum exceeds none of theirs: Boole's inequality.
  const end = parts.reduce((sum, part) => sum + part.quantile(1 - (1 - p) / n), 0);
  let before = Number.NaN;
  for (let points = FIRST_POINTS; ; points *= 2) {
    // Rounding may carry each stage half a step further than its end.
    const step = end / (points - 1 - n);
    const value = gridQuantile(sumOnGrid(parts, step, points), p) * step;
    if (Math.abs(value - before) <= STABLE * value || points === MOST_POINTS)
      return { value, error: ((n + 1) * step) / 2 };
    before = value;
  }
}

/** Where a grid's cumulated mass, read halfway between its points, reaches p: in steps. */
function gridQuantile(masses: Float64Array, p: number): number {
  let below = 0;
  for (let k = 0; k < masses.length; k++) {
    const mass = masses[k]!;
    if (below + mass >= p) return Math.max(0, k - 0.5 + (p - below) / mass);
    below += mass;
  }
  return masses.length - 1;
}

function sumCdf(parts: readonly Part[], limit: number): number {
  if (parts.length === 0) return 1;
  if (parts.length === 1) return parts[0]!.cdf(limit);
  if (limit === 0) return parts.reduce((product, part) => product * part.cdf(0), 1);
  let before = Number.NaN;
  for (let points = FIRST_POINTS; ; points *= 2) {
    // Half a step beyond the last point lies the limit.
    const share = sumOnGrid(parts, limit / (points - 0.5), points).reduce((sum, mass) => sum + mass, 0);
    const value = Math.min(1, share);
    if (Math.abs(value - before) <= STABLE / 10 || points === MOST_POINTS) return value;
    before = value;
  }
}
