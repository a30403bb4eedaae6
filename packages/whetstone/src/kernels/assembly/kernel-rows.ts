/** Values of the kernels of support vector machines, for rows against panels of eight rows. */
import { exp64 } from "./vector-math";
import { madd64, min } from "./simd";

// @ts-ignore: decorator
@inline const LINEAR: i32 = 0;
// @ts-ignore: decorator
@inline const POLYNOMIAL: i32 = 1;
// @ts-ignore: decorator
@inline const RBF: i32 = 2;
// @ts-ignore: decorator
@inline const SIGMOID: i32 = 3;

/** Packs rows (given by `which`, in an n x d matrix) in panels of eight, column by column; padding is zero. */
export function packRows8(x: usize, which: usize, rows: i32, d: i32, out: usize): void {
  for (let i = 0; i < rows; i++) {
    const from = x + ((<usize>load<i32>(which + (<usize>i << 2)) * d) << 3);
    let to = out + ((<usize>(i >> 3) * d) << 6) + (<usize>(i & 7) << 3);
    for (let j = 0; j < d; j++) {
      store<f64>(to, load<f64>(from + (<usize>j << 3)));
      to += 64;
    }
  }
}

/** x y for eight packed rows at `b`, and y x' for a second row x': each of these loads of b serves two rows. */
// @ts-ignore: decorator
@inline
function dotsOfPair(x: usize, x2: usize, b: usize, d: i32, to: usize, to2: usize): void {
  let s0 = f64x2.splat(0), s1 = s0, s2 = s0, s3 = s0, t0 = s0, t1 = s0, t2 = s0, t3 = s0;
  for (let n = d; n > 0; n--) {
    const v = v128.load64_splat(x), w = v128.load64_splat(x2);
    const b0 = v128.load(b), b1 = v128.load(b, 16), b2 = v128.load(b, 32), b3 = v128.load(b, 48);
    s0 = madd64(v, b0, s0);
    t0 = madd64(w, b0, t0);
    s1 = madd64(v, b1, s1);
    t1 = madd64(w, b1, t1);
    s2 = madd64(v, b2, s2);
    t2 = madd64(w, b2, t2);
    s3 = madd64(v, b3, s3);
    t3 = madd64(w, b3, t3);
    x += 8;
    x2 += 8;
    b += 64;
  }
  v128.store(to, s0);
  v128.store(to, s1, 16);
  v128.store(to, s2, 32);
  v128.store(to, s3, 48);
  v128.store(to2, t0);
  v128.store(to2, t1, 16);
  v128.store(to2, t2, 32);
  v128.store(to2, t3, 48);
}

/** From eight products x y to k(x, y), in place. `norm` is |x|^2, `norms` those of the eight rows; only RBF reads them. */
function valuesOf(kind: i32, gamma: f64, coef0: f64, degree: i32, norm: f64, norms: usize, to: usize): void {
  if (kind == LINEAR) return;
  let s0 = v128.load(to), s1 = v128.load(to, 16), s2 = v128.load(to, 32), s3 = v128.load(to, 48);
  if (kind == RBF) {
    const n2 = f64x2.splat(norm), two = f64x2.splat(-2), zero = f64x2.splat(0), minus = f64x2.splat(-gamma);
    s0 = f64x2.max(zero, f64x2.add(f64x2.mul(two, s0), f64x2.add(n2, v128.load(norms))));
    s1 = f64x2.max(zero, f64x2.add(f64x2.mul(two, s1), f64x2.add(n2, v128.load(norms, 16))));
    s2 = f64x2.max(zero, f64x2.add(f64x2.mul(two, s2), f64x2.add(n2, v128.load(norms, 32))));
    s3 = f64x2.max(zero, f64x2.add(f64x2.mul(two, s3), f64x2.add(n2, v128.load(norms, 48))));
    s0 = exp64(f64x2.mul(minus, s0));
    s1 = exp64(f64x2.mul(minus, s1));
    s2 = exp64(f64x2.mul(minus, s2));
    s3 = exp64(f64x2.mul(minus, s3));
  } else {
    const g = f64x2.splat(gamma), c = f64x2.splat(coef0);
    s0 = f64x2.add(f64x2.mul(g, s0), c);
    s1 = f64x2.add(f64x2.mul(g, s1), c);
    s2 = f64x2.add(f64x2.mul(g, s2), c);
    s3 = f64x2.add(f64x2.mul(g, s3), c);
    if (kind == POLYNOMIAL) {
      s0 = power(s0, degree);
      s1 = power(s1, degree);
      s2 = power(s2, degree);
      s3 = power(s3, degree);
    } else if (kind == SIGMOID) {
      s0 = tanh64(s0);
      s1 = tanh64(s1);
      s2 = tanh64(s2);
      s3 = tanh64(s3);
    }
  }
  v128.store(to, s0);
  v128.store(to, s1, 16);
  v128.store(to, s2, 32);
  v128.store(to, s3, 48);
}

function power(x: v128, degree: i32): v128 {
  let out = f64x2.splat(1);
  for (; degree > 0; degree >>= 1) {
    if (degree & 1) out = f64x2.mul(out, x);
    x = f64x2.mul(x, x);
  }
  return out;
}

/** tanh by 1 - 2 / (e^(2|x|) + 1), with the sign put back; absolute error 1e-16, which a kernel value needs. */
function tanh64(x: v128): v128 {
  const one = f64x2.splat(1);
  const e = exp64(f64x2.abs(f64x2.add(x, x)));
  const t = f64x2.sub(one, f64x2.div(f64x2.splat(2), f64x2.add(e, one)));
  return v128.bitselect(x, t, f64x2.splat(-0.0));
}

/**
 * k of each of `count` rows of x against `rows` packed ones (see packRows8). Row number `which[q]` of x (i32) goes to
 * place `slots[q]` of `out`, in rows of `stride` numbers (whole panels); both 0: row q to place q. `degree` is a whole
 * number. A chunk does some panels for all rows.
 */
export function kernelRows(
  kind: i32, gamma: f64, coef0: f64, degree: i32, x: usize, xNorms: usize, which: usize, slots: usize, count: i32,
  packed: usize, norms: usize, rows: i32, d: i32, out: usize, stride: i32, panelsPerChunk: i32, chunk: i32,
): void {
  const panels = (rows + 7) >> 3;
  const last = min(panels, (chunk + 1) * panelsPerChunk);
  for (let q = 0; q < count; q += 2) {
    const q2 = q + 1 < count ? q + 1 : q;
    const i = which == 0 ? q : load<i32>(which + (<usize>q << 2));
    const i2 = which == 0 ? q2 : load<i32>(which + (<usize>q2 << 2));
    const r = slots == 0 ? q : load<i32>(slots + (<usize>q << 2));
    const r2 = slots == 0 ? q2 : load<i32>(slots + (<usize>q2 << 2));
    const row = out + ((<usize>r * stride) << 3), row2 = out + ((<usize>r2 * stride) << 3);
    const norm = load<f64>(xNorms + (<usize>i << 3)), norm2 = load<f64>(xNorms + (<usize>i2 << 3));
    for (let p = chunk * panelsPerChunk; p < last; p++) {
      const to = row + (<usize>p << 6), to2 = row2 + (<usize>p << 6), at = norms + (<usize>p << 6);
      dotsOfPair(x + ((<usize>i * d) << 3), x + ((<usize>i2 * d) << 3), packed + ((<usize>p * d) << 6), d, to, to2);
      valuesOf(kind, gamma, coef0, degree, norm, at, to);
      if (q2 > q) valuesOf(kind, gamma, coef0, degree, norm2, at, to2);
    }
  }
}

/**
 * out_t = sum over `count` rows of x of factor_q k(x_q, row t), for `rows` packed rows. `work` has 16 numbers per chunk.
 * A chunk does some panels, over all of x.
 */
export function kernelSums(
  kind: i32, gamma: f64, coef0: f64, degree: i32, x: usize, xNorms: usize, factors: usize, count: i32, packed: usize,
  norms: usize, rows: i32, d: i32, out: usize, work: usize, panelsPerChunk: i32, chunk: i32,
): void {
  const panels = (rows + 7) >> 3;
  const last = min(panels, (chunk + 1) * panelsPerChunk);
  const to = work + (<usize>chunk << 7), to2 = to + 64;
  for (let p = chunk * panelsPerChunk; p < last; p++) {
    const b = packed + ((<usize>p * d) << 6), at = norms + (<usize>p << 6), sum = out + (<usize>p << 6);
    let s0 = f64x2.splat(0), s1 = s0, s2 = s0, s3 = s0;
    for (let q = 0; q < count; q += 2) {
      const two = q + 1 < count;
      const q2 = two ? q + 1 : q;
      dotsOfPair(x + ((<usize>q * d) << 3), x + ((<usize>q2 * d) << 3), b, d, to, to2);
      valuesOf(kind, gamma, coef0, degree, load<f64>(xNorms + (<usize>q << 3)), at, to);
      const f = v128.load64_splat(factors + (<usize>q << 3));
      s0 = madd64(f, v128.load(to), s0);
      s1 = madd64(f, v128.load(to, 16), s1);
      s2 = madd64(f, v128.load(to, 32), s2);
      s3 = madd64(f, v128.load(to, 48), s3);
      if (!two) break;
      valuesOf(kind, gamma, coef0, degree, load<f64>(xNorms + (<usize>q2 << 3)), at, to2);
      const f2 = v128.load64_splat(factors + (<usize>q2 << 3));
      s0 = madd64(f2, v128.load(to2), s0);
      s1 = madd64(f2, v128.load(to2, 16), s1);
      s2 = madd64(f2, v128.load(to2, 32), s2);
      s3 = madd64(f2, v128.load(to2, 48), s3);
    }
    v128.store(sum, s0);
    v128.store(sum, s1, 16);
    v128.store(sum, s2, 32);
    v128.store(sum, s3, 48);
  }
}
