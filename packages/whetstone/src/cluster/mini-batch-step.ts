/** One step of mini-batch k-means over flat arrays, and when to stop. */
import { nearestRows } from "../kernels/index.ts";
import type { RandomStream } from "../math/index.ts";

export interface BatchState {
  readonly centres: Float64Array; // k x d
  /** Rows (or their weight) each centre has taken in. */
  readonly counts: Float64Array;
  /** Rows since centres were last reassigned. */
  readonly sinceReassigned: number;
}

/**
 * Moves each centre to the mean of all rows it ever took in: the batch counts beside the rows before it. Every 10 k rows,
 * centres with fewer than `ratio` times the most rows start afresh at rows of the batch (at most half of it).
 *
 * Source: Sculley (2010), WWW, algorithm 1.
 *
 * @returns the state after the batch, and its (weighted) inertia at the centres before
 */
export function batchStep(
  { X, n, d, weights }: { X: Float64Array; n: number; d: number; weights: Float64Array | null },
  state: BatchState,
  ratio: number,
  random: RandomStream,
): { state: BatchState; inertia: number } {
  const k = state.counts.length;
  const labels = new Int32Array(n);
  const gaps = new Float64Array(n);
  nearestRows(X, n, state.centres, k, d, 1, labels, gaps);
  const counts = state.counts.slice();
  // As sums, so that one division per centre ends the step.
  const centres = state.centres.map((v, at) => v * counts[Math.floor(at / d)]!);
  let inertia = 0;
  for (let i = 0; i < n; i++) {
    const weight = weights === null ? 1 : weights[i]!;
    const c = labels[i]!;
    inertia += weight * gaps[i]!;
    counts[c] = counts[c]! + weight;
    for (let j = 0, to = c * d, from = i * d; j < d; j++, to++, from++)
      centres[to] = centres[to]! + weight * X[from]!;
  }
  for (let c = 0; c < k; c++)
    for (let j = c * d; j < (c + 1) * d; j++)
      centres[j] = counts[c]! > 0 ? centres[j]! / counts[c]! : state.centres[j]!;
  let sinceReassigned = state.sinceReassigned + n;
  if (state.counts.some((v) => v === 0) || sinceReassigned >= 10 * k) {
    sinceReassigned = 0;
    reassign(X, n, d, centres, counts, ratio, random);
  }
  return { state: { centres, counts, sinceReassigned }, inertia };
}

function reassign(
  X: Float64Array,
  n: number,
  d: number,
  centres: Float64Array,
  counts: Float64Array,
  ratio: number,
  random: RandomStream,
): void {
  const limit = ratio * counts.reduce((a, b) => Math.max(a, b), 0);
  const most = Math.floor(n / 2);
  const poor = Array.from(counts.keys())
    .filter((c) => counts[c]! < limit)
    .sort((a, b) => counts[a]! - counts[b]! || a - b)
    .slice(0, most);
  if (poor.length === 0) return;
  const left = new Set(poor);
  const rows = random.choice(n, poor.length);
  poor.forEach((c, q) => void centres.set(X.subarray(rows[q]! * d, (rows[q]! + 1) * d), c * d));
  // Not smaller than any other, or it would be reassigned at once again.
  const least = counts.reduce((a, b, c) => (left.has(c) ? a : Math.min(a, b)), Number.POSITIVE_INFINITY);
  for (const c of poor) counts[c] = least;
}

/** Watches the inertia of the batches, smoothed over about one pass of the rows. */
export class BatchWatch {
  /** Smoothed inertia per row. */
  smoothed: number | null = null;
  #least: number | null = null;
  #worse = 0;
  #steps = 0;
  readonly #blend: number;
  readonly #tol: number;
  readonly #patience: number | null;

  constructor(n: number, batchSize: number, tol: number, patience: number | null) {
    this.#blend = Math.min(1, (2 * batchSize) / (n + 1));
    this.#tol = tol;
    this.#patience = patience;
  }

  /** Whether to stop after a step with this inertia per row and squared movement of the centres. */
  stops(inertia: number, moved: number): boolean {
    // The first inertia says how good the start was, not the step.
    if (this.#steps++ === 0) return false;
    this.smoothed =
      this.smoothed === null ? inertia : this.smoothed * (1 - this.#blend) + inertia * this.#blend;
    if (this.#tol > 0 && moved <= this.#tol) return true;
    if (this.#least === null || this.smoothed < this.#least) {
      this.#least = this.smoothed;
      this.#worse = 0;
    } else this.#worse++;
    return this.#patience !== null && this.#worse >= this.#patience;
  }
}
