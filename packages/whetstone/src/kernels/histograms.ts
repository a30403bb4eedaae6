/**
 * Gradient histograms and row partition on kernel memory, cut into chunks. Layouts are described in
 * `assembly/histogram.ts`.
 */
import { parallel } from "./pool.ts";
import { type U32Block, withScratch } from "./scratch.ts";

/** Bins per feature in a histogram; a bin is two float64 (gradient sum, hessian sum). */
export const histogramBins = 256;

/** Row-feature pairs per chunk of histogram work. */
const histogramWork = 1 << 15;

/** Rows per chunk when a list is partitioned or gathered. */
const partitionRowsPerChunk = 1 << 14;

/** Where the inputs and outputs of {@link buildHistogramsAt} lie; every field is a pointer unless said otherwise. */
export interface HistogramJob {
  /** u8 bins, column-wise: feature f of row r is at `bins + f * stride + r`. */
  readonly bins: number;
  /** Rows in a column (a number, not a pointer). */
  readonly stride: number;
  /** u32 row list, or 0 for rows 0 to count - 1. */
  readonly rows: number;
  /** Gradient and hessian side by side, in the order of the list. */
  readonly pairs: number;
  /** Bytes of one gradient: 4 or 8 (a number). */
  readonly pairBytes: 4 | 8;
  /** Rows (a number). */
  readonly count: number;
  /** Receives 256 x 2 float64 per feature. */
  readonly histogram: number;
  /** Receives 256 u32 per feature; 0 to skip. */
  readonly counts: number;
  /** Features (a number). */
  readonly features: number;
}

/** Fills the histograms of all features; threads share the features. */
export function buildHistogramsAt(job: HistogramJob): void {
  const { bins, stride, rows, pairs, count, histogram, counts, features } = job;
  const perChunk = Math.min(features, Math.max(1, Math.floor(histogramWork / Math.max(1, count))));
  const chunks = features === 0 ? 0 : Math.ceil(features / perChunk);
  if (counts === 0) {
    const name = job.pairBytes === 4 ? "histogramF32" : "histogramF64";
    parallel(name, chunks, bins, stride, rows, pairs, count, histogram, features, perChunk);
  } else {
    const name = job.pairBytes === 4 ? "histogramCountF32" : "histogramCountF64";
    parallel(name, chunks, bins, stride, rows, pairs, count, histogram, counts, features, perChunk);
  }
}

/** out[i] = pairs[rows[i]]: gradients of a node's rows in the order of its list. */
export function gatherPairsAt(
  pairBytes: 4 | 8,
  pairs: number,
  rows: number,
  out: number,
  count: number,
): void {
  const chunks = Math.ceil(count / partitionRowsPerChunk);
  parallel(
    pairBytes === 4 ? "gatherPairsF32" : "gatherPairsF64",
    chunks,
    pairs,
    rows,
    out,
    count,
    partitionRowsPerChunk,
  );
}

/** How a split sends bins to the left child. */
export interface SplitRule {
  /** Pointer to the u8 bins of the feature for all rows. */
  readonly column: number;
  /** Bins up to this one go left; not used with `bitset`. */
  readonly threshold: number;
  /** Pointer to 32 bytes, bit b (least significant first) set if bin b goes left; 0 for none. */
  readonly bitset: number;
  /** Bin of missing values, or -1. */
  readonly missingBin: number;
  readonly missingLeft: boolean;
}

/**
 * Stable partition in place of `count` row numbers at pointer `rows`: left rows first, each side in its former
 * order. Returns the number that went left.
 */
export function partitionRowsAt(rows: number, count: number, rule: SplitRule): number {
  if (count === 0) return 0;
  return withScratch((s) => {
    const perChunk = partitionRowsPerChunk;
    const chunks = Math.ceil(count / perChunk);
    const left = s.u32(count, false).ptr;
    const right = s.u32(count, false).ptr;
    const lefts: U32Block = s.u32(chunks, false);
    parallel(
      "partitionRows",
      chunks,
      rows,
      count,
      rule.column,
      rule.threshold,
      rule.missingBin,
      rule.missingLeft ? 1 : 0,
      rule.bitset,
      left,
      right,
      lefts.ptr,
      perChunk,
    );
    parallel("partitionGather", chunks, rows, count, left, right, lefts.ptr, perChunk, chunks);
    let total = 0;
    for (const goes of lefts.view) total += goes;
    return total;
  });
}
