/**
 * The backend that runs everywhere: loop kernels become WebAssembly at run time, structured ones call the tuned
 * kernels, and a whole plan runs as one tape on all threads. Values live in kernel memory between realisations.
 */
import { heapAlloc, heapFree, kernelView } from "../../../kernels/index.ts";
import { dtypes, type TypedArray } from "../../dtype.ts";
import { type DeviceBuffer, Storage } from "../../graph/storage.ts";
import type { Slot } from "../../schedule/kernel.ts";
import { type Bound, PlanCache } from "../../schedule/plan-cache.ts";
import { type Backend, hostElements, type Output } from "../backend.ts";
import { Executable, type KernelTime } from "./executable.ts";

/** Elements in kernel memory. */
class Resident implements DeviceBuffer {
  readonly #view: TypedArray;
  readonly ptr: number;
  #freed = false;

  constructor(dtype: Storage["dtype"], length: number) {
    const { bytes, View } = dtypes[dtype];
    this.ptr = heapAlloc(length * bytes);
    this.#view = kernelView(View, this.ptr, length);
  }
  get view(): TypedArray {
    return this.#view;
  }
  read(): TypedArray {
    return this.#view.slice();
  }
  async readAsync(): Promise<TypedArray> {
    return this.read();
  }
  free(): void {
    if (this.#freed) return;
    this.#freed = true;
    heapFree(this.ptr);
  }
}

/** Bytes of values that nobody updates which may stay in kernel memory; the ones used longest ago are moved out. */
const residentBudget = 256 * 2 ** 20;

export class WasmBackend implements Backend {
  readonly name = "wasm";
  readonly #cache = new PlanCache<Executable>(
    (schedule) => new Executable(schedule),
    (executable) => executable.free(),
  );
  /** Where temporaries and inputs from JavaScript lie during a run; grows to the largest plan. */
  #arena = 0;
  #arenaBytes = 0;
  readonly #residents = new Residents();
  #times: KernelTime[] | null = null;

  realize(outputs: readonly Output[]): void {
    const bound = this.#cache.find(outputs);
    const { executable, leaves } = bound;
    this.#reserve(executable.bytes);
    const results = this.#place(bound, outputs);
    const pointer = (slot: Slot) => this.#pointer(slot, bound, results);
    if (this.#times) this.#times.push(...executable.runTimed(this.#arena, pointer));
    else executable.run(this.#arena, pointer);
    outputs.forEach(({ node, replaces }, i) => {
      if (replaces) {
        replaces.replaced = true;
        if (replaces.device !== results[i]) replaces.device?.free();
        this.#residents.forget(replaces);
        replaces.device = null;
        replaces.host = null;
      }
      const storage = new Storage(node.dtype, results[i]!.view.length, null);
      storage.device = results[i]!;
      node.storage = storage;
      this.#residents.use(storage);
    });
    for (const storage of leaves) if (storage.device instanceof Resident) this.#residents.use(storage);
    this.#residents.trim(residentBudget, Math.max(2048, 4 * (leaves.length + outputs.length)));
  }

  read(storage: Storage): TypedArray | undefined {
    return storage.host?.slice() ?? storage.device?.read();
  }

  async readAsync(storage: Storage): Promise<TypedArray> {
    return this.read(storage)!;
  }

  /** Plans compiled so far, and bytes of values that stay in kernel memory; for tests. */
  get statistics(): { readonly plans: number; readonly residentBytes: number } {
    return { plans: this.#cache.size, residentBytes: this.#residents.bytes };
  }

  /** Runs `fn` with every kernel run and timed by itself. */
  profile(fn: () => void): KernelTime[] {
    const times: KernelTime[] = [];
    this.#times = times;
    try {
      fn();
    } finally {
      this.#times = null;
    }
    return times;
  }

  #reserve(bytes: number): void {
    if (bytes <= this.#arenaBytes) return;
    if (this.#arenaBytes > 0) heapFree(this.#arena);
    this.#arenaBytes = Math.ceil((bytes * 1.25) / 65536) * 65536;
    this.#arena = heapAlloc(this.#arenaBytes);
  }

  /** Memory for each output, and inputs from JavaScript copied in. */
  #place({ schedule, executable, leaves }: Bound<Executable>, outputs: readonly Output[]): Resident[] {
    const results: Resident[] = [];
    for (const slot of schedule.slots) {
      if (slot.kind !== "output") continue;
      const old = slot.leaf === -1 ? null : outputs[slot.output]!.replaces;
      // Memory may be taken over where it is the old value's own.
      const mine = old?.device instanceof Resident && old.length === slot.length ? old.device : null;
      results[slot.output] = mine ?? new Resident(slot.dtype, slot.length);
    }
    for (const [leaf, offset] of executable.uploads) {
      const storage = leaves[leaf]!;
      if (storage.device instanceof Resident) continue;
      const host = hostElements(storage, this.name);
      const { View } = dtypes[storage.dtype];
      kernelView(View, this.#arena + offset, host.length).set(host);
    }
    return results;
  }

  #pointer(slot: Slot, { executable, leaves }: Bound<Executable>, results: readonly Resident[]): number {
    if (slot.kind === "temp") return this.#arena + slot.offset;
    if (slot.kind === "output") return results[slot.output]!.ptr;
    const { device } = leaves[slot.leaf]!;
    return device instanceof Resident ? device.ptr : this.#arena + executable.uploads.get(slot.leaf)!;
  }
}

/** Which values lie in kernel memory, the ones used last at the end. */
class Residents {
  readonly #held = new Set<Storage>();
  bytes = 0;

  use(storage: Storage): void {
    if (this.#held.delete(storage)) this.bytes -= storage.bytes;
    this.#held.add(storage);
    this.bytes += storage.bytes;
  }

  forget(storage: Storage): void {
    if (this.#held.delete(storage)) this.bytes -= storage.bytes;
  }

  /**
   * Moves the values used longest ago to arrays of JavaScript, where the garbage collector finds them: until the rest
   * fits the budget, and so that values too small to ever fill it do not gather without end.
   */
  trim(budget: number, most: number): void {
    if (this.bytes <= budget && this.#held.size <= most) return;
    for (const storage of this.#held) if (!storage.device) this.forget(storage); // read, and an array already
    // A quarter below the limit, so that going over the list is paid by many realisations.
    const count = this.#held.size > most ? 0.75 * most : most;
    for (const storage of this.#held) {
      if (this.bytes <= budget && this.#held.size <= count) break;
      storage.host = storage.device!.read()!;
      storage.device!.free();
      storage.device = null;
      this.forget(storage);
    }
  }
}

export const wasmBackend = new WasmBackend();
