/** Nothing has to be freed: memory stays flat over long runs without a call to dispose. */
import { afterAll, describe, expect, test } from "vitest";
import { getThreads, heapBytes, heapReserved, setThreads } from "../kernels/index.ts";
import { randomStream } from "../math/index.ts";
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

/** Kernel memory after a first stretch and at the end, and the least JavaScript heap of either half. */
function watch(count: number, body: (i: number) => void) {
  const halves = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  let early = { bytes: 0, reserved: 0 };
  for (let i = 0; i < count; i++) {
    body(i);
    if (i === Math.floor(count / 4)) early = { bytes: heapBytes(), reserved: heapReserved() };
    if (i % 50 === 49) {
      const { heapUsed, arrayBuffers } = process.memoryUsage();
      const half = i < count / 2 ? 0 : 1;
      halves[half] = Math.min(halves[half]!, heapUsed + arrayBuffers);
    }
  }
  return { early, late: { bytes: heapBytes(), reserved: heapReserved() }, halves };
}

const MB = 2 ** 20;

describe("memory stays flat", () => {
  test("over 10,000 steps of training", () => {
    const net = makeNet(4, 8, 1);
    const [x, y] = [normals(16 * 4), normals(16)];
    let last = 0;
    const { early, late, halves } = watch(10_000, (i) => {
      const loss = net.step(x, y);
      if (i % 100 === 0) last = loss.item();
      else loss.realize();
    });
    expect(last).toBeLessThan(1);
    expect(late.reserved).toBe(early.reserved);
    expect(late.bytes - early.bytes).toBeLessThan(MB / 4);
    expect(halves[1]! - halves[0]!).toBeLessThan(8 * MB);
  });

  test("over 100,000 forward passes", () => {
    const net = makeNet(4, 8, 2);
    const x = normals(16 * 4);
    let total = 0;
    const { early, late, halves } = watch(100_000, () => {
      total += noGrad(() => net.forward(Tensor.from(x, { shape: [16, 4] })).data()[0]!);
    });
    expect(Number.isFinite(total)).toBe(true);
    expect(late.reserved).toBe(early.reserved);
    expect(late.bytes - early.bytes).toBeLessThan(MB / 4);
    expect(halves[1]! - halves[0]!).toBeLessThan(8 * MB);
  });

  test("where results are computed but never read", () => {
    const x = Tensor.randn([256, 1024], { seed: 1 }).realize();
    const { early, late } = watch(1200, (i) => {
      x.mul(i).realize(); // 1 MB each
    });
    // The budget of values that stay with the kernels, 256 MB, and a little.
    expect(late.bytes).toBeLessThan(300 * MB);
    expect(late.reserved - early.reserved).toBeLessThan(64 * MB);
  });
});

describe("the same seed gives the same curve, bit for bit", () => {
  const before = getThreads();
  afterAll(() => setThreads(before));

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
