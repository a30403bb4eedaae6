/**
 * The backend that runs everywhere: loop kernels become WebAssembly at run time, structured ones call the tuned
 * kernels, and a whole plan runs as one tape on all threads. Values live in kernel memory between realisations.
 */
import { heapAlloc, heapFree, kernelView } from "../../../kernels/index.ts";
import { dtypes, type TypedArray } from "../../dtype.ts";
import { Storage } from "../../graph/storage.ts";
import type { Slot } from "../../schedule/kernel.ts";
import { type Bound, PlanCache } from "../../schedule/plan-cache.ts";
import { type Backend, hostElements, type Output } from "../backend.ts";
import { Executable, type KernelTime } from "./executable.ts";
import { Resident, Residents } from "./residents.ts";

/** Bytes of new values that may stay in kernel memory though they are not in use. */
const residentBudget = 256 * 2 ** 20;

/** Data for one step are used once or twice; what is used more often is a model or a data set. */
const uploadsBeforeStay = 2;

/** Most bytes of an array that stays; a larger one would need its place twice. */
const mostStay = 512 * 2 ** 20;

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
    this.#residents.advance();
    const results = this.#place(bound, outputs);
    const pointer = (slot: Slot) => this.#pointer(slot, bound, results);
    if (this.#times) this.#times.push(...executable.runTimed(this.#arena, pointer));
    else executable.run(this.#arena, pointer);
    outputs.forEach(({ node, replaces }, i) => {
      if (replaces) {
        replaces.replaced = true;
        if (replaces.device !== results[i]) replaces.device?.free();
        replaces.device = null;
        replaces.host = null;
      }
      const storage = new Storage(node.dtype, results[i]!.elements.length, null);
      storage.device = results[i]!;
      node.storage = storage;
      this.#residents.use(results[i]!);
    });
    for (const { device } of leaves) if (device instanceof Resident) this.#residents.use(device);
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
      const mine = old && old.length === slot.length ? hereOrNull(old) : null;
      results[slot.output] = mine ?? this.#residents.make(slot.dtype, slot.length);
    }
    for (const [leaf, offset] of executable.uploads) {
      const storage = leaves[leaf]!;
      if (hereOrNull(storage) || this.#settle(storage)) continue;
      const { device } = storage;
      const host = device instanceof Resident ? device.elements : hostElements(storage, this.name);
      const { View } = dtypes[storage.dtype];
      kernelView(View, this.#arena + offset, host.length).set(host);
    }
    return results;
  }

  /** Moves an array that is copied in again and again to kernel memory, for as long as its tensor lives. */
  #settle(storage: Storage): boolean {
    const { device, dtype, length } = storage;
    const array = storage.host ?? (device instanceof Resident ? device.elements : null);
    if (array === null || array.byteLength > mostStay) return false;
    if (++storage.uploads <= uploadsBeforeStay) return false;
    const resident = this.#residents.make(dtype, length);
    resident.elements.set(array);
    storage.device = resident;
    storage.host = null;
    storage.uploads = 0;
    return true;
  }

  #pointer(slot: Slot, { executable, leaves }: Bound<Executable>, results: readonly Resident[]): number {
    if (slot.kind === "temp") return this.#arena + slot.offset;
    if (slot.kind === "output") return results[slot.output]!.block.ptr;
    const here = hereOrNull(leaves[slot.leaf]!);
    return here ? here.block.ptr : this.#arena + executable.uploads.get(slot.leaf)!;
  }
}

/** What holds a storage's elements in kernel memory, null where they are elsewhere. */
function hereOrNull({ device }: Storage): Resident | null {
  return device instanceof Resident && device.isHere ? device : null;
}

export const wasmBackend = new WasmBackend();
