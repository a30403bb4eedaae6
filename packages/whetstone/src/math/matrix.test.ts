import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Matrix } from "./matrix.ts";

const values = (n: number) =>
  fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: n, maxLength: n });

describe("Matrix", () => {
  const A = Matrix.from([
    [1, 2, 3],
    [4, 5, 6],
  ]);

  it("does arithmetic entry by entry", () => {
    expect(A.add(A).toArray()).toEqual([
      [2, 4, 6],
      [8, 10, 12],
    ]);
    expect(A.sub(A).data.every((v) => v === 0)).toBe(true);
    expect(A.hadamard(A).at(1, 2)).toBe(36);
    expect(A.scale(-2).at(0, 1)).toBe(-4);
    expect(A.map((v, at) => v * at).toArray()).toEqual([
      [0, 2, 6],
      [12, 20, 30],
    ]);
    expect(A.addRow([10, 20, 30]).toArray()).toEqual([
      [11, 22, 33],
      [14, 25, 36],
    ]);
    expect(A.addColumn([10, 20]).toArray()).toEqual([
      [11, 12, 13],
      [24, 25, 26],
    ]);
    expect(A.at(0, 0)).toBe(1);
  });

  it("sums, averages and traces", () => {
    expect(A.columnSums()).toEqual(Float64Array.of(5, 7, 9));
    expect(A.columnMeans()).toEqual(Float64Array.of(2.5, 3.5, 4.5));
    expect(A.rowSums()).toEqual(Float64Array.of(6, 15));
    expect(A.diag()).toEqual(Float64Array.of(1, 5));
    expect(Matrix.diagonal([1, 2, 3]).trace()).toBe(6);
    expect(Matrix.zeros(0, 2).columnMeans()).toEqual(Float64Array.of(Number.NaN, Number.NaN));
  });

  it("stacks", () => {
    expect(Matrix.hstack([A, Matrix.column([7, 8])]).toArray()).toEqual([
      [1, 2, 3, 7],
      [4, 5, 6, 8],
    ]);
    expect(Matrix.vstack([A, A]).rows).toBe(4);
    expect(Matrix.vstack([]).rows).toBe(0);
  });

  it("multiplies float32 storage too", () => {
    const F = new Matrix(Float32Array.of(0.5, 1, 2, 4), 2, 2);
    expect(F.matmul(F).toArray()).toEqual([
      [2.25, 4.5],
      [9, 18],
    ]);
    expect(F.matVec([1, 1])).toEqual(Float64Array.of(1.5, 6));
    expect(F.transpose().toArray()).toEqual([
      [0.5, 2],
      [1, 4],
    ]);
  });

  it("has associative products, and transposes that reverse them", () => {
    fc.assert(
      fc.property(values(6), values(12), values(4), (a, b, c) => {
        const X = new Matrix(Float64Array.from(a), 2, 3);
        const Y = new Matrix(Float64Array.from(b), 3, 4);
        const z = Float64Array.from(c);
        const left = X.matmul(Y).matVec(z);
        const right = X.matVec(Y.matVec(z));
        const back = X.matmul(Y).transpose();
        const turned = Y.transpose().matmul(X.transpose());
        const bound = 1e-9 + 1e-12 * Math.max(...a.map(Math.abs)) * Math.max(...b.map(Math.abs)) * 1e3;
        for (let i = 0; i < 2; i++) expect(Math.abs(left[i]! - right[i]!)).toBeLessThan(bound);
        for (let i = 0; i < 8; i++) expect(Math.abs(back.data[i]! - turned.data[i]!)).toBeLessThan(bound);
        expect(X.transposedMatVec([1, 2])).toEqual(X.transpose().matVec([1, 2]));
      }),
    );
  });

  it("explains shapes that do not fit", () => {
    expect(() => A.matmul(A)).toThrow("Matrix.matmul: B has 2 rows, expected 3 (columns of this matrix)");
    expect(() => A.matVec([1])).toThrow(
      "Matrix.matVec: x has 1 entries, expected 3 (columns of this matrix)",
    );
    expect(() => A.add(A.transpose())).toThrow("Matrix.add: B is 3 x 2, expected 2 x 3 (as this matrix)");
    expect(() => A.addRow([1])).toThrow("Matrix.addRow: v has 1 entries, expected 3");
    expect(() => A.trace()).toThrow("Matrix.trace: this matrix is 2 x 3, expected a square matrix");
    expect(() => Matrix.hstack([A, A.transpose()])).toThrow("Matrix.hstack: parts[1] has 3 rows, expected 2");
    expect(() => Matrix.vstack([A, A.transpose()])).toThrow(
      "Matrix.vstack: parts[1] has 2 columns, expected 3",
    );
  });
});
