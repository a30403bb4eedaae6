/** Fourier transforms along the columns of float32 grids, many columns at a time, and what convolutions need beside them. */
import { madd32, min } from "./simd";

/**
 * Transforms the columns of one chunk in place: Stockham's form, which needs no reordering, in steps of 4, 3 and 2. `length`
 * is a product of those. The grid has `length` rows of `stride` entries, real and imaginary parts apart; `scratch` is as
 * large. `cosines` and `sines` hold those of 2 pi i / length. For the inverse (times length), swap `re` and `im`.
 */
export function fftColumns(
  re: usize, im: usize, scratchRe: usize, scratchIm: usize, cosines: usize, sines: usize, length: i32, stride: i32,
  cols: i32, colsPerChunk: i32, chunk: i32,
): void {
  const first = chunk * colsPerChunk;
  const width = min(colsPerChunk, cols - first);
  const offset = <usize>first << 2;
  let ar = re + offset, ai = im + offset, br = scratchRe + offset, bi = scratchIm + offset;
  const line = <usize>stride << 2;
  let n = length, s = 1;
  let flipped = false;
  while (n > 1) {
    const radix = n % 4 == 0 ? 4 : n % 3 == 0 ? 3 : 2;
    const m = n / radix;
    const step = length / n;
    for (let p = 0; p < m; p++) {
      const w = p * step;
      for (let q = 0; q < s; q++) {
        const from = <usize>(q + s * p) * line;
        const to = <usize>(q + s * radix * p) * line;
        const gap = <usize>(s * m) * line, next = <usize>s * line;
        if (radix == 4) pass4(ar + from, ai + from, br + to, bi + to, gap, next, width, w, cosines, sines);
        else if (radix == 3) pass3(ar + from, ai + from, br + to, bi + to, gap, next, width, w, cosines, sines);
        else pass2(ar + from, ai + from, br + to, bi + to, gap, next, width, w, cosines, sines);
      }
    }
    n = m;
    s *= radix;
    const tr = ar, ti = ai;
    ar = br; ai = bi;
    br = tr; bi = ti;
    flipped = !flipped;
  }
  if (!flipped) return;
  const bytes = <usize>width << 2;
  for (let i = 0; i < length; i++) {
    memory.copy(br, ar, bytes);
    memory.copy(bi, ai, bytes);
    ar += line; ai += line; br += line; bi += line;
  }
}

// @ts-ignore: decorator
@inline
function negated(table: usize, at: i32): v128 {
  return f32x4.neg(v128.load32_splat(table + (<usize>at << 2)));
}

// @ts-ignore: decorator
@inline
function plain(table: usize, at: i32): v128 {
  return v128.load32_splat(table + (<usize>at << 2));
}

/** Stores (xr + i xi) times (c + i s). */
// @ts-ignore: decorator
@inline
function turned(re: usize, im: usize, xr: v128, xi: v128, c: v128, s: v128): void {
  v128.store(re, f32x4.sub(f32x4.mul(xr, c), f32x4.mul(xi, s)));
  v128.store(im, madd32(xr, s, f32x4.mul(xi, c)));
}

function pass4(
  ar: usize, ai: usize, br: usize, bi: usize, gap: usize, next: usize, width: i32, w: i32, cosines: usize, sines: usize,
): void {
  const c1 = plain(cosines, w), s1 = negated(sines, w), c2 = plain(cosines, 2 * w), s2 = negated(sines, 2 * w);
  const c3 = plain(cosines, 3 * w), s3 = negated(sines, 3 * w);
  for (let left = width; left > 0; left -= 4) {
    const x0r = v128.load(ar), x0i = v128.load(ai);
    const x1r = v128.load(ar + gap), x1i = v128.load(ai + gap);
    const x2r = v128.load(ar + 2 * gap), x2i = v128.load(ai + 2 * gap);
    const x3r = v128.load(ar + 3 * gap), x3i = v128.load(ai + 3 * gap);
    const er = f32x4.add(x0r, x2r), ei = f32x4.add(x0i, x2i), fr = f32x4.sub(x0r, x2r), fi = f32x4.sub(x0i, x2i);
    const gr = f32x4.add(x1r, x3r), gi = f32x4.add(x1i, x3i), hr = f32x4.sub(x1r, x3r), hi = f32x4.sub(x1i, x3i);
    v128.store(br, f32x4.add(er, gr));
    v128.store(bi, f32x4.add(ei, gi));
    turned(br + next, bi + next, f32x4.add(fr, hi), f32x4.sub(fi, hr), c1, s1);
    turned(br + 2 * next, bi + 2 * next, f32x4.sub(er, gr), f32x4.sub(ei, gi), c2, s2);
    turned(br + 3 * next, bi + 3 * next, f32x4.sub(fr, hi), f32x4.add(fi, hr), c3, s3);
    ar += 16; ai += 16; br += 16; bi += 16;
  }
}

function pass3(
  ar: usize, ai: usize, br: usize, bi: usize, gap: usize, next: usize, width: i32, w: i32, cosines: usize, sines: usize,
): void {
  const c1 = plain(cosines, w), s1 = negated(sines, w), c2 = plain(cosines, 2 * w), s2 = negated(sines, 2 * w);
  const half = f32x4.splat(0.5), root = f32x4.splat(0.8660254037844386);
  for (let left = width; left > 0; left -= 4) {
    const x0r = v128.load(ar), x0i = v128.load(ai);
    const x1r = v128.load(ar + gap), x1i = v128.load(ai + gap);
    const x2r = v128.load(ar + 2 * gap), x2i = v128.load(ai + 2 * gap);
    const tr = f32x4.add(x1r, x2r), ti = f32x4.add(x1i, x2i);
    const ur = f32x4.sub(x0r, f32x4.mul(half, tr)), ui = f32x4.sub(x0i, f32x4.mul(half, ti));
    const vr = f32x4.mul(root, f32x4.sub(x1i, x2i)), vi = f32x4.mul(root, f32x4.sub(x2r, x1r));
    v128.store(br, f32x4.add(x0r, tr));
    v128.store(bi, f32x4.add(x0i, ti));
    turned(br + next, bi + next, f32x4.add(ur, vr), f32x4.add(ui, vi), c1, s1);
    turned(br + 2 * next, bi + 2 * next, f32x4.sub(ur, vr), f32x4.sub(ui, vi), c2, s2);
    ar += 16; ai += 16; br += 16; bi += 16;
  }
}

function pass2(
  ar: usize, ai: usize, br: usize, bi: usize, gap: usize, next: usize, width: i32, w: i32, cosines: usize, sines: usize,
): void {
  const c1 = plain(cosines, w), s1 = negated(sines, w);
  for (let left = width; left > 0; left -= 4) {
    const x0r = v128.load(ar), x0i = v128.load(ai);
    const x1r = v128.load(ar + gap), x1i = v128.load(ai + gap);
    v128.store(br, f32x4.add(x0r, x1r));
    v128.store(bi, f32x4.add(x0i, x1i));
    turned(br + next, bi + next, f32x4.sub(x0r, x1r), f32x4.sub(x0i, x1i), c1, s1);
    ar += 16; ai += 16; br += 16; bi += 16;
  }
}

/** Columns of one chunk of `from` (rows x cols, in lines of `stride`) become rows of `to`, in lines of `stride`. */
export function transposeF32(
  from: usize, to: usize, rows: i32, cols: i32, stride: i32, colsPerChunk: i32, chunk: i32,
): void {
  const line = <usize>stride << 2;
  const last = min(cols, (chunk + 1) * colsPerChunk);
  for (let j0 = chunk * colsPerChunk; j0 < last; j0 += 16) {
    const j1 = min(last, j0 + 16);
    for (let i = 0; i < rows; i++) {
      let a = from + <usize>i * line + (<usize>j0 << 2);
      let b = to + <usize>j0 * line + (<usize>i << 2);
      for (let j = j0; j < j1; j++) {
        store<f32>(b, load<f32>(a));
        a += 4;
        b += line;
      }
    }
  }
}
