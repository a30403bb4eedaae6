import { expect, test } from "vitest";
import { Tensor } from "../../tensor/index.ts";
import * as nn from "../index.ts";

const share = (t: Tensor, value: number) => {
  const data = t.data();
  let n = 0;
  for (const v of data) if (v === value) n++;
  return n / data.length;
};

test("dropout zeroes its share, rescales the rest, draws anew each pass, and is the identity in eval", () => {
  const layer = new nn.Dropout(0.3, { seed: 1 });
  const x = Tensor.ones([100, 100]);
  const [a, b] = [layer.forward(x), layer.forward(x)];
  expect(Math.abs(share(a, 0) - 0.3)).toBeLessThan(0.02); // 4 standard errors are 0.018
  expect(Math.abs(share(a, Math.fround(1 / 0.7)) - 0.7)).toBeLessThan(0.02);
  expect(a.data()).not.toEqual(b.data());
  expect(new nn.Dropout(0.3, { seed: 1 }).forward(x).data()).toEqual(a.data());
  expect(layer.eval().forward(x)).toBe(x);
  expect(() => new nn.Dropout(1)).toThrow("Dropout: p is 1, expected a number >= 0 and < 1");
});

test("channel dropout and stochastic depth drop whole channels and samples", () => {
  const x = Tensor.ones([40, 25, 2, 2]);
  const channels = new nn.ChannelDropout(0.4, { seed: 2 }).forward(x).reshape([1000, 4]);
  for (const row of channels.toArray() as number[][]) expect(new Set(row).size).toBe(1);
  expect(Math.abs(share(channels, 0) - 0.4)).toBeLessThan(0.07);
  const paths = new nn.DropPath(0.25, { seed: 3 }).forward(Tensor.ones([1000, 3]));
  for (const row of paths.toArray() as number[][]) expect(new Set(row).size).toBe(1);
  expect(Math.abs(share(paths, 0) - 0.25)).toBeLessThan(0.06);
});

test("alpha dropout keeps mean 0 and variance 1", () => {
  const y = new nn.AlphaDropout(0.2, { seed: 4 }).forward(Tensor.randn([200, 100], { seed: 1 }));
  expect(Math.abs(y.mean().item())).toBeLessThan(0.04);
  expect(Math.abs(y.variance().item() - 1)).toBeLessThan(0.05);
});

test("a pass replays after its state is restored", () => {
  const net = nn.seeded(5, () => new nn.Sequential(new nn.Dropout(0.5), new nn.Dropout(0.2)));
  net.forward(Tensor.ones([8, 8]));
  const state = net.randomState();
  const next = net.forward(Tensor.ones([8, 8])).data();
  net.forward(Tensor.ones([8, 8]));
  net.loadRandomState(state);
  expect(net.forward(Tensor.ones([8, 8])).data()).toEqual(next);
  expect(() => net.loadRandomState({})).toThrow("the state lacks 0.draws");
});

test("spectral norm: power iteration finds the largest singular value, and the layer's is then 1", () => {
  const layer = new nn.SpectralNorm(new nn.Linear(4, 3, { seed: 6, bias: false }), { seed: 7 });
  for (let i = 0; i < 60; i++) layer.forward(Tensor.ones([1, 4])).data();
  const w = layer.layer.weight;
  // Power iteration's fixed point, checked by W^T W v = sigma^2 v.
  const sigma = layer.sigma().item();
  const lhs = w
    .transpose()
    .matmul(w.matmul(layer.v.unsqueeze(1)))
    .squeeze(1)
    .data();
  const v = layer.v.data();
  for (let i = 0; i < 4; i++) expect(lhs[i]).toBeCloseTo(sigma ** 2 * v[i]!, 5);
  const rows = layer.eval().forward(Tensor.eye(4)); // W^T / sigma
  const frobenius = rows.square().sum().item();
  expect(frobenius).toBeGreaterThanOrEqual(1 - 1e-5);
  expect(rows.transpose().matmul(layer.v.unsqueeze(1)).square().sum().item()).toBeCloseTo(1, 5);
});

test("initial values have the variances of their papers", () => {
  const variance = (t: Tensor) => t.variance().item();
  expect(variance(nn.xavierNormal([120, 80], { seed: 1 })) * 100).toBeCloseTo(1, 1);
  expect(variance(nn.xavierUniform([120, 80], { seed: 1, gain: 2 })) * 25).toBeCloseTo(1, 1);
  expect(variance(nn.heNormal([100, 50], { seed: 1 })) * 25).toBeCloseTo(1, 1);
  expect(variance(nn.heUniform([100, 50], { seed: 1, fan: "out", negativeSlope: 1 })) * 100).toBeCloseTo(
    1,
    1,
  );
  expect(nn.fans([8, 3, 2, 5])).toEqual({ fanIn: 30, fanOut: 80 });
  const t = nn.truncatedNormal([20_000], { std: 0.5, seed: 3 }).data();
  expect(Math.max(...t)).toBeLessThanOrEqual(1);
  expect(Math.min(...t)).toBeGreaterThanOrEqual(-1);
  // Variance of a standard normal cut at +-2: 0.7737
  expect(variance(Tensor.from(t)) / 0.25).toBeCloseTo(0.774, 1);
  for (const shape of [
    [5, 3],
    [3, 5],
    [4, 2, 2],
  ]) {
    const q = nn.orthogonal(shape, { seed: 2 }).reshape([shape[0]!, -1]);
    const gram = q.shape[0]! <= q.shape[1]! ? q.matmul(q.transpose()) : q.transpose().matmul(q);
    const n = gram.shape[0]!;
    gram
      .sub(Tensor.eye(n))
      .abs()
      .data()
      .forEach((e) => {
        expect(e).toBeLessThan(1e-6);
      });
  }
});

test("hierarchical softmax is a distribution over a Huffman tree", () => {
  const layer = new nn.HierarchicalSoftmax(3, [50, 1, 2, 30, 7, 10], { seed: 1 });
  const x = Tensor.randn([4, 3], { seed: 2 });
  layer
    .logProb(x)
    .exp()
    .sum(1)
    .data()
    .forEach((total) => {
      expect(total).toBeCloseTo(1, 5);
    });
  expect([0, 1, 2, 3, 4, 5].map((c) => layer.pathLength(c))).toEqual([1, 5, 5, 2, 4, 3]);
  const target = Tensor.from([0, 3, 5, 1], { dtype: "i32" });
  const own = layer.forward(x, target).output.data();
  const all = layer.logProb(x).toArray() as number[][];
  [0, 3, 5, 1].forEach((c, row) => {
    expect(own[row]).toBeCloseTo(all[row]![c]!, 5);
  });
});

test("the gradient of sampled softmax is that of the full one on average", () => {
  const x = Tensor.randn([3, 4], { seed: 1 });
  const target = Tensor.from([0, 2, 11], { dtype: "i32" });
  const layer = new nn.SampledSoftmax(4, 12, { samples: 64, seed: 2 });
  const gradient = () => {
    layer.zeroGrad();
    layer.forward(x, target).backward();
    return layer.output.weight.grad!.data();
  };
  layer.eval();
  const full = gradient();
  layer.train();
  const mean = new Float64Array(full.length);
  const passes = 60;
  for (let i = 0; i < passes; i++)
    gradient().forEach((g, j) => {
      mean[j]! += g / passes;
    });
  const length = (v: ArrayLike<number>) => Math.hypot(...Array.from(v));
  expect(length(mean.map((m, i) => m - full[i]!)) / length(full)).toBeLessThan(0.1);
});

test("embeddings: padding stays zero, unknown categories give zeros", () => {
  const layer = new nn.Embedding(4, 3, { seed: 1, paddingIndex: 2 });
  const y = layer.forward(Tensor.from([2, 1], { dtype: "i32" }));
  y.sum().backward();
  expect((y.toArray() as number[][])[0]).toEqual([0, 0, 0]);
  expect((layer.weight.grad!.toArray() as number[][])[2]).toEqual([0, 0, 0]);
  const entity = new nn.EntityEmbedding([3, 7], { seed: 1 });
  expect(entity.width).toBe(2 + 4);
  const z = entity.forward(
    Tensor.from(
      [
        [0, 6],
        [-1, 0],
      ],
      { dtype: "i32" },
    ),
    Tensor.ones([2, 1]),
  );
  expect(z.shape).toEqual([2, 7]);
  expect((z.toArray() as number[][])[1]!.slice(0, 2)).toEqual([0, 0]);
});

test("a masked recurrent layer sees each sequence only to its end", () => {
  const layer = new nn.LSTM(2, 3, { seed: 3, bidirectional: true });
  const x = Tensor.randn([2, 5, 2], { seed: 1 });
  const lengths = Tensor.from([5, 3], { dtype: "i32" });
  const { output, states } = layer.forward(x, { lengths });
  const alone = layer.forward(x.slice(0, 1, 2).slice(1, 0, 3));
  const expected = alone.output.data();
  output
    .at(1, [0, 3])
    .reshape([-1])
    .data()
    .forEach((v, i) => {
      expect(v).toBeCloseTo(expected[i]!, 6);
    });
  expect(states[1]!.c.at(1).data()[0]).toBeCloseTo(alone.states[1]!.c.at(0).data()[0]!, 6);
});

test("a causal block does not look ahead", () => {
  for (const feedForward of ["gelu", "swiglu"] as const) {
    const block = new nn.DecoderBlock(8, 2, {
      seed: 1,
      feedForward,
      norm: feedForward === "swiglu" ? "rms" : "layer",
    });
    const x = Tensor.randn([1, 4, 8], { seed: 2 });
    const changed = Tensor.concat([x.slice(1, 0, 3), x.slice(1, 3).add(1)], 1);
    const [a, b] = [block.forward(x), block.forward(changed)];
    expect(b.slice(1, 0, 3).data()).toEqual(a.slice(1, 0, 3).data());
    expect(b.slice(1, 3).data()).not.toEqual(a.slice(1, 3).data());
  }
});
