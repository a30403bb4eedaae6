import type { Code, FunctionBuilder, Local, Operand } from "../function-builder.ts";
import type { PlainOperation } from "../operations.ts";

/** Type of the lanes of a vector: four float32 or two float64. */
export type LaneType = "f32" | "f64";

/**
 * Vector expressions over lanes of one type, for code written once for both. Operands are variables or code; nothing
 * is computed until an expression is given to `let` (which puts it into a variable) or pushed.
 */
export class Lanes {
  readonly f: FunctionBuilder;
  readonly type: LaneType;
  /** Bits of the fraction: 23 or 52. */
  readonly fraction: number;
  /** 127 or 1023. */
  readonly bias: number;
  /** 1.5 2^fraction: added to a number of moderate size, it leaves the nearest integer in the low bits. */
  readonly magic: number;
  private readonly own: Local[] = [];
  private readonly single: boolean;
  private readonly fused: boolean;

  constructor(f: FunctionBuilder, type: LaneType) {
    this.f = f;
    this.type = type;
    this.single = type === "f32";
    this.fused = f.module.relaxedSimd;
    this.fraction = this.single ? 23 : 52;
    this.bias = this.single ? 127 : 1023;
    this.magic = 1.5 * 2 ** this.fraction;
  }

  /** To be called while nothing of the expression is on the stack: not by code that is given to another `let`. */
  let(value: Code): Local {
    const local = this.f.let("v128", value);
    this.own.push(local);
    this.f.pause();
    return local;
  }

  /** Gives back every variable of `let`; the code written so far must have left its result on the stack. */
  done(): void {
    this.f.release(...this.own.splice(0));
  }

  number(value: number): Code {
    return (f) => (this.single ? f.f32x4(value) : f.f64x2(value));
  }

  /** The same bits in every lane. */
  bits(value: bigint): Code {
    return (f) => (this.single ? f.i32x4(Number(BigInt.asIntN(32, value))) : f.i64x2(value));
  }

  /** The bits of a number, for integer arithmetic on them. */
  bitsOf(value: number): bigint {
    if (!this.single) return new BigInt64Array(new Float64Array([value]).buffer)[0]!;
    return BigInt(new Int32Array(new Float32Array([value]).buffer)[0]!);
  }

  get signBit(): Code {
    return this.bits(this.single ? 1n << 31n : 1n << 63n);
  }

  add = (a: Operand, b: Operand) => this.binary("f32x4.add", "f64x2.add", a, b);
  sub = (a: Operand, b: Operand) => this.binary("f32x4.sub", "f64x2.sub", a, b);
  mul = (a: Operand, b: Operand) => this.binary("f32x4.mul", "f64x2.mul", a, b);
  div = (a: Operand, b: Operand) => this.binary("f32x4.div", "f64x2.div", a, b);
  /** a b + c, rounded once where the engine has a fused multiply-add, else twice. */
  madd = (a: Operand, b: Operand, c: Operand): Code =>
    this.fused
      ? this.ternary("f32x4.relaxed_madd", "f64x2.relaxed_madd", a, b, c)
      : this.add(c, this.mul(a, b));
  /** c - a b, rounded as `madd`. */
  nmadd = (a: Operand, b: Operand, c: Operand): Code =>
    this.fused
      ? this.ternary("f32x4.relaxed_nmadd", "f64x2.relaxed_nmadd", a, b, c)
      : this.sub(c, this.mul(a, b));
  sqrt = (a: Operand): Code => this.unary("f32x4.sqrt", "f64x2.sqrt", a);
  /** The smaller, and `a` where either is NaN. */
  least = (a: Operand, b: Operand) => this.binary("f32x4.pmin", "f64x2.pmin", a, b);
  /** The larger, and `a` where either is NaN. */
  most = (a: Operand, b: Operand) => this.binary("f32x4.pmax", "f64x2.pmax", a, b);
  eq = (a: Operand, b: Operand) => this.binary("f32x4.eq", "f64x2.eq", a, b);
  lt = (a: Operand, b: Operand) => this.binary("f32x4.lt", "f64x2.lt", a, b);
  gt = (a: Operand, b: Operand) => this.binary("f32x4.gt", "f64x2.gt", a, b);
  le = (a: Operand, b: Operand) => this.binary("f32x4.le", "f64x2.le", a, b);
  abs = (a: Operand): Code => this.unary("f32x4.abs", "f64x2.abs", a);
  neg = (a: Operand): Code => this.unary("f32x4.neg", "f64x2.neg", a);
  trunc = (a: Operand): Code => this.unary("f32x4.trunc", "f64x2.trunc", a);
  iadd = (a: Operand, b: Operand) => this.binary("i32x4.add", "i64x2.add", a, b);
  isub = (a: Operand, b: Operand) => this.binary("i32x4.sub", "i64x2.sub", a, b);
  and = (a: Operand, b: Operand) => this.binary("v128.and", "v128.and", a, b);
  or = (a: Operand, b: Operand) => this.binary("v128.or", "v128.or", a, b);
  xor = (a: Operand, b: Operand) => this.binary("v128.xor", "v128.xor", a, b);
  shiftLeft = (a: Operand, count: number): Code => this.shift("i32x4.shl", "i64x2.shl", a, count);
  /** Zeros come in from the left. */
  shiftRight = (a: Operand, count: number): Code => this.shift("i32x4.shr_u", "i64x2.shr_u", a, count);

  /** `yes` where the mask is set, else `no`. */
  where(mask: Operand, yes: Operand, no: Operand): Code {
    return (f) => f.push(yes, no, mask).op("v128.bitselect");
  }

  /**
   * a0 + a1 x + ..., in Estrin's order: pairs, then pairs of pairs, which leaves the processor independent work. The
   * square of x may be given.
   */
  polynomial(x: Local, terms: readonly number[], square?: Local): Code {
    let level: Code[] = terms.map((term) => this.number(term));
    let power: Local = x;
    while (level.length > 1) {
      const next: Code[] = [];
      for (let i = 0; i < level.length; i += 2) {
        const [low, high] = [level[i]!, level[i + 1]];
        if (high === undefined) next.push(low);
        else {
          const factor = power;
          next.push(this.madd(high, factor, low));
        }
      }
      level = next;
      if (level.length > 1) power = power === x && square ? square : this.let(this.mul(power, power));
    }
    return level[0]!;
  }

  private binary(single: PlainOperation, double: PlainOperation, a: Operand, b: Operand): Code {
    const name = this.single ? single : double;
    return (f) => f.push(a, b).op(name);
  }

  private ternary(single: PlainOperation, double: PlainOperation, a: Operand, b: Operand, c: Operand): Code {
    const name = this.single ? single : double;
    return (f) => f.push(a, b, c).op(name);
  }

  private unary(single: PlainOperation, double: PlainOperation, a: Operand): Code {
    const name = this.single ? single : double;
    return (f) => f.push(a).op(name);
  }

  private shift(
    single: "i32x4.shl" | "i32x4.shr_u",
    double: "i64x2.shl" | "i64x2.shr_u",
    a: Operand,
    count: number,
  ) {
    const name = this.single ? single : double;
    return (f: FunctionBuilder) => f.push(a).i32(count).op(name);
  }
}
