/**
 * Computes one node from its inputs, slowly and obviously: numbers as float64, one loop over the output, each result
 * rounded to the dtype. Total over the primitives.
 */
import { isFloat, roundTo } from "../../dtype.ts";
import type { Node } from "../../graph/node.ts";
import type { Binary, Primitive, Reduce, Unary } from "../../graph/primitives.ts";
import { randomBits } from "../../graph/random-bits.ts";
import { contiguousStrides, type Shape, sizeOf } from "../../graph/shape.ts";
import { convolve, convolveInput, convolveWeight } from "./convolve.ts";
import { floatFunctions, integerFunctions, unaryFunctions } from "./elementwise.ts";

export type Values = Float64Array;
type Rule<P extends Primitive> = (node: Node<P>, ...inputs: Values[]) => Values;

/** Integer arithmetic of u8 and bool wraps into the dtype; i32 has wrapped already. */
const finish = (node: Node, value: number): number =>
  isFloat(node.dtype) || node.dtype === "bool"
    ? roundTo(node.dtype, value)
    : node.dtype === "u8"
      ? value & 255
      : value;

function each(node: Node, value: (i: number) => number): Values {
  const out = new Float64Array(sizeOf(node.shape));
  for (let i = 0; i < out.length; i++) out[i] = finish(node, value(i));
  return out;
}

const unary: Rule<Unary> = (node, x) => {
  if (node.op === "cast") return x.map((value) => roundTo(node.dtype, value));
  const f = unaryFunctions[node.op as Exclude<Unary, "cast">];
  return each(node, (i) => f(x[i]!));
};

const binary: Rule<Binary> = (node, x, y) => {
  const f = (isFloat(node.inputs[0]!.dtype) ? floatFunctions : integerFunctions)[node.op];
  return each(node, (i) => f(x[i]!, y[i]!));
};

/** Calls `visit` with each index of `shape`, in row-major order. The array is reused. */
export function forEachIndex(shape: Shape, visit: (index: readonly number[], flat: number) => void): void {
  const index = new Array<number>(shape.length).fill(0);
  const size = sizeOf(shape);
  for (let flat = 0; flat < size; flat++) {
    visit(index, flat);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      if (++index[axis]! < shape[axis]!) break;
      index[axis] = 0;
    }
  }
}

/** Output i is the input element at the place that `from` gives, or 0 where it gives -1. */
function move(node: Node, x: Values, from: (index: readonly number[]) => number): Values {
  const out = new Float64Array(sizeOf(node.shape));
  forEachIndex(node.shape, (index, flat) => {
    const at = from(index);
    if (at >= 0) out[flat] = x[at]!;
  });
  return out;
}

const dot = (a: readonly number[], b: readonly number[]): number => {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += a[i]! * b[i]!;
  return total;
};

/** Visits the elements of the input in order, with the place they reduce to. */
function reduce(
  node: Node<Reduce>,
  x: Values,
  start: number,
  visit: (out: Values, to: number, value: number, index: readonly number[]) => void,
): Values {
  const out = new Float64Array(sizeOf(node.shape)).fill(start);
  const strides = contiguousStrides(node.shape).map((s, axis) =>
    node.attrs.axes.includes(axis as never) ? 0 : s,
  );
  forEachIndex(node.inputs[0]!.shape, (index, flat) => visit(out, dot(index, strides), x[flat]!, index));
  return out;
}

/** Visits the lines along an axis: where each starts, and the distance between its elements. */
function lines(shape: Shape, axis: number, visit: (start: number, stride: number, length: number) => void) {
  const stride = contiguousStrides(shape)[axis]!;
  const ones = shape.map((n, i) => (i === axis ? Math.min(1, n) : n));
  const strides = contiguousStrides(shape);
  forEachIndex(ones, (index) => visit(dot(index, strides), stride, shape[axis]!));
}

/** Greater, with NaN greatest of all. */
const exceeds = (a: number, b: number): boolean => a > b || (Number.isNaN(a) && !Number.isNaN(b));

const copy = (_: Node, x: Values): Values => x;

export const evaluators: { readonly [P in Primitive]: Rule<P> } = {
  buffer: () => {
    throw new Error("a buffer has its value");
  },
  const: (node) => each(node, () => node.attrs.value),
  iota: (node) => each(node, (i) => i),
  neg: unary,
  abs: unary,
  sign: unary,
  floor: unary,
  round: unary,
  sqrt: unary,
  exp: unary,
  expm1: unary,
  log: unary,
  log1p: unary,
  sin: unary,
  cos: unary,
  atan: unary,
  tanh: unary,
  sigmoid: unary,
  erf: unary,
  not: unary,
  cast: unary,
  add: binary,
  sub: binary,
  mul: binary,
  div: binary,
  mod: binary,
  pow: binary,
  maximum: binary,
  minimum: binary,
  lt: binary,
  le: binary,
  eq: binary,
  and: binary,
  or: binary,
  xor: binary,
  where: (node, condition, x, y) => each(node, (i) => (condition[i] !== 0 ? x[i]! : y[i]!)),
  random: (node, counter, key0, key1) => each(node, (i) => randomBits(counter[i]!, key0[i]!, key1[i]!)),

  reshape: copy,
  permute: (node, x) => {
    const input = contiguousStrides(node.inputs[0]!.shape);
    const strides = node.attrs.order.map((axis) => input[axis]!);
    return move(node, x, (index) => dot(index, strides));
  },
  expand: (node, x) => {
    const shape = node.inputs[0]!.shape;
    const strides = contiguousStrides(shape).map((s, axis) => (shape[axis] === 1 ? 0 : s));
    return move(node, x, (index) => dot(index, strides));
  },
  slice: (node, x) => {
    const input = contiguousStrides(node.inputs[0]!.shape);
    const { starts, steps } = node.attrs;
    const first = dot(starts, input);
    const strides = input.map((s, axis) => s * steps[axis]!);
    return move(node, x, (index) => first + dot(index, strides));
  },
  pad: (node, x) => {
    const shape = node.inputs[0]!.shape;
    const strides = contiguousStrides(shape);
    const { before } = node.attrs;
    return move(node, x, (index) => {
      let at = 0;
      for (let axis = 0; axis < shape.length; axis++) {
        const i = index[axis]! - before[axis]!;
        if (i < 0 || i >= shape[axis]!) return -1;
        at += i * strides[axis]!;
      }
      return at;
    });
  },
  window: (node, x) => {
    const { axis, stride, dilation } = node.attrs;
    const input = contiguousStrides(node.inputs[0]!.shape);
    const strides = [...input, input[axis]! * dilation];
    strides[axis] = input[axis]! * stride;
    return move(node, x, (index) => dot(index, strides));
  },
  fold: (node, x) => {
    const { axis, stride, dilation } = node.attrs;
    const out = new Float64Array(sizeOf(node.shape));
    const own = contiguousStrides(node.shape);
    const strides = [...own, own[axis]! * dilation];
    strides[axis] = own[axis]! * stride;
    forEachIndex(node.inputs[0]!.shape, (index, flat) => {
      out[dot(index, strides)]! += x[flat]!;
    });
    return out.map((value) => finish(node, value));
  },

  sum: (node, x) => {
    const out = reduce(node, x, 0, (out, to, value) => {
      out[to]! += value;
    });
    return out.map((value) => (node.dtype === "i32" ? value | 0 : finish(node, value)));
  },
  max: (node, x) => {
    const least = isFloat(node.dtype) ? Number.NEGATIVE_INFINITY : node.dtype === "i32" ? -(2 ** 31) : 0;
    return reduce(node, x, least, (out, to, value) => {
      if (exceeds(value, out[to]!)) out[to] = value;
    });
  },
  argmax: (node, x) => {
    const axis = node.attrs.axes[0];
    const best = new Float64Array(sizeOf(node.shape));
    return reduce(node, x, 0, (out, to, value, index) => {
      if (index[axis] !== 0 && !exceeds(value, best[to]!)) return;
      best[to] = value;
      out[to] = index[axis]!;
    });
  },

  matmul: (node, a, b) => {
    const [m, n] = node.shape.slice(-2) as [number, number];
    const k = node.inputs[0]!.shape[node.shape.length - 1]!;
    return each(node, (i) => {
      const batch = Math.floor(i / (m * n));
      const row = Math.floor(i / n) % m;
      let total = 0;
      for (let p = 0; p < k; p++) total += a[(batch * m + row) * k + p]! * b[(batch * k + p) * n + (i % n)]!;
      return total;
    });
  },
  conv: (node, x, w) => each(node, at(convolve(node, x, w))),
  convInput: (node, g, w) => each(node, at(convolveInput(node, g, w))),
  convWeight: (node, x, g) => each(node, at(convolveWeight(node, x, g))),

  gather: (node, x, index) => {
    const { axis } = node.attrs;
    const shape = node.inputs[0]!.shape;
    const strides = contiguousStrides(shape);
    const line = strides[axis]!;
    strides[axis] = 0;
    const length = shape[axis]!;
    const out = new Float64Array(sizeOf(node.shape));
    forEachIndex(node.shape, (place, flat) => {
      const i = index[flat]!;
      if (i >= 0 && i < length) out[flat] = x[dot(place, strides) + i * line]!;
    });
    return out;
  },
  scatterAdd: (node, source, index) => {
    const { axis } = node.attrs;
    const strides = contiguousStrides(node.shape);
    const line = strides[axis]!;
    strides[axis] = 0;
    const length = node.shape[axis]!;
    const out = new Float64Array(sizeOf(node.shape));
    forEachIndex(node.inputs[0]!.shape, (place, flat) => {
      const i = index[flat]!;
      if (i >= 0 && i < length) out[dot(place, strides) + i * line]! += source[flat]!;
    });
    return out.map((value) => finish(node, value));
  },
  cumsum: (node, x) => {
    const out = new Float64Array(x.length);
    lines(node.shape, node.attrs.axis, (start, stride, n) => {
      let total = 0;
      for (let j = 0; j < n; j++) {
        const i = start + (node.attrs.reverse ? n - 1 - j : j) * stride;
        total += x[i]!;
        out[i] = node.dtype === "i32" ? total | 0 : finish(node, total);
      }
    });
    return out;
  },
  argsort: (node, x) => {
    const out = new Float64Array(x.length);
    const sign = node.attrs.descending ? -1 : 1;
    lines(node.shape, node.attrs.axis, (start, stride, n) => {
      const key = (i: number) => x[start + i * stride]!;
      const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => {
        const [p, q] = [key(i), key(j)];
        if (Number.isNaN(p) || Number.isNaN(q))
          return Number(Number.isNaN(p)) - Number(Number.isNaN(q)) || i - j;
        return sign * (p - q) || i - j;
      });
      order.forEach((from, j) => {
        out[start + j * stride] = from;
      });
    });
    return out;
  },
  detach: copy,
  custom: copy,
};

const at = (values: Values) => (i: number) => values[i]!;
