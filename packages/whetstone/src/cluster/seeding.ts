/** Where the centres of k-means start. */
import { kmeansKernels, withScratch } from "../kernels/index.ts";
import type { RandomStream } from "../math/index.ts";
import { type KMeansProblem, type Loaded, loadRows } from "./loaded-rows.ts";

export type Seeding = "k-means++" | "random";

export function randomRows({ problem, x }: Loaded, random: RandomStream): Float64Array {
  const { n, d, k, weights } = problem;
  const centres = new Float64Array(k * d);
  let rows: ArrayLike<number>;
  if (weights === null) rows = random.choice(n, k);
  else {
    // One after another in proportion to the weight, without repeats while there are weights left.
    const left = weights.slice();
    rows = Array.from({ length: k }, () => {
      const row = left.some((v) => v > 0) ? random.categorical(left) : random.int(n);
      left[row] = 0;
      return row;
    });
  }
  for (let c = 0; c < k; c++) {
    const row = rows[c]!;
    centres.set(x.view.subarray(row * d, (row + 1) * d), c * d);
  }
  return centres;
}

/**
 * Greedy k-means++: each next centre is the best of 2 + log k rows drawn in proportion to their squared distance to the
 * centres so far. Arthur and Vassilvitskii (2007), SODA.
 */
export function plusPlus(loaded: Loaded, random: RandomStream): Float64Array {
  const { problem, x, w, chunks, rowsPerChunk } = loaded;
  const { n, d, k, weights } = problem;
  const trials = 2 + Math.floor(Math.log(k));
  const centres = new Float64Array(k * d);
  const first = weights === null ? random.int(n) : random.categorical(weights);
  return withScratch((s) => {
    const y = s.f64(trials * d);
    const closest = s.f64(n, false);
    closest.view.fill(Number.POSITIVE_INFINITY);
    const trial = s.f64(trials * n, false);
    const partial = s.f64(chunks * trials, false);
    const cumulative = new Float64Array(n);
    const offer = (rows: readonly number[]): { best: number; potential: number } => {
      rows.forEach((row, c) => void y.view.set(x.view.subarray(row * d, (row + 1) * d), c * d));
      kmeansKernels.parallel(
        "seedTrials",
        chunks,
        x.ptr,
        w,
        y.ptr,
        n,
        d,
        rows.length,
        closest.ptr,
        trial.ptr,
        partial.ptr,
        rowsPerChunk,
      );
      let best = 0;
      let potential = Number.POSITIVE_INFINITY;
      for (let c = 0; c < rows.length; c++) {
        let sum = 0;
        for (let chunk = 0; chunk < chunks; chunk++) sum += partial.view[chunk * rows.length + c]!;
        if (sum < potential) {
          potential = sum;
          best = c;
        }
      }
      closest.view.set(trial.view.subarray(best * n, (best + 1) * n));
      return { best, potential };
    };
    offer([first]);
    centres.set(x.view.subarray(first * d, (first + 1) * d), 0);
    for (let c = 1; c < k; c++) {
      let total = 0;
      for (let i = 0; i < n; i++) {
        total += weights === null ? closest.view[i]! : weights[i]! * closest.view[i]!;
        cumulative[i] = total;
      }
      const rows = Array.from({ length: trials }, () => {
        if (!(total > 0)) return random.int(n); // fewer different rows than centres
        return firstAbove(cumulative, random.uniform() * total);
      });
      const row = rows[offer(rows).best]!;
      centres.set(x.view.subarray(row * d, (row + 1) * d), c * d);
    }
    return centres;
  });
}

/** The first index whose value exceeds `target`, in an ascending list. */
function firstAbove(list: Float64Array, target: number): number {
  let low = 0;
  let high = list.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle]! > target) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Centres for rows that are not on kernel memory yet, k x d. */
export function seedCentres(problem: KMeansProblem, seeding: Seeding, random: RandomStream): Float64Array {
  return withScratch((s) => {
    const loaded = loadRows(s, problem);
    const centres = seeding === "random" ? randomRows(loaded, random) : plusPlus(loaded, random);
    return centres.map((v, at) => v + loaded.mean[at % problem.d]!);
  });
}
