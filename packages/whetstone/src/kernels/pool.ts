/**
 * Runs the chunks of one kernel on all threads, the calling one included (threads.ts has the protocol).
 */
import { AbortError, argumentError, WhetstoneError } from "../errors.ts";
import { names } from "./generated/core.ts";
import { type KernelFunction, type KernelName, runtime } from "./runtime.ts";
import { close, open, type Pool, poolFor, workerError } from "./threads.ts";
import { slot } from "./worker-source.ts";

/** Anything that says when to stop: an `AbortSignal`, or a function that is asked between chunks. */
export type StopSignal = { readonly aborted: boolean; readonly reason?: unknown } | (() => boolean);

/** A function that chunks can be run of. */
export interface Kernel {
  readonly name: string;
  readonly f: KernelFunction;
  /** Its number in its module, as workers count functions. */
  readonly index: number;
  /** Slot of its module in the table of programs, -1 for the core. */
  readonly program: number;
}

const core = new Map<string, Kernel>();

/**
 * Calls a kernel on this thread with all its arguments.
 *
 * @example
 * withScratch((s) => call("sumF64", s.f64([1, 2, 3]).ptr, 3)); // 6
 */
export function call(name: KernelName, ...args: number[]): number {
  return callFunction("call", coreKernel("call", name), args);
}

/**
 * Runs `kernel(...args, chunk)` for chunk = 0 to chunks - 1 on all threads and returns when all are done. The
 * order is not defined, so chunks must not depend on each other.
 *
 * @throws WhetstoneError "worker", naming the kernel, if it traps in any chunk.
 */
export function parallel(name: KernelName, chunks: number, ...args: number[]): void {
  parallelOver("parallel", undefined, coreKernel("parallel", name), chunks, args);
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
  parallelOver("parallelWithSignal", signal, coreKernel("parallelWithSignal", name), chunks, args);
}

/** A kernel of the core. */
export function coreKernel(where: string, name: string): Kernel {
  let kernel = core.get(name);
  if (kernel === undefined) {
    const f = runtime().functions[name as KernelName];
    if (f === undefined) throw argumentError(where, "name", name, "the name of a core kernel");
    kernel = { name, f, index: names.indexOf(name as KernelName), program: -1 };
    core.set(name, kernel);
  }
  return kernel;
}

/** See {@link call}. */
export function callFunction(where: string, { name, f }: Kernel, args: number[]): number {
  checkCount(where, name, f, args.length);
  return f(...args);
}

function checkCount(where: string, name: string, f: KernelFunction, given: number): void {
  if (f.length === given) return;
  throw new WhetstoneError(
    "argument",
    { where, kernel: name },
    `${name} takes ${f.length} numbers, got ${given}`,
  );
}

/** See {@link parallelWithSignal}. */
export function parallelOver(
  where: string,
  signal: StopSignal | undefined,
  kernel: Kernel,
  chunks: number,
  args: number[],
): void {
  const { name, f } = kernel;
  checkCount(where, name, f, args.length + 1);
  if (!Number.isSafeInteger(chunks) || chunks < 0) {
    throw argumentError(where, "chunks", chunks, "a whole number >= 0");
  }
  const last = args.length;
  const list = args.slice();
  list.push(0);
  const p = poolFor(chunks - 1);
  if (p === undefined) {
    for (let chunk = 0; chunk < chunks; chunk++) {
      checkStop(where, signal);
      list[last] = chunk;
      attempt(where, name, f, list);
    }
    return;
  }
  const c = p.control;
  describe(p, kernel, chunks, args);
  open(p);
  try {
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
    close(p);
  }
  const text = workerError(p);
  if (text !== undefined) throw failure(where, name, c[slot.errorChunk]!, text);
}

function describe(p: Pool, { index, program }: Kernel, chunks: number, args: number[]): void {
  p.args.set(args);
  p.control[slot.kernel] = index;
  p.control[slot.program] = program;
  p.control[slot.chunks] = chunks;
  p.control[slot.argumentCount] = args.length;
}

/** Throws if the signal says stop. */
export function checkStop(where: string, signal: StopSignal | undefined): void {
  if (signal === undefined) return;
  if (typeof signal === "function" ? signal() : signal.aborted) {
    throw new AbortError(where, typeof signal === "function" ? undefined : signal.reason);
  }
}

/** One chunk on this thread; a trap is reported as if a worker had met it. */
function attempt(where: string, name: string, f: KernelFunction, list: number[]): void {
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

/** What is thrown when a kernel or a function of a program traps. */
export function failure(where: string, name: string, chunk: number, text: string): WhetstoneError {
  return new WhetstoneError(
    "worker",
    { where, kernel: name, chunk },
    `kernel ${name} failed in chunk ${chunk}: ${text}`,
  );
}
