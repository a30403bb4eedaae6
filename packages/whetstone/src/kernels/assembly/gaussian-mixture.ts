/** The E step of Gaussian mixtures: log densities of rows under every component, then responsibilities. */
import { madd64, min } from "./simd";
import { exp64, log64 } from "./vector-math";

/** Rows at a time, one per lane: their columns lie side by side in the buffer. */
// @ts-ignore: decorator
@inline const LANES: i32 = 8;

/**
 * For the rows of one chunk: `out[c * rows + i]` = share of component c in row i, `norm[i]` = log of the mixture's
 * density there. Component c has log weight plus log normalising constant `constants[c]`, mean `means[c]` and the
 * whitening A = L^-1 of its covariance L L^T in `whiten`: lower triangular d x d where `full`, else the d diagonal
 * entries. `w` = 0, or weights that multiply the shares. `buffer` holds 2 * d * LANES numbers per chunk.
 */
export function mixtureShares(
  x: usize, w: usize, rows: i32, d: i32, k: i32, means: usize, whiten: usize, constants: usize, full: i32,
  out: usize, norm: usize, buffer: usize, rowsPerChunk: i32, chunk: i32,
): void {
  const last = min(rows, (chunk + 1) * rowsPerChunk);
  const columns = buffer + ((<usize>chunk * 2 * d * LANES) << 3);
  const centred = columns + ((<usize>d * LANES) << 3);
  for (let from = chunk * rowsPerChunk; from < last; from += LANES) {
    const count = min(LANES, last - from);
    for (let j = 0; j < d; j++) {
      for (let r = 0; r < LANES; r++) {
        // Lanes beyond the last row repeat it: their results are not stored.
        const row = from + min(r, count - 1);
        store<f64>(columns + ((<usize>j * LANES + r) << 3), load<f64>(x + ((<usize>row * d + j) << 3)));
      }
    }
    for (let c = 0; c < k; c++) {
      const to = out + ((<usize>c * rows + from) << 3);
      const A = whiten + (<usize>c * (full ? d * d : d) << 3);
      logDensities(columns, centred, d, means + ((<usize>c * d) << 3), A, load<f64>(constants + (<usize>c << 3)), full, to, count);
    }
    normalise(out + (<usize>from << 3), rows, k, count, w == 0 ? 0 : w + (<usize>from << 3), norm + (<usize>from << 3));
  }
}

/** constant - |A (x - mean)|^2 / 2 for eight rows. */
function logDensities(
  columns: usize, centred: usize, d: i32, mean: usize, A: usize, constant: f64, full: i32, to: usize, count: i32,
): void {
  let q0 = f64x2.splat(0), q1 = q0, q2 = q0, q3 = q0;
  for (let j = 0; j < d; j++) {
    const at = (<usize>j * LANES) << 3;
    const m = v128.load64_splat(mean + (<usize>j << 3));
    const from = columns + at, z = centred + at;
    v128.store(z, f64x2.sub(v128.load(from), m));
    v128.store(z, f64x2.sub(v128.load(from, 16), m), 16);
    v128.store(z, f64x2.sub(v128.load(from, 32), m), 32);
    v128.store(z, f64x2.sub(v128.load(from, 48), m), 48);
    let a0 = f64x2.splat(0), a1 = a0, a2 = a0, a3 = a0;
    let p = full ? A + ((<usize>j * d) << 3) : A + (<usize>j << 3);
    let b = full ? centred : z;
    let left = full ? j + 1 : 1;
    do {
      const v = v128.load64_splat(p);
      a0 = madd64(v, v128.load(b), a0);
      a1 = madd64(v, v128.load(b, 16), a1);
      a2 = madd64(v, v128.load(b, 32), a2);
      a3 = madd64(v, v128.load(b, 48), a3);
      p += 8;
      b += <usize>LANES << 3;
    } while (--left);
    q0 = madd64(a0, a0, q0);
    q1 = madd64(a1, a1, q1);
    q2 = madd64(a2, a2, q2);
    q3 = madd64(a3, a3, q3);
  }
  storeLanes(to, count, 0, constant, q0);
  storeLanes(to, count, 2, constant, q1);
  storeLanes(to, count, 4, constant, q2);
  storeLanes(to, count, 6, constant, q3);
}

// @ts-ignore: decorator
@inline
function storeLanes(to: usize, count: i32, lane: i32, constant: f64, q: v128): void {
  if (lane < count) store<f64>(to + (<usize>lane << 3), constant - 0.5 * f64x2.extract_lane(q, 0));
  if (lane + 1 < count) store<f64>(to + (<usize>(lane + 1) << 3), constant - 0.5 * f64x2.extract_lane(q, 1));
}

/** Logs become shares in place: column i of a k x rows block, for `count` columns. */
function normalise(logs: usize, rows: i32, k: i32, count: i32, w: usize, norm: usize): void {
  const line = <usize>rows << 3;
  for (let i = 0; i < count; i++) {
    let at = logs + (<usize>i << 3);
    let top = load<f64>(at);
    for (let c = 1; c < k; c++) {
      at += line;
      const v = load<f64>(at);
      if (v > top) top = v;
    }
    at = logs + (<usize>i << 3);
    let total: f64 = 0;
    for (let c = 0; c < k; c++) {
      const e = f64x2.extract_lane(exp64(f64x2.splat(load<f64>(at) - top)), 0);
      store<f64>(at, e);
      total += e;
      at += line;
    }
    const factor = (w == 0 ? 1.0 : load<f64>(w + (<usize>i << 3))) / total;
    at = logs + (<usize>i << 3);
    for (let c = 0; c < k; c++) {
      store<f64>(at, load<f64>(at) * factor);
      at += line;
    }
    store<f64>(norm + (<usize>i << 3), top + f64x2.extract_lane(log64(f64x2.splat(total)), 0));
  }
}
