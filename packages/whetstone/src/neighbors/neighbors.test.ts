import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { makeBlobs } from "../data/index.ts";
import { Matrix, randomStream } from "../math/index.ts";
import {
  KernelDensity,
  KNeighborsClassifier,
  KNeighborsRegressor,
  LocalOutlierFactor,
  NearestCentroid,
  NeighborSearch,
  RadiusNeighborsClassifier,
  RadiusNeighborsRegressor,
} from "./index.ts";

type Weights = "uniform" | "distance";
const golden = JSON.parse(
  readFileSync(new URL("../../../../reference/values/neighbors/neighbors.json", import.meta.url), "utf8"),
) as {
  X: number[][];
  labels: number[];
  y: number[];
  w: number[];
  Q: number[][];
  search: {
    metric: "minkowski" | "cosine";
    p: number | "inf";
    indices: number[];
    distances: number[];
    radius: number;
    within: number[];
    withinIndices: number[];
  }[];
  votes: { weights: Weights; k: number; proba: number[]; value: number[] }[];
  within: { weights: Weights; proba: number[]; value: number[] }[];
  centroids: {
    metric: "euclidean" | "manhattan";
    shrinkThreshold: number | null;
    centroids: number[];
    predict: number[];
  }[];
  densities: {
    kernel: "gaussian";
    bandwidth: number;
    weighted: boolean;
    cols: number;
    log: (number | null)[];
  }[];
  rules: { scott: number; silverman: number };
  lof: {
    nNeighbors: number;
    contamination: "auto" | number;
    factors: number[];
    offset: number;
    scores: number[];
  }[];
};
const { X, labels, y, w, Q } = golden;

function close(a: ArrayLike<number>, b: ArrayLike<number>, tolerance: number): void {
  expect(a.length).toBe(b.length);
  for (let i = 0; i < a.length; i++)
    expect(Math.abs(a[i]! - b[i]!), `entry ${i}: ${a[i]} against ${b[i]}`).toBeLessThanOrEqual(
      tolerance * Math.max(1, Math.abs(b[i]!)),
    );
}

describe("NeighborSearch", () => {
  for (const c of golden.search) {
    const p = c.p === "inf" ? Number.POSITIVE_INFINITY : c.p;
    const algorithms =
      c.metric === "cosine" ? (["brute"] as const) : (["brute", "kdTree", "ballTree"] as const);
    for (const algorithm of algorithms) {
      it(`finds the neighbours of scikit-learn: ${c.metric} ${c.p} by ${algorithm}`, () => {
        const search = new NeighborSearch(X, { algorithm, metric: c.metric, p, leafSize: 5 });
        const near = search.kNeighbors(Q, 4);
        expect([...near.indices]).toEqual(c.indices);
        close(near.distances, c.distances, 1e-7);
        const ball = search.radiusNeighbors(Q, c.radius);
        expect([...ball.starts.slice(1)].map((end, i) => end - ball.starts[i]!)).toEqual(c.within);
        expect([...ball.indices]).toEqual(c.withinIndices);
      });
    }
  }

  it("gives the same bits by every algorithm, many ties included", () => {
    const random = randomStream(3);
    for (const d of [1, 2, 5]) {
      const rows = Array.from({ length: 300 }, () => Array.from({ length: d }, () => random.int(5)));
      const asked = rows.slice(0, 40).map((r) => r.map((v) => v + 0.5));
      for (const p of [1, 2, 2.5, Number.POSITIVE_INFINITY]) {
        for (const k of [1, 9, 300]) {
          const by = (algorithm: "brute" | "kdTree" | "ballTree") =>
            new NeighborSearch(rows, { algorithm, p, leafSize: 7 }).kNeighbors(asked, k);
          expect(by("kdTree")).toEqual(by("brute"));
          expect(by("ballTree")).toEqual(by("brute"));
        }
      }
    }
  });

  it("is exact where float32 cannot tell rows apart: near duplicates, far from the origin, in any unit", () => {
    const random = randomStream(4);
    for (const unit of [1e-150, 1e-30, 1, 1e12, 1e160]) {
      const rows = Matrix.zeros(400, 6).map((_, i) => unit * (1e3 + (i % 6) + 1e-7 * random.normal()));
      rows.data.set(
        Float64Array.from({ length: 6 }, () => 5e3 * unit),
        0,
      );
      const { indices } = new NeighborSearch(rows, { algorithm: "brute" }).kNeighbors(rows, 3);
      for (const i of [1, 17, 200]) {
        const squared = Array.from({ length: 400 }, (_, j) =>
          rows.row(i).reduce((s, v, q) => s + (v / unit - rows.at(j, q) / unit) ** 2, 0),
        );
        const order = squared.map((_, j) => j).sort((a, b) => squared[a]! - squared[b]! || a - b);
        if (unit === 1) expect([...indices.subarray(3 * i, 3 * i + 3)]).toEqual(order.slice(0, 3));
        else if (unit > 1e-100 && unit < 1e150)
          for (const j of indices.subarray(3 * i, 3 * i + 3))
            expect(squared[j]).toBeLessThanOrEqual(squared[order[2]!]! * (1 + 1e-6));
      }
    }
  });

  it("picks a tree for few columns and brute force for many", () => {
    const few = Matrix.zeros(500, 3).map((_, i) => i % 17);
    const many = Matrix.zeros(500, 30).map((_, i) => i % 17);
    expect(new NeighborSearch(few).algorithm).toBe("kdTree");
    expect(new NeighborSearch(many).algorithm).toBe("brute");
    expect(() => new NeighborSearch(few, { algorithm: "kdTree", metric: "cosine" })).toThrow(/algorithm/);
    expect(() => new NeighborSearch(few).kNeighbors(few, 501)).toThrow(/k is 501/);
  });
});

describe("votes", () => {
  for (const c of golden.votes) {
    it(`equal scikit-learn: ${c.k} neighbours, ${c.weights}`, () => {
      const given = { nNeighbors: c.k, weights: c.weights };
      close(new KNeighborsClassifier(given).fit(X, labels).predictProba(Q).data, c.proba, 1e-9);
      close(new KNeighborsRegressor(given).fit(X, y).predict(Q), c.value, 1e-9);
    });
  }
  for (const c of golden.within) {
    it(`equal scikit-learn within a radius: ${c.weights}`, () => {
      const given = { radius: 1.5, weights: c.weights };
      close(new RadiusNeighborsClassifier(given).fit(X, labels).predictProba(Q).data, c.proba, 1e-9);
      close(new RadiusNeighborsRegressor(given).fit(X, y).predict(Q), c.value, 1e-9);
    });
  }
  it("rows without neighbours", () => {
    const model = new RadiusNeighborsClassifier({ radius: 1, outlierLabel: null }).fit(
      [[0], [1], [9]],
      ["a", "a", "b"],
    );
    expect(() => model.predict([[0], [50]])).toThrow(/row 1/);
    const tolerant = new RadiusNeighborsClassifier({ radius: 1, outlierLabel: "mostFrequent" }).fit(
      [[0], [1], [9]],
      ["b", "b", "a"],
    );
    expect(tolerant.predict([[50]])).toEqual(["b"]);
    expect(new RadiusNeighborsRegressor().fit([[0]], [1]).predict([[5]])[0]).toBeNaN();
  });
  it("a neighbour at distance 0 counts alone", () => {
    const model = new KNeighborsRegressor({ nNeighbors: 3, weights: "distance" }).fit(
      [[0], [1], [2]],
      [5, 7, 9],
    );
    expect(model.predict([[1]])[0]).toBe(7);
  });
});

describe("NearestCentroid", () => {
  for (const c of golden.centroids)
    it(`equals scikit-learn: ${c.metric}, ${c.shrinkThreshold}`, () => {
      const model = new NearestCentroid({ metric: c.metric, shrinkThreshold: c.shrinkThreshold }).fit(
        X,
        labels,
      );
      close(model.centroids.data, c.centroids, 1e-9);
      expect(model.predict(Q)).toEqual(c.predict);
    });
});

describe("KernelDensity", () => {
  for (const c of golden.densities)
    it(`equals scikit-learn: ${c.kernel} ${c.bandwidth}${c.weighted ? " weighted" : ""}`, () => {
      const model = new KernelDensity({ kernel: c.kernel, bandwidth: c.bandwidth }).fit(
        X.map((r) => r.slice(0, c.cols)),
        null,
        c.weighted ? { sampleWeight: w } : {},
      );
      model.scoreSamples(Q.map((r) => r.slice(0, c.cols))).forEach((v, i) => {
        const expected = c.log[i]!;
        if (expected === null) expect(v).toBe(Number.NEGATIVE_INFINITY);
        else expect(Math.abs(v - expected)).toBeLessThan(1e-8 * Math.max(1, Math.abs(expected)));
      });
    });

  it("takes its bandwidth by rule", () => {
    for (const rule of ["scott", "silverman"] as const)
      expect(new KernelDensity({ bandwidth: rule }).fit(X).bandwidth).toBeCloseTo(golden.rules[rule], 12);
  });

  it("integrates to 1 for every kernel, in one and two columns", () => {
    for (const kernel of ["gaussian", "tophat", "epanechnikov", "exponential", "linear", "cosine"] as const) {
      const line = new KernelDensity({ kernel, bandwidth: 0.5 }).fit([[0], [1]]);
      const steps = Array.from({ length: 4001 }, (_, i) => [-10 + i / 200]);
      expect(line.scoreSamples(steps).reduce((s, v) => s + Math.exp(v) / 200, 0)).toBeCloseTo(1, 1);
      const plane = new KernelDensity({ kernel, bandwidth: 0.7 }).fit([[0, 0]]);
      const grid = Array.from({ length: 160 * 160 }, (_, i) => [
        -8 + (i % 160) / 10 + 0.05,
        -8 + Math.floor(i / 160) / 10 + 0.05,
      ]);
      expect(plane.scoreSamples(grid).reduce((s, v) => s + Math.exp(v) / 100, 0)).toBeCloseTo(1, 1);
    }
  });

  it("draws rows that follow the density", () => {
    for (const kernel of ["gaussian", "tophat"] as const) {
      const model = new KernelDensity({ kernel, bandwidth: 0.5 }).fit([
        [0, 0],
        [10, 0],
      ]);
      const drawn = model.sample(4000, 1);
      // Second moment per column: h^2 for the Gaussian, h^2 / (d + 2) for the ball.
      const expected = kernel === "gaussian" ? 0.25 : 0.25 / 4;
      const second = drawn.col(1).reduce((s, v) => s + v * v, 0) / 4000;
      expect(Math.abs(second / expected - 1)).toBeLessThan(0.1);
      expect(drawn.col(0).filter((v) => v > 5).length / 4000).toBeCloseTo(0.5, 1);
      expect(model.sample(5, 2).data).toEqual(model.sample(5, 2).data);
    }
    expect(() => new KernelDensity({ kernel: "linear" }).fit([[0]]).sample(1)).toThrow(/kernel/);
  });
});

describe("LocalOutlierFactor", () => {
  for (const c of golden.lof)
    it(`equals scikit-learn: ${c.nNeighbors} neighbours, contamination ${c.contamination}`, () => {
      const model = new LocalOutlierFactor({ nNeighbors: c.nNeighbors, contamination: c.contamination }).fit(
        X,
      );
      close(model.negativeOutlierFactor, c.factors, 1e-7);
      close([model.offset], [c.offset], 1e-7);
      close(model.scoreSamples(Q), c.scores, 1e-7);
    });
  it("finds a planted row beside a dense group, though a thin group holds farther rows", () => {
    const dense = makeBlobs({ nSamples: 100, centers: 1, clusterStd: 0.1, seed: 1 }).X.toArray();
    const centre = [0, 1].map((j) => dense.reduce((s, r) => s + r[j]! / 100, 0)) as [number, number];
    const thin = makeBlobs({ nSamples: 100, centers: 1, clusterStd: 3, seed: 2 })
      .X.toArray()
      .map(([a, b]) => [a! + 100, b!]);
    const model = new LocalOutlierFactor().fit([...dense, ...thin, [centre[0] + 1.5, centre[1]]]);
    expect(model.negativeOutlierFactor.indexOf(Math.min(...model.negativeOutlierFactor))).toBe(200);
  });
});
