import { expect, test } from "vitest";
import { describePlan, Tensor } from "../tensor/index.ts";
import { Linear, Module, NeuralOde, parameter } from "./index.ts";

class Field extends Module<[y: Tensor, t: Tensor]> {
  readonly inner: Linear;
  readonly outer: Linear;
  constructor(dim: number) {
    super();
    this.inner = new Linear(dim, 8, { seed: 1 });
    this.outer = new Linear(8, dim, { seed: 2 });
  }
  override forward(y: Tensor, t: Tensor): Tensor {
    return this.outer.forward(this.inner.forward(y).add(t).tanh());
  }
}

class Decay extends Module<[y: Tensor, t: Tensor]> {
  readonly rate = parameter(Tensor.from(-1.5));
  override forward(y: Tensor): Tensor {
    return y.mul(this.rate);
  }
}

const times = [0, 0.3, 1];

test("follows the exact solution of a linear equation, at uneven times", () => {
  const y = new NeuralOde(new Decay()).forward(Tensor.from([[2, -1]]), times);
  expect(y.shape).toEqual([3, 1, 2]);
  for (const [i, t] of times.entries()) expect(y.at(i, 0, 0).item()).toBeCloseTo(2 * Math.exp(-1.5 * t), 5);
});

test("adjoint gradients agree with the exact ones and with backpropagation through all steps", () => {
  const decay = new Decay();
  const y0 = Tensor.from([[2]], { requiresGrad: true });
  new NeuralOde(decay).forward(y0, times).at(2).sum().backward();
  expect(decay.rate.grad!.item()).toBeCloseTo(2 * Math.exp(-1.5), 4); // d/drate 2 exp(rate) at t = 1
  expect(y0.grad!.item()).toBeCloseTo(Math.exp(-1.5), 5);

  const run = (gradient: "adjoint" | "backprop") => {
    const field = new Field(3);
    const start = Tensor.randn([4, 3], { seed: 5, requiresGrad: true });
    const y = new NeuralOde(field, { gradient, steps: 12 }).forward(start, times);
    y.square().sum().backward();
    return [start, ...field.parameters()].map((p) => [...p.grad!.data()]);
  };
  const [a, b] = [run("adjoint"), run("backprop")];
  for (const [i, g] of a.entries()) {
    for (const [j, v] of g.entries()) expect(Math.abs(v - b[i]![j]!)).toBeLessThan(2e-4 * (1 + Math.abs(v)));
  }
});

test("the adjoint's memory does not grow with the number of steps, that of backpropagation does", () => {
  const bytes = (gradient: "adjoint" | "backprop", steps: number) => {
    const field = new Field(32);
    const start = Tensor.randn([64, 32], { seed: 5, requiresGrad: true });
    const y = new NeuralOde(field, { gradient, steps }).forward(start, [0, 1]).at(1);
    y.square().sum().backward();
    return describePlan(...field.parameters().map((p) => p.grad!)).plannedBytes;
  };
  expect(bytes("adjoint", 32) / bytes("adjoint", 8)).toBeLessThan(1.2);
  expect(bytes("backprop", 32) / bytes("backprop", 8)).toBeGreaterThan(2.5);
});

test("bad times and options are refused", () => {
  const ode = new NeuralOde(new Decay());
  expect(() => ode.forward(Tensor.ones([1]), [0, 0])).toThrow("NeuralOde.forward: times");
  expect(() => new NeuralOde(new Decay(), { steps: 0 })).toThrow("NeuralOde: steps is 0");
});
