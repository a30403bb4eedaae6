/** The parts of an ONNX graph while it is being written: nodes, initializers, and the name of each value. */
import { type Attributes, elementTypes, nodeMessage, tensorMessage } from "../../contract/onnx-file.ts";
import type { Message } from "../../contract/protobuf.ts";
import { type DType, makeArray, type TypedArray, writeElement } from "../dtype.ts";
import type { Node } from "../graph/node.ts";
import { broadcastShapes, type Shape, sameShape } from "../graph/shape.ts";

/** Element types by their number in `TensorProto.DataType`. */
export const TYPES: Readonly<Record<DType, number>> = {
  f32: 1,
  u8: 2,
  i32: 6,
  bool: 9,
  f16: 10,
  f64: 11,
  bf16: 16,
};

export class OnnxGraph {
  readonly nodes: Message[] = [];
  readonly initializers: Message[] = [];
  readonly #names = new Map<Node, string>();
  readonly #shared = new Map<string, string>();
  readonly #write: (node: Node) => string;
  #count = 0;

  /** `write` adds what computes a node and gives the name of its value. */
  constructor(write: (graph: OnnxGraph, node: Node) => string) {
    this.#write = (node) => write(this, node);
  }

  name(node: Node, name: string): void {
    this.#names.set(node, name);
  }

  has(node: Node): boolean {
    return this.#names.has(node);
  }

  /** The value of a node, with all its elements. */
  value(node: Node): string {
    let name = this.#names.get(node);
    if (name === undefined) {
      name = this.#write(node);
      this.#names.set(node, name);
    }
    return name;
  }

  /** The operands of an elementwise node; what is only broadcast to its shape is left to ONNX to broadcast. */
  operands(node: Node): string[] {
    const narrow = node.inputs.map((x) =>
      x.op === "const" ? [] : x.op === "expand" ? x.inputs[0]!.shape : x.shape,
    );
    const shape = narrow.reduce((a, b) => broadcastShapes("exportOnnx", a, b), [] as Shape);
    if (!sameShape(shape, node.shape)) return node.inputs.map((x) => this.value(x));
    return node.inputs.map((x) =>
      x.op === "const"
        ? this.scalar((x as Node<"const">).attrs.value, x.dtype)
        : this.value(x.op === "expand" && !this.has(x) ? x.inputs[0]! : x),
    );
  }

  /** Adds a node with one output (or the one at `output` of several); gives the output's name. */
  emit(op: string, inputs: readonly string[], attributes: Attributes = {}, outputs = 1, output = 0): string {
    const names = Array.from({ length: outputs }, () => this.#fresh(op));
    this.nodes.push(nodeMessage(op, inputs, names, attributes));
    return names[output]!;
  }

  cast(value: string, dtype: DType): string {
    return this.emit("Cast", [value], { to: TYPES[dtype] });
  }

  /** A list of 64-bit integers: shapes, axes, starts. */
  integers(values: readonly number[]): string {
    return this.#once(`i${values}`, () =>
      this.#initializer([values.length], elementTypes.int64, new BigInt64Array(values.map(BigInt))),
    );
  }

  /** A number without axes. */
  scalar(value: number, dtype: DType): string {
    return this.#once(`${dtype} ${Object.is(value, -0) ? "-0" : value}`, () => {
      const array = makeArray(dtype, 1);
      writeElement(dtype, array, 0, value);
      return this.array(array, [], dtype);
    });
  }

  array(array: TypedArray, shape: Shape, dtype: DType): string {
    return this.#initializer(shape, TYPES[dtype], array);
  }

  /** A tensor of zeros. */
  zeros(shape: Shape, dtype: DType): string {
    return this.emit("Expand", [this.scalar(0, dtype), this.integers(shape)]);
  }

  /** Places in the last axis of a `fold` or `window`: index[i size + j] = i stride + j dilation. */
  places(count: number, size: number, stride: number, dilation: number): Int32Array {
    return Int32Array.from(
      { length: count * size },
      (_, k) => Math.floor(k / size) * stride + (k % size) * dilation,
    );
  }

  #initializer(shape: Shape, type: number, array: TypedArray | BigInt64Array): string {
    const name = this.#fresh("constant");
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    this.initializers.push(tensorMessage(name, shape, type, bytes));
    return name;
  }

  #once(key: string, make: () => string): string {
    let name = this.#shared.get(key);
    if (name === undefined) this.#shared.set(key, (name = make()));
    return name;
  }

  #fresh(stem: string): string {
    return `${stem}_${++this.#count}`;
  }
}
