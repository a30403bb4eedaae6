/** Charges of points on a grid for t-SNE's repulsion: to the nodes, through spectra, and back, by splines. */
import { hsum32, hsum64, madd32, min } from "./simd";

/** 120 times the quintic B-splines of the first four of the six nodes around a place, `t` in [0, 1) beyond the third. */
// @ts-ignore: decorator
@inline
function firstFour(t: v128): v128 {
  let w = madd32(t, f32x4(-1, 5, -10, 10), f32x4(5, -20, 30, -20));
  w = madd32(t, w, f32x4(-10, 20, 0, -20));
  w = madd32(t, w, f32x4(10, 20, -60, 20));
  w = madd32(t, w, f32x4(-5, -50, 0, 50));
  return madd32(t, w, f32x4(1, 26, 66, 26));
}

/** Those of the last two, and zeros. */
// @ts-ignore: decorator
@inline
function lastTwo(t: v128): v128 {
  let w = madd32(t, f32x4(-5, 1, 0, 0), f32x4(5, 0, 0, 0));
  w = madd32(t, w, f32x4(10, 0, 0, 0));
  w = madd32(t, w, f32x4(10, 0, 0, 0));
  w = madd32(t, w, f32x4(5, 0, 0, 0));
  return madd32(t, w, f32x4(1, 0, 0, 0));
}

// @ts-ignore: decorator
@inline
function add(at: usize, wx: f32, low: v128, high: v128): void {
  const w = f32x4.splat(wx);
  v128.store(at, madd32(w, low, v128.load(at)));
  v128.store(at, madd32(w, high, v128.load(at, 16)), 16);
}

/** Adds 14400 times the share of n points in the nodes around them; lines hold `stride` entries, and node 2 is at `low`. */
export function spreadCharges(y: usize, n: i32, lowX: f64, lowY: f64, perUnit: f64, charges: usize, stride: i32): void {
  const line = <usize>stride << 2;
  for (let i = 0; i < n; i++) {
    const x = (load<f64>(y + (<usize>i << 4)) - lowX) * perUnit;
    const z = (load<f64>(y + (<usize>i << 4), 8) - lowY) * perUnit;
    const row = <i32>x, col = <i32>z;
    const tx = f32x4.splat(<f32>(x - <f64>row)), ty = f32x4.splat(<f32>(z - <f64>col));
    const a = firstFour(tx), b = lastTwo(tx), c = firstFour(ty), d = lastTwo(ty);
    const at = charges + <usize>row * line + (<usize>col << 2);
    add(at, f32x4.extract_lane(a, 0), c, d);
    add(at + line, f32x4.extract_lane(a, 1), c, d);
    add(at + 2 * line, f32x4.extract_lane(a, 2), c, d);
    add(at + 3 * line, f32x4.extract_lane(a, 3), c, d);
    add(at + 4 * line, f32x4.extract_lane(b, 0), c, d);
    add(at + 5 * line, f32x4.extract_lane(b, 1), c, d);
  }
}

/** Of six lines of a grid, their sum by weights in `a` and the first two lanes of `b`, for four columns. */
// @ts-ignore: decorator
@inline
function column(at: usize, line: usize, a: v128, b: v128): v128 {
  let sum = f32x4.mul(f32x4.splat(f32x4.extract_lane(a, 0)), v128.load(at));
  sum = madd32(f32x4.splat(f32x4.extract_lane(a, 1)), v128.load(at + line), sum);
  sum = madd32(f32x4.splat(f32x4.extract_lane(a, 2)), v128.load(at + 2 * line), sum);
  sum = madd32(f32x4.splat(f32x4.extract_lane(a, 3)), v128.load(at + 3 * line), sum);
  sum = madd32(f32x4.splat(f32x4.extract_lane(b, 0)), v128.load(at + 4 * line), sum);
  return madd32(f32x4.splat(f32x4.extract_lane(b, 1)), v128.load(at + 5 * line), sum);
}

/** For the points of one chunk: `forces` = 14400 times both parts of the field where each point is. */
export function gatherForces(
  y: usize, n: i32, lowX: f64, lowY: f64, perUnit: f64, re: usize, im: usize, stride: i32, forces: usize,
  perChunk: i32, chunk: i32,
): void {
  const line = <usize>stride << 2;
  const last = min(n, (chunk + 1) * perChunk);
  for (let i = chunk * perChunk; i < last; i++) {
    const x = (load<f64>(y + (<usize>i << 4)) - lowX) * perUnit;
    const z = (load<f64>(y + (<usize>i << 4), 8) - lowY) * perUnit;
    const row = <i32>x, col = <i32>z;
    const tx = f32x4.splat(<f32>(x - <f64>row)), ty = f32x4.splat(<f32>(z - <f64>col));
    const a = firstFour(tx), b = lastTwo(tx), c = firstFour(ty), d = lastTwo(ty);
    const at = <usize>row * line + (<usize>col << 2);
    const fx = madd32(c, column(re + at, line, a, b), f32x4.mul(d, column(re + at + 16, line, a, b)));
    const fy = madd32(c, column(im + at, line, a, b), f32x4.mul(d, column(im + at + 16, line, a, b)));
    store<f64>(forces + (<usize>i << 4), <f64>hsum32(fx));
    store<f64>(forces + (<usize>i << 4), <f64>hsum32(fy), 8);
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
    store<f64>(energies + (<usize>i << 3), hsum64(all));
  }
}
