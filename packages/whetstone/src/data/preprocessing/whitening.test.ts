import { describe, expect, it } from "vitest";
import { Matrix, randomStream, sqrtm } from "../../math/index.ts";
import { Whitening } from "./index.ts";

const random = randomStream(4);
const mix = [
  [2, 0.5, 0],
  [0, 1, 0.8],
  [0, 0, 0.3],
];
const X = Matrix.from(
  Array.from({ length: 300 }, () => {
    const z = [random.normal(), random.normal(), random.normal()];
    return mix[0]!.map((_, j) => 5 + z.reduce((s, v, k) => s + v * mix[k]![j]!, 0));
  }),
);
const covariance = (A: Matrix) => {
  const B = A.addRow(A.columnMeans().map((v) => -v));
  return B.transpose()
    .matmul(B)
    .scale(1 / A.rows);
};

describe("Whitening", () => {
  it("gives the identity as covariance, and mean zero", () => {
    for (const method of ["zca", "pca"] as const) {
      const Z = new Whitening({ method, epsilon: 0 }).fit(X).transform(X);
      const C = covariance(Z);
      for (let a = 0; a < 3; a++) {
        expect(Math.abs(Z.columnMeans()[a]!)).toBeLessThan(1e-10);
        for (let b = 0; b < 3; b++) expect(Math.abs(C.at(a, b) - Number(a === b))).toBeLessThan(1e-9);
      }
    }
  });
  it("zca is the inverse square root of the covariance", () => {
    const W = new Whitening({ epsilon: 0 }).fit(X).components;
    const I = W.matmul(sqrtm(covariance(X)) as Matrix);
    for (let a = 0; a < 3; a++)
      for (let b = 0; b < 3; b++) expect(I.at(a, b)).toBeCloseTo(Number(a === b), 8);
  });
});
