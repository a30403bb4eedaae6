/**
 * Functions in WGSL, for float32 and 32-bit integers. The language's own exp, log, sin and pow have loose error bounds
 * (and none for erf, expm1 and log1p, which it lacks), so those are written here out of additions, multiplications and
 * divisions. A compiler of WGSL may regroup sums and may take it that no NaN or infinity ever comes up: where an error
 * is computed on purpose, `keep` hides a value from it, and NaN is told by its bits.
 */
import { multipliers } from "../../graph/random-bits.ts";
import { coefficients, twoOverPi } from "../../wasm/vector-math/coefficients.ts";

/** A float32 as WGSL writes it: exactly, by its bits. Infinities and NaN must come from memory. */
export function literal(value: number): string {
  if (Number.isNaN(value)) return "not_a_number()";
  if (Math.abs(Math.fround(value)) === Number.POSITIVE_INFINITY)
    return value > 0 ? "infinity()" : "(-infinity())";
  const bits = new Uint32Array(Float32Array.of(value).buffer)[0]!;
  return `bitcast<f32>(0x${bits.toString(16)}u)`;
}

/** a0 + a1 x + ..., by Horner's rule. */
const polynomial = (x: string, terms: readonly number[]): string =>
  terms.slice(0, -1).reduceRight((sum, term) => `(${literal(term)} + ${x} * ${sum})`, literal(terms.at(-1)!));

/** The leading bits of a number: products with short integers are exact. */
function leading(value: number, bits: number): number {
  const unit = 2 ** (Math.floor(Math.log2(value)) + 1 - bits);
  return Math.floor(value / unit) * unit;
}

const { exp, ln2, log, erf, erfTail, tanh, sin, cos } = coefficients;
const halfPi = leading(Math.PI / 2, 14);
const halfPiNext = leading(Math.PI / 2 - halfPi, 14);
const halfPiRest = Math.PI / 2 - halfPi - halfPiNext;
/** 64 zero bits and the first bits of 2 / pi, in words of 32 bits. */
const words = twoOverPi.slice(0, 5).flatMap((w) => [w >> 32n, w & 0xffffffffn]);
/** Terms of atan(t) / t in t^2. */
const atanTerms = Array.from({ length: 10 }, (_, i) => (i % 2 === 0 ? 1 : -1) / (2 * i + 1));

/** By name; each may call the others. */
export const functions: Readonly<Record<string, string>> = {
  keep: `fn keep(x: f32) -> f32 { return bitcast<f32>(bitcast<u32>(x) ^ opaque.x); }`,
  infinity: `fn infinity() -> f32 { return bitcast<f32>(opaque.y); }`,
  not_a_number: `fn not_a_number() -> f32 { return bitcast<f32>(opaque.z); }`,
  is_nan: `fn is_nan(x: f32) -> bool { return (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u; }`,
  is_infinite: `fn is_infinite(x: f32) -> bool { return (bitcast<u32>(x) & 0x7fffffffu) == 0x7f800000u; }`,
  with_sign: `fn with_sign(size: f32, x: f32) -> f32 {
  return bitcast<f32>((bitcast<u32>(size) & 0x7fffffffu) | (bitcast<u32>(x) & 0x80000000u));
}`,
  power_of_two: `fn power_of_two(k: f32) -> f32 { return bitcast<f32>(u32(i32(k) + 127) << 23u); }`,

  // x = k ln 2 + r + correction
  exp_reduce: `fn exp_reduce(x: f32) -> vec3<f32> {
  let k = round(x * ${literal(Math.LOG2E)});
  let exact = keep(x - k * ${literal(ln2.f32[0])});
  let small = k * ${literal(ln2.f32[1])};
  let r = keep(exact - small);
  return vec3<f32>(k, r, keep(exact - r) - small);
}`,
  exp_tail: `fn exp_tail(r: f32) -> f32 { return r + r * r * ${polynomial("r", exp.f32)}; }`,
  // In two factors, as 2^k may be beyond the range where the result is not.
  exp_scaled: `fn exp_scaled(value: f32, k: f32) -> f32 {
  let half = round(k * 0.5);
  return value * power_of_two(half) * power_of_two(k - half);
}`,
  exp_of_sum: `fn exp_of_sum(x: f32, low: f32) -> f32 {
  if (is_nan(x)) { return x; }
  let bounded = clamp(x, -105.0, 89.0);
  let parts = exp_reduce(bounded);
  let tail = exp_tail(parts.y);
  let rest = (parts.z + select(0.0, low, bounded == x)) * (1.0 + tail);
  return exp_scaled(1.0 + (tail + rest), parts.x);
}`,
  f_exp: `fn f_exp(x: f32) -> f32 { return exp_of_sum(x, 0.0); }`,
  f_expm1: `fn f_expm1(x: f32) -> f32 {
  if (is_nan(x) || abs(x) < ${literal(2 ** -26)}) { return x; }
  let parts = exp_reduce(clamp(x, -20.0, 89.0));
  let p = exp_tail(parts.y) + parts.z;
  let s = power_of_two(parts.x - 1.0);
  let half = s * p + keep(s - 0.5);
  return half + half;
}`,

  // x = 2^k m with sqrt(1/2) <= m < sqrt 2, for positive finite x
  log_parts: `fn log_parts(x: f32) -> vec2<f32> {
  var bits = bitcast<u32>(x);
  var offset = -127;
  if (bits < 0x00800000u) { bits = bitcast<u32>(x * 16777216.0); offset -= 24; }
  let moved = bits - 0x3f3504f3u + 0x3f800000u;
  let m = bitcast<f32>((moved & 0x007fffffu) + 0x3f3504f3u);
  return vec2<f32>(f32(i32(moved >> 23u) + offset), m);
}`,
  log_of: `fn log_of(k: f32, f: f32, correction: f32) -> f32 {
  let square = f * f * 0.5;
  let s = f / (2.0 + f);
  let z = s * s;
  let sum = s * (square + z * ${polynomial("z", log.f32)});
  let tail = sum + (k * ${literal(ln2.f32[1])} + correction);
  return k * ${literal(ln2.f32[0])} - keep(keep(square - tail) - f);
}`,
  // Where u = x or u = 1 + x is no positive finite number.
  log_edge: `fn log_edge(u: f32) -> f32 {
  if (u == 0.0) { return -infinity(); }
  if (is_nan(u) || u < 0.0) { return not_a_number(); }
  return u;
}`,
  f_log: `fn f_log(x: f32) -> f32 {
  if (is_nan(x) || is_infinite(x) || !(x > 0.0)) { return log_edge(x); }
  let parts = log_parts(x);
  return log_of(parts.x, parts.y - 1.0, 0.0);
}`,
  f_log1p: `fn f_log1p(x: f32) -> f32 {
  if (abs(x) < ${literal(2 ** -26)}) { return x; }
  let u = keep(1.0 + x);
  if (is_nan(u) || is_infinite(u) || !(u > 0.0)) { return log_edge(u); }
  let parts = log_parts(u);
  if (parts.x == 0.0) { return log_of(0.0, x, 0.0); }
  let lost = select(x - keep(u - 1.0), 1.0 - keep(u - x), x > 1.0);
  return log_of(parts.x, parts.y - 1.0, lost / u);
}`,

  // x = quadrant pi/2 + r, from 96 bits of 2/pi times the whole number that is x over its unit.
  far_angle: `fn far_angle(x: f32) -> vec2<f32> {
  var table = array<u32, ${words.length}>(${words.map((w) => `0x${w.toString(16)}u`).join(", ")});
  let bits = bitcast<u32>(x) & 0x7fffffffu;
  let m = (bits & 0x007fffffu) | 0x00800000u;
  // Bits of the product that are whole multiples of 4 are left out.
  let first = i32(bits >> 23u) - 150 - 2 + 64;
  let at = u32(first) / 32u;
  let shift = u32(first) % 32u;
  var window = vec3<u32>(table[at], table[at + 1u], table[at + 2u]);
  if (shift > 0u) {
    let next = vec3<u32>(table[at + 1u], table[at + 2u], table[at + 3u]);
    window = (window << vec3<u32>(shift)) | (next >> vec3<u32>(32u - shift));
  }
  let low = wide_product(m, window.z);
  let middle = wide_product(m, window.y);
  var p1 = middle.x + low.y;
  let carry = select(0u, 1u, p1 < middle.x);
  var p2 = m * window.x + middle.y + carry;
  // Two bits of quadrant, then the fraction; rounded to the nearest quadrant.
  let quadrant = (p2 + 0x20000000u) >> 30u;
  p2 -= quadrant << 30u;
  let negative = (p2 & 0x80000000u) != 0u;
  if (negative) { p1 = ~p1 + 1u; p2 = ~p2 + select(0u, 1u, p1 == 0u); }
  let fraction = f32(p2) * ${literal(2 ** -30)} + f32(p1) * ${literal(2 ** -62)};
  let r = select(fraction, -fraction, negative) * ${literal(Math.PI / 2)};
  let turned = bitcast<u32>(x) >= 0x80000000u;
  return vec2<f32>(select(r, -r, turned), f32(select(quadrant, (4u - quadrant) & 3u, turned)));
}`,
  // The low and the high word of a product.
  wide_product: `fn wide_product(a: u32, b: u32) -> vec2<u32> {
  let low = (a & 0xffffu) * (b & 0xffffu);
  let cross = (a >> 16u) * (b & 0xffffu) + (low >> 16u);
  let other = (a & 0xffffu) * (b >> 16u) + (cross & 0xffffu);
  return vec2<u32>(a * b, (a >> 16u) * (b >> 16u) + (cross >> 16u) + (other >> 16u));
}`,
  angle: `fn angle(x: f32) -> vec2<f32> {
  if (abs(x) > 1000.0) { return far_angle(x); }
  let k = round(x * ${literal(2 / Math.PI)});
  let first = keep(x - k * ${literal(halfPi)});
  let second = keep(first - k * ${literal(halfPiNext)});
  return vec2<f32>(second - k * ${literal(halfPiRest)}, k);
}`,
  sine_or_cosine: `fn sine_or_cosine(r: f32, quadrant: i32) -> f32 {
  let z = r * r;
  let half = z * 0.5;
  let near = 1.0 - half;
  let sine = r + r * z * ${polynomial("z", sin.f32)};
  let cosine = near + (keep(keep(1.0 - near) - half) + z * z * ${polynomial("z", cos.f32)});
  let value = select(sine, cosine, (quadrant & 1) != 0);
  return select(value, -value, (quadrant & 2) != 0);
}`,
  f_sin: `fn f_sin(x: f32) -> f32 {
  if (abs(x) < ${literal(2 ** -13)}) { return x; }
  if (is_nan(x) || is_infinite(x)) { return not_a_number(); }
  let turned = angle(x);
  return sine_or_cosine(turned.x, i32(turned.y));
}`,
  f_cos: `fn f_cos(x: f32) -> f32 {
  if (is_nan(x) || is_infinite(x)) { return not_a_number(); }
  let turned = angle(x);
  return sine_or_cosine(turned.x, i32(turned.y) + 1);
}`,
  // 2 atan t with the angle halved, of |x| or of 1 / |x|: t is at most tan(pi / 8).
  f_atan: `fn f_atan(x: f32) -> f32 {
  if (is_nan(x)) { return x; }
  let size = abs(x);
  let large = size > 1.0;
  var t = select(size, 1.0 / size, large);
  t = t / (1.0 + sqrt(1.0 + t * t));
  let z = t * t;
  let part = 2.0 * t * ${polynomial("z", atanTerms)};
  return with_sign(select(part, ${literal(Math.PI / 2)} - part, large), x);
}`,
  f_tanh: `fn f_tanh(x: f32) -> f32 {
  if (is_nan(x)) { return x; }
  // With e = exp(2 |x|) - 1 = 2^k exp r - 1: e / (e + 2), which where k = 0 is |x| plus a small number.
  let size = abs(x);
  let twice = min(size + size, 20.0);
  let k = round(twice * ${literal(Math.LOG2E)} - 0.25);
  let r = keep(twice - k * ${literal(ln2.f32[0])}) - k * ${literal(ln2.f32[1])};
  let rest = r * r * ${polynomial("r", tanh.f32)};
  let power = power_of_two(k);
  let e = keep(power * r + (power - 1.0)) + power * rest;
  if (k == 0.0) { return with_sign(size + (rest - size * e) / (e + 2.0), x); }
  return with_sign(e / (e + 2.0), x);
}`,
  f_sigmoid: `fn f_sigmoid(x: f32) -> f32 {
  let e = f_exp(-abs(x));
  return select(1.0, e, x < 0.0) / (1.0 + e);
}`,
  f_erf: `fn f_erf(x: f32) -> f32 {
  if (is_nan(x)) { return x; }
  let size = abs(x);
  if (size > 0.92) {
    let bounded = min(size, 4.0);
    return with_sign(1.0 - f_exp(${polynomial("bounded", erfTail.f32)}), x);
  }
  let z = x * x;
  return with_sign(x + x * ${polynomial("z", erf.f32)}, x);
}`,

  // What rounding lost of p = a b: the halves of both have exact products (Dekker, 1971).
  product_error: `fn product_error(a: f32, b: f32, p: f32) -> f32 {
  let a_top = bitcast<f32>(bitcast<u32>(a) & 0xfffff000u);
  let b_top = bitcast<f32>(bitcast<u32>(b) & 0xfffff000u);
  let a_rest = a - a_top;
  let b_rest = b - b_top;
  return keep(keep(keep(a_top * b_top - p) + a_top * b_rest) + a_rest * b_top) + a_rest * b_rest;
}`,
  // log of a positive finite number as a sum of two: k ln 2 + 2 artanh(f / (2 + f)).
  log_pair: `fn log_pair(x: f32) -> vec2<f32> {
  let parts = log_parts(x);
  let f = parts.y - 1.0;
  let d = keep(2.0 + f);
  let d_lost = f - keep(d - 2.0);
  let s = keep(f / d);
  let back = keep(s * d);
  let s_low = (keep(keep(f - back) - product_error(s, d, back)) - s * d_lost) / d;
  let z = s * s;
  let rest = s * z * ${polynomial("z", [2 / 3, 2 / 5, 2 / 7, 2 / 9, 2 / 11])};
  let whole = parts.x * ${literal(ln2.f32[0])};
  let twice = s + s;
  let sum = keep(whole + twice);
  let back_twice = keep(sum - whole);
  let sum_lost = keep(whole - keep(sum - back_twice)) + keep(twice - back_twice);
  let low = sum_lost + (rest + (s_low + s_low + parts.x * ${literal(ln2.f32[1])}));
  let high = keep(sum + low);
  return vec2<f32>(high, low - keep(high - sum));
}`,
  // x^y with the exceptions of IEEE 754: x^0 = 1^y = 1 even for NaN.
  f_pow: `fn f_pow(x: f32, y: f32) -> f32 {
  if (y == 0.0 || x == 1.0) { return 1.0; }
  if (is_nan(x) || is_nan(y)) { return not_a_number(); }
  let size = abs(x);
  if (size == 1.0 && is_infinite(y)) { return 1.0; }
  let whole = trunc(y) == y;
  let odd = whole && trunc(y * 0.5) != y * 0.5;
  var value = 0.0;
  if (size == 0.0 || is_infinite(x)) {
    value = select(0.0, infinity(), (size == 0.0) == (y < 0.0));
  } else {
    if (x < 0.0 && !whole) { return not_a_number(); }
    let logarithm = log_pair(size);
    let product = keep(y * logarithm.x);
    value = exp_of_sum(product, product_error(y, logarithm.x, product) + y * logarithm.y);
  }
  return select(value, with_sign(value, x), odd);
}`,
  f_mod: `fn f_mod(x: f32, y: f32) -> f32 { return x - y * floor(x / y); }`,
  f_max: `fn f_max(x: f32, y: f32) -> f32 {
  if (is_nan(x)) { return x; }
  if (is_nan(y)) { return y; }
  return max(x, y);
}`,
  f_min: `fn f_min(x: f32, y: f32) -> f32 {
  if (is_nan(x)) { return x; }
  if (is_nan(y)) { return y; }
  return min(x, y);
}`,
  f_sign: `fn f_sign(x: f32) -> f32 { return select(select(x, -1.0, x < 0.0), 1.0, x > 0.0); }`,
  // Greater, with NaN greatest of all.
  f_exceeds: `fn f_exceeds(x: f32, y: f32) -> bool { return x > y || (is_nan(x) && !is_nan(y)); }`,

  i_div: `fn i_div(x: i32, y: i32) -> i32 {
  if (y == 0) { return 0; }
  return x / y;
}`,
  i_mod: `fn i_mod(x: i32, y: i32) -> i32 {
  if (y == 0) { return 0; }
  let r = x % y;
  return select(r, r + y, r != 0 && (r ^ y) < 0);
}`,
  i_pow: `fn i_pow(x: i32, y: i32) -> i32 {
  if (y < 0) {
    if (x == -1) { return select(1, -1, (y & 1) != 0); }
    return select(0, 1, x == 1);
  }
  var result = 1;
  var base = x;
  for (var left = y; left > 0; left >>= 1u) {
    if ((left & 1) != 0) { result *= base; }
    base *= base;
  }
  return result;
}`,
  mix_bits: `fn mix_bits(given: u32) -> u32 {
  var x = given;
  x ^= x >> 16u;
  x *= ${multipliers[0]}u;
  x ^= x >> 15u;
  x *= ${multipliers[1]}u;
  return x ^ (x >> 15u);
}`,
  random_bits: `fn random_bits(counter: i32, key0: i32, key1: i32) -> i32 {
  return bitcast<i32>(mix_bits(mix_bits(bitcast<u32>(counter ^ key0)) + bitcast<u32>(key1)));
}`,

  // Towards zero, clamped, NaN to 0.
  to_i32: `fn to_i32(x: f32) -> i32 {
  if (is_nan(x)) { return 0; }
  if (x >= 2147483648.0) { return 2147483647; }
  if (x <= -2147483648.0) { return -2147483648; }
  return i32(x);
}`,
  is_not_zero: `fn is_not_zero(x: f32) -> bool { return (bitcast<u32>(x) & 0x7fffffffu) != 0u; }`,
  // The nearest number of 16 bits, ties to even, as float32.
  round_bf16: `fn round_bf16(x: f32) -> f32 {
  if (is_nan(x)) { return x; }
  let bits = bitcast<u32>(x);
  return bitcast<f32>((bits + 0x7fffu + ((bits >> 16u) & 1u)) & 0xffff0000u);
}`,
  round_f16: `fn round_f16(x: f32) -> f32 {
  if (is_nan(x)) { return x; }
  let bits = bitcast<u32>(x);
  let size = bits & 0x7fffffffu;
  var rounded = (size + 0xfffu + ((size >> 13u) & 1u)) & 0xffffe000u;
  if (rounded >= 0x47800000u) { rounded = 0x7f800000u; }
  // Subnormal there: in units of 2^-24, at which the sum with 1/2 rounds.
  if (size < 0x38800000u) { rounded = bitcast<u32>(keep(bitcast<f32>(size) + 0.5) - 0.5); }
  return bitcast<f32>(rounded | (bits & 0x80000000u));
}`,
};

/** The functions that a text calls, and those that they call. */
export function functionsFor(text: string): string {
  const found = new Set<string>();
  const visit = (code: string) => {
    for (const [, name] of code.matchAll(/\b([a-z_0-9]+)\(/g)) {
      const own = functions[name!];
      if (own === undefined || found.has(name!)) continue;
      found.add(name!);
      visit(own);
    }
  };
  visit(text);
  return [...found].map((name) => functions[name]!).join("\n");
}
