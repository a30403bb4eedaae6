/** The messages of an ONNX file: what tensors and trees are exported in. */
import { Message } from "./protobuf.ts";

const irVersion = 8;
const opset = 18;

/** Element types by their number in `TensorProto.DataType`. */
export const elementTypes = { float: 1, int64: 7, string: 8, bool: 9, double: 11 } as const;

/** Whole numbers become INT or INTS, Float32Arrays FLOATS, text STRING or STRINGS. */
export type Attributes = Readonly<
  Record<string, number | readonly number[] | Int32Array | Float32Array | string | readonly string[]>
>;

/** A node; its name is that of its first output. `domain` is "" for ONNX's own operators. */
export function nodeMessage(
  op: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Attributes = {},
  domain = "",
): Message {
  const node = new Message().texts(1, inputs).texts(2, outputs).text(3, outputs[0]!).text(4, op);
  for (const [name, value] of Object.entries(attributes)) {
    const attribute = new Message().text(1, name);
    if (typeof value === "string") attribute.text(4, value).int(20, 3);
    else if (typeof value === "number") attribute.int(3, value).int(20, 2);
    else if (value instanceof Float32Array) attribute.packedFloats(7, value).int(20, 6);
    else if (value instanceof Int32Array) attribute.packedInts(8, value).int(20, 7);
    else if (isTexts(value)) attribute.texts(9, value).int(20, 8);
    else attribute.ints(8, value).int(20, 7);
    node.message(5, attribute);
  }
  return domain === "" ? node : node.text(7, domain);
}

const isTexts = (value: readonly number[] | readonly string[]): value is readonly string[] =>
  typeof value[0] === "string";

/** A constant: its elements as bytes, lowest first, row by row. */
export function tensorMessage(
  name: string,
  shape: readonly number[],
  type: number,
  bytes: Uint8Array,
): Message {
  return new Message().ints(1, shape).int(2, type).text(8, name).data(9, bytes);
}

/** A constant list of texts. */
export function textsMessage(name: string, values: readonly string[]): Message {
  return new Message().int(1, values.length).int(2, elementTypes.string).texts(6, values).text(8, name);
}

/** Description of an input or output; a size may be a name, which stands for any number. */
export function valueMessage(name: string, shape: readonly (number | string)[], type: number): Message {
  const sizes = new Message().messages(
    1,
    shape.map((n) => (typeof n === "number" ? new Message().int(1, n) : new Message().text(2, n))),
  );
  const tensor = new Message().int(1, type).message(2, sizes);
  return new Message().text(1, name).message(2, new Message().message(1, tensor));
}

/** A whole file. `domains` names sets of operators beyond ONNX's own (of which it takes 18), with their versions. */
export function modelBytes(graph: {
  readonly nodes: readonly Message[];
  readonly initializers: readonly Message[];
  readonly inputs: readonly Message[];
  readonly outputs: readonly Message[];
  readonly domains?: Readonly<Record<string, number>>;
}): Uint8Array {
  const body = new Message()
    .messages(1, graph.nodes)
    .text(2, "whetstone")
    .messages(5, graph.initializers)
    .messages(11, graph.inputs)
    .messages(12, graph.outputs);
  const model = new Message().int(1, irVersion).text(2, "whetstone").message(7, body);
  for (const [domain, version] of Object.entries({ "": opset, ...graph.domains }))
    model.message(8, new Message().text(1, domain).int(2, version));
  return model.bytes.slice();
}
