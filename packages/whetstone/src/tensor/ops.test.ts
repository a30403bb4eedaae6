/** Values and gradients of the public operations against PyTorch: reference/torch/make_ops.py. */
import { expect, test } from "vitest";
import golden from "../../../../reference/values/torch/ops.json" with { type: "json" };
import type { DType } from "./dtype.ts";
import {
  attention,
  avgPool1d,
  avgPool2d,
  conv1d,
  conv2d,
  convTranspose1d,
  convTranspose2d,
  einsum,
  maxPool1d,
  maxPool2d,
  Tensor,
} from "./index.ts";

interface Packed {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

type Operation = (...inputs: [Tensor, Tensor, Tensor]) => Tensor;

const operations: Record<string, Operation> = {
  add: (x, y) => x.add(y),
  sub: (x, y) => x.sub(y),
  mul: (x, y) => x.mul(y),
  maximum: (x, y) => x.maximum(y),
  minimum: (x, y) => x.minimum(y),
  "maximum ties": (x, y) => x.maximum(y),
  div: (x, y) => x.div(y),
  mod: (x, y) => x.mod(y),
  pow: (x, y) => x.pow(y),
  "pow 3": (x) => x.pow(3),
  "pow 0.5": (x) => x.pow(0.5),
  clamp: (x) => x.clamp(-1.005, 1.005),
  neg: (x) => x.neg(),
  abs: (x) => x.abs(),
  sign: (x) => x.sign(),
  floor: (x) => x.floor(),
  ceil: (x) => x.ceil(),
  square: (x) => x.square(),
  exp: (x) => x.exp(),
  expm1: (x) => x.expm1(),
  sin: (x) => x.sin(),
  cos: (x) => x.cos(),
  tanh: (x) => x.tanh(),
  sigmoid: (x) => x.sigmoid(),
  erf: (x) => x.erf(),
  relu: (x) => x.relu(),
  round: (x) => x.round(),
  "relu at 0": (x) => x.relu(),
  "abs at 0": (x) => x.abs(),
  atan: (x) => x.atan(),
  sqrt: (x) => x.sqrt(),
  rsqrt: (x) => x.rsqrt(),
  reciprocal: (x) => x.reciprocal(),
  log: (x) => x.log(),
  log1p: (x) => x.log1p(),
  lt: (x, y) => x.lt(y),
  ge: (x, y) => x.ge(y),
  eq: (x, y) => x.eq(y),
  ne: (x, y) => x.ne(y),
  and: (x, y) => x.and(y),
  xor: (x, y) => x.xor(y),
  where: (x, y) => Tensor.where(x.gt(0), x, y),
  maskedFill: (x) => x.maskedFill(x.lt(0), 0.5),

  sum: (x) => x.sum(),
  "sum 1": (x) => x.sum(1),
  "sum 0 2 keep": (x) => x.sum([0, 2], true),
  "mean -1": (x) => x.mean(-1),
  variance: (x) => x.variance(1),
  "variance 0": (x) => x.variance(-1, true, 0),
  std: (x) => x.std(),
  max: (x) => x.max(),
  "max 1": (x) => x.max(1),
  "max ties": (x) => x.max(0),
  "min 2": (x) => x.min(2),
  "prod 2": (x) => x.prod(2),
  "prod with zero": (x) => x.prod(0),
  "argmax 1": (x) => x.argmax(1),
  argmin: (x) => x.argmin(),
  "any 1": (x) => x.any(1),
  "all 0": (x) => x.all(0),
  softmax: (x) => x.softmax(),
  "softmax 1": (x) => x.mul(50).softmax(1),
  logSoftmax: (x) => x.logSoftmax(),
  logSumExp: (x) => x.logSumExp([0, 2]),
  cumsum: (x) => x.cumsum(1),
  "cumsum reverse": (x) => x.cumsum(1, true),

  reshape: (x) => x.reshape([4, -1]),
  permute: (x) => x.permute([2, 0, 1]),
  transpose: (x) => x.transpose(0, 2),
  squeeze: (x) => x.slice(1, 0, 1).squeeze(1),
  unsqueeze: (x) => x.unsqueeze(-2),
  flatten: (x) => x.flatten(1),
  expand: (x) => x.expand([2, 3, 4]),
  slice: (x) => x.slice(2, 1, 4, 2),
  at: (x) => x.at(1, null, 2),
  flip: (x) => x.flip([0, 2]),
  pad: (x) =>
    x.pad(
      [
        [0, 1],
        [1, 2],
      ],
      3,
    ),
  split: (x) =>
    Tensor.concat(
      x.split(2, 1).map((p, i) => p.mul(i + 1)),
      1,
    ),
  unfold: (x) => x.unfold(1, 3, 2),
  concat: (x, y) => Tensor.concat([x, y], 1),
  stack: (x, y) => Tensor.stack([x, y], 1),
  tril: (x) => x.tril(1),
  triu: (x) => x.triu(-1),

  gather: (x, i) => x.gather(1, i),
  take: (x, i) => x.take(i),
  scatterAdd: (x, i, s) => x.scatterAdd(0, i, s),
  oneHot: (i) => i.oneHot(4),
  argsort: (x) => x.argsort(1),
  sort: (x) => x.sort(1, true).values,
  topk: (x) => x.topk(2, 1).values,

  matmul: (x, y) => x.matmul(y),
  "matmul vectors": (x, y) => x.matmul(y),
  "matmul batch": (x, y) => x.matmul(y),
  "matmul broadcast": (x, y) => x.matmul(y),
  einsum: (x, y) => einsum("bij,jk->bki", x, y),
  "einsum outer": (x, y) => einsum("i,j->ij", x, y),

  conv2d: (x, w, b) => conv2d(x, w, b, { stride: [2, 1], padding: [1, 2], groups: 2 }),
  "conv2d dilated": (x, w) => conv2d(x, w, null, { dilation: 2, padding: 2 }),
  conv1d: (x, w) => conv1d(x, w, null, { stride: 2, padding: 1 }),
  convTranspose2d: (x, w, b) => convTranspose2d(x, w, b, { stride: 2, padding: 1, outputPadding: 1 }),
  convTranspose1d: (x, w) => convTranspose1d(x, w, null, { stride: 3 }),
  maxPool2d: (x) => maxPool2d(x, 2),
  "maxPool2d overlap": (x) => maxPool2d(x, 3, { stride: 2, padding: 1 }),
  maxPool1d: (x) => maxPool1d(x, 3, { stride: 1 }),
  avgPool2d: (x) => avgPool2d(x, 2, { stride: 1, padding: 1 }),
  avgPool1d: (x) => avgPool1d(x, 2),
  attention: (q, k, v) => attention(q, k, v),
  "attention causal": (q, k, v) => attention(q, k, v, { causal: true }),

  linspace: () => Tensor.linspace(-1, 2, 7, { dtype: "f64" }),
  arange: () => Tensor.arange(2, 11, 3),
  eye: () => Tensor.eye(3, { dtype: "f64" }),
};

const tensorOf = ({ dtype, shape, data }: Packed): Tensor =>
  Tensor.from(Float64Array.from(data), { shape, dtype: dtype as DType, requiresGrad: dtype === "f64" });

function agree(actual: Tensor, expected: Packed, what: string): void {
  expect(actual.shape, what).toEqual(expected.shape);
  const found = actual.data();
  expected.data.forEach((value, i) => {
    const error = Math.abs(found[i]! - value) / Math.max(1, Math.abs(value));
    expect(error, `${what}, element ${i}: ${found[i]}, expected ${value}`).toBeLessThan(1e-13);
  });
}

test("every case has an operation, and every operation a case", () => {
  expect(golden.cases.map((c) => c.name).sort()).toEqual(Object.keys(operations).sort());
});

test.each(golden.cases.map((c) => [c.name, c] as const))("%s", (name, c) => {
  const inputs = (c.inputs as Packed[]).map(tensorOf);
  const output = operations[name]!(...(inputs as [Tensor, Tensor, Tensor]));
  const expected = c.output as Packed;
  // oneHot is bool here, and whole numbers there.
  if (name !== "oneHot") expect(output.dtype).toBe(expected.dtype);
  agree(output, expected, name);
  if (!("gradients" in c)) {
    expect(output.requiresGrad).toBe(false);
    return;
  }
  const weights = Tensor.from(
    Float64Array.from({ length: output.size }, (_, i) => (i % 7) - 2.5),
    {
      shape: output.shape,
    },
  );
  output.mul(weights).sum().backward();
  (c.gradients as (Packed | null)[]).forEach((g, i) => {
    if (g) agree(inputs[i]!.grad ?? Tensor.zeros(g.shape), g, `gradient of input ${i}`);
  });
});

test.each([
  [
    [2, 2],
    [2, 2],
    [0, 0],
  ],
  [
    [2, 3],
    [2, 1],
    [0, 0],
  ],
  [
    [3, 2],
    [1, 2],
    [1, 0],
  ],
  [
    [3, 3],
    [3, 3],
    [1, 1],
  ],
  [
    [2, 3],
    [2, 3],
    [0, 1],
  ],
] as [[number, number], [number, number], [number, number]][])(
  "windows of %j every %j, padded by %j, are those of the definition",
  (size, stride, padding) => {
    const [planes, h, w] = [3, 9, 41];
    const values = Float32Array.from({ length: planes * h * w }, (_, i) => Math.sin(i * i));
    const x = Tensor.from(values, { shape: [1, planes, h, w] });
    const pooled = maxPool2d(x, size, { stride, padding });
    const mean = avgPool2d(x, size, { stride, padding });
    const [oh, ow] = pooled.shape.slice(2) as [number, number];
    const [most, means] = [pooled.data(), mean.data()];
    expect(most.length).toBe(planes * oh * ow);
    for (let at = 0; at < most.length; at++) {
      const [p, i, j] = [Math.floor(at / (oh * ow)), Math.floor(at / ow) % oh, at % ow];
      let [best, sum] = [Number.NEGATIVE_INFINITY, 0];
      for (let a = 0; a < size[0]; a++) {
        for (let b = 0; b < size[1]; b++) {
          const [r, c] = [i * stride[0] + a - padding[0], j * stride[1] + b - padding[1]];
          if (r < 0 || r >= h || c < 0 || c >= w) continue;
          best = Math.max(best, values[(p * h + r) * w + c]!);
          sum += values[(p * h + r) * w + c]!;
        }
      }
      expect(most[at]).toBe(best);
      expect(Math.abs(means[at]! - sum / (size[0] * size[1]))).toBeLessThan(1e-6);
    }
  },
);
