import { type FitOptions, step, warn } from "../contract/index.ts";
import { argumentError } from "../errors.ts";
import { type Matrix, randomStream } from "../math/index.ts";
import { type MixtureData, withMixtureData } from "./expectation-maximisation.ts";
import { largestShare } from "./mixture-model.ts";
import { startingShares } from "./starting-shares.ts";

interface Starts {
  readonly k: number;
  readonly initParams: "kmeans" | "random";
  readonly nInit: number;
  readonly maxIter: number;
  readonly tol: number;
  readonly seed: number;
}

interface Ascent {
  readonly lowerBounds: readonly number[];
  readonly converged: boolean;
}

/**
 * Rises from `nInit` starts and keeps the one that ends highest. `run` rises from the shares in the data; `finish`
 * writes the shares of what was kept, from which the labels are read.
 */
export function bestOfStarts<R extends Ascent>(
  X: Matrix,
  weights: Float64Array | null,
  { k, initParams, nInit, maxIter, tol, seed }: Starts,
  options: FitOptions,
  where: string,
  how: {
    readonly run: (data: MixtureData, progress: (round: number) => void) => R;
    readonly finish: (data: MixtureData, kept: R) => void;
  },
): R & { readonly labels: Int32Array } {
  const usable = weights ? weights.filter((w) => w > 0).length : X.rows;
  if (k > usable) throw argumentError(where, "nComponents", k, `at most ${usable}, the number of rows of X`);
  const root = randomStream(seed);
  const best = withMixtureData(X, k, weights, (data) => {
    let kept: R | null = null;
    for (let run = 0; run < nInit; run++) {
      data.shares.set(startingShares(initParams, X, k, weights, root.split(run)));
      const found = how.run(data, (i) =>
        step(where, options, run * maxIter + i, nInit * maxIter, "iterations"),
      );
      if (!kept || found.lowerBounds.at(-1)! > kept.lowerBounds.at(-1)!) kept = found;
    }
    how.finish(data, kept!);
    return { ...kept!, labels: largestShare(data) };
  });
  if (!best.converged && tol > 0)
    warn(where, options, `did not converge in ${maxIter} iterations; raise maxIter or tol`);
  return best;
}
