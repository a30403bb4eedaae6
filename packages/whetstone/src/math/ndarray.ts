import { argumentError, shapeError } from "../errors.ts";
import { gemm } from "./linalg/multiply.ts";
import { Matrix } from "./matrix.ts";
import {
  alongAxis,
  axisIndex,
  broadcastShapes,
  broadcastStrides,
  forEachBroadcast,
  type Nested,
  showShape,
  sizeOf,
  stridesOf,
} from "./ndarray-shapes.ts";

/** What arithmetic accepts next to an array: another array, broadcast, or a number. */
export type NdOperand = NdArray | number;

/** Which axis a reduction runs along (negative: from the end; left out: over all entries), and whether it stays with length 1. */
export interface AxisOptions {
  readonly axis?: number;
  readonly keepDims?: boolean;
}

/**
 * N-dimensional array of float64 numbers, row-major and contiguous; every operation is computed at once and gives a
 * new array. Shapes broadcast as in NumPy: aligned at the last axis, lengths equal or 1.
 *
 * For automatic differentiation, float32 and fused kernels there is `Tensor`; for linear algebra `Matrix`.
 *
 * @example
 * const x = NdArray.from([[1, 2, 3], [4, 5, 6]]);
 * x.sub(x.mean({ axis: 1, keepDims: true })).toArray(); // [[-1, 0, 1], [-1, 0, 1]]
 */
export class NdArray {
  static readonly typeName = "NdArray";
  readonly data: Float64Array;
  readonly shape: readonly number[];
  /** Entries between neighbours along each axis. */
  readonly strides: readonly number[];

  /** Wraps `data` without copying; its length must be the product of `shape`. */
  constructor(data: Float64Array, shape: readonly number[]) {
    for (const [axis, length] of shape.entries()) {
      if (!(Number.isInteger(length) && length >= 0)) {
        throw argumentError("NdArray", `shape[${axis}]`, length, "a whole number >= 0");
      }
    }
    if (data.length !== sizeOf(shape)) {
      throw shapeError(
        "NdArray",
        "data",
        `has ${data.length} entries`,
        `${sizeOf(shape)} (shape ${showShape(shape)})`,
      );
    }
    this.data = data;
    this.shape = [...shape];
    this.strides = stridesOf(shape);
  }

  /** Copies a number, nested arrays of equal lengths, a typed array or a `Matrix`. */
  static from(values: Nested | Matrix): NdArray {
    if (values instanceof Matrix)
      return new NdArray(Float64Array.from(values.data), [values.rows, values.cols]);
    const shape: number[] = [];
    for (let level: Nested = values; typeof level !== "number"; level = level[0]!) {
      shape.push(level.length);
      if (level.length === 0) break;
    }
    const data = new Float64Array(sizeOf(shape));
    let at = 0;
    const copy = (level: Nested, axis: number): void => {
      if (typeof level === "number") {
        if (axis !== shape.length) throw shapeError("NdArray.from", "values", "is ragged", showShape(shape));
        data[at++] = level;
        return;
      }
      if (axis >= shape.length || level.length !== shape[axis]) {
        throw shapeError(
          "NdArray.from",
          "values",
          `has ${level.length} entries along axis ${axis} in one place`,
          showShape(shape),
        );
      }
      for (let i = 0; i < level.length; i++) copy(level[i]!, axis + 1);
    };
    copy(values, 0);
    return new NdArray(data, shape);
  }

  static zeros(shape: readonly number[]): NdArray {
    return NdArray.full(shape, 0);
  }

  static full(shape: readonly number[], value: number): NdArray {
    return new NdArray(new Float64Array(sizeOf(shape)).fill(value), shape);
  }

  /** 0, 1, ..., n - 1. */
  static arange(n: number): NdArray {
    return new NdArray(
      Float64Array.from({ length: n }, (_, i) => i),
      [n],
    );
  }

  /** Joins arrays of one shape along a new axis. */
  static stack(arrays: readonly NdArray[], axis = 0): NdArray {
    const first = arrays[0];
    if (first === undefined) throw argumentError("NdArray.stack", "arrays", arrays, "at least one array");
    const at = axisIndex("NdArray.stack", axis, first.ndim + 1);
    for (const [g, a] of arrays.entries()) {
      if (showShape(a.shape) !== showShape(first.shape)) {
        throw shapeError(
          "NdArray.stack",
          `arrays[${g}]`,
          `has shape ${showShape(a.shape)}`,
          showShape(first.shape),
        );
      }
    }
    const grown = [...first.shape.slice(0, at), 1, ...first.shape.slice(at)];
    return NdArray.concatenate(
      arrays.map((a) => a.reshape(grown)),
      at,
    );
  }

  /** Joins arrays along an axis they have; the other axes must agree. */
  static concatenate(arrays: readonly NdArray[], axis = 0): NdArray {
    const where = "NdArray.concatenate";
    const first = arrays[0];
    if (first === undefined) throw argumentError(where, "arrays", arrays, "at least one array");
    const at = axisIndex(where, axis, first.ndim);
    let total = 0;
    for (const [g, a] of arrays.entries()) {
      if (a.ndim !== first.ndim || a.shape.some((length, i) => i !== at && length !== first.shape[i])) {
        const fits = `${showShape(first.shape)} apart from axis ${at}`;
        throw shapeError(where, `arrays[${g}]`, `has shape ${showShape(a.shape)}`, fits);
      }
      total += a.shape[at]!;
    }
    const shape = first.shape.map((length, i) => (i === at ? total : length));
    const outer = sizeOf(shape.slice(0, at));
    const inner = sizeOf(shape.slice(at + 1));
    const out = new Float64Array(sizeOf(shape));
    let before = 0;
    for (const a of arrays) {
      const width = a.shape[at]! * inner;
      for (let o = 0; o < outer; o++) {
        out.set(a.data.subarray(o * width, (o + 1) * width), o * total * inner + before);
      }
      before += width;
    }
    return new NdArray(out, shape);
  }

  /** Entries of `a` where `condition` is not 0, else of `b`; all three broadcast. */
  static where(condition: NdArray, a: NdOperand, b: NdOperand): NdArray {
    const [x, y] = [asNd(a), asNd(b)];
    const where = "NdArray.where";
    const shape = broadcastShapes(where, broadcastShapes(where, condition.shape, x.shape), y.shape);
    const strides = [condition, x, y].map((v) => broadcastStrides(v.shape, v.strides, shape));
    const out = new Float64Array(sizeOf(shape));
    forEachBroadcast(shape, strides, (at, [c, i, j]) => {
      out[at] = condition.data[c!] !== 0 ? x.data[i!]! : y.data[j!]!;
    });
    return new NdArray(out, shape);
  }

  get ndim(): number {
    return this.shape.length;
  }

  get size(): number {
    return this.data.length;
  }

  at(...index: number[]): number {
    return this.data[this.#offset("NdArray.at", index)]!;
  }

  set(index: readonly number[], value: number): void {
    this.data[this.#offset("NdArray.set", index)] = value;
  }

  #offset(where: string, index: readonly number[]): number {
    if (index.length !== this.ndim) {
      throw shapeError(where, "index", `has ${index.length} entries`, `${this.ndim} (axes of the array)`);
    }
    let at = 0;
    for (const [axis, i] of index.entries()) {
      const length = this.shape[axis]!;
      const place = i < 0 ? i + length : i;
      if (!(Number.isInteger(i) && place >= 0 && place < length)) {
        throw argumentError(where, `index[${axis}]`, i, `a whole number from ${-length} to ${length - 1}`);
      }
      at += place * this.strides[axis]!;
    }
    return at;
  }

  /** The same entries in another shape; one length may be -1, to be worked out. */
  reshape(shape: readonly number[]): NdArray {
    const known = shape.reduce((product, length) => (length === -1 ? product : product * length), 1);
    const open = shape.filter((length) => length === -1).length;
    const fits = open === 0 ? known === this.size : open === 1 && known > 0 && this.size % known === 0;
    if (!fits) {
      throw shapeError(
        "NdArray.reshape",
        "shape",
        `is ${showShape(shape)}`,
        `one with ${this.size} entries in all`,
      );
    }
    return new NdArray(
      this.data,
      shape.map((length) => (length === -1 ? this.size / known : length)),
    );
  }

  /** Axes in another order (default: reversed); axis i of the result is axis `axes[i]` of this array. */
  transpose(axes?: readonly number[]): NdArray {
    const order = (axes ?? this.shape.map((_, i) => this.ndim - 1 - i)).map((axis) =>
      axisIndex("NdArray.transpose", axis, this.ndim),
    );
    if (order.length !== this.ndim || new Set(order).size !== this.ndim) {
      throw argumentError("NdArray.transpose", "axes", axes, `each axis from 0 to ${this.ndim - 1} once`);
    }
    const shape = order.map((axis) => this.shape[axis]!);
    const out = new Float64Array(this.size);
    forEachBroadcast(shape, [order.map((axis) => this.strides[axis]!)], (at, [from]) => {
      out[at] = this.data[from!]!;
    });
    return new NdArray(out, shape);
  }

  /** Entries from `start` up to, not including, `end` along one axis; negative numbers count from the end. */
  slice(axis: number, start: number, end?: number): NdArray {
    const at = axisIndex("NdArray.slice", axis, this.ndim);
    const length = this.shape[at]!;
    const clamp = (v: number): number => Math.max(0, Math.min(length, v < 0 ? v + length : v));
    const from = clamp(start);
    const to = Math.max(from, clamp(end ?? length));
    const shape = this.shape.map((v, i) => (i === at ? to - from : v));
    const inner = sizeOf(this.shape.slice(at + 1));
    const outer = sizeOf(this.shape.slice(0, at));
    const width = (to - from) * inner;
    const out = new Float64Array(outer * width);
    for (let o = 0; o < outer; o++) {
      const base = (o * length + from) * inner;
      out.set(this.data.subarray(base, base + width), o * width);
    }
    return new NdArray(out, shape);
  }

  map(f: (value: number) => number): NdArray {
    return new NdArray(
      this.data.map((v) => f(v)),
      this.shape,
    );
  }

  exp(): NdArray {
    return this.map(Math.exp);
  }
  log(): NdArray {
    return this.map(Math.log);
  }
  sqrt(): NdArray {
    return this.map(Math.sqrt);
  }
  abs(): NdArray {
    return this.map(Math.abs);
  }
  neg(): NdArray {
    return this.map((v) => -v);
  }

  add(other: NdOperand): NdArray {
    return this.#combine("NdArray.add", other, (a, b) => a + b);
  }
  sub(other: NdOperand): NdArray {
    return this.#combine("NdArray.sub", other, (a, b) => a - b);
  }
  mul(other: NdOperand): NdArray {
    return this.#combine("NdArray.mul", other, (a, b) => a * b);
  }
  div(other: NdOperand): NdArray {
    return this.#combine("NdArray.div", other, (a, b) => a / b);
  }
  pow(other: NdOperand): NdArray {
    return this.#combine("NdArray.pow", other, (a, b) => a ** b);
  }
  maximum(other: NdOperand): NdArray {
    return this.#combine("NdArray.maximum", other, Math.max);
  }
  minimum(other: NdOperand): NdArray {
    return this.#combine("NdArray.minimum", other, Math.min);
  }
  /** 1 where this array is greater, else 0. */
  greater(other: NdOperand): NdArray {
    return this.#combine("NdArray.greater", other, (a, b) => (a > b ? 1 : 0));
  }
  /** 1 where this array is less, else 0. */
  less(other: NdOperand): NdArray {
    return this.#combine("NdArray.less", other, (a, b) => (a < b ? 1 : 0));
  }
  /** 1 where both are equal, else 0. */
  equal(other: NdOperand): NdArray {
    return this.#combine("NdArray.equal", other, (a, b) => (a === b ? 1 : 0));
  }

  #combine(where: string, other: NdOperand, f: (a: number, b: number) => number): NdArray {
    if (typeof other === "number") return this.map((v) => f(v, other));
    const shape = broadcastShapes(where, this.shape, other.shape);
    const strides = [
      broadcastStrides(this.shape, this.strides, shape),
      broadcastStrides(other.shape, other.strides, shape),
    ];
    const out = new Float64Array(sizeOf(shape));
    forEachBroadcast(shape, strides, (at, [i, j]) => {
      out[at] = f(this.data[i!]!, other.data[j!]!);
    });
    return new NdArray(out, shape);
  }

  /** Sum over all entries, or along an axis. */
  sum(options: AxisOptions = {}): NdArray {
    return this.#reduce("NdArray.sum", options, (get, n) => {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += get(i);
      return sum;
    });
  }

  /** Mean over all entries, or along an axis; NaN where there is none. */
  mean(options: AxisOptions = {}): NdArray {
    return this.#reduce("NdArray.mean", options, (get, n) => {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += get(i);
      return sum / n;
    });
  }

  /** Largest entry (NaN if there is one among them), over all or along an axis of at least one entry. */
  max(options: AxisOptions = {}): NdArray {
    return this.#reduce("NdArray.max", options, (get, n) => get(best("NdArray.max", get, n, 1)));
  }

  /** Smallest entry (NaN if there is one among them), over all or along an axis of at least one entry. */
  min(options: AxisOptions = {}): NdArray {
    return this.#reduce("NdArray.min", options, (get, n) => get(best("NdArray.min", get, n, -1)));
  }

  /** Position of the largest entry (the first of equal ones) along an axis, or in the flat array. */
  argmax(options: AxisOptions = {}): NdArray {
    return this.#reduce("NdArray.argmax", options, (get, n) => best("NdArray.argmax", get, n, 1));
  }

  /** Position of the smallest entry (the first of equal ones) along an axis, or in the flat array. */
  argmin(options: AxisOptions = {}): NdArray {
    return this.#reduce("NdArray.argmin", options, (get, n) => best("NdArray.argmin", get, n, -1));
  }

  #reduce(
    where: string,
    { axis, keepDims = false }: AxisOptions,
    f: (get: (i: number) => number, n: number) => number,
  ): NdArray {
    const { data, shape } = this;
    if (axis === undefined) {
      const value = f((i) => data[i]!, data.length);
      return new NdArray(
        Float64Array.of(value),
        shape.flatMap(() => (keepDims ? [1] : [])),
      );
    }
    const at = axisIndex(where, axis, this.ndim);
    const kept = shape.flatMap((length, i) => (i !== at ? [length] : keepDims ? [1] : []));
    const out = new Float64Array(sizeOf(kept));
    alongAxis(shape, at, (start, step, length, place) => {
      out[place] = f((i) => data[start + i * step]!, length);
    });
    return new NdArray(out, kept);
  }

  /**
   * Matrix product over the last two axes; axes before them broadcast as batches. A one-dimensional operand is a row on
   * the left and a column on the right, and its axis is dropped from the result.
   */
  matmul(other: NdArray): NdArray {
    const where = "NdArray.matmul";
    if (this.ndim === 0 || other.ndim === 0) {
      throw shapeError(where, "other", "or this array has no axis", "at least one axis in each");
    }
    const a = this.ndim === 1 ? this.reshape([1, this.size]) : this;
    const b = other.ndim === 1 ? other.reshape([other.size, 1]) : other;
    const [m, k] = a.shape.slice(-2) as [number, number];
    const [inner, n] = b.shape.slice(-2) as [number, number];
    if (inner !== k) {
      throw shapeError(
        where,
        "other",
        `has shape ${showShape(other.shape)}`,
        `${k} entries to meet ${showShape(this.shape)}`,
      );
    }
    const batches = broadcastShapes(where, a.shape.slice(0, -2), b.shape.slice(0, -2));
    const strides = [a, b].map((v) =>
      broadcastStrides(v.shape.slice(0, -2), v.strides.slice(0, -2), batches),
    );
    const out = new Float64Array(sizeOf(batches) * m * n);
    forEachBroadcast(batches, strides, (at, [i, j]) => {
      const A = a.data.subarray(i!, i! + m * k);
      const B = b.data.subarray(j!, j! + k * n);
      gemm(false, false, m, n, k, 1, A, B, 0, out.subarray(at * m * n, (at + 1) * m * n));
    });
    const shape = [...batches, ...(this.ndim === 1 ? [] : [m]), ...(other.ndim === 1 ? [] : [n])];
    return new NdArray(out, shape);
  }

  /** Dot product of two one-dimensional arrays of equal length. */
  dot(other: NdArray): number {
    if (this.ndim !== 1 || other.ndim !== 1 || this.size !== other.size) {
      throw shapeError(
        "NdArray.dot",
        "other",
        `has shape ${showShape(other.shape)}`,
        `${showShape(this.shape)}, both with one axis`,
      );
    }
    return this.matmul(other).item();
  }

  /** The only entry. */
  item(): number {
    if (this.size !== 1) throw shapeError("NdArray.item", "this array", `has ${this.size} entries`, "1");
    return this.data[0]!;
  }

  /** A two-dimensional array as a `Matrix` on a copy of its entries. */
  toMatrix(): Matrix {
    if (this.ndim !== 2) throw shapeError("NdArray.toMatrix", "this array", `has ${this.ndim} axes`, "2");
    return new Matrix(this.data.slice(), this.shape[0]!, this.shape[1]!);
  }

  /** Nested plain arrays; a number if there is no axis. */
  toArray(): Nested {
    const build = (axis: number, at: number): Nested => {
      if (axis === this.ndim) return this.data[at]!;
      return Array.from({ length: this.shape[axis]! }, (_, i) =>
        build(axis + 1, at + i * this.strides[axis]!),
      );
    };
    return build(0, 0);
  }

  toState(): unknown {
    return { data: this.data, shape: this.shape };
  }

  static fromState(state: unknown): NdArray {
    const { data, shape } = state as { data: Float64Array; shape: number[] };
    return new NdArray(data, shape);
  }
}

function asNd(value: NdOperand): NdArray {
  return typeof value === "number" ? new NdArray(Float64Array.of(value), []) : value;
}

function best(where: string, get: (i: number) => number, n: number, sign: 1 | -1): number {
  if (n === 0)
    throw shapeError(where, "this array", "has no entry to choose from", "at least 1 along the axis");
  let place = 0;
  for (let i = 0; i < n; i++) {
    const v = get(i);
    if (Number.isNaN(v)) return i;
    if (sign * v > sign * get(place)) place = i;
  }
  return place;
}
