import { describe, expect, it } from "vitest";
import { randomStream } from "../math/index.ts";
import { binomial, normal } from "../stats/index.ts";
import * as capacity from "./index.ts";

describe("sample size", () => {
  it("gives two proportions the power that was asked for, by every pair of outcomes", () => {
    const [p, q] = [0.2, 0.3];
    const n = capacity.sampleSizeProportions({ baseline: p, difference: q - p }).perVariant;
    const [a, b] = [binomial(n, p), binomial(n, q)];
    const [pa, pb] = [a, b].map((d) => Array.from({ length: n + 1 }, (_, k) => d.pdf(k)));
    const critical = normal().quantile(0.975);
    let power = 0;
    for (let i = 0; i <= n; i++) {
      for (let j = 0; j <= n; j++) {
        const middle = (i + j) / (2 * n);
        const error = Math.sqrt((2 * middle * (1 - middle)) / n);
        if (error > 0 && Math.abs(j - i) / n > critical * error) power += pa![i]! * pb![j]!;
      }
    }
    expect(Math.abs(power - 0.8)).toBeLessThan(0.005);
  });
  it("is what the normal distribution says for means, and the rule of 16 is a little more", () => {
    const { perVariant, ruleOf16 } = capacity.sampleSizeMeans({ sd: 3, difference: 0.5, power: 0.9 });
    const reach = 0.5 / (3 * Math.sqrt(2 / perVariant));
    expect(normal().cdf(reach - normal().quantile(0.975))).toBeCloseTo(0.9, 3);
    expect(ruleOf16).toBe(16 * 36);
    // The catalogue's 5 % against 6 %.
    const ctr = capacity.sampleSizeProportions({ baseline: 0.05, difference: 0.01 });
    expect(ctr.ruleOf16).toBeCloseTo(8316, 6);
    expect(ctr.perVariant).toBeLessThan(8316);
  });
});

describe("memory", () => {
  it("counts the cache of a model with 70 billion parameters as its published sizes do", () => {
    const shape = { layers: 80, headDim: 128, tokens: 131072 };
    expect(capacity.kvCacheBytes({ ...shape, kvHeads: 64 }) / 1e9).toBeCloseTo(343.6, 1);
    expect(capacity.kvCacheBytes({ ...shape, kvHeads: 8 }) / 1e9).toBeCloseTo(42.9, 1);
  });
  it("takes 16 bytes a parameter with Adam, in mixed precision and in float32", () => {
    for (const bytesPerParameter of [2, 4])
      expect(capacity.trainingBytes({ parameters: 10, bytesPerParameter }).total).toBe(160);
    expect(capacity.trainingBytes({ parameters: 10, bytesPerParameter: 4, optimizer: "sgd" }).optimizer).toBe(
      0,
    );
  });
});

/** Waits of requests that are served in turn by whichever server is free first. */
function simulate(arrivalRate: number, serviceTime: number, servers: number, n: number): number[] {
  const random = randomStream(3);
  const exponential = (mean: number) => -mean * Math.log1p(-random.uniform());
  const free = new Array<number>(servers).fill(0);
  let now = 0;
  return Array.from({ length: n }, () => {
    now += exponential(1 / arrivalRate);
    const first = free.indexOf(Math.min(...free));
    const start = Math.max(now, free[first]!);
    free[first] = start + exponential(serviceTime);
    return start - now;
  });
}

describe("queues", () => {
  it.each([1, 2, 5])("wait with %i servers as simulated requests do", (servers) => {
    const load = { arrivalRate: 7 * servers, serviceTime: 0.1, servers };
    const queue = capacity.queueWait(load);
    const waits = simulate(load.arrivalRate, 0.1, servers, 300_000).sort((a, b) => a - b);
    const mean = waits.reduce((a, b) => a + b) / waits.length;
    expect(Math.abs(mean / queue.meanWait - 1)).toBeLessThan(0.05);
    expect(Math.abs(waits.filter((w) => w > 0).length / waits.length - queue.waitProbability)).toBeLessThan(
      0.01,
    );
    expect(Math.abs(waits[Math.floor(waits.length * 0.95)]! / queue.waitQuantile(0.95) - 1)).toBeLessThan(
      0.06,
    );
  });
  it("has the closed form of one server, and no overflow with thousands", () => {
    const queue = capacity.queueWait({ arrivalRate: 8, serviceTime: 0.1 });
    expect(queue.waitProbability).toBeCloseTo(0.8, 12);
    expect(queue.meanQueue).toBeCloseTo(0.64 / 0.2, 12);
    const many = capacity.queueWait({ arrivalRate: 4900, serviceTime: 1, servers: 5000 });
    expect(many.waitProbability).toBeGreaterThan(0);
    expect(many.waitProbability).toBeLessThan(1);
    expect(() => capacity.queueWait({ arrivalRate: 10, serviceTime: 0.1 })).toThrow(/servers is 1/);
  });
  it("needs the replicas of Little's law, and no more for a rounding error", () => {
    expect(capacity.replicasNeeded({ arrivalRate: 70, serviceTime: 0.1 })).toBe(10);
    expect(capacity.replicasNeeded({ arrivalRate: 0, serviceTime: 0.1 })).toBe(1);
  });
});

describe("flags and orders", () => {
  it("holds as many right flags as a population that was counted", () => {
    // 200,000 cases, 600 of them positive: 480 are found, and 3,988 of the rest are flagged.
    const load = capacity.alertLoad({
      prevalence: 600 / 2e5,
      recall: 0.8,
      falsePositiveRate: 3988 / 199_400,
    });
    expect(load.flagged * 2e5).toBeCloseTo(4468, 8);
    expect(load.precision).toBeCloseTo(480 / 4468, 12);
    expect(load.missed * 2e5).toBeCloseTo(120, 8);
    expect(load.lift).toBeCloseTo(480 / 4468 / 0.003, 9);
    const blind = capacity.alertLoad({ prevalence: 0.2, recall: 0.3, falsePositiveRate: 0.3 });
    expect(blind.precision).toBeCloseTo(0.2, 12);
    expect(capacity.alertLoad({ prevalence: 0.2, recall: 0, falsePositiveRate: 0 }).precision).toBeNaN();
  });
  it("orders what costs least among simulated demands", () => {
    const [n, shortage, leftover, periods] = [200_000, 5, 2, 3];
    const plan = capacity.orderQuantity({ mean: 40, sd: 12, shortage, leftover, periods });
    const random = randomStream(11);
    const draw = () => 40 + 12 * random.normal();
    const demands = Array.from({ length: n }, () => draw() + draw() + draw());
    const average = (of: (demand: number) => number) => demands.reduce((sum, d) => sum + of(d), 0) / n;
    const short = (stock: number) => average((d) => Math.max(0, d - stock));
    const left = (stock: number) => average((d) => Math.max(0, stock - d));
    expect(Math.abs(short(plan.quantity) - plan.expectedShort)).toBeLessThan(0.1);
    expect(Math.abs(left(plan.quantity) - plan.expectedLeft)).toBeLessThan(0.2);
    const cost = (stock: number) => shortage * short(stock) + leftover * left(stock);
    for (const away of [-4, 4]) expect(cost(plan.quantity + away)).toBeGreaterThan(cost(plan.quantity));
    expect(average((d) => (d <= plan.quantity ? 1 : 0))).toBeCloseTo(plan.level, 2);
    expect(plan.safetyStock).toBeCloseTo(plan.quantity - 120, 12);
  });
});

describe("cost and storage", () => {
  it("charges cached tokens less, and nothing for none", () => {
    const call = { tokensIn: 1e6, tokensOut: 0, priceIn: 2, priceOut: 8 };
    expect(capacity.callCost({ ...call, cachedShare: 1 })).toBeCloseTo(0.2, 12);
    expect(capacity.callCost({ ...call, tokensIn: 0 })).toBe(0);
  });
  it("counts the links of levels drawn as HNSW draws them", () => {
    const [count, M] = [200_000, 8];
    const random = randomStream(5);
    let links = 0;
    for (let i = 0; i < count; i++) {
      const level = Math.floor(-Math.log1p(-random.uniform()) / Math.log(M));
      links += 2 * M + M * level;
    }
    const { links: bytes, vectors } = capacity.hnswBytes({ count, dims: 10, M });
    expect(Math.abs((4 * links) / bytes - 1)).toBeLessThan(0.01);
    expect(vectors).toBe(count * 40);
    expect(capacity.tableBytes({ rowsPerDay: 10, columns: 2, bytesPerValue: 4, days: 3, copies: 1 })).toBe(
      240,
    );
  });
  it("names the function and the argument that is wrong", () => {
    expect(() => capacity.hnswBytes({ count: 0, dims: 3 })).toThrow("hnswBytes: count is 0");
    expect(() => capacity.alertLoad({ prevalence: 0.1, recall: 2, falsePositiveRate: 0 })).toThrow(
      "alertLoad: recall is 2, expected a number from 0 to 1",
    );
    expect(() => capacity.orderQuantity({ mean: 1, sd: 0, shortage: 1, leftover: 1 })).toThrow(
      "orderQuantity: sd is 0",
    );
    expect(() => capacity.sampleSizeProportions({ baseline: 0.9, difference: 0.2 })).toThrow(
      "difference is 0.2",
    );
  });
});
