import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { axpy, call, dot, gemvF64At, getThreads, nrm2, setThreads, sum, withScratch } from "./index.ts";

const finite = fc.double({ min: -1e3, max: 1e3, noNaN: true });
const vectors = fc.array(finite, { maxLength: 900 }).map((values) => Float64Array.from(values));

/** Neumaier's compensated sum: the oracle of the plain ones. */
function exactSum(values: ArrayLike<number>): number {
  let total = 0;
  let lost = 0;
  for (let i = 0; i < values.length; i++) {
    const x = values[i]!;
    const next = total + x;
    lost += Math.abs(total) >= Math.abs(x) ? total - next + x : x - next + total;
    total = next;
  }
  return total + lost;
}

const near = (actual: number, expected: number, scale: number) =>
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(2e-15 * scale);

describe("sums", () => {
  it("dot, sum and nrm2 agree with compensated sums, in JavaScript and in the kernels", () => {
    fc.assert(
      fc.property(vectors, (x) => {
        const y = x.map((value, i) => Math.sin(i) + value / 7);
        const products = x.map((value, i) => value * y[i]!);
        const size = exactSum(products.map(Math.abs));
        const norm = Math.hypot(...x);
        withScratch((s) => {
          const [a, b, n] = [s.f64(x).ptr, s.f64(y).ptr, x.length];
          for (const value of [dot(x, y), call("dotF64", a, b, n)]) near(value, exactSum(products), size);
          for (const value of [sum(x), call("sumF64", a, n)])
            near(value, exactSum(x), exactSum(x.map(Math.abs)));
          near(nrm2(x), norm, norm);
        });
      }),
      { numRuns: 150, seed: 3 },
    );
  });

  it("a million terms lose no digits", () => {
    const x = new Float64Array(1_000_003).fill(0.1);
    expect(Math.abs(sum(x) / 100000.3 - 1)).toBeLessThan(1e-14);
    expect(Math.abs(dot(x, x) / 10000.03 - 1)).toBeLessThan(1e-14);
    withScratch((s) => {
      const { ptr } = s.f64(x);
      expect(Math.abs(call("sumF64", ptr, x.length) / 100000.3 - 1)).toBeLessThan(1e-14);
    });
  });

  it("nrm2 neither overflows nor underflows, and passes on what is not finite", () => {
    const cases: [number[], number][] = [
      [[3e200, 4e200], 5e200],
      [[3e-200, -4e-200], 5e-200],
      [[3e-320, 4e-320], 5e-320],
      [[0, 0], 0],
      [[], 0],
      [[1, Number.NEGATIVE_INFINITY], Number.POSITIVE_INFINITY],
      [[1e200, Number.NaN], Number.NaN],
    ];
    for (const [values, expected] of cases) {
      const x = Float64Array.from(values);
      const value = nrm2(x);
      if (expected === 0 || !Number.isFinite(expected)) expect(value).toBe(expected);
      else expect(Math.abs(value / expected - 1)).toBeLessThan(1e-3 * (expected < 1e-300 ? 1 : 1e-12));
    }
  });

  it("axpy and the scaling kernel write what they say", () => {
    fc.assert(
      fc.property(vectors, finite, (x, alpha) => {
        const y = x.map((_, i) => Math.cos(i));
        const expected = y.map((value, i) => value + alpha * x[i]!);
        withScratch((s) => {
          const n = x.length;
          const a = s.f64(x);
          call("scaleF64", alpha, a.ptr, n);
          axpy(alpha, x, y);
          for (let i = 0; i < n; i++) {
            expect(y[i]).toBe(expected[i]);
            expect(a.view[i]).toBe(alpha * x[i]!);
          }
        });
      }),
      { numRuns: 50, seed: 4 },
    );
  });

  it("refuses vectors of different lengths", () => {
    const x = new Float64Array(3);
    expect(() => dot(x, new Float64Array(2))).toThrow("dot: y has 2 entries, expected 3 (as x)");
    expect(() => axpy(1, x, new Float64Array(4))).toThrow("axpy: y has 4 entries, expected 3 (as x)");
  });
});

describe("gemvF64At", () => {
  it("equals two loops with and without transpose, for any size, stride, alpha and beta", () => {
    const size = fc.oneof(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 1, max: 300 }));
    fc.assert(
      fc.property(
        size,
        size,
        fc.boolean(),
        fc.constantFrom(0, 1, -0.5),
        fc.nat(3),
        (rows, cols, trans, beta, pad) => {
          withScratch((s) => {
            const lda = cols + pad;
            const a = s.f64(Float64Array.from({ length: rows * lda }, (_, i) => Math.sin(i * i)));
            const x = s.f64(Float64Array.from({ length: trans ? rows : cols }, (_, i) => Math.cos(3 * i)));
            const y = s.f64(new Float64Array(trans ? cols : rows).fill(beta === 0 ? Number.NaN : 3));
            const expected = new Float64Array(y.view.length).fill(beta * 3);
            for (let i = 0; i < rows; i++) {
              for (let j = 0; j < cols; j++) {
                expected[trans ? j : i]! += 2 * a.view[i * lda + j]! * x.view[trans ? i : j]!;
              }
            }
            gemvF64At(trans, rows, cols, 2, a.ptr, x.ptr, beta, y.ptr, lda);
            for (let i = 0; i < expected.length; i++) {
              expect(Math.abs(y.view[i]! - expected[i]!)).toBeLessThan(1e-11);
            }
          });
        },
      ),
      { numRuns: 200, seed: 6 },
    );
  });

  it("gives identical bits on 1 and 2 threads", () => {
    const before = getThreads();
    withScratch((s) => {
      const [rows, cols] = [20_000, 31];
      const a = s.f64(Float64Array.from({ length: rows * cols }, (_, i) => Math.sin(i * 1.7)));
      const x = s.f64(Float64Array.from({ length: rows }, (_, i) => Math.cos(i)));
      const results = [1, 2, 2, 2].map((threads) => {
        setThreads(threads);
        const y = s.f64(cols);
        for (let round = 0; round < 30; round++) gemvF64At(true, rows, cols, 1, a.ptr, x.ptr, 0, y.ptr);
        return Array.from(y.view);
      });
      for (const result of results) expect(result).toEqual(results[0]);
    });
    setThreads(before);
  });
});
