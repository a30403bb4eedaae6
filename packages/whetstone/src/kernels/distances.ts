/** Distances between all pairs of rows of two matrices. */
import { shapeError } from "../errors.ts";
import { gemmF64At } from "./gemm.ts";
import { parallel } from "./pool.ts";
import type { KernelName } from "./runtime.ts";
import { type Scratch, withScratch } from "./scratch.ts";

const chunkRows = 32;
const chunkCols = 512;
const panelsPerChunk = 64;
const rowsPerChunk = 1024;

/** Most entries of the result in kernel memory at a time. */
const slabEntries = 1 << 22;

/**
 * `out[i * m + j]` = squared Euclidean distance of row i of X (n x d) and row j of Y (m x d), row-major.
 *
 * Computed from the differences, so it is exact to about d * 1e-16 relative however near the points are, 0 for
 * equal rows, and symmetric.
 *
 * @throws WhetstoneError "shape" if an array is too short.
 *
 * @example
 * const out = new Float64Array(2);
 * pairwiseSquaredDistances(new Float64Array([0, 0]), 1, new Float64Array([3, 4, 1, 0]), 2, 2, out);
 * out; // [25, 1]
 */
export function pairwiseSquaredDistances(
  X: Float64Array,
  n: number,
  Y: Float64Array,
  m: number,
  d: number,
  out: Float64Array,
): void {
  byDifferences("pairwiseSquaredDistances", "squaredDistancesF64", X, n, Y, m, d, out);
}

/**
 * `out[i * m + j]` = Manhattan distance sum_p |x_ip - y_jp|; arguments as in
 * {@link pairwiseSquaredDistances}.
 *
 * @example
 * const out = new Float64Array(1);
 * pairwiseManhattanDistances(Float64Array.of(0, 0), 1, Float64Array.of(3, 4), 1, 2, out);
 * out[0]; // 7
 */
export function pairwiseManhattanDistances(
  X: Float64Array,
  n: number,
  Y: Float64Array,
  m: number,
  d: number,
  out: Float64Array,
): void {
  byDifferences("pairwiseManhattanDistances", "manhattanF64", X, n, Y, m, d, out);
}

/**
 * `out[i * m + j]` = 1 - x_i . y_j / (|x_i| |y_j|), from 0 to 2; arguments as in
 * {@link pairwiseSquaredDistances}. A zero row is at distance 1 from every row.
 *
 * @example
 * const out = new Float64Array(1);
 * pairwiseCosineDistances(Float64Array.of(1, 0), 1, Float64Array.of(0, 2), 1, 2, out);
 * out[0]; // 1
 */
export function pairwiseCosineDistances(
  X: Float64Array,
  n: number,
  Y: Float64Array,
  m: number,
  d: number,
  out: Float64Array,
): void {
  check("pairwiseCosineDistances", X, n, Y, m, d, out);
  if (n === 0 || m === 0) return;
  withScratch((s) => {
    const y = s.f64(whole(Y, m * d)).ptr;
    const yNorms = norms(s, y, m, d);
    slabs(n, m, (first, rows) => {
      withScratch((inner) => {
        const x = inner.f64(X.subarray(first * d, (first + rows) * d)).ptr;
        const xNorms = norms(inner, x, rows, d);
        const part = inner.f64(rows * m, false);
        gemmF64At(false, true, rows, m, d, 1, x, y, 0, part.ptr);
        const perChunk = Math.max(1, Math.ceil(65536 / m));
        parallel(
          "cosineFromGramF64",
          Math.ceil(rows / perChunk),
          part.ptr,
          xNorms,
          yNorms,
          rows,
          m,
          perChunk,
        );
        out.set(part.view, first * m);
      });
    });
  });
}

function norms(s: Scratch, x: number, rows: number, d: number): number {
  const out = s.f64(rows, false).ptr;
  parallel("rowNorms2F64", Math.ceil(rows / rowsPerChunk), x, out, rows, d, rowsPerChunk);
  return out;
}

function byDifferences(
  where: string,
  kernel: KernelName,
  X: Float64Array,
  n: number,
  Y: Float64Array,
  m: number,
  d: number,
  out: Float64Array,
): void {
  check(where, X, n, Y, m, d, out);
  if (n === 0 || m === 0) return;
  if (d === 0) {
    out.fill(0, 0, n * m);
    return;
  }
  withScratch((s) => {
    const packedY = pack(s, whole(Y, m * d), m, d);
    slabs(n, m, (first, rows) => {
      withScratch((inner) => {
        const packedX = pack(inner, X.subarray(first * d, (first + rows) * d), rows, d);
        const part = inner.f64(rows * m, false);
        const chunks = Math.ceil(rows / chunkRows) * Math.ceil(m / chunkCols);
        parallel(kernel, chunks, packedX, packedY, part.ptr, rows, m, d, m, chunkRows, chunkCols);
        out.set(part.view, first * m);
      });
    });
  });
}

/** Copies rows into kernel memory, in panels of four. */
function pack(s: Scratch, rows: Float64Array, count: number, d: number): number {
  const packed = s.f64(Math.ceil(count / 4) * 4 * d, false).ptr;
  withScratch((inner) => {
    const plain = inner.f64(rows).ptr;
    parallel("packF64", Math.ceil(count / 4 / panelsPerChunk), plain, packed, count, d, d, 1, panelsPerChunk);
  });
  return packed;
}

/** Cuts the rows of an n x m result so that each part has at most `slabEntries` entries. */
function slabs(n: number, m: number, each: (first: number, rows: number) => void): void {
  const height = Math.max(chunkRows, Math.floor(slabEntries / m / chunkRows) * chunkRows);
  for (let first = 0; first < n; first += height) each(first, Math.min(height, n - first));
}

function whole(array: Float64Array, length: number): Float64Array {
  return array.length === length ? array : array.subarray(0, length);
}

function check(
  where: string,
  X: Float64Array,
  n: number,
  Y: Float64Array,
  m: number,
  d: number,
  out: Float64Array,
): void {
  const need = (argument: string, array: Float64Array, rows: number, cols: number) => {
    if (array.length >= rows * cols) return;
    throw shapeError(where, argument, `has ${array.length} entries`, `${rows * cols} (${rows} x ${cols})`);
  };
  need("X", X, n, d);
  need("Y", Y, m, d);
  need("out", out, n, m);
}
