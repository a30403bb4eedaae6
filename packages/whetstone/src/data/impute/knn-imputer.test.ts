import { expect, test } from "vitest";
import { Matrix, randomStream } from "../../math/index.ts";
import { KNNImputer } from "./knn-imputer.ts";

/** Rows of whole numbers, so that many distances tie, with holes. */
function holes(rows: number, seed: number): Matrix {
  const random = randomStream(seed);
  return Matrix.zeros(rows, 3).map(() => (random.uniform() < 0.2 ? Number.NaN : random.int(4)));
}

/** Mean of the first `k` donors that have column j, all donors in the order of their distances. */
function byHand(row: Float64Array, donors: Matrix, j: number, k: number): number {
  const near = Array.from({ length: donors.rows }, (_, r) => {
    const gaps = Array.from(donors.row(r), (v, c) => v - row[c]!).filter((gap) => !Number.isNaN(gap));
    const distance = Math.sqrt((gaps.reduce((s, gap) => s + gap * gap, 0) * 3) / gaps.length);
    return { r, distance, value: donors.at(r, j) };
  })
    .filter(({ distance, value }) => !Number.isNaN(distance) && !Number.isNaN(value))
    .sort((a, b) => a.distance - b.distance || a.r - b.r)
    .slice(0, k);
  return near.reduce((s, { value }) => s + value, 0) / near.length;
}

test.each([1, 5, 40, 250])("%d neighbours of 200 rows are the first in the order of all", (k) => {
  const donors = holes(200, 1);
  const asked = holes(60, 2);
  const filled = new KNNImputer({ nNeighbors: k }).fit(donors).transform(asked);
  let compared = 0;
  for (let i = 0; i < asked.rows; i++) {
    const row = asked.row(i);
    if (row.every(Number.isNaN)) continue;
    for (let j = 0; j < 3; j++) {
      if (!Number.isNaN(row[j]!)) continue;
      expect(filled.at(i, j)).toBeCloseTo(byHand(row, donors, j, k), 12);
      compared++;
    }
  }
  expect(compared).toBeGreaterThan(20);
});
