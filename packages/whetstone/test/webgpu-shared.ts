/** What the page of webgpu.test.ts computes on the GPU and the test itself on the CPU. */
import { randomStream } from "../src/math/index.ts";
import type { Case } from "../src/tensor/backends/conformance-cases.ts";
import * as b from "../src/tensor/graph/build.ts";
import type { Node } from "../src/tensor/graph/node.ts";
import type { Unary } from "../src/tensor/graph/primitives.ts";
import type { Shape } from "../src/tensor/graph/shape.ts";
import { Tensor } from "../src/tensor/index.ts";

/** An elementary function on float32 numbers, and the error that is stated for it. */
export interface Elementary {
  readonly op: Exclude<Unary, "cast" | "not"> | "pow";
  readonly inputs: readonly Float32Array[];
  /** In units in the last place of the result. */
  readonly ulps: number;
}

const special = [
  0,
  -0,
  1,
  -1,
  0.5,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  Number.NaN,
  3.4e38,
  -3.4e38,
  1.2e-38,
  -1e-30,
];

/** Numbers of both signs (or one) whose sizes spread evenly over their exponents, and the special ones. */
function spread(seed: string, low: number, high: number, signs = 2): Float32Array {
  const random = randomStream(5).split(seed);
  const one = () =>
    Math.exp(Math.log(low) + (Math.log(high) - Math.log(low)) * random.uniform()) *
    (signs === 2 && random.uniform() < 0.5 ? -1 : 1);
  return Float32Array.from([...special, ...Array.from({ length: 20_000 }, one)]);
}

export function elementary(): Elementary[] {
  const base = spread("base", 1e-3, 1e3, 1);
  const exponent = spread("exponent", 1e-3, 30);
  const pairs = special.flatMap((x) => [...special, 2, 3, -3, 0.25].map((y) => [x, y] as const));
  const join = (values: Float32Array, i: 0 | 1) => Float32Array.from([...values, ...pairs.map((p) => p[i])]);
  return [
    { op: "exp", inputs: [spread("exp", 1e-6, 87)], ulps: 1.5 },
    { op: "expm1", inputs: [spread("expm1", 1e-9, 87)], ulps: 2 },
    { op: "log", inputs: [spread("log", 1e-37, 1e38, 1)], ulps: 1.5 },
    { op: "log1p", inputs: [spread("log1p", 1e-9, 0.999)], ulps: 1.5 },
    { op: "log1p", inputs: [spread("log1p far", 1, 1e38, 1)], ulps: 1.5 },
    { op: "sin", inputs: [spread("sin", 1e-6, 1e4)], ulps: 3 },
    { op: "sin", inputs: [spread("sin far", 1e4, 1e38)], ulps: 3 },
    { op: "cos", inputs: [spread("cos", 1e-6, 1e4)], ulps: 3 },
    { op: "cos", inputs: [spread("cos far", 1e4, 1e38)], ulps: 3 },
    { op: "atan", inputs: [spread("atan", 1e-6, 1e6)], ulps: 3.5 },
    { op: "tanh", inputs: [spread("tanh", 1e-6, 20)], ulps: 2 },
    { op: "sigmoid", inputs: [spread("sigmoid", 1e-6, 80)], ulps: 2.5 },
    { op: "erf", inputs: [spread("erf", 1e-6, 5)], ulps: 1.5 },
    { op: "sqrt", inputs: [spread("sqrt", 1e-37, 1e38, 1)], ulps: 0.5 },
    { op: "round", inputs: [spread("round", 0.1, 1e8)], ulps: 0 },
    { op: "pow", inputs: [join(base, 0), join(exponent, 1)], ulps: 2 },
  ];
}

const f32 = ["f32"] as const;
const one = (name: string, shape: Shape, build: (x: Tensor) => Tensor, rest: Partial<Case> = {}) =>
  [name, { inputs: [shape], dtypes: f32, build: (x: Node) => build(new Tensor(x)).node, ...rest }] as const;
const holed = (x: Tensor) => Tensor.where(x.gt(1.9), Number.NaN, x);
const index = (count: number, size: number, columns: number) =>
  Tensor.arange(count).mul(7919).mod(size).reshape([count, 1]).expand([count, columns]);

/** Shapes for which the programs differ from those of the conformance cases. */
export const more: readonly (readonly [string, Case])[] = [
  one("softmax of long rows", [6, 1000], (x) => x.softmax(1), { ulps: 8 }),
  one("softmax of short rows", [500, 9], (x) => x.softmax(1), { ulps: 8 }),
  one("softmax of columns", [300, 5], (x) => x.softmax(0), { ulps: 8 }),
  one("variance of rows", [7, 700], (x) => x.sub(x.mean(1, true)).square().mean(1), { ulps: 16 }),
  one("half sums", [5, 600], (x) => x.sum(1), { dtypes: ["f16", "bf16"], absolute: true }),
  one("greatest with NaN", [40, 200], (x) => holed(x).max(1)),
  one("place of the greatest with NaN", [40, 200], (x) => holed(x).argmax(1)),
  one("places in order with NaN", [3, 300], (x) => holed(x).argsort(1)),
  one("places in falling order with NaN", [3, 300], (x) => holed(x).argsort(1, true)),
  one("order of columns", [130, 3], (x) => x.argsort(0)),
  one("sum into many places", [400, 2], (x) => {
    const zeros = Tensor.zeros([40_000, 2]);
    return zeros.scatterAdd(0, index(400, 40_000, 2), x);
  }),
  one("sum into few places", [400, 2], (x) => Tensor.zeros([5, 2]).scatterAdd(0, index(400, 5, 2), x), {
    ulps: 16,
    absolute: true,
  }),
  one("numbers that fit no integer", [300], (x) => x.mul(3e9).to("i32"), { ulps: 0 }),
  [
    "gradient of many patches",
    {
      inputs: [
        [4, 2, 20, 20],
        [4, 3, 18, 18],
      ],
      dtypes: f32,
      build: (x, g) => {
        const geometry = { stride: [1, 1], dilation: [1, 1], padding: [0, 0, 0, 0], groups: 1 } as const;
        return b.convWeight(x, g, geometry, [3, 2, 3, 3]);
      },
      absolute: true,
      ulps: 60,
    },
  ],
  [
    "many inputs",
    {
      inputs: Array.from({ length: 14 }, () => [5]),
      dtypes: f32,
      build: (...inputs) => inputs.reduce((x, y) => b.mul(x, y)),
      ulps: 16,
    },
  ],
];

/** A perceptron of two layers after 20 steps of gradient descent with momentum: losses and parameters. */
export async function trainPerceptron(): Promise<{ losses: number[]; parameters: number[][] }> {
  const random = randomStream(3);
  const draw = (shape: readonly number[], scale: number) =>
    Float32Array.from({ length: shape.reduce((p, n) => p * n, 1) }, () => scale * random.normal());
  const [rows, features, hidden, classes] = [48, 10, 17, 3];
  const X = Tensor.from(draw([rows, features], 1)).reshape([rows, features]);
  const target = Tensor.from(draw([rows, classes], 1)).reshape([rows, classes]);
  const shapes = [[features, hidden], [hidden], [hidden, classes], [classes]];
  const flats = shapes.map((shape, i) =>
    shape.length === 1
      ? Tensor.rand(shape, { seed: i, requiresGrad: true })
      : Tensor.from(draw(shape, 0.3), { requiresGrad: true }),
  );
  const speeds = shapes.map((shape) => Tensor.from(new Float32Array(shape.reduce((p, n) => p * n, 1))));
  const losses: number[] = [];
  for (let step = 0; step < 20; step++) {
    const [w1, b1, w2, b2] = flats.map((p, i) => p.reshape(shapes[i]!)) as [Tensor, Tensor, Tensor, Tensor];
    const out = X.matmul(w1).add(b1).tanh().matmul(w2).add(b2);
    const loss = out.sub(target).square().mean();
    loss.backward();
    flats.forEach((p, i) => {
      speeds[i]!.assign(speeds[i]!.mul(0.9).add(p.grad!));
      p.assign(p.sub(speeds[i]!.mul(0.1)));
      p.grad = null;
    });
    losses.push((await loss.read())[0]!);
  }
  const parameters: number[][] = [];
  for (const p of flats) parameters.push(Array.from(await p.read()));
  return { losses, parameters };
}
