import { expectWork, parallel, type Scratch, withScratch } from "../../kernels/index.ts";
import { mirrorLower } from "./mirror.ts";

/** Rows that the kernel packs at a time; a constant of `gramF64`. */
const PACK_ROWS = 128;
/** Chunks that work side by side, each with sums of its own: fewer where those are large. */
const CHUNKS = 8;
const PARTIAL_NUMBERS = 2 ** 22;
const SLAB_ROWS_PER_CHUNK = 2048;
/** Rows from which a mean is estimated. */
const SHIFT_ROWS = 256;

/** Rows in kernel memory; pointers, where `y` or `w` 0 means that there are none. */
export interface GramRows {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  /** Pointer to what is taken from each column, and from y behind them. */
  readonly shift: number;
  readonly rows: number;
  readonly cols: number;
}

/**
 * Sum of w z z^T over rows, for z = (x - shift, y - shift, 1). The order of the sum depends on sizes only, so it is
 * the same for any number of threads.
 */
export class GramSums {
  /** Entries of z, rounded up to a multiple of four with zeros: the sums have as many rows and columns. */
  readonly size: number;
  /** Rows of one `add`, at most. */
  readonly slab: number;
  readonly #perChunk: number;
  readonly #partial: { readonly ptr: number; readonly view: Float64Array };
  readonly #pack: number;
  #chunks = 0;

  /** For z of `entries` numbers and n rows, which come all at once or, `streamed`, slab by slab. */
  constructor(s: Scratch, entries: number, n: number, streamed: boolean) {
    this.size = 4 * Math.ceil(entries / 4);
    const square = this.size * this.size;
    let chunks = CHUNKS;
    while (chunks > 1 && chunks * square > PARTIAL_NUMBERS) chunks /= 2;
    const even = PACK_ROWS * Math.ceil(n / chunks / PACK_ROWS);
    this.#perChunk = streamed ? Math.min(SLAB_ROWS_PER_CHUNK, even) : even;
    this.slab = Math.min(n, chunks * this.#perChunk);
    this.#partial = s.f64(chunks * square, false);
    this.#pack = s.f64(chunks * this.size * PACK_ROWS, false).ptr;
  }

  /** Adds rows: `slab` of them, or fewer the last time. */
  add({ x, y, w, shift, rows, cols }: GramRows): void {
    const used = Math.ceil(rows / this.#perChunk);
    const more = this.#chunks > 0 ? 1 : 0;
    const { ptr } = this.#partial;
    expectWork("f64", (rows * this.size * this.size) / 2);
    parallel("gramF64", used, x, y, w, shift, rows, cols, ptr, this.#pack, this.size, this.#perChunk, more);
    this.#chunks = Math.max(this.#chunks, used);
  }

  /** The sums, size x size, of which the lower triangle is meant; the next `add` begins anew. */
  take(): Float64Array {
    const { view } = this.#partial;
    const square = this.size * this.size;
    const out = view.slice(0, square);
    for (let c = 1; c < this.#chunks; c++) {
      for (let i = 0; i < this.size; i++) {
        const from = i * this.size;
        const end = from + i;
        for (let at = from, other = c * square + from; at <= end; at++, other++)
          out[at] = out[at]! + view[other]!;
      }
    }
    this.#chunks = 0;
    return out;
  }
}

/** sums - total off off^T for the first d entries, full: moments about the mean, `off` from the shift. */
export function aboutMean(
  sums: Float64Array,
  size: number,
  d: number,
  total: number,
  off: Float64Array,
): Float64Array {
  const S = new Float64Array(d * d);
  for (let i = 0; i < d; i++) {
    const ofRow = total * off[i]!;
    for (let j = 0; j <= i; j++) S[i * d + j] = sums[i * size + j]! - ofRow * off[j]!;
  }
  mirrorLower(d, S);
  return S;
}

/**
 * Sums over n x d row-major rows, with a target where there is one, in one streamed pass. With `centred`, rows are
 * shifted by an estimate of the mean before they are multiplied, so that a large mean costs no digits.
 */
export function streamedSums(
  data: Float64Array,
  n: number,
  d: number,
  y: Float64Array | null,
  weights: Float64Array | null,
  centred: boolean,
): { readonly sums: Float64Array; readonly size: number; readonly shift: Float64Array } {
  const entries = y ? d + 1 : d; // without the 1 at the end
  const shift = new Float64Array(entries);
  if (centred) {
    estimateMeans(data, n, d, shift);
    if (y) estimateMeans(y, n, 1, shift.subarray(d));
  }
  return withScratch((s) => {
    const gram = new GramSums(s, entries + 1, n, true);
    const x = s.f64(gram.slab * d, false);
    const t = y ? s.f64(gram.slab, false) : null;
    const w = weights ? s.f64(gram.slab, false) : null;
    const a = s.f64(shift);
    for (let from = 0; from < n; from += gram.slab) {
      const rows = Math.min(gram.slab, n - from);
      x.view.set(data.subarray(from * d, (from + rows) * d));
      t?.view.set(y!.subarray(from, from + rows));
      w?.view.set(weights!.subarray(from, from + rows));
      gram.add({ x: x.ptr, y: t?.ptr ?? 0, w: w?.ptr ?? 0, shift: a.ptr, rows, cols: d });
    }
    return { sums: gram.take(), size: gram.size, shift };
  });
}

/** Means of evenly spaced rows, around the first row: exact for constant columns. */
function estimateMeans(data: Float64Array, n: number, d: number, out: Float64Array): void {
  const stride = Math.max(1, Math.floor(n / SHIFT_ROWS));
  const count = Math.ceil(n / stride);
  for (let i = 0; i < n; i += stride)
    for (let j = 0; j < d; j++) out[j] = out[j]! + (data[i * d + j]! - data[j]!);
  for (let j = 0; j < d; j++) out[j] = data[j]! + out[j]! / count;
}
