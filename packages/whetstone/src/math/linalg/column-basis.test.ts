import { expect, test } from "vitest";
import { Matrix } from "../matrix.ts";
import { randomStream } from "../random/index.ts";
import { nearlyOrthonormalColumns, orthonormalColumns } from "./column-basis.ts";
import { randomizedSvd } from "./truncated-svd.ts";

const random = randomStream("column basis");
const normal = (m: number, n: number) => Matrix.zeros(m, n).map(() => random.normal());

/** Largest entry of Q^T Q - I. */
function offOrthonormal(Q: Matrix): number {
  const G = Q.transpose().matmul(Q);
  return Math.max(...G.data.map((v, at) => Math.abs(v - (at % (Q.cols + 1) === 0 ? 1 : 0))));
}

/** Largest entry of A less its projection on the span of orthonormal columns. */
function outside(A: Matrix, Q: Matrix): number {
  const inside = Q.matmul(Q.transpose().matmul(A));
  return Math.max(...A.data.map((v, at) => Math.abs(v - inside.data[at]!)));
}

test("a basis by Cholesky spans what the columns span", () => {
  const A = normal(200, 12);
  const Q = nearlyOrthonormalColumns(A);
  expect(offOrthonormal(Q)).toBeLessThan(1e-12);
  expect(outside(A, Q)).toBeLessThan(1e-12);
});

test("columns that differ by a part in a thousand or million stay apart", () => {
  for (const angle of [1e-3, 1e-6]) {
    const base = normal(100, 1);
    const A = normal(100, 8).map((v, at) => base.data[Math.floor(at / 8)]! + angle * v);
    const Q = nearlyOrthonormalColumns(A);
    expect(offOrthonormal(Q)).toBeLessThan(1e-5);
    expect(outside(A, orthonormalColumns(Q))).toBeLessThan(1e-12);
  }
});

test("columns that Cholesky cannot tell apart, and zeros, go by reflectors", () => {
  const base = normal(60, 1);
  const same = Matrix.zeros(60, 4).map((_, at) => base.data[Math.floor(at / 4)]!);
  for (const A of [same, Matrix.zeros(60, 4)])
    expect(nearlyOrthonormalColumns(A)).toEqual(orthonormalColumns(A));
});

test("singular values that fall by twelve orders come out to rounding of the largest", () => {
  const s = Float64Array.from({ length: 20 }, (_, i) => 10 ** (-12 * (i / 19)));
  const U = orthonormalColumns(normal(80, 20));
  const V = orthonormalColumns(normal(40, 20));
  const A = Matrix.zeros(80, 20)
    .map((_, at) => U.data[at]! * s[at % 20]!)
    .matmul(V.transpose());
  const found = randomizedSvd(A, 10, { seed: 0 }).s;
  for (let i = 0; i < 10; i++) expect(Math.abs(found[i]! - s[i]!)).toBeLessThan(1e-14);
});
