import { describe, expect, test } from "vitest";
import type { Matrix } from "../../math/index.ts";
import {
  makeBlobs,
  makeCircles,
  makeClassification,
  makeFriedman1,
  makeImbalanced,
  makeMissing,
  makeMoons,
  makeRegression,
  makeSparseRegression,
} from "./index.ts";

const mean = (v: ArrayLike<number>) => Array.from(v).reduce((a, b) => a + b, 0) / v.length;
const variance = (v: ArrayLike<number>) => {
  const m = mean(v);
  return mean(Array.from(v, (x) => (x - m) ** 2));
};

test("every generator repeats with its seed and differs with another", () => {
  const all: ((seed: number) => { X: Matrix })[] = [
    (seed) => makeClassification({ seed }),
    (seed) => makeBlobs({ seed }),
    (seed) => makeMoons({ seed, noise: 0.1 }),
    (seed) => makeCircles({ seed, noise: 0.1 }),
    (seed) => makeImbalanced({ seed }),
    (seed) => makeRegression({ seed }),
    (seed) => makeFriedman1({ seed }),
    (seed) => makeSparseRegression({ seed }),
  ];
  for (const make of all) {
    expect(make(1).X.data).toEqual(make(1).X.data);
    expect(make(1).X.data).not.toEqual(make(2).X.data);
  }
});

describe("classes", () => {
  test("makeClassification tells what each column is, and it is so", () => {
    const { X, y, columns } = makeClassification({
      nSamples: 3000,
      nFeatures: 8,
      nInformative: 3,
      nRedundant: 2,
      nRepeated: 1,
      nClasses: 3,
      nClustersPerClass: 1,
      flipY: 0,
      classSep: 3,
      weights: [0.6, 0.3, 0.1],
    });
    expect([0, 1, 2].map((c) => y.filter((v) => v === c).length)).toEqual([1800, 900, 300]);
    expect(columns.filter((c) => c === "noise")).toHaveLength(2);
    columns.forEach((role, j) => {
      const column = X.col(j);
      const between = variance([0, 1, 2].map((c) => mean(column.filter((_, i) => y[i] === c))));
      // Noise has class means that differ by sampling only: variance below 1 / 300 on average.
      if (role === "noise") expect(between).toBeLessThan(0.02);
    });
    const repeated = columns.indexOf("repeated");
    const copies = columns.filter(
      (_, j) => j !== repeated && X.col(j).every((v, i) => v === X.at(i, repeated)),
    );
    expect(copies).toHaveLength(1);
  });

  test("flipped rows are those whose class was drawn anew", () => {
    const options = { nSamples: 1000, nFeatures: 2, nRedundant: 0, shuffle: false, seed: 8 } as const;
    const clean = makeClassification({ ...options, flipY: 0 });
    const noisy = makeClassification({ ...options, flipY: 0.3 });
    const flipped = new Set(noisy.flipped);
    noisy.y.forEach((c, i) => {
      if (!flipped.has(i)) expect(c).toBe(clean.y[i]);
    });
    expect(flipped.size).toBeGreaterThan(230);
    expect(flipped.size).toBeLessThan(370);
  });

  test("blobs lie around their centres", () => {
    const { X, y, centers } = makeBlobs({
      nSamples: 3000,
      centers: [
        [0, 0],
        [10, -10],
      ],
      clusterStd: 0.5,
    });
    for (const c of [0, 1])
      for (const j of [0, 1]) {
        const values = X.col(j).filter((_, i) => y[i] === c);
        expect(values.length).toBe(1500);
        expect(mean(values)).toBeCloseTo(centers.at(c, j), 1);
        expect(Math.sqrt(variance(values))).toBeCloseTo(0.5, 1);
      }
  });

  test("moons and circles lie on their curves", () => {
    const moons = makeMoons({ nSamples: 101 });
    moons.y.forEach((c, i) => {
      const [a, b] = Array.from(moons.X.row(i)) as [number, number];
      expect(c === 0 ? Math.hypot(a, b) : Math.hypot(a - 1, b - 0.5)).toBeCloseTo(1, 12);
    });
    const circles = makeCircles({ nSamples: 100, factor: 0.4 });
    circles.y.forEach((c, i) => {
      expect(Math.hypot(...circles.X.row(i))).toBeCloseTo(c === 0 ? 1 : 0.4, 12);
    });
  });

  test("imbalanced classes: probabilities are calibrated, and rank as well as anything can", () => {
    const { y, probability, bestAuc } = makeImbalanced({
      nSamples: 40_000,
      positiveShare: 0.05,
      separation: 1.5,
    });
    expect(mean(y)).toBeCloseTo(0.05, 2);
    // The sum of the true probabilities is the expected number of positives.
    expect(Math.abs(mean(probability) - mean(y))).toBeLessThan(0.004);
    const positives = probability.filter((_, i) => y[i] === 1).sort();
    const negatives = probability.filter((_, i) => y[i] === 0).sort();
    let below = 0;
    let k = 0;
    for (const p of positives) {
      while (k < negatives.length && negatives[k]! < p) k++;
      below += k;
    }
    expect(below / (positives.length * negatives.length)).toBeCloseTo(bestAuc, 2);
    expect(makeImbalanced({ nSamples: 100, exact: 7 }).y.filter((v) => v === 1)).toHaveLength(7);
  });

  test("impossible wishes are refused", () => {
    expect(() => makeClassification({ nInformative: 1 })).toThrow(
      "makeClassification: nInformative is 1, expected at least 2 for 4 clusters",
    );
    expect(() => makeClassification({ nFeatures: 3 })).toThrow("nFeatures is 3, expected at least 4");
    expect(() => makeBlobs({ centers: 0 })).toThrow("centers is 0");
    expect(() => makeRegression({ nFeatures: 3 })).toThrow("nInformative is 10, expected at most 3");
  });
});

describe("numbers", () => {
  test("the signal is the told function", () => {
    const { X, y, signal, coef, intercept } = makeRegression({
      nSamples: 50,
      nFeatures: 12,
      nInformative: 4,
      bias: 3,
    });
    expect(coef.filter((c) => c !== 0)).toHaveLength(4);
    signal.forEach((v, i) => {
      expect(v).toBeCloseTo(intercept + X.row(i).reduce((a, x, j) => a + x * coef[j]!, 0), 9);
    });
    expect(y).toEqual(signal);
    const f = makeFriedman1({ nSamples: 20, noise: 0.5 });
    f.signal.forEach((v, i) => {
      const [a, b, c, d, e] = Array.from(f.X.row(i)) as [number, number, number, number, number];
      expect(v).toBeCloseTo(10 * Math.sin(Math.PI * a * b) + 20 * (c - 0.5) ** 2 + 10 * d + 5 * e, 12);
    });
    const noisy = makeFriedman1({ nSamples: 5000, noise: 0.5 });
    expect(Math.sqrt(variance(noisy.y.map((v, i) => v - noisy.signal[i]!)))).toBeCloseTo(0.5, 1);
  });

  test("few directions carry the variance with effectiveRank", () => {
    const { X } = makeRegression({ nSamples: 500, nFeatures: 20, effectiveRank: 1 });
    const a = X.col(0);
    const b = X.col(1);
    const ma = mean(a);
    const mb = mean(b);
    const cov = mean(a.map((v, i) => (v - ma) * (b[i]! - mb)));
    expect(Math.abs(cov / Math.sqrt(variance(a) * variance(b)))).toBeGreaterThan(0.8);
  });

  test("sparse regression has the asked signal-to-noise ratio and correlation", () => {
    const { X, y, signal, noiseSd, support, coef } = makeSparseRegression({
      nSamples: 20_000,
      nFeatures: 12,
      nNonzero: 4,
      signalToNoise: 3,
      correlation: 0.6,
    });
    expect(variance(signal) / variance(y.map((v, i) => v - signal[i]!))).toBeCloseTo(3, 0);
    expect(noiseSd ** 2 * 3).toBeCloseTo(variance(signal), 0);
    expect(Array.from(support)).toEqual([...coef.keys()].filter((j) => coef[j] !== 0));
    const a = X.col(4);
    const b = X.col(6);
    expect(mean(a.map((v, i) => v * b[i]!))).toBeCloseTo(0.36, 1);
  });
});

describe("makeMissing", () => {
  const { X } = makeBlobs({ nSamples: 8000, nFeatures: 3, centers: [[0, 0, 0]], seed: 2 });
  test.each(["mcar", "mar", "mnar"] as const)(
    "%s removes the asked share, for the told reason",
    (mechanism) => {
      const made = makeMissing(X, { mechanism, rate: 0.3, seed: 1 });
      const missing = Array.from({ length: X.rows }, (_, i) => made.mask[i * 3 + 1]!);
      expect(mean(missing)).toBeCloseTo(0.3, 1);
      made.X.data.forEach((v, k) => {
        if (made.mask[k]) expect(v).toBeNaN();
        else expect(v).toBe(X.data[k]);
      });
      // How much larger the driving value is where column 1 is missing.
      const gap = (j: number) => {
        const column = X.col(j);
        return (
          mean(column.filter((_, i) => missing[i] === 1)) - mean(column.filter((_, i) => missing[i] === 0))
        );
      };
      const [own, driver] = [gap(1), gap(0)];
      if (mechanism === "mcar") expect(Math.max(Math.abs(own), Math.abs(driver))).toBeLessThan(0.15);
      if (mechanism === "mar") {
        expect(driver).toBeGreaterThan(1);
        expect(Math.abs(own)).toBeLessThan(0.15);
        expect(made.mask.every((m, k) => k % 3 !== 0 || m === 0)).toBe(true);
      }
      if (mechanism === "mnar") {
        expect(own).toBeGreaterThan(1);
        expect(Math.abs(driver)).toBeLessThan(0.15);
      }
    },
  );
});
