/** Reads as much of an ONNX file as tests look at. */

/** The whole numbers of a message's fields of that number, packed or not; none may be negative. */
export function numbersOf(message: Uint8Array, wanted: number): number[] {
  const found: number[] = [];
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let unit = 1; ; unit *= 128) {
      const byte = message[at++]!;
      value += unit * (byte & 127);
      if (byte < 128) return value;
    }
  };
  while (at < message.length) {
    const key = varint();
    const value = varint();
    if ((key & 7) === 0) {
      if (key >> 3 === wanted) found.push(value);
      continue;
    }
    const end = at + value;
    if (key >> 3 === wanted) while (at < end) found.push(varint());
    at = end;
  }
  return found;
}

/** The contents of a message's fields of that number, where they are lengths and bytes. */
export function fieldsOf(message: Uint8Array, wanted: number): Uint8Array[] {
  const found: Uint8Array[] = [];
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = message[at++]!;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return Number(value);
    }
  };
  while (at < message.length) {
    const key = varint();
    if ((key & 7) === 0) varint();
    else if ((key & 7) === 2) {
      const length = varint();
      if (key >> 3 === wanted) found.push(message.subarray(at, at + length));
      at += length;
    } else throw new Error(`unknown wire type ${key & 7} at ${at}`);
  }
  if (at !== message.length) throw new Error("a field goes past the end of its message");
  return found;
}

type Attribute = number | string | number[] | string[] | Float32Array;

/** The value of an attribute by its type: INT, STRING, FLOATS, INTS (packed or one by one) or STRINGS. */
function attributeOf(message: Uint8Array): Attribute {
  const type = numbersOf(message, 20)[0]!;
  if (type === 2) return numbersOf(message, 3)[0]!;
  if (type === 3) return texts(message, 4)[0]!;
  if (type === 6) return new Float32Array(fieldsOf(message, 7)[0]!.slice().buffer);
  if (type === 7) return numbersOf(message, 8);
  if (type === 8) return texts(message, 9);
  throw new Error(`unknown attribute type ${type}`);
}

const texts = (message: Uint8Array, field: number): string[] =>
  fieldsOf(message, field).map((bytes) => new TextDecoder().decode(bytes));

export function graphOf(file: Uint8Array) {
  const body = fieldsOf(file, 7)[0]!;
  const names = (field: number, at: number) => fieldsOf(body, field).map((m) => texts(m, at)[0]!);
  return {
    body,
    inputs: names(11, 1),
    outputs: names(12, 1),
    initializers: names(5, 8),
    nodes: fieldsOf(body, 1).map((node) => ({
      op: texts(node, 4)[0]!,
      inputs: texts(node, 1),
      outputs: texts(node, 2),
      domain: texts(node, 7)[0] ?? "",
      attributes: Object.fromEntries(fieldsOf(node, 5).map((m) => [texts(m, 1)[0]!, attributeOf(m)])),
    })),
  };
}
