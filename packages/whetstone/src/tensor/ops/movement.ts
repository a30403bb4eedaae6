/** Views: they move no elements. */
import { argumentError, shapeError, WhetstoneError } from "../../errors.ts";
import { promote } from "../dtype.ts";
import * as b from "../graph/build.ts";
import type { Node } from "../graph/node.ts";
import {
  inferShape,
  normalizeAxes,
  normalizeAxis,
  type Shape,
  sameShape,
  showShape,
  sizeOf,
} from "../graph/shape.ts";

export const reshape = (x: Node, shape: Shape): Node =>
  b.reshape(x, inferShape("Tensor.reshape", shape, sizeOf(x.shape)));

export function permute(x: Node, order: readonly number[]): Node {
  const axes = order.map((a) => normalizeAxis("Tensor.permute", a, x.shape.length, "order"));
  if (axes.length !== x.shape.length || new Set(axes).size !== axes.length) {
    throw shapeError(
      "Tensor.permute",
      "order",
      `is ${showShape(order)}`,
      `each axis of ${showShape(x.shape)} once`,
    );
  }
  return b.permute(x, axes);
}

export function transpose(x: Node, a: number, c: number): Node {
  const order = x.shape.map((_, i) => i);
  const i = normalizeAxis("Tensor.transpose", a, order.length);
  const j = normalizeAxis("Tensor.transpose", c, order.length);
  order[i] = j;
  order[j] = i;
  return b.permute(x, order);
}

/** Drops axes of size 1: all of them, or the given ones. */
export function squeeze(x: Node, axis?: number | readonly number[]): Node {
  const axes =
    axis === undefined
      ? x.shape.flatMap((n, i) => (n === 1 ? [i] : []))
      : normalizeAxes("Tensor.squeeze", axis, x.shape.length);
  for (const a of axes) {
    if (x.shape[a] !== 1) throw shapeError("Tensor.squeeze", `axis ${a}`, `has size ${x.shape[a]}`, "1");
  }
  return b.reshape(
    x,
    x.shape.filter((_, i) => !axes.includes(i)),
  );
}

export function unsqueeze(x: Node, axis: number): Node {
  const at = normalizeAxis("Tensor.unsqueeze", axis, x.shape.length + 1);
  return b.reshape(x, [...x.shape.slice(0, at), 1, ...x.shape.slice(at)]);
}

export function flatten(x: Node, start: number, end: number): Node {
  if (x.shape.length === 0) return b.reshape(x, [1]);
  const [i, j] = [start, end].map((a) => normalizeAxis("Tensor.flatten", a, x.shape.length)) as [
    number,
    number,
  ];
  if (j < i) throw argumentError("Tensor.flatten", "end", end, `an axis not before ${start}`);
  return b.reshape(x, [...x.shape.slice(0, i), sizeOf(x.shape.slice(i, j + 1)), ...x.shape.slice(j + 1)]);
}

/** Elements start, start + step, ... before stop along one axis; negative positions count from the end. */
export function narrow(
  x: Node,
  axis: number,
  start: number,
  stop: number,
  step: number,
  where: string,
): Node {
  const at = normalizeAxis(where, axis, x.shape.length);
  const n = x.shape[at]!;
  if (!Number.isInteger(step) || step === 0)
    throw argumentError(where, "step", step, "a whole number other than 0");
  const clamp = (p: number, name: string, low: number, high: number) => {
    if (Number.isNaN(p) || (Number.isFinite(p) && !Number.isInteger(p))) {
      throw argumentError(where, name, p, "a whole number");
    }
    return Math.min(high, Math.max(low, p < 0 ? p + n : p));
  };
  const forward = step > 0;
  const first = clamp(start, "start", forward ? 0 : -1, forward ? n : n - 1);
  const last = clamp(stop, "stop", forward ? 0 : -1, forward ? n : n - 1);
  const count = Math.max(0, Math.ceil((last - first) / step));
  return b.slice(
    x,
    x.shape.map((_, i) => (i === at && count > 0 ? first : 0)),
    x.shape.map((_, i) => (i === at ? step : 1)),
    x.shape.map((s, i) => (i === at ? count : s)),
  );
}

/** One element of an axis, which goes away. */
export function select(x: Node, axis: number, index: number, where: string): Node {
  const at = normalizeAxis(where, axis, x.shape.length);
  const n = x.shape[at]!;
  if (!Number.isInteger(index) || index < -n || index >= n) {
    throw new WhetstoneError(
      "argument",
      { where, argument: "index" },
      `index ${index} is out of range for axis ${at} of size ${n}`,
    );
  }
  const from = index < 0 ? index + n : index;
  return squeeze(narrow(x, at, from, from + 1, 1, where), at);
}

export function flip(x: Node, axis: number | readonly number[] | undefined): Node {
  const axes = normalizeAxes("Tensor.flip", axis, x.shape.length);
  const turned = (i: number) => axes.includes(i) && x.shape[i]! > 0;
  return b.slice(
    x,
    x.shape.map((n, i) => (turned(i) ? n - 1 : 0)),
    x.shape.map((_, i) => (turned(i) ? -1 : 1)),
    x.shape,
  );
}

/** Pairs [before, after] per axis, aligned at the last one. */
export function pad(x: Node, widths: readonly (readonly [number, number])[], value: number): Node {
  if (widths.length > x.shape.length || widths.flat().some((n) => !Number.isSafeInteger(n) || n < 0)) {
    throw shapeError(
      "Tensor.pad",
      "widths",
      `are ${JSON.stringify(widths)}`,
      `at most ${x.shape.length} pairs of whole numbers >= 0`,
    );
  }
  const lead = new Array<number>(x.shape.length - widths.length).fill(0);
  const before = [...lead, ...widths.map((w) => w[0])];
  const after = [...lead, ...widths.map((w) => w[1])];
  const padded = b.pad(x, before, after);
  if (value === 0 || padded === x) return padded;
  const inside = b.pad(b.constant(1, x.shape, "bool"), before, after);
  return b.where(inside, padded, b.like(padded, value));
}

/** Joins along an axis: each part lies among zeros, and the parts are added. */
export function concat(parts: readonly Node[], axis: number, where = "Tensor.concat"): Node {
  const first = parts[0];
  if (!first) throw argumentError(where, "tensors", parts, "at least one tensor");
  const at = normalizeAxis(where, axis, first.shape.length);
  const dtype = parts.reduce((d, p) => promote(d, p.dtype), first.dtype);
  const outer = (shape: Shape) => shape.map((n, i) => (i === at ? -1 : n));
  for (const part of parts) {
    if (!sameShape(outer(part.shape), outer(first.shape))) {
      throw shapeError(
        where,
        "tensors",
        `have shapes ${parts.map((p) => showShape(p.shape)).join(" and ")}`,
        `sizes that agree everywhere but on axis ${at}`,
      );
    }
  }
  const total = parts.reduce((n, p) => n + p.shape[at]!, 0);
  let from = 0;
  const placed: Node[] = [];
  for (const part of parts) {
    const n = part.shape[at]!;
    if (n === 0) continue;
    const edge = (width: number) => part.shape.map((_, i) => (i === at ? width : 0));
    placed.push(b.pad(b.cast(part, dtype), edge(from), edge(total - from - n)));
    from += n;
  }
  if (placed.length === 0) return b.cast(first, dtype);
  // In pairs, so that the graph of many parts stays shallow.
  const join = dtype === "bool" ? "or" : "add";
  let level = placed;
  while (level.length > 1) {
    const next: Node[] = [];
    for (let i = 0; i < level.length; i += 2) {
      next.push(i + 1 < level.length ? b.binary(join, level[i]!, level[i + 1]!) : level[i]!);
    }
    level = next;
  }
  return level[0]!;
}
