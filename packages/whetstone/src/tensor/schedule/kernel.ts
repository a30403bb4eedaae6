/**
 * What backends compile: a schedule is a list of kernels over numbered slots of memory. A loop kernel walks an index
 * space and evaluates a straight-line body in static single assignment; a call kernel is one structured primitive
 * (a matrix product, a convolution, a sort) on whole arrays.
 */
import { type DType, dtypes } from "../dtype.ts";
import type { AttrsOf, Elementwise } from "../graph/primitives.ts";
import type { Shape } from "../graph/shape.ts";
import type { View } from "./view.ts";

/**
 * "full": one value for each index of the space. "outer": one value for each index of the axes that are not reduced;
 * the reduced axes count as size 1 in its views. Without reduced axes everything is "full".
 */
export type Level = "full" | "outer";

interface Base {
  readonly level: Level;
  readonly dtype: DType;
}

/** Operands are positions of earlier instructions of the body. */
export type Instruction =
  /** The element of a slot that the view names (its axes are those of the space), 0 where masked. */
  | (Base & { readonly op: "load"; readonly slot: number; readonly view: View })
  /** As load, with `index` (i32) times `step` added to the place; 0 unless 0 <= index < length. */
  | (Base & {
      readonly op: "loadAt";
      readonly slot: number;
      readonly view: View;
      readonly index: number;
      readonly step: number;
      readonly length: number;
    })
  /** A number, 0 where the mask says so. */
  | (Base & { readonly op: "const"; readonly value: number; readonly view: View | null })
  /** offset + sum strides i as i32, 0 where masked. */
  | (Base & { readonly op: "iota"; readonly view: View })
  /** An elementwise primitive; `operand` is the dtype of its operands (of the two values, for where). */
  | (Base & {
      readonly op: "alu";
      readonly fn: Elementwise;
      readonly args: readonly number[];
      readonly operand: DType;
    })
  /** A full value (of dtype `operand`) reduced over the reduced axes; argmax gives the place along the only one. Level "outer". */
  | (Base & {
      readonly op: "reduce";
      readonly how: "sum" | "max" | "argmax";
      readonly arg: number;
      readonly operand: DType;
    })
  /** Writes a value to a slot, row-major over the space (full) or over its unreduced axes (outer). */
  | (Base & { readonly op: "store"; readonly slot: number; readonly arg: number });

export interface LoopKernel {
  readonly kind: "loop";
  readonly space: Shape;
  /** For each axis of the space, whether this kernel reduces over it. */
  readonly reduced: readonly boolean[];
  /** In an order in which every value that a reduction needs stands before it. */
  readonly body: readonly Instruction[];
}

type Called = "matmul" | "conv" | "convInput" | "convWeight" | "scatterAdd" | "cumsum" | "argsort" | "fold";

export interface Operand {
  readonly slot: number;
  /** Contiguous, but for matmul, whose operands may be strided (without mask). */
  readonly view: View;
  readonly dtype: DType;
}

/** dtypes are f32, f64 and i32 only; others were converted around it. The output is contiguous. */
export type CallKernel = {
  readonly [P in Called]: {
    readonly kind: "call";
    readonly op: P;
    readonly attrs: AttrsOf[P];
    readonly inputs: readonly Operand[];
    readonly output: { readonly slot: number; readonly shape: Shape; readonly dtype: DType };
  };
}[Called];

export type Kernel = LoopKernel | CallKernel;

/** A piece of memory that kernels read or write. */
export type Slot = {
  readonly dtype: DType;
  readonly length: number;
} & (
  | { readonly kind: "input"; readonly leaf: number }
  /** `leaf`: lies in the memory of that input, which nobody reads afterwards; -1: in memory of its own. */
  | { readonly kind: "output"; readonly output: number; readonly leaf: number }
  /** Byte offset in the arena, a multiple of 64; places are shared by slots that are not needed at the same time. */
  | { readonly kind: "temp"; readonly offset: number }
);

export const bytesOfSlot = ({ dtype, length }: Pick<Slot, "dtype" | "length">): number =>
  length * dtypes[dtype].bytes;

/** The slots, each once, that instructions of these kinds name; of any kind where none is given. */
export function slotsOf({ body }: LoopKernel, ...ops: Instruction["op"][]): number[] {
  const named = body.filter(({ op }) => ops.length === 0 || ops.includes(op));
  return [...new Set(named.flatMap((inst) => ("slot" in inst ? [inst.slot] : [])))];
}

export interface Schedule {
  readonly kernels: readonly Kernel[];
  readonly slots: readonly Slot[];
  /** Bytes of the arena. */
  readonly arena: number;
}

/** The stage of each instruction: how many reductions lie before it. A reduction belongs to the stage it reads. */
export function stagesOf(body: readonly Instruction[]): number[] {
  const stages: number[] = [];
  const stored = new Map<number, number>();
  for (const inst of body) {
    const after = (arg: number) => stages[arg]! + (body[arg]!.op === "reduce" ? 1 : 0);
    switch (inst.op) {
      case "load":
        // What this kernel itself stored is read in the stage after.
        stages.push(stored.has(inst.slot) ? stored.get(inst.slot)! : 0);
        break;
      case "const":
      case "iota":
        stages.push(0);
        break;
      case "alu":
        stages.push(inst.args.reduce((stage, arg) => Math.max(stage, after(arg)), 0));
        break;
      case "loadAt":
        stages.push(after(inst.index));
        break;
      case "reduce":
        stages.push(after(inst.arg));
        break;
      case "store":
        stages.push(after(inst.arg));
        if (inst.level === "full") stored.set(inst.slot, after(inst.arg) + 1);
        break;
    }
  }
  return stages;
}
