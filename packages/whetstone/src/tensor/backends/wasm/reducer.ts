/** The running result of one reduction, in vector lanes. */
import type { Instruction } from "../../schedule/kernel.ts";
import type { Code } from "./code.ts";
import { constant, kindOf, type Lanes, type Mode, roundHalf } from "./elements.ts";

type Reduce = Extract<Instruction, { op: "reduce" }>;

export class Reducer {
  readonly #c: Code;
  readonly #inst: Reduce;
  /** Gets the result: of each lane, or the same in all lanes where the vector axis is reduced. */
  readonly #value: number;
  readonly #lanes: Lanes;
  readonly #across: boolean;
  /** Greatest value so far, for argmax, whose result is an index. */
  readonly #best: number;
  readonly #operand: Instruction["dtype"];

  constructor(c: Code, inst: Reduce, value: number, lanes: Lanes, across: boolean) {
    this.#c = c;
    this.#inst = inst;
    this.#value = value;
    this.#lanes = lanes;
    this.#across = across;
    this.#best = inst.how === "argmax" ? c.local("v128") : -1;
    this.#operand = inst.operand;
  }

  begin(): void {
    const c = this.#c;
    const { how, dtype } = this.#inst;
    if (how === "argmax") {
      c.constI32x4(0x7fffffff); // no place yet
      c.set(this.#value);
      this.#least();
      c.set(this.#best);
    } else {
      if (how === "sum") constant(c, dtype, 0);
      else this.#least();
      c.set(this.#value);
    }
  }

  /** The identity of max, on the stack. */
  #least(): void {
    const kind = kindOf(this.#operand);
    if (kind === "mask") this.#c.constI32x4(0);
    else constant(this.#c, this.#operand, kind === "i32" ? -(2 ** 31) : Number.NEGATIVE_INFINITY);
  }

  /** Takes the vector of a local in; in "single" mode only its first lane counts if lanes are joined in the end. */
  add(local: number, mode: Mode, index: () => void): void {
    const c = this.#c;
    const { how, dtype } = this.#inst;
    const first = this.#across && mode === "single";
    if (how === "argmax") {
      this.#takeIfGreater(local, index, first);
      return;
    }
    c.get(this.#value);
    c.get(local);
    if (first) {
      if (how === "sum") constant(c, dtype, 0);
      else this.#least();
      this.#firstLaneMask();
      c.op("v128.bitselect");
    }
    this.#combine();
    c.set(this.#value);
  }

  /** Mask of the first lane, on the stack. */
  #firstLaneMask(): void {
    if (kindOf(this.#operand) === "f64") this.#c.constLanes([-1, -1, 0, 0]);
    else this.#c.constLanes([-1, 0, 0, 0]);
  }

  /** value > best, or value is NaN and best is not, or nothing was taken yet. NaN stands above all. */
  #takeIfGreater(local: number, index: () => void, first: boolean): void {
    const c = this.#c;
    const kind = kindOf(this.#operand);
    const take = c.temp("v128");
    const at = c.temp("v128");
    index();
    c.set(at);
    this.#exceeds(local, this.#best);
    // Nothing taken yet: the place is still the largest number.
    c.get(this.#value);
    c.constI32x4(0x7fffffff);
    c.op("i32x4.eq");
    c.op("v128.or");
    if (first) {
      c.constLanes([-1, 0, 0, 0]);
      c.op("v128.and");
    }
    c.set(take);
    c.get(local);
    c.get(this.#best);
    c.get(take);
    if (kind === "f64") c.op("i64x2.extend_low_i32x4_s");
    c.op("v128.bitselect");
    c.set(this.#best);
    c.get(at);
    c.get(this.#value);
    c.get(take);
    c.op("v128.bitselect");
    c.set(this.#value);
    c.free(take);
    c.free(at);
  }

  /** Mask (32-bit lanes) of x > y with NaN greatest, on the stack. */
  #exceeds(x: number, y: number): void {
    const c = this.#c;
    const kind = kindOf(this.#operand);
    if (kind === "mask") {
      c.get(x);
      c.get(y);
      c.op("v128.andnot");
      return;
    }
    if (kind === "i32") {
      c.get(x);
      c.get(y);
      c.op("i32x4.gt_s");
      return;
    }
    const shape = kind === "f64" ? "f64x2" : "f32x4";
    // (x > y) or (x != x and y == y)
    c.get(x);
    c.get(y);
    c.op(`${shape}.gt`);
    c.get(x);
    c.get(x);
    c.op(`${shape}.ne`);
    c.get(y);
    c.get(y);
    c.op(`${shape}.eq`);
    c.op("v128.and");
    c.op("v128.or");
    if (kind === "f64") {
      const v = c.temp("v128");
      c.set(v);
      c.get(v);
      c.get(v);
      c.shuffle([0, 1, 2, 3, 8, 9, 10, 11, 0, 1, 2, 3, 8, 9, 10, 11]);
      c.free(v);
    }
  }

  /** Joins the lanes where the vector axis was reduced; rounds to the dtype. */
  end(): void {
    const c = this.#c;
    const { how, dtype } = this.#inst;
    if (this.#across) {
      if (how === "argmax") this.#joinPlaces();
      else this.#joinValues();
    }
    if (dtype === "f16" || dtype === "bf16") {
      c.get(this.#value);
      roundHalf(c, dtype);
      c.set(this.#value);
    }
  }

  #swapped(local: number, distance: 1 | 2): void {
    const c = this.#c;
    const f64 =
      local !== this.#value
        ? kindOf(this.#operand) === "f64"
        : this.#inst.how !== "argmax" && kindOf(this.#operand) === "f64";
    c.get(local);
    c.get(local);
    if (f64) c.shuffle([8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7]);
    else if (distance === 2) c.shuffle([8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7]);
    else c.shuffle([4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11]);
  }

  /** Takes the lanes of another reducer of the same kind in. */
  merge(other: Reducer): void {
    const c = this.#c;
    if (this.#inst.how === "argmax") {
      this.#takeEarlier(other.#best, other.#value);
      return;
    }
    c.get(this.#value);
    c.get(other.#value);
    this.#combine();
    c.set(this.#value);
  }

  /** Sum or maximum of the two vectors on the stack. */
  #combine(): void {
    const kind = kindOf(this.#operand);
    const shape = kind === "f64" ? "f64x2" : kind === "f32" ? "f32x4" : "i32x4";
    if (this.#inst.how === "sum") this.#c.op(`${shape}.add`);
    else if (kind === "mask") this.#c.op("v128.or");
    else this.#c.op(shape === "i32x4" ? "i32x4.max_s" : `${shape}.max`);
  }

  #joinValues(): void {
    const c = this.#c;
    const kind = kindOf(this.#operand);
    const rounds: readonly (1 | 2)[] = kind === "f64" ? [1] : this.#lanes === 2 ? [1] : [2, 1];
    for (const distance of rounds) {
      c.get(this.#value);
      this.#swapped(this.#value, distance);
      this.#combine();
      c.set(this.#value);
    }
    if (this.#lanes === 2 && kind !== "f64") {
      // Results fill the low half only: repeat them.
      c.get(this.#value);
      c.get(this.#value);
      c.shuffle([0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3]);
      c.set(this.#value);
    }
  }

  /** The greatest lane, the first of equals. */
  #joinPlaces(): void {
    const c = this.#c;
    const rounds: readonly (1 | 2)[] = this.#lanes === 2 ? [1] : [2, 1];
    for (const distance of rounds) {
      const best = c.temp("v128");
      const place = c.temp("v128");
      this.#swapped(this.#best, distance);
      c.set(best);
      c.get(this.#value);
      c.get(this.#value);
      if (distance === 2) c.shuffle([8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7]);
      else c.shuffle([4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11]);
      c.set(place);
      this.#takeEarlier(best, place);
      c.free(best);
      c.free(place);
    }
  }

  /**
   * Takes the lanes (greatest values, and their places) that are greater; or not smaller, and stand before. A lane
   * that took nothing in stands last.
   */
  #takeEarlier(best: number, place: number): void {
    const c = this.#c;
    const kind = kindOf(this.#operand);
    const take = c.temp("v128");
    this.#exceeds(best, this.#best);
    this.#exceeds(this.#best, best);
    c.op("v128.not");
    c.get(place);
    c.get(this.#value);
    c.op("i32x4.lt_s");
    c.op("v128.and");
    c.op("v128.or");
    c.get(place);
    c.constI32x4(0x7fffffff);
    c.op("i32x4.ne");
    c.op("v128.and");
    c.get(this.#value);
    c.constI32x4(0x7fffffff);
    c.op("i32x4.eq");
    c.op("v128.or");
    c.set(take);
    c.get(best);
    c.get(this.#best);
    c.get(take);
    if (kind === "f64") c.op("i64x2.extend_low_i32x4_s");
    c.op("v128.bitselect");
    c.set(this.#best);
    c.get(place);
    c.get(this.#value);
    c.get(take);
    c.op("v128.bitselect");
    c.set(this.#value);
    c.free(take);
  }
}
