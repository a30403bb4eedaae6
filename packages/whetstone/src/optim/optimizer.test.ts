import { describe, expect, test } from "vitest";
import { problem } from "../../test/optim-problem.ts";
import { getBackend, Tensor, withBackend } from "../tensor/index.ts";
import {
  Adam,
  AdamW,
  KFAC,
  LAMB,
  LBFGS,
  Lion,
  Lookahead,
  NAdam,
  type Optimizer,
  RMSprop,
  SAM,
  SGD,
  Shampoo,
  splitForDecay,
} from "./index.ts";

type Train = ReturnType<typeof problem>;

function run(optimizer: Pick<Optimizer, "step" | "zeroGrad">, { loss }: Train, steps: number): void {
  for (let i = 0; i < steps; i++) {
    optimizer.step(() => {
      optimizer.zeroGrad();
      const value = loss();
      value.backward();
      return value;
    });
  }
}

const kinds: Record<
  string,
  (params: Tensor[]) => Pick<Optimizer, "step" | "zeroGrad" | "stateDict" | "loadStateDict">
> = {
  SGD: (p) => new SGD(p, { lr: 0.05, momentum: 0.9 }),
  Adam: (p) => new Adam(p, { lr: 0.05, amsgrad: true }),
  NAdam: (p) => new NAdam(p, { lr: 0.05 }),
  Shampoo: (p) => new Shampoo(p, { momentum: 0.5, updateEvery: 2 }),
  LBFGS: (p) => new LBFGS(p, { lr: 0.5, maxIter: 2 }),
  Lookahead: (p) => new Lookahead(new Adam(p), { k: 2 }),
  SAM: (p) => new SAM(new LAMB(p)),
};

describe("a saved state goes on exactly where it was taken", () => {
  test.each(Object.keys(kinds))("%s", (name) => {
    const whole = problem();
    const straight = kinds[name]!([whole.W, whole.b]);
    run(straight, whole, 3);
    const saved = structuredClone(straight.stateDict());
    const copy = problem();
    copy.W.assign(whole.W.clone());
    copy.b.assign(whole.b.clone());
    const resumed = kinds[name]!([copy.W, copy.b]);
    resumed.loadStateDict(saved);
    run(straight, whole, 3);
    run(resumed, copy, 3);
    expect(copy.values()).toEqual(whole.values());
    expect(resumed.stateDict()).toEqual(straight.stateDict());
  });

  test("a state of another kind or shape is refused, in words", () => {
    const a = Tensor.ones([2], { requiresGrad: true });
    const c = Tensor.ones([3], { requiresGrad: true });
    const state = new Adam([a]).stateDict();
    expect(() => new SGD([a]).loadStateDict(state)).toThrow(
      "SGD.loadStateDict: the state is of Adam, expected SGD",
    );
    expect(() => new Adam([c]).loadStateDict(state)).toThrow(
      /m of parameter 0 has shape \[2\], expected \[3\]/,
    );
    expect(() => new Adam([a, c]).loadStateDict(state)).toThrow(/groups of 1 parameters, expected 2/);
    expect(() => new Adam([a], { amsgrad: true }).loadStateDict(state)).toThrow(/has states m,v, expected/);
  });
});

test("the graph of a step is the same from step to step, whatever the rate", () => {
  const seen: string[] = [];
  const inner = getBackend();
  const spy = {
    ...inner,
    name: "spy",
    read: inner.read.bind(inner),
    readAsync: inner.readAsync.bind(inner),
    realize(outputs: Parameters<typeof inner.realize>[0]) {
      const numbers = new Map<object, number>();
      const lines: string[] = [];
      const visit = (node: (typeof outputs)[number]["node"]): number => {
        let n = numbers.get(node);
        if (n === undefined) {
          const inputs = node.storage ? [] : node.inputs.map(visit);
          n = numbers.size;
          numbers.set(node, n);
          lines.push(`${n} ${node.storage ? `value ${node.dtype} ${node.shape}` : node.signature} ${inputs}`);
        }
        return n;
      };
      for (const { node } of outputs) visit(node);
      seen.push(lines.join("\n"));
      inner.realize(outputs);
    },
  };
  for (const make of [
    (p: Tensor[]) => new Adam(p, { amsgrad: true, weightDecay: 0.1 }),
    (p: Tensor[]) => new SGD(p, { momentum: 0.9, dampening: 0.5 }),
    (p: Tensor[]) => new LAMB(p),
    (p: Tensor[]) => new NAdam(p),
  ]) {
    withBackend(spy, () => {
      const { W, b, loss } = problem();
      const optimizer = make([W, b]);
      seen.length = 0;
      for (let i = 0; i < 3; i++) {
        optimizer.lr = 0.1 / (i + 1);
        optimizer.zeroGrad();
        loss().backward();
        optimizer.step();
      }
    });
    expect(seen.length).toBe(3); // one realisation per step
    expect(seen[1]).toBe(seen[0]);
    expect(seen[2]).toBe(seen[0]);
  }
});

test("options changed between steps hold from the next step on, constants of the plan or not", () => {
  const x = Tensor.from([2, -3], { dtype: "f64", requiresGrad: true });
  const optimizer = new SGD([x], { lr: 0.1, momentum: 0.5 });
  const [group] = optimizer.groups;
  const expected = [2, -3];
  const velocity = [0, 0];
  const options = [
    { lr: 0.1, momentum: 0.5, weightDecay: 0, nesterov: false },
    { lr: 0.2, momentum: 0.5, weightDecay: 0, nesterov: false },
    { lr: 0.2, momentum: 0.9, weightDecay: 0, nesterov: false },
    { lr: 0.2, momentum: 0.9, weightDecay: 0.3, nesterov: false },
    { lr: 0.2, momentum: 0.9, weightDecay: 0.3, nesterov: true },
    { lr: 0.1, momentum: 0.5, weightDecay: 0, nesterov: false },
  ];
  for (const now of options) {
    Object.assign(group!.options, now);
    optimizer.zeroGrad();
    x.square().sum().backward();
    optimizer.step();
    expected.forEach((value, i) => {
      const g = 2 * value + now.weightDecay * value;
      velocity[i] = now.momentum * velocity[i]! + g;
      expected[i] = value - now.lr * (now.nesterov ? g + now.momentum * velocity[i]! : velocity[i]!);
    });
    Array.from(x.data()).forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i]!, 12);
    });
  }
});

test("groups have options of their own; biases can be spared from decay", () => {
  const W = Tensor.ones([2, 2], { requiresGrad: true });
  const b = Tensor.ones([2], { requiresGrad: true });
  const optimizer = new AdamW(splitForDecay([W, b], 0.5), { lr: 0.1 });
  W.sum().add(b.sum()).mul(0).backward();
  optimizer.step();
  for (const v of W.data()) expect(v).toBeCloseTo(0.95, 6);
  expect([...b.data()]).toEqual([1, 1]);
  optimizer.lr = 0.2;
  expect(optimizer.groups.map((g) => g.options.lr)).toEqual([0.2, 0.2]);
});

test("parameters without a gradient stay, and keep their own count of steps", () => {
  const [p, q] = [1, 1].map((v) => Tensor.from(v, { requiresGrad: true })) as [Tensor, Tensor];
  const optimizer = new Adam([p, q], { lr: 0.1 });
  p.mul(2).backward();
  optimizer.step();
  expect([p.item(), q.item()]).toEqual([Math.fround(0.9), 1]);
  optimizer.zeroGrad();
  q.mul(2).backward();
  optimizer.step();
  expect(q.item()).toBeCloseTo(0.9, 6); // the first step of q is corrected as a first step
});

test("float16 weights are updated through float32 averages", () => {
  const w = Tensor.from([1, 2], { dtype: "f16", requiresGrad: true });
  const optimizer = new Adam([w], { lr: 1e-2 });
  w.sum().backward();
  optimizer.step();
  expect(w.dtype).toBe("f16");
  const [a, c] = w.to("f32").data();
  expect([a, c].map((v) => Math.abs(v! - Math.round(v!)))).toEqual([
    expect.closeTo(0.01, 3),
    expect.closeTo(0.01, 3),
  ]);
  expect(optimizer.stateDict().params[0]!.values.v!.data).toBeInstanceOf(Float32Array);
});

test.each([
  ["SGD", (p: Tensor[]) => new SGD(p, { lr: 1e-3, momentum: 0.9 })],
  ["Adam", (p: Tensor[]) => new Adam(p, { betas: [0.9, 0.9] })],
  ["RMSprop", (p: Tensor[]) => new RMSprop(p, { alpha: 0.9, momentum: 0.9 })],
  ["Lion", (p: Tensor[]) => new Lion(p, { betas: [0.9, 0.9] })],
])("%s: what has decayed away is 0 and not a subnormal number", (_, make) => {
  const w = Tensor.from([1, -2], { requiresGrad: true });
  const optimizer = make([w]);
  const sizes = () =>
    Object.values(optimizer.stateDict().params[0]!.values).flatMap(({ data }) =>
      Array.from(data as Float32Array, Math.abs),
    );
  w.grad = Tensor.from([1, -1]);
  optimizer.step();
  w.grad = Tensor.zeros([2]);
  for (let i = 0; i < 400; i++) optimizer.step();
  // 0.9^400 is 5e-19: nothing that is a normal number is dropped.
  expect(Math.min(...sizes())).toBeGreaterThan(1e-20);
  for (let i = 0; i < 800; i++) optimizer.step();
  expect(new Set(sizes())).toEqual(new Set([0]));
});

test("what is wrong with the parameters or options is said", () => {
  const p = Tensor.ones([2], { requiresGrad: true });
  expect(() => new SGD([])).toThrow("SGD: params is empty");
  expect(() => new SGD([Tensor.ones([2])])).toThrow(/params\[0\] is .* expected a leaf/);
  expect(() => new SGD([p.mul(2)])).toThrow(/expected a leaf/);
  expect(() => new SGD([p, p])).toThrow(/listed before/);
  expect(() => new SGD([p], { lr: -1 })).toThrow(/lr is -1/);
  expect(() => new SGD([p], { nesterov: true })).toThrow(/nesterov needs momentum > 0/);
  expect(() => new Adam([p], { betas: [1, 0.9] })).toThrow(/betas/);
  expect(() => new Adam([p], { beta: 1 } as object)).toThrow(/one of lr, betas/);
  expect(() => new LBFGS([p]).step()).toThrow(/closure/);
  expect(() => new LBFGS([p], { lineSearch: "strongWolfe", lr: 0.5 })).toThrow(/line search/);
  expect(() => new KFAC([{ weight: p }])).toThrow(/weight \[out, in\]/);
});

test("L-BFGS with a line search reaches a minimum of Rosenbrock's function", () => {
  const x = Tensor.from([-1.2, 1], { dtype: "f64", requiresGrad: true });
  const optimizer = new LBFGS([x], { lineSearch: "strongWolfe", maxIter: 100, toleranceChange: 0 });
  optimizer.step(() => {
    optimizer.zeroGrad();
    const [a, c] = [x.at(0), x.at(1)];
    const loss = a.neg().add(1).square().add(c.sub(a.square()).square().mul(100));
    loss.backward();
    return loss;
  });
  expect(x.toArray()).toEqual([expect.closeTo(1, 6), expect.closeTo(1, 6)]);
});
