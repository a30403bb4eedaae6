/**
 * Runs the chunks of a kernel on all threads. The caller takes part, so work finishes even if no worker ever
 * starts; a worker joins once it has booted, which it does on its own while the caller computes.
 *
 * Protocol (Int32 slots in the first page of the kernel memory): the caller writes the job and then its number to
 * `open` and `wake`. A worker that sees a new number adds itself to `active`, looks whether that job is still
 * open, and takes chunks from `next` until none is left. The caller does the same, closes the job and waits for
 * `active` to be 0. As a worker looks at `open` only after it is counted in `active`, none can be inside a job
 * that the caller believes finished. Workers spin briefly before they sleep: waking a sleeper costs 40 us.
 */
import { AbortError, argumentError, WhetstoneError } from "../errors.ts";
import { kernelNames } from "./generated/modules.ts";
import {
  environment,
  hasRelaxedSimd,
  hasSimd,
  type KernelFunction,
  type KernelName,
  nodeModule,
  type Runtime,
  runtime,
} from "./runtime.ts";
import { limit, place, slot, workerSource } from "./worker-source.ts";

/** What the machine offers to the kernels and what they use. */
export interface KernelInfo {
  /** WebAssembly SIMD, which the kernels need. */
  readonly simd: boolean;
  /** Fused multiply-add and the like; about a quarter faster in matrix products. */
  readonly relaxedSimd: boolean;
  /** Threads in use, the calling one included. */
  readonly threads: number;
  readonly hardwareThreads: number;
  /** Whether memory can be shared with workers here (pages: only when cross-origin isolated). */
  readonly sharedMemory: boolean;
}

/** Anything that says when to stop: an `AbortSignal`, or a function that is asked between chunks. */
export type StopSignal = { readonly aborted: boolean; readonly reason?: unknown } | (() => boolean);

interface Pool {
  readonly control: Int32Array;
  readonly args: Float64Array;
  readonly errorText: Uint16Array;
  /** Workers started (booted or not). */
  started: number;
  /** No worker can be had here. */
  alone: boolean;
  job: number;
}

let wanted = 0;
let pool: Pool | undefined;
let busy = false;
let workerUrl: string | undefined;
const indexOf = new Map<string, number>();

/** Threads the machine has, 1 if unknown. */
export function hardwareThreads(): number {
  const os = nodeModule<typeof import("node:os")>("node:os");
  if (os !== undefined) return os.availableParallelism();
  return (typeof navigator === "undefined" ? 1 : navigator.hardwareConcurrency) || 1;
}

/** Threads that kernels use, the calling one included. */
export function getThreads(): number {
  if (wanted === 0) {
    const asked = Number(environment("WHETSTONE_THREADS"));
    wanted = Number.isSafeInteger(asked) && asked > 0 ? asked : hardwareThreads();
  }
  return canShare() ? wanted : 1;
}

/**
 * Sets how many threads the kernels called from this JavaScript thread use, the calling one included. Results do
 * not depend on it. The default is the number of hardware threads, or the environment variable WHETSTONE_THREADS.
 * Every JavaScript thread has its own pool: whoever starts several that compute should give each its share.
 */
export function setThreads(n: number): void {
  if (!Number.isSafeInteger(n) || n < 1 || n > 1024) {
    throw argumentError("setThreads", "n", n, "a whole number from 1 to 1024");
  }
  wanted = n;
}

/** What this machine offers; compiles nothing. */
export function kernelInfo(): KernelInfo {
  const simd = typeof WebAssembly !== "undefined" && hasSimd();
  return {
    simd,
    relaxedSimd: simd && environment("WHETSTONE_KERNELS") !== "simd" && hasRelaxedSimd(),
    threads: getThreads(),
    hardwareThreads: hardwareThreads(),
    sharedMemory: canShare(),
  };
}

/** Whether a memory can be handed to a worker: in Node always, in a page only when cross-origin isolated. */
function canShare(): boolean {
  if (pool?.alone) return false;
  if (typeof SharedArrayBuffer === "undefined") return false;
  return (globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated !== false;
}

/** Calls a kernel on this thread with all its arguments. */
export function call(name: KernelName, ...args: number[]): number {
  const f = kernel("call", name, args.length);
  return f(...args);
}

/**
 * Runs `kernel(...args, chunk)` for chunk = 0 to chunks - 1 on all threads and returns when all are done. The
 * order is not defined, so chunks must not depend on each other.
 *
 * @throws WhetstoneError "worker", naming the kernel, if it traps in any chunk.
 */
export function parallel(name: KernelName, chunks: number, ...args: number[]): void {
  dispatch("parallel", undefined, name, chunks, args);
}

/**
 * As {@link parallel}, and stops between chunks when `signal` says so: what was computed until then stays in the
 * memory. An `AbortSignal` cannot change while this thread is busy, unless it was aborted before; a function can,
 * for instance one that reads a flag in shared memory or the clock.
 *
 * @throws AbortError when stopped.
 */
export function parallelWithSignal(
  signal: StopSignal | undefined,
  name: KernelName,
  chunks: number,
  ...args: number[]
): void {
  dispatch("parallelWithSignal", signal, name, chunks, args);
}

function kernel(where: string, name: KernelName, given: number): KernelFunction {
  const f = runtime().functions[name];
  if (f === undefined) throw argumentError(where, "name", name, "the name of a kernel");
  if (f.length !== given) {
    throw new WhetstoneError(
      "argument",
      { where, kernel: name },
      `${name} takes ${f.length} numbers, got ${given}`,
    );
  }
  return f;
}

function dispatch(
  where: string,
  signal: StopSignal | undefined,
  name: KernelName,
  chunks: number,
  args: number[],
): void {
  const f = kernel(where, name, args.length + 1);
  if (!Number.isSafeInteger(chunks) || chunks < 0) {
    throw argumentError(where, "chunks", chunks, "a whole number >= 0");
  }
  const last = args.length;
  const list = args.slice();
  list.push(0);
  const workers = chunks < 2 || busy ? 0 : Math.min(getThreads() - 1, chunks - 1);
  const p = workers > 0 ? poolFor(runtime(), workers) : undefined;
  if (p === undefined || Atomics.load(p.control, slot.ready) === 0) {
    for (let chunk = 0; chunk < chunks; chunk++) {
      checkStop(where, signal);
      list[last] = chunk;
      attempt(where, name, f, list);
    }
    return;
  }
  const c = p.control;
  busy = true;
  try {
    open(p, name, chunks, args, workers);
    for (;;) {
      checkStop(where, signal);
      if (Atomics.load(c, slot.stop) !== 0) break;
      const chunk = Atomics.add(c, slot.next, 1);
      if (chunk >= chunks) break;
      list[last] = chunk;
      attempt(where, name, f, list);
    }
  } catch (error) {
    Atomics.store(c, slot.stop, 1);
    throw error;
  } finally {
    close(c);
    busy = false;
  }
  if (Atomics.load(c, slot.error) !== 0) {
    const text = String.fromCharCode(...p.errorText.subarray(0, c[slot.errorLength]));
    throw failure(where, name, c[slot.errorChunk]!, text);
  }
}

function checkStop(where: string, signal: StopSignal | undefined): void {
  if (signal === undefined) return;
  if (typeof signal === "function" ? signal() : signal.aborted) {
    throw new AbortError(where, typeof signal === "function" ? undefined : signal.reason);
  }
}

/** One chunk on this thread; a trap is reported as if a worker had met it. */
function attempt(where: string, name: KernelName, f: KernelFunction, list: number[]): void {
  try {
    f(...list);
  } catch (error) {
    throw failure(
      where,
      name,
      list[list.length - 1]!,
      error instanceof Error ? error.message : String(error),
    );
  }
}

function failure(where: string, name: KernelName, chunk: number, text: string): WhetstoneError {
  return new WhetstoneError(
    "worker",
    { where, kernel: name, chunk },
    `kernel ${name} failed in chunk ${chunk}: ${text}`,
  );
}

function open(p: Pool, name: KernelName, chunks: number, args: number[], workers: number): void {
  const c = p.control;
  if (indexOf.size === 0) kernelNames.forEach((kernelName, i) => void indexOf.set(kernelName, i));
  p.args.set(args);
  c[slot.kernel] = indexOf.get(name)!;
  c[slot.chunks] = chunks;
  c[slot.argumentCount] = args.length;
  c[slot.workers] = workers;
  Atomics.store(c, slot.error, 0);
  Atomics.store(c, slot.stop, 0);
  Atomics.store(c, slot.next, 0);
  p.job = (p.job % 0x3fffffff) + 1;
  Atomics.store(c, slot.open, p.job);
  Atomics.store(c, slot.wake, p.job);
  if (Atomics.load(c, slot.sleepers) > 0) Atomics.notify(c, slot.wake);
}

/** Lets nobody in any more and waits until everybody is out. */
function close(c: Int32Array): void {
  Atomics.store(c, slot.open, 0);
  let spins = 0;
  let mayWait = true;
  for (let inside = Atomics.load(c, slot.active); inside > 0; inside = Atomics.load(c, slot.active)) {
    if (++spins < limit.spins || !mayWait) continue;
    try {
      Atomics.wait(c, slot.active, inside, 100);
    } catch {
      mayWait = false; // the main thread of a page may only spin
    }
  }
}

function poolFor(rt: Runtime, workers: number): Pool | undefined {
  if (pool === undefined) {
    const buffer = rt.memory.buffer;
    pool = {
      control: new Int32Array(buffer, 0, 256),
      args: new Float64Array(buffer, place.args, limit.args),
      errorText: new Uint16Array(buffer, place.errorText, limit.errorText),
      started: 0,
      alone: !rt.shared,
      job: 0,
    };
  }
  while (!pool.alone && pool.started < Math.min(workers, getThreads() - 1)) {
    if (startWorker(rt, pool.started)) pool.started++;
    else pool.alone = true;
  }
  return pool.alone ? undefined : pool;
}

/** Counters of this thread's pool, for tests. */
export function poolState(): { ready: number; chunksByWorkers: number; failures: number } {
  const c = pool?.control;
  const read = (index: number) => (c === undefined ? 0 : Atomics.load(c, index));
  return {
    ready: read(slot.ready),
    chunksByWorkers: read(slot.chunksByWorkers),
    failures: read(slot.failures),
  };
}

/** A worker could not boot, for instance because a page's policy forbids it: if none could, the caller stays alone. */
function giveUp(): void {
  if (pool !== undefined && Atomics.load(pool.control, slot.ready) === 0) pool.alone = true;
}

/** Starts a worker; false where none can be had (a page without isolation, a policy against it). */
function startWorker(rt: Runtime, index: number): boolean {
  const data = { module: rt.module, memory: rt.memory, index };
  try {
    const threads = nodeModule<typeof import("node:worker_threads")>("node:worker_threads");
    if (threads !== undefined) {
      const worker = new threads.Worker(workerSource, {
        eval: true,
        workerData: data,
        execArgv: [],
        env: {},
        name: "whetstone kernels",
      });
      worker.unref();
      worker.on("error", giveUp);
      return true;
    }
    workerUrl ??= URL.createObjectURL(new Blob([workerSource], { type: "text/javascript" }));
    const worker = new Worker(workerUrl);
    worker.onerror = (event) => {
      event.preventDefault();
      giveUp();
    };
    worker.postMessage(data);
    return true;
  } catch {
    return false;
  }
}
