import { parallel, withScratch } from "../../kernels/index.ts";
import { mirrorLower } from "./mirror.ts";

/** Rows that the kernel packs at a time; a constant of `gramF64`. */
const PACK_ROWS = 128;
/** Chunks that work side by side, each with a matrix of its own: fewer where those are large. */
const CHUNKS = 8;
const PARTIAL_NUMBERS = 2 ** 21;
const SLAB_ROWS_PER_CHUNK = 2048;
/** Rows from which the shift is estimated. */
const SHIFT_ROWS = 1024;

/** Second moments of the rows about their mean, or about zero. */
export interface Scatter {
  /** Sum of the weights; the number of rows without weights. */
  readonly total: number;
  /** Means of the columns; zeros without centring. */
  readonly mean: Float64Array;
  /** d x d: sum of w (x - mean)(x - mean)^T. */
  readonly S: Float64Array;
}

/**
 * Scatter matrix of n x d row-major rows in one streamed pass. Rows are shifted by an estimate of the mean before
 * they are multiplied, so that a large mean costs no digits. The same for any number of threads.
 */
export function scatter(
  data: Float64Array,
  n: number,
  d: number,
  weights: Float64Array | null,
  centred: boolean,
): Scatter {
  const shift = new Float64Array(d + 1);
  if (centred) estimateMeans(data, n, d, shift);
  const size = 4 * Math.ceil((d + 1) / 4);
  const sums = withScratch((s) => {
    const chunks = Math.max(1, Math.min(CHUNKS, Math.floor(PARTIAL_NUMBERS / (size * size))));
    const even = PACK_ROWS * Math.ceil(Math.ceil(n / chunks) / PACK_ROWS);
    const perChunk = Math.min(SLAB_ROWS_PER_CHUNK, even);
    const slab = Math.min(n, chunks * perChunk);
    const x = s.f64(slab * d, false);
    const w = weights ? s.f64(slab, false) : null;
    const a = s.f64(shift);
    const partial = s.f64(chunks * size * size);
    const pack = s.f64(chunks * size * PACK_ROWS, false);
    for (let from = 0; from < n; from += slab) {
      const rows = Math.min(slab, n - from);
      x.view.set(data.subarray(from * d, (from + rows) * d));
      if (w) w.view.set(weights!.subarray(from, from + rows));
      const used = Math.ceil(rows / perChunk);
      const wAt = w?.ptr ?? 0;
      parallel("gramF64", used, x.ptr, 0, wAt, a.ptr, rows, d, partial.ptr, pack.ptr, size, perChunk);
    }
    const out = partial.view.slice(0, size * size);
    for (let c = 1; c < chunks; c++)
      for (let i = 0, at = c * size * size; i < out.length; i++) out[i] = out[i]! + partial.view[at + i]!;
    return out;
  });
  const total = sums[d * size + d]!;
  const off = new Float64Array(d); // mean minus shift
  if (centred && total > 0) for (let j = 0; j < d; j++) off[j] = sums[d * size + j]! / total;
  const S = new Float64Array(d * d);
  for (let i = 0; i < d; i++) {
    const ofRow = total * off[i]!;
    for (let j = 0; j <= i; j++) S[i * d + j] = sums[i * size + j]! - ofRow * off[j]!;
    S[i * d + i] = Math.max(0, S[i * d + i]!);
  }
  mirrorLower(d, S);
  return { total, mean: off.map((v, j) => v + shift[j]!), S };
}

/** Means of evenly spaced rows, around the first row: exact for constant columns. */
function estimateMeans(data: Float64Array, n: number, d: number, out: Float64Array): void {
  const stride = Math.max(1, Math.floor(n / SHIFT_ROWS));
  const count = Math.ceil(n / stride);
  for (let i = 0; i < n; i += stride)
    for (let j = 0; j < d; j++) out[j] = out[j]! + (data[i * d + j]! - data[j]!);
  for (let j = 0; j < d; j++) out[j] = data[j]! + out[j]! / count;
}
