/** Convolutions in one and two dimensions, and their transposes. */
import { argumentError, shapeError } from "../../errors.ts";
import { promote } from "../dtype.ts";
import * as b from "../graph/build.ts";
import type { Node } from "../graph/node.ts";
import type { ConvGeometry } from "../graph/primitives.ts";
import { showShape } from "../graph/shape.ts";

/** One number for all axes of a window, or one for each. */
export type Sizes = number | readonly number[];

/**
 * Geometry of a convolution, whose output has floor((size + 2 padding - dilation (taps - 1) - 1) / stride) +
 * 1 places.
 */
export interface ConvOptions {
  /** Steps between windows. Default 1. */
  readonly stride?: Sizes;
  /** Zeros on both sides of each axis, or "same": the output has ceil(size / stride) places. Default 0. */
  readonly padding?: Sizes | "same";
  /** Distance between the taps of a window. Default 1. */
  readonly dilation?: Sizes;
  /** Channel groups that do not see each other. Default 1. */
  readonly groups?: number;
}

/** One number for each axis. */
export function pair(where: string, argument: string, value: Sizes, axes: number, least: number): number[] {
  const list = typeof value === "number" ? new Array<number>(axes).fill(value) : [...value];
  if (list.length !== axes || list.some((n) => !Number.isSafeInteger(n) || n < least)) {
    throw argumentError(
      where,
      argument,
      Array.isArray(value) ? `[${value}]` : value,
      `a whole number >= ${least}${axes > 1 ? ` or ${axes} of them` : ""}`,
    );
  }
  return list;
}

/** x [N, C, ...spatial] with w [O, C / groups, ...kernel] -> [N, O, ...]. One or two spatial axes. */
export function conv(where: string, x: Node, w: Node, options: ConvOptions, axes: 1 | 2): Node {
  const dtype = promote(x.dtype, w.dtype);
  const [u, v] = lift(where, b.cast(x, dtype), b.cast(w, dtype), axes);
  const groups = groupsOf(where, options.groups ?? 1);
  if (u.shape[1] !== v.shape[1]! * groups) {
    throw shapeError(
      where,
      "x",
      `has shape ${showShape(x.shape)}, so ${u.shape[1]} channels`,
      `${v.shape[1]! * groups} (weight ${showShape(w.shape)}, groups ${groups})`,
    );
  }
  if (v.shape[0]! % groups !== 0) {
    throw shapeError(
      where,
      "weight",
      `has ${v.shape[0]} output channels`,
      `a multiple of groups (${groups})`,
    );
  }
  const stride = raise(pair(where, "stride", options.stride ?? 1, axes, 1), 1);
  const dilation = raise(pair(where, "dilation", options.dilation ?? 1, axes, 1), 1);
  const padding = paddingOf(where, options.padding ?? 0, axes, u, v, stride, dilation);
  const out = [0, 1].map((i) => {
    const n = u.shape[i + 2]! + padding[2 * i]! + padding[2 * i + 1]!;
    return b.windowCount(n, v.shape[i + 2]!, stride[i]!, dilation[i]!);
  });
  if (out.some((n) => n < 1)) {
    throw shapeError(
      where,
      "x",
      `has shape ${showShape(x.shape)}`,
      `room for the kernel ${showShape(w.shape)}`,
    );
  }
  const geometry = { stride, dilation, padding, groups } as unknown as ConvGeometry;
  const y = b.conv(u, v, geometry, [u.shape[0]!, v.shape[0]!, ...out]);
  return axes === 2 ? y : b.reshape(y, [y.shape[0]!, y.shape[1]!, y.shape[3]!]);
}

/** x [N, I, ...spatial] with w [I, O / groups, ...kernel] -> [N, O, ...]: the adjoint of `conv`, as in PyTorch. */
export function convTranspose(
  where: string,
  x: Node,
  w: Node,
  options: Omit<ConvOptions, "padding"> & { readonly padding?: Sizes; readonly outputPadding?: Sizes },
  axes: 1 | 2,
): Node {
  const dtype = promote(x.dtype, w.dtype);
  const [u, v] = lift(where, b.cast(x, dtype), b.cast(w, dtype), axes);
  const groups = groupsOf(where, options.groups ?? 1);
  if (u.shape[1] !== v.shape[0] || v.shape[0]! % groups !== 0) {
    throw shapeError(
      where,
      "x",
      `has shape ${showShape(x.shape)}, so ${u.shape[1]} channels`,
      `${v.shape[0]} (weight ${showShape(w.shape)}), a multiple of groups (${groups})`,
    );
  }
  const stride = raise(pair(where, "stride", options.stride ?? 1, axes, 1), 1);
  const dilation = raise(pair(where, "dilation", options.dilation ?? 1, axes, 1), 1);
  const sides = raise(pair(where, "padding", options.padding ?? 0, axes, 0), 0);
  const extra = raise(pair(where, "outputPadding", options.outputPadding ?? 0, axes, 0), 0);
  const size = [0, 1].map(
    (i) =>
      (u.shape[i + 2]! - 1) * stride[i]! -
      2 * sides[i]! +
      dilation[i]! * (v.shape[i + 2]! - 1) +
      extra[i]! +
      1,
  );
  if (size.some((n) => n < 1) || extra.some((e, i) => e >= Math.max(stride[i]!, dilation[i]!))) {
    throw shapeError(
      where,
      "output",
      `would have spatial sizes [${size}]`,
      "at least 1, with outputPadding smaller than stride or dilation",
    );
  }
  const padding = [sides[0], sides[0], sides[1], sides[1]];
  const geometry = { stride, dilation, padding, groups } as unknown as ConvGeometry;
  const y = b.convInput(u, v, geometry, [u.shape[0]!, v.shape[1]! * groups, ...size]);
  return axes === 2 ? y : b.reshape(y, [y.shape[0]!, y.shape[1]!, y.shape[3]!]);
}

function groupsOf(where: string, groups: number): number {
  if (!Number.isSafeInteger(groups) || groups < 1) {
    throw argumentError(where, "groups", groups, "a whole number >= 1");
  }
  return groups;
}

/** One-dimensional input as two-dimensional of height 1. */
function lift(where: string, x: Node, w: Node, axes: 1 | 2): [Node, Node] {
  const names = axes === 1 ? "[N, C, L]" : "[N, C, H, W]";
  if (x.shape.length !== axes + 2) throw shapeError(where, "x", `has shape ${showShape(x.shape)}`, names);
  if (w.shape.length !== axes + 2) {
    throw shapeError(where, "weight", `has shape ${showShape(w.shape)}`, `${axes + 2} axes`);
  }
  if (axes === 2) return [x, w];
  const up = (n: Node) => b.reshape(n, [n.shape[0]!, n.shape[1]!, 1, n.shape[2]!]);
  return [up(x), up(w)];
}

const raise = (list: number[], missing: number): number[] => (list.length === 1 ? [missing, list[0]!] : list);

function paddingOf(
  where: string,
  padding: Sizes | "same",
  axes: number,
  x: Node,
  w: Node,
  stride: readonly number[],
  dilation: readonly number[],
): number[] {
  if (padding !== "same") {
    const [top, left] = raise(pair(where, "padding", padding, axes, 0), 0) as [number, number];
    return [top, top, left, left];
  }
  return [0, 1].flatMap((i) => {
    const n = x.shape[i + 2]!;
    const reach = dilation[i]! * (w.shape[i + 2]! - 1) + 1;
    const total = Math.max(0, (Math.ceil(n / stride[i]!) - 1) * stride[i]! + reach - n);
    return [total >> 1, total - (total >> 1)];
  });
}
