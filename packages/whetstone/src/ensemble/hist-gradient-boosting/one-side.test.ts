import { expect, test } from "vitest";
import { makeFriedman1 } from "../../data/index.ts";
import { HistGradientBoostingClassifier, HistGradientBoostingRegressor } from "./index.ts";

const { X, y } = makeFriedman1({ nSamples: 600, noise: 1, seed: 3 });
const held = makeFriedman1({ nSamples: 2000, noise: 1, seed: 4 });
const mse = (p: Float64Array) => p.reduce((s, v, i) => s + (v - held.y[i]!) ** 2, 0) / p.length;

test("both shares together: every row, hence the model without sampling", () => {
  const spec = new HistGradientBoostingRegressor({ maxIter: 20, loss: "poisson" });
  const counts = y.map((v) => Math.max(0, Math.round(v)));
  const all = spec.fit(X, counts).predict(X);
  const both = spec.with({ topRate: 0.3, otherRate: 0.7 }).fit(X, counts).predict(X);
  both.forEach((v, i) => void expect(v).toBe(all[i]!));
});

test("a fifth of the rows and a tenth of the others come close to all, and beat as many at random", () => {
  const spec = new HistGradientBoostingRegressor({ maxIter: 60, minSamplesLeaf: 5 });
  const all = mse(spec.fit(X, y).predict(held.X));
  let goss = 0;
  let plain = 0;
  for (let seed = 0; seed < 6; seed++) {
    goss += mse(spec.with({ topRate: 0.2, otherRate: 0.1, seed }).fit(X, y).predict(held.X)) / 6;
    plain += mse(spec.with({ subsample: 0.1, seed }).fit(X, y).predict(held.X)) / 6;
  }
  expect(goss / all).toBeLessThan(1.35);
  expect(goss).toBeLessThan(plain);
});

test("sums keep their expectation: the first leaf values average to those of all rows", () => {
  const spec = new HistGradientBoostingRegressor({
    maxIter: 1,
    learningRate: 1,
    maxLeafNodes: 2,
    minSamplesLeaf: 200,
  });
  const rows = X.toArray().map(() => [0, 0]);
  rows.forEach((r, i) => {
    r[0] = i % 2;
  });
  const all = spec.fit(rows, y).predict([[0, 0]])[0]!;
  const small = spec.with({ minSamplesLeaf: 20, topRate: 0.2, otherRate: 0.2 });
  const leaves = Array.from(
    { length: 64 },
    (_, seed) =>
      small
        .with({ seed })
        .fit(rows, y)
        .predict([[0, 0]])[0]!,
  );
  const mean = leaves.reduce((a, b) => a + b, 0) / 64;
  const sd = Math.sqrt(leaves.reduce((a, b) => a + (b - mean) ** 2, 0) / 63);
  // The ratio of two sums has a small bias besides five standard errors.
  expect(Math.abs(mean - all)).toBeLessThan((5 * sd) / 8 + 0.05);
});

test("what contradicts itself is refused", () => {
  expect(() => new HistGradientBoostingRegressor({ topRate: 0.2, loss: "absoluteError" })).toThrow("topRate");
  const labels = Array.from(y, (v) => (v > 14 ? 1 : 0));
  const spec = new HistGradientBoostingClassifier({ topRate: 0.5, otherRate: 0.6 });
  expect(() => spec.fit(X, labels)).toThrow("otherRate");
  expect(() => spec.with({ otherRate: 0.1, subsample: 0.5 }).fit(X, labels)).toThrow("subsample");
});
