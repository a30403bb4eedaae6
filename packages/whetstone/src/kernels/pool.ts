/**
 * Runs the chunks of one kernel on all threads, the calling one included (threads.ts has the protocol).
 */
import { AbortError, argumentError, WhetstoneError } from "../errors.ts";
import { kernelNames } from "./generated/modules.ts";
import { type KernelFunction, type KernelName, runtime } from "./runtime.ts";
import { close, open, type Pool, poolFor, workerError } from "./threads.ts";
import { slot } from "./worker-source.ts";

/** Anything that says when to stop: an `AbortSignal`, or a function that is asked between chunks. */
export type StopSignal = { readonly aborted: boolean; readonly reason?: unknown } | (() => boolean);

const indexOf = new Map<string, number>();

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

/** Number of a kernel among all, as workers count them. */
export function kernelIndex(name: KernelName): number {
  if (indexOf.size === 0) kernelNames.forEach((kernelName, i) => void indexOf.set(kernelName, i));
  return indexOf.get(name)!;
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
  describe(p, name, chunks, args);
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

function describe(p: Pool, name: KernelName, chunks: number, args: number[]): void {
  p.args.set(args);
  p.control[slot.kernel] = kernelIndex(name);
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

/** What is thrown when a kernel or a function of a program traps. */
export function failure(where: string, name: string, chunk: number, text: string): WhetstoneError {
  return new WhetstoneError(
    "worker",
    { where, kernel: name, chunk },
    `kernel ${name} failed in chunk ${chunk}: ${text}`,
  );
}
