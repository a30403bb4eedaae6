/** Sizes and offsets that the kernels of `kernels/assembly/boost-*.ts` and this folder agree on. */

/** Bin of missing values; other bins are below. */
export const missingBin = 255;
/** Bytes of one feature's histogram: 256 bins of two 64-bit integers. */
export const histogramBytes = 4096;
/** Bytes of a split found for one feature. */
export const splitBytes = 96;
/** Bytes of a packed tree node. */
export const nodeBytes = 24;
/** Bytes of a set of bins. */
export const bitsetBytes = 32;
/** Thresholds per feature in a threshold table, padded with Infinity. */
export const thresholdSlots = 256;
/** Rows per chunk of the row-wise kernels; even, because they take two rows at a time. */
export const rowsPerChunk = 8192;

/** Kinds of a feature, as bits. */
export const kindMissing = 1;
export const kindCategory = 2;
/** Flags of a packed node, as bits. */
export const flagMissingLeft = 1;
export const flagCategory = 2;

export const chunksOf = (rows: number, perChunk = rowsPerChunk): number => Math.ceil(rows / perChunk);

/** Bytes of binned features: groups of four, one byte per entry. */
export const binBytes = (rows: number, features: number): number => 4 * rows * Math.ceil(features / 4);

/** Chunks of the kernel `expandNode`: groups of four features, the last of which comes in halves. */
export function expandChunks(features: number): number {
  const fours = (features - 1) >> 2;
  return fours + (features - 4 * fours > 2 ? 2 : 1);
}
