/**
 * The core module of this JavaScript thread: what runs here, its memory, its compiled functions.
 * Everything is made on first use; nothing happens when this file is imported.
 *
 * V8 runs a function in its baseline compiler first and optimises it once it is hot. Compiling everything optimised
 * at the start (`--no-liftoff --no-wasm-lazy-compilation` around it) was measured and left out: it costs every
 * process 7 ms and saves 2 to 4 ms on the first call of a kernel.
 */
import { WhetstoneError } from "../errors.ts";
import { code, type Name } from "./generated/core.ts";
import { adaptModule, decodeModule } from "./module-bytes.ts";
import { environment, hasRelaxedSimd, hasSimd } from "./platform.ts";

/** Name of a core kernel; each is documented where it is written, in `kernels/assembly`. */
export type KernelName = Name;

export type KernelFunction = (...args: number[]) => number;

/** Bytes at the start of the memory that belong to the thread pool; scratch blocks come after them. */
export const controlBytes = 65536;

/** One page of WebAssembly memory. */
export const pageBytes = 65536;

export interface Runtime {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** `memory.buffer` lies in a SharedArrayBuffer. */
  readonly shared: boolean;
  readonly relaxedSimd: boolean;
  readonly functions: Readonly<Record<KernelName, KernelFunction>>;
  /** Most pages the memory may grow to. */
  readonly maximumPages: number;
}

let current: Runtime | undefined;

/** The module of this thread, compiled now if it was not yet. */
export function runtime(): Runtime {
  current ??= start();
  return current;
}

function start(): Runtime {
  if (typeof WebAssembly === "undefined" || !hasSimd()) {
    throw new WhetstoneError(
      "unsupported",
      { where: "kernels" },
      "this JavaScript engine has no WebAssembly SIMD; Node >= 20 and every browser since 2023 have it",
    );
  }
  const relaxedSimd = environment("WHETSTONE_KERNELS") !== "simd" && hasRelaxedSimd();
  const { memory, shared, maximumPages } = makeMemory();
  const module = new WebAssembly.Module(adaptModule(decodeModule(code), { shared, relaxedSimd }));
  const instance = new WebAssembly.Instance(module, { env: { memory } });
  const functions = instance.exports as unknown as Record<KernelName, KernelFunction>;
  return { module, memory, shared, relaxedSimd, functions, maximumPages };
}

/**
 * The largest shared memory this machine lets us reserve (address space, not RAM). Where memory cannot be shared
 * at all, a plain one of fixed size: growing it would detach every view on it.
 */
function makeMemory(): { memory: WebAssembly.Memory; shared: boolean; maximumPages: number } {
  for (let maximum = 65536; maximum >= 2048; maximum /= 2) {
    try {
      const memory = new WebAssembly.Memory({ initial: 2, maximum, shared: true });
      return { memory, shared: true, maximumPages: maximum };
    } catch {
      // Too much to reserve, or not allowed to be shared: try less.
    }
  }
  for (let pages = 16384; pages >= 1024; pages /= 2) {
    try {
      const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
      return { memory, shared: false, maximumPages: pages };
    } catch {
      // Try less.
    }
  }
  throw new WhetstoneError(
    "unsupported",
    { where: "kernels" },
    "not even 64 MB of WebAssembly memory can be had",
  );
}
