import { describe, expect, test } from "vitest";
import { attention, conv2d, customGradient, gradcheck, maxPool2d, Tensor } from "./index.ts";

const leaf = (shape: number[], seed: number, low = -1, high = 1) => {
  const x = Tensor.rand(shape, { seed, dtype: "f64" })
    .mul(high - low)
    .add(low);
  return Tensor.from(x.data(), { shape, requiresGrad: true });
};

describe("operations pass", () => {
  const cases: Record<string, [f: (...x: Tensor[]) => Tensor, inputs: Tensor[]]> = {
    arithmetic: [
      (x, y) => x.mul(y).add(x.div(y)).sub(x.pow(y)),
      [leaf([2, 3], 1, 0.5, 2), leaf([3], 2, 0.5, 2)],
    ],
    functions: [
      (x) => x.exp().add(x.log()).add(x.sqrt()).add(x.sin().mul(x.cos())).add(x.atan()).add(x.erf()),
      [leaf([5], 3, 0.2, 2)],
    ],
    squashing: [(x) => x.tanh().add(x.sigmoid()).add(x.expm1()).add(x.log1p()), [leaf([4], 4, -0.9, 2)]],
    softmax: [(x) => x.logSoftmax(1).add(x.softmax(0)).add(x.logSumExp(1, true)), [leaf([2, 3], 5)]],
    reductions: [
      (x) => x.sum(0).add(x.mean(0)).mul(x.variance(0)).add(x.max(0)).add(x.prod(0)),
      [leaf([3, 4], 6)],
    ],
    movement: [
      (x) =>
        Tensor.concat(
          [
            x.transpose().reshape([2, 3]),
            x
              .flip(1)
              .pad([[1, 0]])
              .at(null, [1, 4]),
          ],
          0,
        ),
      [leaf([2, 3], 7)],
    ],
    picking: [
      (x) =>
        x
          .take(Tensor.from([2, 0, 2], { dtype: "i32" }))
          .cumsum(0)
          .add(x.sort(0).values),
      [leaf([3, 2], 8)],
    ],
    products: [(a, b) => a.matmul(b), [leaf([2, 2, 3], 9), leaf([3, 2], 10)]],
    convolution: [
      (x, w, b) => maxPool2d(conv2d(x, w, b, { padding: 1 }), 2),
      [leaf([1, 2, 4, 4], 11), leaf([2, 2, 3, 3], 12), leaf([2], 13)],
    ],
    attention: [
      (q, k, v) => attention(q, k, v, { causal: true }),
      [14, 15, 16].map((s) => leaf([1, 3, 2], s)),
    ],
  };
  test.each(Object.keys(cases))("%s", (name) => {
    const [f, inputs] = cases[name]!;
    const before = inputs.map((x) => x.toArray());
    const report = gradcheck(f, inputs);
    expect(report.ok, report.message).toBe(true);
    expect(report.checked).toBe(f(...inputs).size * inputs.reduce((n, x) => n + x.size, 0));
    expect(inputs.map((x) => x.toArray())).toEqual(before);
  });
});

test("a wrong gradient is found, and the worst entry named", () => {
  const x = leaf([2, 2], 1, 1, 2);
  const wrong = (v: Tensor) =>
    customGradient(v.pow(3), [v], (g) => [
      g.mul(v.square().mul(3)).mul(Tensor.from([1, 1.5], { dtype: "f64" })),
    ]);
  const { ok, worst, message } = gradcheck(wrong, [x]);
  expect(ok).toBe(false);
  expect(worst.inputIndex[1]).toBe(1);
  expect(worst.outputIndex).toEqual(worst.inputIndex);
  expect(worst.autograd / worst.numerical).toBeCloseTo(1.5, 6);
  expect(message).toMatch(
    /^d output\[\d,1\] \/ d inputs\[0\]\[\d,1\] is [\d.]+ by autograd and [\d.]+ by differences$/,
  );
});

test("NaN does not pass, parameters may be held by the function, and float32 is refused", () => {
  const x = Tensor.from(-1, { dtype: "f64", requiresGrad: true });
  expect(gradcheck((v) => v.log(), [x]).ok).toBe(false);
  const w = leaf([2], 3);
  const fixed = Tensor.from([3, 4], { dtype: "f64" });
  expect(gradcheck(() => w.mul(fixed).sum(), [w]).ok).toBe(true);
  expect(() => gradcheck((v) => v, [Tensor.ones([1], { requiresGrad: true })])).toThrow(/float64 leaf/);
});
