import { expect, test } from "vitest";
import { Adam, SGD } from "../../optim/index.ts";
import { grad, noGrad, Tensor } from "../../tensor/index.ts";
import * as nn from "../index.ts";

const net = (seed = 1) =>
  nn.seeded(
    seed,
    () =>
      new nn.Sequential(
        new nn.Linear(3, 6),
        new nn.BatchNorm1d(6),
        new nn.ReLU(),
        new nn.Dropout(0.3),
        new nn.Linear(6, 6),
        new nn.Tanh(),
        new nn.Linear(6, 1),
      ),
  );
const x = Tensor.randn([8, 3], { seed: 1 });

test("checkpointed gradients are the same, dropout too, and batch statistics are updated once", () => {
  const run = (segments: number | null) => {
    const m = net();
    const y = segments === null ? m.forward(x) : nn.checkpointSequential(m, segments, x);
    y.square().sum().backward();
    const gradients = m.namedParameters().flatMap(([, p]) => [...p.grad!.data()]);
    return { gradients, buffers: m.namedBuffers().flatMap(([, b]) => [...b.data()]) };
  };
  const plain = run(null);
  const largest = Math.max(...plain.gradients.map(Math.abs));
  for (const segments of [1, 2, 3, 7]) {
    const { gradients, buffers } = run(segments);
    expect(buffers).toEqual(plain.buffers);
    // Other loops, so sums in another order: the last bits of float32 may differ.
    gradients.forEach((g, i) => {
      expect(Math.abs(g - plain.gradients[i]!)).toBeLessThan(1e-6 * largest);
    });
  }
  expect(() => nn.checkpointSequential(net(), 9, x)).toThrow("checkpointSequential: segments is 9");
});

test("safetensors: values of every dtype come back, foreign names are reported, damage is refused", () => {
  const m = net();
  const bytes = nn.saveSafetensors(m.stateDict(), { author: "test" });
  const header = JSON.parse(
    new TextDecoder().decode(bytes.slice(8, 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true)))),
  );
  expect(header["0.weight"]).toMatchObject({ dtype: "F32", shape: [6, 3] });
  const { state, metadata } = nn.loadSafetensors(bytes);
  expect(metadata.author).toBe("test");
  const other = net(2);
  expect(other.loadStateDict(state)).toEqual({ missing: [], unexpected: [] });
  expect(other.eval().forward(x).data()).toEqual(m.eval().forward(x).data());
  for (const dtype of ["f16", "bf16", "f64", "i32", "u8", "bool"] as const) {
    const t = Tensor.from([
      [1, 0],
      [3, 2],
    ]).to(dtype);
    const back = nn.loadSafetensors(nn.saveSafetensors({ t })).state.t!;
    expect([back.dtype, back.shape, [...back.data()]]).toEqual([dtype, [2, 2], [...t.data()]]);
  }
  const damaged = bytes.slice();
  damaged[bytes.length - 3]! ^= 1;
  expect(() => nn.loadSafetensors(damaged)).toThrow("checksum");
});

test("the running average of weights is the geometric mixture of all steps", () => {
  const m = new nn.Linear(2, 1, { seed: 1 });
  const average = new nn.WeightAverage(m, 0.5);
  const optimizer = new SGD(m.parameters(), { lr: 0.1 });
  let expected = [...m.weight.data()];
  for (let i = 0; i < 4; i++) {
    optimizer.zeroGrad();
    m.forward(Tensor.from([[1, 2]]))
      .square()
      .sum()
      .backward();
    optimizer.step();
    average.update();
    const now = m.weight.data();
    expected = expected.map((e, j) => 0.5 * e + 0.5 * now[j]!);
  }
  average
    .stateDict()
    .weight!.data()
    .forEach((a, j) => {
      expect(a).toBeCloseTo(expected[j]!, 6);
    });
  const own = m.weight.data();
  expect(average.with(() => m.weight.data())).not.toEqual(own);
  expect(m.weight.data()).toEqual(own);
});

test("mixup mixes rows and targets by one share, the same for one seed", () => {
  const y = Tensor.eye(8);
  const { x: mx, y: my, lambda, partner } = nn.mixup(x, y, { alpha: 1, seed: 3 });
  const [a, b] = [x.data(), mx.data()];
  b.forEach((v, i) => {
    const other = a[partner[Math.floor(i / 3)]! * 3 + (i % 3)]!;
    expect(v).toBeCloseTo(lambda * a[i]! + (1 - lambda) * other, 6);
  });
  my.sum(1)
    .data()
    .forEach((s) => {
      expect(s).toBeCloseTo(1, 6);
    });
  expect(nn.mixup(x, y, { alpha: 1, seed: 3 }).lambda).toBe(lambda);
  expect(() => nn.mixup(x, Tensor.eye(3))).toThrow("mixup: y has 3 rows, expected 8");
});

test("a summary names layers, shapes and counts, and leaves the mode as it was", () => {
  const m = net();
  const s = nn.summary(m, Tensor.ones([2, 3]));
  expect(s.layers.map((l) => [l.name, l.type, l.output, l.parameters])).toEqual([
    ["0", "Linear", [2, 6], 24],
    ["1", "BatchNorm1d", [2, 6], 12],
    ["2", "ReLU", [2, 6], 0],
    ["3", "Dropout", [2, 6], 0],
    ["4", "Linear", [2, 6], 42],
    ["5", "Tanh", [2, 6], 0],
    ["6", "Linear", [2, 1], 7],
  ]);
  expect(s.parameters).toBe(85);
  expect(s.toString()).toContain("85 parameters, 85 trainable");
  expect(m.training).toBe(true);
  expect(Object.hasOwn(m.layers[0]!, "forward")).toBe(false);
});

test("health: dead units, gradient norms and the one-batch test see what was planted", () => {
  const m = nn.seeded(1, () => new nn.Sequential(new nn.Linear(3, 10), new nn.ReLU(), new nn.Linear(10, 1)));
  const first = m.layers[0] as nn.Linear;
  first.bias!.become(Tensor.from([-99, -99, -99, ...Array(7).fill(99)]), true);
  expect(nn.deadUnits(m, () => m.forward(x))).toBe(0.3);
  const report = nn.activationReport(m, () => m.forward(x)).find((r) => r.type === "ReLU")!;
  expect([report.dead, report.units, report.zeros]).toEqual([3, 10, expect.closeTo(0.3, 6)]);
  m.forward(x).square().mean().backward();
  const norms = nn.gradientReport(m);
  expect(norms.map((g) => g.name)).toEqual(["0.weight", "0.bias", "2.weight", "2.bias"]);
  expect(norms[3]!.norm).toBeCloseTo(Math.abs(m.layers[2]!.namedParameters()[1]![1].grad!.item()), 4);
  const fresh = net(4);
  const before = Object.values(fresh.stateDict()).flatMap((t) => [...t.data()]);
  const target = Tensor.randn([8, 1], { seed: 9 });
  const losses = nn.overfitOneBatch(
    fresh.eval(),
    new Adam(fresh.parameters(), { lr: 0.05 }),
    () => nn.mse(fresh.forward(x), target),
    { steps: 150 },
  );
  expect(losses.at(-1)).toBeLessThan(0.02 * losses[0]!);
  expect(Object.values(fresh.stateDict()).flatMap((t) => [...t.data()])).toEqual(before);
});

test("Monte-Carlo dropout spreads where dropout does, and leaves batch norm in eval", () => {
  const m = net();
  const { mean, std } = nn.monteCarloDropout(m, () => m.forward(x), { samples: 30 });
  expect(mean.shape).toEqual([8, 1]);
  expect(Math.min(...std.data())).toBeGreaterThan(0);
  const buffers = m.buffers().map((b) => [...b.data()]);
  expect(buffers[0]).toEqual(Array(6).fill(0));
});

test("the curve doctor finds what was planted, and nothing in a good run", () => {
  const findings = (curve: nn.Curve) => nn.diagnoseCurve(curve).map((d) => d.finding);
  const fall = Array.from({ length: 20 }, (_, i) => Math.exp(-i / 5));
  expect(findings({ loss: fall })).toEqual(["healthy"]);
  expect(findings({ loss: [1, 0.8, Number.NaN] })).toEqual(["nan"]);
  expect(findings({ loss: Array(10).fill(0.69) })).toEqual(["constant"]);
  expect(findings({ loss: fall.map((_, i) => 0.7 + 0.001 * Math.cos(i / 3)) })).toContain("flat");
  expect(findings({ loss: fall.map((_, i) => 1 + i * i) })).toContain("diverging");
  expect(findings({ loss: fall.map((v, i) => v + (i % 2 ? 0.5 : 0)) })).toContain("oscillating");
  const rise = fall.map((v, i) => v + i * i * 0.01);
  expect(findings({ loss: fall, validationLoss: rise })).toContain("overfitting");
  expect(
    findings({ loss: fall, validationLoss: rise, accuracy: fall.map((_, i) => 0.6 + i * 0.01) }),
  ).toEqual(["confident and wrong"]);
  const stuck = nn.diagnoseCurve({
    loss: fall,
    accuracy: Array(20).fill(0.9),
    majority: 0.9,
    probabilities: [0.48, 0.49, 0.51, 0.9],
  });
  expect(stuck[0]).toMatchObject({ finding: "flat accuracy", evidence: expect.stringContaining("75 %") });
  expect(findings({ loss: fall, gradientNorm: [1, 2, 500] })).toEqual(["exploding gradients"]);
  expect(findings({ loss: fall, gradientNorm: [1e-5, 1e-6] })).toEqual(["vanishing gradients"]);
});

test("a loss slice passes through the loss, and the smoothness of a quadratic is its curvature", () => {
  const m = new nn.Linear(2, 1, { seed: 1, bias: false }).to("f64");
  const data = Tensor.from(Float64Array.from([1, 0, 0, 2]), { shape: [2, 2] });
  const loss = () => m.forward(data).square().sum(); // w1^2 + 4 w2^2: Hessian 2 and 8
  const slice = nn.lossSlice(m, loss, nn.filterNormalizedDirection(m, 2), { points: 5 });
  expect(slice.at).toEqual([-1, -0.5, 0, 0.5, 1]);
  expect(slice.loss[2]).toBeCloseTo(noGrad(loss).item(), 10);
  // Exactly a parabola.
  const [a, b, c, d, e] = slice.loss as [number, number, number, number, number];
  expect(a - 3 * b + 3 * c - d).toBeCloseTo(0, 6);
  expect(b - 3 * c + 3 * d - e).toBeCloseTo(0, 6);
  const direction = nn.filterNormalizedDirection(m, 2).weight!;
  expect(direction.square().sum().item()).toBeCloseTo(m.weight.square().sum().item(), 5);
  const { lipschitz } = nn.smoothnessAlongStep(m, loss, { lr: 0.01 });
  const w = m.weight.data();
  const g = [2 * w[0]!, 8 * w[1]!];
  expect(lipschitz).toBeCloseTo(Math.hypot(2 * g[0]!, 8 * g[1]!) / Math.hypot(g[0]!, g[1]!), 6);
  const surface = nn.lossSurface(m, loss, { weight: direction }, { weight: direction }, { points: 3 });
  expect(surface.loss).toHaveLength(9);
  expect(surface.loss[4]).toBeCloseTo(slice.loss[2]!, 10);
  expect(surface.loss[2]).toBeCloseTo(surface.loss[4]!, 6); // +1 and -1 of one direction
});

test("transfer: parts freeze, rates go to parts, and the plan has four answers", () => {
  const m = net();
  expect(nn.freezeWhere(m, (name) => !name.startsWith("6"))).toEqual(["6.weight", "6.bias"]);
  const groups = nn.rateGroups(m, { "": 0, "4": 1e-5, "6": 1e-3 });
  expect(groups.map((g) => [g.lr, g.params.length])).toEqual([
    [1e-5, 2],
    [1e-3, 2],
  ]);
  expect(m.parameters({ trainable: true })).toHaveLength(4);
  expect(() => nn.rateGroups(m, { "6": 1 })).toThrow("a part for 0.weight");
  const plans = (["similar", "different"] as const).flatMap((s) =>
    (["small", "large"] as const).map((d) => nn.transferPlan(s, d).advice),
  );
  expect(new Set(plans).size).toBe(4);
});

test("muP: one Adam step changes wide and narrow nets alike; by usual rates wide ones change more", () => {
  const input = Tensor.randn([16, 8], { seed: 2 });
  const target = Tensor.randn([16, 1], { seed: 3 });
  const make = (width: number, mu: boolean) =>
    nn.seeded(
      5,
      () =>
        new nn.Sequential(
          new nn.Linear(8, width),
          new nn.Tanh(),
          new nn.Linear(width, width),
          new nn.Tanh(),
          mu ? new nn.MuReadout(width, 1, { baseFeatures: 8 }) : new nn.Linear(width, 1),
        ),
    );
  const change = (width: number, mu: boolean) => {
    const m = make(width, mu);
    const groups = mu ? nn.muGroups(m, make(8, true), { lr: 0.01 }) : [{ params: m.parameters(), lr: 0.01 }];
    const optimizer = new Adam(groups, {});
    const before = noGrad(() => m.forward(input)).data();
    for (let i = 0; i < 3; i++) {
      optimizer.zeroGrad();
      nn.mse(m.forward(input), target).backward();
      optimizer.step();
    }
    const after = noGrad(() => m.forward(input)).data();
    return Math.hypot(...after.map((v, i) => v - before[i]!));
  };
  const ratio = (mu: boolean) => change(64, mu) / change(8, mu);
  expect(ratio(true)).toBeLessThan(2);
  expect(ratio(false)).toBeGreaterThan(2.5);
  const sgd = nn.muGroups(make(32, true), make(8, true), { lr: 1, optimizer: "sgd" });
  expect(sgd.map((g) => [g.lr, g.params.length])).toEqual([
    [4, 4],
    [1, 2],
  ]);
});

test("substituted parameters get the gradient, and the net is whole again afterwards, also after an error", () => {
  const m = new nn.Linear(2, 1, { seed: 1 });
  const own = m.weight;
  const other = Tensor.ones([1, 2], { requiresGrad: true });
  const y = nn.substitute(
    m,
    (name, p) => (name === "weight" ? other : p),
    () => m.forward(Tensor.from([[3, 4]])),
  );
  expect([...grad([y.sum()], [other])[0]!.data()]).toEqual([3, 4]);
  expect(() =>
    nn.substitute(
      m,
      () => other,
      () => {
        throw new Error("x");
      },
    ),
  ).toThrow("x");
  expect(m.weight).toBe(own);
});
