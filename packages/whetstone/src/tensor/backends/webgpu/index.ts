/**
 * The backend for GPUs by way of WebGPU: the same schedules, as WGSL. Computing is queued, not waited for, so results
 * can be read asynchronously only.
 */
import type { TypedArray } from "../../dtype.ts";
import { sizeOf } from "../../graph/shape.ts";
import { Storage } from "../../graph/storage.ts";
import { type Bound, PlanCache } from "../../schedule/plan-cache.ts";
import { type Backend, hostElements, type Output } from "../backend.ts";
import type { WebgpuOptions } from "../open-webgpu.ts";
import { openDevice } from "./device.ts";
import { Executable } from "./executable.ts";
import { checkedSize, Pool, usage, Value } from "./memory.ts";
import { Pipelines } from "./pipelines.ts";

/** Opens a device; see `webgpuBackend` of whetstone/tensor. */
export async function openWebgpu(options: WebgpuOptions): Promise<WebgpuBackend> {
  return new WebgpuBackend(await openDevice(options));
}

const mostPipelines = 4096;

export class WebgpuBackend implements Backend {
  readonly name = "webgpu";
  readonly #device: GPUDevice;
  readonly #pool: Pool;
  readonly #pipelines: Pipelines;
  readonly #cache: PlanCache<Executable>;
  /** Temporaries of all plans: the queue runs one after the other. Grows to the largest. */
  #arena: GPUBuffer | null = null;
  /** Inputs whose elements lie in JavaScript or with another backend, on the device. */
  readonly #copies = new WeakMap<Storage, Value>();

  /** `mostArrays`: bindings that a kernel may use; default what the device allows. For tests. */
  constructor(device: GPUDevice, mostArrays?: number) {
    this.#device = device;
    this.#pool = new Pool(device);
    this.#pipelines = new Pipelines(device, mostArrays);
    this.#cache = new PlanCache((schedule) => new Executable(schedule, this.#pipelines));
  }

  /** Plans and programs compiled so far; for tests. */
  get statistics(): { readonly plans: number; readonly programs: number } {
    return { plans: this.#cache.size, programs: this.#pipelines.size };
  }

  realize(outputs: readonly Output[]): void {
    const bound = this.#cache.find(outputs);
    this.#pipelines.trim(mostPipelines);
    const { schedule, executable, leaves } = bound;
    this.#reserve(executable.words);
    // Elements that must be there are looked for before anything is taken over.
    for (const slot of schedule.slots) if (slot.kind === "input") this.#prepare(leaves[slot.leaf]!);
    const results = this.#place(bound, outputs);
    executable.run(this.#arena, (owner) => {
      const slot = schedule.slots[owner]!;
      if (slot.kind === "output") return results[slot.output]!;
      if (slot.kind === "input") return this.#prepare(leaves[slot.leaf]!).buffer;
      throw new Error("temporaries have no buffer");
    });
    outputs.forEach(({ node, replaces }, i) => {
      if (replaces) {
        replaces.replaced = true;
        replaces.device?.free();
        replaces.device = null;
        replaces.host = null;
      }
      const length = sizeOf(node.shape);
      const storage = new Storage(node.dtype, length, null);
      const value = new Value(this.#pool, node.dtype, length, results[i]!);
      storage.device = value;
      this.#pool.tie(storage, value);
      node.storage = storage;
    });
  }

  read(storage: Storage): TypedArray | undefined {
    return storage.host?.slice() ?? storage.device?.read();
  }

  async readAsync(storage: Storage): Promise<TypedArray> {
    return this.read(storage) ?? (await storage.device!.readAsync());
  }

  #reserve(words: number): void {
    const bytes = 4 * words;
    if (bytes <= (this.#arena?.size ?? 0)) return;
    const most = this.#device.limits.maxStorageBufferBindingSize;
    const roomy = Math.min(Math.ceil((bytes * 1.25) / 65536) * 65536, most);
    const size = checkedSize(this.#device, Math.max(bytes, roomy));
    this.#arena?.destroy();
    this.#arena = this.#device.createBuffer({
      size,
      usage: usage.storage | usage.copySource | usage.copyTarget,
    });
  }

  /** The elements of an input, on the device. */
  #prepare(storage: Storage): Value {
    if (storage.device instanceof Value && storage.device.belongsTo(this.#pool)) return storage.device;
    const copy = this.#copies.get(storage);
    if (copy) return copy;
    const host = hostElements(storage, this.name);
    const buffer = this.#pool.make(storage.length);
    this.#pool.upload(buffer, storage.dtype, host);
    const value = new Value(this.#pool, storage.dtype, storage.length, buffer);
    this.#copies.set(storage, value);
    this.#pool.tie(storage, value);
    return value;
  }

  /** A buffer for each output: the replaced value's where the plan says so. */
  #place({ schedule }: Bound<Executable>, outputs: readonly Output[]): GPUBuffer[] {
    const results: GPUBuffer[] = [];
    for (const slot of schedule.slots) {
      if (slot.kind !== "output") continue;
      const old = slot.leaf === -1 ? null : outputs[slot.output]!.replaces;
      const device = old?.device;
      const mine =
        device instanceof Value && device.belongsTo(this.#pool) ? device : old && this.#copies.get(old);
      if (old && mine && mine.length === slot.length) {
        this.#copies.delete(old);
        results[slot.output] = mine.take();
      } else results[slot.output] = this.#pool.make(slot.length);
    }
    return results;
  }
}
