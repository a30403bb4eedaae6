/** Finds a GPU: the browser's, or in Node the one of the optional package `webgpu` (Dawn). */
import { WhetstoneError } from "../../../errors.ts";
import type { WebgpuOptions } from "../open-webgpu.ts";

const where = "webgpuBackend";

export async function openDevice(options: WebgpuOptions): Promise<GPUDevice> {
  const gpu = (globalThis.navigator as { readonly gpu?: GPU } | undefined)?.gpu ?? (await nodeGpu());
  const adapter = await gpu.requestAdapter(options);
  if (!adapter) {
    throw new WhetstoneError(
      "unsupported",
      { where },
      "WebGPU is there, but it found no GPU adapter (no driver, or the browser blocks it); use the wasm backend",
    );
  }
  // The defaults are what every device has; large tensors need what this one has.
  const { maxBufferSize, maxStorageBufferBindingSize, maxStorageBuffersPerShaderStage } = adapter.limits;
  return adapter.requestDevice({
    requiredLimits: { maxBufferSize, maxStorageBufferBindingSize, maxStorageBuffersPerShaderStage },
  });
}

/** Kept: Dawn ends the whole process if this is collected while one of its devices is in use. */
let dawn: GPU | undefined;

async function nodeGpu(): Promise<GPU> {
  if (dawn) return dawn;
  const isNode = typeof process !== "undefined" && process.versions?.node !== undefined;
  if (!isNode) {
    throw new WhetstoneError(
      "unsupported",
      { where },
      "this browser has no WebGPU here (navigator.gpu is missing: it needs a recent browser and a page from https or localhost); use the wasm backend",
    );
  }
  // Not a dependency of the library: found at run time or not at all, and unknown to bundlers.
  const name = "webgpu";
  let found: { create(flags: readonly string[]): GPU };
  try {
    found = (await import(/* @vite-ignore */ name)) as typeof found;
  } catch (error) {
    throw new WhetstoneError(
      "unsupported",
      { where, reason: error },
      `Node has no WebGPU of its own, and the package "webgpu" could not be loaded (${error instanceof Error ? error.message : error}); install it with: npm install webgpu`,
    );
  }
  dawn = found.create([]);
  return dawn;
}
