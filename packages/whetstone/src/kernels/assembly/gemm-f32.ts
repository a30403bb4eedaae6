/**
 * C = alpha op(A) op(B) + beta C in float32, after Goto and van de Geijn, "Anatomy of high-performance matrix
 * multiplication" (ACM TOMS 34(3), 2008): both operands are first packed into panels (`packF32`), which absorbs
 * the transposes and pads with zeros; `gemmF32` then computes one block of C per chunk.
 *
 * The micro-kernel holds a 4 x 8 tile of C in eight vector registers; larger tiles spill, as WebAssembly code
 * has sixteen 128-bit registers to use on x64.
 */
import { ceilDiv, madd32, min } from "./simd";

// @ts-ignore: decorator
@inline const MR: i32 = 4;
// @ts-ignore: decorator
@inline const NR: i32 = 8;
/** Depth of a panel: KC x NR of B (8 KB) stays in the L1 cache. */
// @ts-ignore: decorator
@inline const KC: i32 = 256;

/**
 * Packs an operand of `count` vectors of length `k` (rows of op(A), columns of op(B)) into panels of `width`
 * vectors. Entry p of vector i is at `src + 4 (i * stride + p * step)`. Packed: for each block of KC entries, for
 * each panel, `width` values per entry. One chunk packs `panelsPerChunk` panels at full depth.
 */
export function packF32(
  src: usize, dst: usize, count: i32, k: i32, stride: i32, step: i32,
  width: i32, panelsPerChunk: i32, chunk: i32,
): void {
  const panels = ceilDiv(count, width);
  const first = chunk * panelsPerChunk;
  const last = min(panels, first + panelsPerChunk);
  for (let p0 = 0; p0 < k; p0 += KC) {
    const depth = min(KC, k - p0);
    const block = dst + ((<usize>p0 * panels * width) << 2);
    for (let panel = first; panel < last; panel++) {
      const i0 = panel * width;
      const live = min(width, count - i0);
      const from = src + ((<usize>i0 * stride + <usize>p0 * step) << 2);
      const to = block + ((<usize>panel * depth * width) << 2);
      if (live == width && stride == 1) {
        if (width == 8) copy8(from, to, depth, <usize>step << 2);
        else copy4(from, to, depth, <usize>step << 2);
      } else if (live == width && step == 1) {
        transpose4(from, to, depth, <usize>stride << 2, width);
        if (width == 8) transpose4(from + (<usize>stride << 4), to + 16, depth, <usize>stride << 2, width);
      } else {
        packEdge(from, to, depth, <usize>stride << 2, <usize>step << 2, live, width);
      }
    }
  }
}

function copy8(from: usize, to: usize, depth: i32, step: usize): void {
  for (; depth > 0; depth--) {
    v128.store(to, v128.load(from));
    v128.store(to, v128.load(from, 16), 16);
    from += step;
    to += 32;
  }
}

function copy4(from: usize, to: usize, depth: i32, step: usize): void {
  for (; depth > 0; depth--) {
    v128.store(to, v128.load(from));
    from += step;
    to += 16;
  }
}

/** Four contiguous vectors, `stride` bytes apart, interleaved into a panel of `width` values per entry. */
function transpose4(from: usize, to: usize, depth: i32, stride: usize, width: i32): void {
  let s0 = from, s1 = from + stride, s2 = s1 + stride, s3 = s2 + stride;
  const hop = <usize>width << 2;
  for (; depth >= 4; depth -= 4) {
    const a = v128.load(s0), b = v128.load(s1), c = v128.load(s2), d = v128.load(s3);
    const ab0 = v128.shuffle<f32>(a, b, 0, 4, 1, 5), ab1 = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
    const cd0 = v128.shuffle<f32>(c, d, 0, 4, 1, 5), cd1 = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
    v128.store(to, v128.shuffle<f32>(ab0, cd0, 0, 1, 4, 5));
    v128.store(to + hop, v128.shuffle<f32>(ab0, cd0, 2, 3, 6, 7));
    v128.store(to + 2 * hop, v128.shuffle<f32>(ab1, cd1, 0, 1, 4, 5));
    v128.store(to + 3 * hop, v128.shuffle<f32>(ab1, cd1, 2, 3, 6, 7));
    to += 4 * hop;
    s0 += 16; s1 += 16; s2 += 16; s3 += 16;
  }
  for (; depth > 0; depth--) {
    store<f32>(to, load<f32>(s0));
    store<f32>(to, load<f32>(s1), 4);
    store<f32>(to, load<f32>(s2), 8);
    store<f32>(to, load<f32>(s3), 12);
    to += hop;
    s0 += 4; s1 += 4; s2 += 4; s3 += 4;
  }
}

function packEdge(from: usize, to: usize, depth: i32, stride: usize, step: usize, live: i32, width: i32): void {
  for (; depth > 0; depth--) {
    let at = from;
    for (let i = 0; i < live; i++) {
      store<f32>(to + (<usize>i << 2), load<f32>(at));
      at += stride;
    }
    for (let i = live; i < width; i++) store<f32>(to + (<usize>i << 2), 0);
    from += step;
    to += <usize>width << 2;
  }
}

/** Word of the thread pool's page that says whether vectors are joined by pairs here (`tiles` in wide-tiles.ts). */
// @ts-ignore: decorator
@inline const WIDE: usize = 65532;

/**
 * One block of C, `rowsPerChunk` x `colsPerChunk` (multiples of 4 and 8; the last ones are cut), from packed A
 * (panels of 4) and packed B (panels of 8). Chunks are numbered along the rows first. `ldc` is in elements.
 */
export function gemmF32(
  a: usize, b: usize, c: usize, m: i32, n: i32, k: i32, ldc: i32, alpha: f64, beta: f64,
  rowsPerChunk: i32, colsPerChunk: i32, chunk: i32,
): void {
  const rowChunks = ceilDiv(m, rowsPerChunk);
  const i0 = (chunk % rowChunks) * rowsPerChunk, i1 = min(m, i0 + rowsPerChunk);
  const j0 = (chunk / rowChunks) * colsPerChunk, j1 = min(n, j0 + colsPerChunk);
  const aRows = ceilDiv(m, MR) * MR, bCols = ceilDiv(n, NR) * NR;
  const line = <usize>ldc << 2;
  for (let p = 0; p < k; p += KC) {
    const depth = min(KC, k - p);
    const scale: f32 = p == 0 ? <f32>beta : 1;
    let j = j0;
    if (load<i32>(WIDE) != 0 && alpha == 1 && (scale == 0 || scale == 1)) {
      const more = scale != 0;
      for (; j + 2 * NR <= j1; j += 2 * NR) {
        const panelB = b + ((<usize>p * bCols + <usize>j * depth) << 2), next = panelB + (<usize>depth << 5);
        let panelA = a + ((<usize>p * aRows + <usize>i0 * depth) << 2), at = c + ((<usize>i0 * ldc + j) << 2);
        const step = <usize>depth << 4;
        let i = i0;
        for (; i + 3 * MR <= i1; i += 3 * MR) {
          const second = panelA + step, third = second + step;
          tallTile(panelA, panelA + 8, second, panelB, next, at, depth, line, more);
          tallTile(second + 8, third, third + 8, panelB, next, at + 6 * line, depth, line, more);
          panelA = third + step;
          at += 12 * line;
        }
        for (; i < i1; i += MR) {
          if (i + MR <= i1) wideTile(panelA, panelB, next, at, depth, line, more);
          else {
            tile(panelA, panelB, at, depth, line, 1, scale, i1 - i, NR);
            tile(panelA, next, at + 32, depth, line, 1, scale, i1 - i, NR);
          }
          panelA += step;
          at += 4 * line;
        }
      }
    }
    for (; j < j1; j += NR) {
      const panelB = b + ((<usize>p * bCols + <usize>j * depth) << 2);
      for (let i = i0; i < i1; i += MR) {
        const panelA = a + ((<usize>p * aRows + <usize>i * depth) << 2);
        const at = c + ((<usize>i * ldc + j) << 2);
        tile(panelA, panelB, at, depth, line, <f32>alpha, scale, min(MR, i1 - i), min(NR, j1 - j));
      }
    }
  }
}

/** One 4 x 8 tile of C from a panel of A and one of B, of which `rows` and `cols` are written. */
export function tile(
  a: usize, b: usize, c: usize, k: i32, line: usize, alpha: f32, beta: f32, rows: i32, cols: i32,
): void {
  let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00;
  do {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    let x = v128.load32_splat(a);
    c00 = madd32(x, b0, c00);
    c01 = madd32(x, b1, c01);
    x = v128.load32_splat(a, 4);
    c10 = madd32(x, b0, c10);
    c11 = madd32(x, b1, c11);
    x = v128.load32_splat(a, 8);
    c20 = madd32(x, b0, c20);
    c21 = madd32(x, b1, c21);
    x = v128.load32_splat(a, 12);
    c30 = madd32(x, b0, c30);
    c31 = madd32(x, b1, c31);
    a += 16;
    b += 32;
  } while (--k);
  const s = f32x4.splat(alpha);
  if (rows == MR && cols == NR) {
    row8(c, f32x4.mul(s, c00), f32x4.mul(s, c01), beta);
    row8(c + line, f32x4.mul(s, c10), f32x4.mul(s, c11), beta);
    row8(c + 2 * line, f32x4.mul(s, c20), f32x4.mul(s, c21), beta);
    row8(c + 3 * line, f32x4.mul(s, c30), f32x4.mul(s, c31), beta);
    return;
  }
  rowPart(c, f32x4.mul(s, c00), f32x4.mul(s, c01), beta, cols);
  if (rows > 1) rowPart(c + line, f32x4.mul(s, c10), f32x4.mul(s, c11), beta, cols);
  if (rows > 2) rowPart(c + 2 * line, f32x4.mul(s, c20), f32x4.mul(s, c21), beta, cols);
  if (rows > 3) rowPart(c + 3 * line, f32x4.mul(s, c30), f32x4.mul(s, c31), beta, cols);
}

/**
 * One 4 x 16 tile of C from a panel of A and two of B, entries summed in the order of {@link tile}. Sixteen vectors of
 * C do not fit the registers of 128 bits; where the engine joins them by pairs, eight of 256 bits do.
 * C = A B or, with `more`, C += A B.
 */
function wideTile(a: usize, b: usize, d: usize, c: usize, k: i32, line: usize, more: bool): void {
  const z = f32x4.splat(0);
  let c00 = z, c01 = z, c02 = z, c03 = z, c10 = z, c11 = z, c12 = z, c13 = z;
  let c20 = z, c21 = z, c22 = z, c23 = z, c30 = z, c31 = z, c32 = z, c33 = z;
  do {
    const b0 = v128.load(b), b1 = v128.load(b, 16), b2 = v128.load(d), b3 = v128.load(d, 16);
    let x = v128.load32_splat(a);
    c00 = madd32(x, b0, c00);
    c01 = madd32(x, b1, c01);
    c02 = madd32(x, b2, c02);
    c03 = madd32(x, b3, c03);
    x = v128.load32_splat(a, 4);
    c10 = madd32(x, b0, c10);
    c11 = madd32(x, b1, c11);
    c12 = madd32(x, b2, c12);
    c13 = madd32(x, b3, c13);
    x = v128.load32_splat(a, 8);
    c20 = madd32(x, b0, c20);
    c21 = madd32(x, b1, c21);
    c22 = madd32(x, b2, c22);
    c23 = madd32(x, b3, c23);
    x = v128.load32_splat(a, 12);
    c30 = madd32(x, b0, c30);
    c31 = madd32(x, b1, c31);
    c32 = madd32(x, b2, c32);
    c33 = madd32(x, b3, c33);
    a += 16;
    b += 32;
    d += 32;
  } while (--k);
  store16(c, c00, c01, c02, c03, more);
  store16(c + line, c10, c11, c12, c13, more);
  store16(c + 2 * line, c20, c21, c22, c23, more);
  store16(c + 3 * line, c30, c31, c32, c33, more);
}

/**
 * A tile as {@link wideTile}'s with six rows, two each from three places: twelve vectors of 256 bits, so that none waits for
 * itself. Those and three operands fit the registers, and nothing more.
 */
function tallTile(
  a: usize, a2: usize, a4: usize, b: usize, d: usize, c: usize, k: i32, line: usize, more: bool,
): void {
  const z = f32x4.splat(0);
  let c00 = z, c01 = z, c02 = z, c03 = z, c10 = z, c11 = z, c12 = z, c13 = z;
  let c20 = z, c21 = z, c22 = z, c23 = z, c30 = z, c31 = z, c32 = z, c33 = z;
  let c40 = z, c41 = z, c42 = z, c43 = z, c50 = z, c51 = z, c52 = z, c53 = z;
  do {
    const b0 = v128.load(b), b1 = v128.load(b, 16), b2 = v128.load(d), b3 = v128.load(d, 16);
    let x = v128.load32_splat(a);
    c00 = madd32(x, b0, c00);
    c01 = madd32(x, b1, c01);
    c02 = madd32(x, b2, c02);
    c03 = madd32(x, b3, c03);
    x = v128.load32_splat(a, 4);
    c10 = madd32(x, b0, c10);
    c11 = madd32(x, b1, c11);
    c12 = madd32(x, b2, c12);
    c13 = madd32(x, b3, c13);
    x = v128.load32_splat(a2);
    c20 = madd32(x, b0, c20);
    c21 = madd32(x, b1, c21);
    c22 = madd32(x, b2, c22);
    c23 = madd32(x, b3, c23);
    x = v128.load32_splat(a2, 4);
    c30 = madd32(x, b0, c30);
    c31 = madd32(x, b1, c31);
    c32 = madd32(x, b2, c32);
    c33 = madd32(x, b3, c33);
    x = v128.load32_splat(a4);
    c40 = madd32(x, b0, c40);
    c41 = madd32(x, b1, c41);
    c42 = madd32(x, b2, c42);
    c43 = madd32(x, b3, c43);
    x = v128.load32_splat(a4, 4);
    c50 = madd32(x, b0, c50);
    c51 = madd32(x, b1, c51);
    c52 = madd32(x, b2, c52);
    c53 = madd32(x, b3, c53);
    a += 16;
    a2 += 16;
    a4 += 16;
    b += 32;
    d += 32;
  } while (--k);
  store16(c, c00, c01, c02, c03, more);
  store16(c + line, c10, c11, c12, c13, more);
  store16(c + 2 * line, c20, c21, c22, c23, more);
  store16(c + 3 * line, c30, c31, c32, c33, more);
  store16(c + 4 * line, c40, c41, c42, c43, more);
  store16(c + 5 * line, c50, c51, c52, c53, more);
}

// @ts-ignore: decorator
@inline
function store16(c: usize, v0: v128, v1: v128, v2: v128, v3: v128, more: bool): void {
  if (more) {
    v0 = f32x4.add(v0, v128.load(c));
    v1 = f32x4.add(v1, v128.load(c, 16));
    v2 = f32x4.add(v2, v128.load(c, 32));
    v3 = f32x4.add(v3, v128.load(c, 48));
  }
  v128.store(c, v0);
  v128.store(c, v1, 16);
  v128.store(c, v2, 32);
  v128.store(c, v3, 48);
}

/** C = v + beta C on eight entries; C is not read when beta is 0, so it may hold NaN. */
// @ts-ignore: decorator
@inline
function row8(c: usize, v0: v128, v1: v128, beta: f32): void {
  if (beta == 1) {
    v0 = f32x4.add(v0, v128.load(c));
    v1 = f32x4.add(v1, v128.load(c, 16));
  } else if (beta != 0) {
    v0 = f32x4.add(v0, f32x4.mul(f32x4.splat(beta), v128.load(c)));
    v1 = f32x4.add(v1, f32x4.mul(f32x4.splat(beta), v128.load(c, 16)));
  }
  v128.store(c, v0);
  v128.store(c, v1, 16);
}

function rowPart(c: usize, v0: v128, v1: v128, beta: f32, cols: i32): void {
  let v = v0;
  for (let j = 0; j < cols; j++) {
    if (j == 4) v = v1;
    const x = f32x4.extract_lane(v, 0);
    v = v128.shuffle<f32>(v, v, 1, 2, 3, 0);
    store<f32>(c, beta == 0 ? x : beta == 1 ? x + load<f32>(c) : x + beta * load<f32>(c));
    c += 4;
  }
}
