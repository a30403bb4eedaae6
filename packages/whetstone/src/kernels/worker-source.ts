/**
 * The program of a pool worker, as text: workers are started from it directly, so that no bundler has to find a
 * file. It talks to the pool through the first page of the kernel memory only (see pool.ts for the protocol).
 */

/** Int32 indices in the control page, one cache line apart where several threads write. */
export const slot = {
  /** Number of the newest job; workers sleep on it. */
  wake: 16,
  /** Number of the job that may be joined, 0 when none. */
  open: 32,
  /** Next chunk to take. */
  next: 48,
  /** Workers inside a job. */
  active: 64,
  /** Workers asleep. */
  sleepers: 80,
  /** Workers booted. */
  ready: 96,
  /** 1: take no further chunk. */
  stop: 112,
  /** 0 none, 1 being written, 2 a worker failed. */
  error: 128,
  errorLength: 129,
  errorChunk: 130,
  kernel: 144,
  chunks: 145,
  argumentCount: 146,
  /** Workers with an index below this take part. */
  workers: 147,
  /** Chunks that workers have run and traps they have met since the start; for tests. */
  chunksByWorkers: 160,
  failures: 161,
} as const;

/** Byte offsets in the control page. */
export const place = { args: 1024, errorText: 2048 } as const;

/** Most numbers a kernel may take, and most UTF-16 units of an error kept. */
export const limit = { args: 64, errorText: 1024, spins: 10_000 } as const;

export const workerSource = `"use strict";
const run = ({ module, memory, index }) => {
  const c = new Int32Array(memory.buffer, 0, 256);
  const values = new Float64Array(memory.buffer, ${place.args}, ${limit.args});
  const text = new Uint16Array(memory.buffer, ${place.errorText}, ${limit.errorText});
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const names = Object.keys(exports).sort();
  let seen = 0;
  Atomics.add(c, ${slot.ready}, 1);
  for (;;) {
    let job;
    let spins = 0;
    while ((job = Atomics.load(c, ${slot.wake})) === seen) {
      if (++spins < ${limit.spins}) continue;
      Atomics.add(c, ${slot.sleepers}, 1);
      Atomics.wait(c, ${slot.wake}, seen);
      Atomics.sub(c, ${slot.sleepers}, 1);
      spins = 0;
    }
    seen = job;
    Atomics.add(c, ${slot.active}, 1);
    if (Atomics.load(c, ${slot.open}) === job && index < c[${slot.workers}]) {
      const f = exports[names[c[${slot.kernel}]]];
      const chunks = c[${slot.chunks}];
      const args = Array.from(values.subarray(0, c[${slot.argumentCount}]));
      args.push(0);
      let chunk = -1;
      let done = 0;
      try {
        while (Atomics.load(c, ${slot.stop}) === 0 && (chunk = Atomics.add(c, ${slot.next}, 1)) < chunks) {
          args[args.length - 1] = chunk;
          f(...args);
          done++;
        }
      } catch (error) {
        if (Atomics.compareExchange(c, ${slot.error}, 0, 1) === 0) {
          const message = String((error && error.message) || error).slice(0, ${limit.errorText});
          for (let i = 0; i < message.length; i++) text[i] = message.charCodeAt(i);
          c[${slot.errorLength}] = message.length;
          c[${slot.errorChunk}] = chunk;
          Atomics.store(c, ${slot.error}, 2);
        }
        Atomics.store(c, ${slot.stop}, 1);
        Atomics.add(c, ${slot.failures}, 1);
      }
      if (done > 0) Atomics.add(c, ${slot.chunksByWorkers}, done);
    }
    if (Atomics.sub(c, ${slot.active}, 1) === 1) Atomics.notify(c, ${slot.active});
  }
};
if (typeof process === "object" && typeof process.getBuiltinModule === "function") {
  run(process.getBuiltinModule("node:worker_threads").workerData);
} else {
  onmessage = (event) => run(event.data);
}
`;
