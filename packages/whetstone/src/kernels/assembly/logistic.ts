/**
 * Log loss of linear logits and its gradient in one pass over row-major data. Each chunk writes its own sums; the
 * caller adds them in their order.
 */
import { madd64, min } from "./simd";

// @ts-ignore: decorator
@inline
function poly(p: v128, x: v128, c: f64): v128 {
  return madd64(p, x, f64x2.splat(c));
}

/** exp(x) for x <= 0, to about one unit in the last place; below -708 it stays at exp(-708). */
// @ts-ignore: decorator
@inline
function expNegative(x: v128): v128 {
  x = f64x2.max(x, f64x2.splat(-708));
  const k = f64x2.nearest(f64x2.mul(x, f64x2.splat(1.4426950408889634)));
  // ln 2 in two parts, so that k ln 2 is exact to well beyond 53 bits.
  let r = f64x2.sub(x, f64x2.mul(k, f64x2.splat(6.93147180369123816490e-1)));
  r = f64x2.sub(r, f64x2.mul(k, f64x2.splat(1.90821492927058770002e-10)));
  // Taylor series to degree 13: |r| <= ln(2) / 2 leaves 4e-18.
  let p = f64x2.splat(1.6059043836821613e-10);
  p = poly(p, r, 2.08767569878681e-9);
  p = poly(p, r, 2.505210838544172e-8);
  p = poly(p, r, 2.755731922398589e-7);
  p = poly(p, r, 2.7557319223985893e-6);
  p = poly(p, r, 2.48015873015873e-5);
  p = poly(p, r, 1.984126984126984e-4);
  p = poly(p, r, 1.388888888888889e-3);
  p = poly(p, r, 8.333333333333333e-3);
  p = poly(p, r, 4.1666666666666664e-2);
  p = poly(p, r, 1.6666666666666666e-1);
  p = poly(p, r, 0.5);
  p = poly(p, r, 1);
  p = poly(p, r, 1);
  // 2^k by writing its exponent bits: adding 2^52 + 1023 puts k + 1023 into the low bits.
  const bits = i64x2.shl(f64x2.add(k, f64x2.splat(4503599627371519)), 52);
  return f64x2.mul(p, bits);
}

/** 2 atanh(s) = 2 s (1 + s^2 / 3 + s^4 / 5 + ...) for |s| <= 1/3. */
// @ts-ignore: decorator
@inline
function twiceAtanh(s: v128): v128 {
  const t = f64x2.mul(s, s);
  let p = f64x2.splat(1.0 / 33);
  p = poly(p, t, 1.0 / 31);
  p = poly(p, t, 1.0 / 29);
  p = poly(p, t, 1.0 / 27);
  p = poly(p, t, 1.0 / 25);
  p = poly(p, t, 1.0 / 23);
  p = poly(p, t, 1.0 / 21);
  p = poly(p, t, 1.0 / 19);
  p = poly(p, t, 1.0 / 17);
  p = poly(p, t, 1.0 / 15);
  p = poly(p, t, 1.0 / 13);
  p = poly(p, t, 1.0 / 11);
  p = poly(p, t, 1.0 / 9);
  p = poly(p, t, 1.0 / 7);
  p = poly(p, t, 1.0 / 5);
  p = poly(p, t, 1.0 / 3);
  p = poly(p, t, 1);
  return f64x2.mul(f64x2.add(s, s), p);
}

/** ln(x) for finite x >= 1. */
function logAboveOne(x: f64): f64 {
  const bits = reinterpret<i64>(x);
  // Mantissa in [sqrt(1/2), sqrt(2)).
  const k = (bits - 0x3fe6a09e667f3bcd) >> 52;
  const m = reinterpret<f64>(bits - (k << 52));
  const s = f64x2.splat((m - 1) / (m + 1));
  return <f64>k * 0.6931471805599453 + f64x2.extract_lane(twiceAtanh(s), 0);
}

/**
 * Loss and residual of two rows with logits m, labels y in {0, 1} and weights w. Writes the weighted residual
 * w (p - y) and returns the weighted loss w softplus(m (1 - 2 y)).
 */
// @ts-ignore: decorator
@inline
function pairLoss(m: v128, y: v128, w: v128, residual: usize): v128 {
  const one = f64x2.splat(1);
  const sign = f64x2.sub(one, f64x2.add(y, y)); // +1 for y = 0, -1 for y = 1
  const s = f64x2.mul(m, sign);
  const e = expNegative(f64x2.neg(f64x2.abs(s)));
  const bottom = f64x2.add(one, e);
  const loss = f64x2.add(f64x2.max(s, f64x2.splat(0)), twiceAtanh(f64x2.div(e, f64x2.add(one, bottom))));
  // Probability of the wrong class: 1 / (1 + e) where s >= 0, e / (1 + e) below.
  const top = v128.bitselect(one, e, f64x2.ge(s, f64x2.splat(0)));
  v128.store(residual, f64x2.mul(f64x2.mul(w, sign), f64x2.div(top, bottom)));
  return f64x2.mul(w, loss);
}

/**
 * Binary log loss. theta: cols coefficients, then the intercept. partial[chunk]: cols + 2 numbers, the gradient
 * (intercept last) and the loss. `work`: 4 numbers per chunk. y and w hold one number per row.
 */
export function logisticBinary(
  x: usize, y: usize, w: usize, theta: usize, rows: i32, cols: i32, partial: usize, work: usize,
  rowsPerChunk: i32, chunk: i32,
): void {
  const last = min(rows, (chunk + 1) * rowsPerChunk);
  const line = <usize>cols << 3;
  const out = partial + ((<usize>chunk * (cols + 2)) << 3);
  const res = work + (<usize>chunk << 5);
  memory.fill(out, 0, line + 16);
  const b = load<f64>(theta + line);
  let total = f64x2.splat(0);
  let pull: f64 = 0;
  let i = chunk * rowsPerChunk;
  for (; i + 4 <= last; i += 4) {
    let r0 = x + <usize>i * line, r1 = r0 + line, r2 = r1 + line, r3 = r2 + line, at = theta;
    let s0 = f64x2.splat(0), s1 = s0, s2 = s0, s3 = s0;
    let n = cols;
    for (; n >= 2; n -= 2) {
      const v = v128.load(at);
      s0 = madd64(v128.load(r0), v, s0);
      s1 = madd64(v128.load(r1), v, s1);
      s2 = madd64(v128.load(r2), v, s2);
      s3 = madd64(v128.load(r3), v, s3);
      r0 += 16; r1 += 16; r2 += 16; r3 += 16; at += 16;
    }
    let m01 = f64x2.add(pairUp(s0, s1), f64x2.splat(b));
    let m23 = f64x2.add(pairUp(s2, s3), f64x2.splat(b));
    if (n > 0) {
      const v = v128.load64_splat(at);
      m01 = madd64(v128.load64_lane(r1, v128.load64_splat(r0), 1), v, m01);
      m23 = madd64(v128.load64_lane(r3, v128.load64_splat(r2), 1), v, m23);
    }
    const row = <usize>i << 3;
    total = f64x2.add(total, pairLoss(m01, v128.load(y + row), v128.load(w + row), res));
    total = f64x2.add(total, pairLoss(m23, v128.load(y + row, 16), v128.load(w + row, 16), res + 16));

    const q0 = v128.load64_splat(res), q1 = v128.load64_splat(res, 8);
    const q2 = v128.load64_splat(res, 16), q3 = v128.load64_splat(res, 24);
    pull += f64x2.extract_lane(q0, 0) + f64x2.extract_lane(q1, 0) + (f64x2.extract_lane(q2, 0) + f64x2.extract_lane(q3, 0));
    r0 = x + <usize>i * line; r1 = r0 + line; r2 = r1 + line; r3 = r2 + line;
    let to = out;
    for (n = cols; n >= 2; n -= 2) {
      const s = madd64(q1, v128.load(r1), madd64(q0, v128.load(r0), v128.load(to)));
      v128.store(to, madd64(q3, v128.load(r3), madd64(q2, v128.load(r2), s)));
      r0 += 16; r1 += 16; r2 += 16; r3 += 16; to += 16;
    }
    if (n > 0) {
      const s = load<f64>(to) + load<f64>(res) * load<f64>(r0) + load<f64>(res, 8) * load<f64>(r1);
      store<f64>(to, s + load<f64>(res, 16) * load<f64>(r2) + load<f64>(res, 24) * load<f64>(r3));
    }
  }
  for (; i < last; i++) {
    const row = x + <usize>i * line;
    let m = b;
    for (let j: usize = 0; j < line; j += 8) m += load<f64>(row + j) * load<f64>(theta + j);
    const at = <usize>i << 3;
    const lost = pairLoss(f64x2.splat(m), v128.load64_splat(y + at), v128.load64_splat(w + at), res);
    total = f64x2.add(total, f64x2.replace_lane(lost, 1, 0));
    const q = load<f64>(res);
    pull += q;
    for (let j: usize = 0; j < line; j += 8) store<f64>(out + j, load<f64>(out + j) + q * load<f64>(row + j));
  }
  store<f64>(out + line, pull);
  store<f64>(out + line, f64x2.extract_lane(total, 0) + f64x2.extract_lane(total, 1), 8);
}

/** (sum of a, sum of b). */
// @ts-ignore: decorator
@inline
function pairUp(a: v128, b: v128): v128 {
  return f64x2.add(v128.shuffle<f64>(a, b, 0, 2), v128.shuffle<f64>(a, b, 1, 3));
}

/**
 * Softmax log loss over `outputs` classes. theta: per output cols coefficients, then its intercept.
 * partial[chunk]: outputs * (cols + 1) + 1 numbers, the gradient and the loss. `work`: 2 * outputs numbers per chunk.
 * `codes` holds one class code (i32) per row.
 */
export function logisticSoftmax(
  x: usize, codes: usize, w: usize, theta: usize, rows: i32, cols: i32, outputs: i32, partial: usize, work: usize,
  rowsPerChunk: i32, chunk: i32,
): void {
  const last = min(rows, (chunk + 1) * rowsPerChunk);
  const line = <usize>cols << 3;
  const stride = line + 8;
  const length = <usize>outputs * stride;
  const out = partial + <usize>chunk * (length + 8);
  const logits = work + ((<usize>chunk * outputs) << 4);
  memory.fill(out, 0, length + 8);
  let total: f64 = 0;
  // Two rows at a time, in the two lanes; an odd last row is taken twice, the second time with weight zero.
  for (let i = chunk * rowsPerChunk; i < last; i += 2) {
    const single = i + 1 == last;
    const x0 = x + <usize>i * line;
    const x1 = single ? x0 : x0 + line;
    let top = f64x2.splat(-Infinity);
    for (let k = 0; k < outputs; k++) {
      let r0 = x0, r1 = x1, at = theta + <usize>k * stride, n = cols;
      let s0 = f64x2.splat(0), s1 = s0;
      for (; n >= 2; n -= 2) {
        const v = v128.load(at);
        s0 = madd64(v128.load(r0), v, s0);
        s1 = madd64(v128.load(r1), v, s1);
        r0 += 16; r1 += 16; at += 16;
      }
      let m = pairUp(s0, s1);
      if (n > 0) {
        m = madd64(v128.load64_lane(r1, v128.load64_splat(r0), 1), v128.load64_splat(at), m);
        at += 8;
      }
      m = f64x2.add(m, v128.load64_splat(at));
      v128.store(logits + (<usize>k << 4), m);
      top = f64x2.max(top, m);
    }
    const c0 = <usize>load<i32>(codes + (<usize>i << 2));
    const c1 = single ? c0 : <usize>load<i32>(codes + (<usize>i << 2), 4);
    const own0 = load<f64>(logits + (c0 << 4)), own1 = load<f64>(logits + (c1 << 4), 8);
    let sum = f64x2.splat(0);
    for (let k = 0; k < outputs; k++) {
      const at = logits + (<usize>k << 4);
      const e = expNegative(f64x2.sub(v128.load(at), top));
      v128.store(at, e);
      sum = f64x2.add(sum, e);
    }
    const w0 = load<f64>(w + (<usize>i << 3));
    const w1: f64 = single ? 0 : load<f64>(w + (<usize>i << 3), 8);
    total += w0 * (f64x2.extract_lane(top, 0) - own0 + logAboveOne(f64x2.extract_lane(sum, 0)));
    if (!single) total += w1 * (f64x2.extract_lane(top, 1) - own1 + logAboveOne(f64x2.extract_lane(sum, 1)));
    const weight = f64x2.replace_lane(f64x2.splat(w0), 1, w1);
    const share = f64x2.div(weight, sum);
    for (let k: usize = 0; k < <usize>outputs; k++) {
      let r = f64x2.mul(v128.load(logits + (k << 4)), share);
      if (k == c0) r = f64x2.sub(r, f64x2.replace_lane(f64x2.splat(0), 0, w0));
      if (k == c1) r = f64x2.sub(r, f64x2.replace_lane(f64x2.splat(0), 1, w1));
      const f0 = f64x2.extract_lane(r, 0), f1 = f64x2.extract_lane(r, 1);
      const q0 = f64x2.splat(f0), q1 = f64x2.splat(f1);
      let r0 = x0, r1 = x1, to = out + k * stride, n = cols;
      for (; n >= 2; n -= 2) {
        v128.store(to, madd64(q1, v128.load(r1), madd64(q0, v128.load(r0), v128.load(to))));
        r0 += 16; r1 += 16; to += 16;
      }
      if (n > 0) {
        store<f64>(to, load<f64>(to) + f0 * load<f64>(r0) + f1 * load<f64>(r1));
        to += 8;
      }
      store<f64>(to, load<f64>(to) + f0 + f1);
    }
  }
  store<f64>(out + length, total);
}
