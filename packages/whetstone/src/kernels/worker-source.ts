/**
 * The program of a pool worker, as text: workers are started from it directly, so that no bundler has to find a
 * file. It talks to the pool through the first page of the kernel memory only (see threads.ts for the protocol,
 * tape.ts for that of a tape).
 *
 * Of its functions, `view` grows the memory by nothing where another thread has let it grow; `prepare` makes the programs
 * in the given slots callable and forgets those that are gone; `waitFor` waits until so many tickets are done, and is
 * false if the worker should stop instead. Where there is no room for another program, the other threads do without this
 * worker. (Comments in the text itself would travel to every page.)
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
  /** Step of the tape in which a worker failed. */
  errorStep: 131,
  /** Number of the kernel to run, -1 for a tape; slot of the program that it is in, -1 for the core. */
  kernel: 144,
  program: 149,
  chunks: 145,
  argumentCount: 146,
  /** Workers with an index below this take part. */
  workers: 147,
  /** Where the tape to run lies. */
  tape: 148,
  /** Chunks that workers have run and traps they have met since the start; for tests. */
  chunksByWorkers: 160,
  failures: 161,
  /** Table of programs: where it lies, its entries, and a number that changes whenever it does. */
  programs: 176,
  programCount: 177,
  programVersion: 178,
  /** Tickets of the tape that are done; threads that wait for more sleep on it. */
  done: 192,
  /** Threads asleep in a tape. */
  waiters: 208,
} as const;

/** Byte offsets in the control page. */
export const place = { args: 1024, errorText: 2048 } as const;

/**
 * Most numbers a kernel may take outside tapes, and most UTF-16 units of an error kept; looks before a thread that waits
 * sleeps, and before a worker without a job does: half a millisecond, in which JavaScript makes the next step of a training
 * even when garbage is collected. A worker that slept comes 50 us late, and waking it costs the caller.
 */
export const limit = { args: 64, errorText: 1024, spins: 10_000, idleSpins: 75_000 } as const;

/** Int32 layout of a tape in memory (see tape.ts). */
export const tapeLayout = {
  /** Identity, tickets, steps, numbers of all steps, programs. */
  header: 8,
  /** First step, step after the last, first ticket, ticket after the last, tickets to wait for, last of its group. */
  unit: 6,
  /** Slot of the program or -1, number of the function, how many numbers it takes, where they begin. */
  step: 4,
} as const;

/** Int32s per program in the table: generation (0: none), where its bytes lie, how many. */
export const programEntry = 3;

/** Arities up to which a call is written out: spreading an array costs four times as much. */
const written = 24;

const calls = Array.from({ length: written + 1 }, (_, n) => {
  const list = Array.from({ length: n }, (_, i) => `v[at + ${i}], `).join("");
  return `case ${n}: f(${list}chunk); return;`;
}).join("\n    ");

export const workerSource = `"use strict";
const invoke = (f, v, at, count, chunk) => {
  switch (count) {
    ${calls}
  }
  f(...v.subarray(at, at + count), chunk);
};
const functionsOf = (exports) =>
  Object.keys(exports).filter((name) => typeof exports[name] === "function").sort().map((name) => exports[name]);
const run = ({ module, memory, index }) => {
  const c = new Int32Array(memory.buffer, 0, 256);
  const values = new Float64Array(memory.buffer, ${place.args}, ${limit.args});
  const text = new Uint16Array(memory.buffer, ${place.errorText}, ${limit.errorText});
  const kernels = new WebAssembly.Instance(module, { env: { memory } }).exports;
  const builtIn = functionsOf(kernels);
  const view = (View, ptr, length) => {
    const end = ptr + length * View.BYTES_PER_ELEMENT;
    if (memory.buffer.byteLength < end) memory.grow(0);
    return new View(memory.buffer, ptr, length);
  };

  const programs = [];
  const generations = [];
  let version = 0;
  const prepare = (slots) => {
    const table = view(Int32Array, c[${slot.programs}] >>> 0, c[${slot.programCount}] * ${programEntry});
    if (c[${slot.programVersion}] !== version) {
      version = c[${slot.programVersion}];
      for (let i = 0; i < programs.length; i++) {
        if (table[i * ${programEntry}] !== generations[i]) programs[i] = undefined;
      }
    }
    for (const i of slots) {
      if (programs[i] !== undefined) continue;
      const [generation, ptr, length] = table.subarray(i * ${programEntry}, (i + 1) * ${programEntry});
      const bytes = view(Uint8Array, ptr >>> 0, length).slice();
      const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory }, kernels });
      programs[i] = functionsOf(exports);
      generations[i] = generation;
    }
  };

  let tape;
  const openTape = () => {
    const ptr = c[${slot.tape}] >>> 0;
    const [identity, tickets, units, steps, numbers, count] = view(Int32Array, ptr, ${tapeLayout.header});
    if (tape === undefined || tape.identity !== identity) {
      let at = ptr + ${tapeLayout.header * 4};
      const part = (View, length) => {
        const result = view(View, at, length);
        at += length * View.BYTES_PER_ELEMENT;
        return result;
      };
      tape = { identity, tickets, args: part(Float64Array, numbers), units: part(Int32Array, units * ${tapeLayout.unit}),
        steps: part(Int32Array, steps * ${tapeLayout.step}), slots: Array.from(part(Int32Array, count)),
        taken: part(Int32Array, units) };
    }
    if (count > 0) prepare(tape.slots);
    return tape;
  };

  let chunk = -1;
  let step = 0;
  let done = 0;
  const waitFor = (needed) => {
    let spins = 0;
    let now;
    while ((now = Atomics.load(c, ${slot.done})) < needed) {
      if (Atomics.load(c, ${slot.stop}) !== 0) return false;
      if (++spins < ${limit.spins}) continue;
      Atomics.add(c, ${slot.waiters}, 1);
      if (Atomics.load(c, ${slot.stop}) === 0) Atomics.wait(c, ${slot.done}, now, 100);
      Atomics.sub(c, ${slot.waiters}, 1);
    }
    return true;
  };
  const runTape = ({ tickets, units, steps, args, taken }) => {
    for (let u = 0; ; ) {
      if (Atomics.load(c, ${slot.stop}) !== 0) return;
      const ticket = Atomics.add(c, ${slot.next}, 1);
      if (ticket >= tickets) return;
      while (ticket >= units[u + 3]) u += ${tapeLayout.unit};
      if (!waitFor(units[u + 4])) return;
      chunk = units[u + 3] - units[u + 2] - 1 - Atomics.add(taken, u / ${tapeLayout.unit}, 1);
      const last = units[u + 1];
      for (step = units[u]; step < last; step++) {
        if (step > units[u] && Atomics.load(c, ${slot.stop}) !== 0) return;
        const s = step * ${tapeLayout.step};
        const f = (steps[s] < 0 ? builtIn : programs[steps[s]])[steps[s + 1]];
        invoke(f, args, steps[s + 3], steps[s + 2], chunk);
      }
      done++;
      if (Atomics.add(c, ${slot.done}, 1) + 1 === units[u + 5] && Atomics.load(c, ${slot.waiters}) > 0) {
        Atomics.notify(c, ${slot.done});
      }
    }
  };
  const openKernel = () => {
    const program = c[${slot.program}];
    if (program < 0) return builtIn[c[${slot.kernel}]];
    prepare([program]);
    return programs[program][c[${slot.kernel}]];
  };
  const runKernel = (f) => {
    const chunks = c[${slot.chunks}];
    const args = Array.from(values.subarray(0, c[${slot.argumentCount}]));
    args.push(0);
    while (Atomics.load(c, ${slot.stop}) === 0 && (chunk = Atomics.add(c, ${slot.next}, 1)) < chunks) {
      args[args.length - 1] = chunk;
      f(...args);
      done++;
    }
  };

  let seen = 0;
  Atomics.add(c, ${slot.ready}, 1);
  for (;;) {
    let job;
    let spins = 0;
    while ((job = Atomics.load(c, ${slot.wake})) === seen) {
      if (++spins < ${limit.idleSpins}) continue;
      Atomics.add(c, ${slot.sleepers}, 1);
      Atomics.wait(c, ${slot.wake}, seen);
      Atomics.sub(c, ${slot.sleepers}, 1);
      spins = 0;
    }
    seen = job;
    Atomics.add(c, ${slot.active}, 1);
    if (Atomics.load(c, ${slot.open}) === job && index < c[${slot.workers}]) {
      done = 0;
      let opened;
      try {
        const single = c[${slot.kernel}] >= 0;
        try {
          opened = single ? openKernel() : openTape();
        } catch {}
        if (opened !== undefined) (single ? runKernel : runTape)(opened);
      } catch (error) {
        if (Atomics.compareExchange(c, ${slot.error}, 0, 1) === 0) {
          const message = String((error && error.message) || error).slice(0, ${limit.errorText});
          for (let i = 0; i < message.length; i++) text[i] = message.charCodeAt(i);
          c[${slot.errorLength}] = message.length;
          c[${slot.errorChunk}] = chunk;
          c[${slot.errorStep}] = step;
          Atomics.store(c, ${slot.error}, 2);
        }
        Atomics.store(c, ${slot.stop}, 1);
        if (Atomics.load(c, ${slot.waiters}) > 0) Atomics.notify(c, ${slot.done});
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
