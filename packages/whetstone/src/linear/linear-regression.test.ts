import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { setThreads } from "../kernels/index.ts";
import { Matrix } from "../math/matrix.ts";
import { randomStream } from "../math/random/index.ts";
import { hatMatrix, influence, LinearRegression, leverages } from "./index.ts";

interface Inference {
  params: number[];
  bse: number[];
  t: number[];
  p: number[];
  ci: number[][];
  cov: number[][];
  r2: number;
  r2adj: number;
  f: number;
  fp: number;
  llf: number;
  aic: number;
  bic: number;
  ssr: number;
  dfResid: number;
}
const golden = JSON.parse(
  readFileSync(new URL("../../../../reference/values/linear/linear.json", import.meta.url), "utf8"),
) as {
  diabetes: {
    X: number[][];
    y: number[];
    w: number[];
    coef: number[];
    intercept: number;
    weightedCoef: number[];
    weightedIntercept: number;
    originCoef: number[];
    positiveCoef: number[];
    positiveIntercept: number;
  };
  wide: { X: number[][]; y: number[]; coef: number[]; intercept: number };
  dependent: { X: number[][]; y: number[]; coef: number[] };
  longley: { X: number[][]; y: number[]; exact: number[]; bse: number[] };
  hard: { X: number[][]; y: number[]; exact: number[] };
  inference: {
    plain: Inference;
    origin: Inference;
    copies: Inference;
    leverage: number[];
    studentized: number[];
    external: number[];
    cooks: number[];
  };
};

function close(a: ArrayLike<number>, b: ArrayLike<number>, relative: number, absolute = 0): void {
  expect(a.length).toBe(b.length);
  for (let i = 0; i < a.length; i++) {
    expect(Math.abs(a[i]! - b[i]!), `entry ${i}: ${a[i]} against ${b[i]}`).toBeLessThanOrEqual(
      absolute + relative * Math.abs(b[i]!),
    );
  }
}

describe("LinearRegression", () => {
  const { X, y, w } = golden.diabetes;

  it("equals scikit-learn, with and without weights and intercept", () => {
    const g = golden.diabetes;
    const plain = new LinearRegression().fit(X, y);
    close([...plain.coef, plain.intercept], [...g.coef, g.intercept], 1e-10);
    const weighted = new LinearRegression().fit(X, y, { sampleWeight: w });
    close([...weighted.coef, weighted.intercept], [...g.weightedCoef, g.weightedIntercept], 1e-10);
    const origin = new LinearRegression({ fitIntercept: false }).fit(X, y);
    close(origin.coef, g.originCoef, 1e-10);
    expect(origin.intercept).toBe(0);
    expect(plain.rank).toBe(10);
  });

  it("equals scikit-learn with positive coefficients", () => {
    const g = golden.diabetes;
    const model = new LinearRegression({ positive: true }).fit(X, y);
    close([...model.coef, model.intercept], [...g.positiveCoef, g.positiveIntercept], 1e-9, 1e-12);
  });

  it("gives the shortest coefficients where the columns leave a choice", () => {
    const wide = new LinearRegression().fit(golden.wide.X, golden.wide.y);
    close([...wide.coef, wide.intercept], [...golden.wide.coef, golden.wide.intercept], 1e-10, 1e-12);
    const dependent = new LinearRegression().fit(golden.dependent.X, golden.dependent.y);
    close(dependent.coef, golden.dependent.coef, 1e-10, 1e-13);
    expect(dependent.coef[4]).toBe(0);
    expect(dependent.rank).toBe(3);
  });

  it("keeps its digits on Longley's data and on columns of unlike units", () => {
    const longley = new LinearRegression().fit(golden.longley.X, golden.longley.y);
    close([longley.intercept, ...longley.coef], golden.longley.exact, 1e-9);
    const summary = longley.summary(golden.longley.X, golden.longley.y);
    close(
      summary.coefficients.map((r) => r.standardError),
      golden.longley.bse,
      1e-7,
    );
    const hard = new LinearRegression().fit(golden.hard.X, golden.hard.y);
    close([hard.intercept, ...hard.coef], golden.hard.exact, 1e-8);
  });

  it("leaves residuals orthogonal to the columns, on sizes around the blocks of the kernel", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(1, 2, 3, 4, 5, 7, 127, 128, 129, 1030),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 0, max: 1e6 }),
        fc.boolean(),
        (n, d, seed, fitIntercept) => {
          const random = randomStream(seed);
          const A = Matrix.zeros(n, d);
          A.data.forEach((_, at) => {
            A.data[at] = 100 + random.normal();
          });
          const t = Float64Array.from({ length: n }, () => random.normal(-50, 3));
          const weights = Float64Array.from({ length: n }, () => random.uniform(0.1, 2));
          const model = new LinearRegression({ fitIntercept }).fit(A, t, { sampleWeight: weights });
          const residual = model.predict(A).map((p, i) => weights[i]! * (t[i]! - p));
          close(A.transposedMatVec(residual), new Float64Array(d), 0, 1e-6 * n);
          if (fitIntercept) expect(Math.abs(residual.reduce((a, b) => a + b, 0))).toBeLessThan(1e-8 * n);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("gives the same bits on one thread and on two, and again", () => {
    const random = randomStream(9);
    const A = Matrix.zeros(40_000, 6);
    A.data.forEach((_, at) => {
      A.data[at] = random.normal(3, 2);
    });
    const t = Float64Array.from({ length: A.rows }, () => random.normal());
    setThreads(1);
    const one = new LinearRegression().fit(A, t);
    setThreads(2);
    const two = new LinearRegression().fit(A, t);
    expect(two.coef).toEqual(one.coef);
    expect(two.intercept).toBe(one.intercept);
  });

  it("fits worse when a line is forced through the origin", () => {
    const x = [[1], [2], [3], [4]];
    const t = [11, 12, 13, 14];
    const sse = (fitIntercept: boolean) =>
      new LinearRegression({ fitIntercept })
        .fit(x, t)
        .predict(x)
        .reduce((sum, p, i) => sum + (p - t[i]!) ** 2, 0);
    expect(sse(true)).toBeLessThan(1e-24);
    expect(sse(false)).toBeGreaterThan(50);
  });

  it("handles one row, one column, a constant target", () => {
    const one = new LinearRegression().fit([[3, 4]], [7]);
    close(
      one.predict([
        [3, 4],
        [0, 0],
      ]),
      [7, 7],
      0,
    );
    const flat = new LinearRegression().fit([[1], [2], [3]], [5, 5, 5]);
    expect([...flat.coef, flat.intercept]).toEqual([0, 5]);
    const positive = new LinearRegression({ positive: true }).fit([[1], [2]], [5, 5]);
    expect([...positive.coef, positive.intercept]).toEqual([0, 5]);
  });

  it("says what overflows", () => {
    expect(() => new LinearRegression().fit([[1e200], [0], [-1e200]], [1, 2, 4])).toThrow(
      /column 0\): scale it first/,
    );
  });
});

describe("summary", () => {
  const { X, y, w } = golden.diabetes;
  const X4 = X.map((row) => row.slice(0, 4));
  const check = (fitIntercept: boolean, sampleWeight: number[] | undefined, g: Inference) => {
    const options = sampleWeight ? { sampleWeight } : {};
    const model = new LinearRegression({ fitIntercept }).fit(X4, y, options);
    const s = model.summary(X4, y, { ...options, confidence: 0.9 });
    const rows = s.coefficients;
    close(
      rows.map((r) => r.estimate),
      g.params,
      1e-10,
    );
    close(
      rows.map((r) => r.standardError),
      g.bse,
      1e-10,
    );
    close(
      rows.map((r) => r.statistic),
      g.t,
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
    close(s.covariance.data, g.cov.flat(), 1e-8, 1e-9);
    close(
      [s.rSquared, s.adjustedRSquared, s.fStatistic, s.fPValue, s.logLikelihood, s.aic, s.bic],
      [g.r2, g.r2adj, g.f, g.fp, g.llf, g.aic, g.bic],
      1e-8,
    );
    close([s.residualSumOfSquares, s.dfResidual], [g.ssr, g.dfResid], 1e-10);
    return s;
  };

  it("equals statsmodels", () => {
    expect(check(true, undefined, golden.inference.plain).toString()).toMatch(/intercept/);
    check(false, undefined, golden.inference.origin);
  });

  it("takes weights as copies of rows", () => {
    check(true, w, golden.inference.copies);
  });

  it("refuses dependent columns and too few rows", () => {
    const { X: D, y: t } = golden.dependent;
    expect(() => new LinearRegression().fit(D, t).summary(D, t)).toThrow(/depend on each other/);
    const model = new LinearRegression().fit([[1], [2]], [1, 2]);
    expect(() => model.summary([[1], [2]], [1, 2])).toThrow(/2 rows leave nothing/);
  });

  it("covers the truth at the stated rate", () => {
    const random = randomStream(5);
    let covered = 0;
    const runs = 400;
    for (let r = 0; r < runs; r++) {
      const A = Array.from({ length: 12 }, () => [random.normal()]);
      const t = A.map(([v]) => 1 + 2 * v! + random.normal());
      const row = new LinearRegression().fit(A, t).summary(A, t, { confidence: 0.8 }).coefficients[1]!;
      if (row.lower <= 2 && 2 <= row.upper) covered++;
    }
    // 0.8 with a standard deviation of 0.02; the band is four of those.
    expect(Math.abs(covered / runs - 0.8)).toBeLessThan(0.08);
  });
});

describe("hat matrix", () => {
  const X4 = golden.diabetes.X.map((row) => row.slice(0, 4));

  it("is symmetric, idempotent, of trace rank, and fits", () => {
    const { X, y } = golden.dependent;
    const H = hatMatrix(X);
    close(H.matmul(H).data, H.data, 0, 1e-13);
    close(H.transpose().data, H.data, 0, 1e-15);
    let trace = 0;
    for (let i = 0; i < H.rows; i++) trace += H.at(i, i);
    close([trace], [4], 1e-13);
    close(H.matVec(y), new LinearRegression().fit(X, y).predict(X), 1e-10, 1e-12);
    close(
      leverages(X),
      Array.from({ length: H.rows }, (_, i) => H.at(i, i)),
      1e-12,
    );
  });

  it("equals statsmodels' influence", () => {
    const g = golden.inference;
    const found = influence(X4, golden.diabetes.y);
    close(found.leverages, g.leverage, 1e-11);
    close(found.studentized, g.studentized, 1e-9);
    close(found.externallyStudentized, g.external, 1e-9);
    close(found.cooksDistance, g.cooks, 1e-8);
  });
});
