/** k-means over flat arrays: iterations on kernel memory. */
import { call, kmeansKernels, withScratch } from "../kernels/index.ts";
import type { RandomStream } from "../math/index.ts";
import { elkanAssign } from "./elkan.ts";
import { type KMeansProblem, type Loaded, loadRows } from "./loaded-rows.ts";
import { plusPlus, randomRows, type Seeding } from "./seeding.ts";

export interface KMeansSolution {
  readonly centres: Float64Array; // k x d
  readonly labels: Int32Array;
  readonly inertia: number;
  readonly iterations: number;
  readonly converged: boolean;
  /** Inertia before each iteration, at the labels just given. */
  readonly history: Float64Array;
}

/**
 * The best of several runs, each from its own start.
 *
 * @param starts k x d centres, or null to seed at random
 * @param onIteration called before each iteration with the run and the iteration
 */
export function kMeans(
  problem: KMeansProblem,
  starts: Float64Array | null,
  seeding: Seeding,
  runs: number,
  random: RandomStream,
  onIteration: (run: number, iteration: number) => void,
  algorithm: "lloyd" | "elkan" = "lloyd",
): KMeansSolution {
  return withScratch((s) => {
    const loaded = loadRows(s, problem);
    let best: KMeansSolution | null = null;
    for (let run = 0; run < runs; run++) {
      const stream = random.split(run);
      const centres =
        starts !== null
          ? starts.map((v, at) => v - loaded.mean[at % problem.d]!)
          : seeding === "random"
            ? randomRows(loaded, stream)
            : plusPlus(loaded, stream);
      const found = withScratch((own) =>
        iterate(loaded, centres, algorithm === "elkan" ? elkanAssign(own, loaded) : assignAll(loaded), (i) =>
          onIteration(run, i),
        ),
      );
      if (best === null || found.inertia < best.inertia) best = found;
    }
    return best!;
  });
}

/**
 * Lloyd's loop from given centres (in moved coordinates): assign, recompute, until nothing moves.
 *
 * @param assign labels the rows for given centres and leaves the sums per centre in `partial`
 */
function iterate(
  loaded: Loaded,
  start: Float64Array,
  assign: (centres: Float64Array) => void,
  onIteration: (iteration: number) => void,
): KMeansSolution {
  const { problem, mean, spread, still, labels, partial, chunks } = loaded;
  const { n, d, k, maxIter } = problem;
  labels.view.fill(-1);
  let centres = start.slice();
  const history: number[] = [];
  let iterations = 0;
  let converged = false;
  let settled = false;
  const width = k * (d + 1) + 2;
  while (iterations < maxIter && !converged) {
    onIteration(iterations);
    assign(centres);
    iterations++;
    for (let chunk = 1; chunk < chunks; chunk++)
      for (let q = 0; q < width; q++) partial.view[q] = partial.view[q]! + partial.view[chunk * width + q]!;
    history.push(Math.max(0, spread + 2 * partial.view[width - 2]!));
    if (partial.view[width - 1] === 0) {
      converged = settled = true;
      break;
    }
    const sums = partial.view.subarray(0, k * d);
    const counts = partial.view.subarray(k * d, k * d + k);
    fillEmpty(loaded, centres, sums, counts);
    const next = new Float64Array(k * d);
    let moved = 0;
    for (let c = 0; c < k; c++) {
      for (let j = 0; j < d; j++) {
        const at = c * d + j;
        next[at] = counts[c]! > 0 ? sums[at]! / counts[c]! : centres[at]!;
        moved += (next[at]! - centres[at]!) ** 2;
      }
    }
    centres = next;
    converged = moved <= still;
  }
  // Labels belong to the centres before the last move.
  if (!settled) assign(centres);
  const inertia = inertiaOf(loaded, centres);
  return {
    centres: centres.map((v, at) => v + mean[at % d]!),
    labels: labels.view.slice(0, n),
    inertia,
    iterations,
    converged,
    history: Float64Array.from(history),
  };
}

/** Compares every row with every centre. */
function assignAll(loaded: Loaded): (centres: Float64Array) => void {
  const { problem, x, w, labels, partial, packed, half, chunks, rowsPerChunk } = loaded;
  const { n, d, k } = problem;
  const [data, panels, halves] = [x.ptr, packed.ptr, half.ptr];
  return (centres) => {
    for (let c = 0; c < half.view.length; c++) {
      if (c >= k) {
        half.view[c] = Number.POSITIVE_INFINITY;
        continue;
      }
      let norm = 0;
      const to = (c >> 2) * 4 * d + (c & 3);
      for (let j = 0; j < d; j++) {
        const v = centres[c * d + j]!;
        packed.view[to + 4 * j] = v;
        norm += v * v;
      }
      half.view[c] = norm / 2;
    }
    kmeansKernels.parallel(
      "lloydStep",
      chunks,
      data,
      w,
      panels,
      halves,
      n,
      d,
      k,
      labels.ptr,
      partial.ptr,
      rowsPerChunk,
    );
  };
}

function inertiaOf(loaded: Loaded, centres: Float64Array): number {
  const { problem, x, w, labels, chunks, rowsPerChunk } = loaded;
  return withScratch((s) => {
    const c = s.f64(centres);
    const parts = s.f64(chunks, false);
    kmeansKernels.parallel(
      "labelInertia",
      chunks,
      x.ptr,
      w,
      c.ptr,
      labels.ptr,
      problem.n,
      problem.d,
      parts.ptr,
      rowsPerChunk,
    );
    return call("sumF64", parts.ptr, chunks);
  });
}

/** Gives each centre without rows the row that lies furthest from its own centre, taking it from there. */
function fillEmpty(loaded: Loaded, centres: Float64Array, sums: Float64Array, counts: Float64Array): void {
  const { problem, x, labels } = loaded;
  const { n, d, weights } = problem;
  const empty = Array.from(counts.keys()).filter((c) => counts[c] === 0);
  if (empty.length === 0) return;
  const gaps = Float64Array.from({ length: n }, (_, i) => {
    let sum = 0;
    for (let j = 0; j < d; j++) sum += (x.view[i * d + j]! - centres[labels.view[i]! * d + j]!) ** 2;
    return weights !== null && weights[i] === 0 ? -1 : sum;
  });
  const order = Array.from(gaps.keys()).sort((a, b) => gaps[b]! - gaps[a]! || a - b);
  empty.forEach((c, q) => {
    const row = order[q];
    if (row === undefined || !(gaps[row]! > 0)) return;
    const weight = weights === null ? 1 : weights[row]!;
    const from = labels.view[row]!;
    for (let j = 0; j < d; j++) {
      const v = weight * x.view[row * d + j]!;
      sums[from * d + j] = sums[from * d + j]! - v;
      sums[c * d + j] = v;
    }
    counts[from] = counts[from]! - weight;
    counts[c] = weight;
  });
}
