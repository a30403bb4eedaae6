/** Certificates and awkward matrices shared by the tests of linear algebra. */
import { readFileSync } from "node:fs";
import { Matrix } from "../src/math/matrix.ts";
import { randomStream } from "../src/math/random/index.ts";

export function randomMatrix(rows: number, cols: number, seed = 0): Matrix {
  const stream = randomStream(seed).split(`${rows}x${cols}`);
  return Matrix.zeros(rows, cols).map(() => stream.normal());
}

export function symmetric(A: Matrix): Matrix {
  return A.add(A.transpose()).scale(0.5);
}

/** Largest entry in size; 0 for an empty matrix. */
export function largest(A: Matrix): number {
  return A.data.reduce((most, v) => (Number.isNaN(v) ? v : Math.max(most, Math.abs(v))), 0);
}

/** Largest entry of A - B relative to the largest of B (or of 1, if B is zero). */
export function distance(A: Matrix, B: Matrix): number {
  return largest(A.sub(B)) / (largest(B) || 1);
}

/** Largest entry of Q^T Q - I. */
export function orthogonality(Q: Matrix): number {
  return largest(Q.transpose().matmul(Q).sub(Matrix.identity(Q.cols)));
}

/** Matrices on which careless algorithms fail. */
export function awkwardMatrices(): { name: string; A: Matrix }[] {
  const fill = (rows: number, cols: number, f: (i: number, j: number) => number): Matrix =>
    Matrix.zeros(rows, cols).map((_, at) => f(Math.floor(at / cols), at % cols));
  return [
    { name: "1 x 1", A: Matrix.from([[-7]]) },
    { name: "0 x 4", A: Matrix.zeros(0, 4) },
    { name: "4 x 0", A: Matrix.zeros(4, 0) },
    { name: "zeros", A: Matrix.zeros(35, 30) },
    { name: "identity", A: Matrix.identity(70) },
    { name: "ones", A: fill(40, 40, () => 1) },
    { name: "Hilbert", A: fill(50, 50, (i, j) => 1 / (1 + i + j)) },
    { name: "graded columns", A: randomMatrix(50, 40, 1).map((v, at) => v * 10 ** (-(at % 40) / 2)) },
    { name: "graded rows", A: randomMatrix(40, 50, 2).map((v, at) => v * 10 ** (-Math.floor(at / 50) / 2)) },
    { name: "bidiagonal of ones", A: fill(64, 64, (i, j) => (j === i || j === i + 1 ? 1 : 0)) },
    { name: "rank 5", A: randomMatrix(80, 5, 3).matmul(randomMatrix(5, 70, 4)) },
    { name: "two clusters", A: fill(60, 60, (i, j) => (i === j ? 1 + (i % 2) : 1e-13)) },
    { name: "zero blocks", A: fill(60, 60, (i, j) => (i === j && i % 3 === 0 ? i : 0)) },
    { name: "rank one", A: fill(77, 77, (i, j) => Math.sin(i) * Math.cos(j)) },
    { name: "nearly empty", A: randomMatrix(90, 90, 11).map((v) => (v > 1.8 ? v : 0)) },
    { name: "signs", A: fill(66, 64, (i, j) => ((i * j) % 7 < 3 ? -1 : 1)) },
    {
      // Blocks with pairs of almost equal eigenvalues, hardly coupled: QR iterations that cancel stall here.
      name: "glued Wilkinson",
      A: fill(105, 105, (i, j) => {
        if (i === j) return Math.abs((i % 21) - 10);
        return Math.abs(i - j) === 1 ? (Math.max(i, j) % 21 === 0 ? 1e-9 : 1) : 0;
      }),
    },
    { name: "tall", A: randomMatrix(150, 33, 5) },
    { name: "wide", A: randomMatrix(29, 140, 6) },
    { name: "square", A: randomMatrix(97, 97, 7) },
    { name: "nearly square", A: randomMatrix(64, 60, 8) },
    { name: "huge entries", A: randomMatrix(50, 48, 9).scale(1e250) },
    { name: "tiny entries", A: randomMatrix(50, 48, 10).scale(1e-250) },
  ];
}

export interface GoldenCase {
  A: number[][];
  b: number[];
  singularValues: number[];
  rank: number;
  lstsq: number[];
  pinv: number[][];
  norms: { fro: number; one: number; inf: number; two: number; nuclear: number };
  nullity: number;
  eigenvalues?: [number, number][];
  slogdet?: [number, number];
  expm?: number[][];
  solve?: number[];
  eigvalsh?: number[];
  cholesky?: number[][];
}

export interface Golden {
  cases: Record<string, GoldenCase>;
  functions: {
    name: string;
    A: number[][];
    sqrtm: number[][];
    logm: number[][];
    expm: number[][];
    power: number[][];
    inversePower: number[][];
  }[];
  tiny: { name: string; A: number[][]; singularValues: number[] }[];
}

export function readGolden(): Golden {
  const url = new URL("../../../reference/values/math/linalg.json", import.meta.url);
  return JSON.parse(readFileSync(url, "utf8")) as Golden;
}
