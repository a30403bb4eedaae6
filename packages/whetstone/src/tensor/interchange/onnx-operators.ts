/**
 * How each primitive is said in ONNX operators (opset 18). The table is total over the primitives; what only
 * gradients and random draws use is refused.
 */
import { WhetstoneError } from "../../errors.ts";
import { type DType, isFloat } from "../dtype.ts";
import { read } from "../engine.ts";
import type { Node } from "../graph/node.ts";
import type { Primitive } from "../graph/primitives.ts";
import { type Shape, sizeOf } from "../graph/shape.ts";
import type { OnnxGraph } from "./onnx-graph.ts";

type Rule<P extends Primitive> = (w: OnnxGraph, node: Node<P>) => string;

const first = (node: Node): Node => node.inputs[0]!;

/** An elementwise operator of the same meaning. Bytes are computed as i32, for which all operators are defined. */
const elementwise =
  (op: string) =>
  (w: OnnxGraph, node: Node): string => {
    const bytes = first(node).dtype === "u8";
    const operands = w.operands(node).map((name) => (bytes ? w.cast(name, "i32") : name));
    const result = w.emit(op, operands);
    return bytes && node.dtype === "u8" ? w.cast(result, "u8") : result;
  };

/** As {@link elementwise}, with another operator where the operands are bool. */
const orLogical =
  (op: string, logical: string) =>
  (w: OnnxGraph, node: Node): string =>
    elementwise(first(node).dtype === "bool" ? logical : op)(w, node);

const refuse =
  (why: string) =>
  (_: OnnxGraph, node: Node): never => {
    throw new WhetstoneError(
      "unsupported",
      { where: "exportOnnx", operation: node.op, shape: node.shape },
      `the graph holds ${node.op} (shape [${node.shape.join(", ")}]), ${why}`,
    );
  };

const same = (w: OnnxGraph, node: Node): string => w.value(first(node));

/** Operators that ONNX lacks for bool, by way of i32. */
function viaInteger(w: OnnxGraph, node: Node, emit: (x: string) => string): string {
  const x = w.value(first(node));
  if (first(node).dtype !== "bool") return emit(x);
  return w.cast(emit(w.cast(x, "i32")), "bool");
}

/** Axes in order, but axis `from` moved behind axis `to`. */
function moved(rank: number, from: number, to: number): number[] {
  const order = Array.from({ length: rank }, (_, i) => i).filter((i) => i !== from);
  order.splice(to, 0, from);
  return order;
}

const spatial = (p: readonly [number, number, number, number]): number[] => [p[0], p[2], p[1], p[3]];

/** Adds `source` at places of the last axis to zeros. */
const scatter = (
  w: OnnxGraph,
  source: string,
  index: string,
  axis: number,
  shape: Shape,
  dtype: DType,
): string => w.emit("ScatterElements", [w.zeros(shape, dtype), index, source], { axis, reduction: "add" });

export const operators: { readonly [P in Primitive]: Rule<P> } = {
  buffer: (w, node) => w.array(read(node, "exportOnnx"), node.shape, node.dtype),
  const: (w, node) => {
    const scalar = w.scalar(node.attrs.value, node.dtype);
    return node.shape.length === 0 ? scalar : w.emit("Expand", [scalar, w.integers(node.shape)]);
  },
  iota: (w, node) =>
    w.array(
      Int32Array.from({ length: node.shape[0]! }, (_, i) => i),
      node.shape,
      "i32",
    ),

  neg: elementwise("Neg"),
  abs: elementwise("Abs"),
  sign: elementwise("Sign"),
  floor: elementwise("Floor"),
  round: elementwise("Round"),
  sqrt: elementwise("Sqrt"),
  exp: elementwise("Exp"),
  // tanh(x / 2) (e^x + 1), which does not cancel near 0
  expm1: (w, node) => {
    const x = w.value(first(node));
    const half = w.emit("Tanh", [w.emit("Mul", [x, w.scalar(0.5, node.dtype)])]);
    return w.emit("Mul", [half, w.emit("Add", [w.emit("Exp", [x]), w.scalar(1, node.dtype)])]);
  },
  log: elementwise("Log"),
  // With u = 1 + x as rounded: log(u) x / (u - 1), and x where u is 1 (Kahan)
  log1p: (w, node) => {
    const [x, one] = [w.value(first(node)), w.scalar(1, node.dtype)];
    const u = w.emit("Add", [x, one]);
    const step = w.emit("Sub", [u, one]);
    const exact = w.emit("Equal", [step, x]);
    const ratio = w.emit("Where", [exact, one, w.emit("Div", [x, step])]);
    const value = w.emit("Mul", [w.emit("Log", [u]), ratio]);
    return w.emit("Where", [w.emit("Equal", [step, w.scalar(0, node.dtype)]), x, value]);
  },
  sin: elementwise("Sin"),
  cos: elementwise("Cos"),
  atan: elementwise("Atan"),
  tanh: elementwise("Tanh"),
  sigmoid: elementwise("Sigmoid"),
  erf: elementwise("Erf"),
  not: elementwise("Not"),
  cast: (w, node) => w.cast(w.value(first(node)), node.dtype),

  add: orLogical("Add", "Or"),
  sub: orLogical("Sub", "Xor"),
  mul: orLogical("Mul", "And"),
  div: elementwise("Div"),
  mod: (w, node) => {
    if (!isFloat(node.dtype)) return elementwise("Mod")(w, node);
    const [x, y] = w.operands(node) as [string, string];
    const times = w.emit("Floor", [w.emit("Div", [x, y])]);
    return w.emit("Sub", [x, w.emit("Mul", [times, y])]);
  },
  pow: elementwise("Pow"),
  maximum: orLogical("Max", "Or"),
  minimum: orLogical("Min", "And"),
  lt: elementwise("Less"),
  le: elementwise("LessOrEqual"),
  eq: elementwise("Equal"),
  and: orLogical("BitwiseAnd", "And"),
  or: orLogical("BitwiseOr", "Or"),
  xor: orLogical("BitwiseXor", "Xor"),

  where: (w, node) => {
    const [condition, a, b] = w.operands(node) as [string, string, string];
    if (node.dtype !== "bool") return w.emit("Where", [condition, a, b]);
    const other = w.emit("And", [w.emit("Not", [condition]), b]);
    return w.emit("Or", [w.emit("And", [condition, a]), other]);
  },
  random: refuse("a random draw; export the network in evaluation mode"),

  reshape: (w, node) => w.emit("Reshape", [w.value(first(node)), w.integers(node.shape)], { allowzero: 1 }),
  permute: (w, node) => w.emit("Transpose", [w.value(first(node))], { perm: node.attrs.order }),
  expand: (w, node) => w.emit("Expand", [w.value(first(node)), w.integers(node.shape)]),
  slice: (w, node) => {
    const { starts, steps } = node.attrs;
    const ends = starts.map((s, i) => s + steps[i]! * node.shape[i]!);
    // An end before the first element is not -1, which counts from the back.
    const lists = [starts, ends.map((e) => (e < 0 ? -(2 ** 31) : e)), starts.map((_, i) => i), steps];
    return w.emit("Slice", [w.value(first(node)), ...lists.map((l) => w.integers(l))]);
  },
  pad: (w, { inputs, attrs }) =>
    w.emit("Pad", [w.value(inputs[0]!), w.integers([...attrs.before, ...attrs.after])]),
  window: (w, node) => {
    const { axis, size, stride, dilation } = node.attrs;
    const count = node.shape[axis]!;
    const places = w.array(w.places(count, size, stride, dilation), [count, size], "i32");
    const picked = w.emit("Gather", [w.value(first(node)), places], { axis });
    return w.emit("Transpose", [picked], { perm: moved(node.shape.length, axis + 1, node.shape.length - 1) });
  },

  sum: (w, node) => w.emit("ReduceSum", [w.value(first(node)), w.integers(node.attrs.axes)], { keepdims: 1 }),
  max: (w, node) =>
    viaInteger(w, node, (x) => w.emit("ReduceMax", [x, w.integers(node.attrs.axes)], { keepdims: 1 })),
  argmax: (w, node) => {
    const x = w.value(first(node));
    const numbers = first(node).dtype === "bool" ? w.cast(x, "i32") : x;
    return w.cast(w.emit("ArgMax", [numbers], { axis: node.attrs.axes[0], keepdims: 1 }), "i32");
  },

  fold: (w, node) => {
    const x = first(node);
    const { axis, length, stride, dilation } = node.attrs;
    const last = x.shape.length - 1;
    const [count, size] = [x.shape[axis]!, x.shape[last]!];
    const lead = x.shape.filter((_, i) => i !== axis && i !== last);
    const lined = w.emit("Transpose", [w.value(x)], { perm: moved(last + 1, axis, last - 1) });
    const flat = [...lead, count * size];
    const source = w.emit("Reshape", [lined, w.integers(flat)]);
    const places = w.array(w.places(count, size, stride, dilation), [count * size], "i32");
    const index = w.emit("Expand", [places, w.integers(flat)]);
    const sums = scatter(w, source, index, lead.length, [...lead, length], node.dtype);
    return w.emit("Transpose", [sums], { perm: moved(lead.length + 1, lead.length, axis) });
  },
  matmul: (w, { inputs }) => w.emit("MatMul", [w.value(inputs[0]!), w.value(inputs[1]!)]),
  conv: (w, { inputs, attrs }) =>
    w.emit("Conv", [w.value(inputs[0]!), w.value(inputs[1]!)], {
      kernel_shape: inputs[1]!.shape.slice(2),
      strides: attrs.stride,
      dilations: attrs.dilation,
      pads: spatial(attrs.padding),
      group: attrs.groups,
    }),
  convInput: (w, { inputs, attrs, shape }) => {
    const kernel = inputs[1]!.shape.slice(2);
    const extra = [0, 1].map((i) => {
      const reach = attrs.dilation[i]! * (kernel[i]! - 1) + 1;
      const sides = attrs.padding[2 * i]! + attrs.padding[2 * i + 1]!;
      return shape[i + 2]! - (attrs.stride[i]! * (inputs[0]!.shape[i + 2]! - 1) + reach - sides);
    });
    return w.emit("ConvTranspose", [w.value(inputs[0]!), w.value(inputs[1]!)], {
      kernel_shape: kernel,
      strides: attrs.stride,
      dilations: attrs.dilation,
      pads: spatial(attrs.padding),
      output_padding: extra,
      group: attrs.groups,
    });
  },
  convWeight: refuse("which only gradients use"),
  gather: (w, node) => {
    const [x, index] = node.inputs as [Node, Node];
    const { axis } = node.attrs;
    // One list of places for all rows, as in an embedding
    const list = index.op === "expand" ? first(index) : null;
    if (list?.shape.every((n, i) => i === axis || n === 1)) {
      const places = w.emit("Reshape", [w.value(list), w.integers([sizeOf(list.shape)])]);
      const rows = w.emit("Gather", [w.value(x), places], { axis });
      const whole = x.shape.every((n, i) => i === axis || n === node.shape[i]);
      if (whole) return rows;
    }
    return w.emit("GatherElements", [w.value(x), w.value(index)], { axis });
  },
  scatterAdd: (w, node) => {
    const [source, index] = node.inputs as [Node, Node];
    return scatter(w, w.value(source), w.value(index), node.attrs.axis, node.shape, node.dtype);
  },
  cumsum: (w, node) =>
    w.emit("CumSum", [w.value(first(node)), w.scalar(node.attrs.axis, "i32")], {
      reverse: node.attrs.reverse ? 1 : 0,
    }),
  argsort: (w, node) => {
    const { axis, descending } = node.attrs;
    const k = w.integers([node.shape[axis]!]);
    const x = w.value(first(node));
    const numbers = first(node).dtype === "bool" || first(node).dtype === "u8" ? w.cast(x, "i32") : x;
    const attributes = { axis, largest: descending ? 1 : 0, sorted: 1 };
    return w.cast(w.emit("TopK", [numbers, k], attributes, 2, 1), "i32");
  },

  detach: same,
  custom: same,
};
