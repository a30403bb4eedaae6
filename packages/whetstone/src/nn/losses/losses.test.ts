import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { grad, Tensor } from "../../tensor/index.ts";
import * as nn from "../index.ts";

interface Packed {
  readonly shape: number[];
  readonly data: number[];
}
const golden = JSON.parse(
  readFileSync(new URL("../../../../../reference/values/torch/nn-losses.json", import.meta.url), "utf8"),
) as {
  functions: { name: string; x: Packed; y: Packed; dy: Packed }[];
  losses: {
    name: string;
    call: Record<string, unknown>;
    inputs: (Packed & { int: boolean })[];
    wrt: number[];
    value: Packed;
    grads: Packed[];
  }[];
  adaptive: {
    x: Packed;
    target: number[];
    output: Packed;
    loss: number;
    logProb: Packed;
    xGrad: Packed;
    params: Record<string, Packed>;
  };
};

const f64 = ({ shape, data }: Packed, requiresGrad = false) =>
  Tensor.from(Float64Array.from(data), { shape, requiresGrad });

function close(actual: Tensor, expected: Packed, what: string, tolerance = 1e-9): void {
  expect(actual.shape, what).toEqual(expected.shape);
  const values = actual.data();
  expected.data.forEach((e, i) => {
    expect(Math.abs(values[i]! - e), `${what}[${i}]: ${values[i]} against ${e}`).toBeLessThan(
      tolerance * (1 + Math.abs(e)),
    );
  });
}

const activations: Record<string, (x: Tensor) => Tensor> = {
  ...(nn as unknown as Record<string, (x: Tensor) => Tensor>),
  relu: (x) => x.relu(),
  sigmoid: (x) => x.sigmoid(),
  tanh: (x) => x.tanh(),
  celu: (x) => nn.celu(x, 1.5),
  geluTanh: (x) => nn.gelu(x, "tanh"),
};

/** Places where a function has a kink, and what this library says there. */
const KINKS: Record<string, Record<number, number>> = {
  relu: { 0: 0 },
  hardSwish: { [-3]: 0, 3: 1 },
};

test.each(golden.functions.map((c) => [c.name, c] as const))(
  "%s and its derivative equal PyTorch",
  (name, c) => {
    const x = f64(c.x, true);
    const y = activations[name]!(x);
    close(y, c.y, name);
    const [dy] = grad([activations[name]!(x).sum()], [x]) as [Tensor];
    const values = dy.data();
    c.dy.data.forEach((e, i) => {
      const expected = KINKS[name]?.[c.x.data[i]!] ?? e;
      expect(
        Math.abs(values[i]! - expected),
        `${name}'(${c.x.data[i]}) = ${values[i]} against ${e}`,
      ).toBeLessThan(
        name.startsWith("hardS") ? 1e-8 : 1e-9, // PyTorch's sixth is a float32
      );
    });
  },
);

const tensorOptions = new Set(["weight", "posWeight"]);

test.each(golden.losses.map((c, i) => [`${i} ${c.name} ${JSON.stringify(c.call)}`, c] as const))(
  "%s equals PyTorch in value and gradients",
  (_, c) => {
    const inputs = c.inputs.map((p, i) =>
      p.int ? Tensor.from(Int32Array.from(p.data), { shape: p.shape }) : f64(p, c.wrt.includes(i)),
    );
    const options = Object.fromEntries(
      Object.entries(c.call).map(([k, v]) => [
        k,
        tensorOptions.has(k) ? Tensor.from(Float64Array.from(v as number[])) : v,
      ]),
    );
    const loss = (nn as unknown as Record<string, (...args: unknown[]) => Tensor>)[c.name]!;
    // PyTorch's gradient of CTC holds for normalised inputs only: differentiate by the logits.
    const f = ([x, ...rest]: Tensor[], given: unknown) =>
      loss(c.name === "ctc" ? x!.logSoftmax(2) : x, ...rest, given);
    const value = f(inputs, options);
    close(value, c.value, "value");
    const grads = grad(
      [f(inputs, options).sum()],
      c.wrt.map((i) => inputs[i]!),
    );
    for (const [i, g] of c.grads.entries()) {
      close(grads[i]!, g, `gradient of input ${c.wrt[i]}`, c.name === "ctc" ? 1e-8 : 1e-9);
    }
  },
);

test("AdaptiveSoftmax equals PyTorch", () => {
  const { adaptive: a } = golden;
  const layer = new nn.AdaptiveSoftmax(16, 10, { cutoffs: [3, 6], divisor: 2 }).to("f64");
  layer.loadStateDict(Object.fromEntries(Object.entries(a.params).map(([name, p]) => [name, f64(p)])));
  const x = f64(a.x, true);
  const target = Tensor.from(Int32Array.from(a.target));
  const { output, loss } = layer.forward(x, target);
  close(output, a.output, "output");
  expect(loss.item()).toBeCloseTo(a.loss, 10);
  close(grad([layer.forward(x, target).loss], [x])[0]!, a.xGrad, "gradient");
  close(layer.logProb(x), a.logProb, "logProb");
});

test("the gradient of CTC is its finite difference, also for sequences of several lengths", () => {
  const raw = Float64Array.from({ length: 4 * 2 * 3 }, (_, i) => Math.sin(i * 1.7));
  const target = Tensor.from(
    [
      [1, 2],
      [2, 0],
    ],
    { dtype: "i32" },
  );
  const lengths = [Tensor.from([4, 3], { dtype: "i32" }), Tensor.from([2, 1], { dtype: "i32" })] as const;
  const f = (values: Float64Array, requiresGrad = false) => {
    const z = Tensor.from(values, { shape: [4, 2, 3], requiresGrad });
    return { z, loss: nn.ctc(z.logSoftmax(2), target, ...lengths) };
  };
  const { z, loss } = f(raw, true);
  const g = grad([loss], [z])[0]!.data();
  for (const i of [0, 5, 11, 17, 23]) {
    const moved = (by: number) => f(Float64Array.from(raw, (v, j) => (j === i ? v + by : v))).loss.item();
    expect(g[i]).toBeCloseTo((moved(1e-5) - moved(-1e-5)) / 2e-5, 7);
  }
});

test("a target longer than its input has infinite CTC loss, or none", () => {
  const logProb = Tensor.zeros([2, 1, 3]).logSoftmax(2);
  const call = (zeroInfinity: boolean) =>
    nn.ctc(
      logProb,
      Tensor.from([[1, 1]], { dtype: "i32" }),
      Tensor.from([2], { dtype: "i32" }),
      Tensor.from([2], { dtype: "i32" }),
      { zeroInfinity },
    );
  expect(call(false).item()).toBe(Number.POSITIVE_INFINITY);
  expect(call(true).item()).toBe(0);
});

test("CTC sums over all alignments", () => {
  // Brute force: every path of length 4 over 3 classes that collapses to the target.
  const T = 4;
  const z = Tensor.randn([T, 1, 3], { seed: 4, dtype: "f64" }).logSoftmax(2);
  const p = z.data();
  let total = 0;
  for (let code = 0; code < 3 ** T; code++) {
    const path = Array.from({ length: T }, (_, t) => Math.floor(code / 3 ** t) % 3);
    const spelled = path.filter((c, t) => c !== 0 && c !== path[t - 1]);
    if (spelled.join() === "1,2") total += Math.exp(path.reduce((s, c, t) => s + p[t * 3 + c]!, 0));
  }
  const lengths = (n: number) => Tensor.from([n], { dtype: "i32" });
  const loss = nn.ctc(z, Tensor.from([[1, 2]], { dtype: "i32" }), lengths(T), lengths(2), {
    reduction: "sum",
  });
  expect(loss.item()).toBeCloseTo(-Math.log(total), 12);
});

test("focal loss is weighted cross-entropy at gamma 0, and its derivative a finite difference at 2", () => {
  const values = Float64Array.from([0.3, -1, 2, 0.5, 0.1, -0.7]);
  const target = Tensor.from([2, 0], { dtype: "i32" });
  const weight = Tensor.from(Float64Array.from([1, 2, 0.5]));
  const z = Tensor.from(values, { shape: [2, 3], requiresGrad: true });
  expect(nn.focal(z, target, { gamma: 0, weight }).item()).toBe(
    nn.crossEntropy(z, target, { weight }).item(),
  );
  const p = z.softmax(1).data();
  const byHand = -((1 - p[2]!) ** 2 * Math.log(p[2]!) + (1 - p[3]!) ** 2 * Math.log(p[3]!)) / 2;
  expect(nn.focal(z, target).item()).toBeCloseTo(byHand, 12);
  const g = grad([nn.focal(z, target, { weight })], [z])[0]!.data();
  for (let i = 0; i < 6; i++) {
    const at = (by: number) =>
      nn
        .focal(
          Tensor.from(
            Float64Array.from(values, (v, j) => (j === i ? v + by : v)),
            { shape: [2, 3] },
          ),
          target,
          { weight },
        )
        .item();
    expect(g[i]).toBeCloseTo((at(1e-6) - at(-1e-6)) / 2e-6, 7);
  }
});

test("losses without a PyTorch counterpart equal their formulas", () => {
  const [z, y] = [Tensor.from(Float64Array.from([2, -1, 0.3])), Tensor.from(Float64Array.from([1, 0, 1]))];
  const s = (v: number) => 1 / (1 + Math.exp(-v));
  const terms = [
    0.25 * (1 - s(2)) ** 2 * -Math.log(s(2)),
    0.75 * s(-1) ** 2 * -Math.log(1 - s(-1)),
    0.25 * (1 - s(0.3)) ** 2 * -Math.log(s(0.3)),
  ];
  expect(nn.sigmoidFocal(z, y, { reduction: "sum" }).item()).toBeCloseTo(
    terms.reduce((a, t) => a + t),
    12,
  );
  expect(nn.hinge(z, y.mul(2).sub(1), { reduction: "none" }).toArray()).toEqual([0, 0, 0.7]);
  expect(nn.logCosh(z, y, { reduction: "sum" }).item()).toBeCloseTo(
    [1, -1, -0.7].reduce((a, e) => a + Math.log(Math.cosh(e)), 0),
    12,
  );
  expect(nn.quantileLoss(z, y, 0.9, { reduction: "none" }).data()[2]).toBeCloseTo(0.63, 12);
  const a = Tensor.from(Float64Array.from([0, 0, 1, 0]), { shape: [2, 2] });
  const c = Tensor.from(Float64Array.from([3, 4, 1, 0.5]), { shape: [2, 2] });
  const pair = nn.contrastive(a, c, Tensor.from([1, 0]), { reduction: "none" }).data();
  expect(pair[0]).toBeCloseTo(12.5, 4);
  expect(pair[1]).toBeCloseTo(0.125, 4);
});

test("wrong shapes and options are named", () => {
  const z = Tensor.zeros([2, 3]);
  expect(() => nn.crossEntropy(z, Tensor.from([0, 1, 2], { dtype: "i32" }))).toThrow(
    /crossEntropy: target has shape \[3\]/,
  );
  expect(() => nn.mse(z, Tensor.zeros([3, 2]))).toThrow(/mse: target has shape \[3, 2\], expected \[2, 3\]/);
  expect(() => nn.mse(z, z, { reduction: "avg" as never })).toThrow(/mse: reduction is "avg"/);
  expect(() => nn.huber(z, z, { delta: 0 })).toThrow(/huber: delta is 0/);
});
