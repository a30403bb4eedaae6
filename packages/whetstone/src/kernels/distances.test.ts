import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  getThreads,
  pairwiseCosineDistances,
  pairwiseManhattanDistances,
  pairwiseSquaredDistances,
  setThreads,
} from "./index.ts";

type Distances = typeof pairwiseSquaredDistances;

const loops: Record<string, [Distances, (x: Float64Array, y: Float64Array) => number]> = {
  squared: [pairwiseSquaredDistances, (x, y) => x.reduce((sum, value, p) => sum + (value - y[p]!) ** 2, 0)],
  manhattan: [
    pairwiseManhattanDistances,
    (x, y) => x.reduce((sum, value, p) => sum + Math.abs(value - y[p]!), 0),
  ],
  cosine: [
    pairwiseCosineDistances,
    (x, y) => {
      const product = (u: Float64Array, v: Float64Array) =>
        u.reduce((sum, value, p) => sum + value * v[p]!, 0);
      const scale = Math.sqrt(product(x, x) * product(y, y));
      return scale === 0 ? 1 : 1 - product(x, y) / scale;
    },
  ],
};

const row = (X: Float64Array, i: number, d: number) => X.subarray(i * d, (i + 1) * d);

describe.each(Object.entries(loops))("pairwise %s distances", (name, [distances, definition]) => {
  it("equal their definition for any size", () => {
    const size = fc.oneof(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 1, max: 70 }));
    fc.assert(
      fc.property(size, size, fc.integer({ min: 0, max: 40 }), (n, m, d) => {
        const X = Float64Array.from({ length: n * d }, (_, i) => Math.sin(i * i + n));
        const Y = Float64Array.from({ length: m * d }, (_, i) => Math.cos(i * i + m));
        const out = new Float64Array(n * m).fill(Number.NaN);
        distances(X, n, Y, m, d, out);
        for (let i = 0; i < n; i++) {
          for (let j = 0; j < m; j++) {
            const expected = definition(row(X, i, d), row(Y, j, d));
            expect(Math.abs(out[i * m + j]! - expected)).toBeLessThanOrEqual(1e-13 * (1 + expected));
          }
        }
      }),
      { numRuns: 120, seed: 8 },
    );
  });

  it("hold across the borders of slabs, chunks and depth blocks, with identical bits on 1 and 2 threads", () => {
    const before = getThreads();
    for (const [n, m, d] of [
      [70, 530, 600],
      [2100, 2050, 3],
    ] as const) {
      const X = Float64Array.from({ length: n * d }, (_, i) => Math.sin(i * 0.7));
      const Y = Float64Array.from({ length: m * d }, (_, i) => Math.cos(i * 0.3));
      const results = [1, 2].map((threads) => {
        setThreads(threads);
        const out = new Float64Array(n * m);
        distances(X, n, Y, m, d, out);
        return out;
      });
      expect(Buffer.from(results[0]!.buffer).equals(Buffer.from(results[1]!.buffer))).toBe(true);
      for (let i = 0; i < n; i += 23) {
        for (let j = 0; j < m; j += 19) {
          const expected = definition(row(X, i, d), row(Y, j, d));
          expect(Math.abs(results[0]![i * m + j]! - expected)).toBeLessThanOrEqual(1e-12 * (1 + expected));
        }
      }
    }
    setThreads(before);
  });

  it("name the array that is too short", () => {
    const three = new Float64Array(3);
    expect(() => distances(three, 2, three, 1, 2, three)).toThrow(
      /Distances: X has 3 entries, expected 4 \(2 x 2\)/,
    );
    expect(() => distances(three, 1, three, 2, 2, three)).toThrow(/: Y has 3 entries/);
    expect(() => distances(three, 2, three, 2, 1, three)).toThrow(/: out has 3 entries/);
  });

  if (name !== "cosine") {
    it("are exactly 0 for equal rows, symmetric, and lose no digits far from the origin", () => {
      const [n, d] = [33, 7];
      const X = Float64Array.from({ length: n * d }, (_, i) => 1e8 + Math.round(Math.sin(i) * 1000) / 1024);
      const out = new Float64Array(n * n);
      distances(X, n, X, n, d, out);
      for (let i = 0; i < n; i++) {
        expect(out[i * n + i]).toBe(0);
        for (let j = 0; j < i; j++) {
          expect(out[i * n + j]).toBe(out[j * n + i]);
          const expected = definition(row(X, i, d), row(X, j, d));
          expect(Math.abs(out[i * n + j]! / expected - 1)).toBeLessThan(1e-14);
        }
      }
    });
  }
});

describe("cosine", () => {
  it("is 1 from a zero row and stays within 0 and 2", () => {
    const X = new Float64Array([0, 0, 3, 4, -3, -4, 1e-3, 1e-3 / 3]);
    const out = new Float64Array(16);
    pairwiseCosineDistances(X, 4, X, 4, 2, out);
    expect(Array.from(out.subarray(0, 4))).toEqual([1, 1, 1, 1]);
    expect(out[1 * 4 + 2]).toBe(2);
    for (const value of out) expect(value >= 0 && value <= 2).toBe(true);
  });
});
