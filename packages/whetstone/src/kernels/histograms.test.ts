import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  buildHistogramsAt,
  call,
  gatherPairsAt,
  getThreads,
  histogramBins,
  partitionRowsAt,
  setThreads,
  withScratch,
} from "./index.ts";

/** A repeatable stream of whole numbers below n. */
function stream(seed: number): (n: number) => number {
  let state = seed >>> 0;
  return (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
}

describe("gradient histograms", () => {
  it("equal the naive sums, for all rows and for a list, in float32 and float64, with and without counts", () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.integer({ min: 0, max: 400 }),
        fc.integer({ min: 0, max: 6 }),
        fc.constantFrom<4 | 8>(4, 8),
        fc.boolean(),
        fc.boolean(),
        (seed, total, features, pairBytes, listed, counted) => {
          const next = stream(seed);
          withScratch((s) => {
            const bins = s.u8(Uint8Array.from({ length: total * features }, () => next(256)));
            const kind = pairBytes === 4 ? "f32" : "f64";
            const pairs = s[kind](Float64Array.from({ length: 2 * total }, () => next(2001) / 64 - 15)); // exact sums
            const chosen = Array.from({ length: total }, (_, i) => i).filter(() => !listed || next(3) === 0);
            const rows = s.u32(chosen);
            const gathered = s[kind](2 * chosen.length);
            gatherPairsAt(pairBytes, pairs.ptr, rows.ptr, gathered.ptr, chosen.length);
            chosen.forEach((row, i) => {
              expect(gathered.view[2 * i]).toBe(pairs.view[2 * row]);
              expect(gathered.view[2 * i + 1]).toBe(pairs.view[2 * row + 1]);
            });
            const histogram = s.f64(new Float64Array(features * histogramBins * 2).fill(9));
            const counts = s.u32(new Uint32Array(features * histogramBins).fill(9));
            buildHistogramsAt({
              bins: bins.ptr,
              stride: total,
              rows: listed ? rows.ptr : 0,
              pairs: gathered.ptr,
              pairBytes,
              count: chosen.length,
              histogram: histogram.ptr,
              counts: counted ? counts.ptr : 0,
              features,
            });
            const expected = new Float64Array(features * histogramBins * 2);
            const expectedCounts = new Uint32Array(features * histogramBins);
            for (let f = 0; f < features; f++) {
              for (const row of chosen) {
                const bin = f * histogramBins + bins.view[f * total + row]!;
                expected[2 * bin]! += pairs.view[2 * row]!;
                expected[2 * bin + 1]! += pairs.view[2 * row + 1]!;
                expectedCounts[bin]!++;
              }
            }
            expect(histogram.view).toEqual(Float64Array.from(expected));
            if (counted) expect(Array.from(counts.view)).toEqual(Array.from(expectedCounts));
            else expect(counts.view.every((value) => value === 9)).toBe(true);
          });
        },
      ),
      { numRuns: 150, seed: 11 },
    );
  });

  it("subtract", () => {
    withScratch((s) => {
      const [a, b] = [s.f64([5, 7, 9, 11]), s.f64([1, 2, 3, 4])];
      call("histogramSubtract", a.ptr, b.ptr, a.ptr, 2);
      expect(Array.from(a.view)).toEqual([4, 5, 6, 7]);
      const [c, d] = [s.u32([5, 7, 9]), s.u32([1, 7, 3])];
      call("countSubtract", c.ptr, d.ptr, c.ptr, 3);
      expect(Array.from(c.view)).toEqual([4, 0, 6]);
    });
  });
});

describe("partitionRowsAt", () => {
  it("is the stable partition, by threshold or bitset, with missing values sent either way", () => {
    const before = getThreads();
    const sizes = fc.oneof(
      { weight: 5, arbitrary: fc.integer({ min: 0, max: 200 }) },
      { weight: 1, arbitrary: fc.integer({ min: 16_000, max: 70_000 }) },
    );
    fc.assert(
      fc.property(
        fc.nat(),
        sizes,
        fc.integer({ min: -1, max: 255 }),
        fc.constantFrom(-1, 0, 255),
        fc.boolean(),
        fc.boolean(),
        fc.integer({ min: 1, max: 3 }),
        (seed, count, threshold, missingBin, missingLeft, categorical, threads) => {
          const next = stream(seed);
          setThreads(threads);
          withScratch((s) => {
            const total = count + 50;
            const column = s.u8(Uint8Array.from({ length: total }, () => next(256)));
            const list = Array.from({ length: total }, (_, i) => i).filter((i) => i % 7 !== seed % 7);
            const rows = s.u32(list);
            const bits = s.u8(Uint8Array.from({ length: 32 }, () => next(256)));
            const goesLeft = (row: number) => {
              const bin = column.view[row]!;
              if (bin === missingBin) return missingLeft;
              return categorical ? ((bits.view[bin >> 3]! >> (bin & 7)) & 1) === 1 : bin <= threshold;
            };
            const left = list.filter(goesLeft);
            const right = list.filter((row) => !goesLeft(row));
            const went = partitionRowsAt(rows.ptr, list.length, {
              column: column.ptr,
              threshold,
              bitset: categorical ? bits.ptr : 0,
              missingBin,
              missingLeft,
            });
            expect(went).toBe(left.length);
            expect(rows.view.every((row, i) => row === (i < went ? left[i] : right[i - went]))).toBe(true);
          });
        },
      ),
      { numRuns: 80, seed: 12 },
    );
    setThreads(before);
  });

  it("of nothing is nothing", () => {
    const rule = { column: 0, threshold: 0, bitset: 0, missingBin: -1, missingLeft: true };
    expect(partitionRowsAt(0, 0, rule)).toBe(0);
  });
});
