import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  awkwardMatrices,
  distance,
  largest,
  orthogonality,
  randomMatrix,
  readGolden,
} from "../../../test/matrices.ts";
import { getThreads, setThreads } from "../../kernels/index.ts";
import { Matrix } from "../matrix.ts";
import { SparseMatrix } from "../sparse.ts";
import { cond, norm, nullSpace, pinv, rank } from "./norms.ts";
import { svd, svdvals } from "./svd.ts";
import { randomizedSvd, truncatedSvd } from "./truncated-svd.ts";

const golden = readGolden();

describe("svd", () => {
  for (const { name, A } of awkwardMatrices()) {
    for (const method of ["divide", "jacobi"] as const) {
      it(`rebuilds "${name}" from orthonormal factors (${method})`, () => {
        const size = Math.max(A.rows, A.cols, 1);
        for (const full of [false, true]) {
          const { U, s, Vt } = svd(A, { method, full });
          const least = Math.min(A.rows, A.cols);
          expect([U.rows, U.cols]).toEqual([A.rows, full ? A.rows : least]);
          expect([Vt.rows, Vt.cols]).toEqual([full ? A.cols : least, A.cols]);
          const error = largest(svd(A, { method, full }).reconstruct().sub(A));
          expect(error).toBeLessThanOrEqual((5e-16 * size + 2e-15) * (s[0] ?? 0));
          expect(orthogonality(U)).toBeLessThan(1e-15 * size + 1e-15);
          expect(orthogonality(Vt.transpose())).toBeLessThan(1e-15 * size + 1e-15);
          for (let i = 0; i < least; i++) {
            expect(s[i]).toBeGreaterThanOrEqual(i + 1 < least ? s[i + 1]! : 0);
          }
          for (let i = 0; i < Vt.rows; i++) {
            const row = Array.from(Vt.row(i));
            const most = row.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a), 0);
            expect(most).toBeGreaterThanOrEqual(0);
          }
        }
      });
    }
  }

  it("agrees with SciPy", () => {
    for (const { A, singularValues, rank: wanted } of Object.values(golden.cases)) {
      for (const method of ["auto", "divide", "jacobi"] as const) {
        const { s } = svd(A, { method });
        const only = svdvals(A, { method });
        for (const [i, v] of singularValues.entries()) {
          expect(Math.abs(s[i]! - v)).toBeLessThan(2e-14 * singularValues[0]!);
          expect(Math.abs(only[i]! - v)).toBeLessThan(2e-14 * singularValues[0]!);
        }
      }
      expect(svd(A).rank()).toBe(wanted);
      expect(rank(A)).toBe(wanted);
    }
  });

  it("finds tiny singular values to full relative accuracy by Jacobi (60-digit reference)", () => {
    // LAPACK's gesdd is off by factors of up to 1e5 here.
    for (const { A, singularValues } of golden.tiny) {
      const sizes = [svd(A, { method: "jacobi" }).s, svdvals(A, { method: "jacobi" }), svd(A).s];
      for (const s of sizes) {
        for (const [i, v] of singularValues.entries()) expect(Math.abs(s[i]! / v - 1)).toBeLessThan(1e-14);
      }
    }
  });

  it("finds all singular values of a bidiagonal matrix to high relative accuracy without vectors", () => {
    const { A, singularValues } = golden.tiny.find((c) => c.name === "bidiagonal")!;
    const s = svdvals(A, { method: "divide" });
    for (const [i, v] of singularValues.entries()) expect(Math.abs(s[i]! / v - 1)).toBeLessThan(1e-14);
  });

  it("has the norm, the rank-one and the transpose properties", () => {
    const entries = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), {
      minLength: 35,
      maxLength: 35,
    });
    fc.assert(
      fc.property(entries, fc.constantFrom(1, 5, 7, 35), (values, rows) => {
        const A = new Matrix(Float64Array.from(values), rows, 35 / rows);
        const { s } = svd(A);
        const scale = s[0]! || 1;
        expect(Math.hypot(...s)).toBeCloseTo(Math.hypot(...values), 8);
        const flipped = svdvals(A.transpose());
        for (let i = 0; i < s.length; i++) expect(Math.abs(flipped[i]! - s[i]!)).toBeLessThan(1e-13 * scale);
      }),
    );
  });

  it("gives the same bits on every run and with any number of threads", () => {
    const A = randomMatrix(260, 180, 3);
    const threads = getThreads();
    try {
      const runs = [1, 1, 2, 3].map((n) => {
        setThreads(n);
        return svd(A);
      });
      for (const { U, s, Vt } of runs.slice(1)) {
        expect(U.data).toEqual(runs[0]!.U.data);
        expect(s).toEqual(runs[0]!.s);
        expect(Vt.data).toEqual(runs[0]!.Vt.data);
      }
    } finally {
      setThreads(threads);
    }
  });

  it("refuses NaN, infinity and wrong arguments with a sentence", () => {
    expect(() =>
      svd([
        [1, 2],
        [Number.NaN, 0],
      ]),
    ).toThrow("svd: A holds NaN at row 1, column 0");
    expect(() => svdvals([[Number.POSITIVE_INFINITY]])).toThrow(
      "svdvals: A holds Infinity at row 0, column 0",
    );
    expect(() => svd([[1]], { method: "magic" as "auto" })).toThrow('svd: method is "magic", expected');
    expect(() => svd([[1, 2]]).reconstruct(2)).toThrow(
      "Svd.reconstruct: k is 2, expected a whole number from 0 to 1",
    );
    expect(() => svd([1, 2] as unknown as number[][])).toThrow("svd: A is an array of 2");
  });
});

describe("norms, condition, pseudo-inverse, null space", () => {
  it("agree with SciPy", () => {
    for (const [name, c] of Object.entries(golden.cases)) {
      expect(norm(c.A) / c.norms.fro).toBeCloseTo(1, 13);
      expect(norm(c.A, 1) / c.norms.one).toBeCloseTo(1, 13);
      expect(norm(c.A, "inf") / c.norms.inf).toBeCloseTo(1, 13);
      expect(norm(c.A, 2) / c.norms.two).toBeCloseTo(1, 13);
      expect(norm(c.A, "nuclear") / c.norms.nuclear).toBeCloseTo(1, 13);
      const k = cond(c.A);
      const exact = c.singularValues[0]! / c.singularValues[c.singularValues.length - 1]!;
      if (exact < 1e7) expect(k / exact).toBeCloseTo(1, 8);
      if (exact < 1e7 || c.rank < Math.min(c.A.length, c.A[0]!.length)) {
        expect(distance(pinv(c.A), Matrix.from(c.pinv)), name).toBeLessThan(1e-8);
      }
      expect(nullSpace(c.A).cols).toBe(c.nullity);
    }
  });

  it("fulfil the four Moore-Penrose conditions at every rank", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 5 }), fc.integer(), (r, seed) => {
        const A = randomMatrix(7, r, seed).matmul(randomMatrix(r, 5, seed + 1));
        const P = pinv(A);
        const scale = cond(svd(A).reconstruct()) > 0 ? largest(P) * largest(A) + 1 : 1;
        const tolerance = 1e-12 * scale ** 2;
        expect(largest(A.matmul(P).matmul(A).sub(A))).toBeLessThan(tolerance * (largest(A) + 1));
        expect(largest(P.matmul(A).matmul(P).sub(P))).toBeLessThan(tolerance * (largest(P) + 1));
        for (const S of [A.matmul(P), P.matmul(A)])
          expect(largest(S.sub(S.transpose()))).toBeLessThan(tolerance);
        const N = nullSpace(A);
        expect(N.cols).toBe(5 - r);
        expect(largest(A.matmul(N))).toBeLessThan(1e-13 * (largest(A) + 1));
        expect(orthogonality(N)).toBeLessThan(1e-14);
      }),
      { numRuns: 60 },
    );
  });

  it("treats singular and empty matrices by definition", () => {
    expect(
      cond([
        [1, 1],
        [1, 1],
      ]),
    ).toBeGreaterThan(1e15);
    expect(
      cond([
        [0, 0],
        [0, 0],
      ]),
    ).toBe(Number.POSITIVE_INFINITY);
    expect(
      cond(
        [
          [2, 0],
          [0, 1],
        ],
        1,
      ),
    ).toBeCloseTo(2, 14);
    expect(
      cond(
        [
          [4, 1],
          [2, 3],
        ],
        "inf",
      ),
    ).toBeCloseTo((5 * 6) / 10, 13);
    expect(norm(Matrix.zeros(0, 3), 2)).toBe(0);
    expect(pinv(Matrix.zeros(2, 3)).toArray()).toEqual([
      [0, 0],
      [0, 0],
      [0, 0],
    ]);
    expect(
      rank(
        [
          [1, 0],
          [0, 1e-3],
        ],
        1e-2,
      ),
    ).toBe(1);
    expect(() => norm([[1]], "two" as "fro")).toThrow('norm: kind is "two", expected');
    expect(() => pinv([[1]], { rcond: -1 })).toThrow("pinv: rcond is -1, expected a number >= 0");
  });
});

describe("truncatedSvd and randomizedSvd", () => {
  // Singular values 1, 0.7, 0.49, ...
  const A = (() => {
    const U = svd(randomMatrix(90, 40, 1)).U;
    const V = svd(randomMatrix(60, 40, 2)).U;
    return U.map((v, at) => v * 0.7 ** (at % 40)).matmul(V.transpose());
  })();

  it("keeps the leading triplets", () => {
    const { U, s, Vt } = truncatedSvd(A, 5);
    expect([U.rows, U.cols, s.length, Vt.rows, Vt.cols]).toEqual([90, 5, 5, 5, 60]);
    expect(norm(A.sub(truncatedSvd(A, 5).reconstruct()), 2)).toBeCloseTo(0.7 ** 5, 13);
  });

  it("comes close with random projections, dense and sparse alike, and repeats with the seed", () => {
    const exact = truncatedSvd(A, 6);
    const dense = randomizedSvd(A, 6, { seed: 5 });
    const sparse = randomizedSvd(SparseMatrix.fromDense(A), 6, { seed: 5 });
    for (const found of [dense, sparse]) {
      for (let i = 0; i < 6; i++) expect(Math.abs(found.s[i]! - exact.s[i]!)).toBeLessThan(1e-10);
      expect(distance(found.reconstruct(), exact.reconstruct())).toBeLessThan(1e-7);
      expect(orthogonality(found.U)).toBeLessThan(1e-13);
    }
    expect(randomizedSvd(A, 6, { seed: 5 }).U.data).toEqual(dense.U.data);
    expect(randomizedSvd(A, 6, { seed: 6, powerIterations: 0 }).s[5]).not.toBe(exact.s[5]);
    expect(randomizedSvd(A, 60, { seed: 1 }).s.length).toBe(60);
  });

  it("says what k may be", () => {
    expect(() => truncatedSvd(A, 61)).toThrow(
      "truncatedSvd: k is 61, expected a whole number from 0 to 60 (A is 90 x 60)",
    );
    expect(() => randomizedSvd(A, 2, { seed: 1, oversampling: -1 })).toThrow(
      "randomizedSvd: oversampling is -1",
    );
    expect(
      truncatedSvd(A, 0)
        .reconstruct()
        .data.every((v) => v === 0),
    ).toBe(true);
  });
});
