import { describe, expect, it } from "vitest";
import { randomStream } from "../math/index.ts";
import { gammaDistribution, normal } from "../stats/index.ts";
import { convolve, onGrid } from "./convolution.ts";
import { type LatencyStage, latencyBudget } from "./index.ts";

const even: LatencyStage = { edges: [0, 1], counts: [1] };

/** Irwin and Hall's distribution of the sum of n uniform amounts. */
function irwinHall(n: number, x: number): number {
  let sum = 0;
  let term = 1; // (-1)^k / (k! (n - k)!) times n!
  for (let k = 0; k <= Math.min(n, Math.floor(x)); k++) {
    sum += term * (x - k) ** n;
    term *= -(n - k) / (k + 1);
  }
  for (let k = 2; k <= n; k++) sum /= k;
  return sum;
}

/** A histogram with a distribution's own shares, what lies beyond its last edge in the last bin. */
function binned(cdf: (x: number) => number, from: number, to: number, bins = 20_000): LatencyStage {
  const edges = Array.from({ length: bins + 1 }, (_, i) => from + ((to - from) * i) / bins);
  return { edges, counts: edges.slice(1).map((edge, i) => cdf(edge) - cdf(edges[i]!)) };
}

describe("the sum of stages", () => {
  it.each([2, 3, 5])("has the closed form of %i uniform stages, within the bounds that it states", (n) => {
    const budget = latencyBudget(Array.from({ length: n }, () => even));
    for (const x of [0.3, 0.5 * n, 0.7 * n, 0.9 * n]) {
      expect(Math.abs(budget.shareWithin(x) - irwinHall(n, x))).toBeLessThan(2e-6);
    }
    for (const p of [0.01, 0.5, 0.95, 0.99, 0.999]) {
      expect(Math.abs(irwinHall(n, budget.quantile(p)) - p)).toBeLessThan(2e-6);
      const [low, high] = budget.quantileBounds(p);
      expect(irwinHall(n, low)).toBeLessThan(p);
      expect(irwinHall(n, high)).toBeGreaterThan(p);
      expect((high - low) / low).toBeLessThan(0.03);
    }
    expect(budget.sd).toBeCloseTo(Math.sqrt(n / 12), 12);
  });
  it("has the closed form of gamma stages and of normal ones", () => {
    const gammas = latencyBudget([0.8, 2, 3.2].map((a) => binned(gammaDistribution(a, 20).cdf, 0, 900)));
    const gamma = gammaDistribution(6, 20);
    const normals = latencyBudget([6, 8].map((sd) => binned(normal(100, sd).cdf, 0, 200)));
    for (const p of [0.05, 0.5, 0.95, 0.99, 0.999]) {
      expect(Math.abs(gammas.quantile(p) / gamma.quantile(p) - 1)).toBeLessThan(1e-4);
      expect(Math.abs(normals.quantile(p) - normal(200, 10).quantile(p))).toBeLessThan(0.002);
    }
  });
  it("is met by as many of 400,000 lognormal draws as it says", () => {
    const random = randomStream(7);
    const stages = [
      { mean: 20, sd: 10 },
      { mean: 30, sd: 60 },
      { mean: 15, sd: 4 },
    ];
    const laws = stages.map(({ mean, sd }) => {
      const v = Math.log1p((sd / mean) ** 2);
      return { m: Math.log(mean) - v / 2, s: Math.sqrt(v) };
    });
    const n = 400_000;
    const totals = Float64Array.from({ length: n }, () =>
      laws.reduce((sum, { m, s }) => sum + Math.exp(m + s * random.normal()), 0),
    );
    const budget = latencyBudget(stages);
    for (const p of [0.1, 0.5, 0.9, 0.99, 0.999]) {
      const t = budget.quantile(p);
      const share = totals.reduce((count, x) => count + (x <= t ? 1 : 0), 0) / n;
      expect(Math.abs(share - p)).toBeLessThan(5 * Math.sqrt((p * (1 - p)) / n));
      expect(Math.abs(budget.shareWithin(t) - p)).toBeLessThan(2e-6);
    }
  });
  it("counts the throws of three dice", () => {
    const die = { samples: [1, 2, 3, 4, 5, 6] };
    const budget = latencyBudget([die, die, { samples: [3, 2, 1, 6, 5, 4] }]);
    expect(budget.shareWithin(3.5)).toBeCloseTo(1 / 216, 9);
    expect(budget.shareWithin(10.5)).toBeCloseTo(0.5, 9);
    expect(budget.shareWithin(16.5)).toBeCloseTo(212 / 216, 9);
    const [low, high] = budget.quantileBounds(0.98);
    expect(low).toBeLessThanOrEqual(16);
    expect(high).toBeGreaterThanOrEqual(16);
    expect(high - low).toBeLessThan(0.01);
  });
  it("adds what always takes as long exactly, and needs no grid for one stage that varies", () => {
    const [m, s] = [3, 0.5];
    const mean = Math.exp(m + (s * s) / 2);
    const one = { mean, sd: mean * Math.sqrt(Math.expm1(s * s)) };
    const budget = latencyBudget([{ mean: 7, sd: 0 }, one, { samples: [2, 2] }]);
    const exact = 9 + Math.exp(m + s * normal().quantile(0.99));
    expect(budget.quantile(0.99)).toBeCloseTo(exact, 9);
    expect(budget.quantileBounds(0.99)).toEqual([budget.quantile(0.99), budget.quantile(0.99)]);
    expect(budget.shareWithin(exact)).toBeCloseTo(0.99, 12);
    expect(budget.shareWithin(8)).toBe(0);
    expect(latencyBudget([{ mean: 4, sd: 0 }]).quantile(0.5)).toBe(4);
  });
  it("loses no mass, and the percentiles added up promise less than the stages keep", () => {
    const budget = latencyBudget([{ mean: 20, sd: 20 }, { mean: 5, sd: 1 }, even]);
    expect(Math.abs(budget.shareWithin(1e5) - 1)).toBeLessThan(1e-12);
    for (const stage of [{ mean: 20, sd: 10 }, even]) {
      const four = latencyBudget([stage, stage, stage, stage]);
      expect(four.sumOfQuantiles(0.99)).toBeGreaterThan(1.15 * four.quantile(0.99));
      // On the other side of the middle they add up to too little.
      expect(four.sumOfQuantiles(0.01)).toBeLessThan(four.quantile(0.01));
    }
  });
});

describe("on a grid", () => {
  it("multiplies as the double sum does, up to the grid's end", () => {
    const random = randomStream(2);
    const masses = () => {
      const raw = Float64Array.from({ length: 45 }, () => random.uniform());
      const total = raw.reduce((a, b) => a + b) * 1.2;
      return raw.map((x) => x / total);
    };
    const [a, b] = [masses(), masses()];
    const sum = convolve(a, b);
    let worst = 0;
    for (let k = 0; k < 45; k++) {
      let exact = 0;
      for (let i = 0; i <= k; i++) exact += a[i]! * b[k - i]!;
      worst = Math.max(worst, Math.abs(sum[k]! - exact));
    }
    expect(worst).toBeLessThan(1e-16);
  });
  it("puts all that lies before the grid's end on it", () => {
    const { cdf } = gammaDistribution(2, 3);
    const total = onGrid(cdf, 0.25, 41).reduce((sum, mass) => sum + mass, 0);
    expect(total).toBeCloseTo(cdf(10.125), 14);
  });
});

it("names the stage and the number that is wrong", () => {
  const refuse = (stage: unknown) => expect(() => latencyBudget([even, stage as LatencyStage]));
  expect(() => latencyBudget([])).toThrow(
    "latencyBudget: stages is an array of 0, expected at least one stage",
  );
  refuse(null).toThrow("stages[1] is null, expected an object with mean and sd");
  refuse({ mean: 1, sd: -1 }).toThrow("stages[1].sd is -1");
  refuse({ samples: [] }).toThrow("stages[1].samples is an array of 0, expected at least one time");
  refuse({ samples: [1, -2] }).toThrow("stages[1].samples[1] is -2");
  refuse({ edges: [0, 1], counts: [1, 2] }).toThrow("stages[1] has 2 edges and 2 counts");
  refuse({ edges: [0, 2, 1], counts: [1, 2] }).toThrow(
    "stages[1].edges[2] is 1, expected a finite number > 2",
  );
  refuse({ edges: [0, 2], counts: [0] }).toThrow("stages[1].counts is an array of 1");
  expect(() => latencyBudget([even]).quantile(1)).toThrow("LatencyBudget.quantile: p is 1");
  expect(() => latencyBudget([even]).shareWithin(-1)).toThrow("LatencyBudget.shareWithin: limit is -1");
});
