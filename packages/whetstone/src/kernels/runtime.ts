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

/** Name of a core kernel; each is documented where it is written, in `kernels/assembly`. */
export type KernelName = Name;

export type KernelFunction = (...args: number[]) => number;

/** Bytes at the start of the memory that belong to the thread pool; scratch blocks come after them. */
export const controlBytes = 65536;

/** Word at the end of them that kernels read: 1 where the engine joins vectors, see {@link hasWideVectors}. */
export const wideAt = controlBytes - 4;

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

/** Node's module of that name, or undefined outside Node (and its relatives). */
export function nodeModule<T>(name: string): T | undefined {
  if (typeof process === "undefined" || typeof process.getBuiltinModule !== "function") return undefined;
  return process.getBuiltinModule(name) as T | undefined;
}

/** An environment variable, or undefined outside Node. */
export function environment(name: string): string | undefined {
  return typeof process === "undefined" ? undefined : process.env?.[name];
}

export function hasSimd(): boolean {
  return WebAssembly.validate(probe([0xfd, 0x62])); // i8x16.popcnt
}

/** Whether this engine runs relaxed SIMD. Node 20 has it behind a flag, which is set here. */
export function hasRelaxedSimd(): boolean {
  const bytes = probe([0x41, 0, 0xfd, 0x0f, 0x41, 0, 0xfd, 0x0f, 0xfd, 0x85, 0x02]); // f32x4.relaxed_madd
  if (WebAssembly.validate(bytes)) return true;
  const v8 = nodeModule<typeof import("node:v8")>("node:v8");
  if (v8 === undefined) return false;
  try {
    v8.setFlagsFromString("--experimental-wasm-relaxed-simd");
  } catch {
    return false;
  }
  return WebAssembly.validate(bytes);
}

/**
 * Whether this engine joins two vectors of 128 bits that are worked on alike into one of 256: V8 since Node 24 (that of Node 22 knows the flag and fails to join these), on x64
 * with AVX2, where it was started with `--experimental-wasm-revectorize`. Nothing tells whether it does, so the flag is
 * taken at its word. It concerns every module of the process, so it is never set here.
 */
export function hasWideVectors(): boolean {
  if (typeof process === "undefined" || process.arch !== "x64") return false;
  const flag = process.execArgv?.includes("--experimental-wasm-revectorize") ?? false;
  return flag && Number.parseInt(process.versions.v8, 10) >= 13;
}

/** A module with one function: i8x16.splat(0) followed by the given code, which must leave one v128. */
function probe(code: number[]): Uint8Array<ArrayBuffer> {
  const body = [0, 0x41, 0, 0xfd, 0x0f, ...code, 0x0b];
  return new Uint8Array([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...[1, 5, 1, 0x60, 0, 1, 0x7b],
    ...[3, 2, 1, 0],
    ...[10, body.length + 2, 1, body.length, ...body],
  ]);
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
  if (hasWideVectors()) new Int32Array(memory.buffer, wideAt, 1)[0] = 1;
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
