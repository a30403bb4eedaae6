import type { Backend } from "./backend.ts";

/** Which GPU is asked for. */
export interface WebgpuOptions {
  /** Which GPU, where there are several. Default: the browser's choice. */
  readonly powerPreference?: "low-power" | "high-performance";
}

/**
 * A backend that computes on the GPU by way of WebGPU: the browser's, or in Node the one of the package `webgpu`, which
 * has to be installed beside this library. Give it to `setBackend`; its code is loaded on the first call.
 *
 * Results can only be read asynchronously: `await tensor.read()` instead of `data()`, `item()` and `toArray()`, which
 * throw there. There are no float64 tensors on a GPU. f16 and bf16 are stored in 32 bits, rounded like everywhere.
 * Elementary functions are within 3.5 units in the last place of float32 where the GPU divides exactly (measured on
 * SwiftShader); WebGPU lets a GPU be 2.5 units off in each division. Results depend on the GPU in the last bits; on one
 * GPU they are the same each time. Numbers below 1.2e-38 in size may count as 0.
 *
 * @throws WhetstoneError with code "unsupported" where there is no WebGPU or no GPU.
 * @example
 * const backend = await webgpuBackend().catch(() => null);
 * if (backend) setBackend(backend);
 */
export async function webgpuBackend(options: WebgpuOptions = {}): Promise<Backend> {
  const { openWebgpu } = await import("./webgpu/index.ts");
  return openWebgpu(options);
}
