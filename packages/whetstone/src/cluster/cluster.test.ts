import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { makeBlobs, makeCircles } from "../data/index.ts";
import { getThreads, setThreads } from "../kernels/index.ts";
import { Matrix, randomStream } from "../math/index.ts";
import { adjustedRandIndex } from "../metrics/index.ts";
import {
  AgglomerativeClustering,
  DBSCAN,
  elbow,
  gapStatistic,
  KMeans,
  type Linkage,
  SpectralClustering,
  silhouetteSweep,
} from "./index.ts";

const golden = JSON.parse(
  readFileSync(new URL("../../../../reference/values/cluster/cluster.json", import.meta.url), "utf8"),
) as {
  X: number[][];
  w: number[];
  moons: number[][];
  kmeans: {
    k: number;
    weighted: boolean;
    init: number[][];
    centers: number[][];
    labels: number[];
    inertia: number;
  }[];
  dbscan: {
    eps: number;
    minSamples: number;
    metric: "euclidean" | "manhattan" | "chebyshev";
    weights: number[] | null;
    labels: number[];
    core: number[];
  }[];
  trees: { linkage: Linkage; distance: number[]; size: number[]; labels: number[] }[];
  other: { linkage: Linkage; metric: "manhattan" | "cosine" | "chebyshev"; distance: number[] }[];
  spectral: { embedding: number[][] };
};
const { X, w, moons } = golden;
const half = X.filter((_, i) => i % 2 === 0);

function close(a: ArrayLike<number>, b: ArrayLike<number>, tolerance: number): void {
  expect(a.length).toBe(b.length);
  for (let i = 0; i < a.length; i++)
    expect(Math.abs(a[i]! - b[i]!), `entry ${i}: ${a[i]} against ${b[i]}`).toBeLessThanOrEqual(
      tolerance * Math.max(1, Math.abs(b[i]!)),
    );
}

describe("KMeans", () => {
  for (const c of golden.kmeans)
    it(`equals scikit-learn from the same start: ${c.k}${c.weighted ? " weighted" : ""}`, () => {
      const model = new KMeans({ nClusters: c.k, init: c.init, tol: 0, maxIter: 500 }).fit(
        X,
        null,
        c.weighted ? { sampleWeight: w } : {},
      );
      close(model.clusterCenters.data, c.centers.flat(), 1e-9);
      expect([...model.labels]).toEqual(c.labels);
      close([model.inertia], [c.inertia], 1e-9);
      expect([...model.predict(X)]).toEqual(c.labels);
      expect(-model.score(X)).toBeGreaterThan(0);
    });

  it("never lets the inertia rise, at any size", () => {
    for (const [n, d, k] of [
      [37, 1, 5],
      [700, 3, 4],
      [3000, 7, 13],
    ] as const) {
      const random = randomStream(n);
      const data = new Matrix(random.fillNormal(new Float64Array(n * d)), n, d);
      const model = new KMeans({ nClusters: k, init: "random", nInit: 1, tol: 0 }).fit(data);
      for (let i = 1; i < model.history.length; i++)
        expect(model.history[i]).toBeLessThanOrEqual(model.history[i - 1]! * (1 + 1e-12));
      close([model.inertia], [model.history.at(-1)!], 1e-9);
      // The end is a fixed point: every centre is the mean of its rows, every row with its nearest centre.
      expect([...model.predict(data)]).toEqual([...model.labels]);
      for (let c = 0; c < k; c++) {
        const rows = [...model.labels.keys()].filter((i) => model.labels[i] === c);
        expect(rows.length).toBeGreaterThan(0);
        for (let j = 0; j < d; j++)
          expect(model.clusterCenters.at(c, j)).toBeCloseTo(
            rows.reduce((s, i) => s + data.at(i, j), 0) / rows.length,
            9,
          );
      }
    }
  });

  it("k-means++ beats random starts on separated groups: 16 seeds", () => {
    const { X: blobs } = makeBlobs({ nSamples: 400, centers: 12, clusterStd: 0.3, seed: 5 });
    const inertias = (init: "k-means++" | "random") =>
      Array.from(
        { length: 16 },
        (_, s) => new KMeans({ nClusters: 12, init, nInit: 1, seed: s }).fit(blobs).inertia,
      );
    const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / 16;
    // Observed means: 78 against 566.
    expect(mean(inertias("k-means++"))).toBeLessThan(0.3 * mean(inertias("random")));
  });

  it("gives the same bits for any number of threads", () => {
    const random = randomStream(2);
    const data = new Matrix(random.fillNormal(new Float64Array(20_000 * 5)), 20_000, 5);
    const before = getThreads();
    try {
      const [one, two] = [1, 2].map((threads) => {
        setThreads(threads);
        return new KMeans({ nClusters: 7, maxIter: 20 }).fit(data, null, { onWarning: () => {} }).save();
      });
      expect(one).toEqual(two);
    } finally {
      setThreads(before);
    }
  });

  it("fills centres that lose all their rows, and copes with fewer different rows than centres", () => {
    const model = new KMeans({ nClusters: 3, init: [[0], [1000], [2000]] }).fit([[0], [1], [2], [10], [11]]);
    expect(new Set(model.labels).size).toBe(3);
    const same = new KMeans({ nClusters: 3 }).fit([[1], [1], [1], [2]], null, { onWarning: () => {} });
    expect(same.inertia).toBe(0);
    expect(() => new KMeans({ nClusters: 9 }).fit([[1], [2]])).toThrow(/nClusters/);
    expect(() => new KMeans({ nClusters: 2, init: [[1, 2]] }).fit([[1], [2]])).toThrow(/init/);
  });

  it("reaches the global optimum that brute force finds on small inputs", () => {
    for (let s = 0; s < 16; s++) {
      const random = randomStream(s);
      const rows = Array.from({ length: 9 }, () => [random.normal(), random.normal()]);
      let best = Number.POSITIVE_INFINITY;
      for (let mask = 1; mask < 1 << 8; mask++) {
        let sum = 0;
        for (const side of [0, 1]) {
          const group = rows.filter((_, i) => ((mask >> i) & 1) === side);
          const mean = [0, 1].map((j) => group.reduce((a, r) => a + r[j]!, 0) / group.length);
          for (const r of group) sum += (r[0]! - mean[0]!) ** 2 + (r[1]! - mean[1]!) ** 2;
        }
        best = Math.min(best, sum);
      }
      const { inertia } = new KMeans({ nClusters: 2, nInit: 20, seed: s }).fit(rows);
      expect(inertia).toBeGreaterThan(best * (1 - 1e-12));
      expect(inertia).toBeLessThan(best * (1 + 1e-9));
    }
  });
});

describe("DBSCAN", () => {
  for (const c of golden.dbscan)
    for (const algorithm of ["brute", "kdTree", "ballTree"] as const)
      it(`equals scikit-learn: eps ${c.eps}, ${c.minSamples}, ${c.metric} by ${algorithm}`, () => {
        const model = new DBSCAN({ eps: c.eps, minSamples: c.minSamples, metric: c.metric, algorithm }).fit(
          moons,
          null,
          c.weights ? { sampleWeight: c.weights } : {},
        );
        expect([...model.labels]).toEqual(c.labels);
        expect([...model.coreSampleIndices]).toEqual(c.core);
        const again = model.predict(moons);
        for (const i of model.coreSampleIndices) expect(again[i]).toBe(model.labels[i]);
        again.forEach((label, i) => {
          expect(label === -1).toBe(model.labels[i] === -1);
        });
      });

  it("keeps core rows and noise under any order of rows", () => {
    const spec = new DBSCAN({ eps: 0.15, minSamples: 5 });
    const model = spec.fit(moons);
    const order = [...randomStream(1).permutation(moons.length)];
    const shuffled = spec.fit(order.map((i) => moons[i]!));
    const core = new Set(model.coreSampleIndices);
    expect(new Set([...shuffled.coreSampleIndices].map((i) => order[i]!))).toEqual(core);
    order.forEach((i, at) => {
      expect(shuffled.labels[at] === -1).toBe(model.labels[i] === -1);
    });
    const cores = [...core];
    const place = new Map(order.map((i, at) => [i, at]));
    expect(
      adjustedRandIndex(
        cores.map((i) => model.labels[i]!),
        cores.map((i) => shuffled.labels[place.get(i)!]!),
      ),
    ).toBe(1);
  });
});

describe("AgglomerativeClustering", () => {
  for (const c of golden.trees)
    it(`equals SciPy and scikit-learn: ${c.linkage}`, () => {
      const model = new AgglomerativeClustering({ nClusters: 4, linkage: c.linkage }).fit(half);
      close(model.dendrogram.distance, c.distance, 1e-9);
      expect([...model.dendrogram.size]).toEqual(c.size);
      expect(adjustedRandIndex(c.labels, [...model.labels])).toBe(1);
      const threshold = (c.distance.at(-4)! + c.distance.at(-3)!) / 2;
      const cut = new AgglomerativeClustering({
        nClusters: null,
        distanceThreshold: threshold,
        linkage: c.linkage,
      }).fit(half);
      expect([...cut.labels]).toEqual([...model.labels]);
      expect([...model.cut(4)]).toEqual([...model.labels]);
      expect(new Set(model.cut(7)).size).toBe(7);
    });
  for (const c of golden.other)
    it(`equals SciPy: ${c.linkage} ${c.metric}`, () => {
      const model = new AgglomerativeClustering({ linkage: c.linkage, metric: c.metric }).fit(half);
      close(model.dendrogram.distance, c.distance, 1e-9);
    });
  it("refuses what does not go together", () => {
    expect(() => new AgglomerativeClustering({ nClusters: null })).toThrow(/nClusters/);
    expect(() => new AgglomerativeClustering({ metric: "manhattan" })).toThrow(/metric/);
    expect([...new AgglomerativeClustering({ nClusters: 1 }).fit([[3]]).labels]).toEqual([0]);
  });
});

describe("SpectralClustering", () => {
  it("embeds as scikit-learn does, up to sign and scale", () => {
    const rows = moons.filter((_, i) => i % 3 === 0);
    const { embedding, eigenvalues } = new SpectralClustering({ nClusters: 3, gamma: 10 }).fit(rows);
    expect(eigenvalues[0]).toBeCloseTo(0, 10);
    for (let c = 0; c < 3; c++) {
      const ours = embedding.col(c);
      const theirs = golden.spectral.embedding.map((r) => r[c]!);
      const dot = ours.reduce((s, v, i) => s + v * theirs[i]!, 0);
      const norms = Math.sqrt(ours.reduce((s, v) => s + v * v, 0) * theirs.reduce((s, v) => s + v * v, 0));
      expect(Math.abs(dot) / norms).toBeCloseTo(1, 6);
    }
  });
  it("tells rings apart, which k-means cannot", () => {
    const { X: rings, y } = makeCircles({ nSamples: 200, noise: 0.03, factor: 0.4, seed: 1 });
    for (const affinity of ["rbf", "nearestNeighbors"] as const) {
      const model = new SpectralClustering({ nClusters: 2, gamma: 30, affinity }).fit(rings);
      expect(adjustedRandIndex(y, [...model.labels])).toBe(1);
    }
    expect(adjustedRandIndex(y, [...new KMeans({ nClusters: 2 }).fit(rings).labels])).toBeLessThan(0.1);
  });
});

describe("choosing k", () => {
  const groups = makeBlobs({
    nSamples: 150,
    centers: [
      [0, 0],
      [8, 0],
      [0, 8],
    ],
    clusterStd: 0.7,
    seed: 3,
  }).X;
  it("finds three groups where there are three", () => {
    expect(elbow(groups).k).toBe(3);
    expect(silhouetteSweep(groups).k).toBe(3);
    expect(gapStatistic(groups, { maxClusters: 6 }).k).toBe(3);
    expect(gapStatistic(groups, { maxClusters: 6, reference: "box" }).k).toBe(3);
  });
  it("only the gap statistic says that there is one group: 16 seeds", () => {
    let ones = 0;
    for (let s = 0; s < 16; s++) {
      const random = randomStream(s);
      const flat = Matrix.zeros(80, 2).map(() => random.uniform());
      if (gapStatistic(flat, { maxClusters: 4, nReferences: 10, nInit: 2, seed: s }).k === 1) ones++;
    }
    // Observed 14 of 16.
    expect(ones).toBeGreaterThanOrEqual(11);
  });
});
