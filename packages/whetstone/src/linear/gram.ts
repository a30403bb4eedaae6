import { valueError } from "../errors.ts";
import { parallel, type Scratch, withScratch } from "../kernels/index.ts";
import { gemm } from "../math/linalg/multiply.ts";
import type { Matrix } from "../math/matrix.ts";

/** Rows that the kernel packs at a time; a constant of `gramF64`. */
const PACK_ROWS = 128;
/** Chunks that work side by side, each with a Gram matrix of its own: fewer where those are large. */
const CHUNKS = 8;
const PARTIAL_NUMBERS = 2 ** 23;
const SLAB_ROWS_PER_CHUNK = 2048;
/** Rows from which the shift is estimated. */
const SHIFT_ROWS = 1024;

/** Second moments about the (weighted) mean, or about zero where no centring was asked for. */
export interface Moments {
  /** Sum of the weights (number of rows without weights). */
  readonly total: number;
  /** Means of the columns; zeros without centring. */
  readonly xMean: Float64Array;
  readonly yMean: number;
  /** d x d: sum of w (x - mean)(x - mean)^T, full and symmetric. */
  readonly xx: Float64Array;
  /** d: sum of w (x - mean)(y - mean). */
  readonly xy: Float64Array;
  /** Sum of w (y - mean)^2. */
  readonly yy: number;
}

/**
 * Moments of a tall matrix and its target in one streamed pass. Rows are shifted by an estimate of the mean
 * before they are multiplied, so that a large mean costs no digits.
 */
export function moments(
  X: Matrix,
  y: Float64Array,
  weights: Float64Array | null,
  centred: boolean,
  where: string,
): Moments {
  const { data, rows: n, cols: d } = X;
  const shift = new Float64Array(d + 1);
  if (centred) estimateMeans(X, y, shift);
  const size = padded(d + 2);
  const sums = withScratch((s) => {
    const chunks = Math.max(1, Math.min(CHUNKS, Math.floor(PARTIAL_NUMBERS / (size * size))));
    const perChunk = Math.min(SLAB_ROWS_PER_CHUNK, roundUp(Math.ceil(n / chunks), PACK_ROWS));
    const slab = Math.min(n, chunks * perChunk);
    const x = s.f64(slab * d, false);
    const t = s.f64(slab, false);
    const w = weights ? s.f64(slab, false) : null;
    const a = s.f64(shift);
    const partial = s.f64(chunks * size * size);
    const pack = s.f64(chunks * size * PACK_ROWS, false);
    for (let from = 0; from < n; from += slab) {
      const rows = Math.min(slab, n - from);
      x.view.set(data.subarray(from * d, (from + rows) * d));
      t.view.set(y.subarray(from, from + rows));
      if (w) w.view.set(weights!.subarray(from, from + rows));
      const used = Math.ceil(rows / perChunk);
      parallel(
        "gramF64",
        used,
        x.ptr,
        t.ptr,
        w?.ptr ?? 0,
        a.ptr,
        rows,
        d,
        partial.ptr,
        pack.ptr,
        size,
        perChunk,
      );
    }
    return sumPartials(partial.view, chunks, size);
  });

  const one = d + 1;
  const total = sums[one * size + one]!;
  const off = new Float64Array(d + 1); // mean minus shift
  if (centred) for (let j = 0; j <= d; j++) off[j] = sums[one * size + j]! / total;
  const xx = new Float64Array(d * d);
  const xy = new Float64Array(d);
  for (let i = 0; i < d; i++) {
    for (let j = 0; j <= i; j++) {
      const v = sums[i * size + j]! - total * off[i]! * off[j]!;
      xx[i * d + j] = v;
      xx[j * d + i] = v;
    }
    xy[i] = sums[d * size + i]! - total * off[i]! * off[d]!;
    if (!Number.isFinite(xx[i * d + i]! + xy[i]!)) {
      throw valueError(where, "X", `or y holds numbers whose squares overflow (column ${i}): scale it first`);
    }
  }
  const yy = sums[d * size + d]! - total * off[d]! * off[d]!;
  const mean = shift.map((v, j) => v + off[j]!);
  return { total, xMean: mean.slice(0, d), yMean: mean[d]!, xx, xy, yy };
}

/**
 * Gram matrix of rows that already lie in kernel memory, with a column of ones appended: (d + 1) x (d + 1), full.
 * `w` points at one weight >= 0 per row.
 */
export function gramWithOnes(
  s: Scratch,
  x: number,
  w: number,
  rows: number,
  cols: number,
): () => Float64Array {
  const size = padded(cols + 1);
  const chunks = Math.max(1, Math.min(CHUNKS, Math.floor(PARTIAL_NUMBERS / (size * size))));
  const perChunk = Math.ceil(rows / chunks);
  const used = Math.ceil(rows / perChunk);
  const shift = s.f64(cols + 1);
  const partial = s.f64(used * size * size, false);
  const pack = s.f64(used * size * PACK_ROWS, false);
  const n = cols + 1;
  return () => {
    partial.view.fill(0);
    parallel("gramF64", used, x, 0, w, shift.ptr, rows, cols, partial.ptr, pack.ptr, size, perChunk);
    const sums = sumPartials(partial.view, used, size);
    const out = new Float64Array(n * n);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) out[i * n + j] = out[j * n + i] = sums[i * size + j]!;
    }
    return out;
  };
}

/** Means of evenly spaced rows, around the first row: exact for constant columns. */
function estimateMeans(X: Matrix, y: Float64Array, out: Float64Array): void {
  const { data, rows: n, cols: d } = X;
  const stride = Math.max(1, Math.floor(n / SHIFT_ROWS));
  const count = Math.ceil(n / stride);
  for (let i = 0; i < n; i += stride) {
    for (let j = 0; j < d; j++) out[j] = out[j]! + (data[i * d + j]! - data[j]!);
    out[d] = out[d]! + (y[i]! - y[0]!);
  }
  for (let j = 0; j < d; j++) out[j] = data[j]! + out[j]! / count;
  out[d] = y[0]! + out[d]! / count;
}

/** Adds the chunks in their order; the lower triangle is meant. */
function sumPartials(partial: Float64Array, chunks: number, size: number): Float64Array {
  const length = size * size;
  const out = partial.slice(0, length);
  for (let c = 1; c < chunks; c++) {
    for (let i = 0, at = c * length; i < length; i++) out[i] = out[i]! + partial[at + i]!;
  }
  return out;
}

const roundUp = (n: number, step: number): number => Math.ceil(n / step) * step;
const padded = (n: number): number => roundUp(n, 4);

/** A^T A of rows as they are. */
export function innerProducts(A: Matrix): Float64Array {
  const out = new Float64Array(A.cols * A.cols);
  gemm(true, false, A.cols, A.cols, A.rows, 1, A.data, A.data, 0, out);
  return out;
}
