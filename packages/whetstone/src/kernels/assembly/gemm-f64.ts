/**
 * C = alpha op(A) op(B) + beta C in float64, organised as in gemm-f32.ts with a 4 x 4 tile, and two relatives of
 * the same shape: squared Euclidean and Manhattan distances between all pairs of rows. Distances come from
 * the differences themselves, so that near points lose no digits (|x|^2 + |y|^2 - 2xy would), equal points are
 * exactly 0 apart, and d(x, y) = d(y, x) bit for bit.
 */
import { ceilDiv, madd64, min } from "./simd";

// @ts-ignore: decorator
@inline const MR: i32 = 4;
// @ts-ignore: decorator
@inline const NR: i32 = 4;
/** Depth of a panel: two of B and one of A, 12 KB each, stay near the L1 cache; C is read and written once per depth. */
// @ts-ignore: decorator
@inline const KC: i32 = 384;

// @ts-ignore: decorator
@inline const PRODUCT: i32 = 0;
// @ts-ignore: decorator
@inline const SQUARED: i32 = 1;
// @ts-ignore: decorator
@inline const ABSOLUTE: i32 = 2;

/**
 * Packs an operand of `count` vectors of length `k` (rows of op(A), columns of op(B)) into panels of 4 vectors.
 * Entry p of vector i is at `src + 8 (i * stride + p * step)`. Packed: for each block of KC entries, for each
 * panel, 4 values per entry. One chunk packs `panelsPerChunk` panels at full depth.
 */
export function packF64(
  src: usize, dst: usize, count: i32, k: i32, stride: i32, step: i32, panelsPerChunk: i32, chunk: i32,
): void {
  const panels = ceilDiv(count, MR);
  const first = chunk * panelsPerChunk;
  const last = min(panels, first + panelsPerChunk);
  for (let p0 = 0; p0 < k; p0 += KC) {
    const depth = min(KC, k - p0);
    const block = dst + ((<usize>p0 * panels * MR) << 3);
    for (let panel = first; panel < last; panel++) {
      const i0 = panel * MR;
      const live = min(MR, count - i0);
      const from = src + ((<usize>i0 * stride + <usize>p0 * step) << 3);
      const to = block + ((<usize>panel * depth * MR) << 3);
      if (live < MR) packEdge(from, to, depth, <usize>stride << 3, <usize>step << 3, live);
      else if (stride == 1) copy4(from, to, depth, <usize>step << 3);
      else if (step == 1) transpose4(from, to, depth, <usize>stride << 3);
      else packFull(from, to, depth, <usize>stride << 3, <usize>step << 3);
    }
  }
}

function copy4(from: usize, to: usize, depth: i32, step: usize): void {
  for (; depth > 0; depth--) {
    v128.store(to, v128.load(from));
    v128.store(to, v128.load(from, 16), 16);
    from += step;
    to += 32;
  }
}

/** Four vectors whose entries lie side by side, `stride` bytes apart, interleaved. */
function transpose4(from: usize, to: usize, depth: i32, stride: usize): void {
  let s0 = from, s1 = from + stride, s2 = s1 + stride, s3 = s2 + stride;
  for (; depth >= 2; depth -= 2) {
    const a = v128.load(s0), b = v128.load(s1), c = v128.load(s2), d = v128.load(s3);
    v128.store(to, v128.shuffle<f64>(a, b, 0, 2));
    v128.store(to, v128.shuffle<f64>(c, d, 0, 2), 16);
    v128.store(to, v128.shuffle<f64>(a, b, 1, 3), 32);
    v128.store(to, v128.shuffle<f64>(c, d, 1, 3), 48);
    to += 64;
    s0 += 16; s1 += 16; s2 += 16; s3 += 16;
  }
  if (depth > 0) packFull(s0, to, depth, stride, 8);
}

function packFull(from: usize, to: usize, depth: i32, stride: usize, step: usize): void {
  let s0 = from, s1 = from + stride, s2 = s1 + stride, s3 = s2 + stride;
  for (; depth > 0; depth--) {
    store<f64>(to, load<f64>(s0));
    store<f64>(to, load<f64>(s1), 8);
    store<f64>(to, load<f64>(s2), 16);
    store<f64>(to, load<f64>(s3), 24);
    to += 32;
    s0 += step; s1 += step; s2 += step; s3 += step;
  }
}

function packEdge(from: usize, to: usize, depth: i32, stride: usize, step: usize, live: i32): void {
  for (; depth > 0; depth--) {
    let at = from;
    for (let i = 0; i < MR; i++) {
      if (i < live) {
        store<f64>(to, load<f64>(at));
        at += stride;
      } else {
        store<f64>(to, 0);
      }
      to += 8;
    }
    from += step;
  }
}

/**
 * One block of C, `rowsPerChunk` x `colsPerChunk` (multiples of 4; the last ones are cut), from packed A and B.
 * Chunks are numbered along the rows first. `ldc` is in elements.
 */
export function gemmF64(
  a: usize, b: usize, c: usize, m: i32, n: i32, k: i32, ldc: i32, alpha: f64, beta: f64,
  rowsPerChunk: i32, colsPerChunk: i32, chunk: i32,
): void {
  block(PRODUCT, a, b, c, m, n, k, ldc, alpha, beta, rowsPerChunk, colsPerChunk, chunk);
}

/** As gemmF64, with sum_p (a_ip - b_pj)^2 in the place of the product: the rows of X and Y packed as A and B. */
export function squaredDistancesF64(
  a: usize, b: usize, c: usize, m: i32, n: i32, k: i32, ldc: i32, rowsPerChunk: i32, colsPerChunk: i32, chunk: i32,
): void {
  block(SQUARED, a, b, c, m, n, k, ldc, 1, 0, rowsPerChunk, colsPerChunk, chunk);
}

/** As gemmF64, with sum_p |a_ip - b_pj| in the place of the product. */
export function manhattanF64(
  a: usize, b: usize, c: usize, m: i32, n: i32, k: i32, ldc: i32, rowsPerChunk: i32, colsPerChunk: i32, chunk: i32,
): void {
  block(ABSOLUTE, a, b, c, m, n, k, ldc, 1, 0, rowsPerChunk, colsPerChunk, chunk);
}

// @ts-ignore: decorator
@inline
function block(
  kind: i32, a: usize, b: usize, c: usize, m: i32, n: i32, k: i32, ldc: i32, alpha: f64, beta: f64,
  rowsPerChunk: i32, colsPerChunk: i32, chunk: i32,
): void {
  const rowChunks = ceilDiv(m, rowsPerChunk);
  const i0 = (chunk % rowChunks) * rowsPerChunk, i1 = min(m, i0 + rowsPerChunk);
  const j0 = (chunk / rowChunks) * colsPerChunk, j1 = min(n, j0 + colsPerChunk);
  const aRows = ceilDiv(m, MR) * MR, bCols = ceilDiv(n, NR) * NR;
  const line = <usize>ldc << 3;
  for (let p = 0; p < k; p += KC) {
    const depth = min(KC, k - p);
    const scale = p == 0 ? beta : 1;
    let j = j0;
    if (kind == PRODUCT && hasWideTiles() && alpha == 1 && (scale == 0 || scale == 1)) {
      const more = scale != 0;
      for (; j + 2 * NR <= j1; j += 2 * NR) {
        const panelB = b + ((<usize>p * bCols + <usize>j * depth) << 3), next = panelB + (<usize>depth << 5);
        let panelA = a + ((<usize>p * aRows + <usize>i0 * depth) << 3), at = c + ((<usize>i0 * ldc + j) << 3);
        const step = <usize>depth << 5;
        let i = i0;
        for (; i + 3 * MR <= i1; i += 3 * MR) {
          const second = panelA + step, third = second + step;
          tallTile(panelA, panelA + 16, second, panelB, next, at, depth, line, more);
          tallTile(second + 16, third, third + 16, panelB, next, at + 6 * line, depth, line, more);
          panelA = third + step;
          at += 12 * line;
        }
        for (; i < i1; i += MR) {
          if (i + MR <= i1) wideTile(panelA, panelB, next, at, depth, line, more);
          else {
            tile(kind, panelA, panelB, at, depth, line, 1, scale, i1 - i, NR);
            tile(kind, panelA, next, at + 32, depth, line, 1, scale, i1 - i, NR);
          }
          panelA += step;
          at += 4 * line;
        }
      }
    }
    for (; j < j1; j += NR) {
      const panelB = b + ((<usize>p * bCols + <usize>j * depth) << 3);
      for (let i = i0; i < i1; i += MR) {
        const panelA = a + ((<usize>p * aRows + <usize>i * depth) << 3);
        const at = c + ((<usize>i * ldc + j) << 3);
        tile(kind, panelA, panelB, at, depth, line, alpha, scale, min(MR, i1 - i), min(NR, j1 - j));
      }
    }
  }
}

/** acc + the contribution of one entry; `kind` is a constant where this is inlined. */
// @ts-ignore: decorator
@inline
function step(kind: i32, x: v128, y: v128, acc: v128): v128 {
  if (kind == PRODUCT) return madd64(x, y, acc);
  const difference = f64x2.sub(x, y);
  if (kind == SQUARED) return madd64(difference, difference, acc);
  return f64x2.add(acc, f64x2.abs(difference));
}

// @ts-ignore: decorator
@inline
function tile(
  kind: i32, a: usize, b: usize, c: usize, k: i32, line: usize, alpha: f64, beta: f64, rows: i32, cols: i32,
): void {
  let c00 = f64x2.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00;
  do {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    let x = v128.load64_splat(a);
    c00 = step(kind, x, b0, c00);
    c01 = step(kind, x, b1, c01);
    x = v128.load64_splat(a, 8);
    c10 = step(kind, x, b0, c10);
    c11 = step(kind, x, b1, c11);
    x = v128.load64_splat(a, 16);
    c20 = step(kind, x, b0, c20);
    c21 = step(kind, x, b1, c21);
    x = v128.load64_splat(a, 24);
    c30 = step(kind, x, b0, c30);
    c31 = step(kind, x, b1, c31);
    a += 32;
    b += 32;
  } while (--k);
  finish(c, c00, c01, alpha, beta, cols);
  if (rows > 1) finish(c + line, c10, c11, alpha, beta, cols);
  if (rows > 2) finish(c + 2 * line, c20, c21, alpha, beta, cols);
  if (rows > 3) finish(c + 3 * line, c30, c31, alpha, beta, cols);
}

/** One 4 x 4 tile of a product: of `rows` and `cols` are written. */
export function productTile(
  a: usize, b: usize, c: usize, k: i32, line: usize, alpha: f64, beta: f64, rows: i32, cols: i32,
): void {
  tile(PRODUCT, a, b, c, k, line, alpha, beta, rows, cols);
}

/** Whether vectors are joined by pairs here, so that {@link wideTile} is fast (`tiles` in wide-tiles.ts). */
export function hasWideTiles(): bool {
  return load<i32>(65528) != 0;
}

/**
 * One 4 x 8 tile of a product from a panel of A and two of B, entries summed in the order of {@link productTile}.
 * Sixteen vectors of C do not fit the registers of 128 bits; where the engine joins them by pairs, eight of 256 bits do.
 * C = A B or, with `more`, C += A B.
 */
export function wideTile(
  a: usize, b: usize, d: usize, c: usize, k: i32, line: usize, more: bool,
): void {
  const z = f64x2.splat(0);
  let c00 = z, c01 = z, c02 = z, c03 = z, c10 = z, c11 = z, c12 = z, c13 = z;
  let c20 = z, c21 = z, c22 = z, c23 = z, c30 = z, c31 = z, c32 = z, c33 = z;
  do {
    const b0 = v128.load(b), b1 = v128.load(b, 16), b2 = v128.load(d), b3 = v128.load(d, 16);
    let x = v128.load64_splat(a);
    c00 = madd64(x, b0, c00);
    c01 = madd64(x, b1, c01);
    c02 = madd64(x, b2, c02);
    c03 = madd64(x, b3, c03);
    x = v128.load64_splat(a, 8);
    c10 = madd64(x, b0, c10);
    c11 = madd64(x, b1, c11);
    c12 = madd64(x, b2, c12);
    c13 = madd64(x, b3, c13);
    x = v128.load64_splat(a, 16);
    c20 = madd64(x, b0, c20);
    c21 = madd64(x, b1, c21);
    c22 = madd64(x, b2, c22);
    c23 = madd64(x, b3, c23);
    x = v128.load64_splat(a, 24);
    c30 = madd64(x, b0, c30);
    c31 = madd64(x, b1, c31);
    c32 = madd64(x, b2, c32);
    c33 = madd64(x, b3, c33);
    a += 32;
    b += 32;
    d += 32;
  } while (--k);
  store8(c, c00, c01, c02, c03, more);
  store8(c + line, c10, c11, c12, c13, more);
  store8(c + 2 * line, c20, c21, c22, c23, more);
  store8(c + 3 * line, c30, c31, c32, c33, more);
}

/**
 * A tile as {@link wideTile}'s with six rows, two each from three places: twelve vectors of 256 bits, so that none waits for
 * itself. Those and three operands fit the registers, and nothing more.
 */
function tallTile(
  a: usize, a2: usize, a4: usize, b: usize, d: usize, c: usize, k: i32, line: usize, more: bool,
): void {
  const z = f64x2.splat(0);
  let c00 = z, c01 = z, c02 = z, c03 = z, c10 = z, c11 = z, c12 = z, c13 = z;
  let c20 = z, c21 = z, c22 = z, c23 = z, c30 = z, c31 = z, c32 = z, c33 = z;
  let c40 = z, c41 = z, c42 = z, c43 = z, c50 = z, c51 = z, c52 = z, c53 = z;
  do {
    const b0 = v128.load(b), b1 = v128.load(b, 16), b2 = v128.load(d), b3 = v128.load(d, 16);
    let x = v128.load64_splat(a);
    c00 = madd64(x, b0, c00);
    c01 = madd64(x, b1, c01);
    c02 = madd64(x, b2, c02);
    c03 = madd64(x, b3, c03);
    x = v128.load64_splat(a, 8);
    c10 = madd64(x, b0, c10);
    c11 = madd64(x, b1, c11);
    c12 = madd64(x, b2, c12);
    c13 = madd64(x, b3, c13);
    x = v128.load64_splat(a2);
    c20 = madd64(x, b0, c20);
    c21 = madd64(x, b1, c21);
    c22 = madd64(x, b2, c22);
    c23 = madd64(x, b3, c23);
    x = v128.load64_splat(a2, 8);
    c30 = madd64(x, b0, c30);
    c31 = madd64(x, b1, c31);
    c32 = madd64(x, b2, c32);
    c33 = madd64(x, b3, c33);
    x = v128.load64_splat(a4);
    c40 = madd64(x, b0, c40);
    c41 = madd64(x, b1, c41);
    c42 = madd64(x, b2, c42);
    c43 = madd64(x, b3, c43);
    x = v128.load64_splat(a4, 8);
    c50 = madd64(x, b0, c50);
    c51 = madd64(x, b1, c51);
    c52 = madd64(x, b2, c52);
    c53 = madd64(x, b3, c53);
    a += 32;
    a2 += 32;
    a4 += 32;
    b += 32;
    d += 32;
  } while (--k);
  store8(c, c00, c01, c02, c03, more);
  store8(c + line, c10, c11, c12, c13, more);
  store8(c + 2 * line, c20, c21, c22, c23, more);
  store8(c + 3 * line, c30, c31, c32, c33, more);
  store8(c + 4 * line, c40, c41, c42, c43, more);
  store8(c + 5 * line, c50, c51, c52, c53, more);
}

// @ts-ignore: decorator
@inline
function store8(c: usize, v0: v128, v1: v128, v2: v128, v3: v128, more: bool): void {
  if (more) {
    v0 = f64x2.add(v0, v128.load(c));
    v1 = f64x2.add(v1, v128.load(c, 16));
    v2 = f64x2.add(v2, v128.load(c, 32));
    v3 = f64x2.add(v3, v128.load(c, 48));
  }
  v128.store(c, v0);
  v128.store(c, v1, 16);
  v128.store(c, v2, 32);
  v128.store(c, v3, 48);
}

/** C = alpha v + beta C on up to four entries; C is not read when beta is 0, so it may hold NaN. */
function finish(c: usize, v0: v128, v1: v128, alpha: f64, beta: f64, cols: i32): void {
  const s = f64x2.splat(alpha);
  v0 = f64x2.mul(s, v0);
  v1 = f64x2.mul(s, v1);
  if (cols == NR) {
    if (beta == 1) {
      v0 = f64x2.add(v0, v128.load(c));
      v1 = f64x2.add(v1, v128.load(c, 16));
    } else if (beta != 0) {
      v0 = f64x2.add(v0, f64x2.mul(f64x2.splat(beta), v128.load(c)));
      v1 = f64x2.add(v1, f64x2.mul(f64x2.splat(beta), v128.load(c, 16)));
    }
    v128.store(c, v0);
    v128.store(c, v1, 16);
    return;
  }
  for (let j = 0; j < cols; j++) {
    const x = f64x2.extract_lane(v0, 0);
    store<f64>(c, beta == 0 ? x : beta == 1 ? x + load<f64>(c) : x + beta * load<f64>(c));
    v0 = v128.shuffle<f64>(v0, v1, 1, 2);
    v1 = v128.shuffle<f64>(v1, v1, 1, 0);
    c += 8;
  }
}
