/**
 * One case or more for every primitive (the table is total): a graph over given inputs. The conformance test runs each on every
 * backend and dtype against the reference, and its gradients, first and second, against finite differences.
 */
import type { DType } from "../dtype.ts";
import * as b from "../graph/build.ts";
import type { Node } from "../graph/node.ts";
import type { ConvGeometry, Primitive } from "../graph/primitives.ts";
import type { Shape } from "../graph/shape.ts";

export interface Case {
  /** Shapes of the inputs under test, filled with numbers from `range`. */
  readonly inputs: readonly Shape[];
  /** Uniform numbers from this interval. Default [-2, 2]. */
  readonly range?: readonly [number, number];
  /** dtypes that the primitive is defined for. Default: all floats and i32. */
  readonly dtypes?: readonly DType[];
  readonly build: (...inputs: Node[]) => Node;
  /** Whether gradients of the inputs are checked; a reason where they are not. Default: yes. */
  readonly noGradient?: string;
  /** Largest error, in units in the last place of the dtype (of the largest element where `absolute`). Default 4. */
  readonly ulps?: number;
  readonly absolute?: boolean;
}

const floats: readonly DType[] = ["f32", "f64", "f16", "bf16"];
const wide: readonly DType[] = ["f32", "f64"];
const whole: readonly DType[] = ["i32", "u8", "bool"];

const unary = (op: Parameters<typeof b.unary>[0], more: Partial<Case> = {}): readonly Case[] => [
  // Sizes that end in the middle of a vector, and one large enough for threads.
  { inputs: [[3, 5]], dtypes: floats, build: (x) => b.unary(op, x), ...more },
  {
    inputs: [[40_003]],
    dtypes: wide,
    build: (x) => b.unary(op, x),
    noGradient: "as for the small one",
    ...more,
  },
];

const binary = (op: Parameters<typeof b.binary>[0], more: Partial<Case> = {}): readonly Case[] => [
  {
    inputs: [
      [4, 7],
      [4, 7],
    ],
    build: (x, y) => b.binary(op, x, y),
    ...more,
  },
  { inputs: [[3, 5], [5]], build: (x, y) => b.binary(op, x, b.broadcast(y, [3, 5])), ...more },
];

const comparison = (op: "lt" | "le" | "eq"): readonly Case[] =>
  binary(op, { noGradient: "comparisons are constant", dtypes: [...floats, "i32", "u8"] });

const bits = (op: "and" | "or" | "xor"): readonly Case[] =>
  binary(op, { noGradient: "integers", dtypes: whole, range: [0, 200] });

/** Whole numbers 0 to n - 1, scattered, as an index of that shape. */
function scattered(shape: Shape, n: number): Node {
  const size = shape.reduce((p, s) => p * s, 1);
  const line = b.binary("mod", b.scale(b.shift(b.iota(size), 3), 7), b.constant(n, [size], "i32"));
  return b.reshape(line, shape);
}

const geometry = (more: Partial<ConvGeometry> = {}): ConvGeometry => ({
  stride: [1, 1],
  dilation: [1, 1],
  padding: [0, 0, 0, 0],
  groups: 1,
  ...more,
});
const strided = geometry({ stride: [2, 1], padding: [1, 0, 2, 1], groups: 2 });
const dilated = geometry({ dilation: [2, 1], padding: [1, 1, 1, 1] });

export const cases: { readonly [P in Primitive]: readonly Case[] } = {
  buffer: [{ inputs: [[3, 4]], dtypes: [...floats, ...whole], build: (x) => b.reshape(x, [4, 3]) }],
  const: [{ inputs: [[2, 3]], build: (x) => b.add(x, b.constant(2, [2, 3], x.dtype)) }],
  iota: [{ inputs: [[6]], build: (x) => b.mul(x, b.cast(b.iota(6), x.dtype)) }],

  neg: unary("neg", { dtypes: [...floats, "i32"] }),
  abs: unary("abs", { dtypes: [...floats, "i32"] }),
  sign: unary("sign", { dtypes: [...floats, "i32"], noGradient: "constant but at 0" }),
  floor: unary("floor", { noGradient: "constant between whole numbers" }),
  round: unary("round", { range: [-4, 4], noGradient: "constant between halves" }),
  sqrt: unary("sqrt", { range: [0.1, 9] }),
  exp: unary("exp", { range: [-9, 9] }),
  expm1: unary("expm1"),
  log: unary("log", { range: [0.05, 20] }),
  log1p: unary("log1p", { range: [-0.9, 5] }),
  sin: unary("sin", { range: [-9, 9], absolute: true }),
  cos: unary("cos", { range: [-9, 9], absolute: true }),
  atan: unary("atan", { range: [-9, 9] }),
  tanh: unary("tanh"),
  sigmoid: unary("sigmoid", { range: [-9, 9] }),
  erf: unary("erf"),
  not: [{ inputs: [[3, 5]], dtypes: ["bool"], build: (x) => b.unary("not", x), noGradient: "bool" }],
  cast: [
    {
      inputs: [[3, 5]],
      dtypes: [...floats, ...whole],
      range: [-300, 300],
      build: (x) => b.cast(x, "i32"),
      noGradient: "integers",
    },
    {
      inputs: [[3, 5]],
      dtypes: [...floats, ...whole],
      range: [0, 200],
      build: (x) => b.cast(x, "u8"),
      noGradient: "integers",
    },
    { inputs: [[3, 5]], dtypes: [...floats, ...whole], build: (x) => b.cast(x, "bool"), noGradient: "bool" },
    { inputs: [[37]], dtypes: [...floats, ...whole], build: (x) => b.cast(x, "f32"), noGradient: "rounds" },
    { inputs: [[37]], dtypes: [...floats, ...whole], build: (x) => b.cast(x, "f64") },
    { inputs: [[37]], dtypes: [...floats, ...whole], build: (x) => b.cast(x, "f16"), noGradient: "rounds" },
    { inputs: [[37]], dtypes: [...floats, ...whole], build: (x) => b.cast(x, "bf16"), noGradient: "rounds" },
  ],

  add: binary("add", { dtypes: [...floats, "i32", "u8"] }),
  sub: binary("sub", { dtypes: [...floats, "i32", "u8"] }),
  mul: binary("mul", { dtypes: [...floats, "i32", "u8"] }),
  div: binary("div", { range: [0.5, 3], dtypes: [...floats, "i32"] }),
  mod: binary("mod", { range: [0.6, 5], dtypes: [...floats, "i32"], ulps: 16 }),
  pow: [
    ...binary("pow", { range: [0.3, 3], dtypes: [...floats, "i32"], ulps: 8 }),
    // y log x is large: what its rounding loses has to be kept.
    {
      inputs: [[200], [200]],
      dtypes: ["f64"],
      range: [1, 9],
      build: (x, y) => b.binary("pow", x, b.scale(y, 10)),
      ulps: 2,
      noGradient: "as above",
    },
  ],
  maximum: binary("maximum", { dtypes: [...floats, "i32", "u8"] }),
  minimum: binary("minimum", { dtypes: [...floats, "i32", "u8"] }),
  lt: comparison("lt"),
  le: comparison("le"),
  eq: comparison("eq"),
  and: bits("and"),
  or: bits("or"),
  xor: bits("xor"),

  where: [
    {
      inputs: [
        [4, 7],
        [4, 7],
      ],
      dtypes: [...floats, ...whole],
      build: (x, y) => b.where(b.binary("lt", b.cast(x, "f32"), b.constant(0.3, [4, 7], "f32")), x, y),
      noGradient: "the condition moves with x",
    },
    {
      inputs: [[9], [9]],
      build: (x, y) => b.where(b.binary("lt", b.iota(9), b.constant(4, [9], "i32")), x, y),
    },
  ],
  random: [
    {
      inputs: [[50]],
      dtypes: ["i32"],
      build: (x) => b.random(b.iota(50), x, b.shift(x, 1)),
      noGradient: "integers",
    },
  ],

  reshape: [{ inputs: [[2, 3, 4]], build: (x) => b.reshape(b.scale(b.reshape(x, [6, 4]), 2), [3, 8]) }],
  permute: [{ inputs: [[2, 3, 4]], build: (x) => b.permute(x, [2, 0, 1]) }],
  expand: [{ inputs: [[3, 1, 2]], build: (x) => b.expand(x, [3, 5, 2]) }],
  slice: [
    { inputs: [[6, 7]], build: (x) => b.slice(x, [1, 5], [2, -2], [3, 3]) },
    { inputs: [[5, 6]], build: (x) => b.slice(b.pad(x, [1, 2], [0, 3]), [0, 1], [1, 3], [6, 3]) },
    {
      // One element, and that is padding, after memory that is not 0.
      inputs: [[16], [16]],
      build: (x, y) => b.add(b.slice(x, [2], [1], [1]), b.slice(b.pad(y, [1], [0]), [0], [1], [1])),
    },
    {
      inputs: [
        [4, 3],
        [4, 16],
      ],
      build: (x, y) => b.mul(b.sum(x, [1]), b.slice(b.pad(y, [0, 1], [0, 0]), [0, 0], [1, 1], [4, 1])),
    },
  ],
  pad: [
    // Only what was added: an axis of size 1 of which nothing is real.
    { inputs: [[2, 3]], build: (x) => b.slice(b.pad(x, [1, 0], [0, 0]), [0, 0], [1, 1], [1, 3]) },
    {
      inputs: [[2, 3]],
      build: (x) => b.add(b.slice(b.pad(b.like(x, 1), [1, 0], [0, 0]), [0, 0], [1, 1], [2, 3]), x),
    },
    { inputs: [[3, 4]], dtypes: [...floats, ...whole], build: (x) => b.pad(x, [1, 0], [2, 5]) },
  ],
  window: [
    { inputs: [[2, 9]], build: (x) => b.window(x, 1, 3, 2, 1) },
    { inputs: [[8, 2]], build: (x) => b.sum(b.window(x, 0, 2, 1, 3), [2]) },
  ],

  sum: [
    { inputs: [[3, 4, 5]], build: (x) => b.sum(x, [1]), absolute: true },
    { inputs: [[6, 9]], build: (x) => b.sum(x, [0]), absolute: true },
    { inputs: [[6, 9]], build: (x) => b.sum(x, [1]), absolute: true },
    { inputs: [[2, 3, 4, 5]], build: (x) => b.sum(x, [0, 2, 3]), absolute: true },
    {
      inputs: [[40, 1001]],
      dtypes: ["f32", "f64", "i32"],
      build: (x) => b.sum(x, [0, 1]),
      absolute: true,
      ulps: 4000,
      noGradient: "as above",
    },
    {
      inputs: [[300, 200]],
      dtypes: ["f32", "f64", "i32"],
      build: (x) => b.sum(x, [0]),
      absolute: true,
      ulps: 200,
      noGradient: "as above",
    },
  ],
  max: [
    { inputs: [[3, 4, 5]], dtypes: [...floats, ...whole], build: (x) => b.max(x, [1]) },
    { inputs: [[6, 9]], build: (x) => b.max(x, [0]) },
    { inputs: [[5, 13]], build: (x) => b.max(x, [1]) },
    {
      inputs: [[50_000]],
      dtypes: ["f32", "f64", "i32"],
      build: (x) => b.max(x, [0]),
      noGradient: "as above",
    },
  ],
  argmax: [
    { inputs: [[4, 7]], build: (x) => b.argmax(x, 1), noGradient: "integers" },
    { inputs: [[4, 7]], build: (x) => b.argmax(x, 0), noGradient: "integers" },
    { inputs: [[2, 300]], build: (x) => b.argmax(x, 1), noGradient: "integers" },
  ],

  fold: [
    { inputs: [[2, 4, 3]], build: (x) => b.fold(x, 1, 9, 2, 1) },
    { inputs: [[3, 2, 2]], build: (x) => b.fold(x, 0, 6, 2, 1) },
  ],
  matmul: [
    {
      inputs: [
        [3, 4],
        [4, 5],
      ],
      dtypes: floats,
      build: b.matmul,
      absolute: true,
    },
    {
      inputs: [
        [2, 3, 5],
        [2, 5, 6],
      ],
      dtypes: floats,
      build: b.matmul,
      absolute: true,
    },
    {
      inputs: [
        [5, 3],
        [6, 5],
      ],
      dtypes: wide,
      build: (x, y) => b.matmul(b.transpose(x), b.transpose(y)),
      absolute: true,
    },
    {
      inputs: [
        [70, 33],
        [33, 65],
      ],
      dtypes: wide,
      build: b.matmul,
      absolute: true,
      ulps: 40,
      noGradient: "as above",
    },
    {
      inputs: [
        [1, 300],
        [300, 130],
      ],
      dtypes: wide,
      build: b.matmul,
      absolute: true,
      ulps: 100,
      noGradient: "as above",
    },
    {
      inputs: [
        [9, 5000],
        [5000, 7],
      ],
      dtypes: wide,
      build: b.matmul,
      absolute: true,
      ulps: 400,
      noGradient: "as above",
    },
    {
      inputs: [
        [6, 40, 20],
        [20, 50],
      ],
      dtypes: wide,
      build: (x, y) => b.matmul(x, b.broadcast(y, [6, 20, 50])),
      absolute: true,
      ulps: 40,
      noGradient: "as above",
    },
  ],
  conv: [
    {
      inputs: [
        [2, 3, 5, 6],
        [4, 3, 3, 2],
      ],
      dtypes: floats,
      build: (x, w) => b.conv(x, w, geometry(), [2, 4, 3, 5]),
      absolute: true,
      ulps: 8,
    },
    {
      inputs: [
        [2, 4, 5, 4],
        [6, 2, 3, 3],
      ],
      dtypes: wide,
      build: (x, w) => b.conv(x, w, strided, [2, 6, 2, 5]),
      absolute: true,
      ulps: 8,
    },
    {
      inputs: [
        [1, 2, 6, 5],
        [3, 2, 2, 2],
      ],
      dtypes: wide,
      build: (x, w) => b.conv(x, w, dilated, [1, 3, 6, 6]),
      absolute: true,
      ulps: 8,
    },
  ],
  convInput: [
    {
      inputs: [
        [2, 4, 3, 5],
        [4, 3, 3, 2],
      ],
      dtypes: floats,
      build: (g, w) => b.convInput(g, w, geometry(), [2, 3, 5, 6]),
      absolute: true,
      ulps: 8,
    },
    {
      inputs: [
        [2, 6, 2, 5],
        [6, 2, 3, 3],
      ],
      dtypes: wide,
      build: (g, w) => b.convInput(g, w, strided, [2, 4, 5, 4]),
      absolute: true,
      ulps: 8,
    },
  ],
  convWeight: [
    {
      inputs: [
        [2, 3, 5, 6],
        [2, 4, 3, 5],
      ],
      dtypes: floats,
      build: (x, g) => b.convWeight(x, g, geometry(), [4, 3, 3, 2]),
      absolute: true,
      ulps: 16,
    },
    {
      inputs: [
        [2, 4, 5, 4],
        [2, 6, 2, 5],
      ],
      dtypes: wide,
      build: (x, g) => b.convWeight(x, g, strided, [6, 2, 3, 3]),
      absolute: true,
      ulps: 16,
    },
  ],
  gather: [
    { inputs: [[5, 4]], dtypes: [...floats, ...whole], build: (x) => b.gather(x, scattered([3, 4], 5), 0) },
    { inputs: [[3, 6]], build: (x) => b.gather(x, scattered([3, 2], 6), 1) },
    { inputs: [[7, 3]], build: (x) => b.gather(x, b.expand(scattered([9, 1], 7), [9, 3]), 0) },
  ],
  scatterAdd: [
    {
      inputs: [[6, 3]],
      dtypes: [...floats, "i32"],
      build: (x) => b.scatterAdd(x, scattered([6, 3], 4), 0, [4, 3]),
    },
    { inputs: [[2, 9]], build: (x) => b.scatterAdd(x, scattered([2, 9], 5), 1, [2, 5]) },
  ],
  cumsum: [
    { inputs: [[3, 6]], build: (x) => b.cumsum(x, 1, false), absolute: true, ulps: 8 },
    { inputs: [[5, 4]], build: (x) => b.cumsum(x, 0, true), absolute: true, ulps: 8 },
  ],
  argsort: [
    { inputs: [[3, 9]], build: (x) => b.argsort(x, 1, false), noGradient: "integers" },
    { inputs: [[7, 2]], build: (x) => b.argsort(x, 0, true), noGradient: "integers" },
    { inputs: [[600]], build: (x) => b.argsort(x, 0, false), noGradient: "integers" },
  ],
  detach: [{ inputs: [[4]], build: (x) => b.detach(x), noGradient: "it stops them" }],
  custom: [{ inputs: [[4]], build: (x) => b.mul(x, b.detach(x)), noGradient: "see functional.test.ts" }],
};
