/** Reads as much of an ONNX file as tests look at. */

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
    })),
  };
}
