import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { Matrix, randomStream } from "../math/index.ts";
import { averagePathLength, IsolationForest } from "./index.ts";

const path = new URL("../../../../reference/values/ensemble/ensembles.json", import.meta.url);
const { isolation } = JSON.parse(readFileSync(path, "utf8")) as {
  isolation: { X: number[][]; points: number[][]; scores: number[] };
};

test("scores of a large forest are scikit-learn's", () => {
  const means = new Float64Array(isolation.points.length);
  const each: Float64Array[] = [];
  for (let seed = 0; seed < 4; seed++) {
    const model = new IsolationForest({ nEstimators: 500, maxSamples: 64, seed }).fit(isolation.X);
    each.push(model.scoreSamples(isolation.points));
  }
  for (const scores of each) scores.forEach((s, i) => void (means[i]! += s / 4));
  // Two thousand trees on each side; single forests of 500 spread by less than 0.005.
  isolation.scores.forEach((s, i) => void expect(Math.abs(means[i]! - s)).toBeLessThan(0.01));
});

test("path lengths are those of binary search trees", () => {
  // c(n) = 2 H(n - 1) - 2 (n - 1) / n with the harmonic number, which the formula approximates.
  for (const n of [10, 100, 1000]) {
    let harmonic = 0;
    for (let k = 1; k < n; k++) harmonic += 1 / k;
    expect(Math.abs(averagePathLength(n) - (2 * harmonic - (2 * (n - 1)) / n))).toBeLessThan(1.2 / n);
  }
  expect(averagePathLength(1)).toBe(0);
});

test("contamination sets how many training rows are strange; far rows come first", () => {
  const random = randomStream("isolation");
  const X = Matrix.zeros(300, 3).map((_, at) => random.normal() + (at < 30 ? 6 : 0));
  const model = new IsolationForest({ contamination: 0.05 }).fit(X);
  const flagged = [...model.predict(X).entries()].filter(([, v]) => v === -1).map(([i]) => i);
  expect(flagged.length).toBeGreaterThanOrEqual(14);
  expect(flagged.length).toBeLessThanOrEqual(16);
  expect(flagged.filter((i) => i < 10).length).toBeGreaterThanOrEqual(8);
  expect(() => new IsolationForest().fit(X, null, { sampleWeight: new Array(300).fill(2) })).toThrow(
    "sampleWeight",
  );
});
