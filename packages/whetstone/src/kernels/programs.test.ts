import { afterEach, describe, expect, it } from "vitest";
import { add, multiplyAdd, testModule, trap } from "../../test/wasm-modules.ts";
import { checkHeap, heapAlloc, heapBytes, heapFree } from "./heap.ts";
import {
  getThreads,
  kernelView,
  loadProgram,
  makeTape,
  moduleLimits,
  parallel,
  parallelWithSignal,
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

describe("loadProgram", () => {
  it("compiles a module whose functions work on the kernel memory", () => {
    expect(moduleLimits()).toEqual({ shared: true, maximumPages: 65536, relaxedSimd: true });
    const program = loadProgram(testModule({ multiplyAdd, add }));
    expect(program.names).toEqual(["add", "multiplyAdd"]);
    const ptr = heapAlloc(24);
    const x = kernelView(Float64Array, ptr, 3);
    x.set([1, 2, 3]);
    program.call("multiplyAdd", ptr, 10, 0.5, 1);
    program.call("add", ptr, 100, 2);
    expect(Array.from(x)).toEqual([1, 20.5, 103]);
    heapFree(ptr);
    program.release();
  });

  it("says what is wrong", () => {
    expect(() => loadProgram(new Uint8Array([1, 2, 3]))).toThrow("loadProgram: bytes cannot be compiled: ");
    const program = loadProgram(testModule({ add }));
    expect(() => program.call("sub", 1)).toThrow('Program.call: name is "sub", expected one of add');
    expect(() => program.call("add", 1)).toThrow("Program.call: add takes 3 numbers, got 1");
    program.release();
    expect(() => program.call("add", 1, 2, 3)).toThrow(
      'Program.call: the program with "add" has been released',
    );
    expect(() => makeTape([{ program, name: "add", chunks: 1, args: [1, 2] }])).toThrow("has been released");
    program.release();
  });

  it("reaches workers, whatever was released and loaded in between, and frees what it took", () => {
    boot(1);
    const ptr = heapAlloc(8 * 64);
    const x = kernelView(Float64Array, ptr, 64).fill(0);
    // The table of programs grows with the first hundred; what is in use from then on is what must not grow.
    const many = Array.from({ length: 100 }, () => loadProgram(testModule({ add })));
    for (const program of many) program.release();
    const blocks = checkHeap();
    const used = heapBytes();
    let sum = 0;
    const joined = poolState().chunksByWorkers;
    for (let round = 0; round < 100; round++) {
      // Another module each time, in the slot and often at the place of the one before it.
      const program = loadProgram(testModule(round % 2 === 0 ? { add } : { add, trap, multiplyAdd }));
      const tape = makeTape([
        { program, name: "add", chunks: 64, args: [ptr, round] },
        { program, name: "add", chunks: 64, args: [ptr, 1] },
      ]);
      program.release(); // the tape still needs it
      for (let again = 0; again < 20; again++) tape.run();
      tape.free();
      sum += 20 * (round + 1);
    }
    expect(Array.from(x)).toEqual(new Array(64).fill(sum));
    expect(poolState().chunksByWorkers).toBeGreaterThan(joined);
    expect(checkHeap()).toBe(blocks);
    expect(heapBytes()).toBe(used);
    heapFree(ptr);
  });

  it("frees a program that is released while threads work only afterwards", () => {
    boot(1);
    const program = loadProgram(testModule({ add }));
    const blocks = checkHeap();
    let during = 0;
    parallelWithSignal(
      () => {
        program.release();
        during = checkHeap();
        return false;
      },
      "fail",
      8,
      -1,
    );
    expect(during).toBe(blocks);
    expect(checkHeap()).toBe(blocks - 1);
  });
});
