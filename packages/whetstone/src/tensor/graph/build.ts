/**
 * Makes nodes: one function per primitive, with the shape it gives and the identities that cost nothing to use
 * (x + 0, x * 1, a reshape to the same shape). Callers have checked what users gave them; shapes are trusted here.
 */
import { type DType, isFloat, roundTo } from "../dtype.ts";
import { Node } from "./node.ts";
import type { Binary, ConvGeometry, Unary } from "./primitives.ts";
import { type Shape, sameShape, sizeOf } from "./shape.ts";
import type { Storage } from "./storage.ts";

const NONE = {};

export const buffer = (storage: Storage, shape: Shape, leaf = false): Node =>
  new Node("buffer", { storage }, [], shape, storage.dtype, leaf);

export const constant = (value: number, shape: Shape, dtype: DType): Node<"const"> =>
  new Node("const", { value: roundTo(dtype, value) }, [], shape, dtype);

export const iota = (n: number): Node => new Node("iota", NONE, [], [n], "i32");

const constantOf = (node: Node): number | undefined =>
  node.op === "const" ? (node as Node<"const">).attrs.value : undefined;

export const like = (node: Node, value: number): Node => constant(value, node.shape, node.dtype);

/** Whether a node of that kind may be merged with the next one: a computed one is a value, its inputs may be gone. */
const looksThrough = (x: Node, op: "neg" | "reshape" | "permute"): boolean =>
  x.op === op && x.storage === null;

export function unary(op: Unary, x: Node): Node {
  if (op === "neg" && looksThrough(x, "neg")) return x.inputs[0]!;
  const value = constantOf(x);
  if (op === "neg" && value !== undefined) return like(x, -value);
  return new Node(op, NONE, [x], x.shape, op === "not" ? "bool" : x.dtype);
}

export function cast(x: Node, dtype: DType): Node {
  if (x.dtype === dtype) return x;
  const value = constantOf(x);
  if (value !== undefined) return constant(value, x.shape, dtype);
  return new Node("cast", NONE, [x], x.shape, dtype);
}

export const comparisons: ReadonlySet<string> = new Set(["lt", "le", "eq"]);

export function binary(op: Binary, a: Node, b: Node): Node {
  const [x, y] = [constantOf(a), constantOf(b)];
  switch (op) {
    case "add":
      if (x === 0) return b;
      if (y === 0) return a;
      break;
    case "sub":
      if (y === 0) return a;
      if (x === 0) return unary("neg", b);
      break;
    case "mul":
      if (x === 1) return b;
      if (y === 1) return a;
      if (x === -1 && isFloat(a.dtype)) return unary("neg", b);
      if (y === -1 && isFloat(a.dtype)) return unary("neg", a);
      if (x !== undefined && y !== undefined) return like(a, x * y);
      break;
    case "div":
      if (y === 1) return a;
      break;
    case "pow":
      if (y === 1) return a;
      if (y === 2) return binary("mul", a, a);
      if (y === 0.5) return unary("sqrt", a);
      if (y === -1) return binary("div", like(a, 1), a);
      break;
  }
  return new Node(op, NONE, [a, b], a.shape, comparisons.has(op) ? "bool" : a.dtype);
}

export const neg = (x: Node): Node => unary("neg", x);
export const add = (a: Node, b: Node): Node => binary("add", a, b);
export const sub = (a: Node, b: Node): Node => binary("sub", a, b);
export const mul = (a: Node, b: Node): Node => binary("mul", a, b);
export const div = (a: Node, b: Node): Node => binary("div", a, b);
export const scale = (x: Node, factor: number): Node => mul(x, like(x, factor));
export const shift = (x: Node, term: number): Node => add(x, like(x, term));

export const where = (condition: Node, a: Node, b: Node): Node =>
  new Node("where", NONE, [condition, a, b], a.shape, a.dtype);

export const random = (counter: Node, key0: Node, key1: Node): Node =>
  new Node("random", NONE, [counter, key0, key1], counter.shape, "i32");

export function reshape(x: Node, shape: Shape): Node {
  if (sameShape(x.shape, shape)) return x;
  const value = constantOf(x);
  if (value !== undefined) return constant(value, shape, x.dtype);
  if (looksThrough(x, "reshape")) return reshape(x.inputs[0]!, shape);
  return new Node("reshape", NONE, [x], shape, x.dtype);
}

export function permute(x: Node, order: readonly number[]): Node {
  if (order.every((axis, i) => axis === i)) return x;
  const shape = order.map((axis) => x.shape[axis]!);
  const value = constantOf(x);
  if (value !== undefined) return constant(value, shape, x.dtype);
  if (looksThrough(x, "permute")) {
    const inner = (x as Node<"permute">).attrs.order;
    return permute(
      x.inputs[0]!,
      order.map((axis) => inner[axis]!),
    );
  }
  return new Node("permute", { order }, [x], shape, x.dtype);
}

/** Swaps the last two axes. */
export function transpose(x: Node): Node {
  const n = x.shape.length;
  return permute(x, [...Array.from({ length: n - 2 }, (_, i) => i), n - 1, n - 2]);
}

export function expand(x: Node, shape: Shape): Node {
  if (sameShape(x.shape, shape)) return x;
  const value = constantOf(x);
  if (value !== undefined) return constant(value, shape, x.dtype);
  return new Node("expand", NONE, [x], shape, x.dtype);
}

/** Broadcast to a shape of the same or higher rank. */
export function broadcast(x: Node, shape: Shape): Node {
  if (sameShape(x.shape, shape)) return x;
  const ones = new Array<number>(shape.length - x.shape.length).fill(1);
  return expand(reshape(x, [...ones, ...x.shape]), shape);
}

export function slice(x: Node, starts: readonly number[], steps: readonly number[], shape: Shape): Node {
  if (sameShape(x.shape, shape) && starts.every((s) => s === 0) && steps.every((s) => s === 1)) return x;
  const value = constantOf(x);
  if (value !== undefined) return constant(value, shape, x.dtype);
  return new Node("slice", { starts, steps }, [x], shape, x.dtype);
}

export function pad(x: Node, before: readonly number[], after: readonly number[]): Node {
  if (before.every((n) => n === 0) && after.every((n) => n === 0)) return x;
  const shape = x.shape.map((n, i) => n + before[i]! + after[i]!);
  if (constantOf(x) === 0) return constant(0, shape, x.dtype);
  return new Node("pad", { before, after }, [x], shape, x.dtype);
}

export const windowCount = (n: number, size: number, stride: number, dilation: number): number =>
  Math.max(0, Math.floor((n - dilation * (size - 1) - 1) / stride) + 1);

export function window(x: Node, axis: number, size: number, stride: number, dilation: number): Node {
  const shape = [...x.shape, size];
  shape[axis] = windowCount(x.shape[axis]!, size, stride, dilation);
  return new Node("window", { axis, size, stride, dilation }, [x], shape, x.dtype);
}

export function fold(x: Node, axis: number, length: number, stride: number, dilation: number): Node {
  const shape = x.shape.slice(0, -1);
  shape[axis] = length;
  return new Node("fold", { axis, length, stride, dilation }, [x], shape, x.dtype);
}

const reduced = (shape: Shape, axes: readonly number[]): number[] =>
  shape.map((n, i) => (axes.includes(i) ? 1 : n));

export function sum(x: Node, axes: readonly number[]): Node {
  const live = axes.filter((axis) => x.shape[axis] !== 1);
  if (live.length === 0) return x;
  const value = constantOf(x);
  const shape = reduced(x.shape, live);
  if (value !== undefined) return constant(value * live.reduce((p, a) => p * x.shape[a]!, 1), shape, x.dtype);
  return new Node("sum", { axes: live }, [x], shape, x.dtype);
}

export function max(x: Node, axes: readonly number[]): Node {
  const live = axes.filter((axis) => x.shape[axis] !== 1);
  return live.length === 0 ? x : new Node("max", { axes: live }, [x], reduced(x.shape, live), x.dtype);
}

export const argmax = (x: Node, axis: number): Node =>
  new Node("argmax", { axes: [axis] }, [x], reduced(x.shape, [axis]), "i32");

/** Sums a gradient of a broadcast shape back to the operand's shape. */
export function sumTo(x: Node, shape: Shape): Node {
  if (sameShape(x.shape, shape)) return x;
  const lead = x.shape.length - shape.length;
  const axes = x.shape.flatMap((n, i) => (i < lead || (shape[i - lead] === 1 && n !== 1) ? [i] : []));
  return reshape(sum(x, axes), shape);
}

export const matmul = (a: Node, b: Node): Node =>
  new Node("matmul", NONE, [a, b], [...a.shape.slice(0, -1), b.shape[b.shape.length - 1]!], a.dtype);

export const conv = (x: Node, w: Node, geometry: ConvGeometry, shape: Shape): Node =>
  new Node("conv", geometry, [x, w], shape, x.dtype);
export const convInput = (g: Node, w: Node, geometry: ConvGeometry, shape: Shape): Node =>
  new Node("convInput", geometry, [g, w], shape, g.dtype);
export const convWeight = (x: Node, g: Node, geometry: ConvGeometry, shape: Shape): Node =>
  new Node("convWeight", geometry, [x, g], shape, x.dtype);

export const gather = (x: Node, index: Node, axis: number): Node =>
  new Node("gather", { axis }, [x, index], index.shape, x.dtype);

export const scatterAdd = (source: Node, index: Node, axis: number, shape: Shape): Node =>
  new Node("scatterAdd", { axis }, [source, index], shape, source.dtype);

export const cumsum = (x: Node, axis: number, reverse: boolean): Node =>
  new Node("cumsum", { axis, reverse }, [x], x.shape, x.dtype);

export const argsort = (x: Node, axis: number, descending: boolean): Node =>
  new Node("argsort", { axis, descending }, [x], x.shape, "i32");

export const detach = (x: Node): Node =>
  x.requiresGrad ? new Node("detach", NONE, [x], x.shape, x.dtype) : x;

export const isEmpty = (node: Node): boolean => sizeOf(node.shape) === 0;
