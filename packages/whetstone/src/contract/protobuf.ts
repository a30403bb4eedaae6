/** The bytes of the numbers, lowest byte first. */
function littleEndian(values: Float32Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 * values.length));
  values.forEach((v, i) => void view.setFloat32(4 * i, v, true));
  return new Uint8Array(view.buffer);
}

/** Writes Protocol Buffers messages: fields in wire format, as the encoding guide describes it. No schema, no reading. */
export class Message {
  #bytes = new Uint8Array(64);
  #length = 0;

  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** A whole number (also negative, as 64 bits in two's complement). */
  int(field: number, value: number): this {
    this.#varint(8 * field);
    if (value >= 0) this.#varint(value);
    else this.#negative(BigInt.asUintN(64, BigInt(value)));
    return this;
  }

  data(field: number, bytes: Uint8Array): this {
    this.#varint(8 * field + 2);
    this.#varint(bytes.length);
    this.#append(bytes);
    return this;
  }

  text(field: number, value: string): this {
    return this.data(field, new TextEncoder().encode(value));
  }

  message(field: number, value: Message): this {
    return this.data(field, value.bytes);
  }

  messages(field: number, values: readonly Message[]): this {
    for (const value of values) this.message(field, value);
    return this;
  }

  texts(field: number, values: readonly string[]): this {
    for (const value of values) this.text(field, value);
    return this;
  }

  ints(field: number, values: readonly number[]): this {
    for (const value of values) this.int(field, value);
    return this;
  }

  /** Whole numbers from 0 to 2^31 - 1 in one packed field, as readers of repeated fields accept them. */
  packedInts(field: number, values: ArrayLike<number>): this {
    const bytes = new Uint8Array(5 * values.length);
    let length = 0;
    for (let i = 0; i < values.length; i++) {
      let rest = values[i]!;
      for (; rest > 127; rest >>>= 7) bytes[length++] = (rest & 127) | 128;
      bytes[length++] = rest;
    }
    return this.data(field, bytes.subarray(0, length));
  }

  /** Numbers of 32 bits in one packed field. */
  packedFloats(field: number, values: Float32Array): this {
    return this.data(field, littleEndian(values));
  }

  #varint(value: number): void {
    const bytes: number[] = [];
    let rest = value;
    for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
    bytes.push(rest);
    this.#append(bytes);
  }

  #negative(value: bigint): void {
    const bytes: number[] = [];
    let rest = value;
    for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
    bytes.push(Number(rest));
    this.#append(bytes);
  }

  #append(bytes: ArrayLike<number>): void {
    const length = this.#length + bytes.length;
    if (length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(length, 2 * this.#bytes.length));
      grown.set(this.bytes);
      this.#bytes = grown;
    }
    this.#bytes.set(bytes, this.#length);
    this.#length = length;
  }
}
