import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { distance, largest, randomMatrix, readGolden, symmetric } from "../../../test/matrices.ts";
import { Matrix } from "../matrix.ts";
import { randomStream } from "../random/index.ts";
import { expm } from "./expm.ts";
import {
  effectiveRank,
  lowRankApproximation,
  mergeLowRank,
  rankForEnergy,
  spectralEnergyShare,
} from "./low-rank.ts";
import { logm, powm, sqrtm, symmetricFunction } from "./matrix-functions.ts";
import { norm } from "./norms.ts";
import { kronecker, multiply, outer } from "./operations.ts";
import { det, inverse } from "./solve.ts";

const golden = readGolden();

describe("matrix functions", () => {
  it("agree with SciPy", () => {
    for (const c of Object.values(golden.cases)) {
      if (c.expm !== undefined) expect(distance(expm(c.A), Matrix.from(c.expm))).toBeLessThan(1e-12);
    }
    for (const { name, A, ...wanted } of golden.functions) {
      // Roots and logarithms of the defective matrix, and of one with condition 1e5, are themselves ill-conditioned.
      const tolerance = name === "defective" ? 1e-9 : name === "spd" ? 1e-11 : 2e-13;
      expect(distance(sqrtm(A), Matrix.from(wanted.sqrtm)), name).toBeLessThan(tolerance);
      expect(distance(logm(A), Matrix.from(wanted.logm)), name).toBeLessThan(tolerance);
      expect(distance(expm(A), Matrix.from(wanted.expm)), name).toBeLessThan(1e-12);
      expect(distance(powm(A, 1.7), Matrix.from(wanted.power)), name).toBeLessThan(tolerance);
      expect(distance(powm(A, -0.6), Matrix.from(wanted.inversePower)), name).toBeLessThan(tolerance);
    }
  });

  it("undo each other", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.integer(), (n, seed) => {
        // exp of a small matrix has all eigenvalues off the negative axis.
        const L = randomMatrix(n, n, seed).scale(0.8 / n);
        const A = expm(L);
        expect(largest(logm(A).sub(L))).toBeLessThan(1e-13);
        expect(distance(sqrtm(A).matmul(sqrtm(A)), A)).toBeLessThan(1e-13 * n);
        expect(distance(powm(A, 0.25), expm(L.scale(0.25)))).toBeLessThan(1e-12);
        expect(Math.abs(det(A) / Math.exp(L.trace()) - 1)).toBeLessThan(1e-12);
        expect(distance(inverse(A), expm(L.scale(-1)))).toBeLessThan(1e-12);
      }),
      { numRuns: 60 },
    );
  });

  it("cover every degree of the exponential's approximant, and scaling", () => {
    // exp of a rotation's generator is the rotation.
    for (const t of [1e-3, 0.1, 0.7, 2, 5, 40]) {
      const R = expm([
        [0, -t],
        [t, 0],
      ]);
      const wanted = Matrix.from([
        [Math.cos(t), -Math.sin(t)],
        [Math.sin(t), Math.cos(t)],
      ]);
      expect(largest(R.sub(wanted))).toBeLessThan(2e-15 * (1 + 4 * t));
    }
    expect(expm(Matrix.zeros(0, 0)).rows).toBe(0);
  });

  it("have powers of whole and negative order", () => {
    const A = Matrix.from([
      [1, 1],
      [1, 0],
    ]);
    expect(powm(A, 30).toArray()).toEqual([
      [1346269, 832040],
      [832040, 514229],
    ]);
    expect(powm(A, 0).toArray()).toEqual([
      [1, 0],
      [0, 1],
    ]);
    expect(distance(powm(A, -3), inverse(powm(A, 3)))).toBeLessThan(1e-14);
    const S = symmetric(randomMatrix(6, 6, 1));
    expect(
      distance(
        symmetricFunction(S, (v) => v ** 3),
        S.matmul(S).matmul(S),
      ),
    ).toBeLessThan(1e-13);
    const P = S.matmul(S);
    expect(distance(powm(P, 0.5), sqrtm(P))).toBeLessThan(1e-12);
  });

  it("say when no real answer exists", () => {
    expect(() =>
      sqrtm([
        [-1, 0],
        [0, 1],
      ]),
    ).toThrow("sqrtm: A has the negative eigenvalue -1");
    expect(() =>
      sqrtm([
        [-1, 1],
        [0, 1],
      ]),
    ).toThrow("sqrtm: A has the negative eigenvalue -1");
    expect(() =>
      sqrtm([
        [0, 1],
        [0, 0],
      ]),
    ).toThrow("sqrtm: A has a defective eigenvalue 0");
    expect(() => logm([[0]])).toThrow("logm: A is singular");
    expect(() =>
      logm([
        [1, 1],
        [0, -2],
      ]),
    ).toThrow("logm: A has the negative eigenvalue -2");
    expect(() => powm([[-1]], 0.5)).toThrow("powm: A has the negative eigenvalue -1");
    expect(() => powm([[1]], Number.NaN)).toThrow("powm: p is NaN, expected a finite number");
    expect(() => symmetricFunction([[-1]], Math.log)).toThrow("f gives NaN for the eigenvalue -1");
    expect(
      sqrtm([
        [1, 1],
        [1, 1],
      ]).at(0, 1),
    ).toBeCloseTo(Math.SQRT1_2, 14);
  });
});

describe("low-rank approximation", () => {
  it("leaves the dropped energy, and no random matrix of that rank does better (Eckart-Young)", () => {
    const A = randomMatrix(20, 14, 5);
    const stream = randomStream(9);
    for (const k of [0, 1, 4, 14]) {
      const found = lowRankApproximation(A, k);
      const error = norm(A.sub(found.approximation)) ** 2;
      expect(error).toBeCloseTo(found.droppedEnergy, 11);
      expect(norm(A.sub(found.approximation), 2)).toBeCloseTo(found.spectralError, 12);
      expect(found.energyShare).toBeCloseTo(1 - found.droppedEnergy / norm(A) ** 2, 13);
      expect(distance(found.B.matmul(found.A), found.approximation)).toBeLessThan(1e-14);
      for (let trial = 0; trial < 50 && k > 0 && k < 14; trial++) {
        // A random competitor, and one close to the optimum.
        const noise = (M: Matrix): Matrix => M.map((v) => v + 1e-3 * stream.normal());
        expect(norm(A.sub(noise(found.B).matmul(noise(found.A)))) ** 2).toBeGreaterThan(error);
        const B = found.B.map(() => stream.normal());
        expect(norm(A.sub(B.matmul(found.A))) ** 2).toBeGreaterThan(error);
      }
    }
  });

  it("summarises a spectrum", () => {
    expect(spectralEnergyShare([2, 1, 0], 1)).toBe(0.8);
    expect(spectralEnergyShare([0, 0], 0)).toBe(1);
    expect(spectralEnergyShare([1e200, 1e200], 1)).toBe(0.5);
    expect(rankForEnergy([2, 1, 0], 0.8)).toBe(1);
    expect(rankForEnergy([2, 1, 0], 0.81)).toBe(2);
    expect(rankForEnergy([2, 1, 0], 0)).toBe(0);
    expect(effectiveRank([3, 3, 3, 3])).toBeCloseTo(4, 12);
    expect(effectiveRank([5, 0, 0])).toBe(1);
    expect(effectiveRank([0])).toBe(0);
    expect(() => effectiveRank([1, -1])).toThrow("effectiveRank: s[1] is -1, expected a singular value >= 0");
    expect(() => spectralEnergyShare([1], 2)).toThrow("spectralEnergyShare: k is 2");
    expect(() => rankForEnergy([1], 1.5)).toThrow("rankForEnergy: share is 1.5");
  });

  it("merges factors into a weight matrix", () => {
    const [W, B, A] = [randomMatrix(30, 25, 1), randomMatrix(30, 4, 2), randomMatrix(4, 25, 3)];
    expect(distance(mergeLowRank(W, B, A, 0.5), W.add(B.matmul(A).scale(0.5)))).toBeLessThan(1e-14);
    expect(() => mergeLowRank(W, A, B)).toThrow("mergeLowRank: B has 4 rows, expected 30 (rows of W)");
  });
});

describe("products", () => {
  it("multiply with every transpose, at sizes on both sides of the kernels' threshold", () => {
    for (const [m, n, k] of [
      [2, 3, 4],
      [1, 5, 1],
      [0, 3, 2],
      [3, 2, 0],
      [40, 30, 50],
      [65, 1, 70],
    ] as const) {
      for (const transA of [false, true]) {
        for (const transB of [false, true]) {
          const A = transA ? randomMatrix(k, m, 1) : randomMatrix(m, k, 1);
          const B = transB ? randomMatrix(n, k, 2) : randomMatrix(k, n, 2);
          const found = multiply(A, B, { transA, transB });
          for (let i = 0; i < m; i++) {
            for (let j = 0; j < n; j++) {
              let sum = 0;
              for (let p = 0; p < k; p++)
                sum += (transA ? A.at(p, i) : A.at(i, p)) * (transB ? B.at(j, p) : B.at(p, j));
              expect(Math.abs(found.at(i, j) - sum)).toBeLessThan(1e-12);
            }
          }
        }
      }
    }
    expect(() => multiply([[1, 2]], [[1, 2]])).toThrow("multiply: B has 1 rows, expected 2 (columns of A)");
  });

  it("have the mixed-product property of Kronecker, and outer products of rank one", () => {
    const [A, B, C, D] = [
      randomMatrix(2, 3, 1),
      randomMatrix(4, 2, 2),
      randomMatrix(3, 2, 3),
      randomMatrix(2, 5, 4),
    ];
    expect(
      distance(kronecker(A, B).matmul(kronecker(C, D)), kronecker(A.matmul(C), B.matmul(D))),
    ).toBeLessThan(1e-14);
    expect(outer([1, 2], [3, 4, 5]).toArray()).toEqual([
      [3, 4, 5],
      [6, 8, 10],
    ]);
  });
});
