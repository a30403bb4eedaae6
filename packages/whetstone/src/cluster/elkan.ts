/** Elkan's assignment: the triangle inequality spares most distances of rows to centres. */
import { kmeansKernels, type Scratch } from "../kernels/index.ts";
import type { Loaded } from "./loaded-rows.ts";

/**
 * Labels rows as comparing them with every centre would. Each row keeps an upper bound of the distance to its centre and
 * a lower bound per centre (rows x centres numbers in all); bounds widen by how far centres move, and a centre is
 * measured only where the bounds leave open whether it is nearer.
 *
 * Source: Elkan (2003), ICML, section 3.
 */
export function elkanAssign(s: Scratch, loaded: Loaded): (centres: Float64Array) => void {
  const { problem, x, w, labels, partial, chunks, rowsPerChunk } = loaded;
  const { n, d, k } = problem;
  const current = s.f64(k * d);
  const between = s.f64(k * k); // half the distances between centres
  const nearest = s.f64(k); // half the distance to the nearest other centre
  const shift = s.f64(k); // how far each centre moved since the last call
  const upper = s.f64(n, false);
  const lower = s.f64(n * k); // n x k
  let fresh = true;
  return (centres) => {
    for (let c = 0; c < k; c++) {
      let moved = 0;
      for (let j = c * d; j < (c + 1) * d; j++) moved += (centres[j]! - current.view[j]!) ** 2;
      shift.view[c] = fresh ? 0 : Math.sqrt(moved);
    }
    fresh = false;
    current.view.set(centres);
    nearest.view.fill(Number.POSITIVE_INFINITY);
    for (let a = 0; a < k; a++)
      for (let b = 0; b < a; b++) {
        let sum = 0;
        for (let j = 0; j < d; j++) sum += (centres[a * d + j]! - centres[b * d + j]!) ** 2;
        const gap = Math.sqrt(sum) / 2;
        between.view[a * k + b] = between.view[b * k + a] = gap;
        nearest.view[a] = Math.min(nearest.view[a]!, gap);
        nearest.view[b] = Math.min(nearest.view[b]!, gap);
      }
    kmeansKernels.parallel(
      "elkanStep",
      chunks,
      x.ptr,
      w,
      current.ptr,
      between.ptr,
      nearest.ptr,
      shift.ptr,
      n,
      d,
      k,
      upper.ptr,
      lower.ptr,
      labels.ptr,
      partial.ptr,
      rowsPerChunk,
    );
  };
}
