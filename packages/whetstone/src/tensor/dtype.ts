/**
 * Element types. Storage and arithmetic are told apart: float16 and bfloat16 are stored in 16 bits and computed in
 * float32 with every result rounded; bool is stored as a byte, 0 or 1.
 */
import { argumentError } from "../errors.ts";

/**
 * Type of a tensor's elements: floats of 32, 64 and 16 bits (`"bf16"` with float32's range and 8 bits of
 * precision), signed 32-bit integers, bytes, truth values. Only floats have gradients.
 */
export type DType = "f32" | "f64" | "i32" | "u8" | "bool" | "f16" | "bf16";

export type TypedArray = Float32Array | Float64Array | Int32Array | Uint8Array | Uint16Array;

interface Info {
  readonly bytes: number;
  readonly float: boolean;
  /** Position in promotion: the higher of two wins. */
  readonly rank: number;
  readonly View: {
    readonly BYTES_PER_ELEMENT: number;
    new (length: number): TypedArray;
    new (buffer: ArrayBufferLike, byteOffset: number, length: number): TypedArray;
  };
}

export const dtypes: Readonly<Record<DType, Info>> = {
  bool: { bytes: 1, float: false, rank: 0, View: Uint8Array },
  u8: { bytes: 1, float: false, rank: 1, View: Uint8Array },
  i32: { bytes: 4, float: false, rank: 2, View: Int32Array },
  f16: { bytes: 2, float: true, rank: 3, View: Uint16Array },
  bf16: { bytes: 2, float: true, rank: 3, View: Uint16Array },
  f32: { bytes: 4, float: true, rank: 4, View: Float32Array },
  f64: { bytes: 8, float: true, rank: 5, View: Float64Array },
};

export const isFloat = (dtype: DType): boolean => dtypes[dtype].float;

export function checkDType(where: string, dtype: unknown): DType {
  if (typeof dtype === "string" && Object.hasOwn(dtypes, dtype)) return dtype as DType;
  throw argumentError(where, "dtype", dtype, `one of ${Object.keys(dtypes).join(", ")}`);
}

/** The type two operands meet in: the wider float, a float rather than an integer; f16 with bf16 meet in f32. */
export function promote(a: DType, b: DType): DType {
  if (a === b) return a;
  const [x, y] = [dtypes[a], dtypes[b]];
  if (x.rank === y.rank) return "f32";
  return x.rank > y.rank ? a : b;
}

/** A fresh array of zeros as elements of that type are stored. */
export function makeArray(dtype: DType, length: number): TypedArray {
  // Short ones lie in the heap of the collector, which costs a tenth of a buffer of their own.
  return new dtypes[dtype].View(length);
}

const f32 = new Float32Array(1);
const bits = new Uint32Array(f32.buffer);

/** The nearest bfloat16, ties to even, as its 16 bits. */
export function toBf16Bits(value: number): number {
  f32[0] = value;
  const b = bits[0]!;
  if ((b & 0x7fffffff) > 0x7f800000) return (b >>> 16) | 0x40; // NaN stays NaN
  return ((b + 0x7fff + ((b >>> 16) & 1)) >>> 16) & 0xffff;
}

export function fromBf16Bits(half: number): number {
  bits[0] = half << 16;
  return f32[0]!;
}

/** The nearest IEEE binary16, ties to even, as its 16 bits. `value` is first rounded to float32. */
export function toF16Bits(value: number): number {
  f32[0] = value;
  const b = bits[0]!;
  const sign = (b >>> 16) & 0x8000;
  const magnitude = b & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00; // NaN
  if (magnitude >= 0x47800000) return sign | 0x7c00; // 65536 and more
  if (magnitude < 0x38800000) {
    // Subnormal: in units of 2^-24. Float32 addition rounds to even at that unit.
    f32[0] = Math.abs(f32[0]!) + 0.5;
    return sign | ((bits[0]! - 0x3f000000) & 0xffff);
  }
  const odd = (magnitude >>> 13) & 1;
  return sign | ((magnitude - 0x38000000 + 0xfff + odd) >>> 13);
}

export function fromF16Bits(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >>> 10) & 31;
  const fraction = half & 0x3ff;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/**
 * `value` as a tensor of that type would hold it.
 *
 * @example
 * roundTo("f16", 1 / 3); // 0.333251953125
 * roundTo("bf16", 1 / 3); // 0.333984375
 */
export function roundTo(dtype: DType, value: number): number {
  switch (dtype) {
    case "f64":
      return value;
    case "f32":
      return Math.fround(value);
    case "f16":
      return fromF16Bits(toF16Bits(value));
    case "bf16":
      return fromBf16Bits(toBf16Bits(value));
    case "i32":
      return toInt32(value);
    case "u8":
      return toInt32(value) & 255;
    case "bool":
      return value !== 0 ? 1 : 0;
  }
}

/** Towards zero; out of range goes to the nearest end, NaN to 0: what every backend does. */
function toInt32(value: number): number {
  if (value >= 2147483647) return 2147483647;
  if (value <= -2147483648) return -2147483648;
  return value | 0;
}

/** Number `i` of stored elements, decoded. */
export function readElement(dtype: DType, array: TypedArray, i: number): number {
  const stored = array[i]!;
  return dtype === "f16" ? fromF16Bits(stored) : dtype === "bf16" ? fromBf16Bits(stored) : stored;
}

/** Stores a value that {@link roundTo} has been applied to, or that the array rounds itself. */
export function writeElement(dtype: DType, array: TypedArray, i: number, value: number): void {
  array[i] =
    dtype === "f16"
      ? toF16Bits(value)
      : dtype === "bf16"
        ? toBf16Bits(value)
        : isFloat(dtype)
          ? value
          : roundTo(dtype, value);
}
