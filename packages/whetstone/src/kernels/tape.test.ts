import { afterEach, describe, expect, it } from "vitest";
import { add, fold, multiplyAdd, testModule, trap } from "../../test/wasm-modules.ts";
import { AbortError, type WhetstoneError } from "../errors.ts";
import { checkHeap, heapAlloc, heapFree } from "./heap.ts";
import {
  getThreads,
  kernelView,
  loadProgram,
  makeTape,
  parallel,
  parallelWithSignal,
  setThreads,
  type TapeEntry,
  withScratch,
} from "./index.ts";
import { poolState } from "./threads.ts";

const before = getThreads();
afterEach(() => setThreads(before));

function boot(workers: number): void {
  setThreads(workers + 1);
  const end = Date.now() + 20_000;
  while (poolState().ready < workers && Date.now() < end) parallel("fail", workers + 1, -1);
}

const program = loadProgram(testModule({ add, fold, multiplyAdd, trap }));
const length = 96;
const ptr = heapAlloc(8 * length);
const x = kernelView(Float64Array, ptr, length);

let state = 1;
function random(below: number): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * below);
}

/** Entries that give another result in any other order, and plain loops that do the same. */
function mixed(count: number): { entries: TapeEntry[]; plain: (y: Float64Array) => void } {
  const entries: TapeEntry[] = [];
  const loops: ((y: Float64Array) => void)[] = [];
  for (let e = 0; e < count; e++) {
    const chunks = [0, 1, 1, 1, 2, 7, length][random(7)]!;
    if (random(2) === 0) {
      const n = Math.min(chunks, length / 2);
      entries.push({ program, name: "fold", chunks: n, args: [ptr, length] });
      loops.push((y) => {
        for (let i = 0; i < n; i++) y[i]! += y[length - 1 - i]!;
      });
    } else {
      const factor = [-0.5, 0.25, -1][random(3)]!;
      const term = random(100);
      entries.push({ program, name: "multiplyAdd", chunks, args: [ptr, factor, term] });
      loops.push((y) => {
        for (let i = 0; i < chunks; i++) y[i] = factor * y[i]! + term;
      });
    }
  }
  return {
    entries,
    plain: (y) => {
      for (const loop of loops) loop(y);
    },
  };
}

function start(): Float64Array {
  return Float64Array.from({ length }, (_, i) => ((i * 37) % 101) - 50);
}

describe("a tape", () => {
  it("is joined by workers that boot while it runs", () => {
    expect(poolState().ready).toBe(0);
    setThreads(2);
    const tape = makeTape([{ program, name: "trap", chunks: 2 ** 29, args: [-1] }]); // takes minutes
    let enough = Date.now() + 20_000;
    const error = thrownBy(() =>
      tape.run(() => {
        if (poolState().ready > 0) enough = Math.min(enough, Date.now() + 50);
        return Date.now() >= enough;
      }),
    );
    expect(error).toBeInstanceOf(AbortError);
    expect(poolState().chunksByWorkers).toBeGreaterThan(0);
    tape.free();
  });

  it.each([1, 2, 3])("runs its steps in order on %i threads, each chunk once", (threads) => {
    boot(2);
    setThreads(threads);
    const joined = poolState().chunksByWorkers;
    for (let round = 0; round < 150; round++) {
      const { entries, plain } = mixed(1 + random(40));
      const tape = makeTape(entries);
      const y = start();
      x.set(y);
      for (let again = 0; again < 5; again++) {
        tape.run();
        plain(y);
        expect(x).toEqual(y);
      }
      tape.free();
    }
    if (threads > 1) expect(poolState().chunksByWorkers).toBeGreaterThan(joined);
    else expect(poolState().chunksByWorkers).toBe(joined);
  });

  it("survives pauses in which workers fall asleep, also between its own steps", async () => {
    boot(2);
    const slow = 3_000_000; // one step that takes a few ms, while the other threads have nothing to do
    const big = heapAlloc(8 * slow);
    kernelView(Float64Array, big, slow).fill(1);
    const tape = makeTape([
      { program, name: "add", chunks: length, args: [ptr, 1] },
      { name: "scaleF64", chunks: 1, args: [1, big, slow] },
      { program, name: "fold", chunks: length / 2, args: [ptr, length] },
    ]);
    x.fill(0);
    const y = new Float64Array(length);
    for (let round = 0; round < 20; round++) {
      tape.run();
      for (let i = 0; i < length; i++) y[i]! += 1;
      for (let i = 0; i < length / 2; i++) y[i]! += y[length - 1 - i]!;
      if (round % 4 === 0) await new Promise((resolve) => setTimeout(resolve, 3));
    }
    expect(x).toEqual(y);
    tape.free();
    heapFree(big);
  });

  it("lets entries run beside each other and waits for all of them", () => {
    boot(2);
    const tape = makeTape([
      { program, name: "add", chunks: 1, args: [ptr, 1] },
      { program, name: "add", chunks: 1, args: [ptr + 8, 2], beside: true },
      { program, name: "add", chunks: 3, args: [ptr + 16, 3], beside: true },
      { program, name: "multiplyAdd", chunks: 5, args: [ptr, 2, 0] },
      { program, name: "multiplyAdd", chunks: 1, args: [ptr, 2, 1] },
      { program, name: "multiplyAdd", chunks: 1, args: [ptr, 2, 1] },
      { program, name: "add", chunks: 1, args: [ptr + 8, 1], beside: true },
    ]);
    const y = [0, 0, 0, 0, 0];
    x.fill(0);
    for (let round = 0; round < 400; round++) {
      tape.run();
      for (let i = 0; i < 5; i++) y[i] = ((y[i]! + [1, 2, 3, 3, 3][i]!) * 2) % 2 ** 40;
      y[0] = (y[0]! * 2 + 1) * 2 + 1;
      y[1]! += 1;
      expect(Array.from(x.subarray(0, 5))).toEqual(y);
      for (let i = 0; i < 5; i++) x[i] = y[i] = y[i]! % 1000;
    }
    tape.free();
  });

  it("takes other numbers from run to run", () => {
    boot(1);
    const tape = makeTape([
      { program, name: "add", chunks: 0, args: [ptr, 1000] },
      { program, name: "add", chunks: length, args: [ptr, 1] },
      { program, name: "add", chunks: length, args: [ptr, 1] },
    ]);
    for (let round = 0; round < 300; round++) {
      x.fill(0);
      withScratch((s) => {
        const other = s.f64(length);
        tape.set(1, 1, round + 0.5);
        tape.set(2, 0, other.ptr);
        tape.run();
        expect(x.every((value) => value === round + 0.5)).toBe(true);
        expect(other.view.every((value) => value === 1)).toBe(true);
      });
    }
    tape.free();
  });

  it("lies in memory that has grown after the workers booted", () => {
    boot(1);
    makeTape([{ program, name: "trap", chunks: 9, args: [-1] }]).run();
    const size = kernelView(Uint8Array, 0, 1).buffer.byteLength;
    const hogs: number[] = [];
    // Nothing is left below the old end, not even for the smallest block.
    for (let bytes = 2 ** 25; bytes >= 64; bytes /= 2) {
      do hogs.push(heapAlloc(bytes));
      while (hogs.at(-1)! < size);
    }
    const late = loadProgram(testModule({ add }));
    const place = heapAlloc(8 * length);
    const tape = makeTape([
      { program: late, name: "add", chunks: length, args: [place, 1] },
      { program: late, name: "add", chunks: length, args: [place, 1] },
    ]);
    const view = kernelView(Float64Array, place, length).fill(0);
    const joined = poolState().chunksByWorkers;
    for (let round = 0; round < 500; round++) tape.run();
    expect(view.every((value) => value === 1000)).toBe(true);
    expect(poolState().chunksByWorkers).toBeGreaterThan(joined);
    tape.free();
    late.release();
    for (const hog of [...hogs, place]) heapFree(hog);
  });

  it("works above 2 GB, where pointers do not fit a signed integer", () => {
    boot(1);
    const big = heapAlloc(2 ** 31 + 2 ** 20); // address space only: never touched but at its end
    const place = big + 2 ** 31;
    const tape = makeTape([{ program, name: "add", chunks: length, args: [place, 1] }]);
    const view = kernelView(Float64Array, place, length).fill(0);
    for (let round = 0; round < 50; round++) tape.run();
    expect(view.every((value) => value === 50)).toBe(true);
    tape.free();
    heapFree(big);
  });

  it("frees what it holds", () => {
    const blocks = checkHeap();
    const tape = makeTape([{ program, name: "add", chunks: 4, args: [ptr, 1] }]);
    expect(checkHeap()).toBe(blocks + 1);
    tape.free();
    tape.free();
    expect(checkHeap()).toBe(blocks);
    expect(() => tape.run()).toThrow("Tape.run: the tape has been freed");
    expect(() => tape.set(0, 0, 1)).toThrow("Tape.set: the tape has been freed");
    makeTape([]).run();
  });

  it("says what is wrong", () => {
    expect(() => makeTape([{ name: "nothing", chunks: 1, args: [] }])).toThrow('makeTape: name is "nothing"');
    expect(() => makeTape([{ program, name: "sub", chunks: 1, args: [] }])).toThrow('name is "sub"');
    expect(() => makeTape([{ program, name: "add", chunks: 2, args: [1] }])).toThrow(
      "makeTape: add takes 3 numbers, the chunk included, got 1 in entries[0]",
    );
    expect(() => makeTape([{ name: "sumF64", chunks: 2, args: [1, 2] }])).toThrow("sumF64 takes 2 numbers");
    expect(() => makeTape([{ program, name: "add", chunks: -1, args: [1, 1] }])).toThrow(
      "makeTape: entries[0].chunks is -1, expected a whole number >= 0",
    );
    const huge = { program, name: "add", chunks: 2 ** 29, args: [ptr, 1] };
    expect(() => makeTape([huge, huge, huge])).toThrow("in all entries");
    const tape = makeTape([{ program, name: "add", chunks: 1, args: [ptr, 1] }]);
    expect(() => tape.set(1, 0, 0)).toThrow("Tape.set: entry is 1, expected a number below 1");
    expect(() => tape.set(0, 2, 0)).toThrow("Tape.set: argument is 2, expected a number below 2");
    expect(() =>
      tape.run(() => {
        tape.free();
        return false;
      }),
    ).toThrow("Tape.free: the tape is running");
    tape.free();
  });
});

describe("a trap in a tape", () => {
  it.each([1, 2, 3])(
    "is reported with function and chunk on %i threads, and the pool still works",
    (threads) => {
      boot(2);
      setThreads(threads);
      const fine = makeTape([{ program, name: "add", chunks: length, args: [ptr, 1] }]);
      for (let round = 0; round < 60; round++) {
        const chunk = round % 12;
        const tape = makeTape([
          { program, name: "add", chunks: 5, args: [ptr, 0] },
          { program, name: "trap", chunks: 12, args: [chunk] },
          { program, name: "multiplyAdd", chunks: length, args: [ptr, 0, 77] },
        ]);
        x.fill(0);
        const error = thrownBy(() => tape.run()) as WhetstoneError;
        expect(error.code).toBe("worker");
        expect(error.fields).toMatchObject({ where: "Tape.run", kernel: "trap", chunk });
        expect(error.message).toMatch(
          new RegExp(`^Tape.run: kernel trap failed in chunk ${chunk}: .*unreachable`),
        );
        expect(x.every((value) => value === 0)).toBe(true); // nothing after it ran
        fine.run();
        expect(x.every((value) => value === 1)).toBe(true);
        tape.free();
      }
      fine.free();
    },
  );

  it("is reported by workers too", () => {
    boot(2);
    const tape = makeTape([{ program, name: "trap", chunks: 8, args: [0] }]);
    const failures = poolState().failures;
    let asked = 0;
    // The caller is kept out until a worker has met the trap.
    const wait = () => {
      const end = Date.now() + 10_000;
      if (asked++ === 0) while (poolState().failures === failures && Date.now() < end);
      return false;
    };
    const error = thrownBy(() => tape.run(wait)) as WhetstoneError;
    expect(poolState().failures).toBe(failures + 1);
    expect(error.message).toMatch(/^Tape.run: kernel trap failed in chunk 0: unreachable/);
    tape.free();
  });
});

describe("stopping a tape", () => {
  it.each([1, 3])("happens between chunks and steps on %i threads", (threads) => {
    boot(2);
    setThreads(threads);
    for (const chunks of [1, 1_000_000]) {
      const entries = Array.from({ length: 50 }, () => ({ program, name: "trap", chunks, args: [-1] }));
      const tape = makeTape(entries);
      let asked = 0;
      const error = thrownBy(() => tape.run(() => ++asked > 3));
      expect(error).toBeInstanceOf(AbortError);
      expect(asked).toBe(4);
      expect(() => tape.run(AbortSignal.abort(new Error("enough")))).toThrow("Tape.run: aborted (enough)");
      tape.free();
    }
  });

  it("happens while the caller waits for another thread", () => {
    boot(1);
    const n = 2_000_000;
    const big = heapAlloc(8 * n);
    const scale = { name: "scaleF64", chunks: 1, args: [1, big, n] };
    // The workers are busy with a long row of steps; the caller asks while it has nothing to do.
    const tape = makeTape([
      { program, name: "add", chunks: 2, args: [ptr, 1] },
      ...Array.from({ length: 2000 }, () => scale),
      { program, name: "add", chunks: 2, args: [ptr, 1] },
    ]);
    for (let round = 0; round < 4; round++) {
      const begin = performance.now();
      expect(() => tape.run(() => performance.now() - begin > 30)).toThrow(AbortError);
      expect(performance.now() - begin).toBeLessThan(1500); // all of it takes several seconds
    }
    tape.free();
    heapFree(big);
  });

  it("passes on what the question throws, and the question may itself run tapes", () => {
    boot(2);
    const inner = makeTape([{ program, name: "add", chunks: length, args: [ptr, 1] }]);
    const outer = makeTape([{ program, name: "trap", chunks: 10, args: [-1] }]);
    x.fill(0);
    let runs = 0;
    outer.run(() => {
      inner.run();
      runs++;
      return false;
    });
    parallelWithSignal(
      () => {
        inner.run();
        runs++;
        return false;
      },
      "fail",
      10,
      -1,
    );
    expect(runs).toBeGreaterThan(1);
    expect(x.every((value) => value === runs)).toBe(true);
    expect(() =>
      outer.run(() => {
        throw new RangeError("mine");
      }),
    ).toThrow("mine");
    outer.run();
    inner.free();
    outer.free();
  });
});

describe("on the main thread of a page, which may not sleep", () => {
  it("a tape spins", () => {
    boot(2);
    const wait = Atomics.wait;
    let refused = 0;
    Atomics.wait = () => {
      refused++;
      throw new TypeError("Atomics.wait cannot be called in this context");
    };
    try {
      const n = 1_000_000;
      const big = heapAlloc(8 * n);
      const tape = makeTape([
        { program, name: "add", chunks: length, args: [ptr, 1] },
        { name: "scaleF64", chunks: 1, args: [1, big, n] },
        { program, name: "add", chunks: length, args: [ptr, 1] },
      ]);
      x.fill(0);
      for (let round = 0; round < 100; round++) tape.run();
      expect(x.every((value) => value === 200)).toBe(true);
      expect(refused).toBeLessThanOrEqual(1);
      tape.free();
      heapFree(big);
    } finally {
      Atomics.wait = wait;
    }
  });
});

function thrownBy(fn: () => void): unknown {
  try {
    fn();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}
