/**
 * What the writers of loops emit code with: locals as numbers, temporaries that are used again, loops, and the helper
 * functions a module gets when they are first asked for.
 */
import type { FunctionBuilder, Local, ValueType } from "../../wasm/function-builder.ts";
import type {
  LaneOperation,
  MemoryLaneOperation,
  MemoryOperation,
  PlainOperation,
} from "../../wasm/operations.ts";
import { inlineMath, type MathName } from "../../wasm/vector-math/index.ts";
import { type HelperName, helperFunction } from "./helpers.ts";

export class Code {
  readonly #f: FunctionBuilder;
  readonly #locals: Local[];

  constructor(f: FunctionBuilder) {
    this.#f = f;
    this.#locals = [...f.params];
  }

  /** A variable for the whole function, zero at first. */
  local(type: ValueType): number {
    return this.#number(this.#f.local(type));
  }

  /** A variable until it is freed; holds anything at first. */
  temp(type: ValueType): number {
    return this.#number(this.#f.local(type));
  }

  free(local: number): void {
    this.#f.release(this.#locals[local]!);
  }

  #number(local: Local): number {
    this.#locals[local.index] = local;
    return local.index;
  }

  get(local: number): void {
    this.#f.get(this.#locals[local]!);
  }
  set(local: number): void {
    this.#f.set(this.#locals[local]!);
  }
  op(name: PlainOperation): void {
    this.#f.op(name);
  }
  /** Picks the first of two i32 if the condition on top is not 0. */
  select(): void {
    this.#f.select("i32");
  }
  memory(name: MemoryOperation, offset: number): void {
    this.#f.memory(name, offset);
  }
  memoryLane(name: MemoryLaneOperation, offset: number, lane: number): void {
    this.#f.memoryLane(name, lane, offset);
  }
  lane(name: LaneOperation, lane: number): void {
    this.#f.lane(name, lane);
  }
  shuffle(bytes: readonly number[]): void {
    this.#f.shuffle(bytes);
  }
  i32(value: number): void {
    this.#f.i32(value | 0);
  }
  constI32x4(value: number): void {
    this.#f.i32x4(value);
  }
  constF32x4(value: number): void {
    this.#f.f32x4(value);
  }
  constF64x2(value: number): void {
    this.#f.f64x2(value);
  }
  /** Four 32-bit integers. */
  constLanes(values: readonly [number, number, number, number]): void {
    this.#f.v128(new Uint8Array(Int32Array.from(values).buffer));
  }
  call(target: FunctionBuilder): void {
    this.#f.call(target);
  }

  helper(name: HelperName): FunctionBuilder {
    return helperFunction(this.#f.module, name);
  }
  /** Applies a function to the vectors of the locals. In place: around a call, all registers would be saved. */
  math(name: MathName, kind: "f32" | "f64", operands: readonly number[]): void {
    inlineMath(this.#f, name, kind, ...operands.map((o) => this.#locals[o]!));
  }

  /** See `FunctionBuilder.byTurns`. */
  byTurns(parts: readonly (() => void)[]): void {
    this.#f.byTurns(parts);
  }

  /** Runs the body again as long as it leaves a condition that is not 0. */
  doWhile(body: () => void): void {
    this.#f.loop((again) => {
      body();
      this.#f.brIf(again);
    });
  }

  whileLoop(condition: () => void, body: () => void): void {
    this.#f.block((exit) => {
      this.#f.loop((again) => {
        condition();
        this.#f.op("i32.eqz");
        this.#f.brIf(exit);
        body();
        this.#f.br(again);
      });
    });
  }

  /** Takes a condition; each side leaves one value. */
  ifElse(type: ValueType, then: () => void, otherwise: () => void): void {
    this.#f.if(then, otherwise, type);
  }
}
