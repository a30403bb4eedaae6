import { expect, test } from "vitest";
import { Matrix, randomStream } from "../math/index.ts";
import { noGrad, Tensor } from "../tensor/index.ts";
import {
  Adam,
  fitCriticalBatch,
  lrRangeTest,
  noiseScale,
  ProximalSGD,
  SGD,
  sampleNoiseScale,
  WeightAverage,
} from "./index.ts";

test("range test: on a quadratic the edge is where |1 - lr L| passes 1, and everything is put back", () => {
  const L = 50;
  const x = Tensor.from([2, -1], { dtype: "f64", requiresGrad: true });
  const optimizer = new SGD([x], { lr: 0.01, momentum: 0 });
  const { rates, smoothed, lowest, steepest, suggestion } = lrRangeTest(
    optimizer,
    () => {
      optimizer.zeroGrad();
      const loss = x
        .square()
        .sum()
        .mul(L / 2);
      loss.backward();
      optimizer.step();
      return loss.item();
    },
    { from: 1e-5, to: 1, steps: 200, smoothing: 0 },
  );
  // One step of the ramp is a factor of 1.06.
  expect(lowest).toBeGreaterThan((2 / L) * 0.94);
  expect(lowest).toBeLessThan((2 / L) * 1.13);
  expect(suggestion).toBeCloseTo(lowest / 10, 12);
  expect(steepest).toBeLessThan(2 / L);
  expect(rates.length).toBeLessThan(200); // it stopped at the blow-up
  expect(smoothed.at(-1)!).toBeGreaterThan(Math.min(...smoothed));
  expect(optimizer.lr).toBe(0.01);
  expect(x.toArray()).toEqual([2, -1]);
});

test("range test with Adam puts its averages back, too", () => {
  const x = Tensor.from([2], { requiresGrad: true });
  const optimizer = new Adam([x]);
  const before = optimizer.stateDict();
  lrRangeTest(
    optimizer,
    () => {
      optimizer.zeroGrad();
      const loss = x.square().sum();
      loss.backward();
      optimizer.step();
      return loss.item();
    },
    { steps: 20 },
  );
  expect(optimizer.stateDict()).toEqual(before);
});

test("noise scale: norms at two batch sizes recover tr(Sigma) and |G|^2 of a known distribution", () => {
  // Gradients G + noise with G = (3, 4), covariance diag(1, 9): |G|^2 = 25, tr = 10. Over 16 seeds the estimates range
  // over 24.8 to 25.2 and 8.9 to 12.0; from samples, over 24.3 to 25.8 and 9.5 to 10.3.
  const random = randomStream(5);
  const draw = () => [3 + random.normal(), 4 + 3 * random.normal()] as const;
  const squared = (size: number) => {
    let [a, b] = [0, 0];
    for (let i = 0; i < size; i++) {
      const [u, v] = draw();
      a += u / size;
      b += v / size;
    }
    return a * a + b * b;
  };
  const norms = (size: number) => Array.from({ length: 2000 }, () => squared(size));
  const found = noiseScale({ size: 2, squaredNorms: norms(2) }, { size: 32, squaredNorms: norms(32) });
  expect(Math.abs(found.signal - 25)).toBeLessThan(0.5);
  expect(Math.abs(found.noise - 10)).toBeLessThan(3);
  const samples = sampleNoiseScale(Matrix.from(Array.from({ length: 4000 }, () => [...draw()])));
  expect(Math.abs(samples.signal - 25)).toBeLessThan(1.5);
  expect(Math.abs(samples.noise - 10)).toBeLessThan(1);
  expect(noiseScale({ size: 1, squaredNorms: [4] }, { size: 2, squaredNorms: [1] }).scale).toBe(
    Number.POSITIVE_INFINITY,
  );
});

test("the critical batch size is found again from the law it is defined by", () => {
  const batches = [4, 16, 64, 256, 1024];
  const { minSteps, critical } = fitCriticalBatch(
    batches,
    batches.map((B) => 500 * (1 + 120 / B)),
  );
  expect(minSteps).toBeCloseTo(500, 6);
  expect(critical).toBeCloseTo(120, 6);
});

test("proximal SGD sets exactly the zeros of soft thresholding; the subgradient leaves none", () => {
  // min 1/2 |x - a|^2 + l1 |x|_1 has the solution soft(a, l1).
  const a = Tensor.from([2, 0.3, -0.2, -1.5], { dtype: "f64" });
  const solve = (method: "proximal" | "subgradient") => {
    const x = Tensor.from([1, 1, 1, 1], { dtype: "f64", requiresGrad: true });
    const optimizer = new ProximalSGD([x], { lr: 0.1, l1: 0.5, method });
    for (let i = 0; i < 300; i++) {
      optimizer.zeroGrad();
      x.sub(a).square().sum().mul(0.5).backward();
      optimizer.step();
    }
    return [...x.data()];
  };
  const found = solve("proximal");
  [1.5, 0, 0, -1].forEach((v, i) => {
    expect(found[i]).toBeCloseTo(v, 10);
  });
  expect(found.filter((v) => v === 0).length).toBe(2);
  const naive = solve("subgradient");
  expect(naive.filter((v) => v === 0).length).toBe(0);
  expect(Math.abs(naive[1]!)).toBeLessThan(0.1); // within lr times the jump of the subgradient
});

test("an equal average is the mean of the updates, an exponential one its closed form", () => {
  const x = Tensor.from(5, { dtype: "f64", requiresGrad: true });
  const equal = new WeightAverage([x], { decay: "equal" });
  const ema = new WeightAverage([x], { decay: 0.9 });
  const warm = new WeightAverage([x], { decay: 0.9, warmUp: true });
  const values = [1, 4, -2, 8];
  let [expected, warmed] = [5, 5];
  values.forEach((v, i) => {
    noGrad(() => x.assign(Tensor.from(v, { dtype: "f64" })));
    for (const average of [equal, ema, warm]) average.update();
    expected = 0.9 * expected + 0.1 * v;
    const decay = Math.min(0.9, (2 + i) / (11 + i));
    warmed = decay * warmed + (1 - decay) * v;
  });
  const value = (average: WeightAverage) => average.values()[0]!.item();
  expect(value(equal)).toBeCloseTo(11 / 4, 12);
  expect(value(ema)).toBeCloseTo(expected, 12);
  expect(value(warm)).toBeCloseTo(warmed, 12);
  expect(equal.apply(() => x.item())).toBeCloseTo(11 / 4, 12);
  expect(x.item()).toBe(8);
  const copy = new WeightAverage([x], { decay: "equal" });
  copy.loadStateDict(structuredClone(equal.stateDict()));
  copy.update();
  equal.update();
  expect(value(copy)).toBe(value(equal));
});
