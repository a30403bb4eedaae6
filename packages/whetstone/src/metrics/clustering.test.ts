import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import {
  adjustedMutualInfo,
  adjustedRandIndex,
  calinskiHarabasz,
  daviesBouldin,
  fowlkesMallows,
  homogeneityCompletenessV,
  normalizedMutualInfo,
  randIndex,
  silhouetteSamples,
  silhouetteScore,
} from "./index.ts";

const { X, scores, inner } = JSON.parse(
  readFileSync(new URL("../../../../reference/values/cluster/cluster.json", import.meta.url), "utf8"),
) as {
  X: number[][];
  scores: {
    a: number[];
    b: number[];
    rand: number;
    ari: number;
    ami: number;
    nmi: number;
    hcv: number[];
    hcv2: number[];
    fm: number;
  }[];
  inner: { labels: number[]; silhouette: number; samples: number[]; db: number; ch: number }[];
};

it.each(scores.map((s, i) => [i, s] as const))("comparisons of labels equal scikit-learn: %i", (_, s) => {
  const near = (value: number, expected: number) => expect(Math.abs(value - expected)).toBeLessThan(1e-9);
  near(randIndex(s.a, s.b), s.rand);
  near(adjustedRandIndex(s.a, s.b), s.ari);
  near(adjustedMutualInfo(s.a, s.b), s.ami);
  near(normalizedMutualInfo(s.a, s.b), s.nmi);
  near(fowlkesMallows(s.a, s.b), s.fm);
  for (const [beta, expected] of [
    [1, s.hcv],
    [2, s.hcv2],
  ] as const) {
    const { homogeneity, completeness, vMeasure } = homogeneityCompletenessV(s.a, s.b, { beta });
    near(homogeneity, expected[0]!);
    near(completeness, expected[1]!);
    near(vMeasure, expected[2]!);
  }
});

it.each(inner.map((s, i) => [i, s] as const))("scores without truth equal scikit-learn: %i", (_, s) => {
  expect(silhouetteScore(X, s.labels)).toBeCloseTo(s.silhouette, 10);
  silhouetteSamples(X, s.labels)
    .slice(0, 20)
    .forEach((v, i) => {
      expect(v).toBeCloseTo(s.samples[i]!, 10);
    });
  expect(daviesBouldin(X, s.labels)).toBeCloseTo(s.db, 10);
  expect(calinskiHarabasz(X, s.labels) / s.ch).toBeCloseTo(1, 10);
});

it("needs two groups or more, and fewer than rows", () => {
  expect(() => silhouetteScore([[1], [2]], [0, 0])).toThrow(/labels/);
  expect(() => daviesBouldin([[1], [2]], [0, 1])).toThrow(/labels/);
});
