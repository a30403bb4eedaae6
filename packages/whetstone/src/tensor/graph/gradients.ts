/**
 * Gradient rules: for each primitive, the gradients of its inputs from the gradient g of its output, as graphs, so
 * that gradients can be differentiated again. `null`: no gradient (integers, conditions, markers handled elsewhere).
 * The table is total over the primitives: one without a rule does not compile.
 */
import * as b from "./build.ts";
import type { Node } from "./node.ts";
import type { Primitive } from "./primitives.ts";

/** Gradients per input. `y` is the node itself, to reuse its value. */
type Rule<P extends Primitive> = (g: Node, y: Node<P>, ...inputs: Node[]) => readonly (Node | null)[];

const none = (): readonly null[] => [null, null, null];
const { sub, mul, div, neg, unary, binary, like, scale, where } = b;

const less = (x: Node, y: Node) => binary("lt", x, y);
const zero = (x: Node) => like(x, 0);
const square = (x: Node) => mul(x, x);

/** g to x where x is the greater, half each at a tie (as PyTorch's maximum). */
function ofExtreme(g: Node, winsX: Node, winsY: Node): [Node, Node] {
  const half = scale(g, 0.5);
  return [where(winsX, g, where(winsY, zero(g), half)), where(winsY, g, where(winsX, zero(g), half))];
}

export const gradientRules: { readonly [P in Primitive]: Rule<P> } = {
  buffer: none,
  const: none,
  iota: none,

  neg: (g) => [neg(g)],
  abs: (g, _, x) => [mul(g, unary("sign", x))], // 0 at 0
  sign: none,
  floor: none,
  round: none,
  sqrt: (g, y) => [div(g, scale(y, 2))],
  exp: (g, y) => [mul(g, y)],
  expm1: (g, y) => [mul(g, b.shift(y, 1))],
  log: (g, _, x) => [div(g, x)],
  log1p: (g, _, x) => [div(g, b.shift(x, 1))],
  sin: (g, _, x) => [mul(g, unary("cos", x))],
  cos: (g, _, x) => [neg(mul(g, unary("sin", x)))],
  atan: (g, _, x) => [div(g, b.shift(square(x), 1))],
  tanh: (g, y) => [mul(g, sub(like(y, 1), square(y)))],
  sigmoid: (g, y) => [mul(g, mul(y, sub(like(y, 1), y)))],
  erf: (g, _, x) => [mul(g, scale(unary("exp", neg(square(x))), 2 / Math.sqrt(Math.PI)))],
  not: none,
  cast: (g, _, x) => [b.cast(g, x.dtype)],

  add: (g) => [g, g],
  sub: (g) => [g, neg(g)],
  mul: (g, _, x, y) => [mul(g, y), mul(g, x)],
  div: (g, q, _, y) => [div(g, y), neg(div(mul(g, q), y))],
  mod: (g, _, x, y) => [g, neg(mul(g, unary("floor", div(x, y))))],
  // dx = y x^(y-1), and 0 where y is 0; dy = x^y ln x, and 0 where x is 0
  pow: (g, p, x, y) => [
    mul(g, where(binary("eq", y, zero(y)), zero(x), mul(y, binary("pow", x, b.shift(y, -1))))),
    mul(g, where(binary("eq", x, zero(x)), zero(x), mul(p, unary("log", x)))),
  ],
  maximum: (g, _, x, y) => ofExtreme(g, less(y, x), less(x, y)),
  minimum: (g, _, x, y) => ofExtreme(g, less(x, y), less(y, x)),
  lt: none,
  le: none,
  eq: none,
  and: none,
  or: none,
  xor: none,

  where: (g, _, condition) => [null, where(condition, g, zero(g)), where(condition, zero(g), g)],
  random: none,

  reshape: (g, _, x) => [b.reshape(g, x.shape)],
  permute: (g, y) => {
    const order = new Array<number>(y.attrs.order.length);
    y.attrs.order.forEach((axis, i) => {
      order[axis] = i;
    });
    return [b.permute(g, order)];
  },
  expand: (g, y, x) => [
    b.sum(
      g,
      y.shape.flatMap((n, i) => (x.shape[i] === n ? [] : [i])),
    ),
  ],
  slice: (g, { attrs: { starts, steps } }, x) => [unslice(g, starts, steps, x.shape)],
  pad: (g, y, x) => [
    b.slice(
      g,
      y.attrs.before,
      x.shape.map(() => 1),
      x.shape,
    ),
  ],
  window: (g, { attrs: a }, x) => [b.fold(g, a.axis, x.shape[a.axis]!, a.stride, a.dilation)],

  sum: (g, _, x) => [b.expand(g, x.shape)],
  // In equal parts to all that attain the maximum
  max: (g, y, x) => {
    const attains = b.cast(binary("eq", x, b.expand(y, x.shape)), g.dtype);
    const count = b.sum(attains, y.attrs.axes);
    return [mul(attains, b.expand(div(g, count), x.shape))];
  },
  argmax: none,

  fold: (g, { attrs: a }, x) => [b.window(g, a.axis, x.shape[x.shape.length - 1]!, a.stride, a.dilation)],
  matmul: (g, _, x, y) => [b.matmul(g, b.transpose(y)), b.matmul(b.transpose(x), g)],
  conv: (g, y, x, w) => [b.convInput(g, w, y.attrs, x.shape), b.convWeight(x, g, y.attrs, w.shape)],
  convInput: (g, y, x, w) => [b.conv(g, w, y.attrs, x.shape), b.convWeight(g, x, y.attrs, w.shape)],
  convWeight: (g, y, x, u) => [b.convInput(u, g, y.attrs, x.shape), b.conv(x, g, y.attrs, u.shape)],
  gather: (g, y, x, index) => [b.scatterAdd(g, index, y.attrs.axis, x.shape), null],
  scatterAdd: (g, y, _, index) => [b.gather(g, index, y.attrs.axis), null],
  cumsum: (g, y) => [b.cumsum(g, y.attrs.axis, !y.attrs.reverse)],
  argsort: none,

  detach: none,
  custom: none, // its own rule, called by the walk
};

/** Adjoint of slice: elements back at start, start + step, ..., zeros elsewhere. */
function unslice(
  g: Node,
  starts: readonly number[],
  steps: readonly number[],
  shape: readonly number[],
): Node {
  const flip = steps.map((s, i) => (s < 0 && g.shape[i]! > 0 ? i : -1)).filter((i) => i >= 0);
  let x = g;
  const first = [...starts];
  if (flip.length > 0) {
    const from = g.shape.map((n, i) => (flip.includes(i) ? n - 1 : 0));
    x = b.slice(
      g,
      from,
      g.shape.map((_, i) => (flip.includes(i) ? -1 : 1)),
      g.shape,
    );
    for (const i of flip) first[i] = starts[i]! + steps[i]! * (g.shape[i]! - 1);
  }
  for (let i = 0; i < steps.length; i++) {
    const step = Math.abs(steps[i]!);
    const n = x.shape[i]!;
    if (step === 1 || n === 0) continue;
    // n -> [n, 1] -> [n, step] -> n step -> (n - 1) step + 1
    const lead = x.shape.slice(0, i);
    const tail = x.shape.slice(i + 1);
    const split = b.reshape(x, [...lead, n, 1, ...tail]);
    const nothing = split.shape.map(() => 0);
    const spread = b.pad(
      split,
      nothing,
      nothing.map((_, d) => (d === i + 1 ? step - 1 : 0)),
    );
    const joined = b.reshape(spread, [...lead, n * step, ...tail]);
    const cut = [...joined.shape];
    cut[i] = (n - 1) * step + 1;
    x = b.slice(
      joined,
      joined.shape.map(() => 0),
      joined.shape.map(() => 1),
      cut,
    );
  }
  const before = first.map((s, i) => (g.shape[i] === 0 ? 0 : s));
  return b.pad(
    x,
    before,
    shape.map((n, i) => n - before[i]! - x.shape[i]!),
  );
}
