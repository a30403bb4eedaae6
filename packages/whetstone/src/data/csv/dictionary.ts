import { ESCAPED, fieldText, PLAIN, type ScanFormat } from "./scan.ts";

const SPACE = 32;

/**
 * Numbers distinct texts straight from their bytes, so that a category column costs no string per row. Codes
 * are in order of first appearance; texts that stand for a missing value have the code -1.
 */
export class Dictionary {
  readonly words: string[] = [];
  readonly #format: ScanFormat;
  readonly #missing: ReadonlySet<string>;
  #slots = new Int32Array(256).fill(-1); // entry in each slot of an open-addressing table
  #mask = 255;
  #entries = 0;
  #hashes = new Int32Array(64);
  #offsets = new Int32Array(65);
  #codes = new Int32Array(64);
  #store = new Uint8Array(1024);

  constructor(format: ScanFormat, missing: ReadonlySet<string>) {
    this.#format = format;
    this.#missing = missing;
  }

  /** Code of a field; `literal` keeps a quoted "NA" from being missing. */
  code(bytes: Uint8Array, start: number, end: number, style: number, literal: boolean): number {
    let from = start;
    let to = end;
    if (style === PLAIN) {
      if (this.#format.trim) {
        while (from < to && bytes[from] === SPACE) from++;
        while (to > from && bytes[to - 1] === SPACE) to--;
      }
    } else if (style === ESCAPED) {
      return this.#find(this.#plain, 0, this.#unescape(bytes, start, end), literal);
    }
    return this.#find(bytes, from, to, literal && style !== PLAIN);
  }

  #plain = new Uint8Array(64);

  /** Puts the field with single quotes into `#plain`; gives its length. */
  #unescape(bytes: Uint8Array, start: number, end: number): number {
    if (end - start > this.#plain.length) this.#plain = new Uint8Array(2 * (end - start));
    const plain = this.#plain;
    const { quote } = this.#format;
    let length = 0;
    for (let i = start; i < end; i++) {
      plain[length++] = bytes[i]!;
      if (bytes[i] === quote) i++;
    }
    return length;
  }

  #find(bytes: Uint8Array, from: number, to: number, literal: boolean): number {
    const length = to - from;
    // The first and the last four bytes; for at most eight bytes they say it all.
    let head = 0;
    let tail = 0;
    if (length >= 4) {
      head = four(bytes, from);
      tail = four(bytes, to - 4);
    } else for (let i = from; i < to; i++) head = (head << 8) | bytes[i]!;
    let hash = Math.imul(head, 0x9e3779b1) ^ length;
    hash = Math.imul(hash ^ (hash >>> 15) ^ tail, 0x85ebca6b);
    // Four bytes for one multiplication: multiplications have to wait for each other.
    for (let i = from + 4; i < to - 4; i += 4)
      hash = Math.imul(hash ^ (hash >>> 15) ^ four(bytes, i), 0x9e3779b1);
    // A literal text has its own entry where its plain form would be missing.
    if (literal) hash ^= 0x5bd1e995;
    hash ^= hash >>> 15;
    let slot = hash & this.#mask;
    for (;;) {
      const entry = this.#slots[slot]!;
      if (entry < 0) return this.#add(bytes, from, to, hash, slot, literal);
      if (this.#hashes[entry] === hash) {
        const at = this.#offsets[entry]!;
        if (this.#offsets[entry + 1]! - at === length) {
          const store = this.#store;
          let k = 0;
          for (; k < length - 3; k += 4) if (four(store, at + k) !== four(bytes, from + k)) break;
          while (k < length && store[at + k] === bytes[from + k]) k++;
          if (k === length) return this.#codes[entry]!;
        }
      }
      slot = (slot + 1) & this.#mask;
    }
  }

  #add(bytes: Uint8Array, from: number, to: number, hash: number, slot: number, literal: boolean): number {
    const entry = this.#entries++;
    if (entry === this.#hashes.length) {
      this.#hashes = grown(this.#hashes, entry * 2);
      this.#codes = grown(this.#codes, entry * 2);
      this.#offsets = grown(this.#offsets, entry * 2 + 1);
    }
    const at = this.#offsets[entry]!;
    const end = at + to - from;
    if (end > this.#store.length) {
      const store = new Uint8Array(Math.max(end, this.#store.length * 2));
      store.set(this.#store);
      this.#store = store;
    }
    this.#store.set(bytes.subarray(from, to), at);
    this.#offsets[entry + 1] = end;
    this.#hashes[entry] = hash;
    const word = fieldText(bytes, from, to, 1, this.#format);
    let code = -1;
    // A quoted and an unquoted spelling of one word share their code.
    if (literal || !this.#missing.has(word)) code = this.#codeOf(word);
    this.#codes[entry] = code;
    this.#slots[slot] = entry;
    if (this.#entries * 2 > this.#mask) this.#rehash();
    return code;
  }

  readonly #known = new Map<string, number>();

  #codeOf(word: string): number {
    let code = this.#known.get(word);
    if (code === undefined) {
      code = this.words.length;
      this.#known.set(word, code);
      this.words.push(word);
    }
    return code;
  }

  #rehash(): void {
    this.#mask = this.#mask * 2 + 1;
    this.#slots = new Int32Array(this.#mask + 1).fill(-1);
    for (let entry = 0; entry < this.#entries; entry++) {
      let slot = this.#hashes[entry]! & this.#mask;
      while (this.#slots[slot]! >= 0) slot = (slot + 1) & this.#mask;
      this.#slots[slot] = entry;
    }
  }
}

function four(bytes: Uint8Array, i: number): number {
  return bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
}

function grown(old: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const out = new Int32Array(length);
  out.set(old);
  return out;
}
