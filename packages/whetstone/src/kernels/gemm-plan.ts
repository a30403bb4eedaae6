/**
 * How a matrix product is cut into kernel calls. Whoever asks gets the calls one by one: to run them at once
 * (gemm.ts) or to put them on a tape (gemm-entries.ts).
 */
import type { KernelName } from "./runtime.ts";

/**
 * Most rows and columns of C per chunk: a multiple of the rows of all tiles (4, and twice 6), and so many columns that the
 * part of B that a chunk reads (KC x 512) stays in the L2 cache.
 */
const chunkRows = 60;
const chunkCols = 512;

/** Multiplications that make a chunk of their own worth while, about 10 us. */
export const chunkWork = 2 ** 18;

/** Numbers packed per chunk. */
const packWork = 2 ** 16;

/** Numbers added per chunk. */
const sumWork = 2 ** 15;

/**
 * When C has fewer blocks than this and the inner side is long, the inner side is shared out instead: into at most
 * `splitParts` parts of `splitDepth` entries or somewhat less, more where the parts are too few.
 */
const splitBlocks = 4;
const splitDepth = 1024;
const splitParts = 16;

/**
 * Products in float32 with a side of at most `thinSide`, whose operand on that side has at most `thinPacked` numbers:
 * each chunk packs the other operand for itself, `thinUnit` rows or columns (a cache line of numbers) at least.
 */
const thinSide = 256;
const thinPacked = 2 ** 17;
const thinUnit = 16;
const thinChunks = 64;
const thinPackWork = 2 ** 13;

/** Most rows of A for which the inner side is shared out along the rows of B. */
const rowsMost = 128;

/** Chunks of at least so many multiplications are followed by some of half their size, so that threads end together. */
const tailWork = 2 ** 19;

/** Most bytes of packed operands at a time; larger products are cut into slabs. */
const packedBytes = 256 * 2 ** 20;

/** Deepest slab; a multiple of the depth blocks of the kernels. */
const slabDepth = 8192;

/** Entries of the inner side that a kernel in float32 takes at a time. */
const depthBlock = 256;

export interface Kind {
  readonly type: "f32" | "f64";
  readonly name: "gemmF64" | "gemmF32";
  readonly batch: "gemmBatchF64" | "gemmBatchF32";
  readonly split: "gemmSplitF64" | "gemmSplitF32";
  readonly sum: "gemmSumF64" | "gemmSumF32";
  readonly bytes: number;
  /** Columns of B per panel. */
  readonly width: number;
}

export const float64: Kind = {
  type: "f64",
  name: "gemmF64",
  batch: "gemmBatchF64",
  split: "gemmSplitF64",
  sum: "gemmSumF64",
  bytes: 8,
  width: 4,
};

export const float32: Kind = {
  type: "f32",
  name: "gemmF32",
  batch: "gemmBatchF32",
  split: "gemmSplitF32",
  sum: "gemmSumF32",
  bytes: 4,
  width: 8,
};

/**
 * C = alpha A B + beta C on kernel memory: A is m x k, B is k x n, C is m x n. `a`, `b`, `c` are pointers; distances
 * are in elements: between rows of A and columns of B (`aStride`, `bStride`), along the inner side (`aStep`,
 * `bStep`), between rows of C (`ldc`). C may not overlap A or B, and is not read when `beta` is 0.
 */
export interface Product {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly alpha: number;
  readonly a: number;
  readonly aStride: number;
  readonly aStep: number;
  readonly b: number;
  readonly bStride: number;
  readonly bStep: number;
  readonly beta: number;
  readonly c: number;
  readonly ldc: number;
}

/** One kernel call; `beside`: it needs nothing of the call before it. */
export type Emit = (name: KernelName, chunks: number, args: number[], beside: boolean) => void;

export function up(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}

/** Hands out the kernel calls of a product, in order; `work` points to {@link workBytes} bytes. */
export function plan(kind: Kind, product: Product, work: number, emit: Emit): void {
  const { m, n, k, alpha, beta, c, ldc } = product;
  if (m === 0 || n === 0) return;
  if (k === 0 || alpha === 0) emit(kind.sum, 1, [work, 0, c, m, n, ldc, 0, beta, m], false);
  else if (isSplit(kind, product)) planSplit(kind, product, work, emit);
  else if (isThin(kind, product)) planThin(kind, product, work, emit);
  else planSlabs(kind, product, work, emit);
}

/** Bytes of work memory that the calls of {@link plan} use. */
export function workBytes(kind: Kind, product: Product): number {
  const { m, n, k, alpha } = product;
  if (m === 0 || n === 0 || k === 0 || alpha === 0) return 0;
  if (isSplit(kind, product)) {
    const { parts, depth, lines } = splitOf(kind, product);
    return parts * (depth * lines + m * n) * kind.bytes;
  }
  if (isThin(kind, product)) {
    const { packed, own } = thinOf(product);
    return (packed + own) * kind.bytes;
  }
  const { kSlab, packedA, packedB } = slabsOf(kind, product);
  return (packedA + packedB) * kSlab * kind.bytes;
}

/** Slabs whose packed operands stay below the limit. Borders are multiples of the panels and of the depth blocks. */
function slabsOf(kind: Kind, { m, n, k }: Product) {
  const budget = packedBytes / 2 / kind.bytes;
  const kSlab = Math.min(k, slabDepth);
  const mSlab = Math.max(4, Math.floor(budget / kSlab / 4) * 4);
  const nSlab = Math.max(8, Math.floor(budget / kSlab / 8) * 8);
  // Lines of the packed operands; those of A fill whole cache lines, so that B begins at one.
  return {
    kSlab,
    mSlab,
    nSlab,
    packedA: up(Math.min(m, mSlab), 16),
    packedB: up(Math.min(n, nSlab), kind.width),
  };
}

function planSlabs(kind: Kind, product: Product, work: number, emit: Emit): void {
  const { m, n, k, alpha, a, aStride, aStep, b, bStride, bStep, beta, c, ldc } = product;
  const { kSlab, mSlab, nSlab, packedA } = slabsOf(kind, product);
  const size = kind.bytes;
  const workB = work + packedA * kSlab * size;
  for (let j = 0; j < n; j += nSlab) {
    const cols = Math.min(nSlab, n - j);
    for (let p = 0; p < k; p += kSlab) {
      const depth = Math.min(kSlab, k - p);
      const bAt = b + (j * bStride + p * bStep) * size;
      pack(kind, emit, bAt, workB, cols, depth, bStride, bStep, kind.width, false);
      for (let i = 0; i < m; i += mSlab) {
        const rows = Math.min(mSlab, m - i);
        const aAt = a + (i * aStride + p * aStep) * size;
        pack(kind, emit, aAt, work, rows, depth, aStride, aStep, 4, i === 0);
        const [rowsEach, colsEach] = blockOf(rows, cols, depth);
        const chunks = Math.ceil(rows / rowsEach) * Math.ceil(cols / colsEach);
        const cAt = c + (i * ldc + j) * size;
        const scale = p === 0 ? beta : 1;
        const args = [work, workB, cAt, rows, cols, depth, ldc, alpha, scale, rowsEach, colsEach];
        emit(kind.name, chunks, args, false);
      }
    }
  }
}

function isThin(kind: Kind, { m, n, k }: Product): boolean {
  const short = Math.min(m, n);
  return kind === float32 && short <= thinSide && short * k <= thinPacked && 2 * short <= Math.max(m, n);
}

/** Numbers of the packed short operand, and the long side in parts: where they begin and what their chunks take. */
function thinOf({ m, n, k }: Product) {
  const [short, long] = [Math.min(m, n), Math.max(m, n)];
  const each = up(Math.max(chunkWork / (short * k), long / thinChunks), thinUnit);
  const halved = short * k * each >= tailWork && long >= 8 * each;
  const from = halved ? Math.floor(long / each - 2) * each : long;
  const parts = [{ from: 0, count: from, each }];
  if (halved) parts.push({ from, count: long - from, each: each / 2 });
  // Whole cache lines, so that the work memory of the chunks begins at one.
  return { packed: up(up(short, 8) * k, 16), parts, own: up(long, each) * Math.min(k, depthBlock) };
}

/** The product by chunks that pack the long operand for themselves. */
function planThin(kind: Kind, product: Product, work: number, emit: Emit): void {
  const { m, n, k, alpha, a, aStride, aStep, b, bStride, bStep, beta, c, ldc } = product;
  const { packed, parts } = thinOf(product);
  const wide = m < n;
  if (wide) pack(kind, emit, a, work, m, k, aStride, aStep, 4, false, thinPackWork);
  else pack(kind, emit, b, work, n, k, bStride, bStep, kind.width, false, thinPackWork);
  for (const { from, count, each } of parts) {
    const chunks = Math.ceil(count / each);
    const own = work + (packed + from * Math.min(k, depthBlock)) * kind.bytes;
    const at = c + from * (wide ? 1 : ldc) * kind.bytes;
    const sizes = [at, wide ? m : count, wide ? count : n, k, ldc, alpha, beta, each, own];
    if (wide) {
      const bAt = b + from * bStride * kind.bytes;
      emit("gemmColsF32", chunks, [work, bAt, bStride, bStep, ...sizes], from > 0);
    } else {
      const aAt = a + from * aStride * kind.bytes;
      emit("gemmRowsF32", chunks, [aAt, aStride, aStep, work, ...sizes], from > 0);
    }
  }
}

function pack(
  kind: Kind,
  emit: Emit,
  src: number,
  dst: number,
  count: number,
  k: number,
  stride: number,
  step: number,
  width: number,
  beside: boolean,
  perChunk = packWork,
): void {
  const panels = Math.ceil(perChunk / (width * k));
  const chunks = Math.ceil(count / width / panels);
  if (kind.bytes === 8) emit("packF64", chunks, [src, dst, count, k, stride, step, panels], beside);
  else emit("packF32", chunks, [src, dst, count, k, stride, step, width, panels], beside);
}

/** Rows and columns per chunk: halved from the largest until there are enough chunks to share, but none is tiny. */
function blockOf(m: number, n: number, k: number): [rows: number, cols: number] {
  const enough = Math.min(16, (m * n * k) / chunkWork);
  let rows = Math.min(chunkRows, up(m, 4));
  let cols = Math.min(chunkCols, up(n, 8));
  while (Math.ceil(m / rows) * Math.ceil(n / cols) < enough) {
    if (cols > 2 * rows) cols = up(cols / 2, 8);
    else if (rows > 8) rows = up(rows / 2, 4);
    else break;
  }
  return [rows, cols];
}

function isSplit(kind: Kind, product: Product): boolean {
  const { m, n, k } = product;
  const blocks = Math.ceil(m / chunkRows) * Math.ceil(n / chunkCols);
  return (blocks < splitBlocks && k >= 2 * splitDepth) || isByRows(kind, product);
}

/**
 * Whether B is cut along its rows, each with the entries of one inner index: as the loop over B that an optimizer runs is
 * cut, and the product that its gradient comes from. Cut along its columns, half of it would move between the caches
 * of two threads in each step.
 */
function isByRows(kind: Kind, { m, n, k, bStride }: Product): boolean {
  const fits = m <= rowsMost && m <= n && n <= chunkCols && k >= 2 * depthBlock;
  return kind === float32 && bStride === 1 && fits;
}

function splitOf(kind: Kind, product: Product) {
  const { m, n, k } = product;
  const lines = up(m, 4) + up(n, kind.width);
  const most = Math.max(splitDepth, Math.floor(packedBytes / kind.bytes / lines / splitParts / 256) * 256);
  const least = isByRows(kind, product) ? depthBlock : splitDepth;
  const depth = Math.min(most, up(k / Math.min(splitParts, Math.ceil(k / least)), 4));
  return { lines, depth, parts: Math.min(splitParts, Math.ceil(k / depth)) };
}

/** The product by parts of the inner side, whose borders depend on the sizes only. */
function planSplit(kind: Kind, product: Product, work: number, emit: Emit): void {
  const { m, n, k, alpha, a, aStride, aStep, b, bStride, bStep, beta, c, ldc } = product;
  const { lines, depth, parts } = splitOf(kind, product);
  const partial = work + parts * depth * lines * kind.bytes;
  const slab = depth * splitParts;
  for (let p = 0; p < k; p += slab) {
    const live = Math.min(slab, k - p);
    const chunks = Math.ceil(live / depth);
    const aAt = a + p * aStep * kind.bytes;
    const bAt = b + p * bStep * kind.bytes;
    const args = [aAt, aStride, aStep, bAt, bStride, bStep, m, n, live, work, partial, depth];
    emit(kind.split, chunks, args, false);
    const rows = Math.ceil(sumWork / (chunks * n));
    const sizes = [m, n, ldc, alpha, p === 0 ? beta : 1, rows];
    emit(kind.sum, Math.ceil(m / rows), [partial, chunks, c, ...sizes], false);
  }
}
