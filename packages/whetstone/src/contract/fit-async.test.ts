import type { Worker } from "node:worker_threads";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LinearRegression } from "../linear/index.ts";
import { Matrix } from "../math/index.ts";

const X = Matrix.from([[0], [1], [2], [4]]);
const y = [1, 3, 5, 9];
const wide = Matrix.from([
  [0, 1],
  [1, 0],
  [2, 2],
]);
const spec = new LinearRegression();

describe("the worker of fitAsync", () => {
  let begun: Worker[] = [];
  const note = (worker: Worker) => begun.push(worker);
  const ended = (worker: Worker) => new Promise((resolve) => worker.once("exit", resolve));

  // Time stands still: a worker that waits goes on waiting until a test says otherwise.
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    begun = [];
    process.on("worker", note);
  });
  afterEach(() => {
    process.off("worker", note);
    vi.runAllTimers();
    vi.useRealTimers();
  });

  it("serves the next fit, which gives what it gives in a fresh one", async () => {
    const first = await spec.fitAsync(X, y);
    const between = await spec.fitAsync(wide, [1, 2, 4]);
    const again = await spec.fitAsync(X, y);
    expect(begun.length).toBe(1);
    expect(between.coef.length).toBe(2);
    expect(again.save()).toEqual(first.save());
    expect(again.save()).toEqual(spec.fit(X, y).save());
  });

  it("serves on after a fit that threw", async () => {
    await expect(spec.fitAsync(X, [1, 2])).rejects.toThrow("LinearRegression");
    expect((await spec.fitAsync(X, y)).coef[0]).toBeCloseTo(2, 10);
    expect(begun.length).toBe(1);
  });

  it("is another one for each of two fits at once, of which one waits on", async () => {
    const models = await Promise.all([spec.fitAsync(X, y), spec.fitAsync(X, y)]);
    expect(models[0].save()).toEqual(models[1].save());
    expect(begun.length).toBe(2);
    await spec.fitAsync(X, y);
    expect(begun.length).toBe(2);
  });

  it("is not used again after a fit that was given up", async () => {
    const control = new AbortController();
    const started = new Promise<Worker>((resolve) => process.once("worker", resolve));
    const fit = spec.fitAsync(X, y, { signal: control.signal });
    const end = ended(await started);
    control.abort();
    await expect(fit).rejects.toThrow("abort");
    await end;
    await spec.fitAsync(X, y);
    expect(begun.length).toBe(2);
  });

  it("is not used again when it ended while it waited", async () => {
    await spec.fitAsync(X, y);
    await begun[0]!.terminate();
    expect((await spec.fitAsync(X, y)).coef[0]).toBeCloseTo(2, 10);
    expect(begun.length).toBe(2);
  });

  it("ends when nothing more comes", async () => {
    await spec.fitAsync(X, y);
    const end = ended(begun[0]!);
    vi.advanceTimersByTime(10_000);
    await end;
    await spec.fitAsync(X, y);
    expect(begun.length).toBe(2);
  });
});
