import { expect, test } from "vitest";
import { type Dataset, loadBreastCancer, loadDiabetes, loadDigits, loadIris, loadWine } from "./index.ts";

// Column means and class counts computed by scikit-learn 1.2.1 from its own copies.
test.each([
  [
    loadIris,
    150,
    4,
    [5.843333333333334, 3.0573333333333337, 3.7580000000000005, 1.1993333333333336],
    [50, 50, 50],
  ],
  [
    loadWine,
    178,
    13,
    [13.00061797752809, 2.3363483146067416, 2.36651685393258, 19.49494382022472],
    [59, 71, 48],
  ],
  [
    loadBreastCancer,
    569,
    30,
    [14.127291739894552, 19.289648506151142, 91.96903339191564, 654.8891036906855],
    [212, 357],
  ],
  [
    loadDigits,
    1797,
    64,
    [0, 0.3038397328881, 5.204785753, 11.8358375],
    [178, 182, 177, 183, 181, 182, 181, 179, 174, 180],
  ],
  [
    loadDiabetes,
    442,
    10,
    [48.51809954751131, 1.4683257918552035, 26.37579185520362, 94.64701357466062],
    null,
  ],
] as const)("%o equals its original", (load, rows, cols, means, counts) => {
  const data = load() as Dataset<string | number>;
  expect([data.X.rows, data.X.cols, data.y.length]).toEqual([rows, cols, rows]);
  means.forEach((mean, j) => {
    expect(data.X.col(j).reduce((a, b) => a + b, 0) / rows).toBeCloseTo(mean, 7);
  });
  if (counts) expect(data.classes!.map((c) => data.y.filter((v) => v === c).length)).toEqual(counts);
  const table = data.table();
  expect(table.names).toEqual([...data.featureNames, data.targetName]);
  expect(table.rows).toBe(rows);
});

test("the progression score has the mean of the original", () => {
  expect(loadDiabetes().y.reduce((a, b) => a + b, 0) / 442).toBeCloseTo(152.13348416289594, 9);
});
