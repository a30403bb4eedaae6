/** States with tensors in them as plain data, for files. */
import { type DType, Tensor } from "../../tensor/index.ts";

const TENSOR = "tensor:";

/** Replaces tensors by their dtype, shape and stored elements. */
export function toPlain(value: unknown): unknown {
  if (value instanceof Tensor) {
    return { [TENSOR]: value.dtype, shape: [...value.shape], data: value.data() };
  }
  if (Array.isArray(value)) return value.map(toPlain);
  if (value !== null && typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toPlain(item)]));
  }
  return value;
}

/** The state that {@link toPlain} was given. */
export function fromPlain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fromPlain);
  if (value === null || typeof value !== "object" || ArrayBuffer.isView(value)) return value;
  const record = value as Record<string, unknown>;
  if (typeof record[TENSOR] === "string") {
    return Tensor.fromStored(record.data as Float32Array, record.shape as number[], record[TENSOR] as DType);
  }
  return Object.fromEntries(Object.entries(record).map(([key, item]) => [key, fromPlain(item)]));
}
