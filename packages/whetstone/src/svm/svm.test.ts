import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { makeCircles } from "../data/index.ts";
import { gramMatrix, Matrix, randomStream, SparseMatrix } from "../math/index.ts";
import { accuracy } from "../metrics/index.ts";
import {
  gramBytes,
  LinearSVC,
  LinearSVR,
  NuSVC,
  Nystroem,
  OneClassSVM,
  RBFSampler,
  SVC,
  SVR,
} from "./index.ts";

type Kernel = {
  kernel: "rbf" | "linear" | "poly" | "sigmoid";
  gamma?: number | "scale";
  degree?: number;
  coef0?: number;
};
const golden = JSON.parse(
  readFileSync(new URL("../../../../reference/values/svm/svm.json", import.meta.url), "utf8"),
) as {
  X: number[][];
  labels: number[];
  two: number[];
  y: number[];
  w: number[];
  Q: number[][];
  svc: {
    params: Kernel & { C: number };
    weighted: boolean;
    binary: number[];
    nSupport: number;
    dualSum: number;
    intercept: number;
    ovr: number[];
    predict: number[];
  }[];
  balanced: number[];
  nu: { nu: number; params: Kernel; binary: number[]; nSupport: number; ovr: number[] }[];
  svr: {
    params: Kernel & { C: number; epsilon: number };
    weighted: boolean;
    nSupport: number;
    value: number[];
  }[];
  one: { nu: number; gamma: number; score: number[] }[];
  linear: { loss: string; C: number; interceptScaling: number; coef: number[]; intercept: number[] }[];
  regress: { loss: string; C: number; epsilon: number; coef: number[]; intercept: number }[];
};
const { X, labels, two, y, w, Q } = golden;
const tol = 1e-8;
/** libsvm keeps kernel values in float32; with prices of 10 that shows in the fifth digit. */
const single = 1e-4;

function close(a: ArrayLike<number>, b: ArrayLike<number>, tolerance: number): void {
  expect(a.length).toBe(b.length);
  for (let i = 0; i < a.length; i++)
    expect(Math.abs(a[i]! - b[i]!), `entry ${i}: ${a[i]} against ${b[i]}`).toBeLessThanOrEqual(
      tolerance * Math.max(1, Math.abs(b[i]!)),
    );
}

describe("SVC", () => {
  for (const c of golden.svc)
    it(`equals libsvm: ${JSON.stringify(c.params)}${c.weighted ? " weighted" : ""}`, () => {
      const options = c.weighted ? { sampleWeight: w } : {};
      const binary = new SVC({ ...c.params, tol }).fit(X, two, options);
      close(binary.decisionFunction(Q).data, c.binary, single);
      expect(binary.support.length).toBe(c.nSupport);
      close([binary.dualCoef.data.reduce((s, v) => s + Math.abs(v), 0)], [c.dualSum], single);
      close([binary.intercept[0]!], [c.intercept], single);
      const many = new SVC({ ...c.params, tol }).fit(X, labels, options);
      close(many.decisionFunction(Q).data, c.ovr, single);
      expect(many.predict(Q)).toEqual(c.predict);
    });

  it("equals libsvm with balanced class weights", () => {
    close(
      new SVC({ classWeight: "balanced", tol }).fit(X, two).decisionFunction(Q).data,
      golden.balanced,
      1e-5,
    );
  });

  it("reaches the same optimum when variables are left out on the way", () => {
    const random = randomStream(2);
    const rows = Matrix.zeros(800, 3).map(() => random.normal());
    const classes = Array.from({ length: 800 }, (_, i) =>
      rows.at(i, 0) * rows.at(i, 1) + 0.5 * random.normal() > 0 ? 1 : -1,
    );
    const fits = [{}, { cacheSize: 0.1 }, { shrinking: false }].map((more) =>
      new SVC({ C: 100, tol: 1e-6, ...more }).fit(rows, classes),
    );
    const [left, little, whole] = [fits[0]!.pairs[0]!, fits[1]!.pairs[0]!, fits[2]!.pairs[0]!];
    // Few variables leave before four steps for each support vector have been made; here there are far more.
    expect(left.steps).toBeGreaterThan(10 * fits[0]!.support.length);
    for (const pair of [left, little, whole]) expect(pair.violation).toBeLessThan(1e-6);
    expect(little.objective).toBe(left.objective);
    expect(left.objective).not.toBe(whole.objective); // other roundings: the way was another one
    close([left.objective], [whole.objective], 1e-9);
  });

  it("meets the optimality conditions, with and without shrinking, and whatever the cache", () => {
    const random = randomStream(1);
    const rows = Matrix.zeros(1500, 3).map(() => random.normal());
    const classes = Array.from({ length: 1500 }, (_, i) =>
      rows.at(i, 0) * rows.at(i, 1) + 0.5 * random.normal() > 0 ? 1 : -1,
    );
    const C = 2;
    const fits = [
      new SVC({ C, tol: 1e-6 }),
      new SVC({ C, tol: 1e-6, shrinking: false }),
      new SVC({ C, tol: 1e-6, cacheSize: 0.1 }),
    ].map((spec) => spec.fit(rows, classes));
    const [model] = fits as [(typeof fits)[number]];
    expect(fits[2]!.cacheBytes).toBeLessThan(0.2 * 2 ** 20);
    expect(model.cacheBytes).toBeGreaterThan(1e7);
    for (const other of fits) {
      expect(other.pairs[0]!.violation).toBeLessThan(1e-6);
      close([other.pairs[0]!.objective], [model.pairs[0]!.objective], 1e-9);
    }
    // The same bits whatever fits the cache.
    expect(fits[2]!.dualCoef.data).toEqual(model.dualCoef.data);
    // KKT on the outside: y f >= 1 without weight, = 1 when free, <= 1 at the bound; primal equals dual.
    const f = model.decisionFunction(rows).data;
    const a = new Float64Array(1500);
    model.support.forEach((row, q) => {
      a[row] = model.dualCoef.data[q]! * classes[row]!;
    });
    let hinge = 0;
    classes.forEach((side, i) => {
      const margin = side * f[i]!;
      hinge += Math.max(0, 1 - margin);
      expect(a[i]).toBeGreaterThanOrEqual(-1e-12);
      expect(a[i]).toBeLessThanOrEqual(C + 1e-12);
      if (a[i]! < 1e-12) expect(margin).toBeGreaterThan(1 - 1e-5);
      else if (a[i]! > C - 1e-12) expect(margin).toBeLessThan(1 + 1e-5);
      else expect(Math.abs(margin - 1)).toBeLessThan(1e-5);
    });
    expect(Math.abs(a.reduce((s, v, i) => s + v * classes[i]!, 0))).toBeLessThan(1e-9);
    const sum = a.reduce((s, v) => s + v, 0);
    const square = 2 * (model.pairs[0]!.objective + sum);
    expect(Math.abs(square / 2 + C * hinge + model.pairs[0]!.objective)).toBeLessThan(1e-4 * C * hinge);
  });

  it("takes a kernel of one's own, and refuses its Gram matrix beyond the limit", () => {
    const own = (a: Float64Array, b: Float64Array) =>
      Math.exp(-0.5 * a.reduce((s, v, j) => s + (v - b[j]!) ** 2, 0));
    const byName = new SVC({ gamma: 0.5, tol }).fit(X, labels);
    const byFunction = new SVC({ kernel: own, tol }).fit(X, labels);
    close(byFunction.decisionFunction(Q).data, byName.decisionFunction(Q).data, 1e-6);
    expect(byName.gramBytes).toBe(gramBytes(75));
    expect(gramBytes(1e6)).toBe(8e12);
    expect(() => new SVC({ kernel: own, cacheSize: 0.01 }).fit(X, two)).toThrow(/Gram matrix/);
    expect(() => new SVC({ kernel: () => Number.NaN }).fit(X, two)).toThrow(/kernel/);
    expect(() => byFunction.save()).toThrow(/cannot be saved/);
  });

  it("hard margin: the closed form, and a sentence where none exists", () => {
    const rows = [
      [0, 0],
      [0, 2],
      [3, 1],
      [5, 0],
    ];
    const model = new SVC({ kernel: "linear", C: Number.POSITIVE_INFINITY, tol: 1e-9 }).fit(
      rows,
      [0, 0, 1, 1],
    );
    // Nearest points of the hulls: (0, 1) and (3, 1), so the margin is 3 = 2 / |w|.
    expect(2 / Math.hypot(...model.coef.row(0))).toBeCloseTo(3, 6);
    const hard = new SVC({ kernel: "linear", C: Number.POSITIVE_INFINITY });
    expect(() => hard.fit([[0], [1], [2], [3]], [0, 1, 0, 1])).toThrow(/no hyperplane separates/);
    expect(() => hard.fit([[0], [0]], [0, 1])).toThrow(/no hyperplane separates/);
  });

  it("probabilities: calibrated on held-out folds, coupled over classes", () => {
    const random = randomStream(5);
    const rows = Array.from({ length: 600 }, () => [3 * random.normal()]);
    const classes = rows.map(([v]) => (random.uniform() < 1 / (1 + Math.exp(-v!)) ? 1 : 0));
    const model = new SVC({ kernel: "linear", probability: true }).fit(rows, classes);
    for (const v of [-4, -1, 0, 1, 4]) {
      const p = model.predictProba([[v]]).at(0, 1);
      expect(Math.abs(p - 1 / (1 + Math.exp(-v)))).toBeLessThan(0.1);
    }
    const many = new SVC({ probability: true }).fit(X, labels);
    const P = many.predictProba(X);
    for (let i = 0; i < P.rows; i++) expect(P.row(i).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
    expect(() => new SVC().fit(X, two).predictProba(Q)).toThrow(/probability/);
  });
});

describe("relatives", () => {
  for (const c of golden.nu)
    it(`NuSVC equals libsvm: ${c.nu} ${JSON.stringify(c.params)}`, () => {
      const model = new NuSVC({ ...c.params, nu: c.nu, tol }).fit(X, two);
      close(model.decisionFunction(Q).data, c.binary, 1e-4);
      expect(model.support.length).toBe(c.nSupport);
      expect(model.support.length / X.length).toBeGreaterThanOrEqual(c.nu - 1e-9);
      close(new NuSVC({ ...c.params, nu: c.nu, tol }).fit(X, labels).decisionFunction(Q).data, c.ovr, 1e-4);
    });
  for (const c of golden.svr)
    it(`SVR equals libsvm: ${JSON.stringify(c.params)}${c.weighted ? " weighted" : ""}`, () => {
      const model = new SVR({ ...c.params, tol }).fit(X, y, c.weighted ? { sampleWeight: w } : {});
      close(model.predict(Q), c.value, 1e-4);
      expect(model.support.length).toBe(c.nSupport);
    });
  for (const c of golden.one)
    it(`OneClassSVM equals libsvm: ${c.nu}, ${c.gamma}`, () => {
      const model = new OneClassSVM({ nu: c.nu, gamma: c.gamma, tol }).fit(X);
      close(model.decisionFunction(Q), c.score, 1e-6);
    });
  it("NuSVC refuses a nu that the classes do not allow", () => {
    expect(() => new NuSVC({ nu: 0.9 }).fit([[0], [1], [2], [3]], [0, 0, 0, 1])).toThrow(/nu is 0.9/);
  });
});

describe("linear machines", () => {
  for (const c of golden.linear)
    it(`LinearSVC equals liblinear: ${c.loss} ${c.C} ${c.interceptScaling}`, () => {
      const spec = new LinearSVC({
        loss: c.loss === "hinge" ? "hinge" : "squaredHinge",
        C: c.C,
        interceptScaling: c.interceptScaling,
        tol: 1e-13,
        maxIter: 100_000,
      });
      const model = spec.fit(X, labels, { sampleWeight: w });
      close(model.coef.data, c.coef, 1e-4);
      close(model.intercept, c.intercept, 1e-3);
      for (const gap of model.dualityGap) expect(Math.abs(gap)).toBeLessThan(1e-9);
      const sparse = spec.fit(SparseMatrix.fromDense(Matrix.from(X)), labels, { sampleWeight: w });
      close(sparse.coef.data, model.coef.data, 1e-9);
    });
  for (const c of golden.regress)
    it(`LinearSVR equals liblinear: ${c.loss} ${c.C} ${c.epsilon}`, () => {
      const model = new LinearSVR({
        loss: c.loss === "epsilon_insensitive" ? "epsilonInsensitive" : "squaredEpsilonInsensitive",
        C: c.C,
        epsilon: c.epsilon,
        tol: 1e-12,
        maxIter: 100_000,
      }).fit(X, y);
      close(model.coef, c.coef, 1e-3);
      close([model.intercept], [c.intercept], 1e-3);
      expect(model.dualityGap).toBeGreaterThan(-1e-9);
    });
  it("stops by its certificate, and says when it cannot", () => {
    const said: string[] = [];
    const model = new LinearSVC({ loss: "hinge", maxIter: 2, tol: 1e-9 }).fit(X, two, {
      onWarning: (s) => said.push(s),
    });
    expect(said[0]).toMatch(/did not converge/);
    expect(model.dualityGap[0]).toBeGreaterThan(0);
    const far = new LinearSVC({ loss: "hinge", maxIter: 100_000, tol: 1e-12 }).fit(X, two);
    expect(model.primal[0]! - far.primal[0]!).toBeLessThanOrEqual(model.dualityGap[0]! + 1e-9);
  });
});

describe("approximations of a kernel", () => {
  const rows = Matrix.zeros(60, 3).map((_, i) => Math.sin(7 * i));
  const K = gramMatrix({ kind: "rbf", gamma: 0.7 }, rows);
  const error = (Z: Matrix) => {
    const gap = Z.matmul(Z.transpose()).sub(K).data;
    return Math.sqrt(gap.reduce((s, v) => s + v * v, 0) / gap.length);
  };
  it("random Fourier features: unbiased, and the error falls like 1 / sqrt(D)", () => {
    const at = (nComponents: number) => {
      let sum = 0;
      for (let s = 0; s < 16; s++)
        sum += error(new RBFSampler({ gamma: 0.7, nComponents, seed: s }).fit(rows).transform(rows)) ** 2;
      return Math.sqrt(sum / 16);
    };
    const [few, many] = [at(50), at(800)];
    expect(few / many).toBeGreaterThan(3.2);
    expect(few / many).toBeLessThan(5);
    // Var of one feature pair is at most 1 + k(2x - 2y) / 2 - k^2 <= 1.5: error below sqrt(1.5 / D).
    expect(many).toBeLessThan(Math.sqrt(1.5 / 800));
  });
  it("Nystroem: exact on its subset, and close from part of the rows", () => {
    expect(error(new Nystroem({ gamma: 0.7, nComponents: 60 }).fit(rows).transform(rows))).toBeLessThan(1e-5);
    expect(error(new Nystroem({ gamma: 0.7, nComponents: 25 }).fit(rows).transform(rows))).toBeLessThan(0.02);
  });
  it("a linear machine on them tells rings apart", () => {
    const { X: rings, y: side } = makeCircles({ nSamples: 300, noise: 0.05, factor: 0.4, seed: 1 });
    const Z = new RBFSampler({ gamma: 2, nComponents: 200 }).fit(rings).transform(rings);
    expect(accuracy(side, new LinearSVC().fit(Z, side).predict(Z))).toBeGreaterThan(0.99);
    expect(accuracy(side, new LinearSVC().fit(rings, side).predict(rings))).toBeLessThan(0.7);
  });
});
