import { loadTensors, saveTensors, type Tensor } from "../../tensor/index.ts";
import type { StateDict } from "../module.ts";

/**
 * Values by name as a safetensors file: a JSON header with names, types and shapes, and the raw elements. Loading one
 * runs no code.
 */
export const saveSafetensors = (
  state: StateDict,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array => saveTensors(state, metadata);

/**
 * The values in a safetensors file, from this library or another. A damaged file is refused. Use with
 * `net.loadStateDict`, which reports missing and unexpected names.
 *
 * @example
 * const layer = new Linear(2, 1, { seed: 0 });
 * const bytes = saveSafetensors(layer.stateDict());
 * layer.loadStateDict(loadSafetensors(bytes).state); // { missing: [], unexpected: [] }
 */
export function loadSafetensors(bytes: Uint8Array): {
  state: Record<string, Tensor>;
  metadata: Record<string, string>;
} {
  const { tensors, metadata } = loadTensors(bytes, "loadSafetensors");
  return { state: tensors, metadata };
}
