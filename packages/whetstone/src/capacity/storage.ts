import { requireCount, requireNonNegative, requireOptions, requirePositive } from "./check.ts";

/**
 * Bytes of a log or feature table: rowsPerDay · columns · bytesPerValue · days kept · copies (default 3).
 *
 * Throws where a number is outside its range. Compression divides it, indexes come on top.
 * Source: the product of the sizes.
 *
 * @example
 * ```ts
 * tableBytes({ rowsPerDay: 1e8, columns: 50, bytesPerValue: 8, days: 90 }) / 1e12; // 10.8
 * ```
 */
export function tableBytes(options: {
  readonly rowsPerDay: number;
  readonly columns: number;
  readonly bytesPerValue: number;
  readonly days: number;
  readonly copies?: number;
}): number {
  const where = "tableBytes";
  requireOptions(where, options);
  const { rowsPerDay, columns, bytesPerValue, days, copies = 3 } = options;
  requireNonNegative(where, "rowsPerDay", rowsPerDay);
  requireCount(where, "columns", columns);
  requirePositive(where, "bytesPerValue", bytesPerValue);
  requireNonNegative(where, "days", days);
  requireCount(where, "copies", copies);
  return rowsPerDay * columns * bytesPerValue * days * copies;
}

/** Where the memory of a vector index goes. */
export interface IndexBytes {
  readonly vectors: number;
  /** Links of the graph, on all its levels. */
  readonly links: number;
  readonly total: number;
}

/**
 * Bytes of an HNSW index: the vectors, and for each 2M links on the ground level and M on every level above, on
 * which the share 1/M of the one below lives: M · 1/(M − 1) more in the mean. A link takes 4 bytes.
 *
 * `bytesPerValue` defaults to 4 (float32), `M` (at least 2) to 16. All lists are counted as full, as the usual
 * implementations reserve them. Throws where a number is outside its range. Source: Malkov and Yashunin, Efficient
 * and Robust Approximate Nearest Neighbor Search Using HNSW (2018), sections 4.1 and 4.2.3.
 *
 * @example
 * ```ts
 * hnswBytes({ count: 1e6, dims: 768 }).vectors / 1e9; // 3.072
 * ```
 */
export function hnswBytes(options: {
  readonly count: number;
  readonly dims: number;
  readonly bytesPerValue?: number;
  readonly M?: number;
}): IndexBytes {
  const where = "hnswBytes";
  requireOptions(where, options);
  const { count, dims, bytesPerValue = 4, M = 16 } = options;
  requireCount(where, "count", count);
  requireCount(where, "dims", dims);
  requirePositive(where, "bytesPerValue", bytesPerValue);
  requireCount(where, "M - 1", M - 1);
  const vectors = count * dims * bytesPerValue;
  const links = count * 4 * (2 * M + M / (M - 1));
  return { vectors, links, total: vectors + links };
}
