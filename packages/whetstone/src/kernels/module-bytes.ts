/**
 * From the text that a kernel module is kept as to the bytes that this engine compiles.
 *
 * Only the build with relaxed SIMD is kept. An engine without it gets the same code with every fused multiply-add
 * written out as a product and a sum, which is what it computes there anyway.
 */
import { alphabet, byteOrder } from "./generated/alphabet.ts";

/**
 * The bytes behind a text of {@link alphabet}: its first two letters announce that another one follows, for the
 * bytes that are rare. Unlike base64 this keeps repetitions visible to the compression of the page.
 */
export function decodeModule(text: string): Uint8Array<ArrayBuffer> {
  const letters = new Uint8Array(128);
  for (let i = 0; i < alphabet.length; i++) letters[alphabet.charCodeAt(i)] = i;
  const values = new Uint8Array(256);
  for (let i = 0; i < 256; i++) values[i] = Number.parseInt(byteOrder.slice(2 * i, 2 * i + 2), 16);
  const single = alphabet.length - 2;
  const bytes = new Uint8Array(text.length);
  let length = 0;
  for (let at = 0; at < text.length; ) {
    const letter = letters[text.charCodeAt(at++)]!;
    const rank =
      letter >= 2 ? letter - 2 : single + letter * alphabet.length + letters[text.charCodeAt(at++)]!;
    bytes[length++] = values[rank]!;
  }
  return bytes.slice(0, length);
}

/** The module for an engine that shares memory or not, with relaxed SIMD or not. */
export function adaptModule(
  bytes: Uint8Array<ArrayBuffer>,
  { shared, relaxedSimd }: { readonly shared: boolean; readonly relaxedSimd: boolean },
): Uint8Array<ArrayBuffer> {
  if (shared && relaxedSimd) return bytes;
  const out: number[] = Array.from(bytes.subarray(0, 8));
  const reader = { bytes, at: 8 };
  let parameters: number[] = [];
  let types: number[] = [];
  while (reader.at < bytes.length) {
    const id = bytes[reader.at++]!;
    const size = readNumber(reader);
    const end = reader.at + size;
    let body: ArrayLike<number> & Iterable<number> = bytes.slice(reader.at, end);
    if (id === 1) parameters = list(reader, parameterCount);
    if (id === 3) types = list(reader, readNumber);
    if (id === 2 && !shared) body = withoutSharing(bytes.slice(reader.at, end));
    if (id === 10 && !relaxedSimd) {
      const bodies = list(reader, (r) => withoutFusing(r, parameters[types.shift()!]!));
      body = [...leb(bodies.length), ...bodies.flat()];
    }
    out.push(id, ...leb(body.length));
    for (const byte of body) out.push(byte);
    reader.at = end;
  }
  return new Uint8Array(out);
}

interface Reader {
  readonly bytes: Uint8Array;
  at: number;
}

function readNumber(reader: Reader): number {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = reader.bytes[reader.at++]!;
    value |= (byte & 127) << shift;
    if (byte < 128) return value;
  }
}

function leb(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest & 127) | 128);
  }
}

function list<T>(reader: Reader, item: (reader: Reader) => T): T[] {
  return Array.from({ length: readNumber(reader) }, () => item(reader));
}

/** Of a function type: 0x60, parameters, results. */
function parameterCount(reader: Reader): number {
  reader.at++;
  const count = readNumber(reader);
  reader.at += count;
  const results = readNumber(reader);
  reader.at += results;
  return count;
}

/** The import section, with the flags of the memory's limits set to those of one that is not shared. */
function withoutSharing(section: Uint8Array): Uint8Array {
  const reader = { bytes: section, at: 0 };
  for (let left = readNumber(reader); left > 0; left--) {
    for (let name = 0; name < 2; name++) {
      const length = readNumber(reader);
      reader.at += length;
    }
    if (section[reader.at++] === 2) {
      section[reader.at] = 1;
      break;
    }
    readNumber(reader); // the type of a function
  }
  return section;
}

/** f32x4 and f64x2: the fused instruction, the product, the sum; each after the prefix 0xfd. */
const multiplyAdds = [
  [0x85, 0xe6, 0xe4],
  [0x87, 0xf2, 0xf0],
] as const;

/**
 * One function of the code section, its size in front. `a b c madd` becomes `a b (keep c) mul (take c) add`, with one
 * more local for c. The build script has checked that these three bytes stand nowhere but for the instruction.
 */
function withoutFusing(reader: Reader, parameters: number): number[] {
  const { bytes } = reader;
  const size = readNumber(reader);
  const end = reader.at + size;
  const begin = reader.at;
  let locals = parameters;
  const groups = readNumber(reader);
  const declared = reader.at;
  for (let i = 0; i < groups; i++) {
    locals += readNumber(reader);
    reader.at++;
  }
  const c = leb(locals);
  const code: number[] = [...leb(groups + 1), ...bytes.subarray(declared, reader.at), 1, 0x7b];
  let found = false;
  for (let at = reader.at; at < end; ) {
    const fused =
      bytes[at] === 0xfd && bytes[at + 2] === 2
        ? multiplyAdds.find(([second]) => second === bytes[at + 1])
        : undefined;
    if (fused === undefined) code.push(bytes[at++]!);
    else {
      found = true;
      code.push(0x21, ...c, 0xfd, fused[1], 1, 0x20, ...c, 0xfd, fused[2], 1);
      at += 3;
    }
  }
  reader.at = end;
  return found ? [...leb(code.length), ...code] : [...leb(size), ...bytes.subarray(begin, end)];
}
