import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Matrix } from "./matrix.ts";
import { randomStream } from "./random/index.ts";
import { SparseMatrix } from "./sparse.ts";

function randomSparse(rows: number, cols: number, seed: number): SparseMatrix {
  const stream = randomStream(seed);
  return SparseMatrix.fromDense(
    Matrix.zeros(rows, cols).map(() => (stream.uniform() < 0.3 ? Math.round(stream.normal(0, 10)) : 0)),
  );
}

describe("SparseMatrix", () => {
  it("is made from triplets in any order, adding up repeated places", () => {
    const triplets = fc.array(
      fc.tuple(
        fc.integer({ min: 0, max: 4 }),
        fc.integer({ min: 0, max: 6 }),
        fc.integer({ min: -9, max: 9 }),
      ),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(triplets, (entries) => {
        const dense = Matrix.zeros(5, 7);
        for (const [i, j, v] of entries) dense.set(i, j, dense.at(i, j) + v);
        const [rows, cols, values] = [0, 1, 2].map((g) => entries.map((entry) => entry[g]!));
        const S = SparseMatrix.fromTriplets(5, 7, rows!, cols!, values!);
        expect(S.toDense().toArray()).toEqual(dense.toArray());
        expect(S.nnz).toBe(new Set(entries.map(([i, j]) => i * 7 + j)).size);
        for (let i = 0; i < 5; i++) {
          for (let k = S.indptr[i]! + 1; k < S.indptr[i + 1]!; k++) {
            expect(S.indices[k]).toBeGreaterThan(S.indices[k - 1]!);
          }
        }
      }),
    );
  });

  it("does what the dense matrix does", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 8 }),
        fc.integer({ min: 0, max: 8 }),
        fc.nat(1e6),
        (m, n, seed) => {
          const S = randomSparse(m, n, seed);
          const D = S.toDense();
          const x = Float64Array.from({ length: n }, (_, i) => i - 2);
          const y = Float64Array.from({ length: m }, (_, i) => 3 - i);
          expect(S.matVec(x)).toEqual(D.matVec(x));
          expect(S.transposedMatVec(y)).toEqual(D.transposedMatVec(y));
          expect(S.columnSums()).toEqual(D.columnSums());
          expect(S.columnMeans()).toEqual(D.columnMeans());
          expect(S.transpose().toDense().toArray()).toEqual(D.transpose().toArray());
          const B = Matrix.zeros(n, 3).map((_, at) => at - 4);
          const C = Matrix.zeros(m, 3).map((_, at) => 5 - at);
          expect(S.matmul(B).toArray()).toEqual(D.matmul(B).toArray());
          expect(S.transposedMatmul(C).toArray()).toEqual(D.transpose().matmul(C).toArray());
          expect(S.scale(3).toDense().toArray()).toEqual(D.scale(3).toArray());
          const some = Array.from({ length: m }, (_, i) => (i * 3) % m);
          expect(S.selectRows(some).toDense().toArray()).toEqual(D.selectRows(some).toArray());
          for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) expect(S.at(i, j)).toBe(D.at(i, j));
        },
      ),
    );
  });

  it("explains what does not fit", () => {
    const S = randomSparse(3, 4, 1);
    expect(() => SparseMatrix.fromTriplets(2, 2, [0, 2], [0, 0], [1, 1])).toThrow(
      "SparseMatrix.fromTriplets: rowIndices[1] is 2, expected a whole number from 0 to 1",
    );
    expect(() => SparseMatrix.fromTriplets(2, 2, [0], [0, 0], [1, 1])).toThrow(
      "rowIndices has 1 entries, expected 2",
    );
    expect(() => S.matVec([1])).toThrow("SparseMatrix.matVec: x has 1 entries, expected 4 (columns)");
    expect(() => S.matmul(Matrix.zeros(3, 1))).toThrow("SparseMatrix.matmul: B has 3 rows, expected 4");
    expect(() => S.selectRows([3])).toThrow("SparseMatrix.selectRows: rowIndices[0] is 3, expected 0 to 2");
    expect(() => S.at(0, 4)).toThrow("SparseMatrix.at: j is 4, expected 0 to 3");
  });
});
