import { expect, test } from "vitest";
import { makeMoons } from "../../data/index.ts";
import { LBFGS, Lookahead, SAM, SGD } from "../../optim/index.ts";
import { Tensor } from "../../tensor/index.ts";
import * as nn from "../index.ts";

type Batch = [Tensor, Tensor];

const moons = (n: number, seed: number): Batch => {
  const { X, y } = makeMoons({ nSamples: n, noise: 0.15, seed });
  return [Tensor.from(X, { dtype: "f32" }), Tensor.from(Int32Array.from(y as Iterable<number>))];
};

const optimizers = {
  LBFGS: (p: Tensor[]) => new LBFGS(p, { lr: 0.5, maxIter: 4, historySize: 5 }),
  "LBFGS with a line search": (p: Tensor[]) => new LBFGS(p, { maxIter: 5, lineSearch: "strongWolfe" }),
  SAM: (p: Tensor[]) => new SAM(new SGD(p, { lr: 0.2, momentum: 0.9 }), { rho: 0.05 }),
  "Lookahead of SAM": (p: Tensor[]) => new Lookahead(new SAM(new SGD(p, { lr: 0.2 })), { k: 2 }),
};

function trainerOf(
  make: (p: Tensor[]) => nn.TrainerOptions<Batch>["optimizer"],
  extra: Partial<nn.TrainerOptions<Batch>> = {},
) {
  const net = new nn.MLP(2, 2, { hidden: [8], dropout: 0.1, batchNorm: true, seed: 1 });
  const trainer = new nn.Trainer<Batch>({
    net,
    optimizer: make(net.parameters()),
    loss: ([x, y]) => nn.crossEntropy(net.forward(x), y),
    ...extra,
  });
  return { net, trainer };
}

const loader = (batchSize: number) =>
  new nn.DataLoader<Batch>(new nn.TensorDataset(...moons(64, 1)), { batchSize, shuffle: true, seed: 3 });
const weights = (net: nn.Sequential) => Object.values(net.stateDict()).map((t) => [...t.data()]);

test.each(Object.entries(optimizers))("%s trains a net and resumes bit by bit", async (_, make) => {
  const whole = trainerOf(make, { watchGradients: true });
  let saved: Uint8Array | null = null;
  const history = await whole.trainer.fit(loader(32), {
    epochs: 6,
    onStep: ({ step }) => {
      if (step === 5) saved = whole.trainer.checkpoint();
    },
  });
  expect(history.at(-1)!.loss).toBeLessThan(0.8 * history[0]!.loss);
  expect(history[0]!.gradientNorm).toBeGreaterThan(0);
  const again = trainerOf(make, { watchGradients: true });
  again.trainer.resume(saved!);
  expect(await again.trainer.fit(loader(32), { epochs: 6 })).toEqual(history);
  expect(weights(again.net)).toEqual(weights(whole.net));
});

test("a closure goes over all batches of a step: accumulated ones are one large batch", async () => {
  const run = async (batchSize: number, accumulate: number) => {
    const net = new nn.MLP(2, 2, { hidden: [6], dropout: 0, batchNorm: false, seed: 4 });
    const trainer = new nn.Trainer<Batch>({
      net,
      optimizer: optimizers.SAM(net.parameters()),
      loss: ([x, y]) => nn.crossEntropy(net.forward(x), y),
      accumulate,
    });
    await trainer.fit(new nn.DataLoader<Batch>(new nn.TensorDataset(...moons(64, 1)), { batchSize }), {
      epochs: 3,
    });
    expect(trainer.step).toBe(3);
    return weights(net).flat();
  };
  const [whole, parts] = [await run(64, 1), await run(16, 4)];
  whole.forEach((w, i) => {
    expect(parts[i]).toBeCloseTo(w, 5);
  });
});

test("a step by closure sees one dropout mask, and running statistics move once", async () => {
  const data = moons(32, 1);
  const make = () =>
    new nn.Sequential(
      new nn.BatchNorm1d(2),
      new nn.Dropout(0.5, { seed: 7 }),
      new nn.Linear(2, 2, { seed: 1 }),
    );
  const once = make();
  once.forward(data[0]).realize();
  const net = make();
  const dropout = net.modules().find((m) => m instanceof nn.Dropout)!;
  const states: string[] = [];
  const trainer = new nn.Trainer<Batch>({
    net,
    optimizer: new LBFGS(net.parameters(), { maxIter: 5, lineSearch: "strongWolfe" }),
    loss: ([x, y]) => {
      states.push(JSON.stringify(dropout.randomState()));
      return nn.crossEntropy(net.forward(x), y);
    },
  });
  await trainer.fit([data], { epochs: 1 });
  expect(states.length).toBeGreaterThan(2);
  expect(new Set(states).size).toBe(1);
  expect(net.buffers().map((b) => [...b.data()])).toEqual(once.buffers().map((b) => [...b.data()]));
  expect(net.randomState()).toEqual(once.randomState());
});

test("clipping and loss scaling are refused with a reason", () => {
  expect(() => trainerOf(optimizers.LBFGS, { clipNorm: 1 })).toThrow(
    "Trainer: clipNorm is 1, expected none with an optimizer that needs a closure",
  );
  expect(() => trainerOf(optimizers.SAM, { scaler: new nn.GradScaler() })).toThrow(
    /Trainer: scaler is .* none with/,
  );
});

test("a loss that is not finite stops the run before the step", async () => {
  const { net, trainer } = trainerOf(optimizers.LBFGS, {
    loss: ([x]) => x.sum().mul(Number.NaN).add(net.parameters()[0]!.sum()),
  });
  const before = weights(net);
  await expect(trainer.fit([moons(8, 1)], { epochs: 1 })).rejects.toThrow(
    /the loss is NaN at step 1 \(epoch 0/,
  );
  expect(weights(net)).toEqual(before);
});
