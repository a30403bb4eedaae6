import { type AnyTyped, type ArrayForm, readSafetensors, writeSafetensors } from "../../contract/codec.ts";
import { argumentError, formatError } from "../../errors.ts";
import type { DType, TypedArray } from "../dtype.ts";
import { Tensor } from "../tensor.ts";

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
 * Tensors by name as a safetensors file: a JSON header with names, types and shapes, and the raw elements. Every dtype
 * is kept; `metadata` is stored beside them, and a checksum.
 *
 * @example
 * const bytes = saveTensors({ w: Tensor.from([[1, 2]]), seen: Tensor.from([true]) });
 * const { tensors } = loadTensors(bytes);
 * tensors.w.toArray(); // [[1, 2]]
 * tensors.seen.dtype; // "bool"
 */
export function saveTensors(
  tensors: Readonly<Record<string, Tensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const where = "saveTensors";
  const arrays = new Map<string, AnyTyped>();
  const forms = new Map<string, ArrayForm>();
  for (const [name, tensor] of Object.entries(tensors)) {
    if (!(tensor instanceof Tensor)) throw argumentError(where, `tensors.${name}`, tensor, "a Tensor");
    if (name === "__metadata__")
      throw argumentError(where, "tensors", name, "another name: this is the format's own");
    arrays.set(name, tensor.data());
    forms.set(name, { dtype: NAMES[tensor.dtype], shape: tensor.shape });
  }
  return writeSafetensors(arrays, { ...metadata }, forms);
}

/**
 * The tensors in a safetensors file, from this library or another. Loading runs no code; a damaged file is refused, and
 * so is one with a type that tensors do not have (64-bit and unsigned integers but u8).
 *
 * @example
 * const bytes = saveTensors({ w: Tensor.from([1, 2]) });
 * loadTensors(bytes).tensors.w.toArray(); // [1, 2]
 */
export function loadTensors(
  bytes: Uint8Array,
  where = "loadTensors",
): { tensors: Record<string, Tensor>; metadata: Record<string, string> } {
  const { arrays, metadata, forms } = readSafetensors(bytes, where);
  const tensors = [...arrays].map(([name, array]) => {
    const { dtype, shape } = forms.get(name)!;
    const kind = (Object.keys(NAMES) as DType[]).find((d) => NAMES[d] === dtype);
    if (!kind) throw formatError(where, `${name} has dtype ${dtype}, which no tensor has`);
    return [name, Tensor.fromStored(array as TypedArray, shape, kind)] as const;
  });
  return { tensors: Object.fromEntries(tensors), metadata };
}
