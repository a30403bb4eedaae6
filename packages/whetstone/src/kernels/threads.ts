/**
 * The pool of threads that run chunks of kernels (pool.ts) and of tapes (tape.ts). The caller takes part, so work finishes even if no worker ever
 * starts; a worker joins once it has booted, which it does on its own while the caller computes.
 *
 * Protocol (Int32 slots in the first page of the kernel memory): the caller writes the job and then its number to
 * `open` and `wake`. A worker that sees a new number adds itself to `active`, looks whether that job is still
 * open, and takes chunks from `next` until none is left. The caller does the same, closes the job and waits for
 * `active` to be 0. As a worker looks at `open` only after it is counted in `active`, none can be inside a job
 * that the caller believes finished. Workers spin briefly before they sleep: waking a sleeper costs 40 us.
 */
import { argumentError } from "../errors.ts";
import { environment, hasRelaxedSimd, hasSimd, nodeModule } from "./platform.ts";
import { type Runtime, runtime } from "./runtime.ts";
import { tiles } from "./wide-tiles.ts";
import { limit, place, slot, workerSource } from "./worker-source.ts";

/** What the machine offers to the kernels and what they use. */
export interface KernelInfo {
  /** WebAssembly SIMD, which the kernels need. */
  readonly simd: boolean;
  /** Fused multiply-add and the like; about a quarter faster in matrix products. */
  readonly relaxedSimd: boolean;
  /**
   * Whether matrix products use tiles for vectors of 256 bits, which are almost twice as fast and the same to the bit: in
   * Node 24 or newer on x64 with AVX2, once products that take some milliseconds were asked for. The environment variable
   * WHETSTONE_KERNELS=relaxed forbids it.
   */
  readonly wideVectors: boolean;
  /** Threads in use, the calling one included. */
  readonly threads: number;
  readonly hardwareThreads: number;
  /** Whether memory can be shared with workers here (pages: only when cross-origin isolated). */
  readonly sharedMemory: boolean;
}

/** The pool of this JavaScript thread, as the caller sees it. */
export interface Pool {
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
let afterwards: (() => void)[] = [];

/** Threads the machine has, 1 if unknown. */
export function hardwareThreads(): number {
  const os = nodeModule<typeof import("node:os")>("node:os");
  if (os !== undefined) return os.availableParallelism();
  return (typeof navigator === "undefined" ? 1 : navigator.hardwareConcurrency) || 1;
}

/**
 * Threads that kernels use, the calling one included.
 *
 * @example
 * getThreads() >= 1; // true
 */
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
    wideVectors: tiles.f32.wide || tiles.f64.wide,
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

/**
 * The pool for a job in which up to `workers` workers can take part, or undefined where the caller has to do
 * everything itself: none is needed, a job runs already, or no worker has booted yet (they are started now). With
 * `late`, the last is no reason: the job is long enough to be joined by those that boot while it runs.
 */
export function poolFor(workers: number, late = false): Pool | undefined {
  const most = workers < 1 || busy ? 0 : Math.min(getThreads() - 1, workers);
  if (most < 1) return undefined;
  const p = started(runtime(), most);
  if (p === undefined || (!late && Atomics.load(p.control, slot.ready) === 0)) return undefined;
  p.control[slot.workers] = most;
  return p;
}

/** Lets the workers in, once the job is described in the control page. The caller then owes a {@link close}. */
export function open(p: Pool): void {
  const c = p.control;
  busy = true;
  Atomics.store(c, slot.error, 0);
  Atomics.store(c, slot.stop, 0);
  Atomics.store(c, slot.done, 0);
  Atomics.store(c, slot.next, 0);
  p.job = (p.job % 0x3fffffff) + 1;
  Atomics.store(c, slot.open, p.job);
  Atomics.store(c, slot.wake, p.job);
  if (Atomics.load(c, slot.sleepers) > 0) Atomics.notify(c, slot.wake);
}

/** Lets nobody in any more and waits until everybody is out. */
export function close(p: Pool): void {
  const c = p.control;
  Atomics.store(c, slot.open, 0);
  let spins = 0;
  for (let inside = Atomics.load(c, slot.active); inside > 0; inside = Atomics.load(c, slot.active)) {
    if (++spins > limit.spins) sleep(c, slot.active, inside, 100);
  }
  busy = false;
  if (afterwards.length === 0) return;
  const late = afterwards;
  afterwards = [];
  for (const fn of late) fn();
}

let mayWait = true;

/** Sleeps until notified, or for so many milliseconds. The main thread of a page may only spin: there, returns. */
export function sleep(c: Int32Array, index: number, value: number, ms: number): void {
  if (!mayWait) return;
  try {
    Atomics.wait(c, index, value, ms);
  } catch {
    mayWait = false;
  }
}

/** The sentence of the error that a worker has met, undefined if none has. */
export function workerError(p: Pool): string | undefined {
  if (Atomics.load(p.control, slot.error) === 0) return undefined;
  return String.fromCharCode(...p.errorText.subarray(0, p.control[slot.errorLength]));
}

/** Calls `fn` when no worker is in a job: now, or at the end of the job that runs. */
export function whenIdle(fn: () => void): void {
  if (busy) afterwards.push(fn);
  else fn();
}

function started(rt: Runtime, workers: number): Pool | undefined {
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
