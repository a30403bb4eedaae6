/** Windows over the last axes, and their maximum or mean. */
import { shapeError } from "../../errors.ts";
import { isFloat } from "../dtype.ts";
import * as b from "../graph/build.ts";
import type { Node } from "../graph/node.ts";
import { showShape } from "../graph/shape.ts";
import { pair, type Sizes } from "./convolution.ts";

/** Geometry of a pooling window. */
export interface PoolOptions {
  /** Default: the window's size. */
  readonly stride?: Sizes;
  /** Places added on both sides: minus infinity for a maximum, zeros for a mean. Default 0. */
  readonly padding?: Sizes;
  /** Maximum only. Default 1. */
  readonly dilation?: Sizes;
}

/** The last `axes` axes become counts of windows, and as many axes with the windows' elements are added. */
function windows(
  where: string,
  x: Node,
  size: readonly number[],
  stride: readonly number[],
  padding: readonly number[],
  dilation: readonly number[],
  fill: number,
): Node {
  const lead = x.shape.length - size.length;
  if (lead < 0)
    throw shapeError(where, "x", `has shape ${showShape(x.shape)}`, `at least ${size.length} axes`);
  const width = [...new Array<number>(lead).fill(0), ...padding];
  let padded = b.pad(x, width, width);
  if (fill !== 0 && padded !== x) {
    const inside = b.pad(b.constant(1, x.shape, "bool"), width, width);
    padded = b.where(inside, padded, b.like(padded, fill));
  }
  size.forEach((n, i) => {
    padded = windowsOf(padded, lead + i, n, stride[i]!, dilation[i]!);
  });
  if (padded.shape.some((n) => n === 0)) {
    throw shapeError(where, "x", `has shape ${showShape(x.shape)}`, `room for a window of [${size}]`);
  }
  return padded;
}

/** Windows that do not overlap are a matter of shape alone, and so are their gradients. */
function windowsOf(x: Node, axis: number, size: number, stride: number, dilation: number): Node {
  if (stride !== size || dilation !== 1) return b.window(x, axis, size, stride, dilation);
  const count = Math.floor(x.shape[axis]! / size);
  const cut = x.shape.map((n, i) => (i === axis ? count * size : n));
  const whole = b.slice(
    x,
    cut.map(() => 0),
    cut.map(() => 1),
    cut,
  );
  const parted = b.reshape(whole, [...cut.slice(0, axis), count, size, ...cut.slice(axis + 1)]);
  const order = parted.shape.map((_, i) => i).filter((i) => i !== axis + 1);
  return b.permute(parted, [...order, axis + 1]);
}

function read(where: string, size: Sizes, options: PoolOptions, axes: 1 | 2) {
  const sizes = pair(where, "size", size, axes, 1);
  return {
    sizes,
    stride: options.stride === undefined ? sizes : pair(where, "stride", options.stride, axes, 1),
    padding: pair(where, "padding", options.padding ?? 0, axes, 0),
    dilation: pair(where, "dilation", options.dilation ?? 1, axes, 1),
  };
}

const lastAxes = (x: Node, count: number): number[] =>
  Array.from({ length: count }, (_, i) => x.shape.length - count + i);

export function maxPool(where: string, x: Node, size: Sizes, options: PoolOptions, axes: 1 | 2): Node {
  const { sizes, stride, padding, dilation } = read(where, size, options, axes);
  const least = isFloat(x.dtype) ? Number.NEGATIVE_INFINITY : -(2 ** 31);
  const all = windows(where, x, sizes, stride, padding, dilation, least);
  const pooled = b.max(all, lastAxes(all, axes));
  return b.reshape(pooled, pooled.shape.slice(0, x.shape.length));
}

export function avgPool(where: string, x: Node, size: Sizes, options: PoolOptions, axes: 1 | 2): Node {
  const { sizes, stride, padding, dilation } = read(where, size, options, axes);
  const all = windows(where, x, sizes, stride, padding, dilation, 0);
  const total = b.sum(all, lastAxes(all, axes));
  return b.scale(
    b.reshape(total, total.shape.slice(0, x.shape.length)),
    1 / sizes.reduce((p, n) => p * n, 1),
  );
}
