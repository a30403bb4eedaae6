import { describe, expect, test } from "vitest";
import { interpreterBackend } from "../backends/interpreter/index.ts";
import { referenceBackend } from "../backends/reference/index.ts";
import { wasmBackend } from "../backends/wasm/index.ts";
import { setBackend, withBackend } from "../engine.ts";
import { attention, checkpoint, conv2d, grad, maxPool2d, noGrad, Tensor } from "../index.ts";
import type { Schedule } from "./kernel.ts";

const randn = (shape: number[], seed: number, requiresGrad = false) =>
  Tensor.randn(shape, { seed, requiresGrad });

/** Graphs whose scheduling is easy to get wrong; each is compared with the reference, node by node. */
const CASES: Record<string, () => Tensor[]> = {
  "element-wise chain": () => [randn([5, 7], 1).exp().add(1).log().mul(3)],
  "two results of one chain": () => {
    const x = randn([4, 3], 1).tanh();
    return [x, x.mul(2).exp()];
  },
  broadcasts: () => [
    randn([3, 1, 4], 1)
      .add(randn([5, 1], 2))
      .mul(randn([4], 3)),
  ],
  "views of a computed value": () => {
    const x = randn([4, 6], 1).exp();
    return [x.transpose().add(1), x.reshape([2, 12]).mul(2), x.slice(1, 1, 5, 2), x.flip(0).add(x)];
  },
  "padding and joining": () => [
    Tensor.concat([randn([2, 3], 1).exp(), randn([1, 3], 2), randn([3, 3], 3).neg()], 0),
    randn([3, 4], 4).pad(
      [
        [1, 2],
        [0, 1],
      ],
      7,
    ),
    Tensor.concat([Tensor.arange(3), Tensor.arange(2)]),
  ],
  "reshape of a padded view": () => [
    randn([3, 4], 1)
      .pad([
        [0, 0],
        [0, 2],
      ])
      .reshape([2, 9])
      .mul(2),
  ],
  softmax: () => [randn([6, 5], 1).softmax(-1), randn([6, 5], 2).softmax(0), randn([2, 3, 4], 3).softmax(1)],
  "layer norm": () => {
    const x = randn([6, 8], 1);
    return [
      x
        .sub(x.mean(-1, true))
        .div(x.variance(-1, true, 0).add(1e-5).sqrt())
        .mul(randn([8], 2))
        .add(randn([8], 3)),
    ];
  },
  "batch norm statistics": () => {
    const x = randn([3, 4, 5, 2], 1).exp();
    const mean = x.mean([0, 2, 3], true);
    return [x.sub(mean).square().mean([0, 2, 3]), mean, x.sub(mean)];
  },
  "reductions of integers and bool": () => [
    Tensor.arange(24).reshape([4, 6]).sum(0),
    Tensor.arange(24).reshape([4, 6]).mod(5).max(1),
    randn([4, 6], 1).gt(0).sum(),
    randn([4, 6], 1).gt(0).any(1),
    randn([4, 6], 1).argmax(1),
    randn([4, 6], 1).argmin(0),
  ],
  "a long reduction": () => {
    const x = randn([40000], 1);
    return [x.square().mean(), x.abs().sum(), x.reshape([2, 20000]).exp().sum(1)];
  },
  "a long reduction whose prologue is needed later": () => {
    const x = randn([30000], 1).sin();
    return [x.square().sum(), x.mul(2)];
  },
  "softmax of a long vector": () => [randn([20000], 1).softmax(0)],
  "a product with prologue and epilogue": () => [
    randn([5, 6], 1)
      .relu()
      .matmul(randn([7, 6], 2).transpose())
      .add(randn([7], 3))
      .sigmoid(),
  ],
  "batched products of views": () => [
    randn([2, 3, 4, 5], 1)
      .permute([0, 2, 1, 3])
      .matmul(randn([2, 4, 5, 6], 2)),
    randn([1, 3, 4], 3)
      .expand([2, 3, 4])
      .matmul(randn([4, 2], 4)),
  ],
  convolutions: () => [
    conv2d(randn([2, 4, 6, 5], 1), randn([6, 2, 3, 2], 2), randn([6], 3), {
      padding: 1,
      stride: [2, 1],
      groups: 2,
    }),
    maxPool2d(randn([1, 2, 6, 6], 4), 3, { stride: 2, padding: 1 }),
  ],
  attention: () => {
    const q = randn([2, 2, 5, 4], 1);
    return [attention(q, randn([2, 2, 5, 4], 2), randn([2, 2, 5, 3], 3), { causal: true })];
  },
  picking: () => {
    const x = randn([5, 4], 1);
    const index = Tensor.from([4, 0, 2, 2], { dtype: "i32" });
    return [
      x.exp().take(index),
      x.transpose().take(index, 1),
      x.gather(1, x.argsort(1)),
      Tensor.zeros([5, 2]).scatterAdd(
        0,
        Tensor.from(
          [
            [0, 4],
            [0, 1],
          ],
          { dtype: "i32" },
        ),
        randn([2, 2], 2),
      ),
      x.cumsum(0),
      x.topk(2).values,
    ];
  },
  "half precision": () => [
    randn([4, 4], 1)
      .to("f16")
      .matmul(randn([4, 4], 2).to("f16"))
      .add(1),
    randn([9], 1).to("bf16").mul(3).sum(),
    Tensor.from([1e-8, 70000, 0.1]).to("f16").to("f32"),
  ],
  "other dtypes": () => [
    randn([3, 3], 1).to("f64").exp().sum(0),
    Tensor.arange(6).to("u8").mul(100),
    randn([8], 1).mul(100).to("i32"),
    randn([8], 1)
      .to("f64")
      .add(randn([8], 2)),
  ],
  "empty tensors": () => [
    Tensor.zeros([0, 3]).add(1),
    Tensor.zeros([0, 3]).sum(0),
    Tensor.zeros([2, 0]).matmul(Tensor.zeros([0, 3])),
  ],
  "constants and leaves as results": () => {
    const x = randn([3], 1).realize();
    return [Tensor.ones([3]), x, x.reshape([3, 1]), Tensor.arange(4)];
  },
  "gradients of a small net": () => {
    const [w, b, v] = [randn([6, 4], 1, true), randn([4], 2, true), randn([4, 3], 3, true)] as const;
    const logits = randn([5, 6], 4).matmul(w).add(b).relu().matmul(v);
    const loss = logits
      .logSoftmax()
      .gather(1, Tensor.from([[0], [1], [2], [0], [1]], { dtype: "i32" }))
      .mean()
      .neg();
    return [loss, ...grad([loss], [w, b, v])];
  },
  "gradients through convolution and pooling": () => {
    const [x, w] = [randn([2, 2, 6, 6], 1, true), randn([3, 2, 3, 3], 2, true)] as const;
    const y = maxPool2d(conv2d(x, w, null, { padding: 1 }).relu(), 2)
      .square()
      .sum();
    return grad([y], [x, w]);
  },
  "checkpointed gradients": () => {
    const w = randn([4, 4], 1, true);
    const y = checkpoint((u) => u.matmul(w).tanh().matmul(w).tanh(), randn([3, 4], 2)).sum();
    return [y, ...grad([y], [w])];
  },
};

/** float32 rounds at the size of the largest term that is added. */
const near = (a: ArrayLike<number>, b: ArrayLike<number>) => {
  expect(a.length).toBe(b.length);
  let largest = 1;
  for (let i = 0; i < b.length; i++) if (Number.isFinite(b[i])) largest = Math.max(largest, Math.abs(b[i]!));
  for (let i = 0; i < a.length; i++) {
    if (Object.is(a[i], b[i])) continue;
    const error = Math.abs(a[i]! - b[i]!);
    expect(error, `element ${i}: ${a[i]} and ${b[i]}`).toBeLessThanOrEqual(2e-6 * largest);
  }
};

describe("a schedule computes what the graph says:", () => {
  test.each(Object.entries(CASES))("%s", (_, make) => {
    const expected = withBackend(referenceBackend, () => make().map((t) => t.data()));
    for (const [together, backend] of [
      [true, interpreterBackend()],
      [false, interpreterBackend()],
      [true, wasmBackend],
      [false, wasmBackend],
    ] as const) {
      const actual = withBackend(backend, () => {
        const results = make();
        if (together) Tensor.concat(results.map((r) => r.reshape([-1]).to("f64"))).realize();
        return results.map((t) => t.data());
      });
      for (const [i, array] of actual.entries()) near(array, expected[i]!);
    }
  });
});

describe("the scheduler fuses", () => {
  const schedulesOf = (make: () => Tensor): Schedule[] => {
    const seen: Schedule[] = [];
    withBackend(interpreterBackend({ execute: false, onSchedule: (s) => seen.push(s) }), () =>
      make().realize(),
    );
    return seen;
  };
  const kernels = (make: () => Tensor) => schedulesOf(make).flatMap((s) => s.kernels);
  const x = Tensor.from(Array.from({ length: 12 }, () => [1, 2, 3, 4, 5, 6, 7, 8]));

  test("a chain of ten operations into one kernel", () => {
    expect(kernels(() => Array.from({ length: 5 }).reduce<Tensor>((t) => t.exp().add(1), x))).toHaveLength(1);
  });
  test("softmax, log-softmax and layer norm into one kernel each", () => {
    expect(kernels(() => x.softmax())).toHaveLength(1);
    expect(kernels(() => x.logSoftmax())).toHaveLength(1);
    expect(kernels(() => x.sub(x.mean(-1, true)).div(x.variance(-1, true).add(1e-5).sqrt()))).toHaveLength(1);
  });
  test("bias and activation of a product into one kernel after it", () => {
    expect(
      kernels(() =>
        x
          .matmul(Tensor.from(Array.from({ length: 8 }, () => [1, 2])))
          .add(1)
          .relu(),
      ),
    ).toHaveLength(2);
  });
  test("nothing at all for views", () => {
    expect(kernels(() => x.transpose().slice(0, 2, 5).add(1))).toHaveLength(1);
  });
});

test("a parameter is updated where it lies, and old results say that they are gone", () => {
  const backend = interpreterBackend();
  setBackend(backend);
  try {
    const p = Tensor.from([1, 2, 3], { requiresGrad: true }).realize();
    for (let step = 0; step < 5; step++) {
      p.grad = null;
      const old = p.mul(1);
      p.mul(p).sum().backward();
      noGrad(() => p.assign(p.sub(p.grad!.mul(0.1))));
      const host = p.realize().node.storage!.host;
      expect(p.data()[0]).toBeCloseTo(0.8 ** (step + 1), 6);
      expect(host).toBe(p.node.storage!.host);
      if (step === 2) expect(() => old.data()).toThrow(/has since been updated/);
    }
    expect(backend.plans()).toBe(1);
  } finally {
    setBackend(referenceBackend);
  }
});
