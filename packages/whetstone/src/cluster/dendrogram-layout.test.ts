import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { randomStream } from "../math/index.ts";
import { AgglomerativeClustering } from "./agglomerative.ts";
import { dendrogramLayout } from "./dendrogram-layout.ts";

interface Case {
  left: number[];
  right: number[];
  distance: number[];
  size: number[];
  leaves: number[];
  icoord: number[][];
  dcoord: number[][];
}
const { cases } = JSON.parse(
  readFileSync(new URL("../../../../reference/values/cluster/dendrogram.json", import.meta.url), "utf8"),
) as { cases: Record<string, Case> };

describe("dendrogramLayout", () => {
  test.each(Object.entries(cases))("stands where SciPy draws: %s", (_, c) => {
    const layout = dendrogramLayout({
      n: c.left.length + 1,
      left: Int32Array.from(c.left),
      right: Int32Array.from(c.right),
      distance: Float64Array.from(c.distance),
      size: Int32Array.from(c.size),
    });
    expect(Array.from(layout.leaves)).toEqual(c.leaves);
    // SciPy's places are 5, 15, 25, ...; it lists merges in another order.
    const theirs = c.icoord.map((x, m) => [...c.dcoord[m]!, ...x.map((v) => (v - 5) / 10)]);
    const ours = c.left.map((_, m) => [
      ...layout.y.subarray(4 * m, 4 * m + 4),
      ...layout.x.subarray(4 * m, 4 * m + 4),
    ]);
    const byHeight = (a: number[], b: number[]) => a[1]! - b[1]!;
    expect(ours.sort(byHeight)).toEqual(theirs.sort(byHeight));
  });

  test("one row has a place and no merges; chains of 20,000 rows are no deeper than the stack", () => {
    const alone = new AgglomerativeClustering({ nClusters: 1 }).fit([[3]]).dendrogram;
    expect(dendrogramLayout(alone)).toEqual({
      leaves: Int32Array.of(0),
      x: new Float64Array(0),
      y: new Float64Array(0),
    });
    const n = 20_000;
    const chain = {
      n,
      left: Int32Array.from({ length: n - 1 }, (_, m) => (m === 0 ? 0 : n + m - 1)),
      right: Int32Array.from({ length: n - 1 }, (_, m) => m + 1),
      distance: Float64Array.from({ length: n - 1 }, (_, m) => m + 1),
      size: Int32Array.from({ length: n - 1 }, (_, m) => m + 2),
    };
    expect(dendrogramLayout(chain).leaves.every((row, at) => row === at)).toBe(true);
  });

  test.each(["ward", "complete", "average", "single"] as const)(
    "rows of each group stand side by side: %s",
    (linkage) => {
      const random = randomStream(1);
      const rows = Array.from({ length: 40 }, () => [random.normal(), random.normal()]);
      const model = new AgglomerativeClustering({ nClusters: 1, linkage }).fit(rows);
      const { leaves } = dendrogramLayout(model.dendrogram);
      expect(Array.from(leaves).sort((a, b) => a - b)).toEqual(rows.map((_, i) => i));
      for (const k of [2, 5, 11]) {
        const groups = model.cut(k);
        let changes = 0;
        for (let at = 1; at < 40; at++) if (groups[leaves[at]!] !== groups[leaves[at - 1]!]) changes++;
        expect(changes).toBe(k - 1);
      }
    },
  );
});
