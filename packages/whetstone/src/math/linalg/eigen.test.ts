import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  awkwardMatrices,
  distance,
  largest,
  orthogonality,
  randomMatrix,
  readGolden,
  symmetric,
} from "../../../test/matrices.ts";
import { Matrix } from "../matrix.ts";
import { type Eig, eig, eigvals } from "./eig.ts";
import { eigh, eighvals } from "./eigh.ts";

const golden = readGolden();

describe("eigh", () => {
  const squares = awkwardMatrices()
    .filter(({ A }) => A.rows === A.cols)
    .map(({ name, A }) => ({ name, A: symmetric(A) }));
  const wilkinson = Matrix.zeros(101, 101);
  for (let i = 0; i < 101; i++) {
    wilkinson.set(i, i, Math.abs(i - 50));
    if (i < 100) wilkinson.set(i, i + 1, 1);
    if (i < 100) wilkinson.set(i + 1, i, 1);
  }
  squares.push({ name: "Wilkinson 101", A: wilkinson });
  squares.push({ name: "negative couplings", A: wilkinson.map((v, at) => (at % 102 === 0 ? v : -v)) });
  squares.push({ name: "indefinite 200", A: symmetric(randomMatrix(200, 200, 4)) });
  squares.push({ name: "huge", A: symmetric(randomMatrix(60, 60, 5)).scale(1e250) });
  squares.push({ name: "0 x 0", A: Matrix.zeros(0, 0) });

  for (const { name, A } of squares) {
    it(`rebuilds "${name}" from orthonormal vectors`, () => {
      const n = Math.max(1, A.rows);
      const found = eigh(A);
      expect(distance(found.reconstruct(), A)).toBeLessThan(2e-15 * n + 2e-15);
      expect(orthogonality(found.vectors)).toBeLessThan(1e-15 * n + 1e-15);
      const only = eighvals(A);
      const ascending = eigh(A, { order: "ascending" });
      const scale = Math.max(Math.abs(found.values[0] ?? 0), Math.abs(found.values[n - 1] ?? 0)) || 1;
      for (let i = 0; i < A.rows; i++) {
        if (i > 0) expect(found.values[i]).toBeLessThanOrEqual(found.values[i - 1]!);
        expect(Math.abs(only[i]! - found.values[i]!)).toBeLessThan(1e-15 * n * scale + 1e-14 * scale);
        expect(ascending.values[A.rows - 1 - i]).toBe(found.values[i]);
      }
    });
  }

  it("agrees with SciPy", () => {
    for (const { A, eigvalsh } of Object.values(golden.cases)) {
      if (eigvalsh === undefined) continue;
      const values = eigh(A, { order: "ascending" }).values;
      const scale = Math.max(...eigvalsh.map(Math.abs));
      for (const [i, v] of eigvalsh.entries()) expect(Math.abs(values[i]! - v)).toBeLessThan(1e-14 * scale);
    }
  });

  it("knows the second-difference matrix in closed form", () => {
    const n = 120;
    const A = Matrix.zeros(n, n).map((_, at) => {
      const gap = Math.abs(Math.floor(at / n) - (at % n));
      return gap === 0 ? 2 : gap === 1 ? -1 : 0;
    });
    const { values, vectors } = eigh(A);
    for (let k = 0; k < n; k++) {
      const angle = ((n - k) * Math.PI) / (n + 1);
      expect(Math.abs(values[k]! - (2 - 2 * Math.cos(angle)))).toBeLessThan(1e-14 * 4);
      const ratio = vectors.at(1, k) / vectors.at(0, k);
      expect(Math.abs(ratio - 2 * Math.cos(angle))).toBeLessThan(1e-9);
    }
  });

  it("makes the largest entry of each vector positive", () => {
    const { vectors } = eigh(symmetric(randomMatrix(30, 30, 8)));
    for (let j = 0; j < 30; j++) {
      const column = Array.from(vectors.col(j));
      expect(column.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a), 0)).toBeGreaterThan(0);
    }
  });

  it("interlaces: dropping a row and column leaves values in between (Cauchy)", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 40 }), fc.integer(), (n, seed) => {
        const A = symmetric(randomMatrix(n, n, seed));
        const whole = eighvals(A);
        const keep = Array.from({ length: n - 1 }, (_, i) => i);
        const part = eighvals(A.selectRows(keep).selectCols(keep));
        for (let i = 0; i < n - 1; i++) {
          expect(part[i]).toBeLessThanOrEqual(whole[i]! + 1e-12);
          expect(part[i]).toBeGreaterThanOrEqual(whole[i + 1]! - 1e-12);
        }
      }),
      { numRuns: 40 },
    );
  });

  it("refuses what is not symmetric or not finite", () => {
    expect(() =>
      eigh([
        [1, 2],
        [3, 4],
      ]),
    ).toThrow("eigh: A is not symmetric: entry (1, 0) is 3, entry (0, 1) is 2");
    expect(() => eigh([[1, 2]])).toThrow("eigh: A is 1 x 2, expected a square matrix");
    expect(() => eighvals([[Number.NaN]])).toThrow("eighvals: A holds NaN at row 0, column 0");
    expect(() => eigh([[1]], { order: "up" as "ascending" })).toThrow('eigh: order is "up"');
  });
});

/** Largest entry of A V - V diag(lambda), relative to A. */
function residual(A: Matrix, { real, imag, vectorsReal: R, vectorsImag: I }: Eig): number {
  const [AR, AI] = [A.matmul(R), A.matmul(I)];
  let worst = 0;
  for (let i = 0; i < A.rows; i++) {
    for (let j = 0; j < A.rows; j++) {
      const [a, b, x, y] = [real[j]!, imag[j]!, R.at(i, j), I.at(i, j)];
      worst = Math.max(
        worst,
        Math.abs(AR.at(i, j) - (a * x - b * y)),
        Math.abs(AI.at(i, j) - (a * y + b * x)),
      );
    }
  }
  return worst / (largest(A) || 1);
}

describe("eig", () => {
  const shift = Matrix.zeros(12, 12);
  for (let i = 0; i < 12; i++) shift.set(i, (i + 1) % 12, 1);
  const block = Matrix.zeros(80, 80);
  for (let i = 0; i < 80; i += 2) {
    block.set(i, i + 1, -1 - i);
    block.set(i + 1, i, 1 + i);
  }
  const squares = [
    ...awkwardMatrices().filter(({ A }) => A.rows === A.cols),
    { name: "cyclic shift", A: shift },
    { name: "rotations", A: block },
    { name: "random 120", A: randomMatrix(120, 120, 3) },
    { name: "upper triangular", A: randomMatrix(30, 30, 4).map((v, at) => (at % 30 >= at / 30 ? v : 0)) },
    { name: "0 x 0", A: Matrix.zeros(0, 0) },
  ];
  for (const { name, A } of squares) {
    it(`satisfies A v = lambda v for "${name}"`, () => {
      const found = eig(A);
      expect(residual(A, found)).toBeLessThan(1e-14 * Math.max(10, A.rows));
      for (let j = 0; j < A.rows; j++) {
        const length = Math.hypot(...found.vectorsReal.col(j), ...found.vectorsImag.col(j));
        expect(Math.abs(length - 1)).toBeLessThan(1e-14);
        if (found.imag[j] === 0) expect(Math.hypot(...found.vectorsImag.col(j))).toBe(0);
        if (found.imag[j]! > 0) expect(found.imag[j + 1]).toBe(-found.imag[j]!);
      }
      const sum = found.real.reduce((a, b) => a + b, 0);
      expect(Math.abs(sum - A.trace())).toBeLessThan(1e-13 * Math.max(10, A.rows) * (largest(A) || 1));
    });
  }

  it("agrees with SciPy", () => {
    for (const [name, { A, eigenvalues }] of Object.entries(golden.cases)) {
      if (eigenvalues === undefined) continue;
      const found = eigvals(A);
      // A defective triple eigenvalue is determined to the cube root of rounding only; Frank's small ones to 1e-7.
      const tolerance = name === "defective" ? 2e-4 : name === "frank" ? 1e-5 : 1e-11;
      const left = [...eigenvalues];
      for (let j = 0; j < left.length + j; j++) {
        const gaps = left.map(([re, im]) => Math.hypot(re - found.real[j]!, im - found.imag[j]!));
        const nearest = gaps.indexOf(Math.min(...gaps));
        expect(gaps[nearest], name).toBeLessThan(tolerance * Math.max(1, Math.hypot(...left[nearest]!)));
        left.splice(nearest, 1);
      }
    }
  });

  it("orders by size, and knows a rotation", () => {
    const { real, imag, spectralRadius, isReal } = eig([
      [0, -2, 0],
      [2, 0, 0],
      [0, 0, 1],
    ]);
    expect(real.map((v) => (Math.abs(v) < 1e-15 ? 0 : v))).toEqual(Float64Array.of(0, 0, 1));
    expect(Array.from(imag, (v) => Math.round(v * 1e12) / 1e12)).toEqual([2, -2, 0]);
    expect(spectralRadius).toBeCloseTo(2, 14);
    expect(isReal).toBe(false);
  });

  it("finds the roots of a polynomial by its companion matrix", () => {
    // (x - 1)(x - 2)(x - 3)(x + 4) = x^4 - 2x^3 - 13x^2 + 38x - 24
    const { real } = eigvals([
      [2, 13, -38, 24],
      [1, 0, 0, 0],
      [0, 1, 0, 0],
      [0, 0, 1, 0],
    ]);
    for (const [j, root] of [-4, 3, 2, 1].entries()) expect(Math.abs(real[j]! - root)).toBeLessThan(1e-12);
  });

  it("is not disturbed by bad scaling", () => {
    const A = randomMatrix(8, 8, 2);
    const D = Array.from({ length: 8 }, (_, i) => 2 ** (10 * i - 40));
    const scaled = A.map((v, at) => (v * D[Math.floor(at / 8)]!) / D[at % 8]!);
    const [plain, hard] = [eigvals(A), eigvals(scaled)];
    for (let j = 0; j < 8; j++) expect(Math.abs(plain.real[j]! - hard.real[j]!)).toBeLessThan(1e-12);
  });

  it("refuses what is not square or not finite", () => {
    expect(() => eig([[1, 2]])).toThrow("eig: A is 1 x 2, expected a square matrix");
    expect(() =>
      eigvals([
        [0, Number.NaN],
        [0, 0],
      ]),
    ).toThrow("eigvals: A holds NaN at row 0, column 1");
  });
});
