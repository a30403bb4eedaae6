/**
 * Memory that kernels can see: a stack ("bump arena") on the WebAssembly memory. Blocks live until the
 * `withScratch` call that made them returns. Segments of the heap (heap.ts) lie in the same memory: they are taken
 * at the top of the stack and stay, so with no call open they move its base up, and in an open call they are left
 * behind as holes that later blocks pass over.
 */
import { argumentError, WhetstoneError } from "../errors.ts";
import { controlBytes, pageBytes, runtime } from "./runtime.ts";

/** A block of kernel memory: `ptr` for kernels, `view` for JavaScript. */
export interface Block<T> {
  /** Byte offset in the kernel memory, a multiple of 64. */
  readonly ptr: number;
  /** The same memory as a typed array; it stays valid when the memory grows, until the block is freed. */
  readonly view: T;
}

/** Room for float64 numbers: `ptr` in bytes for a kernel, `view` for JavaScript. */
export type F64Block = Block<Float64Array>;
/** Room for float32 numbers, as {@link F64Block}. */
export type F32Block = Block<Float32Array>;
/** Room for 32-bit integers with a sign, as {@link F64Block}: counts, codes, positions. */
export type I32Block = Block<Int32Array>;
/** Room for 32-bit integers without a sign, as {@link F64Block}: pointers that a kernel follows. */
export type U32Block = Block<Uint32Array>;
/** Room for 16-bit integers without a sign, as {@link F64Block}. */
export type U16Block = Block<Uint16Array>;
/** Room for bytes, as {@link F64Block}: bins of boosting, flags. */
export type U8Block = Block<Uint8Array>;

/**
 * Hands out blocks. Each method takes a length, for a block of zeros (or, with `zeros` false, of whatever was
 * there before: only for blocks that are written before they are read), or an array, for a copy of it.
 *
 * The memory grows when needed. Views made earlier stay valid: growth never moves the memory.
 */
export interface Scratch {
  f64(lengthOrArray: number | ArrayLike<number>, zeros?: boolean): F64Block;
  f32(lengthOrArray: number | ArrayLike<number>, zeros?: boolean): F32Block;
  i32(lengthOrArray: number | ArrayLike<number>, zeros?: boolean): I32Block;
  u32(lengthOrArray: number | ArrayLike<number>, zeros?: boolean): U32Block;
  u16(lengthOrArray: number | ArrayLike<number>, zeros?: boolean): U16Block;
  u8(lengthOrArray: number | ArrayLike<number>, zeros?: boolean): U8Block;
}

/** Such as `Float32Array`. */
export interface ViewConstructor<T> {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): T;
}

let top = controlBytes;
let depth = 0;
/** Parts of the memory that belong to the heap, by rising address. */
const segments: { readonly start: number; readonly end: number }[] = [];
const known = new WeakSet<ArrayBufferLike>();

/**
 * Runs `fn` with scratch memory for kernels and frees all of it when `fn` returns or throws. Calls may nest;
 * while an inner call runs, only its own scratch hands out blocks. `fn` must be synchronous. Freed memory is used
 * again, but the process keeps the most it ever held: WebAssembly memory cannot shrink.
 *
 * @throws WhetstoneError "unsupported" when the memory cannot grow that far (4 GB at most).
 *
 * @example
 * const total = withScratch((s) => {
 *   const x = s.f64([1, 2, 3]);
 *   return call("sumF64", x.ptr, 3);
 * }); // 6
 */
export function withScratch<R>(fn: (s: Scratch) => R): R {
  const mark = top;
  const level = ++depth;
  const scratch = new Arena(level);
  try {
    const result = fn(scratch);
    if (typeof (result as { then?: unknown } | null | undefined)?.then === "function") {
      throw new WhetstoneError(
        "argument",
        { where: "withScratch", argument: "fn" },
        "fn is asynchronous, expected a synchronous function: its memory is freed when it returns",
      );
    }
    return result;
  } finally {
    scratch.closed = true;
    depth = level - 1;
    top = mark;
  }
}

/** Bytes of scratch in use, for tests of release. */
export function scratchBytes(): number {
  let bytes = top - controlBytes;
  for (const { start, end } of segments) if (start < top) bytes -= end - start;
  return bytes;
}

/**
 * Takes `wanted` bytes out of the stack for good, or `least` where so many cannot be had; both are multiples of 64.
 *
 * @throws WhetstoneError "unsupported" when not even `least` can be had.
 */
export function takeSegment(where: string, least: number, wanted: number): { start: number; end: number } {
  let bytes = wanted;
  if (!have(free(bytes) + bytes)) {
    bytes = least;
    if (!have(free(bytes) + bytes)) throw outOfMemory(where, free(bytes) + bytes);
  }
  const start = free(bytes);
  const segment = { start, end: start + bytes };
  const next = segments.findIndex((other) => other.start > segment.start);
  segments.splice(next < 0 ? segments.length : next, 0, segment);
  top = segment.end;
  return segment;
}

/**
 * A view on kernel memory, for instance on a block of the heap: `kernelView(Float32Array, ptr, length)`. It stays
 * valid when the memory grows.
 *
 * @example
 * const ptr = heapAlloc(16);
 * kernelView(Float64Array, ptr, 2).length; // 2
 * heapFree(ptr);
 */
export function kernelView<T>(View: ViewConstructor<T>, ptr: number, length: number): T {
  const { buffer } = runtime().memory;
  known.add(buffer);
  return new View(buffer, ptr, length);
}

/**
 * Byte offset of an array that already lies in the kernel memory, or -1.
 *
 * @example
 * pointerOf(new Float64Array(2)); // -1
 */
export function pointerOf(array: { readonly buffer: ArrayBufferLike; readonly byteOffset: number }): number {
  return known.has(array.buffer) ? array.byteOffset : -1;
}

class Arena implements Scratch {
  closed = false;
  readonly #level: number;

  constructor(level: number) {
    this.#level = level;
  }

  f64(from: number | ArrayLike<number>, zeros = true): F64Block {
    return this.#block<Float64Array>(Float64Array, from, zeros);
  }
  f32(from: number | ArrayLike<number>, zeros = true): F32Block {
    return this.#block<Float32Array>(Float32Array, from, zeros);
  }
  i32(from: number | ArrayLike<number>, zeros = true): I32Block {
    return this.#block<Int32Array>(Int32Array, from, zeros);
  }
  u32(from: number | ArrayLike<number>, zeros = true): U32Block {
    return this.#block<Uint32Array>(Uint32Array, from, zeros);
  }
  u16(from: number | ArrayLike<number>, zeros = true): U16Block {
    return this.#block<Uint16Array>(Uint16Array, from, zeros);
  }
  u8(from: number | ArrayLike<number>, zeros = true): U8Block {
    return this.#block<Uint8Array>(Uint8Array, from, zeros);
  }

  #block<T extends { set(from: ArrayLike<number>): void; fill(value: number): unknown }>(
    View: ViewConstructor<T>,
    from: number | ArrayLike<number>,
    zeros: boolean,
  ): Block<T> {
    if (this.closed || this.#level !== depth) {
      const why = this.closed ? "its withScratch call has returned" : "an inner withScratch call is running";
      throw new WhetstoneError("argument", { where: "Scratch" }, `no block can be made: ${why}`);
    }
    const length = typeof from === "number" ? from : from.length;
    const ptr = reserve(length, View.BYTES_PER_ELEMENT);
    const view = new View(runtime().memory.buffer, ptr, length);
    if (typeof from !== "number") view.set(from);
    else if (zeros) view.fill(0);
    return { ptr, view };
  }
}

function reserve(length: number, size: number): number {
  if (!Number.isInteger(length) || length < 0) {
    throw argumentError("Scratch", "length", length, "a whole number >= 0");
  }
  const bytes = Math.ceil((length * size) / 64) * 64;
  const ptr = free(bytes);
  const end = ptr + bytes;
  if (!have(end)) throw outOfMemory("withScratch", end);
  known.add(runtime().memory.buffer);
  top = end;
  return ptr;
}

/** The lowest place from the top of the stack on where so many bytes meet no segment of the heap. */
function free(bytes: number): number {
  let ptr = top;
  for (const { start, end } of segments) {
    if (start >= ptr + bytes) break;
    if (end > ptr) ptr = end;
  }
  return ptr;
}

/** Lets the memory reach up to `end`; false if it cannot. */
function have(end: number): boolean {
  const { memory, maximumPages } = runtime();
  const size = memory.buffer.byteLength;
  if (end <= size) return true;
  const need = Math.ceil((end - size) / pageBytes);
  const pages = size / pageBytes;
  if (need > maximumPages - pages) return false;
  const generous = Math.min(maximumPages - pages, Math.max(need, Math.ceil(pages / 4), 256));
  return grow(memory, generous) || grow(memory, need);
}

function outOfMemory(where: string, end: number): WhetstoneError {
  const most = runtime().maximumPages / 16;
  return new WhetstoneError(
    "unsupported",
    { where, bytes: end },
    `${(end / 2 ** 20).toFixed(0)} MB of kernel memory needed, at most ${most.toFixed(0)} MB can be had here`,
  );
}

function grow(memory: WebAssembly.Memory, pages: number): boolean {
  try {
    memory.grow(pages);
    return true;
  } catch {
    return false;
  }
}
