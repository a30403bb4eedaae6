import { afterEach, describe, expect, it } from "vitest";
import {
  expectWork,
  gemmF32,
  gemmF64,
  kernelInfo,
  kernelView,
  parallel,
  tensorKernels,
  withScratch,
} from "./index.ts";
import { reviewTiles, startProbation, tiles } from "./wide-tiles.ts";

// The tiles for vectors of 256 bits run on every engine, slower where it does not join vectors: what they compute can be
// compared anywhere.
const types = ["f32", "f64"] as const;
const setWide = (type: "f32" | "f64", on: boolean) => {
  kernelView(Int32Array, tiles[type].word, 1)[0] = on ? 1 : 0;
};
afterEach(() => types.forEach((type) => void setWide(type, tiles[type].wide)));

const filled = (View: typeof Float32Array | typeof Float64Array, length: number) => {
  const out = new View(length);
  for (let i = 0; i < length; i++) out[i] = Math.sin(i * i + 1);
  return out;
};
/** What `fn` gives with the usual tile and with the wide one. */
const both = <T>(type: "f32" | "f64", fn: () => T): T[] =>
  [false, true].map((on) => {
    setWide(type, on);
    return fn();
  });

describe("the wide tiles", () => {
  it("are not in use before there is work for them", () => {
    expect(kernelInfo().wideVectors).toBe(false);
    expectWork("f32", 1000);
    expect(tiles.f32.wide).toBe(false);
  });

  it.each(types)("are in use from then on where V8 joins vectors: %s", (type) => {
    const v8 = Number.parseInt(process.versions.v8, 10);
    expectWork(type, 2 ** 30);
    // A machine without AVX2 has them neither, and says so by being slower.
    if (process.arch !== "x64" || v8 < 13 || v8 > 14) expect(tiles[type].wide).toBe(false);
    expect(kernelView(Int32Array, tiles[type].word, 1)[0]).toBe(tiles[type].wide ? 1 : 0);
    if (tiles[type].wide) expect(kernelInfo().wideVectors).toBe(true);
  });

  it.each(types)("are looked at once more, and left where they are no faster: %s", (type) => {
    const { word } = tiles[type];
    const before = tiles[type].wide;
    // Until both are optimised
    const [View, gemm] = type === "f32" ? [Float32Array, gemmF32] : [Float64Array, gemmF64];
    const [A, C] = [filled(View, 192 * 192), new View(192 * 192)];
    both(type, () => {
      for (const end = performance.now() + 150; performance.now() < end; )
        (gemm as (...all: unknown[]) => void)(false, false, 192, 192, 192, 1, A, A, 0, C);
    });
    startProbation(type, 0);
    reviewTiles();
    expect(tiles[type].review).toBe(Number.POSITIVE_INFINITY);
    // Where vectors are not joined, sixteen of them do not fit the registers of x64.
    if (!before && process.arch === "x64") expect(tiles[type].wide).toBe(false);
    expect(kernelView(Int32Array, word, 1)[0]).toBe(tiles[type].wide ? 1 : 0);
  });

  const sizes: [number, number, number][] = [
    [4, 16, 1],
    [5, 16, 3],
    [3, 17, 8],
    [64, 15, 30],
    [7, 33, 257],
    [131, 1030, 259],
    [64, 784, 256],
    [300, 60, 700],
    [28, 31, 5003],
  ];
  it.each(types.flatMap((type) => sizes.map(([m, n, k]) => [type, m, n, k] as const)))(
    "give the same numbers to the bit: %s, %i x %i, depth %i",
    (type, m, n, k) => {
      const View = type === "f32" ? Float32Array : Float64Array;
      const gemm = (type === "f32" ? gemmF32 : gemmF64) as (...all: unknown[]) => void;
      const [A, B, C] = [filled(View, m * k), filled(View, k * n), filled(View, m * n)];
      for (const [tA, tB] of [
        [false, false],
        [true, true],
      ])
        for (const [alpha, beta] of [
          [1, 0],
          [1.5, -0.5],
          [-1, 1],
        ]) {
          const [usual, wide] = both(type, () => {
            const out = C.slice();
            gemm(tA, tB, m, n, k, alpha, A, B, beta, out);
            return out;
          });
          expect(wide).toEqual(usual);
        }
    },
  );

  it("give the same in products of many at once", () => {
    const [batch, m, n, k] = [5, 9, 40, 33];
    const [usual, wide] = both("f32", () =>
      withScratch((s) => {
        const a = s.f32(filled(Float32Array, batch * m * k));
        const b = s.f32(filled(Float32Array, batch * k * n));
        const c = s.f32(batch * m * n);
        const strides = [a.ptr, m * k, k, 1, b.ptr, k * n, 1, n, 1, m * k, k * n];
        const work = s.f32(batch * k * (12 + 40), false);
        parallel("gemmBatchF32", batch, ...strides, c.ptr, m * n, n, batch, m, n, k, 1, 0, 12, 1, work.ptr);
        return c.view.slice();
      }),
    );
    expect(usual!.some((v) => v !== 0)).toBe(true);
    expect(wide).toEqual(usual);
  });

  it.each([1, 4, 5, 12, 30])("give the same Gram matrices: %i columns", (cols) => {
    const rows = 300;
    const size = 4 * Math.ceil((cols + 1) / 4);
    const [usual, wide] = both("f64", () =>
      withScratch((s) => {
        const x = s.f64(filled(Float64Array, rows * cols));
        const out = s.f64(2 * size * size);
        const pack = s.f64(2 * size * 128, false);
        parallel("gramF64", 2, x.ptr, 0, 0, s.f64(cols).ptr, rows, cols, out.ptr, pack.ptr, size, 150, 0);
        return out.view.slice();
      }),
    );
    expect(usual!.some((v) => v !== 0)).toBe(true);
    expect(wide).toEqual(usual);
  });

  it("give the same convolutions", () => {
    const [images, channels, side, filters] = [3, 5, 21, 6];
    const places = side * side;
    const [usual, wide] = both("f32", () =>
      withScratch((s) => {
        const x = s.f32(filled(Float32Array, images * channels * places));
        const w = s.f32(filled(Float32Array, filters * channels * 9));
        const y = s.f32(images * filters * places);
        const bytes = 2 ** 18;
        const work = s.u8(images * bytes, false);
        const sizes = [images, channels, side, side, filters, 3, 3, side, side, 1, 1, 1, 1, 1, 1, 1, 1];
        tensorKernels.parallel("convF32", images, x.ptr, w.ptr, y.ptr, ...sizes, work.ptr, bytes);
        return y.view.slice();
      }),
    );
    expect(usual!.some((v) => v !== 0)).toBe(true);
    expect(wide).toEqual(usual);
  });
});
