import { describe, expect, test } from "vitest";
import { randomStream } from "../math/index.ts";
import { DBSCAN } from "./dbscan.ts";
import { gridClusters } from "./dbscan-grid.ts";

function rowsOf(kind: string, n: number, seed: number): number[][] {
  const random = randomStream(seed);
  return Array.from({ length: n }, (_, i) => {
    // Distances of exactly eps, and equal rows.
    if (kind === "lattice") return [0.25 * random.int(12), 0.25 * random.int(12)];
    if (kind === "line") return [random.uniform(-1, 1), 7];
    const stray = i % 8 === 0;
    return stray
      ? [random.uniform(-3, 3), random.uniform(-3, 3)]
      : [(i % 3) - 1 + 0.15 * random.normal(), 0.3 * random.normal()];
  });
}

describe("through cells", () => {
  test.each(["clumps", "lattice", "line"])("DBSCAN finds what brute force finds: %s", (kind) => {
    let used = 0;
    for (let seed = 0; seed < 12; seed++)
      for (const eps of [0.05, 0.125, 0.25, 0.5, 1.25])
        for (const minSamples of [1, 3, 6, 20]) {
          const rows = rowsOf(kind, 60 + 20 * seed, seed);
          const brute = new DBSCAN({ eps, minSamples, algorithm: "brute" }).fit(rows);
          const cells = new DBSCAN({ eps, minSamples }).fit(rows);
          expect(cells.labels).toEqual(brute.labels);
          expect(cells.coreSampleIndices).toEqual(brute.coreSampleIndices);
          const X = Float64Array.from(rows.flat());
          const direct = gridClusters(X, rows.length, eps, minSamples, () => {});
          if (direct === null) continue;
          used++;
          expect(direct.labels).toEqual(brute.labels);
        }
    expect(used).toBeGreaterThan(150);
  });

  test("are refused where they would be mostly empty, or too small for the numbers", () => {
    const X = Float64Array.from([0, 0, 1, 1, 1e6, 0]);
    expect(gridClusters(X, 3, 0.5, 1, () => {})).toBeNull();
    expect(gridClusters(X.subarray(0, 4), 2, 0.5, 1, () => {})?.labels).toEqual(Int32Array.of(0, 1));
    expect(gridClusters(Float64Array.of(1e12, 0, 1e12 + 1, 0), 2, 1, 1, () => {})).toBeNull();
  });
});
