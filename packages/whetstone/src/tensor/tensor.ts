import { argumentError, requireFunction, shapeError, WhetstoneError } from "../errors.ts";
import { Matrix } from "../math/index.ts";
import { isLeaf, leafGradients, own } from "./backward.ts";
import { checkDType, type DType, isFloat, readElement, type TypedArray } from "./dtype.ts";
import { Elementwise } from "./elementwise.ts";
import { addEffect, read, readAsync, realize } from "./engine.ts";
import * as b from "./graph/build.ts";
import { Node, withGradMode } from "./graph/node.ts";
import { checkShape, inferShape, type Shape, sameShape, showShape, sizeOf } from "./graph/shape.ts";
import { broadcastTo, scalar } from "./ops/coerce.ts";
import * as creation from "./ops/creation.ts";
import { convert, elementsOf, type Nested, nestedOf } from "./ops/elements.ts";
import * as elementwise from "./ops/elementwise.ts";
import * as indexing from "./ops/indexing.ts";
import * as movement from "./ops/movement.ts";
import * as parts from "./ops/parts.ts";
import { matmul } from "./ops/products.ts";
import { normal, uniform } from "./ops/random.ts";
import type { Axes } from "./ops/reductions.ts";
import * as reductions from "./ops/reductions.ts";

/** What a tensor can be made from. */
export type TensorLike = Tensor | Matrix | TypedArray | Nested;

/** Type of the elements, and whether gradients are wanted. */
export interface TensorOptions {
  /** Default: float32 for numbers, the array's own type for typed arrays, bool for booleans. */
  readonly dtype?: DType;
  /** Whether gradients are wanted for it. Default false. */
  readonly requiresGrad?: boolean;
}

type Seeded = TensorOptions & { readonly seed: number | Tensor };

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
export class Tensor extends Elementwise {
  node: Node;
  #grad: Tensor | null = null;
  #freed = false;

  constructor(node: Node) {
    super();
    this.node = node;
  }

  protected override wrap(node: Node): Tensor {
    return new Tensor(node);
  }

  // ---- making

  /**
   * A tensor from nested arrays, a typed array (one axis unless `shape` says otherwise), a `Matrix`, or another
   * tensor. Values are copied; another tensor stays part of its graph, unless `requiresGrad` makes a leaf of it.
   */
  static from(values: TensorLike, options: TensorOptions & { readonly shape?: Shape } = {}): Tensor {
    const where = "Tensor.from";
    const dtype = options.dtype === undefined ? undefined : checkDType(where, options.dtype);
    if (values instanceof Tensor) {
      const tensor = new Tensor(dtype ? b.cast(values.node, dtype) : values.node);
      return wanted(where, options.shape ? tensor.reshape(options.shape) : tensor, options);
    }
    const { array, shape: found, type } = elementsOf(where, values);
    const shape = options.shape ? inferShape(where, options.shape, array.length) : found;
    const kind = dtype ?? type;
    const host = convert(array, type, kind);
    return own(new Tensor(creation.fromHost(where, host, shape, kind, options.requiresGrad ?? false)));
  }

  /** A tensor from elements as `data()` gives them: of float16 and bfloat16 the bits. Values are copied. */
  static fromStored(array: TypedArray, shape: Shape, dtype: DType): Tensor {
    return new Tensor(creation.fromStored("Tensor.fromStored", array, shape, dtype));
  }

  /** A tensor of that shape with one value everywhere; float32 by default. */
  static full(shape: Shape, value: number, options: TensorOptions = {}): Tensor {
    const { dtype = "f32", requiresGrad = false } = options;
    return own(new Tensor(creation.full("Tensor.full", shape, value, dtype, requiresGrad)));
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
    return wanted("Tensor.arange", new Tensor(creation.arange(from, to, step, options.dtype)), options);
  }

  /** `count` numbers from start to stop, both included. */
  static linspace(start: number, stop: number, count: number, options: TensorOptions = {}): Tensor {
    const node = creation.linspace(start, stop, count, options.dtype ?? "f32");
    return wanted("Tensor.linspace", new Tensor(node), options);
  }

  /** Ones on the diagonal of an n x n matrix, zeros elsewhere; float32 by default. */
  static eye(n: number, options: TensorOptions = {}): Tensor {
    return wanted("Tensor.eye", new Tensor(creation.eye(n, options.dtype ?? "f32")), options);
  }

  /**
   * Uniform numbers from [0, 1). `seed`: a whole number, or an i32 tensor [2] that holds one (the same plan then serves
   * every seed).
   */
  static rand(shape: Shape, options: Seeded): Tensor {
    return randomTensor("Tensor.rand", uniform, shape, options);
  }

  /** Standard normal numbers. */
  static randn(shape: Shape, options: Seeded): Tensor {
    return randomTensor("Tensor.randn", normal, shape, options);
  }

  /** Joins tensors along an axis they all have. */
  static concat(tensors: readonly Tensor[], axis = 0): Tensor {
    const nodes = tensors.map((t) => t.node);
    return new Tensor(movement.concat(nodes, axis));
  }

  /** Joins tensors of one shape along a new axis. */
  static stack(tensors: readonly Tensor[], axis = 0): Tensor {
    const nodes = tensors.map((t) => movement.unsqueeze(t.node, axis));
    return new Tensor(movement.concat(nodes, axis, "Tensor.stack"));
  }

  /** From `a` where the condition holds, else from `c`. */
  static where(condition: Tensor, a: Tensor | number, c: Tensor | number): Tensor {
    const where = "Tensor.where";
    const known = a instanceof Tensor ? a : c instanceof Tensor ? c : Tensor.zeros([]);
    const [x, y] = [operand(where, a, known.node), operand(where, c, known.node)];
    return new Tensor(elementwise.where(condition.node, x, y));
  }

  // ---- what it is

  /** Length of each axis; `[]` for a single number. */
  get shape(): Shape {
    return this.node.shape;
  }

  /** Type of the elements. */
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

  /** Whether it is a leaf that wants gradients, or was computed from one. */
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
    const from = elementwise.requireFloat("Tensor.requireGrad", this.node);
    return own(new Tensor(new Node("detach", {}, [from], this.shape, this.dtype, true)));
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
    return nestedOf(this.data(), this.shape, this.dtype);
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
    return new Tensor(creation.fromHost("Tensor.clone", this.data(), this.shape, this.dtype, false));
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
    own(this);
    return this;
  }

  /**
   * Becomes a leaf with a copy of that value, of its shape and dtype; `grad` is forgotten. For loading, freezing and
   * changes of precision; while training use {@link assign}, which does not wait for the value.
   */
  become(value: Tensor, requiresGrad = this.requiresGrad): this {
    this.node = creation.fromHost("Tensor.become", value.data(), value.shape, value.dtype, requiresGrad);
    own(this);
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
    const createGraph = options.createGraph ?? false;
    for (const { owner, gradient: g } of leafGradients(this.node, gradient?.node, this.#freed, createGraph)) {
      const before = owner.#grad;
      owner.#grad = new Tensor(before ? withGradMode(createGraph, () => b.add(before.node, g)) : g);
    }
    // A leaf has no graph to drop.
    this.#freed = !(options.retainGraph ?? createGraph) && !isLeaf(this);
    addEffect({ node: this.node, replaces: null, forget: this.#freed });
  }

  /** The same values, without history. */
  detach(): Tensor {
    return new Tensor(b.detach(this.node));
  }

  /** As another dtype: floats to integers go towards zero. */
  to(dtype: DType): Tensor {
    return new Tensor(b.cast(this.node, checkDType("Tensor.to", dtype)));
  }

  // ---- reductions: over all axes unless some are named; axes go away unless keepDims

  /** Sum over `axis`, over all where none is named. */
  sum(axis?: Axes, keepDims = false): Tensor {
    return new Tensor(reductions.sum(this.node, axis, keepDims));
  }
  /** Mean over `axis`, over all where none is named. */
  mean(axis?: Axes, keepDims = false): Tensor {
    return new Tensor(reductions.mean(this.node, axis, keepDims));
  }
  /** Mean squared distance from the mean, over n - correction. */
  variance(axis?: Axes, keepDims = false, correction = 1): Tensor {
    return new Tensor(reductions.variance(this.node, axis, keepDims, correction));
  }
  /** Square root of {@link Tensor.variance}: divisor n - correction. */
  std(axis?: Axes, keepDims = false, correction = 1): Tensor {
    return this.variance(axis, keepDims, correction).sqrt();
  }
  /** Greatest element over `axis`, over all where none is named. */
  max(axis?: Axes, keepDims = false): Tensor {
    return new Tensor(reductions.max(this.node, axis, keepDims));
  }
  /** Least element over `axis`, over all where none is named. */
  min(axis?: Axes, keepDims = false): Tensor {
    return new Tensor(reductions.min(this.node, axis, keepDims));
  }
  /** Product over `axis`, over all where none is named. */
  prod(axis?: Axes, keepDims = false): Tensor {
    return new Tensor(reductions.prod(this.node, axis, keepDims));
  }
  /** Place of the first greatest element, i32; without an axis, in the flattened tensor. */
  argmax(axis?: number, keepDims = false): Tensor {
    return new Tensor(reductions.argmax(this.node, axis, keepDims));
  }
  /** Position of the least element, i32: along `axis`, or among all elements in order. */
  argmin(axis?: number, keepDims = false): Tensor {
    return new Tensor(reductions.argmin(this.node, axis, keepDims));
  }
  /** Whether some element is not zero, as bool. */
  any(axis?: Axes, keepDims = false): Tensor {
    return new Tensor(reductions.max(b.cast(this.node, "bool"), axis, keepDims, "Tensor.any"));
  }
  /** Whether no element is zero, as bool. */
  all(axis?: Axes, keepDims = false): Tensor {
    return this.not().any(axis, keepDims).not();
  }
  /** e^x over its sum along `axis`, computed from x less its greatest element. */
  softmax(axis = -1): Tensor {
    return new Tensor(reductions.softmax(this.node, axis));
  }
  /** Logarithm of {@link Tensor.softmax}, without its underflow. */
  logSoftmax(axis = -1): Tensor {
    return new Tensor(reductions.logSoftmax(this.node, axis));
  }
  /** log of the sum of e^x over `axis`, without overflow. */
  logSumExp(axis?: Axes, keepDims = false): Tensor {
    return new Tensor(reductions.logSumExp(this.node, axis, keepDims));
  }
  /** Running sums along `axis`; with `reverse` from the end. */
  cumsum(axis: number, reverse = false): Tensor {
    return new Tensor(indexing.cumsum(this.node, axis, reverse));
  }

  // ---- shape

  /** One size may be -1: what is left over. */
  reshape(shape: Shape): Tensor {
    return new Tensor(movement.reshape(this.node, shape));
  }
  /** The axes in another order: axis i of the result is axis `order[i]`. */
  permute(order: readonly number[]): Tensor {
    return new Tensor(movement.permute(this.node, order));
  }
  /** Swaps two axes; the last two unless named. */
  transpose(a = -2, c = -1): Tensor {
    return new Tensor(movement.transpose(this.node, a, c));
  }
  /** Without axes of length 1: those named, or all of them. */
  squeeze(axis?: number | readonly number[]): Tensor {
    return new Tensor(movement.squeeze(this.node, axis));
  }
  /** With an axis of length 1 more, at that place. */
  unsqueeze(axis: number): Tensor {
    return new Tensor(movement.unsqueeze(this.node, axis));
  }
  /** Axes `start` to `end`, both included, as one. */
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
  at(...indices: parts.Index[]): Tensor {
    return new Tensor(parts.at(this.node, indices));
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
    let from = 0;
    return parts.pieces(this.shape, size, axis).map((s) => this.slice(axis, from, (from += s)));
  }
  /** Windows of an axis as a new last axis: [.., n, ..] -> [.., count, .., size]. */
  unfold(axis: number, size: number, stride = 1, dilation = 1): Tensor {
    return new Tensor(parts.unfold(this.node, axis, size, stride, dilation));
  }

  // ---- picking

  /** Elements at positions `index` along `axis`; the result has the shape of `index`. */
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
  /** Class numbers as a last axis of `classes` zeros and a one. */
  oneHot(classes: number): Tensor {
    return new Tensor(indexing.oneHot(this.node, classes));
  }
  /** Positions that sort the elements along `axis`, i32; equal ones keep their order. */
  argsort(axis = -1, descending = false): Tensor {
    return new Tensor(indexing.argsort(this.node, axis, descending));
  }
  /** Elements in order along `axis`, and where each came from. */
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
    return new Tensor(parts.tril(this.node, diagonal));
  }
  /** Zeros below a diagonal of the last two axes: 0 is the main one, 1 the one above it. */
  triu(diagonal = 0): Tensor {
    return new Tensor(parts.triu(this.node, diagonal));
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

  override toString(): string {
    return `Tensor(${showShape(this.shape)}, ${this.dtype})`;
  }
}

function operand(where: string, value: Tensor | number, other: Node): Node {
  return value instanceof Tensor ? value.node : scalar(where, value, other);
}

/** The tensor, or a leaf with its values where gradients are wanted for it. */
function wanted(where: string, tensor: Tensor, { requiresGrad = false }: TensorOptions): Tensor {
  if (!requiresGrad) return tensor;
  if (!isFloat(tensor.dtype))
    throw argumentError(where, "requiresGrad", true, `false: a ${tensor.dtype} tensor has no gradient`);
  return tensor.requireGrad();
}

function randomTensor(
  where: string,
  draw: typeof uniform,
  shape: Shape,
  { seed, dtype = "f32", requiresGrad = false }: Seeded,
): Tensor {
  if (
    typeof seed !== "number" &&
    !(seed instanceof Tensor && seed.dtype === "i32" && sameShape(seed.shape, [2]))
  ) {
    throw argumentError(where, "seed", seed, "a whole number or an i32 tensor of shape [2]");
  }
  const from = typeof seed === "number" ? seed : seed.node;
  return own(new Tensor(creation.random(where, draw, shape, from, dtype, requiresGrad)));
}

/** A result that was read is kept as an array: its memory in the backend is free again. */
function keepOnHost(node: Node, array: TypedArray): void {
  const storage = node.storage!;
  if (node.requiresGrad || storage.host) return;
  storage.host = array.slice();
  storage.device?.free();
  storage.device = null;
}
