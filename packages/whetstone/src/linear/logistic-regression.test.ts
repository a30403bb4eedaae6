import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { setThreads } from "../kernels/index.ts";
import { Matrix } from "../math/matrix.ts";
import { randomStream } from "../math/random/index.ts";
import { LogisticRegression } from "./index.ts";

interface Case {
  name: string;
  X: number[][];
  y: number[];
  C: number;
  fitIntercept: boolean;
  classWeight: "balanced" | null;
  sampleWeight: number[] | null;
  coef: number[][];
  intercept: number[];
  objective: number;
  logLoss: number;
  proba: number[][];
}
const golden = JSON.parse(
  readFileSync(new URL("../../../../reference/values/linear/logistic.json", import.meta.url), "utf8"),
) as {
  cases: Case[];
  binary: Record<string, unknown> & { X: number[][]; y: number[] };
  multinomial: {
    X: number[][];
    y: number[];
    params: number[][];
    bse: number[][];
    llf: number;
    llnull: number;
    aic: number;
  };
};

const close = (a: ArrayLike<number>, b: ArrayLike<number>, relative: number, absolute = 0) => {
  expect(a.length).toBe(b.length);
  for (let i = 0; i < a.length; i++) {
    expect(Math.abs(a[i]! - b[i]!), `entry ${i}: ${a[i]} against ${b[i]}`).toBeLessThanOrEqual(
      absolute + relative * Math.abs(b[i]!),
    );
  }
};

/** The objective by its definition, over labels 0, 1, ... */
function objective(c: Case, coef: number[][], intercept: ArrayLike<number>, K: number): number {
  let total = 0;
  const counts = new Float64Array(K);
  const weight = (i: number) => c.sampleWeight?.[i] ?? 1;
  c.y.forEach((k, i) => {
    counts[k] = counts[k]! + weight(i);
  });
  const sum = counts.reduce((a, b) => a + b, 0);
  c.X.forEach((x, i) => {
    let z = coef.map((w, k) => w.reduce((s, v, j) => s + v * x[j]!, intercept[k]!));
    if (K === 2) z = [0, z[0]!];
    const max = Math.max(...z);
    const lse = max + Math.log(z.reduce((s, v) => s + Math.exp(v - max), 0));
    const balance = c.classWeight === "balanced" ? sum / (K * counts[c.y[i]!]!) : 1;
    total += c.C * weight(i) * balance * (lse - z[c.y[i]!]!);
  });
  return total + 0.5 * coef.flat().reduce((s, v) => s + v * v, 0);
}

const specOf = (c: Case, solver: "lbfgs" | "newtonCholesky", tol: number) =>
  new LogisticRegression({ C: c.C, fitIntercept: c.fitIntercept, classWeight: c.classWeight, solver, tol });
const fitOf = (c: Case, solver: "lbfgs" | "newtonCholesky", tol = 1e-6) =>
  specOf(c, solver, tol).fit(c.X, c.y, c.sampleWeight ? { sampleWeight: c.sampleWeight } : {});

describe("LogisticRegression against scikit-learn", () => {
  for (const c of golden.cases) {
    for (const solver of ["lbfgs", "newtonCholesky"] as const) {
      it(`${c.name}, ${solver}: optimum at the default tolerance`, () => {
        const model = fitOf(c, solver);
        expect(model.converged).toBe(true);
        const ours = objective(c, model.coef.toArray(), model.intercept, model.classes.length);
        // The mean log loss may be 1e-8 above the optimum, and no further below what scikit-learn reached.
        const scale = c.C * c.X.length;
        expect(ours - c.objective).toBeLessThan(1e-8 * scale);
        expect(ours - c.objective).toBeGreaterThan(-1e-6 * scale);
        close(model.predictProba(c.X.slice(0, 5)).data, c.proba.flat(), 1e-3, 1e-4);
      });
    }
    it(`${c.name}: both solvers agree when driven to the end`, () => {
      const a = fitOf(c, "lbfgs", 1e-10);
      const b = fitOf(c, "newtonCholesky", 1e-10);
      close(a.coef.data, b.coef.data, 1e-5, 1e-6);
      close(a.coef.data, c.coef.flat(), 1e-4, 1e-5);
    });
  }
});

describe("inference", () => {
  it("equals statsmodels Logit and GLM", () => {
    const g = golden.binary as unknown as Record<string, number> & {
      X: number[][];
      y: number[];
      params: number[];
      bse: number[];
      z: number[];
      p: number[];
      ci: number[][];
      cov: number[][];
    };
    const model = new LogisticRegression({ penalty: null, tol: 1e-12, solver: "newtonCholesky" }).fit(
      g.X,
      g.y,
    );
    const info = model.inference(g.X, g.y, { confidence: 0.9 });
    const rows = info.coefficients;
    close(
      rows.map((r) => r.estimate),
      g.params,
      1e-9,
    );
    close(
      rows.map((r) => r.standardError),
      g.bse,
      1e-9,
    );
    close(
      rows.map((r) => r.statistic),
      g.z,
      1e-9,
    );
    close(
      rows.map((r) => r.pValue),
      g.p,
      1e-8,
    );
    close(
      rows.flatMap((r) => [r.lower, r.upper]),
      g.ci.flat(),
      1e-8,
    );
    close(info.covariance.data, g.cov.flat(), 1e-8, 1e-14);
    close([info.logLikelihood, info.nullLogLikelihood], [g.llf!, g.llnull!], 1e-10);
    close([info.deviance, info.nullDeviance], [g.deviance!, g.nullDeviance!], 1e-10);
    close([info.aic, info.bic, info.pseudoRSquared], [g.aic!, g.bic!, g.prsquared!], 1e-9);
    close([info.dfModel, info.dfResidual], [g.dfModel!, g.dfResid!], 0);
    expect(info.toString()).toContain("intercept");
  });

  it("equals statsmodels MNLogit", () => {
    const g = golden.multinomial;
    const model = new LogisticRegression({ penalty: null, tol: 1e-12, solver: "newtonCholesky" }).fit(
      g.X,
      g.y,
    );
    const info = model.inference(g.X, g.y);
    close(
      info.coefficients.map((r) => r.estimate),
      g.params.flat(),
      1e-7,
      1e-9,
    );
    close(
      info.coefficients.map((r) => r.standardError),
      g.bse.flat(),
      1e-8,
    );
    close([info.logLikelihood, info.nullLogLikelihood, info.aic], [g.llf, g.llnull, g.aic], 1e-9);
    expect(info.coefficients[0]!.name).toBe("1:intercept");
  });
});

/** Classes drawn from logits that the columns give; units differ by many powers of ten. */
function drawn(n: number, d: number, K: number, seed: number, units: (j: number) => number) {
  const random = randomStream(seed);
  const X = Matrix.zeros(n, d);
  const y: string[] = [];
  for (let i = 0; i < n; i++) {
    const z = Array.from({ length: d }, () => random.normal());
    z.forEach((v, j) => {
      X.set(i, j, units(j) * (v + 3));
    });
    const logits = Array.from({ length: K }, (_, k) => 1.2 * (z[k % d]! - 0.3 * k));
    const w = logits.map((v) => Math.exp(v));
    y.push(`c${random.categorical(w)}`);
  }
  return { X, y };
}

describe("LogisticRegression", () => {
  it("finds the same model whatever the units, without penalty", () => {
    const plain = drawn(400, 3, 2, 1, () => 1);
    const wild = drawn(400, 3, 2, 1, (j) => 10 ** (8 * (j - 1)));
    for (const solver of ["lbfgs", "newtonCholesky"] as const) {
      const spec = new LogisticRegression({ penalty: null, solver, tol: 1e-9 });
      const a = spec.fit(plain.X, plain.y);
      const b = spec.fit(wild.X, wild.y);
      expect(b.converged).toBe(true);
      close(b.predictProba(wild.X).data, a.predictProba(plain.X).data, 1e-6, 1e-8);
    }
  });

  it("is the same bit for bit on one thread and on two", () => {
    for (const K of [2, 3]) {
      const { X, y } = drawn(9001, 5, K, 2, () => 1);
      setThreads(1);
      const one = new LogisticRegression().fit(X, y);
      setThreads(2);
      const two = new LogisticRegression().fit(X, y);
      expect(two.coef.data).toEqual(one.coef.data);
      expect(two.intercept).toEqual(one.intercept);
    }
  });

  it("takes a weight of k as k copies and a weight of 0 as absence", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), fc.integer({ min: 2, max: 4 }), (seed, K) => {
        const { X, y } = drawn(41, 2, K, seed, () => 1);
        const random = randomStream(seed + 1);
        const weights = y.map((_, i) => (i < 2 * K ? 1 : random.int(4)));
        const rows = weights.flatMap((w, i) => new Array<number>(w).fill(i));
        const kept = new Set(rows.map((i) => y[i]!));
        fc.pre(kept.size === new Set(y).size && kept.size >= 2);
        const spec = new LogisticRegression({ tol: 1e-10, classWeight: "balanced" });
        const weighted = spec.fit(X, y, { sampleWeight: weights });
        const copied = spec.fit(
          X.selectRows(rows),
          rows.map((i) => y[i]!),
        );
        close(weighted.coef.data, copied.coef.data, 1e-6, 1e-7);
      }),
      { numRuns: 20 },
    );
  });

  it("equals a two-class softmax when binary: labels swapped negate the logit", () => {
    const { X, y } = drawn(200, 3, 2, 4, () => 1);
    const spec = new LogisticRegression({ tol: 1e-10 });
    const a = spec.fit(X, y);
    const b = spec.fit(
      X,
      y.map((c) => (c === "c0" ? "z" : c)),
    );
    close(
      a.coef.data,
      b.coef.data.map((v) => -v),
      1e-7,
      1e-9,
    );
    const log = a.predictLogProba(X).data;
    close(log, a.predictProba(X).data.map(Math.log), 1e-12, 1e-14);
  });

  it("warns and stays finite on separated classes without penalty", () => {
    const X = [[0], [1], [2], [3]];
    const y = [false, false, true, true];
    for (const solver of ["lbfgs", "newtonCholesky"] as const) {
      const said: string[] = [];
      const model = new LogisticRegression({ penalty: null, solver }).fit(X, y, {
        onWarning: (sentence) => said.push(sentence),
      });
      expect(model.predict(X)).toEqual(y);
      expect(model.coef.data.every(Number.isFinite)).toBe(true);
      expect(said.join()).toMatch(/separated perfectly/);
    }
  });

  it("starts from a given model, reports iterations, and warns at maxIter", () => {
    const { X, y } = drawn(300, 4, 3, 5, () => 1);
    const cold = new LogisticRegression().fit(X, y);
    const warm = new LogisticRegression().fit(X, y, { initial: cold });
    expect(cold.nIter).toBeGreaterThan(3);
    expect(warm.nIter).toBeLessThanOrEqual(1);
    const said: string[] = [];
    const short = new LogisticRegression({ maxIter: 2 }).fit(X, y, { onWarning: (s) => said.push(s) });
    expect(short.converged).toBe(false);
    expect(said[0]).toMatch(/LogisticRegression.fit: did not converge in 2 iterations/);
    expect(() => new LogisticRegression().fit(X.selectCols([0]), y, { initial: cold })).toThrow(
      /initial has coefficients 3 x 4/,
    );
  });

  it("keeps awkward shapes finite: constant column, one column, huge logits", () => {
    const constant = new LogisticRegression({ penalty: null }).fit(
      [
        [7, 0],
        [7, 1],
        [7, 0],
        [7, 1],
        [7, 1],
      ],
      [0, 1, 1, 0, 1],
    );
    expect(constant.coef.at(0, 0)).toBe(0);
    close(
      constant.predictProba([
        [7, 0],
        [7, 1],
      ]).data,
      [1 / 2, 1 / 2, 1 / 3, 2 / 3],
      1e-5,
    );
    const { X, y } = drawn(30, 1, 2, 6, () => 1);
    const model = new LogisticRegression().fit(X, y);
    const far = model.predictLogProba([[1e6], [-1e6]]);
    expect(far.data.every(Number.isFinite)).toBe(true);
    expect(() => new LogisticRegression().fit([[1e200], [0]], [0, 1])).toThrow(/column 0: scale it first/);
  });

  it("refuses with a sentence", () => {
    expect(() => new LogisticRegression().fit([[0], [1]], ["a", "a"])).toThrow(
      'LogisticRegression.fit: y holds one class ("a"), expected at least two',
    );
    expect(() => new LogisticRegression({ classWeight: { q: 2 } }).fit([[0], [1]], ["a", "b"])).toThrow(
      'classWeight is "q", expected labels of y only (a, b)',
    );
    expect(() => new LogisticRegression({ C: 0 })).toThrow("C is 0, expected a number > 0");
    expect(() => new LogisticRegression({ classWeight: { a: -1 } })).toThrow("classWeight");
  });

  it("weights classes as the map says", () => {
    const { X, y } = drawn(80, 2, 2, 8, () => 1);
    const spec = new LogisticRegression({ tol: 1e-10 });
    const mapped = spec.with({ classWeight: { c1: 3 } }).fit(X, y);
    const weighted = spec.fit(X, y, { sampleWeight: y.map((c) => (c === "c1" ? 3 : 1)) });
    close(mapped.coef.data, weighted.coef.data, 1e-12);
  });
});
