/** Nothing has to be freed: memory stays flat over long runs without a call to dispose. */
import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { getThreads, heapBytes, heapReserved, setThreads } from "../kernels/index.ts";
import { randomStream } from "../math/index.ts";
import { wasmBackend } from "./backends/wasm/index.ts";
import { getBackend, noGrad, Tensor } from "./index.ts";

const random = randomStream(3);
const normals = (n: number, sd = 1) => Float32Array.from({ length: n }, () => sd * random.normal());

/** A net of one hidden layer with its own momentum steps, as an optimizer takes them. */
function makeNet(inputs: number, hidden: number, seed: number) {
  const start = (shape: number[], k: number) =>
    Tensor.randn(shape, { seed: 10 * seed + k, requiresGrad: true });
  const params = [start([inputs, hidden], 1), start([hidden], 2), start([hidden, 1], 3)];
  const speeds = params.map((p) => Tensor.from(new Float32Array(p.size), { shape: p.shape }));
  const forward = (x: Tensor) => x.matmul(params[0]!).add(params[1]!).tanh().matmul(params[2]!);
  const step = (x: Float32Array, y: Float32Array): Tensor => {
    for (const p of params) p.grad = null;
    const error = forward(Tensor.from(x, { shape: [y.length, inputs] })).sub(
      Tensor.from(y, { shape: [y.length, 1] }),
    );
    const loss = error.square().mean();
    loss.backward();
    noGrad(() => {
      params.forEach((p, i) => {
        const speed = speeds[i]!.mul(0.9).add(p.grad!);
        speeds[i]!.assign(speed);
        p.assign(p.sub(speed.mul(0.01)));
      });
    });
    return loss;
  };
  return { forward, step };
}

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** Bytes in use in kernel memory and in that of JavaScript, and kernel memory reserved. */
function measure() {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return { bytes: heapBytes(), reserved: heapReserved(), script: heapUsed + arrayBuffers };
}

/** After a first stretch and at the end. */
function watch(count: number, body: (i: number) => void) {
  let early = measure();
  for (let i = 0; i < count; i++) {
    body(i);
    if (i === Math.floor(count / 4)) early = measure();
  }
  return { early, late: measure() };
}

const MB = 2 ** 20;
const before = getThreads();
afterAll(() => setThreads(before));

describe("memory stays flat", () => {
  // Nets this small gain nothing from threads, and lose much on a busy machine.
  beforeAll(() => setThreads(1));

  test("over 10,000 steps of training", () => {
    const net = makeNet(4, 8, 1);
    const [x, y] = [normals(16 * 4), normals(16)];
    let last = 0;
    const { early, late } = watch(10_000, (i) => {
      const loss = net.step(x, y);
      if (i % 100 === 0) last = loss.item();
      else loss.realize();
    });
    expect(last).toBeLessThan(1);
    expect(late.reserved).toBe(early.reserved);
    expect(late.bytes - early.bytes).toBeLessThan(MB / 4);
    expect(late.script - early.script).toBeLessThan(2 * MB);
  });

  test("over 100,000 forward passes", () => {
    const net = makeNet(4, 8, 2);
    const x = normals(16 * 4);
    let total = 0;
    const { early, late } = watch(100_000, () => {
      total += noGrad(() => net.forward(Tensor.from(x, { shape: [16, 4] })).data()[0]!);
    });
    expect(Number.isFinite(total)).toBe(true);
    expect(late.reserved).toBe(early.reserved);
    expect(late.bytes - early.bytes).toBeLessThan(MB / 4);
    expect(late.script - early.script).toBeLessThan(2 * MB);
  });

  test("where results are computed but never read", () => {
    const x = Tensor.randn([256, 1024], { seed: 1 }).realize();
    const large = watch(600, (i) => {
      x.mul(i + 0.5).realize(); // 1 MB each
    });
    // The budget of values that stay with the kernels is 256 MB.
    expect(large.late.bytes).toBeLessThan(300 * MB);
    const y = Tensor.randn([4], { seed: 2 }).realize();
    const small = watch(20_000, () => {
      y.mul(3).realize();
    });
    expect(small.late.bytes - large.late.bytes).toBeLessThan(MB);
    expect(small.late.reserved).toBe(large.late.reserved);
  });

  test("where other tasks may run, results that nobody holds give their memory back", async () => {
    const x = Tensor.randn([1024, 1024], { seed: 1 }).realize(); // 4 MB
    const kept = x.mul(2).realize();
    const start = heapBytes();
    let most = 0;
    for (let i = 0; i < 100; i++) {
      x.mul(i + 0.5).realize();
      await sleep(2);
      if (i >= 50) most = Math.max(most, heapBytes() - start);
    }
    // Half of the budget, which the results would fill if they only left when it is full.
    expect(most).toBeLessThan(128 * MB);
    expect(kept.at(3, 5).item()).toBe(2 * x.at(3, 5).item());
  });

  test("where an array is used again and again: it moves to the kernels and leaves with its tensor", async () => {
    const values = Float32Array.from({ length: 2 ** 20 }, (_, i) => i % 1000); // 4 MB
    let x: Tensor | null = Tensor.from(values);
    const use = (t: Tensor) => t.square().sum().item();
    const expected = use(x);
    use(x);
    const copied = measure();
    for (let i = 0; i < 20; i++) expect(use(x)).toBe(expected);
    const moved = measure();
    expect(moved.bytes - copied.bytes).toBeGreaterThan(3.9 * MB);
    expect(moved.bytes - copied.bytes).toBeLessThan(4.1 * MB);
    // The collector gives arrays back in a thread of its own.
    let script = moved.script;
    for (let i = 0; i < 200 && copied.script - script <= 3 * MB; i++) {
      await sleep(5);
      script = measure().script;
    }
    expect(copied.script - script).toBeGreaterThan(3 * MB);
    expect(x.data().every((v, i) => v === values[i])).toBe(true);
    expect(use(x)).toBe(expected);
    x = null;
    for (let i = 0; i < 50 && heapBytes() > copied.bytes; i++) {
      collectGarbage();
      await sleep(2);
    }
    expect(heapBytes()).toBeLessThanOrEqual(copied.bytes);
  });
});

test("what is in use stays with the kernels, also beyond the budget of 256 MB", () => {
  const model = Array.from({ length: 40 }, (_, i) =>
    Tensor.full([2 ** 21], i)
      .add(1)
      .realize(),
  ); // 8 MB each
  const use = () =>
    model
      .map((w) => w.max())
      .reduce((a, b) => a.add(b))
      .item();
  for (let i = 0; i < 6; i++) expect(use()).toBe(820);
  expect(wasmBackend.statistics.residentBytes).toBeGreaterThanOrEqual(320 * MB);
});

describe("the same seed gives the same curve, bit for bit", () => {
  test.each([1, 2])("on %i threads", (count) => {
    const curve = (n: number) => {
      setThreads(n);
      const net = makeNet(64, 300, 5);
      const stream = randomStream(9);
      const x = Float32Array.from({ length: 500 * 64 }, () => stream.normal());
      const y = Float32Array.from({ length: 500 }, () => stream.normal());
      return Array.from({ length: 12 }, () => net.step(x, y).item());
    };
    const found = curve(count);
    expect(found).toEqual(curve(1));
    expect(new Set(found).size).toBe(found.length);
    expect(getBackend().name).toBe("wasm");
  });
});
