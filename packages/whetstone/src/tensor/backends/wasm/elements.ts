/**
 * Elements in vector lanes. A vector holds four lanes of 32 bits; in kernels with float64 two lanes, of which 32-bit
 * kinds use the low half. float16 and bfloat16 are held as float32, u8 as i32, bool as lanes of all ones or zeros.
 */
import type { DType } from "../../dtype.ts";
import type { Code } from "./code.ts";

export type Lanes = 2 | 4;
/** "vector": all lanes; "single": the first lane only, for what is left over at the end of an axis. */
export type Mode = "vector" | "single";
export type Kind = "f32" | "f64" | "i32" | "mask";

export const kindOf = (dtype: DType): Kind =>
  dtype === "f64" ? "f64" : dtype === "bool" ? "mask" : dtype === "i32" || dtype === "u8" ? "i32" : "f32";

/** Loads neighbours from the address on the stack. */
export function load(c: Code, dtype: DType, lanes: Lanes, mode: Mode, offset = 0): void {
  const single = mode === "single";
  switch (dtype) {
    case "f64":
      c.memory(single ? "v128.load64_zero" : "v128.load", offset);
      return;
    case "f32":
    case "i32":
      c.memory(single ? "v128.load32_zero" : lanes === 4 ? "v128.load" : "v128.load64_zero", offset);
      return;
    case "u8":
    case "bool":
      if (single) {
        c.memory("i32.load8_u", offset);
        c.op("i32x4.splat");
      } else if (lanes === 4) {
        c.memory("v128.load32_zero", offset);
        c.op("i16x8.extend_low_i8x16_u");
        c.op("i32x4.extend_low_i16x8_u");
      } else {
        c.memory("i32.load16_u", offset);
        c.op("i32x4.splat");
        c.op("i16x8.extend_low_i8x16_u");
        c.op("i32x4.extend_low_i16x8_u");
      }
      if (dtype === "bool") toMask(c);
      return;
    case "f16":
    case "bf16":
      if (single) {
        c.memory("i32.load16_u", offset);
        c.op("i32x4.splat");
      } else {
        c.memory(lanes === 4 ? "v128.load64_zero" : "v128.load32_zero", offset);
        c.op("i32x4.extend_low_i16x8_u");
      }
      fromHalf(c, dtype);
  }
}

/** Loads one element from the address on the stack into all lanes. */
export function loadSplat(c: Code, dtype: DType, offset = 0): void {
  switch (dtype) {
    case "f64":
      c.memory("v128.load64_splat", offset);
      return;
    case "f32":
    case "i32":
      c.memory("v128.load32_splat", offset);
      return;
    case "u8":
    case "bool":
      c.memory("i32.load8_u", offset);
      c.op("i32x4.splat");
      if (dtype === "bool") toMask(c);
      return;
    case "f16":
    case "bf16":
      c.memory("i32.load16_u", offset);
      c.op("i32x4.splat");
      fromHalf(c, dtype);
  }
}

/** Packs the vector on the stack as it is stored: elements side by side from the first byte on. */
export function pack(c: Code, dtype: DType): void {
  switch (dtype) {
    case "bool":
      c.constI32x4(1);
      c.op("v128.and");
      narrowBytes(c);
      return;
    case "u8":
      narrowBytes(c);
      return;
    case "f16":
    case "bf16": {
      toHalf(c, dtype);
      const v = c.temp("v128");
      c.set(v);
      c.get(v);
      c.get(v);
      c.op("i16x8.narrow_i32x4_u");
      c.free(v);
      return;
    }
    default:
  }
}

function narrowBytes(c: Code): void {
  const v = c.temp("v128");
  c.set(v);
  c.get(v);
  c.get(v);
  c.op("i16x8.narrow_i32x4_u");
  c.set(v);
  c.get(v);
  c.get(v);
  c.op("i8x16.narrow_i16x8_u");
  c.free(v);
}

/** Stores the packed vector on the stack; the address lies below it. */
export function store(c: Code, dtype: DType, lanes: Lanes, mode: Mode, offset = 0): void {
  const count = mode === "single" ? 1 : lanes;
  const bytes = count * bytesOf(dtype);
  if (bytes === 16) c.memory("v128.store", offset);
  else c.memoryLane(`v128.store${(bytes * 8) as 8 | 16 | 32 | 64}_lane`, offset, 0);
}

/** Stores lane `lane` of the packed vector on the stack. */
export function storeLane(c: Code, dtype: DType, lane: number): void {
  c.memoryLane(`v128.store${(bytesOf(dtype) * 8) as 8 | 16 | 32 | 64}_lane`, 0, lane);
}

export const bytesOf = (dtype: DType): number =>
  dtype === "f64" ? 8 : dtype === "f32" || dtype === "i32" ? 4 : dtype === "u8" || dtype === "bool" ? 1 : 2;

/** Integers on the stack to all ones where they are not 0. */
function toMask(c: Code): void {
  c.constI32x4(0);
  c.op("i32x4.ne");
}

/** 16-bit patterns in 32-bit lanes to float32. */
function fromHalf(c: Code, dtype: "f16" | "bf16"): void {
  if (dtype === "bf16") {
    c.i32(16);
    c.op("i32x4.shl");
  } else c.call(c.helper("fromF16"));
}

/** float32 lanes that hold halves exactly, to their 16-bit patterns in 32-bit lanes. */
function toHalf(c: Code, dtype: "f16" | "bf16"): void {
  if (dtype === "bf16") {
    c.i32(16);
    c.op("i32x4.shr_u");
  } else c.call(c.helper("toF16"));
}

/** Rounds the float32 lanes on the stack to values of a 16-bit type. */
export function roundHalf(c: Code, dtype: DType): void {
  if (dtype === "bf16") c.call(c.helper("roundBf16"));
  else if (dtype === "f16") {
    c.call(c.helper("toF16"));
    c.call(c.helper("fromF16"));
  }
}

/** A number in all lanes, as its kind. */
export function constant(c: Code, dtype: DType, value: number): void {
  switch (kindOf(dtype)) {
    case "f64":
      c.constF64x2(value);
      return;
    case "f32":
      c.constF32x4(value);
      return;
    case "i32":
      c.constI32x4(value);
      return;
    case "mask":
      c.constI32x4(value !== 0 ? -1 : 0);
  }
}
