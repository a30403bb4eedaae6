import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { gemmF32, gemmF64, kernelInfo, pairwiseSquaredDistances } from "./index.ts";
import * as sets from "./sets.ts";

// This file runs without relaxed SIMD, as engines do that lack it, the other test files with it: both are held
// against the same definitions.
beforeAll(() => {
  process.env.WHETSTONE_KERNELS = "simd";
});
afterAll(() => {
  delete process.env.WHETSTONE_KERNELS;
});

describe("the kernels without relaxed SIMD", () => {
  it("are those in use", () => {
    expect(kernelInfo()).toMatchObject({ simd: true, relaxedSimd: false });
  });

  it.each([
    ["gemmF64", Float64Array, gemmF64, 1e-14],
    ["gemmF32", Float32Array, gemmF32, 5e-6],
  ] as const)("%s agrees with three loops", (_, View, gemm, tolerance) => {
    const [m, n, k] = [67, 93, 300];
    const A = new View(m * k);
    const B = new View(k * n);
    for (let i = 0; i < A.length; i++) A[i] = Math.sin(i);
    for (let i = 0; i < B.length; i++) B[i] = Math.cos(i * i);
    const C = new View(m * n);
    (gemm as (...all: unknown[]) => void)(false, false, m, n, k, 1, A, B, 0, C);
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let sum = 0;
        let size = 0;
        for (let p = 0; p < k; p++) {
          sum += A[i * k + p]! * B[p * n + j]!;
          size += Math.abs(A[i * k + p]! * B[p * n + j]!);
        }
        expect(Math.abs(C[i * n + j]! - sum)).toBeLessThanOrEqual(tolerance * size);
      }
    }
  });

  it("distances agree with their definition", () => {
    const X = Float64Array.from({ length: 40 * 9 }, (_, i) => Math.sin(i));
    const out = new Float64Array(40 * 40);
    pairwiseSquaredDistances(X, 40, X, 40, 9, out);
    for (let i = 0; i < 40; i++) {
      for (let j = 0; j < 40; j++) {
        let sum = 0;
        for (let p = 0; p < 9; p++) sum += (X[i * 9 + p]! - X[j * 9 + p]!) ** 2;
        expect(Math.abs(out[i * 40 + j]! - sum)).toBeLessThanOrEqual(1e-14 * (1 + sum));
      }
    }
  });
});

describe("every set without relaxed SIMD", () => {
  it.each(Object.entries(sets))("%s is taken by an engine that knows no relaxed instruction", (_, set) => {
    expect(set.program.names.length).toBeGreaterThan(0);
  });
});

describe("scripts/build-kernels.mjs", () => {
  it("finds the generated modules up to date", async () => {
    const script = fileURLToPath(new URL("../../../../scripts/build-kernels.mjs", import.meta.url));
    const { buildKernels, isStale } = await import(script);
    expect(isStale()).toBe(false);
    expect(isStale("another hash")).toBe(true);
    expect(await buildKernels()).toBe("kernels: up to date");
  });
});
