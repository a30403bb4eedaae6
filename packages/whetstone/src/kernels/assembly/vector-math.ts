/**
 * exp and log on two float64 lanes, to about one unit in the last place. Plain multiplications and additions
 * only: the two builds (with and without relaxed SIMD) give the same bits.
 */

// @ts-ignore: decorator
@inline
function horner(p: v128, x: v128, c: f64): v128 {
  return f64x2.add(f64x2.mul(p, x), f64x2.splat(c));
}

/** exp(x), with x held to [-708, 709]. */
// @ts-ignore: decorator
@inline
export function exp64(x: v128): v128 {
  x = f64x2.pmin(f64x2.splat(709), f64x2.pmax(f64x2.splat(-708), x));
  const k = f64x2.nearest(f64x2.mul(x, f64x2.splat(1.4426950408889634)));
  // ln 2 in two parts: k times the first is exact.
  let r = f64x2.sub(x, f64x2.mul(k, f64x2.splat(6.93147180369123816490e-1)));
  r = f64x2.sub(r, f64x2.mul(k, f64x2.splat(1.90821492927058770002e-10)));
  // Taylor series to degree 13 on |r| <= ln(2) / 2: the rest is below 4e-18.
  let p = f64x2.splat(1.6059043836821613e-10);
  p = horner(p, r, 2.08767569878681e-9);
  p = horner(p, r, 2.505210838544172e-8);
  p = horner(p, r, 2.755731922398589e-7);
  p = horner(p, r, 2.7557319223985893e-6);
  p = horner(p, r, 2.48015873015873e-5);
  p = horner(p, r, 1.984126984126984e-4);
  p = horner(p, r, 1.388888888888889e-3);
  p = horner(p, r, 8.333333333333333e-3);
  p = horner(p, r, 4.1666666666666664e-2);
  p = horner(p, r, 1.6666666666666666e-1);
  p = horner(p, r, 0.5);
  p = horner(p, r, 1);
  p = horner(p, r, 1);
  // 2^k by its exponent bits: adding 2^52 + 1023 leaves k + 1023 (2 to 2046) in the low bits.
  return f64x2.mul(p, i64x2.shl(f64x2.add(k, f64x2.splat(4503599627371519)), 52));
}

/** ln(x) for positive normal x. */
// @ts-ignore: decorator
@inline
export function log64(x: v128): v128 {
  // x = 2^k m with m in [sqrt(1/2), sqrt(2)).
  const shifted = i64x2.sub(x, i64x2.splat(0x3fe6a09e667f3bcd));
  const k = i64x2.shr_s(shifted, 52);
  const m = i64x2.sub(x, i64x2.shl(k, 52));
  // k as float64: |k| < 2^51, so the low bits of 2^52 + 2^51 hold it.
  const magic = f64x2.splat(6755399441055744);
  const kf = f64x2.sub(i64x2.add(k, magic), magic);
  const one = f64x2.splat(1);
  const f = f64x2.sub(m, one);
  const s = f64x2.div(f, f64x2.add(m, one));
  // ln m = 2 atanh(s) = 2 s + 2 s^3 / 3 + ..., |s| <= 0.1716.
  const t = f64x2.mul(s, s);
  let p = f64x2.splat(2.0 / 21);
  p = horner(p, t, 2.0 / 19);
  p = horner(p, t, 2.0 / 17);
  p = horner(p, t, 2.0 / 15);
  p = horner(p, t, 2.0 / 13);
  p = horner(p, t, 2.0 / 11);
  p = horner(p, t, 2.0 / 9);
  p = horner(p, t, 2.0 / 7);
  p = horner(p, t, 2.0 / 5);
  p = horner(p, t, 2.0 / 3);
  // 2 s = f - s f keeps the leading term exact to rounding.
  const tail = f64x2.mul(s, f64x2.sub(f64x2.mul(t, p), f));
  const low = f64x2.add(tail, f64x2.mul(kf, f64x2.splat(1.90821492927058770002e-10)));
  return f64x2.add(f64x2.mul(kf, f64x2.splat(6.93147180369123816490e-1)), f64x2.add(f, low));
}

/** ln(x) of one positive normal number. AssemblyScript's own needs a table in static data, which kernels must not have. */
// @ts-ignore: decorator
@inline
export function log1(x: f64): f64 {
  return f64x2.extract_lane(log64(f64x2.splat(x)), 0);
}
