/** k-means over flat arrays: seeding and Lloyd iterations on kernel memory. */
import {
  call,
  type F64Block,
  type I32Block,
  kmeansKernels,
  type Scratch,
  withScratch,
} from "../kernels/index.ts";
import type { RandomStream } from "../math/index.ts";

export type Seeding = "k-means++" | "random";

export interface KMeansProblem {
  readonly X: Float64Array; // n x d, row-major
  readonly n: number;
  readonly d: number;
  readonly k: number;
  readonly weights: Float64Array | null;
  readonly maxIter: number;
  /** Squared movement of all centres together at which to stop, in mean variances of a column. */
  readonly tol: number;
}

export interface KMeansSolution {
  readonly centres: Float64Array; // k x d
  readonly labels: Int32Array;
  readonly inertia: number;
  readonly iterations: number;
  readonly converged: boolean;
  /** Inertia before each iteration, at the labels just given. */
  readonly history: Float64Array;
}

/** The rows on kernel memory, moved to mean 0 so that products lose no digits. */
interface Loaded {
  readonly problem: KMeansProblem;
  readonly mean: Float64Array;
  /** Summed (weighted) squared distance of the rows to their mean. */
  readonly spread: number;
  /** Squared movement at which to stop. */
  readonly still: number;
  readonly x: F64Block;
  readonly w: number;
  readonly labels: I32Block;
  readonly partial: F64Block;
  readonly packed: F64Block;
  readonly half: F64Block;
  readonly chunks: number;
  readonly rowsPerChunk: number;
}

function columnMeans(X: Float64Array, n: number, d: number): Float64Array {
  const mean = new Float64Array(d);
  for (let i = 0, at = 0; i < n; i++) for (let j = 0; j < d; j++) mean[j] = mean[j]! + X[at++]!;
  for (let j = 0; j < d; j++) mean[j] = mean[j]! / n;
  return mean;
}

function loadRows(s: Scratch, problem: KMeansProblem): Loaded {
  const { X, n, d, k, weights } = problem;
  const mean = columnMeans(X, n, d);
  const x = s.f64(n * d, false);
  let spread = 0;
  let plain = 0;
  for (let i = 0, at = 0; i < n; i++) {
    let norm = 0;
    for (let j = 0; j < d; j++, at++) {
      const v = X[at]! - mean[j]!;
      x.view[at] = v;
      norm += v * v;
    }
    plain += norm;
    spread += weights === null ? norm : weights[i]! * norm;
  }
  // Borders depend on sizes only; sums of all chunks together stay within 32 MB.
  const most = Math.max(1, Math.min(64, Math.floor(2 ** 22 / (k * (d + 1) + 2))));
  const rowsPerChunk = Math.max(512, Math.ceil(n / most / 4) * 4);
  const chunks = Math.ceil(n / rowsPerChunk);
  const padded = Math.ceil(k / 4) * 4;
  return {
    problem,
    mean,
    spread,
    still: (problem.tol * plain) / n / d,
    x,
    w: weights === null ? 0 : s.f64(weights).ptr,
    labels: s.i32(n),
    partial: s.f64(chunks * (k * (d + 1) + 2), false),
    packed: s.f64(padded * d),
    half: s.f64(padded),
    chunks,
    rowsPerChunk,
  };
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
      const found = lloyd(loaded, centres, (iteration) => onIteration(run, iteration));
      if (best === null || found.inertia < best.inertia) best = found;
    }
    return best!;
  });
}

function randomRows({ problem, x }: Loaded, random: RandomStream): Float64Array {
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
function plusPlus(loaded: Loaded, random: RandomStream): Float64Array {
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

/** Lloyd's loop from given centres (in moved coordinates): assign, recompute, until nothing moves. */
function lloyd(
  loaded: Loaded,
  start: Float64Array,
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
    assign(loaded, centres);
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
  if (!settled) assign(loaded, centres);
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

function assign(loaded: Loaded, centres: Float64Array): void {
  const { problem, x, w, labels, partial, packed, half, chunks, rowsPerChunk } = loaded;
  const { n, d, k } = problem;
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
    x.ptr,
    w,
    packed.ptr,
    half.ptr,
    n,
    d,
    k,
    labels.ptr,
    partial.ptr,
    rowsPerChunk,
  );
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
