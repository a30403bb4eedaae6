import { expect, test } from "vitest";
import { SGD } from "../optim/index.ts";
import { noGrad, Tensor } from "../tensor/index.ts";
import * as nn from "./index.ts";

const net = (seed = 1) =>
  nn.seeded(
    seed,
    () => new nn.Sequential(new nn.Linear(3, 4), new nn.BatchNorm1d(4), new nn.ReLU(), new nn.Linear(4, 2)),
  );

test("parameters and buffers are found by name", () => {
  const m = net();
  expect(m.namedParameters().map(([name]) => name)).toEqual([
    "0.weight",
    "0.bias",
    "1.weight",
    "1.bias",
    "3.weight",
    "3.bias",
  ]);
  expect(m.namedBuffers().map(([name]) => name)).toEqual(["1.runningMean", "1.runningVariance"]);
  expect(m.parameterCount()).toBe(3 * 4 + 4 + 8 + 4 * 2 + 2);
  class Two extends nn.Module {
    heads = [new nn.Linear(2, 1), new nn.Linear(2, 1)];
    scales = [nn.parameter(Tensor.ones([1]))];
    shared = this.heads[0]!;
    override forward(x: Tensor): Tensor {
      return this.heads[0]!.forward(x).mul(this.scales[0]!);
    }
  }
  const names = new Two().namedParameters().map(([name]) => name);
  expect(names).toEqual(["scales.0", "heads.0.weight", "heads.0.bias", "heads.1.weight", "heads.1.bias"]);
});

test("same seed, same net; layers of one net differ; another seed, another net", () => {
  const of = (seed: number) => net(seed).parameters()[0]!.data();
  expect(of(1)).toEqual(of(1));
  expect(of(1)).not.toEqual(of(2));
  const twins = nn.seeded(3, () => [new nn.Linear(2, 2), new nn.Linear(2, 2)]);
  expect(twins[0]!.weight.data()).not.toEqual(twins[1]!.weight.data());
  expect(new nn.Linear(2, 2, { seed: 5 }).weight.data()).toEqual(
    new nn.Linear(2, 2, { seed: 5 }).weight.data(),
  );
  const stochastic = () => new nn.LSTM(2, 3, { layers: 2, seed: 9 }).stateDict();
  expect(stochastic()["cells.1.weightHh"]!.data()).toEqual(stochastic()["cells.1.weightHh"]!.data());
});

test("train and eval are a flag that does not stop gradients", () => {
  const m = net().eval();
  expect(m.modules().every((x) => !x.training)).toBe(true);
  m.forward(Tensor.ones([2, 3]))
    .sum()
    .backward();
  expect(m.parameters()[0]!.grad).not.toBeNull();
  m.zeroGrad();
  expect(m.parameters().every((p) => p.grad === null)).toBe(true);
  expect(noGrad(() => m.forward(Tensor.ones([2, 3]))).requiresGrad).toBe(false);
  expect(
    m
      .train()
      .modules()
      .every((x) => x.training),
  ).toBe(true);
});

test("state goes to another net, and misfits are named", () => {
  const [a, b] = [net(1), net(2)];
  const x = Tensor.randn([5, 3], { seed: 4 });
  a.forward(x).sum().backward(); // moves the running statistics
  expect(b.loadStateDict(a.stateDict())).toEqual({ missing: [], unexpected: [] });
  expect(b.eval().forward(x).data()).toEqual(a.eval().forward(x).data());
  const { "0.bias": _, ...rest } = a.stateDict();
  const report = b.loadStateDict({ ...rest, more: Tensor.ones([1]) }, { strict: false });
  expect(report).toEqual({ missing: ["0.bias"], unexpected: ["more"] });
  expect(() => b.loadStateDict({ ...rest, more: Tensor.ones([1]) })).toThrow(
    "Module.loadStateDict: the state lacks 0.bias; the module has no more",
  );
  expect(() => b.loadStateDict({ ...a.stateDict(), "0.bias": Tensor.ones([3]) })).toThrow(
    "0.bias has shape [3], expected [4]",
  );
});

test("a state is a copy: later steps do not change it", () => {
  const m = net();
  const before = m.stateDict();
  const weight = before["0.weight"]!.data().slice();
  const optimizer = new SGD(m.parameters(), { lr: 0.1 });
  m.forward(Tensor.randn([4, 3], { seed: 1 }))
    .square()
    .sum()
    .backward();
  optimizer.step();
  expect(before["0.weight"]!.data()).toEqual(weight);
  expect(m.stateDict()["0.weight"]!.data()).not.toEqual(weight);
});

test("frozen parameters get no gradient, stay put under an optimizer, and thaw", () => {
  const m = net();
  const optimizer = new SGD(m.parameters(), { lr: 0.1 });
  m.layers[0]!.requireGrad(false);
  expect(m.parameters({ trainable: true })).toHaveLength(4);
  expect(m.parameters()).toHaveLength(6);
  const before = m.stateDict();
  const step = () => {
    optimizer.zeroGrad();
    m.forward(Tensor.randn([4, 3], { seed: 1 }))
      .square()
      .sum()
      .backward();
    optimizer.step();
  };
  step();
  expect(m.stateDict()["0.weight"]!.data()).toEqual(before["0.weight"]!.data());
  expect(m.stateDict()["3.weight"]!.data()).not.toEqual(before["3.weight"]!.data());
  m.layers[0]!.requireGrad();
  step();
  expect(m.stateDict()["0.weight"]!.data()).not.toEqual(before["0.weight"]!.data());
});

test("dtype changes with to", () => {
  const m = net().to("f64");
  expect(m.parameters()[0]!.dtype).toBe("f64");
  expect(m.forward(Tensor.ones([2, 3], { dtype: "f64" })).dtype).toBe("f64");
});

test("containers refuse what is no module", () => {
  expect(() => new nn.Sequential(((x: Tensor) => x) as never)).toThrow("Sequential: layers[0] is a function");
  expect(() => new nn.Linear(0, 1)).toThrow("Linear: inFeatures is 0, expected a whole number >= 1");
  expect(() => new nn.Linear(3, 1).forward(Tensor.ones([2, 4]))).toThrow(
    "Linear.forward: x has shape [2, 4], expected 3 (inFeatures) on the last axis",
  );
  const list = new nn.ModuleList([new nn.Linear(1, 2), new nn.Linear(2, 1)]);
  expect([...list].reduce((x, layer) => layer.forward(x), Tensor.ones([1, 1])).shape).toEqual([1, 1]);
  expect(() => list.forward()).toThrow("ModuleList.forward");
});

test("every exported module class names itself by a string that no minifier touches", async () => {
  const exported = await import("./index.ts");
  const classes = Object.entries(exported).filter(
    ([, v]) => typeof v === "function" && v.prototype instanceof exported.Module,
  ) as unknown as [string, { readonly typeName: string }][];
  expect(classes.length).toBeGreaterThan(50);
  for (const [name, C] of classes) expect([name, C.typeName]).toEqual([name, name]);
});
