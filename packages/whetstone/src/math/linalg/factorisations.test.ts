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
import { Matrix } from "../matrix.ts";
import { cholesky } from "./cholesky.ts";
import { lu } from "./lu.ts";
import { qr } from "./qr.ts";
import { det, inverse, lstsq, slogdet, solve } from "./solve.ts";
import { solveTriangular } from "./triangular.ts";

const golden = readGolden();

function spd(n: number, seed: number): Matrix {
  const A = randomMatrix(n, n, seed);
  return A.transpose().matmul(A).add(Matrix.identity(n));
}

describe("cholesky", () => {
  it("rebuilds positive definite matrices of all block sizes", () => {
    for (const n of [0, 1, 2, 3, 31, 32, 33, 64, 65, 150, 200]) {
      const A = spd(n, n);
      const factor = cholesky(A);
      expect(distance(factor.reconstruct(), A)).toBeLessThan(1e-15 * (n + 10));
      const b = randomMatrix(n, 3, 1);
      const x = factor.solve(b);
      expect(largest(A.matmul(x).sub(b))).toBeLessThan(
        1e-15 * (n + 10) * (largest(A) || 1) * (largest(x) + 1),
      );
      for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) expect(factor.L.at(i, j)).toBe(0);
    }
  });

  it("agrees with SciPy, and its determinants with slogdet", () => {
    for (const c of Object.values(golden.cases)) {
      if (c.cholesky === undefined) continue;
      const factor = cholesky(c.A);
      expect(distance(factor.L, Matrix.from(c.cholesky))).toBeLessThan(1e-11);
      expect(factor.logDet()).toBeCloseTo(c.slogdet![1], 9);
      expect(factor.det() / Math.exp(c.slogdet![1])).toBeCloseTo(1, 9);
      const condition = c.singularValues[0]! / c.singularValues[c.singularValues.length - 1]!;
      const product = factor.inverse().matmul(Matrix.from(c.A));
      expect(distance(product, Matrix.identity(c.A.length))).toBeLessThan(1e-15 * condition);
    }
  });

  it("whitens: |L^-1 b|^2 is b^T A^-1 b", () => {
    const A = spd(20, 5);
    const b = randomMatrix(20, 1, 2).data;
    const white = cholesky(A).solveLower(b);
    const direct = solve(A, b).reduce((sum, v, i) => sum + v * b[i]!, 0);
    expect(white.reduce((sum, v) => sum + v * v, 0)).toBeCloseTo(direct, 12);
  });

  it("names the pivot of a matrix that is not positive definite", () => {
    expect(() =>
      cholesky([
        [1, 2],
        [2, 1],
      ]),
    ).toThrow(
      "cholesky: A is not positive definite: pivot 1 is -3 (the leading 2 x 2 block has no Cholesky factor)",
    );
    expect(() => cholesky([[0]])).toThrow("pivot 0 is 0");
    const late = Matrix.identity(100);
    late.set(77, 77, -5);
    expect(() => cholesky(late)).toThrow("pivot 77 is -5");
    expect(() =>
      cholesky([
        [1, 2],
        [0, 1],
      ]),
    ).toThrow("cholesky: A is not symmetric");
  });
});

describe("lu, solve, inverse, det", () => {
  it("rebuilds matrices of all block sizes", () => {
    for (const n of [0, 1, 2, 5, 31, 32, 33, 64, 97, 160]) {
      const A = randomMatrix(n, n, n);
      const factor = lu(A);
      expect(distance(factor.reconstruct(), A)).toBeLessThan(1e-15 * (n + 10));
      for (const v of factor.L.data) expect(Math.abs(v)).toBeLessThanOrEqual(1);
      const X = randomMatrix(n, 4, 2);
      const B = A.matmul(X);
      // Backward error: the residual is small next to |A| |x|, however ill-conditioned A is.
      const found = factor.solve(B);
      expect(largest(A.matmul(found).sub(B))).toBeLessThan(
        1e-14 * (n + 10) * (largest(A) || 1) * (largest(found) + 1),
      );
    }
  });

  it("agrees with SciPy", () => {
    for (const [name, c] of Object.entries(golden.cases)) {
      if (c.slogdet === undefined) continue;
      const { sign, logAbs } = slogdet(c.A);
      if (name !== "hilbert8" && name !== "frank") {
        expect(sign).toBe(c.slogdet[0]);
        expect(Math.abs(logAbs - c.slogdet[1])).toBeLessThan(1e-7);
        expect(det(c.A) / (sign * Math.exp(c.slogdet[1]))).toBeCloseTo(1, 6);
      }
      if (c.solve === undefined) continue;
      const x = solve(c.A, c.b);
      const scale = Math.max(...c.solve.map(Math.abs));
      const condition = c.singularValues[0]! / c.singularValues[c.singularValues.length - 1]!;
      for (const [i, v] of c.solve.entries()) {
        expect(Math.abs(x[i]! - v), name).toBeLessThan(1e-14 * condition * scale + 1e-13 * scale);
      }
    }
  });

  it("solves with vectors, matrices and positive definite structure alike", () => {
    const A = spd(70, 3);
    const b = randomMatrix(70, 1, 4);
    const plain = solve(A, b.data);
    expect(solve(A, b).data).toEqual(plain);
    const byCholesky = solve(A, b.data, { structure: "positive-definite" });
    for (let i = 0; i < 70; i++) expect(Math.abs(byCholesky[i]! - plain[i]!)).toBeLessThan(1e-12);
    expect(distance(inverse(A).matmul(A), Matrix.identity(70))).toBeLessThan(1e-11);
  });

  it("multiplies determinants", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), fc.integer(), (n, seed) => {
        const [A, B] = [randomMatrix(n, n, seed), randomMatrix(n, n, seed + 1)];
        const product = det(A) * det(B);
        expect(Math.abs(det(A.matmul(B)) - product)).toBeLessThan(1e-10 * Math.max(1, Math.abs(product)));
      }),
      { numRuns: 60 },
    );
    expect(det(Matrix.zeros(0, 0))).toBe(1);
    expect(slogdet(Matrix.identity(400).scale(1e-3)).logAbs).toBeCloseTo(400 * Math.log(1e-3), 8);
    expect(
      slogdet([
        [1, 2],
        [2, 4],
      ]),
    ).toEqual({ sign: 0, logAbs: Number.NEGATIVE_INFINITY });
  });

  it("says when a matrix is singular or shapes differ", () => {
    expect(() =>
      solve(
        [
          [1, 2],
          [2, 4],
        ],
        [1, 1],
      ),
    ).toThrow("solve: A is singular: pivot 1 is 0; use lstsq or pinv");
    expect(() => inverse([[0]])).toThrow("inverse: A is singular");
    expect(() => solve([[1]], [1, 2])).toThrow("solve: b has 2 entries, expected 1 (rows of A)");
    expect(() => solve([[1, 2]], [1])).toThrow("solve: A is 1 x 2, expected a square matrix");
    expect(() => solve([[1]], [Number.NaN])).toThrow("solve: b holds NaN at position 0");
    expect(() => solve([[-1]], [1], { structure: "positive-definite" })).toThrow("not positive definite");
    expect(
      lu([
        [1, 2],
        [2, 4],
      ]).singular,
    ).toBe(true);
  });
});

describe("qr", () => {
  for (const { name, A } of awkwardMatrices()) {
    it(`rebuilds "${name}"`, () => {
      const size = Math.max(1, A.rows, A.cols);
      for (const mode of ["thin", "full"] as const) {
        for (const pivot of [false, true]) {
          const found = qr(A, { mode, pivot });
          const wide = mode === "full" ? A.rows : Math.min(A.rows, A.cols);
          expect([found.Q.cols, found.R.rows, found.R.cols]).toEqual([wide, wide, A.cols]);
          expect(distance(found.reconstruct(), A)).toBeLessThan(1e-15 * size + 1e-15);
          expect(orthogonality(found.Q)).toBeLessThan(1e-15 * size + 1e-15);
          for (let i = 0; i < wide; i++)
            for (let j = 0; j < Math.min(i, A.cols); j++) expect(found.R.at(i, j)).toBe(0);
          if (!pivot) continue;
          const d = found.R.diag().map(Math.abs);
          for (let i = 1; i < d.length; i++)
            expect(d[i]).toBeLessThanOrEqual(d[i - 1]! * (1 + 1e-10) + 1e-300);
        }
      }
    });
  }

  it("reveals the rank and solves least squares", () => {
    for (const c of Object.values(golden.cases)) expect(qr(c.A, { pivot: true }).rank()).toBe(c.rank);
    const { tall } = golden.cases;
    for (const pivot of [false, true]) {
      const x = qr(tall!.A, { pivot }).solve(tall!.b);
      for (const [i, v] of tall!.lstsq.entries()) expect(Math.abs(x[i]! - v)).toBeLessThan(1e-13);
    }
    expect(() =>
      qr(
        [
          [1, 1],
          [1, 1],
        ],
        { pivot: true },
      ).solve([1, 1]),
    ).toThrow("Qr.solve: the matrix has rank 1");
    expect(() => qr([[1]], { mode: "short" as "thin" })).toThrow('qr: mode is "short"');
  });
});

describe("lstsq", () => {
  it("agrees with SciPy, also where the rank is short", () => {
    for (const [name, c] of Object.entries(golden.cases)) {
      const { x, rank, singularValues } = lstsq(c.A, c.b);
      expect(rank, name).toBe(c.rank);
      const smallest = singularValues[rank - 1]! / singularValues[0]!;
      const scale = Math.max(...c.lstsq.map(Math.abs));
      for (const [i, v] of c.lstsq.entries()) {
        expect(Math.abs(x[i]! - v), name).toBeLessThan((1e-13 + 1e-14 / smallest) * scale);
      }
    }
  });

  it("leaves a residual at right angles to the columns, by both methods", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 0, max: 20 }),
        fc.integer(),
        (n, more, seed) => {
          const A = randomMatrix(n + more, n, seed);
          const b = randomMatrix(n + more, 2, seed + 1);
          for (const method of ["svd", "qr"] as const) {
            const { x, residuals } = lstsq(A, b, { method });
            const r = b.sub(A.matmul(x));
            expect(largest(A.transpose().matmul(r))).toBeLessThan(1e-12 * (1 + largest(x)));
            for (let j = 0; j < 2; j++)
              expect(Math.abs(residuals[j]! - Math.hypot(...r.col(j)) ** 2)).toBeLessThan(
                1e-12 * (1 + largest(x)),
              );
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it("chooses the shortest of equally good answers", () => {
    const { x } = lstsq([[1, 1]], [2]);
    expect(Math.abs(x[0]! - 1) + Math.abs(x[1]! - 1)).toBeLessThan(1e-14);
    expect(lstsq(Matrix.zeros(3, 2), [1, 2, 3])).toMatchObject({ x: Float64Array.of(0, 0), rank: 0 });
    expect(
      lstsq(
        [
          [1, 0],
          [0, 1e-6],
        ],
        [1, 1],
        { rcond: 1e-3 },
      ).x,
    ).toEqual(Float64Array.of(1, 0));
    expect(() =>
      lstsq(
        [
          [1, 1],
          [1, 1],
        ],
        [1, 1],
        { method: "qr" },
      ),
    ).toThrow("lstsq: A has not full column rank (column 1 depends on those before it)");
    expect(() => lstsq([[1, 1]], [1], { method: "qr" })).toThrow("not full column rank");
    expect(() => lstsq([[1]], [1], { method: "lu" as "qr" })).toThrow('lstsq: method is "lu"');
  });
});

describe("solveTriangular", () => {
  it("solves all eight kinds", () => {
    for (const n of [1, 7, 48, 49, 130]) {
      // A heavy diagonal keeps random triangles well conditioned.
      const A = randomMatrix(n, n, n)
        .scale(1 / n)
        .add(Matrix.identity(n).scale(2));
      for (const lower of [false, true]) {
        for (const transpose of [false, true]) {
          for (const unitDiagonal of [false, true]) {
            const T = A.map((v, at) => {
              const [i, j] = [Math.floor(at / n), at % n];
              if (i === j) return unitDiagonal ? 1 : v;
              return i > j === lower ? v : 0;
            });
            const op = transpose ? T.transpose() : T;
            const B = randomMatrix(n, 5, 1);
            const options = { lower, transpose, unitDiagonal };
            expect(largest(op.matmul(solveTriangular(A, B, options)).sub(B))).toBeLessThan(1e-12);
            const x = solveTriangular(A, B.col(2), options);
            expect(largest(Matrix.column(op.matVec(x)).sub(Matrix.column(B.col(2))))).toBeLessThan(1e-12);
          }
        }
      }
    }
    expect(() =>
      solveTriangular(
        [
          [1, 1],
          [0, 0],
        ],
        [1, 1],
      ),
    ).toThrow("solveTriangular: A is singular: its diagonal entry 1 is 0");
  });
});
