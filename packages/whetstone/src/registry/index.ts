import { decode, type EncodableType, formatError, type SpecClass } from "../contract/index.ts";
import { Matrix, SparseMatrix } from "../math/index.ts";

/** An estimator and what its `fit` gives. */
export interface RegistryEntry {
  readonly spec: SpecClass & EncodableType;
  readonly model: EncodableType;
}

/** Every estimator of the library, by the family that owns it. */
export function estimators(): readonly RegistryEntry[] {
  return [];
}

/** Values that are not estimators but may be part of one. */
function valueTypes(): readonly EncodableType[] {
  return [Matrix, SparseMatrix];
}

/** Finds any class that can be saved by its `typeName`. */
export function typeByName(name: string): EncodableType | undefined {
  for (const type of valueTypes()) if (type.typeName === name) return type;
  for (const { spec, model } of estimators()) {
    if (spec.typeName === name) return spec;
    if (model.typeName === name) return model;
  }
  return undefined;
}

/**
 * Rebuilds a saved model. No code from the file runs; a damaged or foreign file is refused with a sentence.
 *
 * @param bytes what `model.save()` gave
 */
export function load(bytes: Uint8Array): unknown {
  const value = decode(bytes, typeByName);
  if (value === null || typeof value !== "object") throw formatError("load", "the file holds no model");
  return value;
}
