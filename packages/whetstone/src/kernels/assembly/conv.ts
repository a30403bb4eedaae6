/**
 * Convolutions as matrix products, one image after the other: patches are packed straight into the panels of the
 * product, from a copy of the image with its zeros around it. x [N, C, H, W], w [O, C / groups, KH, KW],
 * y [N, O, OH, OW]. A chunk takes `imagesPerChunk` images and works in its own part of `work`, `workStride` bytes.
 */
import { gemmF32, packF32 } from "./core";
import { col2imF32 } from "./im2col";
import { ceilDiv, min } from "./simd";

// @ts-ignore: decorator
@inline const KC: i32 = 256;

/** Planes [planes, h, w] into [planes, ph, pw] with the first element at (top, left), zeros elsewhere. */
function padPlanes(
  from: usize, to: usize, planes: i32, h: i32, w: i32, ph: i32, pw: i32, top: i32, left: i32,
): void {
  memory.fill(to, 0, <usize>(planes * ph * pw + 8) << 2);
  const rows = min(h, ph - top), columns = min(w, pw - left);
  if (columns <= 0) return;
  for (let c = 0; c < planes; c++) {
    let source = from + (<usize>(c * h * w) << 2), at = to + (<usize>((c * ph + top) * pw + left) << 2);
    for (let i = 0; i < rows; i++) {
      let j = 0;
      for (; j + 4 <= columns; j += 4) v128.store(at + (<usize>j << 2), v128.load(source + (<usize>j << 2)));
      for (; j < columns; j++) store<f32>(at + (<usize>j << 2), load<f32>(source + (<usize>j << 2)));
      source += <usize>w << 2;
      at += <usize>pw << 2;
    }
  }
}

/**
 * Every `step`-th of so many numbers of each row, row after row without gaps. Up to three numbers behind the last are
 * overwritten, and as many behind each row are read.
 */
function gather(from: usize, to: usize, rows: i32, line: usize, columns: i32, step: i32): void {
  for (let i = 0; i < rows; i++) {
    if (step == 1) {
      for (let j = 0; j < columns; j += 4) v128.store(to + (<usize>j << 2), v128.load(from + (<usize>j << 2)));
    } else {
      for (let j = 0; j < columns; j++) store<f32>(to + (<usize>j << 2), load<f32>(from + (<usize>(j * step) << 2)));
    }
    from += line;
    to += <usize>columns << 2;
  }
}

/**
 * What each tap (plane, ky, kx) reads for all places, in the layout of packF32 with width 8. `places` is room for the
 * numbers of one plane under one kx, row after row: where rows are not strided, all ky read from the same.
 */
function packPatches(
  image: usize, places: usize, to: usize, planes: i32, ph: i32, pw: i32, kh: i32, kw: i32, oh: i32, ow: i32,
  strideH: i32, strideW: i32, dilationH: i32, dilationW: i32,
): void {
  const panels = ceilDiv(oh * ow, 8), columns = panels * 8, depth = planes * kh * kw;
  const line = <usize>pw << 2;
  for (let c = 0; c < planes; c++) {
    const plane = image + <usize>(c * ph) * line;
    for (let kx = 0; kx < kw; kx++) {
      const shifted = plane + (<usize>(kx * dilationW) << 2);
      if (strideH == 1) gather(shifted, places, ph, line, ow, strideW);
      for (let ky = 0; ky < kh; ky++) {
        let from = places;
        if (strideH == 1) from += <usize>(ky * dilationH * ow) << 2;
        else gather(shifted + <usize>(ky * dilationH) * line, places, oh, <usize>strideH * line, ow, strideW);
        const p = (c * kh + ky) * kw + kx, p0 = p & ~(KC - 1);
        const hop = <usize>min(KC, depth - p0) << 5;
        let at = to + (<usize>(p0 * columns + (p - p0) * 8) << 2);
        for (let q = 0; q < panels; q++) {
          v128.store(at, v128.load(from));
          v128.store(at, v128.load(from, 16), 16);
          at += hop;
          from += 32;
        }
      }
    }
  }
}

/** y = w * x. */
export function convF32(
  x: usize, w: usize, y: usize, images: i32, channels: i32, h: i32, wd: i32, filters: i32, kh: i32, kw: i32,
  oh: i32, ow: i32, strideH: i32, strideW: i32, padH: i32, padW: i32, dilationH: i32, dilationW: i32,
  groups: i32, imagesPerChunk: i32, work: usize, workStride: i32, chunk: i32,
): void {
  const planes = channels / groups, rows = filters / groups, depth = planes * kh * kw;
  const ph = (oh - 1) * strideH + dilationH * (kh - 1) + 1, pw = (ow - 1) * strideW + dilationW * (kw - 1) + 1;
  const rowsUp = ceilDiv(rows, 4) * 4, places = oh * ow, columns = ceilDiv(places, 8) * 8;
  const image = work + <usize>chunk * workStride;
  const packedW = image + (<usize>(ceilDiv(planes * ph * pw + 8, 16) * 16) << 2);
  const packedX = packedW + (<usize>(rowsUp * depth) << 2);
  const plane = packedX + (<usize>(columns * depth) << 2);
  const last = min(images, (chunk + 1) * imagesPerChunk);
  for (let g = 0; g < groups; g++) {
    packF32(w + (<usize>(g * rows * depth) << 2), packedW, rows, depth, depth, 1, 4, rowsUp, 0);
    for (let n = chunk * imagesPerChunk; n < last; n++) {
      padPlanes(x + (<usize>((n * channels + g * planes) * h * wd) << 2), image, planes, h, wd, ph, pw, padH, padW);
      packPatches(image, plane, packedX, planes, ph, pw, kh, kw, oh, ow, strideH, strideW, dilationH, dilationW);
      const to = y + (<usize>((n * filters + g * rows) * places) << 2);
      gemmF32(packedW, packedX, to, rows, places, depth, places, 1, 0, rowsUp, columns, 0);
    }
  }
}

/** Weights for the gradient of the input as a convolution: w[o, c, ky, kx] to [c, o, KH - 1 - ky, KW - 1 - kx], by group. */
export function flipWeightsF32(w: usize, to: usize, filters: i32, planes: i32, kh: i32, kw: i32, groups: i32, chunk: i32): void {
  const rows = filters / groups, taps = kh * kw, g = chunk;
  for (let c = 0; c < planes; c++) {
    for (let o = 0; o < rows; o++) {
      const from = w + (<usize>(((g * rows + o) * planes + c) * taps) << 2);
      const at = to + (<usize>(((g * planes + c) * rows + o) * taps) << 2);
      for (let t = 0; t < taps; t++) store<f32>(at + (<usize>t << 2), load<f32>(from + (<usize>(taps - 1 - t) << 2)));
    }
  }
}

/** The adjoint of convF32 in x, applied to y, for any stride: products with the columns, added back into the image. */
export function convInputF32(
  x: usize, w: usize, y: usize, images: i32, channels: i32, h: i32, wd: i32, filters: i32, kh: i32, kw: i32,
  oh: i32, ow: i32, strideH: i32, strideW: i32, padH: i32, padW: i32, dilationH: i32, dilationW: i32,
  groups: i32, imagesPerChunk: i32, work: usize, workStride: i32, chunk: i32,
): void {
  const planes = channels / groups, rows = filters / groups, depth = planes * kh * kw, places = oh * ow;
  const columns = work + <usize>chunk * workStride;
  const depthUp = ceilDiv(depth, 4) * 4, placesUp = ceilDiv(places, 8) * 8;
  const packedW = columns + (<usize>depth * places << 2);
  const packedY = packedW + (<usize>depthUp * rows << 2);
  const last = min(images, (chunk + 1) * imagesPerChunk);
  for (let g = 0; g < groups; g++) {
    packF32(w + (<usize>g * rows * depth << 2), packedW, depth, rows, 1, depth, 4, depthUp, 0);
    for (let n = chunk * imagesPerChunk; n < last; n++) {
      const from = y + (<usize>(n * filters + g * rows) * places << 2);
      packF32(from, packedY, places, rows, 1, places, 8, placesUp, 0);
      gemmF32(packedW, packedY, columns, depth, places, rows, places, 1, 0, depthUp, placesUp, 0);
      const to = x + (<usize>(n * channels + g * planes) * h * wd << 2);
      col2imF32(columns, to, planes, h, wd, kh, kw, oh, ow, strideH, strideW, padH, padW, dilationH, dilationW, planes, 0);
    }
  }
}

/**
 * Panels of 8 taps for all places: the transpose of packPatches, in the layout of packF32 with width 8 over `depth`
 * taps and the places as inner side. Taps past the last one repeat it.
 */
function packTaps(
  image: usize, to: usize, planes: i32, ph: i32, pw: i32, kh: i32, kw: i32, oh: i32, ow: i32,
  strideH: i32, strideW: i32, dilationH: i32, dilationW: i32,
): void {
  const taps = kh * kw, depth = planes * taps, depthUp = ceilDiv(depth, 8) * 8, places = oh * ow;
  for (let j = 0; j < depthUp; j += 8) {
    const t0 = tap(image, min(j, depth - 1), taps, kw, ph, pw, dilationH, dilationW);
    const t1 = tap(image, min(j + 1, depth - 1), taps, kw, ph, pw, dilationH, dilationW);
    const t2 = tap(image, min(j + 2, depth - 1), taps, kw, ph, pw, dilationH, dilationW);
    const t3 = tap(image, min(j + 3, depth - 1), taps, kw, ph, pw, dilationH, dilationW);
    const t4 = tap(image, min(j + 4, depth - 1), taps, kw, ph, pw, dilationH, dilationW);
    const t5 = tap(image, min(j + 5, depth - 1), taps, kw, ph, pw, dilationH, dilationW);
    const t6 = tap(image, min(j + 6, depth - 1), taps, kw, ph, pw, dilationH, dilationW);
    const t7 = tap(image, min(j + 7, depth - 1), taps, kw, ph, pw, dilationH, dilationW);
    let p = 0;
    for (let oy = 0; oy < oh; oy++) {
      let ox = 0;
      while (ox < ow) {
        const p0 = p & ~(KC - 1), block = min(KC, places - p0);
        let run = min(ow - ox, p0 + block - p);
        let at = to + (<usize>(p0 * depthUp + j * block + (p - p0) * 8) << 2);
        let off = <usize>(oy * strideH * pw + ox * strideW) << 2;
        p += run;
        ox += run;
        if (strideW == 1) {
          for (; run >= 4; run -= 4) {
            quad(t0 + off, t1 + off, t2 + off, t3 + off, at);
            quad(t4 + off, t5 + off, t6 + off, t7 + off, at + 16);
            at += 128;
            off += 16;
          }
        }
        for (; run > 0; run--) {
          store<f32>(at, load<f32>(t0 + off));
          store<f32>(at, load<f32>(t1 + off), 4);
          store<f32>(at, load<f32>(t2 + off), 8);
          store<f32>(at, load<f32>(t3 + off), 12);
          store<f32>(at, load<f32>(t4 + off), 16);
          store<f32>(at, load<f32>(t5 + off), 20);
          store<f32>(at, load<f32>(t6 + off), 24);
          store<f32>(at, load<f32>(t7 + off), 28);
          at += 32;
          off += <usize>strideW << 2;
        }
      }
    }
  }
}

/** Where a tap reads for the first place. */
// @ts-ignore: decorator
@inline
function tap(image: usize, t: i32, taps: i32, kw: i32, ph: i32, pw: i32, dilationH: i32, dilationW: i32): usize {
  const c = t / taps, rest = t - c * taps, ky = rest / kw, kx = rest - ky * kw;
  return image + (<usize>((c * ph + ky * dilationH) * pw + kx * dilationW) << 2);
}

/** Four runs of four, interleaved into four lines 32 bytes apart. */
// @ts-ignore: decorator
@inline
function quad(s0: usize, s1: usize, s2: usize, s3: usize, to: usize): void {
  const a = v128.load(s0), b = v128.load(s1), c = v128.load(s2), d = v128.load(s3);
  const ab0 = v128.shuffle<f32>(a, b, 0, 4, 1, 5), ab1 = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const cd0 = v128.shuffle<f32>(c, d, 0, 4, 1, 5), cd1 = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f32>(ab0, cd0, 0, 1, 4, 5));
  v128.store(to, v128.shuffle<f32>(ab0, cd0, 2, 3, 6, 7), 32);
  v128.store(to, v128.shuffle<f32>(ab1, cd1, 0, 1, 4, 5), 64);
  v128.store(to, v128.shuffle<f32>(ab1, cd1, 2, 3, 6, 7), 96);
}

/** `w` + chunk times the size of the weights: the gradient of the weights from the images of the chunk. */
export function convWeightF32(
  x: usize, w: usize, y: usize, images: i32, channels: i32, h: i32, wd: i32, filters: i32, kh: i32, kw: i32,
  oh: i32, ow: i32, strideH: i32, strideW: i32, padH: i32, padW: i32, dilationH: i32, dilationW: i32,
  groups: i32, imagesPerChunk: i32, work: usize, workStride: i32, chunk: i32,
): void {
  const planes = channels / groups, rows = filters / groups, depth = planes * kh * kw, places = oh * ow;
  const ph = (oh - 1) * strideH + dilationH * (kh - 1) + 1, pw = (ow - 1) * strideW + dilationW * (kw - 1) + 1;
  const rowsUp = ceilDiv(rows, 4) * 4, depthUp = ceilDiv(depth, 8) * 8;
  const image = work + <usize>chunk * workStride;
  const packedY = image + (<usize>(ceilDiv(planes * ph * pw + 8, 16) * 16) << 2);
  const packedX = packedY + (<usize>(rowsUp * places) << 2);
  const first = chunk * imagesPerChunk, last = min(images, first + imagesPerChunk);
  for (let g = 0; g < groups; g++) {
    const to = w + ((<usize>chunk * filters + g * rows) * depth << 2);
    for (let n = first; n < last; n++) {
      padPlanes(x + (<usize>((n * channels + g * planes) * h * wd) << 2), image, planes, h, wd, ph, pw, padH, padW);
      packTaps(image, packedX, planes, ph, pw, kh, kw, oh, ow, strideH, strideW, dilationH, dilationW);
      packF32(y + (<usize>((n * filters + g * rows) * places) << 2), packedY, rows, places, places, 1, 4, rowsUp, 0);
      gemmF32(packedY, packedX, to, rows, depth, places, depth, 1, n == first ? 0 : 1, rowsUp, depthUp, 0);
    }
  }
}

/** The three in float64, straight from their definition. `which`: 0 y, 1 x, 2 w. One chunk does one image, or (w) one filter. */
export function convF64(
  x: usize, w: usize, y: usize, images: i32, channels: i32, h: i32, wd: i32, filters: i32, kh: i32, kw: i32,
  oh: i32, ow: i32, strideH: i32, strideW: i32, padH: i32, padW: i32, dilationH: i32, dilationW: i32,
  groups: i32, which: i32, chunk: i32,
): void {
  const planes = channels / groups, rows = filters / groups;
  const n0 = which == 2 ? 0 : chunk, n1 = which == 2 ? images : chunk + 1;
  const f0 = which == 2 ? chunk : 0, f1 = which == 2 ? chunk + 1 : filters;
  if (which == 0) clear(y + (<usize>chunk * filters * oh * ow << 3), filters * oh * ow);
  if (which == 1) clear(x + (<usize>chunk * channels * h * wd << 3), channels * h * wd);
  if (which == 2) clear(w + (<usize>chunk * planes * kh * kw << 3), planes * kh * kw);
  for (let n = n0; n < n1; n++) {
    for (let f = f0; f < f1; f++) {
      for (let i = 0; i < oh; i++) {
        for (let j = 0; j < ow; j++) {
          const yAt = y + (((<usize>n * filters + f) * oh + i) * ow + j << 3);
          for (let c = 0; c < planes; c++) {
            const channel = (f / rows) * planes + c;
            for (let p = 0; p < kh; p++) {
              const row = i * strideH + p * dilationH - padH;
              if (row < 0 || row >= h) continue;
              for (let q = 0; q < kw; q++) {
                const column = j * strideW + q * dilationW - padW;
                if (column < 0 || column >= wd) continue;
                const xAt = x + (((<usize>n * channels + channel) * h + row) * wd + column << 3);
                const wAt = w + (((<usize>f * planes + c) * kh + p) * kw + q << 3);
                if (which == 0) store<f64>(yAt, load<f64>(yAt) + load<f64>(xAt) * load<f64>(wAt));
                else if (which == 1) store<f64>(xAt, load<f64>(xAt) + load<f64>(yAt) * load<f64>(wAt));
                else store<f64>(wAt, load<f64>(wAt) + load<f64>(yAt) * load<f64>(xAt));
              }
            }
          }
        }
      }
    }
  }
}

function clear(to: usize, n: i32): void {
  for (let i = 0; i < n; i++) store<f64>(to + (<usize>i << 3), 0);
}
