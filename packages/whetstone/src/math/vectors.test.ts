import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  evaluateKernel,
  gramMatrix,
  type Kernel,
  linearKernel,
  polynomialFeatureMap,
  polynomialKernel,
  rbfKernel,
} from "./kernel-functions.ts";
import { eighvals } from "./linalg/eigh.ts";
import { Matrix } from "./matrix.ts";
import { NdArray } from "./ndarray.ts";
import { randomStream } from "./random/index.ts";
import { logSoftmax, logSumExp, softmax } from "./softmax.ts";
import {
  chebyshev,
  cosineSimilarity,
  dot,
  euclidean,
  type Metric,
  manhattan,
  minkowski,
  norm2,
  pairwiseDistances,
} from "./vectors.ts";

interface Golden {
  X: number[][];
  Y: number[][];
  distances: Record<Metric, number[][]>;
  kernels: Record<string, number[][]>;
  logits: (number | "-inf")[][];
  logSumExp: number[];
  softmax: number[][];
  logSoftmax: (number | "-inf")[][];
}
const url = new URL("../../../../reference/values/math/vectors.json", import.meta.url);
const golden = JSON.parse(readFileSync(url, "utf8")) as Golden;
const plain = (rows: (number | "-inf")[][]): number[][] =>
  rows.map((row) => row.map((v) => (v === "-inf" ? Number.NEGATIVE_INFINITY : v)));

function expectClose(
  found: ArrayLike<number>,
  wanted: ArrayLike<number>,
  relative: number,
  absolute = 0,
): void {
  expect(found.length).toBe(wanted.length);
  for (let i = 0; i < wanted.length; i++) {
    if (found[i] === wanted[i]) continue;
    expect(Math.abs(found[i]! - wanted[i]!)).toBeLessThanOrEqual(relative * Math.abs(wanted[i]!) + absolute);
  }
}

describe("vector functions", () => {
  const vector = fc.array(
    fc.integer({ min: -1e9, max: 1e9 }).map((v) => v / 1000),
    { minLength: 4, maxLength: 4 },
  );

  it("agree with SciPy, also for rows 1e-7 apart", () => {
    for (const [metric, wanted] of Object.entries(golden.distances) as [Metric, number[][]][]) {
      const found = pairwiseDistances(golden.X, golden.Y, metric, { p: metric === "minkowski" ? 3 : 2 });
      expectClose(found.data, wanted.flat(), 1e-12, metric === "cosine" ? 1e-15 : 0);
    }
    for (const [i, x] of golden.X.entries()) {
      for (const [j, y] of golden.Y.entries()) {
        expectClose([euclidean(x, y)], [golden.distances.euclidean[i]![j]!], 1e-14);
        expectClose([manhattan(x, y)], [golden.distances.manhattan[i]![j]!], 1e-14);
        expectClose([chebyshev(x, y)], [golden.distances.chebyshev[i]![j]!], 1e-14);
        expectClose([minkowski(x, y, 3)], [golden.distances.minkowski[i]![j]!], 1e-14);
        expectClose([1 - cosineSimilarity(x, y)], [golden.distances.cosine[i]![j]!], 1e-12, 1e-15);
      }
    }
  });

  it("give symmetric matrices with a zero diagonal for one set of rows", () => {
    for (const metric of ["euclidean", "sqeuclidean", "manhattan", "chebyshev", "minkowski"] as const) {
      const D = pairwiseDistances(golden.Y, undefined, metric);
      expect(D.toArray()).toEqual(D.transpose().toArray());
      expect(D.diag().every((v) => v === 0)).toBe(true);
      expectClose(
        D.data,
        pairwiseDistances(
          golden.Y,
          golden.Y.map((row) => [...row]),
          metric,
        ).data,
        1e-10,
      );
    }
    expect(pairwiseDistances(golden.X, undefined, "cosine").diag()).toEqual(
      Float64Array.of(0, 0, 0, 0, 0, 1),
    );
  });

  it("are metrics: triangle inequality, and cosine blind to length", () => {
    fc.assert(
      fc.property(
        vector,
        vector,
        vector,
        fc.double({ min: 1e-3, max: 1e3, noNaN: true }),
        (x, y, z, factor) => {
          for (const d of [euclidean, manhattan, chebyshev]) {
            expect(d(x, z)).toBeLessThanOrEqual((d(x, y) + d(y, z)) * (1 + 1e-14));
            expect(d(x, y)).toBe(d(y, x));
          }
          const c = cosineSimilarity(x, y);
          expect(Math.abs(c)).toBeLessThanOrEqual(1);
          expect(
            Math.abs(
              cosineSimilarity(
                x.map((v) => v * factor),
                y,
              ) - c,
            ),
          ).toBeLessThan(1e-13);
          expect(Math.abs(dot(x, y) - norm2(x) * norm2(y) * c)).toBeLessThanOrEqual(
            1e-13 * norm2(x) * norm2(y),
          );
        },
      ),
    );
  });

  it("neither overflow nor vanish", () => {
    expectClose([norm2([3e200, 4e200])], [5e200], 1e-15);
    expectClose([norm2([3e-200, 4e-200])], [5e-200], 1e-15);
    expectClose([euclidean([1e300, 0], [0, 1e300])], [Math.SQRT2 * 1e300], 1e-15);
    expectClose(pairwiseDistances([[1e300, 0]], [[0, 1e300]]).data, [Math.SQRT2 * 1e300], 1e-15);
    expectClose([cosineSimilarity([1e-300, 0], [1e300, 1e300])], [Math.SQRT1_2], 1e-15);
    expect(cosineSimilarity([0, 0], [1, 2])).toBe(0);
    expect(cosineSimilarity([0, 0], [0, 0])).toBe(0);
    expect(minkowski([0, 0], [3, 4], Number.POSITIVE_INFINITY)).toBe(4);
    expect(norm2([])).toBe(0);
  });

  it("explain what does not fit", () => {
    expect(() => dot([1], [1, 2])).toThrow("dot: y has 2 entries, expected 1 (as x)");
    expect(() => euclidean([Number.NaN], [1])).toThrow("euclidean: x holds NaN at position 0");
    expect(() => minkowski([1], [1], 0.5)).toThrow("minkowski: p is 0.5, expected a number >= 1");
    expect(() => pairwiseDistances([[1]], [[1, 2]])).toThrow(
      "pairwiseDistances: Y has 2 columns, expected 1 (as X)",
    );
    expect(() => pairwiseDistances([[1]], undefined, "hamming" as Metric)).toThrow('metric is "hamming"');
  });
});

describe("kernel functions", () => {
  const kernels: Record<string, Kernel> = {
    linear: { kind: "linear" },
    polynomial: { kind: "polynomial", degree: 3, gamma: 0.2, coef0: 1.5 },
    rbf: { kind: "rbf", gamma: 1e-3 },
    laplacian: { kind: "laplacian", gamma: 1e-2 },
    sigmoid: { kind: "sigmoid", gamma: 1e-3, coef0: 0.1 },
    cosine: { kind: "cosine" },
  };

  it("agree with scikit-learn, as matrices and one by one", () => {
    for (const [name, kernel] of Object.entries(kernels)) {
      const wanted = golden.kernels[name]!;
      // scikit-learn's own squared distances carry 1e-13 of cancellation.
      expectClose(gramMatrix(kernel, golden.X, golden.Y).data, wanted.flat(), 1e-11, 1e-14);
      for (const [i, x] of golden.X.entries()) {
        for (const [j, y] of golden.Y.entries())
          expectClose([evaluateKernel(kernel, x, y)], [wanted[i]![j]!], 1e-11, 1e-14);
      }
    }
    expectClose(gramMatrix({ kind: "rbf" }, golden.X).data, golden.kernels.rbfDefault!.flat(), 1e-12);
    expectClose(
      gramMatrix({ kind: "polynomial" }, golden.X).data,
      golden.kernels.polynomialDefault!.flat(),
      1e-12,
    );
    expect(linearKernel([1, 2], [3, 4])).toBe(11);
    expect(rbfKernel([0], [2], { gamma: 0.25 })).toBeCloseTo(Math.exp(-1), 15);
  });

  it("have positive semi-definite, exactly symmetric Gram matrices", () => {
    const stream = randomStream(4);
    const X = Matrix.zeros(40, 3).map(() => stream.normal());
    for (const kernel of [
      kernels.linear!,
      kernels.polynomial!,
      kernels.rbf!,
      kernels.laplacian!,
      kernels.cosine!,
    ]) {
      const G = gramMatrix(kernel, X);
      expect(G.toArray()).toEqual(G.transpose().toArray());
      const values = eighvals(G);
      expect(values[39]).toBeGreaterThan(-1e-13 * values[0]!);
    }
  });

  it("have a polynomial feature map with the same dot products", () => {
    const stream = randomStream(5);
    for (const [d, degree, coef0, columns] of [
      [1, 2, 1, 3],
      [2, 3, 0.5, 10],
      [4, 2, 2, 15],
      [3, 3, 0, 10],
      [3, 1, 1, 4],
    ] as const) {
      const X = Matrix.zeros(6, d).map(() => stream.normal());
      const options = { degree, coef0, gamma: 0.7 };
      const F = polynomialFeatureMap(X, options);
      expect(F.cols).toBe(columns);
      expectClose(
        F.matmul(F.transpose()).data,
        gramMatrix({ kind: "polynomial", ...options }, X).data,
        1e-12,
        1e-12,
      );
      expectClose([polynomialKernel(X.row(0), X.row(1), options)], [dot(F.row(0), F.row(1))], 1e-12, 1e-13);
    }
  });

  it("say which parameter is wrong", () => {
    expect(() => gramMatrix({ kind: "rbf", gamma: 0 }, [[1]])).toThrow(
      "gramMatrix: kernel.gamma is 0, expected a positive number",
    );
    expect(() => gramMatrix({ kind: "polynomial", degree: 1.5 }, [[1]])).toThrow("kernel.degree is 1.5");
    expect(() => gramMatrix({ kind: "spline" } as unknown as Kernel, [[1]])).toThrow(
      'kernel.kind is "spline"',
    );
    expect(() => polynomialFeatureMap([[1]], { coef0: -1 })).toThrow("polynomialFeatureMap: coef0 is -1");
    expect(() => rbfKernel([1], [1, 2])).toThrow("y has 2 entries, expected 1 (as x)");
  });
});

describe("softmax", () => {
  const logits = Matrix.from(plain(golden.logits));

  it("agrees with SciPy, at +-1000 and with masked entries", () => {
    expectClose(logSumExp(logits), golden.logSumExp, 1e-15);
    expectClose(softmax(logits).data, golden.softmax.flat(), 1e-15);
    // SciPy rounds -1e-304 to 0.
    expectClose(logSoftmax(logits).data, plain(golden.logSoftmax).flat(), 1e-14, 1e-300);
  });

  it("normalises along any axis of any kind of input", () => {
    const rows = softmax(logits);
    expectClose(rows.rowSums(), [1, 1, 1, 1, 1], 1e-15);
    expect(softmax(logits.transpose(), { axis: 0 }).toArray()).toEqual(rows.transpose().toArray());
    expect(softmax(logits.row(2))).toEqual(rows.row(2));
    const nd = NdArray.from(logits).reshape([5, 1, 3]);
    expect(softmax(nd).data).toEqual(rows.data);
    expect(softmax(nd).shape).toEqual([5, 1, 3]);
    expect(logSumExp(nd, { axis: 2, keepDims: true }).shape).toEqual([5, 1, 1]);
    expect(logSumExp(nd).data).toEqual(logSumExp(logits));
    expect(logSumExp(logits, { axis: 0 }).length).toBe(3);
    expect(logSumExp([])).toBe(Number.NEGATIVE_INFINITY);
    expect(softmax([]).length).toBe(0);
  });

  it("does not notice a shift, and its logarithm is exact where probabilities vanish", () => {
    const vector = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(vector, fc.integer({ min: -1000, max: 1000 }), (x, shift) => {
        expect(softmax(x.map((v) => v + shift))).toEqual(softmax(x));
        expectClose([softmax(x).reduce((a, b) => a + b, 0)], [1], 1e-15);
        expectClose(
          logSoftmax(x).map((v) => Math.exp(v)),
          softmax(x),
          1e-12,
          1e-300,
        );
      }),
    );
    expect(logSoftmax([0, -2000])).toEqual(Float64Array.of(0, -2000));
    expect(logSoftmax([40, 0])[0]).toBeCloseTo(-Math.exp(-40), 30);
  });

  it("refuses input without probabilities", () => {
    const none = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
    expect(logSumExp(none)).toBe(Number.NEGATIVE_INFINITY);
    expect(() => softmax(none)).toThrow("softmax: x holds nothing but -Infinity in line 0 along axis 0");
    expect(() => logSoftmax([Number.POSITIVE_INFINITY])).toThrow("logSoftmax: x holds Infinity");
    expect(() => softmax([Number.NaN])).toThrow("softmax: x holds NaN at entry 0");
    expect(() => softmax(logits, { axis: 2 })).toThrow(
      "softmax: axis is 2, expected a whole number from -2 to 1",
    );
  });
});
