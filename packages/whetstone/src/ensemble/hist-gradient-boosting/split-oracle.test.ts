/** One split against every split: the kernels' search against a loop over all thresholds and directions. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HistGradientBoostingRegressor } from "./index.ts";

interface Best {
  gain: number;
  feature: number;
  left: Set<number>;
}

/** The best split of squared error by brute force; its rows identify it. */
function bruteForce(X: number[][], y: number[], minLeaf: number, l2: number): Best {
  const n = y.length;
  const mean = y.reduce((a, b) => a + b, 0) / n;
  const residual = y.map((v) => mean - v);
  const score = (rows: number[]) => {
    const g = rows.reduce((sum, i) => sum + residual[i]!, 0);
    return (g * g) / (rows.length + l2);
  };
  const best: Best = { gain: 0, feature: -1, left: new Set() };
  for (let f = 0; f < X[0]!.length; f++) {
    const present = [...new Set(X.map((row) => row[f]!).filter((v) => !Number.isNaN(v)))].sort(
      (a, b) => a - b,
    );
    for (const cut of present) {
      for (const missingLeft of [false, true]) {
        const left: number[] = [];
        const right: number[] = [];
        X.forEach((row, i) => {
          const v = row[f]!;
          ((Number.isNaN(v) ? missingLeft : v <= cut) ? left : right).push(i);
        });
        if (left.length < minLeaf || right.length < minLeaf) continue;
        const gain = score(left) + score(right);
        if (gain > best.gain + 1e-9) Object.assign(best, { gain, feature: f, left: new Set(left) });
      }
    }
  }
  return best;
}

describe("split search", () => {
  it("finds the best of all thresholds and directions of missing values", () => {
    const cell = fc.oneof({ weight: 5, arbitrary: fc.integer({ min: 0, max: 9 }) }, fc.constant(Number.NaN));
    const rows = fc.array(fc.tuple(fc.tuple(cell, cell, cell), fc.integer({ min: -50, max: 50 })), {
      minLength: 6,
      maxLength: 60,
    });
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 5 }), fc.constantFrom(0, 0.5, 10), (table, minLeaf, l2) => {
        const X = table.map(([x]) => [...x]);
        const y = table.map(([, v]) => v);
        const best = bruteForce(X, y, minLeaf, l2);
        const model = new HistGradientBoostingRegressor({
          ...{ maxIter: 1, maxLeafNodes: 2, learningRate: 1, minSamplesLeaf: minLeaf, l2Regularization: l2 },
          minHessianToSplit: 0,
        }).fit(X, y);
        const { trees } = model;
        if (best.gain < 1e-6) {
          expect(trees.gain[0]!).toBeLessThan(1e-6);
          return;
        }
        // The baseline is the mean, so the root's own score is (sum of residuals)^2 = 0.
        expect(Math.abs(trees.gain[0]! - best.gain)).toBeLessThan(1e-7 * best.gain);
        // Among splits of equal gain any may be chosen; its two leaves hold its rows' shrunken mean residuals.
        const predictions = model.predict(X);
        const values = [...new Set(Array.from(predictions, (v) => v - model.baseline))];
        expect(values.length).toBeLessThanOrEqual(2);
        const total = Array.from(predictions).reduce((sum, p, i) => {
          const r = y[i]! - model.baseline;
          const v = p - model.baseline;
          return sum + r * v;
        }, 0);
        // Sum over leaves of value times sum of residuals is the gain.
        expect(Math.abs(total - best.gain)).toBeLessThan(1e-6 * (1 + best.gain));
      }),
      { numRuns: 300 },
    );
  });

  it("separates well supported categories by their means", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 2, maxLength: 12 }), (means) => {
        // Equal supports make the order by smoothed means the order by means, and Fisher's prefix rule exact.
        const X: number[][] = [];
        const y: number[] = [];
        means.forEach((m, c) => {
          for (let r = 0; r < 10; r++) {
            X.push([c]);
            y.push(m);
          }
        });
        const model = new HistGradientBoostingRegressor({
          ...{ maxIter: 1, maxLeafNodes: 2, learningRate: 1, minSamplesLeaf: 1, categoricalFeatures: [0] },
        }).fit(X, y);
        const mean = means.reduce((a, b) => a + b, 0) / means.length;
        let best = 0;
        for (let set = 1; set + 1 < 2 ** means.length; set++) {
          let left = 0;
          let size = 0;
          means.forEach((m, c) => {
            if (set & (1 << c)) {
              left += 10 * (m - mean);
              size += 10;
            }
          });
          best = Math.max(best, left ** 2 / size + left ** 2 / (y.length - size));
        }
        expect(Math.abs(model.trees.gain[0]! - best)).toBeLessThan(1e-7 * (1 + best));
      }),
      { numRuns: 60 },
    );
  });
});
