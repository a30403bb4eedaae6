import { afterEach, describe, expect, it } from "vitest";
import { checkHeap, heapAlloc, heapFree } from "./heap.ts";
import {
  type GemmProduct,
  gemmEntries,
  getThreads,
  kernelView,
  makeTape,
  parallel,
  setThreads,
} from "./index.ts";
import { poolState } from "./threads.ts";

const before = getThreads();
afterEach(() => setThreads(before));

function boot(workers: number): void {
  setThreads(workers + 1);
  const end = Date.now() + 20_000;
  while (poolState().ready < workers && Date.now() < end) parallel("fail", workers + 1, -1);
}

let state = 1;
function random(): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 31 - 1;
}

type Sizes = Omit<GemmProduct, "a" | "b" | "c">;

/** Entries of a member that the strides reach. */
const reach = (count: number, stride: number, k: number, step: number): number =>
  1 + Math.max(0, count - 1) * stride + Math.max(0, k - 1) * step;

/** Where two arrays of one length differ; `toEqual` takes seconds for large ones. */
const firstDifference = (x: Float64Array | Float32Array, y: Float64Array | Float32Array): number =>
  x.findIndex((value, i) => !Object.is(value, y[i]));

/** Runs the product on one thread and on several, and holds it against plain loops. */
function check(type: "f32" | "f64", sizes: Sizes): readonly string[] {
  const View = type === "f64" ? Float64Array : Float32Array;
  const { m, n, k, aStride, aStep, bStride, bStep, ldc } = sizes;
  const { alpha = 1, beta = 0, batch = 1, aBatch = 0, bBatch = 0, cBatch = 0 } = sizes;
  const { inner = batch, aOuter = 0, bOuter = 0 } = sizes;
  const start = (i: number, step: number, outer: number) =>
    Math.floor(i / inner) * outer + (i % inner) * step;
  const last = Math.max(0, batch - 1); // the one that lies farthest, as outer distances are not less
  const blocks = checkHeap();
  const make = (length: number) => {
    const ptr = heapAlloc(length * View.BYTES_PER_ELEMENT);
    return { ptr, view: kernelView<Float64Array | Float32Array>(View, ptr, length).map(random) };
  };
  const fill = ({ ptr, view }: ReturnType<typeof make>) =>
    kernelView<Float64Array | Float32Array>(View, ptr, view.length).set(view);
  const a = make(start(last, aBatch, aOuter) + (inner - 1) * aBatch + reach(m, aStride, k, aStep));
  const b = make(start(last, bBatch, bOuter) + (inner - 1) * bBatch + reach(n, bStride, k, bStep));
  const c = make((batch - 1) * cBatch + m * ldc);
  if (beta === 0) c.view.fill(Number.NaN); // not read
  const product = { ...sizes, a: a.ptr, b: b.ptr, c: c.ptr };
  const { workBytes } = gemmEntries(type, product, 0);
  const guard = 64;
  const work = heapAlloc(workBytes + guard);
  const sentry = kernelView(Uint8Array, work + workBytes, guard).fill(171);
  const { entries } = gemmEntries(type, product, work);
  const results = [1, 2, 3].map((threads) => {
    setThreads(threads);
    for (const operand of [a, b, c]) fill(operand);
    const tape = makeTape(entries);
    tape.run();
    tape.free();
    return kernelView<Float64Array | Float32Array>(View, c.ptr, c.view.length).slice();
  });
  expect(sentry.every((byte) => byte === 171)).toBe(true);
  expect(firstDifference(results[1]!, results[0]!)).toBe(-1);
  expect(firstDifference(results[2]!, results[0]!)).toBe(-1);
  const expected = c.view.slice();
  const tolerance = type === "f64" ? 1e-14 : 1e-5;
  for (let i = 0; i < batch; i++) {
    const [aAt, bAt] = [start(i, aBatch, aOuter), start(i, bBatch, bOuter)];
    for (let r = 0; r < m; r++) {
      for (let j = 0; j < n; j++) {
        const at = i * cBatch + r * ldc + j;
        let [x, y] = [aAt + r * aStride, bAt + j * bStride];
        let sum = 0;
        let size = 0;
        for (let p = 0; p < k; p++, x += aStep, y += bStep) {
          const term = a.view[x]! * b.view[y]!;
          sum += term;
          size += Math.abs(term);
        }
        const old = beta === 0 ? 0 : beta * c.view[at]!;
        const got = results[0]![at]!;
        if (!(Math.abs(got - alpha * sum - old) <= tolerance * (Math.abs(alpha) * size + Math.abs(old)))) {
          expect.fail(`${i}, ${r}, ${j} is ${got}, expected ${alpha * sum + old} (${JSON.stringify(sizes)})`);
        }
        expected[at] = got;
      }
    }
  }
  expect(firstDifference(results[0]!, expected)).toBe(-1); // nothing else was written
  for (const { ptr } of [a, b, c]) heapFree(ptr);
  heapFree(work);
  expect(checkHeap()).toBe(blocks);
  return entries.map((entry) => entry.name.replace(/F\d\d$/, ""));
}

/** Row-major A (m x k) and B (k x n). */
function dense(m: number, n: number, k: number): Sizes {
  return { m, n, k, aStride: k, aStep: 1, bStride: 1, bStep: n, ldc: n };
}

describe.each(["f32", "f64"] as const)("gemmEntries in %s", (type) => {
  it("computes batches of every shape and stride", () => {
    boot(2);
    for (let round = 0; round < 120; round++) {
      const pick = (most: number) => 1 + Math.floor(((random() + 1) / 2) * most);
      const [m, n, k, batch] = [pick(40), pick(40), pick(round % 10 === 0 ? 600 : 40), pick(9)];
      const transA = random() < 0;
      const transB = random() < 0;
      const pad = pick(4) - 1;
      const [aStride, aStep] = transA ? [1, m + pad] : [k + pad, 1];
      const [bStride, bStep] = transB ? [k + pad, 1] : [1, n + pad];
      const ldc = n + pad;
      const spread = pick(3) - 1;
      const aBatch = round % 5 === 0 ? 0 : m * k + pad * Math.max(m, k) + spread;
      const bBatch = round % 7 === 0 ? 0 : n * k + pad * Math.max(n, k) + spread;
      const cBatch = m * ldc + spread;
      const alpha = [1, -0.5, 2][round % 3]!;
      const beta = [0, 1, 0.25][round % 4] ?? 0;
      const inner = round % 3 === 0 ? batch : pick(batch);
      const [aOuter, bOuter] = [inner * aBatch + spread, round % 4 === 0 ? 0 : inner * bBatch + 2 * spread];
      check(type, {
        ...{ m, n, k, alpha, beta, batch, aBatch, bBatch, cBatch, inner, aOuter, bOuter },
        ...{ aStride, aStep, bStride, bStep, ldc },
      });
    }
  });

  it("computes inner strides that are no transpose, and rows that are all the same", () => {
    check(type, { m: 17, n: 9, k: 21, aStride: 100, aStep: 3, bStride: 2, bStep: 50, ldc: 11 });
    check(type, { m: 17, n: 9, k: 21, aStride: 0, aStep: 1, bStride: 0, bStep: 1, ldc: 9 });
    check(type, { m: 17, n: 9, k: 21, aStride: 1, aStep: 0, bStride: 1, bStep: 0, ldc: 9 });
  });

  it("computes the shapes of attention, of layers, and of few large matrices", () => {
    boot(2);
    const batched = (sizes: Sizes, batch: number) => {
      const { m, n, k } = sizes;
      return { ...sizes, batch, aBatch: m * k, bBatch: n * k, cBatch: m * n };
    };
    const scores = { ...dense(128, 128, 32), bStride: 32, bStep: 1, alpha: 0.25 };
    expect(check(type, batched(scores, 8))).toEqual(["gemmBatch"]);
    expect(check(type, batched(dense(128, 32, 128), 3))).toEqual(["gemmBatch"]);
    // Heads that lie side by side in each row of a sequence: a batch in two axes.
    const heads = {
      ...dense(40, 40, 8),
      aStride: 32,
      bStride: 32,
      bStep: 1,
      aBatch: 8,
      bBatch: 8,
      cBatch: 1600,
    };
    const nested = { ...heads, batch: 12, inner: 4, aOuter: 40 * 32, bOuter: 40 * 32 };
    expect(check(type, nested)).toEqual(["gemmBatch"]);
    const tall = batched(dense(170, 160, 160), 4);
    expect(check(type, { ...tall, inner: 2, aOuter: 0, bOuter: 3 * tall.bBatch })).toHaveLength(12);
    expect(check(type, dense(64, 10, 256))).toEqual(["gemmBatch"]);
    const thin = (name: string) => (type === "f32" ? ["pack", name] : ["pack", "pack", "gemm"]);
    expect(check(type, { ...dense(64, 256, 300), beta: 1 })).toEqual(thin("gemmCols"));
    expect(check(type, { ...dense(300, 130, 64), aStride: 1, aStep: 300 })).toEqual(thin("gemmRows"));
    expect(check(type, { ...dense(301, 130, 64), alpha: 0.5, ldc: 140 })).toEqual(thin("gemmRows"));
    expect(check(type, { ...dense(62, 250, 300), beta: 1, bStride: 300, bStep: 1 })).toEqual(
      thin("gemmCols"),
    );
    const split = ["gemmSplit", "gemmSum"];
    // Long chunks, the last of them halved
    const halves = (name: string) => (type === "f32" ? ["pack", name, name] : ["pack", "pack", "gemm"]);
    expect(check(type, { ...dense(64, 255, 784), beta: 0.5, bStride: 784, bStep: 1 })).toEqual(
      halves("gemmCols"),
    );
    expect(check(type, dense(1037, 90, 700))).toEqual(halves("gemmRows"));
    expect(check(type, { ...dense(33, 40, 5000), beta: 0.5 })).toEqual(split);
    // Weights whose rows are shared out
    const byRows = (m: number, n: number, k: number) =>
      check(type, { ...dense(m, n, k), beta: 0.5, alpha: 2, ldc: n + 3 });
    const once = type === "f32" ? split : ["pack", "pack", "gemm"];
    expect(byRows(64, 72, 784)).toEqual(once);
    expect(byRows(3, 510, 515)).toEqual(once);
    expect(byRows(128, 129, 513)).toEqual(once);
    expect(byRows(9, 55, 4999)).toEqual(split);
    const large = check(type, batched(dense(170, 160, 160), 2));
    expect(large).toEqual(["pack", "pack", "gemm", "pack", "pack", "gemm"]);
  });

  it("turns a batch that shares B into one product", () => {
    const shared = { ...dense(40, 64, 64), batch: 9, aBatch: 40 * 64, bBatch: 0, cBatch: 40 * 64 };
    const thin = type === "f32" ? ["pack", "gemmRows"] : ["pack", "pack", "gemm"];
    expect(check(type, shared)).toEqual(thin);
  });

  it("scales C when there are no terms, and does nothing without entries", () => {
    expect(check(type, { ...dense(6, 5, 0), beta: 0.5 })).toEqual(["gemmSum"]);
    expect(check(type, { ...dense(6, 5, 4), alpha: 0, beta: 0.5, batch: 2, cBatch: 30 })).toHaveLength(2);
    expect(check(type, dense(6, 5, 0))).toEqual(["gemmSum"]);
    for (const empty of [dense(0, 3, 3), dense(3, 0, 3), { ...dense(3, 3, 3), batch: 0 }]) {
      expect(gemmEntries(type, { ...empty, a: 0, b: 0, c: 0 }, 0)).toEqual({ entries: [], workBytes: 0 });
    }
  });
});
