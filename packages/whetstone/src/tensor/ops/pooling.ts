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

/** An array with axes of its own for the elements of windows, and which axes these are. */
interface Windows {
  readonly all: Node;
  readonly axes: readonly number[];
}

/** The last axes become counts of windows, and as many axes with the windows' elements are added. */
function windows(
  where: string,
  x: Node,
  size: readonly number[],
  stride: readonly number[],
  padding: readonly number[],
  dilation: readonly number[],
  fill: number,
): Windows {
  const lead = x.shape.length - size.length;
  if (lead < 0)
    throw shapeError(where, "x", `has shape ${showShape(x.shape)}`, `at least ${size.length} axes`);
  const width = [...new Array<number>(lead).fill(0), ...padding];
  let all = b.pad(x, width, width);
  if (fill !== 0 && all !== x) {
    const inside = b.pad(b.constant(1, x.shape, "bool"), width, width);
    all = b.where(inside, all, b.like(all, fill));
  }
  let axes: number[] = [];
  for (let i = size.length - 1; i >= 0; i--) {
    const [axis, n, step, gap] = [lead + i, size[i]!, stride[i]!, dilation[i]!];
    if (step === n && gap === 1) {
      // Windows that do not overlap are a matter of shape alone, and so are their gradients.
      all = parted(all, axis, n);
      axes = [axis + 1, ...axes.map((a) => a + 1)];
    } else {
      all = b.window(all, axis, n, step, gap);
      axes = [...axes, all.shape.length - 1];
    }
  }
  if (all.shape.some((n) => n === 0)) {
    throw shapeError(where, "x", `has shape ${showShape(x.shape)}`, `room for a window of [${size}]`);
  }
  return { all, axes };
}

/** An axis as parts of `size` neighbours each, without what is left over: two axes. */
function parted(x: Node, axis: number, size: number): Node {
  const count = Math.floor(x.shape[axis]! / size);
  const cut = x.shape.map((n, i) => (i === axis ? count * size : n));
  const whole = b.slice(
    x,
    cut.map(() => 0),
    cut.map(() => 1),
    cut,
  );
  return b.reshape(whole, [...cut.slice(0, axis), count, size, ...cut.slice(axis + 1)]);
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

/** Without the axes of the windows' elements, which a reduction has left with one place each. */
const withoutAxes = (x: Node, axes: readonly number[]): Node =>
  b.reshape(
    x,
    x.shape.filter((_, i) => !axes.includes(i)),
  );

export function maxPool(where: string, x: Node, size: Sizes, options: PoolOptions, axes: 1 | 2): Node {
  const { sizes, stride, padding, dilation } = read(where, size, options, axes);
  const least = isFloat(x.dtype) ? Number.NEGATIVE_INFINITY : -(2 ** 31);
  const found = windows(where, x, sizes, stride, padding, dilation, least);
  return withoutAxes(b.max(found.all, found.axes), found.axes);
}

export function avgPool(where: string, x: Node, size: Sizes, options: PoolOptions, axes: 1 | 2): Node {
  const { sizes, stride, padding, dilation } = read(where, size, options, axes);
  const found = windows(where, x, sizes, stride, padding, dilation, 0);
  const total = withoutAxes(b.sum(found.all, found.axes), found.axes);
  return b.scale(total, 1 / sizes.reduce((p, n) => p * n, 1));
}
