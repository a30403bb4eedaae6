/** One instruction of a loop kernel, for one vector or element. */
import type { Instruction } from "../../schedule/kernel.ts";
import { alu } from "./arithmetic.ts";
import { bytesOf, constant, kindOf, load, loadSplat, type Mode, pack, store, storeLane } from "./elements.ts";
import type { Active, LoopState } from "./loop-state.ts";

/** Evaluates one instruction (not a reduction) into its local, or stores. */
export function writeStep(s: LoopState, i: number, mode: Mode | "splat", active: Active): void {
  const c = s.c;
  const inst = s.body[i]!;
  const real = (k: number) => active(k) && !s.nest.accesses.get(k)?.empty;
  switch (inst.op) {
    case "alu":
      alu(
        c,
        inst,
        inst.args.map((a) => s.value(a)),
        inst.args.map((a) => isZero(s.body[a]!)),
        s.lanes,
      );
      break;
    case "const":
      if (real(i)) {
        constant(c, inst.dtype, inst.value);
        applyFlag(s, i, inst.value === 0);
      } else constant(c, inst.dtype, 0);
      break;
    case "iota":
      if (real(i)) iotaStep(s, i, mode);
      else c.constI32x4(0);
      break;
    case "load":
      if (real(i)) loadStep(s, i, inst, mode);
      else constant(c, inst.dtype, 0);
      break;
    case "loadAt":
      loadAtStep(s, i, inst, mode);
      break;
    case "store":
      storeStep(s, i, inst, mode);
      return;
    case "reduce":
      throw new Error("reductions are not steps");
  }
  c.set(s.value(i));
}

/** Whether all bits are 0, in every place. */
const isZero = (inst: Instruction): boolean => inst.op === "const" && Object.is(inst.value, 0);

function vectorStride(s: LoopState, i: number): number {
  const { vector, accesses } = s.nest;
  return vector < 0 ? 0 : accesses.get(i)!.strides[vector]!;
}

/** Bytes from the first to the present one of the vectors taken at a time, where they lie side by side. */
function offsetOf(s: LoopState, i: number, bytes: number): number {
  return vectorStride(s, i) === 1 ? s.copy * s.lanes * bytes : 0;
}

/** Zero where masks of other axes say so. */
function applyFlag(s: LoopState, i: number, zero = false): void {
  const flag = s.flags.get(i);
  if (flag === undefined || zero) return;
  const c = s.c;
  c.get(flag);
  c.op("i32x4.splat");
  c.op("v128.and");
}

/**
 * Address at the place of the vector axis (plus `lane`), on the stack. Vectors side by side share one, which lets an engine
 * see that they are neighbours.
 */
function address(s: LoopState, i: number, bytes: number, mode: Mode | "splat", lane = 0): void {
  const c = s.c;
  const stride = vectorStride(s, i);
  if (stride !== 1 || mode !== "vector" || lane > 0) {
    addressAt(s, i, bytes, mode, lane);
    return;
  }
  const own = s.addresses.get(i) ?? c.local("i32");
  s.addresses.set(i, own);
  if (s.copy === 0) {
    addressAt(s, i, bytes, mode, 0);
    c.set(own);
  }
  c.get(own);
}

function addressAt(s: LoopState, i: number, bytes: number, mode: Mode | "splat", lane: number): void {
  const c = s.c;
  const stride = vectorStride(s, i);
  const flag = s.flags.get(i);
  if (flag !== undefined && "slot" in s.body[i]!) {
    // Masked places are read at the start of the slot instead.
    c.get(s.bases.get(i)!);
    c.get(s.pointerOf.get((s.body[i] as { slot: number }).slot)!);
    c.get(flag);
    c.select();
  } else c.get(s.bases.get(i)!);
  if (stride === 0 || mode === "splat") return;
  c.get(s.at);
  lane += stride === 1 ? 0 : s.copy * s.lanes; // neighbours are reached by a constant offset instead
  if (lane > 0) {
    c.i32(lane);
    c.op("i32.add");
  }
  if (stride * bytes !== 1) {
    c.i32(stride * bytes);
    c.op("i32.mul");
  }
  if (flag !== undefined && "slot" in s.body[i]!) {
    c.get(flag);
    c.op("i32.and");
  }
  c.op("i32.add");
}

function loadStep(
  s: LoopState,
  i: number,
  inst: Extract<Instruction, { op: "load" }>,
  mode: Mode | "splat",
): void {
  const c = s.c;
  const bytes = bytesOf(inst.dtype);
  const stride = vectorStride(s, i);
  // Vectors at a masked place would reach past a short slot: read element by element there.
  const masked = s.flags.has(i);
  if (mode === "splat" || stride === 0) {
    if (s.copy > 0) {
      c.get(s.values[i]![0]!);
      return;
    }
    address(s, i, bytes, mode);
    loadSplat(c, inst.dtype);
  } else if (mode === "single") {
    address(s, i, bytes, mode);
    load(c, inst.dtype, s.lanes, "single");
  } else if (stride === 1 && !masked) {
    address(s, i, bytes, mode);
    load(c, inst.dtype, s.lanes, "vector", offsetOf(s, i, bytes));
  } else if (stride === 1) {
    const flag = s.flags.get(i)!;
    c.get(flag);
    c.ifElse(
      "v128",
      () => {
        address(s, i, bytes, mode);
        load(c, inst.dtype, s.lanes, "vector", offsetOf(s, i, bytes));
      },
      () => constant(c, inst.dtype, 0),
    );
    return;
  } else if (stride === 2 && bytes === 4 && s.lanes === 4 && !masked) {
    loadEverySecond(s, () => address(s, i, bytes, mode));
  } else loadLanes(s, inst.dtype, (lane) => address(s, i, bytes, mode, lane));
  applyFlag(s, i);
}

/** Elements 0, 2, 4 and 6 from an address on, out of vectors that begin at 0 and 3: nothing beyond the last is read. */
function loadEverySecond(s: LoopState, address: () => void): void {
  const c = s.c;
  const from = c.temp("i32");
  address();
  c.set(from);
  c.get(from);
  c.memory("v128.load", 0);
  c.get(from);
  c.memory("v128.load", 12);
  c.shuffle([0, 1, 2, 3, 8, 9, 10, 11, 20, 21, 22, 23, 28, 29, 30, 31]);
  c.free(from);
}

/** A vector from one address for each lane. */
function loadLanes(s: LoopState, dtype: Instruction["dtype"], address: (lane: number) => void): void {
  const c = s.c;
  const out = c.temp("v128");
  const parts: number[] = [];
  for (let lane = 0; lane < s.lanes; lane++) {
    address(lane);
    loadSplat(c, dtype);
    const part = c.temp("v128");
    c.set(part);
    parts.push(part);
  }
  join(s, dtype, parts);
  for (const part of parts) c.free(part);
  c.free(out);
}

/** Lane l of part l, on the stack. */
function join(s: LoopState, dtype: Instruction["dtype"], parts: readonly number[]): void {
  const c = s.c;
  if (kindOf(dtype) === "f64") {
    c.get(parts[0]!);
    c.get(parts[1]!);
    c.shuffle([0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23]);
    return;
  }
  const pair = (a: number, b: number) => {
    c.get(a);
    c.get(b);
    c.shuffle([0, 1, 2, 3, 16, 17, 18, 19, 0, 1, 2, 3, 16, 17, 18, 19]);
  };
  pair(parts[0]!, parts[1]!);
  if (parts.length === 2) return;
  pair(parts[2]!, parts[3]!);
  c.shuffle([0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23]);
}

function loadAtStep(
  s: LoopState,
  i: number,
  inst: Extract<Instruction, { op: "loadAt" }>,
  mode: Mode | "splat",
): void {
  const c = s.c;
  const bytes = bytesOf(inst.dtype);
  const index = s.value(inst.index);
  const one = (lane: number) => {
    const at = c.temp("i32");
    c.get(index);
    c.lane("i32x4.extract_lane", lane);
    c.set(at);
    c.get(at);
    c.i32(inst.length);
    c.op("i32.lt_u");
    c.ifElse(
      "v128",
      () => {
        address(s, i, bytes, mode, lane);
        c.get(at);
        c.i32(inst.step * bytes);
        c.op("i32.mul");
        c.op("i32.add");
        loadSplat(c, inst.dtype, offsetOf(s, i, bytes));
      },
      () => constant(c, inst.dtype, 0),
    );
    c.free(at);
  };
  if (mode !== "vector") {
    one(0);
    return;
  }
  // All lanes at one index, side by side in memory: a row of an embedding.
  if (vectorStride(s, i) === 1 && isUniform(s, inst.index)) {
    const at = c.temp("i32");
    c.get(index);
    c.lane("i32x4.extract_lane", 0);
    c.set(at);
    c.get(at);
    c.i32(inst.length);
    c.op("i32.lt_u");
    c.ifElse(
      "v128",
      () => {
        address(s, i, bytes, mode);
        c.get(at);
        c.i32(inst.step * bytes);
        c.op("i32.mul");
        c.op("i32.add");
        load(c, inst.dtype, s.lanes, "vector", offsetOf(s, i, bytes));
      },
      () => constant(c, inst.dtype, 0),
    );
    c.free(at);
    return;
  }
  const parts: number[] = [];
  for (let lane = 0; lane < s.lanes; lane++) {
    one(lane);
    const part = c.temp("v128");
    c.set(part);
    parts.push(part);
  }
  join(s, inst.dtype, parts);
  for (const part of parts) c.free(part);
}

/** Whether an instruction gives all lanes of a vector the same value. */
function isUniform(s: LoopState, i: number): boolean {
  const inst = s.body[i]!;
  if (inst.level === "outer" && s.nest.vectorInside) return true;
  switch (inst.op) {
    case "load":
    case "iota":
      return vectorStride(s, i) === 0;
    case "const":
      return true;
    case "alu":
      return inst.args.every((a) => isUniform(s, a));
    case "loadAt":
      return vectorStride(s, i) === 0 && isUniform(s, inst.index);
    default:
      return false;
  }
}

function iotaStep(s: LoopState, i: number, mode: Mode | "splat"): void {
  const c = s.c;
  const stride = vectorStride(s, i);
  c.get(s.bases.get(i)!);
  if (stride !== 0 && mode !== "splat") {
    c.get(s.at);
    c.i32(stride);
    c.op("i32.mul");
    c.op("i32.add");
  }
  c.op("i32x4.splat");
  if (stride !== 0 && mode === "vector") {
    const first = s.copy * s.lanes * stride;
    c.constLanes([first, first + stride, first + 2 * stride, first + 3 * stride]);
    c.op("i32x4.add");
  }
  applyFlag(s, i);
}

function storeStep(
  s: LoopState,
  i: number,
  inst: Extract<Instruction, { op: "store" }>,
  mode: Mode | "splat",
): void {
  const c = s.c;
  const bytes = bytesOf(inst.dtype);
  const stride = vectorStride(s, i);
  if (mode === "vector" && stride !== 1) {
    const packed = c.temp("v128");
    c.get(s.value(inst.arg));
    pack(c, inst.dtype);
    c.set(packed);
    for (let lane = 0; lane < s.lanes; lane++) {
      address(s, i, bytes, mode, lane);
      c.get(packed);
      storeLane(c, inst.dtype, lane);
    }
    c.free(packed);
    return;
  }
  address(s, i, bytes, mode);
  c.get(s.value(inst.arg));
  pack(c, inst.dtype);
  store(c, inst.dtype, s.lanes, mode === "vector" ? "vector" : "single", offsetOf(s, i, bytes));
}
