import type { ModuleBuilder } from "./assembler.ts";
import { ByteWriter } from "./bytes.ts";
import {
  type LaneOperation,
  laneOperations,
  type MemoryLaneOperation,
  type MemoryOperation,
  memoryLaneOperations,
  memoryOperations,
  type PlainOperation,
  plainOperations,
  relaxedOperations,
} from "./operations.ts";

export type ValueType = "i32" | "i64" | "f32" | "f64" | "v128";

export const valueTypeCode: Readonly<Record<ValueType, number>> = {
  i32: 0x7f,
  i64: 0x7e,
  f32: 0x7d,
  f64: 0x7c,
  v128: 0x7b,
};

/** A parameter or local variable of one function. */
export interface Local {
  readonly index: number;
  readonly type: ValueType;
}

/** Code that leaves one value on the stack; it may be emitted more than once. */
export type Code = (f: FunctionBuilder) => void;

/** Something that can be pushed: a variable, or code that computes the value there and then. */
export type Operand = Local | Code;

/** A block that can be left (or a loop that can be repeated) with `br`. */
export interface Label {
  readonly depth: number;
}

const plain: Readonly<Record<PlainOperation, readonly [number, string]>> = {
  ...plainOperations,
  ...relaxedOperations,
};

/** Writes the body of one function. Methods that emit return the builder, so a line can hold a whole expression. */
export class FunctionBuilder {
  readonly module: ModuleBuilder;
  /** What `call` needs. */
  readonly index: number;
  readonly params: readonly Local[];
  readonly results: readonly ValueType[];
  private readonly body = new ByteWriter();
  /** Sets the vectors of constants, by their bytes, that loops use. */
  private readonly prologue = new ByteWriter();
  private readonly constants = new Map<string, Local>();
  private loops = 0;
  /** Of the part of `byTurns` that is being written: where it may be cut, the nesting of these places. */
  private turn: { readonly cuts: number[]; readonly depth: number } | undefined;
  private readonly late: Local[] = [];
  private readonly locals: ValueType[] = [];
  private readonly free = new Map<ValueType, Local[]>();
  private depth = 0;

  constructor(
    module: ModuleBuilder,
    index: number,
    params: readonly ValueType[],
    results: readonly ValueType[],
  ) {
    this.module = module;
    this.index = index;
    this.params = params.map((type, i) => ({ index: i, type }));
    this.results = results;
  }

  /** Number of bytes of code so far. */
  get size(): number {
    return this.body.length;
  }

  // Variables

  /** A variable of this type: a released one (holding what it held) or a new one (holding zero). */
  local(type: ValueType): Local {
    const reused = this.free.get(type)?.pop();
    if (reused !== undefined) return reused;
    this.locals.push(type);
    return { index: this.params.length + this.locals.length - 1, type };
  }

  /** Lets `local` hand these variables out again. */
  release(...locals: readonly Local[]): void {
    if (this.turn !== undefined) {
      this.late.push(...locals);
      return;
    }
    for (const local of locals) {
      const list = this.free.get(local.type);
      if (list === undefined) this.free.set(local.type, [local]);
      else list.push(local);
    }
  }

  /** A variable that receives the value of this code, or what is on top of the stack. */
  let(type: ValueType, value?: Operand): Local {
    if (value !== undefined) this.push(value);
    const local = this.local(type);
    this.set(local);
    return local;
  }

  get(local: Local): this {
    return this.withIndex(0x20, local.index);
  }

  set(local: Local): this {
    return this.withIndex(0x21, local.index);
  }

  tee(local: Local): this {
    return this.withIndex(0x22, local.index);
  }

  push(...values: readonly Operand[]): this {
    for (const value of values) {
      if (typeof value === "function") value(this);
      else this.get(value);
    }
    return this;
  }

  // Constants

  i32(value: number): this {
    this.body.byte(0x41);
    this.body.signed32(value);
    return this;
  }

  i64(value: bigint): this {
    this.body.byte(0x42);
    this.body.signed64(value);
    return this;
  }

  f32(value: number): this {
    this.body.byte(0x43);
    this.body.float32(value);
    return this;
  }

  f64(value: number): this {
    this.body.byte(0x44);
    this.body.float64(value);
    return this;
  }

  /**
   * A vector of 16 bytes. In a loop it is a variable that is set when the function begins: V8 since 13 makes a constant
   * anew wherever it stands, by three instructions.
   */
  v128(bytes: ArrayLike<number>): this {
    if (this.loops > 0) return this.get(this.constant(bytes));
    this.opcode(0xfd00c);
    this.body.bytes(bytes);
    return this;
  }

  /** Four copies of a float32. */
  f32x4(value: number): this {
    return this.v128(new Uint8Array(new Float32Array(4).fill(value).buffer));
  }

  /** Two copies of a float64. */
  f64x2(value: number): this {
    return this.v128(new Uint8Array(new Float64Array(2).fill(value).buffer));
  }

  /** Four copies of a 32-bit integer. */
  i32x4(value: number): this {
    return this.v128(new Uint8Array(new Int32Array(4).fill(value).buffer));
  }

  /** Two copies of a 64-bit integer. */
  i64x2(value: bigint): this {
    return this.v128(new Uint8Array(new BigInt64Array(2).fill(value).buffer));
  }

  // Operations

  /** Operations that need nothing but the stack, in this order. */
  op(...names: readonly PlainOperation[]): this {
    for (const name of names) this.opcode(plain[name][0]);
    return this;
  }

  /** A load or store at the address on the stack plus a constant number of bytes. */
  memory(name: MemoryOperation, offset = 0): this {
    this.opcode(memoryOperations[name][0]);
    return this.address(offset);
  }

  /** A load or store of one lane. */
  memoryLane(name: MemoryLaneOperation, lane: number, offset = 0): this {
    this.opcode(memoryLaneOperations[name][0]);
    this.address(offset);
    this.body.byte(lane);
    return this;
  }

  lane(name: LaneOperation, lane: number): this {
    this.opcode(laneOperations[name][0]);
    this.body.byte(lane);
    return this;
  }

  /** i8x16.shuffle: result byte i is byte `bytes[i]` of the 32 bytes of both operands. */
  shuffle(bytes: readonly number[]): this {
    this.opcode(0xfd00d);
    this.body.bytes(bytes);
    return this;
  }

  /** The shuffle whose result has lanes of 32 bits: numbers 0 to 3 are the first operand's, 4 to 7 the second's. */
  shuffle32(a: number, b: number, c: number, d: number): this {
    return this.shuffle([a, b, c, d].flatMap((lane) => [4 * lane, 4 * lane + 1, 4 * lane + 2, 4 * lane + 3]));
  }

  /** (destination, source, count): copies bytes, overlapping or not. */
  memoryCopy(): this {
    this.opcode(0xfc00a);
    this.body.bytes([0, 0]);
    return this;
  }

  /** (destination, byte value, count). */
  memoryFill(): this {
    this.opcode(0xfc00b);
    this.body.byte(0);
    return this;
  }

  drop(): this {
    this.body.byte(0x1a);
    return this;
  }

  /** (first, second, i32 condition): first where the condition is not zero. */
  select(type: ValueType): this {
    this.body.bytes([0x1c, 1, valueTypeCode[type]]);
    return this;
  }

  call(target: FunctionBuilder): this {
    return this.withIndex(0x10, target.index);
  }

  // Control

  /** A block; `br` to its label leaves it. */
  block(write: (exit: Label) => void, result?: ValueType): this {
    return this.nested(0x02, result, write);
  }

  /** A loop; `br` to its label starts the next round, reaching the end leaves it. */
  loop(write: (again: Label) => void, result?: ValueType): this {
    this.loops++;
    this.nested(0x03, result, write);
    this.loops--;
    return this;
  }

  /** Takes an i32 condition from the stack. */
  if(then: (exit: Label) => void, otherwise?: (exit: Label) => void, result?: ValueType): this {
    return this.nested(0x04, result, (exit) => {
      then(exit);
      if (otherwise === undefined) return;
      this.body.byte(0x05);
      otherwise(exit);
    });
  }

  /**
   * Writes parts that do not depend on each other, by turns: of each as far as its next `pause`. A processor that works
   * ahead by a few hundred instructions then finds some of every part among them.
   */
  byTurns(parts: readonly (() => void)[]): this {
    const begin = this.body.length;
    const pieces = parts.map((write) => {
      const from = this.body.length;
      const cuts: number[] = [];
      this.turn = { cuts, depth: this.depth };
      write();
      this.turn = undefined;
      const ends = [...cuts, this.body.length];
      return ends.map((end, i) => this.body.written().slice(i === 0 ? from : ends[i - 1]!, end));
    });
    this.body.length = begin;
    const most = Math.max(...pieces.map((own) => own.length));
    for (let i = 0; i < most; i++) for (const own of pieces) this.body.bytes(own[i] ?? []);
    this.release(...this.late.splice(0));
    return this;
  }

  /** Of a part of `byTurns`: here nothing of it is on the stack. */
  pause(): void {
    if (this.turn?.depth === this.depth) this.turn.cuts.push(this.body.length);
  }

  br(label: Label): this {
    return this.withIndex(0x0c, this.depth - label.depth);
  }

  /** Takes an i32 condition from the stack. */
  brIf(label: Label): this {
    return this.withIndex(0x0d, this.depth - label.depth);
  }

  /** The function's entry in the code section. */
  writeTo(out: ByteWriter): void {
    const head = new ByteWriter();
    const runs: { type: ValueType; count: number }[] = [];
    for (const type of this.locals) {
      const last = runs.at(-1);
      if (last?.type === type) last.count++;
      else runs.push({ type, count: 1 });
    }
    head.unsigned(runs.length);
    for (const { type, count } of runs) {
      head.unsigned(count);
      head.byte(valueTypeCode[type]);
    }
    out.unsigned(head.length + this.prologue.length + this.body.length + 1);
    out.bytes(head.written());
    out.bytes(this.prologue.written());
    out.bytes(this.body.written());
    out.byte(0x0b);
  }

  private constant(bytes: ArrayLike<number>): Local {
    const key = Array.from(bytes).join();
    let local = this.constants.get(key);
    if (local === undefined) {
      this.locals.push("v128"); // not one that was released: it must stay as it is
      local = { index: this.params.length + this.locals.length - 1, type: "v128" };
      this.constants.set(key, local);
      this.prologue.byte(0xfd);
      this.prologue.unsigned(0x0c);
      this.prologue.bytes(bytes);
      this.prologue.byte(0x21);
      this.prologue.unsigned(local.index);
    }
    return local;
  }

  private nested(code: number, result: ValueType | undefined, write: (label: Label) => void): this {
    this.body.byte(code);
    this.body.byte(result === undefined ? 0x40 : valueTypeCode[result]);
    this.depth++;
    write({ depth: this.depth });
    this.depth--;
    this.body.byte(0x0b);
    return this;
  }

  private opcode(code: number): void {
    if (code > 0xff) {
      this.body.byte(code >> 12);
      this.body.unsigned(code & 0xfff);
    } else this.body.byte(code);
  }

  private withIndex(code: number, index: number): this {
    this.body.byte(code);
    this.body.unsigned(index);
    return this;
  }

  /** Alignment is a hint that engines ignore; 1 byte is valid for every access. */
  private address(offset: number): this {
    this.body.byte(0);
    this.body.unsigned(offset);
    return this;
  }
}
