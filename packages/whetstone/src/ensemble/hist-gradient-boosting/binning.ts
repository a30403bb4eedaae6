import { boostKernels, type U8Block, withScratch } from "../../kernels/index.ts";
import type { Matrix } from "../../math/matrix.ts";
import type { RandomStream } from "../../math/random/index.ts";
import { binBytes, chunksOf, missingBin, rowsPerChunk, thresholdSlots } from "./layout.ts";
import { cumulative, firstAbove } from "./quantile.ts";

/** Rows from which bin edges are taken; a seeded sample of a larger training set. */
const sampleRows = 200_000;
/** Values below which the threads take longer to meet than to sort. */
const threadedValues = 8192;
/** Bytes of columns handled at a time. */
const batchBytes = 1 << 26;
/** Largest threshold: an infinite one would send everything left. */
const largest = 1e300;

/** How features become bins. */
export interface BinMapper {
  /** Per feature: ascending thresholds; bin b holds values above threshold b - 1 and up to threshold b. */
  readonly thresholds: readonly Float64Array[];
  /** Per feature: the ascending category values, one bin each; null for numbers. */
  readonly categories: readonly (Float64Array | null)[];
}

/** Number of bins of a feature that hold values (missing ones are apart). */
export function binCount(mapper: BinMapper, feature: number): number {
  return mapper.categories[feature]?.length ?? mapper.thresholds[feature]!.length + 1;
}

/** Copies columns `first` to `first + count - 1` of the listed rows (all if null) one after another; categories become their numbers. */
export function copyColumns(
  out: Float64Array,
  X: Matrix,
  rows: Uint32Array | null,
  first: number,
  count: number,
  categories: readonly (Float64Array | null)[],
): void {
  const { data, cols } = X;
  const n = rows ? rows.length : X.rows;
  for (let i = 0; i < n; i++) {
    const from = (rows ? rows[i]! : i) * cols + first;
    for (let c = 0, to = i; c < count; c++, to += n) out[to] = data[from + c]!;
  }
  for (let c = 0; c < count; c++) {
    const values = categories[first + c];
    if (values) encodeCategories(out.subarray(c * n, (c + 1) * n), values);
  }
}

/** Replaces category values by their place in the list, in place; unknown ones become NaN. */
export function encodeCategories(column: Float64Array, values: Float64Array): void {
  const codes = new Map<number, number>();
  values.forEach((v, code) => void codes.set(v, code));
  for (let i = 0; i < column.length; i++) column[i] = codes.get(column[i]!) ?? Number.NaN;
}

/**
 * Chooses bin edges as scikit-learn does: midpoints between distinct values where there are at most `maxBins`, else
 * quantiles (method "midpoint" of NumPy). With weights the quantiles are weighted, so that a weight of k equals k
 * copies of the row.
 *
 * @param rows the training rows, null for all
 * @param weights per training row, positive; or null
 * @param categories category values per feature, null for numbers
 */
export function fitBins(
  X: Matrix,
  rows: Uint32Array | null,
  weights: Float64Array | null,
  categories: readonly (Float64Array | null)[],
  maxBins: number,
  random: RandomStream,
): BinMapper {
  const n = rows ? rows.length : X.rows;
  const sample = n > sampleRows ? random.choice(n, sampleRows).sort() : null;
  const count = sample ? sampleRows : n;
  const sampleWeights = weights && sample ? Float64Array.from(sample, (i) => weights[i]!) : weights;
  const thresholds: Float64Array[] = [];
  eachBatch(X.cols, n + 3 * count, (first, width) =>
    withScratch((s) => {
      const columns = s.f64(width * n, false);
      copyColumns(columns.view, X, rows, first, width, categories);
      const sorted = s.f64(width * count, false);
      const spare = s.f64(width * count, false);
      const tally = s.u32(width * 6 * 2048, false);
      const found = s.i32(width);
      const list = sample ? s.u32(sample).ptr : 0;
      const places = [columns.ptr, n, list, count, sorted.ptr, spare.ptr, tally.ptr, found.ptr];
      if (width * count >= threadedValues) boostKernels.parallel("sortColumns", width, ...places);
      else for (let c = 0; c < width; c++) boostKernels.call("sortColumns", ...places, c);
      const mass = sampleWeights ? s.f64(width * count, false) : null;
      const distinct = s.i32(width);
      if (mass) {
        boostKernels.parallel(
          "weighValues",
          width,
          ...[
            columns.ptr,
            n,
            list,
            count,
            sorted.ptr,
            found.ptr,
            s.f64(sampleWeights!).ptr,
            mass.ptr,
            distinct.ptr,
          ],
        );
      }
      for (let c = 0; c < width; c++) {
        const at = c * count;
        if (categories[first + c]) {
          thresholds.push(new Float64Array(0));
        } else if (mass) {
          const end = at + distinct.view[c]!;
          const values = sorted.view.subarray(at, end);
          thresholds.push(weightedEdges(values, mass.view.subarray(at, end), found.view[c]!, maxBins));
        } else {
          thresholds.push(edges(sorted.view.subarray(at, at + found.view[c]!), maxBins));
        }
      }
    }),
  );
  return { thresholds, categories };
}

/** Calls `work(first, width)` for runs of features: multiples of four columns that fit the batch size. */
function eachBatch(features: number, rows: number, work: (first: number, width: number) => void): void {
  const fits = Math.floor(batchBytes / (8 * Math.max(1, rows)) / 4) * 4;
  const width = Math.min(64, Math.max(4, fits));
  for (let first = 0; first < features; first += width) work(first, Math.min(width, features - first));
}

/** Distinct values of an ascending list, or null when there are more than `most`. */
function distinct(sorted: Float64Array, most: number): Float64Array | null {
  const found = new Float64Array(Math.min(most, sorted.length));
  let count = 0;
  for (let i = 0; i < sorted.length; i++) {
    const v = sorted[i]!;
    if (count > 0 && v === found[count - 1]) continue;
    if (count === most) return null;
    found[count++] = v;
  }
  return found.subarray(0, count);
}

function midpoints(values: Float64Array): Float64Array {
  const out = new Float64Array(Math.max(0, values.length - 1));
  for (let i = 0; i < out.length; i++) out[i] = middle(values[i]!, values[i + 1]!);
  return out;
}

function middle(a: number, b: number): number {
  const sum = a + b;
  const half = Number.isFinite(sum) ? 0.5 * sum : 0.5 * a + 0.5 * b;
  return Math.min(half, largest);
}

/** Position of the i-th of `parts` quantiles among `last + 1` order statistics, rounded as NumPy does. */
function position(i: number, parts: number, last: number): number {
  return ((i * (100 / parts)) / 100) * last;
}

function edges(sorted: Float64Array, maxBins: number): Float64Array {
  const few = distinct(sorted, maxBins);
  if (few) return midpoints(few);
  const out: number[] = [];
  for (let i = 1; i < maxBins; i++) {
    const h = position(i, maxBins, sorted.length - 1);
    const edge = middle(sorted[Math.floor(h)]!, sorted[Math.ceil(h)]!);
    if (edge !== out[out.length - 1]) out.push(edge);
  }
  return Float64Array.from(out);
}

/** The same from distinct values and the weight of the `rows` that have them. */
function weightedEdges(
  values: Float64Array,
  mass: Float64Array,
  rows: number,
  maxBins: number,
): Float64Array {
  if (values.length <= maxBins) return midpoints(values);
  const ends = cumulative(mass);
  const total = ends[ends.length - 1]!;
  const unit = Math.min(1, total / rows);
  const out: number[] = [];
  for (let i = 1; i < maxBins; i++) {
    const h = position(i, maxBins, total / unit - 1);
    const low = values[firstAbove(ends, Math.floor(h) * unit)]!;
    const edge = middle(low, values[firstAbove(ends, Math.ceil(h) * unit)]!);
    if (edge !== out[out.length - 1]) out.push(edge);
  }
  return Float64Array.from(out);
}

/** Bins the listed rows (all if null) into kernel memory; the layout is described in `assembly/boost-bin.ts`. */
export function binRows(mapper: BinMapper, X: Matrix, rows: Uint32Array | null, bins: U8Block): void {
  const n = rows ? rows.length : X.rows;
  eachBatch(X.cols, n, (first, width) =>
    withScratch((s) => {
      const columns = s.f64(width * n, false);
      copyColumns(columns.view, X, rows, first, width, mapper.categories);
      const table = s.f64(width * thresholdSlots, false);
      table.view.fill(Number.POSITIVE_INFINITY);
      for (let c = 0; c < width; c++) {
        const known = mapper.categories[first + c];
        // Categories are numbers 0, 1, ... by now.
        const cuts = known
          ? Float64Array.from({ length: known.length - 1 }, (_, i) => i + 0.5)
          : mapper.thresholds[first + c]!;
        table.view.set(cuts, c * thresholdSlots);
      }
      boostKernels.parallel(
        "mapBins",
        chunksOf(n),
        columns.ptr,
        n,
        width,
        table.ptr,
        bins.ptr,
        first / 4,
        rowsPerChunk,
      );
    }),
  );
}

/** Whether a feature has missing values among the binned rows. */
export function hasMissing(bins: U8Block, rows: number, feature: number): boolean {
  const group = 4 * rows * (feature >> 2) + (feature & 3);
  const bytes = bins.view.subarray(0, binBytes(rows, feature + 1));
  for (let at = group, end = group + 4 * rows; at < end; at += 4) if (bytes[at] === missingBin) return true;
  return false;
}
