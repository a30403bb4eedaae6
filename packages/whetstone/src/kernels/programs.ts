/**
 * Modules that are made at run time, callable like the kernels. The pool's workers cannot receive messages (they
 * sleep in Atomics.wait or compute), so a module's bytes are kept in the shared memory, with a table that says
 * where: a worker compiles what it needs before it takes part in a tape, whenever it booted.
 */
import { argumentError, WhetstoneError } from "../errors.ts";
import { heapAlloc, heapFree } from "./heap.ts";
import { type KernelFunction, runtime } from "./runtime.ts";
import { kernelView } from "./scratch.ts";
import { whenIdle } from "./threads.ts";
import { programEntry, slot } from "./worker-source.ts";

/** A compiled module. */
export interface Program {
  /** Names of its exported functions. */
  readonly names: readonly string[];
  /** Calls a function on this thread. */
  call(name: string, ...args: number[]): number;
  /**
   * Frees the program on all threads, once no tape uses it any more. It cannot be called or put on a tape
   * afterwards; tapes that exist keep working.
   */
  release(): void;
}

/** What a module must say of the memory that it imports as `env.memory`, and what it may use. */
export interface ModuleLimits {
  /** Whether it is shared: flags 3 in the import, else 1. */
  readonly shared: boolean;
  /** Most pages it may have; a module may name this or more as its maximum, and 1 as its minimum. */
  readonly maximumPages: number;
  /** Whether the engine runs relaxed SIMD. */
  readonly relaxedSimd: boolean;
}

/** How a module that {@link loadProgram} can take must import the memory, and what it may use. */
export function moduleLimits(): ModuleLimits {
  const { shared, maximumPages, relaxedSimd } = runtime();
  return { shared, maximumPages, relaxedSimd };
}

/** Where the table lies and what it holds: generation (0 when the slot is free), place and length of the bytes. */
let table: Int32Array = new Int32Array(0);
const freeSlots: number[] = [];
let slots = 0;
let generation = 0;

/**
 * Compiles a module and makes its exported functions callable on this thread and, through tapes, on all threads.
 * It may import the memory as `env.memory` (see {@link moduleLimits}) and any core kernel as
 * `kernels.<name>`, nothing else. Every thread has an instance of its own, so it should hold no mutable globals.
 *
 * @throws WhetstoneError "argument" if the bytes are no such module.
 *
 * @example
 * // (module (func (export "two") (result i32) (i32.const 2)))
 * const program = loadProgram(
 *   new Uint8Array([
 *     0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 127, 3, 2, 1, 0, 7, 7, 1, 3, 116, 119, 111, 0, 0, 10, 6, 1, 4, 0,
 *     65, 2, 11,
 *   ]),
 * );
 * program.call("two"); // 2
 */
export function loadProgram(bytes: Uint8Array): Program {
  return new LoadedProgram(bytes);
}

/** A program as tapes see it. */
export class LoadedProgram implements Program {
  readonly names: readonly string[];
  readonly functions: readonly KernelFunction[];
  readonly #bytes: number;
  #slot: number;
  #tapes = 0;
  #released = false;

  constructor(bytes: Uint8Array) {
    const exports = compile(bytes);
    this.names = Object.keys(exports)
      .filter((name) => typeof exports[name] === "function")
      .sort();
    this.functions = this.names.map((name) => exports[name] as KernelFunction);
    this.#bytes = heapAlloc(bytes.length);
    kernelView(Uint8Array, this.#bytes, bytes.length).set(bytes);
    this.#slot = enter(this.#bytes, bytes.length);
  }

  call(name: string, ...args: number[]): number {
    const f = this.functions[this.indexOf("Program.call", name)]!;
    if (f.length !== args.length) {
      throw new WhetstoneError(
        "argument",
        { where: "Program.call", kernel: name },
        `${name} takes ${f.length} numbers, got ${args.length}`,
      );
    }
    return f(...args);
  }

  release(): void {
    if (this.#released) return;
    this.#released = true;
    this.#drop();
  }

  /** Number of a function among all. */
  indexOf(where: string, name: string): number {
    if (this.#released) {
      throw new WhetstoneError("argument", { where }, `the program with "${name}" has been released`);
    }
    const index = this.names.indexOf(name);
    if (index < 0) throw argumentError(where, "name", name, `one of ${this.names.join(", ")}`);
    return index;
  }

  /** Its slot in the table. */
  get slot(): number {
    return this.#slot;
  }

  /** A tape begins to use it: its slot in the table. */
  retain(): number {
    this.#tapes++;
    return this.#slot;
  }

  /** A tape is done with it. */
  letGo(): void {
    this.#tapes--;
    this.#drop();
  }

  #drop(): void {
    if (!this.#released || this.#tapes > 0 || this.#slot < 0) return;
    const at = this.#slot;
    this.#slot = -1;
    whenIdle(() => {
      table[at * programEntry] = 0;
      changed();
      freeSlots.push(at);
      heapFree(this.#bytes);
    });
  }
}

function compile(bytes: Uint8Array): WebAssembly.Exports {
  const { memory, functions } = runtime();
  try {
    // A copy, as an engine refuses to compile from shared memory.
    const module = new WebAssembly.Module(bytes.slice());
    const imports = { env: { memory }, kernels: functions };
    return new WebAssembly.Instance(module, imports as unknown as WebAssembly.Imports).exports;
  } catch (error) {
    throw new WhetstoneError(
      "argument",
      { where: "loadProgram", argument: "bytes" },
      `bytes cannot be compiled: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** Enters a program into the table; the slot it got. */
function enter(ptr: number, length: number): number {
  if (freeSlots.length === 0) {
    if (slots * programEntry === table.length) enlarge();
    freeSlots.push(slots++);
  }
  const at = freeSlots.pop()!;
  generation = (generation % 0x3fffffff) + 1;
  table.set([generation, ptr, length], at * programEntry);
  changed();
  return at;
}

function enlarge(): void {
  const length = Math.max(64 * programEntry, table.length * 2);
  const ptr = heapAlloc(length * 4);
  const larger = kernelView(Int32Array, ptr, length).fill(0);
  larger.set(table);
  const old = table;
  table = larger;
  if (old.length > 0) whenIdle(() => heapFree(old.byteOffset));
}

/** Tells the workers; they look when they open a tape. */
function changed(): void {
  const c = new Int32Array(runtime().memory.buffer, 0, 256);
  c[slot.programs] = table.byteOffset;
  c[slot.programCount] = table.length / programEntry;
  c[slot.programVersion] = (c[slot.programVersion]! % 0x3fffffff) + 1;
}
