import { afterEach, beforeEach, expect, it, vi } from "vitest";

class StubWorker {
  static all: StubWorker[] = [];
  readonly posted: unknown[] = [];
  ended = false;
  onmessage: (() => void) | null = null;
  onerror: ((event: { preventDefault(): void }) => void) | null = null;
  constructor() {
    StubWorker.all.push(this);
  }
  postMessage(message: unknown) {
    this.posted.push(message);
  }
  terminate() {
    this.ended = true;
  }
}

const fresh = () => import("../src/lab/spare-worker.ts");

beforeEach(() => {
  StubWorker.all = [];
  vi.resetModules();
  vi.useFakeTimers();
  vi.stubGlobal("Worker", StubWorker);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it("starts one ahead of need, which the next lab takes with its code loaded", async () => {
  const { prepareWorker, takeWorker } = await fresh();
  prepareWorker("math/svd");
  const [first] = StubWorker.all;
  expect(first!.posted).toEqual([{ prepare: "math/svd" }]);
  first!.onmessage!();
  expect(takeWorker()).toEqual({ worker: first, ready: true });
  expect(takeWorker().worker).not.toBe(first);
  expect(StubWorker.all.length).toBe(2);
});

it("keeps one between labs, for a minute", async () => {
  const { keepWorker, takeWorker } = await fresh();
  const [a, b] = [takeWorker(), takeWorker()];
  keepWorker(a);
  keepWorker(b);
  const [first, second] = StubWorker.all;
  expect([first!.ended, second!.ended]).toEqual([false, true]);
  vi.advanceTimersByTime(59_000);
  expect(takeWorker()).toBe(a);
  vi.advanceTimersByTime(120_000);
  expect(first!.ended).toBe(false); // it is in use
  keepWorker(a);
  vi.advanceTimersByTime(61_000);
  expect(first!.ended).toBe(true);
  expect(takeWorker().worker).not.toBe(first);
});

it("drops one whose code did not arrive", async () => {
  const { prepareWorker, takeWorker } = await fresh();
  prepareWorker("math/svd");
  const [first] = StubWorker.all;
  first!.onerror!({ preventDefault() {} });
  expect(first!.ended).toBe(true);
  expect(takeWorker().worker).not.toBe(first);
});

it("says nothing where the browser refuses a worker: the lab does when it needs one", async () => {
  vi.stubGlobal(
    "Worker",
    class {
      constructor() {
        throw new Error("refused");
      }
    },
  );
  const { prepareWorker, takeWorker } = await fresh();
  expect(() => prepareWorker("math/svd")).not.toThrow();
  expect(() => takeWorker()).toThrow("refused");
});
