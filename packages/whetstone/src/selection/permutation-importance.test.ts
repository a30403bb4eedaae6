import { expect, test } from "vitest";
import { LinearRegression } from "../linear/index.ts";
import { Matrix, randomStream } from "../math/index.ts";
import { permutationImportance } from "./index.ts";

test("shuffling a column of a linear model costs 2 beta^2 variance", () => {
  const random = randomStream(8);
  const X = Matrix.zeros(4000, 3).map(() => random.normal());
  const y = Float64Array.from({ length: 4000 }, (_, i) => 2 * X.at(i, 0) - X.at(i, 1));
  const model = new LinearRegression().fit(X, y);
  const { mean, sd, score, importances } = permutationImportance(model, X, y, {
    scoring: "mse",
    nRepeats: 8,
  });
  expect(score).toBeCloseTo(0, 12);
  // E (b x - b x')^2 = 2 b^2 Var x for independent x and x'.
  expect(Math.abs(mean[0]! - 8)).toBeLessThan(0.8);
  expect(Math.abs(mean[1]! - 2)).toBeLessThan(0.2);
  expect(mean[2]).toBeCloseTo(0, 12);
  expect(importances.cols).toBe(8);
  expect(sd[0]).toBeGreaterThan(0);
});
