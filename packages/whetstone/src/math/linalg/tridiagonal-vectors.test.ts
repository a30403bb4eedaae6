import { describe, expect, it } from "vitest";
import { Matrix } from "../matrix.ts";
import { randomStream } from "../random/index.ts";
import { eigh } from "./eigh.ts";
import { tridiagonalVectors } from "./tridiagonal-vectors.ts";

const random = randomStream("first pairs");

function symmetric(n: number): Matrix {
  const B = Matrix.zeros(n, n).map(() => random.normal());
  return B.map((v, at) => v + B.data[(at % n) * n + Math.floor(at / n)]!);
}

/** Copies of a path graph, not connected: every eigenvalue of its Laplacian as often as there are copies. */
function paths(copies: number, length: number): Matrix {
  const n = copies * length;
  const L = Matrix.zeros(n, n);
  for (let i = 0; i + 1 < n; i++) {
    if ((i + 1) % length === 0) continue;
    for (const [a, b, v] of [
      [i, i, 1],
      [i + 1, i + 1, 1],
      [i, i + 1, -1],
      [i + 1, i, -1],
    ] as const)
      L.set(a, b, L.at(a, b) + v);
  }
  return L;
}

/** Wilkinson's W+ : pairs of eigenvalues that agree to fourteen digits. */
function wilkinson(n: number): Matrix {
  return Matrix.zeros(n, n).map((_, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    return i === j ? Math.abs(i - (n - 1) / 2) : Math.abs(i - j) === 1 ? 1 : 0;
  });
}

const matrices: [string, Matrix][] = [
  ["random 200", symmetric(200)],
  ["random 40", symmetric(40)],
  ["a few large, the rest nought", Matrix.diagonal([5, 4, 4, 4, ...new Array(60).fill(0)])],
  ["identity", Matrix.identity(50)],
  ["nought", Matrix.zeros(30, 30)],
  ["five paths of twelve", paths(5, 12)],
  ["Wilkinson 101", wilkinson(101)],
  ["graded", Matrix.diagonal(Array.from({ length: 60 }, (_, i) => 10 ** (-i / 4)))],
  ["huge", symmetric(50).scale(1e250)],
  ["tiny", symmetric(50).scale(1e-200)],
];

describe.each(matrices)("the first pairs of %s", (_, A) => {
  const n = A.rows;
  const norm = A.data.reduce((most, v) => Math.max(most, Math.abs(v)), 0) || 1;
  it.each(["descending", "ascending"] as const)("are those of the whole decomposition, %s", (order) => {
    const whole = eigh(A, { order });
    for (const count of [0, 1, 3, Math.floor(n / 4), n]) {
      const { values, vectors } = eigh(A, { order, count });
      expect([values.length, vectors.rows, vectors.cols]).toEqual([count, n, count]);
      const AV = A.scale(1 / norm).matmul(vectors);
      const G = vectors.transpose().matmul(vectors);
      for (let j = 0; j < count; j++) {
        expect(Math.abs(values[j]! - whole.values[j]!)).toBeLessThan(1e-13 * n * norm);
        for (let i = 0; i < n; i++)
          expect(Math.abs(AV.at(i, j) - (values[j]! / norm) * vectors.at(i, j))).toBeLessThan(1e-13 * n);
        for (let i = 0; i < count; i++) expect(Math.abs(G.at(i, j) - (i === j ? 1 : 0))).toBeLessThan(1e-12);
      }
    }
  });
});

it("rebuilds what the first pairs say, and refuses a count that cannot be", () => {
  expect(
    eigh(
      [
        [2, 1],
        [1, 2],
      ],
      { count: 1 },
    )
      .reconstruct()
      .toArray(),
  ).toEqual([
    [expect.closeTo(1.5), expect.closeTo(1.5)],
    [expect.closeTo(1.5), expect.closeTo(1.5)],
  ]);
  expect(() => eigh([[1]], { count: 2 })).toThrow("eigh: count is 2, expected a whole number from 0 to 1");
});

it("says so where a vector cannot be proved", () => {
  const out = new Float64Array(3);
  expect(
    tridiagonalVectors(3, Float64Array.of(1, 2, 3), new Float64Array(3), Float64Array.of(2.5), out),
  ).toBe(false);
});

it("proves the vectors of pairs that agree to fourteen digits", () => {
  const A = wilkinson(101);
  const e = new Float64Array(101).fill(1, 0, 100);
  const values = eigh(A).values.slice(0, 20);
  expect(tridiagonalVectors(101, A.diag(), e, values, new Float64Array(20 * 101))).toBe(true);
});
