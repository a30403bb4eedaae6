import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { afterEach, describe, expect, it } from "vitest";
import { AbortError, WhetstoneError } from "../errors.ts";
import {
  call,
  gemmF64,
  getThreads,
  kernelInfo,
  parallel,
  parallelWithSignal,
  setThreads,
  withScratch,
} from "./index.ts";
import { poolState } from "./threads.ts";

const before = getThreads();
afterEach(() => setThreads(before));

/** Keeps giving the pool work until `workers` of them have booted. */
function boot(workers: number): void {
  setThreads(workers + 1);
  const end = Date.now() + 20_000;
  while (poolState().ready < workers) {
    if (Date.now() > end) throw new Error("no worker booted within 20 s");
    parallel("fail", workers + 1, -1);
  }
}

/** Some work of many chunks: y = A x, rows shared out in fours. */
function product(rows: number, cols: number): { expected: Float64Array; run: () => Float64Array } {
  const A = Float64Array.from({ length: rows * cols }, (_, i) => ((i * 7919) % 1000) / 1000 - 0.5);
  const x = Float64Array.from({ length: cols }, (_, i) => Math.sin(i));
  const expected = new Float64Array(rows);
  for (let i = 0; i < rows; i++) for (let j = 0; j < cols; j++) expected[i]! += A[i * cols + j]! * x[j]!;
  const run = () =>
    withScratch((s) => {
      const y = s.f64(rows);
      parallel("gemvF64", rows / 4, s.f64(A).ptr, s.f64(x).ptr, y.ptr, rows, cols, cols, 1, 0, 4);
      return y.view.slice();
    });
  return { expected, run };
}

function thrownBy(fn: () => void): unknown {
  try {
    fn();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

describe("kernelInfo", () => {
  it("says what runs here", () => {
    setThreads(2);
    const info = kernelInfo();
    expect(info).toMatchObject({ simd: true, threads: 2, sharedMemory: true });
    expect(info.hardwareThreads).toBeGreaterThanOrEqual(1);
    expect(info.relaxedSimd).toBe(true); // Node >= 20 on every platform CI has
  });

  it("refuses thread counts that are none", () => {
    for (const n of [0, -1, 1.5, Number.NaN, 5000]) {
      expect(() => setThreads(n)).toThrow(`setThreads: n is ${n}, expected a whole number from 1 to 1024`);
    }
  });
});

describe("parallel", () => {
  it("runs every chunk exactly once, with workers taking part", () => {
    boot(2);
    const { expected, run } = product(4000, 64);
    const joined = poolState().chunksByWorkers;
    for (let round = 0; round < 200; round++) {
      const y = run();
      let worst = 0;
      for (let i = 0; i < expected.length; i++) worst = Math.max(worst, Math.abs(y[i]! - expected[i]!));
      expect(worst).toBeLessThan(1e-12);
    }
    expect(poolState().chunksByWorkers).toBeGreaterThan(joined);
  });

  it("survives many tiny jobs, with pauses in which the workers fall asleep", async () => {
    boot(2);
    for (let round = 0; round < 300; round++) {
      for (let i = 0; i < 50; i++) parallel("fail", 1 + (i % 7), -1);
      if (round % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    }
    const { expected, run } = product(400, 16);
    expect(Math.abs(run()[399]! - expected[399]!)).toBeLessThan(1e-12);
  });

  it("uses no more threads than asked for", () => {
    boot(2);
    setThreads(1);
    const joined = poolState().chunksByWorkers;
    const { run } = product(4000, 64);
    for (let round = 0; round < 20; round++) run();
    expect(poolState().chunksByWorkers).toBe(joined);
  });

  it("does nothing for no chunks", () => {
    parallel("fail", 0, 0);
  });

  it("checks the name and the number of arguments", () => {
    expect(() => call("sumF64", 1)).toThrow("call: sumF64 takes 2 numbers, got 1");
    expect(() => parallel("fail", 3)).toThrow("parallel: fail takes 2 numbers, got 1");
    expect(() => parallel("fail", -1, 0)).toThrow("parallel: chunks is -1, expected a whole number >= 0");
    expect(() => parallel("fail", 1.5, 0)).toThrow("parallel: chunks is 1.5");
    expect(() => call("nothing" as "fail", 1, 2)).toThrow('call: name is "nothing"');
  });
});

describe("a failing kernel", () => {
  it("is reported with its name and chunk, whichever thread meets it, and the pool still works", () => {
    boot(2);
    const { expected, run } = product(400, 16);
    for (let round = 0; round < 60; round++) {
      const chunk = round % 12;
      const error = thrownBy(() => parallel("fail", 12, chunk)) as WhetstoneError;
      expect(error).toBeInstanceOf(WhetstoneError);
      expect(error.code).toBe("worker");
      expect(error.fields).toMatchObject({ kernel: "fail", chunk });
      expect(error.message).toMatch(
        new RegExp(`^parallel: kernel fail failed in chunk ${chunk}: .*unreachable`),
      );
      expect(Math.abs(run()[7]! - expected[7]!)).toBeLessThan(1e-12);
    }
  });

  it("is reported the same way on one thread", () => {
    setThreads(1);
    expect(() => parallel("fail", 4, 2)).toThrow("parallel: kernel fail failed in chunk 2: unreachable");
  });

  it("is reported by workers too", () => {
    boot(2);
    // The caller is kept out: its own question between chunks takes until a worker has met the trap.
    const stopped = poolState().failures;
    let asked = 0;
    const wait = () => {
      if (asked++ > 0) return false;
      const end = Date.now() + 10_000;
      while (poolState().failures === stopped && Date.now() < end);
      return false;
    };
    const error = thrownBy(() => parallelWithSignal(wait, "fail", 8, 0)) as WhetstoneError;
    expect(poolState().failures).toBe(stopped + 1);
    expect(error.message).toMatch(/^parallelWithSignal: kernel fail failed in chunk 0: unreachable/);
  });
});

describe("parallelWithSignal", () => {
  it("stops between chunks and throws AbortError, on one thread and on several", () => {
    for (const threads of [1, 3]) {
      boot(2);
      setThreads(threads);
      let asked = 0;
      const error = thrownBy(() => parallelWithSignal(() => ++asked > 3, "fail", 1_000_000_000, -1));
      expect(error).toBeInstanceOf(AbortError);
      expect((error as Error).name).toBe("AbortError");
      expect(asked).toBe(4);
      parallel("fail", 12, -1);
    }
  });

  it("takes an AbortSignal and carries its reason", () => {
    const signal = AbortSignal.abort(new Error("enough"));
    expect(() => parallelWithSignal(signal, "fail", 5, -1)).toThrow("parallelWithSignal: aborted (enough)");
    parallelWithSignal(new AbortController().signal, "fail", 5, -1);
    parallelWithSignal(undefined, "fail", 5, -1);
  });

  it("passes on what the question throws, and may itself use kernels", () => {
    boot(2);
    expect(() =>
      parallelWithSignal(
        () => {
          throw new RangeError("mine");
        },
        "fail",
        5,
        -1,
      ),
    ).toThrow("mine");
    const { expected, run } = product(400, 16);
    let y: Float64Array = new Float64Array();
    parallelWithSignal(
      () => {
        y = run();
        return false;
      },
      "fail",
      5,
      -1,
    );
    expect(Math.abs(y[399]! - expected[399]!)).toBeLessThan(1e-12);
  });
});

describe("in a worker thread", () => {
  it("every JavaScript thread has a memory and a pool of its own, and a blocked pool keeps no process alive", async () => {
    const { build } = await import("vite");
    const result = await build({
      configFile: false,
      logLevel: "silent",
      build: {
        write: false,
        minify: true,
        lib: { entry: fileURLToPath(new URL("./index.ts", import.meta.url)), formats: ["cjs"] },
      },
    });
    const output = Array.isArray(result) ? result[0]! : result;
    if (!("output" in output)) throw new Error("no output");
    const code = output.output[0].code;
    const n = 150;
    const A = Float64Array.from({ length: n * n }, (_, i) => Math.cos(i));
    const expected = new Float64Array(n * n);
    gemmF64(false, false, n, n, n, 1, A, A, 0, expected);
    const program = `
      const { parentPort, workerData } = require("node:worker_threads");
      const kernels = (() => { const exports = {}, module = { exports }; ${code}; return module.exports; })();
      kernels.setThreads(3);
      const { A, n } = workerData;
      const C = new Float64Array(n * n);
      for (let round = 0; round < 300; round++) kernels.gemmF64(false, false, n, n, n, 1, A, A, 0, C);
      parentPort.postMessage(C);`;
    const runs = [0, 1].map(async () => {
      const worker = new Worker(program, { eval: true, workerData: { A, n } });
      const done = new Promise<number>((resolve) => worker.once("exit", resolve));
      const C = await new Promise<Float64Array>((resolve, reject) => {
        worker.once("message", resolve);
        worker.once("error", reject);
      });
      expect(await done).toBe(0); // exits by itself: the pool does not hold it
      return C;
    });
    for (const C of await Promise.all(runs)) expect(C).toEqual(expected);
  });
});
