import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { gemmF32, gemmF32At, gemmF64, gemmF64At, getThreads, setThreads, withScratch } from "./index.ts";

type Floats = Float64Array | Float32Array;

/** The definition: three loops and nothing else, in float64. */
function naive(
  transA: boolean,
  transB: boolean,
  m: number,
  n: number,
  k: number,
  alpha: number,
  A: Floats,
  B: Floats,
  beta: number,
  C: Floats,
): { value: Float64Array; scale: Float64Array } {
  const value = new Float64Array(m * n);
  const scale = new Float64Array(m * n); // sum of |terms|: what rounding errors are relative to
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      let size = 0;
      for (let p = 0; p < k; p++) {
        const term = (transA ? A[p * m + i]! : A[i * k + p]!) * (transB ? B[j * k + p]! : B[p * n + j]!);
        sum += term;
        size += Math.abs(term);
      }
      const old = beta === 0 ? 0 : beta * C[i * n + j]!;
      value[i * n + j] = alpha * sum + old;
      scale[i * n + j] = Math.abs(alpha) * size + Math.abs(old);
    }
  }
  return { value, scale };
}

let state = 1;
function random(): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 31 - 1;
}

function filled<T extends Floats>(array: T): T {
  for (let i = 0; i < array.length; i++) array[i] = random();
  return array;
}

function close(C: Floats, expected: { value: Float64Array; scale: Float64Array }, tolerance: number): void {
  for (let i = 0; i < expected.value.length; i++) {
    const error = Math.abs(C[i]! - expected.value[i]!);
    if (!(error <= tolerance * expected.scale[i]!)) {
      expect.fail(`entry ${i} is ${C[i]}, expected ${expected.value[i]}`);
    }
  }
}

const sizes = fc.oneof(fc.constant(1), fc.integer({ min: 0, max: 9 }), fc.integer({ min: 1, max: 140 }));
const scalars = fc.constantFrom(0, 1, -1, 0.5, 2.25);

for (const [name, View, gemm, tolerance] of [
  ["gemmF64", Float64Array, gemmF64, 2e-14],
  ["gemmF32", Float32Array, gemmF32, 1e-5],
] as const) {
  describe(name, () => {
    it("equals three loops for every transpose, size, alpha and beta", () => {
      fc.assert(
        fc.property(
          fc.record({
            m: sizes,
            n: sizes,
            k: sizes,
            tA: fc.boolean(),
            tB: fc.boolean(),
            alpha: scalars,
            beta: scalars,
          }),
          ({ m, n, k, tA, tB, alpha, beta }) => {
            const A = filled(new View(m * k));
            const B = filled(new View(k * n));
            const C = filled(new View(m * n));
            const expected = naive(tA, tB, m, n, k, alpha, A, B, beta, C);
            (gemm as (...all: unknown[]) => void)(tA, tB, m, n, k, alpha, A, B, beta, C);
            close(C, expected, tolerance);
          },
        ),
        { numRuns: 300, seed: 5 },
      );
    });

    it("crosses the borders of depth blocks and chunks", () => {
      for (const [m, n, k, tA, tB] of [
        [131, 1030, 259, false, false],
        [130, 517, 515, true, true],
        [65, 513, 1025, true, false],
        [5, 6, 9001, false, true],
        [28, 31, 40_003, true, false],
        [3, 2, 300_001, false, false],
      ] as const) {
        const A = filled(new View(m * k));
        const B = filled(new View(k * n));
        const C = filled(new View(m * n));
        const expected = naive(tA, tB, m, n, k, 1.5, A, B, -0.5, C);
        (gemm as (...all: unknown[]) => void)(tA, tB, m, n, k, 1.5, A, B, -0.5, C);
        close(C, expected, tolerance * 10);
      }
    });

    it("does not read C when beta is 0, and C may hold NaN", () => {
      for (const n of [3, 40]) {
        const A = filled(new View(n * n));
        const C = new View(n * n).fill(Number.NaN);
        (gemm as (...all: unknown[]) => void)(false, false, n, n, n, 1, A, A, 0, C);
        expect(C.every(Number.isFinite)).toBe(true);
      }
    });

    it("gives identical bits on 1, 2 and 3 threads", () => {
      const before = getThreads();
      const [m, n, k] = [301, 700, 270];
      const A = filled(new View(m * k));
      const B = filled(new View(k * n));
      const results: Floats[] = [];
      for (const threads of [1, 2, 3, 2]) {
        setThreads(threads);
        for (let round = 0; round < 20; round++) {
          const C = new View(m * n);
          (gemm as (...all: unknown[]) => void)(false, true, m, n, k, 1, A, B, 0, C);
          results.push(C);
        }
      }
      setThreads(before);
      for (const C of results)
        expect(Buffer.from(C.buffer).equals(Buffer.from(results[0]!.buffer))).toBe(true);
    });

    it("names the array that is too short", () => {
      const short = new View(5);
      const enough = new View(6);
      const run = (A: Floats, B: Floats, C: Floats) =>
        (gemm as (...all: unknown[]) => void)(false, false, 2, 2, 3, 1, A, B, 0, C);
      expect(() => run(short, enough, enough)).toThrow(`${name}: A has 5 entries, expected 6 (2 x 3)`);
      expect(() => run(enough, short, enough)).toThrow(`${name}: B has 5 entries`);
      expect(() => run(enough, enough, new View(3))).toThrow(`${name}: C has 3 entries`);
    });
  });
}

describe("large products", () => {
  it("are cut into slabs that fit the packing buffers", () => {
    for (const [m, n, k] of [
      [2100, 8, 8200],
      [8, 2100, 8200],
    ] as const) {
      const A = filled(new Float64Array(m * k));
      const B = filled(new Float64Array(k * n));
      const C = new Float64Array(m * n).fill(2);
      gemmF64(false, true, m, n, k, 1, A, B, 3, C);
      for (let sample = 0; sample < 3000; sample++) {
        const i = sample < m ? sample : m - 1;
        const j = sample < n ? sample : (sample * 7) % n;
        let sum = 6;
        for (let p = 0; p < k; p++) sum += A[i * k + p]! * B[j * k + p]!;
        if (!(Math.abs(C[i * n + j]! - sum) < 1e-10))
          expect.fail(`entry ${i}, ${j} is ${C[i * n + j]}, not ${sum}`);
      }
    }
  });
});

describe("pointer level", () => {
  it("honours leading dimensions and leaves the padding alone", () => {
    withScratch((s) => {
      const [m, n, k, lda, ldb, ldc] = [37, 41, 29, 33, 50, 47];
      const a = s.f64(Float64Array.from({ length: m * lda }, random));
      const b = s.f64(Float64Array.from({ length: k * ldb }, random));
      const c = s.f64(new Float64Array(m * ldc).fill(7));
      const a32 = s.f32(a.view);
      const b32 = s.f32(b.view);
      const c32 = s.f32(c.view);
      gemmF64At(false, false, m, n, k, 1, a.ptr, b.ptr, 1, c.ptr, lda, ldb, ldc);
      gemmF32At(false, false, m, n, k, 1, a32.ptr, b32.ptr, 1, c32.ptr, lda, ldb, ldc);
      for (let i = 0; i < m; i++) {
        for (let j = 0; j < ldc; j++) {
          let sum = 7;
          if (j < n) for (let p = 0; p < k; p++) sum += a.view[i * lda + p]! * b.view[p * ldb + j]!;
          expect(Math.abs(c.view[i * ldc + j]! - sum)).toBeLessThan(1e-12);
          expect(Math.abs(c32.view[i * ldc + j]! - sum)).toBeLessThan(1e-4);
        }
      }
    });
  });

  it("takes arrays that lie in kernel memory without copying, also as C", () => {
    withScratch((s) => {
      const n = 50;
      const A = s.f64(Float64Array.from({ length: n * n }, random)).view;
      const C = s.f64(n * n).view;
      const expected = naive(false, false, n, n, n, 1, A, A, 0, C);
      gemmF64(false, false, n, n, n, 1, A, A, 0, C);
      close(C, expected, 1e-14);
      gemmF64(false, false, n, n, n, 1, A, A, 0, A); // C overlaps the operands
      expect(A).toEqual(C);
    });
  });
});
