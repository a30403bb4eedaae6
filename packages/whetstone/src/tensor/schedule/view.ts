/**
 * Views: how the elements of a stored array are read under another shape. Element i is at offset + sum strides i, and
 * is 0 where an index lies outside its mask. Movement primitives compose into one view wherever that is possible;
 * where it is not, the result is null and the caller stores the intermediate first.
 */
import type { Node } from "../graph/node.ts";
import type { Movement } from "../graph/primitives.ts";
import { contiguousStrides, type Shape, sameShape, sizeOf } from "../graph/shape.ts";

/** Indices low <= i < high are real. */
export type Range = readonly [low: number, high: number];

export interface View {
  readonly shape: Shape;
  readonly strides: readonly number[];
  readonly offset: number;
  /** One range for each axis; null when all of every axis is real. */
  readonly mask: readonly Range[] | null;
}

export const wholeView = (shape: Shape): View => ({
  shape,
  strides: contiguousStrides(shape),
  offset: 0,
  mask: null,
});

/** Reads the elements in their stored order, all of them (whatever the shape). */
export function isContiguous(view: View): boolean {
  if (view.mask || view.offset !== 0) return false;
  const own = contiguousStrides(view.shape);
  return view.strides.every((s, i) => s === own[i] || view.shape[i] === 1);
}

type Rule = (view: View, node: Node) => View | null;

const rules: { readonly [P in Movement]: Rule } = {
  reshape: (view, node) => reshapeView(view, node.shape),
  permute: (view, node) => {
    const { order } = (node as Node<"permute">).attrs;
    return make(
      node.shape,
      order.map((a) => view.strides[a]!),
      view.offset,
      view.mask && order.map((a) => view.mask![a]!),
    );
  },
  expand: (view, node) => {
    const grown = (i: number) => view.shape[i] !== node.shape[i];
    // A masked axis of size 1 that holds nothing real stays so.
    if (view.mask?.some(([low, high], i) => grown(i) && high - low < 1)) return null;
    return make(
      node.shape,
      view.strides.map((s, i) => (grown(i) ? 0 : s)),
      view.offset,
      view.mask?.map((range, i): Range => (grown(i) ? [0, node.shape[i]!] : range)) ?? null,
    );
  },
  slice: (view, node) => {
    const { starts, steps } = (node as Node<"slice">).attrs;
    return make(
      node.shape,
      view.strides.map((s, i) => s * steps[i]!),
      view.offset + starts.reduce((sum, s, i) => sum + s * view.strides[i]!, 0),
      view.mask?.map((range, i) => sliceRange(range, starts[i]!, steps[i]!, node.shape[i]!)) ?? null,
    );
  },
  pad: (view, node) => {
    const { before } = (node as Node<"pad">).attrs;
    const mask = view.mask ?? view.shape.map((n): Range => [0, n]);
    return make(
      node.shape,
      view.strides,
      view.offset - before.reduce((sum, n, i) => sum + n * view.strides[i]!, 0),
      mask.map(([low, high], i): Range => [low + before[i]!, high + before[i]!]),
    );
  },
  window: (view, node) => {
    const { axis, size, stride, dilation } = (node as Node<"window">).attrs;
    if (view.mask && !isFull(view.mask[axis]!, view.shape[axis]!)) return null;
    const step = view.strides[axis]!;
    return make(
      node.shape,
      [...view.strides.map((s, i) => (i === axis ? s * stride : s)), step * dilation],
      view.offset,
      view.mask && [
        ...view.mask.map((range, i): Range => (i === axis ? [0, node.shape[axis]!] : range)),
        [0, size],
      ],
    );
  },
};

/** The view under a movement primitive, or null where one view cannot say it. */
export const moveView = (view: View, node: Node<Movement>): View | null => rules[node.op](view, node);

const isFull = ([low, high]: Range, n: number): boolean => low <= 0 && high >= n;

function make(shape: Shape, strides: readonly number[], offset: number, mask: readonly Range[] | null): View {
  const needed = mask?.some((range, i) => !isFull(range, shape[i]!)) ?? false;
  return { shape, strides, offset, mask: needed ? mask : null };
}

/** Positions p with low <= start + p step < high, p from 0 to n - 1. */
function sliceRange([low, high]: Range, start: number, step: number, n: number): Range {
  const first = step > 0 ? Math.ceil((low - start) / step) : Math.ceil((start - high + 1) / -step);
  const end = step > 0 ? Math.ceil((high - start) / step) : Math.floor((start - low) / -step) + 1;
  const from = Math.max(0, Math.min(n, first));
  return [from, Math.max(from, Math.min(n, end))];
}

/**
 * The same elements under another shape. Axes of both shapes are matched in groups of equal size; within a group, the
 * old axes must lie evenly in memory, and a masked axis must stay whole.
 */
export function reshapeView(view: View, shape: Shape): View | null {
  if (sameShape(view.shape, shape)) return view;
  if (isContiguous(view)) return wholeView(shape);
  if (sizeOf(shape) === 0) return make(shape, contiguousStrides(shape), view.offset, null);
  const mask = view.mask ?? view.shape.map((n): Range => [0, n]);
  if (view.shape.some((n, i) => n === 1 && !isFull(mask[i]!, 1))) return null;
  const old = view.shape.flatMap((n, i) => (n === 1 ? [] : [i]));
  const now = shape.flatMap((n, i) => (n === 1 ? [] : [i]));
  const strides = new Array<number>(shape.length).fill(0);
  const ranges = shape.map((n): Range => [0, n]);
  for (let i = 0, j = 0; i < old.length; ) {
    let [a, c] = [view.shape[old[i]!]!, shape[now[j]!]!];
    let [p, q] = [i + 1, j + 1];
    while (a !== c) {
      if (a < c) a *= view.shape[old[p++]!]!;
      else c *= shape[now[q++]!]!;
    }
    if (p - i === 1 && q - j === 1) {
      strides[now[j]!] = view.strides[old[i]!]!;
      ranges[now[j]!] = mask[old[i]!]!;
    } else {
      for (let g = i; g < p; g++) {
        const axis = old[g]!;
        if (!isFull(mask[axis]!, view.shape[axis]!)) return null;
        if (g + 1 < p && view.strides[axis] !== view.strides[old[g + 1]!]! * view.shape[old[g + 1]!]!)
          return null;
      }
      let step = view.strides[old[p - 1]!]!;
      for (let g = q - 1; g >= j; g--) {
        strides[now[g]!] = step;
        step *= shape[now[g]!]!;
      }
    }
    i = p;
    j = q;
  }
  return make(shape, strides, view.offset, ranges);
}
