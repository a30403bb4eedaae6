import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { makeBlobs } from "../data/index.ts";
import { getThreads, setThreads } from "../kernels/index.ts";
import { Matrix, randomStream } from "../math/index.ts";
import { adjustedRandIndex } from "../metrics/index.ts";
import {
  AffinityPropagation,
  Birch,
  BisectingKMeans,
  DBSCAN,
  estimateBandwidth,
  KMeans,
  MeanShift,
  MiniBatchKMeans,
  OPTICS,
} from "./index.ts";

const read = (name: string): unknown =>
  JSON.parse(
    readFileSync(new URL(`../../../../reference/values/cluster/${name}.json`, import.meta.url), "utf8"),
  );
type Params = Record<string, unknown>;
const { X, w, moons } = read("cluster") as { X: number[][]; w: number[]; moons: number[][] };
const golden = read("clusterers") as {
  mini: { weighted: boolean; init: number[][]; steps: number[][][]; labels: number[]; inertia: number }[];
  bisecting: { strategy: string; weighted: boolean; inertia: number; labels: number[] }[];
  optics: {
    params: Params;
    labels: number[];
    ordering: number[];
    predecessor: number[];
    reachability: (number | null)[];
    core: (number | null)[];
    hierarchy: [number, number][];
    cuts: { eps: number; labels: number[] }[];
  }[];
  shift: { params: Params; centers: number[][]; labels: number[]; nIter: number }[];
  bandwidths: { quantile: number; value: number }[];
  affinity: { params: Params; exemplars: number[]; labels: number[]; nIter: number }[];
  birch: { params: Params; data: "X" | "moons"; centers: number[][]; labels: number[] }[];
};

const camel = (params: Params): Params =>
  Object.fromEntries(
    Object.entries(params).map(([name, value]) => [name.replace(/_(.)/g, (_, c) => c.toUpperCase()), value]),
  );
const quiet = { onWarning: () => {} };

function close(a: ArrayLike<number>, b: ArrayLike<number | null>, tolerance = 1e-9): void {
  expect(a.length).toBe(b.length);
  for (let i = 0; i < a.length; i++) {
    const expected = b[i] ?? Number.POSITIVE_INFINITY;
    if (expected === Number.POSITIVE_INFINITY) expect(a[i]).toBe(expected);
    else
      expect(Math.abs(a[i]! - expected), `entry ${i}: ${a[i]} against ${expected}`).toBeLessThanOrEqual(
        tolerance * Math.max(1, Math.abs(expected)),
      );
  }
}

describe("KMeans by Elkan's bounds", () => {
  it("gives the labels, centres and history of Lloyd at any size, weighted or not", () => {
    for (const [n, d, k, weighted] of [
      [60, 1, 5, false],
      [700, 3, 4, true],
      [3000, 7, 13, false],
      [1500, 2, 40, true],
    ] as const) {
      const random = randomStream(n);
      const data = new Matrix(random.fillNormal(new Float64Array(n * d)), n, d);
      const options = weighted ? { sampleWeight: Float64Array.from({ length: n }, (_, i) => i % 3) } : {};
      const [lloyd, elkan] = (["lloyd", "elkan"] as const).map((algorithm) =>
        new KMeans({ nClusters: k, init: "random", nInit: 2, tol: 0, seed: n, algorithm }).fit(data, null, {
          ...options,
          ...quiet,
        }),
      );
      expect([...elkan!.labels]).toEqual([...lloyd!.labels]);
      expect(elkan!.nIter).toBe(lloyd!.nIter);
      close(elkan!.clusterCenters.data, lloyd!.clusterCenters.data);
      close(elkan!.history, lloyd!.history);
    }
  });

  it("breaks exact ties as Lloyd does, and fills empty centres", () => {
    const grid = Array.from({ length: 81 }, (_, i) => [i % 9, Math.floor(i / 9)]);
    for (let s = 0; s < 16; s++) {
      const [a, b] = (["lloyd", "elkan"] as const).map((algorithm) =>
        new KMeans({ nClusters: 5, seed: s, maxIter: 1, algorithm }).fit(grid, null, quiet),
      );
      expect(a!.inertia).toBeCloseTo(b!.inertia, 9);
    }
    const init = [[0], [1000], [2000]];
    const model = new KMeans({ nClusters: 3, init, algorithm: "elkan" }).fit([[0], [1], [2], [10], [11]]);
    expect(new Set(model.labels).size).toBe(3);
  });

  it("gives the same bits for any number of threads", () => {
    const data = new Matrix(randomStream(2).fillNormal(new Float64Array(20_000 * 5)), 20_000, 5);
    const before = getThreads();
    try {
      const [one, two] = [1, 2].map((threads) => {
        setThreads(threads);
        return new KMeans({ nClusters: 7, maxIter: 20, algorithm: "elkan" }).fit(data, null, quiet).save();
      });
      expect(one).toEqual(two);
    } finally {
      setThreads(before);
    }
  });
});

describe("MiniBatchKMeans", () => {
  for (const c of golden.mini)
    it(`partialFit equals scikit-learn batch by batch${c.weighted ? ", weighted" : ""}`, () => {
      const spec = new MiniBatchKMeans({ nClusters: 4, init: c.init, reassignmentRatio: 0 });
      const batch = (q: number) => X.slice(30 * q, 30 * q + 30);
      const options = (q: number) => (c.weighted ? { sampleWeight: w.slice(30 * q, 30 * q + 30) } : {});
      const first = spec.partialFit(batch(0), options(0));
      close(first.clusterCenters.data, c.steps[0]!.flat());
      let model = first;
      for (let q = 1; q < 5; q++) {
        model = model.partialFit(batch(q), options(q));
        close(model.clusterCenters.data, c.steps[q]!.flat());
      }
      expect([...model.labels]).toEqual(c.labels);
      close([model.inertia], [c.inertia]);
      close(first.clusterCenters.data, c.steps[0]!.flat()); // untouched by what came after
      expect(model.nSteps).toBe(5);
    });

  it("comes within a few percent of KMeans: 16 seeds", () => {
    const { X: blobs } = makeBlobs({ nSamples: 3000, centers: 8, clusterStd: 1, nFeatures: 4, seed: 2 });
    const best = new KMeans({ nClusters: 8, nInit: 5 }).fit(blobs).inertia;
    for (let s = 0; s < 16; s++) {
      const model = new MiniBatchKMeans({ nClusters: 8, batchSize: 256, nInit: 3, seed: s }).fit(blobs);
      // Observed 1.0007 to 1.0032.
      expect(model.inertia / best).toBeLessThan(1.02);
      expect(model.nSteps).toBeLessThan(100 * 12);
    }
  });

  it("reassigns centres that take in nothing", () => {
    const init = [[0], [5], [1e6]];
    const rows = Array.from({ length: 60 }, (_, i) => [i % 2 === 0 ? i / 60 : 5 + i / 60]);
    const kept = new MiniBatchKMeans({ nClusters: 3, init, reassignmentRatio: 0, maxIter: 20 }).fit(rows);
    expect(kept.clusterCenters.at(2, 0)).toBe(1e6);
    const moved = new MiniBatchKMeans({ nClusters: 3, init, maxIter: 20 }).fit(rows);
    expect(Math.max(...moved.clusterCenters.data)).toBeLessThan(10);
  });

  it("stops by tol, and by lack of improvement", () => {
    const steps = (more: object) =>
      new MiniBatchKMeans({ nClusters: 3, batchSize: 20, maxIter: 200, ...more }).fit(X).nSteps;
    const never = steps({ maxNoImprovement: null });
    expect(never).toBe(1500);
    expect(steps({})).toBeLessThan(never);
    expect(steps({ maxNoImprovement: null, tol: 1e-4 })).toBeLessThan(never);
  });
});

describe("BisectingKMeans", () => {
  for (const c of golden.bisecting)
    for (const algorithm of ["lloyd", "elkan"] as const)
      it(`equals scikit-learn: ${c.strategy}${c.weighted ? " weighted" : ""} by ${algorithm}`, () => {
        const model = new BisectingKMeans({
          nClusters: 5,
          nInit: 60,
          tol: 0,
          algorithm,
          bisectingStrategy: c.strategy === "biggest_inertia" ? "biggestInertia" : "largestCluster",
        }).fit(X, null, c.weighted ? { sampleWeight: w } : {});
        expect(adjustedRandIndex(c.labels, [...model.labels])).toBe(1);
        close([model.inertia], [c.inertia]);
        expect([...model.predict(X)]).toEqual([...model.labels]);
        expect(model.nClusters).toBe(5);
      });
  it("copes with equal rows", () => {
    const model = new BisectingKMeans({ nClusters: 3 }).fit([[1], [1], [1], [2]], null, quiet);
    expect(model.inertia).toBe(0);
    expect(model.clusterCenters.rows).toBe(3);
  });
});

describe("OPTICS", () => {
  golden.optics.forEach((c, q) => {
    for (const algorithm of ["brute", "kdTree", "ballTree"] as const)
      it(`equals scikit-learn: ${JSON.stringify(c.params)} by ${algorithm}`, () => {
        const model = new OPTICS({ ...camel(c.params), algorithm }).fit(moons, null, quiet);
        expect([...model.ordering]).toEqual(c.ordering);
        expect([...model.predecessor]).toEqual(c.predecessor);
        close(model.reachability, c.reachability);
        close(model.coreDistances, c.core);
        expect(model.clusterHierarchy.map(({ start, end }) => [start, end])).toEqual(c.hierarchy);
        expect([...model.labels]).toEqual(c.labels);
        for (const cut of c.cuts) expect([...model.extractDbscan(cut.eps)]).toEqual(cut.labels);
        const again = model.extractXi((c.params.xi as number | undefined) ?? 0.05);
        expect([...again.labels]).toEqual(c.labels);
        if (q === 0)
          for (const eps of [0.1, 0.15]) {
            const spec = new OPTICS({ minSamples: 5, clusterMethod: "dbscan", eps, algorithm });
            expect([...spec.fit(moons).labels]).toEqual([...model.extractDbscan(eps)]);
          }
      });
  });

  it("a cut is DBSCAN on core rows: 16 seeds", () => {
    for (let s = 0; s < 16; s++) {
      const { X: blobs } = makeBlobs({ nSamples: 120, centers: 4, clusterStd: 1.2, seed: s });
      const eps = 0.9;
      const dbscan = new DBSCAN({ eps, minSamples: 5 }).fit(blobs);
      const labels = new OPTICS({ minSamples: 5, maxEps: 2 }).fit(blobs).extractDbscan(eps);
      const core = [...dbscan.coreSampleIndices];
      expect(
        adjustedRandIndex(
          core.map((i) => dbscan.labels[i]!),
          core.map((i) => labels[i]!),
        ),
      ).toBe(1);
      // Nothing that DBSCAN calls noise is in a group.
      labels.forEach((label, i) => {
        if (dbscan.labels[i] === -1) expect(label).toBe(-1);
      });
    }
  });

  it("finds groups within groups where one radius finds one of both", () => {
    const random = randomStream(4);
    const y = Array.from({ length: 320 }, (_, i) => (i < 60 ? 0 : i < 120 ? 1 : 2));
    const rows = y.map((group) => {
      const sd = group === 2 ? 2 : 0.15;
      return [random.normal([0, 1.2, 12][group], sd), random.normal(0, sd)];
    });
    const score = (labels: Int32Array) => adjustedRandIndex(y, [...labels]);
    const model = new OPTICS({ minSamples: 10, xi: 0.1, minClusterSize: 30 }).fit(rows);
    expect(score(model.labels)).toBeGreaterThan(0.8);
    const { clusterHierarchy } = model.extractXi(0.05);
    const nested = clusterHierarchy.some((outer) =>
      clusterHierarchy.some(
        (inner) => inner !== outer && inner.start >= outer.start && inner.end <= outer.end,
      ),
    );
    expect(nested).toBe(true);
  });

  it("refuses eps beyond maxEps, and says where nothing is near", () => {
    expect(() => new OPTICS({ maxEps: 1, eps: 2 })).toThrow(/eps/);
    const warnings: string[] = [];
    const model = new OPTICS({ minSamples: 2, maxEps: 0.1 }).fit([[0], [1], [2]], null, {
      onWarning: (sentence) => warnings.push(sentence),
    });
    expect([...model.labels]).toEqual([-1, -1, -1]);
    expect(warnings[0]).toMatch(/maxEps/);
  });
});

describe("MeanShift", () => {
  for (const c of golden.shift)
    it(`equals scikit-learn: ${JSON.stringify(c.params).slice(0, 60)}`, () => {
      const model = new MeanShift(camel(c.params)).fit(X);
      close(model.clusterCenters.data, c.centers.flat(), 1e-6);
      expect([...model.labels]).toEqual(c.labels);
      expect(model.nIter).toBe(c.nIter);
      if (c.params.cluster_all !== false) expect([...model.predict(X)]).toEqual(c.labels);
    });
  it("estimates bandwidths as scikit-learn does", () => {
    for (const { quantile, value } of golden.bandwidths) close([estimateBandwidth(X, { quantile })], [value]);
    const sampled = estimateBandwidth(X, { nSamples: 100, seed: 3 });
    expect(sampled / golden.bandwidths[1]!.value).toBeGreaterThan(0.8);
    expect(sampled / golden.bandwidths[1]!.value).toBeLessThan(1.2);
  });
  it("rests at peaks: every centre is the mean of the rows within its window", () => {
    const bandwidth = 1.1;
    const { clusterCenters } = new MeanShift({ bandwidth }).fit(X);
    for (const centre of clusterCenters.toArray()) {
      const near = X.filter((row) => Math.hypot(...row.map((v, j) => v - centre[j]!)) <= bandwidth);
      const mean = centre.map((_, j) => near.reduce((s, row) => s + row[j]!, 0) / near.length);
      expect(Math.hypot(...mean.map((v, j) => v - centre[j]!))).toBeLessThan(1e-3 * bandwidth);
    }
  });
  it("refuses starts that are near nothing", () => {
    expect(() => new MeanShift({ bandwidth: 1, seeds: [[99, 99]] }).fit([[0, 0]])).toThrow(/seeds/);
    expect(() => new MeanShift({ bandwidth: 1, binSeeding: true, minBinFreq: 9 }).fit([[0], [1]])).toThrow(
      /minBinFreq/,
    );
  });
});

describe("AffinityPropagation", () => {
  for (const c of golden.affinity)
    it(`equals scikit-learn: ${JSON.stringify(c.params).slice(0, 60)}`, () => {
      const half = X.filter((_, i) => i % 2 === 0);
      const S = half.map((a) => half.map((b) => -a.reduce((s, v, j) => s + (v - b[j]!) ** 2, 0)));
      const precomputed = c.params.affinity === "precomputed";
      const rows = precomputed ? S : c.labels.length === 150 ? X : half;
      const model = new AffinityPropagation({ ...camel(c.params), maxIter: 500 }).fit(rows);
      expect([...model.clusterCentersIndices]).toEqual(c.exemplars);
      expect([...model.labels]).toEqual(c.labels);
      expect(model.nIter).toBe(c.nIter);
      if (precomputed) expect(() => model.predict(rows)).toThrow(/precomputed/);
      else expect([...model.predict(rows)].slice(0, 5)).toEqual(c.labels.slice(0, 5));
    });
  it("all similarities equal: each its own group, or one", () => {
    const same = [[1], [1], [1]];
    expect([...new AffinityPropagation().fit(same).labels]).toEqual([0, 1, 2]);
    expect([...new AffinityPropagation({ preference: -1 }).fit(same).labels]).toEqual([0, 0, 0]);
  });
  it("warns where it does not converge", () => {
    const warnings: string[] = [];
    const options = { onWarning: (sentence: string) => warnings.push(sentence) };
    const model = new AffinityPropagation({ maxIter: 2 }).fit(X, null, options);
    expect(warnings[0]).toMatch(/maxIter/);
    expect(model.labels.length).toBe(150);
    expect(() => new AffinityPropagation({ preference: [1] }).fit(X)).toThrow(/preference/);
    expect(() => new AffinityPropagation({ affinity: "precomputed" }).fit(X)).toThrow(/square/);
  });
});

describe("Birch", () => {
  const sorted = (rows: number[][]) =>
    [...rows].sort((a, b) => a.map((v, j) => v - b[j]!).find((v) => v !== 0) ?? 0);
  for (const c of golden.birch)
    it(`equals scikit-learn: ${JSON.stringify(c.params)}`, () => {
      const rows = c.data === "X" ? X : moons;
      const spec = new Birch(camel(c.params));
      const model = spec.fit(rows);
      close(sorted(model.subclusterCenters.toArray()).flat(), sorted(c.centers).flat());
      expect(adjustedRandIndex(c.labels, [...model.labels])).toBe(1);
      expect(model.subclusterSizes.reduce((a, b) => a + b, 0)).toBe(rows.length);
      // Rows one part after another give the same tree, and the first model stays as it is.
      const first = spec.fit(rows.slice(0, 40), null, quiet);
      const bytes = first.save();
      const later = first.partialFit(rows.slice(40, 90), quiet).partialFit(rows.slice(90));
      expect([...later.subclusterCenters.data]).toEqual([...model.subclusterCenters.data]);
      expect([...later.predict(rows)]).toEqual([...model.labels]);
      expect(first.save()).toEqual(bytes);
    });
  it("equals a list of member rows, where one node holds all subclusters", () => {
    const threshold = 0.3;
    const members: number[][][] = [];
    const mean = (rows: number[][]) =>
      [0, 1].map((j) => rows.reduce((sum, r) => sum + r[j]!, 0) / rows.length);
    const gap = (a: number[], b: number[]) => (a[0]! - b[0]!) ** 2 + (a[1]! - b[1]!) ** 2;
    for (const row of moons) {
      const gaps = members.map((rows) => gap(mean(rows), row));
      const nearest = members[gaps.indexOf(Math.min(...gaps))];
      const joined = [...(nearest ?? []), row];
      const spread = joined.reduce((sum, r) => sum + gap(r, mean(joined)), 0) / joined.length;
      if (nearest !== undefined && spread <= threshold ** 2) nearest.push(row);
      else members.push([row]);
    }
    const model = new Birch({ threshold, branchingFactor: 1000, nClusters: null }).fit(moons);
    expect([...model.subclusterSizes]).toEqual(members.map((rows) => rows.length));
    close(model.subclusterCenters.data, members.flatMap(mean));
    close(
      model.transform(moons.slice(0, 1)).data,
      members.map((rows) => Math.sqrt(gap(mean(rows), moons[0]!))),
    );
    const warnings: string[] = [];
    new Birch({ threshold: 50 }).fit(moons, null, { onWarning: (sentence) => warnings.push(sentence) });
    expect(warnings[0]).toMatch(/threshold/);
  });
});
