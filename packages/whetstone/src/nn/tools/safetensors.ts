import { type AnyTyped, type ArrayForm, readSafetensors, writeSafetensors } from "../../contract/index.ts";
import { formatError } from "../../errors.ts";
import { type DType, Tensor } from "../../tensor/index.ts";
import type { StateDict } from "../module.ts";

const NAMES: Readonly<Record<DType, string>> = {
  f32: "F32",
  f64: "F64",
  i32: "I32",
  u8: "U8",
  bool: "BOOL",
  f16: "F16",
  bf16: "BF16",
};

/**
 * Values by name as a safetensors file: a JSON header with names, types and shapes, and the raw elements. Loading one
 * runs no code.
 */
export function saveSafetensors(
  state: StateDict,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const arrays = new Map<string, AnyTyped>();
  const forms = new Map<string, ArrayForm>();
  for (const [name, tensor] of Object.entries(state)) {
    arrays.set(name, tensor.data());
    forms.set(name, { dtype: NAMES[tensor.dtype], shape: tensor.shape });
  }
  return writeSafetensors(arrays, { ...metadata }, forms);
}

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
  const where = "loadSafetensors";
  const { arrays, metadata, forms } = readSafetensors(bytes, where);
  const state: Record<string, Tensor> = Object.create(null);
  for (const [name, array] of arrays) {
    const { dtype, shape } = forms.get(name)!;
    const kind = (Object.keys(NAMES) as DType[]).find((d) => NAMES[d] === dtype);
    if (!kind) throw formatError(where, `${name} has dtype ${dtype}, which no tensor has`);
    state[name] = tensorOf(kind, array, shape);
  }
  return { state: { ...state }, metadata };
}

/** Elements as they are stored, as a tensor. */
function tensorOf(dtype: DType, array: AnyTyped, shape: readonly number[]): Tensor {
  return Tensor.fromStored(array as Uint16Array, shape, dtype);
}
