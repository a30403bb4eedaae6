/**
 * Convolution as a matrix product: the patches of an image as columns, and the adjoint, which adds columns back
 * into an image. A plane is one channel of one image, h x w; its patches are kh * kw rows of oh * ow entries, so the
 * planes of one image of C channels make the matrix [C kh kw, oh ow], and those of the next image follow.
 *
 * Row (ky, kx) of a plane holds, for output place (oy, ox), the entry at y = oy * strideH - padH + ky * dilationH,
 * x = ox * strideW - padW + kx * dilationW, or 0 outside the plane.
 */
import { min } from "./simd";

/** The first output place along one side whose input is inside, given the input of place 0. */
// @ts-ignore: decorator
@inline
function firstInside(start: i32, stride: i32, outputs: i32): i32 {
  return start >= 0 ? 0 : min(outputs, (stride - 1 - start) / stride);
}

/** The output place after the last one whose input is inside. */
// @ts-ignore: decorator
@inline
function endInside(start: i32, stride: i32, size: i32, outputs: i32): i32 {
  return start >= size ? 0 : min(outputs, (size - start + stride - 1) / stride);
}

/** Columns from images. One chunk does `planesPerChunk` planes. */
export function im2colF32(
  src: usize, dst: usize, planes: i32, h: i32, w: i32, kh: i32, kw: i32, oh: i32, ow: i32,
  strideH: i32, strideW: i32, padH: i32, padW: i32, dilationH: i32, dilationW: i32,
  planesPerChunk: i32, chunk: i32,
): void {
  const last = min(planes, (chunk + 1) * planesPerChunk);
  const line = <usize>ow << 2, hop = <usize>strideW << 2;
  for (let plane = chunk * planesPerChunk; plane < last; plane++) {
    const from = src + ((<usize>plane * h * w) << 2);
    let to = dst + ((<usize>plane * kh * kw * oh * ow) << 2);
    for (let ky = 0; ky < kh; ky++) {
      for (let kx = 0; kx < kw; kx++) {
        const x0 = kx * dilationW - padW;
        const end = endInside(x0, strideW, w, ow), begin = min(end, firstInside(x0, strideW, ow));
        for (let oy = 0; oy < oh; oy++) {
          const y = oy * strideH - padH + ky * dilationH;
          if (y < 0 || y >= h) {
            zero(to, ow);
          } else {
            zero(to, begin);
            const at = from + ((<usize>y * w + x0 + begin * strideW) << 2);
            if (strideW == 1) copy(at, to + (<usize>begin << 2), end - begin);
            else gather(at, hop, to + (<usize>begin << 2), end - begin);
            zero(to + (<usize>end << 2), ow - end);
          }
          to += line;
        }
      }
    }
  }
}

/** Images from columns: each entry of `dst` becomes the sum of the entries that im2colF32 copies it to. */
export function col2imF32(
  src: usize, dst: usize, planes: i32, h: i32, w: i32, kh: i32, kw: i32, oh: i32, ow: i32,
  strideH: i32, strideW: i32, padH: i32, padW: i32, dilationH: i32, dilationW: i32,
  planesPerChunk: i32, chunk: i32,
): void {
  const last = min(planes, (chunk + 1) * planesPerChunk);
  const line = <usize>ow << 2, hop = <usize>strideW << 2;
  for (let plane = chunk * planesPerChunk; plane < last; plane++) {
    const image = dst + ((<usize>plane * h * w) << 2);
    let from = src + ((<usize>plane * kh * kw * oh * ow) << 2);
    zero(image, h * w);
    for (let ky = 0; ky < kh; ky++) {
      for (let kx = 0; kx < kw; kx++) {
        const x0 = kx * dilationW - padW;
        const end = endInside(x0, strideW, w, ow), begin = min(end, firstInside(x0, strideW, ow));
        for (let oy = 0; oy < oh; oy++) {
          const y = oy * strideH - padH + ky * dilationH;
          if (y >= 0 && y < h) {
            const at = image + ((<usize>y * w + x0 + begin * strideW) << 2);
            if (strideW == 1) add(from + (<usize>begin << 2), at, end - begin);
            else scatter(from + (<usize>begin << 2), at, hop, end - begin);
          }
          from += line;
        }
      }
    }
  }
}

function zero(to: usize, n: i32): void {
  for (; n >= 4; n -= 4) {
    v128.store(to, f32x4.splat(0));
    to += 16;
  }
  for (; n > 0; n--) {
    store<f32>(to, 0);
    to += 4;
  }
}

function copy(from: usize, to: usize, n: i32): void {
  for (; n >= 4; n -= 4) {
    v128.store(to, v128.load(from));
    from += 16;
    to += 16;
  }
  for (; n > 0; n--) {
    store<f32>(to, load<f32>(from));
    from += 4;
    to += 4;
  }
}

function gather(from: usize, hop: usize, to: usize, n: i32): void {
  for (; n > 0; n--) {
    store<f32>(to, load<f32>(from));
    from += hop;
    to += 4;
  }
}

function add(from: usize, to: usize, n: i32): void {
  for (; n >= 4; n -= 4) {
    v128.store(to, f32x4.add(v128.load(to), v128.load(from)));
    from += 16;
    to += 16;
  }
  for (; n > 0; n--) {
    store<f32>(to, load<f32>(to) + load<f32>(from));
    from += 4;
    to += 4;
  }
}

function scatter(from: usize, to: usize, hop: usize, n: i32): void {
  for (; n > 0; n--) {
    store<f32>(to, load<f32>(to) + load<f32>(from));
    from += 4;
    to += hop;
  }
}
