import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { Matrix, randomStream, SparseMatrix } from "../math/index.ts";
import {
  FactorAnalysis,
  FastICA,
  GaussianRandomProjection,
  IncrementalPCA,
  johnsonLindenstraussMinDim,
  KernelPCA,
  NMF,
  PCA,
  SparseRandomProjection,
  TruncatedSVD,
} from "./index.ts";

const golden = JSON.parse(
  readFileSync(
    new URL("../../../../reference/values/decomposition/decomposition.json", import.meta.url),
    "utf8",
  ),
);
const X: number[][] = golden.X;

function close(a: ArrayLike<number>, b: ArrayLike<number>, tolerance: number): void {
  expect(a.length).toBe(b.length);
  for (let i = 0; i < a.length; i++)
    expect(Math.abs(a[i]! - b[i]!), `entry ${i}: ${a[i]} against ${b[i]}`).toBeLessThanOrEqual(
      tolerance * Math.max(1, Math.abs(b[i]!)),
    );
}
const flat = (rows: number[][]) => rows.flat();
const sizes = (m: Matrix) => m.data.map(Math.abs);

describe("PCA", () => {
  const g = golden.pca;
  test.each(["full", "covariance", "auto"] as const)("%s equals scikit-learn", (svdSolver) => {
    const model = new PCA({ nComponents: 4, svdSolver }).fit(X);
    close(model.mean, g.mean, 1e-12);
    close(model.components.data, flat(g.components), 1e-11);
    close(model.explainedVariance, g.variance, 1e-12);
    close(model.explainedVarianceRatio, g.ratio, 1e-12);
    close(model.singularValues, g.singular, 1e-12);
    close([model.noiseVariance], [g.noise], 1e-11);
  });
  test("randomized comes close", () => {
    const model = new PCA({ nComponents: 4, svdSolver: "randomized", seed: 3 }).fit(X);
    close(model.explainedVariance, g.variance, 1e-6);
    const wide = new PCA({ nComponents: 4, svdSolver: "randomized" }).fit(Matrix.from(X.slice(0, 13)));
    close(wide.explainedVariance, new PCA({ nComponents: 4 }).fit(X.slice(0, 13)).explainedVariance, 1e-9);
  });
  test("a share of the variance keeps as many directions as scikit-learn does", () => {
    for (const [share, count] of Object.entries(g.shares))
      expect(new PCA({ nComponents: Number(share) }).fit(X).nComponents).toBe(count);
  });
  test("weights are copies of rows", () => {
    for (const svdSolver of ["full", "covariance"] as const) {
      const model = new PCA({ nComponents: 3, svdSolver }).fit(X, null, { sampleWeight: g.w });
      close(model.explainedVariance, g.weightedVariance, 1e-11);
      close(model.components.data, flat(g.weightedComponents), 1e-10);
    }
  });
  test("whitened scores have variance 1, and go back", () => {
    const model = new PCA({ nComponents: 3, whiten: true }).fit(X);
    const Z = model.transform(X);
    close(sizes(new Matrix(Z.data.slice(0, 15), 5, 3)), flat(g.whitened), 1e-11);
    const plain = new PCA({ nComponents: 3 }).fit(X);
    close(model.inverseTransform(Z).data, plain.inverseTransform(plain.transform(X)).data, 1e-10);
  });
  test("all directions lose nothing", () => {
    const model = new PCA().fit(X);
    close(model.inverseTransform(model.transform(X)).data, flat(X), 1e-12);
  });
  test("a large mean costs no digits", () => {
    const far = Matrix.from(X).map((v) => v + 1e7);
    for (const svdSolver of ["full", "covariance"] as const)
      close(new PCA({ svdSolver, nComponents: 4 }).fit(far).explainedVariance, g.variance, 1e-7);
  });
  test("more directions than rows are refused", () => {
    expect(() =>
      new PCA({ nComponents: 3 }).fit([
        [1, 2, 3],
        [4, 5, 7],
      ]),
    ).toThrow("PCA.fit: nComponents is 3");
    expect(() => new PCA().fit([[1, 2, 3]])).toThrow("PCA.fit: X has 1 row");
    expect(() =>
      new PCA().fit(
        [
          [1, 2],
          [2, 1],
        ],
        null,
        { sampleWeight: [0.5, 0.5] },
      ),
    ).toThrow("sampleWeight sums to 1");
  });
});

test("IncrementalPCA equals scikit-learn, and batches in hand equal batches from fit", () => {
  const g = golden.incremental;
  const model = new IncrementalPCA({ nComponents: 3, batchSize: 20 }).fit(X);
  close(model.mean, g.mean, 1e-12);
  close(model.components.data, flat(g.components), 1e-9);
  close(model.singularValues, g.singular, 1e-11);
  close(model.explainedVarianceRatio, g.ratio, 1e-11);
  let byHand = new IncrementalPCA({ nComponents: 3, batchSize: 20 }).fit(X.slice(0, 20));
  for (let from = 20; from < X.length; from += 20) byHand = byHand.partialFit(X.slice(from, from + 20));
  close(byHand.components.data, model.components.data, 1e-12);
  // All directions kept: exact.
  const whole = new IncrementalPCA({ batchSize: 20 }).fit(X);
  close(whole.explainedVariance, new PCA().fit(X).explainedVariance, 1e-11);
});

test("TruncatedSVD equals scikit-learn; a sparse matrix gives the same", () => {
  const g = golden.truncated;
  const A = Matrix.from(X).map((v) => v + 1);
  const model = new TruncatedSVD({ nComponents: 3, algorithm: "exact" }).fit(A);
  close(model.components.data, flat(g.components), 1e-10);
  close(model.singularValues, g.singular, 1e-12);
  close(model.explainedVariance, g.variance, 1e-11);
  close(model.explainedVarianceRatio, g.ratio, 1e-11);
  const sparse = new TruncatedSVD({ nComponents: 3, nIter: 20 }).fit(SparseMatrix.fromDense(A));
  close(sparse.singularValues, g.singular, 1e-9);
  close(sparse.explainedVarianceRatio, g.ratio, 1e-6);
});

describe("KernelPCA", () => {
  const g = golden.kernelPca;
  test.each(
    g.cases as {
      kernel: "rbf";
      params: object;
      eigenvalues: number[];
      projected: number[][];
      back: number[][];
    }[],
  )(
    "$kernel equals scikit-learn, and so does the learned inverse",
    ({ kernel, params, eigenvalues, projected, back }) => {
      const spec = new KernelPCA({
        nComponents: 2,
        kernel,
        ...params,
        alpha: 0.1,
        fitInverseTransform: true,
      });
      const model = spec.fit(g.X);
      close(model.eigenvalues, eigenvalues, 1e-10);
      const Z = model.transform(g.new);
      close(sizes(Z), flat(projected), 1e-8);
      close(model.inverseTransform(Z).data, flat(back), 1e-6);
      const near = spec.with({ eigenSolver: "randomized" }).fit(g.X);
      close(near.eigenvalues, eigenvalues, 1e-2);
    },
  );
  test("linear is PCA", () => {
    const Z = new KernelPCA({ nComponents: 3 }).fit(X).transform(X);
    close(sizes(Z), sizes(new PCA({ nComponents: 3 }).fit(X).transform(X)), 1e-9);
  });
  test("says when no inverse was learned, and when there is no direction", () => {
    const model = new KernelPCA({ nComponents: 1 }).fit(X);
    expect(() => model.inverseTransform([[1]])).toThrow("fitInverseTransform");
    expect(() =>
      new KernelPCA().fit([
        [1, 2],
        [1, 2],
      ]),
    ).toThrow("no direction");
  });
});

describe("NMF", () => {
  const g = golden.nmf;
  test.each(
    g.cases as { init: "nndsvd"; alphaW: number; l1Ratio: number; error: number; components: number[][] }[],
  )("$init, alpha $alphaW: scikit-learn's factors", ({ error, components, ...params }) => {
    const model = new NMF({ nComponents: 3, tol: 1e-11, maxIter: 200_000, ...params }).fit(g.X);
    close([model.reconstructionError], [error], 1e-6);
    close(model.components.data, flat(components), 1e-3);
  });
  test("meets the conditions of an optimum, and transform those of its own", () => {
    const P = Matrix.from(g.X);
    const spec = new NMF({ nComponents: 4, init: "random", seed: 2, tol: 1e-9, maxIter: 100_000 });
    const { model, transformed } = spec.fitTransform(P);
    const H = model.components;
    const check = (W: Matrix, pull: Matrix) => {
      for (let at = 0; at < W.data.length; at++) {
        if (W.data[at]! > 0) expect(Math.abs(pull.data[at]!)).toBeLessThan(1e-5);
        else expect(pull.data[at]!).toBeGreaterThan(-1e-5);
      }
    };
    const rest = transformed.matmul(H).sub(P);
    check(transformed, rest.matmul(H.transpose()));
    check(H, transformed.transpose().matmul(rest));
    close(model.transform(P).data, transformed.data, 1e-3);
  });
  test("refuses negative numbers with their place", () => {
    expect(() => new NMF().fit([[1, -2]])).toThrow("NMF.fit: X holds -2 at row 0, column 1");
  });
});

describe("FastICA", () => {
  const g = golden.ica;
  // Sources come in any order: rows are compared as a set.
  const sorted = (C: number[][]) => [...C].sort((a, b) => a[0]! - b[0]!).flat();
  test.each(g.cases as { fun: "logcosh"; components: number[][] }[])(
    "$fun equals scikit-learn",
    ({ fun, components }) => {
      for (const algorithm of ["parallel", "deflation"] as const) {
        const model = new FastICA({ fun, algorithm, tol: 1e-13, maxIter: 5000 }).fit(g.X);
        // Deflation settles on slightly other directions: its later sources are bound by the first.
        close(sorted(model.components.toArray()), sorted(components), algorithm === "parallel" ? 1e-6 : 0.1);
        close(model.inverseTransform(model.transform(g.X)).data, flat(g.X), 1e-9);
      }
    },
  );
});

test("FactorAnalysis equals scikit-learn, and its likelihood never falls", () => {
  const g = golden.factor;
  const model = new FactorAnalysis({ nComponents: 3, tol: 1e-9, maxIter: 20_000 }).fit(X);
  close(model.components.data, flat(g.components), 1e-4);
  close(model.noiseVariance, g.noise, 1e-4);
  close([model.logLikelihood.at(-1)!], [g.loglike], 1e-9);
  close([model.score(X)], [g.score], 1e-7);
  close(sizes(model.transform(X.slice(0, 4))), flat(g.projected), 1e-4);
  model.logLikelihood.forEach((v, i) => {
    if (i > 0) expect(v).toBeGreaterThanOrEqual(model.logLikelihood[i - 1]! - 1e-9);
  });
});

describe("random projections", () => {
  test("the bound is scikit-learn's", () => {
    for (const [n, eps, k] of golden.johnson) expect(johnsonLindenstraussMinDim(n, eps)).toBe(k);
  });
  test("keep squared distances within the promised factor", () => {
    const random = randomStream(4);
    const wide = new Matrix(random.fillNormal(new Float64Array(12 * 2000)), 12, 2000);
    const eps = 0.4;
    for (const Spec of [GaussianRandomProjection, SparseRandomProjection]) {
      for (let seed = 0; seed < 4; seed++) {
        const Z = new Spec({ eps, seed }).fit(wide).transform(wide);
        expect(Z.cols).toBe(johnsonLindenstraussMinDim(12, eps));
        const gap = (A: Matrix, i: number, j: number) =>
          A.row(i).reduce((s, v, c) => s + (v - A.at(j, c)) ** 2, 0);
        for (let i = 0; i < 12; i++)
          for (let j = 0; j < i; j++) {
            const ratio = gap(Z, i, j) / gap(wide, i, j);
            expect(ratio).toBeGreaterThan(1 - eps);
            expect(ratio).toBeLessThan(1 + eps);
          }
      }
    }
  });
  test("entries have the variance that keeps lengths", () => {
    const model = new SparseRandomProjection({ nComponents: 300, density: 0.1, seed: 1 }).fit(
      Matrix.zeros(1, 400),
    );
    const share = model.components.values.length / (300 * 400);
    expect(Math.abs(share - 0.1)).toBeLessThan(0.005);
    close(
      model.components.values.map((v) => v * v),
      new Float64Array(model.components.values.length).fill(1 / 30),
      1e-12,
    );
  });
  test("auto refuses to project into more dimensions than there are", () => {
    expect(() => new GaussianRandomProjection().fit(X)).toThrow("nComponents");
  });
});
