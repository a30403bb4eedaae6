/** How a loop kernel is cut into chunks for threads, blocks of the vector axis, and vectors taken at a time. */
import { sizeOf } from "../../graph/shape.ts";
import { type Instruction, type LoopKernel, slotsOf } from "../../schedule/kernel.ts";
import { type Nest, nestOf } from "../../schedule/nest.ts";
import type { Lanes } from "./elements.ts";

export interface LoopPlan {
  readonly nest: Nest;
  readonly lanes: Lanes;
  /** Slots in the order of the function's parameters. */
  readonly slots: readonly number[];
  readonly chunks: number;
  readonly unitsPerChunk: number;
  readonly units: number;
  /** Elements of the vector axis in a unit, where that axis lies outside; and how many such blocks there are. */
  readonly block: number;
  readonly blocks: number;
  /** Vectors that the innermost loop takes at a time. */
  readonly unroll: 1 | 2 | 4 | 8;
}

/** Work, in instructions on elements, that makes a chunk worth handing to a thread: about 10 us. */
const chunkWork = 1 << 16;
const mostChunks = 64;

export function planLoop(kernel: LoopKernel): LoopPlan {
  const { body } = kernel;
  const lanes: Lanes = body.some(
    (inst) => inst.dtype === "f64" || (inst.op === "alu" && inst.operand === "f64"),
  )
    ? 2
    : 4;
  const nest = nestOf(kernel, lanes);
  const slots = slotsOf(kernel);
  const axes = nest.outer.filter((a) => a !== nest.vector);
  const places = sizeOf(axes.map((a) => nest.sizes[a]!));
  const length = nest.vectorInside || nest.vector < 0 ? 1 : nest.sizes[nest.vector]!;
  const cost = body.reduce((sum, inst) => sum + costOf(inst), 1);
  const inside = sizeOf(nest.inner.map((a) => nest.sizes[a]!));
  let block = length;
  // Few places: cut the vector axis too, in multiples of a cache line.
  if (places < 32 && length > 64) {
    const wanted = Math.max(
      64,
      Math.ceil(chunkWork / (cost * inside)),
      Math.ceil((length * places) / mostChunks),
    );
    block = Math.min(length, Math.ceil(wanted / 16) * 16);
  }
  const blocks = Math.ceil(length / block);
  const units = places * blocks;
  const work = units * block * inside * cost;
  const chunks = Math.max(1, Math.min(mostChunks, units, Math.floor(work / chunkWork)));
  const unitsPerChunk = Math.ceil(units / chunks);
  return {
    nest,
    lanes,
    slots,
    chunks: Math.ceil(units / unitsPerChunk),
    unitsPerChunk,
    units,
    block,
    blocks,
    unroll: unrollOf(kernel, nest, lanes),
  };
}

/** The same for loops that differ in nothing but where their slots lie: they can be one function. */
export function likeness({ space, reduced, body }: LoopKernel, slots: readonly number[]): string {
  return JSON.stringify([space, reduced, body], (key, value) => {
    if (key === "slot") return slots.indexOf(value);
    // Numbers that JSON cannot tell apart.
    if (typeof value !== "number" || (Number.isFinite(value) && value !== 0)) return value;
    return Object.is(value, -0) ? "-0" : String(value);
  });
}

/** Vector registers of the narrowest machines in use. */
const registers = 16;

/** Most instructions that unrolling may write: beyond it a loop takes long to compile. */
const mostWritten = 160;

/** Instructions that wait for each other for so long that four vectors do not fill the time: two transcendental functions. */
const deep = 24;

/**
 * More vectors at a time keep the processor busy while one waits (sums and long chains of dependent operations above
 * all), and use whole cache lines where columns are reduced; with too many values at once they would not stay in
 * registers.
 */
function unrollOf({ body }: LoopKernel, nest: Nest, lanes: Lanes): 1 | 2 | 4 | 8 {
  if (nest.vector < 0) return 1;
  // The order of a sum may depend on sizes only, not on what else the kernel computes.
  if (nest.vectorInside) return nest.sizes[nest.vector]! >= 8 * lanes ? 2 : 1;
  const full = fullCost(body);
  const fits = (n: number) =>
    full <= 32 / n || (n * liveAtOnce(body) <= registers && n * full <= mostWritten);
  const vectors = nest.sizes[nest.vector]! / lanes;
  if (vectors >= 32 && full >= deep && 8 * full <= 2 * mostWritten) return 8;
  if (vectors >= 16 && fits(4)) return 4;
  return vectors >= 8 && full * 2 <= mostWritten ? 2 : 1;
}

/** Instructions on each element; a transcendental function counts as many. */
export function fullCost(body: readonly Instruction[]): number {
  return body.reduce((sum, inst) => sum + (inst.level === "full" ? costOf(inst) : 0), 0);
}

/** The most values of one vector that are needed at the same time. */
function liveAtOnce(body: readonly Instruction[]): number {
  const last = new Map<number, number>();
  body.forEach((inst, i) => {
    for (const arg of operandsOf(inst)) last.set(arg, i);
  });
  let live = 0;
  let most = 0;
  body.forEach((inst, i) => {
    if (inst.level === "full" && inst.op !== "store" && inst.op !== "const" && last.has(i)) live++;
    most = Math.max(most, live);
    for (const arg of new Set(operandsOf(inst))) {
      const { level, op } = body[arg]!;
      if (last.get(arg) === i && level === "full" && op !== "const") live--;
    }
  });
  return most;
}

function operandsOf(inst: Instruction): readonly number[] {
  if (inst.op === "alu") return inst.args;
  if (inst.op === "loadAt") return [inst.index];
  return inst.op === "store" || inst.op === "reduce" ? [inst.arg] : [];
}

const costly: ReadonlySet<string> = new Set([
  "exp",
  "expm1",
  "log",
  "log1p",
  "sin",
  "cos",
  "tanh",
  "sigmoid",
  "erf",
  "pow",
  "atan",
  "random",
]);
/** Whether a transcendental function is among the instructions. */
export const isCostly = (body: readonly Instruction[]): boolean => body.some((inst) => costOf(inst) > 1);

const costOf = (inst: Instruction): number => (inst.op === "alu" && costly.has(inst.fn) ? 12 : 1);
