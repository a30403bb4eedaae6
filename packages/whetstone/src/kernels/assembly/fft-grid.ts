/** Charges of points on a grid for t-SNE's repulsion: to the nodes, through spectra, and back, by cubic interpolation. */
import { madd32, min } from "./simd";

/** Values of the cubic B-splines of the four nodes around a place, `t` in [0, 1) beyond the second. */
// @ts-ignore: decorator
@inline
function weights(t: f32): v128 {
  const u: f32 = 1 - t;
  const last = t * t * t * <f32>(1.0 / 6.0), first = u * u * u * <f32>(1.0 / 6.0);
  const second = <f32>(2.0 / 3.0) - t * t * (1 - <f32>0.5 * t);
  return f32x4.replace_lane(f32x4.replace_lane(f32x4.replace_lane(f32x4.splat(first), 1, second), 2, 1 - first - second - last), 3, last);
}

/** Adds the share of n points in the nodes around them; a grid line holds `stride` entries and begins one node early. */
export function spreadCharges(y: usize, n: i32, lowX: f64, lowY: f64, perUnit: f64, charges: usize, stride: i32): void {
  const line = <usize>stride << 2;
  for (let i = 0; i < n; i++) {
    const x = (load<f64>(y + (<usize>i << 4)) - lowX) * perUnit;
    const z = (load<f64>(y + (<usize>i << 4), 8) - lowY) * perUnit;
    const row = <i32>x, col = <i32>z;
    const wx = weights(<f32>(x - <f64>row)), wy = weights(<f32>(z - <f64>col));
    let at = charges + <usize>row * line + (<usize>col << 2);
    v128.store(at, madd32(f32x4.splat(f32x4.extract_lane(wx, 0)), wy, v128.load(at)));
    at += line;
    v128.store(at, madd32(f32x4.splat(f32x4.extract_lane(wx, 1)), wy, v128.load(at)));
    at += line;
    v128.store(at, madd32(f32x4.splat(f32x4.extract_lane(wx, 2)), wy, v128.load(at)));
    at += line;
    v128.store(at, madd32(f32x4.splat(f32x4.extract_lane(wx, 3)), wy, v128.load(at)));
  }
}

// @ts-ignore: decorator
@inline
function sum(v: v128): f32 {
  return (
    f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1) + (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3))
  );
}

/** For the points of one chunk: `forces` = both parts of the field where each point is. */
export function gatherForces(
  y: usize, n: i32, lowX: f64, lowY: f64, perUnit: f64, re: usize, im: usize, stride: i32,
  forces: usize, perChunk: i32, chunk: i32,
): void {
  const line = <usize>stride << 2;
  const last = min(n, (chunk + 1) * perChunk);
  for (let i = chunk * perChunk; i < last; i++) {
    const x = (load<f64>(y + (<usize>i << 4)) - lowX) * perUnit;
    const z = (load<f64>(y + (<usize>i << 4), 8) - lowY) * perUnit;
    const row = <i32>x, col = <i32>z;
    const wx = weights(<f32>(x - <f64>row)), wy = weights(<f32>(z - <f64>col));
    let at = <usize>row * line + (<usize>col << 2);
    let w = f32x4.splat(f32x4.extract_lane(wx, 0));
    let fx = f32x4.mul(w, v128.load(re + at)), fy = f32x4.mul(w, v128.load(im + at));
    at += line;
    w = f32x4.splat(f32x4.extract_lane(wx, 1));
    fx = madd32(w, v128.load(re + at), fx);
    fy = madd32(w, v128.load(im + at), fy);
    at += line;
    w = f32x4.splat(f32x4.extract_lane(wx, 2));
    fx = madd32(w, v128.load(re + at), fx);
    fy = madd32(w, v128.load(im + at), fy);
    at += line;
    w = f32x4.splat(f32x4.extract_lane(wx, 3));
    fx = madd32(w, v128.load(re + at), fx);
    fy = madd32(w, v128.load(im + at), fy);
    store<f64>(forces + (<usize>i << 4), <f64>sum(f32x4.mul(fx, wy)));
    store<f64>(forces + (<usize>i << 4), <f64>sum(f32x4.mul(fy, wy)), 8);
  }
}

// @ts-ignore: decorator
@inline
function reversed(v: v128): v128 {
  return i8x16.shuffle(v, v, 12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3);
}

/**
 * For the lines of one chunk: `out` = x times the force's spectrum, and `energies` of the line = sum of |x|^2 times the
 * (real) spectrum of the shares. `x` is the spectrum of real charges, of which columns 0 to size / 2 are given: the
 * others are conjugates of these.
 */
export function applySpectra(
  xr: usize, xi: usize, fr: usize, fi: usize, share: usize, outr: usize, outi: usize, energies: usize, size: i32,
  stride: i32, linesPerChunk: i32, chunk: i32,
): void {
  const last = min(size, (chunk + 1) * linesPerChunk);
  const half = size >> 1;
  for (let i = chunk * linesPerChunk; i < last; i++) {
    let at = <usize>(i * stride) << 2;
    let low = f64x2.splat(0), high = low;
    for (let j = 0; j < half; j += 4, at += 16) {
      const a = v128.load(xr + at), b = v128.load(xi + at), c = v128.load(fr + at), d = v128.load(fi + at);
      v128.store(outr + at, f32x4.sub(f32x4.mul(a, c), f32x4.mul(b, d)));
      v128.store(outi + at, madd32(a, d, f32x4.mul(b, c)));
      const e = f32x4.mul(madd32(a, a, f32x4.mul(b, b)), v128.load(share + at));
      low = f64x2.add(low, f64x2.promote_low_f32x4(e));
      high = f64x2.add(high, f64x2.promote_low_f32x4(i8x16.shuffle(e, e, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15)));
    }
    let back = <usize>((i == 0 ? 0 : size - i) * stride + half - 3) << 2;
    for (let j = half; j < size; j += 4, at += 16, back -= 16) {
      const a = reversed(v128.load(xr + back)), b = f32x4.neg(reversed(v128.load(xi + back)));
      const c = v128.load(fr + at), d = v128.load(fi + at);
      v128.store(outr + at, f32x4.sub(f32x4.mul(a, c), f32x4.mul(b, d)));
      v128.store(outi + at, madd32(a, d, f32x4.mul(b, c)));
      const e = f32x4.mul(madd32(a, a, f32x4.mul(b, b)), v128.load(share + at));
      low = f64x2.add(low, f64x2.promote_low_f32x4(e));
      high = f64x2.add(high, f64x2.promote_low_f32x4(i8x16.shuffle(e, e, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15)));
    }
    const all = f64x2.add(low, high);
    store<f64>(energies + (<usize>i << 3), f64x2.extract_lane(all, 0) + f64x2.extract_lane(all, 1));
  }
}
