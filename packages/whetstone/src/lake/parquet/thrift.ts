/** Thrift's compact protocol, as far as the metadata of Parquet files uses it. */

/** A value as it is read: structs by field number, whole numbers as numbers. */
export type Thrift = number | boolean | Uint8Array | Thrift[] | ThriftStruct;
export type ThriftStruct = Map<number, Thrift>;

const TRUE = 1;
const FALSE = 2;
const I8 = 3;
const I16 = 4;
const I32 = 5;
const I64 = 6;
const DOUBLE = 7;
const BINARY = 8;
const LIST = 9;
const SET = 10;
const STRUCT = 12;

/** What is wrong with the bytes; the caller makes it a sentence about the file. */
export class ThriftError extends Error {}

const DEEPEST = 16;

/** Reads one struct after another from bytes that nobody vouches for. */
export class ThriftReader {
  readonly #bytes: Uint8Array;
  position: number;

  constructor(bytes: Uint8Array, position = 0) {
    this.#bytes = bytes;
    this.position = position;
  }

  struct(depth = 0): ThriftStruct {
    if (depth > DEEPEST) throw new ThriftError("structs are nested too deep");
    const fields: ThriftStruct = new Map();
    for (let id = 0; ; ) {
      const head = this.#byte();
      if (head === 0) return fields;
      const step = head >> 4;
      id = step === 0 ? this.#zigzag() : id + step;
      fields.set(id, this.#value(head & 15, depth, false));
    }
  }

  #value(type: number, depth: number, inList: boolean): Thrift {
    switch (type) {
      case TRUE:
      case FALSE:
        // A field has its truth in its type, an element in a byte of its own.
        return inList ? this.#byte() === TRUE : type === TRUE;
      case I8:
        return (this.#byte() << 24) >> 24;
      case I16:
      case I32:
      case I64:
        return this.#zigzag();
      case DOUBLE:
        return this.#take(8);
      case BINARY:
        return this.#take(this.#varint());
      case LIST:
      case SET: {
        const head = this.#byte();
        const count = head >> 4 === 15 ? this.#varint() : head >> 4;
        // An element takes at least one byte.
        if (count > this.#bytes.length - this.position)
          throw new ThriftError("a list is longer than the bytes");
        return Array.from({ length: count }, () => this.#value(head & 15, depth + 1, true));
      }
      case STRUCT:
        return this.struct(depth + 1);
      default:
        throw new ThriftError(`a field has the unknown type ${type}`);
    }
  }

  #byte(): number {
    if (this.position >= this.#bytes.length) throw new ThriftError("it ends too early");
    return this.#bytes[this.position++];
  }

  #take(length: number): Uint8Array {
    const end = this.position + length;
    if (end > this.#bytes.length) throw new ThriftError("it ends too early");
    const part = this.#bytes.subarray(this.position, end);
    this.position = end;
    return part;
  }

  #varint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.#byte();
      value += (byte & 127) * scale;
      if (byte < 128) break;
      if (scale > 2 ** 56) throw new ThriftError("a number is longer than ten bytes");
    }
    return value;
  }

  #zigzag(): number {
    const coded = this.#varint();
    const half = Math.floor(coded / 2);
    return coded % 2 === 0 ? half : -half - 1;
  }
}

/** Writes structs. Fields come in rising order; `begin` and `end` nest. */
export class ThriftWriter {
  readonly #bytes: number[] = [];
  readonly #outer: number[] = [];
  #last = 0;

  i32(id: number, value: number): this {
    return this.#field(id, I32).#zigzag(value);
  }
  i64(id: number, value: number): this {
    return this.#field(id, I64).#zigzag(value);
  }
  i8(id: number, value: number): this {
    this.#field(id, I8).#bytes.push(value & 255);
    return this;
  }
  bool(id: number, value: boolean): this {
    return this.#field(id, value ? TRUE : FALSE);
  }
  binary(id: number, value: Uint8Array): this {
    return this.#field(id, BINARY).#blob(value);
  }
  text(id: number, value: string): this {
    return this.binary(id, new TextEncoder().encode(value));
  }
  begin(id: number): this {
    this.#field(id, STRUCT).#outer.push(this.#last);
    this.#last = 0;
    return this;
  }
  /** Ends a struct that `begin` or `listOf` opened, or the outermost one. */
  end(): this {
    this.#bytes.push(0);
    this.#last = this.#outer.pop() ?? 0;
    return this;
  }
  /** A list of structs: `write` writes the fields of one. */
  structs<T>(id: number, items: readonly T[], write: (item: T) => void): this {
    this.#list(id, items.length, STRUCT);
    for (const item of items) {
      this.#outer.push(this.#last);
      this.#last = 0;
      write(item);
      this.end();
    }
    return this;
  }
  numbers(id: number, items: readonly number[]): this {
    this.#list(id, items.length, I32);
    for (const item of items) this.#zigzag(item);
    return this;
  }
  texts(id: number, items: readonly string[]): this {
    this.#list(id, items.length, BINARY);
    for (const item of items) this.#blob(new TextEncoder().encode(item));
    return this;
  }
  finish(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }

  #field(id: number, type: number): this {
    const step = id - this.#last;
    this.#last = id;
    this.#bytes.push((step << 4) | type);
    return this;
  }
  #list(id: number, count: number, type: number): void {
    this.#field(id, LIST);
    if (count < 15) this.#bytes.push((count << 4) | type);
    else {
      this.#bytes.push(0xf0 | type);
      this.#varint(count);
    }
  }
  #blob(value: Uint8Array): this {
    this.#varint(value.length);
    for (const byte of value) this.#bytes.push(byte);
    return this;
  }
  #zigzag(value: number): this {
    return this.#varint(value >= 0 ? value * 2 : -value * 2 - 1);
  }
  #varint(value: number): this {
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) this.#bytes.push((rest % 128) | 128);
    this.#bytes.push(rest);
    return this;
  }
}
