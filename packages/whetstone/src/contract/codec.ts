import { formatError, show, WhetstoneError } from "../errors.ts";

/**
 * Values to bytes and back, without running code from the file. The bytes are a valid safetensors file: a
 * JSON header that names every typed array, and the arrays' contents. Everything else (parameters, classes,
 * nested models) is JSON in the header's metadata, where an instance of a registered class is
 * `{ "$type": name, "state": ... }`.
 */

/** An instance that can be saved: its class has a `typeName` and a `fromState`. */
export interface Encodable {
  toState(): unknown;
}
/** The class of an {@link Encodable}, which rebuilds an instance from the state that was saved. */
export interface EncodableType {
  /** The name in the file; loading finds the class by it. */
  readonly typeName: string;
  /** Gives the instance back from what its `toState` gave; throws on a state that it does not know. */
  fromState(state: unknown): unknown;
}
/** Finds a class by its `typeName`. */
export type TypeLookup = (typeName: string) => EncodableType | undefined;

/** Version of the file format written into every saved model; loading refuses files with a higher one. */
export const FORMAT_VERSION = 1;

const DTYPES = {
  F64: Float64Array,
  F32: Float32Array,
  I32: Int32Array,
  U32: Uint32Array,
  I16: Int16Array,
  U16: Uint16Array,
  I8: Int8Array,
  U8: Uint8Array,
  I64: BigInt64Array,
  U64: BigUint64Array,
} as const;
type Dtype = keyof typeof DTYPES;
/** A typed array that can be saved. */
export type AnyTyped =
  | Float64Array
  | Float32Array
  | Int32Array
  | Uint32Array
  | Int16Array
  | Uint16Array
  | Int8Array
  | Uint8Array
  | BigInt64Array
  | BigUint64Array;
const dtypeOf = (data: AnyTyped): Dtype | undefined =>
  (Object.keys(DTYPES) as Dtype[]).find((dtype) => data instanceof DTYPES[dtype]);

/** Document and arrays of an encoded value: what a model folder writes as two files. */
export interface Encoded {
  readonly document: unknown;
  readonly arrays: ReadonlyMap<string, AnyTyped>;
}

/**
 * Splits a value into a JSON document and named arrays. Functions and unknown classes are refused.
 *
 * @example
 * toDocument({ w: Float64Array.of(1, 2), name: "a" }).arrays.size; // 1
 */
export function toDocument(value: unknown, where = "save"): Encoded {
  const arrays = new Map<string, AnyTyped>();
  const walk = (v: unknown, path: string): unknown => {
    if (v === null || typeof v === "string" || typeof v === "boolean") return v;
    if (typeof v === "number") {
      if (Number.isFinite(v) && !Object.is(v, -0)) return v;
      return { $number: Object.is(v, -0) ? "-0" : String(v) };
    }
    if (Array.isArray(v)) return v.map((item, i) => walk(item, `${path}.${i}`));
    if (ArrayBuffer.isView(v) && !(v instanceof DataView)) {
      const wanted = path === "" ? "value" : path.slice(1);
      let name = wanted;
      // { a: { b } } and { "a.b" } have one path; a name of the format itself is never an array's.
      for (let k = 1; arrays.has(name) || name.startsWith("__"); k++)
        name = `${wanted.replace(/^_+/, "")}~${k}`;
      arrays.set(name, v as AnyTyped);
      return { $array: name };
    }
    if (typeof v === "object") {
      // Not v.constructor, which a plain object may have as a key of its own.
      const prototype = Object.getPrototypeOf(v) as { constructor: Partial<EncodableType> } | null;
      const ctor = prototype?.constructor;
      if (typeof (v as Partial<Encodable>).toState === "function" && typeof ctor?.typeName === "string") {
        return { $type: ctor.typeName, state: walk((v as Encodable).toState(), path) };
      }
      if (ctor === undefined || (ctor as unknown) === Object) {
        // No prototype, so that a key "__proto__" is a key like any other.
        const out: Record<string, unknown> = Object.create(null);
        for (const [key, item] of Object.entries(v)) {
          if (item !== undefined) out[key.startsWith("$") ? `$${key}` : key] = walk(item, `${path}.${key}`);
        }
        return out;
      }
    }
    throw new WhetstoneError(
      "unsupported",
      { where, argument: path },
      `${path.slice(1) || "value"} is ${show(v)}, which cannot be saved`,
    );
  };
  return { document: walk(value, ""), arrays };
}

/** Rebuilds a value from its document and arrays. */
export function fromDocument(
  document: unknown,
  array: (name: string) => unknown,
  lookup: TypeLookup,
  where = "load",
): unknown {
  const walk = (v: unknown): unknown => {
    if (Array.isArray(v)) return v.map(walk);
    if (v === null || typeof v !== "object") return v;
    const node = v as Record<string, unknown>;
    if (typeof node.$number === "string") return Number(node.$number);
    if (typeof node.$array === "string") {
      const found = array(node.$array);
      if (found === undefined) throw formatError(where, `the file lacks the array ${show(node.$array)}`);
      return found;
    }
    if (typeof node.$type === "string") {
      const type = lookup(node.$type);
      if (!type)
        throw formatError(where, `the file holds a ${show(node.$type)}, which this version does not know`);
      const state = walk(node.state);
      try {
        return type.fromState(state);
      } catch (cause) {
        if (cause instanceof WhetstoneError && cause.code === "format") throw cause;
        const why = cause instanceof Error ? cause.message : String(cause);
        throw formatError(where, `the ${node.$type} in the file is damaged (${why})`);
      }
    }
    const out: Record<string, unknown> = {};
    for (const [key, item] of Object.entries(node)) {
      const name = key.startsWith("$$") ? key.slice(1) : key;
      Object.defineProperty(out, name, {
        value: walk(item),
        enumerable: true,
        writable: true,
        configurable: true,
      });
    }
    return out;
  };
  return walk(document);
}

/** How a file names the type and the shape of an array whose elements are not plain numbers in one line. */
export interface ArrayForm {
  /** As in the format: "F32", "BF16", ... */
  readonly dtype: string;
  readonly shape: readonly number[];
}

/** Types of the format that have no typed array of their own, by the one that holds their bits. */
const STORED_AS: Readonly<Record<string, Dtype>> = { F16: "U16", BF16: "U16", BOOL: "U8" };

/**
 * Arrays as one safetensors file; `metadata` is stored beside them, and a checksum of everything, so that a
 * damaged file is refused rather than read as another model. `forms` gives shapes, and the types of arrays that hold
 * bits of F16, BF16 or BOOL elements.
 *
 * @example
 * const bytes = writeSafetensors(new Map([["w", Float32Array.of(1, 2)]]), { made: "today" });
 * readSafetensors(bytes).metadata.made; // "today"
 */
export function writeSafetensors(
  arrays: ReadonlyMap<string, AnyTyped>,
  metadata: Record<string, string> = {},
  forms: ReadonlyMap<string, ArrayForm> = new Map(),
): Uint8Array {
  // No prototype, so that an array named "__proto__" is one like any other.
  const header: Record<string, unknown> = Object.create(null);
  // Widest elements first, so that every array starts at a multiple of its element size.
  const entries = [...arrays].sort((a, b) => b[1].BYTES_PER_ELEMENT - a[1].BYTES_PER_ELEMENT);
  header.__metadata__ = { ...metadata, checksum: checksumOf(arrays, metadata) };
  let offset = 0;
  for (const [name, data] of entries) {
    const dtype = dtypeOf(data);
    if (!dtype)
      throw new WhetstoneError(
        "unsupported",
        { where: "writeSafetensors", argument: name },
        `${name} is ${show(data)}`,
      );
    const form = forms.get(name) ?? { dtype, shape: [data.length] };
    header[name] = { ...form, data_offsets: [offset, (offset += data.byteLength)] };
  }
  let text = new TextEncoder().encode(JSON.stringify(header));
  const padded = new Uint8Array(Math.ceil(text.length / 8) * 8).fill(0x20);
  padded.set(text);
  text = padded;
  const bytes = new Uint8Array(8 + text.length + offset);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  let at = 8 + text.length;
  for (const [, data] of entries) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}

/** Name, kind, size and bytes of every array, and the metadata but for the checksum itself, as 16 hex digits. */
function checksumOf(arrays: ReadonlyMap<string, AnyTyped>, metadata: Record<string, string>): string {
  const { checksum: _, ...rest } = metadata;
  // Sorted: JSON keeps names that look like numbers in another order than they were given.
  const sorted = [...arrays].sort(([x], [y]) => (x < y ? -1 : 1));
  const text = JSON.stringify([
    Object.entries(rest),
    sorted.map(([name, data]) => [name, dtypeOf(data), data.length]),
  ]);
  let [a, b] = mix(new TextEncoder().encode(text), 0x9e3779b9, 0x85ebca6b);
  for (const [, data] of sorted) {
    [a, b] = mix(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), a, b);
  }
  return (a >>> 0).toString(16).padStart(8, "0") + (b >>> 0).toString(16).padStart(8, "0");
}

/**
 * Stirs bytes into two 32-bit words. Each step is one-to-one in the state and in the four bytes, so that damage
 * within one word always shows, and wider damage goes unseen once in 2^64.
 */
function mix(bytes: Uint8Array, a: number, b: number): [number, number] {
  const whole = bytes.length >>> 2;
  const words = new Int32Array(
    bytes.byteOffset % 4 === 0 ? bytes.buffer : bytes.slice(0, 4 * whole).buffer,
    bytes.byteOffset % 4 === 0 ? bytes.byteOffset : 0,
    whole,
  );
  let p = a | 0;
  let q = b | 0;
  for (let i = 0; i < whole; i++) {
    const w = words[i]!;
    p = Math.imul(((p ^ w) << 13) | ((p ^ w) >>> 19), 0x5bd1e995);
    q = Math.imul(((q ^ w) << 7) | ((q ^ w) >>> 25), 0x1b873593);
  }
  for (let i = 4 * whole; i < bytes.length; i++) {
    const w = bytes[i]!;
    p = Math.imul(((p ^ w) << 13) | ((p ^ w) >>> 19), 0x5bd1e995);
    q = Math.imul(((q ^ w) << 7) | ((q ^ w) >>> 25), 0x1b873593);
  }
  return [Math.imul(p ^ bytes.length, 0x5bd1e995), Math.imul(q ^ bytes.length, 0x1b873593)];
}

/**
 * Reads a safetensors file. Arrays are copies, flat in row-major order. A file with a checksum, as
 * {@link writeSafetensors} makes it, must agree with it; files of other programs have none.
 *
 * @example
 * const bytes = writeSafetensors(new Map([["w", Float32Array.of(1, 2)]]));
 * readSafetensors(bytes).arrays.get("w"); // Float32Array [1, 2]
 */
export function readSafetensors(
  input: Uint8Array,
  where = "load",
): { arrays: Map<string, AnyTyped>; metadata: Record<string, string>; forms: Map<string, ArrayForm> } {
  const bad = (why: string) => formatError(where, `not a whole safetensors file: ${why}`);
  if (!(input instanceof Uint8Array))
    throw formatError(where, `bytes is ${show(input)}, expected a Uint8Array`);
  // A Node Buffer is a Uint8Array whose slice does not copy: its parts would share one larger buffer.
  const bytes = new Uint8Array(input.buffer, input.byteOffset, input.byteLength);
  if (bytes.length < 8) throw bad(`${bytes.length} bytes are too few`);
  const size = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (size > BigInt(bytes.length - 8)) throw bad("the header is longer than the file");
  const bodyAt = 8 + Number(size);
  let header: Record<string, { dtype: Dtype; shape: number[]; data_offsets: [number, number] }>;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes.slice(8, bodyAt)));
  } catch {
    throw bad("the header is not JSON");
  }
  if (header === null || typeof header !== "object" || Array.isArray(header))
    throw bad("the header is not an object");
  const arrays = new Map<string, AnyTyped>();
  const forms = new Map<string, ArrayForm>();
  let metadata: Record<string, string> = {};
  for (const [name, entry] of Object.entries(header)) {
    if (name === "__metadata__") {
      const given = entry as unknown;
      const whole = given !== null && typeof given === "object" && !Array.isArray(given);
      if (!whole || !Object.values(given).every((v) => typeof v === "string"))
        throw bad("its metadata is not an object of strings");
      metadata = given as Record<string, string>;
      continue;
    }
    const kind = Object.hasOwn(STORED_AS, entry?.dtype) ? STORED_AS[entry.dtype]! : entry?.dtype;
    const Type = Object.hasOwn(DTYPES, kind) ? DTYPES[kind] : undefined;
    if (!Type) throw bad(`${show(name)} has the unknown dtype ${show(entry?.dtype)}`);
    const [from, to] = Array.isArray(entry.data_offsets) ? entry.data_offsets : [Number.NaN, Number.NaN];
    const count = Array.isArray(entry.shape) ? entry.shape.reduce((a, b) => a * b, 1) : Number.NaN;
    const whole = Number.isSafeInteger(from) && Number.isSafeInteger(to) && from >= 0 && to >= from;
    if (!whole || bodyAt + to > bytes.length) throw bad(`${show(name)} lies outside the file`);
    if (to - from !== count * Type.BYTES_PER_ELEMENT)
      throw bad(`${show(name)} does not have the size of its shape`);
    arrays.set(name, new Type(bytes.slice(bodyAt + from, bodyAt + to).buffer));
    forms.set(name, { dtype: entry.dtype, shape: entry.shape });
  }
  const found = Object.hasOwn(metadata, "checksum") ? metadata.checksum : undefined;
  if (found !== undefined && found !== checksumOf(arrays, metadata))
    throw formatError(where, "the file is damaged: its checksum does not match its content");
  return { arrays, metadata, forms };
}

/**
 * A value as one self-contained file.
 *
 * @example
 * const bytes = encode({ a: Float64Array.of(1, 2), b: "text" });
 * decode(bytes, typeByName).a; // Float64Array [1, 2]
 */
export function encode(value: unknown, where = "save"): Uint8Array {
  const { document, arrays } = toDocument(value, where);
  return writeSafetensors(arrays, {
    format: "whetstone",
    version: String(FORMAT_VERSION),
    document: JSON.stringify(document),
  });
}

/**
 * The value in a file written by {@link encode}; a damaged or foreign file is refused with a sentence.
 *
 * @example
 * decode(encode([1, "two", null]), typeByName); // [1, "two", null]
 */
export function decode(bytes: Uint8Array, lookup: TypeLookup, where = "load"): unknown {
  const { arrays, metadata } = readSafetensors(bytes, where);
  if (metadata.format !== "whetstone" || metadata.document === undefined) {
    throw formatError(where, "a safetensors file, but not one saved by Whetstone");
  }
  if (Number(metadata.version) > FORMAT_VERSION) {
    throw formatError(
      where,
      `the file has format version ${metadata.version}; this library reads up to ${FORMAT_VERSION}`,
    );
  }
  if (metadata.checksum === undefined) throw formatError(where, "the file is damaged: it lacks its checksum");
  let document: unknown;
  try {
    document = JSON.parse(metadata.document);
  } catch {
    throw formatError(where, "the model document in the file is not JSON");
  }
  return fromDocument(document, (name) => arrays.get(name), lookup, where);
}
