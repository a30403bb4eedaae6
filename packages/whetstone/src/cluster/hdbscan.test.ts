/** No reference package is at hand: the definition itself, on small inputs. */
import { describe, expect, it } from "vitest";
import { makeBlobs, makeMoons } from "../data/index.ts";
import { randomStream } from "../math/index.ts";
import { adjustedRandIndex } from "../metrics/index.ts";
import { DBSCAN, HDBSCAN } from "./index.ts";

interface Group {
  readonly rows: readonly number[];
  readonly birth: number;
  readonly children: Group[];
  stability: number;
}

/**
 * The hierarchy by thresholds: at every distance the connected parts of the graph of smaller mutual reachabilities, and a
 * group splits where two parts or more are large enough.
 */
function byThresholds(X: number[][], minClusterSize: number, minSamples: number) {
  const n = X.length;
  const d = (i: number, j: number) => Math.hypot(...X[i]!.map((v, q) => v - X[j]![q]!));
  const core = X.map((_, i) => X.map((_, j) => d(i, j)).sort((a, b) => a - b)[minSamples - 1]!);
  const reach = (i: number, j: number) => Math.max(d(i, j), core[i]!, core[j]!);
  const parts = (rows: readonly number[], below: number): number[][] => {
    const left = new Set(rows);
    const out: number[][] = [];
    for (const first of rows) {
      if (!left.delete(first)) continue;
      const part = [first];
      for (let at = 0; at < part.length; at++)
        for (const j of [...left]) if (reach(part[at]!, j) < below && left.delete(j)) part.push(j);
      out.push(part);
    }
    return out;
  };
  const grow = (rows: readonly number[], birth: number, from: number): Group => {
    const group: Group = { rows, birth, children: [], stability: 0 };
    let live = rows;
    const levels = [...new Set(rows.flatMap((i) => rows.filter((j) => j < i).map((j) => reach(i, j))))].sort(
      (a, b) => b - a,
    );
    for (const level of levels) {
      if (level > from) continue;
      const now = parts(live, level);
      const large = now.filter((p) => p.length >= minClusterSize);
      const lambda = 1 / level;
      const keep = large.length === 1 ? large[0]! : [];
      for (const i of live) if (!keep.includes(i)) group.stability += lambda - birth;
      if (large.length >= 2) group.children.push(...large.map((p) => grow(p, lambda, level)));
      live = keep;
      if (live.length === 0) break;
    }
    return group;
  };
  const whole = grow(
    X.map((_, i) => i),
    0,
    Number.POSITIVE_INFINITY,
  );
  void n;
  return whole;
}

/** The largest total stability over all sets of disjoint groups, by trying every set. */
function bestByEnumeration(whole: Group, withWhole: boolean): { total: number; groups: Group[] } {
  const all: Group[] = [];
  const visit = (g: Group) => {
    all.push(g);
    g.children.forEach(visit);
  };
  visit(whole);
  const offered = withWhole ? all : all.slice(1);
  let best = { total: 0, groups: [] as Group[] };
  const choose = (at: number, taken: Group[], total: number) => {
    if (total > best.total) best = { total, groups: taken };
    for (let i = at; i < offered.length; i++) {
      const g = offered[i]!;
      if (taken.some((t) => t.rows.some((r) => g.rows.includes(r)))) continue;
      choose(i + 1, [...taken, g], total + g.stability);
    }
  };
  choose(0, [], 0);
  return best;
}

describe("HDBSCAN", () => {
  it("takes the groups of largest total stability: brute force on 60 small inputs", () => {
    let several = 0;
    for (let s = 0; s < 60; s++) {
      const random = randomStream(s);
      const centres = Array.from({ length: 1 + random.int(4) }, () => [
        5 * random.normal(),
        5 * random.normal(),
      ]);
      const X = Array.from({ length: 24 }, (_, i) =>
        centres[i % centres.length]!.map((c, j) => c + (0.3 + j) * random.normal()),
      );
      for (const [minClusterSize, minSamples] of [
        [3, 3],
        [4, 2],
        [2, 1],
      ] as const) {
        const whole = byThresholds(X, minClusterSize, minSamples);
        for (const allowSingleCluster of [false, true]) {
          const model = new HDBSCAN({ minClusterSize, minSamples, allowSingleCluster }).fit(X);
          const { total, groups } = bestByEnumeration(whole, allowSingleCluster);
          const ours = [...model.selected].reduce((sum, g) => sum + model.stabilities[g - 24]!, 0);
          expect(Math.abs(ours - total)).toBeLessThan(1e-9 * Math.max(1, total));
          if (allowSingleCluster && groups[0] === whole) continue; // its rows are thinned, see below
          if (groups.length > 1) several++;
          const expected = new Int32Array(24).fill(-1);
          groups.forEach((g, label) => {
            for (const i of g.rows) expected[i] = label;
          });
          expect(adjustedRandIndex([...expected], [...model.labels])).toBe(1);
          model.labels.forEach((label, i) => {
            expect(label === -1).toBe(expected[i] === -1);
            expect(model.probabilities[i]! > 0).toBe(label !== -1);
          });
        }
        const leaves: number[] = new Array(24).fill(-1);
        let label = 0;
        const visit = (g: Group) => {
          if (g.children.length === 0 && g !== whole) {
            for (const i of g.rows) leaves[i] = label;
            label++;
          }
          g.children.forEach(visit);
        };
        visit(whole);
        const leaf = new HDBSCAN({ minClusterSize, minSamples, clusterSelectionMethod: "leaf" }).fit(X);
        expect(adjustedRandIndex(leaves, [...leaf.labels])).toBe(1);
      }
    }
    expect(several).toBeGreaterThan(100);
  });

  it("finds groups of very different density that no single radius of DBSCAN finds", () => {
    const dense = makeBlobs({
      nSamples: 100,
      centers: [
        [0, 0],
        [0.5, 0],
      ],
      clusterStd: 0.05,
      seed: 1,
    });
    const thin = makeBlobs({
      nSamples: 100,
      centers: [
        [40, 0],
        [100, 0],
      ],
      clusterStd: 6,
      seed: 2,
    });
    const X = [...dense.X.toArray(), ...thin.X.toArray()];
    const truth = [...dense.y, ...thin.y.map((g) => 2 + g)];
    const model = new HDBSCAN({ minClusterSize: 15 }).fit(X);
    expect(adjustedRandIndex(truth, [...model.labels])).toBeGreaterThan(0.8);
    const best = Math.max(
      ...Array.from({ length: 30 }, (_, i) =>
        adjustedRandIndex(truth, [...new DBSCAN({ eps: 0.1 * 1.2 ** i }).fit(X).labels]),
      ),
    );
    expect(best).toBeLessThan(0.75);
  });

  it("follows shapes, and leaves noise out", () => {
    const { X, y } = makeMoons({ nSamples: 200, noise: 0.05, seed: 3 });
    const model = new HDBSCAN({ minClusterSize: 10 }).fit(X);
    const inside = [...model.labels.keys()].filter((i) => model.labels[i] !== -1);
    expect(inside.length).toBeGreaterThan(190);
    expect(
      adjustedRandIndex(
        inside.map((i) => y[i]!),
        inside.map((i) => model.labels[i]!),
      ),
    ).toBe(1);
  });

  it("merges clusters that split below the selection epsilon", () => {
    const { X } = makeBlobs({
      nSamples: 90,
      centers: [
        [0, 0],
        [1, 0],
        [20, 0],
      ],
      clusterStd: 0.1,
      seed: 4,
    });
    expect(new HDBSCAN({ minClusterSize: 10 }).fit(X).nClusters).toBeGreaterThanOrEqual(2);
    expect(new HDBSCAN({ minClusterSize: 10, clusterSelectionMethod: "leaf" }).fit(X).nClusters).toBe(3);
    expect(
      new HDBSCAN({ minClusterSize: 10, clusterSelectionMethod: "leaf", clusterSelectionEpsilon: 3 }).fit(X)
        .nClusters,
    ).toBe(2);
  });

  it("copes with equal rows", () => {
    const model = new HDBSCAN({ minClusterSize: 3 }).fit([[0], [0], [0], [0], [5], [5], [5], [5]]);
    expect(model.nClusters).toBe(2);
    expect(model.probabilities.every((p) => p === 1)).toBe(true);
    model.save();
  });

  it("gives the same by every search, rows in any order, also where many distances are equal", () => {
    for (let s = 0; s < 24; s++) {
      const random = randomStream(s);
      const n = 30 + random.int(200);
      const X = Array.from({ length: n }, (_, i) =>
        [0, 1].map((j) => {
          const v = (i % 3) * 4 + 1.5 * random.normal() * (1 + j * (i % 2));
          return s % 2 === 0 ? Math.round(v * 2) / 2 : v;
        }),
      );
      const shuffled = Array.from(X.keys()).sort((a, b) => ((a * 7919) % 1009) - ((b * 7919) % 1009));
      for (const [minClusterSize, minSamples] of [
        [5, 5],
        [8, 1],
      ]) {
        for (const metric of ["euclidean", "manhattan"] as const) {
          const how = { minClusterSize, minSamples, metric, leafSize: 4 };
          const brute = new HDBSCAN({ ...how, algorithm: "brute" }).fit(X);
          for (const algorithm of ["kdTree", "ballTree"] as const) {
            const byTree = new HDBSCAN({ ...how, algorithm }).fit(X);
            expect(byTree.labels).toEqual(brute.labels);
            expect(byTree.dendrogram.distance).toEqual(brute.dendrogram.distance);
          }
          const other = new HDBSCAN({ ...how, algorithm: "kdTree" }).fit(shuffled.map((i) => X[i]!));
          const back = new Int32Array(n);
          shuffled.forEach((i, at) => {
            back[i] = other.labels[at]!;
          });
          expect(back.map((v) => (v === -1 ? 1 : 0))).toEqual(brute.labels.map((v) => (v === -1 ? 1 : 0)));
          expect(adjustedRandIndex([...back], [...brute.labels])).toBeCloseTo(1, 12);
        }
      }
    }
  });
});
