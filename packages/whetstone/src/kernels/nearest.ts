/** The k nearest rows by Euclidean distance, over all pairs. */

import { withScratch } from "./scratch.ts";
import { nearestKernels } from "./sets.ts";

const rowsPerChunk = 64;
/** Rows of X per call, so that their packed copies stay small. */
const slabRows = 1 << 15;

/**
 * For each of n rows of X the k nearest of m rows of Y (all d wide), ascending, ties by index: `indices` and
 * `distances` (squared) get n x k entries. Exact: distances are those of float64 differences. Needs 1 <= k <= m.
 *
 * @example
 * const [at, squared] = [new Int32Array(2), new Float64Array(2)];
 * nearestRows(new Float64Array([0.2]), 1, new Float64Array([5, 1, 0]), 3, 1, 2, at, squared);
 * at; // [2, 1]
 */
export function nearestRows(
  X: Float64Array,
  n: number,
  Y: Float64Array,
  m: number,
  d: number,
  k: number,
  indices: Int32Array,
  distances: Float64Array,
): void {
  const depth = d + 1;
  const centre = means(Y, m, d);
  const reach = Math.max(furthest(X, n, d, centre), furthest(Y, m, d, centre));
  // Scaled so that every centred row lies in the unit ball: float32 then neither overflows nor loses its bound.
  const screens = reach > 1e-140 && reach < 1e140;
  const scale = screens ? 1 / reach : 0;
  const unit = 2 ** -23; // twice the rounding of float32
  withScratch((s) => {
    const b = s.f32(Math.ceil(m / 8) * 8 * depth);
    let largest = 0;
    for (let j = 0; j < m; j++) {
      const at = (j >> 3) * 8 * depth + (j & 7);
      let norm = 0;
      for (let p = 0; p < d; p++) {
        const v = Math.fround(scale === 0 ? 0 : (Y[j * d + p]! - centre[p]!) * scale);
        b.view[at + 8 * p] = v;
        norm += v * v;
      }
      b.view[at + 8 * d] = norm / 2;
      if (norm > largest) largest = norm;
    }
    const y = s.f64(Y.length === m * d ? Y : Y.subarray(0, m * d)).ptr;
    for (let from = 0; from < n; from += slabRows) {
      const rows = Math.min(slabRows, n - from);
      withScratch((t) => {
        const panels = Math.ceil(rows / 4);
        const a = t.f32(panels * 4 * depth);
        const limit = t.f32(panels * 4);
        limit.view.fill(Number.POSITIVE_INFINITY);
        const base = t.f64(rows);
        const margin = t.f64(rows);
        for (let i = 0; i < rows; i++) {
          const at = (i >> 2) * 4 * depth + (i & 3);
          let norm = 0;
          for (let p = 0; p < d; p++) {
            const v = Math.fround(scale === 0 ? 0 : (X[(from + i) * d + p]! - centre[p]!) * scale);
            a.view[at + 4 * p] = -v;
            norm += v * v;
          }
          a.view[at + 4 * d] = 1;
          base.view[i] = norm;
          // Without a usable scale all pairs are decided by their differences.
          margin.view[i] = screens
            ? (depth + 8) * unit * (Math.sqrt(norm * largest) + largest + norm) + 1e-30
            : Number.POSITIVE_INFINITY;
        }
        const x = t.f64(X.subarray(from * d, (from + rows) * d)).ptr;
        const foundAt = t.i32(rows * k, false);
        const found = t.f64(rows * k, false);
        found.view.fill(Number.POSITIVE_INFINITY);
        foundAt.view.fill(0x7fffffff);
        nearestKernels.parallel(
          "nearestRows",
          Math.ceil(rows / rowsPerChunk),
          a.ptr,
          b.ptr,
          x,
          y,
          limit.ptr,
          base.ptr,
          margin.ptr,
          rows,
          m,
          d,
          depth,
          scale * scale,
          found.ptr,
          foundAt.ptr,
          k,
          rowsPerChunk,
        );
        indices.set(foundAt.view, from * k);
        distances.set(found.view, from * k);
      });
    }
  });
}

function means(Y: Float64Array, m: number, d: number): Float64Array {
  const out = new Float64Array(d);
  for (let j = 0, at = 0; j < m; j++) for (let p = 0; p < d; p++) out[p] = out[p]! + Y[at++]! / m;
  return out;
}

function furthest(X: Float64Array, n: number, d: number, centre: Float64Array): number {
  let most = 0;
  for (let i = 0, at = 0; i < n; i++) {
    let norm = 0;
    for (let p = 0; p < d; p++) {
      const v = X[at++]! - centre[p]!;
      norm += v * v;
    }
    if (!(norm <= most)) most = norm;
  }
  return Math.sqrt(most);
}
