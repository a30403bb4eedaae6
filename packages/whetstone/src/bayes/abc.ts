import { argumentError, requireFunction, shapeError } from "../errors.ts";
import { Matrix, type RandomStream, randomStream } from "../math/index.ts";
import { count, numbers, options as readOptions } from "./check.ts";

/** How many parameters are drawn, and how close their data must come. */
export interface AbcOptions {
  /** Accept within this distance of the observed summaries. */
  readonly epsilon: number;
  /** Draws from the prior. Default: 10,000. */
  readonly draws?: number;
  /** Seed of the draws and of what `simulate` is handed. Default: 0. */
  readonly seed?: number;
}

/**
 * Approximate Bayesian computation by rejection: draw parameters from the prior, simulate, and keep those whose summary
 * statistics come within epsilon of the observed ones. No likelihood is needed; as epsilon falls the accepted draws
 * approach the posterior given the summaries, and fewer are accepted.
 *
 * Source: Pritchard et al. (1999).
 *
 * @param prior draws parameters
 * @param simulate summary statistics of data simulated from them.
 * @returns accepted parameters, one per row, and the share accepted.
 *
 * @example
 * const found = abcRejection((r) => [r.uniform()], (t, r) => [r.binomial(20, t[0])], [6], { epsilon: 0, draws: 100 });
 * found.draws.cols; // 1
 */
export function abcRejection(
  prior: (random: RandomStream) => ArrayLike<number>,
  simulate: (theta: Float64Array, random: RandomStream) => ArrayLike<number>,
  observed: ArrayLike<number>,
  options: AbcOptions,
): { draws: Matrix; acceptance: number } {
  const where = "abcRejection";
  requireFunction(where, "prior", prior);
  requireFunction(where, "simulate", simulate);
  const target = numbers(where, "observed", observed);
  const o = readOptions(where, options);
  const n = count(where, "draws", o.draws ?? 10_000);
  const { epsilon } = o;
  if (!(typeof epsilon === "number" && epsilon >= 0))
    throw argumentError(where, "epsilon", epsilon, "a number >= 0");
  const random = randomStream(o.seed ?? 0);
  const kept: Float64Array[] = [];
  for (let i = 0; i < n; i++) {
    const theta = numbers(where, "prior()", prior(random));
    const summary = numbers(where, "simulate()", simulate(theta, random));
    if (summary.length !== target.length)
      throw shapeError(
        where,
        "simulate()",
        `has ${summary.length} entries`,
        `${target.length} (as observed)`,
      );
    const square = summary.reduce((s, v, k) => s + (v - target[k]!) ** 2, 0);
    if (Math.sqrt(square) <= epsilon) kept.push(theta);
  }
  const width = kept[0]?.length ?? 0;
  return { draws: kept.length > 0 ? Matrix.from(kept) : Matrix.zeros(0, width), acceptance: kept.length / n };
}
