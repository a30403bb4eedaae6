/**
 * Convolutions as matrix products, one image after the other: its patches as columns (im2col), then a product with the
 * weights. x [N, C, H, W], w [O, C / groups, KH, KW], y [N, O, OH, OW]. A chunk takes `imagesPerChunk` images and
 * works in its own part of `work`: `workStride` bytes, which hold the columns of one group and both packed operands.
 */
import { gemmF32, packF32 } from "./gemm-f32";
import { col2imF32, im2colF32 } from "./im2col";
import { ceilDiv, min } from "./simd";

/** y = w * x. */
export function convF32(
  x: usize, w: usize, y: usize, images: i32, channels: i32, h: i32, wd: i32, filters: i32, kh: i32, kw: i32,
  oh: i32, ow: i32, strideH: i32, strideW: i32, padH: i32, padW: i32, dilationH: i32, dilationW: i32,
  groups: i32, imagesPerChunk: i32, work: usize, workStride: i32, chunk: i32,
): void {
  const planes = channels / groups, rows = filters / groups, depth = planes * kh * kw, places = oh * ow;
  const columns = work + <usize>chunk * workStride;
  const packedW = columns + (<usize>depth * places << 2);
  const packedX = packedW + (<usize>(ceilDiv(rows, 4) * 4) * depth << 2);
  const last = min(images, (chunk + 1) * imagesPerChunk);
  const rowsUp = ceilDiv(rows, 4) * 4, placesUp = ceilDiv(places, 8) * 8;
  for (let g = 0; g < groups; g++) {
    packF32(w + (<usize>g * rows * depth << 2), packedW, rows, depth, depth, 1, 4, rowsUp, 0);
    for (let n = chunk * imagesPerChunk; n < last; n++) {
      const from = x + (<usize>(n * channels + g * planes) * h * wd << 2);
      im2colF32(from, columns, planes, h, wd, kh, kw, oh, ow, strideH, strideW, padH, padW, dilationH, dilationW, planes, 0);
      packF32(columns, packedX, places, depth, 1, places, 8, placesUp, 0);
      const to = y + (<usize>(n * filters + g * rows) * places << 2);
      gemmF32(packedW, packedX, to, rows, places, depth, places, 1, 0, rowsUp, placesUp, 0);
    }
  }
}

/** x = the adjoint of convF32 in x, applied to y. */
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

/** `w` + chunk times the size of the weights: the gradient of the weights from the images of the chunk. */
export function convWeightF32(
  x: usize, w: usize, y: usize, images: i32, channels: i32, h: i32, wd: i32, filters: i32, kh: i32, kw: i32,
  oh: i32, ow: i32, strideH: i32, strideW: i32, padH: i32, padW: i32, dilationH: i32, dilationW: i32,
  groups: i32, imagesPerChunk: i32, work: usize, workStride: i32, chunk: i32,
): void {
  const planes = channels / groups, rows = filters / groups, depth = planes * kh * kw, places = oh * ow;
  const columns = work + <usize>chunk * workStride;
  const rowsUp = ceilDiv(rows, 4) * 4, depthUp = ceilDiv(depth, 8) * 8;
  const packedY = columns + (<usize>depth * places << 2);
  const packedX = packedY + (<usize>rowsUp * places << 2);
  const first = chunk * imagesPerChunk, last = min(images, first + imagesPerChunk);
  for (let g = 0; g < groups; g++) {
    const to = w + ((<usize>chunk * filters + g * rows) * depth << 2);
    for (let n = first; n < last; n++) {
      const from = x + (<usize>(n * channels + g * planes) * h * wd << 2);
      im2colF32(from, columns, planes, h, wd, kh, kw, oh, ow, strideH, strideW, padH, padW, dilationH, dilationW, planes, 0);
      packF32(y + (<usize>(n * filters + g * rows) * places << 2), packedY, rows, places, places, 1, 4, rowsUp, 0);
      packF32(columns, packedX, depth, places, places, 1, 8, depthUp, 0);
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
