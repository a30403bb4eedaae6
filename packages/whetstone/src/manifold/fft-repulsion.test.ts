import { describe, expect, test } from "vitest";
import { getThreads, setThreads, withScratch } from "../kernels/index.ts";
import { randomStream } from "../math/index.ts";
import { SpaceTree } from "./barnes-hut.ts";
import { gridRepulsion } from "./fft-repulsion.ts";
import { GridConvolution } from "./grid-convolution.ts";

/** A map of clumps, as t-SNE makes them, within a square of about `span`. */
function clumps(n: number, span: number, seed: number): Float64Array {
  const random = randomStream(seed);
  const y = new Float64Array(2 * n);
  const middles = Array.from({ length: 20 }, () => [
    random.uniform(-0.4, 0.4) * span,
    random.uniform(-0.4, 0.4) * span,
  ]);
  for (let i = 0; i < n; i++)
    for (let k = 0; k < 2; k++) y[2 * i + k] = middles[i % 20]![k]! + random.normal(0, 0.03 * span);
  return y;
}

function pairs(y: Float64Array): { force: Float64Array; total: number } {
  const n = y.length / 2;
  const force = new Float64Array(2 * n);
  let total = 0;
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) {
      if (i === j) continue;
      const [dx, dy] = [y[2 * i]! - y[2 * j]!, y[2 * i + 1]! - y[2 * j + 1]!];
      const q = 1 / (1 + dx * dx + dy * dy);
      total += q;
      force[2 * i] = force[2 * i]! + q * q * dx;
      force[2 * i + 1] = force[2 * i + 1]! + q * q * dy;
    }
  return { force, total };
}

test("convolutions equal sums over pairs of nodes", () => {
  for (const size of [32, 48, 96]) {
    const random = randomStream(size);
    withScratch((s) => {
      const grid = new GridConvolution(s, size);
      const half = size / 2;
      const weights = new Map<string, number>();
      const value = (i: number, j: number): [number, number] => {
        const name = `${i} ${j}`;
        if (!weights.has(name)) weights.set(name, random.normal());
        return [weights.get(name)!, i - j / 7];
      };
      const kernel = grid.kernel(value);
      grid.charges.fill(0);
      const charges = Array.from(
        { length: 12 },
        () => [random.int(half), random.int(half), random.normal()] as const,
      );
      for (const [i, j, c] of charges) grid.charges[i * size + j] = grid.charges[i * size + j]! + c;
      grid.transform();
      const { re, im } = grid.convolve(kernel);
      for (let i = 0; i < half; i += 3)
        for (let j = 0; j < half; j += 5) {
          let [a, b] = [0, 0];
          for (const [p, q, c] of charges) {
            const [u, v] = value(i - p, j - q);
            a += c * u;
            b += c * v;
          }
          expect(Math.abs(re[i * size + j]! - a)).toBeLessThan(1e-4);
          expect(Math.abs(im[i * size + j]! - b)).toBeLessThan(1e-3);
        }
    });
  }
});

describe("repulsion through the grid", () => {
  test.each([1e-3, 3, 20, 80, 180])("is that of all pairs on maps of span %d", (span) => {
    const y = clumps(1500, span, 7);
    const exact = pairs(y);
    const force = new Float64Array(y.length);
    const total = withScratch((s) => gridRepulsion(s, 1500)(y, force));
    const off = Math.sqrt(force.reduce((sum, v, at) => sum + (v - exact.force[at]!) ** 2, 0));
    const size = Math.sqrt(exact.force.reduce((sum, v) => sum + v * v, 0));
    const tree = new SpaceTree(y, 1500, 2);
    const grouped = new Float64Array(y.length);
    const stack = new Int32Array(4096);
    for (let i = 0; i < 1500; i++) tree.repulsion(y, i, 0.5, grouped, stack);
    const treeOff = Math.sqrt(grouped.reduce((sum, v, at) => sum + (v - exact.force[at]!) ** 2, 0));
    console.log(span, off / size, treeOff / size, total / exact.total - 1);
    expect(off / size).toBeLessThan(0.02);
    expect(Math.abs(total / exact.total - 1)).toBeLessThan(0.002);
  });

  test("gives the same bits for any number of threads, and from call to call", () => {
    const y = clumps(500, 60, 3);
    const before = getThreads();
    const run = () =>
      withScratch((s) => {
        const repel = gridRepulsion(s, 500);
        const force = new Float64Array(1000);
        repel(clumps(500, 9, 4), force);
        const total = repel(y, force);
        return [total, ...force];
      });
    try {
      setThreads(1);
      const one = run();
      setThreads(2);
      expect(run()).toEqual(one);
    } finally {
      setThreads(before);
    }
  });
});
