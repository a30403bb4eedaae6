/** Compiled programs and their layouts, found again by their text. */
import { usage } from "./memory.ts";

/** GPUShaderStage.COMPUTE */
const compute = 4;

export class Pipelines {
  readonly device: GPUDevice;
  /** Most arrays that a program can be given. */
  readonly mostArrays: number;
  readonly #layouts = new Map<string, GPUBindGroupLayout>();
  readonly #pipelines = new Map<string, GPUComputePipeline>();
  /** 0, infinity and NaN, as bits; see program.ts. */
  readonly #opaque: GPUBuffer;

  constructor(device: GPUDevice, mostArrays = device.limits.maxStorageBuffersPerShaderStage) {
    this.device = device;
    this.mostArrays = mostArrays;
    this.#opaque = device.createBuffer({ size: 16, usage: usage.uniform | usage.copyTarget });
    device.queue.writeBuffer(this.#opaque, 0, Uint32Array.of(0, 0x7f800000, 0x7fc00000, 0));
  }

  get size(): number {
    return this.#pipelines.size;
  }

  layout(access: readonly ("read" | "read_write")[]): GPUBindGroupLayout {
    const key = access.join();
    let layout = this.#layouts.get(key);
    if (!layout) {
      const entries = access.map(
        (a, binding): GPUBindGroupLayoutEntry => ({
          binding,
          visibility: compute,
          buffer: { type: a === "read" ? "read-only-storage" : "storage" },
        }),
      );
      entries.push({ binding: access.length, visibility: compute, buffer: { type: "uniform" } });
      this.#layouts.set(key, (layout = this.device.createBindGroupLayout({ entries })));
    }
    return layout;
  }

  /** One text has one layout. */
  pipeline(code: string, layout: GPUBindGroupLayout): GPUComputePipeline {
    let pipeline = this.#pipelines.get(code);
    if (!pipeline) {
      const { device } = this;
      pipeline = device.createComputePipeline({
        layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
        compute: { module: device.createShaderModule({ code }), entryPoint: "main" },
      });
      this.#pipelines.set(code, pipeline);
    }
    return pipeline;
  }

  group(layout: GPUBindGroupLayout, buffers: readonly GPUBuffer[]): GPUBindGroup {
    const entries = [...buffers, this.#opaque].map((buffer, binding) => ({ binding, resource: { buffer } }));
    return this.device.createBindGroup({ layout, entries });
  }

  /** Forgets the programs when there are many: plans that still use theirs keep them. */
  trim(most: number): void {
    if (this.#pipelines.size > most) this.#pipelines.clear();
  }
}
