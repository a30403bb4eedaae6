import { argumentError, requireFunction, shapeError, show, WhetstoneError } from "../errors.ts";
import { Matrix } from "../math/index.ts";
import {
  checkDType,
  type DType,
  dtypes,
  isFloat,
  makeArray,
  readElement,
  type TypedArray,
  writeElement,
} from "./dtype.ts";
import { addEffect, read, readAsync, realize } from "./engine.ts";
import * as b from "./graph/build.ts";
import { gradients } from "./graph/differentiate.ts";
import { Node, withGradMode } from "./graph/node.ts";
import type { Binary, Unary } from "./graph/primitives.ts";
import { checkShape, inferShape, type Shape, sameShape, showShape, sizeOf } from "./graph/shape.ts";
import { Storage } from "./graph/storage.ts";
import { broadcastTo, meet, scalar, toFloat } from "./ops/coerce.ts";
import * as indexing from "./ops/indexing.ts";
import * as movement from "./ops/movement.ts";
import { matmul } from "./ops/products.ts";
import { keyOf, normal, uniform } from "./ops/random.ts";
import type { Axes } from "./ops/reductions.ts";
import * as reductions from "./ops/reductions.ts";

/** Numbers in rows, as deep as there are axes. */
export type Nested = number | boolean | readonly Nested[];

/** What a tensor can be made from. */
export type TensorLike = Tensor | Matrix | TypedArray | Nested;

export interface TensorOptions {
  /** Default: float32 for numbers, the array's own type for typed arrays, bool for booleans. */
  readonly dtype?: DType;
  /** Whether gradients are wanted for it. Default false. */
  readonly requiresGrad?: boolean;
}

/** One place, all places (null), or [start, stop, step] of an axis. */
export type Index = number | null | readonly [start: number, stop?: number, step?: number];

/**
 * An array of any number of axes that knows how it came about. Operations are recorded, not executed; `data()`,
 * `item()`, `read()`, `realize()` and an optimizer's `step()` compute what is asked for, fused and planned as a whole.
 * Nothing has to be freed.
 *
 * @example
 * const x = Tensor.from([[1, 2], [3, 4]], { requiresGrad: true });
 * const y = x.mul(x).sum();
 * y.backward();
 * y.item(); // 30
 * x.grad.toArray(); // [[2, 4], [6, 8]]
 */
export class Tensor {
  /** The graph node whose value this is. For code that builds on the graph. */
  node: Node;
  #grad: Tensor | null = null;
  #freed = false;

  constructor(node: Node) {
    this.node = node;
  }

  // ---- making

  /**
   * A tensor from nested arrays, a typed array (one axis unless `shape` says otherwise), a `Matrix`, or another
   * tensor. Values are copied.
   */
  static from(values: TensorLike, options: TensorOptions & { readonly shape?: Shape } = {}): Tensor {
    const where = "Tensor.from";
    const dtype = options.dtype === undefined ? undefined : checkDType(where, options.dtype);
    if (values instanceof Tensor) {
      const tensor = new Tensor(dtype ? b.cast(values.node, dtype) : values.node);
      return options.shape ? tensor.reshape(options.shape) : tensor;
    }
    const { array, shape: found, type } = elementsOf(where, values);
    const shape = options.shape ? inferShape(where, options.shape, array.length) : found;
    const kind = dtype ?? type;
    const host = makeArray(kind, array.length);
    if (kind === type && "buffer" in array) host.set(array as TypedArray);
    else for (let i = 0; i < host.length; i++) writeElement(kind, host, i, array[i]!);
    return fromHost(where, host, shape, kind, options.requiresGrad ?? false);
  }

  /** A tensor from elements as `data()` gives them: of float16 and bfloat16 the bits. Values are copied. */
  static fromStored(array: TypedArray, shape: Shape, dtype: DType): Tensor {
    const where = "Tensor.fromStored";
    checkDType(where, dtype);
    const host = makeArray(dtype, sizeOf(inferShape(where, shape, array.length)));
    if (array.constructor !== host.constructor) {
      throw argumentError(where, "array", array, `a ${host.constructor.name}, which holds ${dtype} elements`);
    }
    host.set(array);
    return fromHost(where, host, shape, dtype, false);
  }

  static full(shape: Shape, value: number, options: TensorOptions = {}): Tensor {
    const where = "Tensor.full";
    checkShape(where, shape);
    const dtype = checkDType(where, options.dtype ?? "f32");
    if (!options.requiresGrad) return new Tensor(b.constant(value, shape, dtype));
    const host = makeArray(dtype, sizeOf(shape));
    for (let i = 0; i < host.length; i++) writeElement(dtype, host, i, value);
    return fromHost(where, host, shape, dtype, true);
  }

  static zeros(shape: Shape, options: TensorOptions = {}): Tensor {
    return Tensor.full(shape, 0, options);
  }

  static ones(shape: Shape, options: TensorOptions = {}): Tensor {
    return Tensor.full(shape, 1, options);
  }

  /** start, start + step, ... before stop; `arange(n)` is 0 to n - 1. Whole numbers are i32, others float32. */
  static arange(start: number, stop?: number, step = 1, options: TensorOptions = {}): Tensor {
    const [from, to] = stop === undefined ? [0, start] : [start, stop];
    const count = Math.max(0, Math.ceil((to - from) / step));
    if (!Number.isSafeInteger(count)) {
      throw argumentError("Tensor.arange", "step", step, `a step that leads from ${from} to ${to}`);
    }
    const whole = Number.isInteger(from) && Number.isInteger(step);
    const dtype = checkDType("Tensor.arange", options.dtype ?? (whole ? "i32" : "f32"));
    const kind = whole && !isFloat(dtype) ? "i32" : dtype === "f64" ? "f64" : "f32";
    const line = b.shift(b.scale(b.cast(b.iota(count), kind), step), from);
    return new Tensor(b.cast(line, dtype));
  }

  /** `count` numbers from start to stop, both included. */
  static linspace(start: number, stop: number, count: number, options: TensorOptions = {}): Tensor {
    checkShape("Tensor.linspace", [count]);
    const line = Tensor.arange(count, undefined, 1, { dtype: "f64" });
    const scaled = line.mul(count > 1 ? (stop - start) / (count - 1) : 0).add(start);
    return scaled.to(options.dtype ?? "f32");
  }

  static eye(n: number, options: TensorOptions = {}): Tensor {
    checkShape("Tensor.eye", [n]);
    return new Tensor(
      b.cast(indexing.oneHot(b.iota(n), n), checkDType("Tensor.eye", options.dtype ?? "f32")),
    );
  }

  /**
   * Uniform numbers from [0, 1). `seed`: a whole number, or an i32 tensor [2] that holds one (the same plan then serves
   * every seed).
   */
  static rand(shape: Shape, options: TensorOptions & { readonly seed: number | Tensor }): Tensor {
    return randomTensor("Tensor.rand", uniform, shape, options);
  }

  /** Standard normal numbers. */
  static randn(shape: Shape, options: TensorOptions & { readonly seed: number | Tensor }): Tensor {
    return randomTensor("Tensor.randn", normal, shape, options);
  }

  /** Joins tensors along an axis they all have. */
  static concat(tensors: readonly Tensor[], axis = 0): Tensor {
    return new Tensor(
      movement.concat(
        tensors.map((t) => t.node),
        axis,
      ),
    );
  }

  /** Joins tensors of one shape along a new axis. */
  static stack(tensors: readonly Tensor[], axis = 0): Tensor {
    return new Tensor(
      movement.concat(
        tensors.map((t) => movement.unsqueeze(t.node, axis)),
        axis,
        "Tensor.stack",
      ),
    );
  }

  /** From `a` where the condition holds, else from `c`. */
  static where(condition: Tensor, a: Tensor | number, c: Tensor | number): Tensor {
    const other = a instanceof Tensor ? a : c instanceof Tensor ? c : Tensor.zeros([]);
    const [x, y] = meet(
      "Tensor.where",
      operand("Tensor.where", a, other.node),
      operand("Tensor.where", c, other.node),
    );
    const shape = b.broadcast(x, broadcastOf(x, condition.node)).shape;
    const test = b.broadcast(b.cast(condition.node, "bool"), shape);
    return new Tensor(b.where(test, b.broadcast(x, shape), b.broadcast(y, shape)));
  }

  // ---- what it is

  get shape(): Shape {
    return this.node.shape;
  }

  get dtype(): DType {
    return this.node.dtype;
  }

  /** Number of axes. */
  get rank(): number {
    return this.node.shape.length;
  }

  /** Number of elements. */
  get size(): number {
    return sizeOf(this.node.shape);
  }

  get requiresGrad(): boolean {
    return this.node.requiresGrad;
  }

  /** Gradient that `backward` calls have added up, or null. */
  get grad(): Tensor | null {
    return this.#grad;
  }

  set grad(value: Tensor | null) {
    if (value && !sameShape(value.shape, this.shape)) {
      throw shapeError("Tensor.grad", "grad", `has shape ${showShape(value.shape)}`, showShape(this.shape));
    }
    this.#grad = value;
  }

  /** The same values as a leaf whose gradient is wanted. */
  requireGrad(): Tensor {
    if (!isFloat(this.dtype)) {
      throw new WhetstoneError(
        "argument",
        { where: "Tensor.requireGrad" },
        `a ${this.dtype} tensor has no gradient`,
      );
    }
    return own(new Tensor(new Node("detach", {}, [this.node], this.shape, this.dtype, true)));
  }

  // ---- computing

  /** Computes the elements now. Returns the tensor itself. */
  realize(): this {
    realize([this.node], "Tensor.realize");
    return this;
  }

  /**
   * Computed along with whatever is computed next, so that it can be read after the tensors it depends on have been
   * updated. Returns the tensor itself.
   */
  keep(): this {
    addEffect({ node: this.node, replaces: null, forget: false });
    return this;
  }

  /** The elements in row-major order, as they are stored: a copy. bool gives 0 and 1; f16 and bf16 give their bits. */
  data(): TypedArray {
    realize([this.node], "Tensor.data");
    const array = read(this.node, "Tensor.data");
    keepOnHost(this.node, array);
    return array;
  }

  /** As {@link data}, for backends that can only be read asynchronously. */
  async read(): Promise<TypedArray> {
    realize([this.node], "Tensor.read");
    return readAsync(this.node, "Tensor.read");
  }

  /** The only element. */
  item(): number {
    if (this.size !== 1) {
      throw new WhetstoneError(
        "shape",
        { where: "Tensor.item" },
        `the tensor has shape ${showShape(this.shape)}, expected one element`,
      );
    }
    return readElement(this.dtype, this.data(), 0);
  }

  /** The elements as nested arrays (a number where there are no axes). */
  toArray(): Nested {
    const array = this.data();
    const { shape, dtype } = this;
    let at = 0;
    const build = (axis: number): Nested => {
      if (axis === shape.length) {
        const value = readElement(dtype, array, at++);
        return dtype === "bool" ? value !== 0 : value;
      }
      return Array.from({ length: shape[axis]! }, () => build(axis + 1));
    };
    return build(0);
  }

  /** A tensor of two axes (or one, as a row) as a float64 `Matrix`. */
  toMatrix(): Matrix {
    if (this.rank > 2)
      throw shapeError("Tensor.toMatrix", "tensor", `has shape ${showShape(this.shape)}`, "two axes");
    const wide = this.to("f64").data() as Float64Array;
    const [rows, cols] = this.rank === 2 ? (this.shape as [number, number]) : [1, this.size];
    return new Matrix(wide, rows, cols);
  }

  /** The same values, computed now and independent of later updates of this tensor. */
  clone(): Tensor {
    return fromHost("Tensor.clone", this.data(), this.shape, this.dtype, false);
  }

  /**
   * Takes over the values of another tensor (an update of a parameter or of running statistics); computed at the
   * next realisation. Tensors computed from the old value must be read before that.
   */
  assign(value: Tensor): this {
    if (!sameShape(value.shape, this.shape) || value.dtype !== this.dtype) {
      throw shapeError(
        "Tensor.assign",
        "value",
        `has shape ${showShape(value.shape)} (${value.dtype})`,
        `${showShape(this.shape)} (${this.dtype})`,
      );
    }
    const before = this.node;
    const node = withGradMode(
      false,
      () => new Node("detach", {}, [value.node], this.shape, this.dtype, before.requiresGrad),
    );
    addEffect({ node, replaces: before.storage, forget: true });
    this.node = node;
    if (before.requiresGrad) own(this);
    return this;
  }

  /**
   * Becomes a leaf with a copy of that value, of its shape and dtype; `grad` is forgotten. For loading, freezing and
   * changes of precision; while training use {@link assign}, which does not wait for the value.
   */
  become(value: Tensor, requiresGrad = this.requiresGrad): this {
    this.node = fromHost("Tensor.become", value.data(), value.shape, value.dtype, requiresGrad).node;
    if (requiresGrad) own(this);
    this.#grad = null;
    return this;
  }

  // ---- gradients

  /**
   * Adds the gradient of this tensor to `grad` of every leaf that requires one. Without `gradient` the tensor must be
   * a single number. The graph is free to be dropped afterwards unless `retainGraph`; with `createGraph` the gradients
   * can be differentiated.
   */
  backward(
    gradient?: Tensor,
    options: { readonly retainGraph?: boolean; readonly createGraph?: boolean } = {},
  ): void {
    const where = "Tensor.backward";
    if (!this.requiresGrad) {
      throw new WhetstoneError(
        "value",
        { where },
        "the tensor does not depend on one that requires a gradient",
      );
    }
    if (this.#freed) {
      throw new WhetstoneError(
        "value",
        { where },
        "its graph was dropped by the first backward; pass retainGraph: true there to go through it again",
      );
    }
    if (!gradient && this.size !== 1) {
      throw shapeError(
        where,
        "tensor",
        `has shape ${showShape(this.shape)}`,
        "one element, or a gradient for each",
      );
    }
    const seed = gradient
      ? broadcastTo(where, b.cast(gradient.node, this.dtype), this.shape)
      : b.like(this.node, 1);
    const leaves = leavesOf(this.node);
    const createGraph = options.createGraph ?? false;
    const found = gradients(
      [this.node],
      [seed],
      leaves.map((l) => l.node),
      createGraph,
    );
    leaves.forEach((leaf, i) => {
      const g = found[i];
      if (!g) return;
      const owner = leaf.owner;
      const before = owner.#grad;
      owner.#grad = new Tensor(before ? withGradMode(createGraph, () => b.add(before.node, g)) : g);
    });
    // A leaf has no graph to drop.
    this.#freed = !(options.retainGraph ?? createGraph) && owners.get(this.node) !== this;
    addEffect({ node: this.node, replaces: null, forget: this.#freed });
  }

  /** The same values, without history. */
  detach(): Tensor {
    return new Tensor(b.detach(this.node));
  }

  // ---- elementwise

  #unary(op: Unary, floats = true): Tensor {
    return new Tensor(b.unary(op, floats ? toFloat(this.node) : this.node));
  }

  #binary(op: Binary, other: Tensor | number, name: string): Tensor {
    const [x, y] = meet(`Tensor.${name}`, this.node, operand(`Tensor.${name}`, other, this.node));
    return new Tensor(b.binary(op, x, y));
  }

  add(other: Tensor | number): Tensor {
    return this.#binary("add", other, "add");
  }
  sub(other: Tensor | number): Tensor {
    return this.#binary("sub", other, "sub");
  }
  mul(other: Tensor | number): Tensor {
    return this.#binary("mul", other, "mul");
  }
  /** Quotient; integers become float32 first. */
  div(other: Tensor | number): Tensor {
    const [x, y] = meet("Tensor.div", toFloat(this.node), operand("Tensor.div", other, toFloat(this.node)));
    return new Tensor(b.binary("div", x, y));
  }
  /** Remainder with the sign of the divisor. */
  mod(other: Tensor | number): Tensor {
    return this.#binary("mod", other, "mod");
  }
  pow(exponent: Tensor | number): Tensor {
    return this.#binary("pow", exponent, "pow");
  }
  maximum(other: Tensor | number): Tensor {
    return this.#binary("maximum", other, "maximum");
  }
  minimum(other: Tensor | number): Tensor {
    return this.#binary("minimum", other, "minimum");
  }
  /** Held to [low, high]. */
  clamp(low: number, high: number): Tensor {
    return this.maximum(low).minimum(high);
  }
  neg(): Tensor {
    return this.dtype === "bool" ? this.to("i32").neg() : this.#unary("neg", false);
  }
  abs(): Tensor {
    return this.#unary("abs", false);
  }
  sign(): Tensor {
    return this.#unary("sign", false);
  }
  floor(): Tensor {
    return this.#unary("floor");
  }
  ceil(): Tensor {
    return this.neg().floor().neg();
  }
  /** To the nearest whole number, halves to the even one. */
  round(): Tensor {
    return this.#unary("round");
  }
  sqrt(): Tensor {
    return this.#unary("sqrt");
  }
  rsqrt(): Tensor {
    return Tensor.ones(this.shape, { dtype: isFloat(this.dtype) ? this.dtype : "f32" }).div(this.sqrt());
  }
  square(): Tensor {
    return this.mul(this);
  }
  reciprocal(): Tensor {
    const x = toFloat(this.node);
    return new Tensor(b.binary("div", b.like(x, 1), x));
  }
  exp(): Tensor {
    return this.#unary("exp");
  }
  expm1(): Tensor {
    return this.#unary("expm1");
  }
  log(): Tensor {
    return this.#unary("log");
  }
  log1p(): Tensor {
    return this.#unary("log1p");
  }
  sin(): Tensor {
    return this.#unary("sin");
  }
  cos(): Tensor {
    return this.#unary("cos");
  }
  atan(): Tensor {
    return this.#unary("atan");
  }
  tanh(): Tensor {
    return this.#unary("tanh");
  }
  sigmoid(): Tensor {
    return this.#unary("sigmoid");
  }
  erf(): Tensor {
    return this.#unary("erf");
  }
  /** max(x, 0); the derivative at 0 is 0. */
  relu(): Tensor {
    const x = this.node;
    const zero = b.like(x, 0);
    return new Tensor(b.where(b.binary("le", x, zero), zero, x));
  }
  isNaN(): Tensor {
    const x = toFloat(this.node);
    return new Tensor(b.unary("not", b.binary("eq", x, x)));
  }

  lt(other: Tensor | number): Tensor {
    return this.#binary("lt", other, "lt");
  }
  le(other: Tensor | number): Tensor {
    return this.#binary("le", other, "le");
  }
  gt(other: Tensor | number): Tensor {
    return operandTensor("Tensor.gt", other, this).lt(this);
  }
  ge(other: Tensor | number): Tensor {
    return operandTensor("Tensor.ge", other, this).le(this);
  }
  eq(other: Tensor | number): Tensor {
    return this.#binary("eq", other, "eq");
  }
  ne(other: Tensor | number): Tensor {
    return this.eq(other).not();
  }
  /** Logical negation. */
  not(): Tensor {
    return new Tensor(b.unary("not", b.cast(this.node, "bool")));
  }
  /** Of bool: both hold; of integers: bit by bit. */
  and(other: Tensor | number): Tensor {
    return this.#bits("and", other);
  }
  or(other: Tensor | number): Tensor {
    return this.#bits("or", other);
  }
  xor(other: Tensor | number): Tensor {
    return this.#bits("xor", other);
  }
  #bits(op: "and" | "or" | "xor", other: Tensor | number): Tensor {
    const result = this.#binary(op, other, op);
    if (isFloat(result.dtype)) {
      throw argumentError(`Tensor.${op}`, "operands", result.dtype, "bool or integer tensors");
    }
    return result;
  }
  /** `value` where the mask holds. */
  maskedFill(mask: Tensor, value: number): Tensor {
    return Tensor.where(mask, value, this);
  }

  /** As another dtype: floats to integers go towards zero. */
  to(dtype: DType): Tensor {
    return new Tensor(b.cast(this.node, checkDType("Tensor.to", dtype)));
  }

  // ---- reductions: over all axes unless some are named; axes go away unless keepDims

  sum(axis?: Axes, keepDims = false): Tensor {
    return new Tensor(reductions.sum(this.node, axis, keepDims));
  }
  mean(axis?: Axes, keepDims = false): Tensor {
    return new Tensor(reductions.mean(this.node, axis, keepDims));
  }
  /** Mean squared distance from the mean, over n - correction. */
  variance(axis?: Axes, keepDims = false, correction = 1): Tensor {
    return new Tensor(reductions.variance(this.node, axis, keepDims, correction));
  }
  std(axis?: Axes, keepDims = false, correction = 1): Tensor {
    return this.variance(axis, keepDims, correction).sqrt();
  }
  max(axis?: Axes, keepDims = false): Tensor {
    return new Tensor(reductions.max(this.node, axis, keepDims));
  }
  min(axis?: Axes, keepDims = false): Tensor {
    return new Tensor(reductions.min(this.node, axis, keepDims));
  }
  prod(axis?: Axes, keepDims = false): Tensor {
    return new Tensor(reductions.prod(this.node, axis, keepDims));
  }
  /** Place of the first greatest element, i32; without an axis, in the flattened tensor. */
  argmax(axis?: number, keepDims = false): Tensor {
    return new Tensor(reductions.argmax(this.node, axis, keepDims));
  }
  argmin(axis?: number, keepDims = false): Tensor {
    return new Tensor(reductions.argmin(this.node, axis, keepDims));
  }
  any(axis?: Axes, keepDims = false): Tensor {
    return new Tensor(reductions.max(b.cast(this.node, "bool"), axis, keepDims, "Tensor.any"));
  }
  all(axis?: Axes, keepDims = false): Tensor {
    return this.not().any(axis, keepDims).not();
  }
  softmax(axis = -1): Tensor {
    return new Tensor(reductions.softmax(this.node, axis));
  }
  logSoftmax(axis = -1): Tensor {
    return new Tensor(reductions.logSoftmax(this.node, axis));
  }
  logSumExp(axis?: Axes, keepDims = false): Tensor {
    return new Tensor(reductions.logSumExp(this.node, axis, keepDims));
  }
  cumsum(axis: number, reverse = false): Tensor {
    return new Tensor(indexing.cumsum(this.node, axis, reverse));
  }

  // ---- shape

  /** One size may be -1: what is left over. */
  reshape(shape: Shape): Tensor {
    return new Tensor(movement.reshape(this.node, shape));
  }
  permute(order: readonly number[]): Tensor {
    return new Tensor(movement.permute(this.node, order));
  }
  /** Swaps two axes; the last two unless named. */
  transpose(a = -2, c = -1): Tensor {
    return new Tensor(movement.transpose(this.node, a, c));
  }
  squeeze(axis?: number | readonly number[]): Tensor {
    return new Tensor(movement.squeeze(this.node, axis));
  }
  unsqueeze(axis: number): Tensor {
    return new Tensor(movement.unsqueeze(this.node, axis));
  }
  flatten(start = 0, end = -1): Tensor {
    return new Tensor(movement.flatten(this.node, start, end));
  }
  /** Broadcast to a shape. */
  expand(shape: Shape): Tensor {
    checkShape("Tensor.expand", shape);
    return new Tensor(broadcastTo("Tensor.expand", this.node, shape));
  }
  /** Elements start, start + step, ... before stop of one axis. */
  slice(axis: number, start: number, stop = Number.POSITIVE_INFINITY, step = 1): Tensor {
    return new Tensor(movement.narrow(this.node, axis, start, stop, step, "Tensor.slice"));
  }
  /** A number picks one place of an axis, [start, stop, step] a range, null all. Axes not named stay whole. */
  at(...indices: Index[]): Tensor {
    if (indices.length > this.rank) {
      throw shapeError(
        "Tensor.at",
        "indices",
        `are ${indices.length}`,
        `at most ${this.rank}, the axes of ${showShape(this.shape)}`,
      );
    }
    let node = this.node;
    let axis = 0;
    for (const index of indices) {
      if (typeof index === "number") {
        node = movement.select(node, axis, index, "Tensor.at");
        continue;
      }
      if (index) {
        const [start, stop = Number.POSITIVE_INFINITY, step = 1] = index;
        node = movement.narrow(node, axis, start, stop, step, "Tensor.at");
      }
      axis++;
    }
    return new Tensor(node);
  }
  /** In the opposite order along the axes (all unless named). */
  flip(axis?: number | readonly number[]): Tensor {
    return new Tensor(movement.flip(this.node, axis));
  }
  /** Pairs [before, after] for the last axes. */
  pad(widths: readonly (readonly [number, number])[], value = 0): Tensor {
    return new Tensor(movement.pad(this.node, widths, value));
  }
  /** Parts of the given size along an axis (the last may be smaller), or of the given sizes. */
  split(size: number | readonly number[], axis = 0): Tensor[] {
    const n = this.shape.at(axis) ?? 0;
    const sizes =
      typeof size === "number"
        ? Array.from({ length: Math.ceil(n / size) }, (_, i) => Math.min(size, n - i * size))
        : size;
    if (sizes.some((s) => !Number.isSafeInteger(s) || s < 0) || sizes.reduce((a, s) => a + s, 0) !== n) {
      throw shapeError(
        "Tensor.split",
        "size",
        `is ${showShape([size].flat())}`,
        `sizes that add up to ${n}, as axis ${axis} has`,
      );
    }
    let from = 0;
    return sizes.map((s) => this.slice(axis, from, (from += s)));
  }
  /** Windows of an axis as a new last axis: [.., n, ..] -> [.., count, .., size]. */
  unfold(axis: number, size: number, stride = 1, dilation = 1): Tensor {
    const at = axis < 0 ? axis + this.rank : axis;
    if (![size, stride, dilation].every((n) => Number.isSafeInteger(n) && n >= 1) || !(at in this.shape)) {
      throw argumentError(
        "Tensor.unfold",
        "size",
        size,
        "size, stride and dilation >= 1 of an axis that exists",
      );
    }
    if (b.windowCount(this.shape[at]!, size, stride, dilation) === 0) {
      throw shapeError(
        "Tensor.unfold",
        "tensor",
        `has shape ${showShape(this.shape)}`,
        `room on axis ${at} for a window of ${dilation * (size - 1) + 1}`,
      );
    }
    return new Tensor(b.window(this.node, at, size, stride, dilation));
  }

  // ---- picking

  gather(axis: number, index: Tensor): Tensor {
    return new Tensor(indexing.gather(this.node, axis, index.node));
  }
  /** Places of an axis by number: the axis becomes the axes of `index`. Numbers out of range give zeros. */
  take(index: Tensor, axis = 0): Tensor {
    return new Tensor(indexing.take(this.node, index.node, axis));
  }
  /** This tensor with `source` added at the places that `index` names along an axis. */
  scatterAdd(axis: number, index: Tensor, source: Tensor): Tensor {
    return new Tensor(indexing.scatterAdd(this.node, axis, index.node, source.node));
  }
  oneHot(classes: number): Tensor {
    return new Tensor(indexing.oneHot(this.node, classes));
  }
  argsort(axis = -1, descending = false): Tensor {
    return new Tensor(indexing.argsort(this.node, axis, descending));
  }
  sort(axis = -1, descending = false): { values: Tensor; indices: Tensor } {
    const [values, indices] = indexing.sort(this.node, axis, descending);
    return { values: new Tensor(values), indices: new Tensor(indices) };
  }
  /** The k greatest (or least) of an axis, in order. */
  topk(k: number, axis = -1, largest = true): { values: Tensor; indices: Tensor } {
    const [values, indices] = indexing.topk(this.node, k, axis, largest);
    return { values: new Tensor(values), indices: new Tensor(indices) };
  }
  /** The lower triangle of the last two axes, zeros above `diagonal`. */
  tril(diagonal = 0): Tensor {
    const inside = indexing.lowerTriangle("Tensor.tril", this.shape, diagonal);
    return new Tensor(b.where(inside, this.node, b.like(this.node, 0)));
  }
  triu(diagonal = 0): Tensor {
    const below = indexing.lowerTriangle("Tensor.triu", this.shape, diagonal - 1);
    return new Tensor(b.where(below, b.like(this.node, 0), this.node));
  }

  // ---- products

  /** Matrix product; leading axes are batches and broadcast. */
  matmul(other: Tensor): Tensor {
    return new Tensor(matmul(this.node, other.node));
  }

  /** Applies a function of tensors: `x.pipe(f, a)` is `f(x, a)`. */
  pipe<A extends unknown[], R>(fn: (x: Tensor, ...rest: A) => R, ...rest: A): R {
    requireFunction("Tensor.pipe", "fn", fn);
    return fn(this, ...rest);
  }

  toString(): string {
    return `Tensor(${showShape(this.shape)}, ${this.dtype})`;
  }
}

/** Leaves by node, so that `backward` finds the tensor whose `grad` to fill. */
const owners = new WeakMap<Node, Tensor>();

/** Says that the gradient of a leaf node belongs to that tensor. */
export function own(tensor: Tensor): Tensor {
  owners.set(tensor.node, tensor);
  return tensor;
}

function leavesOf(root: Node): { node: Node; owner: Tensor }[] {
  const found: { node: Node; owner: Tensor }[] = [];
  const seen = new Set<Node>();
  const stack = [root];
  while (stack.length > 0) {
    const node = stack.pop()!;
    if (seen.has(node) || !node.requiresGrad) continue;
    seen.add(node);
    const owner = owners.get(node);
    if (owner) found.push({ node, owner });
    stack.push(...node.inputs);
  }
  return found.sort((x, y) => x.node.id - y.node.id);
}

function operand(where: string, value: Tensor | number, other: Node): Node {
  return value instanceof Tensor ? value.node : scalar(where, value, other);
}

function operandTensor(where: string, value: Tensor | number, other: Tensor): Tensor {
  return value instanceof Tensor ? value : new Tensor(scalar(where, value, other.node));
}

function broadcastOf(x: Node, y: Node): Shape {
  const rank = Math.max(x.shape.length, y.shape.length);
  return Array.from({ length: rank }, (_, i) => {
    const [m, n] = [x.shape[x.shape.length - rank + i] ?? 1, y.shape[y.shape.length - rank + i] ?? 1];
    if (m !== n && m !== 1 && n !== 1) {
      throw shapeError(
        "Tensor.where",
        "condition",
        `has shape ${showShape(y.shape)}`,
        `one that broadcasts with ${showShape(x.shape)}`,
      );
    }
    return m === 1 ? n : m;
  });
}

function fromHost(
  where: string,
  host: TypedArray,
  shape: Shape,
  dtype: DType,
  requiresGrad: boolean,
): Tensor {
  checkShape(where, shape);
  if (requiresGrad && !isFloat(dtype)) {
    throw argumentError(where, "requiresGrad", true, `false: a ${dtype} tensor has no gradient`);
  }
  const tensor = new Tensor(b.buffer(new Storage(dtype, host.length, host), shape, requiresGrad));
  return requiresGrad ? own(tensor) : tensor;
}

function randomTensor(
  where: string,
  draw: (key: Node, shape: Shape, dtype: DType) => Node,
  shape: Shape,
  { seed, dtype = "f32", requiresGrad = false }: TensorOptions & { readonly seed: number | Tensor },
): Tensor {
  checkShape(where, shape);
  checkDType(where, dtype);
  if (!isFloat(dtype)) throw argumentError(where, "dtype", dtype, "a floating-point type");
  if (typeof seed === "number" && !Number.isSafeInteger(seed)) {
    throw argumentError(where, "seed", seed, "a whole number");
  }
  if (
    !(
      typeof seed === "number" ||
      (seed instanceof Tensor && seed.dtype === "i32" && sameShape(seed.shape, [2]))
    )
  ) {
    throw argumentError(where, "seed", seed, "a whole number or an i32 tensor of shape [2]");
  }
  const node = b.cast(draw(typeof seed === "number" ? keyOf(seed) : seed.node, shape, dtype), dtype);
  if (!requiresGrad) return new Tensor(node);
  realize([node], where);
  return own(new Tensor(b.buffer(node.storage!, shape, true)));
}

/** A result that was read is kept as an array: its memory in the backend is free again. */
function keepOnHost(node: Node, array: TypedArray): void {
  const storage = node.storage!;
  if (node.requiresGrad || storage.host) return;
  storage.host = array.slice();
  storage.device?.free();
  storage.device = null;
}

function elementsOf(
  where: string,
  values: Exclude<TensorLike, Tensor>,
): { array: ArrayLike<number>; shape: number[]; type: DType } {
  if (values instanceof Matrix) {
    const type = values.data instanceof Float32Array ? "f32" : "f64";
    return { array: values.data, shape: [values.rows, values.cols], type };
  }
  if (ArrayBuffer.isView(values)) {
    const found = (Object.keys(dtypes) as DType[]).find(
      (d) => d !== "bool" && d !== "f16" && d !== "bf16" && values instanceof dtypes[d].View,
    );
    if (!found) {
      throw argumentError(where, "values", values, "a Float32Array, Float64Array, Int32Array or Uint8Array");
    }
    return { array: values, shape: [values.length], type: found };
  }
  const shape: number[] = [];
  let probe: unknown = values;
  while (Array.isArray(probe)) {
    shape.push(probe.length);
    probe = probe[0];
  }
  const flat: number[] = [];
  let bools = 0;
  const visit = (value: unknown, axis: number, path: string) => {
    if (axis === shape.length) {
      if (typeof value === "boolean") bools++;
      else if (typeof value !== "number") throw argumentError(where, `values${path}`, value, "a number");
      flat.push(Number(value));
      return;
    }
    if (!Array.isArray(value) || value.length !== shape[axis]) {
      const what = Array.isArray(value) ? `has ${value.length} entries` : `is ${show(value)}`;
      throw shapeError(where, `values${path}`, what, `an array of ${shape[axis]}, as its neighbours`);
    }
    for (let i = 0; i < value.length; i++) visit(value[i], axis + 1, `${path}[${i}]`);
  };
  visit(values, 0, "");
  return { array: flat, shape, type: bools > 0 && bools === flat.length ? "bool" : "f32" };
}
