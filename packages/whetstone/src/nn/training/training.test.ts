import { expect, test } from "vitest";
import { makeMoons } from "../../data/index.ts";
import { Adam, SGD } from "../../optim/index.ts";
import { Tensor } from "../../tensor/index.ts";
import * as nn from "../index.ts";

type Batch = [Tensor, Tensor];

const moons = (n: number, seed: number): Batch => {
  const { X, y } = makeMoons({ nSamples: n, noise: 0.15, seed });
  return [Tensor.from(X, { dtype: "f32" }), Tensor.from(Int32Array.from(y as Iterable<number>))];
};

const small = (seed = 1, dropout = 0.2) => new nn.MLP(2, 2, { hidden: [8, 8], dropout, seed });

function trainerOf(net: nn.Sequential, extra: Partial<nn.TrainerOptions<Batch>> = {}): nn.Trainer<Batch> {
  return new nn.Trainer<Batch>({
    net: net,
    optimizer: new Adam(net.parameters(), { lr: 0.01 }),
    loss: ([x, y]) => nn.crossEntropy(net.forward(x), y),
    metrics: { accuracy: ([x, y]) => net.forward(x).argmax(1).eq(y).to("f32").mean() },
    ...extra,
  });
}

const loaderOf = (data: Batch, batchSize = 16) =>
  new nn.DataLoader<Batch>(new nn.TensorDataset(...data), { batchSize, shuffle: true, seed: 3 });

const weights = (net: nn.Sequential) =>
  Object.fromEntries(Object.entries(net.stateDict()).map(([name, t]) => [name, [...t.data()]]));

test("a trainer learns two moons and reports epochs, steps and metrics", async () => {
  const net = small();
  const trainer = trainerOf(net, { clipNorm: 1 });
  const seen: number[] = [];
  const history = await trainer.fit(loaderOf(moons(120, 1)), {
    epochs: 12,
    validation: [moons(60, 2)],
    onStep: ({ step }) => seen.push(step),
  });
  expect(history).toHaveLength(12);
  expect(seen.length).toBe(12 * 8);
  expect(history.at(-1)!.steps).toBe(96);
  expect(history.at(-1)!.metrics.accuracy).toBeGreaterThan(0.85);
  expect(history.at(-1)!.loss).toBeLessThan(history[0]!.loss);
  expect(history[0]!.gradientNorm).toBeGreaterThan(0);
  expect(net.training).toBe(true);
});

test("a run resumed in the middle of an epoch equals one that was not stopped, bit by bit", async () => {
  const data = moons(50, 1);
  const make = () => {
    const net = small(2);
    return { net, trainer: trainerOf(net, { average: new nn.WeightAverage(net, 0.9) }) };
  };
  const whole = make();
  let saved: Uint8Array | null = null;
  await whole.trainer.fit(loaderOf(data), {
    epochs: 3,
    onStep: ({ step }) => {
      if (step === 6) saved = whole.trainer.checkpoint();
    },
  });
  const again = make();
  again.trainer.resume(saved!);
  const history = await again.trainer.fit(loaderOf(data), { epochs: 3 });
  expect(weights(again.net)).toEqual(weights(whole.net));
  expect(history).toEqual(whole.trainer.history);
  expect(() => trainerOf(small(2)).resume(saved!)).toThrow("the run was saved with a average");
  expect(() => again.trainer.resume(new Uint8Array(3))).toThrow("Trainer.resume");
});

test("accumulated gradients of equal parts are those of the whole batch", async () => {
  const data = moons(64, 1);
  const run = async (batchSize: number, accumulate: number) => {
    const net = new nn.MLP(2, 2, { hidden: [6], dropout: 0, batchNorm: false, seed: 4 });
    const trainer = trainerOf(net, { optimizer: new SGD(net.parameters(), { lr: 0.1 }), accumulate });
    const loader = new nn.DataLoader<Batch>(new nn.TensorDataset(...data), { batchSize });
    await trainer.fit(loader, { epochs: 2 });
    return Object.values(net.stateDict()).flatMap((t) => [...t.data()]);
  };
  const [whole, parts] = [await run(64, 1), await run(16, 4)];
  whole.forEach((w, i) => {
    expect(parts[i]).toBeCloseTo(w, 6);
  });
});

test("early stopping stops after its patience and restores the best weights", async () => {
  const net = small(1, 0);
  // A validation set with the labels exchanged: it gets worse from the first epoch on.
  const [x, y] = moons(40, 2);
  const wrong: Batch = [x, y.neg().add(1)];
  const trainer = trainerOf(net);
  const history = await trainer.fit(loaderOf(moons(100, 1)), {
    epochs: 50,
    validation: [wrong],
    earlyStopping: { patience: 3 },
  });
  const losses = history.map((r) => r.validationLoss!);
  const best = losses.indexOf(Math.min(...losses));
  expect(history).toHaveLength(best + 1 + 3);
  const { $loss } = await nn.evaluate(net, [wrong], {
    $loss: ([a, b]: Batch) => nn.crossEntropy(net.forward(a), b),
  });
  expect($loss).toBeCloseTo(losses[best]!, 6);
});

test("an abort stops between steps and the run can go on", async () => {
  const net = small();
  const controller = new AbortController();
  const trainer = trainerOf(net);
  const run = trainer.fit(loaderOf(moons(50, 1)), {
    epochs: 5,
    signal: controller.signal,
    onStep: ({ step }) => {
      if (step === 5) controller.abort();
    },
  });
  await expect(run).rejects.toThrow("Trainer.fit: aborted");
  expect(trainer.step).toBe(5);
  expect(await trainer.fit(loaderOf(moons(50, 1)), { epochs: 5 })).toHaveLength(5);
});

test("a loss that is not finite is an error with its step", async () => {
  const net = small();
  const trainer = trainerOf(net, { loss: ([x]) => net.forward(x).sum().mul(Number.POSITIVE_INFINITY) });
  await expect(trainer.fit([moons(8, 1)], { epochs: 1 })).rejects.toThrow(
    /the loss is .* at step 1 \(epoch 0/,
  );
});

test("loss scaling: overflowing steps are skipped and the scale falls, then rises again", () => {
  const p = Tensor.from([1, 2], { requiresGrad: true });
  const optimizer = new SGD([p], { lr: 0.1 });
  const scaler = new nn.GradScaler({ initialScale: 2 ** 20, growthInterval: 2 });
  const step = (loss: Tensor) => {
    optimizer.zeroGrad();
    scaler.scale(loss).backward();
    const taken = scaler.step(optimizer);
    scaler.update();
    return taken;
  };
  // 2^20 times a gradient of 1 is infinite in float16.
  expect(step(p.to("f16").sum())).toBe(false);
  expect(p.toArray()).toEqual([1, 2]);
  expect(scaler.scaleFactor).toBe(2 ** 19);
  for (let i = 0; i < 4; i++) step(p.to("f16").sum()); // falls to 2^15, the first finite one
  expect(scaler.scaleFactor).toBe(2 ** 15);
  expect(step(p.to("f16").sum())).toBe(true);
  expect(step(p.to("f16").sum())).toBe(true);
  expect(scaler.scaleFactor).toBe(2 ** 16);
  expect(p.data()[0]).toBeCloseTo(0.8, 3);
  expect(scaler.skipped).toBe(5);
});

test("one scaler serves two optimizers, and a step too many before update() is refused", () => {
  const [p, q] = [1, 2].map((v) => Tensor.from([v], { requiresGrad: true })) as [Tensor, Tensor];
  const [first, second] = [new SGD([p], { lr: 0.1 }), new SGD([q], { lr: 0.1 })];
  const scaler = new nn.GradScaler({ initialScale: 1024 });
  // The second loss overflows, the first does not.
  scaler.scale(p.mul(3).sum().add(q.mul(Number.POSITIVE_INFINITY).sum())).backward();
  expect([scaler.step(first), scaler.step(second)]).toEqual([true, false]);
  expect(p.data()[0]).toBeCloseTo(0.7, 6);
  expect(q.data()[0]).toBe(2);
  expect(() => scaler.step(first)).toThrow(
    "this optimizer has stepped since the last update(); call update() first",
  );
  scaler.update();
  expect([scaler.scaleFactor, scaler.skipped]).toEqual([512, 1]);
  for (const x of [p, q]) x.grad = null;
  scaler.scale(p.mul(3).sum().add(q.sum())).backward();
  expect([scaler.step(first), scaler.step(second)]).toEqual([true, true]);
  expect(q.data()[0]).toBeCloseTo(1.9, 6);
});

test("a mixed-precision run keeps float32 masters and learns as float32 does", async () => {
  const accuracyOf = async (dtype: "f32" | "f16" | "bf16") => {
    const net = new nn.MLP(2, 2, { hidden: [8], dropout: 0, batchNorm: false, seed: 3 });
    const forward = (x: Tensor) => nn.inPrecision(net, dtype, () => net.forward(x.to(dtype))).to("f32");
    const trainer = trainerOf(net, {
      optimizer: new Adam(net.parameters(), { lr: 0.05 }),
      loss: ([x, y]) => nn.crossEntropy(forward(x), y),
      ...(dtype === "f16" && { scaler: new nn.GradScaler({ initialScale: 1024 }) }),
      metrics: { accuracy: ([x, y]) => forward(x).argmax(1).eq(y).to("f32").mean() },
    });
    const history = await trainer.fit(loaderOf(moons(80, 1)), { epochs: 12, validation: [moons(80, 2)] });
    expect(net.parameters()[0]!.dtype).toBe("f32");
    return history.at(-1)!.metrics.accuracy!;
  };
  const full = await accuracyOf("f32");
  for (const dtype of ["f16", "bf16"] as const) {
    expect(Math.abs((await accuracyOf(dtype)) - full)).toBeLessThan(0.05);
  }
});

test("compile, fit, evaluate and predict", async () => {
  const model = nn.compile(new nn.MLP(2, 2, { hidden: [8], seed: 1, dropout: 0 }), {
    optimizer: (p) => new Adam(p, { lr: 0.02 }),
    loss: nn.crossEntropy,
    metrics: ["accuracy"],
  });
  const [x, y] = moons(120, 1);
  const { history } = await model.fit(x, y, { epochs: 12, validationSplit: 0.25, seed: 5 });
  expect(Object.keys(history)).toEqual(["loss", "validationLoss", "accuracy"]);
  expect(history.accuracy!.at(-1)).toBeGreaterThan(0.8);
  const { accuracy } = await model.evaluate(x, y);
  const guess = (await model.predict(x, 50)).argmax(1).eq(y).to("f32").mean().item();
  expect(guess).toBeCloseTo(accuracy!, 6);
  expect(() =>
    nn.compile(model.net, {
      optimizer: (p) => new SGD(p, { lr: 1 }),
      loss: nn.mse,
      metrics: ["f1" as never],
    }),
  ).toThrow('compile: metrics is "f1"');
});
